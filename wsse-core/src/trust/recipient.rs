//! Whom we encrypt for.

use super::{check_key, check_validity};
use crate::crypto::{Certificate, KeyAgreement, KeyKind, LegacySet, PublicKey};
use crate::error::{Cause, Error};
use crate::time::UnixTime;
use openssl::x509::X509KeyUsage;

/// Refuses to encrypt a key for a certificate that is not valid `at` that time, or is for other uses
/// (RFC 5280, section 4.2.1.3), and what [`check_recipient_key`] refuses. Whose certificate it is, is
/// known to who gives it. `agreement` is how a key is agreed on with its holder, where that is done.
///
/// # Errors
/// [`Cause::CertificateValidity`]; [`Cause::InvalidArgument`] where a KeyUsage does not permit
/// keyEncipherment, or keyAgreement; as [`check_recipient_key`].
pub fn check_recipient(
    certificate: &Certificate,
    agreement: Option<KeyAgreement>,
    legacy: LegacySet,
    at: UnixTime,
) -> Result<(), Error> {
    check_recipient_key(certificate.public_key(), agreement, legacy)?;
    check_validity(certificate, at)?;
    let usage = certificate.x509().key_usage();
    let (needed, what) = match agreement {
        None => (X509KeyUsage::KEY_ENCIPHERMENT, "encrypted"),
        Some(_) => (X509KeyUsage::KEY_AGREEMENT, "agreed on"),
    };
    if usage.is_some_and(|usage| !usage.intersects(needed)) {
        let reason = format!(
            "the KeyUsage of the certificate of {} does not permit that keys are {what} with it; \
             give the certificate that its owner has for that, or his public key alone",
            certificate.subject()
        );
        return Err(Error::new(Cause::InvalidArgument, reason));
    }
    Ok(())
}

/// Refuses to encrypt a key with one that is no RSA key, or too small, and to agree on one with a key
/// that does not fit `agreement`.
///
/// # Errors
/// [`Cause::KeyType`], [`Cause::KeyTooSmall`].
pub fn check_recipient_key(
    key: &PublicKey,
    agreement: Option<KeyAgreement>,
    legacy: LegacySet,
) -> Result<(), Error> {
    if let Some(method) = agreement {
        return method.check_key(key.kind(), "the key of the recipient");
    }
    let advice = match key.kind() {
        KeyKind::Rsa { .. } => return check_key(key.kind(), legacy),
        KeyKind::Ec { .. } => "; the transport \"ecdh-es\" is for it",
        KeyKind::X25519 => "; the transport \"x25519\" is for it",
        _ => "",
    };
    let reason = format!(
        "keys are encrypted with RSA keys, and the key of the recipient is {}{advice}",
        key.kind()
    );
    Err(Error::new(Cause::KeyType, reason))
}
