//! What is put into a message.

use super::document::{Table, read_policy, write_choice, write_string};
use super::encrypted_key::{EncryptedKeyPolicy, EncryptedKeySource};
use super::encryption::{DataKeyTransport, EncryptionPolicy, MOST_RECIPIENTS};
use super::limits::{read_limits, read_second_thread, write_limits};
use super::part::WhichPart;
use super::presets;
use super::signature::{KeyReference, SignaturePolicy};
use super::trust::{read_legacy, write_legacy};
use crate::crypto::{Legacy, LegacySet};
use crate::error::{Cause, Error};
use crate::password::SecretForm;
use crate::time::Zone;
use crate::token::KeyDerivation;
use crate::xml::Limits;

/// What [`crate::Outbound::protect`] puts into a message.
///
/// As TOML, every key with its default:
///
/// ```toml
/// version = 1
/// order = ["timestamp", "username-token", "signature", "encryption"]
/// header = { actor = "", must-understand = true, layout = "strict" }
/// timestamp = { ttl = 300, milliseconds = true, zone = "Z" }
/// username-token = { password = "digest", id = true, nonce = true, created = true, secret = "plain", milliseconds = false, zone = "Z", iterations = 1000 }
/// signature = [{ key = "default", reference = "binary-security-token", digest = "sha256", canonicalization = "exclusive", inclusive-prefixes = true, parts = ["body", "timestamp?"] }]
/// encryption = [{ recipient = "default", reference = "issuer-serial", data = "aes256-gcm", transport = "rsa-oaep", digest = "sha256", mgf = "mgf1-sha256", parts = ["body-content"] }]
/// legacy = { allow = [] }
/// clock = { offset = 0 }
/// limits = { message = "64 MiB", header = "1 MiB", depth = 200, attributes = 256, namespaces = 512, distinct-namespaces = 4096 }
/// hashing = { second-thread = false }
/// ```
///
/// Beside these, `encrypted-key` is [`EncryptedKeyPolicy`], where it is used.
///
/// A step is done when it stands in `order`; without `order`, when its table is there, in the
/// order shown. A table whose step is not in `order` is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutboundPolicy {
    /// The steps in the order of work; the layout of the header follows from it. Never empty.
    pub order: Vec<Step>,
    /// The Security header itself.
    pub header: HeaderPolicy,
    /// How the Timestamp is written, where [`Self::order`] has it.
    pub timestamp: TimestampPolicy,
    /// How the UsernameToken is written, where [`Self::order`] has it.
    pub username_token: UsernameTokenPolicy,
    /// The Signatures, where [`Self::order`] has them; then at least one.
    pub signatures: Vec<SignaturePolicy>,
    /// What is encrypted, where [`Self::order`] has it; then at least one. They are done one after the
    /// other, so a later one may encrypt what holds parts of an earlier one.
    pub encryptions: Vec<EncryptionPolicy>,
    /// The key of the message, where a Signature has the reference [`KeyReference::EncryptedKey`] or an
    /// encryption the transport [`DataKeyTransport::Common`]; none otherwise.
    pub encrypted_key: Option<EncryptedKeyPolicy>,
    /// What is done by name though it is weak: [`Legacy::Rsa1024`], to encrypt for such a key.
    /// Methods need no leave: the policy names them. Default: nothing.
    pub legacy: LegacySet,
    /// Seconds that are added to the clock, for peers whose own clock is off. Default: 0.
    pub clock_offset: i64,
    /// What an envelope may hold at most. Default: [`Limits::default`].
    pub limits: Limits,
    /// Whether what is long is digested on a second thread, which is started for each such part.
    /// Default: no.
    pub second_thread: bool,
}

/// One step of protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Writes a Timestamp.
    Timestamp,
    /// Writes a UsernameToken.
    UsernameToken,
    /// Writes a SignatureConfirmation for each signature of the request; in replies only.
    SignatureConfirmation,
    /// Writes the Signatures.
    Signature,
    /// Encrypts parts. In front of [`Self::Signature`] what is signed is the ciphertext.
    Encryption,
}

/// The Security header (SOAP Message Security 1.1.1, section 5).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeaderPolicy {
    /// `S11:actor` or `S12:role` of the header; none where empty. Default: empty.
    pub actor: String,
    /// Whether `mustUnderstand` is written. Default: true.
    pub must_understand: bool,
    /// Where a Signature stands. Default: strict.
    pub layout: Layout,
}

/// Where a Signature stands in the Security header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// Behind everything that it needs: the tokens first (Basic Security Profile 1.1, R5205).
    #[default]
    Strict,
    /// In front of everything, its BinarySecurityToken right behind it, as zeep writes it.
    SignatureFirst,
}

