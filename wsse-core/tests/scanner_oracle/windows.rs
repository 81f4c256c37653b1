//! A document that is read through a window is what it is as a whole: events, verdict, error, place.

use crate::generator::Document;
use crate::{Item, ours};
use std::io::Read;
use wsse_core::xml::{Event, Limits, Scanner, ScannerMemory, Stream, Visit, WindowSize};
use wsse_core::{Cause, Error};

/// Octets that a window holds, and that one call of its source yields at most.
const SIZES: [(usize, usize); 7] =
    [(1, 1), (3, 2), (17, 64), (64, 7), (256, 256), (1000, 5000), (1 << 18, 1 << 18)];

/// How many pieces there were that are no whole.
pub(crate) fn compare(document: &Document) -> u64 {
    let Document { number, octets: source, .. } = document;
    let whole = ours::read(source, &mut ScannerMemory::new());
    let mut memory = ScannerMemory::new();
    let mut pieces = 0;
    for (usual, chunk) in SIZES {
        let mut size = WindowSize::default();
        size.usual = usual;
        let mut gathered = Gathered::default();
        let reader = Chunks { rest: source, chunk };
        let mut stream = Stream::new(reader, None, &Limits::default(), size, &mut memory);
        let outcome = stream.read(&mut gathered);
        memory = stream.into_memory();
        pieces += gathered.pieces;
        let shown = || format!("document {number}, window {usual}");
        match (&whole, outcome) {
            (Ok((items, _)), Ok(())) => {
                assert!(gathered.octets == *source, "{}", shown());
                let gathered = gathered.items();
                for (item, gathered) in items.iter().zip(&gathered) {
                    assert_eq!(item, gathered, "{}", shown());
                }
                assert_eq!(items.len(), gathered.len(), "{}", shown());
            }
            (Err(whole), Err(error)) => {
                let expected = expected(source, whole).locate(source);
                // Other encodings are refused in front of everything else.
                let elsewhere = error.cause() == Cause::NotStreamed;
                assert!(elsewhere || expected.cause() == error.cause(), "{}: {error}", shown());
                assert!(!elsewhere || expected.cause() == Cause::Encoding, "{}", shown());
                if expected.cause() != Cause::Encoding {
                    assert_eq!(expected, error, "{}", shown());
                }
            }
            (whole, outcome) => panic!("{}: whole {whole:?}, window {outcome:?}", shown()),
        }
    }
    pieces
}

/// What a reader in the order of the document says: as a whole, its characters are looked at first.
fn expected(source: &[u8], whole: &Error) -> Error {
    let characters = matches!(whole.cause(), Cause::Encoding | Cause::InvalidCharacter);
    let at = whole.position().map_or(0, |position| position.offset);
    let Err(error) = ours::read(&source[..at], &mut ScannerMemory::new()) else {
        return whole.clone();
    };
    let rest = error.position().map_or(&b""[..], |position| &source[position.offset.min(at)..at]);
    // Of these the octets behind them say whether they are wrong.
    let is_reference = rest.starts_with(b"&") && !rest.contains(&b';');
    let text = String::from_utf8_lossy(&source[..at]);
    let in_declaration =
        text.trim_start_matches('\u{FEFF}').starts_with("<?xml") && !text.contains("?>");
    let is_cut = rest.is_empty() || is_reference || rest == b"/" || in_declaration;
    let ends = matches!(error.cause(), Cause::UnexpectedEnd | Cause::EmptyDocument);
    if characters && !is_cut && !ends { error } else { whole.clone() }
}

#[derive(Default)]
struct Gathered {
    items: Vec<Item>,
    octets: Vec<u8>,
    pieces: u64,
}

impl Gathered {
    /// Comments and instructions were gathered as they are written.
    fn items(self) -> Vec<Item> {
        let inside = |text: String, (front, behind): (usize, usize)| {
            text[front..text.len() - behind].to_owned()
        };
        let item = |item| match item {
            Item::Comment(text) => Item::Comment(inside(text, (4, 3))),
            Item::Instruction(text) => Item::Instruction(inside(text, (2, 2))),
            other => other,
        };
        self.items.into_iter().map(item).collect()
    }
}

impl Visit for Gathered {
    fn event(&mut self, scanner: &Scanner<'_>, event: &Event<'_>) -> Result<(), Error> {
        let source = scanner.source();
        let text = |range: &core::ops::Range<usize>| {
            core::str::from_utf8(&source[range.clone()]).unwrap().to_owned()
        };
        let item = match event {
            Event::StartElement(element) => ours::start(source, scanner, element),
            Event::EndElement(_) => Item::End,
            Event::Text(text) if text.cdata => Item::Cdata(text.value().into_owned()),
            Event::Text(text) => Item::Text(text.value().into_owned()),
            Event::Comment(range) => Item::Comment(text(range)),
            Event::ProcessingInstruction(range) => Item::Instruction(text(range)),
            Event::EndDocument => return Ok(()),
            other => panic!("an event that this test does not know: {other:?}"),
        };
        if !scanner.is_continued() {
            self.items.push(item);
            return Ok(());
        }
        self.pieces += 1;
        match (self.items.last_mut(), item) {
            (Some(Item::Text(whole)), Item::Text(piece))
            | (Some(Item::Cdata(whole)), Item::Cdata(piece))
            | (Some(Item::Comment(whole)), Item::Comment(piece))
            | (Some(Item::Instruction(whole)), Item::Instruction(piece)) => whole.push_str(&piece),
            (whole, piece) => panic!("{piece:?} goes on with {whole:?}"),
        }
        Ok(())
    }

    fn pass(&mut self, _: &Scanner<'_>, octets: &[u8], start: usize) -> Result<(), Error> {
        assert_eq!(self.octets.len(), start);
        self.octets.extend_from_slice(octets);
        Ok(())
    }
}

struct Chunks<'s> {
    rest: &'s [u8],
    chunk: usize,
}

impl Read for Chunks<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.chunk.min(into.len());
        self.rest.read(&mut into[..count])
    }
}
