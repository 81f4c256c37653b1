//! The table of encrypted documents, vectors/encryption.tsv, against the third-party manifest.

#[path = "support/encryption_table.rs"]
#[allow(dead_code, reason = "shared with the tests of the command line")]
mod encryption_table;

use encryption_table::{Key, Row, Tally, Vectors};
use std::path::{Path, PathBuf};
use wsse_core::crypto::{BlockDecryptor, KeyEncryption, KeyMaterial, Secret};
use wsse_core::error::Error;
use wsse_core::xml::{Event, Limits, Outline, OutlineBudget, Scanner};
use wsse_core::xmlenc::{EncryptedData, EncryptedKey, MadeKey};
use wsse_core::{Inbound, InboundPolicy};

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

#[test]
fn the_table_agrees_with_the_manifest() {
    let rows = encryption_table::table(&own());
    let Some(vectors) = encryption_table::vectors(&own()) else { return };
    let wrong = vectors.disagreements(&rows);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn decrypt(row: &Row, vectors: &Vectors) -> Result<Vec<u8>, Error> {
    let legacy: Vec<String> = row.legacy().map(|name| format!("{name:?}")).collect();
    // What a policy must require of a message is no matter of `decrypt_bare`.
    let text = format!(
        "version = 1\nrequire = {{ timestamp = true }}\nlegacy = {{ allow = [{}] }}\n",
        legacy.join(", ")
    );
    let mut builder = Inbound::builder(InboundPolicy::from_toml(&text)?);
    let password = row.password().map(|text| Secret::new(text.as_bytes()));
    for key in vectors.keys(row) {
        builder = match key {
            Key::Private { name, file } => {
                let octets = std::fs::read(file).expect("the key is read");
                let material = KeyMaterial::read(&octets, password.as_ref())?;
                let (key, certificate) = material.into_decryption_key()?;
                builder.decryption_pair(name, key, certificate)
            }
            Key::Certificate { name, file } => {
                let octets = std::fs::read(file).expect("the certificate is read");
                let mut all = KeyMaterial::read(&octets, None)?.into_certificates()?;
                builder.certificate(name, all.swap_remove(0))
            }
            Key::Secret { name, octets } => builder.secret(name, Secret::new(octets)),
        };
    }
    let document = std::fs::read(vectors.file(row)).expect("the vector is read");
    Ok(builder.build()?.decrypt_bare(&document)?.into_octets())
}

#[test]
fn every_row_has_its_verdict() {
    let rows = encryption_table::table(&own());
    let Some(vectors) = encryption_table::vectors(&own()) else { return };
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    for row in &rows {
        tally.add(row);
        let found = match decrypt(row, &vectors) {
            Ok(octets) => match vectors.difference(row, &octets) {
                None => "valid".to_owned(),
                Some(difference) => difference,
            },
            Err(error) => {
                format!("{} {}", error.category().name(), error.cause().name())
            }
        };
        if found != row.expected() {
            let expected = row.expected();
            wrong.push(format!("{}\n    expected {expected}\n    found    {found}", row.place()));
        }
    }
    tally.print();
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Agrees on the key as the message says, and takes of what it wraps the first octets, as the program
/// does that made these vectors.
fn decrypt_with_the_first_octets(row: &Row, vectors: &Vectors) -> Result<Vec<u8>, Error> {
    let password = row.password().map(|text| Secret::new(text.as_bytes()));
    let (mut ours, mut originator) = (None, None);
    for key in vectors.keys(row) {
        match key {
            Key::Private { file, .. } => {
                let octets = std::fs::read(file).expect("the key is read");
                ours = KeyMaterial::read(&octets, password.as_ref())?.private_key;
            }
            Key::Certificate { file, .. } => {
                let octets = std::fs::read(file).expect("the certificate is read");
                originator = KeyMaterial::read(&octets, None)?.into_certificates()?.pop();
            }
            Key::Secret { .. } => {}
        }
    }
    let document = std::fs::read(vectors.file(row)).expect("the vector is read");
    let mut scanner = Scanner::new(&document, &Limits::default())?;
    let Event::StartElement(start) = scanner.next()? else { panic!("no element") };
    let budget = OutlineBudget { elements: 100, end: usize::MAX };
    let outline = Outline::read(&mut scanner, &start, &budget)?;
    let data = EncryptedData::parse(outline.root())?;
    let key = data.key_info.expect("a KeyInfo").children().next().expect("a key");
    let key = EncryptedKey::parse(key)?;
    let Some(MadeKey::Agreed(agreed)) = MadeKey::find(key.key_info)? else {
        panic!("no agreement")
    };
    let KeyEncryption::Wrap(wrap) = key.method else { panic!("no key wrap") };
    let originator = originator.expect("the originator").public_key().clone();
    let wrapping = agreed.agree(&ours.expect("our key"), &originator, wrap.key_length())?;
    let whole = wrap.unwrap_key(&wrapping, &key.cipher_value, None)?;
    let length = data.method.key_length();
    assert_eq!((whole.octets().len(), length), (32, 16), "{}", row.place());
    let mut decryptor = BlockDecryptor::new(data.method, &Secret::new(&whole.octets()[..length]))?;
    let mut out = Vec::new();
    data.decrypt(&mut decryptor, &mut out, 1 << 20)?;
    Ok(out)
}

#[test]
fn what_is_refused_for_the_length_of_its_key_is_agreed_on_all_the_same() {
    let rows = encryption_table::table(&own());
    let Some(vectors) = encryption_table::vectors(&own()) else { return };
    let of_length: Vec<&Row> =
        rows.iter().filter(|row| row.get("class") == "refuse:key-length").collect();
    assert_eq!(of_length.len(), 9);
    for row in of_length {
        let octets = decrypt_with_the_first_octets(row, &vectors);
        let octets = octets.unwrap_or_else(|error| panic!("{}: {error}", row.place()));
        assert_eq!(vectors.difference(row, &octets), None, "{}", row.place());
    }
}
