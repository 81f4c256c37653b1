//! What `xenc:EncryptedData` and `xenc:EncryptedKey` have in common: EncryptedType (XML Encryption
//! 1.1, section 3.1).

use super::structure::{broken, check_attributes, check_no_text, lacks, structure, unexpected};
use crate::error::{Cause, Error};
use crate::xml::{Element, NamespaceId};
use core::iter::Peekable;

/// The children that both have, in the order of the schema.
pub(super) struct EncryptedType<'o, 'a> {
    pub(super) method: Option<Element<'o, 'a>>,
    pub(super) key_info: Option<Element<'o, 'a>>,
    pub(super) cipher_value: Element<'o, 'a>,
}

/// EncryptionProperties of one element at most.
const MOST_PROPERTIES: usize = 16;

impl<'o, 'a> EncryptedType<'o, 'a> {
    pub(super) fn parse<C: Iterator<Item = Element<'o, 'a>>>(
        element: Element<'o, 'a>,
        children: &mut Peekable<C>,
    ) -> Result<Self, Error> {
        let mut take = |namespace, local| {
            children.next_if(|child: &Element<'_, '_>| child.name().is(namespace, local))
        };
        let method = take(NamespaceId::XENC, "EncryptionMethod");
        let key_info = take(NamespaceId::DS, "KeyInfo");
        let Some(data) = take(NamespaceId::XENC, "CipherData") else {
            return Err(match children.peek() {
                Some(child) => unexpected(*child, element.name().local),
                None => lacks(element, "CipherData"),
            });
        };
        if let Some(properties) = take(NamespaceId::XENC, "EncryptionProperties") {
            check_properties(properties)?;
        }
        Ok(Self { method, key_info, cipher_value: cipher_value(data)? })
    }
}

/// The CipherValue of a CipherData. A CipherReference is never followed, so that nothing is fetched
/// and nothing is transformed for anybody.
fn cipher_value<'o, 'a>(data: Element<'o, 'a>) -> Result<Element<'o, 'a>, Error> {
    check_attributes(data, &[])?;
    check_no_text(data)?;
    let mut children = data.children();
    let value = children.next().ok_or_else(|| lacks(data, "CipherValue"))?;
    if value.name().is(NamespaceId::XENC, "CipherReference") {
        let reason =
            "a CipherReference is not followed: what is encrypted must stand in a CipherValue";
        return Err(Error::new(Cause::UnsupportedReference, reason).at(value.range().start));
    }
    if !value.name().is(NamespaceId::XENC, "CipherValue") {
        return Err(unexpected(value, "CipherData"));
    }
    if let Some(more) = children.next() {
        return Err(unexpected(more, "CipherData"));
    }
    check_attributes(value, &[])?;
    value.text().map_err(structure)?;
    Ok(value)
}

/// Properties say something to people, and change nothing (section 3.7).
fn check_properties(properties: Element<'_, '_>) -> Result<(), Error> {
    check_attributes(properties, &["Id"])?;
    check_no_text(properties)?;
    for (index, property) in properties.children().enumerate() {
        if !property.name().is(NamespaceId::XENC, "EncryptionProperty") {
            return Err(unexpected(property, "EncryptionProperties"));
        }
        if index == MOST_PROPERTIES {
            let reason = format!("more than {MOST_PROPERTIES} EncryptionProperty elements");
            return Err(Error::new(Cause::ReferenceCount, reason).at(property.range().start));
        }
    }
    if properties.children().next().is_none() {
        return Err(broken(properties.range().start, "EncryptionProperties holds nothing"));
    }
    Ok(())
}
