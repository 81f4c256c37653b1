//! A dialect of the header: one value, with a knob for each thing that services do differently.

use super::created::{CreatedForm, DateForm};
use super::presets;
use crate::crypto::Hash;
use crate::error::{Cause, Error};
use crate::password::SecretForm;
use crate::time::Zone;
use std::borrow::Cow;

/// How the parameter Nonce spells the octets that enter the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NonceForm {
    /// The text of the header is what is hashed.
    Text,
    /// The header holds the base64 of the octets that are hashed.
    Base64,
    /// The header holds the hexadecimal of the octets that are hashed; written in lower case,
    /// read in any.
    Hex,
    /// The generated text stands in the header as it is, although the receiver decodes it as
    /// base64 and hashes the outcome. A nonce that is given is what is hashed, so its base64 is
    /// written, as with [`Self::Base64`]; on receipt the two are the same.
    TextReadAsBase64,
}

/// What a fresh nonce is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NonceGenerator {
    /// So many random octets, 8 to 255. Not with [`NonceForm::Text`], which is for text.
    Octets(u8),
    /// So many random hexadecimal digits in lower case, 16 to 255.
    HexDigits(u8),
    /// A random UUID (RFC 9562, section 5.4) in lower case, with dashes.
    Uuid,
    /// A random UUID in lower case, without dashes.
    UuidWithoutDashes,
}

/// How PasswordDigest spells the outcome of the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DigestText {
    /// The base64 of the octets (UsernameToken Profile 1.1.1, section 3.1).
    Octets,
    /// The base64 of their hexadecimal text; written in lower case, read in any.
    Hex,
}

/// Whether `UsernameToken ` stands before the parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Prefix {
    /// Written, and demanded on receipt.
    Required,
    /// Written, and not demanded on receipt.
    Optional,
    /// Not written, and not demanded on receipt.
    Omitted,
}

/// What stands between two parameters as written. On receipt both are read, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Separator {
    /// `, `
    CommaSpace,
    /// `,`
    Comma,
}

impl Separator {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::CommaSpace => ", ",
            Self::Comma => ",",
        }
    }
}

/// How one service, or one family of clients, spells the `X-WSSE` header.
///
/// [`Dialect::new`] is the `atom` preset under a name of your own, and [`Dialect::preset`] any of
/// [`super::PRESETS`]; the `with_…` methods change one thing each
/// ([`Dialect::with_setting`] by words):
///
/// ```
/// use wsse_core::http::{Dialect, NonceForm, NonceGenerator};
///
/// let ours = Dialect::new("ours")
///     .with_nonce_form(NonceForm::Base64)
///     .with_nonce_generator(NonceGenerator::Octets(16))
///     .with_parameter("Organization", "example");
/// assert_eq!(ours.nonce_form(), NonceForm::Base64);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    name: Cow<'static, str>,
    nonce_form: NonceForm,
    nonce_generator: NonceGenerator,
    hash: Hash,
    digest_text: DigestText,
    created_form: CreatedForm,
    /// One bit for each [`DateForm`].
    accepted_created: u8,
    secret_form: SecretForm,
    prefix: Prefix,
    separator: Separator,
    parameters: Vec<(String, String)>,
    ttl: u32,
    future: u32,
}

impl Dialect {
    /// How old a header may be by default, in seconds.
    pub const DEFAULT_TTL: u32 = 300;
    /// How far in the future Created may lie by default, in seconds.
    pub const DEFAULT_FUTURE_TOLERANCE: u32 = 60;

