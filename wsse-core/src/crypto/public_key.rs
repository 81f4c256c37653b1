//! Public keys, and the check of a signature under one.

use super::digest_method::DigestMethod;
use super::digester::{Digester, message_digest};
use super::signature_method::{KeyFamily, SignatureMethod};
use super::subject_public_key_info::subject_public_key_info;
use crate::error::{Cause, Error};
use core::fmt;
use openssl::bn::{BigNum, BigNumRef};
use openssl::dsa::DsaRef;
use openssl::ec::Asn1Flag;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::md_ctx::MdCtx;
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, Id, PKey, PKeyRef, Public};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::{Padding, Rsa};
use openssl::sign::RsaPssSaltlen;
use std::sync::{Arc, Mutex};

/// A public key that was read and found sound. Cheap to clone; equal by its SubjectPublicKeyInfo.
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

struct Inner {
    key: PKey<Public>,
    der: Vec<u8>,
    kind: KeyKind,
    /// Contexts that are ready to verify with one method: to make one costs a sixth of an RSA
    /// verification.
    contexts: Mutex<Vec<(SignatureMethod, PkeyCtx<Public>)>>,
}

/// What kind of key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA with a modulus of so many bits.
    Rsa {
        /// Bits of the modulus.
        bits: u32,
    },
    /// The same for RSASSA-PSS alone (RFC 4055, section 1.2).
    RsaPss {
        /// Bits of the modulus.
        bits: u32,
    },
    /// A point on one of the curves P-256, P-384 and P-521.
    Ec {
        /// Bits of the order of the curve: 256, 384 or 521.
        bits: u32,
    },
    /// DSA, whose signatures are only verified.
    Dsa {
        /// Bits of the prime p.
        bits: u32,
        /// Bits of the order q: 160, 224 or 256.
        order_bits: u32,
    },
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// X25519, which agrees on keys and signs nothing.
    X25519,
    /// X448, which agrees on keys and signs nothing.
    X448,
    /// Another kind, with which no signature is made or checked.
    Other,
}

/// The largest RSA modulus in bits. The work grows with the third power; nobody issues larger keys.
pub const MOST_RSA_BITS: u32 = 8192;
/// The largest prime of DSA in bits (FIPS 186-4, section 4.2).
const MOST_DSA_BITS: u32 = 3072;
/// Contexts that are kept for a key at most.
const MOST_CONTEXTS: usize = 8;

impl KeyKind {
    /// The kind of `key`.
    ///
    /// # Errors
    /// [`Cause::KeyTooLarge`] for an RSA modulus over [`MOST_RSA_BITS`], a public exponent over 64
    /// bits or a DSA prime over 3072 bits; [`Cause::InvalidKey`] for an even or tiny exponent, a
    /// curve given by explicit parameters, unknown curves, and numbers of DSA out of their range.
    pub(super) fn of<T: HasPublic>(key: &PKeyRef<T>) -> Result<Self, Error> {
        match key.id() {
            id @ (Id::RSA | Id::RSA_PSS) => {
                let rsa = key.rsa().map_err(|_| invalid("the RSA key can't be read"))?;
                let bits = u32::try_from(rsa.n().num_bits()).unwrap_or(u32::MAX);
                check_rsa(bits, rsa.e())?;
                Ok(if id == Id::RSA { Self::Rsa { bits } } else { Self::RsaPss { bits } })
            }
            Id::EC => {
                let ec = key.ec_key().map_err(|_| invalid("the EC key can't be read"))?;
                let group = ec.group();
                if group.asn1_flag() == Asn1Flag::EXPLICIT_CURVE {
                    return Err(invalid(
                        "the EC key has explicit parameters; a named curve is needed",
                    ));
                }
                if ec.public_key().is_infinity(group) {
                    return Err(invalid("the EC key is the point at infinity"));
                }
                match group.curve_name() {
                    Some(Nid::X9_62_PRIME256V1) => Ok(Self::Ec { bits: 256 }),
                    Some(Nid::SECP384R1) => Ok(Self::Ec { bits: 384 }),
                    Some(Nid::SECP521R1) => Ok(Self::Ec { bits: 521 }),
                    _ => Err(invalid("the EC key is on a curve other than P-256, P-384 and P-521")),
                }
            }
            Id::DSA => {
                let dsa = key.dsa().map_err(|_| invalid("the DSA key can't be read"))?;
                check_dsa(&dsa)
            }
            Id::ED25519 => Ok(Self::Ed25519),
            Id::ED448 => Ok(Self::Ed448),
            Id::X25519 => Ok(Self::X25519),
            Id::X448 => Ok(Self::X448),
            _ => Ok(Self::Other),
        }
    }

