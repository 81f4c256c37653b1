//! What is handed out of a signed message: the covered parts, in original octets.

use super::coverage::Covered;
use crate::message::{Head, Tail};
use core::ops::Range;

/// The message of the Envelope's start tag, the covered header blocks and the covered Body; where
/// the Body is not covered, an empty one. Also where the Body stands in it.
pub(super) fn project(
    source: &[u8],
    head: &Head<'_>,
    tail: &Tail<'_>,
    covered: &Covered<'_>,
) -> (Vec<u8>, Range<usize>) {
    let octets = |range: Range<usize>| source.get(range).unwrap_or_default();
    let mut out = Vec::with_capacity(tail.end.saturating_sub(head.start_tag.start));
    out.extend_from_slice(octets(head.start_tag.clone()));
    let mut blocks = head.blocks.iter().filter(|block| covered.covers(&block.range)).peekable();
    if blocks.peek().is_some()
        && let Some(header) = &head.header
    {
        out.extend_from_slice(octets(header.start_tag.clone()));
        blocks.for_each(|block| out.extend_from_slice(octets(block.range.clone())));
        push_end_tag(&mut out, octets(header.start_tag.clone()));
    }
    let start = out.len();
    if covered.covers(&tail.body) {
        out.extend_from_slice(octets(tail.body.clone()));
    } else {
        let name = name(octets(tail.body.clone()));
        out.push(b'<');
        out.extend_from_slice(name);
        out.extend_from_slice(b"/>");
    }
    let body = start..out.len();
    push_end_tag(&mut out, octets(head.start_tag.clone()));
    (out, body)
}

/// The qualified name at the start of a start tag.
fn name(start_tag: &[u8]) -> &[u8] {
    let name = start_tag.get(1..).unwrap_or_default();
    let is_end = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>');
    name.get(..name.iter().position(is_end).unwrap_or(name.len())).unwrap_or_default()
}

fn push_end_tag(out: &mut Vec<u8>, start_tag: &[u8]) {
    out.extend_from_slice(b"</");
    out.extend_from_slice(name(start_tag));
    out.push(b'>');
}
