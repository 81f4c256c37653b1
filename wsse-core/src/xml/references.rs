//! Entity and character references, line ends, and the normalisation of values
//! (XML 1.0, sections 2.11, 3.3.3 and 4.1).

use super::characters::is_allowed;
use crate::error::{Cause, Error};
use std::borrow::Cow;

/// Reads the reference that begins at the `&` at `start`; the character that it stands for and
/// the place behind its semicolon.
///
/// The name of an unknown entity is not repeated in the error: an ampersand that was not escaped
/// may stand in a password.
pub(super) fn read(source: &[u8], start: usize) -> Result<(char, usize), Error> {
    let body = start + 1;
    let rest = source.get(body..).unwrap_or_default();
    if let [b'#', ..] = rest {
        return read_character(source, start);
    }
    for (name, character) in PREDEFINED {
        if rest.starts_with(name) {
            return Ok((character, body + name.len()));
        }
    }
    // What is no reference at all, and what would be one if there were a DTD, are two mistakes.
    let is_name =
        |octet: &u8| octet.is_ascii_alphanumeric() || b"_:-.".contains(octet) || *octet >= 0x80;
    let end = rest.iter().position(|octet| !is_name(octet)).unwrap_or(rest.len());
    let begins =
        rest.first().is_some_and(|octet| !octet.is_ascii_digit() && !b"-.".contains(octet));
    Err(if end > 0 && begins && rest.get(end) == Some(&b';') {
        Error::new(
            Cause::UndefinedEntity,
            "a reference to an entity other than lt, gt, amp, apos and quot; \
             write the character itself, or `&amp;` for an ampersand",
        )
    } else {
        Error::new(
            Cause::Syntax,
            "an ampersand that begins no reference; write `&amp;` for an ampersand",
        )
    }
    .at(start))
}

/// The text of an element: references resolved, line ends made LINE FEED.
pub(super) fn text_value(raw: &str) -> Cow<'_, str> {
    match memchr::memchr2(b'&', b'\r', raw.as_bytes()) {
        None => Cow::Borrowed(raw),
        Some(_) => Cow::Owned(resolve(raw, Kind::Text)),
    }
}

/// The text of a CDATA section: line ends made LINE FEED, nothing else is markup there.
pub(super) fn cdata_value(raw: &str) -> Cow<'_, str> {
    match memchr::memchr(b'\r', raw.as_bytes()) {
        None => Cow::Borrowed(raw),
        Some(_) => Cow::Owned(resolve(raw, Kind::Cdata)),
    }
}

/// The value of an attribute, as section 3.3.3 has it for the type CDATA: references resolved,
/// then white space, unless it came by a reference, made SPACE. There is no DTD, so there is no
/// other type.
pub(crate) fn attribute_value(raw: &str) -> Cow<'_, str> {
    let plain = |octet: &u8| !matches!(octet, b'&' | b'\t' | b'\n' | b'\r');
    if raw.as_bytes().iter().all(plain) {
        Cow::Borrowed(raw)
    } else {
        Cow::Owned(resolve(raw, Kind::Attribute))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Cdata,
    Attribute,
}

fn resolve(raw: &str, kind: Kind) -> String {
    let source = raw.as_bytes();
    let mut value = String::with_capacity(raw.len());
    let mut done = 0;
    let mut at = 0;
    while let Some(&octet) = source.get(at) {
        let (character, end) = match octet {
            // The scanner read the reference before; here it can't fail any more.
            b'&' if kind != Kind::Cdata => match read(source, at) {
                Ok(reference) => reference,
                Err(_) => ('&', at + 1),
            },
            b'\r' => {
                let end = if source.get(at + 1) == Some(&b'\n') { at + 2 } else { at + 1 };
                (if kind == Kind::Attribute { ' ' } else { '\n' }, end)
            }
            b'\t' | b'\n' if kind == Kind::Attribute => (' ', at + 1),
            _ => {
                at += 1;
                continue;
            }
        };
        value.push_str(raw.get(done..at).unwrap_or_default());
        value.push(character);
        done = end;
        at = end;
    }
    value.push_str(raw.get(done..).unwrap_or_default());
    value
}

const PREDEFINED: [(&[u8], char); 5] =
    [(b"amp;", '&'), (b"lt;", '<'), (b"gt;", '>'), (b"quot;", '"'), (b"apos;", '\'')];

