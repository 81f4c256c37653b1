//! Decrypting documents that are no messages.

use super::Inbound;
use super::decryption::{DecryptedKeys, Encryption};
use super::keyring::{MessageKeys, Selected, key_names, no_key};
use super::named::{SharedSecret, shown};
use super::secrets::MessageSecrets;
use crate::crypto::{PublicKey, Secret};
use crate::error::Error;
use crate::keyinfo::{
    Clue, DecryptionKey, Dereference, KeyInfo, Link, ResolveDecryptionKey, VerificationKey,
    WantedKey,
};
use crate::xml::{Element, to_utf8};
use crate::xmlenc::bare::{self, DecryptedDocument};

impl Inbound {
    /// Decrypts every EncryptedData of a document that is no message, at least one, with the private
    /// keys, the secrets, the limits and the legacy switches of the policy. Nothing is judged: no
    /// Signature is checked, and whoever has the public key can encrypt.
    ///
    /// # Errors
    /// As [`crate::xmlenc::bare::decrypt`]; [`crate::Cause::NoKey`].
    pub fn decrypt_bare(&self, document: &[u8]) -> Result<DecryptedDocument, Error> {
        let source = to_utf8(document, None)?;
        let at = self.clock.now()?.plus_seconds(self.policy.clock.offset);
        let (encryption, decrypted) = (Encryption::default(), DecryptedKeys::default());
        let secrets = MessageSecrets::none(&encryption, &decrypted);
        let keys = MessageKeys { keyring: &self.keyring, tokens: &[], at, secrets: &secrets };
        bare::decrypt(&source, &self.policy.limits, self.policy.legacy, &keys)
            .map_err(|error| error.locate(&source))
    }
}

impl ResolveDecryptionKey for MessageKeys<'_> {
    fn resolve_decryption_key(
        &self,
        wanted: WantedKey,
        key_info: Option<Element<'_, '_>>,
        links: &dyn Dereference,
    ) -> Result<DecryptionKey, Error> {
        match wanted {
            WantedKey::Private => self.linked_private_key(key_info, links),
            WantedKey::Secret { octets } => self.secret_of(octets, key_info),
        }
    }

    fn resolve_originator(
        &self,
        key_info: Element<'_, '_>,
        links: &dyn Dereference,
    ) -> Result<PublicKey, Error> {
        let at = |error: Error| error.at(key_info.range().start);
        let clues = KeyInfo::parse(key_info)?.clues;
        // What a signature would take last is the best here: the key itself.
        let value = clues.iter().find_map(|clue| match clue {
            Clue::KeyValue(value) => Some(value),
            _ => None,
        });
        match value {
            Some(value) => value.public_key().map_err(at),
            None => {
                self.follow_all(&clues, Some(links)).and_then(Selected::into_public_key).map_err(at)
            }
        }
    }

    fn resolve_master_key(&self, name: &str) -> Result<Secret, Error> {
        self.shared_secret(&[name.to_owned()])
    }
}

impl MessageKeys<'_> {
    /// The private key that a KeyInfo means, or what it links to.
    fn linked_private_key(
        &self,
        key_info: Option<Element<'_, '_>>,
        links: &dyn Dereference,
    ) -> Result<DecryptionKey, Error> {
        let mut failure = None;
        let clues = key_info.map(KeyInfo::parse).transpose()?.map(|read| read.clues);
        for clue in clues.unwrap_or_default() {
            let Clue::Link(element) = clue else { continue };
            let followed = Link::parse(element).and_then(|link| link.read(links.element(&link)?));
            match followed.map(|clues| clues.iter().find_map(|clue| self.recipient(clue).ok())) {
                Ok(Some(found)) => return Ok(DecryptionKey::Private(found.key.clone())),
                Ok(None) => {}
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        self.private_key(key_info)
            .map(|key| DecryptionKey::Private(key.clone()))
            .map_err(|error| failure.unwrap_or(error))
    }

    /// The shared secret that is named; where nothing is, the only one that fits.
    fn secret_of(
        &self,
        octets: usize,
        key_info: Option<Element<'_, '_>>,
    ) -> Result<DecryptionKey, Error> {
        let names = key_names(key_info)?;
        let all = &self.keyring.secrets;
        let fits = |secret: &&SharedSecret| matches!(&secret.key, VerificationKey::Secret(key) if key.octets().len() == octets);
        let named = if key_info.is_some() && names.is_empty() {
            return Err(no_key(
                "something is encrypted with a shared secret, and its KeyInfo names none",
            ));
        } else if names.is_empty() {
            match all.iter().filter(fits).collect::<Vec<_>>().as_slice() {
                [first, others @ ..]
                    if others.iter().all(|other| other.identity == first.identity) =>
                {
                    Some(*first)
                }
                _ => None,
            }
        } else {
            SharedSecret::choose(all, &names).ok()
        };
        match named.map(|found| &found.key) {
            Some(VerificationKey::Secret(secret)) => Ok(DecryptionKey::Secret(secret.clone())),
            _ if all.is_empty() => {
                Err(no_key("something is encrypted with a shared secret, and none was given"))
            }
            _ if names.is_empty() => Err(no_key(&format!(
                "something is encrypted with a shared secret of {octets} octets, and not exactly one \
                 such was given"
            ))),
            _ => Err(no_key(&format!(
                "something is encrypted with a shared secret, and none was given under the KeyName {}",
                shown(&names)
            ))),
        }
    }
}
