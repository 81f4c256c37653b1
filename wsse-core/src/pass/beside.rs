//! A digest on a second thread, for what is long.

use crate::crypto::{Digest, Digester};
use crate::error::{Cause, Error};
use core::fmt;
use core::mem;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{Builder, JoinHandle};

/// Takes buffers of octets to a digest that another thread computes. Dropped before its end, that
/// thread ends too.
pub(super) struct Beside {
    full: SyncSender<Vec<u8>>,
    /// Buffers that were digested, to be filled again.
    empty: Receiver<Vec<u8>>,
    digester: JoinHandle<Option<Digester>>,
}

/// Octets of a buffer.
pub(super) const BUFFER: usize = 64 << 10;
/// Buffers that wait to be digested: where more would, the walk waits.
const WAITING: usize = 8;

impl Beside {
    /// Goes on with a digest on a thread of its own; gives it back where the system starts none.
    pub(super) fn start(digester: Digester) -> Result<Self, Digester> {
        let (give, take) = sync_channel::<Digester>(1);
        let (full, to_digest) = sync_channel::<Vec<u8>>(WAITING);
        let (digested, empty) = channel();
        let run = move || {
            let mut digester = take.recv().ok()?;
            for mut octets in to_digest {
                digester.update(&octets);
                octets.clear();
                // Whoever does not listen any more needs no buffers.
                drop(digested.send(octets));
            }
            Some(digester)
        };
        let thread = match Builder::new().name("wsse digest".to_owned()).spawn(run) {
            Ok(thread) => thread,
            Err(_) => return Err(digester),
        };
        match give.send(digester) {
            Ok(()) => Ok(Self { full, empty, digester: thread }),
            Err(returned) => Err(returned.0),
        }
    }

    /// Takes what is in the buffer, and leaves an empty one.
    pub(super) fn take(&self, buffer: &mut Vec<u8>) {
        let next = self.empty.try_recv().unwrap_or_else(|_| Vec::with_capacity(BUFFER));
        // Where the other thread is gone, its end says so.
        drop(self.full.send(mem::replace(buffer, next)));
    }

    /// The digest of everything.
    ///
    /// # Errors
    /// [`Cause::UnsupportedAlgorithm`] where OpenSSL refuses to compute it.
    pub(super) fn finish(self) -> Result<Digest, Error> {
        let Self { full, digester, .. } = self;
        drop(full);
        match digester.join() {
            Ok(Some(digester)) => digester.finish(),
            _ => Err(Error::new(
                Cause::UnsupportedAlgorithm,
                "the thread that computes a digest has ended without one",
            )),
        }
    }
}

impl fmt::Debug for Beside {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Beside").finish_non_exhaustive()
    }
}
