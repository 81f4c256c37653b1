//! Validating a message.

mod freshness;
mod username;
mod validated;

pub use validated::ValidatedMessage;

use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::message::{Envelope, SecurityHeader};
use crate::password::Passwords;
use crate::policy::{InboundPolicy, TokenRequirement};
use crate::replay::{MemoryReplayStore, ReplayStore};
use crate::time::{SystemClock, TimeProvider};
use crate::token::{PasswordTypes, Timestamp, UsernameToken};
use crate::xml::{Element, MemoryPool, NamespaceId, to_utf8};
use freshness::Freshness;
use std::collections::HashMap;
use std::sync::Arc;
use validated::Verdict;

/// Validates messages by a policy. Built once, immutable, shared between threads.
#[derive(Clone)]
pub struct Inbound {
    policy: InboundPolicy,
    passwords: Option<Passwords>,
    replay: Arc<dyn ReplayStore>,
    clock: Arc<dyn TimeProvider>,
    memories: Arc<MemoryPool>,
}

/// Gathers what an [`Inbound`] needs beside its policy.
#[derive(Clone)]
pub struct InboundBuilder {
    policy: InboundPolicy,
    passwords: Option<Passwords>,
    stores: HashMap<String, Arc<dyn ReplayStore>>,
    clock: Arc<dyn TimeProvider>,
}

/// The tokens of a Security header; nothing is proven yet.
#[derive(Default)]
struct Tokens {
    username_token: Option<UsernameToken>,
    timestamp: Option<Timestamp>,
}

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
        }
    }

    /// Checks everything that the policy demands, and whatever else is in the Security header.
    ///
    /// The order is that of costs: limits and structure, ages, passwords, the policy, and as the
    /// last act of a validation that would otherwise succeed, the replay store.
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
        self.validate_utf8(&source).map_err(|error| error.locate(&source))
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
        _exchange: &Exchange,
    ) -> Result<ValidatedMessage, Error> {
        // Tokens leave nothing in an exchange that a reply would have to answer.
        self.validate_with_charset(message, charset)
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &InboundPolicy {
        &self.policy
    }

    fn validate_utf8(&self, source: &[u8]) -> Result<ValidatedMessage, Error> {
        let InboundPolicy { limits, actor, .. } = &self.policy;
        let envelope = self
            .memories
            .lend(|memory| Envelope::parse_with_memory(source, limits, actor, memory))?;
        let Some(security) = &envelope.security else {
            return Err(Error::new(
                Cause::MissingSecurityHeader,
                match self.policy.actor.as_str() {
                    "" => "the message has no Security header for this receiver".to_owned(),
                    actor => format!("the message has no Security header for the actor {actor:?}"),
                },
            ));
        };
        let tokens = Tokens::read(security, self.policy.username.types)?;
        self.check_presence(&tokens)?;
        let freshness = Freshness::new(&self.policy.clock, self.clock.now()?);
        if let Some(timestamp) = &tokens.timestamp {
            freshness.check_timestamp(timestamp)?;
        }
        let checked = match &tokens.username_token {
            Some(token) => {
                Some(username::check(token, &self.policy, self.passwords.as_ref(), &freshness)?)
            }
            None => None,
        };
        if let Some(key) = checked.as_ref().and_then(|checked| checked.replay_key) {
            let created = tokens.username_token.as_ref().and_then(|token| token.created.as_ref());
            let expires = freshness.last_acceptance(created.map(|(_, at)| *at));
            if !self.replay.insert_if_absent(&key, expires, freshness.now())? {
                return Err(Error::new(
                    Cause::Replay,
                    "the UsernameToken was seen before: the same message came twice",
                ));
            }
        }
        let authenticated = checked.is_some_and(|checked| checked.authenticated);
        let removed = security.outline.root().range();
        let document = [
            &source[envelope.range.start..removed.start],
            &source[removed.end..envelope.range.end],
        ]
        .concat();
        // The Body stands behind the Header, so behind what was removed.
        let moved = envelope.range.start + removed.len();
        let body =
            envelope.body.start.saturating_sub(moved)..envelope.body.end.saturating_sub(moved);
        Ok(ValidatedMessage::assertion(Verdict {
            document,
            body,
            soap: envelope.soap,
            body_child: envelope.body_child.map(|(namespace, local)| (namespace, local.to_owned())),
            username_token: tokens.username_token.map(|token| (token, authenticated)),
            timestamp: tokens.timestamp,
        }))
    }

    fn check_presence(&self, tokens: &Tokens) -> Result<(), Error> {
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

impl Tokens {
    fn read(security: &SecurityHeader<'_>, types: PasswordTypes) -> Result<Self, Error> {
        let root = security.outline.root();
        root.check_no_text()?;
        let mut tokens = Self::default();
        for child in root.children() {
            let name = child.name();
            match (name.namespace, name.local) {
                (NamespaceId::WSU, "Timestamp") => {
                    let timestamp = Timestamp::parse(child)?;
                    if tokens.timestamp.replace(timestamp).is_some() {
                        return Err(twice(child));
                    }
                }
                (NamespaceId::WSSE, "UsernameToken") => {
                    let token = UsernameToken::parse(child, types)?;
                    if tokens.username_token.replace(token).is_some() {
                        return Err(twice(child));
                    }
                }
                (NamespaceId::DS | NamespaceId::XENC, _) => {
                    return Err(Error::new(
                        Cause::NoKey,
                        format!(
                            "{} can't be checked: this version verifies no signatures and decrypts \
                             nothing",
                            name.qualified()
                        ),
                    )
                    .at(child.range().start));
                }
                _ => {
                    return Err(Error::new(
                        Cause::UnsupportedToken,
                        format!("{} in the Security header is not understood", name.qualified()),
                    )
                    .at(child.range().start));
                }
            }
        }
        Ok(tokens)
    }
}

/// Never authenticate silently as the first of two.
fn twice(element: Element<'_, '_>) -> Error {
    let local = element.name().local;
    Error::new(Cause::DuplicateElement, format!("the Security header holds more than one {local}"))
        .at(element.range().start)
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
    /// digests and there is only a verifier, or names a replay store that was not given.
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
        let Self { policy, passwords, clock, .. } = self;
        Ok(Inbound { policy, passwords, replay, clock, memories: Arc::default() })
    }
}
