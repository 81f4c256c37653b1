//! Our side of the comparison. The peer has no ranges, so they are checked here: they lie one
//! behind the other without a gap, and hold what the event says.

use crate::Item;
use core::ops::Range;
use wsse_core::Error;
use wsse_core::xml::{Event, Limits, Name, Scanner, ScannerMemory, StartElement};

/// The items, and how many start tags were recognised by their shape.
pub(crate) fn read(source: &[u8], memory: &mut ScannerMemory) -> Result<(Vec<Item>, usize), Error> {
    let mut scanner = Scanner::with_memory(source, &Limits::default(), memory)?;
    let items = items(source, &mut scanner);
    let recognised = scanner.recognised();
    *memory = scanner.into_memory();
    items.map(|items| (items, recognised))
}

/// The same for a reader who goes past the content of the root; what the skipping says.
pub(crate) fn skip(source: &[u8], memory: &mut ScannerMemory) -> Result<Range<usize>, Error> {
    let mut scanner = Scanner::with_memory(source, &Limits::default(), memory)?;
    let skipped = skip_root(&mut scanner);
    *memory = scanner.into_memory();
    skipped
}

fn skip_root(scanner: &mut Scanner<'_>) -> Result<Range<usize>, Error> {
    while !matches!(scanner.next()?, Event::StartElement(_)) {}
    let root = scanner.skip_element()?;
    assert!(scanner.attributes().is_empty() && scanner.declarations().is_empty());
    assert_eq!((scanner.depth(), scanner.in_scope().count()), (0, 0));
    while scanner.next()? != Event::EndDocument {}
    Ok(root)
}

fn items(source: &[u8], scanner: &mut Scanner<'_>) -> Result<Vec<Item>, Error> {
    let mut items = Vec::new();
    let mut position = scanner.position();
    loop {
        let outside = scanner.depth() == 0;
        let event = scanner.next()?;
        let (item, range) = match event {
            Event::StartElement(element) => {
                (start(source, scanner, &element), element.range.clone())
            }
            Event::EndElement(end) => (Item::End, end.range),
            Event::Text(text) => {
                let around = if text.cdata { (9, 3) } else { (0, 0) };
                assert_eq!(inside(source, &text.range, around), text.raw);
                let value = text.value().into_owned();
                let item = if text.cdata { Item::Cdata(value) } else { Item::Text(value) };
                (item, text.range)
            }
            Event::Comment(range) => (Item::Comment(inside(source, &range, (4, 3)).into()), range),
            Event::ProcessingInstruction(range) => {
                (Item::Instruction(inside(source, &range, (2, 2)).into()), range)
            }
            Event::EndDocument => {
                assert!(is_space(&source[position..]));
                return Ok(items);
            }
            other => panic!("an event that this test does not know: {other:?}"),
        };
        let gap = &source[position..range.start];
        assert!(gap.is_empty() || outside && is_space(gap), "between {position} and {range:?}");
        assert_eq!(scanner.position(), range.end);
        position = range.end;
        items.push(item);
    }
}

pub(crate) fn start(source: &[u8], scanner: &Scanner<'_>, element: &StartElement<'_>) -> Item {
    let tag = inside(source, &element.range, (1, 1));
    assert!(tag.starts_with(&element.name.qualified().to_string()));
    assert_eq!(tag.ends_with('/'), element.empty);
    let check = |name: &str, raw: &str, range: &Range<usize>| {
        assert!(element.range.start < range.start && range.end < element.range.end);
        let text = inside(source, range, (0, 1));
        let value = text.strip_prefix(name).and_then(|rest| rest.strip_suffix(raw));
        let equals = value.expect("name and value stand at the ends").trim_matches(SPACE);
        assert!(matches!(equals.split_at(1).1.trim_matches(SPACE), "'" | "\""), "{equals}");
    };
    let mut declarations = Vec::new();
    for found in scanner.declarations() {
        let colon = if found.prefix.is_empty() { "" } else { ":" };
        check(&format!("xmlns{colon}{}", found.prefix), found.raw, &found.range);
        assert_eq!(scanner.namespace_name(found.namespace), found.value());
        assert_eq!(scanner.resolve(found.prefix), Some(found.namespace));
        declarations.push((found.prefix.to_owned(), found.value().into_owned()));
    }
    let mut attributes = Vec::new();
    for found in scanner.attributes() {
        check(&found.name.qualified().to_string(), found.raw, &found.range);
        attributes.push((name(scanner, &found.name), found.value().into_owned()));
    }
    Item::Start { name: name(scanner, &element.name), declarations, attributes }
}

fn name(scanner: &Scanner<'_>, name: &Name<'_>) -> (String, String, String) {
    let namespace = scanner.namespace_name(name.namespace);
    (namespace.to_owned(), name.prefix.to_owned(), name.local.to_owned())
}

fn inside<'s>(source: &'s [u8], range: &Range<usize>, around: (usize, usize)) -> &'s str {
    let octets = &source[range.start + around.0..range.end - around.1];
    core::str::from_utf8(octets).expect("ranges begin and end between characters")
}

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

fn is_space(octets: &[u8]) -> bool {
    octets.iter().all(|octet| b" \t\r\n".contains(octet))
}
