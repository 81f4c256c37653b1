//! Validating a message.

mod builder;
mod coverage;
mod decrypt;
mod decrypt_bare;
mod decryption;
mod encrypted;
mod freshness;
mod judgement;
mod keyring;
mod layers;
mod named;
mod projection;
mod recipients;
mod references;
mod secrets;
mod signatures;
mod streaming;
mod tokens;
mod unsigned;
mod username;
mod validated;
mod validation;

pub use builder::InboundBuilder;
pub use coverage::{Coverage, VerifiedSigner};
pub use decrypt::DecryptedMessage;
pub use encrypted::EncryptedPart;
pub use streaming::StreamOptions;
pub use unsigned::Unsigned;
pub use validated::{Spooled, ValidatedMessage};

use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::password::Passwords;
use crate::policy::{InboundPolicy, WhichPart};
use crate::replay::ReplayStore;
use crate::time::TimeProvider;
use crate::xml::{MemoryPool, to_utf8};
use crate::xmldsig::Trace;
use crate::xmldsig::bare::{self, VerifiedDocument};
use decryption::{DecryptedKeys, Encryption};
use judgement::Judged;
use keyring::{Keyring, MessageKeys};
use secrets::MessageSecrets;
use std::sync::Arc;
use validated::Verdict;
use validation::Validation;

/// Validates messages by a policy. Built once, immutable, shared between threads.
#[derive(Clone)]
pub struct Inbound {
    policy: InboundPolicy,
    passwords: Option<Passwords>,
    replay: Arc<dyn ReplayStore>,
    clock: Arc<dyn TimeProvider>,
    memories: Arc<MemoryPool>,
    keyring: Arc<Keyring>,
}

impl Inbound {
    /// Begins with a policy. Without more, the clock is the system's and the replay store a
    /// [`MemoryReplayStore`](crate::replay::MemoryReplayStore) of its own.
    #[must_use]
    pub fn builder(policy: InboundPolicy) -> InboundBuilder {
        InboundBuilder::new(policy)
    }

    /// Checks everything that the policy demands, and whatever else is in the Security header.
    ///
    /// The order is that of costs: limits and structure, ages, whose keys signed, signatures and
    /// digests, passwords, the policy, and as the last act of a validation that would otherwise
    /// succeed, the replay store.
    ///
    /// # Errors
    /// Every category but [`crate::Category::Misuse`] and [`crate::Category::Io`], with the place
    /// in `message`; docs/errors.md lists the causes.
    pub fn validate(&self, message: &[u8]) -> Result<ValidatedMessage, Error> {
        self.validate_with_charset(message, None)
    }

    /// The same, where the transport names a character set (`charset` of Content-Type).
    ///
    /// # Errors
    /// As [`Self::validate`]; [`Cause::Encoding`] where charset, byte order mark and XML
    /// declaration contradict each other.
    pub fn validate_with_charset(
        &self,
        message: &[u8],
        charset: Option<&str>,
    ) -> Result<ValidatedMessage, Error> {
        self.validate_traced(message, charset, None, &mut ())
    }

    /// The same, of a message or of the reply to one, with every step told to `trace`.
    ///
    /// # Errors
    /// As [`Self::validate_with_charset`].
    pub fn validate_traced<T: Trace>(
        &self,
        message: &[u8],
        charset: Option<&str>,
        exchange: Option<&Exchange>,
        trace: &mut T,
    ) -> Result<ValidatedMessage, Error> {
        if message.len() > self.policy.limits.message {
            return Err(Error::new(
                Cause::MessageSize,
                format!(
                    "the message has {} octets; {} are accepted",
                    message.len(),
                    self.policy.limits.message
                ),
            ));
        }
        let source = to_utf8(message, charset).map_err(|error| error.locate(message))?;
        self.validate_utf8(&source, exchange, trace)
    }

    /// The same for the reply to a protected message.
    ///
    /// # Errors
    /// As [`Self::validate`].
    pub fn validate_reply(
        &self,
        message: &[u8],
        exchange: &Exchange,
    ) -> Result<ValidatedMessage, Error> {
        self.validate_reply_with_charset(message, None, exchange)
    }

    /// The same, where the transport names a character set.
    ///
    /// # Errors
    /// As [`Self::validate_with_charset`].
    pub fn validate_reply_with_charset(
        &self,
        message: &[u8],
        charset: Option<&str>,
        exchange: &Exchange,
    ) -> Result<ValidatedMessage, Error> {
        self.validate_traced(message, charset, Some(exchange), &mut ())
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &InboundPolicy {
        &self.policy
    }

    /// Checks the Signatures of a document that is no message, with the keys, the trust, the limits
    /// and the legacy switches of the policy. Of the parts that it requires to be signed those by Id
    /// must be; the others are parts of messages and are not looked at.
    ///
    /// # Errors
    /// As [`crate::xmldsig::bare::verify`]; [`Cause::NotCovered`] where an Id that the policy
    /// requires is not what a Signature covers.
    pub fn verify_bare<T: Trace>(
        &self,
        document: &[u8],
        trace: &mut T,
    ) -> Result<VerifiedDocument, Error> {
        let InboundPolicy { limits, legacy, clock, require, .. } = &self.policy;
        let source = to_utf8(document, None)?;
        let at = self.clock.now()?.plus_seconds(clock.offset);
        let (encryption, decrypted) = (Encryption::default(), DecryptedKeys::default());
        let secrets = MessageSecrets::none(&encryption, &decrypted);
        let keys = MessageKeys { keyring: &self.keyring, tokens: &[], at, secrets: &secrets };
        let verified = bare::verify(&source, limits, *legacy, &keys, trace)
            .map_err(|error| error.locate(&source))?;
        for part in &require.signed {
            let WhichPart::Id(id) = &part.which else { continue };
            if !verified.references().iter().any(|reference| reference.id.as_ref() == Some(id)) {
                let reason = format!(
                    "the policy requires the part {part} to be signed, and no Signature covers it"
                );
                return Err(Error::new(Cause::NotCovered, reason));
            }
        }
        Ok(verified)
    }

    fn validate_utf8<T: Trace>(
        &self,
        source: &[u8],
        exchange: Option<&Exchange>,
        trace: &mut T,
    ) -> Result<ValidatedMessage, Error> {
        self.memories.lend(|memory| {
            let decrypted = DecryptedKeys::default();
            let mut validation = Validation { inbound: self, exchange, trace, memory, decrypted };
            let (Judged { verdict, projection }, octets) = validation.of(source)?;
            let (document, body) = match octets {
                Some(octets) => projection.write_in_place(octets),
                None => projection.write(source),
            };
            Ok(validation.conclude(Verdict { document, body, ..verdict }))
        })
    }
}
