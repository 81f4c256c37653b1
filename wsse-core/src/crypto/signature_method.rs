//! The methods of signatures.

use super::digest_method::DigestMethod;
use super::legacy_set::{Legacy, LegacySet};
use crate::error::{Cause, Error};

macro_rules! methods {
    ($($(#[$doc:meta])+ $method:ident, $name:literal, $uri:literal, $family:ident $(, $digest:ident)?;)+) => {
        /// A SignatureMethod (XML Signature 1.1, sections 6.3 and 6.4; RFC 9231, sections 2.2 and
        /// 2.3).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum SignatureMethod {
            $($(#[$doc])+ $method,)+
            /// RSASSA-PSS whose parameters are written in the message (RFC 9231, section 2.3.9).
            RsaPss(PssParameters),
        }

        impl SignatureMethod {
            const PLAIN: &'static [Self] = &[$(Self::$method),+];

            fn row(self) -> Row {
                match self {
                    $(Self::$method => Row {
                        name: $name,
                        uri: $uri,
                        family: KeyFamily::$family,
                        digest: methods!(@ $($digest)?),
                    },)+
                    Self::RsaPss(parameters) => Row {
                        name: "rsa-pss",
                        uri: "http://www.w3.org/2007/05/xmldsig-more#rsa-pss",
                        family: KeyFamily::Rsa,
                        digest: Some(parameters.digest),
                    },
                }
            }
        }
    };
    (@ $digest:ident) => { Some(DigestMethod::$digest) };
    (@) => { None };
}

/// The kind of key that a [`SignatureMethod`] works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyFamily {
    /// RSA.
    Rsa,
    /// Elliptic curves.
    Ecdsa,
    /// DSA, legacy, and only verified.
    Dsa,
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// A shared secret.
    Hmac,
}

impl KeyFamily {
    const ALL: [Self; 6] =
        [Self::Rsa, Self::Ecdsa, Self::Dsa, Self::Ed25519, Self::Ed448, Self::Hmac];

    /// Its name: `rsa`, `ecdsa`, `dsa`, `ed25519`, `ed448`, `hmac`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ecdsa => "ecdsa",
            Self::Dsa => "dsa",
            Self::Ed25519 => "ed25519",
            Self::Ed448 => "ed448",
            Self::Hmac => "hmac",
        }
    }

    /// The family of that name.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`].
    pub fn from_name(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|family| family.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            let reason = format!("{name:?} is no family of keys; there are {known}");
            Error::new(Cause::InvalidArgument, reason)
        })
    }
}

/// The parameters of RSASSA-PSS (RFC 8017, section 8.1); the mask generation function is MGF1 and
/// the trailer 0xBC, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PssParameters {
    digest: DigestMethod,
    mask_digest: DigestMethod,
    salt_length: u8,
}

struct Row {
    name: &'static str,
    uri: &'static str,
    family: KeyFamily,
    digest: Option<DigestMethod>,
}

