//! The messages of vectors/encrypted-messages.tsv through C. The table is written anew with files and
//! seconds, which is all that C is spared.

use crate::compile::{Mode, compile_and_run};
use crate::library::{Library, manifest, work};
use crate::signature_table::{Row, Vectors, encrypted, vectors};
use crate::signature_vectors::write;
use std::fs;
use std::path::Path;
use wsse_core::time::parse_date_time;

/// What a policy must require is no matter of decrypting.
const DECRYPT: &str = "version = 1\nrequire = { timestamp = true }\n";

#[test]
fn every_encrypted_message_has_its_verdict() {
    let own = manifest().join("../vectors");
    let Some(vectors) = vectors(&own) else { return };
    let folder = work().join("encrypted-vectors");
    fs::create_dir_all(&folder).expect("a folder below target");
    let table = encrypted(&own);
    let rows: Vec<&Row> = table.iter().filter(|row| !row.is_listed()).collect();
    let valid = rows.iter().filter(|row| row.is_valid()).count();
    println!("{} rows run, {valid} of them valid", rows.len());
    assert!(rows.len() > 60 && valid > 15, "too few rows");
    let written: String = rows
        .iter()
        .enumerate()
        .map(|(index, row)| line(row, &vectors, &own, &folder, index))
        .collect();
    let expanded = write(&folder, "table.tsv", written.as_bytes());
    let source = manifest().join("tests/c/encrypted_vectors.c");
    for mode in Mode::ALL {
        if let Some(said) = compile_and_run(Library::plain(), &source, mode, &[&expanded]) {
            assert_eq!(said, format!("{} rows\n", rows.len()), "{mode:?}");
        }
    }
}

/// A row of the table that C reads.
fn line(row: &Row, vectors: &Vectors, own: &Path, folder: &Path, index: usize) -> String {
    let document = vectors.document(row);
    let keys: Vec<String> = vectors
        .keys(row, &document)
        .iter()
        .enumerate()
        .map(|(key, (kind, octets))| {
            format!("{kind}={}", write(folder, &format!("{index}-{key}.key"), octets))
        })
        .collect();
    let policy = match row.get("policy") {
        "" => DECRYPT.to_owned(),
        file => fs::read_to_string(own.join(file)).expect("a policy"),
    };
    let legacy: Vec<String> = row.legacy().map(|name| format!("\"{name}\"")).collect();
    let policy = format!("{policy}\nlegacy = {{ allow = [{}] }}\n", legacy.join(", "));
    let seconds = parse_date_time(row.get("at")).expect("a date").seconds();
    let fields = [
        write(folder, &format!("{index}.xml"), &document),
        row.get("door").to_owned(),
        write(folder, &format!("{index}.toml"), policy.as_bytes()),
        seconds.to_string(),
        row.get("user").to_owned(),
        keys.join("|"),
    ];
    let columns = ["verdict", "category", "cause", "signed", "encrypted"];
    let verdict = columns.map(|column| row.get(column));
    format!("{}\t{}\n", fields.join("\t"), verdict.join("\t"))
}
