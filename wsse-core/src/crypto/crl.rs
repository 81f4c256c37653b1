//! Certificate revocation lists (RFC 5280, section 5): complete ones, for all certificates of an
//! issuer.

use super::certificate::{Certificate, instant};
use super::distinguished_name::{DistinguishedName, dotted, element};
use super::pem;
use super::public_key::PublicKey;
use super::subject_public_key_info::{INTEGER, SEQUENCE};
use crate::error::{Cause, Error};
use crate::time::UnixTime;
use core::fmt;
use openssl::x509::{CrlStatus, X509Crl};
use std::sync::{Arc, OnceLock};

/// A certificate revocation list that was read; who signed it is not known yet. Cheap to clone.
#[derive(Clone)]
pub struct Crl(Arc<Inner>);

struct Inner {
    crl: X509Crl,
    issuer: DistinguishedName,
    this_update: UnixTime,
    next_update: UnixTime,
    /// The key that was found to have signed it.
    signer: OnceLock<PublicKey>,
}

/// Octets of a CRL at most, and CRLs of one file: the largest that are in use have a few MiB.
const MOST_OCTETS: usize = 8 << 20;
const MOST_IN_FILE: usize = 64;

const DELTA_CRL_INDICATOR: &str = "2.5.29.27";
const ISSUING_DISTRIBUTION_POINT: &str = "2.5.29.28";
const CERTIFICATE_ISSUER: &str = "2.5.29.29";

impl Crl {
    /// Reads every CRL of a file: one in DER, or each `X509 CRL` of a PEM text.
    ///
    /// # Errors
    /// As [`Self::from_der`], also where there is none, or where a PEM text holds something else.
    pub fn many(octets: &[u8]) -> Result<Vec<Self>, Error> {
        if !pem::is_pem(octets) {
            return Ok(vec![Self::from_der(octets)?]);
        }
        let broken = |error: Error| Error::new(Cause::UnreadableCrl, error.reason().to_owned());
        let mut found = Vec::new();
        for block in pem::blocks(octets).map_err(broken)? {
            if block.label != "X509 CRL" {
                let reason = format!("the file holds a {:?}, which is no CRL", block.label);
                return Err(unreadable(&reason));
            }
            if found.len() == MOST_IN_FILE {
                return Err(unreadable(&format!("the file holds more than {MOST_IN_FILE}")));
            }
            found.push(Self::from_der(&block.decode(None).map_err(broken)?.0)?);
        }
        Ok(found)
    }

    /// Reads a CRL in DER, all of the octets, of at most 8 MiB.
    ///
    /// A CRL whose scope is not every certificate of its issuer is refused, and so is one with a
    /// critical extension: it must not be used by those who don't know that (RFC 5280, section 5.2).
    ///
    /// # Errors
    /// [`Cause::UnreadableCrl`] for what can't be read, has no nextUpdate, or is a delta CRL, an
    /// indirect one or one of a distribution point.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > MOST_OCTETS {
            return Err(unreadable(&format!("it has more than {MOST_OCTETS} octets")));
        }
        let crl = X509Crl::from_der(der)
            .ok()
            .filter(|crl| crl.to_der().is_ok_and(|written| written == der))
            .ok_or_else(|| unreadable("the octets are no X.509 CRL in DER, or there are more"))?;
        for extension in extensions(der).ok_or_else(|| unreadable("its parts are damaged"))? {
            extension.check()?;
        }
        let broken = |error: Error| unreadable(error.reason());
        let issuer = crl.issuer_name().to_der().map_err(|_| unreadable("its issuer is damaged"))?;
        let next_update = crl.next_update().ok_or_else(|| {
            unreadable("it does not say until when it counts (nextUpdate; RFC 5280, 5.1.2.5)")
        })?;
        Ok(Self(Arc::new(Inner {
            issuer: DistinguishedName::from_der(&issuer).map_err(broken)?,
            this_update: instant(crl.last_update()).map_err(broken)?,
            next_update: instant(next_update).map_err(broken)?,
            signer: OnceLock::new(),
            crl,
        })))
    }

    /// Who issued it, as it says itself.
    #[must_use]
    pub fn issuer(&self) -> &DistinguishedName {
        &self.0.issuer
    }

    /// The first instant at which it counts.
    #[must_use]
    pub fn this_update(&self) -> UnixTime {
        self.0.this_update
    }

    /// The instant from which on it is stale.
    #[must_use]
    pub fn next_update(&self) -> UnixTime {
        self.0.next_update
    }

    /// Since when the certificate is revoked, if it is on the list. The names of the issuers are not
    /// compared.
    #[must_use]
    pub fn revocation(&self, certificate: &Certificate) -> Option<UnixTime> {
        match self.0.crl.get_by_serial(certificate.x509().serial_number()) {
            CrlStatus::NotRevoked => None,
            // Only delta CRLs take something off a list (RFC 5280, section 5.3.1).
            CrlStatus::Revoked(entry) | CrlStatus::RemoveFromCrl(entry) => {
                let since = instant(entry.revocation_date());
                Some(since.unwrap_or(UnixTime::from_seconds(i64::MIN)))
            }
        }
    }

    /// Whether the key signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        if self.0.signer.get() == Some(key) {
            return true;
        }
        let holds = self.0.crl.verify(key.pkey()).unwrap_or(false);
        if holds {
            self.0.signer.get_or_init(|| key.clone());
        }
        holds
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Crl")
            .field("issuer", &self.0.issuer.to_rfc2253())
            .field("this_update", &self.0.this_update)
            .field("next_update", &self.0.next_update)
            .finish_non_exhaustive()
    }
}

