//! Private keys, shared secrets, and the making of signatures.

use super::digester::{Digester, message_digest};
use super::public_key::{KeyKind, PublicKey, prepare};
use super::secret::{Secret, equal};
use super::signature_method::{KeyFamily, SignatureMethod};
use super::soundness::is_sound;
use crate::error::{Cause, Error};
use core::fmt;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::md_ctx::MdCtx;
use openssl::pkey::{PKey, Private};
use openssl::pkey_ctx::PkeyCtx;
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

/// A private key that was read and found sound. Cheap to clone; never shown.
#[derive(Clone)]
pub struct PrivateKey(Arc<Inner>);

struct Inner {
    key: PKey<Private>,
    public: PublicKey,
    /// Contexts that are ready to sign with one method.
    contexts: Mutex<Vec<(SignatureMethod, PkeyCtx<Private>)>>,
}

/// Contexts that are kept for a key at most.
const MOST_CONTEXTS: usize = 8;

impl PrivateKey {
    /// Takes over a key that OpenSSL read.
    ///
    /// # Errors
    /// [`Cause::UnreadableKey`] for a key that is none of RSA, EC P-256, P-384, P-521, Ed25519 and
    /// Ed448, or unsound.
    pub(super) fn new(key: PKey<Private>) -> Result<Self, Error> {
        let unreadable = |error: Error| {
            Error::new(Cause::UnreadableKey, format!("the private key: {}", error.reason()))
        };
        let public = key
            .public_key_to_der()
            .map_err(|_| Error::new(Cause::UnreadableKey, "the private key has no public half"))
            .and_then(|der| PublicKey::from_der(&der).map_err(unreadable))?;
        if !is_sound(&key) {
            return Err(Error::new(
                Cause::UnreadableKey,
                "the private key is damaged: its numbers do not belong together",
            ));
        }
        Ok(Self(Arc::new(Inner { key, public, contexts: Mutex::default() })))
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public
    }

