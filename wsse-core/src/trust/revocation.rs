//! Whether certificates were revoked (RFC 5280, section 6.3), by the CRLs that were given.

use crate::crypto::{Certificate, Crl};
use crate::error::{Cause, Error};
use crate::time::{DateTimeForm, UnixTime};
use openssl::x509::X509KeyUsage;
use std::sync::Arc;

/// What must be known of the revocation of certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Revocation {
    /// Nothing: no CRL may be given.
    Off,
    /// What is on a CRL is refused; what no current CRL tells of is accepted, and told to the trace.
    #[default]
    Soft,
    /// What is on a CRL is refused, and each certificate of a path but the anchor needs a current
    /// CRL of its issuer.
    Required,
}

/// Whether a certificate is on no list, and what could not be found out.
pub(super) struct Check<'s> {
    crls: &'s [Crl],
    /// Among whom the issuer of a certificate is looked for that is believed for itself.
    known: [&'s [Certificate]; 3],
    revocation: Revocation,
    /// None where the validity of certificates and lists is not asked for.
    at: Option<UnixTime>,
    unknown: Vec<String>,
    /// Between these instants the outcome is the same; `until` is not included.
    pub(super) from: UnixTime,
    pub(super) until: UnixTime,
}

impl<'s> Check<'s> {
    pub(super) fn new(
        crls: &'s [Crl],
        known: [&'s [Certificate]; 3],
        revocation: Revocation,
        at: Option<UnixTime>,
    ) -> Self {
        let (from, until) = (UnixTime::from_seconds(i64::MIN), UnixTime::from_seconds(i64::MAX));
        Self { crls, known, revocation, at, unknown: Vec::new(), from, until }
    }

    /// What no list tells.
    pub(super) fn into_unknown(self) -> Arc<[String]> {
        if self.unknown.is_empty() { Arc::default() } else { self.unknown.into() }
    }

    /// Whether there is nothing to do.
    fn is_idle(&self) -> bool {
        match self.revocation {
            Revocation::Off => true,
            Revocation::Soft => self.crls.is_empty(),
            Revocation::Required => false,
        }
    }

    /// Every certificate of a path: the end entity first, the anchor last. The anchor is believed
    /// for itself, so that it needs no list; one that lists it is heeded.
    pub(super) fn path(&mut self, path: &[Certificate]) -> Result<(), Error> {
        if self.is_idle() {
            return Ok(());
        }
        for pair in path.windows(2) {
            if let [certificate, issuer] = pair {
                let reason = self.one(certificate, &[issuer])?;
                let reason = match reason {
                    Found::Good => continue,
                    Found::NoList => "no CRL of its issuer was given".to_owned(),
                    Found::Unusable(reason) => reason,
                };
                self.not_known(certificate, &reason)?;
            }
        }
        match path.last() {
            Some(anchor) => self.one(anchor, &self.issuers(anchor)).map(drop),
            None => Ok(()),
        }
    }

    /// A certificate that is believed as it is: its issuer owes it a list only where one was given.
    pub(super) fn pinned(&mut self, certificate: &Certificate) -> Result<(), Error> {
        if self.is_idle() {
            return Ok(());
        }
        match self.one(certificate, &self.issuers(certificate))? {
            Found::Good | Found::NoList => Ok(()),
            Found::Unusable(reason) => self.not_known(certificate, &reason),
        }
    }

    /// Those who issued the certificate, among the known ones.
    fn issuers(&self, certificate: &Certificate) -> Vec<&'s Certificate> {
        let known = self.known.into_iter().flatten();
        known.filter(|issuer| certificate.is_issued_by(issuer)).collect()
    }

    fn not_known(&mut self, certificate: &Certificate, reason: &str) -> Result<(), Error> {
        let text = format!(
            "whether the certificate of {} was revoked is not known: {reason}",
            certificate.subject()
        );
        if self.revocation == Revocation::Required {
            return Err(Error::new(Cause::RevocationUnknown, text));
        }
        self.unknown.push(text);
        Ok(())
    }

    fn one(&mut self, certificate: &Certificate, issuers: &[&Certificate]) -> Result<Found, Error> {
        let mut found = Found::NoList;
        let crls = self.crls;
        for crl in crls.iter().filter(|crl| crl.issuer() == certificate.issuer()) {
            let reason = if !issuers.iter().any(|issuer| crl.is_signed_by(issuer.public_key())) {
                match issuers {
                    [] => {
                        "its issuer is not known, so that the CRL can't be checked; give it among \
                           the untrusted ones"
                            .to_owned()
                    }
                    _ => "the CRL with the name of its issuer is not signed with its issuer's key"
                        .to_owned(),
                }
            } else if !issuers.iter().any(|issuer| may_sign(issuer)) {
                "the KeyUsage of its issuer does not permit to sign CRLs".to_owned()
            } else {
                match self.ask(crl, certificate)? {
                    None => {
                        found = Found::Good;
                        continue;
                    }
                    Some(reason) => reason,
                }
            };
            if !matches!(found, Found::Good) {
                found = Found::Unusable(reason);
            }
        }
        Ok(found)
    }

    /// What a list of the issuer says; None where it is current and the certificate not on it.
    fn ask(&mut self, crl: &Crl, certificate: &Certificate) -> Result<Option<String>, Error> {
        let since = crl.revocation(certificate);
        let is_early = self.at.is_some_and(|at| at < crl.this_update());
        // Who was revoked stays so when the list is stale. A list of the future speaks of what came
        // before, too.
        if let Some(since) = since
            && (!is_early || self.at.is_none_or(|at| since <= at))
        {
            return Err(Error::new(
                Cause::RevokedCertificate,
                format!(
                    "the certificate of {} with the serial number {} is revoked since {}, says the \
                     CRL of {}",
                    certificate.subject(),
                    certificate.serial_decimal(),
                    text(since),
                    crl.issuer()
                ),
            ));
        }
        let Some(at) = self.at else { return Ok(None) };
        for bound in [Some(crl.this_update()), Some(crl.next_update()), since].into_iter().flatten()
        {
            if bound <= at {
                self.from = self.from.max(bound);
            } else {
                self.until = self.until.min(bound);
            }
        }
        Ok(if is_early {
            Some(format!("the CRL of its issuer counts from {} on", text(crl.this_update())))
        } else if at >= crl.next_update() {
            Some(format!("the CRL of its issuer is stale since {}", text(crl.next_update())))
        } else {
            None
        })
    }
}

/// What the lists say of a certificate that is on none.
enum Found {
    /// A current one of its issuer does not list it.
    Good,
    /// There is none with the name of its issuer.
    NoList,
    /// There are, and none can be used.
    Unusable(String),
}

/// RFC 5280, section 6.3.3 (f): a KeyUsage says whether the key signs CRLs.
fn may_sign(issuer: &Certificate) -> bool {
    issuer.x509().key_usage().is_none_or(|usage| usage.intersects(X509KeyUsage::CRL_SIGN))
}

fn text(at: UnixTime) -> String {
    at.write(DateTimeForm::default()).unwrap_or_default()
}
