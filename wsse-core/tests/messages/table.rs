//! The table of messages and verdicts that every language reads: vectors/tokens.tsv.

use crate::support::{clock, vectors};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use wsse_core::crypto::Secret;
use wsse_core::password::PasswordTable;
use wsse_core::time::parse_date_time;
use wsse_core::{Inbound, InboundPolicy};

#[test]
fn every_row_has_its_verdict() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let manifest = vectors().map(|folder| files_of_manifest(&folder));
    let table = std::fs::read_to_string(own.join("tokens.tsv")).unwrap();
    let mut lines = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let (mut run, mut absent) = (0, 0);
    for line in lines {
        let fields: Vec<&str> = line.split('\t').collect();
        let row: BTreeMap<&str, &str> = names
            .iter()
            .copied()
            .zip(fields.iter().copied().chain(core::iter::repeat("")))
            .collect();
        let id = row["id"];
        let file = match (id.strip_prefix("own-"), &manifest) {
            (Some(name), _) => own.join("own").join(format!("{name}.xml")),
            (None, Some(files)) => files[id].clone(),
            (None, None) => {
                absent += 1;
                continue;
            }
        };
        let message = std::fs::read(file).unwrap();
        assert_eq!(verdict(&own, &row, &message), expected(&row), "{line}");
        run += 1;
    }
    println!("{run} rows run, {absent} without their vectors");
    assert!(run > 50, "{run}");
}

fn expected(row: &BTreeMap<&str, &str>) -> String {
    match row["verdict"] {
        "valid" => format!("valid {:?} {}", row["username"], row["authenticated"]),
        "refused" => format!("{} {}", row["category"], row["cause"]),
        other => panic!("unknown verdict {other}"),
    }
}

fn verdict(own: &Path, row: &BTreeMap<&str, &str>, message: &[u8]) -> String {
    let policy = match row["policy"].strip_prefix("preset:") {
        Some(name) => InboundPolicy::preset(name),
        None => {
            InboundPolicy::from_toml(&std::fs::read_to_string(own.join(row["policy"])).unwrap())
        }
    };
    let users = row["users"].split_whitespace().map(|pair| pair.split_once('=').unwrap());
    let table = users
        .fold(PasswordTable::new(), |table, (user, secret)| table.with(user, Secret::new(secret)));
    let mut builder = Inbound::builder(policy.unwrap())
        .clock(clock(parse_date_time(row["at"]).unwrap().seconds()));
    if !row["users"].is_empty() {
        builder = builder.passwords(table);
    }
    match builder.build().unwrap().validate(message) {
        Ok(valid) => {
            let authenticated = if valid.is_authenticated() { "yes" } else { "no" };
            format!("valid {:?} {authenticated}", valid.username().unwrap_or_default())
        }
        Err(error) => format!("{} {}", error.category(), error.cause().name()),
    }
}

fn files_of_manifest(folder: &Path) -> BTreeMap<String, PathBuf> {
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).unwrap();
    let rows = manifest.lines().skip(1).map(|line| {
        let mut fields = line.split('\t');
        let id = fields.next().unwrap().to_owned();
        (id, folder.join(fields.nth(1).unwrap()))
    });
    rows.collect()
}
