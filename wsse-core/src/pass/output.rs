//! What becomes of canonical octets.

use super::Output;
use super::beside::{BUFFER, Beside};
use crate::c14n::Sink;
use crate::crypto::{Digest, Digester};
use crate::error::Error;
use core::mem;

/// Takes the octets of one target.
#[derive(Debug)]
pub(super) struct Writer {
    /// All octets, or those that were not digested yet.
    octets: Vec<u8>,
    /// Octets that are gathered before anything else is done.
    gathered: usize,
    hashing: Hashing,
    /// Octets until the digest goes on on a second thread.
    alone: usize,
}

#[derive(Debug)]
enum Hashing {
    /// The octets are kept.
    Nothing,
    Here(Digester),
    Beside(Beside),
}

/// Octets that are gathered before they are digested, as each call costs as much as some hundred
/// octets do. Longer pieces are not copied.
const GATHERED: usize = 16 << 10;

/// The first allocation: header parts fit in.
const FIRST: usize = 512;

/// Octets from which a second thread is worth its start.
const LONG: usize = 256 << 10;

impl Writer {
    pub(super) fn new(output: Output) -> Self {
        let (gathered, hashing) = match output {
            Output::Digest(method) => (GATHERED, Hashing::Here(Digester::new(method))),
            Output::Octets => (usize::MAX, Hashing::Nothing),
        };
        Self { octets: Vec::with_capacity(FIRST), gathered, hashing, alone: usize::MAX }
    }

    /// Digests on a second thread what is long.
    pub(super) fn beside(&mut self) {
        self.alone = LONG;
    }

    /// The digest, or else the octets.
    pub(super) fn finish(mut self) -> Result<(Option<Digest>, Vec<u8>), Error> {
        match self.hashing {
            Hashing::Nothing => Ok((None, self.octets)),
            Hashing::Here(mut digester) => {
                digester.update(&self.octets);
                Ok((Some(digester.finish()?), Vec::new()))
            }
            Hashing::Beside(beside) => {
                beside.take(&mut self.octets);
                Ok((Some(beside.finish()?), Vec::new()))
            }
        }
    }

    #[inline(never)]
    fn overflow(&mut self, octets: &[u8]) {
        match &mut self.hashing {
            Hashing::Nothing => self.octets.extend_from_slice(octets),
            Hashing::Here(digester) => {
                digester.update(&self.octets);
                self.alone = self.alone.saturating_sub(self.octets.len() + octets.len());
                self.octets.clear();
                if octets.len() > GATHERED / 4 {
                    digester.update(octets);
                } else {
                    self.octets.extend_from_slice(octets);
                }
                if self.alone == 0 {
                    self.go_beside();
                }
            }
            Hashing::Beside(beside) => {
                let mut rest = octets;
                while self.octets.len() + rest.len() > BUFFER {
                    let (now, later) = rest.split_at(BUFFER.saturating_sub(self.octets.len()));
                    self.octets.extend_from_slice(now);
                    beside.take(&mut self.octets);
                    rest = later;
                }
                self.octets.extend_from_slice(rest);
            }
        }
    }

    fn go_beside(&mut self) {
        self.alone = usize::MAX;
        if let Hashing::Here(digester) = mem::replace(&mut self.hashing, Hashing::Nothing) {
            self.hashing = match Beside::start(digester) {
                Ok(beside) => {
                    self.gathered = BUFFER;
                    Hashing::Beside(beside)
                }
                Err(digester) => Hashing::Here(digester),
            };
        }
    }
}

impl Sink for Writer {
    #[inline]
    fn write(&mut self, octets: &[u8]) {
        if self.octets.len() + octets.len() > self.gathered {
            self.overflow(octets);
        } else {
            self.octets.extend_from_slice(octets);
        }
    }
}
