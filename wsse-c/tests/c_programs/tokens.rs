//! vectors/tokens.tsv through C. The table is written anew with paths and seconds, which is all
//! that C is spared.

use crate::compile::{Mode, compile_and_run};
use crate::library::{Library, manifest, work};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use wsse_core::time::parse_date_time;

/// What waits until encryption is built, each with its reason in the table.
const WAITING: usize = 0;

#[test]
fn every_row_has_its_verdict() {
    let own = manifest().join("../vectors");
    let manifest_files = vectors().map(|folder| files_of_manifest(&folder));
    let table = std::fs::read_to_string(own.join("tokens.tsv")).expect("vectors/tokens.tsv");
    let mut lines = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let names: Vec<&str> = lines.next().expect("a line of names").split('\t').collect();
    let (mut rows, mut waiting, mut absent, mut written) = (0, 0, 0, String::new());
    for line in lines {
        let fields = line.split('\t').chain(core::iter::repeat(""));
        let row: BTreeMap<&str, &str> = names.iter().copied().zip(fields).collect();
        if row["verdict"] == "waiting" {
            waiting += 1;
            continue;
        }
        let file = match (row["id"].strip_prefix("own-"), &manifest_files) {
            (Some(name), _) => own.join("own").join(format!("{name}.xml")),
            (None, Some(files)) => files[row["id"]].clone(),
            (None, None) => {
                absent += 1;
                continue;
            }
        };
        let policy = match row["policy"] {
            preset if preset.starts_with("preset:") => preset.to_owned(),
            file => own.join(file).display().to_string(),
        };
        let seconds = parse_date_time(row["at"]).expect("a date").seconds().to_string();
        let file = file.display().to_string();
        written.push_str(&[&file, &policy, &seconds].map(String::as_str).join("\t"));
        for name in ["users", "verdict", "category", "cause", "username", "authenticated"] {
            written.push('\t');
            written.push_str(row[name]);
        }
        written.push('\n');
        rows += 1;
    }
    println!("{rows} rows run, {waiting} wait with their reasons, {absent} without their vectors");
    assert!(rows > 50, "{rows}");
    assert_eq!(waiting, WAITING);
    let expanded = work().join("tokens.tsv");
    std::fs::write(&expanded, written).expect("a file below target");
    let expanded = expanded.display().to_string();
    let source = manifest().join("tests/c/tokens.c");
    for mode in Mode::ALL {
        if let Some(said) = compile_and_run(Library::plain(), &source, mode, &[&expanded]) {
            assert_eq!(said, format!("{rows} rows\n"), "{mode:?}");
        }
    }
}

/// The folder of the third-party vectors, `WSSE_VECTORS` or beside the checkout.
fn vectors() -> Option<PathBuf> {
    let folder = match std::env::var_os("WSSE_VECTORS") {
        Some(folder) => folder.into(),
        None => manifest().join("../../shared/vectors"),
    };
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: no third-party vectors at {}; set WSSE_VECTORS", folder.display());
    None
}

fn files_of_manifest(folder: &Path) -> BTreeMap<String, PathBuf> {
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).expect("manifest.tsv");
    let rows = manifest.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        (fields[0].to_owned(), folder.join(fields[2]))
    });
    rows.collect()
}