/// The Timestamp (SOAP Message Security 1.1.1, section 10).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimestampPolicy {
    /// Seconds from Created to Expires; no Expires where 0. Default: 300.
    pub ttl: u32,
    /// Whether three fraction digits are written. Default: true.
    pub milliseconds: bool,
    /// How UTC is spelt. Default: `Z`.
    pub zone: Zone,
}

/// The UsernameToken (UsernameToken Profile 1.1.1, section 3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsernameTokenPolicy {
    /// What of the password is shown. Default: digest.
    pub password: PasswordForm,
    /// Whether the token carries a `wsu:Id`. Default: true.
    pub id: bool,
    /// Whether a Nonce is written. Default: true.
    pub nonce: bool,
    /// Whether Created is written. Default: true.
    pub created: bool,
    /// What is done to the password before it is hashed. Default: plain.
    pub secret: SecretForm,
    /// Whether Created has three fraction digits. Default: false, because cameras and older
    /// services refuse them.
    pub milliseconds: bool,
    /// How UTC is spelt in Created. Default: `Z`.
    pub zone: Zone,
    /// How often the password is hashed for the key of a Signature of the reference
    /// [`KeyReference::UsernameToken`], 1,000 to 100,000. Default: 1,000.
    pub iterations: u32,
}

/// What of the password a UsernameToken shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PasswordForm {
    /// A PasswordDigest.
    #[default]
    Digest,
    /// The password in clear text, for use under TLS.
    Text,
    /// No Password element: the token names a user and proves nothing.
    None,
}

const STEPS: [(&str, Step); 5] = [
    ("timestamp", Step::Timestamp),
    ("username-token", Step::UsernameToken),
    ("signature-confirmation", Step::SignatureConfirmation),
    ("signature", Step::Signature),
    ("encryption", Step::Encryption),
];
const LAYOUTS: [(&str, Layout); 2] =
    [("strict", Layout::Strict), ("signature-first", Layout::SignatureFirst)];
const PASSWORDS: [(&str, PasswordForm); 3] =
    [("digest", PasswordForm::Digest), ("text", PasswordForm::Text), ("none", PasswordForm::None)];
const ZONES: [(&str, Zone); 2] = [("Z", Zone::Zulu), ("+00:00", Zone::Offset)];
pub(super) const SECRETS: [(&str, SecretForm); 5] = {
    let all = SecretForm::ALL;
    [
        (all[0].name(), all[0]),
        (all[1].name(), all[1]),
        (all[2].name(), all[2]),
        (all[3].name(), all[3]),
        (all[4].name(), all[4]),
    ]
};
/// A hundred years: beyond it, arithmetic on a date says nothing.
const MOST_SECONDS: i64 = 100 * 366 * 24 * 3600;

impl OutboundPolicy {
    /// A policy of these steps with every default.
    ///
    /// # Errors
    /// [`Cause::InvalidPolicy`] where there is no step, or one stands twice.
    pub fn new(order: impl Into<Vec<Step>>) -> Result<Self, Error> {
        let mut policy = Self {
            order: order.into(),
            header: HeaderPolicy::default(),
            timestamp: TimestampPolicy::default(),
            username_token: UsernameTokenPolicy::default(),
            signatures: Vec::new(),
            encryptions: Vec::new(),
            encrypted_key: None,
            legacy: LegacySet::NONE,
            clock_offset: 0,
            limits: Limits::default(),
            second_thread: false,
        };
        if policy.order.contains(&Step::Signature) {
            policy.signatures.push(SignaturePolicy::default());
        }
        if policy.order.contains(&Step::Encryption) {
            policy.encryptions.push(EncryptionPolicy::default());
        }
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
        Self::from_toml(presets::find(name)?.outbound)
    }

