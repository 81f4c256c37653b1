//! Keys themselves: `ds:KeyValue` and `dsig11:DEREncodedKeyValue` (XML Signature 1.1, sections 4.5.2
//! and 4.5.7).

use super::{octets, structure};
use crate::crypto::{PublicKey, base64};
use crate::error::{Cause, Error};
use crate::ns;
use crate::xml::{Element, Markup, NamespaceId};

/// A key that stands in a message. It authenticates nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyValue {
    /// `ds:RSAKeyValue`.
    Rsa {
        /// The modulus, the most significant octet first.
        modulus: Vec<u8>,
        /// The public exponent.
        exponent: Vec<u8>,
    },
    /// `dsig11:ECKeyValue` with a NamedCurve.
    Ec {
        /// The object identifier of the curve, in dots.
        curve: String,
        /// The point as SEC 1 has it.
        point: Vec<u8>,
    },
    /// `dsig11:DEREncodedKeyValue`: a SubjectPublicKeyInfo in DER.
    Der(Vec<u8>),
}

/// What stands before an object identifier in the URI of a NamedCurve (RFC 3061).
const URN: &str = "urn:oid:";

impl KeyValue {
    /// Reads a `ds:KeyValue`; None where it holds a kind that is not understood.
    pub(super) fn parse(element: Element<'_, '_>) -> Result<Option<Self>, Error> {
        element.check_no_text().map_err(structure)?;
        let mut children = element.children();
        let (Some(value), None) = (children.next(), children.next()) else {
            return Err(wrong(element, "KeyValue holds exactly one element"));
        };
        Self::parse_content(value)
    }

    /// Reads what a KeyValue holds, or a DEREncodedKeyValue; None where it is something else.
    pub(super) fn parse_content(value: Element<'_, '_>) -> Result<Option<Self>, Error> {
        let name = value.name();
        Ok(match (name.namespace, name.local) {
            (NamespaceId::DS, "RSAKeyValue") => Some(Self::rsa(value)?),
            (NamespaceId::DS11, "ECKeyValue") => Some(Self::ec(value)?),
            (NamespaceId::DS11, "DEREncodedKeyValue") => Some(Self::Der(octets(value)?)),
            _ => None,
        })
    }

    fn rsa(value: Element<'_, '_>) -> Result<Self, Error> {
        value.check_no_text().map_err(structure)?;
        let mut parts = value.children();
        let mut number = |local: &str| match parts.next() {
            Some(part) if part.name().is(NamespaceId::DS, local) => octets(part),
            _ => Err(wrong(value, "RSAKeyValue holds Modulus, then Exponent")),
        };
        let (modulus, exponent) = (number("Modulus")?, number("Exponent")?);
        match parts.next() {
            Some(more) => {
                Err(wrong(more, "RSAKeyValue holds Modulus, then Exponent, and nothing else"))
            }
            None => Ok(Self::Rsa { modulus, exponent }),
        }
    }

    /// A curve by explicit parameters is never taken: they can be chosen so that another private key
    /// belongs to a known point (CVE-2020-0601).
    fn ec(value: Element<'_, '_>) -> Result<Self, Error> {
        value.check_no_text().map_err(structure)?;
        let mut parts = value.children();
        let curve = match parts.next() {
            Some(part) if part.name().is(NamespaceId::DS11, "NamedCurve") => part,
            Some(part) if part.name().is(NamespaceId::DS11, "ECParameters") => {
                let reason = "the ECKeyValue has explicit parameters; a NamedCurve is needed";
                return Err(Error::new(Cause::InvalidKey, reason).at(part.range().start));
            }
            _ => return Err(wrong(value, "ECKeyValue holds NamedCurve, then PublicKey")),
        };
        let uri = curve.attribute(NamespaceId::NONE, "URI").unwrap_or_default();
        let Some(oid) = uri.strip_prefix(URN) else {
            let shown: String = uri.chars().take(60).collect();
            let reason = format!("the NamedCurve has the URI {shown:?}, which is no \"{URN}\"");
            return Err(Error::new(Cause::InvalidKey, reason).at(curve.range().start));
        };
        match (parts.next(), parts.next()) {
            (Some(point), None) if point.name().is(NamespaceId::DS11, "PublicKey") => {
                Ok(Self::Ec { curve: oid.to_owned(), point: octets(point)? })
            }
            _ => Err(wrong(value, "ECKeyValue holds NamedCurve, then PublicKey")),
        }
    }

    /// The key.
    ///
    /// # Errors
    /// [`Cause::InvalidKey`], [`Cause::KeyTooLarge`].
    pub fn public_key(&self) -> Result<PublicKey, Error> {
        match self {
            Self::Rsa { modulus, exponent } => PublicKey::from_rsa(modulus, exponent),
            Self::Ec { curve, point } => PublicKey::from_ec(curve, point),
            Self::Der(der) => PublicKey::from_der(der),
        }
    }

    /// A `ds:KeyValue`, to be written; None for keys other than RSA and EC.
    #[must_use]
    pub fn markup(key: &PublicKey) -> Option<Markup> {
        let value = if let Some((modulus, exponent)) = key.rsa_components() {
            let ds = |local| Markup::new("ds", ns::DS, local);
            let mut value = ds("RSAKeyValue");
            value.children.push(ds("Modulus").with_text(base64(&modulus)));
            value.children.push(ds("Exponent").with_text(base64(&exponent)));
            value
        } else {
            let (curve, point) = key.ec_components()?;
            let ds11 = |local| Markup::new("dsig11", ns::DS11, local);
            let mut value = ds11("ECKeyValue");
            value.children.push(ds11("NamedCurve").with_attribute("URI", format!("{URN}{curve}")));
            value.children.push(ds11("PublicKey").with_text(base64(point)));
            value
        };
        let mut wrapper = Markup::new("ds", ns::DS, "KeyValue");
        wrapper.children.push(value);
        Some(wrapper)
    }

    /// A `dsig11:DEREncodedKeyValue`, to be written.
    #[must_use]
    pub fn der_markup(key: &PublicKey) -> Markup {
        Markup::new("dsig11", ns::DS11, "DEREncodedKeyValue").with_text(base64(key.der()))
    }
}

fn wrong(element: Element<'_, '_>, reason: &str) -> Error {
    Error::new(Cause::SignatureStructure, reason).at(element.range().start)
}
