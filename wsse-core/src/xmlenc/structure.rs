//! What breaks the schema, in words.

use crate::crypto::base64_to_vec;
use crate::error::{Cause, Error};
use crate::xml::{Element, NamespaceId};

/// Attributes without a namespace must be known; others mean nothing here.
pub(super) fn check_attributes(element: Element<'_, '_>, known: &[&str]) -> Result<(), Error> {
    let stray = element.attributes().iter().find(|attribute| {
        attribute.name.namespace == NamespaceId::NONE && !known.contains(&attribute.name.local)
    });
    match stray {
        None => Ok(()),
        Some(attribute) => {
            let (owner, name) = (element.name().local, attribute.name.qualified());
            let reason = format!("{owner} may not have the attribute {name}");
            Err(broken(attribute.range.start, reason))
        }
    }
}

pub(super) fn check_no_text(element: Element<'_, '_>) -> Result<(), Error> {
    element.check_no_text().map_err(structure)
}

/// Refuses everything inside an element.
pub(super) fn check_empty(element: Element<'_, '_>) -> Result<(), Error> {
    check_no_text(element)?;
    element.children().next().map_or(Ok(()), |child| Err(unexpected(child, element.name().local)))
}

/// The value of an attribute, if it is there.
pub(super) fn attribute(element: Element<'_, '_>, local: &str) -> Option<String> {
    element.attribute(NamespaceId::NONE, local).map(std::borrow::Cow::into_owned)
}

/// The octets of an element that holds base64 and nothing else.
pub(super) fn octets(element: Element<'_, '_>) -> Result<Vec<u8>, Error> {
    let text = element.text().map_err(structure)?;
    base64_to_vec(text).map_err(|error| no_base64(element, &error))
}

pub(super) fn no_base64(element: Element<'_, '_>, error: &Error) -> Error {
    let reason = format!("{}: {}", element.name().local, error.reason());
    Error::new(Cause::InvalidTokenValue, reason).at(element.range().start)
}

/// Content that breaks the schema is a fault of the encrypted element.
pub(super) fn structure(error: Error) -> Error {
    if error.cause() != Cause::UnexpectedContent {
        return error;
    }
    let offset = error.position().map_or(0, |position| position.offset);
    broken(offset, error.reason())
}

pub(super) fn lacks(element: Element<'_, '_>, what: &str) -> Error {
    broken(element.range().start, format!("{} lacks its {what}", element.name().local))
}

pub(super) fn unexpected(child: Element<'_, '_>, within: &str) -> Error {
    let reason = format!("{within} may not hold the element {} there", child.name().qualified());
    broken(child.range().start, reason)
}

pub(super) fn broken(offset: usize, reason: impl Into<String>) -> Error {
    Error::new(Cause::EncryptionStructure, reason).at(offset)
}

/// What a message says, cut short.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(160).collect()
}