    /// What kind of key it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.0.public.kind()
    }

    /// Octets of a signature with `method`, exactly.
    ///
    /// # Errors
    /// [`Cause::KeyType`] where the method does not fit the key, or the key has no room for it;
    /// [`Cause::UnsupportedAlgorithm`] where it is only verified.
    pub fn signature_length(&self, method: SignatureMethod) -> Result<usize, Error> {
        self.check(method)?;
        if method.pss().is_some() && self.context(method).is_err() {
            let reason = format!(
                "the key is for RSASSA-PSS with other parameters than those of {}",
                method.name()
            );
            return Err(Error::new(Cause::KeyType, reason));
        }
        Ok(match self.kind() {
            KeyKind::Ec { .. } => 2 * self.kind().half_length(),
            _ => self.0.key.size(),
        })
    }

    /// Signs `octets`. An ECDSA signature is the two numbers r and s in octets of the length of the
    /// order (XML Signature 1.1, section 6.4.3).
    ///
    /// # Errors
    /// As [`Self::signature_length`];
    /// [`Cause::RandomUnavailable`] where OpenSSL could not sign.
    pub fn sign(&self, method: SignatureMethod, octets: &[u8]) -> Result<Vec<u8>, Error> {
        self.check(method)?;
        let failed = |error: ErrorStack| {
            let reason = format!("OpenSSL could not sign with {}: {error}", method.name());
            Error::new(Cause::RandomUnavailable, reason)
        };
        let Some(digest) = method.digest() else {
            return self.sign_undigested(octets).map_err(failed);
        };
        let mut digester = Digester::new(digest);
        digester.update(octets);
        let digest = digester.finish()?;
        let waiting = self.0.contexts.try_lock().ok().and_then(|mut contexts| {
            let place = contexts.iter().position(|(ready, _)| *ready == method)?;
            Some(contexts.swap_remove(place).1)
        });
        let mut context = match waiting {
            Some(context) => context,
            None => self.context(method).map_err(failed)?,
        };
        let mut signature = Vec::new();
        context.sign_to_vec(digest.octets(), &mut signature).map_err(failed)?;
        if let Ok(mut contexts) = self.0.contexts.try_lock()
            && contexts.len() < MOST_CONTEXTS
        {
            contexts.push((method, context));
        }
        match self.kind() {
            KeyKind::Ec { .. } => self.halves(&signature).map_err(failed),
            _ => Ok(signature),
        }
    }

    /// Refuses a method that does not fit the key, and one that is only verified.
    fn check(&self, method: SignatureMethod) -> Result<(), Error> {
        method.check_signs()?;
        self.kind().check_family(method)?;
        if let (KeyKind::Rsa { bits } | KeyKind::RsaPss { bits }, Some(parameters)) =
            (self.kind(), method.pss())
            && !parameters.fits(bits)
        {
            let reason = format!("the RSA key of {bits} bits is too short for {}", method.name());
            return Err(Error::new(Cause::KeyType, reason));
        }
        Ok(())
    }

    fn sign_undigested(&self, octets: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let mut context = MdCtx::new()?;
        context.digest_sign_init(None, &self.0.key)?;
        let mut signature = Vec::new();
        context.digest_sign_to_vec(octets, &mut signature)?;
        Ok(signature)
    }

    fn halves(&self, der: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let half = i32::try_from(self.kind().half_length()).unwrap_or(0);
        let signature = EcdsaSig::from_der(der)?;
        let mut octets = signature.r().to_vec_padded(half)?;
        octets.extend_from_slice(&signature.s().to_vec_padded(half)?);
        Ok(octets)
    }

    fn context(&self, method: SignatureMethod) -> Result<PkeyCtx<Private>, ErrorStack> {
        let mut context = PkeyCtx::new(&self.0.key)?;
        context.sign_init()?;
        prepare(&mut context, method)?;
        Ok(context)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PrivateKey").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

/// The HMAC of `octets` under a shared secret (XML Signature 1.1, section 6.3.1), never truncated.
///
/// # Errors
/// [`Cause::KeyType`] where the method is no HMAC; [`Cause::InvalidArgument`] for an empty secret.
pub fn hmac(
    method: SignatureMethod,
    secret: &Secret,
    octets: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (KeyFamily::Hmac, Some(digest)) = (method.family(), method.digest()) else {
        let reason = format!("the method {} does not fit the key, a shared secret", method.name());
        return Err(Error::new(Cause::KeyType, reason));
    };
    if secret.octets().is_empty() {
        return Err(Error::new(Cause::InvalidArgument, "the shared secret is empty"));
    }
    let make = || -> Result<Vec<u8>, ErrorStack> {
        let key = PKey::hmac(secret.octets())?;
        let mut context = MdCtx::new()?;
        context.digest_sign_init(Some(message_digest(digest)), &key)?;
        let mut code = Vec::new();
        context.digest_sign_to_vec(octets, &mut code)?;
        Ok(code)
    };
    make().map(Zeroizing::new).map_err(|error| {
        let reason = format!("OpenSSL could not compute {}: {error}", method.name());
        Error::new(Cause::UnsupportedAlgorithm, reason)
    })
}

/// Checks an HMAC, in a time that depends on its length only. `octets_given` is its length where it
/// was cut short.
///
/// # Errors
/// As [`hmac`]; [`Cause::SignatureMismatch`].
pub fn hmac_verify(
    method: SignatureMethod,
    secret: &Secret,
    octets: &[u8],
    code: &[u8],
    octets_given: Option<usize>,
) -> Result<(), Error> {
    let whole = hmac(method, secret, octets)?;
    let expected = whole.get(..octets_given.unwrap_or(whole.len())).unwrap_or(&whole);
    if equal(expected, code) {
        return Ok(());
    }
    Err(Error::new(
        Cause::SignatureMismatch,
        "the SignatureValue was not made with this shared secret over this SignedInfo",
    ))
}
