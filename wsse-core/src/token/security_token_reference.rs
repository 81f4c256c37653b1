//! `wsse:SecurityTokenReference` (SOAP Message Security 1.1.1, section 7).

use super::BinarySecurityToken;
use crate::crypto::{Certificate, base64, base64_to_vec};
use crate::error::{Cause, Error};
use crate::keyinfo::{Clue, KeyValue, X509Data};
use crate::ns;
use crate::xml::{Element, Markup, NamespaceId};

/// A SecurityTokenReference that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecurityTokenReference {
    /// The Id of a token in the same message (section 7.2).
    Direct {
        /// The Id.
        id: String,
    },
    /// The value of the extension SubjectKeyIdentifier of a certificate (X.509 Token Profile
    /// 1.1.1, section 3.2.1).
    SubjectKeyIdentifier(Vec<u8>),
    /// The SHA-1 of a certificate (section 7.3).
    ThumbprintSha1(Vec<u8>),
    /// A certificate itself, in DER.
    Certificate(Vec<u8>),
    /// An X509Data; issuer and serial number, in most messages (X.509 Token Profile 1.1.1,
    /// section 3.2.3).
    X509Data(X509Data),
    /// The SHA-1 of an encrypted key, of this message or of the one that it replies to (section 7.7).
    EncryptedKeySha1(Vec<u8>),
    /// A token that stands in the reference itself (section 7.4).
    Embedded(BinarySecurityToken),
    /// A name that both sides know (section 7.5).
    KeyName(String),
    /// A key itself.
    KeyValue(KeyValue),
}

impl SecurityTokenReference {
    /// Reads a `wsse:SecurityTokenReference` that holds exactly one reference (Basic Security
    /// Profile 1.1, R3061).
    ///
    /// # Errors
    /// [`Cause::SignatureStructure`], [`Cause::UnsupportedReference`] for a token outside the
    /// message, [`Cause::UnsupportedToken`] for kinds that are not understood,
    /// [`Cause::UnsupportedEncoding`], [`Cause::InvalidTokenValue`].
    pub fn parse(element: Element<'_, '_>) -> Result<Self, Error> {
        element.check_no_text()?;
        let mut children = element.children();
        let (Some(reference), None) = (children.next(), children.next()) else {
            let reason = "a SecurityTokenReference holds exactly one reference (Basic Security \
                          Profile R3061)";
            return Err(Error::new(Cause::SignatureStructure, reason).at(element.range().start));
        };
        let name = reference.name();
        match (name.namespace, name.local) {
            (NamespaceId::WSSE, "Reference") => Self::direct(reference),
            (NamespaceId::WSSE, "KeyIdentifier") => Self::key_identifier(reference),
            (NamespaceId::WSSE, "Embedded") => Self::embedded(reference),
            (NamespaceId::DS | NamespaceId::DS11, _) => match Clue::parse(reference)? {
                Clue::X509Data(data) => Ok(Self::X509Data(data)),
                Clue::KeyName(name) => Ok(Self::KeyName(name)),
                Clue::KeyValue(key) => Ok(Self::KeyValue(key)),
                _ => Err(not_understood(reference)),
            },
            _ => Err(not_understood(reference)),
        }
    }

    /// Reads a `wsse:Embedded`, which holds one token; a certificate here.
    fn embedded(element: Element<'_, '_>) -> Result<Self, Error> {
        element.check_no_text()?;
        let mut children = element.children();
        match (children.next(), children.next()) {
            (Some(token), None) if token.name().is(NamespaceId::WSSE, "BinarySecurityToken") => {
                BinarySecurityToken::parse(token).map(Self::Embedded)
            }
            (Some(token), None) => Err(not_understood(token)),
            _ => {
                let reason = "Embedded holds exactly one token (Basic Security Profile R3060)";
                Err(Error::new(Cause::SignatureStructure, reason).at(element.range().start))
            }
        }
    }

    fn direct(reference: Element<'_, '_>) -> Result<Self, Error> {
        let offset = reference.range().start;
        let uri = reference.attribute(NamespaceId::NONE, "URI").unwrap_or_default();
        match uri.strip_prefix('#') {
            Some(id) if !id.is_empty() => Ok(Self::Direct { id: id.to_owned() }),
            _ => {
                let shown: String = uri.chars().take(120).collect();
                Err(Error::new(
                    Cause::UnsupportedReference,
                    format!(
                        "the Reference points at {shown:?}; only tokens of the same message are \
                         looked at, as \"#Id\""
                    ),
                )
                .at(offset))
            }
        }
    }

