//! Encrypting and decrypting keys.
//!
//! Decrypting a key never fails for what stands in it: in place of a key that does not come out,
//! another comes out that is derived from the secret and the ciphertext, so that whoever sends
//! ciphertexts sees the same failure of the data in every case (Bleichenbacher's and Manger's
//! attacks; XML Encryption 1.1, section 6.1.3).

use super::digester::message_digest;
use super::key_encryption::{KeyTransport, KeyWrap, MOST_OAEP_LABEL};
use super::legacy_set::{Legacy, LegacySet};
use super::private_key::{Held, PrivateKey, hmac};
use super::public_key::{KeyKind, PublicKey};
use super::remote_key::DecryptionRequest;
use super::secret::Secret;
use super::signature_method::SignatureMethod;
use crate::error::{Cause, Error};
use openssl::cipher::Cipher;
use openssl::cipher_ctx::{CipherCtx, CipherCtxFlags};
use openssl::error::ErrorStack;
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use std::sync::LazyLock;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

/// Bits of an RSA key of ours, at least.
const LEAST_RSA_BITS: u32 = 1024;
/// Octets of a key that is wanted, at most.
const MOST_KEY: usize = 512;
/// Octets of the key that takes the place of one of unknown length.
const USUAL_KEY: usize = 32;
/// Octets that wrapping adds, at most.
const MOST_ADDED: usize = 16;
/// The first version of OpenSSL that decrypts RSA 1.5 with implicit rejection, which its
/// documentation calls a key derived from the private key and the ciphertext.
const IMPLICIT_REJECTION: i64 = 0x3020_0000;

impl PrivateKey {
    /// Decrypts a key. `length` is what the algorithm needs that the key is for; None where it takes
    /// any length, as HMAC does. `label` is that of RSA-OAEP, empty where there is none.
    ///
    /// Whatever stands in `ciphertext`, a key comes out, of the length that is needed.
    ///
    /// # Errors
    /// [`Cause::KeyType`] where the key is not RSA; [`Cause::KeyTooSmall`] under 1024 bits;
    /// [`Cause::ReferenceCount`] for a label of more than [`MOST_OAEP_LABEL`] octets;
    /// [`Cause::NotBuilt`] for RSA 1.5 with an OpenSSL before 3.2; of a key that is held elsewhere,
    /// what [`RemoteKey::decrypt`](super::RemoteKey::decrypt) returns.
    pub fn decrypt_key(
        &self,
        method: KeyTransport,
        label: &[u8],
        ciphertext: &[u8],
        length: Option<usize>,
    ) -> Result<Secret, Error> {
        let bits = rsa_bits(self.kind(), method)?;
        if bits < LEAST_RSA_BITS {
            let reason = format!("the RSA key has {bits} bits, {LEAST_RSA_BITS} are needed");
            return Err(Error::new(Cause::KeyTooSmall, reason));
        }
        check_label(label)?;
        let mut octets = Zeroizing::new(vec![0; (bits.div_ceil(8) as usize).max(MOST_KEY)]);
        let found = match self.held() {
            Held::Here(local) => {
                check_implicit_rejection(method.legacy())?;
                let mut decrypt = || -> Result<usize, ErrorStack> {
                    let mut context = PkeyCtx::new(&local.key)?;
                    context.decrypt_init()?;
                    prepare(&mut context, method, label)?;
                    context.decrypt(ciphertext, Some(&mut octets))
                };
                decrypt().unwrap_or(0)
            }
            Held::Elsewhere(remote) => {
                let answer = remote.decrypt(&request(method, label, ciphertext))?;
                let answer = answer.as_ref().map_or(&[][..], Secret::octets);
                octets.iter_mut().zip(answer).for_each(|(place, octet)| *place = *octet);
                answer.len()
            }
        };
        choose(self.replacement_secret()?, ciphertext, &octets, found, length)
    }
}

