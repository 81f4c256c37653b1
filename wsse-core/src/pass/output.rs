//! What becomes of canonical octets.

use super::Output;
use crate::c14n::Sink;
use crate::crypto::{Digest, Hash};

/// Takes the octets of one target.
#[derive(Debug)]
pub(super) struct Writer {
    octets: Vec<u8>,
    hash: Option<Hash>,
}

impl Writer {
    pub(super) fn new(output: Output) -> Self {
        let hash = match output {
            Output::Digest(hash) => Some(hash),
            Output::Octets => None,
        };
        Self { octets: Vec::new(), hash }
    }

    pub(super) fn finish(self) -> (Option<Digest>, Vec<u8>) {
        match self.hash {
            Some(hash) => (Some(hash.digest(&[&self.octets])), Vec::new()),
            None => (None, self.octets),
        }
    }
}

impl Sink for Writer {
    fn write(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }
}
