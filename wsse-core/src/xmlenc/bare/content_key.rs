//! The key that content is encrypted with, and how the recipient gets it.

use crate::crypto::{BlockEncryption, Secret, SecureRandom};
use crate::error::{Cause, Error};
use crate::xml::Markup;
use crate::xmlenc::{EncryptedKeyTemplate, EncryptionKey};

/// The key that content is encrypted with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ContentKey {
    /// A new one for each content. Each recipient gets it in an EncryptedKey in the KeyInfo.
    Session(Vec<(EncryptedKeyTemplate, EncryptionKey)>),
    /// One that both sides have, and what KeyInfo says of it: mostly a KeyName.
    Secret(Secret, Vec<Markup>),
}

impl ContentKey {
    /// The key for a content, and what KeyInfo says.
    pub(super) fn make(
        &self,
        method: BlockEncryption,
        random: &dyn SecureRandom,
    ) -> Result<(Secret, Vec<Markup>), Error> {
        let recipients = match self {
            Self::Secret(secret, key_info) => return Ok((secret.clone(), key_info.clone())),
            Self::Session(recipients) => recipients,
        };
        if recipients.is_empty() {
            let reason = "nobody is named to encrypt for";
            return Err(Error::new(Cause::InvalidArgument, reason));
        }
        let mut octets = zeroize::Zeroizing::new(vec![0; method.key_length()]);
        random.fill(&mut octets)?;
        let secret = Secret::new(core::mem::take(&mut *octets));
        let keys = recipients.iter().map(|(template, with)| template.encrypt(&secret, with));
        let keys = keys.collect::<Result<_, _>>()?;
        Ok((secret, keys))
    }
}
