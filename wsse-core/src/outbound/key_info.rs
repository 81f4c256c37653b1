//! What KeyInfo says of a key, prepared once.

use crate::crypto::{Certificate, DigestMethod, Identity, PublicKey};
use crate::error::{Cause, Error};
use crate::keyinfo::{Clue, KeyValue, X509Data};
use crate::ns;
use crate::policy::{EncryptionPolicy, KeyReference, SignaturePolicy, WhichPart};
use crate::token::SecurityTokenReference;
use crate::xml::Markup;

/// What KeyInfo says.
#[derive(Clone)]
pub(super) struct PreparedKeyInfo {
    /// In messages, but for a reference to a token, whose Id changes.
    message: Vec<Markup>,
    /// In documents that are no messages, where a SecurityTokenReference has no place.
    pub(super) bare: Vec<Markup>,
    /// Whether it refers to a BinarySecurityToken in front of the Signature.
    pub(super) token: bool,
    /// The ValueType of that.
    value_type: &'static str,
    /// Whether it is a SecurityTokenReference that stands for a certificate.
    pub(super) stands_for_token: bool,
}

/// What a policy wants of it.
#[derive(Clone, Copy)]
pub(super) struct Wish<'p> {
    reference: KeyReference,
    name: &'p str,
    security_token_reference: Option<bool>,
    digest: DigestMethod,
}

impl<'p> Wish<'p> {
    pub(super) fn to_sign(policy: &'p SignaturePolicy) -> Self {
        Self {
            reference: policy.reference,
            name: policy.key_name.as_ref().unwrap_or(&policy.key),
            security_token_reference: policy.security_token_reference,
            digest: policy.digest,
        }
    }

    pub(super) fn to_encrypt(policy: &'p EncryptionPolicy, recipient: &'p str) -> Self {
        Self {
            reference: policy.reference,
            name: policy.key_name.as_deref().unwrap_or(recipient),
            security_token_reference: policy.security_token_reference,
            digest: DigestMethod::Sha256,
        }
    }

    fn key_name(self) -> Result<Markup, Error> {
        let name = self.name;
        if name.trim().is_empty() || name.trim() != name {
            return Err(unfit("a KeyName is empty, or white space stands around it"));
        }
        Ok(Clue::key_name_markup(name))
    }

    /// Refuses a wish that can't be granted.
    fn check_in_reference(self) -> Result<(), Error> {
        if self.security_token_reference == Some(false) {
            return Err(unfit(
                "`security-token-reference` is false, but this reference always stands in a \
                 SecurityTokenReference",
            ));
        }
        Ok(())
    }
}

impl PreparedKeyInfo {
    /// Nothing, or a name: both sides know the secret.
    pub(super) fn of_secret(wish: Wish<'_>) -> Result<Self, Error> {
        if wish.reference != KeyReference::KeyName {
            return Ok(Self::of(Vec::new(), Vec::new()));
        }
        Self::of_content(wish, wish.key_name()?)
    }

    /// What can be said of a public key without a certificate.
    pub(super) fn of_public_key(wish: Wish<'_>, key: &PublicKey) -> Result<Self, Error> {
        let content = match wish.reference {
            KeyReference::KeyName => wish.key_name()?,
            KeyReference::KeyValue => key_value(key)?,
            KeyReference::DerEncodedKeyValue => KeyValue::der_markup(key),
            _ => {
                return Err(unfit(
                    "a public key without a certificate is referred to by \"key-name\", \
                     \"key-value\" or \"der-encoded-key-value\"",
                ));
            }
        };
        Self::of_content(wish, content)
    }

    pub(super) fn of_identity(wish: Wish<'_>, identity: &Identity) -> Result<Self, Error> {
        Self::of_certificate(wish, identity.certificate(), identity.chain())
    }

