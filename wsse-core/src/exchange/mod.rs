//! What ties a reply to its request.

use crate::crypto::{Certificate, Hash, Secret};

/// What the reply to a protected message must answer, and what is needed to answer a validated
/// one: it goes from [`crate::Outbound::protect`] to [`crate::Inbound::validate_reply`], and from
/// [`crate::Inbound::validate`] to [`crate::Outbound::protect_reply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    signature_values: Vec<Vec<u8>>,
    certificate: Option<Certificate>,
    keys: Vec<ExchangeKey>,
}

/// A key that was encrypted in the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExchangeKey {
    /// The SHA-1 of what it was encrypted to.
    pub(crate) sha1: Vec<u8>,
    pub(crate) secret: Secret,
    /// Whether we made it, so that nobody has it but for whom we encrypted it. What others encrypted for
    /// us anybody can have made.
    pub(crate) made: bool,
}

impl Exchange {
    /// Only who protected or validated a message knows.
    pub(crate) fn new(signature_values: Vec<Vec<u8>>, certificate: Option<Certificate>) -> Self {
        Self { signature_values, certificate, keys: Vec::new() }
    }

    /// With the keys that were encrypted in the message, each behind the octets of its CipherValue: by us,
    /// or by somebody else.
    pub(crate) fn with_keys(
        mut self,
        keys: impl Iterator<Item = (Vec<u8>, Secret)>,
        made: bool,
    ) -> Self {
        self.keys.extend(keys.map(|(cipher_value, secret)| {
            let sha1 = Hash::Sha1.digest(&[&cipher_value]).octets().to_vec();
            ExchangeKey { sha1, secret, made }
        }));
        self
    }

    /// The key that an EncryptedKeySHA1 means (SOAP Message Security 1.1.1, section 7.7).
    pub(crate) fn key(&self, wanted: &[u8]) -> Option<&ExchangeKey> {
        self.keys.iter().find(|key| key.sha1 == wanted)
    }

    pub(crate) fn keys(&self) -> &[ExchangeKey] {
        &self.keys
    }

    /// The octets of each SignatureValue of the request, which a SignatureConfirmation repeats.
    #[must_use]
    pub fn signature_values(&self) -> &[Vec<u8>] {
        &self.signature_values
    }

    /// The certificate of whoever signed the request.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }
}