methods! {
    /// RSASSA-PKCS1-v1_5 with MD5, legacy, and only verified.
    RsaMd5, "rsa-md5", "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", Rsa, Md5;
    /// RSASSA-PKCS1-v1_5 with SHA-1, legacy.
    RsaSha1, "rsa-sha1", "http://www.w3.org/2000/09/xmldsig#rsa-sha1", Rsa, Sha1;
    /// RSASSA-PKCS1-v1_5 with SHA-224.
    RsaSha224, "rsa-sha224", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224", Rsa, Sha224;
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaSha256, "rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", Rsa, Sha256;
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaSha384, "rsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", Rsa, Sha384;
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaSha512, "rsa-sha512", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", Rsa, Sha512;
    /// RSASSA-PSS with SHA-1, legacy.
    RsaPssSha1, "rsa-pss-sha1", "http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1", Rsa, Sha1;
    /// RSASSA-PSS with SHA-224.
    RsaPssSha224, "rsa-pss-sha224", "http://www.w3.org/2007/05/xmldsig-more#sha224-rsa-MGF1", Rsa, Sha224;
    /// RSASSA-PSS with SHA-256.
    RsaPssSha256, "rsa-pss-sha256", "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", Rsa, Sha256;
    /// RSASSA-PSS with SHA-384.
    RsaPssSha384, "rsa-pss-sha384", "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1", Rsa, Sha384;
    /// RSASSA-PSS with SHA-512.
    RsaPssSha512, "rsa-pss-sha512", "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", Rsa, Sha512;
    /// RSASSA-PSS with SHA3-224.
    RsaPssSha3_224, "rsa-pss-sha3-224", "http://www.w3.org/2007/05/xmldsig-more#sha3-224-rsa-MGF1", Rsa, Sha3_224;
    /// RSASSA-PSS with SHA3-256.
    RsaPssSha3_256, "rsa-pss-sha3-256", "http://www.w3.org/2007/05/xmldsig-more#sha3-256-rsa-MGF1", Rsa, Sha3_256;
    /// RSASSA-PSS with SHA3-384.
    RsaPssSha3_384, "rsa-pss-sha3-384", "http://www.w3.org/2007/05/xmldsig-more#sha3-384-rsa-MGF1", Rsa, Sha3_384;
    /// RSASSA-PSS with SHA3-512.
    RsaPssSha3_512, "rsa-pss-sha3-512", "http://www.w3.org/2007/05/xmldsig-more#sha3-512-rsa-MGF1", Rsa, Sha3_512;
    /// ECDSA with SHA-1, legacy.
    EcdsaSha1, "ecdsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", Ecdsa, Sha1;
    /// ECDSA with SHA-224.
    EcdsaSha224, "ecdsa-sha224", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha224", Ecdsa, Sha224;
    /// ECDSA with SHA-256.
    EcdsaSha256, "ecdsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", Ecdsa, Sha256;
    /// ECDSA with SHA-384.
    EcdsaSha384, "ecdsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", Ecdsa, Sha384;
    /// ECDSA with SHA-512.
    EcdsaSha512, "ecdsa-sha512", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", Ecdsa, Sha512;
    /// ECDSA with SHA3-224.
    EcdsaSha3_224, "ecdsa-sha3-224", "http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-224", Ecdsa, Sha3_224;
    /// ECDSA with SHA3-256.
    EcdsaSha3_256, "ecdsa-sha3-256", "http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-256", Ecdsa, Sha3_256;
    /// ECDSA with SHA3-384.
    EcdsaSha3_384, "ecdsa-sha3-384", "http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-384", Ecdsa, Sha3_384;
    /// ECDSA with SHA3-512.
    EcdsaSha3_512, "ecdsa-sha3-512", "http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-512", Ecdsa, Sha3_512;
    /// Ed25519, which hashes by itself (RFC 8032, section 5.1).
    EddsaEd25519, "eddsa-ed25519", "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519", Ed25519;
    /// Ed448, which hashes by itself, with an empty context (RFC 8032, section 5.2).
    EddsaEd448, "eddsa-ed448", "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed448", Ed448;
    /// DSA with SHA-1, legacy, and only verified.
    DsaSha1, "dsa-sha1", "http://www.w3.org/2000/09/xmldsig#dsa-sha1", Dsa, Sha1;
    /// DSA with SHA-256, legacy, and only verified.
    DsaSha256, "dsa-sha256", "http://www.w3.org/2009/xmldsig11#dsa-sha256", Dsa, Sha256;
    /// HMAC with MD5, legacy, and only verified.
    HmacMd5, "hmac-md5", "http://www.w3.org/2001/04/xmldsig-more#hmac-md5", Hmac, Md5;
    /// HMAC with SHA-1.
    HmacSha1, "hmac-sha1", "http://www.w3.org/2000/09/xmldsig#hmac-sha1", Hmac, Sha1;
    /// HMAC with SHA-224.
    HmacSha224, "hmac-sha224", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha224", Hmac, Sha224;
    /// HMAC with SHA-256.
    HmacSha256, "hmac-sha256", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", Hmac, Sha256;
    /// HMAC with SHA-384.
    HmacSha384, "hmac-sha384", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha384", Hmac, Sha384;
    /// HMAC with SHA-512.
    HmacSha512, "hmac-sha512", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512", Hmac, Sha512;
}

