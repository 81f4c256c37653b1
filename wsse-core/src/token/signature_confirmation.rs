//! `wsse11:SignatureConfirmation` (SOAP Message Security 1.1.1, section 8.5).

use super::wsu_id;
use crate::crypto::{base64, base64_to_vec};
use crate::error::{Cause, Error};
use crate::ns;
use crate::xml::{Element, Markup, NamespaceId};

/// A SignatureConfirmation that was read: an answer repeats the value of a signature that its
/// request had.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignatureConfirmation {
    /// The octets of the SignatureValue; None where the request had no signature.
    pub value: Option<Vec<u8>>,
    /// The `wsu:Id`.
    pub id: Option<String>,
    /// Where it stands, from the `<` of its start tag to the `>` of its end tag.
    pub range: core::ops::Range<usize>,
}

impl SignatureConfirmation {
    /// Reads a `wsse11:SignatureConfirmation`.
    ///
    /// # Errors
    /// [`Cause::UnexpectedContent`], [`Cause::InvalidTokenValue`].
    pub fn parse(element: Element<'_, '_>) -> Result<Self, Error> {
        if !element.text()?.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
            let reason = "a SignatureConfirmation is empty but for its attributes";
            return Err(Error::new(Cause::UnexpectedContent, reason).at(element.range().start));
        }
        let value = match element.attribute(NamespaceId::NONE, "Value") {
            Some(text) => Some(base64_to_vec(&text).map_err(|error| {
                let reason = format!("SignatureConfirmation: {}", error.reason());
                Error::new(Cause::InvalidTokenValue, reason).at(element.range().start)
            })?),
            None => None,
        };
        Ok(Self { value, id: wsu_id(element), range: element.range() })
    }

    /// The confirmation of a signature value, or of there having been none, to be written.
    #[must_use]
    pub fn markup(value: Option<&[u8]>, id: &str) -> Markup {
        let confirmation = Markup::new("wsse11", ns::WSSE11, "SignatureConfirmation")
            .with_qualified_attribute("wsu", ns::WSU, "Id", id.to_owned());
        match value {
            Some(value) => confirmation.with_attribute("Value", base64(value)),
            None => confirmation,
        }
    }
}
