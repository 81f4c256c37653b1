//! What becomes of canonical octets.

use super::Output;
use crate::c14n::Sink;
use crate::crypto::{Digest, Digester};
use crate::error::Error;

/// Takes the octets of one target.
#[derive(Debug)]
pub(super) struct Writer {
    /// All octets, or those that were not digested yet.
    octets: Vec<u8>,
    digester: Option<Digester>,
}

/// Octets that are gathered before they are digested, as each call costs as much as some hundred
/// octets do. Longer pieces are not copied.
const GATHERED: usize = 16 << 10;

/// The first allocation: header parts fit in.
const FIRST: usize = 512;

impl Writer {
    pub(super) fn new(output: Output) -> Self {
        let digester = match output {
            Output::Digest(method) => Some(Digester::new(method)),
            Output::Octets => None,
        };
        Self { octets: Vec::with_capacity(FIRST), digester }
    }

    /// The digest, or else the octets.
    pub(super) fn finish(self) -> Result<(Option<Digest>, Vec<u8>), Error> {
        match self.digester {
            Some(mut digester) => {
                digester.update(&self.octets);
                Ok((Some(digester.finish()?), Vec::new()))
            }
            None => Ok((None, self.octets)),
        }
    }
}

impl Sink for Writer {
    #[inline]
    fn write(&mut self, octets: &[u8]) {
        if let Some(digester) = &mut self.digester
            && self.octets.len() + octets.len() > GATHERED
        {
            digester.update(&self.octets);
            self.octets.clear();
            if octets.len() > GATHERED / 4 {
                digester.update(octets);
                return;
            }
        }
        self.octets.extend_from_slice(octets);
    }
}
