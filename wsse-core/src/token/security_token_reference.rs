//! `wsse:SecurityTokenReference` (SOAP Message Security 1.1.1, section 7).

use crate::crypto::{Certificate, base64, base64_to_vec};
use crate::error::{Cause, Error};
use crate::keyinfo::X509Data;
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
            (NamespaceId::DS, "X509Data") => X509Data::parse(reference).map(Self::X509Data),
            _ => Err(Error::new(
                Cause::UnsupportedToken,
                format!("{} in a SecurityTokenReference is not understood", name.qualified()),
            )
            .at(reference.range().start)),
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
        wrapped(
            Markup::new("wsse", ns::WSSE, "Reference")
                .with_attribute("URI", format!("#{id}"))
                .with_attribute("ValueType", value_type),
        )
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
        let mut reference =
            key_identifier_markup(certificate.sha1_thumbprint(), ns::THUMBPRINT_SHA1);
        // SOAP Message Security 1.1.1, section 7.1: the token type is told for 1.1 references.
        reference.attributes.push(Markup::attribute("wsse11", ns::WSSE11, "TokenType", ns::X509V3));
        reference
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
        let mut data = X509Data::issuer_serial_markup(certificate);
        data.children.extend(X509Data::certificates_markup([certificate]).children);
        wrapped(data)
    }
}

fn key_identifier_markup(octets: &[u8], value_type: &'static str) -> Markup {
    wrapped(
        Markup::new("wsse", ns::WSSE, "KeyIdentifier")
            .with_attribute("EncodingType", ns::BASE64_BINARY)
            .with_attribute("ValueType", value_type)
            .with_text(base64(octets)),
    )
}

fn wrapped(reference: Markup) -> Markup {
    let mut wrapper = Markup::new("wsse", ns::WSSE, "SecurityTokenReference");
    wrapper.children.push(reference);
    wrapper
}
