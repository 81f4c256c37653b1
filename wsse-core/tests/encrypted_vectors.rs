//! The table of encrypted messages and verdicts, vectors/encrypted-messages.tsv, against the
//! third-party manifest.

#[path = "support/signature_table.rs"]
#[allow(dead_code, reason = "shared with the tests of signatures and of the command line")]
mod signature_table;

use signature_table::{Key, Row, Tally};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wsse_core::crypto::{KeyMaterial, Secret};
use wsse_core::error::Error;
use wsse_core::inbound::EncryptedPart;
use wsse_core::password::PasswordTable;
use wsse_core::time::{FixedClock, parse_date_time};
use wsse_core::{Inbound, InboundPolicy};

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

/// What a policy must require is no matter of `decrypt`.
const DECRYPT: &str = "version = 1\nrequire = { timestamp = true }\n";

#[test]
fn the_table_agrees_with_the_manifest() {
    let rows = signature_table::encrypted(&own());
    let Some(vectors) = signature_table::vectors(&own()) else { return };
    let wrong = vectors.disagreements(&rows, &own());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn inbound(row: &Row, keys: &[Key]) -> Result<Inbound, Error> {
    let mut text = match row.get("policy") {
        "" => DECRYPT.to_owned(),
        file => std::fs::read_to_string(own().join(file)).expect("the policy"),
    };
    let legacy: Vec<String> = row.legacy().map(|name| format!("{name:?}")).collect();
    text += &format!("legacy = {{ allow = [{}] }}\n", legacy.join(", "));
    let at = parse_date_time(row.get("at"))?;
    let mut builder =
        Inbound::builder(InboundPolicy::from_toml(&text)?).clock(Arc::new(FixedClock(at)));
    if let Some((username, password)) = row.get("user").split_once('=') {
        builder = builder.passwords(PasswordTable::new().with(username, Secret::new(password)));
    }
    for (kind, octets) in keys {
        let mut material = KeyMaterial::read(octets, None)?;
        let key = material.private_key.take();
        let certificate = || material.certificates.first().cloned().expect("a certificate");
        builder = match kind.as_str() {
            "key" => builder.decryption_key("", key.expect("a private key")),
            "cert" => builder.certificate("", certificate()),
            "trust" => builder.anchor("", certificate()),
            "untrusted" => builder.untrusted(certificate()),
            other => panic!("{}: unknown kind {other}", row.place()),
        };
    }
    builder.build()
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

/// The covered and the encrypted positions, or the refusal.
fn judge(row: &Row, document: &[u8], keys: &[Key]) -> Result<String, Error> {
    let inbound = inbound(row, keys)?;
    let shown = |part: &EncryptedPart| {
        format!("{}{}", local_names(&part.path), if part.content { "/*" } else { "" })
    };
    let (mut signed, encrypted) = if row.get("door") == "decrypt" {
        (Vec::new(), inbound.decrypt(document)?.encrypted().to_vec())
    } else {
        let validated = inbound.validate(document)?;
        let signed = validated.signed().iter().map(|part| local_names(&part.path)).collect();
        (signed, validated.encrypted().to_vec())
    };
    signed.sort_unstable();
    let mut encrypted: Vec<String> = encrypted.iter().map(shown).collect();
    encrypted.sort_unstable();
    Ok(format!("valid {} | {}", signed.join(" "), encrypted.join(" ")))
}

fn expected(row: &Row) -> String {
    if !row.is_valid() {
        return format!("{} {}", row.get("category"), row.get("cause"));
    }
    let sorted = |column: &str| {
        let mut all: Vec<&str> = row.get(column).split_whitespace().collect();
        all.sort_unstable();
        all.join(" ")
    };
    format!("valid {} | {}", sorted("signed"), sorted("encrypted"))
}

#[test]
fn every_row_has_its_verdict() {
    let rows = signature_table::encrypted(&own());
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
            Ok(verdict) => verdict,
            Err(error) => format!("{} {}", error.category().name(), error.cause().name()),
        };
        if found != expected(row) {
            wrong.push(format!(
                "{}\n    expected {}\n    found    {found}",
                row.place(),
                expected(row)
            ));
        }
    }
    tally.print();
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}