struct Extension {
    oid: String,
    critical: bool,
}

impl Extension {
    fn check(&self) -> Result<(), Error> {
        let what = match self.oid.as_str() {
            DELTA_CRL_INDICATOR => {
                "it is a delta CRL, which tells only what changed; give the complete one"
            }
            ISSUING_DISTRIBUTION_POINT => {
                "it is indirect, or covers only some of the certificates of its issuer \
                 (issuingDistributionPoint); give the complete one"
            }
            CERTIFICATE_ISSUER => "it is indirect: it lists certificates of other issuers",
            oid if self.critical => {
                return Err(unreadable(&format!("its critical extension {oid} is not known")));
            }
            _ => return Ok(()),
        };
        Err(unreadable(what))
    }
}

/// The extensions of a CRL and of its entries (RFC 5280, section 5.1).
fn extensions(der: &[u8]) -> Option<Vec<Extension>> {
    /// The tag \[0\] around the extensions of the list.
    const EXPLICIT: u8 = 0xA0;
    let (SEQUENCE, list, []) = element(der)? else { return None };
    let (SEQUENCE, mut list, signature) = element(list)? else { return None };
    if let (INTEGER, _, rest) = element(list)? {
        list = rest;
    }
    // Section 5.1.1.2: the algorithm that is signed is that of the signature.
    let (tag, algorithm, rest) = element(list)?;
    let (of_signature, same, _) = element(signature)?;
    if (tag, algorithm) != (of_signature, same) {
        return None;
    }
    list = rest;
    // The issuer and the two instants: the second one is optional.
    for _ in 0..2 {
        list = element(list)?.2;
    }
    let mut found = Vec::new();
    while !list.is_empty() {
        let (tag, content, rest) = element(list)?;
        list = rest;
        match tag {
            SEQUENCE => {
                let mut entries = content;
                while !entries.is_empty() {
                    let (SEQUENCE, entry, rest) = element(entries)? else { return None };
                    entries = rest;
                    let (_, _, entry) = element(entry)?;
                    let (_, _, of_entry) = element(entry)?;
                    if !of_entry.is_empty() {
                        push(&mut found, of_entry)?;
                    }
                }
            }
            EXPLICIT => push(&mut found, content)?,
            UTC_TIME | GENERALIZED_TIME => {}
            _ => return None,
        }
    }
    Some(found)
}

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Adds what is to be looked at: the rest is neither critical nor says whom the list is about.
fn push(found: &mut Vec<Extension>, der: &[u8]) -> Option<()> {
    const OBJECT_IDENTIFIER: u8 = 0x06;
    const BOOLEAN: u8 = 0x01;
    let (SEQUENCE, mut all, []) = element(der)? else { return None };
    while !all.is_empty() {
        let (SEQUENCE, extension, rest) = element(all)? else { return None };
        all = rest;
        let (OBJECT_IDENTIFIER, oid, rest) = element(extension)? else { return None };
        let critical = matches!(element(rest)?, (BOOLEAN, content, _) if content != [0]);
        let oid = dotted(oid)?;
        let limits = [DELTA_CRL_INDICATOR, ISSUING_DISTRIBUTION_POINT, CERTIFICATE_ISSUER];
        if critical || limits.contains(&oid.as_str()) {
            found.push(Extension { oid, critical });
        }
    }
    Some(())
}

fn unreadable(reason: &str) -> Error {
    Error::new(Cause::UnreadableCrl, format!("the CRL can't be used: {reason}"))
}
