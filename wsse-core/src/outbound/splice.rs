//! Putting tokens into an envelope: octets are inserted, nothing is written again.

use super::parts::NewId;
use crate::error::Error;
use crate::message::{Head, Soap};
use crate::ns;
use crate::policy::HeaderPolicy;
use crate::xml::Markup;
use core::ops::Range;

/// A Security header for envelopes that have none.
#[derive(Clone)]
pub(super) struct NewSecurity {
    pub(super) markup: Markup,
    start_tag: Vec<u8>,
    /// What it declares.
    scope: Vec<(&'static str, &'static str)>,
}

/// What is put into a Security header.
#[derive(Clone, Debug, Default)]
pub(super) struct NewTokens {
    /// In front of what is there.
    pub(super) first: Vec<Markup>,
    /// Behind it.
    pub(super) last: Vec<Markup>,
}

/// A message with new octets.
pub(super) struct Spliced {
    pub(super) bytes: Vec<u8>,
    /// Where each new token begins, those in front first.
    pub(super) starts: Vec<usize>,
}

/// What is put in place of octets of the source.
struct Edit {
    range: Range<usize>,
    octets: Vec<u8>,
    /// Where tokens begin in it.
    starts: Vec<usize>,
}

/// What is to be inserted into an envelope.
pub(super) struct Splice(Vec<Edit>);

impl Splice {
    /// `tokens` in its Security header, which is the `new` one where it is absent, and `ids` in the
    /// start tags that stand beside them, which have none. An element that is one empty tag is opened;
    /// everything else stays as it is, and is copied once.
    pub(super) fn new(
        source: &[u8],
        head: &Head<'_>,
        tokens: &NewTokens,
        new: &NewSecurity,
        ids: &[NewId],
    ) -> Result<Self, Error> {
        let mut edits: Vec<Edit> = ids.iter().map(|new| Edit::id(source, new)).collect();
        edits.extend(token_edits(source, head, tokens, new)?);
        // Stable: an Id belongs before the end of the empty tag that is opened.
        edits.sort_by_key(|edit| edit.range.start);
        Ok(Self(edits))
    }

    /// The envelope with all of it; with room for `more` octets behind its end.
    pub(super) fn apply(self, source: &[u8], more: usize) -> Spliced {
        let length = source.len() + self.growth() + more;
        let mut spliced = Spliced { bytes: Vec::with_capacity(length), starts: Vec::new() };
        let mut done = 0;
        for edit in self.0 {
            spliced.bytes.extend_from_slice(source.get(done..edit.range.start).unwrap_or_default());
            let begin = spliced.bytes.len();
            spliced.starts.extend(edit.starts.iter().map(|start| begin + start));
            spliced.bytes.extend_from_slice(&edit.octets);
            done = edit.range.end;
        }
        spliced.bytes.extend_from_slice(source.get(done..).unwrap_or_default());
        spliced
    }

    /// The same in the octets of the envelope themselves.
    pub(super) fn apply_in_place(self, mut bytes: Vec<u8>) -> Spliced {
        let mut end = bytes.len();
        let mut starts = Vec::new();
        bytes.reserve_exact(self.growth());
        bytes.resize(end + self.growth(), 0);
        let mut written = bytes.len();
        // From the back: nothing gets shorter, so nothing is written over that is still to be moved.
        for edit in self.0.iter().rev() {
            let behind = edit.range.end..end;
            written = written.saturating_sub(behind.len());
            bytes.copy_within(behind, written);
            written = written.saturating_sub(edit.octets.len());
            if let Some(room) = bytes.get_mut(written..written + edit.octets.len()) {
                room.copy_from_slice(&edit.octets);
            }
            starts.extend(edit.starts.iter().rev().map(|start| written + start));
            end = edit.range.start;
        }
        starts.reverse();
        Spliced { bytes, starts }
    }

    fn growth(&self) -> usize {
        self.0.iter().map(|edit| edit.octets.len().saturating_sub(edit.range.len())).sum()
    }
}

fn token_edits(
    source: &[u8],
    head: &Head<'_>,
    tokens: &NewTokens,
    new: &NewSecurity,
) -> Result<Vec<Edit>, Error> {
    if let Some(security) = &head.security {
        let root = security.outline.root();
        let (start_tag, range) = (root.start_tag(), root.range());
        let scope: Vec<(&str, &str)> =
            security.scope.iter().map(|(prefix, name)| (prefix.as_str(), name.as_str())).collect();
        if root.is_empty_tag() {
            let edit = Edit::opening(source, start_tag, |edit| {
                edit.write(&tokens.first, &scope)?;
                edit.write(&tokens.last, &scope)
            });
            return Ok(vec![edit?]);
        }
        // The end tag may have white space before its `>`, but no `<` inside.
        let end_tag = source[..range.end].iter().rposition(|octet| *octet == b'<');
        let end_tag = end_tag.unwrap_or(start_tag.end);
        let mut first = Edit::at(start_tag.end);
        first.write(&tokens.first, &scope)?;
        let mut last = Edit::at(end_tag);
        last.write(&tokens.last, &scope)?;
        return Ok(vec![first, last]);
    }
    Ok(vec![match &head.header {
        Some(header) if header.start_tag == header.range => {
            Edit::opening(source, header.range.clone(), |edit| edit.write_new(new, tokens))?
        }
        Some(header) => {
            let mut edit = Edit::at(header.start_tag.end);
            edit.write_new(new, tokens)?;
            edit
        }
        None => {
            let prefix = head.prefix;
            let colon = if prefix.is_empty() { "" } else { ":" };
            let mut edit = Edit::at(head.start_tag.end);
            edit.octets.extend_from_slice(format!("<{prefix}{colon}Header>").as_bytes());
            edit.write_new(new, tokens)?;
            edit.octets.extend_from_slice(format!("</{prefix}{colon}Header>").as_bytes());
            edit
        }
    }])
}