/// Another identifier of [`SignatureMethod::RsaSha224`] (RFC 9231, section 2.3.11).
const RSA_SHA224: &str = "http://www.w3.org/2007/05/xmldsig-more#rsa-sha224";

impl SignatureMethod {
    /// Every method, RSASSA-PSS with its parameters by [`PssParameters::default`].
    pub fn all() -> impl Iterator<Item = Self> {
        let explicit = Self::RsaPss(PssParameters::default());
        Self::PLAIN.iter().copied().chain(core::iter::once(explicit))
    }

    /// Every method that signatures are made with here.
    pub fn that_sign() -> impl Iterator<Item = Self> {
        Self::all().filter(|method| method.signs())
    }

    /// Whether signatures are made with it here, and not only verified.
    #[must_use]
    pub fn signs(self) -> bool {
        self.family() != KeyFamily::Dsa && self.digest().is_none_or(DigestMethod::signs)
    }

    /// The name in policies: `rsa-sha256`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The method of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|method| method.name() == name)
    }

    /// The value of `Algorithm`.
    #[must_use]
    pub fn uri(self) -> &'static str {
        self.row().uri
    }

    /// The method of that identifier.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        if uri == RSA_SHA224 {
            return Some(Self::RsaSha224);
        }
        Self::all().find(|method| method.uri() == uri)
    }

    /// The kind of key that it works with.
    #[must_use]
    pub fn family(self) -> KeyFamily {
        self.row().family
    }

    /// The digest inside it; None for EdDSA, which takes the octets as they are.
    #[must_use]
    pub fn digest(self) -> Option<DigestMethod> {
        self.row().digest
    }

    /// The parameters, where it is RSASSA-PSS.
    #[must_use]
    pub fn pss(self) -> Option<PssParameters> {
        match self {
            Self::RsaPss(parameters) => Some(parameters),
            Self::RsaPssSha1
            | Self::RsaPssSha224
            | Self::RsaPssSha256
            | Self::RsaPssSha384
            | Self::RsaPssSha512
            | Self::RsaPssSha3_224
            | Self::RsaPssSha3_256
            | Self::RsaPssSha3_384
            | Self::RsaPssSha3_512 => self.digest().map(PssParameters::usual),
            _ => None,
        }
    }

    /// What must be allowed for it to be accepted, all of it. HMAC with SHA-1 needs nothing: what
    /// broke SHA-1, collisions, does not touch it.
    #[must_use]
    pub fn legacy(self) -> LegacySet {
        let mask = self.pss().map(PssParameters::mask_digest);
        let digests = [self.digest(), mask].into_iter().flatten();
        let needed: LegacySet = digests.filter_map(DigestMethod::legacy).collect();
        match (self, self.family()) {
            (Self::HmacSha1, _) => LegacySet::NONE,
            (_, KeyFamily::Dsa) => needed.with(Legacy::Dsa),
            _ => needed,
        }
    }

    /// Refuses a method that is only verified.
    ///
    /// # Errors
    /// [`Cause::UnsupportedAlgorithm`].
    pub fn check_signs(self) -> Result<(), Error> {
        if self.signs() {
            return Ok(());
        }
        let reason = format!("the method {} is verified and never signed with", self.name());
        Err(Error::new(Cause::UnsupportedAlgorithm, reason))
    }
}

impl PssParameters {
    /// Parameters: the digest, that of MGF1, and octets of the salt.
    ///
    /// # Errors
    /// [`Cause::UnsupportedAlgorithm`] for MD5, and for a salt that is longer than the digest
    /// (FIPS 186-5, section 5.4).
    pub fn new(
        digest: DigestMethod,
        mask_digest: DigestMethod,
        salt_length: usize,
    ) -> Result<Self, Error> {
        let refuse = |reason: String| Err(Error::new(Cause::UnsupportedAlgorithm, reason));
        if digest == DigestMethod::Md5 || mask_digest == DigestMethod::Md5 {
            return refuse("RSASSA-PSS with MD5 is not accepted here".to_owned());
        }
        match u8::try_from(salt_length) {
            Ok(octets) if salt_length <= digest.length() => {
                Ok(Self { digest, mask_digest, salt_length: octets })
            }
            _ => refuse(format!(
                "RSASSA-PSS with a salt of {salt_length} octets is not accepted here; {} allows {} \
                 at most",
                digest.name(),
                digest.length()
            )),
        }
    }

