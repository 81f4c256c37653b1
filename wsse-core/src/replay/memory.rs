//! The embedded store: one process, all its threads.

use super::{ReplayKey, ReplayStore};
use crate::error::{Cause, Error};
use crate::time::UnixTime;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

const SHARDS: usize = 16;

/// A replay store in the memory of one process, shared by its threads.
///
/// It holds every entry until it expires and refuses, rather than forgets, when it is full: with
/// the default capacity and a window of seven minutes, about 2,400 messages a second.
///
/// # Security
/// Each process has its own memory, and it does not outlive the process. Behind several worker
/// processes a captured message can pass once in each; use a store that they share. After a fork
/// the child has a copy that no longer hears from its parent: the store notices, says so once in
/// the log (target `wsse::replay`), and [`MemoryReplayStore::forked`] tells.
#[derive(Debug)]
pub struct MemoryReplayStore {
    shards: [Mutex<Shard>; SHARDS],
    capacity_per_shard: usize,
    process: u32,
    forked: AtomicBool,
}

#[derive(Debug, Default)]
struct Shard {
    expires: HashMap<ReplayKey, UnixTime>,
    /// Keys in the order of insertion. Windows are nearly constant, so the oldest insertions
    /// expire first, give or take the skew; one that stays longer only delays the clean-up of
    /// those behind it until it expires itself.
    order: VecDeque<ReplayKey>,
}

impl MemoryReplayStore {
    /// The default number of entries: about 100 MB when full.
    pub const DEFAULT_CAPACITY: usize = 1_000_000;

    /// An empty store for [`Self::DEFAULT_CAPACITY`] entries.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(Self::DEFAULT_CAPACITY)
    }

    /// An empty store that refuses when about `capacity` entries are in it unexpired.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            shards: Default::default(),
            capacity_per_shard: capacity.div_ceil(SHARDS).max(1),
            process: std::process::id(),
            forked: AtomicBool::new(false),
        }
    }

    /// The number of entries, expired ones that were not yet cleaned up included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).expires.len()).sum()
    }

    /// Whether nothing was seen yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the store was used in another process than the one that made it.
    #[must_use]
    pub fn forked(&self) -> bool {
        self.forked.load(Ordering::Relaxed)
    }

    fn notice_fork(&self) {
        if std::process::id() != self.process && !self.forked.swap(true, Ordering::Relaxed) {
            log::warn!(
                target: "wsse::replay",
                "MemoryReplayStore is used after a fork: each process now remembers on its own, \
                 and a captured message can pass once in every one of them; make the store after \
                 the fork, or use one that the processes share"
            );
        }
    }
}

impl Default for MemoryReplayStore {
    fn default() -> Self {
        Self::new()
    }
}

impl ReplayStore for MemoryReplayStore {
    fn insert_if_absent(
        &self,
        key: &ReplayKey,
        expires: UnixTime,
        now: UnixTime,
    ) -> Result<bool, Error> {
        self.notice_fork();
        let shard = &self.shards[usize::from(key.octets()[0]) % SHARDS];
        let mut shard = lock(shard);
        shard.forget_expired(now);
        match shard.expires.get_mut(key) {
            Some(until) if *until >= now => {
                *until = (*until).max(expires);
                return Ok(false);
            }
            // Expired but still in line: the place in line is kept, the time renewed.
            Some(until) => {
                *until = expires;
                return Ok(true);
            }
            None => {}
        }
        if shard.expires.len() >= self.capacity_per_shard {
            shard.forget_all_expired(now);
        }
        if shard.expires.len() >= self.capacity_per_shard {
            return Err(Error::new(
                Cause::ReplayStoreUnavailable,
                "the replay store is full of unexpired entries; give it more capacity",
            ));
        }
        shard.expires.insert(*key, expires);
        shard.order.push_back(*key);
        Ok(true)
    }
}

impl Shard {
    fn forget_expired(&mut self, now: UnixTime) {
        while let Some(oldest) = self.order.front() {
            if self.expires.get(oldest).is_some_and(|until| *until >= now) {
                break;
            }
            self.expires.remove(oldest);
            self.order.pop_front();
        }
    }

    fn forget_all_expired(&mut self, now: UnixTime) {
        self.expires.retain(|_, until| *until >= now);
        let expires = &self.expires;
        self.order.retain(|key| expires.contains_key(key));
    }
}

fn lock(shard: &Mutex<Shard>) -> std::sync::MutexGuard<'_, Shard> {
    // A thread that panicked while it held the lock left a map that is whole: every mutation
    // above is a single call.
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u32) -> ReplayKey {
        ReplayKey::new("test", [&number.to_be_bytes()])
    }

    fn at(seconds: i64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    #[test]
    fn exactly_one_of_many_threads_passes() {
        let store = MemoryReplayStore::new();
        for number in 0..200 {
            let passed: usize = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8)
                    .map(|_| {
                        scope.spawn(|| store.insert_if_absent(&key(number), at(10), at(0)).unwrap())
                    })
                    .collect();
                threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum()
            });
            assert_eq!(passed, 1);
        }
        assert_eq!(store.len(), 200);
    }

    #[test]
    fn an_entry_stands_until_it_expires_and_the_memory_is_bounded_by_the_window() {
        let store = MemoryReplayStore::new();
        assert!(store.is_empty());
        assert!(store.insert_if_absent(&key(1), at(10), at(0)).unwrap());
        assert!(!store.insert_if_absent(&key(1), at(10), at(10)).unwrap());
        assert!(store.insert_if_absent(&key(1), at(30), at(11)).unwrap());
        for second in 0..100_000 {
            assert!(
                store
                    .insert_if_absent(
                        &key(second + 2),
                        at(i64::from(second) + 300),
                        at(second.into())
                    )
                    .unwrap()
            );
        }
        assert!(store.len() < 16 * 400, "{} entries for a window of 300", store.len());
    }

    #[test]
    fn a_full_store_refuses_and_forgets_nothing() {
        let store = MemoryReplayStore::with_capacity(16);
        let mut refused = 0;
        for number in 0..1000 {
            match store.insert_if_absent(&key(number), at(10), at(0)) {
                Ok(fresh) => assert!(fresh),
                Err(error) => {
                    assert_eq!(error.cause(), Cause::ReplayStoreUnavailable);
                    refused += 1;
                }
            }
        }
        assert_eq!(refused, 1000 - 16);
        assert!(store.insert_if_absent(&key(2000), at(30), at(20)).unwrap());
    }

    #[test]
    fn keys_do_not_run_into_each_other() {
        assert_ne!(
            ReplayKey::new("a", [b"bc".as_slice(), b"d"]),
            ReplayKey::new("a", [b"b".as_slice(), b"cd"])
        );
        assert_ne!(ReplayKey::new("a", [b"b"]), ReplayKey::new("ab", []));
    }
}
