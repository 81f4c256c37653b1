//! The tables of verdicts that every language reads, vectors/signatures.tsv and
//! vectors/encrypted-messages.tsv, and what their rows need of the third-party vectors.
#![expect(clippy::print_stdout, reason = "a test says what it ran and what it left out")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use wsse_core::crypto::base64_to_vec;

const SIGNATURES: [&str; 13] = [
    "id", "kind", "keys", "at", "policy", "legacy", "prepare", "verdict", "category", "cause",
    "signed", "class", "note",
];

const ENCRYPTED: [&str; 14] = [
    "id",
    "door",
    "keys",
    "user",
    "at",
    "policy",
    "legacy",
    "verdict",
    "category",
    "cause",
    "signed",
    "encrypted",
    "class",
    "note",
];

/// What stands before a ds:KeyInfo that is put into a Signature of ours: the key is looked for
/// before the values are looked at.
const BEFORE_KEY_INFO: &str = r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>AAAA</ds:SignatureValue>"#;

/// A row of the table.
pub(crate) struct Row {
    columns: &'static [&'static str],
    line: usize,
    fields: Vec<String>,
}

/// A row of the third-party manifest.
pub(crate) struct Vector {
    group: String,
    file: PathBuf,
    operation: String,
    expected: String,
    strict_default: String,
}

/// The third-party vectors.
pub(crate) struct Vectors {
    folder: PathBuf,
    rows: BTreeMap<String, Vector>,
}

/// What a row gives to the verifier: `cert`, `trust`, `untrusted` or `secret`, and the octets.
pub(crate) type Key = (String, Vec<u8>);

/// What a run of the table met.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) valid: usize,
    pub(crate) refused: usize,
    pub(crate) listed: usize,
    classes: BTreeMap<String, BTreeSet<String>>,
}

impl Row {
    pub(crate) fn get(&self, column: &str) -> &str {
        let index = self.columns.iter().position(|name| *name == column).expect("a column");
        &self.fields[index]
    }

    fn has(&self, column: &str) -> bool {
        self.columns.contains(&column)
    }

    pub(crate) fn is_listed(&self) -> bool {
        self.get("verdict") == "listed"
    }

    pub(crate) fn is_valid(&self) -> bool {
        self.get("verdict") == "valid"
    }

    pub(crate) fn legacy(&self) -> impl Iterator<Item = &str> {
        self.get("legacy").split_whitespace()
    }

    /// The covered positions that are expected, by local names.
    pub(crate) fn signed(&self) -> BTreeSet<String> {
        self.get("signed").split_whitespace().map(str::to_owned).collect()
    }

    /// Where the row stands, for a message of failure.
    pub(crate) fn place(&self) -> String {
        let Self { line, .. } = self;
        let shown = ["id", "keys", "policy", "legacy"].map(|column| self.get(column));
        format!("line {line}: {}", shown.join(" | "))
    }
}

/// The rows of the table of signatures in this folder.
pub(crate) fn table(own: &Path) -> Vec<Row> {
    read(own, "signatures.tsv", &SIGNATURES)
}

/// The rows of the table of encrypted messages in this folder.
pub(crate) fn encrypted(own: &Path) -> Vec<Row> {
    read(own, "encrypted-messages.tsv", &ENCRYPTED)
}

fn read(own: &Path, file: &str, expected: &'static [&'static str]) -> Vec<Row> {
    let text = fs::read_to_string(own.join(file)).expect("the table");
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(index, line)| (index + 1, line.split('\t').map(str::to_owned).collect()));
    let (_, columns): (_, Vec<String>) = lines.next().expect("the names of the columns");
    assert_eq!(columns, expected);
    let row = |(line, fields)| Row { columns: expected, line, fields };
    let rows: Vec<Row> = lines.map(row).collect();
    for row in &rows {
        assert_eq!(row.fields.len(), expected.len(), "line {}", row.line);
        match row.get("verdict") {
            "valid" => {
                let encrypted = row.has("encrypted") && !row.get("encrypted").is_empty();
                assert!(encrypted || !row.get("signed").is_empty(), "{}: of what?", row.place());
            }
            "refused" => {
                assert!(!row.get("category").is_empty() && !row.get("cause").is_empty());
            }
            "listed" => assert!(!row.get("class").is_empty(), "{}: why?", row.place()),
            other => panic!("{}: unknown verdict {other}", row.place()),
        }
    }
    rows
}

