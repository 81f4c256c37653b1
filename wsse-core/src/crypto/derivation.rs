//! Keys that are derived from other secrets.

use super::private_key::hmac;
use super::secret::Secret;
use super::signature_method::SignatureMethod;
use crate::error::{Cause, Error};
use openssl::sha::Sha1;
use zeroize::Zeroizing;

/// Octets of a key that is derived at most, and of what may be left out in front of it: more than any
/// method needs, and little enough that nobody is kept busy by it.
pub const MOST_DERIVED: usize = 1024;

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

    const FIRST: &str = "00fdc6ee43a7b077afcdf302fc7d30f3960c4601";
}
