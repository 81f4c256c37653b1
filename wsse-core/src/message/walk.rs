//! One walk over a whole message for everything that its references name.

use super::envelope::{Soap, Tail, check_white_space, misplaced};
use crate::error::{Cause, Error};
use crate::pass::Pass;
use crate::xml::{
    CheckedDocument, Event, Limits, NamespaceId, Scanner, ScannerMemory, StartElement, Zone,
};
use core::ops::Range;
use std::collections::HashMap;

/// Reads a message from its first octet to its last, shows everything to `pass`, and demands the
/// shape of an envelope: one Header at most, one Body, nothing behind it.
///
/// # Errors
/// As [`super::Envelope::parse`]; what the pass says.
pub fn walk<'m>(
    document: CheckedDocument<'m>,
    limits: &Limits,
    soap: Soap,
    memory: &mut ScannerMemory,
    pass: &mut Pass,
) -> Result<Tail<'m>, Error> {
    walk_watched(document, limits, soap, memory, pass, &mut ())
}

/// Looks at a walk.
pub(crate) trait Watch<'m> {
    /// Takes in `event`, which `scanner` has just returned. `zone` is where the element of a start tag
    /// stands.
    fn event(&mut self, scanner: &Scanner<'m>, event: &Event<'m>, zone: Zone) -> Result<(), Error>;
}

impl<'m, A: Watch<'m>, B: Watch<'m>> Watch<'m> for (&mut A, B) {
    #[inline]
    fn event(&mut self, scanner: &Scanner<'m>, event: &Event<'m>, zone: Zone) -> Result<(), Error> {
        self.0.event(scanner, event, zone)?;
        self.1.event(scanner, event, zone)
    }
}

/// Nobody.
impl<'m> Watch<'m> for () {
    #[inline(always)]
    fn event(&mut self, _: &Scanner<'m>, _: &Event<'m>, _: Zone) -> Result<(), Error> {
        Ok(())
    }
}

/// As [`walk`], with somebody who looks at it.
///
/// # Errors
/// As [`walk`]; what `watch` says.
pub(crate) fn walk_watched<'m>(
    document: CheckedDocument<'m>,
    limits: &Limits,
    soap: Soap,
    memory: &mut ScannerMemory,
    pass: &mut Pass,
    watch: &mut impl Watch<'m>,
) -> Result<Tail<'m>, Error> {
    let mut scanner = Scanner::of(document, limits, memory);
    let tail = read(&mut scanner, soap, pass, watch);
    *memory = scanner.into_memory();
    tail
}

fn read<'m>(
    scanner: &mut Scanner<'m>,
    soap: Soap,
    pass: &mut Pass,
    watch: &mut impl Watch<'m>,
) -> Result<Tail<'m>, Error> {
    let mut body = None;
    let mut body_child = None;
    let mut end = 0;
    let mut header_seen = false;
    // Where the element is that the events are inside of.
    let (mut in_body, mut in_security) = (false, false);
    loop {
        let event = scanner.next()?;
        let mut zone = Zone::Data;
        match &event {
            Event::StartElement(element) => match scanner.depth() {
                1 => zone = Zone::Structure,
                2 => {
                    zone = Zone::Structure;
                    let is = |local| element.name.is(soap.namespace_id(), local);
                    if is("Body") && body.is_none() {
                        in_body = true;
                        body = Some(element.range.clone());
                    } else if is("Header") && body.is_none() && !header_seen {
                        header_seen = true;
                    } else {
                        return Err(misplaced(element, body.is_some()));
                    }
                }
                3 if in_body && body_child.is_none() => {
                    let namespace = scanner.namespace_name(element.name.namespace);
                    body_child = Some((namespace.to_owned(), element.name.local));
                }
                3 if !in_body => {
                    zone = Zone::Structure;
                    in_security = element.name.is(NamespaceId::WSSE, "Security");
                }
                _ if in_security && !in_body => zone = Zone::Structure,
                _ => {}
            },
            Event::EndElement(element) => match scanner.depth() {
                0 => end = element.range.end,
                1 => {
                    if let Some(body) = &mut body {
                        body.end = element.range.end;
                    }
                    in_body = false;
                }
                _ => {}
            },
            Event::Text(text) if scanner.depth() == 1 => {
                check_white_space(&text.value(), text.range.start, "Envelope")?;
            }
            _ => {}
        }
        pass.event(scanner, &event, zone)?;
        watch.event(scanner, &event, zone)?;
        if event == Event::EndDocument {
            break;
        }
    }
    let Some(body) = body else {
        return Err(Error::new(Cause::EnvelopeStructure, "the Envelope has no Body"));
    };
    Ok(Tail { body, body_child, end })
}

/// The position of the element that begins at `offset`, from the root: `/Envelope/Body`,
/// `/Envelope/Header/{urn:a}To[1]`. Elements of the SOAP namespace stand without it and without a
/// number, as each stands once.
///
/// # Errors
/// What the scanner finds wrong; [`Cause::InvalidArgument`] where no element begins there.
pub fn path(source: &[u8], limits: &Limits, soap: Soap, offset: usize) -> Result<String, Error> {
    let mut path = None;
    search(source, limits, soap, |element, open| {
        let found = element.range.start == offset;
        if found {
            path = Some(open.iter().map(|(step, _)| step.as_str()).collect());
        }
        found
    })?;
    path.ok_or_else(|| {
        Error::new(Cause::InvalidArgument, format!("no element begins at octet {offset}"))
    })
}

