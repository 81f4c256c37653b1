//! Validating a message.

mod coverage;
mod freshness;
mod keyring;
mod named;
mod projection;
mod references;
mod signatures;
mod tokens;
mod unsigned;
mod username;
mod validated;

pub use coverage::{Coverage, VerifiedSigner};
pub use unsigned::Unsigned;
pub use validated::ValidatedMessage;

use crate::crypto::{Certificate, Crl, PublicKey, Secret};
use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::message::{Head, Tail};
use crate::password::Passwords;
use crate::policy::{InboundPolicy, KeyInfoUse, TokenRequirement, UnsignedFault, WhichPart};
use crate::replay::{MemoryReplayStore, ReplayKey, ReplayStore};
use crate::time::{SystemClock, TimeProvider};
use crate::trust::{LastWord, Revocation, TrustDecision};
use crate::xml::{CheckedDocument, MemoryPool, ScannerMemory, to_utf8};
use crate::xmldsig::Trace;
use crate::xmldsig::bare::{self, VerifiedDocument};
use coverage::{Covered, Parts, Signed};
use freshness::Freshness;
use keyring::{Keyring, MessageKeys};
use named::{Names, SharedSecret};
use signatures::Work;
use std::collections::HashMap;
use std::sync::Arc;
use tokens::Tokens;
use validated::Verdict;

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

/// Gathers what an [`Inbound`] needs beside its policy.
#[derive(Clone)]
pub struct InboundBuilder {
    policy: InboundPolicy,
    passwords: Option<Passwords>,
    stores: HashMap<String, Arc<dyn ReplayStore>>,
    clock: Arc<dyn TimeProvider>,
    certificates: Vec<(String, Certificate)>,
    public_keys: Vec<(String, PublicKey)>,
    anchors: Vec<(String, Certificate)>,
    untrusted: Vec<Certificate>,
    crls: Vec<Crl>,
    last_word: LastWord,
    secrets: Vec<(String, Secret)>,
}

