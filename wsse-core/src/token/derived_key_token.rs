//! `wsc:DerivedKeyToken` (WS-SecureConversation 1.4, section 7, and that of February 2005).

use super::{SecurityTokenReference, once, unexpected, wsu_id};
use crate::crypto::{MOST_DERIVED, Secret, base64, base64_to_vec, p_sha1};
use crate::error::{Cause, Error};
use crate::ns;
use crate::xml::{Element, Markup, NamespaceId};
use core::ops::Range;

/// A DerivedKeyToken that was read: how a key is made from another one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DerivedKeyToken {
    /// Its `wsu:Id`.
    pub id: Option<String>,
    /// The key that it is made from; None where it stands in a context that says so, which is not
    /// supported.
    pub reference: Option<SecurityTokenReference>,
    /// Octets that are left out in front.
    pub offset: usize,
    /// Octets of the key.
    pub length: usize,
    /// The label.
    pub label: String,
    /// The nonce.
    pub nonce: Vec<u8>,
    /// Where it stands.
    pub range: Range<usize>,
}

/// The label where none is written (section 7.1).
const LABEL: &str = "WS-SecureConversationWS-SecureConversation";
/// Octets of the key where no Length is written.
const LENGTH: usize = 32;
/// Octets of Label and Nonce at most.
const MOST_TEXT: usize = 256;

impl DerivedKeyToken {
    /// Whether an element is one, of either version.
    #[must_use]
    pub fn is(element: Element<'_, '_>) -> bool {
        let name = element.name();
        [NamespaceId::WSC_2005_02, NamespaceId::WSC_2005_12].contains(&name.namespace)
            && name.local == "DerivedKeyToken"
    }

    /// Reads a DerivedKeyToken.
    ///
    /// # Errors
    /// [`Cause::UnsupportedAlgorithm`] for another derivation than P_SHA-1;
    /// [`Cause::UnexpectedContent`], [`Cause::DuplicateElement`], [`Cause::MissingPart`] without
    /// Nonce; [`Cause::InvalidTokenValue`] for numbers beyond the bounds, before anything is
    /// computed; the causes of [`SecurityTokenReference::parse`].
    pub fn parse(element: Element<'_, '_>) -> Result<Self, Error> {
        element.check_no_text()?;
        let namespace = element.name().namespace;
        let own = match namespace {
            NamespaceId::WSC_2005_02 => ns::WSC_2005_02,
            _ => ns::WSC_2005_12,
        };
        let at = element.range().start;
        if let Some(algorithm) = element.attribute(NamespaceId::NONE, "Algorithm")
            && algorithm != format!("{own}/dk/p_sha1")
        {
            let shown: String = algorithm.chars().take(120).collect();
            let reason = format!("a DerivedKeyToken of the Algorithm {shown:?}; P_SHA-1 is known");
            return Err(Error::new(Cause::UnsupportedAlgorithm, reason).at(at));
        }
        let (mut reference, mut generation, mut offset, mut length) = (None, None, None, None);
        let (mut label, mut nonce) = (None, None);
        for child in element.children() {
            let name = child.name();
            let held = match name.local {
                "SecurityTokenReference" if name.namespace == NamespaceId::WSSE => &mut reference,
                _ if name.namespace != namespace => return Err(unexpected(child, TOKEN)),
                "Generation" => &mut generation,
                "Offset" => &mut offset,
                "Length" => &mut length,
                "Label" => &mut label,
                "Nonce" => &mut nonce,
                _ => return Err(unexpected(child, TOKEN)),
            };
            once(held, child, TOKEN)?;
        }
        if let (Some(generation), Some(_)) = (generation, offset) {
            let reason = "a DerivedKeyToken has either a Generation or an Offset";
            return Err(invalid(generation, reason));
        }
        let length = match length {
            Some(length) => number(length)?,
            None => LENGTH,
        };
        let before = match (generation, offset) {
            (Some(generation), _) => number(generation)?.checked_mul(length),
            (None, Some(offset)) => Some(number(offset)?),
            (None, None) => Some(0),
        };
        let end = before.and_then(|before| before.checked_add(length));
        let (Some(before), true, Some(..=MOST_DERIVED)) = (before, length > 0, end) else {
            let reason = format!(
                "a DerivedKeyToken asks for a key of no octets, or for octets beyond {MOST_DERIVED}"
            );
            return Err(invalid(element, &reason));
        };
        let Some(nonce) = nonce else {
            let reason = "a DerivedKeyToken has no Nonce";
            return Err(Error::new(Cause::MissingPart, reason).at(at));
        };
        let octets = base64_to_vec(nonce.text()?)
            .map_err(|error| invalid(nonce, &format!("Nonce: {}", error.reason())))?;
        let text = match label {
            Some(label) => label.text()?.clone().into_owned(),
            None => LABEL.to_owned(),
        };
        if octets.is_empty() || octets.len() > MOST_TEXT || text.len() > MOST_TEXT {
            let reason = format!("Label and Nonce have 1 to {MOST_TEXT} octets");
            return Err(invalid(element, &reason));
        }
        Ok(Self {
            id: wsu_id(element),
            reference: reference.map(SecurityTokenReference::parse).transpose()?,
            offset: before,
            length,
            label: text,
            nonce: octets,
            range: element.range(),
        })
    }

    /// The key that is made from `secret`.
    ///
    /// # Errors
    /// As [`p_sha1`].
    pub fn key(&self, secret: &Secret) -> Result<Secret, Error> {
        let seed = [self.label.as_bytes(), self.nonce.as_slice()].concat();
        p_sha1(secret, &seed, self.offset, self.length)
    }

    /// The key that [`Self::markup`] of this length and nonce means.
    ///
    /// # Errors
    /// As [`p_sha1`].
    pub fn key_of_markup(secret: &Secret, length: usize, nonce: &[u8]) -> Result<Secret, Error> {
        p_sha1(secret, &[LABEL.as_bytes(), nonce].concat(), 0, length)
    }

    /// A DerivedKeyToken to be written, in the namespace `own`, [`ns::WSC_2005_02`] or
    /// [`ns::WSC_2005_12`], with the default label and no offset.
    #[must_use]
    pub fn markup(
        own: &'static str,
        id: &str,
        reference: Markup,
        length: usize,
        nonce: &[u8],
    ) -> Markup {
        let wsc = |local| Markup::new("wsc", own, local);
        let mut token = wsc("DerivedKeyToken");
        token = token.with_qualified_attribute("wsu", ns::WSU, "Id", id.to_owned());
        token.children.push(reference);
        token.children.push(wsc("Offset").with_text("0"));
        token.children.push(wsc("Length").with_text(length.to_string()));
        token.children.push(wsc("Nonce").with_text(base64(nonce)));
        token
    }
}

const TOKEN: &str = "a DerivedKeyToken";

fn number(element: Element<'_, '_>) -> Result<usize, Error> {
    let text = element.text()?;
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let is_number =
        (1..=9).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).ok_or_else(|| {
        let local = element.name().local;
        invalid(element, &format!("the {local} of a DerivedKeyToken is no number of 1 to 9 digits"))
    })
}

fn invalid(element: Element<'_, '_>, reason: &str) -> Error {
    Error::new(Cause::InvalidTokenValue, reason).at(element.range().start)
}