    /// The policy as TOML, every key written out. [`Self::from_toml`] reads the same policy back.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let order: Vec<String> =
            self.order.iter().map(|step| write_choice(*step, &STEPS)).collect();
        let mut text = format!(
            "version = 1\norder = [{}]\nheader = {{ actor = {}, must-understand = {}, layout = \
             {} }}\n",
            order.join(", "),
            write_string(&self.header.actor),
            self.header.must_understand,
            write_choice(self.header.layout, &LAYOUTS),
        );
        if self.order.contains(&Step::Timestamp) {
            let TimestampPolicy { ttl, milliseconds, zone } = &self.timestamp;
            let zone = write_choice(*zone, &ZONES);
            text.push_str(&format!(
                "timestamp = {{ ttl = {ttl}, milliseconds = {milliseconds}, zone = {zone} }}\n"
            ));
        }
        if self.order.contains(&Step::UsernameToken) {
            let token = &self.username_token;
            text.push_str(&format!(
                "username-token = {{ password = {}, id = {}, nonce = {}, created = {}, secret = \
                 {}, milliseconds = {}, zone = {}, iterations = {} }}\n",
                write_choice(token.password, &PASSWORDS),
                token.id,
                token.nonce,
                token.created,
                write_choice(token.secret, &SECRETS),
                token.milliseconds,
                write_choice(token.zone, &ZONES),
                token.iterations,
            ));
        }
        if let Some(key) = &self.encrypted_key {
            text.push_str(&format!("encrypted-key = {}\n", key.write()));
        }
        if !self.signatures.is_empty() {
            let all: Vec<String> = self.signatures.iter().map(SignaturePolicy::write).collect();
            text.push_str(&format!("signature = [{}]\n", all.join(", ")));
        }
        if !self.encryptions.is_empty() {
            let all: Vec<String> = self.encryptions.iter().map(EncryptionPolicy::write).collect();
            text.push_str(&format!("encryption = [{}]\n", all.join(", ")));
        }
        text.push_str(&format!(
            "legacy = {}\nclock = {{ offset = {} }}\nlimits = {}\nhashing = {{ second-thread = {} }}\n",
            write_legacy(self.legacy),
            self.clock_offset,
            write_limits(&self.limits),
            self.second_thread,
        ));
        text
    }

    /// Refuses what contradicts itself.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let invalid = |reason: &str| Err(Error::new(Cause::InvalidPolicy, reason));
        if self.order.is_empty() {
            return invalid("the policy puts nothing into a message; give `order` a step");
        }
        for (index, step) in self.order.iter().enumerate() {
            if self.order[..index].contains(step) {
                return invalid("a step stands twice in `order`");
            }
        }
        if self.order.contains(&Step::Signature) == self.signatures.is_empty() {
            return invalid("`signature` and the step \"signature\" in `order` go together");
        }
        self.signatures.iter().try_for_each(SignaturePolicy::check)?;
        if self.order.contains(&Step::Encryption) == self.encryptions.is_empty() {
            return invalid("`encryption` and the step \"encryption\" in `order` go together");
        }
        self.encryptions.iter().try_for_each(EncryptionPolicy::check)?;
        self.check_encrypted_key()?;
        self.check_username_key()?;
        let of = |one: &EncryptionPolicy| match one.transport {
            DataKeyTransport::Common => 0,
            _ => one.recipients.len(),
        };
        let is_made = |key: &EncryptedKeyPolicy| key.source == EncryptedKeySource::Message;
        let own = usize::from(self.encrypted_key.as_ref().is_some_and(is_made));
        let recipients = own + self.encryptions.iter().map(of).sum::<usize>();
        if recipients > MOST_RECIPIENTS {
            return invalid(
                "the encryptions have more than 16 recipients together, and a message at most 16 \
                 EncryptedKeys",
            );
        }
        if self.legacy.iter().any(|legacy| legacy != Legacy::Rsa1024) {
            return invalid(
                "`legacy.allow` of what is sent knows \"rsa1024\" only; a weak method is used where \
                 the policy names it, and needs no leave",
            );
        }
        for zone in [self.timestamp.zone, self.username_token.zone] {
            if !ZONES.iter().any(|(_, known)| *known == zone) {
                return invalid("a zone of an xsd:dateTime is \"Z\" or \"+00:00\"");
            }
        }
        Ok(())
    }

    fn check_encrypted_key(&self) -> Result<(), Error> {
        let invalid = |reason: &str| Err(Error::new(Cause::InvalidPolicy, reason));
        let signs = self.signatures.iter().any(|one| one.reference == KeyReference::EncryptedKey);
        let common = |one: &&EncryptionPolicy| one.transport == DataKeyTransport::Common;
        let mut encryptions = self.encryptions.iter().filter(common);
        let first = encryptions.next();
        let Some(key) = &self.encrypted_key else {
            return match (signs, first) {
                (false, None) => Ok(()),
                _ => invalid(
                    "a `signature` with the reference, or an `encryption` with the transport \
                     \"encrypted-key\" uses the key of the table `encrypted-key`; add it, such as \
                     `encrypted-key = { recipient = \"server\" }`",
                ),
            };
        };
        if !signs && first.is_none() {
            return invalid(
                "nothing uses `encrypted-key`; give a `signature` the reference, or an `encryption` the \
                 transport \"encrypted-key\", or take the table away",
            );
        }
        key.check()?;
        let length = |one: &EncryptionPolicy| one.data.key_length();
        let is_one = encryptions.all(|one| first.map(length) == Some(length(one)));
        if !is_one && key.derived.namespace().is_none() {
            return invalid(
                "one key can't encrypt with methods that need keys of several lengths; take the same \
                 `data`, or derive keys with `encrypted-key.derived`",
            );
        }
        Ok(())
    }

    /// Octets of the key that is made for a message.
    pub(crate) fn encrypted_key_length(&self) -> usize {
        let is_common = |one: &&EncryptionPolicy| one.transport == DataKeyTransport::Common;
        let is_derived = |key: &EncryptedKeyPolicy| key.derived.namespace().is_some();
        match self.encryptions.iter().find(is_common) {
            Some(one) if !self.encrypted_key.as_ref().is_some_and(is_derived) => {
                one.data.key_length()
            }
            _ => 32,
        }
    }

    /// Whether a Signature is made with a key that is derived from the password.
    pub(crate) fn derives_from_password(&self) -> bool {
        self.signatures.iter().any(|one| one.reference == KeyReference::UsernameToken)
    }

    fn check_username_key(&self) -> Result<(), Error> {
        let invalid = |reason: &str| Err(Error::new(Cause::InvalidPolicy, reason));
        let iterations = KeyDerivation::LEAST_ITERATIONS..=KeyDerivation::MOST_ITERATIONS;
        if !iterations.contains(&self.username_token.iterations) {
            return invalid("`username-token.iterations` is from 1000 to 100000");
        }
        if !self.derives_from_password() {
            return Ok(());
        }
        let at = |step: Step| self.order.iter().position(|other| *other == step);
        match (at(Step::UsernameToken), at(Step::Signature)) {
            (Some(token), Some(signature)) if token < signature => {}
            _ => {
                return invalid(
                    "a `signature` with the reference \"username-token\" needs the step \
                     \"username-token\" in front of \"signature\" in `order`",
                );
            }
        }
        if self.username_token.password != PasswordForm::None || !self.username_token.id {
            return invalid(
                "a UsernameToken from which the key of a `signature` is derived shows no Password and \
                 has an Id; set `username-token = { password = \"none\", id = true }`",
            );
        }
        let hides = |one: &EncryptionPolicy| {
            one.parts.iter().any(|part| part.which == WhichPart::UsernameToken)
        };
        if at(Step::Encryption) < at(Step::Signature) && self.encryptions.iter().any(hides) {
            return invalid(
                "the UsernameToken from which the key of a `signature` is derived is encrypted before, \
                 so who checks the signature can't read it; put \"signature\" in front of \"encryption\"",
            );
        }
        Ok(())
    }

    fn read(root: &Table<'_>) -> Result<Self, Error> {
        root.check_keys(
            &[
                "version",
                "order",
                "header",
                "timestamp",
                "username-token",
                "encrypted-key",
                "signature",
                "encryption",
                "legacy",
                "clock",
                "limits",
                "hashing",
            ],
            &[],
        )?;
        let timestamp = root.table("timestamp")?;
        let username_token = root.table("username-token")?;
        let signatures = root.tables("signature")?;
        let encryptions = root.tables("encryption")?;
        let has = |tables: &Option<Vec<_>>| tables.as_ref().is_some_and(|all| !all.is_empty());
        let order = match root.choices("order", &STEPS)? {
            Some(order) => order,
            None => [
                (timestamp.is_some(), Step::Timestamp),
                (username_token.is_some(), Step::UsernameToken),
                (has(&signatures), Step::Signature),
                (has(&encryptions), Step::Encryption),
            ]
            .into_iter()
            .filter_map(|(is_set_up, step)| is_set_up.then_some(step))
            .collect(),
        };
        for (key, is_set_up, step) in [
            ("timestamp", timestamp.is_some(), Step::Timestamp),
            ("username-token", username_token.is_some(), Step::UsernameToken),
            ("signature", signatures.is_some(), Step::Signature),
            ("encryption", encryptions.is_some(), Step::Encryption),
        ] {
            if is_set_up && !order.contains(&step) {
                return Err(root.error(key, format!("`{key}` is set up but stands not in `order`")));
            }
        }
        let signatures = match signatures {
            Some(tables) => {
                tables.iter().map(SignaturePolicy::read).collect::<Result<Vec<_>, Error>>()?
            }
            None if order.contains(&Step::Signature) => vec![SignaturePolicy::default()],
            None => Vec::new(),
        };
        let encryptions = match encryptions {
            Some(tables) => {
                tables.iter().map(EncryptionPolicy::read).collect::<Result<Vec<_>, Error>>()?
            }
            None if order.contains(&Step::Encryption) => vec![EncryptionPolicy::default()],
            None => Vec::new(),
        };
        let policy = Self {
            order,
            signatures,
            encryptions,
            encrypted_key: root
                .table("encrypted-key")?
                .map(|table| EncryptedKeyPolicy::read(&table))
                .transpose()?,
            legacy: read_legacy(root.table("legacy")?)?,
            header: HeaderPolicy::read(root.table("header")?)?,
            timestamp: TimestampPolicy::read(timestamp)?,
            username_token: UsernameTokenPolicy::read(username_token)?,
            clock_offset: read_clock_offset(root)?,
            limits: read_limits(root.table("limits")?)?,
            second_thread: read_second_thread(root.table("hashing")?)?,
        };
        policy.check().map_err(|error| root.error("order", error.reason().to_owned()))?;
        Ok(policy)
    }
}

