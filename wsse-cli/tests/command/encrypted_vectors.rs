//! The verdicts of vectors/encrypted-messages.tsv, through the command and its `--json`.

use crate::common::{Folder, Outcome, finish, wsse};
use crate::signature_table::{Key, Row, Tally, Vectors, encrypted, vectors};
use crate::signature_vectors::by_local_names;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

#[test]
fn every_encrypted_message_has_the_verdict_of_the_table() {
    let rows = encrypted(&own());
    let Some(vectors) = vectors(&own()) else { return };
    let folder = Folder::new("encrypted-vectors");
    let (mut wrong, mut tally) = (Vec::new(), Tally::default());
    for row in &rows {
        tally.add(row);
        if !row.is_listed() {
            wrong.extend(judge(row, &vectors, &folder));
        }
    }
    tally.print();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tally.valid > 15 && tally.refused > 40, "too few rows");
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
        let reason = text("reason");
        return Some(format!("{place}: expected {expected:?}, found {found:?}: {reason}"));
    }
    for column in ["signed", "encrypted"] {
        let (expected, found) = (positions(row, column), shown(&object[column]));
        if expected != found {
            return Some(format!("{place}: expected {expected:?} {column}, found {found:?}"));
        }
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
        return Some(format!("{place}: OUT is written exactly if the message is valid"));
    }
    None
}

fn run(row: &Row, document: &[u8], keys: &[Key], folder: &Folder, output: &str) -> Outcome {
    let policy = own().join(row.get("policy"));
    let mut command = match row.get("door") {
        "decrypt" => wsse(&["decrypt"]),
        _ => wsse(&["validate", "--policy", policy.to_str().expect("UTF-8")]),
    };
    command.args(["--json", "--at", row.get("at"), "-o", output]);
    if let Some((username, password)) = row.get("user").split_once('=') {
        command.args(["--username", username, "--password-env", "USER_PASSWORD"]);
        command.env("USER_PASSWORD", password);
    }
    for (index, (kind, octets)) in keys.iter().enumerate() {
        command.arg(format!("--{kind}")).arg(folder.write(&format!("key-{index}"), octets));
    }
    for name in row.legacy() {
        command.args(["--legacy", name]);
    }
    command.arg(folder.write("message.xml", document));
    finish(command, b"")
}

fn positions(row: &Row, column: &str) -> Vec<String> {
    let mut all: Vec<String> = row.get(column).split_whitespace().map(str::to_owned).collect();
    all.sort_unstable();
    all
}

/// The positions of a member of the object, by local names.
fn shown(parts: &Value) -> Vec<String> {
    let parts = parts.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut all: Vec<String> = parts
        .iter()
        .map(|part| {
            let path = by_local_names(part["path"].as_str().unwrap_or_default());
            if part["content"] == true { path + "/*" } else { path }
        })
        .collect();
    all.sort_unstable();
    all
}
