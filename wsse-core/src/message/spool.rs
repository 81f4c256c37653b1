//! Where the content of a message goes that is read from a stream.

use crate::error::{Cause, Error};
use std::io;

/// Takes the content of a message that is read from a stream, before it is known whether the message
/// is accepted.
///
/// After any number of calls of [`Self::write`] comes exactly one of [`Self::commit`] and
/// [`Self::abort`], also where a call has failed. Until then nobody may use what was written.
pub trait Spool {
    /// Takes the next octets.
    ///
    /// # Errors
    /// The message is refused with [`Cause::InputOutput`].
    fn write(&mut self, octets: &[u8]) -> io::Result<()>;

    /// Everything was written, and the message is accepted.
    ///
    /// # Errors
    /// The message is refused with [`Cause::InputOutput`]. Nothing else is called afterwards: what
    /// was written must be gone as after [`Self::abort`].
    fn commit(&mut self) -> io::Result<()>;

    /// The message is refused: what was written must never be used.
    fn abort(&mut self);
}

/// Holds what is written in memory, up to a limit.
///
/// ```
/// use wsse_core::message::{MemorySpool, Spool};
///
/// let mut spool = MemorySpool::new(10);
/// spool.write(b"<a/>")?;
/// assert_eq!(spool.octets(), None);
/// spool.commit()?;
/// assert_eq!(spool.octets(), Some(&b"<a/>"[..]));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct MemorySpool {
    octets: Vec<u8>,
    limit: usize,
    committed: bool,
}

impl MemorySpool {
    /// For so many octets at most: more is an error, and the message is refused.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { octets: Vec::new(), limit, committed: false }
    }

    /// What was written, if it was committed.
    #[must_use]
    pub fn octets(&self) -> Option<&[u8]> {
        self.committed.then_some(self.octets.as_slice())
    }

    /// The same, without a copy.
    #[must_use]
    pub fn into_octets(self) -> Option<Vec<u8>> {
        self.committed.then_some(self.octets)
    }
}

impl Spool for MemorySpool {
    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        if self.committed || octets.len() > self.limit - self.octets.len() {
            let reason = format!("the spool holds {} octets, and more are written", self.limit);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
        }
        self.octets.extend_from_slice(octets);
        Ok(())
    }

    fn commit(&mut self) -> io::Result<()> {
        self.committed = true;
        Ok(())
    }

    fn abort(&mut self) {
        self.octets = Vec::new();
        self.committed = false;
    }
}

/// A spool that is committed or aborted once, whatever happens.
pub(crate) struct Spooling<'s> {
    spool: &'s mut dyn Spool,
    /// Octets that were written.
    pub(crate) length: u64,
    done: bool,
}

impl<'s> Spooling<'s> {
    pub(crate) fn new(spool: &'s mut dyn Spool) -> Self {
        Self { spool, length: 0, done: false }
    }

    pub(crate) fn write(&mut self, octets: &[u8]) -> Result<(), Error> {
        if octets.is_empty() {
            return Ok(());
        }
        self.length += u64::try_from(octets.len()).unwrap_or(u64::MAX);
        self.spool.write(octets).map_err(|error| failed("written to", &error))
    }

    pub(crate) fn commit(mut self) -> Result<(), Error> {
        self.done = true;
        self.spool.commit().map_err(|error| failed("committed", &error))
    }
}

impl Drop for Spooling<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.spool.abort();
        }
    }
}

fn failed(what: &str, error: &io::Error) -> Error {
    Error::new(Cause::InputOutput, format!("the spool can't be {what}: {error}"))
}
