//! The keys that decrypt, and the one that a KeyInfo means. Here a name or a reference only selects:
//! a key that is not ours decrypts nothing.

use super::keyring::{MessageKeys, no_key};
use crate::crypto::{Certificate, CertificatePath, PrivateKey, PublicKey};
use crate::error::Error;
use crate::keyinfo::{Clue, KeyInfo};
use crate::token::SecurityTokenReference;
use crate::xml::{Element, NamespaceId};

/// A key of ours that messages are encrypted for.
#[derive(Clone, Debug)]
pub(super) struct Recipient {
    /// The name under which it was given; empty for none.
    pub(super) name: String,
    pub(super) key: PrivateKey,
    /// The certificate by which senders know it.
    pub(super) certificate: Option<Certificate>,
}

impl Recipient {
    fn is_nobody(&self) -> bool {
        matches!(self.name.as_str(), "" | "default")
    }
}

impl MessageKeys<'_> {
    /// The private key that a KeyInfo means.
    pub(super) fn private_key(
        &self,
        key_info: Option<Element<'_, '_>>,
    ) -> Result<&PrivateKey, Error> {
        let all = &self.keyring.recipients;
        if all.is_empty() {
            return Err(no_key(
                "parts of the message are encrypted, and no private key was given to decrypt them",
            ));
        }
        let Some(key_info) = key_info else {
            return match all.as_slice() {
                [only] => Ok(&only.key),
                _ => Err(no_key(
                    "an EncryptedKey does not say for whom it is, and not exactly one private key \
                     was given",
                )),
            };
        };
        let mut failure = None;
        for clue in KeyInfo::parse(key_info)?.clues {
            match self.recipient(&clue) {
                Ok(found) => return Ok(&found.key),
                Err(error) => drop(failure.get_or_insert(error)),
            }
        }
        let failure = failure.unwrap_or_else(|| no_key("the KeyInfo of an EncryptedKey is empty"));
        Err(failure.at(key_info.range().start))
    }

    pub(super) fn recipient(&self, clue: &Clue<'_, '_>) -> Result<&Recipient, Error> {
        match clue {
            Clue::X509Data(data) => self
                .of_certificate(|held| {
                    data.fits(held) || data.certificates.iter().any(|der| held.der() == der)
                })
                .or_else(|error| self.of_certified_key(&data.certificates).ok_or(error)),
            Clue::KeyName(name) => self.of_name(name),
            Clue::KeyValue(value) => self.of_public_key(&value.public_key()?),
            Clue::Foreign(element)
                if element.name().is(NamespaceId::WSSE, "SecurityTokenReference") =>
            {
                self.of_reference(&SecurityTokenReference::parse(*element)?)
            }
            Clue::Link(element) | Clue::Foreign(element) | Clue::Unsupported(element) => {
                Err(no_key(&format!(
                    "{} in the KeyInfo of an EncryptedKey is not understood",
                    element.name().qualified()
                ))
                .at(element.range().start))
            }
        }
    }

    fn of_reference(&self, reference: &SecurityTokenReference) -> Result<&Recipient, Error> {
        let of_path = |path: &CertificatePath| {
            self.of_certificate(|held| path.certificates().iter().any(|der| held.der() == der))
        };
        match reference {
            SecurityTokenReference::Direct { id } => of_path(&self.direct(id)?.content),
            SecurityTokenReference::Embedded(token) => of_path(&token.content),
            SecurityTokenReference::Certificate(der) => {
                self.of_certificate(|held| held.der() == der)
            }
            SecurityTokenReference::SubjectKeyIdentifier(identifier) => {
                self.of_certificate(|held| held.subject_key_identifier() == Some(identifier))
            }
            SecurityTokenReference::ThumbprintSha1(thumbprint) => {
                self.of_certificate(|held| held.sha1_thumbprint().as_slice() == thumbprint)
            }
            SecurityTokenReference::X509Data(data) => self.of_certificate(|held| {
                data.fits(held) || data.certificates.iter().any(|der| held.der() == der)
            }),
            SecurityTokenReference::KeyName(name) => self.of_name(name),
            SecurityTokenReference::EncryptedKeySha1(_) => Err(no_key(
                "an EncryptedKey is encrypted with a secret of another one, which is not followed",
            )),
            SecurityTokenReference::KeyValue(value) => self.of_public_key(&value.public_key()?),
        }
    }

    /// The key of a certificate. A key that was given without one can't be told by a reference to it:
    /// where it is the only key, it is meant.
    fn of_certificate(&self, is_meant: impl Fn(&Certificate) -> bool) -> Result<&Recipient, Error> {
        match self.keyring.recipients.as_slice() {
            [only] if only.certificate.is_none() => Ok(only),
            _ => self
                .find_recipient(|recipient| recipient.certificate.as_ref().is_some_and(&is_meant)),
        }
    }

    /// The key that one of these certificates is for, though it is not the one that we know.
    fn of_certified_key(&self, certificates: &[Vec<u8>]) -> Option<&Recipient> {
        certificates.iter().find_map(|der| {
            let certificate = Certificate::from_der(der).ok()?;
            self.of_public_key(certificate.public_key()).ok()
        })
    }

    fn of_public_key(&self, key: &PublicKey) -> Result<&Recipient, Error> {
        self.find_recipient(|recipient| recipient.key.public_key() == key)
    }

    /// What was given under this name; else, what was given without any.
    fn of_name(&self, name: &str) -> Result<&Recipient, Error> {
        let named = self.find_recipient(|recipient| recipient.name == name);
        named.or_else(|_| self.find_recipient(Recipient::is_nobody))
    }

    fn find_recipient(&self, is_meant: impl Fn(&Recipient) -> bool) -> Result<&Recipient, Error> {
        self.keyring.recipients.iter().find(|recipient| is_meant(recipient)).ok_or_else(|| {
            no_key("an EncryptedKey is for a key that is none of the private keys that were given")
        })
    }
}
