//! Canonical forms against themselves: with the memory of all documents before, from which start
//! tags are written by their shape, they are what they are of each document alone; several
//! targets in one walk are what each is alone; and what is canonical is its own canonical form.
//!
//! A thousand generated documents by default, twenty thousand with `WSSE_LONG=1`.

#[path = "scanner_oracle/generator.rs"]
#[allow(dead_code, reason = "shared with the oracle of the scanner")]
mod generator;

use wsse_core::c14n::{Ancestors, Apex, Canonicalizer, Method, Mode, PrefixList, canonicalize};
use wsse_core::crypto::{DigestMethod, Hash};
use wsse_core::pass::{Output, Pass, Select, Target};
use wsse_core::xml::{Event, Limits, Scanner, ScannerMemory, Zone};
use wsse_core::{Cause, Error};

#[test]
fn a_form_is_the_same_whatever_was_read_before() {
    let documents = if std::env::var_os("WSSE_LONG").is_some() { 20_000 } else { 1_000 };
    let mut memory = ScannerMemory::new();
    let (mut forms, mut recognised) = (0, 0);
    for number in 0..documents {
        let document = generator::document(number as u64);
        let source = document.octets.as_slice();
        let Ok(starts) = starts(source, &mut memory) else { continue };
        let method = Method::ALL[number % Method::ALL.len()];
        let prefixes = PrefixList::parse(["", "a", "p q #default", "x"][number % 4]);
        let whole = alone(source, method, &prefixes, Apex::Document);
        let (warm, more) = with_memory(source, method, &prefixes, None, &mut memory);
        assert_eq!(warm, whole, "document {number}");
        recognised += more;
        let offset = starts[number * 7 % starts.len()];
        let element = alone(source, method, &prefixes, Apex::Offset(offset));
        let (warm, _) = with_memory(source, method, &prefixes, Some(offset), &mut memory);
        assert_eq!(warm, element, "document {number}, offset {offset}");
        let Ok(whole) = whole else { continue };
        forms += 1;
        let again = alone(&whole, method, &PrefixList::new(), Apex::Document).unwrap();
        if method.mode != Mode::Exclusive || prefixes.is_empty() {
            assert_eq!(again, whole, "document {number}");
        }
        walk(source, method, &prefixes, &starts, &mut memory);
    }
    assert!(forms > documents / 4, "{forms} forms");
    assert!(recognised > 10 * forms, "{recognised} start tags were recognised");
}

/// Where the elements begin, if it is a document.
fn starts(source: &[u8], memory: &mut ScannerMemory) -> Result<Vec<usize>, Error> {
    let mut scanner = Scanner::with_memory(source, &Limits::default(), memory)?;
    let mut starts = Vec::new();
    loop {
        match scanner.next() {
            Ok(Event::StartElement(element)) => starts.push(element.range.start),
            Ok(Event::EndDocument) => {
                *memory = scanner.into_memory();
                return Ok(starts);
            }
            Ok(_) => {}
            Err(error) => {
                *memory = scanner.into_memory();
                return Err(error);
            }
        }
    }
}

fn alone(
    source: &[u8],
    method: Method,
    prefixes: &PrefixList,
    apex: Apex<'_>,
) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    canonicalize(source, &Limits::default(), method, prefixes, apex, &mut out)?;
    Ok(out)
}

/// The form, and how many start tags were recognised.
fn with_memory(
    source: &[u8],
    method: Method,
    prefixes: &PrefixList,
    offset: Option<usize>,
    memory: &mut ScannerMemory,
) -> (Result<Vec<u8>, Error>, usize) {
    let mut scanner = Scanner::with_memory(source, &Limits::default(), memory).unwrap();
    let mut canonicalizer = Canonicalizer::new(method, prefixes.clone());
    if offset.is_none() {
        canonicalizer = canonicalizer.whole_document();
    }
    let mut ancestors = Ancestors::new();
    let mut begun = offset.is_none();
    let mut out = Vec::new();
    let mut outcome = Ok(());
    loop {
        let event = scanner.next().unwrap();
        begun |= matches!(&event, Event::StartElement(one) if Some(one.range.start) == offset);
        if !begun {
            ancestors.event(&scanner);
        } else if !canonicalizer.is_done() && outcome.is_ok() {
            outcome = canonicalizer.event(&scanner, &ancestors, &mut out);
        }
        if event == Event::EndDocument {
            break;
        }
    }
    let recognised = scanner.recognised();
    *memory = scanner.into_memory();
    (outcome.map(|()| out), recognised)
}

/// Every fifth element in one walk, octets and digest.
fn walk(
    source: &[u8],
    method: Method,
    prefixes: &PrefixList,
    starts: &[usize],
    memory: &mut ScannerMemory,
) {
    let chosen: Vec<usize> = starts.iter().copied().step_by(5).take(12).collect();
    let target = |offset: &usize, output| {
        let mut target = Target::new(Select::Offset(*offset), method, output);
        target.prefixes = prefixes.clone();
        target.comments = true;
        target
    };
    let octets = chosen.iter().map(|offset| target(offset, Output::Octets));
    let digest = Output::Digest(DigestMethod::Sha256);
    let digests = chosen.iter().map(|offset| target(offset, digest));
    let mut pass = Pass::new(octets.chain(digests).collect());
    let mut scanner = Scanner::with_memory(source, &Limits::default(), memory).unwrap();
    loop {
        let event = scanner.next().unwrap();
        pass.event(&scanner, &event, Zone::Bare).unwrap();
        if event == Event::EndDocument {
            break;
        }
    }
    *memory = scanner.into_memory();
    let outcomes = pass.finish().unwrap();
    let (octets, digests) = outcomes.split_at(chosen.len());
    for ((offset, octets), digest) in chosen.iter().zip(octets).zip(digests) {
        match alone(source, method, prefixes, Apex::Offset(*offset)) {
            Ok(form) => assert_eq!(octets.octets, form, "offset {offset}"),
            // A walk takes relative namespace names as they stand.
            Err(error) => assert_eq!(error.cause(), Cause::RelativeNamespace),
        }
        let expected = Hash::Sha256.digest(&[&octets.octets]);
        assert_eq!(digest.digest.unwrap().octets(), expected.octets(), "offset {offset}");
        assert_eq!(octets.range.start, *offset);
        assert!(source[..octets.range.end].ends_with(b">"));
    }
}

/// A relative name may be declared outside the apex, and meet a start tag whose shape is known.
#[test]
fn relative_names_are_refused_with_and_without_a_memory() {
    let line = "<q:b q:c='1'>text</q:b><d q:e=\"1\"/>";
    let source =
        format!("<r xmlns:q='urn:q'><a>{0}</a><a xmlns:q='q'><x>{0}</x></a></r>", line.repeat(60));
    let offset = source.find("<x>").unwrap();
    let mut memory = ScannerMemory::new();
    for method in Method::ALL {
        for _ in 0..3 {
            let (warm, recognised) = with_memory(
                source.as_bytes(),
                method,
                &PrefixList::new(),
                Some(offset),
                &mut memory,
            );
            assert_eq!(warm.unwrap_err().cause(), Cause::RelativeNamespace);
            assert!(recognised > 100);
        }
    }
}
