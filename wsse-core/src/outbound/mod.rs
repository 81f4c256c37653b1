//! Protecting a message.

mod builder;
mod encrypt_bare;
mod encrypter;
mod encrypting;
mod key_info;
mod located;
mod message_key;
mod parts;
mod signing;
mod splice;
mod streaming;
mod template;

pub use builder::OutboundBuilder;
pub use streaming::ProtectOptions;
pub use template::{Filled, Form, Place, SecurityPlace, Template};

use crate::c14n::PrefixList;
use crate::crypto::{Secret, SecureRandom, push_hex, username_token_key};
use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::message::{Head, Soap};
use crate::policy::{OutboundPolicy, PasswordForm, Step};
use crate::time::{DateTimeForm, TimeProvider, UnixTime};
use crate::token::{
    KeyDerivation, ShownPassword, SignatureConfirmation, Timestamp, TimestampOptions,
    UsernameToken, UsernameTokenOptions,
};
use crate::xml::{Markup, MemoryPool, NamespaceId, ScannerMemory, is_ncname, to_utf8};
use crate::xmldsig::bare;
use encrypter::{Encrypter, Making};
use encrypting::{Encrypted, Encrypting};
use located::Search;
use message_key::{KeyMaker, MessageKey};
use parts::IdForm;
use signing::{Made, Plan, Signer, Signing};
use splice::{NewSecurity, NewTokens, Splice};
use std::sync::Arc;

/// Protects messages by a policy. Built once, immutable, shared between threads.
#[derive(Clone)]
pub struct Outbound {
    policy: OutboundPolicy,
    username: Option<(String, Secret)>,
    clock: Arc<dyn TimeProvider>,
    random: Arc<dyn SecureRandom>,
    memories: Arc<MemoryPool>,
    /// Who makes each Signature of the policy.
    signers: Vec<Signer>,
    /// What is encrypted, and for whom.
    encrypters: Vec<Encrypter>,
    /// What makes the key that both have in common.
    key_maker: Option<KeyMaker>,
    search: Search,
    /// For SOAP 1.1 and for SOAP 1.2.
    new_security: [NewSecurity; 2],
}

/// What changes from message to message; every part may be absent.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Call<'c> {
    /// The user, in place of the one that the [`Outbound`] has; given together with a password
    /// unless the policy shows none.
    pub username: Option<&'c str>,
    /// The password, in place of the one that the [`Outbound`] has.
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

/// What a message answers.
#[derive(Clone, Copy)]
enum Answered<'e> {
    Nothing,
    /// A request of which nothing was verified.
    Unverified,
    Validated(&'e Exchange),
}

/// The tokens of one message.
struct NewParts {
    now: UnixTime,
    tokens: NewTokens,
    made: Made,
    /// How many of them are made before the Signatures; None where nothing is signed.
    signing_at: Option<usize>,
    /// The key that signs and encrypts; what brings it is in front of the tokens.
    key: Option<Arc<MessageKey>>,
}

/// The random octets of one message, drawn at once.
struct Randomness([u8; 48]);

/// Octets that are kept free for what encryption adds beside the ciphertext.
const ROOM: usize = 16 << 10;

impl Outbound {
    /// Puts into `envelope` what the policy says: into the Security header for the policy's actor
    /// if there is one, else into a new one, which becomes the first header block. Octets of the
    /// caller stay as they are. A message in UTF-16 or ISO-8859-1 is returned in UTF-8.
    ///
    /// # Errors
    /// What is wrong with the envelope, as [`crate::Inbound::validate`] would say it;
    /// [`Cause::MissingCredential`] without the username or password that the policy needs;
    /// [`Cause::InvalidArgument`] for a nonce that is given where the policy writes none, an Id
    /// that is no NCName, a password that PasswordText can't show, and an envelope that already
    /// has what is to be put in; [`Cause::ClockUnavailable`], [`Cause::RandomUnavailable`]. Where the
    /// policy encrypts: [`Cause::MissingPart`] and [`Cause::AmbiguousId`] for parts that are not there
    /// or not told apart, [`Cause::InvalidArgument`] for parts that can't be encrypted,
    /// [`Cause::ReferenceCount`] for too many; [`Cause::CertificateValidity`] for a recipient whose
    /// certificate is not valid now, [`Cause::MissingCredential`] where there is no signer to answer.
    /// Where the policy takes the key of the request: [`Cause::MissingCredential`] without one,
    /// [`Cause::InvalidArgument`] with several, [`Cause::KeyType`] with one of another length than the
    /// data is encrypted with.
    pub fn protect(&self, envelope: &[u8], call: &Call<'_>) -> Result<Protected, Error> {
        self.protect_for(envelope, Answered::Nothing, call)
    }