/// The third-party vectors beside the project, or where `WSSE_VECTORS` says.
pub(crate) fn vectors(own: &Path) -> Option<Vectors> {
    let folder = match std::env::var_os("WSSE_VECTORS") {
        Some(folder) => PathBuf::from(folder),
        None => own.join("../../shared/vectors"),
    };
    let path = folder.join("manifest.tsv");
    if !path.exists() {
        assert!(std::env::var_os("WSSE_VECTORS").is_none(), "WSSE_VECTORS: no {}", path.display());
        println!(
            "SKIPPED: the third-party vectors are absent; put them into ../shared/vectors, or \
             name their folder in WSSE_VECTORS"
        );
        return None;
    }
    let text = fs::read_to_string(path).expect("the manifest");
    let rows = text.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let vector = Vector {
            group: fields[1].to_owned(),
            file: folder.join(fields[2]),
            operation: fields[3].to_owned(),
            expected: fields[4].to_owned(),
            strict_default: fields[5].to_owned(),
        };
        (fields[0].to_owned(), vector)
    });
    Some(Vectors { rows: rows.collect(), folder })
}

impl Vectors {
    /// The document of a row, as it is judged.
    pub(crate) fn document(&self, row: &Row) -> Vec<u8> {
        let file = &self.rows[row.get("id")].file;
        let octets = fs::read(file).expect("the vector is read");
        let octets = if file.extension().is_some_and(|extension| extension == "base64") {
            decode(&String::from_utf8(octets).expect("base64"))
        } else {
            octets
        };
        let prepare = if row.has("prepare") { row.get("prepare") } else { "" };
        match prepare.split_once('=') {
            None => octets,
            Some(("sign-by", id)) => sign_by(&String::from_utf8(octets).expect("UTF-8"), id),
            Some((other, _)) => panic!("{}: unknown preparation {other}", row.place()),
        }
    }

    /// What the row's column `keys` names, read.
    pub(crate) fn keys(&self, row: &Row, document: &[u8]) -> Vec<Key> {
        row.get("keys")
            .split_whitespace()
            .map(|pair| {
                let (kind, file) = pair.split_once('=').expect("KIND=FILE");
                let octets = match file.strip_prefix("message#certificate") {
                    Some(number) => {
                        let number = number.strip_prefix(':').unwrap_or("1");
                        certificate(document, number.parse().expect("a number"))
                    }
                    None => fs::read(self.folder.join(file)).expect("the key is read"),
                };
                (kind.to_owned(), octets)
            })
            .collect()
    }

    /// What is wrong with the table as a whole: each row of the manifest that this is about
    /// stands in one table, with what the manifest expects under exactly the switches it names.
    pub(crate) fn disagreements(&self, rows: &[Row], own: &Path) -> Vec<String> {
        let tokens = fs::read_to_string(own.join("tokens.tsv")).expect("the table of tokens");
        let tokens: BTreeSet<&str> =
            tokens.lines().filter_map(|line| line.split('\t').next()).collect();
        let signatures = table(own);
        let encrypted = encrypted(own);
        let holds = |rows: &[Row], id: &str| rows.iter().any(|row| row.get("id") == id);
        let mut wrong = Vec::new();
        for (id, vector) in self.rows.iter().filter(|(_, vector)| vector.is_about_messages()) {
            let rows: Vec<&Row> = rows.iter().filter(|row| row.get("id") == id).collect();
            let tables = usize::from(holds(&signatures, id))
                + usize::from(holds(&encrypted, id))
                + usize::from(tokens.contains(id.as_str()));
            if tables != 1 {
                wrong.push(format!("{id} stands in {tables} tables"));
            } else if !rows.is_empty() {
                wrong.extend(vector.disagreement(&rows).map(|reason| format!("{id}: {reason}")));
            }
        }
        let known = |row: &&Row| self.rows.contains_key(row.get("id"));
        wrong.extend(rows.iter().filter(|row| !known(row)).map(|row| row.place() + ": no vector"));
        wrong
    }
}

