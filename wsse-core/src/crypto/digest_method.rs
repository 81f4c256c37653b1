//! The methods of digests.

use super::legacy_set::Legacy;

macro_rules! methods {
    ($($(#[$doc:meta])+ $method:ident, $name:literal, $uri:literal, $length:literal;)+) => {
        /// A DigestMethod (XML Signature 1.1, section 6.2; RFC 9231, section 2.1).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum DigestMethod {
            $($(#[$doc])+ $method,)+
        }

        impl DigestMethod {
            /// Every method.
            pub const ALL: [Self; [$($length),+].len()] = [$(Self::$method),+];

            /// Name, identifier and octets.
            const fn row(self) -> (&'static str, &'static str, usize) {
                match self {
                    $(Self::$method => ($name, $uri, $length),)+
                }
            }
        }
    };
}

methods! {
    /// MD5, legacy, and only verified.
    Md5, "md5", "http://www.w3.org/2001/04/xmldsig-more#md5", 16;
    /// SHA-1, legacy.
    Sha1, "sha1", "http://www.w3.org/2000/09/xmldsig#sha1", 20;
    /// SHA-224.
    Sha224, "sha224", "http://www.w3.org/2001/04/xmldsig-more#sha224", 28;
    /// SHA-256.
    Sha256, "sha256", "http://www.w3.org/2001/04/xmlenc#sha256", 32;
    /// SHA-384.
    Sha384, "sha384", "http://www.w3.org/2001/04/xmldsig-more#sha384", 48;
    /// SHA-512.
    Sha512, "sha512", "http://www.w3.org/2001/04/xmlenc#sha512", 64;
    /// SHA3-224.
    Sha3_224, "sha3-224", "http://www.w3.org/2007/05/xmldsig-more#sha3-224", 28;
    /// SHA3-256.
    Sha3_256, "sha3-256", "http://www.w3.org/2007/05/xmldsig-more#sha3-256", 32;
    /// SHA3-384.
    Sha3_384, "sha3-384", "http://www.w3.org/2007/05/xmldsig-more#sha3-384", 48;
    /// SHA3-512.
    Sha3_512, "sha3-512", "http://www.w3.org/2007/05/xmldsig-more#sha3-512", 64;
}

impl DigestMethod {
    /// Every method that signatures are made with here.
    pub fn that_sign() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|method| method.signs())
    }

    /// Whether signatures are made with it here, and not only verified.
    #[must_use]
    pub fn signs(self) -> bool {
        self != Self::Md5
    }

    /// The name in policies: `sha256`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The method of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// The value of `Algorithm`.
    #[must_use]
    pub fn uri(self) -> &'static str {
        self.row().1
    }

    /// The method of that identifier.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.uri() == uri)
    }

    /// Octets of a digest.
    #[must_use]
    pub fn length(self) -> usize {
        self.row().2
    }

    /// The octets of its OBJECT IDENTIFIER in DER, as a DigestInfo has it; None where no DigestInfo
    /// is made with it.
    pub(super) fn object_identifier(self) -> Option<&'static [u8]> {
        Some(match self {
            Self::Md5 => return None,
            Self::Sha1 => &[0x2B, 0x0E, 0x03, 0x02, 0x1A],
            Self::Sha256 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01],
            Self::Sha384 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02],
            Self::Sha512 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03],
            Self::Sha224 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04],
            Self::Sha3_224 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x07],
            Self::Sha3_256 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x08],
            Self::Sha3_384 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x09],
            Self::Sha3_512 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x0A],
        })
    }

    /// What must be allowed for it to be accepted.
    #[must_use]
    pub fn legacy(self) -> Option<Legacy> {
        match self {
            Self::Md5 => Some(Legacy::Md5),
            Self::Sha1 => Some(Legacy::Sha1),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_identifiers_are_read_back() {
        for method in DigestMethod::ALL {
            assert_eq!(DigestMethod::from_uri(method.uri()), Some(method));
            assert_eq!(DigestMethod::from_name(method.name()), Some(method));
        }
    }
}
