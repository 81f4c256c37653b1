//! What an outbound is built from.

use super::Outbound;
use super::encrypter::Encrypter;
use super::located::Search;
use super::message_key::KeyMaker;
use super::signing::Signer;
use super::splice::NewSecurity;
use crate::crypto::{Identity, RecipientKey, Secret, SecureRandom, SystemRandom};
use crate::error::{Cause, Error};
use crate::message::Soap;
use crate::policy::{OutboundPolicy, SIGNER};
use crate::time::{SystemClock, TimeProvider};
use std::sync::Arc;

/// Gathers what an [`Outbound`] needs beside its policy.
#[derive(Clone)]
pub struct OutboundBuilder {
    policy: OutboundPolicy,
    username: Option<(String, Secret)>,
    clock: Arc<dyn TimeProvider>,
    random: Arc<dyn SecureRandom>,
    identities: Vec<(String, Identity)>,
    secrets: Vec<(String, Secret)>,
    recipients: Vec<(String, RecipientKey)>,
}

impl Outbound {
    /// Begins with a policy. Without more, clock and randomness are the system's.
    #[must_use]
    pub fn builder(policy: OutboundPolicy) -> OutboundBuilder {
        OutboundBuilder {
            policy,
            username: None,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            identities: Vec::new(),
            secrets: Vec::new(),
            recipients: Vec::new(),
        }
    }
}

impl OutboundBuilder {
    /// The user whose UsernameToken is written, unless a [`Call`](crate::Call) names another.
    #[must_use]
    pub fn username(mut self, username: impl Into<String>, password: Secret) -> Self {
        self.username = Some((username.into(), password));
        self
    }

    /// A private key with its certificate, under the name that a Signature of the policy has as its
    /// `key`; an empty name serves every Signature that nothing else serves.
    #[must_use]
    pub fn identity(mut self, name: impl Into<String>, identity: Identity) -> Self {
        self.identities.push((name.into(), identity));
        self
    }

    /// A shared secret for HMAC signatures, and for encryption: to wrap keys with, or as the key itself;
    /// named as [`Self::identity`] and [`Self::recipient`].
    #[must_use]
    pub fn secret(mut self, name: impl Into<String>, secret: Secret) -> Self {
        self.secrets.push((name.into(), secret));
        self
    }

    /// The certificate or the public key of somebody who is encrypted for, under the name that an
    /// encryption of the policy has as its `recipient`; an empty name serves every recipient that nothing
    /// else serves.
    #[must_use]
    pub fn recipient(mut self, name: impl Into<String>, key: impl Into<RecipientKey>) -> Self {
        self.recipients.push((name.into(), key.into()));
        self
    }

    /// Another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn TimeProvider>) -> Self {
        self.clock = clock;
        self
    }

    /// Another source of randomness than the system's.
    #[must_use]
    pub fn random(mut self, random: Arc<dyn SecureRandom>) -> Self {
        self.random = random;
        self
    }

    /// The finished [`Outbound`].
    ///
    /// # Errors
    /// [`Cause::InvalidPolicy`] for a policy that contradicts itself; [`Cause::InvalidCharacter`]
    /// for an actor that XML can't carry; [`Cause::MissingCredential`] without the key that a
    /// Signature names, or the recipient that an encryption names; [`Cause::KeyType`] where a method
    /// does not fit the key; [`Cause::KeyTooSmall`] for a recipient's; [`Cause::InvalidArgument`] where
    /// a reference does not fit it, or a recipient is named `signer`.
    pub fn build(self) -> Result<Outbound, Error> {
        let Self { policy, username, clock, random, identities, secrets, recipients } = self;
        policy.check()?;
        if recipients.iter().any(|(name, _)| name == SIGNER) {
            let reason = "a recipient is named \"signer\", which is the word for whoever signed the \
                          request; give him another name";
            return Err(Error::new(Cause::InvalidArgument, reason));
        }
        let encrypter = |one| Encrypter::new(one, policy.legacy, &recipients, &secrets);
        let encrypters =
            policy.encryptions.iter().map(encrypter).collect::<Result<Vec<_>, Error>>()?;
        let search = Search::new(&encrypters);
        let key_maker = KeyMaker::new(&policy, &recipients, &secrets)?;
        let signer = |policy| Signer::new(policy, &identities, &secrets);
        let signers = policy.signatures.iter().map(signer).collect::<Result<Vec<_>, Error>>()?;
        let security = |soap| NewSecurity::new(soap, &policy.header);
        let new_security = [security(Soap::V11)?, security(Soap::V12)?];
        Ok(Outbound {
            policy,
            username,
            clock,
            random,
            memories: Arc::default(),
            signers,
            encrypters,
            key_maker,
            search,
            new_security,
        })
    }
}
