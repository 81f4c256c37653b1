//! Streams and spools that do what tests want.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use wsse_core::Spool;

/// Yields so many octets at a time, and then an error where there is one.
pub(crate) struct Broken<'s> {
    pub(crate) rest: &'s [u8],
    pub(crate) chunk: usize,
    pub(crate) error: Option<io::ErrorKind>,
}

impl Read for Broken<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty()
            && let Some(kind) = self.error
        {
            return Err(io::Error::new(kind, "the cable was pulled"));
        }
        let count = self.chunk.min(into.len());
        self.rest.read(&mut into[..count])
    }
}

/// What a file holds each time it is read from its start; the last stays.
pub(crate) struct Changing {
    contents: Vec<Vec<u8>>,
    now: Cursor<Vec<u8>>,
}

impl Changing {
    pub(crate) fn new(contents: &[&[u8]]) -> Self {
        let mut contents: Vec<Vec<u8>> = contents.iter().rev().map(|one| one.to_vec()).collect();
        let now = Cursor::new(contents.pop().unwrap());
        Self { contents, now }
    }
}

impl Read for Changing {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.now.read(into)
    }
}

impl Seek for Changing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if to == SeekFrom::Start(0)
            && let Some(next) = self.contents.pop()
        {
            self.now = Cursor::new(next);
        }
        self.now.seek(to)
    }
}

/// Keeps what it is told, and fails where it shall.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) octets: Vec<u8>,
    pub(crate) writes: usize,
    pub(crate) commits: usize,
    pub(crate) aborts: usize,
    /// Which write fails, counted from 1; 0 for the commit.
    pub(crate) fails: Option<usize>,
}

impl Spool for Told {
    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        assert_eq!((self.commits, self.aborts), (0, 0), "written to after its end");
        self.writes += 1;
        if self.fails == Some(self.writes) {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk is full"));
        }
        self.octets.extend_from_slice(octets);
        Ok(())
    }

    fn commit(&mut self) -> io::Result<()> {
        self.commits += 1;
        match self.fails {
            Some(0) => Err(io::Error::other("the disk is gone")),
            _ => Ok(()),
        }
    }

    fn abort(&mut self) {
        self.aborts += 1;
    }
}
