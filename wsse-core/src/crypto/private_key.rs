//! Private keys, shared secrets, and the making of signatures.

use super::digester::message_digest;
use super::hash::Hash;
use super::public_key::{KeyKind, PublicKey, ecdsa_numbers, prepare};
use super::random::{SecureRandom, SystemRandom};
use super::remote_key::{self, RemoteKey, digest_of};
use super::secret::{Secret, equal};
use super::signature_method::{KeyFamily, SignatureMethod};
use super::soundness::is_sound;
use crate::error::{Cause, Error};
use core::fmt;
use openssl::error::ErrorStack;
use openssl::md_ctx::MdCtx;
use openssl::pkey::{PKey, Private};
use openssl::pkey_ctx::PkeyCtx;
use std::sync::{Arc, Mutex, OnceLock};
use zeroize::Zeroizing;

/// A private key that was read and found sound, or one that is held elsewhere. Cheap to clone; never
/// shown.
#[derive(Clone)]
pub struct PrivateKey(Arc<Inner>);

struct Inner {
    held: Held,
    public: PublicKey,
    /// Made when the first key is decrypted.
    replacement: OnceLock<Secret>,
}

pub(super) enum Held {
    Here(LocalKey),
    Elsewhere(Arc<dyn RemoteKey>),
}

pub(super) struct LocalKey {
    pub(super) key: PKey<Private>,
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
        let held = Held::Here(LocalKey { key, contexts: Mutex::default() });
        Ok(Self(Arc::new(Inner { held, public, replacement: OnceLock::new() })))
    }

    /// The private key of `public` that is held elsewhere. Whether it is that is seen with the first
    /// signature.
    #[must_use]
    pub fn remote(public: PublicKey, key: Arc<dyn RemoteKey>) -> Self {
        let held = Held::Elsewhere(key);
        Self(Arc::new(Inner { held, public, replacement: OnceLock::new() }))
    }

    /// Whoever holds the key, where that is not here.
    #[must_use]
    pub fn holder(&self) -> Option<&dyn RemoteKey> {
        match &self.0.held {
            Held::Here(_) => None,
            Held::Elsewhere(remote) => Some(&**remote),
        }
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
        if method.pss().is_some() && !self.0.public.allows(method) {
            let reason = format!(
                "the key is for RSASSA-PSS with other parameters than those of {}",
                method.name()
            );
            return Err(Error::new(Cause::KeyType, reason));
        }
        Ok(self.0.public.signature_length())
    }

    /// Signs `octets`. An ECDSA signature is the two numbers r and s in octets of the length of the
    /// order (XML Signature 1.1, section 6.4.3).
    ///
    /// # Errors
    /// As [`Self::signature_length`];
    /// [`Cause::RandomUnavailable`] where OpenSSL could not sign; of a key that is held elsewhere,
    /// what [`RemoteKey::sign`] returns, and [`Cause::RemoteKeyMismatch`] where that does not hold
    /// under the public key.
    pub fn sign(&self, method: SignatureMethod, octets: &[u8]) -> Result<Vec<u8>, Error> {
        self.check(method)?;
        let local = match &self.0.held {
            Held::Here(local) => local,
            Held::Elsewhere(remote) => {
                return remote_key::sign(&**remote, &self.0.public, method, octets);
            }
        };
        let failed = |error: ErrorStack| {
            let reason = format!("OpenSSL could not sign with {}: {error}", method.name());
            Error::new(Cause::RandomUnavailable, reason)
        };
        let Some(digest) = digest_of(method, octets)? else {
            return local.sign_undigested(octets).map_err(failed);
        };
        let signature = local.sign_digested(method, digest.octets()).map_err(failed)?;
        match self.kind() {
            kind @ KeyKind::Ec { .. } => {
                ecdsa_numbers(&signature, kind.half_length()).map_err(failed)
            }
            _ => Ok(signature),
        }
    }

    pub(super) fn held(&self) -> &Held {
        &self.0.held
    }

    /// A secret that whoever sends messages can't know: what takes the place of keys that do not
    /// decrypt is derived from it. Of a key that is held elsewhere it lasts as long as the key here.
    pub(super) fn replacement_secret(&self) -> Result<&Secret, Error> {
        if let Some(secret) = self.0.replacement.get() {
            return Ok(secret);
        }
        let secret = match &self.0.held {
            Held::Here(local) => {
                let der = local.key.private_key_to_der().map(Zeroizing::new).map_err(|_| {
                    let reason = "the private key can't be written as DER";
                    Error::new(Cause::UnreadableKey, reason)
                })?;
                let digest = Hash::Sha256.digest(&[b"wsse: in place of a key", &der]);
                Secret::new(digest.octets())
            }
            Held::Elsewhere(_) => {
                let mut octets = vec![0; 32];
                SystemRandom.fill(&mut octets)?;
                Secret::new(octets)
            }
        };
        Ok(self.0.replacement.get_or_init(|| secret))
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
}

impl LocalKey {
    fn sign_undigested(&self, octets: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let mut context = MdCtx::new()?;
        context.digest_sign_init(None, &self.key)?;
        let mut signature = Vec::new();
        context.digest_sign_to_vec(octets, &mut signature)?;
        Ok(signature)
    }

    fn sign_digested(&self, method: SignatureMethod, digest: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let waiting = self.contexts.try_lock().ok().and_then(|mut contexts| {
            let place = contexts.iter().position(|(ready, _)| *ready == method)?;
            Some(contexts.swap_remove(place).1)
        });
        let mut context = match waiting {
            Some(context) => context,
            None => self.context(method)?,
        };
        let mut signature = Vec::new();
        context.sign_to_vec(digest, &mut signature)?;
        if let Ok(mut contexts) = self.contexts.try_lock()
            && contexts.len() < MOST_CONTEXTS
        {
            contexts.push((method, context));
        }
        Ok(signature)
    }

    fn context(&self, method: SignatureMethod) -> Result<PkeyCtx<Private>, ErrorStack> {
        let mut context = PkeyCtx::new(&self.key)?;
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
