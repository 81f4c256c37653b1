//! Base64 as XML has it, and lower-case hexadecimal.

use crate::error::{Cause, Error};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Octets as base64 with padding, without line breaks (RFC 4648, section 4).
#[must_use]
pub fn base64(octets: &[u8]) -> String {
    STANDARD.encode(octets)
}

/// Reads base64 as `xsd:base64Binary` has it: white space anywhere, padding demanded, no stray
/// bits, so that one sequence of octets has one spelling but for white space.
///
/// # Errors
/// [`Cause::InvalidTokenValue`] with the place of the first octet that is no base64.
pub fn base64_to_vec(text: &str) -> Result<Vec<u8>, Error> {
    let is_space = |octet: u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
    let decoded = if text.bytes().any(is_space) {
        let compact: Vec<u8> = text.bytes().filter(|octet| !is_space(*octet)).collect();
        STANDARD.decode(compact)
    } else {
        STANDARD.decode(text)
    };
    decoded.map_err(|error| {
        Error::new(Cause::InvalidTokenValue, format!("the value is no base64: {error}"))
    })
}

/// Octets as lower-case hexadecimal.
#[must_use]
pub fn hex(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len() * 2);
    push_hex(&mut text, octets);
    text
}

/// Appends octets as lower-case hexadecimal.
pub fn push_hex(text: &mut String, octets: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for octet in octets {
        text.push(char::from(DIGITS[usize::from(octet >> 4)]));
        text.push(char::from(DIGITS[usize::from(octet & 15)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_has_one_spelling_but_for_white_space() {
        assert_eq!(base64_to_vec("AAEC\r\n AwQ=").unwrap(), [0, 1, 2, 3, 4]);
        assert_eq!(base64_to_vec("").unwrap(), [0_u8; 0]);
        for text in ["AAE", "AAF=", "!!!!", "AAEC=", "AA==AAEC", "AAEC\u{a0}", "AA-_"] {
            let error = base64_to_vec(text).unwrap_err();
            assert_eq!(error.cause(), Cause::InvalidTokenValue, "{text}");
        }
    }

    #[test]
    fn hexadecimal_is_lower_case() {
        assert_eq!(hex(&[0, 0xAB, 0xFF]), "00abff");
    }
}
