//! Digests of long inputs: OpenSSL, with each algorithm fetched once.

use super::algorithms::DigestMethod;
use super::hash::{Digest, Hash};
use crate::error::{Cause, Error};
use openssl::md::{Md, MdRef};
use openssl::md_ctx::MdCtx;
use std::sync::LazyLock;

/// A digest that is fed piece by piece. An input that ends within 512 octets never leaves
/// Rust; longer ones go to OpenSSL.
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
            None => match self.method {
                DigestMethod::Sha1 => Ok(Hash::Sha1.digest(&[&self.short])),
                DigestMethod::Sha224 => Ok(Hash::Sha224.digest(&[&self.short])),
                DigestMethod::Sha256 => Ok(Hash::Sha256.digest(&[&self.short])),
                DigestMethod::Sha384 => Ok(Hash::Sha384.digest(&[&self.short])),
                DigestMethod::Sha512 => Ok(Hash::Sha512.digest(&[&self.short])),
            },
            Some(mut context) => {
                let mut octets = [0; 64];
                match context.digest_final(&mut octets) {
                    Ok(length) => Ok(Digest::new(octets, length)),
                    Err(_) => Err(refused(self.method)),
                }
            }
        }
    }
}

impl core::fmt::Debug for Digester {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_struct("Digester").field("method", &self.method).finish_non_exhaustive()
    }
}

fn begin(method: DigestMethod, first: &[u8]) -> Result<MdCtx, openssl::error::ErrorStack> {
    let mut context = MdCtx::new()?;
    context.digest_init(message_digest(method))?;
    context.digest_update(first)?;
    Ok(context)
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
        DigestMethod::Sha1 => fetched!("SHA1", Md::sha1()),
        DigestMethod::Sha224 => fetched!("SHA2-224", Md::sha224()),
        DigestMethod::Sha256 => fetched!("SHA2-256", Md::sha256()),
        DigestMethod::Sha384 => fetched!("SHA2-384", Md::sha384()),
        DigestMethod::Sha512 => fetched!("SHA2-512", Md::sha512()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_inputs_give_the_digest_of_the_whole() {
        let input: Vec<u8> = (0..40_000_u32).map(|number| (number * 7 % 251) as u8).collect();
        for (method, hash) in [
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
}
