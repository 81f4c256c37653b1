//! Putting tokens into an envelope: octets are inserted, nothing is written again.

use crate::error::Error;
use crate::message::{Envelope, SecurityHeader, Soap};
use crate::ns;
use crate::policy::HeaderPolicy;
use crate::xml::Markup;

/// What the new markup has room for without growing the message twice.
const ROOM: usize = 1536;

/// A Security header for envelopes that have none.
#[derive(Clone)]
pub(super) struct NewSecurity {
    start_tag: Vec<u8>,
    /// What it declares.
    scope: Vec<(&'static str, &'static str)>,
}

/// The envelope with `tokens` at the end of its Security header, which is the `new` one where it
/// is absent. An element that is one empty tag is opened; everything else stays as it is.
pub(super) fn splice(
    envelope: &Envelope<'_>,
    tokens: &[Markup],
    new: &NewSecurity,
) -> Result<Vec<u8>, Error> {
    let source = envelope.source;
    let mut out = Vec::with_capacity(source.len() + ROOM);
    if let Some(security) = &envelope.security {
        let root = security.outline.root();
        let (start_tag, range) = (root.start_tag(), root.range());
        let inside = if root.is_empty_tag() {
            push_opened(&mut out, &source[..start_tag.end]);
            start_tag.end
        } else {
            // The end tag may have white space before its `>`, but no `<` inside.
            let end_tag = source[..range.end].iter().rposition(|octet| *octet == b'<');
            let end_tag = end_tag.unwrap_or(start_tag.end);
            out.extend_from_slice(&source[..end_tag]);
            end_tag
        };
        write_tokens(&mut out, tokens, security)?;
        if root.is_empty_tag() {
            push_end_tag(&mut out, &source[start_tag]);
        }
        out.extend_from_slice(&source[inside..]);
        return Ok(out);
    }
    let header_prefix = envelope.prefix;
    match &envelope.header {
        Some(header) if header.start_tag == header.range => {
            push_opened(&mut out, &source[..header.range.end]);
            new.write(&mut out, tokens)?;
            push_end_tag(&mut out, &source[header.start_tag.clone()]);
            out.extend_from_slice(&source[header.range.end..]);
        }
        Some(header) => {
            out.extend_from_slice(&source[..header.start_tag.end]);
            new.write(&mut out, tokens)?;
            out.extend_from_slice(&source[header.start_tag.end..]);
        }
        None => {
            let colon = if header_prefix.is_empty() { "" } else { ":" };
            out.extend_from_slice(&source[..envelope.start_tag.end]);
            out.extend_from_slice(format!("<{header_prefix}{colon}Header>").as_bytes());
            new.write(&mut out, tokens)?;
            out.extend_from_slice(format!("</{header_prefix}{colon}Header>").as_bytes());
            out.extend_from_slice(&source[envelope.start_tag.end..]);
        }
    }
    Ok(out)
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

    fn write(&self, out: &mut Vec<u8>, tokens: &[Markup]) -> Result<(), Error> {
        out.extend_from_slice(&self.start_tag);
        tokens.iter().try_for_each(|token| token.write(out, &self.scope))?;
        push_end_tag(out, &self.start_tag);
        Ok(())
    }
}

fn write_tokens(
    out: &mut Vec<u8>,
    tokens: &[Markup],
    security: &SecurityHeader<'_>,
) -> Result<(), Error> {
    let scope: Vec<(&str, &str)> =
        security.scope.iter().map(|(prefix, name)| (prefix.as_str(), name.as_str())).collect();
    tokens.iter().try_for_each(|token| token.write(out, &scope))
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
