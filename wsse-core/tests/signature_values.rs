//! SignatureValues of the third-party vectors under methods whose documents are refused for another
//! reason, XPath: the SignedInfo and the key are enough to check the method.
#![expect(clippy::print_stdout, reason = "a test says what it left out")]

use std::fs;
use std::path::{Path, PathBuf};
use wsse_core::Cause;
use wsse_core::c14n::{Method, Mode};
use wsse_core::crypto::{Certificate, PublicKey, SignatureMethod, base64_to_vec};
use wsse_core::pass::{Output, Pass, Select, Target};
use wsse_core::xml::{Event, Limits, NamespaceId, Scanner, Zone};

const VALUES: [(&str, &str, &str); 11] = [
    ("enveloped-sha224-rsa-pss-sha224", "rsa/rsa-4096-pubkey.crt", "rsa-pss-sha224"),
    ("enveloped-sha256-rsa-pss-sha256", "rsa/rsa-4096-pubkey.crt", "rsa-pss-sha256"),
    ("enveloped-sha384-rsa-pss-sha384", "rsa/rsa-4096-pubkey.crt", "rsa-pss-sha384"),
    ("enveloped-sha3_224-rsa-pss-sha3_224", "rsa/rsa-4096-pubkey.crt", "rsa-pss-sha3-224"),
    ("enveloped-sha3_256-rsa-pss-sha3_256", "rsa/rsa-4096-pubkey.crt", "rsa-pss-sha3-256"),
    ("enveloped-sha3_384-rsa-pss-sha3_384", "rsa/rsa-4096-pubkey.crt", "rsa-pss-sha3-384"),
    ("enveloped-sha3_256-ecdsa-sha3_256", "ec/ec-prime256v1-pubkey.crt", "ecdsa-sha3-256"),
    ("enveloped-sha3_384-ecdsa-sha3_384", "ec/ec-prime521v1-pubkey.crt", "ecdsa-sha3-384"),
    ("enveloped-sha3_512-ecdsa-sha3_512", "ec/ec-prime521v1-pubkey.crt", "ecdsa-sha3-512"),
    ("enveloped-sha256-eddsa-ed25519", "eddsa/eddsa-ed25519-pubkey.crt", "eddsa-ed25519"),
    ("enveloped-sha256-eddsa-ed448", "eddsa/eddsa-ed448-pubkey.crt", "eddsa-ed448"),
];

fn folder() -> Option<PathBuf> {
    let folder = match std::env::var_os("WSSE_VECTORS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors"),
    };
    if folder.join("manifest.tsv").exists() {
        return Some(folder.join("xmlsec"));
    }
    assert!(std::env::var_os("WSSE_VECTORS").is_none(), "WSSE_VECTORS: no manifest.tsv");
    println!("SKIPPED: the third-party vectors are absent: {} values", VALUES.len());
    None
}

fn key(octets: &[u8]) -> PublicKey {
    if let Ok(key) = PublicKey::from_der(octets).or_else(|_| PublicKey::from_pem(octets)) {
        return key;
    }
    let certificate = Certificate::from_der(octets)
        .or_else(|_| Certificate::many_from_pem(octets).map(|mut all| all.remove(0)));
    certificate.unwrap().public_key().clone()
}

/// The canonical SignedInfo, and the SignatureValue.
fn signed(document: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let limits = Limits::default();
    let mut scanner = Scanner::new(document, &limits).unwrap();
    let mut start = None;
    loop {
        match scanner.next().unwrap() {
            Event::StartElement(element) if element.name.is(NamespaceId::DS, "SignedInfo") => {
                start = Some(element.range.start);
            }
            Event::EndDocument => break,
            _ => {}
        }
    }
    let method = Method { mode: Mode::Inclusive, with_comments: false };
    let target = Target::new(Select::Offset(start.unwrap()), method, Output::Octets);
    let mut pass = Pass::new(vec![target]);
    let mut scanner = Scanner::new(document, &limits).unwrap();
    loop {
        let event = scanner.next().unwrap();
        pass.event(&scanner, &event, Zone::Bare).unwrap();
        if event == Event::EndDocument {
            break;
        }
    }
    let octets = pass.finish().unwrap().remove(0).octets;
    let text = std::str::from_utf8(document).unwrap();
    let value = text.split("SignatureValue>").nth(1).unwrap().split('<').next().unwrap();
    (octets, base64_to_vec(value).unwrap())
}

#[test]
fn values_of_every_method() {
    let Some(folder) = folder() else { return };
    for (name, key_file, method) in VALUES {
        let document = folder.join("aleksey-xmldsig-01").join(format!("{name}.xml"));
        let document = fs::read(document).unwrap();
        let (octets, value) = signed(&document);
        let key = key(&fs::read(folder.join("keys").join(key_file)).unwrap());
        let method = SignatureMethod::from_name(method).unwrap();
        let uri = format!("Algorithm=\"{}\"", method.uri());
        assert!(std::str::from_utf8(&octets).unwrap().contains(&uri), "{name}");
        key.verify(method, &octets, &value).unwrap_or_else(|error| panic!("{name}: {error}"));
        let changed = [&octets[..], b" "].concat();
        let error = key.verify(method, &changed, &value).unwrap_err();
        assert_eq!(error.cause(), Cause::SignatureMismatch, "{name}");
    }
}
