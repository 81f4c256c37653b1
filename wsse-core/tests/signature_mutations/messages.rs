//! The messages that are changed: our own, and the valid ones of the third-party vectors.
#![expect(clippy::print_stdout, reason = "a test says what it leaves out")]

use crate::own;
use crate::reader::Forgetful;
use crate::signature_table::{Row, Vectors, table, vectors};
use crate::signed::{self, Signed};
use std::path::Path;
use std::sync::Arc;
use wsse_core::crypto::{Certificate, PublicKey, Secret};
use wsse_core::time::{FixedClock, parse_date_time};
use wsse_core::xml::to_utf8;
use wsse_core::{Inbound, InboundPolicy};

/// A valid message.
pub(crate) struct Message {
    pub(crate) name: String,
    pub(crate) octets: Vec<u8>,
    pub(crate) inbound: Inbound,
    pub(crate) signed: Vec<Signed>,
}

impl Message {
    pub(crate) fn new(name: String, octets: Vec<u8>, inbound: Inbound) -> Self {
        inbound.validate(&octets).unwrap_or_else(|error| {
            panic!("{name}: {error}\n{}", String::from_utf8_lossy(&octets))
        });
        let signed = signed::read(&octets);
        Self { name, octets, inbound, signed }
    }
}

pub(crate) fn all() -> Vec<Message> {
    let mut all = own::messages();
    assert_eq!(all.len(), 15);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let Some(vectors) = vectors(&folder) else { return all };
    let rows = table(&folder);
    // Without keys, the key of the message itself is believed: then anybody may sign it anew.
    let wanted =
        |row: &&Row| row.get("kind") == "soap" && row.is_valid() && !row.get("keys").is_empty();
    let own = all.len();
    for row in rows.iter().filter(wanted) {
        all.push(third_party(row, &vectors, &folder));
    }
    println!("{own} messages of our own, {} of the vectors", all.len() - own);
    all
}

fn third_party(row: &Row, vectors: &Vectors, folder: &Path) -> Message {
    let document = vectors.document(row);
    let octets = to_utf8(&document, None).unwrap().into_owned();
    let policy = match row.get("policy") {
        "" => "version = 1\nrequire = { signed = [\"body\", \"timestamp?\"] }\n".to_owned(),
        file => std::fs::read_to_string(folder.join(file)).unwrap(),
    };
    let legacy: Vec<String> = row.legacy().map(|name| format!("\"{name}\"")).collect();
    let policy = format!("{policy}\nlegacy = {{ allow = [{}] }}\n", legacy.join(", "));
    let at = FixedClock(parse_date_time(row.get("at")).unwrap());
    let mut builder = Inbound::builder(InboundPolicy::from_toml(&policy).unwrap())
        .clock(Arc::new(at))
        .replay_store("default", Arc::new(Forgetful));
    for (kind, octets) in vectors.keys(row, &document) {
        builder = match (kind.as_str(), certificates(&octets)) {
            ("secret", _) => builder.secret("", Secret::new(octets)),
            ("cert", None) => builder.public_key("", PublicKey::from_pem(&octets).unwrap()),
            ("cert", Some(all)) => {
                all.into_iter().fold(builder, |builder, one| builder.certificate("", one))
            }
            ("trust", Some(all)) => {
                all.into_iter().fold(builder, |builder, one| builder.anchor("", one))
            }
            ("untrusted", Some(all)) => {
                all.into_iter().fold(builder, |builder, one| builder.untrusted(one))
            }
            (other, _) => panic!("{}: what is {other}?", row.place()),
        };
    }
    Message::new(row.place(), octets, builder.build().unwrap())
}

fn certificates(octets: &[u8]) -> Option<Vec<Certificate>> {
    if octets.starts_with(b"0") {
        return Certificate::from_der(octets).ok().map(|one| vec![one]);
    }
    Certificate::many_from_pem(octets).ok().filter(|all| !all.is_empty())
}
