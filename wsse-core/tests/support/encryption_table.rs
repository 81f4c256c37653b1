//! The table of encrypted documents, vectors/encryption.tsv, and what its rows need of the
//! third-party vectors.
#![expect(clippy::print_stdout, reason = "a test says what it ran and what it left out")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use wsse_core::c14n::{Ancestors, Canonicalizer, Method, PrefixList};
use wsse_core::crypto::base64_to_vec;
use wsse_core::xml::{Event, Limits, Scanner};

const COLUMNS: [&str; 8] =
    ["id", "keys", "legacy", "verdict", "category", "cause", "class", "note"];

/// A row of the table.
pub(crate) struct Row {
    line: usize,
    fields: Vec<String>,
}

/// A row of the third-party manifest.
struct Vector {
    group: String,
    file: PathBuf,
    expected: String,
    strict_default: String,
}

/// The third-party vectors.
pub(crate) struct Vectors {
    folder: PathBuf,
    rows: BTreeMap<String, Vector>,
}

/// What a row gives to whoever decrypts.
pub(crate) enum Key {
    /// A file of a private key.
    Private { name: String, file: PathBuf },
    /// A file of a certificate of the other side.
    Certificate { name: String, file: PathBuf },
    /// The octets of a secret.
    Secret { name: String, octets: Vec<u8> },
}

/// What a run of the table met.
#[derive(Default)]
pub(crate) struct Tally {
    valid: usize,
    refused: usize,
    classes: BTreeMap<String, BTreeSet<String>>,
}

impl Row {
    pub(crate) fn get(&self, column: &str) -> &str {
        let index = COLUMNS.iter().position(|name| *name == column).expect("a column");
        &self.fields[index]
    }

    pub(crate) fn legacy(&self) -> impl Iterator<Item = &str> {
        self.get("legacy").split_whitespace()
    }

    pub(crate) fn password(&self) -> Option<&str> {
        self.get("keys").split_whitespace().find_map(|pair| pair.strip_prefix("password="))
    }

    /// Where the row stands, for a message of failure.
    pub(crate) fn place(&self) -> String {
        let Self { line, .. } = self;
        format!("line {line}: {}", ["id", "keys", "legacy"].map(|name| self.get(name)).join(" | "))
    }

    /// What is expected: `valid`, or category and cause.
    pub(crate) fn expected(&self) -> String {
        match self.get("verdict") {
            "valid" => "valid".to_owned(),
            _ => format!("{} {}", self.get("category"), self.get("cause")),
        }
    }
}

/// The rows of the table in this folder.
pub(crate) fn table(own: &Path) -> Vec<Row> {
    let text = fs::read_to_string(own.join("encryption.tsv")).expect("the table");
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
        match row.get("verdict") {
            "valid" => assert!(row.get("class").is_empty(), "{}: why a class?", row.place()),
            "refused" => {
                assert!(!row.get("category").is_empty() && !row.get("cause").is_empty());
            }
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
    let rows = text.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let vector = Vector {
            group: fields[1].to_owned(),
            file: folder.join(fields[2]),
            expected: fields[4].to_owned(),
            strict_default: fields[5].to_owned(),
        };
        let is_ours = fields[3] == "decrypt" && vector.group.starts_with("xmlsec/");
        is_ours.then(|| (fields[0].to_owned(), vector))
    });
    Some(Vectors { rows: rows.collect(), folder })
}

impl Vectors {
    /// The file of a row.
    pub(crate) fn file(&self, row: &Row) -> &Path {
        &self.rows[row.get("id")].file
    }

    /// What the row's column `keys` names.
    pub(crate) fn keys(&self, row: &Row) -> Vec<Key> {
        let mut keys = Vec::new();
        for pair in row.get("keys").split_whitespace() {
            let (kind, rest) = pair.split_once('=').expect("KIND=…");
            let named = || {
                let (name, file) = rest.split_once('=').expect("NAME=FILE");
                (name.to_owned(), self.folder.join(file))
            };
            match kind {
                "key" => {
                    let (name, file) = named();
                    keys.push(Key::Private { name, file });
                }
                "secret" => {
                    let (name, file) = named();
                    let octets = fs::read(file).expect("the secret is read");
                    keys.push(Key::Secret { name, octets });
                }
                "cert" => {
                    let (name, file) = named();
                    keys.push(Key::Certificate { name, file });
                }
                "keys-file" => keys.extend(store(&self.folder.join(rest))),
                "password" => {}
                other => panic!("{}: unknown key {other}", row.place()),
            }
        }
        keys
    }

    /// What is wrong with what came out, if anything.
    pub(crate) fn difference(&self, row: &Row, octets: &[u8]) -> Option<String> {
        let vector = &self.rows[row.get("id")];
        let expected = fs::read(vector.file.with_extension("data")).expect("what should come out");
        let same = if vector.group.ends_with("nist-aesgcm") {
            octets == base64(&expected)
        } else {
            octets == expected
                || canonical(octets).is_some_and(|own| Some(own) == canonical(&expected))
        };
        (!same).then(|| format!("{} octets that differ", octets.len()))
    }

