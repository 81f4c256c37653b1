//! Canonical XML: the octets that are digested and signed.
//!
//! [`Canonicalizer`] follows a [`Scanner`] and writes to a [`Sink`]; there is
//! no tree, and its state is as deep as the elements that are open. It knows Exclusive XML
//! Canonicalization 1.0 and Canonical XML 1.0 and 1.1, for a whole document or for one element
//! with everything in it ([`Method`]).
//!
//! How it is fast:
//! - Octets of the source that are canonical as they stand go to the sink in long pieces (`run`).
//! - What a canonical start tag needs is known with the shape of the tag (`xml::form`): where it is
//!   recognised, whether it is canonical is a question of a few comparisons (`canonicalizer`), and
//!   declarations that an ancestor has in the source are inserted as they were written before.
//!   Everything else goes the long way (`start`).
//! - Declarations that are in force in the output are numbers with a log (`rendered`), so an
//!   element costs the same however many there are, and however deep it is.
//!
//! NOTE what follows from the scanner: there is no document type declaration, so there are no
//! default attributes, and every attribute is of the type CDATA.

mod ancestors;
mod base;
mod canonicalizer;
mod method;
mod octets;
mod rendered;
mod run;
mod sink;
mod start;

#[cfg(test)]
mod tests;

pub use ancestors::Ancestors;
pub use canonicalizer::Canonicalizer;
pub use method::{Method, Mode, PrefixList};
pub use sink::Sink;

use crate::error::{Cause, Error};
use crate::xml::{Event, IdIndex, Limits, Scanner, Zone};

/// The element whose canonical form is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Apex<'i> {
    /// None: the whole document, what stands outside the root included.
    Document,
    /// The one whose start tag begins after so many octets.
    Offset(usize),
    /// The one that carries this Id, of any kind that [`Zone::Bare`] knows.
    Id(&'i str),
}

/// Writes the canonical form of a document, or of one element with everything in it.
///
/// ```
/// use wsse_core::c14n::{Apex, Method, PrefixList, canonicalize};
/// use wsse_core::xml::Limits;
///
/// let mut out = Vec::new();
/// let source = b"<a  xmlns:p='urn:p' z='1' b = '2'><p:c/></a >";
/// canonicalize(source, &Limits::default(), Method::EXCLUSIVE, &PrefixList::new(), Apex::Document, &mut out)?;
/// assert_eq!(out, b"<a b=\"2\" z=\"1\"><p:c xmlns:p=\"urn:p\"></p:c></a>");
/// # Ok::<(), wsse_core::Error>(())
/// ```
///
/// # Errors
/// What the scanner finds wrong anywhere in the document; [`Cause::RelativeNamespace`];
/// [`Cause::AmbiguousId`] where none or several elements carry the Id; [`Cause::InvalidArgument`]
/// where no start tag begins at the offset. What was written before an error is no canonical form.
pub fn canonicalize(
    source: &[u8],
    limits: &Limits,
    method: Method,
    prefixes: &PrefixList,
    apex: Apex<'_>,
    sink: &mut impl Sink,
) -> Result<(), Error> {
    let canonicalizer = Canonicalizer::new(method, prefixes.clone());
    let (mut canonicalizer, mut begins) = match apex {
        Apex::Document => (canonicalizer.whole_document(), None),
        Apex::Offset(offset) => (canonicalizer, Some(offset)),
        Apex::Id(id) => (canonicalizer, Some(carrier(source, limits, id)?)),
    };
    let mut scanner = Scanner::new(source, limits)?;
    let mut ancestors = Ancestors::new();
    loop {
        let event = scanner.next()?;
        if let (Some(offset), Event::StartElement(element)) = (begins, &event)
            && element.range.start == offset
        {
            begins = None;
        }
        if begins.is_none() && !canonicalizer.is_done() {
            canonicalizer.event(&scanner, &ancestors, sink)?;
        } else if method.mode != Mode::Exclusive {
            ancestors.event(&scanner);
        }
        if event == Event::EndDocument {
            break;
        }
    }
    match begins {
        None => Ok(()),
        Some(offset) => {
            let reason = format!("no start tag begins at octet {offset}");
            Err(Error::new(Cause::InvalidArgument, reason))
        }
    }
}

/// Where the one element that carries the Id begins.
fn carrier(source: &[u8], limits: &Limits, id: &str) -> Result<usize, Error> {
    let mut scanner = Scanner::new(source, limits)?;
    let mut ids = IdIndex::new();
    loop {
        match scanner.next()? {
            Event::StartElement(element) => {
                ids.add_element(Zone::Bare, &element, scanner.attributes());
            }
            Event::EndDocument => return ids.resolve(id),
            _ => {}
        }
    }
}
