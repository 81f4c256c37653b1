//! How a message is encrypted.

use super::document::{Table, write_choice, write_string};
use super::part::{Part, PartUse, WhichPart, write_parts};
use super::signature::{KeyReference, REFERENCES};
use crate::crypto::{
    BlockEncryption, DigestMethod, KeyAgreement, KeyDerivation, KeyEncryption, KeyFamily,
    KeyTransport, KeyWrap, OaepParameters, SignatureMethod,
};
use crate::error::{Cause, Error};

/// What is encrypted under one key of the data, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncryptionPolicy {
    /// The names of those who can decrypt: of certificates and public keys of recipients, or of
    /// shared secrets, by [`Self::transport`]. [`SIGNER`] is whoever signed the request. Never empty.
    /// Default: `default`.
    pub recipients: Vec<String>,
    /// How each recipient is told which key of his is meant. Default: issuer and serial number of his
    /// certificate; the name, where the key is a shared secret.
    pub reference: KeyReference,
    /// The name that the reference [`KeyReference::KeyName`] writes. Default: that of the recipient.
    pub key_name: Option<String>,
    /// Whether what says the key stands in a SecurityTokenReference. Default: where [`KeyReference`]
    /// says so.
    pub security_token_reference: Option<bool>,
    /// The method that the data is encrypted with. Default: `aes256-gcm`.
    pub data: BlockEncryption,
    /// How the key of the data reaches the recipients. Default: RSA-OAEP with SHA-256.
    pub transport: DataKeyTransport,
    /// What is encrypted. Default: the content of the Body.
    pub parts: Vec<Part>,
}

/// How the key that data is encrypted with reaches the recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataKeyTransport {
    /// It is made for the message, and goes with it in an EncryptedKey for each recipient.
    EncryptedKey(KeyEncryption),
    /// It is made for the message, and goes with it in an EncryptedKey for each recipient, wrapped with
    /// a key that is agreed on with him.
    Agreed(AgreedTransport),
    /// The one recipient has it: it is the shared secret.
    Secret,
    /// It is that of [`super::EncryptedKeyPolicy`], which signs as well, and stands there with who can
    /// decrypt it.
    Common,
}

/// How a key that wraps keys is agreed on with a recipient. Ours is made for one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AgreedTransport {
    method: KeyAgreement,
    wrap: KeyWrap,
    digest: DigestMethod,
}

/// The recipient of a reply who signed the request.
pub const SIGNER: &str = "signer";

/// Recipients of one message at most.
pub(super) const MOST_RECIPIENTS: usize = 16;
const SECRET: &str = "secret";
/// What wraps under a key that is agreed on.
const WRAPS: [KeyWrap; 3] = [KeyWrap::Aes256, KeyWrap::Aes192, KeyWrap::Aes128];
const COMMON: &str = "encrypted-key";

impl Default for EncryptionPolicy {
    fn default() -> Self {
        Self {
            recipients: vec!["default".to_owned()],
            reference: KeyReference::IssuerSerial,
            key_name: None,
            security_token_reference: None,
            data: BlockEncryption::Aes256Gcm,
            transport: DataKeyTransport::default(),
            parts: vec![Part::content_of(WhichPart::Body)],
        }
    }
}

impl Default for DataKeyTransport {
    fn default() -> Self {
        let oaep = KeyTransport::RsaOaep(OaepParameters::default());
        Self::EncryptedKey(KeyEncryption::Transport(oaep))
    }
}

impl AgreedTransport {
    /// Agreement by `method`; the key that wraps with `wrap` is derived with `digest`: by ConcatKDF for
    /// ECDH-ES, by HKDF for X25519.
    ///
    /// # Errors
    /// [`Cause::UnsupportedAlgorithm`] for a digest of which no HMAC has an identifier, with X25519.
    pub fn new(method: KeyAgreement, wrap: KeyWrap, digest: DigestMethod) -> Result<Self, Error> {
        if method == KeyAgreement::X25519 && hmac_of(digest).is_none() {
            let reason = format!("HMAC with {} has no identifier", digest.name());
            return Err(Error::new(Cause::UnsupportedAlgorithm, reason));
        }
        Ok(Self { method, wrap, digest })
    }