fn read_clock_offset(root: &Table<'_>) -> Result<i64, Error> {
    let Some(clock) = root.table("clock")? else { return Ok(0) };
    clock.check_keys(&["offset"], &[])?;
    Ok(clock.integer("offset", -MOST_SECONDS..=MOST_SECONDS)?.unwrap_or(0))
}

impl HeaderPolicy {
    fn read(table: Option<Table<'_>>) -> Result<Self, Error> {
        let mut policy = Self::default();
        let Some(table) = table else { return Ok(policy) };
        table.check_keys(&["actor", "must-understand", "layout"], &[])?;
        if let Some(actor) = table.string("actor")? {
            policy.actor = actor.to_owned();
        }
        if let Some(must_understand) = table.boolean("must-understand")? {
            policy.must_understand = must_understand;
        }
        if let Some(layout) = table.choice("layout", &LAYOUTS)? {
            policy.layout = layout;
        }
        Ok(policy)
    }
}

impl Default for HeaderPolicy {
    fn default() -> Self {
        Self { actor: String::new(), must_understand: true, layout: Layout::Strict }
    }
}

impl TimestampPolicy {
    fn read(table: Option<Table<'_>>) -> Result<Self, Error> {
        let mut policy = Self::default();
        let Some(table) = table else { return Ok(policy) };
        table.check_keys(&["ttl", "milliseconds", "zone"], &[])?;
        if let Some(ttl) = table.integer("ttl", 0..=MOST_SECONDS)? {
            policy.ttl = u32::try_from(ttl).unwrap_or(u32::MAX);
        }
        if let Some(milliseconds) = table.boolean("milliseconds")? {
            policy.milliseconds = milliseconds;
        }
        if let Some(zone) = table.choice("zone", &ZONES)? {
            policy.zone = zone;
        }
        Ok(policy)
    }
}

