//! Keys that are derived from other secrets.

use super::digest_method::DigestMethod;
use super::digester::message_digest;
use super::legacy_set::{Legacy, LegacySet};
use super::private_key::hmac;
use super::secret::Secret;
use super::signature_method::SignatureMethod;
use crate::error::{Cause, Error};
use openssl::error::ErrorStack;
use openssl::md_ctx::MdCtx;
use openssl::sha::Sha1;
use zeroize::Zeroizing;

/// Octets of a key that is derived at most, and of what may be left out in front of it: more than any
/// method needs, and little enough that nobody is kept busy by it.
pub const MOST_DERIVED: usize = 1024;

/// How a key is derived from a secret that was agreed on, or that both sides have: the Algorithm of a
/// KeyDerivationMethod with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyDerivation {
    /// The concatenation key derivation function of NIST SP 800-56A (XML Encryption 1.1, section
    /// 5.4.1).
    ConcatKdf {
        /// The digest.
        digest: DigestMethod,
        /// What is hashed behind the secret: AlgorithmID, PartyUInfo, PartyVInfo, SuppPubInfo and
        /// SuppPrivInfo one after the other.
        other_info: Vec<u8>,
    },
    /// HKDF (RFC 5869; RFC 9231, section 2.6).
    Hkdf {
        /// The HMAC.
        prf: SignatureMethod,
        /// The salt; empty for none.
        salt: Vec<u8>,
        /// What ties the key to its use; mostly empty.
        info: Vec<u8>,
    },
}

impl KeyDerivation {
    /// The name in errors: `ConcatKDF`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::ConcatKdf { .. } => "ConcatKDF",
            Self::Hkdf { .. } => "HKDF",
        }
    }

    /// What must be allowed for it to be accepted. SHA-1 needs nothing: what broke it, collisions, does
    /// not touch this use.
    #[must_use]
    pub fn legacy(&self) -> LegacySet {
        match self {
            Self::ConcatKdf { digest: DigestMethod::Md5, .. }
            | Self::Hkdf { prf: SignatureMethod::HmacMd5, .. } => LegacySet::NONE.with(Legacy::Md5),
            _ => LegacySet::NONE,
        }
    }

    /// The key of so many octets.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] for a length of 0 or over [`MOST_DERIVED`];
    /// [`Cause::UnsupportedAlgorithm`] where OpenSSL refuses; [`Cause::KeyType`] for a `prf` that is no
    /// HMAC.
    pub fn derive(&self, secret: &Secret, length: usize) -> Result<Secret, Error> {
        if !(1..=MOST_DERIVED).contains(&length) {
            let reason = format!("keys of 1 to {MOST_DERIVED} octets are derived");
            return Err(Error::new(Cause::InvalidArgument, reason));
        }
        match self {
            Self::ConcatKdf { digest, other_info } => {
                concat_kdf(*digest, secret, other_info, length).map_err(|_| {
                    let reason = format!("OpenSSL does not compute {}", digest.name());
                    Error::new(Cause::UnsupportedAlgorithm, reason)
                })
            }
            Self::Hkdf { prf, salt, info } => hkdf(*prf, secret, salt, info, length),
        }
    }
}

/// NIST SP 800-56A, section 5.8.1.
fn concat_kdf(
    digest: DigestMethod,
    secret: &Secret,
    other_info: &[u8],
    length: usize,
) -> Result<Secret, ErrorStack> {
    let mut out = Zeroizing::new(Vec::with_capacity(length + digest.length()));
    let mut block = Zeroizing::new([0; 64]);
    for counter in 1_u32.. {
        if out.len() >= length {
            break;
        }
        let mut context = MdCtx::new()?;
        context.digest_init(message_digest(digest))?;
        context.digest_update(&counter.to_be_bytes())?;
        context.digest_update(secret.octets())?;
        context.digest_update(other_info)?;
        let octets = context.digest_final(block.as_mut_slice())?;
        out.extend_from_slice(block.get(..octets).unwrap_or_default());
    }
    out.truncate(length);
    Ok(Secret::new(core::mem::take(&mut *out)))
}

/// RFC 5869, sections 2.2 and 2.3. The limit of 255 blocks is beyond [`MOST_DERIVED`].
fn hkdf(
    prf: SignatureMethod,
    secret: &Secret,
    salt: &[u8],
    info: &[u8],
    length: usize,
) -> Result<Secret, Error> {
    // An HMAC has zeros behind a key that is too short, so one of them is as good as many.
    let salt = if salt.is_empty() { &[0] } else { salt };
    let key = hmac(prf, &Secret::new(salt), secret.octets())?;
    let key = Secret::new(key.to_vec());
    let mut out = Zeroizing::new(Vec::with_capacity(length + 64));
    let mut block = Zeroizing::new(Vec::new());
    for counter in 1_u8..=u8::MAX {
        if out.len() >= length {
            break;
        }
        let input = Zeroizing::new([block.as_slice(), info, &[counter]].concat());
        block = hmac(prf, &key, &input)?;
        out.extend_from_slice(&block);
    }
    out.truncate(length);
    Ok(Secret::new(core::mem::take(&mut *out)))
}

