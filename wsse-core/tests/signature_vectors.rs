//! The table of signatures and verdicts, vectors/signatures.tsv, against the third-party manifest.
#![expect(clippy::print_stdout, reason = "a test says what it leaves out")]

#[path = "support/reader.rs"]
mod reader;
#[path = "support/signature_table.rs"]
#[allow(dead_code, reason = "shared with the tests of the command line")]
mod signature_table;

use signature_table::{Key, Row, Tally};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wsse_core::crypto::{Certificate, PublicKey, Secret};
use wsse_core::error::Error;
use wsse_core::time::{FixedClock, parse_date_time};
use wsse_core::xml::{Event, Limits, Scanner};
use wsse_core::{Inbound, InboundPolicy};

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

#[test]
fn the_table_agrees_with_the_manifest() {
    let rows = signature_table::table(&own());
    let Some(vectors) = signature_table::vectors(&own()) else { return };
    let wrong = vectors.disagreements(&rows, &own());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What a policy must require of a bare document is no matter of `verify_bare`.
const BARE: &str = "version = 1\nrequire = { timestamp = true }\n";
const SOAP: &str = "version = 1\nrequire = { signed = [\"body\", \"timestamp?\"] }\n";

fn certificate_or_key(octets: &[u8]) -> Result<(Option<Certificate>, Option<PublicKey>), Error> {
    if let Ok(certificate) = Certificate::from_der(octets) {
        return Ok((Some(certificate), None));
    }
    if let Ok(certificates) = Certificate::many_from_pem(octets)
        && let Some(first) = certificates.into_iter().next()
    {
        return Ok((Some(first), None));
    }
    PublicKey::from_pem(octets).map(|key| (None, Some(key)))
}

fn inbound(row: &Row, keys: &[Key]) -> Result<Inbound, Error> {
    let mut text = match (row.get("policy"), row.get("kind")) {
        ("", "soap") => SOAP.to_owned(),
        ("", _) => BARE.to_owned(),
        (file, _) => std::fs::read_to_string(own().join(file)).expect("the policy"),
    };
    let legacy: Vec<String> = row.legacy().map(|name| format!("{name:?}")).collect();
    text += &format!("legacy = {{ allow = [{}] }}\n", legacy.join(", "));
    let at = parse_date_time(row.get("at"))?;
    let mut builder = Inbound::builder(InboundPolicy::from_toml(&text)?)
        .clock(Arc::new(FixedClock(at)))
        .replay_store("default", Arc::new(reader::Forgetful));
    for (kind, octets) in keys {
        builder = if kind == "secret" {
            builder.secret("", Secret::new(octets.clone()))
        } else {
            match (kind.as_str(), certificate_or_key(octets)?) {
                ("cert", (Some(certificate), _)) => builder.certificate("", certificate),
                ("cert", (None, Some(key))) => builder.public_key("", key),
                ("trust", (Some(certificate), _)) => builder.anchor("", certificate),
                ("untrusted", (Some(certificate), _)) => builder.untrusted(certificate),
                _ => panic!("{}: no certificate", row.place()),
            }
        };
    }
    builder.build()
}

/// The position of the element at `offset`, by local names.
fn position(document: &[u8], offset: usize) -> String {
    let mut scanner = Scanner::new(document, &Limits::default()).expect("a document");
    let mut names: Vec<String> = Vec::new();
    loop {
        match scanner.next().expect("a document that was verified") {
            Event::StartElement(element) => {
                names.truncate(scanner.depth() - 1);
                names.push(element.name.local.to_owned());
                if element.range.start == offset {
                    return format!("/{}", names.join("/"));
                }
            }
            Event::EndDocument => panic!("nothing begins at {offset}"),
            _ => {}
        }
    }
}

/// `/Envelope/Header/{urn:a}To[1]` without namespaces and numbers.
fn local_names(path: &str) -> String {
    let mut plain = String::new();
    let mut inside = false;
    for character in path.chars() {
        match character {
            '{' | '[' => inside = true,
            '}' | ']' => inside = false,
            _ if !inside => plain.push(character),
            _ => {}
        }
    }
    plain
}

/// The covered positions, or the refusal.
fn judge(row: &Row, document: &[u8], keys: &[Key]) -> Result<BTreeSet<String>, Error> {
    let inbound = inbound(row, keys)?;
    if row.get("kind") == "soap" {
        let validated = reader::validate(&inbound, document)?;
        return Ok(validated.signed().iter().map(|part| local_names(&part.path)).collect());
    }
    let verified = inbound.verify_bare(document, &mut ())?;
    let references = verified.references().iter();
    Ok(references.map(|reference| position(document, reference.range.start)).collect())
}

fn shown(row: &Row) -> String {
    if row.is_valid() {
        return format!("valid {}", Vec::from_iter(row.signed()).join(" "));
    }
    format!("{} {}", row.get("category"), row.get("cause"))
}

#[test]
fn every_row_has_its_verdict() {
    let rows = signature_table::table(&own());
    let Some(vectors) = signature_table::vectors(&own()) else { return };
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    for row in &rows {
        tally.add(row);
        if row.is_listed() {
            continue;
        }
        let document = vectors.document(row);
        let keys = vectors.keys(row, &document);
        let found = match judge(row, &document, &keys) {
            Ok(signed) => format!("valid {}", Vec::from_iter(signed).join(" ")),
            Err(error) => format!("{} {}", error.category().name(), error.cause().name()),
        };
        if found != shown(row) {
            wrong.push(format!(
                "{}\n    expected {}\n    found    {found}",
                row.place(),
                shown(row)
            ));
        }
    }
    tally.print();
    println!("{} times a stream said something else, for a reason", reader::explained());
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}
