//! Digests of long inputs: OpenSSL, with each algorithm fetched once.

use super::digest_method::DigestMethod;
use super::hash::{Digest, Hash};
use crate::error::{Cause, Error};
use openssl::error::ErrorStack;
use openssl::md::{Md, MdRef};
use openssl::md_ctx::MdCtx;
use std::sync::LazyLock;

/// A digest that is fed piece by piece. An input that ends within 512 octets never leaves
/// Rust, but for SHA-3; longer ones go to OpenSSL.
pub struct Digester {
    method: DigestMethod,
    short: Vec<u8>,
    long: Option<MdCtx>,
    failed: bool,
}

/// Below it, setting up a context of OpenSSL costs more than it gives.
const SHORT: usize = 512;

impl Digester {
    /// Begins a digest.
    #[must_use]
    pub fn new(method: DigestMethod) -> Self {
        Self { method, short: Vec::with_capacity(SHORT), long: None, failed: false }
    }

    /// Takes the next octets in.
    pub fn update(&mut self, octets: &[u8]) {
        if self.long.is_none() {
            if self.short.len() + octets.len() <= SHORT {
                self.short.extend_from_slice(octets);
                return;
            }
            match begin(self.method, &self.short) {
                Ok(context) => self.long = Some(context),
                Err(_) => self.failed = true,
            }
        }
        if let Some(context) = &mut self.long {
            self.failed |= context.digest_update(octets).is_err();
        }
    }

    /// The digest of everything.
    ///
    /// # Errors
    /// [`Cause::UnsupportedAlgorithm`] where OpenSSL refuses to compute it.
    pub fn finish(self) -> Result<Digest, Error> {
        if self.failed {
            return Err(refused(self.method));
        }
        match self.long {
            None => match in_rust(self.method) {
                Some(hash) => Ok(hash.digest(&[&self.short])),
                None => {
                    begin(self.method, &self.short).and_then(end).map_err(|_| refused(self.method))
                }
            },
            Some(context) => end(context).map_err(|_| refused(self.method)),
        }
    }
}

/// What short inputs are hashed with; SHA-3 is too rare for a second implementation.
fn in_rust(method: DigestMethod) -> Option<Hash> {
    Some(match method {
        DigestMethod::Md5 => Hash::Md5,
        DigestMethod::Sha1 => Hash::Sha1,
        DigestMethod::Sha224 => Hash::Sha224,
        DigestMethod::Sha256 => Hash::Sha256,
        DigestMethod::Sha384 => Hash::Sha384,
        DigestMethod::Sha512 => Hash::Sha512,
        DigestMethod::Sha3_224
        | DigestMethod::Sha3_256
        | DigestMethod::Sha3_384
        | DigestMethod::Sha3_512 => return None,
    })
}

impl core::fmt::Debug for Digester {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_struct("Digester").field("method", &self.method).finish_non_exhaustive()
    }
}

fn begin(method: DigestMethod, first: &[u8]) -> Result<MdCtx, ErrorStack> {
    let mut context = MdCtx::new()?;
    context.digest_init(message_digest(method))?;
    context.digest_update(first)?;
    Ok(context)
}

fn end(mut context: MdCtx) -> Result<Digest, ErrorStack> {
    let mut octets = [0; 64];
    let length = context.digest_final(&mut octets)?;
    Ok(Digest::new(octets, length))
}

fn refused(method: DigestMethod) -> Error {
    let reason = format!("OpenSSL does not compute {}", method.name());
    Error::new(Cause::UnsupportedAlgorithm, reason)
}

/// The algorithm as OpenSSL knows it. Fetched once: to fetch costs as much as to hash a kilobyte.
pub(super) fn message_digest(method: DigestMethod) -> &'static MdRef {
    macro_rules! fetched {
        ($name:literal, $otherwise:expr) => {{
            static FETCHED: LazyLock<Option<Md>> =
                LazyLock::new(|| Md::fetch(None, $name, None).ok());
            match &*FETCHED {
                Some(fetched) => fetched,
                None => $otherwise,
            }
        }};
    }
    match method {
        DigestMethod::Md5 => fetched!("MD5", Md::md5()),
        DigestMethod::Sha1 => fetched!("SHA1", Md::sha1()),
        DigestMethod::Sha224 => fetched!("SHA2-224", Md::sha224()),
        DigestMethod::Sha256 => fetched!("SHA2-256", Md::sha256()),
        DigestMethod::Sha384 => fetched!("SHA2-384", Md::sha384()),
        DigestMethod::Sha512 => fetched!("SHA2-512", Md::sha512()),
        DigestMethod::Sha3_224 => fetched!("SHA3-224", Md::sha3_224()),
        DigestMethod::Sha3_256 => fetched!("SHA3-256", Md::sha3_256()),
        DigestMethod::Sha3_384 => fetched!("SHA3-384", Md::sha3_384()),
        DigestMethod::Sha3_512 => fetched!("SHA3-512", Md::sha3_512()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::hex;

    #[test]
    fn short_and_long_inputs_give_the_digest_of_the_whole() {
        let input: Vec<u8> = (0..40_000_u32).map(|number| (number * 7 % 251) as u8).collect();
        for (method, hash) in [
            (DigestMethod::Md5, Hash::Md5),
            (DigestMethod::Sha1, Hash::Sha1),
            (DigestMethod::Sha224, Hash::Sha224),
            (DigestMethod::Sha256, Hash::Sha256),
            (DigestMethod::Sha384, Hash::Sha384),
            (DigestMethod::Sha512, Hash::Sha512),
        ] {
            for length in [0, 1, 511, 512, 513, 1024, 40_000] {
                for piece in [1, 3, 100, 600, 40_000] {
                    let mut digester = Digester::new(method);
                    input[..length].chunks(piece).for_each(|piece| digester.update(piece));
                    let expected = hash.digest(&[&input[..length]]);
                    let found = digester.finish().unwrap();
                    assert_eq!(found.octets(), expected.octets(), "{method:?} {length} {piece}");
                    assert_eq!(found.octets().len(), method.length());
                }
            }
        }
    }

    #[test]
    fn sha3_is_that_of_the_standard() {
        // FIPS 202: the digests of no octets.
        for (method, expected) in [
            (DigestMethod::Sha3_224, "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7"),
            (
                DigestMethod::Sha3_256,
                "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
            ),
        ] {
            assert_eq!(hex(Digester::new(method).finish().unwrap().octets()), expected);
        }
        let input = [0x61; 1500];
        for method in DigestMethod::ALL {
            let [mut whole, mut pieces] = [Digester::new(method), Digester::new(method)];
            whole.update(&input);
            input.chunks(7).for_each(|piece| pieces.update(piece));
            let [whole, pieces] = [whole, pieces].map(|digester| digester.finish().unwrap());
            assert_eq!(whole.octets(), pieces.octets(), "{method:?}");
            assert_eq!(whole.octets().len(), method.length());
        }
    }
}
