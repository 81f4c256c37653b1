//! A bounded memory of what was worked out before.

use core::fmt;
use core::mem;
use std::collections::HashMap;
use std::sync::Mutex;

/// Values by a digest of what they were made from.
///
/// Bounded in number, whatever peers send: entries are kept in two generations of half the bound; a
/// full one replaces the one before, and what is asked for again moves on. Where another thread holds
/// it, nobody waits: nothing is found, and nothing is kept.
pub(crate) struct RecentlyUsed<V> {
    generations: Mutex<Generations<V>>,
}

struct Generations<V> {
    young: HashMap<[u8; 32], V>,
    old: HashMap<[u8; 32], V>,
}

/// Entries of one generation at most; there are two.
pub(crate) const HALF: usize = 128;

impl<V: Clone> RecentlyUsed<V> {
    pub(crate) fn get(&self, key: &[u8; 32]) -> Option<V> {
        self.generations.try_lock().ok()?.get(key)
    }

    pub(crate) fn insert(&self, key: [u8; 32], value: V) {
        if let Ok(mut generations) = self.generations.try_lock() {
            generations.insert(key, value);
        }
    }
}

impl<V: Clone> Generations<V> {
    fn get(&mut self, key: &[u8; 32]) -> Option<V> {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let value = self.old.remove(key)?;
        self.insert(*key, value.clone());
        Some(value)
    }

    fn insert(&mut self, key: [u8; 32], value: V) {
        if self.young.len() >= HALF {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

impl<V> Default for RecentlyUsed<V> {
    fn default() -> Self {
        let generations = Generations { young: HashMap::new(), old: HashMap::new() };
        Self { generations: Mutex::new(generations) }
    }
}

impl<V> fmt::Debug for RecentlyUsed<V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RecentlyUsed").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u16) -> [u8; 32] {
        let mut key = [0; 32];
        key[..2].copy_from_slice(&number.to_be_bytes());
        key
    }

    #[test]
    fn it_stays_within_its_bounds_and_keeps_what_is_in_use() {
        let known = RecentlyUsed::default();
        known.insert(key(0), 0);
        known.insert(key(1), 1);
        for number in 2..1000 {
            known.insert(key(number), number);
            if number % 50 == 0 {
                assert_eq!(known.get(&key(0)), Some(0), "{number}");
            }
            let generations = known.generations.lock().unwrap();
            assert!(generations.young.len() <= HALF && generations.old.len() <= HALF);
        }
        assert_eq!(known.get(&key(1)), None);
    }

    #[test]
    fn one_that_is_busy_is_done_without() {
        let known = RecentlyUsed::default();
        known.insert(key(0), 0);
        let busy = known.generations.lock().unwrap();
        assert_eq!(known.get(&key(0)), None);
        known.insert(key(1), 1);
        drop(busy);
        assert_eq!((known.get(&key(0)), known.get(&key(1))), (Some(0), None));
    }
}
