//! What is signed here is valid here, and what is covered is handed out.

use crate::support::{PARTS, certificate, envelope, identity, inbound, octets, outbound, sign};
use wsse_core::crypto::Secret;
use wsse_core::message::path;
use wsse_core::policy::KeyReference;
use wsse_core::{Call, Cause};

#[test]
fn every_reference_and_kind_of_key_in_both_versions() {
    let require = format!("version = 1\nrequire = {{ signed = {PARTS}, timestamp = true }}");
    for soap in ["1.1", "1.2"] {
        for name in ["client", "ec256", "ec384", "ec521"] {
            for reference in KeyReference::names().filter(|reference| {
                // What no certificate stands behind.
                !["secret", "encrypted-key", "username-token"].contains(reference)
            }) {
                let message = sign(reference, name, soap, "");
                let shown = String::from_utf8(message.clone()).unwrap();
                let inbound = inbound(&require).certificate("", certificate(name)).build().unwrap();
                let valid = inbound
                    .validate(&message)
                    .unwrap_or_else(|error| panic!("{soap} {name} {reference}: {error}\n{shown}"));
                let paths: Vec<&str> =
                    valid.signed().iter().map(|part| part.path.as_str()).collect();
                assert_eq!(paths.len(), 3, "{paths:?}");
                for part in valid.signed() {
                    let limits = &inbound.policy().limits;
                    let found = path(&message, limits, valid.soap(), part.range.start).unwrap();
                    assert_eq!(part.path, found);
                }
                assert_eq!(paths[0], "/Envelope/Body");
                assert_eq!(paths[2], "/Envelope/Header/{urn:addressing}To[1]");
                let document = String::from_utf8(valid.document().unwrap().to_vec()).unwrap();
                assert!(document.contains("urn:to"), "{document}");
                assert!(!document.contains("urn:o'"), "{document}");
                assert!(document.contains("a='x:1'>text &amp; more</op></s:Body></s:Envelope>"));
                assert_eq!(valid.certificate(), Some(&certificate(name)));
                assert!(valid.unsigned_document().is_empty());
                let again = inbound.validate(&message).unwrap_err();
                assert_eq!(again.cause(), Cause::Replay);
            }
        }
    }
}

#[test]
fn positions_count_what_has_the_same_name() {
    let block = "<a:b xmlns:a='urn:a'/>";
    let other = format!("<w:Security xmlns:w='{}' s:role='urn:other'/>", wsse_core::ns::WSSE);
    let envelope =
        envelope("1.2").replace("<s:Header>", &format!("<s:Header>{block}{other}{block}"));
    let parts = "[\"body\", \"{urn:a}b\", \"timestamp\", \"binary-security-token\"]";
    let policy = format!(
        "version = 1\norder = [\"timestamp\", \"signature\"]\nsignature = [{{ parts = {parts} }}]"
    );
    let outbound = outbound(&policy).identity("", identity("client")).build().unwrap();
    let message = outbound.protect(envelope.as_bytes(), &Call::default()).unwrap().into_bytes();
    let require = format!("version = 1\nrequire = {{ signed = {parts} }}");
    let inbound = inbound(&require).certificate("", certificate("client")).build().unwrap();
    let valid = inbound.validate(&message).unwrap();
    assert_eq!(valid.signed().len(), 5);
    assert_eq!(valid.signed()[2].path, "/Envelope/Header/{urn:a}b[2]");
    for part in valid.signed() {
        let limits = &inbound.policy().limits;
        assert_eq!(part.path, path(&message, limits, valid.soap(), part.range.start).unwrap());
    }
}

#[test]
fn who_is_not_believed_has_no_certificate() {
    let message = sign("binary-security-token", "client", "1.1", "");
    let require = format!("version = 1\nrequire = {{ signed = {PARTS}, signer = \"any\" }}");
    let valid = inbound(&require).build().unwrap().validate(&message).unwrap();
    assert_eq!((valid.certificate(), valid.exchange().certificate()), (None, None));
    assert!(valid.document().is_some());
}

#[test]
fn an_empty_secret_is_refused() {
    let require = "version = 1\nrequire = { signed = [\"body\"] }";
    let error = inbound(require).secret("", Secret::new("")).build().err().unwrap();
    assert_eq!(error.cause(), Cause::InvalidArgument);
}

#[test]
fn a_shared_secret_signs_as_well() {
    let secret = || Secret::new(octets("partner.secret"));
    let policy = "version = 1\nsignature = [{ reference = \"secret\", parts = [\"body\"] }]";
    let outbound = outbound(policy).secret("", secret()).build().unwrap();
    let message = outbound.protect(envelope("1.2").as_bytes(), &Call::default()).unwrap();
    let require = "version = 1\nrequire = { signed = [\"body\"] }";
    inbound(require).secret("", secret()).build().unwrap().validate(message.bytes()).unwrap();
    let other = inbound(require).secret("", Secret::new("other")).build().unwrap();
    assert_eq!(other.validate(message.bytes()).unwrap_err().cause(), Cause::SignatureMismatch);
    let none = inbound(require).certificate("", certificate("client")).build().unwrap();
    assert_eq!(none.validate(message.bytes()).unwrap_err().cause(), Cause::NoKey);
}

#[test]
fn each_change_has_its_cause() {
    let message = String::from_utf8(sign("binary-security-token", "client", "1.1", "")).unwrap();
    let require = format!("version = 1\nrequire = {{ signed = {PARTS} }}");
    let inbound = || inbound(&require).certificate("", certificate("client")).build().unwrap();
    inbound().validate(message.as_bytes()).unwrap();
    for (from, to, cause) in [
        ("text &amp; more", "text &amp; less", Cause::DigestMismatch),
        ("b='2'  a='x:1'", "b='3' a='x:1'", Cause::DigestMismatch),
        ("xmlns:x='urn:x'", "xmlns:x='urn:y'", Cause::SignatureMismatch),
        ("<o xmlns='urn:o'/>", "<o xmlns='urn:o' ID='x'/>", Cause::Replay),
        ("rsa-sha256", "rsa-sha512", Cause::SignatureMismatch),
        ("rsa-sha256", "ecdsa-sha256", Cause::KeyType),
        ("2001/04/xmldsig-more#rsa-sha256", "2000/09/xmldsig#rsa-sha1", Cause::LegacyAlgorithm),
        ("<ds:KeyInfo>", "<ds:KeyInfo><x/>", Cause::Replay),
        ("<ds:SignatureValue>", "<!-- --><ds:SignatureValue><!-- -->", Cause::SignatureStructure),
        ("xml-exc-c14n#\"><ec", "xml-exc-c14n\"><ec", Cause::UnsupportedAlgorithm),
    ] {
        let changed = message.replacen(from, to, 1);
        assert_ne!(changed, message, "{from}");
        let inbound = inbound();
        if cause == Cause::Replay {
            inbound.validate(message.as_bytes()).unwrap();
        }
        let error = inbound.validate(changed.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), cause, "{from} -> {to}: {error}");
    }
    // What canonicalization removes.
    let changed = message.replacen("b='2'  a='x:1'", "a=\"x:1\" b=\"2\"", 1);
    inbound().validate(changed.as_bytes()).unwrap();
}
