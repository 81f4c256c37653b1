//! The verdicts of vectors/tokens.tsv, through the command and its `--json`.
#![expect(clippy::print_stdout, reason = "a test says how many cases it ran, and what it left out")]

use crate::common::{Folder, finish, wsse};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

const COLUMNS: [&str; 10] = [
    "id",
    "policy",
    "at",
    "users",
    "verdict",
    "category",
    "cause",
    "username",
    "authenticated",
    "note",
];

/// The rows of the third-party manifest that are about tokens.
const GROUPS: [&str; 7] = [
    "atk-ts-",
    "atk-ut-",
    "atk-comment-02",
    "wss-ut-",
    "wss-timestamp",
    "wss-spring-u",
    "wss-spring-e",
];

#[derive(Clone)]
struct Row {
    line: usize,
    fields: Vec<String>,
}

impl Row {
    fn get(&self, column: &str) -> &str {
        let index = COLUMNS.iter().position(|name| *name == column).expect("a column");
        &self.fields[index]
    }

    fn is_own(&self) -> bool {
        self.get("id").starts_with("own-")
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn table() -> Vec<Row> {
    let text = fs::read_to_string(workspace().join("vectors/tokens.tsv")).expect("the table");
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(index, line)| (index + 1, line.split('\t').map(str::to_owned).collect()));
    let (_, columns): (_, Vec<String>) = lines.next().expect("the names of the columns");
    assert_eq!(columns, COLUMNS);
    let rows: Vec<Row> = lines.map(|(line, fields)| Row { line, fields }).collect();
    for row in &rows {
        assert_eq!(row.fields.len(), COLUMNS.len(), "line {}", row.line);
    }
    rows
}

/// The folder of the third-party vectors and its manifest: id and file of each row.
fn manifest() -> Option<(PathBuf, Vec<(String, String)>)> {
    let folder = match std::env::var_os("WSSE_VECTORS") {
        Some(folder) => PathBuf::from(folder),
        None => workspace().join("../shared/vectors"),
    };
    let path = folder.join("manifest.tsv");
    if !path.exists() {
        assert!(std::env::var_os("WSSE_VECTORS").is_none(), "WSSE_VECTORS: no {}", path.display());
        return None;
    }
    let text = fs::read_to_string(path).expect("the manifest");
    let rows = text
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|fields| (fields[0].to_owned(), fields[2].to_owned()))
        .collect();
    Some((folder, rows))
}

/// Runs one row and says what is not as the table has it.
fn judge(row: &Row, file: &Path, folder: &Folder) -> Option<String> {
    let policy = row.get("policy");
    let policy = match policy.strip_prefix("preset:") {
        Some(_) => policy.to_owned(),
        None => workspace().join("vectors").join(policy).to_str().expect("UTF-8").to_owned(),
    };
    let output = folder.path("out.xml");
    let _ = fs::remove_file(&output);
    let mut command =
        wsse(&["validate", "--json", "--policy", &policy, "--at", row.get("at"), "-o", &output]);
    for (index, user) in row.get("users").split_whitespace().enumerate() {
        let (name, password) = user.split_once('=').expect("NAME=PASSWORD");
        let variable = format!("PASSWORD_{index}");
        command.args(["--username", name, "--password-env", &variable]).env(variable, password);
    }
    command.arg(file);
    let outcome = finish(command, b"");
    let object = outcome.object();
    let text = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
    let authenticated = match object["authenticated"].as_bool() {
        Some(true) => "yes",
        Some(false) if text("verdict") == "valid" => "no",
        _ => "",
    };
    let found =
        [text("verdict"), text("fault"), text("cause"), text("username"), authenticated.to_owned()];
    let expected =
        ["verdict", "category", "cause", "username", "authenticated"].map(|name| row.get(name));
    let at = format!("line {}, {} by {}", row.line, row.get("id"), row.get("policy"));
    if found != expected {
        return Some(format!("{at}: expected {expected:?}, found {found:?}: {}", text("reason")));
    }
    let valid = row.get("verdict") == "valid";
    let status = i32::from(!valid);
    if outcome.status != status {
        return Some(format!("{at}: expected status {status}, found {}", outcome.status));
    }
    if valid != Path::new(&output).exists() {
        return Some(format!("{at}: OUT is written exactly if the message is valid"));
    }
    let told = outcome.error.starts_with(&format!("wsse: refused: {}: ", row.get("category")));
    if valid != outcome.error.is_empty() || valid == told {
        return Some(format!("{at}: standard error: {:?}", outcome.error));
    }
    None
}

