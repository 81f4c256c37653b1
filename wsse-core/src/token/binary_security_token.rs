//! `wsse:BinarySecurityToken` (SOAP Message Security 1.1.1, section 6.3).

use super::wsu_id;
use crate::crypto::{Certificate, CertificatePath, base64, base64_to_vec};
use crate::error::{Cause, Error};
use crate::ns;
use crate::xml::{Element, Markup, NamespaceId};

/// A BinarySecurityToken that was read: X.509 certificates. Nothing of it is believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BinarySecurityToken {
    /// Its certificates.
    pub content: CertificatePath,
    /// The `wsu:Id`.
    pub id: Option<String>,
    /// Where it stands, from the `<` of its start tag to the `>` of its end tag.
    pub range: core::ops::Range<usize>,
}

impl BinarySecurityToken {
    /// Reads a `wsse:BinarySecurityToken` of one of the types X509v3, X509PKIPathv1 and PKCS7 in
    /// base64 (X.509 Token Profile 1.1.1, section 3.1).
    ///
    /// # Errors
    /// [`Cause::UnsupportedToken`] for other types, [`Cause::UnsupportedEncoding`],
    /// [`Cause::InvalidTokenValue`], [`Cause::InvalidCertificate`], [`Cause::ReferenceCount`].
    pub fn parse(element: Element<'_, '_>) -> Result<Self, Error> {
        let offset = element.range().start;
        let shown = |value: &str| value.chars().take(160).collect::<String>();
        // Basic Security Profile 1.1, R3029: EncodingType must be there; peers leave it out.
        if let Some(encoding) = element.attribute(NamespaceId::NONE, "EncodingType")
            && encoding != ns::BASE64_BINARY
        {
            return Err(Error::new(
                Cause::UnsupportedEncoding,
                format!(
                    "the BinarySecurityToken has the EncodingType {:?}; only Base64Binary is known",
                    shown(&encoding)
                ),
            )
            .at(offset));
        }
        let value_type = element.attribute(NamespaceId::NONE, "ValueType");
        let kind = match value_type.as_deref() {
            Some(known @ (ns::X509V3 | ns::X509_PKI_PATH | ns::PKCS7)) => known,
            other => {
                return Err(Error::new(
                    Cause::UnsupportedToken,
                    format!(
                        "the BinarySecurityToken has the ValueType {:?}; only X509v3, X509PKIPathv1 \
                         and PKCS7 are understood",
                        shown(other.unwrap_or("none"))
                    ),
                )
                .at(offset));
            }
        };
        let octets = base64_to_vec(element.text()?).map_err(|error| {
            let reason = format!("BinarySecurityToken: {}", error.reason());
            Error::new(Cause::InvalidTokenValue, reason).at(offset)
        })?;
        let content = match kind {
            ns::X509_PKI_PATH => CertificatePath::from_pki_path(&octets),
            ns::PKCS7 => CertificatePath::from_pkcs7(&octets),
            _ => Ok(CertificatePath::Ordered(vec![octets])),
        };
        let content = content.map_err(|error| error.at(offset))?;
        Ok(Self { content, id: wsu_id(element), range: element.range() })
    }

    /// The token of a certificate, to be written.
    #[must_use]
    pub fn markup(certificate: &Certificate, id: &str) -> Markup {
        Markup::new("wsse", ns::WSSE, "BinarySecurityToken")
            .with_attribute("EncodingType", ns::BASE64_BINARY)
            .with_attribute("ValueType", ns::X509V3)
            .with_qualified_attribute("wsu", ns::WSU, "Id", id.to_owned())
            .with_text(base64(certificate.der()))
    }

    /// The token of a path, from the certificate to those above it, to be written as an
    /// X509PKIPathv1.
    #[must_use]
    pub fn path_markup(certificate: &Certificate, above: &[Certificate], id: &str) -> Markup {
        Markup::new("wsse", ns::WSSE, "BinarySecurityToken")
            .with_attribute("EncodingType", ns::BASE64_BINARY)
            .with_attribute("ValueType", ns::X509_PKI_PATH)
            .with_qualified_attribute("wsu", ns::WSU, "Id", id.to_owned())
            .with_text(base64(&CertificatePath::to_pki_path(certificate, above)))
    }

    /// The canonical form of the token that the STR-Transform makes up for a certificate which a
    /// SecurityTokenReference names and the message does not hold. `prefix` is that of the
    /// reference; `wsse` where it has none.
    ///
    /// NOTE: SOAP Message Security 1.1.1, section 8.3, leaves open what attributes such a token has,
    /// and how its base64 is broken. This is what WSS4J writes: the ValueType alone, no line breaks.
    #[must_use]
    pub fn made_up(certificate: &Certificate, prefix: &str) -> Vec<u8> {
        let prefix = if prefix.is_empty() { "wsse" } else { prefix };
        let (namespace, value_type) = (ns::WSSE, ns::X509V3);
        let text = base64(certificate.der());
        format!(
            "<{prefix}:BinarySecurityToken xmlns=\"\" xmlns:{prefix}=\"{namespace}\" \
             ValueType=\"{value_type}\">{text}</{prefix}:BinarySecurityToken>"
        )
        .into_bytes()
    }
}
