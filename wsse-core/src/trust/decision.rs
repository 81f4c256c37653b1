//! What the caller decides for himself.

use crate::crypto::{Certificate, PublicKey};
use crate::error::Error;
use crate::time::UnixTime;
use core::fmt;
use std::sync::Arc;

/// A signer, before his signature is checked.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Candidate<'c> {
    /// His public key.
    pub key: &'c PublicKey,
    /// The certificate of the key, if it has one.
    pub certificate: Option<&'c Certificate>,
    /// The path to the anchor: the end entity first, the anchor last. Empty where the certificate or
    /// the key is pinned, or nobody vouches for it.
    pub path: &'c [Certificate],
    /// Whether he is believed: only the legacy switch `embedded-key` and `signer = "any"` let others
    /// come so far.
    pub trusted: bool,
    /// The time of the validation.
    pub at: UnixTime,
}

/// Has the last word on a signer. It is asked after everything else, so that it can refuse whom the
/// policy believes, and believe nobody whom that refuses.
pub trait TrustDecision: Send + Sync {
    /// Lets the signer pass, or refuses him. The signature is not checked yet: that a signer passes
    /// here says nothing of the message. Shared secrets are not asked about.
    ///
    /// # Errors
    /// [`crate::Cause::RefusedSigner`] for whom it refuses;
    /// [`crate::Cause::DecisionUnavailable`] where it can't tell. Whatever it returns refuses the
    /// message.
    fn decide(&self, candidate: &Candidate<'_>) -> Result<(), Error>;
}

/// One that was given, or none.
#[derive(Clone, Default)]
pub struct LastWord(Option<Arc<dyn TrustDecision>>);

impl LastWord {
    /// The decision that is asked.
    #[must_use]
    pub fn new(decision: Arc<dyn TrustDecision>) -> Self {
        Self(Some(decision))
    }

    /// Asks, where there is somebody to ask.
    ///
    /// # Errors
    /// As [`TrustDecision::decide`].
    pub fn ask(&self, candidate: &Candidate<'_>) -> Result<(), Error> {
        self.0.as_ref().map_or(Ok(()), |decision| decision.decide(candidate))
    }
}

impl fmt::Debug for LastWord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LastWord").field("given", &self.0.is_some()).finish()
    }
}
