//! Any octets: canonicalized or refused, never a panic; the same whether start tags are read or
//! recognised; what is canonical is its own canonical form; and a walk says the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Mutex;
use wsse_core::c14n::{Ancestors, Apex, Canonicalizer, Method, PrefixList, canonicalize};
use wsse_core::pass::{Output, Pass, Select, Target};
use wsse_core::xml::{Event, Limits, Scanner, ScannerMemory, Zone};
use wsse_core::{Cause, Error};

/// Kept between documents, so that their start tags are recognised.
static MEMORY: Mutex<ScannerMemory> = Mutex::new(ScannerMemory::new());

fuzz_target!(|input: &[u8]| {
    let [choice, source @ ..] = input else { return };
    let choice = usize::from(*choice);
    let method = Method::ALL[choice % 6];
    let prefixes = PrefixList::parse(["", "a", "a b #default"][choice / 6 % 3]);
    let mut memory = MEMORY.lock().unwrap();
    let Some(starts) = starts(source, &mut memory) else { return };
    let offset = starts[choice / 18 % starts.len()];
    for apex in [Apex::Document, Apex::Offset(offset)] {
        let mut form = Vec::new();
        let limits = Limits::default();
        let verdict = canonicalize(source, &limits, method, &prefixes, apex, &mut form);
        // The first reading may learn what the second one knows.
        for _ in 0..2 {
            let (warm, warm_form) = with_memory(source, method, &prefixes, apex, &mut memory);
            assert_eq!(warm, verdict);
            assert!(verdict.is_err() || warm_form == form);
        }
        if verdict.is_ok() && prefixes.is_empty() {
            let mut again = Vec::new();
            // The form may be larger than the document, and so above a limit.
            if canonicalize(&form, &limits, method, &prefixes, Apex::Document, &mut again).is_ok() {
                assert_eq!(again, form);
            }
        }
        let select = match apex {
            Apex::Offset(offset) => Select::Offset(offset),
            _ => Select::Document,
        };
        let mut target = Target::new(select, method, Output::Octets);
        target.prefixes = prefixes.clone();
        target.comments = true;
        let mut pass = Pass::new(vec![target.clone(), target]);
        pass.watch("1");
        let mut scanner = Scanner::with_memory(source, &limits, &mut memory).unwrap();
        loop {
            let event = scanner.next().unwrap();
            pass.event(&scanner, &event, Zone::Bare).unwrap();
            if event == Event::EndDocument {
                break;
            }
        }
        *memory = scanner.into_memory();
        match pass.finish() {
            Ok(outcomes) => {
                assert!(outcomes.iter().all(|one| verdict.is_err() || one.octets == form));
            }
            Err(error) => assert_eq!(error.cause(), Cause::AmbiguousId),
        }
    }
});

/// Where the elements of a document begin.
fn starts(source: &[u8], memory: &mut ScannerMemory) -> Option<Vec<usize>> {
    let mut scanner = Scanner::with_memory(source, &Limits::default(), memory).ok()?;
    let mut starts = Vec::new();
    let outcome = loop {
        match scanner.next() {
            Ok(Event::StartElement(element)) => starts.push(element.range.start),
            Ok(Event::EndDocument) => break Some(starts),
            Ok(_) => {}
            Err(_) => break None,
        }
    };
    *memory = scanner.into_memory();
    outcome
}

fn with_memory(
    source: &[u8],
    method: Method,
    prefixes: &PrefixList,
    apex: Apex<'_>,
    memory: &mut ScannerMemory,
) -> (Result<(), Error>, Vec<u8>) {
    let mut scanner = Scanner::with_memory(source, &Limits::default(), memory).unwrap();
    let mut canonicalizer = Canonicalizer::new(method, prefixes.clone());
    let offset = match apex {
        Apex::Offset(offset) => Some(offset),
        _ => {
            canonicalizer = canonicalizer.whole_document();
            None
        }
    };
    let mut ancestors = Ancestors::new();
    let mut begun = offset.is_none();
    let (mut verdict, mut form) = (Ok(()), Vec::new());
    loop {
        let event = scanner.next().unwrap();
        begun |= matches!(&event, Event::StartElement(one) if Some(one.range.start) == offset);
        if !begun {
            ancestors.event(&scanner);
        } else if !canonicalizer.is_done() && verdict.is_ok() {
            verdict = canonicalizer.event(&scanner, &ancestors, &mut form);
        }
        if event == Event::EndDocument {
            break;
        }
    }
    *memory = scanner.into_memory();
    (verdict, form)
}
