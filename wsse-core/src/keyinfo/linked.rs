//! The elements of a document that is no message to which links of KeyInfo lead.

use super::{Clue, Dereference, KeyInfo, Link, ReferencedToken};
use crate::error::{Cause, Error};
use crate::xml::{
    Element, Event, Limits, Outline, OutlineBudget, Scanner, StartElement, Zone, is_id,
};
use std::collections::HashMap;

/// What links of KeyInfo lead to, one step and no more.
#[derive(Debug, Default)]
pub struct LinkedElements<'a> {
    /// How many elements carry each Id.
    ids: HashMap<String, usize>,
    found: Vec<Outline<'a>>,
}

/// Elements in one that a link leads to, and links of all KeyInfo of a document.
const MOST_ELEMENTS: usize = 256;
const MOST_LINKS: usize = 16;

impl<'a> LinkedElements<'a> {
    /// Finds what the links of these KeyInfo lead to. Where there are none, `document` is not read.
    ///
    /// # Errors
    /// What the scanner finds wrong; the causes of [`KeyInfo::parse`]; [`Cause::ReferenceCount`].
    pub fn read<'k>(
        document: &'a [u8],
        limits: &Limits,
        key_infos: impl IntoIterator<Item = Element<'k, 'k>>,
    ) -> Result<Self, Error> {
        let mut elements = Self::default();
        for key_info in key_infos {
            for clue in KeyInfo::parse(key_info)?.clues {
                // What can't be followed is told by who follows it.
                let Clue::Link(element) = clue else { continue };
                let Ok(link) = Link::parse(element) else { continue };
                if elements.ids.len() == MOST_LINKS {
                    let reason = format!("more than {MOST_LINKS} links of KeyInfo in a document");
                    return Err(Error::new(Cause::ReferenceCount, reason).at(link.offset));
                }
                elements.ids.insert(link.id, 0);
            }
        }
        if !elements.ids.is_empty() {
            elements.find(document, limits)?;
        }
        Ok(elements)
    }

    fn find(&mut self, document: &'a [u8], limits: &Limits) -> Result<(), Error> {
        let budget = OutlineBudget { elements: MOST_ELEMENTS, end: usize::MAX };
        let mut scanner = Scanner::new(document, limits)?;
        loop {
            match scanner.next()? {
                Event::StartElement(element) => {
                    let is_wanted = scanner.attributes().iter().any(|attribute| {
                        is_id(Zone::Bare, &element.name, &attribute.name)
                            && self.ids.contains_key(attribute.value().as_ref())
                    });
                    if !is_wanted {
                        continue;
                    }
                    let outline = Outline::read(&mut scanner, &element, &budget);
                    let outline = outline.map_err(|error| too_large(&error, &element))?;
                    for (id, carriers) in &mut self.ids {
                        *carriers += carriers_of(outline.root(), id).count();
                    }
                    // As many as there are Ids, or one of them is ambiguous.
                    if self.found.len() < self.ids.len() {
                        self.found.push(outline);
                    }
                }
                Event::EndDocument => return Ok(()),
                _ => {}
            }
        }
    }

    /// The Ids that the links name.
    pub fn ids(&self) -> impl Iterator<Item = &String> {
        self.ids.keys()
    }
}

fn too_large(error: &Error, element: &StartElement<'_>) -> Error {
    if error.cause() != Cause::TokenCount {
        return error.clone();
    }
    let reason = format!("what a KeyInfo links to holds more than {MOST_ELEMENTS} elements");
    Error::new(Cause::ReferenceCount, reason).at(element.range.start)
}

/// The elements in `element`, itself included, that carry the Id.
fn carriers_of<'o, 'a>(
    element: Element<'o, 'a>,
    id: &str,
) -> impl Iterator<Item = Element<'o, 'a>> {
    let mut open = vec![element];
    core::iter::from_fn(move || {
        while let Some(next) = open.pop() {
            open.extend(next.children());
            let carries = next.attributes().iter().any(|attribute| {
                is_id(Zone::Bare, &next.name(), &attribute.name) && attribute.value() == id
            });
            if carries {
                return Some(next);
            }
        }
        None
    })
}

impl Dereference for LinkedElements<'_> {
    fn element(&self, link: &Link) -> Result<Element<'_, '_>, Error> {
        let id = &link.id;
        let refuse = |cause, reason| Err(Error::new(cause, reason).at(link.offset));
        match self.ids.get(id) {
            None => {
                let reason = format!(
                    "the link to #{id} stands behind another link; one step is followed, and no more"
                );
                refuse(Cause::UnsupportedReference, reason)
            }
            Some(carriers @ 2..) => {
                refuse(Cause::AmbiguousId, format!("{carriers} elements carry the Id {id:?}"))
            }
            Some(_) => {
                let found = &mut self.found.iter();
                match found.find_map(|outline| carriers_of(outline.root(), id).next()) {
                    Some(element) => Ok(element),
                    None => refuse(Cause::AmbiguousId, format!("no element carries the Id {id:?}")),
                }
            }
        }
    }

    fn token(&self, _: &str) -> Result<ReferencedToken, Error> {
        let reason = "the STR-Transform belongs to messages with a Security header";
        Err(Error::new(Cause::UnsupportedTransform, reason))
    }
}
