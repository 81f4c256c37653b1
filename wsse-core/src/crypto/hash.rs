//! The digests that tokens and headers use. Short inputs: at these lengths the pure Rust
//! implementations are faster than a call into OpenSSL (docs/decisions/0002).

use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

/// A digest algorithm for passwords and headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hash {
    /// MD5: one service's pre-step of the secret demands it. Never a digest of its own.
    Md5,
    /// SHA-1: PasswordDigest is SHA-1 by standard (UsernameToken Profile 1.1.1, section 3.1).
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// The outcome of a [`Hash`](enum@Hash).
#[derive(Clone, Copy)]
pub struct Digest {
    octets: [u8; 64],
    length: usize,
}

impl Hash {
    /// Hashes the parts as if they stood in one piece.
    #[must_use]
    pub fn digest(self, parts: &[&[u8]]) -> Digest {
        self.digest_of(parts.iter().copied())
    }

    /// The same for parts that come one after the other.
    #[must_use]
    pub fn digest_of<'p>(self, parts: impl Iterator<Item = &'p [u8]>) -> Digest {
        match self {
            Self::Md5 => run::<Md5>(parts),
            Self::Sha1 => run::<Sha1>(parts),
            Self::Sha224 => run::<Sha224>(parts),
            Self::Sha256 => run::<Sha256>(parts),
            Self::Sha384 => run::<Sha384>(parts),
            Self::Sha512 => run::<Sha512>(parts),
        }
    }
}

fn run<'p, D: sha2::Digest>(parts: impl Iterator<Item = &'p [u8]>) -> Digest {
    let mut state = D::new();
    for part in parts {
        state.update(part);
    }
    let output = state.finalize();
    let mut octets = [0; 64];
    octets[..output.len()].copy_from_slice(&output);
    Digest { octets, length: output.len() }
}

impl Digest {
    pub(super) fn new(octets: [u8; 64], length: usize) -> Self {
        Self { octets, length }
    }

    /// The octets of the digest.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }
}

impl core::fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // A digest may be of a password: it is not for text.
        formatter.write_str("Digest(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::hex;

    #[test]
    fn digests_of_abc() {
        let abc = |hash: Hash| hex(hash.digest(&[b"a", b"", b"bc"]).octets());
        assert_eq!(abc(Hash::Md5), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(abc(Hash::Sha1), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            abc(Hash::Sha256),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(abc(Hash::Sha384).len(), 96);
        assert_eq!(abc(Hash::Sha512).len(), 128);
    }
}
