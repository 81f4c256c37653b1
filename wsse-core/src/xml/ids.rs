//! What an Id is, and which element carries it.
//!
//! A message has no schema at hand that could say which attributes are Ids. This is the one rule
//! of this library; signer and verifier, tokens and references all ask here.

use super::event::{Attribute, StartElement};
use super::names::{Name, NamespaceId, excerpt};
use crate::error::{Cause, Error};
use std::borrow::Cow;
use std::collections::HashMap;

/// Where an element stands, for the question which of its attributes are Ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Zone {
    /// Envelope, Header, a header block, Body, and anything inside `wsse:Security`.
    Structure,
    /// Elsewhere in a SOAP message: inside a header block or inside the Body, where `Id` and the
    /// like are data of the application and may repeat.
    Data,
    /// Anywhere in a document that is no SOAP message.
    Bare,
}

/// Whether `attribute` of `element` is an Id:
/// `wsu:Id` (WSS SOAP Message Security 1.1.1, section 4.2) and `xml:id` anywhere; `Id` of the
/// elements of XML Signature and XML Encryption; in [`Zone::Structure`] also `Id`, `ID`, `id` and
/// `AssertionID` without namespace, in [`Zone::Bare`] `Id`, `ID` and `id`.
#[must_use]
pub fn is_id(zone: Zone, element: &Name<'_>, attribute: &Name<'_>) -> bool {
    match (attribute.namespace, attribute.local) {
        (NamespaceId::WSU, "Id") | (NamespaceId::XML, "id") => true,
        (NamespaceId::NONE, "Id" | "ID" | "id") if zone != Zone::Data => true,
        (NamespaceId::NONE, "AssertionID") => zone == Zone::Structure,
        (NamespaceId::NONE, "Id") => matches!(
            element.namespace,
            NamespaceId::DS | NamespaceId::DS11 | NamespaceId::XENC | NamespaceId::XENC11
        ),
        _ => false,
    }
}

/// Whether an attribute may be an Id in some zone, by its local name alone.
#[inline]
pub(crate) fn may_be_id(attribute: &Name<'_>) -> bool {
    matches!(attribute.local, "Id" | "ID" | "id" | "AssertionID")
}

/// The Ids of a document, and the elements that carry them.
///
/// Values are opaque and compared octet by octet; two elements with the same value are an error
/// only when somebody asks for it.
#[derive(Clone, Debug, Default)]
pub struct IdIndex<'a> {
    carriers: HashMap<Cow<'a, str>, Carriers>,
}

#[derive(Clone, Copy, Debug)]
struct Carriers {
    first: usize,
    /// The second element, and how many there are.
    more: Option<(usize, usize)>,
}