    pub(super) fn of_certificate(
        wish: Wish<'_>,
        certificate: &Certificate,
        chain: &[Certificate],
    ) -> Result<Self, Error> {
        let certificates =
            || X509Data::certificates_markup(core::iter::once(certificate).chain(chain));
        // A KeyIdentifier has no other form.
        let identifier = |reference: Markup, bare: Markup| {
            wish.check_in_reference()?;
            Ok(Self { stands_for_token: true, ..Self::of(vec![reference], vec![bare]) })
        };
        let content = match wish.reference {
            KeyReference::BinarySecurityToken | KeyReference::X509PkiPath => {
                wish.check_in_reference()?;
                let value_type = match wish.reference {
                    KeyReference::X509PkiPath => ns::X509_PKI_PATH,
                    _ => ns::X509V3,
                };
                let bare = match wish.reference {
                    KeyReference::X509PkiPath => certificates(),
                    _ => X509Data::certificates_markup([certificate]),
                };
                return Ok(Self {
                    token: true,
                    value_type,
                    stands_for_token: true,
                    ..Self::of(Vec::new(), vec![bare])
                });
            }
            KeyReference::SubjectKeyIdentifier => {
                let reference = SecurityTokenReference::subject_key_identifier_markup(certificate)?;
                let bare = X509Data::subject_key_identifier_markup(certificate);
                return identifier(reference.clone(), bare.unwrap_or(reference));
            }
            KeyReference::ThumbprintSha1 => {
                let reference = SecurityTokenReference::thumbprint_sha1_markup(certificate);
                return identifier(reference.clone(), reference);
            }
            KeyReference::X509KeyIdentifier => {
                let reference = SecurityTokenReference::certificate_markup(certificate);
                return identifier(reference.clone(), reference);
            }
            KeyReference::IssuerSerial => X509Data::issuer_serial_markup(certificate),
            KeyReference::IssuerSerialCertificate => {
                X509Data::issuer_serial_certificate_markup(certificate)
            }
            KeyReference::X509Data => certificates(),
            KeyReference::X509Ski => X509Data::subject_key_identifier_markup(certificate)
                .ok_or_else(|| {
                    unfit(&format!(
                        "the certificate of {} has no SubjectKeyIdentifier; take another \
                         reference, such as \"x509-digest\"",
                        certificate.subject()
                    ))
                })?,
            KeyReference::X509Digest => {
                let method = match wish.digest {
                    DigestMethod::Sha1 => DigestMethod::Sha256,
                    other => other,
                };
                X509Data::digest_markup(certificate, method)?
            }
            KeyReference::KeyName => wish.key_name()?,
            KeyReference::KeyValue => key_value(certificate.public_key())?,
            KeyReference::DerEncodedKeyValue => KeyValue::der_markup(certificate.public_key()),
            KeyReference::Secret => {
                return Err(unfit("the reference \"secret\" belongs to a shared secret"));
            }
            KeyReference::EncryptedKey | KeyReference::UsernameToken => {
                return Err(unfit("the reference belongs to a key of the message"));
            }
        };
        Self::of_content(wish, content)
    }

    fn of_content(wish: Wish<'_>, content: Markup) -> Result<Self, Error> {
        let usual = matches!(
            wish.reference,
            KeyReference::IssuerSerial | KeyReference::IssuerSerialCertificate
        );
        let wrapped = wish.security_token_reference.unwrap_or(usual);
        let stands_for_token = wrapped && content.local == "X509Data";
        let message = match wrapped {
            true => SecurityTokenReference::around(content.clone()),
            false => content.clone(),
        };
        Ok(Self { stands_for_token, ..Self::of(vec![message], vec![content]) })
    }

    fn of(message: Vec<Markup>, bare: Vec<Markup>) -> Self {
        Self { message, bare, token: false, value_type: ns::X509V3, stands_for_token: false }
    }

    /// Refuses to sign a token through a reference that there is not.
    pub(super) fn check_parts(&self, policy: &SignaturePolicy) -> Result<(), Error> {
        let asked = policy
            .parts
            .iter()
            .any(|part| part.which == WhichPart::SecurityTokenReference && !part.optional);
        if asked && !self.stands_for_token {
            return Err(unfit(
                "the part \"security-token-reference\" is to be signed, but the reference of the \
                 Signature writes no SecurityTokenReference that stands for a certificate",
            ));
        }
        Ok(())
    }

    /// The children of KeyInfo: with the Id of the token, and with the Id that the
    /// SecurityTokenReference itself gets.
    pub(super) fn write(&self, token_id: Option<&str>, reference_id: Option<&str>) -> Vec<Markup> {
        let mut written = match token_id {
            Some(id) => vec![SecurityTokenReference::direct_markup(id, self.value_type)],
            None => self.message.clone(),
        };
        if let (Some(id), [reference]) = (reference_id, written.as_mut_slice()) {
            reference.attributes.push(Markup::attribute("wsu", ns::WSU, "Id", id.to_owned()));
        }
        written
    }
}

fn key_value(key: &PublicKey) -> Result<Markup, Error> {
    KeyValue::markup(key)
        .ok_or_else(|| unfit("the reference \"key-value\" is written for RSA and EC keys only"))
}

fn unfit(reason: &str) -> Error {
    Error::new(Cause::InvalidArgument, reason)
}
