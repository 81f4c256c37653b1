//! `wsse decrypt --bare`: what `wsse encrypt --bare` made, and the verdicts of vectors/encryption.tsv.
#![expect(clippy::print_stdout, reason = "a test says how many cases it ran, and what it left out")]

use crate::common::{Folder, finish, run_with_input, wsse};
use crate::encryption_table::{Key, Row, Tally, Vectors, table, vectors};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

#[test]
fn every_document_has_the_verdict_of_the_table() {
    let rows = table(&own());
    let Some(vectors) = vectors(&own()) else { return };
    let folder = Folder::new("decrypt-bare-vectors");
    let (mut wrong, mut tally, mut run) = (Vec::new(), Tally::default(), 0);
    for row in &rows {
        tally.add(row);
        wrong.extend(judge(row, &vectors, &folder));
        run += 1;
    }
    tally.print();
    println!("{run} rows through the command");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(run > 280, "too few rows");
}

/// Runs one row and says what is not as the table has it.
fn judge(row: &Row, vectors: &Vectors, folder: &Folder) -> Option<String> {
    let output = folder.path("out");
    let _ = fs::remove_file(&output);
    let mut command = wsse(&["decrypt", "--bare", "--json", "-o", &output]);
    for (index, key) in vectors.keys(row).into_iter().enumerate() {
        match key {
            Key::Private { name, file } => {
                command.arg("--key").arg(named(&name, file.to_str().expect("UTF-8")));
            }
            Key::Certificate { name, file } => {
                command.arg("--cert").arg(named(&name, file.to_str().expect("UTF-8")));
            }
            Key::Secret { name, octets } => {
                let file = folder.write(&format!("secret-{index}"), &octets);
                command.arg("--secret").arg(named(&name, &file));
            }
        }
    }
    if let Some(password) = row.password() {
        command.args(["--key-password-env", "KEY_PASSWORD"]).env("KEY_PASSWORD", password);
    }
    for name in row.legacy() {
        command.args(["--legacy", name]);
    }
    command.arg(vectors.file(row));
    let outcome = finish(command, b"");
    let place = row.place();
    let object = outcome.object();
    let text = |key: &str| object[key].as_str().unwrap_or_default();
    let is_valid = row.get("verdict") == "valid";
    let found = if text("verdict") == "valid" {
        "valid".to_owned()
    } else {
        format!("{} {}", text("fault"), text("cause"))
    };
    if found != row.expected() {
        let (expected, reason) = (row.expected(), text("reason"));
        return Some(format!("{place}: expected {expected}, found {found}: {reason}"));
    }
    let status = match (is_valid, row.get("category")) {
        (true, _) => 0,
        (false, "Misuse") => 2,
        (false, _) => 1,
    };
    if outcome.status != status {
        return Some(format!("{place}: expected status {status}, found {}", outcome.status));
    }
    match fs::read(&output) {
        Ok(octets) if is_valid => {
            vectors.difference(row, &octets).map(|difference| format!("{place}: {difference}"))
        }
        Err(_) if !is_valid => None,
        _ => Some(format!("{place}: OUT is written exactly if something was decrypted")),
    }
}

fn named(name: &str, file: &str) -> String {
    if name.is_empty() { file.to_owned() } else { format!("{name}={file}") }
}

#[test]
fn what_was_encrypted_is_told_by_position() {
    const DOCUMENT: &str =
        "<order xmlns=\"urn:o\"><card id=\"a\">1</card><card id=\"b\">2</card></order>";
    let key = |name: &str| format!("{}/../vectors/keys/{name}", env!("CARGO_MANIFEST_DIR"));
    let (recipient, key) = (key("server.crt.pem"), key("server.key.pem"));
    let encrypt = |more: &[&str], input: &str| {
        let arguments = [&["encrypt", "--bare", "--recipient", &recipient], more].concat();
        run_with_input(&arguments, input.as_bytes()).assert_status(0).output.clone()
    };
    let one = encrypt(&["--id", "b"], DOCUMENT);
    let two = encrypt(&["--id", "a", "--type", "content"], &one);
    let decrypt = ["decrypt", "--bare", "--key", &key];
    let plain = run_with_input(&decrypt, two.as_bytes());
    assert_eq!(plain.assert_status(0).output, DOCUMENT);
    let told = run_with_input(&[&decrypt[..], &["--json"]].concat(), two.as_bytes());
    let expected = json!([
        { "path": "/{urn:o}order[1]/{urn:o}card[1]", "content": true },
        { "path": "/{urn:o}order[1]/{urn:o}card[2]", "content": false },
    ]);
    assert_eq!(told.assert_status(0).object()["encrypted"], expected);
    run_with_input(&decrypt, DOCUMENT.as_bytes()).assert_status(1).assert_error("no EncryptedData");
    let broken = two.replacen("<xenc:CipherValue>", "<xenc:CipherValue>AAAA", 1);
    let refused = run_with_input(&decrypt, broken.as_bytes());
    refused.assert_status(1).assert_error("wsse: refused: FailedCheck: ");
    assert_eq!(refused.output, "");
}
