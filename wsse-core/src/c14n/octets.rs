//! Octets that do not stand in the source: values that are known as text.

use super::Sink;
use super::run::is_plain;

/// Writes the value of an attribute that is normalised, without its quotes (Canonical XML 1.0,
/// section 2.3).
pub(super) fn write_value(value: &str, sink: &mut impl Sink) {
    let mut rest = value.as_bytes();
    if is_plain(rest) && !rest.contains(&b'"') && !rest.contains(&b'<') {
        return sink.write(rest);
    }
    let escaped = |octet: u8| -> Option<&[u8]> {
        match octet {
            b'&' => Some(b"&amp;"),
            b'<' => Some(b"&lt;"),
            b'"' => Some(b"&quot;"),
            b'\t' => Some(b"&#x9;"),
            b'\n' => Some(b"&#xA;"),
            b'\r' => Some(b"&#xD;"),
            _ => None,
        }
    };
    while let Some((at, escaped)) =
        rest.iter().enumerate().find_map(|(at, octet)| Some((at, escaped(*octet)?)))
    {
        let (plain, behind) = rest.split_at(at);
        sink.write(plain);
        sink.write(escaped);
        rest = behind.get(1..).unwrap_or_default();
    }
    sink.write(rest);
}
