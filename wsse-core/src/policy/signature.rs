//! How a message is signed.

use super::document::{Table, write_choice, write_string};
use super::part::{Part, PartUse, WhichPart, write_parts};
use crate::c14n::{Method, Mode};
use crate::crypto::{DigestMethod, KeyFamily, SignatureMethod};
use crate::error::{Cause, Error};

/// One Signature of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignaturePolicy {
    /// The name of the key that signs; none where the reference says that it is one of the message.
    /// Default: `default`.
    pub key: String,
    /// How the receiver is told which key that is. Default: a BinarySecurityToken.
    pub reference: KeyReference,
    /// The name that the reference [`KeyReference::KeyName`] writes. Default: [`Self::key`].
    pub key_name: Option<String>,
    /// Whether what says the key stands in a SecurityTokenReference. Default: where [`KeyReference`]
    /// says so. In documents that are no messages it never does but for a KeyIdentifier.
    pub security_token_reference: Option<bool>,
    /// The method. Default: by the kind of key, `rsa-sha256`, `ecdsa-sha256` (`-sha384`, `-sha512` on
    /// the larger curves), `eddsa-ed25519`, `eddsa-ed448`, `hmac-sha256`; `rsa-pss-sha256` for a key
    /// for RSASSA-PSS alone.
    pub method: Option<SignatureMethod>,
    /// The method of the digests. Default: SHA-256.
    pub digest: DigestMethod,
    /// How everything is canonicalized. Default: exclusive.
    pub canonicalization: Method,
    /// Whether exclusive canonicalization is given a PrefixList of the prefixes in scope, which also
    /// protects what prefixes in content mean. Default: true.
    pub inclusive_prefixes: bool,
    /// What is signed. Default: Body, and Timestamp if there is one.
    pub parts: Vec<Part>,
}

/// How a Signature tells which key made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyReference {
    /// The certificate in a BinarySecurityToken in front of the Signature (X.509 Token Profile
    /// 1.1.1, section 3.1).
    BinarySecurityToken,
    /// The certificate and those above it that the key was given with, as an X509PKIPathv1 in a
    /// BinarySecurityToken (section 3.1).
    X509PkiPath,
    /// Issuer and serial number in an X509Data in a SecurityTokenReference (section 3.2.3).
    IssuerSerial,
    /// Issuer and serial number, and the certificate beside them, as zeep writes it.
    IssuerSerialCertificate,
    /// The extension SubjectKeyIdentifier (section 3.2.1).
    SubjectKeyIdentifier,
    /// The SHA-1 of the certificate (SOAP Message Security 1.1.1, section 7.3).
    ThumbprintSha1,
    /// The certificate in a KeyIdentifier.
    X509KeyIdentifier,
    /// The certificate in an X509Data directly in KeyInfo.
    X509Data,
    /// The extension SubjectKeyIdentifier in an X509Data directly in KeyInfo (XML Signature 1.1,
    /// section 4.5.4).
    X509Ski,
    /// A digest of the certificate in an X509Data directly in KeyInfo (section 4.5.4.1), by the
    /// method of the digests; by SHA-256 in place of SHA-1.
    X509Digest,
    /// A name that both sides know (section 4.5.1).
    KeyName,
    /// The key itself, which authenticates nobody who does not know it (section 4.5.2).
    KeyValue,
    /// The same in DER (section 4.5.7).
    DerEncodedKeyValue,
    /// Nothing: both sides know the shared secret.
    Secret,
    /// The EncryptedKey of [`super::EncryptedKeyPolicy`], or the token that is derived from it.
    EncryptedKey,
    /// The UsernameToken, from the password of which the key is derived (UsernameToken Profile 1.1.1,
    /// section 4).
    UsernameToken,
}

pub(super) const REFERENCES: [(&str, KeyReference); 16] = [
    ("binary-security-token", KeyReference::BinarySecurityToken),
    ("x509-pki-path", KeyReference::X509PkiPath),
    ("issuer-serial", KeyReference::IssuerSerial),
    ("issuer-serial-certificate", KeyReference::IssuerSerialCertificate),
    ("subject-key-identifier", KeyReference::SubjectKeyIdentifier),
    ("thumbprint-sha1", KeyReference::ThumbprintSha1),
    ("x509-key-identifier", KeyReference::X509KeyIdentifier),
    ("x509-data", KeyReference::X509Data),
    ("x509-ski", KeyReference::X509Ski),
    ("x509-digest", KeyReference::X509Digest),
    ("key-name", KeyReference::KeyName),
    ("key-value", KeyReference::KeyValue),
    ("der-encoded-key-value", KeyReference::DerEncodedKeyValue),
    ("secret", KeyReference::Secret),
    ("encrypted-key", KeyReference::EncryptedKey),
    ("username-token", KeyReference::UsernameToken),
];

