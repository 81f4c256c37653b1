//! Randomness that is handed in.

use crate::error::{Cause, Error};

/// A source of octets that nobody can foresee.
pub trait SecureRandom: Send + Sync {
    /// Fills `octets`.
    ///
    /// # Errors
    /// [`Cause::RandomUnavailable`]; nothing is made without randomness.
    fn fill(&self, octets: &mut [u8]) -> Result<(), Error>;
}

/// The operating system's source.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "a value without fields by design")]
pub struct SystemRandom;

impl SecureRandom for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine for randomness"
    )]
    fn fill(&self, octets: &mut [u8]) -> Result<(), Error> {
        getrandom::fill(octets).map_err(|error| {
            Error::new(Cause::RandomUnavailable, format!("no randomness from the system: {error}"))
        })
    }
}