    /// AES Key Wrap under 256 bits, and SHA-256.
    #[must_use]
    pub fn usual(method: KeyAgreement) -> Self {
        Self { method, wrap: KeyWrap::Aes256, digest: DigestMethod::Sha256 }
    }

    /// How a secret is agreed on.
    #[must_use]
    pub fn method(self) -> KeyAgreement {
        self.method
    }

    /// What wraps the key of the data.
    #[must_use]
    pub fn wrap(self) -> KeyWrap {
        self.wrap
    }

    /// How the key that wraps is derived. ConcatKDF takes in what the key is for, as NIST SP 800-56A
    /// has it.
    #[must_use]
    pub fn derivation(self) -> KeyDerivation {
        match (self.method, hmac_of(self.digest)) {
            (KeyAgreement::X25519, Some(prf)) => {
                KeyDerivation::Hkdf { prf, salt: Vec::new(), info: Vec::new() }
            }
            _ => KeyDerivation::ConcatKdf {
                digest: self.digest,
                other_info: self.wrap.uri().as_bytes().to_vec(),
            },
        }
    }
}

fn hmac_of(digest: DigestMethod) -> Option<SignatureMethod> {
    SignatureMethod::all()
        .find(|method| method.family() == KeyFamily::Hmac && method.digest() == Some(digest))
}

