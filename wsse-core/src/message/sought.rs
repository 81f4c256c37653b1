//! Elements of a message that are looked for by Id, position or name, in a walk that is made anyway.

use super::walk::Watch;
use crate::error::Error;
use crate::xml::{Event, NamespaceId, Scanner, StartElement, Zone, is_id, is_ncname, may_be_id};
use core::ops::Range;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The element with this Id.
    Id(String),
    /// The element at this position.
    Position(Steps),
    /// Every element of this name in the Body, but for those inside of another one.
    InBody {
        /// The namespace name.
        namespace: String,
        /// The local name.
        local: String,
    },
}

/// A position that was read, as [`super::path`] writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Steps(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// An element of the SOAP namespace, of which there is one.
    Soap(String),
    /// The element of this name and number.
    Named { namespace: String, local: String, number: usize },
}

/// An element that was found.
#[derive(Clone, Debug)]
pub(crate) struct SoughtElement {
    /// Which of what is wanted it is.
    pub(crate) wanted: usize,
    /// From the `<` of its start tag to the `>` of its end tag.
    pub(crate) range: Range<usize>,
    /// Its start tag.
    pub(crate) start_tag: Range<usize>,
    /// Its Ids.
    pub(crate) ids: Vec<String>,
    /// How many elements it stands in: 0 for the Envelope.
    pub(crate) depth: usize,
}

/// Looks for elements in a walk.
#[derive(Debug, Default)]
pub(crate) struct Sought<'w> {
    wanted: &'w [Wanted],
    /// How far each position is met by the elements that are open, and how many of the name of each
    /// step stood in the one before it.
    progress: Vec<(usize, Vec<usize>)>,
    found: Vec<SoughtElement>,
    /// Which of those are open.
    open: Vec<usize>,
    in_body: bool,
}

impl Steps {
    /// Reads a position; None for what is none.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut rest = path;
        while !rest.is_empty() {
            rest = rest.strip_prefix('/')?;
            if let Some(named) = rest.strip_prefix('{') {
                let (namespace, behind) = named.split_once('}')?;
                let (local, behind) = behind.split_once('[')?;
                let (digits, behind) = behind.split_once(']')?;
                let number: usize = digits.parse().ok().filter(|number| *number > 0)?;
                if !is_ncname(local) || number.to_string() != digits {
                    return None;
                }
                let (namespace, local) = (namespace.to_owned(), local.to_owned());
                steps.push(Step::Named { namespace, local, number });
                rest = behind;
            } else {
                let end = rest.find('/').unwrap_or(rest.len());
                let (local, behind) = rest.split_at(end);
                let is_soap =
                    matches!((steps.len(), local), (0, "Envelope") | (1, "Header" | "Body"));
                if !is_soap {
                    return None;
                }
                steps.push(Step::Soap(local.to_owned()));
                rest = behind;
            }
        }
        (!steps.is_empty()).then_some(Self(steps))
    }
}

impl Step {
    /// Whether an element has the name, and which number it must be.
    fn names(&self, scanner: &Scanner<'_>, element: &StartElement<'_>) -> Option<usize> {
        let is_soap = matches!(element.name.namespace, NamespaceId::SOAP11 | NamespaceId::SOAP12);
        match self {
            Self::Soap(local) => (is_soap && element.name.local == local).then_some(1),
            Self::Named { namespace, local, number } => (element.name.local == local
                && scanner.namespace_name(element.name.namespace) == namespace)
                .then_some(*number),
        }
    }
}

impl<'w> Sought<'w> {
    pub(crate) fn new(wanted: &'w [Wanted]) -> Self {
        let progress = |wanted: &Wanted| match wanted {
            Wanted::Position(Steps(steps)) => (0, vec![0; steps.len()]),
            _ => (0, Vec::new()),
        };
        Self { wanted, progress: wanted.iter().map(progress).collect(), ..Self::default() }
    }

    /// What was found, in the order of the document.
    pub(crate) fn into_found(self) -> Vec<SoughtElement> {
        self.found
    }

    fn start(&mut self, scanner: &Scanner<'_>, element: &StartElement<'_>, zone: Zone) {
        let depth = scanner.depth();
        if depth == 2 {
            self.in_body = element.name.local == "Body";
        }
        let mut ids = None;
        for (index, wanted) in self.wanted.iter().enumerate() {
            let is_meant = match wanted {
                Wanted::Id(id) => {
                    let ids = ids.get_or_insert_with(|| ids_of(scanner, element, zone));
                    ids.iter().any(|held| held == id)
                }
                Wanted::Position(Steps(steps)) => match self.progress.get_mut(index) {
                    Some(progress) => advance(progress, steps, depth, scanner, element),
                    None => false,
                },
                Wanted::InBody { namespace, local } => {
                    let is_inside = |open: &usize| {
                        self.found.get(*open).is_some_and(|outer| outer.wanted == index)
                    };
                    self.in_body
                        && depth > 2
                        && element.name.local == local
                        && scanner.namespace_name(element.name.namespace) == namespace
                        && !self.open.iter().any(is_inside)
                }
            };
            if is_meant {
                let ids = ids.get_or_insert_with(|| ids_of(scanner, element, zone)).clone();
                let (range, start_tag) = (element.range.clone(), element.range.clone());
                self.open.push(self.found.len());
                let depth = depth - 1;
                self.found.push(SoughtElement { wanted: index, range, start_tag, ids, depth });
            }
        }
    }

    fn end(&mut self, depth: usize, end: usize) {
        while let Some(last) = self.open.last()
            && let Some(found) = self.found.get_mut(*last)
            && found.depth == depth
        {
            found.range.end = end;
            self.open.pop();
        }
        for (met, _) in &mut self.progress {
            *met = (*met).min(depth);
        }
    }
}

