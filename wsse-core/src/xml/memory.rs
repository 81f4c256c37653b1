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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Cause, Error};
    use crate::xml::{Event, Limits, Scanner};

    /// Start tags that were recognised, and what is wrong with the document.
    fn scan(
        source: &str,
        limits: &Limits,
        memory: &mut ScannerMemory,
    ) -> (usize, Result<(), Error>) {
        let mut scanner = match Scanner::with_memory(source.as_bytes(), limits, memory) {
            Ok(scanner) => scanner,
            Err(error) => return (0, Err(error)),
        };
        let mut read = || {
            while scanner.next()? != Event::EndDocument {}
            Ok(())
        };
        let outcome = read();
        let recognised = scanner.recognised();
        *memory = scanner.into_memory();
        (recognised, outcome)
    }

    const DOCUMENT: &str = "<a xmlns='urn:1' xmlns:p='urn:2' c='1'><p:b d='2' p:e='3' f='4'/>\
        <g xmlns:q='urn:3'><q:b/><q:b/></g></a>";

    fn warm() -> ScannerMemory {
        let mut memory = ScannerMemory::new();
        for _ in 0..50 {
            scan(DOCUMENT, &Limits::default(), &mut memory).1.unwrap();
        }
        assert_eq!(scan(DOCUMENT, &Limits::default(), &mut memory).0, 5);
        memory
    }

    #[test]
    fn a_budget_is_that_of_the_document_whatever_was_read_before() {
        let limits = Limits::default;
        for (limits, cause) in [
            (Limits { message: 100, ..limits() }, Cause::MessageSize),
            (Limits { depth: 2, ..limits() }, Cause::Depth),
            (Limits { attributes: 2, ..limits() }, Cause::AttributeCount),
            (Limits { namespaces: 2, ..limits() }, Cause::NamespaceCount),
            (Limits { distinct_namespaces: 2, ..limits() }, Cause::NamespaceCount),
        ] {
            let mut memory = warm();
            let error = scan(DOCUMENT, &limits, &mut memory).1.unwrap_err();
            assert_eq!(error.cause(), cause);
            let alone = scan(DOCUMENT, &limits, &mut ScannerMemory::new()).1;
            assert_eq!(alone, Err(error));
            // What a refused document leaves is as good.
            assert_eq!(scan(DOCUMENT, &Limits::default(), &mut memory).1, Ok(()));
        }
    }

    #[test]
    fn prefixes_mean_what_this_document_says() {
        let mut memory = warm();
        for (source, cause) in [
            ("<p:b d='2' p:e='3' f='4'/>", Cause::UndeclaredPrefix),
            ("<g xmlns='urn:1'><q:b/></g>", Cause::UndeclaredPrefix),
            (
                "<a xmlns:q='urn:2' xmlns:p='urn:2'><p:b d='2' p:e='3' q:e='4'/></a>",
                Cause::DuplicateAttribute,
            ),
            ("<a xmlns='urn:1' xmlns:p='urn:2' c='<'/>", Cause::Syntax),
        ] {
            let error = scan(source, &Limits::default(), &mut memory).1.unwrap_err();
            assert_eq!(error.cause(), cause, "{source}");
        }
        let mut scanner =
            Scanner::with_memory(b"<q:b xmlns:q='urn:9'/>", &Limits::default(), &mut memory)
                .unwrap();
        let Event::StartElement(element) = scanner.next().unwrap() else { panic!("no element") };
        assert_eq!(scanner.namespace_name(element.name.namespace), "urn:9");
        assert_eq!(scanner.resolve("p"), None);
        assert_eq!(scanner.in_scope().count(), 1);
    }

    #[test]
    fn a_document_of_many_names_is_forgotten() {
        let mut memory = warm();
        let many: String = (0..300).map(|number| format!("<a xmlns:p{number}='urn:1'/>")).collect();
        scan(&format!("<r>{many}</r>"), &Limits::default(), &mut memory).1.unwrap();
        assert!(memory.0.is_none());
        assert_eq!(scan(DOCUMENT, &Limits::default(), &mut memory), (0, Ok(())));
    }

    #[test]
    fn nobody_waits_for_a_memory_and_few_are_kept() {
        let pool = MemoryPool::default();
        pool.lend(|memory| *memory = warm());
        let held = pool.0.lock().unwrap();
        assert!(pool.lend(|memory| memory.0.is_none()));
        drop(held);
        assert!(pool.lend(|memory| memory.0.is_some()));
        fn nested(pool: &MemoryPool, depth: usize) {
            if depth > 0 {
                pool.lend(|_| nested(pool, depth - 1));
            }
        }
        nested(&pool, 3 * MemoryPool::MOST);
        assert_eq!(pool.0.lock().unwrap().len(), MemoryPool::MOST);
    }
}
