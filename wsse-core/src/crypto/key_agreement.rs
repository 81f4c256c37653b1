//! Key agreement: one secret out of a private key and the public key of the other side.

use super::private_key::{Held, PrivateKey, hmac};
use super::public_key::{KeyKind, PublicKey};
use super::secret::Secret;
use super::signature_method::SignatureMethod;
use crate::error::{Cause, Error};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{HasPrivate, PKey, PKeyRef, Private, Public};
use openssl::pkey_ctx::PkeyCtx;

/// How two sides agree on a secret: the Algorithm of an AgreementMethod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyAgreement {
    /// Elliptic Curve Diffie-Hellman on P-256, P-384 or P-521, of which one key may be made for one
    /// message (XML Encryption 1.1, section 5.6.4).
    EcdhEs,
    /// X25519 (RFC 7748; RFC 9231, section 2.6).
    X25519,
}

impl KeyAgreement {
    /// Every method.
    pub const ALL: [Self; 2] = [Self::EcdhEs, Self::X25519];

    /// The name in policies: `ecdh-es`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EcdhEs => "ecdh-es",
            Self::X25519 => "x25519",
        }
    }

    /// The value of `Algorithm`.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::EcdhEs => "http://www.w3.org/2009/xmlenc11#ECDH-ES",
            Self::X25519 => "http://www.w3.org/2021/04/xmldsig-more#x25519",
        }
    }

    /// The method of that identifier.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.uri() == uri)
    }

    /// Refuses a key of another kind. `whose` is what the error calls it.
    ///
    /// # Errors
    /// [`Cause::KeyType`].
    pub fn check_key(self, kind: KeyKind, whose: &str) -> Result<(), Error> {
        match (self, kind) {
            (Self::EcdhEs, KeyKind::Ec { .. }) | (Self::X25519, KeyKind::X25519) => Ok(()),
            _ => {
                let reason = format!("{} does not fit {whose}, which is {kind}", self.name());
                Err(Error::new(Cause::KeyType, reason))
            }
        }
    }
}

impl PrivateKey {
    /// The secret that this key and `public` have in common: the x coordinate of the point (NIST SP
    /// 800-56A, section 5.7.1.2), or the octets of RFC 7748. Where there is none, as for a point of
    /// X25519 of low order, another comes out, which nobody else knows: what was encrypted under it
    /// does not decrypt.
    ///
    /// # Errors
    /// [`Cause::KeyType`] where one of the keys does not fit the method, or both are on different
    /// curves; of a key that is held elsewhere, what [`RemoteKey::agree`](super::RemoteKey::agree)
    /// returns, and [`Cause::RemoteKeyMismatch`] where that is of another length.
    pub fn agree(&self, method: KeyAgreement, public: &PublicKey) -> Result<Secret, Error> {
        method.check_key(self.kind(), "our key")?;
        method.check_key(public.kind(), "the key of the originator")?;
        let (ours, theirs) = (self.kind(), public.kind());
        if ours != theirs {
            let reason = format!(
                "the key of the originator is {theirs}, and ours is {ours}: they have no secret in \
                 common"
            );
            return Err(Error::new(Cause::KeyType, reason));
        }
        let agreed = match self.held() {
            Held::Here(local) => derive(&local.key, public.pkey()).ok(),
            Held::Elsewhere(remote) => {
                let answer = remote.agree(public)?;
                if let Some(answer) = &answer
                    && answer.octets().len() != shared_length(ours)
                {
                    let reason = format!(
                        "what the key that is held elsewhere agreed on has {} octets; with {ours} it \
                         has {}",
                        answer.octets().len(),
                        shared_length(ours)
                    );
                    return Err(Error::new(Cause::RemoteKeyMismatch, reason));
                }
                answer
            }
        };
        match agreed {
            Some(secret) => Ok(secret),
            None => hmac(SignatureMethod::HmacSha256, self.replacement_secret()?, public.der())
                .map(|octets| Secret::new(octets.to_vec())),
        }
    }
}

impl PublicKey {
    /// Makes a key of the same kind for one message, and agrees on a secret with it: its public half,
    /// which the recipient needs, and the secret. Randomness is OpenSSL's own, as that of signatures.
    ///
    /// # Errors
    /// [`Cause::KeyType`] where the key does not fit the method; [`Cause::RandomUnavailable`] where
    /// OpenSSL could not make a key; [`Cause::InvalidKey`] where there is no secret in common.
    pub fn agree_once(&self, method: KeyAgreement) -> Result<(Self, Secret), Error> {
        method.check_key(self.kind(), "the key of the recipient")?;
        let key = generate(self.kind()).map_err(|error| {
            let reason = format!("OpenSSL could not make a key for {}: {error}", method.name());
            Error::new(Cause::RandomUnavailable, reason)
        })?;
        let public = key
            .public_key_to_der()
            .map_err(|_| Error::new(Cause::RandomUnavailable, "the new key can't be written"))?;
        let secret = derive(&key, self.pkey()).map_err(|_| {
            Error::new(Cause::InvalidKey, "the key of the recipient agrees with no other key")
        })?;
        Ok((Self::from_der(&public)?, secret))
    }
}

fn derive<T: HasPrivate>(
    ours: &PKeyRef<T>,
    theirs: &PKeyRef<Public>,
) -> Result<Secret, ErrorStack> {
    let mut context = PkeyCtx::new(ours)?;
    context.derive_init()?;
    context.derive_set_peer(theirs)?;
    let mut octets = Vec::new();
    context.derive_to_vec(&mut octets)?;
    Ok(Secret::new(octets))
}

