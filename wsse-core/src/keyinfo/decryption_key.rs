//! Keys that decrypt, and who finds them.

use super::{Clue, Dereference, KeyInfo};
use crate::crypto::{PrivateKey, PublicKey, Secret};
use crate::error::{Cause, Error};
use crate::xml::Element;

/// A key that decrypts keys or data.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DecryptionKey {
    /// A private key, for key transport or key agreement.
    Private(PrivateKey),
    /// A shared secret, for key wrap or for data.
    Secret(Secret),
}

/// What kind of key something was encrypted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WantedKey {
    /// A private key.
    Private,
    /// A shared secret of so many octets.
    Secret {
        /// Octets that the method works with.
        octets: usize,
    },
}

/// Finds the key that something was encrypted for.
pub trait ResolveDecryptionKey {
    /// The key of the wanted kind that `key_info` selects. `links` follows what leads elsewhere.
    ///
    /// # Errors
    /// [`crate::Cause::NoKey`] where nothing is selected that is known; what is wrong with the
    /// KeyInfo.
    fn resolve_decryption_key(
        &self,
        wanted: WantedKey,
        key_info: Option<Element<'_, '_>>,
        links: &dyn Dereference,
    ) -> Result<DecryptionKey, Error>;

    /// The public key of the sender with whom a key is agreed on. It authenticates nobody, so it may be
    /// any key; unless an implementation says otherwise, one that stands in `key_info`.
    ///
    /// # Errors
    /// As [`Self::resolve_decryption_key`]; [`crate::Cause::InvalidKey`].
    fn resolve_originator(
        &self,
        key_info: Element<'_, '_>,
        links: &dyn Dereference,
    ) -> Result<PublicKey, Error> {
        let _ = links;
        let clues = KeyInfo::parse(key_info)?.clues;
        let value = clues.iter().find_map(|clue| match clue {
            Clue::KeyValue(value) => Some(value),
            _ => None,
        });
        let at = key_info.range().start;
        match value {
            Some(value) => value.public_key().map_err(|error| error.at(at)),
            None => {
                let reason = "the key of the originator does not stand in the message";
                Err(Error::new(Cause::NoKey, reason).at(at))
            }
        }
    }

    /// The secret with this name that keys are derived from. Unless an implementation says otherwise,
    /// there is none.
    ///
    /// # Errors
    /// [`crate::Cause::NoKey`].
    fn resolve_master_key(&self, name: &str) -> Result<Secret, Error> {
        let shown: String = name.chars().take(60).collect();
        let reason = format!("no secret is known under the MasterKeyName {shown:?}");
        Err(Error::new(Cause::NoKey, reason))
    }
}
