//! Which key is meant, and what is told where it is none of ours.

use crate::support::{
    DOCUMENT, builder, decrypt, encrypted, for_server, identity, key_name, secret, server,
    transport,
};
use wsse_core::Cause;
use wsse_core::crypto::{BlockEncryption, DigestMethod, Secret};
use wsse_core::keyinfo::{Clue, KeyValue, X509Data};
use wsse_core::xml::Markup;
use wsse_core::xmlenc::bare::{BarePart, ContentKey};
use wsse_core::xmlenc::{EncryptedKeyTemplate, EncryptionKey};

fn for_identity(name: &str, key_info: Vec<Markup>) -> (EncryptedKeyTemplate, EncryptionKey) {
    let mut template = EncryptedKeyTemplate::new(transport("rsa-oaep"));
    template.key_info = key_info;
    (template, EncryptionKey::Public(identity(name).certificate().public_key().clone()))
}

fn document(key: &ContentKey) -> String {
    encrypted(&BarePart::Content(None), BlockEncryption::Aes256Gcm, key)
}

fn cause(inbound: &wsse_core::Inbound, document: &str) -> Cause {
    decrypt(inbound, document).unwrap_err().cause()
}

#[test]
fn every_reference_to_a_certificate_is_followed() {
    let certificate = identity("server").certificate().clone();
    let both = builder("")
        .decryption_identity("other", &identity("client"))
        .decryption_identity("server", &identity("server"))
        .build()
        .unwrap();
    let other = builder("").decryption_identity("other", &identity("client")).build().unwrap();
    for key_info in [
        X509Data::certificates_markup([&certificate]),
        X509Data::issuer_serial_markup(&certificate),
        X509Data::issuer_serial_certificate_markup(&certificate),
        X509Data::subject_key_identifier_markup(&certificate).unwrap(),
        X509Data::digest_markup(&certificate, DigestMethod::Sha256).unwrap(),
        KeyValue::markup(certificate.public_key()).unwrap(),
        KeyValue::der_markup(certificate.public_key()),
        Clue::key_name_markup("server"),
    ] {
        let key = ContentKey::Session(vec![for_identity("server", vec![key_info.clone()])]);
        let document = document(&key);
        assert_eq!(decrypt(&both, &document).as_deref(), Ok(DOCUMENT), "{key_info:?}");
        assert_eq!(cause(&other, &document), Cause::NoKey, "{key_info:?}");
    }
}

#[test]
fn links_in_the_same_document_are_followed_once() {
    const DS: &str = "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
    const DS11: &str = "xmlns:dsig11=\"http://www.w3.org/2009/xmldsig11#\"";
    let plain = document(&for_server(transport("rsa-oaep")));
    let start = plain.find("<xenc:EncryptedKey").unwrap();
    let end = plain.find("</xenc:EncryptedKey>").unwrap() + "</xenc:EncryptedKey>".len();
    let xenc = "xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"";
    let key = plain[start..end].replacen(
        "<xenc:EncryptedKey",
        &format!("<xenc:EncryptedKey {xenc} {DS} Id=\"ek\""),
        1,
    );
    let inside = |key_info: &str| format!("{}{key_info}{}", &plain[..start], &plain[end..]);
    let beside = |document: String, element: &str| {
        document.replacen("<order ", "<all><order ", 1).replacen(
            "</order>",
            &format!("</order>{element}</all>"),
            1,
        )
    };
    let expected = |element: &str| beside(DOCUMENT.to_owned(), element);
    let method = |kind: &str| format!("<ds:RetrievalMethod {DS} URI=\"#ek\"{kind}/>");
    let typed = method(" Type=\"http://www.w3.org/2001/04/xmlenc#EncryptedKey\"");
    let server = server("");
    for link in [typed.clone(), method("")] {
        let document = beside(inside(&link), &key);
        assert_eq!(decrypt(&server, &document).as_deref(), Ok(expected(&key).as_str()));
        // Two elements carry the Id.
        let twice = beside(inside(&link), &format!("{key}<b Id=\"ek\"/>"));
        assert_eq!(cause(&server, &twice), Cause::AmbiguousId);
        assert_eq!(cause(&server, &inside(&link)), Cause::AmbiguousId);
    }
    let reference = format!("<dsig11:KeyInfoReference {DS11} URI=\"#ki\"/>");
    let info = format!("<ds:KeyInfo {DS} Id=\"ki\">{key}</ds:KeyInfo>");
    let document = beside(inside(&reference), &info);
    assert_eq!(decrypt(&server, &document).as_deref(), Ok(expected(&info).as_str()));
    // A link behind a link, one to something else, and one to another file.
    let info = format!("<ds:KeyInfo {DS} Id=\"ki\">{typed}</ds:KeyInfo>");
    assert_eq!(cause(&server, &beside(inside(&reference), &format!("{info}{key}"))), Cause::NoKey);
    let wrong = beside(inside(&typed), "<b Id=\"ek\"/>");
    assert_eq!(cause(&server, &wrong), Cause::UnsupportedReference);
    let file = typed.replace("#ek", "key.xml#ek");
    assert_eq!(cause(&server, &beside(inside(&file), &key)), Cause::UnsupportedReference);
    // By the name that it carries, and by its list.
    let named = format!("<ds:KeyName {DS}>session</ds:KeyName>");
    let carrying = key.replace(
        "</xenc:EncryptedKey>",
        "<xenc:CarriedKeyName>session</xenc:CarriedKeyName></xenc:EncryptedKey>",
    );
    let document = beside(inside(&named), &carrying);
    assert_eq!(decrypt(&server, &document).as_deref(), Ok(expected(&carrying).as_str()));
    let listing = key.replace("</xenc:EncryptedKey>", "<xenc:ReferenceList><xenc:DataReference URI=\"#ed\"/></xenc:ReferenceList></xenc:EncryptedKey>");
    let without = inside("").replace(&format!("<ds:KeyInfo {DS}></ds:KeyInfo>"), "");
    let document = beside(
        without.replacen("<xenc:EncryptedData ", "<xenc:EncryptedData Id=\"ed\" ", 1),
        &listing,
    );
    assert_eq!(decrypt(&server, &document).as_deref(), Ok(expected(&listing).as_str()));
}

