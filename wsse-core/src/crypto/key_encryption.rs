//! The methods that keys are encrypted with: key transport under a public key, key wrap under a
//! secret.

use super::digest_method::DigestMethod;
use super::legacy_set::{Legacy, LegacySet};
use crate::error::{Cause, Error};

/// How a key is encrypted: the EncryptionMethod of an EncryptedKey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyEncryption {
    /// Under a public key.
    Transport(KeyTransport),
    /// Under a secret.
    Wrap(KeyWrap),
}

/// A key transport method (XML Encryption 1.1, section 5.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyTransport {
    /// RSA-OAEP with any mask generation function, of XML Encryption 1.1 (section 5.5.2).
    RsaOaep(OaepParameters),
    /// RSA-OAEP of XML Encryption 1.0, whose mask generation function is MGF1 with SHA-1 where nothing
    /// is said (section 5.5.2).
    RsaOaepMgf1p(OaepParameters),
    /// RSAES-PKCS1-v1_5 (section 5.5.1), legacy.
    Rsa15,
}

/// The parameters of RSA-OAEP (RFC 8017, section 7.1); the mask generation function is MGF1, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OaepParameters {
    digest: DigestMethod,
    mask_digest: DigestMethod,
}

/// A key wrap method (XML Encryption 1.1, section 5.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyWrap {
    /// AES Key Wrap under a key of 256 bits (RFC 3394).
    Aes256,
    /// AES Key Wrap under a key of 192 bits.
    Aes192,
    /// AES Key Wrap under a key of 128 bits.
    Aes128,
    /// CMS Triple DES Key Wrap (RFC 3217), legacy.
    TripleDes,
}

/// Octets of the label of RSA-OAEP (OAEPparams) at most: nobody uses more than a few.
pub const MOST_OAEP_LABEL: usize = 256;

const RSA_OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
const RSA_OAEP_MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
const RSA_1_5: &str = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";

impl KeyEncryption {
    /// Every method, RSA-OAEP with the parameters that hold where nothing is said.
    pub fn all() -> impl Iterator<Item = Self> {
        let transport = KeyTransport::ALL.into_iter().map(Self::Transport);
        transport.chain(KeyWrap::ALL.into_iter().map(Self::Wrap))
    }

    /// The name in policies: `rsa-oaep`, `kw-aes128`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Transport(method) => method.name(),
            Self::Wrap(method) => method.name(),
        }
    }

    /// The method of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|method| method.name() == name)
    }

    /// The value of `Algorithm`.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::Transport(method) => method.uri(),
            Self::Wrap(method) => method.uri(),
        }
    }

    /// The method of that identifier; RSA-OAEP with the parameters that hold where nothing is said.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::all().find(|method| method.uri() == uri)
    }

    /// What must be allowed for it to be accepted, all of it.
    #[must_use]
    pub fn legacy(self) -> LegacySet {
        match self {
            Self::Transport(method) => method.legacy(),
            Self::Wrap(method) => method.legacy(),
        }
    }
}

impl KeyTransport {
    const ALL: [Self; 3] = [
        Self::RsaOaep(OaepParameters::UNSAID),
        Self::RsaOaepMgf1p(OaepParameters::UNSAID),
        Self::Rsa15,
    ];

    /// The name in policies: `rsa-oaep`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RsaOaep(_) => "rsa-oaep",
            Self::RsaOaepMgf1p(_) => "rsa-oaep-mgf1p",
            Self::Rsa15 => "rsa-1.5",
        }
    }

    /// The value of `Algorithm`.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::RsaOaep(_) => RSA_OAEP,
            Self::RsaOaepMgf1p(_) => RSA_OAEP_MGF1P,
            Self::Rsa15 => RSA_1_5,
        }
    }

    /// The parameters, where it is RSA-OAEP.
    #[must_use]
    pub fn oaep(self) -> Option<OaepParameters> {
        match self {
            Self::RsaOaep(parameters) | Self::RsaOaepMgf1p(parameters) => Some(parameters),
            Self::Rsa15 => None,
        }
    }

    /// What must be allowed for it to be accepted. SHA-1 in RSA-OAEP needs nothing: what broke it,
    /// collisions, does not touch this use.
    #[must_use]
    pub fn legacy(self) -> LegacySet {
        match self.oaep() {
            None => LegacySet::NONE.with(Legacy::Rsa15),
            Some(parameters) if parameters.digest == DigestMethod::Md5 => {
                LegacySet::NONE.with(Legacy::Md5)
            }
            Some(_) => LegacySet::NONE,
        }
    }
}

impl OaepParameters {
    /// What holds where a message says nothing: SHA-1 twice (XML Encryption 1.1, section 5.5.2).
    pub const UNSAID: Self = Self { digest: DigestMethod::Sha1, mask_digest: DigestMethod::Sha1 };

    /// Parameters: the digest of the label, and that of MGF1.
    ///
    /// # Errors
    /// [`Cause::UnsupportedAlgorithm`] for an MGF1 with a digest that has no identifier: it is one
    /// of SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512.
    pub fn new(digest: DigestMethod, mask_digest: DigestMethod) -> Result<Self, Error> {
        let parameters = Self { digest, mask_digest };
        if mask_uri(mask_digest).is_none() {
            let reason = format!("MGF1 with {} has no identifier", mask_digest.name());
            return Err(Error::new(Cause::UnsupportedAlgorithm, reason));
        }
        Ok(parameters)
    }

    /// The digest of the label.
    #[must_use]
    pub fn digest(self) -> DigestMethod {
        self.digest
    }

