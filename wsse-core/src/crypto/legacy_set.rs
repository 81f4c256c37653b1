//! What is accepted only by name.

use core::fmt;

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

    /// What is in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What of `needed` is not in the set.
    #[must_use]
    pub const fn lacking(self, needed: Self) -> Self {
        Self(needed.0 & !self.0)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
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
    fn a_set_holds_what_was_put_in() {
        let set: LegacySet = [Legacy::Sha1, Legacy::Rsa1024].into_iter().collect();
        assert!(set.allows(Legacy::Sha1) && set.allows(Legacy::Rsa1024));
        assert!(!set.allows(Legacy::Dsa) && !LegacySet::NONE.allows(Legacy::Sha1));
        assert_eq!(set.iter().map(Legacy::name).collect::<Vec<_>>(), ["sha1", "rsa1024"]);
        let needed = LegacySet::NONE.with(Legacy::Dsa).with(Legacy::Sha1);
        assert_eq!(set.lacking(needed), LegacySet::NONE.with(Legacy::Dsa));
        assert!(set.with(Legacy::Dsa).lacking(needed).is_empty());
        for legacy in Legacy::ALL {
            assert_eq!(Legacy::from_name(legacy.name()), Some(legacy));
        }
    }
}