    /// A dialect that differs from the preset `atom` by its name only.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            nonce_form: NonceForm::Text,
            nonce_generator: NonceGenerator::HexDigits(32),
            hash: Hash::Sha1,
            digest_text: DigestText::Octets,
            created_form: CreatedForm::seconds(Zone::Zulu),
            accepted_created: bit(DateForm::DateTime),
            secret_form: SecretForm::Plain,
            prefix: Prefix::Required,
            separator: Separator::CommaSpace,
            parameters: Vec::new(),
            ttl: Self::DEFAULT_TTL,
            future: Self::DEFAULT_FUTURE_TOLERANCE,
        }
    }

    /// The dialect of [`super::PRESETS`] that has this name.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] for a name that is none, with the names there are.
    pub fn preset(name: &str) -> Result<Self, Error> {
        presets::find(name).map(presets::Preset::dialect)
    }

    /// The name, for people and logs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same dialect under another name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    pub(super) fn shared_name(&self) -> Cow<'static, str> {
        self.name.clone()
    }

    /// How Nonce spells the octets that enter the hash. Default: [`NonceForm::Text`].
    #[must_use]
    pub const fn nonce_form(&self) -> NonceForm {
        self.nonce_form
    }

    /// Sets [`Self::nonce_form`].
    #[must_use]
    pub const fn with_nonce_form(mut self, form: NonceForm) -> Self {
        self.nonce_form = form;
        self
    }

    /// What a fresh nonce is made of. Default: 32 hexadecimal digits.
    #[must_use]
    pub const fn nonce_generator(&self) -> NonceGenerator {
        self.nonce_generator
    }

    /// Sets [`Self::nonce_generator`].
    #[must_use]
    pub const fn with_nonce_generator(mut self, generator: NonceGenerator) -> Self {
        self.nonce_generator = generator;
        self
    }

    /// The algorithm of the digest. Default: SHA-1, as the UsernameToken Profile has it.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// Sets [`Self::hash`]. MD5 is refused where the dialect is used.
    #[must_use]
    pub const fn with_hash(mut self, hash: Hash) -> Self {
        self.hash = hash;
        self
    }

    /// How PasswordDigest spells the outcome of the hash. Default: [`DigestText::Octets`].
    #[must_use]
    pub const fn digest_text(&self) -> DigestText {
        self.digest_text
    }

    /// Sets [`Self::digest_text`].
    #[must_use]
    pub const fn with_digest_text(mut self, text: DigestText) -> Self {
        self.digest_text = text;
        self
    }

    /// How Created is written. Default: `xsd:dateTime` in whole seconds with `Z`.
    #[must_use]
    pub const fn created_form(&self) -> CreatedForm {
        self.created_form
    }

    /// Sets [`Self::created_form`], and accepts that form on receipt beside those already
    /// accepted.
    #[must_use]
    pub const fn with_created_form(mut self, form: CreatedForm) -> Self {
        self.created_form = form;
        self.accepted_created |= bit(form.date_form());
        self
    }

    /// Whether Created is accepted in this form on receipt. Default:
    /// [`DateForm::DateTime`], and the form that the dialect writes.
    #[must_use]
    pub const fn accepts_created(&self, form: DateForm) -> bool {
        self.accepted_created & bit(form) != 0
    }

    /// Accepts Created in these forms on receipt, and in no other.
    #[must_use]
    pub fn with_accepted_created(mut self, forms: &[DateForm]) -> Self {
        self.accepted_created = forms.iter().fold(0, |set, form| set | bit(*form));
        self
    }

    /// What is done to the password before it enters the hash. Default: nothing.
    #[must_use]
    pub const fn secret_form(&self) -> SecretForm {
        self.secret_form
    }

    /// Sets [`Self::secret_form`].
    #[must_use]
    pub const fn with_secret_form(mut self, form: SecretForm) -> Self {
        self.secret_form = form;
        self
    }

    /// Whether `UsernameToken ` stands before the parameters. Default: [`Prefix::Required`].
    #[must_use]
    pub const fn prefix(&self) -> Prefix {
        self.prefix
    }

    /// Sets [`Self::prefix`].
    #[must_use]
    pub const fn with_prefix(mut self, prefix: Prefix) -> Self {
        self.prefix = prefix;
        self
    }

    /// What is written between two parameters. Default: `, `.
    #[must_use]
    pub const fn separator(&self) -> Separator {
        self.separator
    }

    /// Sets [`Self::separator`].
    #[must_use]
    pub const fn with_separator(mut self, separator: Separator) -> Self {
        self.separator = separator;
        self
    }

    /// Names and values of the parameters that are always written, after the four of the header.
    /// Default: none. On receipt parameters beside the four are handed on, not judged.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Adds a parameter that is always written. What can't stand in a header is refused where
    /// the dialect is used.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// How old a header may be, in seconds. Default: [`Self::DEFAULT_TTL`].
    #[must_use]
    pub const fn ttl(&self) -> u32 {
        self.ttl
    }

    /// Sets [`Self::ttl`].
    #[must_use]
    pub const fn with_ttl(mut self, seconds: u32) -> Self {
        self.ttl = seconds;
        self
    }

    /// How far in the future Created may lie, in seconds, for senders whose clock is ahead.
    /// Default: [`Self::DEFAULT_FUTURE_TOLERANCE`].
    #[must_use]
    pub const fn future_tolerance(&self) -> u32 {
        self.future
    }

    /// Sets [`Self::future_tolerance`].
    #[must_use]
    pub const fn with_future_tolerance(mut self, seconds: u32) -> Self {
        self.future = seconds;
        self
    }

    /// Refuses a dialect that nobody should use.
    pub(super) fn require_usable(&self) -> Result<(), Error> {
        if self.hash == Hash::Md5 {
            return Err(Error::new(
                Cause::InvalidArgument,
                format!("dialect {:?} digests with MD5, which is broken; use SHA-256", self.name),
            ));
        }
        Ok(())
    }
}

impl Default for Dialect {
    /// The preset `atom`.
    fn default() -> Self {
        Self::new("atom")
    }
}

const fn bit(form: DateForm) -> u8 {
    match form {
        DateForm::DateTime => 1,
        DateForm::EpochSeconds => 2,
        DateForm::Rfc2822 => 4,
        DateForm::GmtText => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DateTimeForm;

    #[test]
    fn each_knob_turns_alone() {
        let base = Dialect::new("x");
        let turned = [
            base.clone().with_nonce_form(NonceForm::Hex),
            base.clone().with_nonce_generator(NonceGenerator::Uuid),
            base.clone().with_hash(Hash::Sha512),
            base.clone().with_digest_text(DigestText::Hex),
            base.clone().with_created_form(CreatedForm::DateTime(DateTimeForm {
                milliseconds: true,
                zone: Zone::Zulu,
            })),
            base.clone().with_accepted_created(&[DateForm::Rfc2822, DateForm::GmtText]),
            base.clone().with_secret_form(SecretForm::Sha1),
            base.clone().with_prefix(Prefix::Omitted),
            base.clone().with_separator(Separator::Comma),
            base.clone().with_parameter("a", "b"),
            base.clone().with_ttl(1),
            base.clone().with_future_tolerance(1),
            base.clone().with_name("y"),
        ];
        for (index, dialect) in turned.iter().enumerate() {
            assert_ne!(*dialect, base, "knob {index}");
            for (other_index, other) in turned.iter().enumerate() {
                assert_eq!(dialect == other, index == other_index);
            }
        }
        let dates = &turned[5];
        assert!(
            dates.accepts_created(DateForm::GmtText) && dates.accepts_created(DateForm::Rfc2822)
        );
        assert!(!dates.accepts_created(DateForm::DateTime));
        assert_eq!(turned[9].parameters().collect::<Vec<_>>(), [("a", "b")]);
    }
}
