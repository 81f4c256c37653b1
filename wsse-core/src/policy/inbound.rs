//! What a message must be.

use super::document::{Table, read_policy, write_choice, write_string};
use super::limits::{read_limits, read_second_thread, write_limits};
use super::outbound::SECRETS;
use super::part::{Part, PartUse, WhichPart, write_parts};
use super::presets;
use super::trust::{
    Signer, TrustPolicy, UnsignedFault, read_legacy, read_signer, read_unsigned_fault,
    write_legacy, write_signer, write_unsigned_fault,
};
use crate::crypto::LegacySet;
use crate::error::{Cause, Error};
use crate::password::SecretForm;
use crate::token::PasswordTypes;
use crate::xml::Limits;

/// What [`crate::Inbound::validate`] demands of a message.
///
/// As TOML, with the defaults of every key but those of `require`, whose keys are off unless
/// they are given:
///
/// ```toml
/// version = 1
/// require = { username-token = "digest", timestamp = true, expires = false, signed = ["body", "timestamp"], encrypted = ["body-content"], signer = "trusted", signature-confirmation = false }
/// header = { actor = "", others = "refuse" }
/// clock = { ttl = 300, skew = 60, future = 60, offset = 0 }
/// username = { nonce = "required", created = "required", password = "required", secret = "plain", types = "strict", signed = true }
/// trust = { certificates = "default", anchors = "default", validity = true, subjects = [], issuers = [], key-info = "select", extended-key-usage = [], revocation = "soft" }
/// faults = { unsigned = "refuse" }
/// legacy = { allow = [] }
/// replay = { store = "default" }
/// limits = { message = "64 MiB", header = "1 MiB", depth = 200, attributes = 256, namespaces = 512, distinct-namespaces = 4096 }
/// hashing = { second-thread = false }
/// ```
///
/// What is present is checked even where it is not required. A policy that requires nothing is
/// refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InboundPolicy {
    /// What must be there.
    pub require: Require,
    /// The `S11:actor` or `S12:role` whose Security header is meant for us; the ultimate receiver
    /// where empty. Default: empty.
    pub actor: String,
    /// What becomes of tokens that nobody asked for. Default: they are refused.
    pub other_tokens: OtherTokens,
    /// How old and how early a message may be.
    pub clock: ClockPolicy,
    /// What a UsernameToken must be like.
    pub username: UsernamePolicy,
    /// Whose signatures count.
    pub trust: TrustPolicy,
    /// What an unsigned fault is worth. Default: it is refused where a signature or encryption is
    /// required.
    pub unsigned_fault: UnsignedFault,
    /// What is accepted by name though it is weak. Default: nothing.
    pub legacy: LegacySet,
    /// The name of the replay store. Default: `default`, which is an embedded memory store where
    /// none is given by that name.
    pub replay_store: String,
    /// Budgets.
    pub limits: Limits,
    /// Whether what is long is digested on a second thread, which is started for each such part.
    /// Default: no.
    pub second_thread: bool,
}

/// What must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Require {
    /// The UsernameToken. Default: none is required.
    pub username_token: Option<TokenRequirement>,
    /// Whether a Timestamp is required. Default: false.
    pub timestamp: bool,
    /// Whether a Timestamp must say when it expires. Default: false; without Expires, and within
    /// it, [`ClockPolicy::ttl`] bounds the age.
    pub expires: bool,
    /// What must be covered by signatures of one identity. Where it is not empty, only what is
    /// covered is handed out. Default: empty, no signature is required.
    pub signed: Vec<Part>,
    /// What must have been encrypted. A part that may be absent must be encrypted where it is there.
    /// That it was says nothing about who did it: everybody can encrypt to us. Default: empty.
    pub encrypted: Vec<Part>,
    /// Whose signatures count, beside those of the trusted, which always do. Default: trusted.
    pub signer: Vec<Signer>,
    /// Whether a reply must confirm the signatures of its request (SOAP Message Security 1.1.1,
    /// section 8.5). Default: false; one that is there is checked.
    pub signature_confirmation: bool,
}

/// Which UsernameToken is demanded. With `digest` or `text`, a token of the other kind is
/// refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenRequirement {
    /// One with a PasswordDigest.
    Digest,
    /// One with the password in clear text.
    Text,
    /// Either.
    Any,
}