impl PublicKey {
    /// Encrypts a key. Randomness is OpenSSL's own, as that of signatures.
    ///
    /// # Errors
    /// [`Cause::KeyType`] where the key is not RSA, or has no room for `key`;
    /// [`Cause::InvalidArgument`] for a label of more than [`MOST_OAEP_LABEL`] octets;
    /// [`Cause::RandomUnavailable`] where OpenSSL could not encrypt.
    pub fn encrypt_key(
        &self,
        method: KeyTransport,
        label: &[u8],
        key: &Secret,
    ) -> Result<Vec<u8>, Error> {
        let bits = rsa_bits(self.kind(), method)?;
        check_label(label).map_err(|error| Error::new(Cause::InvalidArgument, error.reason()))?;
        let room = match method.oaep() {
            Some(parameters) => parameters.room(bits),
            // RFC 8017, section 7.2.1.
            None => (bits.div_ceil(8) as usize).saturating_sub(11),
        };
        if key.octets().is_empty() || key.octets().len() > room {
            let reason = format!(
                "the RSA key of {bits} bits has no room for a key of {} octets under {}",
                key.octets().len(),
                method.name()
            );
            return Err(Error::new(Cause::KeyType, reason));
        }
        let encrypt = || -> Result<Vec<u8>, ErrorStack> {
            let mut context = PkeyCtx::new(self.pkey())?;
            context.encrypt_init()?;
            prepare(&mut context, method, label)?;
            let mut ciphertext = Vec::new();
            context.encrypt_to_vec(key.octets(), &mut ciphertext)?;
            Ok(ciphertext)
        };
        encrypt().map_err(|error| {
            let reason = format!("OpenSSL could not encrypt with {}: {error}", method.name());
            Error::new(Cause::RandomUnavailable, reason)
        })
    }
}

impl KeyWrap {
    /// Wraps a key under another.
    ///
    /// # Errors
    /// [`Cause::KeyType`] where `wrapping` has another length than the method needs, or `key` is no
    /// whole number of blocks of 8 octets; [`Cause::UnsupportedAlgorithm`] where OpenSSL refuses.
    pub fn wrap(self, wrapping: &Secret, key: &Secret) -> Result<Vec<u8>, Error> {
        self.check_key(wrapping)?;
        let octets = key.octets();
        if octets.len() < 16 || octets.len() > MOST_KEY || !octets.len().is_multiple_of(8) {
            let reason =
                format!("a key of {} octets can't be wrapped with {}", octets.len(), self.name());
            return Err(Error::new(Cause::KeyType, reason));
        }
        let wrap = || -> Result<Vec<u8>, ErrorStack> {
            let mut context = context()?;
            context.encrypt_init(Some(self.cipher()?), Some(wrapping.octets()), None)?;
            let mut wrapped = vec![0; octets.len() + 2 * MOST_ADDED];
            let length = context.cipher_update(octets, Some(&mut wrapped))?;
            wrapped.truncate(length);
            Ok(wrapped)
        };
        wrap().map_err(|_| {
            let reason = format!("OpenSSL does not compute {}", self.name());
            Error::new(Cause::UnsupportedAlgorithm, reason)
        })
    }

    /// Unwraps a key; `length` as for [`PrivateKey::decrypt_key`].
    ///
    /// Whatever stands in `wrapped`, a key comes out, of the length that is needed.
    ///
    /// # Errors
    /// [`Cause::KeyType`] where `wrapping` has another length than the method needs;
    /// [`Cause::UnsupportedAlgorithm`] where OpenSSL refuses.
    pub fn unwrap_key(
        self,
        wrapping: &Secret,
        wrapped: &[u8],
        length: Option<usize>,
    ) -> Result<Secret, Error> {
        self.check_key(wrapping)?;
        let mut octets = Zeroizing::new(vec![0; MOST_KEY + 2 * MOST_ADDED]);
        let mut open = || -> Result<usize, ErrorStack> {
            let mut context = context()?;
            context.decrypt_init(Some(self.cipher()?), Some(wrapping.octets()), None)?;
            // What is longer than every key is none.
            let wrapped = wrapped.get(..MOST_KEY).map_or(wrapped, |_| &[]);
            context.cipher_update(wrapped, Some(&mut octets))
        };
        let found = open().unwrap_or(0);
        choose(wrapping, wrapped, &octets, found, length)
    }

    fn check_key(self, wrapping: &Secret) -> Result<(), Error> {
        let octets = wrapping.octets().len();
        if octets == self.key_length() {
            return Ok(());
        }
        let reason = format!(
            "the key has {octets} octets, and {} works with {}",
            self.name(),
            self.key_length()
        );
        Err(Error::new(Cause::KeyType, reason))
    }

