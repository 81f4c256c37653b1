//! The embedded store: one process, all its threads.

use super::{ReplayKey, ReplayStore};
use crate::error::{Cause, Error};
use crate::time::UnixTime;
use core::hash::{BuildHasher, Hasher};
use std::collections::hash_map::{Entry, RandomState};
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
    expires: HashMap<ReplayKey, UnixTime, KeyHashing>,
    /// Keys in the order of insertion. Windows are nearly constant, so the oldest insertions
    /// expire first, give or take the skew; one that stays longer only delays the clean-up of
    /// those behind it until it expires itself.
    order: VecDeque<ReplayKey>,
    /// The first in line stands at least until then, so before that nobody has to look.
    first_stands: Option<UnixTime>,
}

/// How keys are spread in a map: they are hashes already, so one seeded multiplication will do.
///
/// Only who knows a password gets keys into the store, and he can choose some octets of them by
/// trial; without the seeds he can't tell which keys fall together.
#[derive(Clone, Debug)]
struct KeyHashing([u64; 2]);

struct KeyHasher {
    seeds: [u64; 2],
    hash: u64,
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
        if shard.expires.len() >= self.capacity_per_shard {
            shard.forget_all_expired(now);
        }
        let is_full = shard.expires.len() >= self.capacity_per_shard;
        match shard.expires.entry(*key) {
            Entry::Occupied(mut until) if *until.get() >= now => {
                let latest = (*until.get()).max(expires);
                until.insert(latest);
                Ok(false)
            }
            // Expired but still in line: the place in line is kept, the time renewed.
            Entry::Occupied(mut until) => {
                until.insert(expires);
                Ok(true)
            }
            Entry::Vacant(_) if is_full => Err(Error::new(
                Cause::ReplayStoreUnavailable,
                "the replay store is full of unexpired entries; give it more capacity",
            )),
            Entry::Vacant(place) => {
                place.insert(expires);
                shard.order.push_back(*key);
                Ok(true)
            }
        }
    }
}

impl Shard {
    fn forget_expired(&mut self, now: UnixTime) {
        if self.first_stands.is_some_and(|until| until >= now) {
            return;
        }
        while let Some(oldest) = self.order.front() {
            self.first_stands = self.expires.get(oldest).copied();
            if self.first_stands.is_some_and(|until| until >= now) {
                return;
            }
            self.expires.remove(oldest);
            self.order.pop_front();
        }
        self.first_stands = None;
    }

    fn forget_all_expired(&mut self, now: UnixTime) {
        self.expires.retain(|_, until| *until >= now);
        let expires = &self.expires;
        self.order.retain(|key| expires.contains_key(key));
    }
}

impl Default for KeyHashing {
    fn default() -> Self {
        let random = RandomState::new();
        Self([random.hash_one(0), random.hash_one(1)])
    }
}

impl BuildHasher for KeyHashing {
    type Hasher = KeyHasher;

    fn build_hasher(&self) -> KeyHasher {
        KeyHasher { seeds: self.0, hash: 0 }
    }
}

impl Hasher for KeyHasher {
    fn write(&mut self, octets: &[u8]) {
        // The octets behind those that choose the shard.
        let chosen = octets.last_chunk().map_or(0, |octets| u64::from_le_bytes(*octets));
        let [one, two] = self.seeds;
        let product = u128::from(chosen ^ self.hash ^ one) * u128::from(two | 1);
        #[expect(clippy::cast_possible_truncation, reason = "both halves are meant")]
        let halves = [product as u64, (product >> 64) as u64];
        self.hash = halves[0] ^ halves[1];
    }

    /// The length of a key, which is always the same.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.hash
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
    fn an_entry_that_is_renewed_or_outlived_by_later_ones_is_still_told() {
        let store = MemoryReplayStore::with_capacity(1);
        // One entry at a time in each shard, so that the first in line is all there is.
        let mut now = 0;
        for number in 0..1000 {
            now += 11;
            assert!(store.insert_if_absent(&key(number), at(now + 10), at(now)).unwrap());
            assert!(!store.insert_if_absent(&key(number), at(now + 5), at(now + 10)).unwrap());
            assert!(!store.insert_if_absent(&key(number), at(now), at(now)).unwrap());
        }
        let store = MemoryReplayStore::new();
        assert!(store.insert_if_absent(&key(1), at(10), at(0)).unwrap());
        assert!(!store.insert_if_absent(&key(1), at(100), at(5)).unwrap());
        assert!(!store.insert_if_absent(&key(1), at(20), at(99)).unwrap());
        assert!(store.insert_if_absent(&key(1), at(120), at(101)).unwrap());
    }

    #[test]
    fn keys_are_spread_and_their_hashes_can_not_be_foreseen() {
        let (one, other) = (KeyHashing::default(), KeyHashing::default());
        let mut low = [0_u32; 64];
        let mut high = [0_u32; 64];
        for number in 0..6400 {
            let hash = one.hash_one(key(number));
            assert_ne!(hash, other.hash_one(key(number)));
            low[usize::try_from(hash % 64).unwrap()] += 1;
            high[usize::try_from(hash >> 58).unwrap()] += 1;
        }
        assert!(low.iter().chain(&high).all(|count| (40..180).contains(count)), "{low:?} {high:?}");
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