impl DataKeyTransport {
    /// The transport of that name, with the parameters that hold where a policy says none.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let found = Self::named().find(|(known, _)| *known == name).map(|(_, found)| found)?;
        Some(match found {
            Self::EncryptedKey(KeyEncryption::Transport(KeyTransport::RsaOaep(_))) => {
                Self::default()
            }
            found => found,
        })
    }

    /// The name of every transport.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::named().map(|(name, _)| name)
    }

    fn named() -> impl Iterator<Item = (&'static str, Self)> {
        let agreed = KeyAgreement::ALL.map(|method| Self::Agreed(AgreedTransport::usual(method)));
        KeyEncryption::all()
            .map(Self::EncryptedKey)
            .chain(agreed)
            .chain([Self::Secret, Self::Common])
            .map(|transport| (transport.name(), transport))
    }

    /// How keys are encrypted, if they are.
    #[must_use]
    pub fn key_encryption(self) -> Option<KeyEncryption> {
        match self {
            Self::EncryptedKey(method) => Some(method),
            Self::Agreed(agreed) => Some(KeyEncryption::Wrap(agreed.wrap)),
            Self::Secret | Self::Common => None,
        }
    }

    /// The name in policies: `rsa-oaep`, `kw-aes256`, `ecdh-es`, `secret`, `encrypted-key`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EncryptedKey(method) => method.name(),
            Self::Agreed(agreed) => agreed.method.name(),
            Self::Secret => SECRET,
            Self::Common => COMMON,
        }
    }

    /// Whether recipients are named by their public keys.
    #[must_use]
    pub fn is_public(self) -> bool {
        matches!(self, Self::EncryptedKey(KeyEncryption::Transport(_)) | Self::Agreed(_))
    }

    /// What refers to the key where nothing is said.
    pub(super) fn usual_reference(self) -> KeyReference {
        if self.is_public() || self == Self::Common {
            KeyReference::IssuerSerial
        } else {
            KeyReference::KeyName
        }
    }

    pub(super) fn read(table: &Table<'_>) -> Result<Self, Error> {
        let names: Vec<_> = Self::named().collect();
        let transport = table.choice("transport", &names)?.unwrap_or_default();
        let digests: Vec<_> =
            DigestMethod::that_sign().map(|method| (method.name(), method)).collect();
        let digest = table.choice("digest", &digests)?;
        let mask = match table.string("mgf")? {
            None => None,
            Some(name) => Some(OaepParameters::mask_from_name(name).ok_or_else(|| {
                let reason = format!(
                    "`{}` can't be {name:?}; known: mgf1-sha1, mgf1-sha224, mgf1-sha256, \
                     mgf1-sha384, mgf1-sha512",
                    table.path_of("mgf")
                );
                table.error("mgf", reason)
            })?),
        };
        let wrap = table.choice("wrap", &WRAPS.map(|method| (method.name(), method)))?;
        if let Self::Agreed(agreed) = transport {
            if mask.is_some() {
                return transport.without_parameters(table, None, mask);
            }
            let (digest, wrap) = (digest.unwrap_or(agreed.digest), wrap.unwrap_or(agreed.wrap));
            return AgreedTransport::new(agreed.method, wrap, digest)
                .map(Self::Agreed)
                .map_err(|error| table.error("digest", error.reason().to_owned()));
        }
        if wrap.is_some() {
            let reason = format!(
                "`{}` belongs to the transports \"ecdh-es\" and \"x25519\", and this one is {:?}",
                table.path_of("wrap"),
                transport.name()
            );
            return Err(table.error("wrap", reason));
        }
        let Self::EncryptedKey(KeyEncryption::Transport(method)) = transport else {
            return transport.without_parameters(table, digest, mask);
        };
        let with = |digest: DigestMethod, mask: DigestMethod| {
            OaepParameters::new(digest, mask).map_err(|error| {
                let reason = format!("{}; give `{}`", error.reason(), table.path_of("mgf"));
                table.error("digest", reason)
            })
        };
        let method = match method {
            KeyTransport::RsaOaep(_) => {
                let digest = digest.unwrap_or(OaepParameters::default().digest());
                KeyTransport::RsaOaep(with(digest, mask.unwrap_or(digest))?)
            }
            KeyTransport::RsaOaepMgf1p(unsaid) => {
                let digest = digest.unwrap_or(unsaid.digest());
                if mask.is_some_and(|mask| mask != unsaid.mask_digest()) {
                    let reason = "\"rsa-oaep-mgf1p\" has MGF1 with SHA-1 only; take \"rsa-oaep\" for \
                                  another";
                    return Err(table.error("mgf", reason.to_owned()));
                }
                KeyTransport::RsaOaepMgf1p(with(digest, unsaid.mask_digest())?)
            }
            _ => return transport.without_parameters(table, digest, mask),
        };
        Ok(Self::EncryptedKey(KeyEncryption::Transport(method)))
    }

    /// Refuses parameters of RSA-OAEP that nothing would read.
    fn without_parameters(
        self,
        table: &Table<'_>,
        digest: Option<DigestMethod>,
        mask: Option<DigestMethod>,
    ) -> Result<Self, Error> {
        for (key, is_there) in [("digest", digest.is_some()), ("mgf", mask.is_some())] {
            if is_there {
                let reason = format!(
                    "`{}` belongs to RSA-OAEP, and the transport is {:?}",
                    table.path_of(key),
                    self.name()
                );
                return Err(table.error(key, reason));
            }
        }
        Ok(self)
    }

    pub(super) fn write(self) -> String {
        let mut text = format!("transport = {}", write_string(self.name()));
        if let Self::EncryptedKey(KeyEncryption::Transport(method)) = self
            && let Some(parameters) = method.oaep()
        {
            let (digest, mask) = (parameters.digest().name(), parameters.mask_digest().name());
            text.push_str(&format!(", digest = \"{digest}\", mgf = \"mgf1-{mask}\""));
        }
        if let Self::Agreed(agreed) = self {
            let (wrap, digest) = (agreed.wrap.name(), agreed.digest.name());
            text.push_str(&format!(", wrap = \"{wrap}\", digest = \"{digest}\""));
        }
        text
    }
}