impl Vector {
    fn is_about_messages(&self) -> bool {
        (self.group.starts_with("xmlsec/") && self.operation == "verify")
            || self.group == "xml-crypto"
            || self.group.starts_with("wss-messages/")
            || self.group.starts_with("attacks/")
    }

    fn disagreement(&self, rows: &[&Row]) -> Option<String> {
        let constructs = || self.strict_default.split(',');
        let switches: BTreeSet<&str> =
            constructs().filter_map(|text| text.strip_prefix("legacy-opt-in:")).collect();
        let with = |switches: &BTreeSet<&str>, verdict: &str| {
            rows.iter().any(|row| {
                row.get("verdict") == verdict && row.legacy().collect::<BTreeSet<_>>() == *switches
            })
        };
        let refused_always: Vec<&str> = constructs()
            .filter(|text| text.starts_with("refuse:") || text.starts_with("outside:"))
            .collect();
        let classes: BTreeSet<&str> =
            rows.iter().flat_map(|row| row.get("class").split(',')).collect();
        if let Some(lacking) = refused_always.iter().find(|class| !classes.contains(*class)) {
            return Some(format!("the class {lacking} is not named"));
        }
        if rows.iter().any(|row| row.is_listed()) {
            return None;
        }
        if classes.iter().any(|class| !class.is_empty()) {
            let valid = rows.iter().any(|row| row.is_valid());
            return valid.then(|| "valid, and yet it has a class".to_owned());
        }
        if !switches.is_empty() && !with(&BTreeSet::new(), "refused") {
            return Some("no row is refused without a switch".to_owned());
        }
        let verdict = match self.expected.as_str() {
            "valid" => "valid",
            "reject" => "refused",
            _ => return None,
        };
        (!with(&switches, verdict))
            .then(|| format!("no row is {verdict} with exactly {switches:?}"))
    }
}

impl Tally {
    pub(crate) fn add(&mut self, row: &Row) {
        match row.get("verdict") {
            "valid" => self.valid += 1,
            "refused" => self.refused += 1,
            _ => self.listed += 1,
        }
        for class in row.get("class").split(',').filter(|class| !class.is_empty()) {
            let ids = self.classes.entry(class.to_owned()).or_default();
            ids.insert(row.get("id").to_owned());
        }
    }

    /// Says what was run, and which vectors have another outcome than the manifest's, and why.
    pub(crate) fn print(&self) {
        let Self { valid, refused, listed, classes } = self;
        println!("{} rows run: {valid} valid, {refused} refused", valid + refused);
        println!("{listed} rows listed and not run");
        for (class, ids) in classes {
            println!("{class}: {} vectors", ids.len());
        }
    }
}

fn decode(text: &str) -> Vec<u8> {
    let text: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    base64_to_vec(&text).expect("base64")
}

/// The octets of the Nth X509Certificate.
fn certificate(document: &[u8], number: usize) -> Vec<u8> {
    let text = std::str::from_utf8(document).expect("UTF-8");
    let content = text.split("X509Certificate>").skip(1).step_by(2).nth(number - 1);
    decode(content.expect("so many certificates").split('<').next().unwrap_or_default())
}

fn sign_by(text: &str, id: &str) -> Vec<u8> {
    let range = if id == "root" {
        0..text.trim_end().len()
    } else {
        let inside = text.find(&format!("Id=\"{id}\"")).expect("the KeyInfo");
        let start = text[..inside].rfind('<').expect("its start");
        const END: &str = "</ds:KeyInfo>";
        let end = inside + text[inside..].find(END).expect("its end") + END.len();
        start..end
    };
    let (before, key_info, after) =
        (&text[..range.start], &text[range.clone()], &text[range.end..]);
    format!("{before}{BEFORE_KEY_INFO}{key_info}</ds:Signature>{after}").into_bytes()
}
