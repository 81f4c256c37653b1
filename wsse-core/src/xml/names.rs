//! Names: characters, prefixes and namespaces (Namespaces in XML 1.0, section 4).

use super::characters::{is_name_character, is_name_start};
use crate::error::{Cause, Error};
use crate::ns;
use core::fmt;

/// A namespace name as a small number.
///
/// The constants mean the same in every [`Scanner`](super::Scanner); other numbers only in the
/// scanner that handed them out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NamespaceId(pub(super) u32);

macro_rules! known {
    ($($(#[$doc:meta])+ $name:ident = $number:literal, $uri:expr;)+) => {
        impl NamespaceId {
            $($(#[$doc])+ pub const $name: Self = Self($number);)+
        }

        /// The namespace names of the constants, each at the place of its number.
        pub(super) const KNOWN: &[&str] = &[$($uri),+];
    };
}

known! {
    /// No namespace.
    NONE = 0, "";
    /// `xml`.
    XML = 1, ns::XML;
    /// `xmlns`.
    XMLNS = 2, ns::XMLNS;
    /// SOAP 1.1.
    SOAP11 = 3, ns::SOAP11;
    /// SOAP 1.2.
    SOAP12 = 4, ns::SOAP12;
    /// WSS SOAP Message Security 1.0, `wsse`.
    WSSE = 5, ns::WSSE;
    /// WSS SOAP Message Security 1.1, `wsse11`.
    WSSE11 = 6, ns::WSSE11;
    /// WSS utility, `wsu`.
    WSU = 7, ns::WSU;
    /// XML Signature.
    DS = 8, ns::DS;
    /// XML Signature 1.1.
    DS11 = 9, ns::DS11;
    /// XML Encryption.
    XENC = 10, ns::XENC;
    /// XML Encryption 1.1.
    XENC11 = 11, ns::XENC11;
    /// Exclusive XML Canonicalization 1.0.
    EXC_C14N = 12, ns::EXC_C14N;
    /// RFC 6931 and RFC 9231: the parameters of RSASSA-PSS.
    DSIG_MORE = 13, ns::DSIG_MORE;
    /// WS-SecureConversation of February 2005.
    WSC_2005_02 = 14, ns::WSC_2005_02;
    /// WS-SecureConversation 1.3 and 1.4.
    WSC_2005_12 = 15, ns::WSC_2005_12;
    /// RFC 9231: the parameters of HKDF.
    DSIG_MORE_2021 = 16, ns::DSIG_MORE_2021;
}

impl NamespaceId {
    /// The constant for a namespace name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let number = KNOWN.iter().position(|known| *known == name)?;
        u32::try_from(number).ok().map(Self)
    }
}

/// The name of an element or attribute.
///
/// Two names are equal when also their prefixes are; what they mean is compared with
/// [`Name::is`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Name<'a> {
    /// The namespace that the prefix stands for.
    pub namespace: NamespaceId,
    /// The prefix as written, empty where there is none.
    pub prefix: &'a str,
    /// The local name.
    pub local: &'a str,
}

impl<'a> Name<'a> {
    /// Whether this is the name `local` in `namespace`, whatever the prefix.
    #[must_use]
    #[inline]
    pub fn is(&self, namespace: NamespaceId, local: &str) -> bool {
        self.namespace == namespace && self.local == local
    }

    /// Octets of the name as it is written.
    #[inline]
    pub(crate) fn length(&self) -> usize {
        self.prefix.len() + usize::from(!self.prefix.is_empty()) + self.local.len()
    }

    /// The name as it is written, with its prefix.
    pub fn qualified(&self) -> impl fmt::Display + use<'a> {
        Qualified { prefix: self.prefix, local: self.local }
    }
}

struct Qualified<'a> {
    prefix: &'a str,
    local: &'a str,
}

impl fmt::Display for Qualified<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.prefix.is_empty() {
            write!(formatter, "{}:", self.prefix)?;
        }
        formatter.write_str(self.local)
    }
}

/// Whether a namespace name is no relative reference: it is empty or has a scheme (RFC 3986,
/// section 3.1).
pub(crate) fn is_absolute(name: &str) -> bool {
    let Some((scheme, _)) = name.split_once(':') else { return name.is_empty() };
    let inside = |octet: u8| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(inside)
}

/// A name as what it means and how long its parts are; where it begins says the rest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelt {
    pub(super) namespace: NamespaceId,
    prefix: usize,
    local: usize,
}

impl Spelt {
    pub(super) fn of(name: &Name<'_>) -> Self {
        Self { namespace: name.namespace, prefix: name.prefix.len(), local: name.local.len() }
    }

    /// The name that begins at `start`.
    #[inline]
    pub(super) fn read<'a>(&self, text: &'a str, start: usize) -> Name<'a> {
        let (prefix, local) = match self.prefix {
            0 => ("", start),
            length => (text.get(start..start + length).unwrap_or_default(), start + length + 1),
        };
        let local = text.get(local..local + self.local).unwrap_or_default();
        Name { namespace: self.namespace, prefix, local }
    }

    /// Octets of the name.
    #[inline]
    pub(super) fn length(&self) -> usize {
        self.prefix + usize::from(self.prefix > 0) + self.local
    }
}

