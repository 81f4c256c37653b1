//! Encrypting documents that are no messages.

use super::Outbound;
use crate::error::{Cause, Error};
use crate::xml::to_utf8;
use crate::xmlenc::bare::{self, BarePart};

impl Outbound {
    /// Encrypts a part of a document that is no message, or octets of any kind, with the first
    /// encryption of the policy: its recipients, references and methods. The parts that it names are
    /// those of messages, and are not looked at; an EncryptedKey stands in the KeyInfo, and for a
    /// BinarySecurityToken, which has no place there, an X509Data.
    ///
    /// # Errors
    /// As [`crate::xmlenc::bare::encrypt`]; [`Cause::InvalidPolicy`] where the policy has no
    /// encryption; [`Cause::MessageSize`]; [`Cause::CertificateValidity`] for a recipient whose
    /// certificate is not valid now, [`Cause::MissingCredential`] for the recipient `signer`.
    pub fn encrypt_bare(&self, document: &[u8], part: &BarePart) -> Result<Vec<u8>, Error> {
        let Some(encrypter) = self.encrypters.first() else {
            let reason = "the policy has no `encryption`, so there is nobody to encrypt for";
            return Err(Error::new(Cause::InvalidPolicy, reason));
        };
        let limits = &self.policy.limits;
        if document.len() > limits.message {
            let reason =
                format!("the document has {} octets, more than {}", document.len(), limits.message);
            return Err(Error::new(Cause::MessageSize, reason));
        }
        let key = encrypter.content_key(self.clock.now()?)?;
        let (method, random) = (encrypter.policy.data, &*self.random);
        if matches!(part, BarePart::Octets(_)) {
            return bare::encrypt(document, limits, part, method, &key, random);
        }
        let source = to_utf8(document, None)?;
        bare::encrypt(&source, limits, part, method, &key, random)
            .map_err(|error| error.locate(&source))
    }
}