    /// What is wrong with the table as a whole: each row of the manifest stands in it, with what the
    /// manifest expects under exactly the switches that it names.
    pub(crate) fn disagreements(&self, rows: &[Row]) -> Vec<String> {
        let mut wrong = Vec::new();
        for (id, vector) in &self.rows {
            let rows: Vec<&Row> = rows.iter().filter(|row| row.get("id") == id).collect();
            wrong.extend(vector.disagreement(&rows).map(|reason| format!("{id}: {reason}")));
        }
        let known = |row: &&Row| self.rows.contains_key(row.get("id"));
        wrong.extend(rows.iter().filter(|row| !known(row)).map(|row| row.place() + ": no vector"));
        wrong
    }
}

impl Vector {
    fn disagreement(&self, rows: &[&Row]) -> Option<String> {
        let constructs = || self.strict_default.split(',');
        let switches: BTreeSet<&str> =
            constructs().filter_map(|text| text.strip_prefix("legacy-opt-in:")).collect();
        let with = |switches: &BTreeSet<&str>, verdict: &str| {
            rows.iter().any(|row| {
                row.get("verdict") == verdict && row.legacy().collect::<BTreeSet<_>>() == *switches
            })
        };
        let classes: BTreeSet<&str> =
            rows.iter().flat_map(|row| row.get("class").split(',')).collect();
        let mut refused =
            constructs().filter(|text| text.starts_with("refuse:") || text.starts_with("outside:"));
        if let Some(lacking) = refused.find(|class| !classes.contains(*class)) {
            return Some(format!("the class {lacking} is not named"));
        }
        let is_classed = classes.iter().any(|class| !class.is_empty());
        if rows.is_empty() {
            return Some("stands in no row".to_owned());
        }
        if is_classed {
            let valid = rows.iter().any(|row| row.get("verdict") == "valid");
            return valid.then(|| "valid, and yet it has a class".to_owned());
        }
        if !switches.is_empty() && !with(&BTreeSet::new(), "refused") {
            return Some("no row is refused without a switch".to_owned());
        }
        let verdict = if self.expected == "valid" { "valid" } else { "refused" };
        (!with(&switches, verdict))
            .then(|| format!("no row is {verdict} with exactly {switches:?}"))
    }
}

impl Tally {
    pub(crate) fn add(&mut self, row: &Row) {
        match row.get("verdict") {
            "valid" => self.valid += 1,
            _ => self.refused += 1,
        }
        for class in row.get("class").split(',').filter(|class| !class.is_empty()) {
            let ids = self.classes.entry(class.to_owned()).or_default();
            ids.insert(row.get("id").to_owned());
        }
    }

    /// Says what was run, and which vectors have another outcome than the manifest's, and why.
    pub(crate) fn print(&self) {
        let Self { valid, refused, classes } = self;
        println!("{} rows run: {valid} valid, {refused} refused", valid + refused);
        for (class, ids) in classes {
            println!("{class}: {} vectors", ids.len());
        }
    }
}

/// The secrets of a store in the XML of xmlsec, by their names.
fn store(file: &Path) -> Vec<Key> {
    let text = fs::read_to_string(file).expect("the store is read");
    let mut keys = Vec::new();
    for key_info in text.split("<KeyName>").skip(1) {
        let (name, rest) = key_info.split_once('<').expect("the end of the name");
        for kind in ["AESKeyValue", "DESKeyValue"] {
            let Some((_, value)) = rest.split_once(&format!("<{kind}")) else { continue };
            let (_, value) = value.split_once('>').expect("a start tag");
            let (value, _) = value.split_once('<').expect("an end tag");
            keys.push(Key::Secret {
                name: name.trim().to_owned(),
                octets: base64(value.as_bytes()),
            });
        }
    }
    assert!(!keys.is_empty(), "{} holds no secret", file.display());
    keys
}

fn base64(text: &[u8]) -> Vec<u8> {
    base64_to_vec(core::str::from_utf8(text).expect("text")).expect("base64")
}

/// A document in its canonical form: the other program writes it anew, in its own spelling.
fn canonical(document: &[u8]) -> Option<Vec<u8>> {
    let document = wsse_core::xml::to_utf8(document, None).ok()?;
    let mut scanner = Scanner::new(&document, &Limits::default()).ok()?;
    let mut canonicalizer =
        Canonicalizer::new(Method::EXCLUSIVE, PrefixList::new()).whole_document();
    let ancestors = Ancestors::new();
    let mut out = Vec::new();
    loop {
        let event = scanner.next().ok()?;
        canonicalizer.event(&scanner, &ancestors, &mut out).ok()?;
        if event == Event::EndDocument {
            return Some(out);
        }
    }
}