fn generate(kind: KeyKind) -> Result<PKey<Private>, ErrorStack> {
    let curve = match kind {
        KeyKind::Ec { bits: 256 } => Nid::X9_62_PRIME256V1,
        KeyKind::Ec { bits: 384 } => Nid::SECP384R1,
        KeyKind::Ec { .. } => Nid::SECP521R1,
        _ => return PKey::generate_x25519(),
    };
    let group = EcGroup::from_curve_name(curve)?;
    PKey::from_ec_key(EcKey::generate(&group)?)
}

/// Octets of what is agreed on.
fn shared_length(kind: KeyKind) -> usize {
    match kind {
        KeyKind::Ec { bits } => bits.div_ceil(8) as usize,
        _ => 32,
    }
}

#[cfg(test)]
mod tests {
    use super::super::remote_key::{RemoteKey, SigningRequest};
    use super::*;
    use std::sync::Arc;

    fn private(kind: KeyKind) -> PrivateKey {
        PrivateKey::new(generate(kind).unwrap()).unwrap()
    }

    const KINDS: [KeyKind; 4] = [
        KeyKind::Ec { bits: 256 },
        KeyKind::Ec { bits: 384 },
        KeyKind::Ec { bits: 521 },
        KeyKind::X25519,
    ];

    fn method(kind: KeyKind) -> KeyAgreement {
        if kind == KeyKind::X25519 { KeyAgreement::X25519 } else { KeyAgreement::EcdhEs }
    }

    #[test]
    fn both_sides_have_the_same_secret() {
        for kind in KINDS {
            let ours = private(kind);
            let (public, secret) = ours.public_key().agree_once(method(kind)).unwrap();
            assert_eq!(ours.agree(method(kind), &public).unwrap(), secret);
            assert_eq!(secret.octets().len(), shared_length(kind));
            let (other, _) = ours.public_key().agree_once(method(kind)).unwrap();
            assert!(other != public && ours.agree(method(kind), &other).unwrap() != secret);
        }
    }

    #[test]
    fn keys_that_do_not_fit_are_refused_before_they_are_used() {
        for ours in KINDS {
            let key = private(ours);
            for theirs in KINDS.into_iter().filter(|theirs| *theirs != ours) {
                for method in KeyAgreement::ALL {
                    let error = key.agree(method, private(theirs).public_key()).unwrap_err();
                    assert_eq!(error.cause(), Cause::KeyType, "{error}");
                }
            }
            let wrong = KeyAgreement::ALL.into_iter().find(|one| *one != method(ours)).unwrap();
            let error = key.public_key().agree_once(wrong).unwrap_err();
            assert_eq!(error.cause(), Cause::KeyType, "{error}");
        }
    }

    #[test]
    fn a_point_of_low_order_gives_a_secret_that_nobody_knows() {
        let ours = private(KeyKind::X25519);
        let mut der = ours.public_key().der().to_vec();
        let length = der.len();
        der[length - 32..].fill(0);
        let zero = PublicKey::from_der(&der).unwrap();
        let found = ours.agree(KeyAgreement::X25519, &zero).unwrap();
        assert_eq!(found, ours.agree(KeyAgreement::X25519, &zero).unwrap());
        assert_ne!(found.octets(), [0; 32]);
        let other = private(KeyKind::X25519);
        assert_ne!(found, other.agree(KeyAgreement::X25519, &zero).unwrap());
        let error = zero.agree_once(KeyAgreement::X25519).unwrap_err();
        assert_eq!(error.cause(), Cause::InvalidKey);
    }

    #[test]
    fn the_point_at_infinity_is_no_key() {
        let der = private(KeyKind::Ec { bits: 256 }).public_key().der().to_vec();
        // The same with a BIT STRING of one octet, 0.
        let mut short = der[..der.len() - 67].to_vec();
        short[1] = u8::try_from(short.len() + 2).unwrap();
        short.extend([3, 2, 0, 0]);
        assert_eq!(PublicKey::from_der(&short).unwrap_err().cause(), Cause::InvalidKey);
    }

    struct Elsewhere(Option<usize>);

    impl RemoteKey for Elsewhere {
        fn sign(&self, _: &SigningRequest<'_>) -> Result<Vec<u8>, Error> {
            Err(Error::new(Cause::RemoteKeyUnavailable, "not asked"))
        }

        fn agree(&self, _: &PublicKey) -> Result<Option<Secret>, Error> {
            Ok(self.0.map(|length| Secret::new(vec![7; length])))
        }
    }

    #[test]
    fn a_key_elsewhere_agrees() {
        let public = private(KeyKind::Ec { bits: 384 });
        let agree = |found| {
            let key = PrivateKey::remote(public.public_key().clone(), Arc::new(Elsewhere(found)));
            let theirs = private(KeyKind::Ec { bits: 384 });
            key.agree(KeyAgreement::EcdhEs, theirs.public_key())
        };
        assert_eq!(agree(Some(48)).unwrap(), Secret::new(vec![7; 48]));
        assert_eq!(agree(None).unwrap().octets().len(), 32);
        assert_eq!(agree(Some(32)).unwrap_err().cause(), Cause::RemoteKeyMismatch);
    }
}