impl<'m> Watch<'m> for Sought<'_> {
    #[inline]
    fn event(&mut self, scanner: &Scanner<'m>, event: &Event<'m>, zone: Zone) -> Result<(), Error> {
        if self.wanted.is_empty() {
            return Ok(());
        }
        match event {
            Event::StartElement(element) => self.start(scanner, element, zone),
            Event::EndElement(element) => self.end(scanner.depth(), element.range.end),
            _ => {}
        }
        Ok(())
    }
}

/// Whether a position is met with this element, which opens at `depth`, counted from 1.
fn advance(
    (met, counts): &mut (usize, Vec<usize>),
    steps: &[Step],
    depth: usize,
    scanner: &Scanner<'_>,
    element: &StartElement<'_>,
) -> bool {
    if *met + 1 != depth {
        return false;
    }
    let Some(number) = steps.get(*met).and_then(|step| step.names(scanner, element)) else {
        return false;
    };
    let Some(count) = counts.get_mut(*met) else { return false };
    *count += 1;
    if *count != number {
        return false;
    }
    *met = depth;
    if let Some(inner) = counts.get_mut(depth..) {
        inner.fill(0);
    }
    depth == steps.len()
}

fn ids_of(scanner: &Scanner<'_>, element: &StartElement<'_>, zone: Zone) -> Vec<String> {
    let held = scanner.attributes().iter().filter(|held| may_be_id(&held.name));
    let ids = held.filter(|held| is_id(zone, &element.name, &held.name));
    ids.map(|held| held.value().into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Soap;
    use super::super::walk::{find, walk_watched};
    use super::*;
    use crate::ns;
    use crate::pass::Pass;
    use crate::xml::{CheckedDocument, Limits, ScannerMemory};

    fn sought(source: &str, wanted: &[Wanted]) -> Vec<(usize, String)> {
        let limits = Limits::default();
        let document = CheckedDocument::new(source.as_bytes(), &limits).unwrap();
        let mut sought = Sought::new(wanted);
        let (mut memory, mut pass) = (ScannerMemory::new(), Pass::new(Vec::new()));
        walk_watched(document, &limits, Soap::V11, &mut memory, &mut pass, &mut sought).unwrap();
        let text = |found: SoughtElement| (found.wanted, source[found.range].to_owned());
        sought.into_found().into_iter().map(text).collect()
    }

    fn message() -> String {
        format!(
            "<s:Envelope xmlns:s='{}' xmlns:u='{}' xmlns:a='urn:a'><s:Header><a:h u:Id='one'/>\
             <a:h><a:x/><a:x><a:y n='1'/></a:x></a:h></s:Header><s:Body><a:x><a:y n='2'/>\
             <b xmlns='urn:b'/><a:y n='3'><a:y n='4' u:Id='two' Id='no'/></a:y></a:x><a:x/>\
             </s:Body></s:Envelope>",
            ns::SOAP11,
            ns::WSU
        )
    }

    #[test]
    fn positions_are_those_that_are_found_otherwise() {
        let message = message();
        for path in [
            "/Envelope",
            "/Envelope/Body",
            "/Envelope/Header/{urn:a}h[1]",
            "/Envelope/Header/{urn:a}h[2]/{urn:a}x[2]/{urn:a}y[1]",
            "/Envelope/Body/{urn:a}x[1]/{urn:a}y[2]/{urn:a}y[1]",
            "/Envelope/Body/{urn:a}x[2]",
            "/Envelope/Body/{urn:a}x[1]/{urn:b}b[1]",
            "/Envelope/Body/{urn:a}x[3]",
            "/Envelope/Body/{urn:a}y[1]",
            "/Envelope/Header/{urn:a}h[1]/{urn:a}x[1]",
        ] {
            let wanted = [Wanted::Position(Steps::parse(path).unwrap())];
            let here = sought(&message, &wanted).pop().map(|(_, text)| text);
            let found = find(message.as_bytes(), &Limits::default(), Soap::V11, path).unwrap();
            assert_eq!(here, found.map(|range| message[range].to_owned()), "{path}");
        }
    }

    #[test]
    fn ids_and_names_are_found_together() {
        let message = message();
        let in_body =
            |local: &str| Wanted::InBody { namespace: "urn:a".into(), local: local.into() };
        let id = |id: &str| Wanted::Id(id.into());
        let wanted = [id("one"), id("two"), id("no"), in_body("y"), in_body("h")];
        let found = sought(&message, &wanted);
        assert_eq!(
            found,
            [
                (0, "<a:h u:Id='one'/>".to_owned()),
                (3, "<a:y n='2'/>".to_owned()),
                (3, "<a:y n='3'><a:y n='4' u:Id='two' Id='no'/></a:y>".to_owned()),
                (1, "<a:y n='4' u:Id='two' Id='no'/>".to_owned()),
            ]
        );
    }

    #[test]
    fn what_is_no_position_is_none() {
        for path in [
            "",
            "/",
            "Envelope",
            "/Envelope/",
            "/Body",
            "/Envelope/Foot",
            "/Envelope/Body/Body",
            "/Envelope/Body/{urn:a}x",
            "/Envelope/Body/{urn:a}x[0]",
            "/Envelope/Body/{urn:a}x[01]",
            "/Envelope/Body/{urn:a}x[1",
            "/Envelope/Body/{urn:a[1]",
            "/Envelope/Body/{urn:a}x[1]/",
            "/Envelope/Body/{urn:a}1[1]",
            "/Envelope/Body/{urn:a}x[1]y",
        ] {
            assert_eq!(Steps::parse(path), None, "{path}");
        }
        assert!(Steps::parse("/Envelope/Body/{http://a/b}x[12]").is_some());
    }
}