    fn protect_for(
        &self,
        envelope: &[u8],
        answered: Answered<'_>,
        call: &Call<'_>,
    ) -> Result<Protected, Error> {
        let limits = &self.policy.limits;
        if envelope.len() > limits.message {
            return Err(Error::new(
                Cause::MessageSize,
                format!("the envelope has {} octets, more than {}", envelope.len(), limits.message),
            ));
        }
        let source = to_utf8(envelope, None)?;
        self.memories
            .lend(|memory| self.protect_utf8(&source, answered, call, memory))
            .map_err(|error| error.locate(&source))
    }

    /// The same for the reply to a validated request, whose exchange says what it must answer.
    ///
    /// # Errors
    /// As [`Self::protect`].
    pub fn protect_reply(
        &self,
        envelope: &[u8],
        exchange: &Exchange,
        call: &Call<'_>,
    ) -> Result<Protected, Error> {
        self.protect_for(envelope, Answered::Validated(exchange), call)
    }

    /// The same for the reply to a request that was not validated, or was refused: a fault. A policy
    /// that confirms signatures confirms none here, not even that there was none (SOAP Message
    /// Security 1.1.1, section 8.5): nobody knows.
    ///
    /// # Errors
    /// As [`Self::protect`].
    pub fn protect_reply_to_unverified(
        &self,
        envelope: &[u8],
        call: &Call<'_>,
    ) -> Result<Protected, Error> {
        self.protect_for(envelope, Answered::Unverified, call)
    }

    /// Signs a document that is no message, with the first Signature of the policy: its key,
    /// reference, methods and canonicalization. A BinarySecurityToken has no place there, so an
    /// X509Data stands for it.
    ///
    /// # Errors
    /// As [`crate::xmldsig::bare::sign`]; [`Cause::InvalidPolicy`] where the policy has no
    /// Signature.
    pub fn sign_bare(&self, document: &[u8], form: &bare::Form) -> Result<Vec<u8>, Error> {
        let Some(signer) = self.signers.first() else {
            let reason = "the policy has no `signature`, so there is nothing to sign with";
            return Err(Error::new(Cause::InvalidPolicy, reason));
        };
        let source = to_utf8(document, None)?;
        signer.sign_bare(&source, &self.policy.limits, form).map_err(|error| error.locate(&source))
    }

    fn protect_utf8(
        &self,
        source: &[u8],
        answered: Answered<'_>,
        call: &Call<'_>,
        memory: &mut ScannerMemory,
    ) -> Result<Protected, Error> {
        let (actor, limits) = (&self.policy.header.actor, &self.policy.limits);
        let (head, rest) = Head::parse(source, limits, actor, memory)?;
        let mut prefixes = PrefixList::new();
        if self.signers.is_empty() && self.encrypters.is_empty() {
            rest.read(memory)?;
        } else {
            // The walk over what will be sent reads it to its end.
            prefixes = rest.prefixes().collect();
            rest.leave(memory);
        }
        self.check_absent(&head)?;
        let parts = self.new_parts(answered, call)?;
        if self.encrypters.is_empty() {
            return self.protect_parts(source, &head, parts, prefixes, None, memory);
        }
        let key = parts.key.clone();
        let encrypting = Encrypting {
            encrypters: &self.encrypters,
            search: &self.search,
            making: self.making(parts.now, answered, key.as_deref()),
            ids: &self.random_octets()?,
        };
        if self.signs_what_is_encrypted() {
            return self.protect_encrypted(source, &head, parts, prefixes, &encrypting, memory);
        }
        self.protect_parts(source, &head, parts, prefixes, Some(&encrypting), memory)
    }