impl<'a> IdIndex<'a> {
    /// An index of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the Ids of an element, whatever their kind.
    pub fn add_element(
        &mut self,
        zone: Zone,
        element: &StartElement<'a>,
        attributes: &[Attribute<'a>],
    ) {
        for attribute in attributes {
            if is_id(zone, &element.name, &attribute.name) {
                self.add(attribute.value(), element.range.start);
            }
        }
    }

    /// Takes in an Id of the element whose start tag begins at `offset`. One element may carry
    /// the same value in several attributes. Elements come in document order.
    pub fn add(&mut self, value: Cow<'a, str>, offset: usize) {
        let new = Carriers { first: offset, more: None };
        let carriers = self.carriers.entry(value).or_insert(new);
        let latest = carriers.more.map_or(carriers.first, |(latest, _)| latest);
        if latest != offset {
            let count = carriers.more.map_or(2, |(_, count)| count + 1);
            carriers.more = Some((offset, count));
        }
    }

    /// Whether any element carries this Id.
    pub(crate) fn has(&self, value: &str) -> bool {
        self.carriers.contains_key(value)
    }

    /// Where the start tag of the one element with this Id begins.
    ///
    /// # Errors
    /// [`Cause::AmbiguousId`] when no element carries it, or more than one does.
    pub fn resolve(&self, value: &str) -> Result<usize, Error> {
        let shown = excerpt(value);
        match self.carriers.get(value) {
            Some(Carriers { first, more: None }) => Ok(*first),
            Some(Carriers { first, more: Some((latest, count)) }) => Err(Error::new(
                Cause::AmbiguousId,
                format!(
                    "the Id `{shown}` is carried by {count} elements, the first at octet {first}, \
                     the last at octet {latest}; exactly one may carry an Id that is referenced"
                ),
            )
            .at(*latest)),
            None => Err(Error::new(
                Cause::AmbiguousId,
                format!("no element carries the Id `{shown}`, which is referenced"),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{Event, Limits, Scanner};

    fn index(source: &str, zone: Zone) -> IdIndex<'_> {
        let mut scanner = Scanner::new(source.as_bytes(), &Limits::default()).unwrap();
        let mut index = IdIndex::new();
        loop {
            match scanner.next().unwrap() {
                Event::StartElement(element) => {
                    index.add_element(zone, &element, scanner.attributes());
                }
                Event::EndDocument => return index,
                _ => {}
            }
        }
    }

    fn carries(element: &str, attribute: &str, zone: Zone) -> bool {
        use crate::ns::{DS, DS11, SOAP12, WSSE, WSU, XENC, XENC11};
        let source = format!(
            "<{element} {attribute}='v' xmlns='urn:a' xmlns:x='urn:x' xmlns:ds='{DS}' \
             xmlns:ds11='{DS11}' xmlns:xenc='{XENC}' xmlns:xenc11='{XENC11}' xmlns:wsu='{WSU}' \
             xmlns:wsse='{WSSE}' xmlns:s='{SOAP12}'/>"
        );
        index(&source, zone).resolve("v").is_ok()
    }

    #[test]
    fn every_kind_of_id_counts_in_its_zones_and_nothing_else_does() {
        use Zone::{Bare, Data, Structure};
        for (element, attribute, zones) in [
            ("a", "wsu:Id", &[Structure, Data, Bare][..]),
            ("a", "xml:id", &[Structure, Data, Bare]),
            ("ds:Signature", "Id", &[Structure, Data, Bare]),
            ("ds11:X509Digest", "Id", &[Structure, Data, Bare]),
            ("xenc:EncryptedData", "Id", &[Structure, Data, Bare]),
            ("xenc11:DerivedKey", "Id", &[Structure, Data, Bare]),
            ("a", "Id", &[Structure, Bare]),
            ("s:Body", "ID", &[Structure, Bare]),
            ("wsse:UsernameToken", "id", &[Structure, Bare]),
            ("ds:Signature", "ID", &[Structure, Bare]),
            ("xenc:EncryptedData", "id", &[Structure, Bare]),
            ("a", "AssertionID", &[Structure]),
            ("ds:Object", "AssertionID", &[Structure]),
            ("a", "x:Id", &[]),
            ("a", "wsu:id", &[]),
            ("a", "wsu:ID", &[]),
            ("a", "xml:Id", &[]),
            ("a", "xml:ID", &[]),
            ("ds:Signature", "ds:Id", &[]),
            ("a", "iD", &[]),
            ("a", "assertionID", &[]),
            ("a", "wsse:Id", &[]),
        ] {
            for zone in [Structure, Data, Bare] {
                let expected = zones.contains(&zone);
                assert_eq!(carries(element, attribute, zone), expected, "{element} {attribute}");
                let local = attribute.rsplit(':').next().unwrap();
                let name = Name { namespace: NamespaceId::NONE, prefix: "", local };
                assert!(!expected || may_be_id(&name), "{attribute}");
            }
        }
    }

    #[test]
    fn a_referenced_id_is_carried_by_exactly_one_element() {
        let source =
            "<a Id='1' xml:id='1'><b ID='2'/><c id='2'/><d xml:id='2'/><e Id='&#x33;'/></a>";
        let index = index(source, Zone::Bare);
        assert_eq!(index.resolve("1").unwrap(), 0);
        assert_eq!(index.resolve("3").unwrap(), source.find("<e").unwrap());
        let error = index.resolve("2").unwrap_err();
        assert_eq!(error.cause(), Cause::AmbiguousId);
        assert!(error.reason().contains("3 elements"), "{error}");
        assert_eq!(error.position().unwrap().offset, source.find("<d").unwrap());
        for value in ["", "4", "#1", "1 "] {
            let error = index.resolve(value).unwrap_err();
            assert_eq!(error.cause(), Cause::AmbiguousId);
            assert!(error.reason().contains("no element"), "{error}");
        }
    }
}
