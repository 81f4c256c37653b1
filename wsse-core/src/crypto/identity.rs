//! Who we are: a private key with its certificate.

use super::certificate::Certificate;
use super::key_material::KeyMaterial;
use super::private_key::PrivateKey;
use super::remote_key::RemoteKey;
use super::secret::Secret;
use crate::error::{Cause, Error};
use openssl::x509::X509VerifyResult;
use std::sync::Arc;

/// A private key, the certificate that belongs to it, and the path from there upward.
#[derive(Clone, Debug)]
pub struct Identity {
    key: PrivateKey,
    certificate: Certificate,
    chain: Vec<Certificate>,
}

impl Identity {
    /// An identity; the chain is taken as it is.
    ///
    /// # Errors
    /// [`Cause::KeyPairMismatch`] where the certificate is of another key.
    pub fn new(
        key: PrivateKey,
        certificate: Certificate,
        chain: Vec<Certificate>,
    ) -> Result<Self, Error> {
        if !belongs(&key, &certificate) {
            return Err(mismatch(&format!(
                "the certificate of {} is of another key",
                certificate.subject()
            )));
        }
        Ok(Self { key, certificate, chain })
    }

    /// An identity whose private key is held elsewhere: it is used as any other, and each signature
    /// is checked under the certificate before it leaves. The chain is taken as it is.
    #[must_use]
    pub fn remote(
        key: Arc<dyn RemoteKey>,
        certificate: Certificate,
        chain: Vec<Certificate>,
    ) -> Self {
        let key = PrivateKey::remote(certificate.public_key().clone(), key);
        Self { key, certificate, chain }
    }

    /// Reads a private key, and from another text its certificate and those that lead upward, in
    /// any order. Both are read by their content, as [`KeyMaterial::read`] does: one text that
    /// holds all may be given twice.
    ///
    /// # Errors
    /// As [`KeyMaterial::read`] and [`KeyMaterial::into_identity`].
    pub fn from_pem(
        key: &[u8],
        certificate_and_chain: &[u8],
        password: Option<&Secret>,
    ) -> Result<Self, Error> {
        let mut material = KeyMaterial::read(key, password)?;
        let others = KeyMaterial::read(certificate_and_chain, password)?;
        material.certificates.splice(0..0, others.certificates);
        material.into_identity()
    }

    /// Reads a key store that holds all, PKCS#12 or what else [`KeyMaterial::read`] knows.
    ///
    /// # Errors
    /// As [`KeyMaterial::read`] and [`KeyMaterial::into_identity`].
    pub fn from_pkcs12(octets: &[u8], password: Option<&Secret>) -> Result<Self, Error> {
        KeyMaterial::read(octets, password)?.into_identity()
    }

    /// The identity of a key and the first certificate that belongs to it.
    pub(super) fn choose(key: PrivateKey, mut others: Vec<Certificate>) -> Result<Self, Error> {
        let place = others.iter().position(|certificate| belongs(&key, certificate));
        let Some(place) = place else {
            let subjects: Vec<String> =
                others.iter().take(4).map(|one| one.subject().to_rfc2253()).collect();
            return Err(mismatch(&format!(
                "no certificate is of the private key, only those of {}",
                subjects.join("; ")
            )));
        };
        let certificate = others.remove(place);
        let mut chain: Vec<Certificate> = Vec::new();
        loop {
            let below = chain.last().unwrap_or(&certificate);
            if below.is_self_issued() {
                break;
            }
            let Some(place) = others.iter().position(|one| issued(one, below)) else { break };
            let next = others.swap_remove(place);
            chain.push(next);
        }
        Ok(Self { key, certificate, chain })
    }

    /// The private key.
    #[must_use]
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// The certificate of the key.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The certificates above it, the issuer first, as far as they are known.
    #[must_use]
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }
}

fn belongs(key: &PrivateKey, certificate: &Certificate) -> bool {
    key.public_key() == certificate.public_key()
}

/// Whether `above` issued `below`: by name, and by its key.
fn issued(above: &Certificate, below: &Certificate) -> bool {
    above.x509().issued(below.x509()) == X509VerifyResult::OK
        && above.x509().public_key().and_then(|key| below.x509().verify(&key)).unwrap_or(false)
}

fn mismatch(reason: &str) -> Error {
    Error::new(
        Cause::KeyPairMismatch,
        format!("{reason}; give the certificate that was issued for this key"),
    )
}
