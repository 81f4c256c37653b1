//! Memory of what was seen, so that nothing passes twice.

mod memory;

pub use memory::MemoryReplayStore;

use crate::crypto::{DigestMethod, Digester, Hash};
use crate::error::Error;
use crate::time::UnixTime;

/// What a replay is recognised by: a hash of what was hashed or signed, never of its spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReplayKey([u8; 32]);

/// Octets from which OpenSSL is faster than a digest without it.
const LONG: usize = 512;

impl ReplayKey {
    /// The key for `parts`, told apart by `kind` and by their lengths.
    #[must_use]
    fn new<const PARTS: usize>(kind: &str, parts: [&[u8]; PARTS]) -> Self {
        // Every part is preceded by its length, so that moving octets between parts changes the key.
        let lengths = parts.map(|part| (part.len() as u64).to_be_bytes());
        let framed = lengths.iter().zip(parts).flat_map(|(length, part)| [length.as_slice(), part]);
        let named = [kind.as_bytes(), b"\0".as_slice()].into_iter().chain(framed);
        let by_openssl = || {
            let mut digester = Digester::new(DigestMethod::Sha256);
            named.clone().for_each(|part| digester.update(part));
            digester.finish().ok()
        };
        // A SignedInfo is long, what tokens are recognised by is short.
        let long = parts.iter().map(|part| part.len()).sum::<usize>() > LONG;
        let digest = long.then(by_openssl).flatten();
        let digest = digest.unwrap_or_else(|| Hash::Sha256.digest_of(named));
        let mut octets = [0; 32];
        octets.copy_from_slice(digest.octets());
        Self(octets)
    }

    /// The key of a password digest: the raw outcome of the hash, so that neither another spelling
    /// nor another dialect, nor a header turned into a token, is new. Without the username, which
    /// the hash does not cover: a look-up that takes `Bob` for `bob`, or two users who share a
    /// password, would let one capture pass once for each name.
    #[must_use]
    pub fn of_password_digest(digest: &[u8]) -> Self {
        Self::new("password-digest", [digest])
    }

    /// The key of a password in clear text: its decoded nonce and its Created.
    #[must_use]
    pub fn of_password_text(username: &str, nonce: &[u8], created: &str) -> Self {
        Self::new("password-text", [username.as_bytes(), nonce, created.as_bytes()])
    }

    /// The key of a signature: the canonical SignedInfo and the identity of whoever signed it. Not
    /// the SignatureValue, which for ECDSA has two spellings that both hold.
    #[must_use]
    pub fn of_signature(signed_info: &[u8], identity: &[u8]) -> Self {
        Self::new("signature", [signed_info, identity])
    }

    /// The octets of the key, for stores that keep it elsewhere.
    #[must_use]
    pub fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Memory of the messages that were accepted.
///
/// # Security
/// Everything rests on one operation. An implementation must be atomic: of any number of callers
/// with the same key, in all threads and processes that share the store, exactly one may be told
/// `true`. It must keep an entry until `expires`; losing entries early (eviction under memory
/// pressure, a restart, a fork, a lagging replica) lets a captured message pass again. A store
/// that can't answer, or has no room, returns an error, and the message is refused.
pub trait ReplayStore: Send + Sync {
    /// Remembers `key` until `expires`. `true` if it was not there before: the message is new.
    ///
    /// `now` is the validator's clock, which may be another than the store's own.
    ///
    /// # Errors
    /// [`crate::Cause::ReplayStoreUnavailable`] where the store can't answer or has no room.
    fn insert_if_absent(
        &self,
        key: &ReplayKey,
        expires: UnixTime,
        now: UnixTime,
    ) -> Result<bool, Error>;
}
