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

/// The envelope with `tokens` in its Security header, which is the `new` one where it is absent, and
/// with `ids` in the start tags that stand beside them, which have none. An element that is one empty
/// tag is opened; everything else stays as it is, and is copied once.
pub(super) fn splice(
    source: &[u8],
    head: &Head<'_>,
    tokens: &NewTokens,
    new: &NewSecurity,
    ids: &[NewId],
) -> Result<Spliced, Error> {
    let mut edits: Vec<Edit> = ids.iter().map(|new| Edit::id(source, new)).collect();
    edits.extend(token_edits(source, head, tokens, new)?);
    // Stable: an Id belongs before the end of the empty tag that is opened.
    edits.sort_by_key(|edit| edit.range.start);
    let added: usize = edits.iter().map(|edit| edit.octets.len()).sum();
    let mut spliced =
        Spliced { bytes: Vec::with_capacity(source.len() + added), starts: Vec::new() };
    let mut done = 0;
    for edit in edits {
        spliced.bytes.extend_from_slice(source.get(done..edit.range.start).unwrap_or_default());
        let begin = spliced.bytes.len();
        spliced.starts.extend(edit.starts.iter().map(|start| begin + start));
        spliced.bytes.extend_from_slice(&edit.octets);
        done = edit.range.end;
    }
    spliced.bytes.extend_from_slice(source.get(done..).unwrap_or_default());
    Ok(spliced)
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
fn push_end_tag(out: &mut Vec<u8>, start_tag: &[u8]) {
    let name = start_tag.get(1..).unwrap_or_default();
    let is_end = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>');
    let length = name.iter().position(is_end).unwrap_or(name.len());
    out.extend_from_slice(b"</");
    out.extend_from_slice(&name[..length]);
    out.push(b'>');
}