    fn cipher(self) -> Result<&'static Cipher, ErrorStack> {
        macro_rules! fetched {
            ($name:literal) => {{
                static FETCHED: LazyLock<Result<Cipher, ErrorStack>> =
                    LazyLock::new(|| Cipher::fetch(None, $name, None));
                FETCHED.as_ref().map_err(Clone::clone)
            }};
        }
        match self {
            Self::Aes128 => fetched!("AES-128-WRAP"),
            Self::Aes192 => fetched!("AES-192-WRAP"),
            Self::Aes256 => fetched!("AES-256-WRAP"),
            Self::TripleDes => fetched!("DES3-WRAP"),
        }
    }
}

/// Refuses RSA 1.5 where the linked OpenSSL decrypts it without implicit rejection, which makes it an
/// oracle. Whoever allows `rsa15` asks here when he is built, and not when the first message comes.
///
/// # Errors
/// [`Cause::NotBuilt`].
pub fn check_implicit_rejection(allowed: LegacySet) -> Result<(), Error> {
    if !allowed.allows(Legacy::Rsa15) || openssl::version::number() >= IMPLICIT_REJECTION {
        return Ok(());
    }
    Err(Error::new(
        Cause::NotBuilt,
        "`rsa15` needs OpenSSL 3.2 or newer, and this build is linked to an older one, with which \
         whoever sends messages could have them decrypted",
    ))
}

fn request<'r>(method: KeyTransport, label: &'r [u8], octets: &'r [u8]) -> DecryptionRequest<'r> {
    match method.oaep() {
        None => DecryptionRequest::Rsa15 { octets },
        Some(parameters) => DecryptionRequest::RsaOaep {
            octets,
            digest: parameters.digest(),
            mask_digest: parameters.mask_digest(),
            label,
        },
    }
}

fn rsa_bits(kind: KeyKind, method: KeyTransport) -> Result<u32, Error> {
    match kind {
        KeyKind::Rsa { bits } => Ok(bits),
        _ => {
            let reason =
                format!("the method {} does not fit the key, which is {kind}", method.name());
            Err(Error::new(Cause::KeyType, reason))
        }
    }
}

fn check_label(label: &[u8]) -> Result<(), Error> {
    if label.len() <= MOST_OAEP_LABEL {
        return Ok(());
    }
    let reason = format!("the OAEPparams have more than {MOST_OAEP_LABEL} octets");
    Err(Error::new(Cause::ReferenceCount, reason))
}

/// Tells a context that was begun the method, all of it.
fn prepare<T>(
    context: &mut PkeyCtx<T>,
    method: KeyTransport,
    label: &[u8],
) -> Result<(), ErrorStack> {
    let Some(parameters) = method.oaep() else {
        return context.set_rsa_padding(Padding::PKCS1);
    };
    context.set_rsa_padding(Padding::PKCS1_OAEP)?;
    context.set_rsa_oaep_md(message_digest(parameters.digest()))?;
    context.set_rsa_mgf1_md(message_digest(parameters.mask_digest()))?;
    if label.is_empty() { Ok(()) } else { context.set_rsa_oaep_label(label) }
}

fn context() -> Result<CipherCtx, ErrorStack> {
    let mut context = CipherCtx::new()?;
    context.set_flags(CipherCtxFlags::FLAG_WRAP_ALLOW);
    Ok(context)
}

/// The first `length` of `octets` where so many were found, and otherwise as many that are derived
/// from `secret` and `ciphertext`. Both are made in either case, and chosen between without a branch.
fn choose(
    secret: &Secret,
    ciphertext: &[u8],
    octets: &[u8],
    found: usize,
    length: Option<usize>,
) -> Result<Secret, Error> {
    let (length, holds) = match length {
        Some(length) => (length, (found as u64).ct_eq(&(length as u64))),
        None if (1..=MOST_KEY).contains(&found) => (found, Choice::from(1)),
        None => (USUAL_KEY, Choice::from(0)),
    };
    let mut key = Zeroizing::new(Vec::with_capacity(length + USUAL_KEY));
    for counter in 0_u32.. {
        if key.len() >= length {
            break;
        }
        let input = [&counter.to_be_bytes(), ciphertext].concat();
        key.extend_from_slice(&hmac(SignatureMethod::HmacSha256, secret, &input)?);
    }
    key.truncate(length);
    for (place, octet) in key.iter_mut().zip(octets) {
        place.conditional_assign(octet, holds);
    }
    Ok(Secret::new(core::mem::take(&mut *key)))
}
