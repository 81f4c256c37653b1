//! What KeyInfo says of a key of ours, prepared once.

use crate::crypto::{DigestMethod, Identity};
use crate::error::{Cause, Error};
use crate::keyinfo::{Clue, KeyValue, X509Data};
use crate::ns;
use crate::policy::{KeyReference, SignaturePolicy, WhichPart};
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

impl PreparedKeyInfo {
    /// Nothing, or a name: both sides know the secret.
    pub(super) fn of_secret(policy: &SignaturePolicy) -> Result<Self, Error> {
        if policy.reference != KeyReference::KeyName {
            return Ok(Self::of(Vec::new(), Vec::new()));
        }
        Self::of_content(policy, key_name(policy)?)
    }

    pub(super) fn of_identity(
        policy: &SignaturePolicy,
        identity: &Identity,
    ) -> Result<Self, Error> {
        let certificate = identity.certificate();
        let certificates =
            || X509Data::certificates_markup(core::iter::once(certificate).chain(identity.chain()));
        // A KeyIdentifier has no other form.
        let identifier = |reference: Markup, bare: Markup| {
            check_in_reference(policy)?;
            Ok(Self { stands_for_token: true, ..Self::of(vec![reference], vec![bare]) })
        };
        let content = match policy.reference {
            KeyReference::BinarySecurityToken | KeyReference::X509PkiPath => {
                check_in_reference(policy)?;
                let value_type = match policy.reference {
                    KeyReference::X509PkiPath => ns::X509_PKI_PATH,
                    _ => ns::X509V3,
                };
                let bare = match policy.reference {
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
                let method = match policy.digest {
                    DigestMethod::Sha1 => DigestMethod::Sha256,
                    other => other,
                };
                X509Data::digest_markup(certificate, method)?
            }
            KeyReference::KeyName => key_name(policy)?,
            KeyReference::KeyValue => {
                KeyValue::markup(certificate.public_key()).ok_or_else(|| {
                    unfit("the reference \"key-value\" is written for RSA and EC keys only")
                })?
            }
            KeyReference::DerEncodedKeyValue => KeyValue::der_markup(certificate.public_key()),
            KeyReference::Secret => {
                return Err(unfit("the reference \"secret\" belongs to a shared secret"));
            }
        };
        Self::of_content(policy, content)
    }

    fn of_content(policy: &SignaturePolicy, content: Markup) -> Result<Self, Error> {
        let usual = matches!(
            policy.reference,
            KeyReference::IssuerSerial | KeyReference::IssuerSerialCertificate
        );
        let wrapped = policy.security_token_reference.unwrap_or(usual);
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

fn key_name(policy: &SignaturePolicy) -> Result<Markup, Error> {
    let name = policy.key_name.as_ref().unwrap_or(&policy.key);
    if name.trim().is_empty() || name.trim() != name {
        return Err(unfit("a KeyName is empty, or white space stands around it"));
    }
    Ok(Clue::key_name_markup(name))
}

/// Refuses a wish that can't be granted.
fn check_in_reference(policy: &SignaturePolicy) -> Result<(), Error> {
    if policy.security_token_reference == Some(false) {
        return Err(unfit(
            "`security-token-reference` is false, but this reference always stands in a \
             SecurityTokenReference",
        ));
    }
    Ok(())
}

fn unfit(reason: &str) -> Error {
    Error::new(Cause::InvalidArgument, reason)
}