#[test]
fn every_verdict_is_as_the_table_has_it() {
    let folder = Folder::new("vectors");
    let manifest = manifest();
    let (mut wrong, mut run, mut waiting, mut absent) = (Vec::new(), 0, 0, 0);
    for row in table() {
        let id = row.get("id");
        if row.get("verdict") == "waiting" {
            assert!(!row.get("note").is_empty(), "line {}: what is it waiting for?", row.line);
            waiting += 1;
            continue;
        }
        let file = match (&manifest, id.strip_prefix("own-")) {
            (_, Some(name)) => workspace().join(format!("vectors/own/{name}.xml")),
            (Some((vectors, rows)), None) => match rows.iter().find(|(found, _)| found == id) {
                Some((_, file)) => vectors.join(file),
                None => panic!("line {}: the manifest has no row {id}", row.line),
            },
            (None, None) => {
                absent += 1;
                continue;
            }
        };
        run += 1;
        wrong.extend(judge(&row, &file, &folder));
    }
    println!("{run} verdicts, {waiting} rows wait for signatures and encryption");
    if absent > 0 {
        println!(
            "{absent} rows not run: the third-party vectors are absent; put them into \
             ../shared/vectors, or name their folder in WSSE_VECTORS"
        );
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(run > 80, "only {run} rows were run");
}

#[test]
fn the_table_has_every_row_of_its_groups() {
    let table = table();
    let encrypted = crate::signature_table::encrypted(&workspace().join("vectors"));
    let elsewhere = encrypted.iter().map(|row| row.get("id"));
    let ids: HashSet<&str> = table.iter().map(|row| row.get("id")).chain(elsewhere).collect();
    let Some((_, rows)) = manifest() else {
        println!("not compared: the third-party vectors are absent");
        return;
    };
    let grouped = |id: &&str| GROUPS.iter().any(|group| id.starts_with(group));
    let missing: Vec<&str> = rows
        .iter()
        .map(|(id, _)| id.as_str())
        .filter(grouped)
        .filter(|id| !ids.contains(id))
        .collect();
    assert!(missing.is_empty(), "the table lacks {missing:?}");
    let comments = rows.iter().filter(|(id, _)| id.starts_with("atk-comment-02")).count();
    println!("atk-comment-02*: {comments} rows in the manifest");
}

#[test]
fn every_own_message_and_policy_is_used() {
    let table = table();
    let names = |folder: &str| -> Vec<String> {
        fs::read_dir(workspace().join("vectors").join(folder))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
            .collect()
    };
    let own: HashSet<String> = table
        .iter()
        .filter(|row| row.is_own())
        .map(|row| format!("{}.xml", row.get("id").trim_start_matches("own-")))
        .collect();
    for name in names("own") {
        assert!(own.contains(&name), "own/{name} stands in no row");
    }
    let folder = workspace().join("vectors");
    let signatures = crate::signature_table::table(&folder);
    let encrypted = crate::signature_table::encrypted(&folder);
    let others = signatures.iter().chain(&encrypted).map(|row| row.get("policy"));
    let policies: HashSet<&str> = table.iter().map(|row| row.get("policy")).chain(others).collect();
    for name in names("policies") {
        assert!(policies.contains(&*format!("policies/{name}")), "policies/{name} is unused");
    }
}
