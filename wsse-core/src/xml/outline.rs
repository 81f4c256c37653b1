//! An index of one small element and everything in it, for the security header: read once,
//! looked at often. Messages are never indexed whole.

use super::{Attribute, Event, Name, NamespaceId, Scanner, StartElement};
use crate::error::{Cause, Error};
use core::ops::Range;
use std::borrow::Cow;

/// The elements of one part of a document, in document order.
#[derive(Clone, Debug)]
pub struct Outline<'a> {
    nodes: Vec<Node<'a>>,
    attributes: Vec<Attribute<'a>>,
}

#[derive(Clone, Debug)]
struct Node<'a> {
    name: Name<'a>,
    range: Range<usize>,
    start_tag_end: usize,
    attributes: Range<usize>,
    /// The index after the last descendant.
    end: usize,
    text: Cow<'a, str>,
    /// The first comment or processing instruction directly inside.
    foreign: Option<usize>,
}

/// What an [`Outline`] may cost.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "two bounds, made by literals")]
pub struct OutlineBudget {
    /// The most elements.
    pub elements: usize,
    /// The octet of the document behind which no start tag may end.
    pub end: usize,
}

impl OutlineBudget {
    fn check(&self, held: usize, next: &StartElement<'_>) -> Result<(), Error> {
        let (cause, reason) = if held >= self.elements {
            (Cause::TokenCount, format!("the header block holds more than {held} elements"))
        } else if next.range.end > self.end {
            (Cause::HeaderSize, format!("more than {} octets stand before the Body", self.end))
        } else {
            return Ok(());
        };
        Err(Error::new(cause, reason).at(next.range.start))
    }
}

/// One element of an [`Outline`].
#[derive(Clone, Copy, Debug)]
pub struct Element<'o, 'a> {
    outline: &'o Outline<'a>,
    index: usize,
}

impl<'a> Outline<'a> {
    /// Reads the element whose start tag `scanner` has just returned, to its end.
    ///
    /// # Errors
    /// What the scanner finds wrong; [`Cause::TokenCount`] and [`Cause::HeaderSize`] beyond the
    /// budget, as soon as it is exceeded.
    pub fn read(
        scanner: &mut Scanner<'a>,
        start: &StartElement<'a>,
        budget: &OutlineBudget,
    ) -> Result<Self, Error> {
        let mut builder = OutlineBuilder::new(scanner, start);
        while !builder.is_done() {
            let event = scanner.next()?;
            // The scanner reports an unclosed element as an error before the end.
            if event == Event::EndDocument {
                break;
            }
            builder.event(scanner, event, budget)?;
        }
        Ok(builder.outline)
    }

    fn open(&mut self, scanner: &Scanner<'a>, start: &StartElement<'a>, open: &mut Vec<usize>) {
        let first = self.attributes.len();
        self.attributes.extend_from_slice(scanner.attributes());
        open.push(self.nodes.len());
        self.nodes.push(Node {
            name: start.name,
            range: start.range.clone(),
            start_tag_end: start.range.end,
            attributes: first..self.attributes.len(),
            end: self.nodes.len() + 1,
            text: Cow::Borrowed(""),
            foreign: None,
        });
    }

    /// The element that was read.
    #[must_use]
    pub fn root(&self) -> Element<'_, 'a> {
        Element { outline: self, index: 0 }
    }
}

/// Makes an [`Outline`] of an element that somebody else reads.
#[derive(Debug)]
pub(crate) struct OutlineBuilder<'a> {
    outline: Outline<'a>,
    open: Vec<usize>,
}

impl<'a> OutlineBuilder<'a> {
    /// Begins with the element whose start tag `scanner` has just returned.
    pub(crate) fn new(scanner: &Scanner<'a>, start: &StartElement<'a>) -> Self {
        let mut outline = Outline { nodes: Vec::new(), attributes: Vec::new() };
        let mut open = Vec::new();
        outline.open(scanner, start, &mut open);
        Self { outline, open }
    }

    /// Whether the element was read to its end.
    pub(crate) fn is_done(&self) -> bool {
        self.open.is_empty()
    }

