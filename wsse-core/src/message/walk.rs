//! One walk over a whole message for everything that its references name.

use super::envelope::{Soap, Tail, check_white_space, misplaced};
use super::trail::Trail;
use crate::error::{Cause, Error};
use crate::pass::Pass;
use crate::xml::{
    CheckedDocument, Event, Limits, NamespaceId, Scanner, ScannerMemory, StartElement, Zone,
};
use crate::xmlenc::Plaintexts;
use core::ops::Range;
use std::borrow::Cow;

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

/// Looks at what was decrypted in the layer before.
impl<'m> Watch<'m> for Plaintexts<'_> {
    #[inline]
    fn event(&mut self, scanner: &Scanner<'m>, event: &Event<'m>, _: Zone) -> Result<(), Error> {
        self.event(event, scanner.position())
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
    let mut shape = Shape::new(soap);
    loop {
        let event = scanner.next()?;
        let zone = shape.event(scanner, &event)?;
        pass.event(scanner, &event, zone)?;
        watch.event(scanner, &event, zone)?;
        if event == Event::EndDocument {
            break;
        }
    }
    shape.tail()
}

/// The shape of an envelope, as far as it was read: one Header at most, one Body, nothing behind it.
#[derive(Debug)]
pub(super) struct Shape {
    soap: Soap,
    pub(super) body: Option<Range<usize>>,
    body_child: Option<(String, String)>,
    pub(super) end: usize,
    header_seen: bool,
    /// Where the element is that the events are inside of.
    pub(super) in_body: bool,
    in_security: bool,
}

impl Shape {
    pub(super) fn new(soap: Soap) -> Self {
        Self {
            soap,
            body: None,
            body_child: None,
            end: 0,
            header_seen: false,
            in_body: false,
            in_security: false,
        }
    }

    /// Takes in the event that `scanner` has just returned; where the element of a start tag stands.
    #[inline(always)]
    pub(super) fn event(
        &mut self,
        scanner: &Scanner<'_>,
        event: &Event<'_>,
    ) -> Result<Zone, Error> {
        match event {
            Event::StartElement(element) => return self.enter(scanner, element),
            Event::EndElement(element) => match scanner.depth() {
                0 => self.end = scanner.absolute(element.range.end),
                1 => {
                    if let Some(body) = &mut self.body {
                        body.end = scanner.absolute(element.range.end);
                    }
                    self.in_body = false;
                }
                _ => {}
            },
            Event::Text(text) if scanner.depth() == 1 => {
                check_white_space(&text.value(), scanner.origin(), "Envelope")?;
            }
            _ => {}
        }
        Ok(Zone::Data)
    }

    #[inline(always)]
    fn enter(&mut self, scanner: &Scanner<'_>, element: &StartElement<'_>) -> Result<Zone, Error> {
        Ok(match scanner.depth() {
            1 => Zone::Structure,
            2 => {
                let is = |local| element.name.is(self.soap.namespace_id(), local);
                if is("Body") && self.body.is_none() {
                    self.in_body = true;
                    let Range { start, end } = element.range;
                    self.body = Some(scanner.absolute(start)..scanner.absolute(end));
                } else if is("Header") && self.body.is_none() && !self.header_seen {
                    self.header_seen = true;
                } else {
                    let error = misplaced(element, self.body.is_some());
                    return Err(error.moved(scanner.absolute(0)));
                }
                Zone::Structure
            }
            3 if self.in_body => {
                if self.body_child.is_none() {
                    let namespace = scanner.namespace_name(element.name.namespace);
                    self.body_child = Some((namespace.to_owned(), element.name.local.to_owned()));
                }
                Zone::Data
            }
            3 => {
                self.in_security = element.name.is(NamespaceId::WSSE, "Security");
                Zone::Structure
            }
            _ if self.in_security && !self.in_body => Zone::Structure,
            _ => Zone::Data,
        })
    }

    /// What is behind the Header, when everything was read.
    pub(super) fn tail<'m>(self) -> Result<Tail<'m>, Error> {
        let Self { body, body_child, end, .. } = self;
        let Some(body) = body else {
            return Err(Error::new(Cause::EnvelopeStructure, "the Envelope has no Body"));
        };
        let body_child = body_child.map(|(namespace, local)| (namespace, Cow::Owned(local)));
        Ok(Tail { body, body_child, end })
    }
}

/// The position of the element that begins at `offset`, from the root: `/Envelope/Body`,
/// `/Envelope/Header/{urn:a}To[1]`. Elements of the SOAP namespace stand without it and without a
/// number, as each stands once.
///
/// # Errors
/// What the scanner finds wrong; [`Cause::InvalidArgument`] where no element begins there.
pub fn path(source: &[u8], limits: &Limits, soap: Soap, offset: usize) -> Result<String, Error> {
    let mut path = None;
    search(source, limits, soap, |element, trail| {
        let found = element.range.start == offset;
        if found {
            path = Some(trail.path());
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
pub fn enclosing(
    source: &[u8],
    limits: &Limits,
    soap: Soap,
    offset: usize,
) -> Result<String, Error> {
    let mut scanner = Scanner::new(source, limits)?;
    let mut trail = Trail::new(soap);
    loop {
        let event = scanner.next()?;
        // Whatever ends behind it is not before it any more.
        if scanner.position() > offset || event == Event::EndDocument {
            break;
        }
        match event {
            Event::StartElement(element) => trail.enter(&scanner, &element),
            Event::EndElement(_) => trail.leave(),
            _ => {}
        }
    }
    if trail.depth() == 0 {
        let reason = format!("no element encloses octet {offset}");
        return Err(Error::new(Cause::InvalidArgument, reason));
    }
    Ok(trail.path())
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
    search(source, limits, soap, |_, trail| trail.is(path))
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

/// The first element that is meant.
fn search(
    source: &[u8],
    limits: &Limits,
    soap: Soap,
    mut is_meant: impl FnMut(&StartElement<'_>, &Trail) -> bool,
) -> Result<Option<Range<usize>>, Error> {
    let mut scanner = Scanner::new(source, limits)?;
    let mut trail = Trail::new(soap);
    loop {
        match scanner.next()? {
            Event::StartElement(element) => {
                trail.enter(&scanner, &element);
                if is_meant(&element, &trail) {
                    return scanner.skip_element().map(Some);
                }
            }
            Event::EndElement(_) => trail.leave(),
            Event::EndDocument => return Ok(None),
            _ => {}
        }
    }
}
