//! Canonical forms that others published: the rows of the third-party manifest whose group begins
//! with `c14n/`, octet by octet. Rows that are not run are counted, each for its reason.
//!
//! They are read from `../shared/vectors` beside the workspace, or from `WSSE_VECTORS`.
#![expect(
    clippy::print_stdout,
    reason = "an absent folder must be heard of, and what was left out"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use wsse_core::c14n::{Apex, Method, PrefixList, canonicalize};
use wsse_core::xml::{Event, Limits, Scanner, to_utf8};
use wsse_core::{Cause, Error};

/// The apex of the rows whose node-set is one element with everything in it, by its name as it is
/// written: the first element of that name. And the algorithm where the manifest leaves it to the
/// note.
const ELEMENTS: &[(&str, &str, Option<&str>)] = &[
    ("c14n-without-comments-merlin-c14n-two-00", "bar:Something", None),
    ("c14n-without-comments-test-2", "n1:elem2", None),
    ("c14n-exc-without-comments-merlin-c14n-two-09", "bar:Something", None),
    ("c14n-exc-without-comments-merlin-c14n-two-18", "bar:Something", None),
    ("c14n-1-1-without-comments-xmlbase-prop-2", "ietf:e1", None),
    ("c14n-1-1-without-comments-xmlbase-prop-3", "ietf:e11", None),
    ("c14n-1-1-without-comments-xmlbase-prop-5", "ietf:e21", None),
    ("c14n-1-1-without-comments-xmlbase-prop-6", "ietf:e3", None),
    ("c14n-1-1-without-comments-xmlid-prop-1", "ietf:e1", None),
    ("c14n-1-1-without-comments-xmllang-prop-2", "ietf:e2", None),
    ("c14n-1-1-without-comments-xmllang-prop-3", "ietf:e11", None),
    ("c14n-1-1-without-comments-xmlspace-prop-1", "ietf:e1", None),
    ("c14n-1-1-without-comments-xmlspace-prop-2", "ietf:e2", None),
    ("c14n-santuario-defns", "dsig:Object", None),
    ("c14n-santuario-excl-example2_2_1", "n1:elem2", Some("c14n10")),
    ("c14n-santuario-excl-example2_2_2", "n1:elem2", Some("c14n10")),
    ("c14n-santuario-excl-example2_2_3", "p", Some("exc-c14n")),
    ("c14n-santuario-excl-example2_4", "etsi:elem2", Some("exc-c14n")),
    ("c14n-santuario-excl-plain-soap-1.1", "env:Body", Some("exc-c14n")),
];

const REFUSED: &str = "a document type declaration: refused, as the manifest has it";
const REFUSED_TOO: &str =
    "a document type declaration: refused, though the manifest does not say so";
const SUBSET: &str = "a node-set that is no element with everything in it: not run";
const RUN: &str = "run: the form is as expected";
const STRIPPED: &str = "run without its document type declaration too: the form is as expected";

/// What becomes of the 67 rows; the last three are among those that are refused.
const COUNTS: [(&str, usize); 5] =
    [(REFUSED, 7), (REFUSED_TOO, 18), (SUBSET, 18), (RUN, 24), (STRIPPED, 3)];

#[test]
fn every_form_is_as_published() {
    let Some(folder) = folder() else { return };
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).unwrap();
    let rows = manifest.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows.filter(|row| row[1].starts_with("c14n/")) {
        for outcome in run(&folder, &row) {
            *counts.entry(outcome).or_default() += 1;
        }
    }
    for (outcome, count) in &counts {
        println!("{count:4}  {outcome}");
    }
    assert_eq!(counts, BTreeMap::from(COUNTS));
}

fn run(folder: &Path, row: &[&str]) -> Vec<&'static str> {
    let [id, _, file, operation, expected, strict, _, options, ..] = row else { panic!("{row:?}") };
    let source = std::fs::read(folder.join(file)).unwrap();
    let source = to_utf8(&source, None).unwrap();
    let expected = std::fs::read(folder.join(expected)).unwrap();
    let element = ELEMENTS.iter().find(|(known, ..)| known == id);
    let named = element.and_then(|(_, _, method)| *method);
    let operation = operation.strip_prefix("canonicalize ").unwrap();
    let method = method(named.unwrap_or(operation));
    let prefixes = PrefixList::parse(options.strip_prefix("PrefixList=").unwrap_or_default());
    let form = |source: &[u8], apex| -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        canonicalize(source, &Limits::default(), method, &prefixes, apex, &mut out)?;
        Ok(out)
    };
    // Also where the manifest expects it to be read.
    if memchr::memmem::find(&source, b"<!DOCTYPE").is_some() {
        let error = form(&source, Apex::Document).unwrap_err();
        assert_eq!(error.cause(), Cause::DocumentType, "{id}");
        let as_expected = strict.starts_with("refuse:doctype");
        let mut outcomes = vec![if as_expected { REFUSED } else { REFUSED_TOO }];
        if file.ends_with("/example-1.xml") {
            // This one declares nothing.
            let found = form(&without_document_type(&source), Apex::Document).unwrap();
            assert_eq!(text(&found), text(&expected), "{id}");
            outcomes.push(STRIPPED);
        }
        return outcomes;
    }
    assert!(!strict.starts_with("refuse:doctype"), "{id}");
    let apex = match element {
        Some((_, name, _)) => Apex::Offset(first(&source, name)),
        None if *strict == "needs-xpath-nodeset" => return vec![SUBSET],
        None => Apex::Document,
    };
    assert_eq!(text(&form(&source, apex).unwrap()), text(&expected), "{id}");
    vec![RUN]
}

fn method(name: &str) -> Method {
    let uri = match name {
        "c14n10" => "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "c14n10#WithComments" => "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        "c14n11" => "http://www.w3.org/2006/12/xml-c14n11",
        "exc-c14n" => "http://www.w3.org/2001/10/xml-exc-c14n#",
        // Their documents are refused before.
        "(see note)" => "http://www.w3.org/2001/10/xml-exc-c14n#",
        _ => panic!("no method {name}"),
    };
    Method::from_uri(uri).unwrap()
}

/// Where the first element of that name begins.
fn first(source: &[u8], name: &str) -> usize {
    let mut scanner = Scanner::new(source, &Limits::default()).unwrap();
    loop {
        match scanner.next().unwrap() {
            Event::StartElement(element) if element.name.qualified().to_string() == name => {
                return element.range.start;
            }
            Event::EndDocument => panic!("no element {name}"),
            _ => {}
        }
    }
}

fn without_document_type(source: &[u8]) -> Vec<u8> {
    let start = memchr::memmem::find(source, b"<!DOCTYPE").unwrap();
    let end = start + memchr::memchr(b'>', &source[start..]).unwrap() + 1;
    [&source[..start], &source[end..]].concat()
}

fn text(octets: &[u8]) -> &str {
    core::str::from_utf8(octets).unwrap()
}

fn folder() -> Option<PathBuf> {
    let folder = match std::env::var_os("WSSE_VECTORS") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors")),
    };
    if folder.join("manifest.tsv").is_file() {
        return Some(folder);
    }
    assert!(std::env::var_os("WSSE_VECTORS").is_none(), "no vectors at {}", folder.display());
    println!("SKIPPED: no vectors at {}; WSSE_VECTORS names their folder", folder.display());
    None
}
