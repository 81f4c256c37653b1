//! Whom we encrypt for.

use super::{check_key, check_validity};
use crate::crypto::{Certificate, KeyKind, LegacySet, PublicKey};
use crate::error::{Cause, Error};
use crate::time::UnixTime;
use openssl::x509::X509KeyUsage;

/// Refuses to encrypt a key for a certificate that is not valid `at` that time, or is for other uses
/// (RFC 5280, section 4.2.1.3), and what [`check_recipient_key`] refuses. Whose certificate it is, is
/// known to who gives it.
///
/// # Errors
/// [`Cause::CertificateValidity`]; [`Cause::InvalidArgument`] where a KeyUsage does not permit
/// keyEncipherment; as [`check_recipient_key`].
pub fn check_recipient(
    certificate: &Certificate,
    legacy: LegacySet,
    at: UnixTime,
) -> Result<(), Error> {
    check_recipient_key(certificate.public_key(), legacy)?;
    check_validity(certificate, at)?;
    let usage = certificate.x509().key_usage();
    if usage.is_some_and(|usage| !usage.intersects(X509KeyUsage::KEY_ENCIPHERMENT)) {
        let reason = format!(
            "the KeyUsage of the certificate of {} does not permit that keys are encrypted with it; \
             give the certificate that its owner has for that, or his public key alone",
            certificate.subject()
        );
        return Err(Error::new(Cause::InvalidArgument, reason));
    }
    Ok(())
}

/// Refuses to encrypt a key with one that is no RSA key, or too small.
///
/// # Errors
/// [`Cause::KeyType`], [`Cause::KeyTooSmall`].
pub fn check_recipient_key(key: &PublicKey, legacy: LegacySet) -> Result<(), Error> {
    match key.kind() {
        KeyKind::Rsa { .. } => check_key(key.kind(), legacy),
        other => {
            let reason = format!(
                "keys are encrypted with RSA keys, and the key of the recipient is {other}"
            );
            Err(Error::new(Cause::KeyType, reason))
        }
    }
}
