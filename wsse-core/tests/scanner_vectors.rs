//! The scanner on hostile documents that others published or that were made for the purpose:
//! each is refused for exactly its cause, and the two that are sound are read to the end.
//!
//! They are read from `../shared/vectors` beside the workspace, or from `WSSE_VECTORS`.
#![expect(clippy::print_stdout, reason = "an absent folder must be heard of")]

use std::path::PathBuf;
use wsse_core::xml::{Event, Limits, Scanner, to_utf8};
use wsse_core::{Cause, Error};

const EXPECTED: &[(&str, Result<(), Cause>)] = &[
    ("generated/dtd-01-empty-doctype.xml", Err(Cause::DocumentType)),
    ("generated/dtd-03-external-entity.xml", Err(Cause::DocumentType)),
    ("generated/dtd-04-billion-laughs.xml", Err(Cause::DocumentType)),
    ("generated/dtd-06-attlist-id-default.xml", Err(Cause::DocumentType)),
    ("generated/dtd-07-parameter-entity.xml", Err(Cause::DocumentType)),
    ("generated/xml-01-duplicate-attribute.xml", Err(Cause::DuplicateAttribute)),
    ("generated/xml-03-undeclared-prefix.xml", Err(Cause::UndeclaredPrefix)),
    ("generated/xml-04-trailing-element.xml", Err(Cause::ContentOutsideRoot)),
    ("generated/xml-06-utf16-declared-utf8-bytes.xml", Err(Cause::Encoding)),
    ("generated/xml-07-xml11-nel.xml", Err(Cause::Syntax)),
    ("generated/xml-09-5000-attributes.xml", Err(Cause::AttributeCount)),
    ("generated/xml-10-2000-namespaces.xml", Err(Cause::AttributeCount)),
    ("generated/xml-12-attr-whitespace-order.xml", Ok(())),
    ("generated/xml-13-bom.xml", Ok(())),
    ("xml-bombs/cyclic.xml", Err(Cause::DocumentType)),
    ("xml-bombs/external.xml", Err(Cause::DocumentType)),
    ("xml-bombs/external_file.xml", Err(Cause::DocumentType)),
    ("xml-bombs/xmlbomb2.xml", Err(Cause::DocumentType)),
];

#[test]
fn each_hostile_document_is_refused_for_its_cause() {
    let Some(folder) = attacks() else { return };
    for (file, expected) in EXPECTED {
        let source = std::fs::read(folder.join(file)).unwrap();
        let verdict = read(&source, None).map_err(|error| error.cause());
        assert_eq!(verdict, *expected, "{file}");
    }
}

#[test]
fn every_hostile_document_of_the_folder_is_in_the_list() {
    let Some(folder) = attacks() else { return };
    for (sub, prefixes) in [("generated", &["dtd-", "xml-"][..]), ("xml-bombs", &[""])] {
        for entry in std::fs::read_dir(folder.join(sub)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if prefixes.iter().any(|prefix| name.starts_with(prefix)) && name.ends_with(".xml") {
                let file = format!("{sub}/{name}");
                assert!(EXPECTED.iter().any(|(known, _)| *known == file), "{file}");
            }
        }
    }
}

/// A document type declaration is refused where it begins: nothing in it was read.
#[test]
fn a_document_type_is_refused_where_it_begins() {
    let Some(folder) = attacks() else { return };
    for (file, expected) in EXPECTED {
        if *expected == Err(Cause::DocumentType) {
            let source = std::fs::read(folder.join(file)).unwrap();
            let at = read(&source, None).unwrap_err().position().unwrap().offset;
            assert!(source[at..].starts_with(b"<!DOCTYPE"), "{file}");
        }
    }
}

/// With a larger budget for one tag the flood of declarations meets the next one, and the 5,000
/// attributes are read: the budgets are what stops them, not luck.
#[test]
fn floods_are_stopped_by_their_own_budget() {
    let Some(folder) = attacks() else { return };
    let mut limits = Limits::default();
    limits.attributes = 10_000;
    let cause = |file: &str, limits: &Limits| {
        let source = std::fs::read(folder.join(file)).unwrap();
        scan(&source, limits).map_err(|error| error.cause())
    };
    let attributes = "generated/xml-09-5000-attributes.xml";
    let namespaces = "generated/xml-10-2000-namespaces.xml";
    assert_eq!(cause(attributes, &limits), Ok(()));
    assert_eq!(cause(namespaces, &limits), Err(Cause::NamespaceCount));
    limits.namespaces = 10_000;
    assert_eq!(cause(namespaces, &limits), Ok(()));
}

fn read(source: &[u8], charset: Option<&str>) -> Result<(), Error> {
    scan(&to_utf8(source, charset)?, &Limits::default())
}

fn scan(source: &[u8], limits: &Limits) -> Result<(), Error> {
    let mut scanner = Scanner::new(source, limits)?;
    while scanner.next()? != Event::EndDocument {}
    Ok(())
}

fn attacks() -> Option<PathBuf> {
    let folder = match std::env::var_os("WSSE_VECTORS") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors")),
    };
    let attacks = folder.join("attacks");
    if attacks.is_dir() {
        return Some(attacks);
    }
    println!("no vectors at {}: nothing was tested; set WSSE_VECTORS", folder.display());
    None
}