/// How old and how early a message may be, in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClockPolicy {
    /// The age that a Created may have, whatever Expires says. Default: 300.
    pub ttl: u32,
    /// What is added to ages and to Expires, because clocks differ. Default: 60.
    pub skew: u32,
    /// How far ahead a Created may be. Default: 60.
    pub future: u32,
    /// What is added to our clock before anything is compared. Default: 0.
    pub offset: i64,
}

/// What a UsernameToken must be like (UsernameToken Profile 1.1.1, section 3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsernamePolicy {
    /// Whether a Nonce is needed. Default: required.
    pub nonce: Presence,
    /// Whether Created is needed. Default: required.
    pub created: Presence,
    /// Whether a Password is needed: required, or optional to accept tokens that name a user and
    /// prove nothing. Default: required.
    pub password: Presence,
    /// What is done to the password before it is hashed. Default: plain.
    pub secret: SecretForm,
    /// Which spellings of the Password Type are understood. Default: strict.
    pub types: PasswordTypes,
    /// Whether a UsernameToken that is required must be signed as well where signatures are
    /// required. Default: true; else it could be taken from another message.
    pub signed: bool,
}

/// What becomes of tokens in the Security header that can't be checked: those that are not
/// understood, and a UsernameToken where there are no passwords and the policy requires none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OtherTokens {
    /// The message is refused.
    #[default]
    Refuse,
    /// They are not looked at, and nothing of them is handed out.
    Ignore,
}

/// Whether a part of a UsernameToken is needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Presence {
    /// A PasswordDigest must have it, because it is hashed; where the password is in clear text
    /// it may be absent.
    #[default]
    Required,
    /// It may be absent, and is then left out of the hash (Basic Security Profile 1.1, R4212).
    Optional,
    /// It must be there, whatever the kind of password.
    Always,
}

const TOKENS: [(&str, TokenRequirement); 3] = [
    ("digest", TokenRequirement::Digest),
    ("text", TokenRequirement::Text),
    ("any", TokenRequirement::Any),
];
const OTHER_TOKENS: [(&str, OtherTokens); 2] =
    [("refuse", OtherTokens::Refuse), ("ignore", OtherTokens::Ignore)];
const PRESENCES: [(&str, Presence); 3] = [
    ("required", Presence::Required),
    ("optional", Presence::Optional),
    ("always", Presence::Always),
];
const PASSWORD_PRESENCES: [(&str, Presence); 2] =
    [("required", Presence::Required), ("optional", Presence::Optional)];
const TYPES: [(&str, PasswordTypes); 2] =
    [("strict", PasswordTypes::Strict), ("lenient", PasswordTypes::Lenient)];
/// A hundred years: beyond it, arithmetic on a date says nothing.
const MOST_SECONDS: i64 = 100 * 366 * 24 * 3600;

impl InboundPolicy {
    /// A policy with this demand and every default.
    ///
    /// # Errors
    /// [`Cause::InvalidPolicy`] where nothing is required.
    pub fn new(require: Require) -> Result<Self, Error> {
        let policy = Self {
            require,
            actor: String::new(),
            other_tokens: OtherTokens::Refuse,
            clock: ClockPolicy::default(),
            username: UsernamePolicy::default(),
            trust: TrustPolicy::default(),
            unsigned_fault: UnsignedFault::Refuse,
            legacy: LegacySet::NONE,
            replay_store: "default".to_owned(),
            limits: Limits::default(),
            second_thread: false,
        };
        policy.check()?;
        Ok(policy)
    }

    /// Reads a policy.
    ///
    /// # Errors
    /// [`Cause::InvalidPolicy`] with the line, [`Cause::NotBuilt`] for what a later version does.
    pub fn from_toml(source: &str) -> Result<Self, Error> {
        read_policy(source, Self::read)
    }

