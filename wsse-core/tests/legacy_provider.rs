//! OpenSSL's legacy algorithms are in the process only while an old key store is opened. The one test
//! of its process: while another fetches algorithms, what OpenSSL has cached is no proof.

use openssl::cipher::Cipher;
use std::path::Path;
use wsse_core::Cause;
use wsse_core::crypto::{KeyMaterial, Secret};

#[test]
fn an_old_key_store_leaves_nothing_behind() {
    let is_there = || Cipher::fetch(None, "RC2-40-CBC", None).is_ok();
    assert!(!is_there());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/keys/client-rc2.p12");
    let octets = std::fs::read(file).unwrap();
    match KeyMaterial::read(&octets, Some(&Secret::new("changeit"))) {
        Ok(material) => assert!(material.private_key.is_some()),
        // An OpenSSL of the system may come without the provider.
        Err(error) => assert_eq!(error.cause(), Cause::UnsupportedContainer),
    }
    assert!(!is_there());
    assert!(Cipher::fetch(None, "AES-256-CBC", None).is_ok());
}
