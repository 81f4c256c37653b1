//! Private keys that are held elsewhere: in a KMS, in an HSM, on a smart card.

use super::digest_method::DigestMethod;
use super::digester::Digester;
use super::hash::Digest;
use super::public_key::{KeyKind, PublicKey, ecdsa_numbers};
use super::secret::Secret;
use super::signature_method::{KeyFamily, SignatureMethod};
use crate::error::{Cause, Error};
use core::fmt;

/// A private key that never comes here. [`super::PrivateKey::remote`] makes a key of it that stands
/// wherever another one does.
///
/// Each operation is called where a message is protected or validated, on the caller's thread, by
/// several threads at once, and is waited for: nothing here starts a thread or ends a call that
/// takes too long. So it must come back by itself, within a time that the implementation chooses,
/// and say with [`Cause::RemoteKeyUnavailable`] that there was no answer.
///
/// What is signed is checked under the public key before it is used.
pub trait RemoteKey: Send + Sync {
    /// Signs `request.octets` with `request.method`, of which a service may want the
    /// [`SigningRequest::digest`] or the [`SigningRequest::digest_info`]. The signature is what the
    /// method says (RFC 8017; RFC 8032); of ECDSA either the numbers r and s, each of the length of
    /// the order, or the two as a sequence in DER.
    ///
    /// # Errors
    /// [`Cause::RemoteKeyUnavailable`] where the key did not answer in time, or refused. Whatever it
    /// returns is what the caller gets.
    fn sign(&self, request: &SigningRequest<'_>) -> Result<Vec<u8>, Error>;

    /// The secret that was encrypted to the key: None where the octets do not decrypt. A sender must
    /// not be able to tell why not, or find it out from the time that it takes, so an implementation
    /// that gets one answer for "wrong padding" and another for "no such key" must keep them apart:
    /// None for the first, an error for the second.
    ///
    /// # Errors
    /// [`Cause::RemoteKeyUnavailable`] where the key did not answer; [`Cause::NoKey`] where it
    /// decrypts nothing, which is what it does unless an implementation says otherwise.
    fn decrypt(&self, request: &DecryptionRequest<'_>) -> Result<Option<Secret>, Error> {
        let reason = format!("the key is held elsewhere, and does not decrypt {}", request.name());
        Err(Error::new(Cause::NoKey, reason))
    }

    /// The shared secret of the key and of `public`, for key agreement: the x coordinate (ECDH), or
    /// the octets of RFC 7748, before any derivation. None where there is none, as for
    /// [`Self::decrypt`].
    ///
    /// # Errors
    /// As [`Self::decrypt`].
    fn agree(&self, public: &PublicKey) -> Result<Option<Secret>, Error> {
        let kind = public.kind();
        let reason = format!("the key is held elsewhere, and agrees on none with {kind}");
        Err(Error::new(Cause::NoKey, reason))
    }
}

/// What a [`RemoteKey`] is to sign.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SigningRequest<'r> {
    /// The method, which fits the key.
    pub method: SignatureMethod,
    /// The octets that are signed: the canonical SignedInfo.
    pub octets: &'r [u8],
}

/// What a [`RemoteKey`] is to decrypt: the CipherValue of an EncryptedKey (XML Encryption 1.1,
/// section 5.5).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum DecryptionRequest<'r> {
    /// RSAES-PKCS1-v1_5.
    Rsa15 {
        /// The octets that were encrypted.
        octets: &'r [u8],
    },
    /// RSAES-OAEP.
    RsaOaep {
        /// The octets that were encrypted.
        octets: &'r [u8],
        /// The digest of the label.
        digest: DigestMethod,
        /// The digest in MGF1.
        mask_digest: DigestMethod,
        /// The label, OAEPparams; mostly empty.
        label: &'r [u8],
    },
}

impl SigningRequest<'_> {
    /// The digest of the octets that the method signs; None for EdDSA, which takes the octets as they
    /// are.
    ///
    /// # Errors
    /// [`Cause::UnsupportedAlgorithm`] where OpenSSL has no such digest.
    pub fn digest(&self) -> Result<Option<Digest>, Error> {
        digest_of(self.method, self.octets)
    }

    /// The DigestInfo in DER that RSASSA-PKCS1-v1_5 pads (RFC 8017, section 9.2), which PKCS#11 calls
    /// the data of `CKM_RSA_PKCS`; None for every other method.
    ///
    /// # Errors
    /// As [`Self::digest`].
    pub fn digest_info(&self) -> Result<Option<Vec<u8>>, Error> {
        let method = self.method;
        if method.family() != KeyFamily::Rsa || method.pss().is_some() {
            return Ok(None);
        }
        let identifier = method.digest().and_then(DigestMethod::object_identifier);
        Ok(self.digest()?.zip(identifier).map(|(digest, identifier)| {
            let algorithm = [sequence(0x06, identifier).as_slice(), &sequence(0x05, &[])].concat();
            let octets = sequence(0x04, digest.octets());
            sequence(0x30, &[sequence(0x30, &algorithm), octets].concat())
        }))
    }
}

/// A value in DER, of under 128 octets.
fn sequence(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    [&[tag, length], content].concat()
}

pub(super) fn digest_of(method: SignatureMethod, octets: &[u8]) -> Result<Option<Digest>, Error> {
    let Some(digest) = method.digest() else { return Ok(None) };
    let mut digester = Digester::new(digest);
    digester.update(octets);
    digester.finish().map(Some)
}

impl DecryptionRequest<'_> {
    fn name(&self) -> &'static str {
        match self {
            Self::Rsa15 { .. } => "RSAES-PKCS1-v1_5",
            Self::RsaOaep { .. } => "RSAES-OAEP",
        }
    }
}

/// Has `remote`, the private key of `public`, sign, and checks what it made.
pub(super) fn sign(
    remote: &dyn RemoteKey,
    public: &PublicKey,
    method: SignatureMethod,
    octets: &[u8],
) -> Result<Vec<u8>, Error> {
    let answer = remote.sign(&SigningRequest { method, octets })?;
    let expected = public.signature_length();
    let is_ec = matches!(public.kind(), KeyKind::Ec { .. });
    if answer.len() == expected && public.verify(method, octets, &answer).is_ok() {
        return Ok(answer);
    }
    if is_ec
        && let Ok(numbers) = ecdsa_numbers(&answer, expected / 2)
        && public.verify(method, octets, &numbers).is_ok()
    {
        return Ok(numbers);
    }
    Err(wrong_answer(method, public.kind(), answer.len(), expected, is_ec))
}

fn wrong_answer(
    method: SignatureMethod,
    kind: KeyKind,
    length: usize,
    expected: usize,
    is_ec: bool,
) -> Error {
    let method = method.name();
    // A signature in DER has no one length.
    let reason = if length == expected || is_ec {
        format!(
            "what the key that is held elsewhere made with {method} is no signature of the \
             certificate's key, {kind}: another key signed, or something else was signed"
        )
    } else {
        format!(
            "what the key that is held elsewhere made with {method} has {length} octets; a signature \
             of the certificate's key, {kind}, has {expected}"
        )
    };
    Error::new(Cause::RemoteKeyMismatch, reason)
}

impl fmt::Debug for dyn RemoteKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RemoteKey")
    }
}
