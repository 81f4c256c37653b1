//! What a scanner leaves to the next one.

use super::scanner::Open;
use super::tag::TagMemory;
use core::fmt;
use std::sync::{Mutex, TryLockError};

/// What reading one document leaves for reading the next: allocations, the shapes of start tags
/// that repeated themselves, and the namespaces that they need.
///
/// It changes the speed and nothing else: a start tag is taken for one that was seen before only
/// where octet by octet it is the same but for the values of its attributes, and every budget
/// counts for each document alone. Of the documents it holds names and namespace declarations, no
/// values of attributes and no text, and never more than a megabyte.
///
/// # Security
/// Whoever can measure exactly how long the reading of his own document takes may learn which
/// *names* stand in the documents that were read with the same memory. Where even these are
/// secret, use one memory, or one [`crate::Inbound`], for each tenant.
#[derive(Default)]
pub struct ScannerMemory(Option<Kept>);

struct Kept {
    open: Vec<Open>,
    tags: TagMemory,
}

impl ScannerMemory {
    /// A memory of nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    pub(super) fn keep(open: Vec<Open>, tags: Option<TagMemory>) -> Self {
        Self(tags.map(|tags| Kept { open, tags }))
    }

    pub(super) fn take(&mut self) -> (Vec<Open>, TagMemory) {
        match self.0.take() {
            Some(kept) => (kept.open, kept.tags),
            None => (Vec::with_capacity(16), TagMemory::new()),
        }
    }
}

impl fmt::Debug for ScannerMemory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ScannerMemory").finish_non_exhaustive()
    }
}

/// The memories of those who read messages of one kind, as many as read at once.
#[derive(Debug, Default)]
pub(crate) struct MemoryPool(Mutex<Vec<ScannerMemory>>);

impl MemoryPool {
    /// Memories that are kept at most.
    const MOST: usize = 8;

    /// Reads with one of the memories. Nobody waits for it: where another thread is just taking or
    /// returning one, the reading begins without, or what it leaves is forgotten.
    pub(crate) fn lend<T>(&self, read: impl FnOnce(&mut ScannerMemory) -> T) -> T {
        let mut memory = self.with(Vec::pop).flatten().unwrap_or_default();
        let outcome = read(&mut memory);
        self.with(|memories| {
            if memories.len() < Self::MOST {
                memories.push(memory);
            }
        });
        outcome
    }

    fn with<T>(&self, change: impl FnOnce(&mut Vec<ScannerMemory>) -> T) -> Option<T> {
        match self.0.try_lock() {
            Ok(mut memories) => Some(change(&mut memories)),
            // Each change is a single call, so what is there is whole.
            Err(TryLockError::Poisoned(poisoned)) => Some(change(&mut poisoned.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}
