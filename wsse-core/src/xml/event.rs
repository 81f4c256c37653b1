//! What the scanner hands out. Everything borrows from the document; ranges are octets of it.
//!
//! `Debug` shows names and places, never text or values: a password may stand there.

use super::names::{Name, NamespaceId};
use super::references::{attribute_value, cdata_value, text_value};
use core::fmt;
use core::ops::Range;
use std::borrow::Cow;

/// The next thing in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A start tag, or an empty-element tag.
    StartElement(StartElement<'a>),
    /// An end tag, or the end of an empty-element tag.
    EndElement(EndElement),
    /// Text, or a CDATA section, inside the root. Never empty unless it is a CDATA section.
    Text(Text<'a>),
    /// A comment, from `<!--` to `-->`, also outside the root.
    Comment(Range<usize>),
    /// A processing instruction, from `<?` to `?>`, also outside the root.
    ProcessingInstruction(Range<usize>),
    /// The end, after everything was checked.
    EndDocument,
}

/// A start tag. Its attributes and declarations are asked of the scanner, until the next event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StartElement<'a> {
    /// The name of the element.
    pub name: Name<'a>,
    /// The tag, from `<` to `>`.
    pub range: Range<usize>,
    /// Whether it is an empty-element tag. Its [`EndElement`] follows as an event all the same.
    pub empty: bool,
}

/// The end of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndElement {
    /// The end tag, from `</` to `>`. Empty, at its end, for an empty-element tag.
    pub range: Range<usize>,
}

/// A stretch of text between two pieces of markup.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Text<'a> {
    /// The text as written; of a CDATA section what is inside it.
    pub raw: &'a str,
    /// Where it stands; of a CDATA section the whole of it.
    pub range: Range<usize>,
    /// Whether it is a CDATA section.
    pub cdata: bool,
    /// Whether it is no CDATA section, and there is neither `&` nor `>` in it.
    pub(crate) plain: bool,
}

impl<'a> Text<'a> {
    /// The text that is meant: references resolved, line ends normalised
    /// (XML 1.0, section 2.11).
    #[must_use]
    pub fn value(&self) -> Cow<'a, str> {
        if self.cdata { cdata_value(self.raw) } else { text_value(self.raw) }
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = formatter.debug_struct("Text");
        text.field("range", &self.range).field("cdata", &self.cdata).finish_non_exhaustive()
    }
}

/// An attribute that is no namespace declaration.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attribute<'a> {
    /// The name of the attribute. Without prefix it is in no namespace
    /// (Namespaces in XML 1.0, section 6.2).
    pub name: Name<'a>,
    /// The value as written, without the quotes.
    pub raw: &'a str,
    /// Where it stands, from the first octet of the name to the closing quote.
    pub range: Range<usize>,
}

impl<'a> Attribute<'a> {
    /// The value that is meant, normalised (XML 1.0, section 3.3.3, type CDATA).
    #[must_use]
    pub fn value(&self) -> Cow<'a, str> {
        attribute_value(self.raw)
    }
}

impl fmt::Debug for Attribute<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut attribute = formatter.debug_struct("Attribute");
        attribute.field("name", &self.name).field("range", &self.range).finish_non_exhaustive()
    }
}

/// A namespace declaration, `xmlns="…"` or `xmlns:prefix="…"`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamespaceDeclaration<'a> {
    /// The prefix that is declared, empty for the default namespace.
    pub prefix: &'a str,
    /// The namespace that it stands for, [`NamespaceId::NONE`] for `xmlns=""`.
    pub namespace: NamespaceId,
    /// The value as written, without the quotes.
    pub raw: &'a str,
    /// Where it stands, from the `x` of `xmlns` to the closing quote.
    pub range: Range<usize>,
}

impl<'a> NamespaceDeclaration<'a> {
    /// The namespace name, normalised like every value of an attribute.
    #[must_use]
    pub fn value(&self) -> Cow<'a, str> {
        attribute_value(self.raw)
    }
}