#[test]
fn one_of_several_recipients_is_enough() {
    let of = |name: &str| {
        for_identity(name, vec![X509Data::issuer_serial_markup(identity(name).certificate())])
    };
    let document = document(&ContentKey::Session(vec![of("client"), of("server")]));
    for name in ["client", "server"] {
        let only = builder("").decryption_identity("", &identity(name)).build().unwrap();
        assert_eq!(decrypt(&only, &document).as_deref(), Ok(DOCUMENT), "{name}");
    }
    let nobody = builder("").build().unwrap();
    assert_eq!(cause(&nobody, &document), Cause::NoKey);
}

#[test]
fn secrets_are_chosen_by_name_or_because_there_is_no_other() {
    let key = |key_info| ContentKey::Secret(secret(32), key_info);
    let named = document(&key(vec![key_name(32)]));
    let unnamed = document(&key(Vec::new()));
    let with = |secrets: &[(&str, Secret)]| {
        let mut builder = builder("");
        for (name, secret) in secrets {
            builder = builder.secret(*name, secret.clone());
        }
        builder.build().unwrap()
    };
    let ours = || ("secret of 32", secret(32));
    for (inbound, document) in [
        (with(&[ours()]), &named),
        (with(&[("", secret(32))]), &named),
        (with(&[("other", Secret::new(vec![1; 32])), ours()]), &named),
        (with(&[ours()]), &unnamed),
        // No other has the length.
        (with(&[ours(), ("other", secret(16))]), &unnamed),
    ] {
        assert_eq!(decrypt(&inbound, document).as_deref(), Ok(DOCUMENT));
    }
    for (inbound, document, expected) in [
        (with(&[]), &named, Cause::NoKey),
        (with(&[("other", secret(32))]), &named, Cause::NoKey),
        (with(&[("other", Secret::new(vec![1; 32])), ours()]), &unnamed, Cause::NoKey),
        // The label says another length than the key has.
        (with(&[("secret of 32", secret(16))]), &named, Cause::KeyType),
        // The name is right, and the key is not.
        (with(&[("secret of 32", Secret::new(vec![1; 32]))]), &named, Cause::DecryptionFailed),
    ] {
        assert_eq!(cause(&inbound, document), expected);
    }
}

#[test]
fn weak_methods_are_refused_by_name_and_before_a_key_is_used() {
    let content = |method, key: &str| {
        encrypted(&BarePart::Content(None), method, &for_server(transport(key)))
    };
    for (method, key, needed) in [
        (BlockEncryption::Aes128Cbc, "rsa-oaep", "cbc"),
        (BlockEncryption::TripleDesCbc, "rsa-oaep", "3des"),
        (BlockEncryption::Aes128Gcm, "rsa-1.5", "rsa15"),
        (BlockEncryption::Aes128Gcm, "kw-tripledes", "3des"),
    ] {
        let document = content(method, key);
        let error = decrypt(&server("sha1"), &document).unwrap_err();
        assert_eq!(error.cause(), Cause::LegacyAlgorithm);
        assert!(error.reason().contains(&format!("\"{needed}\"")), "{error}");
        assert_eq!(decrypt(&server(needed), &document).as_deref(), Ok(DOCUMENT));
    }
}
