//! X.509 certificates (RFC 5280): what references and decisions of trust need of them.

use super::digest_method::DigestMethod;
use super::digester::Digester;
use super::distinguished_name::{DistinguishedName, dotted, element};
use super::public_key::PublicKey;
use super::subject_public_key_info::SEQUENCE;
use crate::error::{Cause, Error};
use crate::time::UnixTime;
use core::fmt;
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::x509::{X509, X509Ref};
use std::sync::Arc;

/// A certificate that was read; nothing of it is believed yet. Cheap to clone; equal by its DER.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    x509: X509,
    der: Vec<u8>,
    public_key: PublicKey,
    subject: DistinguishedName,
    issuer: DistinguishedName,
    serial: Vec<u8>,
    serial_decimal: String,
    subject_key_identifier: Option<Vec<u8>>,
    thumbprint: [u8; 20],
    not_before: UnixTime,
    not_after: UnixTime,
}

/// Octets of a certificate at most: real ones stay under 10 KiB.
const MOST_OCTETS: usize = 64 << 10;
/// id-ce-extKeyUsage, 2.5.29.37.
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1D, 0x25];
const OBJECT_IDENTIFIER: u8 = 0x06;

impl Certificate {
    /// Reads one certificate in DER, all of the octets.
    ///
    /// # Errors
    /// [`Cause::InvalidCertificate`]; [`Cause::KeyTooLarge`] and [`Cause::InvalidKey`] for its key.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > MOST_OCTETS {
            return Err(invalid(&format!("it has more than {MOST_OCTETS} octets")));
        }
        let x509 = X509::from_der(der).map_err(|_| invalid("the octets are no X.509 in DER"))?;
        Self::new(x509, der)
    }

    /// Reads every `CERTIFICATE` of a PEM text.
    ///
    /// # Errors
    /// As [`Self::from_der`], also where there is none.
    pub fn many_from_pem(pem: &[u8]) -> Result<Vec<Self>, Error> {
        let all = X509::stack_from_pem(pem).map_err(|_| invalid("the text is no X.509 in PEM"))?;
        if all.is_empty() {
            return Err(invalid("the text holds no CERTIFICATE"));
        }
        all.into_iter()
            .map(|x509| {
                let der = x509.to_der().map_err(|_| invalid("it can't be written as DER"))?;
                Self::new(x509, &der)
            })
            .collect()
    }

    /// Takes over a certificate that OpenSSL read.
    pub(crate) fn from_x509(x509: X509) -> Result<Self, Error> {
        let der = x509.to_der().map_err(|_| invalid("it can't be written as DER"))?;
        Self::new(x509, &der)
    }

    fn new(x509: X509, der: &[u8]) -> Result<Self, Error> {
        let unreadable = |_: ErrorStack| invalid("a field of it can't be read");
        // What stands behind the certificate would be carried along unseen.
        if x509.to_der().map_err(unreadable)? != der {
            return Err(invalid("there are octets behind it, or it is no DER"));
        }
        let key = x509.public_key().map_err(|_| invalid("its key is of an unknown kind"))?;
        let serial = x509.serial_number().to_bn().map_err(unreadable)?;
        let mut digester = Digester::new(DigestMethod::Sha1);
        digester.update(der);
        let mut thumbprint = [0; 20];
        thumbprint.copy_from_slice(digester.finish()?.octets().get(..20).unwrap_or(&[0; 20]));
        let serial_decimal = serial.to_dec_str().map_err(unreadable)?.to_string();
        Ok(Self(Arc::new(Inner {
            public_key: PublicKey::new(key)?,
            subject: DistinguishedName::from_der(
                &x509.subject_name().to_der().map_err(unreadable)?,
            )?,
            issuer: DistinguishedName::from_der(&x509.issuer_name().to_der().map_err(unreadable)?)?,
            serial: serial.to_vec(),
            serial_decimal,
            subject_key_identifier: x509.subject_key_id().map(|id| id.as_slice().to_vec()),
            thumbprint,
            not_before: instant(x509.not_before())?,
            not_after: instant(x509.not_after())?,
            der: der.to_vec(),
            x509,
        })))
    }

    /// The certificate in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The key that it certifies.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    /// Whose it is.
    #[must_use]
    pub fn subject(&self) -> &DistinguishedName {
        &self.0.subject
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> &DistinguishedName {
        &self.0.issuer
    }

    /// The serial number, the most significant octet first, without its sign.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// The serial number in decimal digits, as `ds:X509SerialNumber` has it.
    #[must_use]
    pub fn serial_decimal(&self) -> &str {
        &self.0.serial_decimal
    }

    /// The value of the extension SubjectKeyIdentifier (Basic Security Profile 1.1, R5208).
    #[must_use]
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.0.subject_key_identifier.as_deref()
    }

    /// SHA-1 of the DER, as ThumbprintSHA1 has it (SOAP Message Security 1.1.1, section 7.3).
    #[must_use]
    pub fn sha1_thumbprint(&self) -> &[u8; 20] {
        &self.0.thumbprint
    }

    /// The first instant at which it is valid.
    #[must_use]
    pub fn not_before(&self) -> UnixTime {
        self.0.not_before
    }

    /// The last instant at which it is valid.
    #[must_use]
    pub fn not_after(&self) -> UnixTime {
        self.0.not_after
    }

    /// The purposes that the extension ExtendedKeyUsage names, in dotted decimals; None where there
    /// is none (RFC 5280, section 4.2.1.12).
    ///
    /// # Errors
    /// [`Cause::InvalidCertificate`] for an extension that can't be read.
    pub fn extended_key_usage(&self) -> Result<Option<Vec<String>>, Error> {
        let value = extension(self.der(), EXTENDED_KEY_USAGE).ok_or_else(damaged)?;
        let read = |value: &[u8]| {
            let (SEQUENCE, mut purposes, []) = element(value)? else { return None };
            let mut found = Vec::new();
            while !purposes.is_empty() {
                let (OBJECT_IDENTIFIER, oid, rest) = element(purposes)? else { return None };
                purposes = rest;
                found.push(dotted(oid)?);
            }
            Some(found)
        };
        value.map(|value| read(value).ok_or_else(damaged)).transpose()
    }

    /// Whether the key of `issuer` signed it, and its name is the issuer's.
    #[must_use]
    pub fn is_issued_by(&self, issuer: &Self) -> bool {
        self.0.issuer == issuer.0.subject
            && self.0.x509.verify(issuer.public_key().pkey()).unwrap_or(false)
    }

    /// Whether it names itself as its issuer.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.0.subject == self.0.issuer
    }

    /// The certificate as OpenSSL has it.
    pub(crate) fn x509(&self) -> &X509Ref {
        &self.0.x509
    }

    pub(crate) fn to_x509(&self) -> X509 {
        self.0.x509.clone()
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Certificate")
            .field("subject", &self.0.subject.to_rfc2253())
            .field("serial", &self.0.serial_decimal)
            .finish_non_exhaustive()
    }
}

