//! The XML declaration (XML 1.0, sections 2.8 and 4.3.3). Read from octets, as it says what the
//! octets mean.

use super::characters::is_space;
use super::tag::skip_space;
use crate::error::{Cause, Error};
use core::ops::Range;

/// An XML declaration of version 1.0.
#[derive(Debug)]
pub(super) struct Declaration<'s> {
    /// The name of the encoding, if there is one.
    pub(super) encoding: Option<&'s str>,
    /// Where `encoding="…"` stands; empty if it doesn't.
    pub(super) pseudo_attribute: Range<usize>,
    /// The place behind the `?>`.
    pub(super) end: usize,
}

impl<'s> Declaration<'s> {
    /// Reads the declaration at `start`, if there is one (production 23).
    pub(super) fn read(source: &'s [u8], start: usize) -> Result<Option<Self>, Error> {
        let rest = source.get(start..).unwrap_or_default();
        if !rest.starts_with(b"<?xml") || !rest.get(5).is_some_and(|octet| is_space(*octet)) {
            return Ok(None);
        }
        let mut at = start + 5;
        let Some((_, version)) = pseudo_attribute(source, &mut at, b"version")? else {
            return Err(syntax(source, skip_space(source, at), "`version=\"1.0\"`"));
        };
        if version != "1.0" {
            let reason = "only XML of version 1.0 is read; the XML declaration says otherwise";
            return Err(Error::new(Cause::Syntax, reason).at(start));
        }
        let encoding = pseudo_attribute(source, &mut at, b"encoding")?;
        if let Some((range, name)) = &encoding
            && !is_encoding_name(name)
        {
            let reason = "the XML declaration holds an encoding that is no name of one";
            return Err(Error::new(Cause::Syntax, reason).at(range.start));
        }
        if let Some((range, value)) = pseudo_attribute(source, &mut at, b"standalone")?
            && !matches!(value, "yes" | "no")
        {
            let reason = "standalone is \"yes\" or \"no\"";
            return Err(Error::new(Cause::Syntax, reason).at(range.start));
        }
        at = skip_space(source, at);
        if !source.get(at..).is_some_and(|rest| rest.starts_with(b"?>")) {
            let expected = "`?>`, or encoding and standalone once and in this order,";
            return Err(syntax(source, at, expected));
        }
        let (pseudo_attribute, encoding) = encoding.unzip();
        let pseudo_attribute = pseudo_attribute.unwrap_or(at..at);
        Ok(Some(Self { encoding, pseudo_attribute, end: at + 2 }))
    }
}

/// Reads white space, `name`, `=` and a value in quotes, if that name follows.
fn pseudo_attribute<'s>(
    source: &'s [u8],
    at: &mut usize,
    name: &[u8],
) -> Result<Option<(Range<usize>, &'s str)>, Error> {
    let start = skip_space(source, *at);
    if start == *at || !source.get(start..).is_some_and(|rest| rest.starts_with(name)) {
        return Ok(None);
    }
    let equals = skip_space(source, start + name.len());
    if source.get(equals) != Some(&b'=') {
        return Err(syntax(source, equals, "`=`"));
    }
    let quoted = skip_space(source, equals + 1);
    let quote = match source.get(quoted) {
        Some(quote @ (b'"' | b'\'')) => *quote,
        _ => return Err(syntax(source, quoted, "a value in quotes")),
    };
    let rest = source.get(quoted + 1..).unwrap_or_default();
    // The values are short; an unclosed quote must not run to the end of the document.
    let length = rest.iter().take(100).position(|octet| *octet == quote);
    let value = length.and_then(|length| rest.get(..length));
    let value = value.and_then(|value| core::str::from_utf8(value).ok());
    let Some(value) = value else {
        return Err(syntax(source, quoted, "a short value in quotes"));
    };
    *at = quoted + value.len() + 2;
    Ok(Some((start..*at, value)))
}

/// Production 81, `EncName`.
fn is_encoding_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"._-".contains(&octet))
}

fn syntax(source: &[u8], at: usize, expected: &str) -> Error {
    if at >= source.len() {
        let reason = "the document ends inside the XML declaration";
        return Error::new(Cause::UnexpectedEnd, reason).at(at);
    }
    Error::new(Cause::Syntax, format!("{expected} expected in the XML declaration")).at(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read_as_production_23_has_them() {
        for (source, encoding) in [
            ("<?xml version=\"1.0\"?>", None),
            ("<?xml version='1.0' encoding='utf-8'?>", Some("utf-8")),
            (
                "<?xml\tversion = \"1.0\"\r\nencoding\n=\n'UTF-16' standalone='no' ?>",
                Some("UTF-16"),
            ),
            ("<?xml version='1.0' standalone='yes'?>", None),
        ] {
            let declaration = Declaration::read(source.as_bytes(), 0).unwrap().unwrap();
            assert_eq!(declaration.encoding, encoding);
            assert_eq!(declaration.end, source.len());
            let pseudo_attribute = &source[declaration.pseudo_attribute];
            assert_eq!(pseudo_attribute.starts_with("encoding"), encoding.is_some());
        }
        for source in ["<a/>", "<?xmlx version='1.0'?>", "<?xml?>", "", "<?xml-stylesheet x?>"] {
            assert!(Declaration::read(source.as_bytes(), 0).unwrap().is_none());
        }
    }

    #[test]
    fn broken_declarations_are_refused() {
        for (source, cause) in [
            ("<?xml ?>", Cause::Syntax),
            ("<?xml encoding='utf-8'?>", Cause::Syntax),
            ("<?xml encoding='utf-8' version='1.0'?>", Cause::Syntax),
            ("<?xml version='1.1'?>", Cause::Syntax),
            ("<?xml version='1.0 '?>", Cause::Syntax),
            ("<?xml version='1.0\"?>", Cause::Syntax),
            ("<?xml version=1.0?>", Cause::Syntax),
            ("<?xml version '1.0'?>", Cause::Syntax),
            ("<?xml version='1.0'encoding='utf-8'?>", Cause::Syntax),
            ("<?xml version='1.0' encoding=''?>", Cause::Syntax),
            ("<?xml version='1.0' encoding='8'?>", Cause::Syntax),
            ("<?xml version='1.0' encoding='utf 8'?>", Cause::Syntax),
            ("<?xml version='1.0' standalone='yes' encoding='utf-8'?>", Cause::Syntax),
            ("<?xml version='1.0' standalone='maybe'?>", Cause::Syntax),
            ("<?xml version='1.0' version='1.0'?>", Cause::Syntax),
            ("<?xml version='1.0' other='1.0'?>", Cause::Syntax),
            ("<?xml version='1.0'>", Cause::Syntax),
            ("<?xml version='1.0'", Cause::UnexpectedEnd),
            ("<?xml ", Cause::UnexpectedEnd),
        ] {
            let error = Declaration::read(source.as_bytes(), 0).unwrap_err();
            assert_eq!(error.cause(), cause, "{source}: {error}");
        }
    }
}
