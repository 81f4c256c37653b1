//! Who is encrypted for.

use super::certificate::Certificate;
use super::public_key::PublicKey;

/// With what something is encrypted for somebody.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RecipientKey {
    /// A certificate, which must be valid and meant for it when something is encrypted.
    Certificate(Certificate),
    /// A public key of whose certificate nothing is known or asked.
    PublicKey(PublicKey),
}

impl From<Certificate> for RecipientKey {
    fn from(certificate: Certificate) -> Self {
        Self::Certificate(certificate)
    }
}

impl From<PublicKey> for RecipientKey {
    fn from(key: PublicKey) -> Self {
        Self::PublicKey(key)
    }
}