    /// Refuses a kind of key that no signature is made with.
    ///
    /// # Errors
    /// [`Cause::KeyType`].
    pub fn check_verifies(self) -> Result<(), Error> {
        match self {
            Self::X25519 | Self::X448 | Self::Other => {
                let reason = format!("no signature is checked with the key, which is {self}");
                Err(Error::new(Cause::KeyType, reason))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a method that does not fit the kind of key: what a signature is checked with is
    /// decided by the key, never by the message.
    pub(super) fn check_family(self, method: SignatureMethod) -> Result<(), Error> {
        match (self, method.family()) {
            (Self::Rsa { .. }, KeyFamily::Rsa)
            | (Self::Ec { .. }, KeyFamily::Ecdsa)
            | (Self::Dsa { .. }, KeyFamily::Dsa)
            | (Self::Ed25519, KeyFamily::Ed25519)
            | (Self::Ed448, KeyFamily::Ed448) => Ok(()),
            (Self::RsaPss { .. }, _) if method.pss().is_some() => Ok(()),
            _ => Err(Error::new(
                Cause::KeyType,
                format!("the method {} does not fit the key, which is {self}", method.name()),
            )),
        }
    }

    /// Octets of the modulus of an RSA key, and so of what is encrypted with it; 0 for other keys.
    #[must_use]
    pub fn rsa_length(self) -> usize {
        match self {
            Self::Rsa { bits } | Self::RsaPss { bits } => bits.div_ceil(8) as usize,
            _ => 0,
        }
    }

    /// Octets of one of the two numbers of an ECDSA or DSA signature.
    pub(super) fn half_length(self) -> usize {
        match self {
            Self::Ec { bits } | Self::Dsa { order_bits: bits, .. } => bits.div_ceil(8) as usize,
            _ => 0,
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(formatter, "RSA of {bits} bits"),
            Self::RsaPss { bits } => write!(formatter, "RSA of {bits} bits for RSASSA-PSS alone"),
            Self::Ec { bits } => write!(formatter, "EC P-{bits}"),
            Self::Dsa { bits, .. } => write!(formatter, "DSA of {bits} bits"),
            Self::Ed25519 => formatter.write_str("Ed25519"),
            Self::Ed448 => formatter.write_str("Ed448"),
            Self::X25519 => formatter.write_str("X25519, which agrees on keys and signs nothing"),
            Self::X448 => formatter.write_str("X448, which agrees on keys and signs nothing"),
            Self::Other => formatter.write_str("neither RSA, EC, DSA, Ed25519 nor Ed448"),
        }
    }
}

fn check_rsa(bits: u32, exponent: &BigNumRef) -> Result<(), Error> {
    if bits > MOST_RSA_BITS {
        let reason = format!("the RSA modulus has {bits} bits, more than {MOST_RSA_BITS}");
        return Err(Error::new(Cause::KeyTooLarge, reason));
    }
    if exponent.num_bits() > 64 {
        let reason = format!("the RSA exponent has {} bits, more than 64", exponent.num_bits());
        return Err(Error::new(Cause::KeyTooLarge, reason));
    }
    if bits < 512 || exponent.num_bits() < 2 || !exponent.is_bit_set(0) {
        return Err(invalid(
            "the RSA key has a modulus under 512 bits or an exponent that is even or 1",
        ));
    }
    Ok(())
}

fn check_dsa<T: HasPublic>(key: &DsaRef<T>) -> Result<KeyKind, Error> {
    let (Some(p), Some(q), Some(g)) = (key.p_opt(), key.q_opt(), key.g_opt()) else {
        return Err(invalid("the DSA key has no parameters of its own"));
    };
    let [bits, order_bits] =
        [p, q].map(|number| u32::try_from(number.num_bits()).unwrap_or(u32::MAX));
    if bits > MOST_DSA_BITS {
        let reason = format!("the DSA prime has {bits} bits, more than {MOST_DSA_BITS}");
        return Err(Error::new(Cause::KeyTooLarge, reason));
    }
    let in_range =
        |number: &BigNumRef| !number.is_negative() && number.num_bits() > 1 && number < p;
    if bits < 512
        || !p.is_bit_set(0)
        || !matches!(order_bits, 160 | 224 | 256)
        || !in_range(g)
        || !in_range(key.pub_key())
    {
        return Err(invalid(
            "the DSA key has a prime under 512 bits, an order other than 160, 224 and 256 bits, or \
             numbers out of their range",
        ));
    }
    Ok(KeyKind::Dsa { bits, order_bits })
}

/// The two numbers of an ECDSA signature in DER, as OpenSSL wants it.
fn ecdsa_der(signature: &[u8], half: usize) -> Option<Vec<u8>> {
    if signature.len() != 2 * half && signature.first() == Some(&0x30) {
        let der = EcdsaSig::from_der(signature).ok()?.to_der().ok()?;
        return (der == signature).then_some(der);
    }
    if !signature.len().is_multiple_of(2) || signature.is_empty() || signature.len() > 4 * half {
        return None;
    }
    numbers_der(signature)
}

/// The two numbers of an ECDSA signature in DER, each in octets of the length of the order.
pub(super) fn ecdsa_numbers(der: &[u8], half: usize) -> Result<Vec<u8>, ErrorStack> {
    let half = i32::try_from(half).unwrap_or(0);
    let signature = EcdsaSig::from_der(der)?;
    let mut octets = signature.r().to_vec_padded(half)?;
    octets.extend_from_slice(&signature.s().to_vec_padded(half)?);
    Ok(octets)
}

/// Two numbers of the same length in DER.
pub(super) fn numbers_der(signature: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = signature.split_at_checked(signature.len() / 2)?;
    let make = || -> Result<Vec<u8>, ErrorStack> {
        EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?.to_der()
    };
    make().ok()
}

fn invalid(reason: &str) -> Error {
    Error::new(Cause::InvalidKey, reason)
}

impl PublicKey {
    pub(super) fn new(key: PKey<Public>) -> Result<Self, Error> {
        let kind = KeyKind::of(&key)?;
        let der = subject_public_key_info(&key)
            .map_err(|_| invalid("the key can't be written as DER"))?;
        Ok(Self(Arc::new(Inner { key, der, kind, contexts: Mutex::default() })))
    }

    /// Reads a SubjectPublicKeyInfo (RFC 5280, section 4.1), or a PKCS#1 RSAPublicKey, in DER.
    ///
    /// # Errors
    /// [`Cause::InvalidKey`], [`Cause::KeyTooLarge`].
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let key = PKey::public_key_from_der(der)
            .or_else(|_| Rsa::public_key_from_der_pkcs1(der).and_then(PKey::from_rsa))
            .map_err(|_| invalid("the octets are no public key in DER"))?;
        Self::new(key)
    }

    /// Reads `PUBLIC KEY` or `RSA PUBLIC KEY` in PEM.
    ///
    /// # Errors
    /// As [`Self::from_der`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        let key = PKey::public_key_from_pem(pem)
            .or_else(|_| Rsa::public_key_from_pem_pkcs1(pem).and_then(PKey::from_rsa))
            .map_err(|_| invalid("the text is no public key in PEM"))?;
        Self::new(key)
    }

    /// The RSA key of a `ds:RSAKeyValue` (XML Signature 1.1, section 4.5.2.2): both numbers as
    /// octets, the most significant first.
    ///
    /// # Errors
    /// As [`Self::from_der`]; the limits are checked before the key is made.
    pub fn from_rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, Error> {
        let significant = modulus.iter().skip_while(|octet| **octet == 0).count();
        let bits = u32::try_from(significant.saturating_mul(8)).unwrap_or(u32::MAX);
        if bits > MOST_RSA_BITS {
            let reason = format!("the RSA modulus has {bits} bits, more than {MOST_RSA_BITS}");
            return Err(Error::new(Cause::KeyTooLarge, reason));
        }
        let make = || -> Result<PKey<Public>, ErrorStack> {
            let rsa = Rsa::from_public_components(
                BigNum::from_slice(modulus)?,
                BigNum::from_slice(exponent.get(..64.min(exponent.len())).unwrap_or_default())?,
            )?;
            PKey::from_rsa(rsa)
        };
        if exponent.len() > 64 {
            return Err(Error::new(Cause::KeyTooLarge, "the RSA exponent has more than 64 octets"));
        }
        Self::new(make().map_err(|_| invalid("modulus and exponent make no RSA key"))?)
    }

    /// What kind of key it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.0.kind
    }

