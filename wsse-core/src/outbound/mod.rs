//! Protecting a message.

use crate::crypto::{Secret, SecureRandom, SystemRandom};
use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::inbound::ValidatedMessage;
use crate::policy::OutboundPolicy;
use crate::time::{SystemClock, TimeProvider};
use std::sync::Arc;

/// Protects messages by a policy. Built once, immutable, shared between threads.
#[derive(Clone)]
pub struct Outbound {
    policy: OutboundPolicy,
    username: Option<(String, Secret)>,
    clock: Arc<dyn TimeProvider>,
    random: Arc<dyn SecureRandom>,
}

/// Gathers what an [`Outbound`] needs beside its policy.
#[derive(Clone)]
pub struct OutboundBuilder {
    outbound: Outbound,
}

/// What changes from message to message; every part may be absent.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Call<'c> {
    /// The user, in place of the one that the [`Outbound`] has.
    pub username: Option<&'c str>,
    /// The password that goes with it.
    pub password: Option<&'c Secret>,
    /// The octets of the Nonce; 16 random ones where absent.
    pub nonce: Option<&'c [u8]>,
    /// The text of the UsernameToken's Created, written and hashed as it is; the clock's where
    /// absent.
    pub created: Option<&'c str>,
    /// The `wsu:Id` of the UsernameToken, an NCName; a random one where absent.
    pub username_token_id: Option<&'c str>,
    /// The `wsu:Id` of the Timestamp, an NCName; a random one where absent.
    pub timestamp_id: Option<&'c str>,
}

/// A protected message.
#[derive(Clone, Debug)]
pub struct Protected {
    bytes: Vec<u8>,
    exchange: Exchange,
}

impl Outbound {
    /// Begins with a policy. Without more, the clock and randomness are the system's.
    #[must_use]
    pub fn builder(policy: OutboundPolicy) -> OutboundBuilder {
        OutboundBuilder {
            outbound: Self {
                policy,
                username: None,
                clock: Arc::new(SystemClock),
                random: Arc::new(SystemRandom),
            },
        }
    }

    /// Puts into `envelope` what the policy says. Octets outside the Security header stay as
    /// they are.
    ///
    /// # Errors
    /// stub
    pub fn protect(&self, envelope: &[u8], call: &Call<'_>) -> Result<Protected, Error> {
        let _ = (envelope, call);
        Err(Error::new(Cause::NotBuilt, "stub"))
    }

    /// The same for the reply to a validated request.
    ///
    /// # Errors
    /// As [`Self::protect`].
    pub fn protect_reply(
        &self,
        envelope: &[u8],
        request: &ValidatedMessage,
        call: &Call<'_>,
    ) -> Result<Protected, Error> {
        let _ = request;
        self.protect(envelope, call)
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &OutboundPolicy {
        &self.policy
    }
}

impl OutboundBuilder {
    /// The user whose UsernameToken is written, unless a [`Call`] names another.
    #[must_use]
    pub fn username(mut self, username: impl Into<String>, password: Secret) -> Self {
        self.outbound.username = Some((username.into(), password));
        self
    }

    /// Another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn TimeProvider>) -> Self {
        self.outbound.clock = clock;
        self
    }

    /// Another source of randomness than the system's.
    #[must_use]
    pub fn random(mut self, random: Arc<dyn SecureRandom>) -> Self {
        self.outbound.random = random;
        self
    }

    /// The finished [`Outbound`].
    ///
    /// # Errors
    /// [`Cause::InvalidPolicy`] for a policy that contradicts itself.
    pub fn build(self) -> Result<Outbound, Error> {
        self.outbound.policy.check()?;
        Ok(self.outbound)
    }
}

impl Protected {
    /// The message.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The message, without a copy.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// What the reply must answer.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }
}