impl Default for TimestampPolicy {
    fn default() -> Self {
        Self { ttl: 300, milliseconds: true, zone: Zone::Zulu }
    }
}

impl UsernameTokenPolicy {
    fn read(table: Option<Table<'_>>) -> Result<Self, Error> {
        let mut policy = Self::default();
        let Some(table) = table else { return Ok(policy) };
        table.check_keys(
            &["password", "id", "nonce", "created", "secret", "milliseconds", "zone", "iterations"],
            &[],
        )?;
        let bounds = [KeyDerivation::LEAST_ITERATIONS, KeyDerivation::MOST_ITERATIONS];
        let [least, most] = bounds.map(i64::from);
        if let Some(iterations) = table.integer("iterations", least..=most)? {
            policy.iterations = u32::try_from(iterations).unwrap_or(policy.iterations);
        }
        if let Some(password) = table.choice("password", &PASSWORDS)? {
            policy.password = password;
        }
        for (key, field) in [
            ("id", &mut policy.id),
            ("nonce", &mut policy.nonce),
            ("created", &mut policy.created),
            ("milliseconds", &mut policy.milliseconds),
        ] {
            if let Some(value) = table.boolean(key)? {
                *field = value;
            }
        }
        if let Some(secret) = table.choice("secret", &SECRETS)? {
            policy.secret = secret;
        }
        if let Some(zone) = table.choice("zone", &ZONES)? {
            policy.zone = zone;
        }
        Ok(policy)
    }
}

impl Default for UsernameTokenPolicy {
    fn default() -> Self {
        Self {
            password: PasswordForm::Digest,
            id: true,
            nonce: true,
            created: true,
            secret: SecretForm::Plain,
            milliseconds: false,
            zone: Zone::Zulu,
            iterations: KeyDerivation::LEAST_ITERATIONS,
        }
    }
}
