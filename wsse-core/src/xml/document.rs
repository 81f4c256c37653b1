//! A document whose octets were looked at.

use super::characters;
use super::declaration::Declaration;
use super::encoding::Encoding;
use super::limits::Limits;
use super::names::excerpt;
use crate::error::{Cause, Error};

/// A document whose octets were looked at: it is not too long, it is in UTF-8, each of its characters
/// is one that XML 1.0 allows, and its XML declaration does not contradict that. Whether it is
/// well-formed says a [`Scanner`](super::Scanner) that reads it.
#[derive(Clone, Copy, Debug)]
pub struct CheckedDocument<'a> {
    pub(super) text: &'a str,
    /// What is behind a byte order mark and the XML declaration.
    pub(super) start: usize,
    pub(super) carriage_return: bool,
}

pub(super) const BYTE_ORDER_MARK: char = '\u{FEFF}';

impl<'a> CheckedDocument<'a> {
    /// Looks at the octets.
    ///
    /// # Errors
    /// [`Cause::MessageSize`], [`Cause::Encoding`], [`Cause::InvalidCharacter`], and
    /// [`Cause::Syntax`] for the XML declaration.
    pub fn new(source: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        if source.len() > limits.message {
            return Err(Error::new(
                Cause::MessageSize,
                format!("the document has {} octets, allowed are {}", source.len(), limits.message),
            ));
        }
        let (text, carriage_return) = characters::check(source)?;
        let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        let declaration = Declaration::read(source, start)?;
        if let Some(declaration) = &declaration {
            check_encoding(declaration, text)?;
        }
        let start = declaration.map_or(start, |declaration| declaration.end);
        Ok(Self { text, start, carriage_return })
    }

    /// The octets of the document, from its first.
    #[must_use]
    pub fn octets(&self) -> &'a [u8] {
        self.text.as_bytes()
    }
}

/// What the XML declaration names must be what the octets are.
fn check_encoding(declaration: &Declaration<'_>, text: &str) -> Result<(), Error> {
    let Some(name) = declaration.encoding else { return Ok(()) };
    let reason = match Encoding::named(name) {
        Some(Encoding::Utf8) => return Ok(()),
        Some(Encoding::Ascii) if text.is_ascii() => return Ok(()),
        Some(Encoding::Ascii) => "US-ASCII, but there are other characters in it".to_owned(),
        _ => format!("{}, but the document is read as UTF-8", excerpt(name)),
    };
    let reason = format!("the XML declaration says that the encoding is {reason}");
    Err(Error::new(Cause::Encoding, reason).at(declaration.pseudo_attribute.start))
}