    /// Takes in the next event, which `scanner` has just returned.
    pub(crate) fn event(
        &mut self,
        scanner: &Scanner<'a>,
        event: Event<'a>,
        budget: &OutlineBudget,
    ) -> Result<(), Error> {
        let Self { outline, open } = self;
        let Some(&current) = open.last() else { return Ok(()) };
        match event {
            Event::StartElement(start) => {
                budget.check(outline.nodes.len(), &start)?;
                outline.open(scanner, &start, open);
            }
            Event::EndElement(end) => {
                let index_after = outline.nodes.len();
                let node = &mut outline.nodes[current];
                node.range.end = end.range.end;
                node.end = index_after;
                open.pop();
            }
            Event::Text(text) => {
                let held = &mut outline.nodes[current].text;
                if held.is_empty() {
                    *held = text.value();
                } else {
                    held.to_mut().push_str(&text.value());
                }
            }
            Event::Comment(range) | Event::ProcessingInstruction(range) => {
                outline.nodes[current].foreign.get_or_insert(range.start);
            }
            Event::EndDocument => {}
        }
        Ok(())
    }

    /// The element, as far as it was read.
    pub(crate) fn finish(self) -> Outline<'a> {
        self.outline
    }
}

impl<'o, 'a> Element<'o, 'a> {
    /// Its name.
    #[must_use]
    pub fn name(self) -> Name<'a> {
        self.node().name
    }

    /// From the `<` of its start tag to the `>` of its end tag.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.node().range.clone()
    }

    /// Its start tag.
    #[must_use]
    pub fn start_tag(self) -> Range<usize> {
        self.node().range.start..self.node().start_tag_end
    }

    /// Whether it is one empty-element tag.
    #[must_use]
    pub fn is_empty_tag(self) -> bool {
        self.node().start_tag_end == self.node().range.end
    }

    /// Its attributes, without namespace declarations, in document order.
    #[must_use]
    pub fn attributes(self) -> &'o [Attribute<'a>] {
        &self.outline.attributes[self.node().attributes.clone()]
    }

    /// The value of an attribute, normalised.
    #[must_use]
    pub fn attribute(self, namespace: NamespaceId, local: &str) -> Option<Cow<'a, str>> {
        let named = |attribute: &&Attribute<'a>| attribute.name.is(namespace, local);
        self.attributes().iter().find(named).map(Attribute::value)
    }

    /// The elements directly inside, in document order.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let end = self.node().end;
        let mut next = self.index + 1;
        core::iter::from_fn(move || {
            (next < end).then(|| {
                let child = Element { outline: self.outline, index: next };
                next = child.node().end;
                child
            })
        })
    }

    /// The whole text of an element that may hold nothing else, references and CDATA sections
    /// resolved. A reader that skips a comment and one that stops at it would see different
    /// values, so neither is possible here.
    ///
    /// # Errors
    /// [`Cause::UnexpectedContent`] where an element, a comment or a processing instruction is
    /// inside.
    pub fn text(self) -> Result<&'o Cow<'a, str>, Error> {
        let node = self.node();
        let within = node.name.qualified();
        if let Some(child) = self.children().next() {
            let found = child.name().qualified().to_string();
            return Err(Error::new(
                Cause::UnexpectedContent,
                format!("{within} may hold text only, but holds the element {found}"),
            )
            .at(child.range().start));
        }
        if let Some(offset) = node.foreign {
            return Err(Error::new(
                Cause::UnexpectedContent,
                format!(
                    "{within} may hold text only, but holds a comment or processing instruction"
                ),
            )
            .at(offset));
        }
        Ok(&node.text)
    }

    /// Whether the text directly inside is this one, with no comment or processing instruction
    /// beside it.
    pub(super) fn is_text(self, text: &str) -> bool {
        self.node().text == text && self.node().foreign.is_none()
    }

    /// Refuses text between the elements of an element that may hold elements only.
    ///
    /// # Errors
    /// [`Cause::UnexpectedContent`].
    pub fn check_no_text(self) -> Result<(), Error> {
        let node = self.node();
        if node.text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
            return Ok(());
        }
        Err(Error::new(
            Cause::UnexpectedContent,
            format!("{} may hold elements only, but holds text", node.name.qualified()),
        )
        .at(node.range.start))
    }

    fn node(self) -> &'o Node<'a> {
        &self.outline.nodes[self.index]
    }
}
