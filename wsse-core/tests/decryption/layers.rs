//! Signatures before and behind encryption, and encryption in encryption.

use crate::encrypted::{
    EncryptedPart, Encrypting, SIGNED, content, element, find, in_security, inside, server, whole,
};
use crate::support::{envelope, identity, outbound, sign};
use wsse_core::crypto::{BlockEncryption, Secret};
use wsse_core::xmlenc::DataKind;
use wsse_core::{Call, Cause, ValidatedMessage};

fn signed() -> String {
    String::from_utf8(sign("binary-security-token", "client", "1.1", "")).unwrap()
}

fn validate(message: &str) -> ValidatedMessage {
    let server = server(SIGNED).build().unwrap();
    server.validate(message.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{message}"))
}

fn encrypted(valid: &ValidatedMessage) -> Vec<(&str, bool)> {
    valid.encrypted().iter().map(|part| (part.path.as_str(), part.content)).collect()
}

/// The projection does not tell how a message came.
fn same_document(one: &ValidatedMessage, other: &ValidatedMessage) {
    let text =
        |valid: &ValidatedMessage| String::from_utf8(valid.document().unwrap().to_vec()).unwrap();
    assert_eq!(text(one), text(other));
    assert_eq!(one.body(), other.body());
    assert_eq!(one.body_child(), other.body_child());
    let paths = |valid: &ValidatedMessage| {
        valid.signed().iter().map(|part| part.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(paths(one), paths(other));
}

#[test]
fn what_was_signed_and_then_encrypted_is_covered_in_plaintext() {
    let plain = signed();
    let expected = validate(&plain);
    let body = || content(inside(&plain, "s:Body"));
    let operation = || element(whole(&plain, "op"));
    let header = || EncryptedPart { header: true, ..element(whole(&plain, "w:To")) };
    let token = || element(whole(&plain, "wsu:Timestamp"));
    let signature = || element(whole(&plain, "ds:Signature"));
    let security = "/Envelope/Header/{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-\
                    wssecurity-secext-1.0.xsd}Security[1]";
    let timestamp = format!(
        "{security}/{{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-\
         1.0.xsd}}Timestamp[1]"
    );
    let of_signature = format!("{security}/{{http://www.w3.org/2000/09/xmldsig#}}Signature[1]");
    let to = "/Envelope/Header/{urn:addressing}To[1]";
    for (parts, paths) in [
        (vec![body()], vec![("/Envelope/Body", true)]),
        (vec![operation()], vec![("/Envelope/Body/{urn:op}op[1]", false)]),
        (vec![header()], vec![(to, false)]),
        (vec![element(whole(&plain, "w:To"))], vec![(to, false)]),
        (vec![token()], vec![(timestamp.as_str(), false)]),
        (vec![signature()], vec![(of_signature.as_str(), false)]),
        (
            vec![token(), signature(), header(), body()],
            vec![
                (timestamp.as_str(), false),
                (of_signature.as_str(), false),
                (to, false),
                ("/Envelope/Body", true),
            ],
        ),
        (
            vec![content(find(&plain, "text &amp; more"))],
            vec![("/Envelope/Body/{urn:op}op[1]", true)],
        ),
    ] {
        let message = Encrypting::new().encrypt(&plain, &parts);
        let valid = validate(&message);
        same_document(&valid, &expected);
        assert_eq!(encrypted(&valid), paths);
        for part in valid.encrypted() {
            assert_eq!(
                part.range.len(),
                parts[paths.iter().position(|(path, _)| *path == part.path).unwrap()].range.len()
            );
        }
        let decrypted = server(SIGNED).build().unwrap().decrypt(message.as_bytes()).unwrap();
        assert_eq!(decrypted.encrypted(), valid.encrypted());
        let again = String::from_utf8(decrypted.into_octets()).unwrap();
        let order =
            find(&again, "<xenc:EncryptedKey").start..find(&again, "</xenc:EncryptedKey>").end;
        assert_eq!(format!("{}{}", &again[..order.start], &again[order.end..]), plain);
    }
}

/// An envelope that is encrypted and then signed, over ciphertext.
fn encrypted_then_signed(encrypting: &Encrypting, signer: &str) -> String {
    let plain = envelope("1.1");
    let header = EncryptedPart { header: true, ..element(whole(&plain, "w:To")) };
    let message = encrypting.encrypt(&plain, &[header, content(inside(&plain, "s:Body"))]);
    let policy = "version = 1\norder = [\"signature\"]\nsignature = [{ parts = [\"body\", \
                  \"headers\"] }]\nheader = { layout = \"signature-first\" }";
    let outbound = outbound(policy).identity("", identity(signer)).build().unwrap();
    let signed = outbound.protect(message.as_bytes(), &Call::default()).unwrap().into_bytes();
    String::from_utf8(signed).unwrap()
}

#[test]
fn a_signature_over_ciphertext_covers_the_plaintext() {
    let message = encrypted_then_signed(&Encrypting::new(), "client");
    let (signature, key) = (find(&message, "<ds:Signature "), find(&message, "<xenc:EncryptedKey"));
    assert!(signature.start < key.start, "{message}");
    let valid = validate(&message);
    let document = String::from_utf8(valid.document().unwrap().to_vec()).unwrap();
    assert!(document.contains("urn:to") && document.contains("text &amp; more</op></s:Body>"));
    assert!(!document.contains("EncryptedHeader") && !document.contains("Encrypted"), "{document}");
    let paths: Vec<_> = valid.signed().iter().map(|part| part.path.as_str()).collect();
    let expected = [
        "/Envelope/Body",
        "/Envelope/Header/{urn:addressing}To[1]",
        "/Envelope/Header/{urn:o}o[1]",
    ];
    assert_eq!(paths, expected);
    // What is changed in the ciphertext is what the signature sees.
    let place = find(&message, "<xenc:CipherValue>").end;
    let place = place + message[place..].find("<xenc:CipherValue>").unwrap() + 30;
    let mut changed = message.clone().into_bytes();
    changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
    let error = server(SIGNED).build().unwrap().validate(&changed).unwrap_err();
    assert_eq!(error.cause(), Cause::DigestMismatch);
}

#[test]
fn cbc_needs_no_switch_below_a_trusted_signature() {
    let cbc = Encrypting::with_method(BlockEncryption::Aes128Cbc);
    let message = encrypted_then_signed(&cbc, "client");
    let valid = validate(&message);
    assert_eq!(valid.encrypted().len(), 2);
    // A signature behind the encryption saw plaintext: it protects no ciphertext.
    let plain = signed();
    let behind = cbc.encrypt(&plain, &[content(inside(&plain, "s:Body"))]);
    let error = server(SIGNED).build().unwrap().validate(behind.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::LegacyAlgorithm);
    let allowed = format!("{SIGNED}legacy = {{ allow = [\"cbc\"] }}\n");
    let valid = server(&allowed).build().unwrap().validate(behind.as_bytes()).unwrap();
    assert!(valid.legacy().allows(wsse_core::crypto::Legacy::Cbc));
    // Nor does that of somebody who is not believed.
    let message = encrypted_then_signed(&cbc, "selfsigned");
    let any = "version = 1\nrequire = { signed = [\"body\"], signer = \"any\" }\n";
    let error = server(any).build().unwrap().validate(message.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::LegacyAlgorithm);
}

#[test]
fn what_is_encrypted_again_is_decrypted_in_another_layer() {
    let plain = signed();
    let expected = validate(&plain);
    let prefixes = ["a-", "b-", "c-", "d-", "e-"];
    let mut message = plain;
    for (layer, prefix) in prefixes.into_iter().enumerate() {
        let encrypting = Encrypting { prefix, ..Encrypting::new() };
        message = encrypting.encrypt(&message, &[content(inside(&message, "s:Body"))]);
        let found = server(SIGNED).build().unwrap().validate(message.as_bytes());
        if layer < 4 {
            let valid = found.unwrap_or_else(|error| panic!("{layer}: {error}\n{message}"));
            same_document(&valid, &expected);
            assert_eq!(valid.encrypted().len(), layer + 1);
        } else {
            assert_eq!(found.unwrap_err().cause(), Cause::ReferenceCount);
        }
    }
}

#[test]
fn a_signature_between_two_encryptions_sees_what_is_in_between() {
    // The Body is encrypted, signed, and a header block encrypted then.
    let plain = envelope("1.1");
    let first = Encrypting { prefix: "a-", ..Encrypting::new() };
    let message = first.encrypt(&plain, &[content(inside(&plain, "s:Body"))]);
    let policy = "version = 1\norder = [\"signature\"]\nsignature = [{ parts = [\"body\", \
                  \"headers\"] }]\nheader = { layout = \"signature-first\" }";
    let outbound = outbound(policy).identity("", identity("client")).build().unwrap();
    let message = outbound.protect(message.as_bytes(), &Call::default()).unwrap().into_bytes();
    let message = String::from_utf8(message).unwrap();
    let second = Encrypting { prefix: "b-", ..Encrypting::new() };
    let header = EncryptedPart { header: true, ..element(whole(&message, "w:To")) };
    let message = second.encrypt(&message, &[header]);
    let valid = validate(&message);
    assert_eq!(valid.signed().len(), 3);
    let expected = [("/Envelope/Header/{urn:addressing}To[1]", false), ("/Envelope/Body", true)];
    assert_eq!(encrypted(&valid), expected);
}

#[test]
fn an_encrypted_data_in_the_security_header_needs_no_list() {
    let plain = signed();
    let secret = Encrypting { with: None, secret: Secret::new(vec![9; 32]), ..Encrypting::new() };
    let place = whole(&plain, "wsu:Timestamp");
    let data = secret.data("ED", &DataKind::Element, &plain.as_bytes()[place.clone()]);
    let message = format!("{}{data}{}", &plain[..place.start], &plain[place.end..]);
    let server = server(SIGNED).secret("", Secret::new(vec![9; 32])).build().unwrap();
    let valid = server.validate(message.as_bytes()).unwrap();
    assert_eq!(valid.encrypted().len(), 1);
    assert!(valid.timestamp().is_some());
    let without_id = message.replace(" Id=\"ED\"", "");
    server.decrypt(without_id.as_bytes()).unwrap();
}

#[test]
fn without_encryption_there_is_nothing_to_decrypt() {
    let server = server(SIGNED).build().unwrap();
    let error = server.decrypt(signed().as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::MissingPart);
    let error = server.decrypt(envelope("1.1").as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::MissingSecurityHeader);
    let key = Encrypting::new().order(&[]);
    let error = server.decrypt(in_security(&envelope("1.1"), &key).as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::MissingPart);
}

#[test]
fn a_part_in_an_encrypted_part_waits_for_it_and_so_does_what_is_named_beside_it() {
    let plain = signed();
    let expected = validate(&plain);
    let inner = Encrypting { prefix: "a-", ..Encrypting::new() };
    let header = EncryptedPart { header: true, ..element(whole(&plain, "w:To")) };
    let message = inner.encrypt(&plain, &[header, element(whole(&plain, "op"))]);
    let outer = Encrypting { prefix: "b-", ..Encrypting::new() };
    let message = outer.encrypt(&message, &[content(inside(&message, "s:Body"))]);
    let valid = validate(&message);
    same_document(&valid, &expected);
    assert_eq!(valid.encrypted().len(), 3);
}