const CANONICALIZATIONS: [(&str, Method); 3] = [
    ("exclusive", Method::EXCLUSIVE),
    ("inclusive", Method { mode: Mode::Inclusive, with_comments: false }),
    ("inclusive-1.1", Method { mode: Mode::Inclusive11, with_comments: false }),
];

impl KeyReference {
    /// Every name of a reference, as policies spell it.
    pub fn names() -> impl Iterator<Item = &'static str> {
        REFERENCES.iter().map(|(name, _)| *name)
    }

    /// The reference of that name, as policies spell it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        REFERENCES.iter().find(|(known, _)| *known == name).map(|(_, reference)| *reference)
    }

    /// Whether the key is one that only a message has.
    pub(crate) fn is_of_message(self) -> bool {
        matches!(self, Self::EncryptedKey | Self::UsernameToken)
    }
}

impl Default for SignaturePolicy {
    fn default() -> Self {
        Self {
            key: "default".to_owned(),
            reference: KeyReference::BinarySecurityToken,
            key_name: None,
            security_token_reference: None,
            method: None,
            digest: DigestMethod::Sha256,
            canonicalization: Method::EXCLUSIVE,
            inclusive_prefixes: true,
            parts: vec![Part::required(WhichPart::Body), Part::if_present(WhichPart::Timestamp)],
        }
    }
}

impl SignaturePolicy {
    pub(super) fn read(table: &Table<'_>) -> Result<Self, Error> {
        table.check_keys(
            &[
                "key",
                "reference",
                "key-name",
                "security-token-reference",
                "method",
                "digest",
                "canonicalization",
                "inclusive-prefixes",
                "parts",
            ],
            &[],
        )?;
        let mut policy = Self::default();
        if let Some(key) = table.string("key")? {
            policy.key = key.to_owned();
        }
        if let Some(reference) = table.choice("reference", &REFERENCES)? {
            policy.reference = reference;
        }
        policy.key_name = table.string("key-name")?.map(str::to_owned);
        policy.security_token_reference = table.boolean("security-token-reference")?;
        let methods: Vec<_> =
            SignatureMethod::that_sign().map(|method| (method.name(), method)).collect();
        policy.method = table.choice("method", &methods)?;
        let digests: Vec<_> =
            DigestMethod::that_sign().map(|method| (method.name(), method)).collect();
        if let Some(digest) = table.choice("digest", &digests)? {
            policy.digest = digest;
        }
        if let Some(method) = table.choice("canonicalization", &CANONICALIZATIONS)? {
            policy.canonicalization = method;
        }
        if let Some(prefixes) = table.boolean("inclusive-prefixes")? {
            policy.inclusive_prefixes = prefixes;
        }
        if let Some(parts) = Part::read(table, "parts")? {
            policy.parts = parts;
        }
        policy.check().map_err(|error| table.error("parts", error.reason().to_owned()))?;
        Ok(policy)
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if self.parts.is_empty() {
            let reason = "a signature needs the parts that it signs";
            return Err(Error::new(Cause::InvalidPolicy, reason));
        }
        Part::check_list(&self.parts, PartUse::Signed)?;
        if self.key_name.is_some() && self.reference != KeyReference::KeyName {
            let reason = "`key-name` belongs to the reference \"key-name\"";
            return Err(Error::new(Cause::InvalidPolicy, reason));
        }
        if !self.reference.is_of_message() {
            return Ok(());
        }
        if self.key != Self::default().key || self.security_token_reference == Some(false) {
            let reason = "with the references \"encrypted-key\" and \"username-token\" the key is one of \
                          the message, and a SecurityTokenReference names it; leave out `key` and \
                          `security-token-reference`";
            return Err(Error::new(Cause::InvalidPolicy, reason));
        }
        if self.method.is_some_and(|method| method.family() != KeyFamily::Hmac) {
            let reason = "with the references \"encrypted-key\" and \"username-token\" the key is a \
                          secret; take a method such as \"hmac-sha256\"";
            return Err(Error::new(Cause::InvalidPolicy, reason));
        }
        Ok(())
    }

    pub(super) fn write(&self) -> String {
        let method = self
            .method
            .map_or(String::new(), |method| format!("method = {}, ", write_string(method.name())));
        let name = self
            .key_name
            .as_deref()
            .map_or(String::new(), |name| format!("key-name = {}, ", write_string(name)));
        let wrapped = self
            .security_token_reference
            .map_or(String::new(), |wrapped| format!("security-token-reference = {wrapped}, "));
        let key = match self.reference.is_of_message() {
            true => String::new(),
            false => format!("key = {}, ", write_string(&self.key)),
        };
        format!(
            "{{ {key}reference = {}, {name}{wrapped}{method}digest = {}, canonicalization = {}, \
             inclusive-prefixes = {}, parts = {} }}",
            write_choice(self.reference, &REFERENCES),
            write_string(self.digest.name()),
            write_choice(self.canonicalization, &CANONICALIZATIONS),
            self.inclusive_prefixes,
            write_parts(&self.parts),
        )
    }
}
