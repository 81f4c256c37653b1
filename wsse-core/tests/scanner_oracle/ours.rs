//! Our side of the comparison.

use crate::Item;
use wsse_core::Error;
use wsse_core::xml::{Event, Limits, Name, Scanner};

/// The items, and how many start tags were recognised by their shape.
pub(crate) fn read(source: &[u8]) -> Result<(Vec<Item>, usize), Error> {
    let mut scanner = Scanner::new(source, &Limits::default())?;
    let mut items = Vec::new();
    let piece = |start: usize, end: usize| {
        let octets = source.get(start..end).expect("ranges are within the document");
        String::from_utf8(octets.to_vec()).expect("ranges begin and end between characters")
    };
    loop {
        items.push(match scanner.next()? {
            Event::StartElement(element) => Item::Start {
                name: name(&scanner, &element.name),
                declarations: scanner
                    .declarations()
                    .iter()
                    .map(|found| (found.prefix.to_owned(), found.value().into_owned()))
                    .collect(),
                attributes: scanner
                    .attributes()
                    .iter()
                    .map(|found| (name(&scanner, &found.name), found.value().into_owned()))
                    .collect(),
            },
            Event::EndElement(_) => Item::End,
            Event::Text(text) if text.cdata => Item::Cdata(text.value().into_owned()),
            Event::Text(text) => Item::Text(text.value().into_owned()),
            Event::Comment(range) => Item::Comment(piece(range.start + 4, range.end - 3)),
            Event::ProcessingInstruction(range) => {
                Item::Instruction(piece(range.start + 2, range.end - 2))
            }
            Event::EndDocument => return Ok((items, scanner.recognised())),
            other => panic!("an event that this test does not know: {other:?}"),
        });
    }
}

fn name(scanner: &Scanner<'_>, name: &Name<'_>) -> (String, String, String) {
    let namespace = scanner.namespace_name(name.namespace);
    (namespace.to_owned(), name.prefix.to_owned(), name.local.to_owned())
}