/// What is behind the Header.
enum Body<'m> {
    Read(Tail<'m>),
    /// A walk over the whole message reads it, for the signatures.
    Unread(CheckedDocument<'m>),
}

/// CRLs of one Inbound at most.
const MOST_CRLS: usize = 64;

impl Inbound {
    /// Begins with a policy. Without more, the clock is the system's and the replay store a
    /// [`MemoryReplayStore`] of its own.
    #[must_use]
    pub fn builder(policy: InboundPolicy) -> InboundBuilder {
        InboundBuilder {
            policy,
            passwords: None,
            stores: HashMap::new(),
            clock: Arc::new(SystemClock),
            certificates: Vec::new(),
            public_keys: Vec::new(),
            anchors: Vec::new(),
            untrusted: Vec::new(),
            crls: Vec::new(),
            last_word: LastWord::default(),
            secrets: Vec::new(),
        }
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
        let source = to_utf8(message, charset)?;
        self.validate_utf8(&source, exchange, trace).map_err(|error| error.locate(&source))
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
        let keys = MessageKeys { keyring: &self.keyring, tokens: &[], at };
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
        self.memories.lend(|memory| self.validate_with_memory(source, exchange, trace, memory))
    }

    fn validate_with_memory<T: Trace>(
        &self,
        source: &[u8],
        exchange: Option<&Exchange>,
        trace: &mut T,
        memory: &mut ScannerMemory,
    ) -> Result<ValidatedMessage, Error> {
        let InboundPolicy { limits, actor, .. } = &self.policy;
        let (head, rest) = Head::parse(source, limits, actor, memory)?;
        let Some(security) = &head.security else {
            // A message that is not well-formed is told so first.
            let tail = rest.read(memory)?;
            if self.accepts_unsigned(&head, &tail, false) {
                return Ok(self.unsigned(source, &head, &tail, Tokens::default(), false));
            }
            return Err(self.no_security());
        };
        let tokens = Tokens::read(security, &self.policy, self.passwords.is_some())?;
        let signed = !tokens.signatures.is_empty();
        let body =
            if signed { Body::Unread(rest.leave(memory)) } else { Body::Read(rest.read(memory)?) };
        self.check_presence(&tokens)?;
        let freshness = Freshness::new(&self.policy.clock, self.clock.now()?);
        if let Some(timestamp) = &tokens.timestamp {
            freshness.check_timestamp(timestamp)?;
        }
        let (tail, signatures) = match body {
            Body::Read(tail) => (tail, Vec::new()),
            Body::Unread(document) => {
                let keys = MessageKeys {
                    keyring: &self.keyring,
                    tokens: &tokens.binary_security_tokens,
                    at: freshness.now(),
                };
                let second_thread = self.policy.second_thread;
                let work = Work { document, limits, soap: head.soap, second_thread };
                let root = security.outline.root();
                signatures::verify(&work, &tokens.signatures, &keys, root, memory, trace)?
            }
        };
        signatures::check_confirmations(&tokens.confirmations, exchange, &self.policy)?;
        let checked = match &tokens.username_token {
            Some(token) => {
                Some(username::check(token, &self.policy, self.passwords.as_ref(), &freshness)?)
            }
            None => None,
        };
        let (signed, signature_keys): (Vec<Signed>, Vec<ReplayKey>) =
            signatures.into_iter().unzip();
        let all = Covered::by_identity(&signed);
        let covered = match self.covered(&all, source, &head, &tail) {
            Ok(covered) => covered,
            Err(_) if signed.is_empty() && self.accepts_unsigned(&head, &tail, true) => None,
            Err(error) => return Err(error),
        };
        let signers = match covered {
            Some(covered) => Parts { source, policy: &self.policy, head: &head, tail: &tail }
                .signers(covered, &all)?,
            None => Vec::new(),
        };
        let created = tokens.username_token.as_ref().and_then(|token| token.created.as_ref());
        let created = created.map(|(_, at)| *at);
        let token_key = checked.as_ref().and_then(|checked| checked.replay_key);
        // An instant that nobody signed says nothing of how long a replay is to be expected.
        let signed_at = tokens.timestamp.as_ref().filter(|timestamp| {
            let place = timestamp.offset..timestamp.offset + 1;
            covered.is_some_and(|covered| covered.covers(&place))
        });
        let signed_at = signed_at.map(|timestamp| timestamp.created);
        let signature_keys = signature_keys.into_iter().map(|key| (key, signed_at, "Signature"));
        for (key, created, what) in
            token_key.map(|key| (key, created, "UsernameToken")).into_iter().chain(signature_keys)
        {
            let expires = freshness.last_acceptance(created);
            if !self.replay.insert_if_absent(&key, expires, freshness.now())? {
                let reason = format!("the {what} was seen before: the same message came twice");
                return Err(Error::new(Cause::Replay, reason));
            }
        }
        let authenticated = checked.is_some_and(|checked| checked.authenticated);
        let Some(covered) = covered else {
            return Ok(self.unsigned(source, &head, &tail, tokens, authenticated));
        };
        let (document, body) = projection::project(source, &head, &tail, covered);
        let unsigned = unsigned::of(&head, &tail, covered);
        let certificate = covered.certificate().cloned();
        let values = tokens.signatures.iter().map(|signature| signature.value.clone()).collect();
        let body_child = tail.body_child.filter(|_| covered.covers(&tail.body));
        // A token that nobody signed could come from another message: it says nothing of this one.
        let legacy = tokens.legacy();
        let username_token = tokens.username_token.filter(|token| {
            !self.policy.username.signed || covered.covers(&(token.offset..token.offset + 1))
        });
        Ok(ValidatedMessage::assertion(Verdict {
            document,
            body,
            signers: Some(signers),
            unsigned,
            legacy,
            exchange: Exchange::new(values, certificate),
            soap: head.soap,
            body_child: body_child.map(|(namespace, local)| (namespace, local.to_owned())),
            username_token: username_token.map(|token| (token, authenticated)),
            timestamp: tokens.timestamp,
        }))
    }

    /// The first identity whose signatures cover everything that is required; None where the policy
    /// requires no signature.
    fn covered<'c, 's>(
        &self,
        all: &'c [Covered<'s>],
        source: &[u8],
        head: &Head<'_>,
        tail: &Tail<'_>,
    ) -> Result<Option<&'c Covered<'s>>, Error> {
        if self.policy.require.signed.is_empty() {
            return Ok(None);
        }
        let parts = Parts { source, policy: &self.policy, head, tail };
        let mut failure = None;
        for covered in all {
            match covered.check(&parts, all) {
                Ok(()) => return Ok(Some(covered)),
                Err(error) => drop(failure.get_or_insert(error)),
            }
        }
        Err(failure.unwrap_or_else(|| {
            Error::new(
                Cause::MissingSignature,
                "the policy requires a Signature, and the Security header has none",
            )
        }))
    }

    /// Whether an unsigned fault is accepted for what it is.
    fn accepts_unsigned(&self, head: &Head<'_>, tail: &Tail<'_>, has_security: bool) -> bool {
        let require = &self.policy.require;
        let asks_more = require.timestamp || require.username_token.is_some();
        self.policy.unsigned_fault == UnsignedFault::Accept
            && !require.signed.is_empty()
            && (has_security || !asks_more)
            && tail.body_child.as_ref().is_some_and(|(namespace, local)| {
                namespace == head.soap.namespace() && *local == "Fault"
            })
    }

    fn unsigned(
        &self,
        source: &[u8],
        head: &Head<'_>,
        tail: &Tail<'_>,
        tokens: Tokens<'_, '_>,
        authenticated: bool,
    ) -> ValidatedMessage {
        let removed = head.security.as_ref().map(|security| security.outline.root().range());
        let removed = removed.unwrap_or(head.body_start_tag.start..head.body_start_tag.start);
        let octets = |range: core::ops::Range<usize>| source.get(range).unwrap_or_default();
        let start = head.start_tag.start;
        let document = [octets(start..removed.start), octets(removed.end..tail.end)].concat();
        // The Body stands behind the Header, so behind what was removed.
        let moved = start + removed.len();
        let body = tail.body.start.saturating_sub(moved)..tail.body.end.saturating_sub(moved);
        let values = tokens.signatures.iter().map(|signature| signature.value.clone()).collect();
        ValidatedMessage::assertion(Verdict {
            document,
            body,
            signers: None,
            unsigned: Unsigned::default(),
            legacy: tokens.legacy(),
            exchange: Exchange::new(values, None),
            soap: head.soap,
            body_child: tail
                .body_child
                .as_ref()
                .map(|(namespace, local)| (namespace.clone(), (*local).to_owned())),
            username_token: tokens.username_token.map(|token| (token, authenticated)),
            timestamp: tokens.timestamp,
        })
    }

    fn no_security(&self) -> Error {
        let reason = match self.policy.actor.as_str() {
            "" => "the message has no Security header for this receiver".to_owned(),
            actor => format!("the message has no Security header for the actor {actor:?}"),
        };
        Error::new(Cause::MissingSecurityHeader, reason)
    }

    fn check_presence(&self, tokens: &Tokens<'_, '_>) -> Result<(), Error> {
        let require = &self.policy.require;
        let missing = |what: &str| {
            Err(Error::new(
                Cause::MissingPart,
                format!("the policy requires {what}, which is absent"),
            ))
        };
        match &tokens.timestamp {
            None if require.timestamp => return missing("a Timestamp"),
            Some(timestamp) if require.expires && timestamp.expires.is_none() => {
                return missing("a Timestamp with Expires");
            }
            _ => {}
        }
        if tokens.username_token.is_none() && require.username_token.is_some() {
            return missing("a UsernameToken");
        }
        Ok(())
    }
}

