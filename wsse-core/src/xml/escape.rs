//! Writing text and values of attributes so that every reader reads what was meant.
//!
//! The octets are those of canonical XML (Canonical XML 1.0, section 2.3), so what is written is
//! its own canonical form.

use super::characters::{invalid, is_allowed};
use crate::error::Error;

/// Appends `text` as the text of an element.
///
/// # Errors
/// [`Cause::InvalidCharacter`](crate::Cause::InvalidCharacter) when a character can't stand in
/// XML 1.0, not even as a reference; then nothing is appended.
pub fn push_text(out: &mut Vec<u8>, text: &str) -> Result<(), Error> {
    push(out, text, |octet| match octet {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    })
}

/// Appends `value` as the value of an attribute, to stand between double quotes.
///
/// # Errors
/// [`Cause::InvalidCharacter`](crate::Cause::InvalidCharacter) when a character can't stand in
/// XML 1.0, not even as a reference; then nothing is appended.
pub fn push_attribute(out: &mut Vec<u8>, value: &str) -> Result<(), Error> {
    push(out, value, |octet| match octet {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    })
}

fn push(
    out: &mut Vec<u8>,
    text: &str,
    escaped: impl Fn(u8) -> Option<&'static str>,
) -> Result<(), Error> {
    // Nearly all that is written is plain ASCII. Looked at without an early end, sixteen octets
    // cost as much as one.
    let is_plain =
        |octet: u8| (0x20..0x7F).contains(&octet) && !matches!(octet, b'&' | b'<' | b'>' | b'"');
    if text.bytes().fold(true, |plain, octet| plain & is_plain(octet)) {
        out.extend_from_slice(text.as_bytes());
        return Ok(());
    }
    if let Some(character) = text.chars().find(|character| !is_allowed(*character)) {
        return Err(invalid(Some(character)));
    }
    out.reserve(text.len());
    let mut rest = text.as_bytes();
    // All that is escaped is ASCII, so cutting there leaves whole characters.
    while let Some((at, replacement)) = first(rest, &escaped) {
        let (plain, behind) = rest.split_at(at);
        out.extend_from_slice(plain);
        out.extend_from_slice(replacement.as_bytes());
        rest = behind.get(1..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    Ok(())
}

fn first(
    octets: &[u8],
    escaped: impl Fn(u8) -> Option<&'static str>,
) -> Option<(usize, &'static str)> {
    octets.iter().enumerate().find_map(|(at, octet)| Some((at, escaped(*octet)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Cause;
    use crate::xml::{Event, Limits, Scanner};

    #[test]
    fn what_is_written_is_canonical() {
        let mut out = b"x".to_vec();
        push_text(&mut out, "a&b<c>d\"e'f\tg\nh\ri😀").unwrap();
        assert_eq!(out, "xa&amp;b&lt;c&gt;d\"e'f\tg\nh&#xD;i😀".as_bytes());
        out.clear();
        push_attribute(&mut out, "a&b<c>d\"e'f\tg\nh\ri😀").unwrap();
        assert_eq!(out, "a&amp;b&lt;c>d&quot;e'f&#x9;g&#xA;h&#xD;i😀".as_bytes());
    }

    #[test]
    fn what_is_written_is_read_back() {
        let meant = "\t\n\r \r\n<&>\"']]>--\u{85}\u{2028}é\u{FFFD}\u{10FFFF}";
        let mut out = b"<a b=\"".to_vec();
        push_attribute(&mut out, meant).unwrap();
        out.extend_from_slice(b"\">");
        push_text(&mut out, meant).unwrap();
        out.extend_from_slice(b"</a>");
        let mut scanner = Scanner::new(&out, &Limits::default()).unwrap();
        assert!(matches!(scanner.next().unwrap(), Event::StartElement(_)));
        assert_eq!(scanner.attributes()[0].value(), meant);
        let Event::Text(text) = scanner.next().unwrap() else { panic!("no text") };
        assert_eq!(text.value(), meant);
    }

    #[test]
    fn what_xml_cannot_carry_is_refused_and_nothing_written() {
        for text in ["a\0", "\u{1F}", "\u{FFFE}b", "\u{FFFF}", "\u{B}"] {
            let mut out = Vec::new();
            for error in [push_text(&mut out, text), push_attribute(&mut out, text)] {
                assert_eq!(error.unwrap_err().cause(), Cause::InvalidCharacter);
            }
            assert!(out.is_empty());
        }
    }
}
