//! Certificates that peers send with every message, read once.

use super::algorithms::DigestMethod;
use super::certificate::Certificate;
use super::digester::Digester;
use crate::error::Error;
use core::fmt;
use core::mem;
use std::collections::HashMap;
use std::sync::Mutex;

/// Certificates by the SHA-256 of their DER, so that a token that comes with every message is read
/// once, and the contexts that its key keeps stay ready. Nothing is believed for being in here.
///
/// Bounded in number and octets, whatever peers send: entries are kept in two generations of half
/// the bound; a full one replaces the one before, and what is asked for again moves on.
#[derive(Default)]
pub struct CertificateCache {
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    young: HashMap<[u8; 32], Certificate>,
    old: HashMap<[u8; 32], Certificate>,
}

/// Entries of one generation at most; there are two.
const HALF: usize = 128;
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
        if let Ok(mut generations) = self.generations.try_lock()
            && let Some(certificate) = generations.get(key)
        {
            return Ok(certificate);
        }
        let certificate = Certificate::from_der(der)?;
        if let Ok(mut generations) = self.generations.try_lock() {
            generations.insert(*key, certificate.clone());
        }
        Ok(certificate)
    }
}

impl Generations {
    fn get(&mut self, key: &[u8; 32]) -> Option<Certificate> {
        if let Some(certificate) = self.young.get(key) {
            return Some(certificate.clone());
        }
        let certificate = self.old.remove(key)?;
        self.insert(*key, certificate.clone());
        Some(certificate)
    }

    fn insert(&mut self, key: [u8; 32], certificate: Certificate) {
        if self.young.len() >= HALF {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, certificate);
    }
}

impl fmt::Debug for CertificateCache {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CertificateCache").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert_eq!(cache.get_or_read(b"x").unwrap_err().cause(), Cause::InvalidCertificate);
        let long = [&client()[..], &[0; MOST_OCTETS]].concat();
        assert_eq!(cache.get_or_read(&long).unwrap_err().cause(), Cause::InvalidCertificate);
        let generations = cache.generations.lock().unwrap();
        assert_eq!((generations.young.len(), generations.old.len()), (2, 0));
    }

    #[test]
    fn it_stays_within_its_bounds_and_keeps_what_is_in_use() {
        let cache = CertificateCache::default();
        let used = cache.get_or_read(&client()).unwrap();
        let once = cache.get_or_read(&variant(0)).unwrap();
        for number in 1..1000 {
            cache.get_or_read(&variant(number)).unwrap();
            if number % 50 == 0 {
                assert!(is_one(&used, &cache.get_or_read(&client()).unwrap()), "{number}");
            }
            let generations = cache.generations.lock().unwrap();
            assert!(generations.young.len() <= HALF && generations.old.len() <= HALF);
        }
        assert!(!is_one(&once, &cache.get_or_read(&variant(0)).unwrap()));
    }

    #[test]
    fn a_cache_that_is_busy_is_done_without() {
        let cache = CertificateCache::default();
        let first = cache.get_or_read(&client()).unwrap();
        let _busy = cache.generations.lock().unwrap();
        let second = cache.get_or_read(&client()).unwrap();
        assert!(first == second && !is_one(&first, &second));
    }
}