impl InboundBuilder {
    /// How passwords are known; needed where the policy wants a UsernameToken.
    #[must_use]
    pub fn passwords(mut self, passwords: impl Into<Passwords>) -> Self {
        self.passwords = Some(passwords.into());
        self
    }

    /// The replay store that the policy names; policies name `default` unless they say otherwise.
    #[must_use]
    pub fn replay_store(mut self, name: impl Into<String>, store: Arc<dyn ReplayStore>) -> Self {
        self.stores.insert(name.into(), store);
        self
    }

    /// A certificate that is believed as it is, where the policy's `trust.certificates` has its name;
    /// an empty name serves every name that nothing else serves. References that carry no
    /// certificate can mean it, and a KeyName that is its name.
    #[must_use]
    pub fn certificate(mut self, name: impl Into<String>, certificate: Certificate) -> Self {
        self.certificates.push((name.into(), certificate));
        self
    }

    /// A key that is believed without a certificate, named as [`Self::certificate`].
    #[must_use]
    pub fn public_key(mut self, name: impl Into<String>, key: PublicKey) -> Self {
        self.public_keys.push((name.into(), key));
        self
    }

    /// A certificate at which a path may end, under the name that the policy's `trust.anchors` has;
    /// an empty name serves every policy.
    #[must_use]
    pub fn anchor(mut self, name: impl Into<String>, certificate: Certificate) -> Self {
        self.anchors.push((name.into(), certificate));
        self
    }

    /// A certificate that may stand inside a path, and that references may mean, and that is not
    /// believed for itself.
    #[must_use]
    pub fn untrusted(mut self, certificate: Certificate) -> Self {
        self.untrusted.push(certificate);
        self
    }

    /// A CRL of an issuer of certificates; at most 64. It counts for pinned certificates, too. Other
    /// CRLs later mean another [`Inbound`]: what was found with these is remembered.
    #[must_use]
    pub fn crl(mut self, crl: Crl) -> Self {
        self.crls.push(crl);
        self
    }

    /// Who has the last word on a signer: it may refuse whom the policy believes.
    #[must_use]
    pub fn decide(mut self, decision: Arc<dyn TrustDecision>) -> Self {
        self.last_word = LastWord::new(decision);
        self
    }

    /// A shared secret for HMAC signatures, under the KeyName by which messages may mean it; without
    /// a name it serves every KeyName that nothing else serves. All of them are believed.
    #[must_use]
    pub fn secret(mut self, name: impl Into<String>, secret: Secret) -> Self {
        self.secrets.push((name.into(), secret));
        self
    }