/// The position of the innermost element around the octet at `offset`, as [`path`] writes it.
///
/// # Errors
/// What the scanner finds wrong; [`Cause::InvalidArgument`] where none is.
pub(crate) fn enclosing(
    source: &[u8],
    limits: &Limits,
    soap: Soap,
    offset: usize,
) -> Result<String, Error> {
    let mut scanner = Scanner::new(source, limits)?;
    let mut open: Vec<Open> = Vec::new();
    loop {
        let event = scanner.next()?;
        // Whatever ends behind it is not before it any more.
        if scanner.position() > offset || event == Event::EndDocument {
            break;
        }
        match event {
            Event::StartElement(element) => {
                let step = step_of(&scanner, &element, soap, &mut open);
                open.push((step, HashMap::new()));
            }
            Event::EndElement(_) => drop(open.pop()),
            _ => {}
        }
    }
    match open.is_empty() {
        false => Ok(open.iter().map(|(step, _)| step.as_str()).collect()),
        true => {
            let reason = format!("no element encloses octet {offset}");
            Err(Error::new(Cause::InvalidArgument, reason))
        }
    }
}

/// The element at a position, from the `<` of its start tag to the `>` of its end tag; None where
/// there is none.
///
/// # Errors
/// What the scanner finds wrong.
pub fn find(
    source: &[u8],
    limits: &Limits,
    soap: Soap,
    path: &str,
) -> Result<Option<Range<usize>>, Error> {
    search(source, limits, soap, |_, open| {
        let mut rest = path;
        for (step, _) in open {
            let Some(after) = rest.strip_prefix(step.as_str()) else { return false };
            rest = after;
        }
        rest.is_empty()
    })
}

/// An element that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundElement {
    /// From the `<` of its start tag to the `>` of its end tag.
    pub(crate) range: Range<usize>,
    /// What is between its tags.
    pub(crate) content: Range<usize>,
}

/// Every element that is meant, in each other or not, in the order of their start tags. `is_meant` is
/// told where the element stands, and whether that is in the Body.
///
/// # Errors
/// What the scanner finds wrong.
pub(crate) fn find_all(
    source: &[u8],
    limits: &Limits,
    soap: Soap,
    is_meant: impl Fn(&Scanner<'_>, &StartElement<'_>, Zone, bool) -> bool,
) -> Result<Vec<FoundElement>, Error> {
    let mut scanner = Scanner::new(source, limits)?;
    let mut found: Vec<FoundElement> = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let (mut in_body, mut in_security) = (false, false);
    loop {
        match scanner.next()? {
            Event::StartElement(element) => {
                let depth = scanner.depth();
                if depth == 2 {
                    in_body = element.name.is(soap.namespace_id(), "Body");
                    in_security = false;
                } else if depth == 3 {
                    in_security = !in_body && element.name.is(NamespaceId::WSSE, "Security");
                }
                let is_structure = depth < 3 || in_security || (depth == 3 && !in_body);
                let zone = if is_structure { Zone::Structure } else { Zone::Data };
                if is_meant(&scanner, &element, zone, in_body && depth > 2) {
                    let content = element.range.end..element.range.end;
                    open.push((depth, found.len()));
                    found.push(FoundElement { range: element.range, content });
                }
            }
            Event::EndElement(end) => {
                let is_open = |(depth, _): &mut (usize, usize)| *depth > scanner.depth();
                while let Some((_, index)) = open.pop_if(is_open) {
                    if let Some(element) = found.get_mut(index) {
                        element.range.end = end.range.end;
                        element.content.end = end.range.start.max(element.content.start);
                    }
                }
            }
            Event::EndDocument => return Ok(found),
            _ => {}
        }
    }
}

/// An open element: its step, and how often each name stood in it so far.
type Open = (String, HashMap<String, usize>);

/// The first element that is meant.
fn search(
    source: &[u8],
    limits: &Limits,
    soap: Soap,
    mut is_meant: impl FnMut(&StartElement<'_>, &[Open]) -> bool,
) -> Result<Option<Range<usize>>, Error> {
    let mut scanner = Scanner::new(source, limits)?;
    let mut open: Vec<Open> = Vec::new();
    loop {
        match scanner.next()? {
            Event::StartElement(element) => {
                let step = step_of(&scanner, &element, soap, &mut open);
                open.push((step, HashMap::new()));
                if is_meant(&element, &open) {
                    return scanner.skip_element().map(Some);
                }
            }
            Event::EndElement(_) => drop(open.pop()),
            Event::EndDocument => return Ok(None),
            _ => {}
        }
    }
}

/// The step of an element in the innermost that is open.
fn step_of(
    scanner: &Scanner<'_>,
    element: &StartElement<'_>,
    soap: Soap,
    open: &mut [Open],
) -> String {
    if element.name.namespace == soap.namespace_id() && open.len() < 2 {
        return format!("/{}", element.name.local);
    }
    let namespace = scanner.namespace_name(element.name.namespace);
    let name = format!("{{{namespace}}}{}", element.name.local);
    let number = match open.last_mut() {
        Some((_, before)) => {
            let count = before.entry(name.clone()).or_insert(0);
            *count += 1;
            *count
        }
        None => 1,
    };
    format!("/{name}[{number}]")
}