impl Edit {
    fn at(offset: usize) -> Self {
        Self { range: offset..offset, octets: Vec::new(), starts: Vec::new() }
    }

    /// The end of an empty-element tag, which becomes a start tag, content and an end tag.
    fn opening(
        source: &[u8],
        tag: Range<usize>,
        content: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let slash = tag.end.saturating_sub(b"/>".len());
        let mut edit = Self { range: slash..tag.end, octets: vec![b'>'], starts: Vec::new() };
        content(&mut edit)?;
        push_end_tag(&mut edit.octets, source.get(tag).unwrap_or_default());
        Ok(edit)
    }

    /// An Id in a start tag that has none.
    fn id(source: &[u8], new: &NewId) -> Self {
        let NewId { start_tag: tag, id, is_plain } = new;
        let text = source.get(tag.clone()).unwrap_or_default();
        let closing = if text.ends_with(b"/>") { 2 } else { 1 };
        let mut edit = Self::at(tag.end.saturating_sub(closing));
        if *is_plain {
            edit.octets.extend_from_slice(format!(" Id=\"{id}\"").as_bytes());
            return edit;
        }
        // A tag that declares the prefix itself may mean something else by it.
        let prefix = (0..)
            .map(|number| if number == 0 { "wsu".to_owned() } else { format!("wsu{number}") })
            .find(|prefix| {
                memchr::memmem::find(text, format!("xmlns:{prefix}").as_bytes()).is_none()
            })
            .unwrap_or_default();
        let attribute = format!(" xmlns:{prefix}=\"{}\" {prefix}:Id=\"{id}\"", ns::WSU);
        edit.octets.extend_from_slice(attribute.as_bytes());
        edit
    }

    fn write(&mut self, tokens: &[Markup], scope: &[(&str, &str)]) -> Result<(), Error> {
        for token in tokens {
            self.starts.push(self.octets.len());
            token.write(&mut self.octets, scope)?;
        }
        Ok(())
    }

    fn write_new(&mut self, new: &NewSecurity, tokens: &NewTokens) -> Result<(), Error> {
        self.octets.extend_from_slice(&new.start_tag);
        self.write(&tokens.first, &new.scope)?;
        self.write(&tokens.last, &new.scope)?;
        push_end_tag(&mut self.octets, &new.start_tag);
        Ok(())
    }
}

impl NewSecurity {
    /// Prepares the header. `wsse` and `wsu` are declared on it: some receivers look for them
    /// there.
    ///
    /// # Errors
    /// [`crate::Cause::InvalidCharacter`] for an actor that XML can't carry.
    pub(super) fn new(soap: Soap, policy: &HeaderPolicy) -> Result<Self, Error> {
        let mut security = Markup::new("wsse", ns::WSSE, "Security");
        // The attributes of the header need a prefix for the SOAP namespace; the Envelope's own
        // may be none, and the Header may bind the prefix anew, so it is declared here.
        let namespace = soap.namespace();
        if policy.must_understand {
            security = security.with_qualified_attribute("soap", namespace, "mustUnderstand", "1");
        }
        if !policy.actor.is_empty() {
            let (attribute, actor) = (soap.actor_attribute(), policy.actor.clone());
            security = security.with_qualified_attribute("soap", namespace, attribute, actor);
        }
        security.declarations.push(("wsu", ns::WSU));
        let mut start_tag = Vec::new();
        let scope = security.write_start(&mut start_tag, &[])?;
        start_tag.push(b'>');
        Ok(Self { markup: security, start_tag, scope })
    }
}

/// The end tag that fits a start tag.
pub(super) fn push_end_tag(out: &mut Vec<u8>, start_tag: &[u8]) {
    let name = start_tag.get(1..).unwrap_or_default();
    let is_end = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>');
    let length = name.iter().position(is_end).unwrap_or(name.len());
    out.extend_from_slice(b"</");
    out.extend_from_slice(&name[..length]);
    out.push(b'>');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_lead_to_the_same() {
        let edit = |range: Range<usize>, octets: &[u8], starts: &[usize]| Edit {
            range,
            octets: octets.to_vec(),
            starts: starts.to_vec(),
        };
        let source = b"<a><b/><c></c></a>";
        let edits = || {
            Splice(vec![
                edit(2..2, b" Id='x'", &[]),
                edit(5..7, b"><t/><u/></b>", &[1, 5]),
                edit(10..10, b"<v/>", &[0]),
                edit(10..10, b"<w/>", &[0]),
                edit(source.len()..source.len(), b"\n", &[]),
            ])
        };
        let copied = edits().apply(source, 100);
        assert_eq!(copied.bytes, b"<a Id='x'><b><t/><u/></b><c><v/><w/></c></a>\n");
        assert!(copied.bytes.capacity() >= copied.bytes.len() + 100);
        let begins = |start: &usize| &copied.bytes[*start..*start + 4];
        let tokens: Vec<_> = copied.starts.iter().map(begins).collect();
        assert_eq!(tokens, [b"<t/>", b"<u/>", b"<v/>", b"<w/>"]);
        let in_place = edits().apply_in_place(source.to_vec());
        assert_eq!(in_place.bytes, copied.bytes);
        assert_eq!(in_place.starts, copied.starts);
    }
}
