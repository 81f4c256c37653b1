//! The algorithms of signatures, and which of them are accepted only by name.

use core::fmt;

/// A DigestMethod (XML Signature 1.1, section 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DigestMethod {
    /// SHA-1, legacy.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// A SignatureMethod (XML Signature 1.1, sections 6.3 and 6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureMethod {
    /// RSASSA-PKCS1-v1_5 with SHA-1, legacy.
    RsaSha1,
    /// RSASSA-PKCS1-v1_5 with SHA-224.
    RsaSha224,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaSha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaSha512,
    /// ECDSA with SHA-1, legacy.
    EcdsaSha1,
    /// ECDSA with SHA-224.
    EcdsaSha224,
    /// ECDSA with SHA-256.
    EcdsaSha256,
    /// ECDSA with SHA-384.
    EcdsaSha384,
    /// ECDSA with SHA-512.
    EcdsaSha512,
    /// HMAC with SHA-1.
    HmacSha1,
    /// HMAC with SHA-224.
    HmacSha224,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-384.
    HmacSha384,
    /// HMAC with SHA-512.
    HmacSha512,
}

/// The kind of key that a [`SignatureMethod`] works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyFamily {
    /// RSA.
    Rsa,
    /// Elliptic curves.
    Ecdsa,
    /// A shared secret.
    Hmac,
}

impl DigestMethod {
    /// Every method with its name and its identifier.
    const TABLE: [(Self, &'static str, &'static str, usize); 5] = [
        (Self::Sha1, "sha1", "http://www.w3.org/2000/09/xmldsig#sha1", 20),
        (Self::Sha224, "sha224", "http://www.w3.org/2001/04/xmldsig-more#sha224", 28),
        (Self::Sha256, "sha256", "http://www.w3.org/2001/04/xmlenc#sha256", 32),
        (Self::Sha384, "sha384", "http://www.w3.org/2001/04/xmldsig-more#sha384", 48),
        (Self::Sha512, "sha512", "http://www.w3.org/2001/04/xmlenc#sha512", 64),
    ];

    /// Every method.
    pub const ALL: [Self; 5] = [Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    fn row(self) -> (Self, &'static str, &'static str, usize) {
        // The table is in the order of the variants; a test holds it to that.
        Self::TABLE[self as usize]
    }

    /// The name in policies: `sha256`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The method of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The value of `Algorithm`.
    #[must_use]
    pub fn uri(self) -> &'static str {
        self.row().2
    }

    /// The method of that identifier.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.2 == uri).map(|row| row.0)
    }

    /// Octets of a digest.
    #[must_use]
    pub fn length(self) -> usize {
        self.row().3
    }

    /// What must be allowed for it to be accepted.
    #[must_use]
    pub fn legacy(self) -> Option<Legacy> {
        (self == Self::Sha1).then_some(Legacy::Sha1)
    }
}

type MethodRow = (SignatureMethod, &'static str, &'static str, KeyFamily, DigestMethod);

impl SignatureMethod {
    const TABLE: [MethodRow; 15] = {
        use DigestMethod::{Sha1, Sha224, Sha256, Sha384, Sha512};
        use KeyFamily::{Ecdsa, Hmac, Rsa};
        [
            (Self::RsaSha1, "rsa-sha1", "http://www.w3.org/2000/09/xmldsig#rsa-sha1", Rsa, Sha1),
            (
                Self::RsaSha224,
                "rsa-sha224",
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224",
                Rsa,
                Sha224,
            ),
            (
                Self::RsaSha256,
                "rsa-sha256",
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                Rsa,
                Sha256,
            ),
            (
                Self::RsaSha384,
                "rsa-sha384",
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
                Rsa,
                Sha384,
            ),
            (
                Self::RsaSha512,
                "rsa-sha512",
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
                Rsa,
                Sha512,
            ),
            (
                Self::EcdsaSha1,
                "ecdsa-sha1",
                "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
                Ecdsa,
                Sha1,
            ),
            (
                Self::EcdsaSha224,
                "ecdsa-sha224",
                "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha224",
                Ecdsa,
                Sha224,
            ),
            (
                Self::EcdsaSha256,
                "ecdsa-sha256",
                "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
                Ecdsa,
                Sha256,
            ),
            (
                Self::EcdsaSha384,
                "ecdsa-sha384",
                "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
                Ecdsa,
                Sha384,
            ),
            (
                Self::EcdsaSha512,
                "ecdsa-sha512",
                "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
                Ecdsa,
                Sha512,
            ),
            (
                Self::HmacSha1,
                "hmac-sha1",
                "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
                Hmac,
                Sha1,
            ),
            (
                Self::HmacSha224,
                "hmac-sha224",
                "http://www.w3.org/2001/04/xmldsig-more#hmac-sha224",
                Hmac,
                Sha224,
            ),
            (
                Self::HmacSha256,
                "hmac-sha256",
                "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
                Hmac,
                Sha256,
            ),
            (
                Self::HmacSha384,
                "hmac-sha384",
                "http://www.w3.org/2001/04/xmldsig-more#hmac-sha384",
                Hmac,
                Sha384,
            ),
            (
                Self::HmacSha512,
                "hmac-sha512",
                "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512",
                Hmac,
                Sha512,
            ),
        ]
    };

