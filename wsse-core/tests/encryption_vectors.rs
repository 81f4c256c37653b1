//! The table of encrypted documents, vectors/encryption.tsv, against the third-party manifest.

#[path = "support/encryption_table.rs"]
#[allow(dead_code, reason = "shared with the tests of the command line")]
mod encryption_table;

use encryption_table::{Key, Row, Tally, Vectors};
use std::path::{Path, PathBuf};
use wsse_core::crypto::{KeyMaterial, Secret};
use wsse_core::error::Error;
use wsse_core::{Inbound, InboundPolicy};

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

#[test]
fn the_table_agrees_with_the_manifest() {
    let rows = encryption_table::table(&own());
    let Some(vectors) = encryption_table::vectors(&own()) else { return };
    let wrong = vectors.disagreements(&rows);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn decrypt(row: &Row, vectors: &Vectors) -> Result<Vec<u8>, Error> {
    let legacy: Vec<String> = row.legacy().map(|name| format!("{name:?}")).collect();
    // What a policy must require of a message is no matter of `decrypt_bare`.
    let text = format!(
        "version = 1\nrequire = {{ timestamp = true }}\nlegacy = {{ allow = [{}] }}\n",
        legacy.join(", ")
    );
    let mut builder = Inbound::builder(InboundPolicy::from_toml(&text)?);
    let password = row.password().map(|text| Secret::new(text.as_bytes()));
    for key in vectors.keys(row) {
        builder = match key {
            Key::Private { name, file } => {
                let octets = std::fs::read(file).expect("the key is read");
                let material = KeyMaterial::read(&octets, password.as_ref())?;
                builder.decryption_identity(name, &material.into_identity()?)
            }
            Key::Secret { name, octets } => builder.secret(name, Secret::new(octets)),
        };
    }
    let document = std::fs::read(vectors.file(row)).expect("the vector is read");
    Ok(builder.build()?.decrypt_bare(&document)?.into_octets())
}

#[test]
fn every_row_has_its_verdict() {
    let rows = encryption_table::table(&own());
    let Some(vectors) = encryption_table::vectors(&own()) else { return };
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    for row in &rows {
        tally.add(row);
        let found = match decrypt(row, &vectors) {
            Ok(octets) => match vectors.difference(row, &octets) {
                None => "valid".to_owned(),
                Some(difference) => difference,
            },
            Err(error) => {
                format!("{} {}", error.category().name(), error.cause().name())
            }
        };
        if found != row.expected() {
            let expected = row.expected();
            wrong.push(format!("{}\n    expected {expected}\n    found    {found}", row.place()));
        }
    }
    tally.print();
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}
