//! Validating a message.

use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::password::Passwords;
use crate::policy::InboundPolicy;
use crate::replay::ReplayStore;
use crate::time::{SystemClock, TimeProvider, UnixTime};
use std::collections::HashMap;
use std::sync::Arc;

/// Validates messages by a policy. Built once, immutable, shared between threads.
#[derive(Clone)]
pub struct Inbound {
    policy: InboundPolicy,
    passwords: Option<Passwords>,
    replay: Option<Arc<dyn ReplayStore>>,
    clock: Arc<dyn TimeProvider>,
}

/// Gathers what an [`Inbound`] needs beside its policy.
#[derive(Clone)]
pub struct InboundBuilder {
    inbound: Inbound,
    stores: HashMap<String, Arc<dyn ReplayStore>>,
}

/// A message that was validated. Only [`Inbound`] makes it.
#[derive(Clone, Debug)]
pub struct ValidatedMessage {
    document: Vec<u8>,
    username: Option<String>,
    authenticated: bool,
    created: Option<UnixTime>,
    expires: Option<UnixTime>,
    soap12: bool,
    exchange: Exchange,
}

impl Inbound {
    /// Begins with a policy. Without more, the clock is the system's and the replay store is a
    /// [`crate::replay::MemoryReplayStore`] of its own.
    #[must_use]
    pub fn builder(policy: InboundPolicy) -> InboundBuilder {
        InboundBuilder {
            inbound: Self { policy, passwords: None, replay: None, clock: Arc::new(SystemClock) },
            stores: HashMap::new(),
        }
    }

    /// Checks everything that the policy demands, and what else is in the Security header.
    ///
    /// # Errors
    /// stub
    pub fn validate(&self, message: &[u8]) -> Result<ValidatedMessage, Error> {
        self.validate_with_charset(message, None)
    }

    /// The same, where the transport names a character set (the `charset` of Content-Type).
    ///
    /// # Errors
    /// As [`Self::validate`]; [`Cause::Encoding`] where charset, byte order mark and declaration
    /// contradict each other.
    pub fn validate_with_charset(
        &self,
        message: &[u8],
        charset: Option<&str>,
    ) -> Result<ValidatedMessage, Error> {
        let _ = (message, charset);
        Err(Error::new(Cause::NotBuilt, "stub"))
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
        let _ = exchange;
        self.validate(message)
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &InboundPolicy {
        &self.policy
    }
}

impl InboundBuilder {
    /// How passwords are known; needed where the policy wants a UsernameToken.
    #[must_use]
    pub fn passwords(mut self, passwords: impl Into<Passwords>) -> Self {
        self.inbound.passwords = Some(passwords.into());
        self
    }

    /// The replay store that the policy names; the default policy names `default`.
    #[must_use]
    pub fn replay_store(mut self, name: impl Into<String>, store: Arc<dyn ReplayStore>) -> Self {
        self.stores.insert(name.into(), store);
        self
    }

    /// Another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn TimeProvider>) -> Self {
        self.inbound.clock = clock;
        self
    }

    /// The finished [`Inbound`].
    ///
    /// # Errors
    /// [`Cause::InvalidPolicy`], [`Cause::MissingCredential`].
    pub fn build(self) -> Result<Inbound, Error> {
        self.inbound.policy.check()?;
        Ok(self.inbound)
    }
}

impl ValidatedMessage {
    /// The message without the Security header that was processed, in original octets: the
    /// Envelope, the other header blocks, the Body. No signature protects it; that is what the
    /// name says. As UTF-8, without XML declaration.
    #[must_use]
    pub fn unsigned_document(&self) -> &[u8] {
        &self.document
    }

    /// The username of the token, if there was one.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        self.username.as_deref()
    }

    /// Whether the user proved to know the password. False without a UsernameToken, and for one
    /// without Password, which only a policy with `username.password = "optional"` accepts.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        self.authenticated
    }

    /// Created of the Timestamp, if there was one.
    #[must_use]
    pub fn timestamp_created(&self) -> Option<UnixTime> {
        self.created
    }

    /// Expires of the Timestamp, if there was one.
    #[must_use]
    pub fn timestamp_expires(&self) -> Option<UnixTime> {
        self.expires
    }

    /// Whether the message is SOAP 1.2 rather than 1.1.
    #[must_use]
    pub fn is_soap12(&self) -> bool {
        self.soap12
    }

    /// What a reply to this message must answer.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }
}
