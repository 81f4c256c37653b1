//! The messages of vectors/signatures.tsv through C. The table is written anew with files and
//! seconds, which is all that C is spared.

use crate::compile::{Mode, compile_and_run};
use crate::library::{Library, manifest, work};
use crate::signature_table::{Row, Vectors, table, vectors};
use std::fs;
use std::path::Path;
use wsse_core::time::parse_date_time;

/// What verify demands by itself.
const VERIFY: &str = "version = 1\nrequire = { signed = [\"body\", \"timestamp?\"] }\n";

#[test]
fn every_signed_message_has_its_verdict() {
    let own = manifest().join("../vectors");
    let Some(vectors) = vectors(&own) else { return };
    let folder = work().join("signature-vectors");
    fs::create_dir_all(&folder).expect("a folder below target");
    // A document that is no message has no function in C.
    let is_run = |row: &&Row| row.get("kind") == "soap" && !row.is_listed();
    let table = table(&own);
    let rows: Vec<&Row> = table.iter().filter(is_run).collect();
    let valid = rows.iter().filter(|row| row.is_valid()).count();
    println!("{} rows run, {valid} of them valid", rows.len());
    assert!(rows.len() > 100 && valid > 20, "too few rows");
    let written: String = rows
        .iter()
        .enumerate()
        .map(|(index, row)| line(row, &vectors, &own, &folder, index))
        .collect();
    let expanded = write(&folder, "table.tsv", written.as_bytes());
    let source = manifest().join("tests/c/signature_vectors.c");
    for mode in Mode::ALL {
        if let Some(said) = compile_and_run(Library::plain(), &source, mode, &[&expanded]) {
            assert_eq!(said, format!("{} rows\n", rows.len()), "{mode:?}");
        }
    }
}

/// A row of the table that C reads.
fn line(row: &Row, vectors: &Vectors, own: &Path, folder: &Path, index: usize) -> String {
    let document = vectors.document(row);
    let mut keys: Vec<String> = vectors
        .keys(row, &document)
        .iter()
        .enumerate()
        .map(|(key, (kind, octets))| {
            format!("{kind}={}", write(folder, &format!("{index}-{key}.key"), octets))
        })
        .collect();
    if keys.is_empty() {
        // Nobody is trusted: an inbound wants to be told somebody.
        keys.push(format!("trust={}", own.join("keys/other-root.crt.pem").display()));
    }
    let policy = match row.get("policy") {
        "" => VERIFY.to_owned(),
        file => fs::read_to_string(own.join(file)).expect("a policy"),
    };
    let legacy: Vec<String> = row.legacy().map(|name| format!("\"{name}\"")).collect();
    let policy = format!("{policy}\nlegacy = {{ allow = [{}] }}\n", legacy.join(", "));
    let seconds = parse_date_time(row.get("at")).expect("a date").seconds();
    let fields = [
        write(folder, &format!("{index}.xml"), &document),
        write(folder, &format!("{index}.toml"), policy.as_bytes()),
        seconds.to_string(),
        keys.join("|"),
    ];
    let verdict = ["verdict", "category", "cause", "signed"].map(|column| row.get(column));
    format!("{}\t{}\n", fields.join("\t"), verdict.join("\t"))
}

pub(crate) fn write(folder: &Path, name: &str, octets: &[u8]) -> String {
    let path = folder.join(name);
    fs::write(&path, octets).expect("a file below target");
    path.display().to_string()
}
