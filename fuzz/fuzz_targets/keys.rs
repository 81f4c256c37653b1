//! Any octets as a file of keys, a certificate, a name: an error with words for people, or what was
//! read is written and read back the same; never a panic, and never a question for a password.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wsse_core::Category;
use wsse_core::crypto::{Certificate, DistinguishedName, KeyMaterial, PublicKey, Secret};

fuzz_target!(|octets: &[u8]| {
    for password in [None, Some(Secret::new("changeit"))] {
        match KeyMaterial::read(octets, password.as_ref()) {
            Ok(material) => {
                drop(format!("{material:?}"));
                if let Err(error) = material.into_identity() {
                    assert_eq!(error.category(), Category::Misuse, "{error}");
                }
            }
            Err(error) => assert_eq!(error.category(), Category::Misuse, "{error}"),
        }
    }
    match Certificate::from_der(octets) {
        Ok(certificate) => {
            assert_eq!(certificate.der(), octets);
            let key = certificate.public_key();
            assert_eq!(&PublicKey::from_der(key.der()).unwrap(), key);
            for name in [certificate.subject(), certificate.issuer()] {
                let written = DistinguishedName::parse(&name.to_rfc2253());
                assert!(written.is_ok_and(|written| written.matches(name)), "{name}");
            }
        }
        Err(error) => assert!(!error.category().is_usage(), "{error}"),
    }
    if let Ok(name) = DistinguishedName::from_der(octets) {
        let _ = DistinguishedName::parse(&name.to_rfc2253()).map(|written| written.matches(&name));
    }
    if let Ok(text) = core::str::from_utf8(octets) {
        match DistinguishedName::parse(text) {
            Ok(name) => {
                let written = name.to_rfc2253();
                if let Ok(again) = DistinguishedName::parse(&written) {
                    assert_eq!(again, name, "{written}");
                }
            }
            Err(error) => assert!(!error.category().is_usage(), "{error}"),
        }
    }
});
