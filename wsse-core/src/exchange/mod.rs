//! What ties a reply to its request.

use crate::crypto::Certificate;

/// What the reply to a protected message must answer, and what is needed to answer a validated
/// one: it goes from [`crate::Outbound::protect`] to [`crate::Inbound::validate_reply`], and from
/// [`crate::Inbound::validate`] to [`crate::Outbound::protect_reply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    signature_values: Vec<Vec<u8>>,
    certificate: Option<Certificate>,
}

impl Exchange {
    /// Only who protected or validated a message knows.
    pub(crate) fn new(signature_values: Vec<Vec<u8>>, certificate: Option<Certificate>) -> Self {
        Self { signature_values, certificate }
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
