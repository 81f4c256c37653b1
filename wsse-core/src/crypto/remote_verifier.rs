//! Keys that check signatures and are held elsewhere: a shared secret in a KMS, above all.

use super::digest_method::DigestMethod;
use super::hash::Digest;
use super::public_key::numbers_der;
use super::remote_key::digest_of;
use super::signature_method::{KeyFamily, SignatureMethod};
use crate::error::{Cause, Error};
use core::fmt;
use std::sync::Arc;

/// Checks signatures with a key that never comes here.
///
/// It is called while a message is validated, on the caller's thread, by several threads at once, and
/// is waited for: nothing here starts a thread or ends a call that takes too long. So it must come
/// back by itself, within a time that the implementation chooses.
///
/// # Security
/// Whoever gives one believes in it: a signature holds because this says so. An HMAC that it computes
/// itself is to be compared in constant time ([`super::equal`]).
pub trait RemoteVerifier: Send + Sync {
    /// Whether the signature holds: true where the key made it, over exactly these octets, with this
    /// method; false where it did not.
    ///
    /// # Errors
    /// [`Cause::RemoteKeyUnavailable`] where there was no answer. Whatever it returns refuses the
    /// message.
    fn verify(&self, request: &VerificationRequest<'_>) -> Result<bool, Error>;
}

/// What a [`RemoteVerifier`] is to check.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct VerificationRequest<'r> {
    /// The method, of the family that the verifier was given for, and allowed by the policy.
    pub method: SignatureMethod,
    /// The octets that were signed: the canonical SignedInfo.
    pub octets: &'r [u8],
    /// The octets of the SignatureValue.
    pub signature: &'r [u8],
}

impl VerificationRequest<'_> {
    /// The digest of the octets inside the method; None for EdDSA, which takes the octets as they are.
    ///
    /// # Errors
    /// [`Cause::UnsupportedAlgorithm`] where OpenSSL has no such digest.
    pub fn digest(&self) -> Result<Option<Digest>, Error> {
        digest_of(self.method, self.octets)
    }

    /// An ECDSA or DSA signature as a sequence in DER, as services want it; None for every other
    /// method, and for a SignatureValue that is not two numbers of one length.
    #[must_use]
    pub fn der(&self) -> Option<Vec<u8>> {
        let is_pair = matches!(self.method.family(), KeyFamily::Ecdsa | KeyFamily::Dsa);
        let is_even = !self.signature.is_empty() && self.signature.len().is_multiple_of(2);
        (is_pair && is_even).then(|| numbers_der(self.signature)).flatten()
    }
}

/// A verifier under its name, for one family of methods.
#[derive(Clone)]
pub struct NamedVerifier {
    name: String,
    family: KeyFamily,
    verifier: Arc<dyn RemoteVerifier>,
}

impl NamedVerifier {
    /// A verifier, and what it checks. A key decides on the family of methods, and not the message:
    /// another is never asked for.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        family: KeyFamily,
        verifier: Arc<dyn RemoteVerifier>,
    ) -> Self {
        Self { name: name.into(), family, verifier }
    }

    /// The name under which it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it checks.
    #[must_use]
    pub fn family(&self) -> KeyFamily {
        self.family
    }

    /// Whether both ask the same implementation.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.verifier, &other.verifier)
    }

    /// Has the signature checked. `octets_given` is the length of an HMAC that was cut short, which
    /// nobody is asked about.
    ///
    /// # Errors
    /// [`Cause::KeyType`] where the method is of another family; [`Cause::UnsupportedAlgorithm`] for
    /// an HMAC that was cut short; [`Cause::SignatureMismatch`]; as [`RemoteVerifier::verify`].
    pub fn verify(
        &self,
        method: SignatureMethod,
        octets: &[u8],
        signature: &[u8],
        octets_given: Option<usize>,
    ) -> Result<(), Error> {
        if method.family() != self.family {
            let reason = format!(
                "the method {} does not fit the key {:?}, which is held elsewhere and checks {} alone",
                method.name(),
                self.name,
                self.family.name()
            );
            return Err(Error::new(Cause::KeyType, reason));
        }
        let whole = method.digest().map(DigestMethod::length);
        if octets_given.is_some_and(|given| Some(given) != whole) {
            let reason = format!(
                "the Signature is an HMAC that was cut short, which the key {:?} that is held \
                 elsewhere is not asked about",
                self.name
            );
            return Err(Error::new(Cause::UnsupportedAlgorithm, reason));
        }
        if self.verifier.verify(&VerificationRequest { method, octets, signature })? {
            return Ok(());
        }
        let reason = format!(
            "the key {:?}, which is held elsewhere, did not make the SignatureValue over this \
             SignedInfo: another key signed, or SignedInfo was changed",
            self.name
        );
        Err(Error::new(Cause::SignatureMismatch, reason))
    }
}

impl fmt::Debug for NamedVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NamedVerifier")
            .field("name", &self.name)
            .field("family", &self.family)
            .finish_non_exhaustive()
    }
}
