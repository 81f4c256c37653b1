//! `wsse:BinarySecurityToken` (SOAP Message Security 1.1.1, section 6.3).

use super::wsu_id;
use crate::crypto::{Certificate, base64, base64_to_vec};
use crate::error::{Cause, Error};
use crate::ns;
use crate::xml::{Element, Markup, NamespaceId};

/// A BinarySecurityToken that was read: one X.509 certificate. Nothing of it is believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BinarySecurityToken {
    /// The octets of the token: a certificate in DER.
    pub octets: Vec<u8>,
    /// The `wsu:Id`.
    pub id: Option<String>,
    /// Where it stands, from the `<` of its start tag to the `>` of its end tag.
    pub range: core::ops::Range<usize>,
}

impl BinarySecurityToken {
    /// Reads a `wsse:BinarySecurityToken` of the type X509v3 in base64.
    ///
    /// # Errors
    /// [`Cause::UnsupportedToken`] for other types, [`Cause::UnsupportedEncoding`],
    /// [`Cause::InvalidTokenValue`].
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
        match element.attribute(NamespaceId::NONE, "ValueType").as_deref() {
            Some(ns::X509V3) => {}
            other => {
                return Err(Error::new(
                    Cause::UnsupportedToken,
                    format!(
                        "the BinarySecurityToken has the ValueType {:?}; only X509v3 is understood",
                        shown(other.unwrap_or("none"))
                    ),
                )
                .at(offset));
            }
        }
        let octets = base64_to_vec(element.text()?).map_err(|error| {
            let reason = format!("BinarySecurityToken: {}", error.reason());
            Error::new(Cause::InvalidTokenValue, reason).at(offset)
        })?;
        Ok(Self { octets, id: wsu_id(element), range: element.range() })
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
}
