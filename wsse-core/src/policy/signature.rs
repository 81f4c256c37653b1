//! How a message is signed.

use super::document::{Table, write_choice, write_string};
use super::part::{Part, WhichPart, write_parts};
use crate::c14n::{Method, Mode};
use crate::crypto::{DigestMethod, SignatureMethod};
use crate::error::{Cause, Error};

/// One Signature of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignaturePolicy {
    /// The name of the key that signs. Default: `default`.
    pub key: String,
    /// How the receiver is told which key that is. Default: a BinarySecurityToken.
    pub reference: KeyReference,
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
    /// Issuer and serial number (section 3.2.3).
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
    /// The RSA key itself, which authenticates nobody who does not know it.
    KeyValue,
    /// Nothing: both sides know the shared secret.
    Secret,
}

const REFERENCES: [(&str, KeyReference); 9] = [
    ("binary-security-token", KeyReference::BinarySecurityToken),
    ("issuer-serial", KeyReference::IssuerSerial),
    ("issuer-serial-certificate", KeyReference::IssuerSerialCertificate),
    ("subject-key-identifier", KeyReference::SubjectKeyIdentifier),
    ("thumbprint-sha1", KeyReference::ThumbprintSha1),
    ("x509-key-identifier", KeyReference::X509KeyIdentifier),
    ("x509-data", KeyReference::X509Data),
    ("key-value", KeyReference::KeyValue),
    ("secret", KeyReference::Secret),
];

const CANONICALIZATIONS: [(&str, Method); 3] = [
    ("exclusive", Method::EXCLUSIVE),
    ("inclusive", Method { mode: Mode::Inclusive, with_comments: false }),
    ("inclusive-1.1", Method { mode: Mode::Inclusive11, with_comments: false }),
];

impl KeyReference {
    /// The reference of that name, as policies spell it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        REFERENCES.iter().find(|(known, _)| *known == name).map(|(_, reference)| *reference)
    }
}

impl Default for SignaturePolicy {
    fn default() -> Self {
        Self {
            key: "default".to_owned(),
            reference: KeyReference::BinarySecurityToken,
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
        Ok(())
    }

    pub(super) fn write(&self) -> String {
        let method = self
            .method
            .map_or(String::new(), |method| format!("method = {}, ", write_string(method.name())));
        format!(
            "{{ key = {}, reference = {}, {method}digest = {}, canonicalization = {}, \
             inclusive-prefixes = {}, parts = {} }}",
            write_string(&self.key),
            write_choice(self.reference, &REFERENCES),
            write_string(self.digest.name()),
            write_choice(self.canonicalization, &CANONICALIZATIONS),
            self.inclusive_prefixes,
            write_parts(&self.parts),
        )
    }
}
