//! Putting tokens into an envelope: octets are inserted, nothing is written again.

use crate::error::Error;
use crate::message::{Head, Soap};
use crate::ns;
use crate::policy::HeaderPolicy;
use crate::xml::Markup;
use core::ops::Range;

/// What the new markup has room for without growing the message twice.
const ROOM: usize = 1536;

/// A Security header for envelopes that have none.
#[derive(Clone)]
pub(super) struct NewSecurity {
    start_tag: Vec<u8>,
    /// What it declares.
    scope: Vec<(&'static str, &'static str)>,
}

/// What is put into a Security header.
#[derive(Default)]
pub(super) struct NewTokens {
    /// In front of what is there.
    pub(super) first: Vec<Markup>,
    /// Behind it.
    pub(super) last: Vec<Markup>,
}

/// A message with new tokens.
pub(super) struct Spliced {
    pub(super) bytes: Vec<u8>,
    /// Where each new token begins, those in front first.
    pub(super) starts: Vec<usize>,
}

/// The envelope with `tokens` in its Security header, which is the `new` one where it is absent. An
/// element that is one empty tag is opened; everything else stays as it is.
pub(super) fn splice(
    source: &[u8],
    head: &Head<'_>,
    tokens: &NewTokens,
    new: &NewSecurity,
) -> Result<Spliced, Error> {
    let mut spliced =
        Spliced { bytes: Vec::with_capacity(source.len() + ROOM), starts: Vec::new() };
    if let Some(security) = &head.security {
        let root = security.outline.root();
        let (start_tag, range) = (root.start_tag(), root.range());
        let scope: Vec<(&str, &str)> =
            security.scope.iter().map(|(prefix, name)| (prefix.as_str(), name.as_str())).collect();
        if root.is_empty_tag() {
            push_opened(&mut spliced.bytes, &source[..start_tag.end]);
            spliced.write(&tokens.first, &scope)?;
            spliced.write(&tokens.last, &scope)?;
            push_end_tag(&mut spliced.bytes, &source[start_tag.clone()]);
            spliced.bytes.extend_from_slice(&source[start_tag.end..]);
            return Ok(spliced);
        }
        // The end tag may have white space before its `>`, but no `<` inside.
        let end_tag = source[..range.end].iter().rposition(|octet| *octet == b'<');
        let end_tag = end_tag.unwrap_or(start_tag.end);
        spliced.bytes.extend_from_slice(&source[..start_tag.end]);
        spliced.write(&tokens.first, &scope)?;
        spliced.bytes.extend_from_slice(&source[start_tag.end..end_tag]);
        spliced.write(&tokens.last, &scope)?;
        spliced.bytes.extend_from_slice(&source[end_tag..]);
        return Ok(spliced);
    }
    let header_prefix = head.prefix;
    match &head.header {
        Some(header) if header.start_tag == header.range => {
            push_opened(&mut spliced.bytes, &source[..header.range.end]);
            spliced.write_new(new, tokens)?;
            push_end_tag(&mut spliced.bytes, &source[header.start_tag.clone()]);
            spliced.bytes.extend_from_slice(&source[header.range.end..]);
        }
        Some(header) => {
            spliced.bytes.extend_from_slice(&source[..header.start_tag.end]);
            spliced.write_new(new, tokens)?;
            spliced.bytes.extend_from_slice(&source[header.start_tag.end..]);
        }
        None => {
            let colon = if header_prefix.is_empty() { "" } else { ":" };
            spliced.bytes.extend_from_slice(&source[..head.start_tag.end]);
            spliced.bytes.extend_from_slice(format!("<{header_prefix}{colon}Header>").as_bytes());
            spliced.write_new(new, tokens)?;
            spliced.bytes.extend_from_slice(format!("</{header_prefix}{colon}Header>").as_bytes());
            spliced.bytes.extend_from_slice(&source[head.start_tag.end..]);
        }
    }
    Ok(spliced)
}

impl Spliced {
    fn write(&mut self, tokens: &[Markup], scope: &[(&str, &str)]) -> Result<(), Error> {
        for token in tokens {
            self.starts.push(self.bytes.len());
            token.write(&mut self.bytes, scope)?;
        }
        Ok(())
    }

    fn write_new(&mut self, new: &NewSecurity, tokens: &NewTokens) -> Result<(), Error> {
        self.bytes.extend_from_slice(&new.start_tag);
        self.write(&tokens.first, &new.scope)?;
        self.write(&tokens.last, &new.scope)?;
        push_end_tag(&mut self.bytes, &new.start_tag);
        Ok(())
    }
}

/// The message with Ids in these start tags, which have none: the end of each tag, and the Id.
pub(super) fn insert_ids(source: &[u8], mut ids: Vec<(Range<usize>, String)>) -> Vec<u8> {
    ids.sort_unstable_by_key(|(tag, _)| tag.end);
    let mut out = Vec::with_capacity(source.len() + 256 * ids.len());
    let mut done = 0;
    for (tag, id) in ids {
        let text = source.get(tag.clone()).unwrap_or_default();
        let closing = if text.ends_with(b"/>") { 2 } else { 1 };
        let at = tag.end.saturating_sub(closing);
        out.extend_from_slice(source.get(done..at).unwrap_or_default());
        // A tag that declares the prefix itself may mean something else by it.
        let prefix = (0..)
            .map(|number| if number == 0 { "wsu".to_owned() } else { format!("wsu{number}") })
            .find(|prefix| {
                memchr::memmem::find(text, format!("xmlns:{prefix}").as_bytes()).is_none()
            })
            .unwrap_or_default();
        let attribute = format!(" xmlns:{prefix}=\"{}\" {prefix}:Id=\"{id}\"", ns::WSU);
        out.extend_from_slice(attribute.as_bytes());
        done = at;
    }
    out.extend_from_slice(source.get(done..).unwrap_or_default());
    out
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
        Ok(Self { start_tag, scope })
    }
}

/// Octets that end with an empty-element tag, with that tag as a start tag.
fn push_opened(out: &mut Vec<u8>, up_to_tag: &[u8]) {
    let opened = up_to_tag.strip_suffix(b"/>").unwrap_or(up_to_tag);
    out.extend_from_slice(opened);
    out.push(b'>');
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