    /// A built-in policy by its name, see [`super::PRESETS`].
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] with the names that there are.
    pub fn preset(name: &str) -> Result<Self, Error> {
        Self::from_toml(presets::find(name)?.inbound)
    }

    /// The policy as TOML, every key written out. [`Self::from_toml`] reads the same policy back.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let token = self.require.username_token.map_or(String::new(), |token| {
            format!("username-token = {}, ", write_choice(token, &TOKENS))
        });
        let (clock, username) = (&self.clock, &self.username);
        format!(
            "version = 1\n\
             require = {{ {token}timestamp = {}, expires = {}, signed = {}, encrypted = {}, \
             signer = {}, signature-confirmation = {} }}\n\
             header = {{ actor = {}, others = {} }}\n\
             clock = {{ ttl = {}, skew = {}, future = {}, offset = {} }}\n\
             username = {{ nonce = {}, created = {}, password = {}, secret = {}, types = {}, \
             signed = {} }}\n\
             trust = {}\nfaults = {{ unsigned = {} }}\nlegacy = {}\n\
             replay = {{ store = {} }}\n\
             limits = {}\nhashing = {{ second-thread = {} }}\n",
            self.require.timestamp,
            self.require.expires,
            write_parts(&self.require.signed),
            write_parts(&self.require.encrypted),
            write_signer(&self.require.signer),
            self.require.signature_confirmation,
            write_string(&self.actor),
            write_choice(self.other_tokens, &OTHER_TOKENS),
            clock.ttl,
            clock.skew,
            clock.future,
            clock.offset,
            write_choice(username.nonce, &PRESENCES),
            write_choice(username.created, &PRESENCES),
            write_choice(username.password, &PRESENCES),
            write_choice(username.secret, &SECRETS),
            write_choice(username.types, &TYPES),
            username.signed,
            self.trust.write(),
            write_unsigned_fault(self.unsigned_fault),
            write_legacy(self.legacy),
            write_string(&self.replay_store),
            write_limits(&self.limits),
            self.second_thread,
        )
    }

    /// Refuses what contradicts itself, and what would let everything pass.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let Require {
            username_token,
            timestamp,
            expires,
            signed,
            encrypted,
            signature_confirmation,
            ..
        } = &self.require;
        let invalid = |reason: &str| Err(Error::new(Cause::InvalidPolicy, reason));
        if username_token.is_none()
            && !timestamp
            && signed.is_empty()
            && encrypted.iter().all(|part| part.optional)
        {
            return invalid(
                "the policy requires nothing, so every message would pass; require a \
                 username-token, a timestamp, signed or encrypted parts",
            );
        }
        if !signed.is_empty() && !signed.iter().any(Part::is_firm) {
            return invalid(
                "every part of `require.signed` may be absent, so a message without a signature \
                 would pass; require one without `?` that is neither `headers` nor `addressing` nor \
                 `signature`",
            );
        }
        Part::check_list(signed, PartUse::Signed)?;
        Part::check_list(encrypted, PartUse::RequiredEncrypted)?;
        for part in signed {
            if matches!(part.which, WhichPart::Signature(_))
                && *part != Part::required(WhichPart::Signature(None))
            {
                return invalid(
                    "`require.signed` has `signature` without a number and without `?`: every \
                     Signature of the signer must be endorsed",
                );
            }
        }
        if *signature_confirmation && signed.is_empty() {
            return invalid("`require.signature-confirmation` needs `require.signed`");
        }
        if *expires && !timestamp {
            return invalid("`require.expires` needs `require.timestamp`");
        }
        if self.username.password == Presence::Always {
            return invalid("`username.password` is \"required\" or \"optional\"");
        }
        Ok(())
    }

    fn read(root: &Table<'_>) -> Result<Self, Error> {
        root.check_keys(
            &[
                "version", "require", "header", "clock", "username", "trust", "faults", "legacy",
                "replay", "limits", "hashing",
            ],
            &[],
        )?;
        let (actor, other_tokens) = read_header(root.table("header")?)?;
        let policy = Self {
            require: Require::read(root.table("require")?)?,
            actor,
            other_tokens,
            clock: ClockPolicy::read(root.table("clock")?)?,
            username: UsernamePolicy::read(root.table("username")?)?,
            trust: TrustPolicy::read(root.table("trust")?)?,
            unsigned_fault: read_unsigned_fault(root.table("faults")?)?,
            legacy: read_legacy(root.table("legacy")?)?,
            replay_store: read_replay_store(root.table("replay")?)?,
            limits: read_limits(root.table("limits")?)?,
            second_thread: read_second_thread(root.table("hashing")?)?,
        };
        policy.check().map_err(|error| root.as_cause("require", &error))?;
        Ok(policy)
    }
}