    /// The digest in MGF1.
    #[must_use]
    pub fn mask_digest(self) -> DigestMethod {
        self.mask_digest
    }

    /// The identifier of MGF1 with its digest (XML Encryption 1.1, section 5.5.2).
    #[must_use]
    pub fn mask_uri(self) -> &'static str {
        mask_uri(self.mask_digest).unwrap_or_default()
    }

    /// The digest of the MGF1 with that identifier.
    #[must_use]
    pub fn mask_from_uri(uri: &str) -> Option<DigestMethod> {
        DigestMethod::ALL.into_iter().find(|method| mask_uri(*method) == Some(uri))
    }

    /// The digest of the MGF1 with that name in policies: `mgf1-sha256`.
    #[must_use]
    pub fn mask_from_name(name: &str) -> Option<DigestMethod> {
        let digest = DigestMethod::from_name(name.strip_prefix("mgf1-")?)?;
        mask_uri(digest).map(|_| digest)
    }

    /// Octets of a key that has room under an RSA key of so many bits, at most (RFC 8017, section
    /// 7.1.1).
    #[must_use]
    pub fn room(self, bits: u32) -> usize {
        (bits.div_ceil(8) as usize).saturating_sub(2 * self.digest.length() + 2)
    }
}

/// SHA-256 twice: what is written here where nothing else is asked for.
impl Default for OaepParameters {
    fn default() -> Self {
        Self { digest: DigestMethod::Sha256, mask_digest: DigestMethod::Sha256 }
    }
}

fn mask_uri(digest: DigestMethod) -> Option<&'static str> {
    Some(match digest {
        DigestMethod::Sha1 => "http://www.w3.org/2009/xmlenc11#mgf1sha1",
        DigestMethod::Sha224 => "http://www.w3.org/2009/xmlenc11#mgf1sha224",
        DigestMethod::Sha256 => "http://www.w3.org/2009/xmlenc11#mgf1sha256",
        DigestMethod::Sha384 => "http://www.w3.org/2009/xmlenc11#mgf1sha384",
        DigestMethod::Sha512 => "http://www.w3.org/2009/xmlenc11#mgf1sha512",
        _ => return None,
    })
}

impl KeyWrap {
    const ALL: [Self; 4] = [Self::Aes256, Self::Aes192, Self::Aes128, Self::TripleDes];

    /// The name in policies: `kw-aes256`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Aes256 => "kw-aes256",
            Self::Aes192 => "kw-aes192",
            Self::Aes128 => "kw-aes128",
            Self::TripleDes => "kw-tripledes",
        }
    }

    /// The value of `Algorithm`.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::Aes256 => "http://www.w3.org/2001/04/xmlenc#kw-aes256",
            Self::Aes192 => "http://www.w3.org/2001/04/xmlenc#kw-aes192",
            Self::Aes128 => "http://www.w3.org/2001/04/xmlenc#kw-aes128",
            Self::TripleDes => "http://www.w3.org/2001/04/xmlenc#kw-tripledes",
        }
    }

    /// Octets of the key that wraps.
    #[must_use]
    pub fn key_length(self) -> usize {
        match self {
            Self::Aes256 => 32,
            Self::Aes192 | Self::TripleDes => 24,
            Self::Aes128 => 16,
        }
    }

    /// What must be allowed for it to be accepted.
    #[must_use]
    pub fn legacy(self) -> LegacySet {
        match self {
            Self::TripleDes => LegacySet::NONE.with(Legacy::TripleDes),
            _ => LegacySet::NONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_identifiers_are_read_back() {
        for method in KeyEncryption::all() {
            assert_eq!(KeyEncryption::from_uri(method.uri()), Some(method));
            assert_eq!(KeyEncryption::from_name(method.name()), Some(method));
        }
        assert_eq!(KeyEncryption::all().count(), 7);
        for digest in DigestMethod::ALL {
            match OaepParameters::new(DigestMethod::Sha3_256, digest) {
                Ok(parameters) => {
                    let uri = parameters.mask_uri();
                    assert_eq!(
                        uri,
                        format!("http://www.w3.org/2009/xmlenc11#mgf1{}", digest.name())
                    );
                    assert_eq!(OaepParameters::mask_from_uri(uri), Some(digest));
                    let name = format!("mgf1-{}", digest.name());
                    assert_eq!(OaepParameters::mask_from_name(&name), Some(digest));
                }
                Err(error) => {
                    assert_eq!(error.cause(), Cause::UnsupportedAlgorithm);
                    assert!(digest == DigestMethod::Md5 || digest.name().starts_with("sha3-"));
                }
            }
        }
        assert_eq!(OaepParameters::mask_from_uri(""), None);
    }

    #[test]
    fn what_is_legacy_is_named() {
        let oaep = |digest| {
            let parameters = OaepParameters::new(digest, DigestMethod::Sha1).unwrap();
            KeyTransport::RsaOaepMgf1p(parameters).legacy()
        };
        assert!(oaep(DigestMethod::Sha1).is_empty());
        assert_eq!(oaep(DigestMethod::Md5), LegacySet::NONE.with(Legacy::Md5));
        assert_eq!(KeyTransport::Rsa15.legacy(), LegacySet::NONE.with(Legacy::Rsa15));
        assert_eq!(KeyWrap::TripleDes.legacy(), LegacySet::NONE.with(Legacy::TripleDes));
        assert!(KeyWrap::Aes128.legacy().is_empty());
    }
}