impl EncryptionPolicy {
    pub(super) fn read(table: &Table<'_>) -> Result<Self, Error> {
        table.check_keys(
            &[
                "recipient",
                "reference",
                "key-name",
                "security-token-reference",
                "data",
                "transport",
                "wrap",
                "digest",
                "mgf",
                "parts",
            ],
            &[],
        )?;
        let mut policy = Self { transport: DataKeyTransport::read(table)?, ..Self::default() };
        policy.reference = table
            .choice("reference", &REFERENCES)?
            .unwrap_or_else(|| policy.transport.usual_reference());
        if let Some(names) = table.one_or_more("recipient")? {
            policy.recipients = names.into_iter().map(str::to_owned).collect();
        }
        policy.key_name = table.string("key-name")?.map(str::to_owned);
        policy.security_token_reference = table.boolean("security-token-reference")?;
        let methods = BlockEncryption::ALL.map(|method| (method.name(), method));
        if let Some(data) = table.choice("data", &methods)? {
            policy.data = data;
        }
        if let Some(parts) = Part::read(table, "parts")? {
            policy.parts = parts;
        }
        policy.check().map_err(|error| table.error("parts", error.reason().to_owned()))?;
        Ok(policy)
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let invalid = |reason: &str| Err(Error::new(Cause::InvalidPolicy, reason));
        if self.parts.is_empty() {
            return invalid("an encryption needs the parts that it encrypts");
        }
        Part::check_list(&self.parts, PartUse::Encrypted)?;
        if self.transport == DataKeyTransport::Common {
            let is_bare = self.recipients == Self::default().recipients
                && self.reference == KeyReference::IssuerSerial
                && self.key_name.is_none()
                && self.security_token_reference.is_none();
            return if is_bare {
                Ok(())
            } else {
                invalid(
                    "with the transport \"encrypted-key\" the table `encrypted-key` says who can \
                     decrypt; move `recipient`, `reference`, `key-name` and \
                     `security-token-reference` there",
                )
            };
        }
        if self.reference.is_of_message() {
            return invalid(
                "the references \"encrypted-key\" and \"username-token\" belong to a `signature`; to \
                 encrypt with the key of `encrypted-key` take the transport \"encrypted-key\"",
            );
        }
        match self.recipients.as_slice() {
            [] => return invalid("an encryption needs somebody who can decrypt"),
            [_] => {}
            several if several.len() > MOST_RECIPIENTS => {
                return invalid("an encryption has at most 16 recipients");
            }
            [..] if self.transport == DataKeyTransport::Secret => {
                return invalid(
                    "with the transport \"secret\" the secret is the key itself, so there is one \
                     recipient; for several take a key wrap such as \"kw-aes256\"",
                );
            }
            [..] if self.key_name.is_some() => {
                return invalid("one `key-name` can't name several recipients; leave it out");
            }
            several => {
                if several.iter().enumerate().any(|(index, name)| several[..index].contains(name)) {
                    return invalid("a recipient stands twice");
                }
            }
        }
        if self.key_name.is_some() && self.reference != KeyReference::KeyName {
            return invalid("`key-name` belongs to the reference \"key-name\"");
        }
        let is_of_secret = matches!(self.reference, KeyReference::KeyName | KeyReference::Secret);
        if !self.transport.is_public() && !is_of_secret {
            return invalid(
                "a shared secret has no certificate, so it is referred to by \"key-name\", or as \
                 \"secret\" by nothing at all",
            );
        }
        if self.transport.is_public() {
            match self.reference {
                KeyReference::Secret => {
                    return invalid(
                        "the reference \"secret\" belongs to a shared secret, whose transport is \
                         a key wrap or \"secret\"",
                    );
                }
                KeyReference::X509PkiPath => {
                    return invalid(
                        "the recipient knows the path of his own certificate; take \
                         \"binary-security-token\" in place of \"x509-pki-path\"",
                    );
                }
                _ => {}
            }
        } else if self.recipients.iter().any(|name| name == SIGNER) {
            return invalid(
                "\"signer\" is encrypted to by the public key in his certificate; take a transport \
                 such as \"rsa-oaep\"",
            );
        }
        Ok(())
    }

    pub(super) fn write(&self) -> String {
        if self.transport == DataKeyTransport::Common {
            return format!(
                "{{ data = {}, {}, parts = {} }}",
                write_string(self.data.name()),
                self.transport.write(),
                write_parts(&self.parts)
            );
        }
        let recipients = match self.recipients.as_slice() {
            [one] => write_string(one),
            several => {
                let names: Vec<String> = several.iter().map(|name| write_string(name)).collect();
                format!("[{}]", names.join(", "))
            }
        };
        let name = self
            .key_name
            .as_deref()
            .map_or(String::new(), |name| format!("key-name = {}, ", write_string(name)));
        let wrapped = self
            .security_token_reference
            .map_or(String::new(), |wrapped| format!("security-token-reference = {wrapped}, "));
        format!(
            "{{ recipient = {recipients}, reference = {}, {name}{wrapped}data = {}, {}, parts = {} }}",
            write_choice(self.reference, &REFERENCES),
            write_string(self.data.name()),
            self.transport.write(),
            write_parts(&self.parts),
        )
    }
}
