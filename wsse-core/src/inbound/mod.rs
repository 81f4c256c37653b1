//! Validating a message.

mod builder;
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

pub use builder::InboundBuilder;
pub use coverage::{Coverage, VerifiedSigner};
pub use unsigned::Unsigned;
pub use validated::ValidatedMessage;

use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::message::{Head, Tail};
use crate::password::Passwords;
use crate::policy::{InboundPolicy, UnsignedFault, WhichPart};
use crate::replay::{ReplayKey, ReplayStore};
use crate::time::TimeProvider;
use crate::xml::{CheckedDocument, MemoryPool, ScannerMemory, to_utf8};
use crate::xmldsig::Trace;
use crate::xmldsig::bare::{self, VerifiedDocument};
use coverage::{Covered, Parts, Signed};
use freshness::Freshness;
use keyring::{Keyring, MessageKeys};
use signatures::Work;
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

/// What is behind the Header.
enum Body<'m> {
    Read(Tail<'m>),
    /// A walk over the whole message reads it, for the signatures.
    Unread(CheckedDocument<'m>),
}

impl Inbound {
    /// Begins with a policy. Without more, the clock is the system's and the replay store a
    /// [`MemoryReplayStore`] of its own.
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