fn read_header(table: Option<Table<'_>>) -> Result<(String, OtherTokens), Error> {
    let Some(table) = table else { return Ok(Default::default()) };
    table.check_keys(&["actor", "others"], &[])?;
    let actor = table.string("actor")?.unwrap_or_default().to_owned();
    Ok((actor, table.choice("others", &OTHER_TOKENS)?.unwrap_or_default()))
}

fn read_replay_store(table: Option<Table<'_>>) -> Result<String, Error> {
    let Some(table) = table else { return Ok("default".to_owned()) };
    table.check_keys(&["store"], &[])?;
    Ok(table.string("store")?.unwrap_or("default").to_owned())
}

impl Require {
    fn read(table: Option<Table<'_>>) -> Result<Self, Error> {
        let mut require = Self::default();
        let Some(table) = table else { return Ok(require) };
        table.check_keys(
            &[
                "username-token",
                "timestamp",
                "expires",
                "signed",
                "encrypted",
                "signer",
                "signature-confirmation",
            ],
            &[],
        )?;
        require.encrypted = Part::read(&table, "encrypted")?.unwrap_or_default();
        require.signed = Part::read(&table, "signed")?.unwrap_or_default();
        require.signer = read_signer(&table)?;
        require.signature_confirmation = table.boolean("signature-confirmation")?.unwrap_or(false);
        require.username_token = table.choice("username-token", &TOKENS)?;
        require.timestamp = table.boolean("timestamp")?.unwrap_or(false);
        require.expires = table.boolean("expires")?.unwrap_or(false);
        Ok(require)
    }
}

impl Default for Require {
    fn default() -> Self {
        Self {
            username_token: None,
            timestamp: false,
            expires: false,
            signed: Vec::new(),
            encrypted: Vec::new(),
            signer: vec![Signer::Trusted],
            signature_confirmation: false,
        }
    }
}

impl ClockPolicy {
    fn read(table: Option<Table<'_>>) -> Result<Self, Error> {
        let mut policy = Self::default();
        let Some(table) = table else { return Ok(policy) };
        table.check_keys(&["ttl", "skew", "future", "offset"], &[])?;
        for (key, field) in
            [("ttl", &mut policy.ttl), ("skew", &mut policy.skew), ("future", &mut policy.future)]
        {
            if let Some(seconds) = table.integer(key, 0..=MOST_SECONDS)? {
                *field = u32::try_from(seconds).unwrap_or(u32::MAX);
            }
        }
        if let Some(offset) = table.integer("offset", -MOST_SECONDS..=MOST_SECONDS)? {
            policy.offset = offset;
        }
        Ok(policy)
    }
}

impl Default for ClockPolicy {
    fn default() -> Self {
        Self { ttl: 300, skew: 60, future: 60, offset: 0 }
    }
}

impl UsernamePolicy {
    fn read(table: Option<Table<'_>>) -> Result<Self, Error> {
        let mut policy = Self::default();
        let Some(table) = table else { return Ok(policy) };
        table.check_keys(&["nonce", "created", "password", "secret", "types", "signed"], &[])?;
        if let Some(signed) = table.boolean("signed")? {
            policy.signed = signed;
        }
        for (key, field) in [("nonce", &mut policy.nonce), ("created", &mut policy.created)] {
            if let Some(presence) = table.choice(key, &PRESENCES)? {
                *field = presence;
            }
        }
        if let Some(presence) = table.choice("password", &PASSWORD_PRESENCES)? {
            policy.password = presence;
        }
        if let Some(secret) = table.choice("secret", &SECRETS)? {
            policy.secret = secret;
        }
        if let Some(types) = table.choice("types", &TYPES)? {
            policy.types = types;
        }
        Ok(policy)
    }
}

impl Default for UsernamePolicy {
    fn default() -> Self {
        Self {
            nonce: Presence::Required,
            created: Presence::Required,
            password: Presence::Required,
            secret: SecretForm::Plain,
            types: PasswordTypes::Strict,
            signed: true,
        }
    }
}
