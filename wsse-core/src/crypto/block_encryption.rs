//! The methods that data is encrypted with.

use super::legacy_set::{Legacy, LegacySet};

macro_rules! methods {
    ($($(#[$doc:meta])+ $method:ident, $name:literal, $uri:literal, $openssl:literal, $key:literal, $mode:ident, $block:literal;)+) => {
        /// A block encryption method (XML Encryption 1.1, section 5.2).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum BlockEncryption {
            $($(#[$doc])+ $method,)+
        }

        impl BlockEncryption {
            /// Every method, in the order of docs/policies.md.
            pub const ALL: [Self; [$($key),+].len()] = [$(Self::$method),+];

            const fn row(self) -> Row {
                match self {
                    $(Self::$method => Row {
                        name: $name,
                        uri: $uri,
                        openssl: $openssl,
                        key: $key,
                        mode: Mode::$mode,
                        block: $block,
                    },)+
                }
            }
        }
    };
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Gcm,
    Cbc,
}

struct Row {
    name: &'static str,
    uri: &'static str,
    openssl: &'static str,
    key: usize,
    mode: Mode,
    block: usize,
}

methods! {
    /// AES of 256 bits in Galois/Counter Mode.
    Aes256Gcm, "aes256-gcm", "http://www.w3.org/2009/xmlenc11#aes256-gcm", "AES-256-GCM", 32, Gcm, 16;
    /// AES of 192 bits in Galois/Counter Mode.
    Aes192Gcm, "aes192-gcm", "http://www.w3.org/2009/xmlenc11#aes192-gcm", "AES-192-GCM", 24, Gcm, 16;
    /// AES of 128 bits in Galois/Counter Mode.
    Aes128Gcm, "aes128-gcm", "http://www.w3.org/2009/xmlenc11#aes128-gcm", "AES-128-GCM", 16, Gcm, 16;
    /// AES of 256 bits in Cipher Block Chaining mode, which authenticates nothing; legacy.
    Aes256Cbc, "aes256-cbc", "http://www.w3.org/2001/04/xmlenc#aes256-cbc", "AES-256-CBC", 32, Cbc, 16;
    /// AES of 192 bits in Cipher Block Chaining mode, legacy.
    Aes192Cbc, "aes192-cbc", "http://www.w3.org/2001/04/xmlenc#aes192-cbc", "AES-192-CBC", 24, Cbc, 16;
    /// AES of 128 bits in Cipher Block Chaining mode, legacy.
    Aes128Cbc, "aes128-cbc", "http://www.w3.org/2001/04/xmlenc#aes128-cbc", "AES-128-CBC", 16, Cbc, 16;
    /// Triple DES in Cipher Block Chaining mode, legacy.
    TripleDesCbc, "tripledes-cbc", "http://www.w3.org/2001/04/xmlenc#tripledes-cbc", "DES-EDE3-CBC", 24, Cbc, 8;
}

impl BlockEncryption {
    /// The name in policies: `aes256-gcm`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The method of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// The value of `Algorithm`.
    #[must_use]
    pub fn uri(self) -> &'static str {
        self.row().uri
    }

    /// The method of that identifier.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.uri() == uri)
    }

    /// Octets of the key.
    #[must_use]
    pub fn key_length(self) -> usize {
        self.row().key
    }

    /// Whether what was changed on the way is noticed: the plaintext is authenticated by the key.
    #[must_use]
    pub fn is_authenticated(self) -> bool {
        self.row().mode == Mode::Gcm
    }

    /// What must be allowed for it to be accepted, all of it. Where a trusted Signature over the
    /// ciphertext was verified before, [`Legacy::Cbc`] counts as allowed.
    #[must_use]
    pub fn legacy(self) -> LegacySet {
        match self {
            Self::TripleDesCbc => LegacySet::NONE.with(Legacy::TripleDes),
            _ if self.is_authenticated() => LegacySet::NONE,
            _ => LegacySet::NONE.with(Legacy::Cbc),
        }
    }

    /// Octets of the initialization vector, which stands in front of the ciphertext (sections 5.2.2
    /// to 5.2.4).
    #[must_use]
    pub fn iv_length(self) -> usize {
        if self.is_authenticated() { 12 } else { self.row().block }
    }

    /// Octets of the authentication tag, which stands behind the ciphertext.
    #[must_use]
    pub fn tag_length(self) -> usize {
        if self.is_authenticated() { 16 } else { 0 }
    }

    /// Octets of a block.
    #[must_use]
    pub fn block_length(self) -> usize {
        self.row().block
    }

    /// Octets that `plaintext` octets become: initialization vector, ciphertext with its padding, tag.
    #[must_use]
    pub fn ciphertext_length(self, plaintext: usize) -> usize {
        let padded = if self.is_authenticated() {
            plaintext
        } else {
            plaintext + self.row().block - plaintext % self.row().block
        };
        self.iv_length() + padded + self.tag_length()
    }

    /// The name by which OpenSSL fetches it.
    pub(super) fn openssl(self) -> &'static str {
        self.row().openssl
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_identifiers_are_read_back() {
        for method in BlockEncryption::ALL {
            assert_eq!(BlockEncryption::from_uri(method.uri()), Some(method));
            assert_eq!(BlockEncryption::from_name(method.name()), Some(method));
            assert!(method.uri().ends_with(&format!("#{}", method.name())));
            assert_eq!(method.legacy().is_empty(), method.is_authenticated());
        }
        let only = LegacySet::NONE.with(Legacy::TripleDes);
        assert_eq!(BlockEncryption::TripleDesCbc.legacy(), only);
    }

    #[test]
    fn lengths_are_those_of_the_standard() {
        for (method, lengths) in [
            (BlockEncryption::Aes128Gcm, [28, 29, 44, 45]),
            (BlockEncryption::Aes256Cbc, [32, 32, 48, 48]),
            (BlockEncryption::TripleDesCbc, [16, 16, 32, 32]),
        ] {
            let found = [0, 1, 16, 17].map(|octets| method.ciphertext_length(octets));
            assert_eq!(found, lengths, "{method:?}");
        }
    }
}
