//! The `xml:` attributes that an element has from its ancestors (Canonical XML 1.0 and 1.1,
//! section 2.4).

use super::base;
use super::method::Mode;
use crate::xml::{Attribute, Event, NamespaceId, Scanner};
use core::ops::Range;
use std::borrow::Cow;

/// The `xml:` attributes of the elements that are open. Inclusive canonicalization of an element
/// that is not the root needs them.
#[derive(Debug, Default)]
pub struct Ancestors(Vec<Inherited>);

#[derive(Debug)]
struct Inherited {
    /// How many elements were open behind the start tag that holds it.
    depth: usize,
    name: Range<usize>,
    /// The value with its quotes.
    value: Range<usize>,
}

impl Ancestors {
    /// Those of no element.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Takes in the next event of the document.
    pub fn event(&mut self, scanner: &Scanner<'_>, event: &Event<'_>) {
        match event {
            Event::StartElement(_) => {
                for attribute in scanner.attributes() {
                    if attribute.name.namespace == NamespaceId::XML {
                        let Range { start, end } = attribute.range;
                        self.0.push(Inherited {
                            depth: scanner.depth(),
                            name: start + "xml:".len()
                                ..start + "xml:".len() + attribute.name.local.len(),
                            value: end - 2 - attribute.raw.len()..end,
                        });
                    }
                }
            }
            Event::EndElement(_) => {
                while self.0.pop_if(|held| held.depth > scanner.depth()).is_some() {}
            }
            _ => {}
        }
    }

    /// What the element whose start tag `scanner` has just returned is given by its ancestors:
    /// local names and values, of which those that it has itself are replaced.
    pub(super) fn of_latest(&self, scanner: &Scanner<'_>, mode: Mode) -> Vec<(String, String)> {
        let own = |local: &str| scanner.attribute(NamespaceId::XML, local);
        let mut given: Vec<(String, String)> = Vec::new();
        let mut bases: Vec<Cow<'_, str>> = Vec::new();
        let outer = self.0.iter().rev().filter(|held| held.depth < scanner.depth());
        for held in outer {
            let Some((local, value)) = held.read(scanner) else { continue };
            if mode == Mode::Inclusive11 && local == "base" {
                bases.push(value);
            } else if (mode == Mode::Inclusive || matches!(local, "lang" | "space"))
                && own(local).is_none()
                && given.iter().all(|(name, _)| name != local)
            {
                given.push((local.to_owned(), value.into_owned()));
            }
        }
        if !bases.is_empty() {
            let last = own("base").map(Attribute::value);
            let all = bases.iter().rev().chain(last.iter()).map(AsRef::as_ref);
            given.push(("base".to_owned(), base::join(all)));
        }
        given
    }
}

impl Inherited {
    fn read<'a>(&self, scanner: &Scanner<'a>) -> Option<(&'a str, Cow<'a, str>)> {
        let text = |range: Range<usize>| {
            scanner.source().get(range).and_then(|octets| core::str::from_utf8(octets).ok())
        };
        let local = text(self.name.clone())?;
        let raw = text(self.value.start + 1..self.value.end - 1)?;
        Some((local, crate::xml::attribute_value(raw)))
    }
}
