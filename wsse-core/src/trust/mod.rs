//! Whom we believe: pinned certificates and keys, or a path to an anchor (RFC 5280, section 6).
//!
//! What a message says of its key only selects; this decides.

mod decision;
mod paths;
mod pattern;
mod purpose;
mod recipient;
mod revocation;

pub use decision::{Candidate, LastWord, TrustDecision};
pub use paths::PathCache;
pub use pattern::Pattern;
pub use purpose::KeyPurpose;
pub use recipient::{check_recipient, check_recipient_key};
pub use revocation::Revocation;

use crate::crypto::{Certificate, Crl, KeyKind, Legacy, LegacySet, PublicKey};
use crate::error::{Cause, Error};
use crate::time::UnixTime;
use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509KeyUsage, X509PurposeId, X509StoreContext};
use paths::{Found, Question};
use revocation::Check;
use std::sync::Arc;

/// Whom we believe.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TrustStore {
    /// Certificates that are believed as they are, whoever issued them.
    pub pinned: Vec<Certificate>,
    /// Keys that are believed without a certificate.
    pub pinned_keys: Vec<PublicKey>,
    /// Certificates at which a path may end: roots, or intermediates that are believed.
    pub anchors: Vec<Certificate>,
    /// Certificates that may stand inside a path, and are not believed for themselves.
    pub untrusted: Vec<Certificate>,
    /// What issuers of certificates say of those that they revoked.
    pub crls: Vec<Crl>,
}

/// What is demanded of a certificate beside a path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustRules {
    /// Whether certificates must be valid at the time of the validation. Default: true.
    pub validity: bool,
    /// The subject of the end entity must fit one of these; anything fits none. Default: none.
    pub subjects: Vec<Pattern>,
    /// The issuer of the end entity must fit one of these; anything fits none. Default: none.
    pub issuers: Vec<Pattern>,
    /// One of these purposes must stand in the ExtendedKeyUsage of the end entity; where there are
    /// none, it is not looked at. Default: none.
    pub extended_key_usage: Vec<KeyPurpose>,
    /// What must be known of revocation. Default: soft, which without a CRL asks for nothing.
    pub revocation: Revocation,
}

/// Who is pinned.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "there are certificates, and keys without")]
pub enum Pin<'s> {
    /// The holder of a certificate.
    Certificate(&'s Certificate),
    /// The holder of a key without a certificate.
    Key(&'s PublicKey),
}

/// Why a certificate is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trusted {
    /// It is pinned.
    Pinned,
    /// A path leads from it to an anchor: the end entity first, the anchor last.
    Path(Arc<[Certificate]>),
}

/// That a certificate is believed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Belief {
    /// Why.
    pub trusted: Trusted,
    /// What is not known of it, and the rules do without: a sentence for each certificate whose
    /// revocation no CRL tells.
    pub unknown: Arc<[String]>,
}

/// Certificates of a path at most, the end entity and the anchor included: real ones have four.
const MOST_IN_PATH: usize = 10;
/// Certificates that a message may bring.
const MOST_BROUGHT: usize = 16;
/// Bits of an RSA key of a signer, at least: by default, and where `rsa1024` is allowed.
const LEAST_RSA_BITS: u32 = 2048;
const LEAST_LEGACY_RSA_BITS: u32 = 1024;
/// Bits of the prime of a DSA key, at least.
const LEAST_DSA_BITS: u32 = 1024;

impl Default for TrustRules {
    fn default() -> Self {
        Self {
            validity: true,
            subjects: Vec::new(),
            issuers: Vec::new(),
            extended_key_usage: Vec::new(),
            revocation: Revocation::default(),
        }
    }
}

