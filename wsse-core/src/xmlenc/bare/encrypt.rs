//! Encrypting a document, or a part of it.

use super::content_key::ContentKey;
use crate::crypto::{BlockEncryption, BlockEncryptor, SecureRandom};
use crate::error::{Cause, Error};
use crate::xml::{Event, Limits, Scanner, Zone, is_id};
use crate::xmlenc::{DataKind, EncryptedDataTemplate};
use core::ops::Range;

/// What is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BarePart {
    /// The element with this Id; without one, the document element.
    Element(Option<String>),
    /// The content of the element with this Id; without one, of the document element.
    Content(Option<String>),
    /// The octets as they are, XML or not, as one EncryptedData with this media type.
    Octets(Option<String>),
}

/// Where the part stands.
struct Place {
    element: Range<usize>,
    start_tag: Range<usize>,
}

/// Encrypts a part of `document`, which an EncryptedData takes the place of.
///
/// # Errors
/// What the scanner finds wrong; [`Cause::AmbiguousId`]; [`Cause::InvalidArgument`] where nobody is
/// named to encrypt for; [`Cause::KeyType`] where a key does not fit its method;
/// [`Cause::RandomUnavailable`].
pub fn encrypt(
    document: &[u8],
    limits: &Limits,
    part: &BarePart,
    method: BlockEncryption,
    key: &ContentKey,
    random: &dyn SecureRandom,
) -> Result<Vec<u8>, Error> {
    let (kind, id) = match part {
        BarePart::Element(id) => (DataKind::Element, id),
        BarePart::Content(id) => (DataKind::Content, id),
        BarePart::Octets(_) => (DataKind::Other(None), &None),
    };
    let place = match part {
        BarePart::Octets(_) => None,
        _ => Some(Place::find(document, limits, id.as_deref())?),
    };
    let (secret, key_info) = key.make(method, random)?;
    let mut encryptor = BlockEncryptor::new(method, &secret)?;
    let mut template = EncryptedDataTemplate::new(kind, method);
    template.key_info = key_info;
    if let BarePart::Octets(mime_type) = part {
        template.mime_type.clone_from(mime_type);
    }
    let octets = |range: Range<usize>| document.get(range).unwrap_or_default();
    let mut out = Vec::with_capacity(document.len() + template.length(document.len()) + 1024);
    let mut write = |content: &[u8], out: &mut Vec<u8>| {
        template.encrypt(content, &mut encryptor, random, &[], out)
    };
    let Some(Place { element, start_tag }) = place else {
        write(document, &mut out)?;
        return Ok(out);
    };
    if matches!(part, BarePart::Element(_)) {
        out.extend_from_slice(octets(0..element.start));
        write(octets(element.clone()), &mut out)?;
        out.extend_from_slice(octets(element.end..document.len()));
        return Ok(out);
    }
    if start_tag == element {
        let tag = octets(start_tag.clone());
        out.extend_from_slice(octets(0..start_tag.start));
        out.extend_from_slice(tag.strip_suffix(b"/>").unwrap_or(tag));
        out.push(b'>');
        write(&[], &mut out)?;
        let name = tag.get(1..).unwrap_or_default();
        let is_end = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>');
        let length = name.iter().position(is_end).unwrap_or(name.len());
        out.extend_from_slice(b"</");
        out.extend_from_slice(name.get(..length).unwrap_or_default());
        out.push(b'>');
    } else {
        // The end tag may have white space before its `>`, but no `<` inside.
        let end_tag = octets(0..element.end).iter().rposition(|octet| *octet == b'<');
        let end_tag = end_tag.unwrap_or(start_tag.end);
        out.extend_from_slice(octets(0..start_tag.end));
        write(octets(start_tag.end..end_tag), &mut out)?;
        out.extend_from_slice(octets(end_tag..element.end));
    }
    out.extend_from_slice(octets(element.end..document.len()));
    Ok(out)
}

impl Place {
    fn find(document: &[u8], limits: &Limits, id: Option<&str>) -> Result<Self, Error> {
        let mut scanner = Scanner::new(document, limits)?;
        let mut found: Option<Self> = None;
        // The start tags of the elements that are open, and whether they are meant.
        let mut open: Vec<(Range<usize>, bool)> = Vec::new();
        let mut carriers = 0;
        loop {
            match scanner.next()? {
                Event::StartElement(start) => {
                    let carries = match id {
                        None => open.is_empty(),
                        Some(id) => scanner.attributes().iter().any(|attribute| {
                            is_id(Zone::Bare, &start.name, &attribute.name)
                                && attribute.value() == id
                        }),
                    };
                    carriers += usize::from(carries);
                    open.push((start.range, carries));
                }
                Event::EndElement(end) => {
                    if let Some((start_tag, true)) = open.pop() {
                        found = Some(Self { element: start_tag.start..end.range.end, start_tag });
                    }
                }
                Event::EndDocument => break,
                _ => {}
            }
        }
        match (found, carriers) {
            (Some(found), 1) => Ok(found),
            (_, 0) => {
                let reason = format!("no element carries the Id {:?}", id.unwrap_or_default());
                Err(Error::new(Cause::AmbiguousId, reason))
            }
            _ => {
                let id = id.unwrap_or_default();
                let reason = format!("{carriers} elements carry the Id {id:?}");
                Err(Error::new(Cause::AmbiguousId, reason))
            }
        }
    }
}
