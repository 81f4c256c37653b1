//! `xenc:ReferenceList` (XML Encryption 1.1, section 3.6).

use super::method::xenc;
use super::structure::{
    attribute, broken, check_attributes, check_no_text, lacks, shown, unexpected,
};
use crate::error::{Cause, Error};
use crate::xml::{Element, Markup, NamespaceId};

/// What was encrypted with a key, in the order in which it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReferenceList {
    /// What is named, at least one.
    pub references: Vec<EncryptedReference>,
    /// Where the list stands.
    pub offset: usize,
}

/// A `xenc:DataReference` or `xenc:KeyReference`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncryptedReference {
    /// The Id of the element.
    pub id: String,
    /// Whether it is an EncryptedKey, and not an EncryptedData.
    pub is_key: bool,
    /// Where the reference stands.
    pub offset: usize,
}

/// References of one list at most, and of all lists of a message.
pub const MOST_REFERENCES: usize = 64;

impl ReferenceList {
    /// Reads a `xenc:ReferenceList`.
    ///
    /// # Errors
    /// [`Cause::EncryptionStructure`]; [`Cause::UnsupportedReference`] for what is not in the same
    /// document; [`Cause::UnsupportedTransform`]; [`Cause::AmbiguousId`] where an Id is named twice;
    /// [`Cause::ReferenceCount`].
    pub fn parse(element: Element<'_, '_>) -> Result<Self, Error> {
        check_attributes(element, &[])?;
        check_no_text(element)?;
        let mut references: Vec<EncryptedReference> = Vec::new();
        for child in element.children() {
            let name = child.name();
            let is_key = match (name.namespace, name.local) {
                (NamespaceId::XENC, "DataReference") => false,
                (NamespaceId::XENC, "KeyReference") => true,
                _ => return Err(unexpected(child, "ReferenceList")),
            };
            if references.len() == MOST_REFERENCES {
                let reason = format!("a ReferenceList names more than {MOST_REFERENCES} elements");
                return Err(Error::new(Cause::ReferenceCount, reason).at(child.range().start));
            }
            let reference = EncryptedReference::parse(child, is_key)?;
            if references.iter().any(|other| other.id == reference.id) {
                let reason = format!("a ReferenceList names #{} twice", shown(&reference.id));
                return Err(Error::new(Cause::AmbiguousId, reason).at(reference.offset));
            }
            references.push(reference);
        }
        let offset = element.range().start;
        if references.is_empty() {
            return Err(broken(offset, "a ReferenceList holds no reference"));
        }
        Ok(Self { references, offset })
    }

    /// A ReferenceList of these EncryptedData, to be written.
    #[must_use]
    pub fn markup<'i>(ids: impl IntoIterator<Item = &'i str>) -> Markup {
        let mut list = xenc("ReferenceList");
        for id in ids {
            list.children.push(xenc("DataReference").with_attribute("URI", format!("#{id}")));
        }
        list
    }
}

impl EncryptedReference {
    fn parse(element: Element<'_, '_>, is_key: bool) -> Result<Self, Error> {
        check_attributes(element, &["URI"])?;
        check_no_text(element)?;
        let offset = element.range().start;
        if let Some(child) = element.children().next() {
            let reason = format!("a {} with transforms is not followed", element.name().local);
            return Err(Error::new(Cause::UnsupportedTransform, reason).at(child.range().start));
        }
        let uri = attribute(element, "URI").ok_or_else(|| lacks(element, "URI"))?;
        match uri.strip_prefix('#') {
            Some(id) if !id.is_empty() && !id.starts_with("xpointer(") => {
                Ok(Self { id: id.to_owned(), is_key, offset })
            }
            _ => {
                let reason = format!(
                    "the {} names {:?}; only an element of the same document is decrypted, as \
                     \"#Id\"",
                    element.name().local,
                    shown(&uri)
                );
                Err(Error::new(Cause::UnsupportedReference, reason).at(offset))
            }
        }
    }
}
