//! The verdicts of vectors/tokens.tsv, through [`Inbound`]. The command line and the Python package
//! are held to the same table.
//!
//! Third-party messages are read from `../shared/vectors` beside the workspace, or from
//! `WSSE_VECTORS`.
#![expect(clippy::print_stdout, reason = "an absent folder must be heard of")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use wsse_core::crypto::Secret;
use wsse_core::password::PasswordTable;
use wsse_core::time::{FixedClock, parse_date_time};
use wsse_core::token::Password;
use wsse_core::{Cause, Error, Inbound, InboundPolicy, ValidatedMessage};

/// A row of the table; its first line names the columns, and a test of the command line checks
/// that they are these.
struct Row<'t> {
    id: &'t str,
    policy: &'t str,
    at: &'t str,
    users: &'t str,
    verdict: &'t str,
    category: &'t str,
    cause: &'t str,
    username: &'t str,
    authenticated: &'t str,
}

#[test]
fn every_verdict_is_as_the_table_has_it() {
    let table = std::fs::read_to_string(vectors().join("tokens.tsv")).unwrap();
    let third_party = third_party();
    let (mut run, mut absent, mut wrong) = (0, 0, Vec::new());
    for row in rows(&table).filter(|row| row.verdict != "waiting") {
        let file = match (row.id.strip_prefix("own-"), &third_party) {
            (Some(name), _) => vectors().join(format!("own/{name}.xml")),
            (None, Some((folder, manifest))) => folder.join(find(manifest, row.id)),
            (None, None) => {
                absent += 1;
                continue;
            }
        };
        run += 1;
        let message = std::fs::read(file).unwrap();
        let inbound = inbound(&row);
        let outcome = inbound.validate(&message);
        let found = describe(&outcome);
        let expected =
            [row.verdict, row.category, row.cause, row.username, row.authenticated].join(" ");
        if found != expected {
            wrong.push(format!("{} by {}: expected {expected}, found {found}", row.id, row.policy));
        }
        if let Ok(validated) = outcome {
            check_second_time(&row, &inbound, &message, &validated);
        }
    }
    println!("{run} verdicts");
    if absent > 0 {
        println!("{absent} rows not run: no ../shared/vectors; name the folder in WSSE_VECTORS");
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(run > 80, "only {run} rows were run");
}

/// A message whose token a hash or a Nonce tells apart passes once; the others are good as long as
/// they are fresh.
fn check_second_time(
    row: &Row<'_>,
    inbound: &Inbound,
    message: &[u8],
    validated: &ValidatedMessage,
) {
    let recognised = validated.username_token().is_some_and(|token| match token.password {
        Password::Digest(_) => true,
        Password::Text(_) => token.nonce.is_some(),
        _ => false,
    });
    let expected = recognised.then_some(Cause::Replay);
    let second = inbound.validate(message).err().map(|error| error.cause());
    assert_eq!(second, expected, "{} by {} a second time", row.id, row.policy);
}

fn describe(outcome: &Result<ValidatedMessage, Error>) -> String {
    match outcome {
        Ok(message) => {
            let username = message.username().unwrap_or_default();
            let authenticated = if message.is_authenticated() { "yes" } else { "no" };
            format!("valid   {username} {authenticated}")
        }
        Err(error) => format!("refused {} {}  ", error.category(), error.cause().name()),
    }
}

fn inbound(row: &Row<'_>) -> Inbound {
    let policy = match row.policy.strip_prefix("preset:") {
        Some(name) => InboundPolicy::preset(name),
        None => {
            InboundPolicy::from_toml(&std::fs::read_to_string(vectors().join(row.policy)).unwrap())
        }
    };
    let clock = FixedClock(parse_date_time(row.at).unwrap());
    let mut builder = Inbound::builder(policy.unwrap()).clock(Arc::new(clock));
    if !row.users.is_empty() {
        let users = row.users.split(' ').map(|user| user.split_once('=').unwrap());
        let table = users.fold(PasswordTable::new(), |table, (name, password)| {
            table.with(name, Secret::new(password))
        });
        builder = builder.passwords(table);
    }
    builder.build().unwrap()
}

fn rows(table: &str) -> impl Iterator<Item = Row<'_>> {
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.skip(1).map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [id, policy, at, users, verdict, category, cause, username, authenticated, _note] =
            fields[..]
        else {
            panic!("{line:?} has not ten fields");
        };
        Row { id, policy, at, users, verdict, category, cause, username, authenticated }
    })
}

fn find<'m>(manifest: &'m str, id: &str) -> &'m str {
    let row = manifest.lines().find_map(|line| line.strip_prefix(id)?.strip_prefix('\t'));
    row.and_then(|rest| rest.split('\t').nth(1)).unwrap_or_else(|| panic!("no row {id}"))
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

/// The folder of the third-party vectors, and their manifest.
fn third_party() -> Option<(PathBuf, String)> {
    let named = std::env::var_os("WSSE_VECTORS").map(PathBuf::from);
    let folder = named.clone().unwrap_or_else(|| vectors().join("../../shared/vectors"));
    match std::fs::read_to_string(folder.join("manifest.tsv")) {
        Ok(manifest) => Some((folder, manifest)),
        Err(error) => {
            assert!(named.is_none(), "WSSE_VECTORS: {error}");
            None
        }
    }
}