impl TrustStore {
    /// Whether there is nobody whom we believe.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pinned.is_empty() && self.pinned_keys.is_empty() && self.anchors.is_empty()
    }

    /// Who is pinned, where that is exactly one.
    #[must_use]
    pub fn only(&self) -> Option<Pin<'_>> {
        match (self.pinned.as_slice(), self.pinned_keys.as_slice()) {
            ([certificate], []) => Some(Pin::Certificate(certificate)),
            ([], [key]) => Some(Pin::Key(key)),
            _ => None,
        }
    }

    /// Decides whether the holder of `certificate` is believed at the instant `at`. `brought` are
    /// the certificates that came with it and may help to find a path. `known` is what this store
    /// found before, by the same rules.
    ///
    /// The purpose of a certificate is judged where the rules name one; else a critical extended key
    /// usage is no reason to refuse. A KeyUsage that is there must permit signatures.
    ///
    /// # Errors
    /// [`Cause::KeyTooSmall`], [`Cause::LegacyAlgorithm`] for DSA keys,
    /// [`Cause::CertificateValidity`], [`Cause::UntrustedCertificate`],
    /// [`Cause::RevokedCertificate`], [`Cause::RevocationUnknown`];
    /// [`Cause::ReferenceCount`] for more certificates than a path can need.
    pub fn decide(
        &self,
        certificate: &Certificate,
        brought: &[Certificate],
        at: UnixTime,
        rules: &TrustRules,
        legacy: LegacySet,
        known: &PathCache,
    ) -> Result<Belief, Error> {
        check_key(certificate.public_key().kind(), legacy)?;
        check_usage(certificate)?;
        if self.pinned.contains(certificate) || self.is_pinned_key(certificate.public_key()) {
            if rules.validity {
                check_validity(certificate, at)?;
            }
            rules.check_names(certificate)?;
            rules.check_purpose(certificate)?;
            let mut check = self.check(rules, at);
            check.pinned(certificate)?;
            return Ok(Belief { trusted: Trusted::Pinned, unknown: check.into_unknown() });
        }
        if self.anchors.is_empty() {
            return Err(untrusted(certificate, "it is not pinned, and there are no anchors"));
        }
        rules.check_names(certificate)?;
        rules.check_purpose(certificate)?;
        if brought.len() > MOST_BROUGHT {
            let reason = format!("the message brings more than {MOST_BROUGHT} certificates");
            return Err(Error::new(Cause::ReferenceCount, reason));
        }
        let brought: Vec<_> = brought.iter().filter(|helper| *helper != certificate).collect();
        let question = Question::new(certificate, &brought);
        let found = question.as_ref().and_then(|it| known.get(it, rules.validity.then_some(at)));
        let Found { path, unknown } = match found {
            Some(found) => found,
            None => {
                let path = self.path(certificate, &brought, at, rules)?;
                let mut check = self.check(rules, at);
                check.path(&path)?;
                let during = (check.from, check.until);
                let found = Found { path, unknown: check.into_unknown() };
                if let Some(question) = question {
                    known.insert(&question, &found, during);
                }
                found
            }
        };
        for issuer in path.iter().skip(1) {
            check_key(issuer.public_key().kind(), legacy)?;
        }
        Ok(Belief { trusted: Trusted::Path(path), unknown })
    }

    fn check(&self, rules: &TrustRules, at: UnixTime) -> Check<'_> {
        let known = [&*self.pinned, &*self.untrusted, &*self.anchors];
        Check::new(&self.crls, known, rules.revocation, rules.validity.then_some(at))
    }

    /// Whether the key is believed without a certificate.
    #[must_use]
    pub fn is_pinned_key(&self, key: &PublicKey) -> bool {
        self.pinned_keys.contains(key)
    }

    fn path(
        &self,
        certificate: &Certificate,
        brought: &[&Certificate],
        at: UnixTime,
        rules: &TrustRules,
    ) -> Result<Arc<[Certificate]>, Error> {
        let failed = |error: ErrorStack| {
            untrusted(certificate, &format!("no path could be looked for: {error}"))
        };
        let store = self.store(at, rules).map_err(failed)?;
        let mut between = Stack::new().map_err(failed)?;
        for helper in brought.iter().copied().chain(&self.untrusted) {
            between.push(helper.to_x509()).map_err(failed)?;
        }
        let mut context = X509StoreContext::new().map_err(failed)?;
        let outcome = context.init(&store, certificate.x509(), &between, |context| {
            let found = context.verify_cert()?;
            let chain = context
                .chain()
                .map(|chain| chain.iter().map(|x509| x509.to_owned()).collect::<Vec<_>>());
            Ok((found, context.error(), context.error_depth(), chain.unwrap_or_default()))
        });
        let (found, result, depth, chain) = outcome.map_err(failed)?;
        if !found {
            const NOT_YET_VALID: i32 = 9;
            const HAS_EXPIRED: i32 = 10;
            if matches!(result.as_raw(), NOT_YET_VALID | HAS_EXPIRED) {
                check_validity(certificate, at)?;
                return Err(Error::new(
                    Cause::CertificateValidity,
                    format!(
                        "certificate {depth} of the path from {} is not valid at this time",
                        certificate.subject()
                    ),
                ));
            }
            let reason = format!("{} (certificate {depth} of the path)", result.error_string());
            return Err(untrusted(certificate, &reason));
        }
        chain.into_iter().map(Certificate::from_x509).collect()
    }

    fn store(&self, at: UnixTime, rules: &TrustRules) -> Result<X509Store, ErrorStack> {
        let mut builder = X509StoreBuilder::new()?;
        for anchor in &self.anchors {
            builder.add_cert(anchor.to_x509())?;
        }
        let mut parameters = X509VerifyParam::new()?;
        // An anchor may be an intermediate.
        parameters.set_flags(X509VerifyFlags::PARTIAL_CHAIN | X509VerifyFlags::TRUSTED_FIRST)?;
        parameters.set_depth(i32::try_from(MOST_IN_PATH - 2).unwrap_or(0));
        parameters.set_purpose(X509PurposeId::ANY)?;
        if rules.validity {
            parameters.set_time(at.seconds());
        } else {
            parameters.set_flags(X509VerifyFlags::NO_CHECK_TIME)?;
        }
        builder.set_param(&parameters)?;
        Ok(builder.build())
    }
}

