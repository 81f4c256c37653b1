//! Certificates that peers send with every message, read once.

use super::certificate::Certificate;
use super::digest_method::DigestMethod;
use super::digester::Digester;
use super::recently_used::RecentlyUsed;
use crate::error::Error;

/// Certificates by the SHA-256 of their DER, so that a token that comes with every message is read
/// once, and the contexts that its key keeps stay ready. Nothing is believed for being in here.
/// Bounded in number and octets, whatever peers send.
#[derive(Debug, Default)]
pub struct CertificateCache {
    known: RecentlyUsed<Certificate>,
}

/// Octets of a certificate that is kept, at most: real ones have one to three thousand.
const MOST_OCTETS: usize = 8 << 10;

impl CertificateCache {
    /// The certificate in `der`: the one that was read before, or read now. Where another thread
    /// holds the cache, nobody waits: it is read.
    ///
    /// # Errors
    /// As [`Certificate::from_der`].
    pub fn get_or_read(&self, der: &[u8]) -> Result<Certificate, Error> {
        if der.len() > MOST_OCTETS {
            return Certificate::from_der(der);
        }
        let mut digester = Digester::new(DigestMethod::Sha256);
        digester.update(der);
        let digest = digester.finish()?;
        let Some(key) = digest.octets().first_chunk::<32>() else {
            return Certificate::from_der(der);
        };
        if let Some(certificate) = self.known.get(key) {
            return Ok(certificate);
        }
        let certificate = Certificate::from_der(der)?;
        self.known.insert(*key, certificate.clone());
        Ok(certificate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::recently_used::HALF;
    use crate::error::Cause;

    fn client() -> Vec<u8> {
        include_bytes!("../../../vectors/keys/client.crt.der").to_vec()
    }

    /// The client's certificate with another signature value, which nobody checks here.
    fn variant(number: u16) -> Vec<u8> {
        let mut der = client();
        let end = der.len();
        der[end - 2..].copy_from_slice(&number.to_be_bytes());
        der
    }

    fn is_one(left: &Certificate, right: &Certificate) -> bool {
        core::ptr::eq(left.der(), right.der())
    }

    #[test]
    fn what_was_read_is_found_and_nothing_else_is() {
        let cache = CertificateCache::default();
        let first = cache.get_or_read(&client()).unwrap();
        assert!(is_one(&first, &cache.get_or_read(&client()).unwrap()));
        let other = cache.get_or_read(&variant(7)).unwrap();
        assert_ne!(other, first);
        assert!(is_one(&other, &cache.get_or_read(&variant(7)).unwrap()));
        assert_eq!(cache.get_or_read(b"x").unwrap_err().cause(), Cause::InvalidCertificate);
        let long = [&client()[..], &[0; MOST_OCTETS]].concat();
        assert_eq!(cache.get_or_read(&long).unwrap_err().cause(), Cause::InvalidCertificate);
    }

    #[test]
    fn what_was_not_used_for_long_is_read_again() {
        let cache = CertificateCache::default();
        let once = cache.get_or_read(&client()).unwrap();
        for number in 0..2 * HALF {
            cache.get_or_read(&variant(u16::try_from(number).unwrap())).unwrap();
        }
        assert!(!is_one(&once, &cache.get_or_read(&client()).unwrap()));
    }
}
