//! The verdicts of vectors/signatures.tsv, through the command and its `--json`.

use crate::common::{Folder, Outcome, finish, wsse};
use crate::signature_table::{Key, Row, Tally, Vectors, table, vectors};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

#[test]
fn every_signature_has_the_verdict_of_the_table() {
    let rows = table(&own());
    let Some(vectors) = vectors(&own()) else { return };
    let folder = Folder::new("signature-vectors");
    let (mut wrong, mut tally) = (Vec::new(), Tally::default());
    for row in &rows {
        tally.add(row);
        if !row.is_listed() {
            wrong.extend(judge(row, &vectors, &folder));
        }
    }
    tally.print();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tally.valid > 90 && tally.refused > 300, "too few rows");
}

/// Runs one row and says what is not as the table has it.
fn judge(row: &Row, vectors: &Vectors, folder: &Folder) -> Option<String> {
    let document = vectors.document(row);
    let output = folder.path("out.xml");
    let _ = fs::remove_file(&output);
    let outcome = run(row, &document, &vectors.keys(row, &document), folder, &output);
    let place = row.place();
    if outcome.output.is_empty() {
        return Some(format!("{place}: status {}: {}", outcome.status, outcome.error.trim_end()));
    }
    let object = outcome.object();
    let text = |key: &str| object[key].as_str().unwrap_or_default();
    let found = [text("verdict"), text("fault"), text("cause")];
    let expected = ["verdict", "category", "cause"].map(|column| row.get(column));
    if found != expected {
        return Some(format!(
            "{place}: expected {expected:?}, found {found:?}: {}",
            text("reason")
        ));
    }
    let signed = covered(&object);
    if signed != row.signed() {
        return Some(format!(
            "{place}: expected {:?} to be signed, found {signed:?}",
            row.signed()
        ));
    }
    let status = i32::from(!row.is_valid());
    if outcome.status != status {
        return Some(format!("{place}: expected status {status}, found {}", outcome.status));
    }
    let told = outcome.error.starts_with(&format!("wsse: refused: {}: ", row.get("category")));
    if row.is_valid() != outcome.error.is_empty() || row.is_valid() == told {
        return Some(format!("{place}: standard error: {:?}", outcome.error));
    }
    if row.is_valid() != Path::new(&output).exists() {
        return Some(format!("{place}: OUT is written exactly if the document is valid"));
    }
    None
}

fn run(row: &Row, document: &[u8], keys: &[Key], folder: &Folder, output: &str) -> Outcome {
    let policy = own().join(row.get("policy"));
    let policy = policy.to_str().expect("UTF-8");
    let mut command = match (row.get("kind"), row.get("policy")) {
        ("soap", "") => wsse(&["verify"]),
        ("soap", _) => wsse(&["validate", "--policy", policy]),
        (_, "") => wsse(&["verify", "--bare"]),
        (_, _) => wsse(&["verify", "--bare", "--policy", policy]),
    };
    command.args(["--json", "--at", row.get("at"), "-o", output]);
    for (index, (kind, octets)) in keys.iter().enumerate() {
        command.arg(format!("--{kind}")).arg(folder.write(&format!("key-{index}"), octets));
    }
    for name in row.legacy() {
        command.args(["--legacy", name]);
    }
    command.arg(folder.write("document.xml", document));
    finish(command, b"")
}

/// The positions of `signed`, by local names.
fn covered(object: &Value) -> BTreeSet<String> {
    let parts = object["signed"].as_array().map(Vec::as_slice).unwrap_or_default();
    parts.iter().map(|part| by_local_names(part["path"].as_str().unwrap_or_default())).collect()
}

/// `/Envelope/Header/{urn:a}To[1]` as `/Envelope/Header/To`.
pub(crate) fn by_local_names(path: &str) -> String {
    let mut shown = String::new();
    let mut rest = path;
    while let Some(character) = rest.chars().next() {
        let skip = match character {
            '{' => rest.find('}').map(|end| end + 1),
            '[' => rest.find(']').map(|end| end + 1),
            _ => None,
        };
        if skip.is_none() {
            shown.push(character);
        }
        rest = &rest[skip.unwrap_or(character.len_utf8())..];
    }
    shown
}
