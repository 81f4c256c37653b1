//! The `xml:` attributes that an element has from its ancestors (Canonical XML 1.0 and 1.1,
//! section 2.4).

use super::base;
use super::method::Mode;
use crate::xml::{Attribute, NamespaceId, Scanner, Step, attribute_value};
use std::borrow::Cow;

/// The `xml:` attributes of the elements that are open. Inclusive canonicalization of an element
/// that is not the root needs them.
#[derive(Debug, Default)]
pub struct Ancestors(Vec<Inherited>);

#[derive(Debug)]
struct Inherited {
    /// How many elements were open behind the start tag that holds it.
    depth: usize,
    local: String,
    /// As written, without its quotes.
    raw: String,
}

impl Ancestors {
    /// Those of no element.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Octets that are held.
    pub(crate) fn octets(&self) -> usize {
        self.0.iter().map(|held| held.local.len() + held.raw.len()).sum()
    }

    /// Takes in the event that `scanner` has just returned.
    pub fn event(&mut self, scanner: &Scanner<'_>) {
        match scanner.latest().0 {
            Step::StartElement { .. } => {
                for attribute in scanner.attributes() {
                    if attribute.name.namespace == NamespaceId::XML {
                        self.0.push(Inherited {
                            depth: scanner.depth(),
                            local: attribute.name.local.to_owned(),
                            raw: attribute.raw.to_owned(),
                        });
                    }
                }
            }
            Step::EndElement => {
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
            let (local, value) = (held.local.as_str(), attribute_value(&held.raw));
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