    fn row(self) -> &'static MethodRow {
        &Self::TABLE[self as usize]
    }

    /// Every method.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::TABLE.iter().map(|row| row.0)
    }

    /// The name in policies: `rsa-sha256`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The method of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The value of `Algorithm`.
    #[must_use]
    pub fn uri(self) -> &'static str {
        self.row().2
    }

    /// The method of that identifier.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.2 == uri).map(|row| row.0)
    }

    /// The kind of key that it works with.
    #[must_use]
    pub fn family(self) -> KeyFamily {
        self.row().3
    }

    /// The digest inside it.
    #[must_use]
    pub fn digest(self) -> DigestMethod {
        self.row().4
    }

    /// What must be allowed for it to be accepted. HMAC with SHA-1 needs nothing: what broke SHA-1,
    /// collisions, does not touch it.
    #[must_use]
    pub fn legacy(self) -> Option<Legacy> {
        match self.family() {
            KeyFamily::Hmac => None,
            KeyFamily::Rsa | KeyFamily::Ecdsa => self.digest().legacy(),
        }
    }
}

/// Something that is refused unless it is allowed by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Legacy {
    /// SHA-1 as DigestMethod and in a SignatureMethod.
    Sha1,
    /// RSA 1.5 as key transport.
    Rsa15,
    /// CBC that no verified signature over the ciphertext covers.
    Cbc,
    /// Triple DES.
    TripleDes,
    /// DSA.
    Dsa,
    /// MD5 in a signature.
    Md5,
    /// An HMAC that was cut short.
    HmacTruncation,
    /// A signature whose only key stands in the message: it proves that nothing was changed since
    /// somebody signed, and nobody's identity.
    EmbeddedKey,
    /// RSA keys from 1024 to 2047 bits.
    Rsa1024,
}

impl Legacy {
    /// All of them, in the order of docs/policies.md.
    pub const ALL: [Self; 9] = [
        Self::Sha1,
        Self::Rsa15,
        Self::Cbc,
        Self::TripleDes,
        Self::Dsa,
        Self::Md5,
        Self::HmacTruncation,
        Self::EmbeddedKey,
        Self::Rsa1024,
    ];

    /// The name in policies and for `--legacy`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Rsa15 => "rsa15",
            Self::Cbc => "cbc",
            Self::TripleDes => "3des",
            Self::Dsa => "dsa",
            Self::Md5 => "md5",
            Self::HmacTruncation => "hmac-truncation",
            Self::EmbeddedKey => "embedded-key",
            Self::Rsa1024 => "rsa1024",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|legacy| legacy.name() == name)
    }
}

/// What is allowed by name. Default: nothing.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct LegacySet(u16);

impl LegacySet {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// The set with one more.
    #[must_use]
    pub const fn with(self, legacy: Legacy) -> Self {
        Self(self.0 | 1 << legacy as u16)
    }

    /// Whether it is in the set.
    #[must_use]
    pub const fn allows(self, legacy: Legacy) -> bool {
        self.0 & (1 << legacy as u16) != 0
    }

    /// What is in the set.
    pub fn iter(self) -> impl Iterator<Item = Legacy> {
        Legacy::ALL.into_iter().filter(move |legacy| self.allows(*legacy))
    }
}

impl FromIterator<Legacy> for LegacySet {
    fn from_iter<I: IntoIterator<Item = Legacy>>(all: I) -> Self {
        all.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for LegacySet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_the_order_of_the_variants_and_read_both_ways() {
        for (number, method) in DigestMethod::ALL.into_iter().enumerate() {
            assert_eq!(method as usize, number);
            assert_eq!(method.row().0, method);
            assert_eq!(DigestMethod::from_uri(method.uri()), Some(method));
            assert_eq!(DigestMethod::from_name(method.name()), Some(method));
        }
        for (number, method) in SignatureMethod::all().enumerate() {
            assert_eq!(method as usize, number);
            assert_eq!(SignatureMethod::from_uri(method.uri()), Some(method));
            assert_eq!(SignatureMethod::from_name(method.name()), Some(method));
            assert!(method.name().ends_with(method.digest().name()));
        }
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set: LegacySet = [Legacy::Sha1, Legacy::Rsa1024].into_iter().collect();
        assert!(set.allows(Legacy::Sha1) && set.allows(Legacy::Rsa1024));
        assert!(!set.allows(Legacy::Dsa) && !LegacySet::NONE.allows(Legacy::Sha1));
        assert_eq!(set.iter().map(Legacy::name).collect::<Vec<_>>(), ["sha1", "rsa1024"]);
        for legacy in Legacy::ALL {
            assert_eq!(Legacy::from_name(legacy.name()), Some(legacy));
        }
    }
}
