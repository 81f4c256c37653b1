//! What was encrypted, by position, and whether that is what the policy demands.

use super::coverage::Parts;
use super::layers::Decrypted;
use crate::error::{Cause, Error};
use crate::message::{FoundElement, enclosing, find_all, path};
use crate::policy::{Part, WhichPart};
use crate::xml::{Element, NamespaceId, Scanner, StartElement, Zone, is_id};
use core::ops::Range;
use memchr::memrchr;

/// A part of a message that was encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncryptedPart {
    /// Where it stands: `/Envelope/Body`, `/Envelope/Header/{urn:a}To[1]`.
    pub path: String,
    /// Its octets in the message as it is when everything is decrypted.
    pub range: Range<usize>,
    /// Whether the content of the element was encrypted, and not the element itself.
    pub content: bool,
}

/// Where the parts stand.
pub(super) fn report(
    parts: &Parts<'_>,
    decrypted: &[Decrypted],
) -> Result<Vec<EncryptedPart>, Error> {
    let (limits, soap) = (&parts.policy.limits, parts.head.soap);
    let mut all: Vec<&Decrypted> = decrypted.iter().collect();
    all.sort_by_key(|part| part.range.start);
    let of = |part: &Decrypted| {
        let Decrypted { range, content } = part.clone();
        let path = match content {
            true if parts.begins_body(range.start) => "/Envelope/Body".to_owned(),
            true => enclosing(parts.source, limits, soap, range.start)?,
            false => match parts.path(&range) {
                Some(known) => known,
                None => path(parts.source, limits, soap, range.start)?,
            },
        };
        Ok(EncryptedPart { path, range, content })
    };
    all.into_iter().map(of).collect()
}

/// Refuses the message where a part that the policy requires to be encrypted was not.
pub(super) fn check(parts: &Parts<'_>, decrypted: &[Decrypted]) -> Result<(), Error> {
    for part in &parts.policy.require.encrypted {
        let found = parts.elements(part)?;
        if found.is_empty() && !part.optional {
            let reason =
                format!("the policy requires the part {part} to be encrypted, which is absent");
            return Err(Error::new(Cause::MissingPart, reason));
        }
        let was_encrypted = |element: &FoundElement| match part.content {
            true => is_filled(parts.source, &element.content, decrypted),
            false => holds(decrypted, &element.range),
        };
        if let Some(bare) = found.iter().find(|element| !was_encrypted(element)) {
            let reason =
                format!("the policy requires the part {part} to be encrypted, and it was not");
            return Err(Error::new(Cause::NotEncrypted, reason).at(bare.range.start));
        }
    }
    Ok(())
}

fn holds(decrypted: &[Decrypted], range: &Range<usize>) -> bool {
    let encloses =
        |part: &Decrypted| part.range.start <= range.start && range.end <= part.range.end;
    decrypted.iter().any(encloses)
}

/// Whether a place holds what was decrypted, and nothing else but white space.
fn is_filled(source: &[u8], place: &Range<usize>, decrypted: &[Decrypted]) -> bool {
    let mut inside: Vec<&Range<usize>> = decrypted
        .iter()
        .map(|part| &part.range)
        .filter(|range| range.start <= place.end && place.start <= range.end)
        .collect();
    inside.sort_by_key(|range| range.start);
    let is_space = |range: Range<usize>| {
        source.get(range).is_some_and(|octets| octets.trim_ascii().is_empty())
    };
    let mut done = place.start;
    for range in &inside {
        if range.start > done && !is_space(done..range.start) {
            return false;
        }
        done = done.max(range.end);
    }
    !inside.is_empty() && (done >= place.end || is_space(done..place.end))
}

impl Parts<'_> {
    /// The elements of a part that may have been encrypted.
    fn elements(&self, part: &Part) -> Result<Vec<FoundElement>, Error> {
        let (limits, soap) = (&self.policy.limits, self.head.soap);
        let search = |is_meant: &dyn Fn(&Scanner<'_>, &StartElement<'_>, Zone, bool) -> bool| {
            find_all(self.source, limits, soap, is_meant)
        };
        let whole = |range: Range<usize>| FoundElement { content: range.clone(), range };
        match &part.which {
            WhichPart::Body => {
                let range = self.tail.body.clone();
                let start = self.head.body_start_tag.end;
                let end_tag =
                    self.source.get(start..range.end).and_then(|octets| memrchr(b'<', octets));
                let end = end_tag.map_or(start, |offset| start + offset);
                Ok(vec![FoundElement { content: start..end, range }])
            }
            WhichPart::Id(id) => search(&|scanner, element, zone, _| {
                scanner.attributes().iter().any(|attribute| {
                    is_id(zone, &element.name, &attribute.name) && attribute.value() == id.as_str()
                })
            }),
            WhichPart::InBody { namespace, local } => search(&|scanner, element, _, in_body| {
                in_body
                    && element.name.local == local
                    && scanner.namespace_name(element.name.namespace) == namespace
            }),
            WhichPart::Signature(_) => {
                let root = self.head.security.as_ref().map(|security| security.outline.root());
                let children = root.into_iter().flat_map(Element::children);
                let signatures =
                    children.filter(|child| child.name().is(NamespaceId::DS, "Signature"));
                Ok(signatures.map(|signature| whole(signature.range())).collect())
            }
            _ => {
                let found = self.find(part)?;
                if !part.content {
                    return Ok(found.into_iter().map(whole).collect());
                }
                search(&|_, element, _, _| {
                    found.iter().any(|range| range.start == element.range.start)
                })
            }
        }
    }
}
