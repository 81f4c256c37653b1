//! Which characters a document may hold (XML 1.0, section 2.2), and which of them make names
//! (section 2.3).
//!
//! All octets of a document are looked at once, before the first event: that is nearly free, as
//! the loops run over many octets at a time, and everything behind it knows that any stretch
//! between two ASCII delimiters is a string of allowed characters.

use crate::error::{Cause, Error};

/// The octets as text, if they are UTF-8 and each character is one that XML 1.0 allows; and
/// whether a CARRIAGE RETURN is among them.
pub(super) fn check(source: &[u8]) -> Result<(&str, bool), Error> {
    let text = core::str::from_utf8(source).map_err(|error| {
        let at = error.valid_up_to();
        let octet = source.get(at).copied().unwrap_or_default();
        let hint = match source {
            [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] => ": it begins like UTF-16, convert it first",
            _ => "",
        };
        Error::new(Cause::Encoding, format!("the octet {octet:#04X} is not UTF-8 here{hint}"))
            .at(at)
    })?;
    let octets = look_at(source);
    let refused = match octets.refused {
        Some(at) => Some(at),
        None if octets.ascii => None,
        None => first_noncharacter(source),
    };
    match refused {
        None => Ok((text, octets.carriage_return)),
        Some(at) => Err(invalid(text.get(at..).and_then(|rest| rest.chars().next())).at(at)),
    }
}

/// How many octets of a part of a document are whole characters, if its last octets may be the first
/// ones of a character.
pub(super) fn whole(part: &[u8]) -> usize {
    let behind = part.iter().rev().take(4).position(|octet| octet & 0xC0 != 0x80);
    let Some(start) = behind.and_then(|behind| part.len().checked_sub(behind + 1)) else {
        return part.len();
    };
    match core::str::from_utf8(part.get(start..).unwrap_or_default()) {
        Err(error) if error.error_len().is_none() => start,
        _ => part.len(),
    }
}

/// Whether XML 1.0 allows the character (production 2, `Char`).
pub(super) const fn is_allowed(character: char) -> bool {
    matches!(character,
        '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Whether a name may begin with the character (production 4, `NameStartChar`), the colon left
/// out: it divides prefix and local name.
pub(super) const fn is_name_start(character: char) -> bool {
    matches!(character,
        'A'..='Z' | 'a'..='z' | '_'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// Whether the character may stand inside a name (production 4a, `NameChar`), the colon left out.
pub(super) const fn is_name_character(character: char) -> bool {
    is_name_start(character)
        || matches!(character,
            '-' | '.' | '0'..='9' | '\u{B7}'
            | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Whether a text is an NCName: a name without a colon (Namespaces in XML 1.0, section 3).
#[must_use]
pub fn is_ncname(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(is_name_start) && characters.all(is_name_character)
}

/// Whether the octet is white space (production 3, `S`).
#[inline]
pub(super) const fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

/// The error for a character that XML 1.0 does not allow.
pub(super) fn invalid(character: Option<char>) -> Error {
    let code = character.map_or(0, u32::from);
    Error::new(
        Cause::InvalidCharacter,
        format!("the character U+{code:04X} is not allowed in XML 1.0, not even as a reference"),
    )
}

/// What one look at all octets finds.
struct Octets {
    /// The first control character that is refused.
    refused: Option<usize>,
    /// Where none is refused: whether there is a CARRIAGE RETURN, and whether all is ASCII.
    carriage_return: bool,
    ascii: bool,
}

fn look_at(source: &[u8]) -> Octets {
    // Branch-free looks at a block, so that the compiler makes vectors of them: whether there is
    // any control character, and only then which.
    let (blocks, rest) = source.as_chunks::<BLOCK>();
    let mut carriage_return = rest.contains(&b'\r');
    let mut bits = rest.iter().fold(0, |bits, octet| bits | *octet);
    let refused = blocks.iter().position(|block| {
        bits |= block.iter().fold(0, |bits, octet| bits | *octet);
        if block.iter().fold(0xFF, |least: u8, octet| least.min(*octet)) >= 0x20 {
            return false;
        }
        carriage_return |= block.iter().fold(false, |any, octet| any | (*octet == b'\r'));
        block.iter().fold(false, |any, octet| any | is_refused_control(*octet))
    });
    let (start, within) = match refused {
        Some(number) => (number * BLOCK, source.get(number * BLOCK..).unwrap_or_default()),
        None => (source.len() - rest.len(), rest),
    };
    let refused = within.iter().position(|octet| is_refused_control(*octet));
    let refused = refused.map(|found| start + found);
    Octets { refused, carriage_return, ascii: bits.is_ascii() }
}

const BLOCK: usize = 64;

const fn is_refused_control(octet: u8) -> bool {
    (octet < 0x20) & (octet != b'\t') & (octet != b'\n') & (octet != b'\r')
}

/// U+FFFE and U+FFFF: the surrogates, also refused by production 2, are no UTF-8 anyway.
fn first_noncharacter(source: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(source, b"\xEF\xBF")
        .find(|at| matches!(source.get(at + 2), Some(0xBE | 0xBF)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_allowed_or_refused_as_production_2_has_it() {
        for character in '\0'..=char::MAX {
            let code = u32::from(character);
            let allowed = matches!(code, 0x9 | 0xA | 0xD | 0x20..=0xD7FF | 0xE000..=0xFFFD)
                || (0x10000..=0x10_FFFF).contains(&code);
            assert_eq!(is_allowed(character), allowed, "U+{code:04X}");
            // Through the fast loops too, where it matters: everything but the planes that are
            // alike.
            if code < 0x3000 || (0xF000..0x10100).contains(&code) {
                let text = format!("{}{character}é", "x".repeat(300));
                match check(text.as_bytes()) {
                    Ok(_) => assert!(allowed, "U+{code:04X}"),
                    Err(error) => {
                        assert!(!allowed, "U+{code:04X}");
                        assert_eq!(error.cause(), Cause::InvalidCharacter);
                        assert_eq!(error.position().unwrap().offset, 300);
                        assert!(error.reason().contains(&format!("U+{code:04X}")));
                    }
                }
            }
        }
    }

    #[test]
    fn carriage_returns_are_seen_wherever_they_stand() {
        for length in [1, 63, 64, 65, 300] {
            for place in 0..length {
                let mut source = vec![b'x'; length];
                source[place] = b'\n';
                assert!(!check(&source).unwrap().1);
                source[place] = b'\r';
                assert!(check(&source).unwrap().1);
            }
        }
    }

    #[test]
    fn octets_that_are_no_utf8_are_named_with_their_place() {
        for (source, at) in [
            (&b"ab\xFF"[..], 2),
            (b"\xC0\x80", 0),          // overlong
            (b"a\xED\xA0\x80", 1),     // a surrogate
            (b"a\xF4\x90\x80\x80", 1), // above U+10FFFF
            (b"abc\xC3", 3),           // cut off
            (b"\xFF\xFE<\0", 0),
        ] {
            let error = check(source).unwrap_err();
            assert_eq!(error.cause(), Cause::Encoding);
            assert_eq!(error.position().unwrap().offset, at, "{source:?}");
        }
    }
}
