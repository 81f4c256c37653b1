//! The scanner against quick-xml: the same events for the same document, and the same verdict,
//! unless a named rule explains the difference and its own check confirms that the rule applies.
//! And the scanner against itself: with the memory of all documents before, and where the content
//! is skipped, it says what it says of each document alone; so it does where it reads the document
//! through a window.
//!
//! A thousand generated documents by default, twenty thousand with `WSSE_LONG=1`. The documents
//! depend on nothing but their number, so a failure names the one to look at.
#![expect(clippy::print_stdout, reason = "the counts are what a reader of the test wants to see")]

mod explain;
mod generator;
mod ours;
mod peer;
mod windows;

use std::collections::BTreeMap;
use wsse_core::xml::ScannerMemory;

/// What a document consists of, as both sides report it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Start {
        name: (String, String, String),
        declarations: Vec<(String, String)>,
        attributes: Vec<((String, String, String), String)>,
    },
    End,
    Text(String),
    Cdata(String),
    Comment(String),
    Instruction(String),
}

#[test]
fn events_and_verdicts_are_those_of_the_peer_or_explained() {
    let documents = if std::env::var_os("WSSE_LONG").is_some() { 20_000 } else { 1_000 };
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut memory = ScannerMemory::new();
    let (mut known, mut pieces) = (0, 0);
    for number in 0..documents {
        let document = generator::document(number);
        let outcome = compare(&document);
        known += compare_with_memory(&document, &mut memory);
        pieces += windows::compare(&document);
        *counts.entry(outcome).or_default() += 1;
    }
    for (outcome, count) in &counts {
        println!("{count:6}  {outcome}");
    }
    println!("{known:6}  start tags more were recognised with the memory of documents before");
    println!("{pieces:6}  pieces came through windows that are no whole");
    assert!(known > documents && pieces > documents);
    // Neither the generator nor the comparison has fallen asleep.
    let count = |outcome: &str| counts.get(outcome).copied().unwrap_or_default();
    assert!(count("both accept") > documents / 10);
    assert!(count("both accept, repeated tags") > documents / 10);
    assert!(count("both refuse") > documents / 20);
    assert!(counts.len() > 10, "{} kinds of outcome", counts.len());
}

/// Whatever was read before, a document is what it is; how many start tags more were recognised.
fn compare_with_memory(document: &generator::Document, memory: &mut ScannerMemory) -> u64 {
    let source = &document.octets;
    let alone = ours::read(source, &mut ScannerMemory::new());
    let warm = ours::read(source, memory);
    let skipped = [ours::skip(source, &mut ScannerMemory::new()), ours::skip(source, memory)];
    let [first, second] = &skipped;
    let number = document.number;
    assert_eq!(first, second, "document {number}");
    match (alone, warm) {
        (Ok((alone, recognised)), Ok((warm, more))) => {
            assert_eq!(alone, warm, "document {number}");
            assert!(first.is_ok(), "document {number}: {first:?}");
            more.saturating_sub(recognised) as u64
        }
        (Err(alone), Err(warm)) => {
            assert_eq!(alone, warm, "document {number}");
            assert_eq!(first.as_ref(), Err(&alone), "document {number}");
            0
        }
        (alone, warm) => panic!("document {number}: alone {alone:?}, warm {warm:?}"),
    }
}

fn compare(document: &generator::Document) -> String {
    let number = document.number;
    let shown = String::from_utf8_lossy(&document.octets);
    let ours = ours::read(&document.octets, &mut ScannerMemory::new());
    if document.well_formed {
        assert!(ours.is_ok(), "document {number} is well-formed: {ours:?}\n{shown}");
    }
    let Ok(text) = core::str::from_utf8(&document.octets) else {
        let error = ours.expect_err(&shown);
        assert_eq!(error.cause(), wsse_core::Cause::Encoding, "document {number}\n{shown}");
        return "no UTF-8: the peer takes text only".to_owned();
    };
    match (ours, peer::read(text)) {
        (Ok(ours), Ok(peer)) => {
            let (ours, recognised) = ours;
            assert_eq!(ours, peer.items, "document {number}\n{shown}");
            let objection = explain::objection(text, &peer);
            assert_eq!(objection, None, "both accept document {number}\n{shown}");
            if recognised > 0 { "both accept, repeated tags" } else { "both accept" }.to_owned()
        }
        (Err(_), Err(_)) => "both refuse".to_owned(),
        (Ok(_), Err(reason)) => {
            panic!("document {number} is refused by the peer alone: {reason}\n{shown}")
        }
        (Err(error), Ok(peer)) => match explain::explain(text, &error, &peer) {
            Some(rule) => format!("we refuse ({}), the peer {rule}", error.cause().name()),
            None => panic!("document {number} is refused by us alone: {error:?}\n{shown}"),
        },
    }
}