/// The key of P_SHA-1 (RFC 2246, section 5), as WS-SecureConversation 1.4, section 7.1, derives keys:
/// so many octets behind an offset. `seed` is label and nonce.
///
/// # Errors
/// [`Cause::InvalidArgument`] for an empty secret, and beyond [`MOST_DERIVED`].
pub fn p_sha1(secret: &Secret, seed: &[u8], offset: usize, length: usize) -> Result<Secret, Error> {
    let end = offset.checked_add(length).filter(|end| *end <= MOST_DERIVED && length > 0);
    let Some(end) = end else {
        let reason = format!("keys of 1 to {MOST_DERIVED} octets are derived, the offset included");
        return Err(Error::new(Cause::InvalidArgument, reason));
    };
    let mut out = Zeroizing::new(Vec::with_capacity(end + 20));
    let mut block = Zeroizing::new(seed.to_vec());
    while out.len() < end {
        block = Zeroizing::new(hmac(SignatureMethod::HmacSha1, secret, &block)?.to_vec());
        let input = Zeroizing::new([block.as_slice(), seed].concat());
        out.extend_from_slice(&Zeroizing::new(hmac(SignatureMethod::HmacSha1, secret, &input)?));
    }
    Ok(Secret::new(out.get(offset..end).unwrap_or_default().to_vec()))
}

/// The key of 20 octets that is derived from a password (UsernameToken Profile 1.1.1, section 4.1).
#[must_use]
pub fn username_token_key(password: &Secret, salt: &[u8], iterations: u32) -> Secret {
    let mut first = Sha1::new();
    first.update(password.octets());
    first.update(salt);
    let mut key = Zeroizing::new(first.finish());
    for _ in 1..iterations {
        *key = openssl::sha::sha1(key.as_slice());
    }
    Secret::new(key.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_an_independent_implementation() {
        // Made with hashlib and hmac of Python.
        let secret = Secret::new(b"secret".to_vec());
        let seed = b"WS-SecureConversationWS-SecureConversation0123456789abcdef";
        let long = p_sha1(&secret, seed, 0, 64).unwrap();
        let part = p_sha1(&secret, seed, 7, 32).unwrap();
        assert_eq!(&long.octets()[7..39], part.octets());
        assert_eq!(super::super::hex(&long.octets()[..20]), FIRST);
        for (offset, length) in [(0, 0), (0, 1025), (1024, 1), (usize::MAX, 1), (0, usize::MAX)] {
            let error = p_sha1(&secret, seed, offset, length).unwrap_err();
            assert_eq!(error.cause(), Cause::InvalidArgument);
        }
    }

    #[test]
    fn hkdf_is_that_of_the_standard() {
        // RFC 5869, appendix A.1 and A.3.
        let secret = Secret::new([0x0B; 22]);
        let of = |salt: std::ops::Range<u8>, info: std::ops::Range<u8>| KeyDerivation::Hkdf {
            prf: SignatureMethod::HmacSha256,
            salt: salt.collect(),
            info: info.collect(),
        };
        let hex = |key: Secret| super::super::hex(key.octets());
        assert_eq!(
            hex(of(0..13, 0xF0..0xFA).derive(&secret, 42).unwrap()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        );
        assert_eq!(
            hex(of(0..0, 0..0).derive(&secret, 42).unwrap()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        );
    }

    #[test]
    fn concat_kdf_is_that_of_an_independent_implementation() {
        // Made with hashlib of Python; RFC 7518, appendix C, has the first 16 octets.
        let secret = [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49,
            110, 163, 218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
        ];
        let mut other_info = vec![0, 0, 0, 7];
        other_info.extend(b"A128GCM\0\0\0\x05Alice\0\0\0\x03Bob\0\0\0\x80");
        let derivation = KeyDerivation::ConcatKdf { digest: DigestMethod::Sha256, other_info };
        let secret = Secret::new(secret);
        let key = derivation.derive(&secret, 16).unwrap();
        assert_eq!(super::super::base64(key.octets()), "VqqN6vgjbSBcIijNcacQGg==");
        let long = derivation.derive(&secret, 100).unwrap();
        assert_eq!(&long.octets()[..16], key.octets());
        assert_eq!(long.octets().len(), 100);
        for length in [0, MOST_DERIVED + 1] {
            let error = derivation.derive(&secret, length).unwrap_err();
            assert_eq!(error.cause(), Cause::InvalidArgument);
        }
    }

    #[test]
    fn md5_is_legacy_and_sha1_is_not() {
        let concat = |digest| KeyDerivation::ConcatKdf { digest, other_info: Vec::new() }.legacy();
        let hkdf = |prf| KeyDerivation::Hkdf { prf, salt: Vec::new(), info: Vec::new() }.legacy();
        let md5 = LegacySet::NONE.with(Legacy::Md5);
        assert_eq!(concat(DigestMethod::Md5), md5);
        assert_eq!(hkdf(SignatureMethod::HmacMd5), md5);
        assert!(concat(DigestMethod::Sha1).is_empty());
        assert!(hkdf(SignatureMethod::HmacSha1).is_empty());
    }

    const FIRST: &str = "00fdc6ee43a7b077afcdf302fc7d30f3960c4601";
}