    /// Another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn TimeProvider>) -> Self {
        self.clock = clock;
        self
    }

    /// The finished [`Inbound`].
    ///
    /// # Errors
    /// [`Cause::InvalidPolicy`] for a policy that contradicts itself;
    /// [`Cause::MissingCredential`] where it wants a UsernameToken and there are no passwords, or
    /// digests and there is only a verifier, or names a replay store that was not given, or requires
    /// signatures and there is nothing to check them with, or checks them with the one pinned key and
    /// there is not exactly one, or requires CRLs and there are none; [`Cause::InvalidArgument`] for
    /// an empty shared secret, for too many CRLs, or where the policy says that they are not used.
    pub fn build(mut self) -> Result<Inbound, Error> {
        self.policy.check()?;
        let missing = |reason: String| Err(Error::new(Cause::MissingCredential, reason));
        match (self.policy.require.username_token, &self.passwords) {
            (Some(_), None) => {
                return missing(
                    "the policy requires a UsernameToken; give the passwords of its users".into(),
                );
            }
            (Some(TokenRequirement::Digest), Some(Passwords::Verifier(_))) => {
                return missing(
                    "the policy requires a PasswordDigest, which a verifier can't check; give a \
                     look-up or a table of passwords"
                        .into(),
                );
            }
            _ => {}
        }
        let replay = match self.stores.remove(&self.policy.replay_store) {
            Some(store) => store,
            None if self.policy.replay_store == "default" => Arc::new(MemoryReplayStore::new()),
            None => {
                let name = &self.policy.replay_store;
                return missing(format!("the policy names the replay store {name:?}; give it"));
            }
        };
        self.check_crls()?;
        let keyring = self.keyring()?;
        if !self.policy.require.signed.is_empty() && keyring.is_empty() {
            return missing(
                "the policy requires a Signature; give the certificates, anchors, keys or secrets \
                 that it is checked with"
                    .into(),
            );
        }
        if keyring.ignores_key_info && keyring.store.only().is_none() {
            return missing(
                "the policy checks every Signature with the one key that is pinned \
                 (`trust.key-info = \"ignore\"`); give exactly one certificate or public key"
                    .into(),
            );
        }
        let Self { policy, passwords, clock, .. } = self;
        let (keyring, memories) = (Arc::new(keyring), Arc::default());
        Ok(Inbound { policy, passwords, replay, clock, memories, keyring })
    }

    fn check_crls(&self) -> Result<(), Error> {
        match (self.policy.trust.rules.revocation, self.crls.len()) {
            (Revocation::Required, 0) => Err(Error::new(
                Cause::MissingCredential,
                "the policy requires CRLs (`trust.revocation = \"required\"`); give those of the \
                 issuers",
            )),
            (Revocation::Off, 1..) => Err(Error::new(
                Cause::InvalidArgument,
                "CRLs are given, and the policy does not use them (`trust.revocation = \"off\"`); \
                 leave out one of the two",
            )),
            (_, 0..=MOST_CRLS) => Ok(()),
            (_, count) => Err(Error::new(
                Cause::InvalidArgument,
                format!("{count} CRLs are given; {MOST_CRLS} are accepted"),
            )),
        }
    }

    /// What serves this policy: what has one of its names, and, for a name that nothing has, what
    /// has none.
    fn keyring(&self) -> Result<Keyring, Error> {
        fn named<T: Clone + PartialEq>(all: &[(String, T)], names: &[String]) -> Vec<T> {
            let is_held = |name: &str| all.iter().any(|(held, _)| held == name);
            let mut found: Vec<T> = Vec::new();
            for name in names {
                let name = if is_held(name) { name.as_str() } else { "" };
                for (_, value) in all.iter().filter(|(held, _)| held == name) {
                    if !found.contains(value) {
                        found.push(value.clone());
                    }
                }
            }
            found
        }
        let trust = &self.policy.trust;
        let secret =
            |(name, secret): &(String, Secret)| SharedSecret::new(name.clone(), secret.clone());
        let mut keyring = Keyring {
            secrets: self.secrets.iter().map(secret).collect::<Result<_, _>>()?,
            names: Names::new(&self.certificates, &self.public_keys),
            rules: trust.rules.clone(),
            legacy: self.policy.legacy,
            ..Keyring::default()
        };
        keyring.store.pinned = named(&self.certificates, &trust.certificates);
        keyring.store.pinned_keys = named(&self.public_keys, &trust.certificates);
        keyring.store.anchors = named(&self.anchors, core::slice::from_ref(&trust.anchors));
        keyring.store.untrusted.clone_from(&self.untrusted);
        keyring.store.crls.clone_from(&self.crls);
        keyring.last_word = self.last_word.clone();
        keyring.set_signer(self.policy.require.signer);
        keyring.ignores_key_info = trust.key_info == KeyInfoUse::Ignore;
        Ok(keyring)
    }
}