    /// The SubjectPublicKeyInfo in DER, in one form for each key: points are not compressed.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    pub(super) fn pkey(&self) -> &PKeyRef<Public> {
        &self.0.key
    }

    /// Octets of a signature that its private key makes, ECDSA's as XML Signature has it.
    pub(super) fn signature_length(&self) -> usize {
        match self.0.kind {
            kind @ KeyKind::Ec { .. } => 2 * kind.half_length(),
            _ => self.0.key.size(),
        }
    }

    /// Whether OpenSSL lets the key work with the method: one for RSASSA-PSS may demand parameters.
    pub(super) fn allows(&self, method: SignatureMethod) -> bool {
        self.context(method).is_ok()
    }

    /// Modulus and exponent of an RSA key, the most significant octet first; None for a key for
    /// RSASSA-PSS alone, which they would not say.
    #[must_use]
    pub fn rsa_components(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        if !matches!(self.0.kind, KeyKind::Rsa { .. }) {
            return None;
        }
        let rsa = self.0.key.rsa().ok()?;
        Some((rsa.n().to_vec(), rsa.e().to_vec()))
    }

    /// Checks that `signature` was made over `octets` with the private key of this one. An ECDSA or
    /// DSA signature is the two numbers r and s in octets of the length of the order (XML Signature
    /// 1.1, sections 6.4.1 and 6.4.3).
    ///
    /// NOTE: r and s with more leading zeros, and those of ECDSA as a sequence in DER, are read as
    /// well, because peers send them. That gives no one another signature: what a replay is
    /// recognised by is not the SignatureValue.
    ///
    /// # Errors
    /// [`Cause::KeyType`] where the method does not fit the key; [`Cause::SignatureMismatch`].
    pub fn verify(
        &self,
        method: SignatureMethod,
        octets: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        self.0.kind.check_family(method)?;
        let holds = match method.digest() {
            None => self.holds_undigested(octets, signature),
            Some(digest) => self.holds_digested(method, digest, octets, signature)?,
        };
        if holds {
            return Ok(());
        }
        Err(Error::new(
            Cause::SignatureMismatch,
            "the SignatureValue was not made by this key over this SignedInfo: another key signed, \
             or SignedInfo was changed",
        ))
    }

    fn holds_undigested(&self, octets: &[u8], signature: &[u8]) -> bool {
        let verify = || -> Result<bool, ErrorStack> {
            let mut context = MdCtx::new()?;
            context.digest_verify_init(None, &self.0.key)?;
            context.digest_verify(octets, signature)
        };
        verify().unwrap_or(false)
    }

    fn holds_digested(
        &self,
        method: SignatureMethod,
        digest: DigestMethod,
        octets: &[u8],
        signature: &[u8],
    ) -> Result<bool, Error> {
        let mut digester = Digester::new(digest);
        digester.update(octets);
        let digest = digester.finish()?;
        let half = self.0.kind.half_length();
        let numbers = match self.0.kind {
            KeyKind::Ec { .. } => ecdsa_der(signature, half),
            KeyKind::Dsa { bits, .. } => {
                let most = 2 * bits.div_ceil(8) as usize;
                let is_pair = signature.len().is_multiple_of(2)
                    && (2 * half..=most).contains(&signature.len());
                is_pair.then(|| numbers_der(signature)).flatten()
            }
            _ => return Ok(self.holds(method, digest.octets(), signature)),
        };
        Ok(numbers.is_some_and(|der| self.holds(method, digest.octets(), &der)))
    }

    fn holds(&self, method: SignatureMethod, digest: &[u8], signature: &[u8]) -> bool {
        let waiting = self.0.contexts.try_lock().ok().and_then(|mut contexts| {
            let place = contexts.iter().position(|(ready, _)| *ready == method)?;
            Some(contexts.swap_remove(place).1)
        });
        let context = match waiting {
            Some(context) => Ok(context),
            None => self.context(method),
        };
        let Ok(mut context) = context else { return false };
        // OpenSSL tells a signature of the wrong form by an error, which is a mismatch as well.
        let holds = context.verify(digest, signature).unwrap_or(false);
        if let Ok(mut contexts) = self.0.contexts.try_lock()
            && contexts.len() < MOST_CONTEXTS
        {
            contexts.push((method, context));
        }
        holds
    }

    fn context(&self, method: SignatureMethod) -> Result<PkeyCtx<Public>, ErrorStack> {
        let mut context = PkeyCtx::new(&self.0.key)?;
        context.verify_init()?;
        prepare(&mut context, method)?;
        Ok(context)
    }
}

/// Tells a context that was begun the method, all of it.
pub(super) fn prepare<T>(
    context: &mut PkeyCtx<T>,
    method: SignatureMethod,
) -> Result<(), ErrorStack> {
    if method.family() == KeyFamily::Rsa {
        let is_pss = method.pss().is_some();
        context.set_rsa_padding(if is_pss { Padding::PKCS1_PSS } else { Padding::PKCS1 })?;
    }
    if let Some(digest) = method.digest() {
        context.set_signature_md(message_digest(digest))?;
    }
    if let Some(parameters) = method.pss() {
        context.set_rsa_mgf1_md(message_digest(parameters.mask_digest()))?;
        let octets = i32::try_from(parameters.salt_length()).unwrap_or(i32::MAX);
        context.set_rsa_pss_saltlen(RsaPssSaltlen::custom(octets))?;
    }
    Ok(())
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PublicKey").field("kind", &self.0.kind).finish_non_exhaustive()
    }
}
