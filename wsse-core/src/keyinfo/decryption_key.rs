//! Keys that decrypt, and who finds them.

use super::Dereference;
use crate::crypto::{PrivateKey, Secret};
use crate::error::Error;
use crate::xml::Element;

/// A key that decrypts keys or data.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DecryptionKey {
    /// A private key, for key transport.
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
}