    /// One digest throughout, and a salt of its length (RFC 9231, section 2.3.10).
    fn usual(digest: DigestMethod) -> Self {
        let salt_length = u8::try_from(digest.length()).unwrap_or(u8::MAX);
        Self { digest, mask_digest: digest, salt_length }
    }

    /// The digest of what is signed.
    #[must_use]
    pub fn digest(self) -> DigestMethod {
        self.digest
    }

    /// The digest in MGF1.
    #[must_use]
    pub fn mask_digest(self) -> DigestMethod {
        self.mask_digest
    }

    /// Octets of the salt.
    #[must_use]
    pub fn salt_length(self) -> usize {
        usize::from(self.salt_length)
    }

    /// Whether an RSA key of so many bits has room for it (RFC 8017, section 9.1.1).
    pub(super) fn fits(self, bits: u32) -> bool {
        let room = bits.saturating_sub(1).div_ceil(8) as usize;
        room >= self.digest.length() + self.salt_length() + 2
    }
}

/// SHA-256 throughout and a salt of 32 octets (RFC 9231, section 2.3.9).
impl Default for PssParameters {
    fn default() -> Self {
        Self::usual(DigestMethod::Sha256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_identifiers_are_read_back() {
        for method in SignatureMethod::all() {
            assert_eq!(SignatureMethod::from_uri(method.uri()), Some(method));
            assert_eq!(SignatureMethod::from_name(method.name()), Some(method));
            match method.digest() {
                Some(_) if method.name() == "rsa-pss" => {}
                Some(digest) => assert!(method.name().ends_with(&format!("-{}", digest.name()))),
                None => assert!(method.name().starts_with("eddsa-")),
            }
            assert_eq!(method.pss().is_some(), method.name().starts_with("rsa-pss"));
        }
        assert_eq!(SignatureMethod::from_uri(RSA_SHA224), Some(SignatureMethod::RsaSha224));
    }

    #[test]
    fn what_is_legacy_needs_every_name() {
        let named = |method: SignatureMethod| method.legacy().iter().map(Legacy::name).collect();
        let pss =
            |digest, mask| SignatureMethod::RsaPss(PssParameters::new(digest, mask, 20).unwrap());
        use DigestMethod::{Sha1, Sha256};
        for (method, needed) in [
            (SignatureMethod::RsaMd5, vec!["md5"]),
            (SignatureMethod::HmacMd5, vec!["md5"]),
            (SignatureMethod::HmacSha1, vec![]),
            (SignatureMethod::RsaSha1, vec!["sha1"]),
            (SignatureMethod::RsaPssSha1, vec!["sha1"]),
            (pss(Sha1, Sha256), vec!["sha1"]),
            (pss(Sha256, Sha1), vec!["sha1"]),
            (pss(Sha256, Sha256), vec![]),
            (SignatureMethod::DsaSha1, vec!["sha1", "dsa"]),
            (SignatureMethod::DsaSha256, vec!["dsa"]),
            (SignatureMethod::EddsaEd25519, vec![]),
        ] {
            let found: Vec<&str> = named(method);
            assert_eq!(found, needed, "{method:?}");
        }
    }

    #[test]
    fn parameters_have_bounds() {
        use DigestMethod::{Md5, Sha256, Sha512};
        for (digest, mask, salt) in [(Md5, Sha256, 0), (Sha256, Md5, 0), (Sha256, Sha512, 33)] {
            let error = PssParameters::new(digest, mask, salt).unwrap_err();
            assert_eq!(error.cause(), Cause::UnsupportedAlgorithm);
        }
        assert!(PssParameters::new(Sha256, Sha512, 32).is_ok());
        assert!(PssParameters::new(Sha512, Sha512, usize::MAX).is_err());
        assert!(PssParameters::usual(Sha512).fits(2048));
        assert!(!PssParameters::usual(Sha512).fits(1024));
    }
}