    /// Signs, where the policy does, and then encrypts.
    fn protect_parts(
        &self,
        source: &[u8],
        head: &Head<'_>,
        parts: NewParts,
        prefixes: PrefixList,
        encrypting: Option<&Encrypting<'_>>,
        memory: &mut ScannerMemory,
    ) -> Result<Protected, Error> {
        let NewParts { mut tokens, made, signing_at, key, .. } = parts;
        let new_security = self.new_security(head.soap);
        if signing_at.is_none() && encrypting.is_none() {
            let bytes =
                Splice::new(source, head, &tokens, new_security, &[])?.apply(source, 0).bytes;
            return Ok(Protected { bytes, exchange: Exchange::default() });
        }
        // What is encrypted stands behind the key as well.
        let in_front = match encrypting {
            Some(_) => core::mem::take(&mut tokens.first),
            None => Vec::new(),
        };
        let ids = self.random_octets()?;
        let signing = self.signing(&ids, prefixes, key.as_deref());
        let Plan { tokens, ids, signatures } =
            signing.plan(source, head, &made, tokens, signing_at.unwrap_or(usize::MAX))?;
        let room = if encrypting.is_some() { source.len() / 3 + ROOM } else { 0 };
        let splice = Splice::new(source, head, &tokens, new_security, &ids)?;
        let mut spliced = splice.apply(source, room);
        let (values, plan) =
            signing.fill(&mut spliced, &signatures, head.soap, encrypting, memory)?;
        let mut bytes = spliced.bytes;
        let encrypted = match (encrypting, plan) {
            (Some(encrypting), Some(plan)) => encrypting.run(&mut bytes, plan, &in_front)?,
            _ => Encrypted::default(),
        };
        let exchange = self
            .exchange(values, MessageKey::made(key.as_deref()))
            .with_keys(encrypted.keys.into_iter(), true);
        Ok(Protected { bytes, exchange })
    }

    /// Encrypts, and then signs what stands there now.
    fn protect_encrypted(
        &self,
        source: &[u8],
        head: &Head<'_>,
        parts: NewParts,
        prefixes: PrefixList,
        encrypting: &Encrypting<'_>,
        memory: &mut ScannerMemory,
    ) -> Result<Protected, Error> {
        let NewParts { tokens, mut made, signing_at, key, .. } = parts;
        let (limits, actor) = (&self.policy.limits, self.policy.header.actor.as_str());
        let new_security = self.new_security(head.soap);
        let signing_at = signing_at.unwrap_or(usize::MAX).min(tokens.last.len());
        // A token that is encrypted stands behind what decrypts it; the Signature, in front of that,
        // because it is checked over the ciphertext.
        let mut hidden = NewTokens::default();
        let mut open = NewTokens { first: tokens.first, last: Vec::new() };
        let mut signing_from = 0;
        for (index, token) in tokens.last.into_iter().enumerate() {
            if self.encrypters.iter().any(|encrypter| encrypter.encrypts(&token)) {
                made.forget(&token);
                hidden.last.push(token);
            } else {
                signing_from += usize::from(index < signing_at);
                open.last.push(token);
            }
        }
        let ids = self.random_octets()?;
        let signing = self.signing(&ids, prefixes, key.as_deref());
        let room = source.len() / 3 + ROOM;
        let mut spliced =
            Splice::new(source, head, &hidden, new_security, &[])?.apply(source, room);
        let (_, plan) = signing.fill(&mut spliced, &[], head.soap, Some(encrypting), memory)?;
        let mut bytes = spliced.bytes;
        if let Some(plan) = plan {
            made.encrypted = encrypting.run(&mut bytes, plan, &[])?;
        }
        let (splice, signatures) = {
            let (mut head, rest) = Head::parse(&bytes, limits, actor, memory)?;
            rest.leave(memory);
            for block in &mut head.blocks {
                if let Some((namespace, local)) = made.encrypted.name_of(block.id.as_ref()) {
                    block.namespace.clone_from(namespace);
                    block.local = local;
                }
            }
            let Plan { mut tokens, ids, signatures } =
                signing.plan(&bytes, &head, &made, open, signing_from)?;
            tokens.first.append(&mut tokens.last);
            (Splice::new(&bytes, &head, &tokens, new_security, &ids)?, signatures)
        };
        let mut spliced = splice.apply_in_place(bytes);
        let (values, _) = signing.fill(&mut spliced, &signatures, head.soap, None, memory)?;
        let keys = made.encrypted.keys.into_iter();
        let exchange =
            self.exchange(values, MessageKey::made(key.as_deref())).with_keys(keys, true);
        Ok(Protected { bytes: spliced.bytes, exchange })
    }