fn read_character(source: &[u8], start: usize) -> Result<(char, usize), Error> {
    let invalid =
        |reason: &str| Err(Error::new(Cause::InvalidCharacterReference, reason).at(start));
    let (radix, digits) = match source.get(start + 2) {
        Some(b'x') => (16, start + 3),
        _ => (10, start + 2),
    };
    let mut code = 0_u32;
    let mut at = digits;
    while let Some(digit) = source.get(at).and_then(|&octet| char::from(octet).to_digit(radix)) {
        // Saturated, so that leading zeros are free and 2^32 does not become 0.
        code = code.saturating_mul(radix).saturating_add(digit);
        at += 1;
    }
    if at == digits || source.get(at) != Some(&b';') {
        return invalid(
            "a character reference is `&#` and decimal digits or `&#x` and hexadecimal digits, \
             then a semicolon",
        );
    }
    match char::from_u32(code).filter(|character| is_allowed(*character)) {
        Some(character) => Ok((character, at + 1)),
        None => invalid("a reference to a character that is not allowed in XML 1.0"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_stand_for_their_characters() {
        for (text, character) in [
            ("&amp;", '&'),
            ("&lt;", '<'),
            ("&gt;", '>'),
            ("&quot;", '"'),
            ("&apos;", '\''),
            ("&#9;", '\t'),
            ("&#x1F600;", '😀'),
            ("&#00000000000000000000065;", 'A'),
            ("&#x10FFFF;", '\u{10FFFF}'),
            ("&#xaB;", '«'),
        ] {
            assert_eq!(read(text.as_bytes(), 0).unwrap(), (character, text.len()), "{text}");
        }
    }

    #[test]
    fn what_is_no_reference_is_refused_for_its_cause() {
        for (text, cause) in [
            ("&", Cause::Syntax),
            ("& ", Cause::Syntax),
            ("&;", Cause::Syntax),
            ("&amp", Cause::Syntax),
            ("&1;", Cause::Syntax),
            ("&lt", Cause::Syntax),
            ("&nbsp;", Cause::UndefinedEntity),
            ("&LT;", Cause::UndefinedEntity),
            ("&ampx;", Cause::UndefinedEntity),
            ("&#;", Cause::InvalidCharacterReference),
            ("&#x;", Cause::InvalidCharacterReference),
            ("&#X41;", Cause::InvalidCharacterReference),
            ("&#a;", Cause::InvalidCharacterReference),
            ("&#65", Cause::InvalidCharacterReference),
            ("&#+65;", Cause::InvalidCharacterReference),
            ("&# 65;", Cause::InvalidCharacterReference),
            ("&#0;", Cause::InvalidCharacterReference),
            ("&#x1F;", Cause::InvalidCharacterReference),
            ("&#xD800;", Cause::InvalidCharacterReference),
            ("&#xFFFE;", Cause::InvalidCharacterReference),
            ("&#xFFFF;", Cause::InvalidCharacterReference),
            ("&#x110000;", Cause::InvalidCharacterReference),
            ("&#4294967361;", Cause::InvalidCharacterReference),
            ("&#x100000041;", Cause::InvalidCharacterReference),
        ] {
            let error = read(text.as_bytes(), 0).unwrap_err();
            assert_eq!(error.cause(), cause, "{text}");
        }
        let error = read(b"&s3cret;", 0).unwrap_err();
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }

    #[test]
    fn values_are_normalised_as_sections_2_11_and_3_3_3_have_it() {
        assert_eq!(text_value("a\r\nb\rc\n&#13;&amp;amp;\t"), "a\nb\nc\n\r&amp;\t");
        assert_eq!(cdata_value("a\r\n&amp;\r"), "a\n&amp;\n");
        assert_eq!(attribute_value("a\r\nb\rc\nd\te &#10;&#x9;&#13;&lt;"), "a b c d e \n\t\r<");
        assert_eq!(attribute_value("\r\n\r\r\n"), "   ");
        for plain in ["", "abc é", "a  b"] {
            assert!(matches!(text_value(plain), Cow::Borrowed(_)));
            assert!(matches!(cdata_value(plain), Cow::Borrowed(_)));
            assert!(matches!(attribute_value(plain), Cow::Borrowed(_)));
        }
    }
}