    fn key_identifier(element: Element<'_, '_>) -> Result<Self, Error> {
        let offset = element.range().start;
        if let Some(encoding) = element.attribute(NamespaceId::NONE, "EncodingType")
            && encoding != ns::BASE64_BINARY
        {
            let shown: String = encoding.chars().take(120).collect();
            return Err(Error::new(
                Cause::UnsupportedEncoding,
                format!(
                    "the KeyIdentifier has the EncodingType {shown:?}; only Base64Binary is known"
                ),
            )
            .at(offset));
        }
        let octets = base64_to_vec(element.text()?).map_err(|error| {
            let reason = format!("KeyIdentifier: {}", error.reason());
            Error::new(Cause::InvalidTokenValue, reason).at(offset)
        })?;
        match element.attribute(NamespaceId::NONE, "ValueType").as_deref() {
            Some(ns::X509_SUBJECT_KEY_IDENTIFIER) => Ok(Self::SubjectKeyIdentifier(octets)),
            Some(ns::THUMBPRINT_SHA1) => Ok(Self::ThumbprintSha1(octets)),
            Some(ns::ENCRYPTED_KEY_SHA1) => Ok(Self::EncryptedKeySha1(octets)),
            Some(ns::X509V3) => Ok(Self::Certificate(octets)),
            other => {
                let shown: String = other.unwrap_or("none").chars().take(160).collect();
                Err(Error::new(
                    Cause::UnsupportedToken,
                    format!(
                        "the KeyIdentifier has the ValueType {shown:?}, which is not understood"
                    ),
                )
                .at(offset))
            }
        }
    }

    /// A reference to the token with this Id in the same message, of this ValueType.
    #[must_use]
    pub fn direct_markup(id: &str, value_type: &'static str) -> Markup {
        let reference = wrapped(
            Markup::new("wsse", ns::WSSE, "Reference")
                .with_attribute("URI", format!("#{id}"))
                .with_attribute("ValueType", value_type),
        );
        match value_type {
            // A ValueType of WS-SecureConversation is no token type of WS-Security.
            ns::X509V3 | ns::DERIVED_KEY_2005_02 | ns::DERIVED_KEY_2005_12 => reference,
            _ => of_type(reference, value_type),
        }
    }

    /// A reference by the extension SubjectKeyIdentifier.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] for a certificate without it.
    pub fn subject_key_identifier_markup(certificate: &Certificate) -> Result<Markup, Error> {
        let identifier = certificate.subject_key_identifier().ok_or_else(|| {
            Error::new(
                Cause::InvalidArgument,
                format!(
                    "the certificate of {} has no SubjectKeyIdentifier; take another reference, such \
                     as \"thumbprint-sha1\"",
                    certificate.subject()
                ),
            )
        })?;
        Ok(key_identifier_markup(identifier, ns::X509_SUBJECT_KEY_IDENTIFIER))
    }

    /// A reference by the SHA-1 of the certificate.
    #[must_use]
    pub fn thumbprint_sha1_markup(certificate: &Certificate) -> Markup {
        of_type(
            key_identifier_markup(certificate.sha1_thumbprint(), ns::THUMBPRINT_SHA1),
            ns::X509V3,
        )
    }

    /// A reference by the SHA-1 of an encrypted key.
    #[must_use]
    pub fn encrypted_key_sha1_markup(sha1: &[u8]) -> Markup {
        let reference = key_identifier_markup(sha1, ns::ENCRYPTED_KEY_SHA1);
        of_type(reference, ns::ENCRYPTED_KEY_TOKEN)
    }

    /// The certificate itself in a KeyIdentifier.
    #[must_use]
    pub fn certificate_markup(certificate: &Certificate) -> Markup {
        key_identifier_markup(certificate.der(), ns::X509V3)
    }

    /// A reference by issuer and serial number.
    #[must_use]
    pub fn issuer_serial_markup(certificate: &Certificate) -> Markup {
        wrapped(X509Data::issuer_serial_markup(certificate))
    }

    /// A reference by issuer and serial number, with the certificate beside them in the same X509Data,
    /// as zeep writes it.
    #[must_use]
    pub fn issuer_serial_certificate_markup(certificate: &Certificate) -> Markup {
        wrapped(X509Data::issuer_serial_certificate_markup(certificate))
    }

    /// A reference of which the content is another element of KeyInfo.
    #[must_use]
    pub fn around(content: Markup) -> Markup {
        wrapped(content)
    }
}

fn not_understood(element: Element<'_, '_>) -> Error {
    let name = element.name().qualified().to_string();
    let reason = format!("{name} in a SecurityTokenReference is not understood");
    Error::new(Cause::UnsupportedToken, reason).at(element.range().start)
}

fn key_identifier_markup(octets: &[u8], value_type: &'static str) -> Markup {
    wrapped(
        Markup::new("wsse", ns::WSSE, "KeyIdentifier")
            .with_attribute("EncodingType", ns::BASE64_BINARY)
            .with_attribute("ValueType", value_type)
            .with_text(base64(octets)),
    )
}

/// SOAP Message Security 1.1.1, section 7.1: the token type is told for what 1.0 did not have, and for
/// paths (Basic Security Profile 1.1, R5215).
fn of_type(mut reference: Markup, value_type: &'static str) -> Markup {
    reference.attributes.push(Markup::attribute("wsse11", ns::WSSE11, "TokenType", value_type));
    reference
}

fn wrapped(reference: Markup) -> Markup {
    let mut wrapper = Markup::new("wsse", ns::WSSE, "SecurityTokenReference");
    wrapper.children.push(reference);
    wrapper
}