/// Where a qualified name stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawName {
    pub(super) start: usize,
    /// Where the local name begins: behind the colon, or at `start` where there is none.
    pub(super) local: usize,
    pub(super) end: usize,
}

impl RawName {
    pub(super) fn prefix<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.local.saturating_sub(1)).unwrap_or_default()
    }

    pub(super) fn local<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.local..self.end).unwrap_or_default()
    }
}

/// Reads a qualified name at `start` (Namespaces 1.0, production 7, `QName`), as far as it goes.
#[inline]
pub(super) fn read(text: &str, start: usize) -> Result<RawName, Error> {
    let source = text.as_bytes();
    let end = read_part(text, start)?;
    if source.get(end) != Some(&b':') {
        return Ok(RawName { start, local: start, end });
    }
    let local = end + 1;
    let end = read_part(text, local)?;
    if source.get(end) == Some(&b':') {
        let reason = "a qualified name has one colon at most, this one has two";
        return Err(Error::new(Cause::InvalidName, reason).at(end));
    }
    Ok(RawName { start, local, end })
}

/// Reads a name without colon at `start` (production 4, `NCName`) and says where it ends.
#[inline]
pub(super) fn read_part(text: &str, start: usize) -> Result<usize, Error> {
    let source = text.as_bytes();
    match source.get(start) {
        Some(&octet) if class(octet) & START != 0 => {}
        Some(0x80..) if character_at(text, start).is_some_and(is_name_start) => {}
        _ => {
            let found = Found(text, start);
            let reason = format!("a name begins with a letter or an underscore, found {found}");
            return Err(Error::new(Cause::InvalidName, reason).at(start));
        }
    }
    let mut at = start;
    loop {
        while source.get(at).is_some_and(|&octet| class(octet) & INSIDE != 0) {
            at += 1;
        }
        match source.get(at) {
            Some(0x80..) => match character_at(text, at) {
                Some(character) if is_name_character(character) => at += character.len_utf8(),
                _ => return Ok(at),
            },
            _ => return Ok(at),
        }
    }
}

fn character_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

const START: u8 = 1;
const INSIDE: u8 = 2;

#[inline]
fn class(octet: u8) -> u8 {
    static CLASSES: [u8; 256] = {
        let mut classes = [0; 256];
        let mut octet = 0_u8;
        while octet < 0x80 {
            if is_name_start(octet as char) {
                classes[octet as usize] |= START;
            }
            if is_name_character(octet as char) {
                classes[octet as usize] |= INSIDE;
            }
            octet += 1;
        }
        classes
    };
    CLASSES[usize::from(octet)]
}

/// What stands at a place of a document, for people.
pub(super) struct Found<'a>(pub(super) &'a str, pub(super) usize);

impl fmt::Display for Found<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match character_at(self.0, self.1) {
            None => formatter.write_str("the end of the document"),
            Some('\'') => formatter.write_str("an apostrophe"),
            Some(character) => write!(formatter, "{character:?}"),
        }
    }
}

/// A name from the document for the text of an error: not longer than people read.
pub(super) fn excerpt(name: &str) -> String {
    const SHOWN: usize = 60;
    match name.char_indices().nth(SHOWN) {
        None => name.to_owned(),
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_stand_at_their_numbers() {
        assert_eq!(KNOWN.len(), 17);
        for (id, name) in [
            (NamespaceId::NONE, ""),
            (NamespaceId::XML, ns::XML),
            (NamespaceId::SOAP12, ns::SOAP12),
            (NamespaceId::WSSE11, ns::WSSE11),
            (NamespaceId::XENC11, ns::XENC11),
        ] {
            assert_eq!(KNOWN[id.0 as usize], name);
        }
    }

    #[test]
    fn qualified_names_are_split_at_their_only_colon() {
        for (text, prefix, local, end) in [
            ("a", "", "a", 1),
            ("a:b c", "a", "b", 3),
            ("é.-1:ü·>", "é.-1", "ü·", 10),
            ("_a/", "", "_a", 2),
            ("𐀀b=", "", "𐀀b", 5),
        ] {
            let name = read(text, 0).unwrap();
            assert_eq!((name.prefix(text), name.local(text), name.end), (prefix, local, end));
        }
        for text in ["", ":a", "a:", "a:b:c", "1", "-a", "a:1", "·", "×", "a: b", " a", "\u{37E}"]
        {
            assert_eq!(read(text, 0).unwrap_err().cause(), Cause::InvalidName, "{text}");
        }
    }

    #[test]
    fn the_table_of_octets_says_what_the_productions_say() {
        for octet in 0..=0x7F_u8 {
            let character = char::from(octet);
            assert_eq!(class(octet) & START != 0, is_name_start(character), "{character:?}");
            assert_eq!(class(octet) & INSIDE != 0, is_name_character(character), "{character:?}");
        }
        assert!((0x80..=0xFF).all(|octet| class(octet) == 0));
    }
}