impl TrustRules {
    fn check_names(&self, certificate: &Certificate) -> Result<(), Error> {
        for (what, patterns, name) in [
            ("subject", &self.subjects, certificate.subject()),
            ("issuer", &self.issuers, certificate.issuer()),
        ] {
            if patterns.is_empty() {
                continue;
            }
            let name = name.to_rfc2253();
            if !patterns.iter().any(|pattern| pattern.fits(&name)) {
                let reason = format!("its {what} {name:?} fits no pattern of `trust.{what}s`");
                return Err(untrusted(certificate, &reason));
            }
        }
        Ok(())
    }

    fn check_purpose(&self, certificate: &Certificate) -> Result<(), Error> {
        if self.extended_key_usage.is_empty() {
            return Ok(());
        }
        let named = certificate.extended_key_usage()?.unwrap_or_default();
        if self.extended_key_usage.iter().any(|wanted| named.iter().any(|it| it == wanted.oid())) {
            return Ok(());
        }
        let reason = match named.as_slice() {
            [] => "it has no ExtendedKeyUsage, and `trust.extended-key-usage` requires one".into(),
            named => format!(
                "its ExtendedKeyUsage ({}) names no purpose of `trust.extended-key-usage`",
                named.join(", ")
            ),
        };
        Err(untrusted(certificate, &reason))
    }
}

/// Refuses a key of a signer that is too small, and a kind of key that is legacy.
///
/// # Errors
/// [`Cause::KeyTooSmall`]; [`Cause::LegacyAlgorithm`] for DSA where it is not allowed.
pub fn check_key(kind: KeyKind, legacy: LegacySet) -> Result<(), Error> {
    let bits = match kind {
        KeyKind::Rsa { bits } | KeyKind::RsaPss { bits } => bits,
        KeyKind::Dsa { bits, .. } if bits < LEAST_DSA_BITS => {
            let reason = format!("the DSA key has {bits} bits, {LEAST_DSA_BITS} are needed");
            return Err(Error::new(Cause::KeyTooSmall, reason));
        }
        KeyKind::Dsa { .. } if !legacy.allows(Legacy::Dsa) => {
            let reason = "a DSA key is accepted only where the policy says so: \
                          `legacy = { allow = [\"dsa\"] }`";
            return Err(Error::new(Cause::LegacyAlgorithm, reason));
        }
        _ => return Ok(()),
    };
    let least = if legacy.allows(Legacy::Rsa1024) { LEAST_LEGACY_RSA_BITS } else { LEAST_RSA_BITS };
    if bits >= least {
        return Ok(());
    }
    let hint =
        if bits >= LEAST_LEGACY_RSA_BITS { "; the legacy switch rsa1024 accepts it" } else { "" };
    let reason = format!("the RSA key has {bits} bits, {least} are needed{hint}");
    Err(Error::new(Cause::KeyTooSmall, reason))
}

fn check_validity(certificate: &Certificate, at: UnixTime) -> Result<(), Error> {
    let text = |at: UnixTime| at.write(crate::time::DateTimeForm::default()).unwrap_or_default();
    let (word, limit) = if at < certificate.not_before() {
        ("not valid before", certificate.not_before())
    } else if at > certificate.not_after() {
        ("not valid after", certificate.not_after())
    } else {
        return Ok(());
    };
    Err(Error::new(
        Cause::CertificateValidity,
        format!(
            "the certificate of {} is {word} {}, and it is checked as of {}",
            certificate.subject(),
            text(limit),
            text(at)
        ),
    ))
}

/// RFC 5280, section 4.2.1.3: a KeyUsage says what the key may be used for.
fn check_usage(certificate: &Certificate) -> Result<(), Error> {
    let signs = X509KeyUsage::DIGITAL_SIGNATURE | X509KeyUsage::NON_REPUDIATION;
    match certificate.x509().key_usage() {
        Some(usage) if !usage.intersects(signs) => {
            Err(untrusted(certificate, "its KeyUsage does not permit signatures"))
        }
        _ => Ok(()),
    }
}

fn untrusted(certificate: &Certificate, reason: &str) -> Error {
    Error::new(
        Cause::UntrustedCertificate,
        format!("the certificate of {} is not trusted: {reason}", certificate.subject()),
    )
}
