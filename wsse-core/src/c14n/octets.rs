//! The octets of text, values, comments and processing instructions (Canonical XML 1.0,
//! section 2.3).

use super::Sink;
use std::borrow::Cow;

/// Writes octets with some of them replaced.
fn write_replaced(
    octets: &[u8],
    sink: &mut impl Sink,
    replacement: impl Fn(u8) -> Option<&'static [u8]>,
) {
    let mut rest = octets;
    while let Some((at, replaced)) =
        rest.iter().enumerate().find_map(|(at, octet)| Some((at, replacement(*octet)?)))
    {
        let (plain, behind) = rest.split_at(at);
        sink.write(plain);
        sink.write(replaced);
        rest = behind.get(1..).unwrap_or_default();
    }
    sink.write(rest);
}

/// Writes text whose references are resolved.
pub(super) fn write_text(text: &str, sink: &mut impl Sink) {
    write_replaced(text.as_bytes(), sink, |octet| match octet {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
}

/// Writes the value of an attribute that is normalised, without its quotes.
pub(super) fn write_value(value: &str, sink: &mut impl Sink) {
    write_replaced(value.as_bytes(), sink, |octet| match octet {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'"' => Some(b"&quot;"),
        b'\t' => Some(b"&#x9;"),
        b'\n' => Some(b"&#xA;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
}

/// Line ends made LINE FEED (XML 1.0, section 2.11).
pub(super) fn with_line_ends(raw: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\r', raw).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\r', rest) {
        let (before, behind) = rest.split_at(at);
        out.extend_from_slice(before);
        out.push(b'\n');
        rest = behind.get(1..).unwrap_or_default();
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// Writes a processing instruction that stands between `<?` and `?>`.
pub(super) fn write_instruction(raw: &[u8], sink: &mut impl Sink) {
    let inside = raw.strip_prefix(b"<?").and_then(|raw| raw.strip_suffix(b"?>"));
    let inside = inside.unwrap_or_default();
    let space = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
    let target = inside.iter().position(space).unwrap_or(inside.len());
    let (target, behind) = inside.split_at(target);
    sink.write(b"<?");
    sink.write(target);
    if let Some(data) = behind.iter().position(|octet| !space(octet)) {
        sink.write(b" ");
        sink.write(&with_line_ends(behind.get(data..).unwrap_or_default()));
    }
    sink.write(b"?>");
}