pub(super) fn instant(time: &Asn1TimeRef) -> Result<UnixTime, Error> {
    let since = || -> Result<i64, ErrorStack> {
        let since = Asn1Time::from_unix(0)?.diff(time)?;
        Ok(i64::from(since.days) * 86_400 + i64::from(since.secs))
    };
    since().map(UnixTime::from_seconds).map_err(|_| invalid("its validity can't be read"))
}

/// The value of an extension in DER (RFC 5280, section 4.1); the inner None where there is none.
fn extension<'d>(der: &'d [u8], oid: &[u8]) -> Option<Option<&'d [u8]>> {
    const BOOLEAN: u8 = 0x01;
    const OCTET_STRING: u8 = 0x04;
    /// The tag \[3\] around the extensions.
    const EXPLICIT: u8 = 0xA3;
    let (SEQUENCE, certificate, []) = element(der)? else { return None };
    let (SEQUENCE, mut fields, _) = element(certificate)? else { return None };
    while !fields.is_empty() {
        let (tag, content, rest) = element(fields)?;
        fields = rest;
        if tag != EXPLICIT {
            continue;
        }
        let (SEQUENCE, mut all, []) = element(content)? else { return None };
        while !all.is_empty() {
            let (SEQUENCE, one, rest) = element(all)? else { return None };
            all = rest;
            let (OBJECT_IDENTIFIER, name, mut value) = element(one)? else { return None };
            if name != oid {
                continue;
            }
            if let (BOOLEAN, _, rest) = element(value)? {
                value = rest;
            }
            let (OCTET_STRING, value, []) = element(value)? else { return None };
            return Some(Some(value));
        }
    }
    Some(None)
}

fn damaged() -> Error {
    invalid("an extension of it can't be read")
}

fn invalid(reason: &str) -> Error {
    Error::new(Cause::InvalidCertificate, format!("the certificate can't be used: {reason}"))
}
