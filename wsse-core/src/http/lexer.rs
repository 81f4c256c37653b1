//! The pieces that header values are made of (RFC 9110, section 5.6), read from a text with the
//! place always known.

use super::MAXIMUM_LENGTH;
use crate::error::{Cause, Error};
use memchr::memchr2;
use std::borrow::Cow;

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    /// Refuses a text that is longer than any header value may be.
    pub(super) fn new(text: &'a str) -> Result<Self, Error> {
        if text.len() > MAXIMUM_LENGTH {
            return Err(Error::new(
                Cause::MessageSize,
                format!(
                    "the header value has {} octets, more than the limit of {MAXIMUM_LENGTH}",
                    text.len()
                ),
            )
            .at(MAXIMUM_LENGTH));
        }
        Ok(Self { text, at: 0 })
    }

    /// Octets before the place of reading.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes past `octet` if it comes next. Only ASCII, so that the place stays between characters.
    pub(super) fn take(&mut self, octet: u8) -> bool {
        let found = octet.is_ascii() && self.peek() == Some(octet);
        self.at += usize::from(found);
        found
    }

    /// Goes back to a place that [`Self::at`] told.
    pub(super) fn back_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Goes past white space and folded lines (RFC 9112, section 5.2); tells whether there was
    /// any. A line break that folds nothing ends the header, so it is refused: what follows it
    /// would be another header.
    pub(super) fn white_space(&mut self) -> Result<bool, Error> {
        let start = self.at;
        loop {
            match self.rest() {
                [b' ' | b'\t', ..] => self.at += 1,
                [b'\r', b'\n', b' ' | b'\t', ..] => self.at += 3,
                [b'\n', b' ' | b'\t', ..] => self.at += 2,
                [b'\r' | b'\n', ..] => {
                    return Err(self.syntax("a line break that is no folding ends a header value"));
                }
                _ => return Ok(self.at > start),
            }
        }
    }

    /// A token (RFC 9110, section 5.6.2); empty if none comes next.
    pub(super) fn token(&mut self) -> &'a str {
        self.run(is_token_character)
    }

    /// A token68 (RFC 9110, section 11.2); empty if none comes next.
    pub(super) fn token68(&mut self) -> &'a str {
        let start = self.at;
        self.run(|octet| octet.is_ascii_alphanumeric() || b"-._~+/".contains(&octet));
        if self.at > start {
            self.run(|octet| octet == b'=');
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// A value: a quoted-string (RFC 9110, section 5.6.4) without its quotes and escapes, or a
    /// token.
    pub(super) fn value(&mut self, name: &str) -> Result<Cow<'a, str>, Error> {
        if self.peek() == Some(b'"') {
            return self.quoted_string(name);
        }
        match self.token() {
            "" => Err(self.syntax(format!("{name} has no value; write {name}=\"…\""))),
            token => Ok(Cow::Borrowed(token)),
        }
    }

    fn quoted_string(&mut self, name: &str) -> Result<Cow<'a, str>, Error> {
        let opening = self.at;
        self.at += 1;
        let mut start = self.at;
        let mut unescaped: Option<String> = None;
        loop {
            let Some(length) = memchr2(b'"', b'\\', self.rest()) else {
                self.at = opening;
                return Err(self.syntax(format!("the quotes around {name} are not closed")));
            };
            let end = self.at + length;
            let piece = self.text.get(start..end).unwrap_or_default();
            if has_control(piece) {
                let place = piece.bytes().position(|octet| octet.is_ascii_control());
                self.at = start + place.unwrap_or(0);
                return Err(self.syntax(format!("a control character stands in {name}")));
            }
            self.at = end + 1;
            if self.text.as_bytes().get(end) == Some(&b'"') {
                return Ok(match unescaped {
                    None => Cow::Borrowed(piece),
                    Some(mut text) => {
                        text.push_str(piece);
                        Cow::Owned(text)
                    }
                });
            }
            // After a backslash one character stands for itself, even a quote or a backslash:
            // the search goes on behind it, the next piece begins with it.
            unescaped.get_or_insert_default().push_str(piece);
            start = self.at;
            self.at += self
                .text
                .get(start..)
                .and_then(|rest| rest.chars().next())
                .map_or(0, char::len_utf8);
        }
    }

    /// An error at the place of reading.
    pub(super) fn syntax(&self, reason: impl Into<String>) -> Error {
        Error::new(Cause::HeaderSyntax, reason).at(self.at)
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Only for predicates that hold for ASCII alone, so that the run ends between characters.
    fn run(&mut self, belongs: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        self.at += self.rest().iter().take_while(|octet| belongs(**octet)).count();
        self.text.get(start..self.at).unwrap_or_default()
    }
}

/// Whether `text` is a token (RFC 9110, section 5.6.2).
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_character)
}

fn is_token_character(octet: u8) -> bool {
    const TABLE: [bool; 256] = {
        let mut table = [false; 256];
        let mut octet: u8 = 0;
        while octet < 128 {
            table[octet as usize] = octet.is_ascii_alphanumeric();
            octet += 1;
        }
        let mut others = b"!#$%&'*+-.^_`|~".as_slice();
        while let [first, rest @ ..] = others {
            table[*first as usize] = true;
            others = rest;
        }
        table
    };
    TABLE[usize::from(octet)]
}

/// Looks at every octet without stopping at the first, so that it is done many at a time.
fn has_control(text: &str) -> bool {
    text.bytes().fold(false, |found, octet| found | octet.is_ascii_control())
}

/// Appends `name="value"` with quotes and backslashes escaped.
///
/// # Errors
/// [`Cause::InvalidArgument`] for a control character: a line break would begin another header.
pub(super) fn write_parameter(out: &mut String, name: &str, value: &str) -> Result<(), Error> {
    out.push_str(name);
    out.push_str("=\"");
    // The bytes decide for plain ASCII; characters are looked at only where there are others,
    // among them the control characters U+0080 to U+009F.
    if has_control(value) || (!value.is_ascii() && value.chars().any(char::is_control)) {
        return Err(Error::new(
            Cause::InvalidArgument,
            format!("{name} holds a control character, which no header value may hold"),
        ));
    }
    if memchr2(b'"', b'\\', value.as_bytes()).is_some() {
        for character in value.chars() {
            if matches!(character, '"' | '\\') {
                out.push('\\');
            }
            out.push(character);
        }
    } else {
        out.push_str(value);
    }
    out.push('"');
    Ok(())
}