    fn signing<'s>(
        &'s self,
        ids: &'s [u8; 16],
        prefixes: PrefixList,
        key: Option<&'s MessageKey>,
    ) -> Signing<'s> {
        Signing {
            signers: &self.signers,
            layout: self.policy.header.layout,
            limits: &self.policy.limits,
            actor: &self.policy.header.actor,
            ids,
            id_form: IdForm::Numbered,
            prefixes,
            second_thread: self.policy.second_thread,
            is_whole: true,
            key,
        }
    }

    fn making<'m>(
        &'m self,
        now: UnixTime,
        answered: Answered<'m>,
        key: Option<&'m MessageKey>,
    ) -> Making<'m> {
        let signer = match answered {
            Answered::Validated(exchange) => exchange.certificate(),
            Answered::Nothing | Answered::Unverified => None,
        };
        Making { random: &*self.random, now, signer, key }
    }

    fn signs_what_is_encrypted(&self) -> bool {
        let steps = || self.policy.order.iter();
        let first = steps().find(|step| matches!(step, Step::Signature | Step::Encryption));
        first == Some(&Step::Encryption) && steps().any(|step| *step == Step::Signature)
    }

    /// Makes the tokens of the policy.
    fn new_parts(&self, answered: Answered<'_>, call: &Call<'_>) -> Result<NewParts, Error> {
        let now = self.clock.now()?.plus_seconds(self.policy.clock_offset);
        let mut randomness = Randomness([0; 48]);
        self.random.fill(&mut randomness.0)?;
        let (mut tokens, made) = (NewTokens::default(), Made::default());
        let mut key = None;
        if let Some(maker) = &self.key_maker {
            let own = maker.make(&self.making(now, answered, None), answered, &self.random)?;
            tokens.first.clone_from(&own.header);
            key = Some(Arc::new(own));
        }
        let mut parts = NewParts { now, tokens, made, signing_at: None, key };
        let NewParts { tokens, made, signing_at, .. } = &mut parts;
        for step in &self.policy.order {
            match step {
                Step::Timestamp => {
                    let token = self.timestamp(now, call, &randomness)?;
                    made.timestamp = signing::id_of(&token);
                    tokens.last.push(token);
                }
                Step::UsernameToken => {
                    let derivation = self.key_derivation()?;
                    if let Some(derivation) = &derivation {
                        made.username_key = Some(self.username_key(call, derivation)?);
                    }
                    let token = self.username_token(now, call, derivation.as_ref(), &randomness)?;
                    made.username_token = signing::id_of(&token);
                    tokens.last.push(token);
                }
                Step::SignatureConfirmation => {
                    made.confirms_nothing = matches!(answered, Answered::Unverified);
                    for token in self.confirmations(answered)? {
                        made.confirmations.extend(signing::id_of(&token));
                        tokens.last.push(token);
                    }
                }
                Step::Signature => *signing_at = Some(tokens.last.len()),
                Step::Encryption => {}
            }
        }
        Ok(parts)
    }

    fn random_octets(&self) -> Result<[u8; 16], Error> {
        let mut octets = [0; 16];
        self.random.fill(&mut octets)?;
        Ok(octets)
    }

    /// What the reply to a message with these SignatureValues must answer.
    fn exchange(&self, values: Vec<Vec<u8>>, keys: &[(Vec<u8>, Secret)]) -> Exchange {
        let certificate = self.signers.iter().find_map(|signer| signer.certificate().cloned());
        Exchange::new(values, certificate).with_keys(keys.iter().cloned(), true)
    }

    fn confirmations(&self, answered: Answered<'_>) -> Result<Vec<Markup>, Error> {
        let exchange = match answered {
            Answered::Validated(exchange) => exchange,
            Answered::Unverified => return Ok(Vec::new()),
            Answered::Nothing => {
                return Err(unused(
                    "the policy confirms the signatures of a request, so it protects replies only",
                ));
            }
        };
        let octets = self.random_octets()?;
        let values = exchange.signature_values();
        let id = |number: usize| random_id(&format!("SC-{number}-"), &octets);
        Ok(if values.is_empty() {
            vec![SignatureConfirmation::markup(None, &id(0))]
        } else {
            let confirm = |(number, value): (usize, &Vec<u8>)| {
                SignatureConfirmation::markup(Some(value), &id(number))
            };
            values.iter().enumerate().map(confirm).collect()
        })
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &OutboundPolicy {
        &self.policy
    }

    fn new_security(&self, soap: Soap) -> &NewSecurity {
        let [v11, v12] = &self.new_security;
        match soap {
            Soap::V11 => v11,
            Soap::V12 => v12,
        }
    }

    /// Two tokens of a kind would be refused by every strict receiver.
    fn check_absent(&self, envelope: &Head<'_>) -> Result<(), Error> {
        let Some(security) = &envelope.security else { return Ok(()) };
        for child in security.outline.root().children() {
            let name = child.name();
            let taken = self.policy.order.iter().any(|step| match step {
                Step::Timestamp => name.is(NamespaceId::WSU, "Timestamp"),
                Step::UsernameToken => name.is(NamespaceId::WSSE, "UsernameToken"),
                Step::SignatureConfirmation | Step::Signature | Step::Encryption => false,
            });
            if taken {
                return Err(Error::new(
                    Cause::InvalidArgument,
                    format!(
                        "the Security header already has a {}; remove it, or take the step out of \
                         the policy",
                        name.local
                    ),
                )
                .at(child.range().start));
            }
        }
        Ok(())
    }

    fn timestamp(
        &self,
        now: UnixTime,
        call: &Call<'_>,
        randomness: &Randomness,
    ) -> Result<Markup, Error> {
        let policy = &self.policy.timestamp;
        let options = TimestampOptions {
            ttl: policy.ttl,
            form: DateTimeForm { milliseconds: policy.milliseconds, zone: policy.zone },
            id: Some(match call.timestamp_id {
                Some(id) => check_id(id)?.to_owned(),
                None => random_id("TS-", &randomness.0[32..48]),
            }),
        };
        Timestamp::markup(now, &options)
    }

    fn username_token(
        &self,
        now: UnixTime,
        call: &Call<'_>,
        derivation: Option<&KeyDerivation>,
        randomness: &Randomness,
    ) -> Result<Markup, Error> {
        let policy = &self.policy.username_token;
        let (username, password) = self.credentials(call)?;
        let needed = |part: &str| {
            Error::new(
                Cause::MissingCredential,
                format!("the policy writes a UsernameToken; give the {part}"),
            )
        };
        let mut options = UsernameTokenOptions::new(username.ok_or_else(|| needed("username"))?);
        options.password = match policy.password {
            PasswordForm::None => ShownPassword::None,
            PasswordForm::Text => ShownPassword::Text(password.ok_or_else(|| needed("password"))?),
            PasswordForm::Digest => {
                let password = password.ok_or_else(|| needed("password"))?;
                ShownPassword::Digest(password, policy.secret)
            }
        };
        options.nonce = match (policy.nonce, call.nonce) {
            (true, Some([])) => return Err(unused("an empty nonce is none; leave it out")),
            (true, given) => Some(given.unwrap_or(&randomness.0[..16])),
            (false, None) => None,
            (false, Some(_)) => {
                return Err(unused("a nonce is given, but the policy writes none"));
            }
        };
        let created = match (policy.created, call.created) {
            (true, Some(given)) => Some(given.to_owned()),
            (true, None) => {
                let form = DateTimeForm { milliseconds: policy.milliseconds, zone: policy.zone };
                Some(now.write(form).ok_or_else(|| {
                    Error::new(Cause::ClockUnavailable, "the clock is outside the years 0 to 9999")
                })?)
            }
            (false, None) => None,
            (false, Some(_)) => {
                return Err(unused("a created is given, but the policy writes none"));
            }
        };
        options.created = created.as_deref();
        let id = match (policy.id, call.username_token_id) {
            (true, Some(id)) => Some(check_id(id)?.to_owned()),
            (true, None) => Some(random_id("UT-", &randomness.0[16..32])),
            (false, None) => None,
            (false, Some(_)) => {
                return Err(unused("an Id is given, but the policy writes none"));
            }
        };
        options.id = id.as_deref();
        options.derivation = derivation;
        UsernameToken::markup(&options)
    }

    /// How a key is derived from the password, where one is.
    fn key_derivation(&self) -> Result<Option<KeyDerivation>, Error> {
        if !self.policy.derives_from_password() {
            return Ok(None);
        }
        let mut salt = self.random_octets()?;
        // UsernameToken Profile 1.1.1, section 4: a Salt of keys for signatures begins so.
        salt[0] = 1;
        KeyDerivation::new(salt, self.policy.username_token.iterations).map(Some)
    }

    fn username_key(&self, call: &Call<'_>, derivation: &KeyDerivation) -> Result<Secret, Error> {
        let (_, password) = self.credentials(call)?;
        let password =
            password.filter(|password| !password.octets().is_empty()).ok_or_else(|| {
                let reason = "the policy signs with a key that is derived from the password of the \
                          UsernameToken; give the password";
                Error::new(Cause::MissingCredential, reason)
            })?;
        let password = self.policy.username_token.secret.apply(password);
        Ok(username_token_key(&password, &derivation.salt, derivation.iterations))
    }

    /// A call that names a user never goes out with another user's password.
    fn credentials<'c>(
        &'c self,
        call: &Call<'c>,
    ) -> Result<(Option<&'c str>, Option<&'c Secret>), Error> {
        let own = self.username.as_ref();
        let own_name = own.map(|(name, _)| name.as_str());
        let own_password = own.map(|(_, password)| password);
        Ok(match (call.username, call.password) {
            (None, None) => (own_name, own_password),
            (None, Some(password)) => (own_name, Some(password)),
            (Some(name), Some(password)) => (Some(name), Some(password)),
            (Some(name), None) if own_name == Some(name) => (own_name, own_password),
            (Some(name), None) => (Some(name), None),
        })
    }
}

fn unused(reason: &str) -> Error {
    Error::new(Cause::InvalidArgument, reason)
}

fn random_id(kind: &str, octets: &[u8]) -> String {
    let mut id = String::with_capacity(kind.len() + 2 * octets.len());
    id.push_str(kind);
    push_hex(&mut id, octets);
    id
}

/// An Id that is written is an NCName (XML Schema Part 2, section 3.3.8).
fn check_id(id: &str) -> Result<&str, Error> {
    if is_ncname(id) {
        return Ok(id);
    }
    let shown: String = id.chars().take(40).collect();
    Err(Error::new(
        Cause::InvalidArgument,
        format!(
            "{shown:?} is no NCName, as an Id must be: a letter or _, then letters, digits, - . _"
        ),
    ))
}

impl Protected {
    /// The message, in UTF-8.
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
