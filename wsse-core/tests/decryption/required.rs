//! What a policy requires to be encrypted, by position.

use crate::encrypted::{EncryptedPart, Encrypting, content, element, inside, server, whole};
use crate::support::{envelope, identity, outbound, sign};
use wsse_core::crypto::{BlockEncryption, Secret};
use wsse_core::{Call, Cause, ValidatedMessage};

fn plain() -> String {
    String::from_utf8(sign("binary-security-token", "client", "1.2", "")).unwrap()
}

fn validate(message: &str, encrypted: &str) -> Result<ValidatedMessage, Cause> {
    let policy = format!("version = 1\nrequire = {{ encrypted = [{encrypted}] }}\n");
    let server = server(&policy).build().unwrap();
    server.validate(message.as_bytes()).map_err(|error| error.cause())
}

fn refusal(message: &str, encrypted: &str) -> Option<Cause> {
    validate(message, encrypted).err()
}

#[test]
fn the_content_of_the_body_is_encrypted_whole() {
    let plain = plain();
    let body = inside(&plain, "s:Body");
    let all = Encrypting::new().encrypt(&plain, &[content(body.clone())]);
    let valid = validate(&all, "\"body-content\"").unwrap();
    // Nothing was required to be signed, so nothing that is handed out is.
    assert!(valid.document().is_none());
    let document = String::from_utf8(valid.unsigned_document().to_vec()).unwrap();
    assert!(document.contains("text &amp; more") && !document.contains("Encrypted"), "{document}");
    let operation = Encrypting::new().encrypt(&plain, &[element(whole(&plain, "op"))]);
    assert_eq!(refusal(&operation, "\"body-content\""), None);
    assert_eq!(refusal(&operation, "\"/Envelope/Body//{urn:op}op\""), None);
    assert_eq!(refusal(&operation, "\"content(/Envelope/Body/{urn:op}op[1])\""), None);
    let part = Encrypting::new().encrypt(&plain, &[content(inside(&plain, "op"))]);
    assert_eq!(refusal(&part, "\"content(/Envelope/Body//{urn:op}op)\""), None);
    for encrypted in ["body-content", "/Envelope/Body//{urn:op}op", "/Envelope/Body/{urn:op}op[1]"]
    {
        assert_eq!(refusal(&part, &format!("{encrypted:?}")), Some(Cause::NotEncrypted));
        assert_eq!(refusal(&plain, &format!("{encrypted:?}")), Some(Cause::NotEncrypted));
    }
}

#[test]
fn something_beside_what_was_encrypted_is_seen() {
    let plain = envelope("1.2");
    let operation = Encrypting::new().encrypt(&plain, &[element(whole(&plain, "op"))]);
    for (before, after) in [("<forged/>", ""), ("", "<forged/>"), ("text", ""), ("", "<!-- c -->")]
    {
        let data = whole(&operation, "xenc:EncryptedData");
        let message = format!(
            "{}{before}{}{after}{}",
            &operation[..data.start],
            &operation[data.clone()],
            &operation[data.end..]
        );
        assert_eq!(refusal(&message, "\"body-content\""), Some(Cause::NotEncrypted));
    }
    let spaced = operation.replace("<xenc:EncryptedData", "\n <xenc:EncryptedData");
    assert_eq!(refusal(&spaced, "\"body-content\""), None);
    // It stands elsewhere, and the Body is somebody else's.
    let data = whole(&operation, "xenc:EncryptedData");
    let moved = format!(
        "{}<s:Header><w>{}</w>{}<forged/>{}",
        &operation[..crate::encrypted::find(&operation, "<s:Header>").start],
        &operation[data.clone()],
        &operation[crate::encrypted::find(&operation, "<s:Header>").end..data.start],
        &operation[data.end..]
    );
    assert_eq!(refusal(&moved, "\"body-content\""), Some(Cause::NotEncrypted));
}

#[test]
fn an_empty_body_was_encrypted_where_it_says_so() {
    let empty = envelope("1.2");
    let place = inside(&empty, "s:Body");
    let empty = format!("{}{}", &empty[..place.start], &empty[place.end..]);
    let place = inside(&empty, "s:Body");
    let message = Encrypting::new().encrypt(&empty, &[content(place)]);
    assert_eq!(refusal(&message, "\"body-content\""), None);
    let other = Encrypting::new().encrypt(&empty, &[element(whole(&empty, "w:To"))]);
    assert_eq!(refusal(&other, "\"body-content\""), Some(Cause::NotEncrypted));
}

#[test]
fn tokens_signatures_and_header_blocks() {
    let plain = plain();
    let header = |message: &str| EncryptedPart { header: true, ..element(whole(message, "w:To")) };
    for (name, part) in [
        ("timestamp", element(whole(&plain, "wsu:Timestamp"))),
        ("signature", element(whole(&plain, "ds:Signature"))),
        ("binary-security-token", element(whole(&plain, "wsse:BinarySecurityToken"))),
        ("{urn:addressing}To", header(&plain)),
        ("{urn:addressing}To", element(whole(&plain, "w:To"))),
        ("content({urn:addressing}To)", content(inside(&plain, "w:To"))),
    ] {
        let message = Encrypting::new().encrypt(&plain, &[part]);
        assert_eq!(refusal(&message, &format!("{name:?}")), None, "{name}\n{message}");
        assert_eq!(refusal(&plain, &format!("{name:?}")), Some(Cause::NotEncrypted), "{name}");
        let other = if name.contains("To") { "timestamp" } else { "{urn:addressing}To" };
        assert_eq!(refusal(&message, &format!("{other:?}")), Some(Cause::NotEncrypted));
    }
    let message = Encrypting::new().encrypt(&plain, &[content(inside(&plain, "s:Body"))]);
    let absent = "\"{urn:nobody}Here\"";
    assert_eq!(refusal(&message, absent), Some(Cause::MissingPart));
    assert_eq!(refusal(&message, "\"username-token\""), Some(Cause::MissingPart));
    assert_eq!(refusal(&message, "\"body-content\", \"{urn:nobody}Here?\""), None);
    assert_eq!(
        refusal(&message, "\"body-content\", \"{urn:addressing}To?\""),
        Some(Cause::NotEncrypted)
    );
}

#[test]
fn elements_by_their_id() {
    let plain = plain().replace("<op ", "<op xml:id='here' ");
    let message = Encrypting::new().encrypt(&plain, &[element(whole(&plain, "op"))]);
    // The signature does not hold any more; nobody asked for it, and it is checked all the same.
    assert_eq!(refusal(&message, "\"#here\""), Some(Cause::DigestMismatch));
    let plain = envelope("1.2").replace("<op ", "<op xml:id='here' ");
    let message = Encrypting::new().encrypt(&plain, &[element(whole(&plain, "op"))]);
    assert_eq!(refusal(&message, "\"#here\""), None);
    assert_eq!(refusal(&message, "\"content(#here)\""), None);
    assert_eq!(refusal(&message, "\"#other\""), Some(Cause::MissingPart));
}

#[test]
fn a_shared_secret_is_enough() {
    let plain = envelope("1.1");
    let secret = Encrypting {
        with: None,
        secret: Secret::new(vec![1; 16]),
        ..Encrypting::with_method(BlockEncryption::Aes128Gcm)
    };
    let message = secret.encrypt(&plain, &[content(inside(&plain, "s:Body"))]);
    let policy = "version = 1\nrequire = { encrypted = [\"body-content\"] }\n";
    let server = crate::support::inbound(policy).secret("", Secret::new(vec![1; 16]));
    let valid = server.build().unwrap().validate(message.as_bytes()).unwrap();
    assert_eq!(valid.encrypted()[0].path, "/Envelope/Body");
}

#[test]
fn a_policy_that_requires_encryption_needs_a_key() {
    let policy = "version = 1\nrequire = { encrypted = [\"body-content\"] }\n";
    let error = crate::support::inbound(policy).build().err().unwrap();
    assert_eq!(error.cause(), Cause::MissingCredential);
}

#[test]
fn a_fault_in_plaintext_is_accepted_where_the_policy_says_so() {
    let fault = |text: &str| {
        let opened = text.replace("<op xmlns='urn:op' b='2'  a='x:1'>", "<s:Fault>");
        opened.replace("</op>", "</s:Fault>")
    };
    let stamp = {
        let policy = "version = 1\norder = [\"timestamp\"]\n";
        outbound(policy).build().unwrap()
    };
    let stamped = |text: &str| {
        let message = stamp.protect(text.as_bytes(), &Call::default()).unwrap();
        String::from_utf8(message.into_bytes()).unwrap()
    };
    let signed = {
        let policy = "version = 1\norder = [\"timestamp\", \"signature\"]\n\
                      signature = [{ parts = [\"body\"] }]\n";
        let outbound = outbound(policy).identity("", identity("client")).build().unwrap();
        let call = Call::default();
        outbound.protect(fault(&envelope("1.2")).as_bytes(), &call).unwrap().into_bytes()
    };
    for require in [
        "encrypted = [\"body-content\"]",
        "signed = [\"body\"], encrypted = [\"body-content\"]",
        "timestamp = true, signed = [\"body\"], encrypted = [\"body-content\"]",
    ] {
        let policy = format!("version = 1\nrequire = {{ {require} }}\n");
        let strict = server(&policy).build().unwrap();
        let accepting = format!("{policy}faults = {{ unsigned = \"accept\" }}\n");
        let accepting = server(&accepting).build().unwrap();
        for message in [fault(&envelope("1.2")), stamped(&fault(&envelope("1.2")))] {
            let valid = accepting.validate(message.as_bytes());
            let valid = valid.unwrap_or_else(|error| panic!("{require}: {error}"));
            assert!(valid.document().is_none() && valid.encrypted().is_empty());
            assert!(String::from_utf8_lossy(valid.unsigned_document()).contains("<s:Fault>"));
            strict.validate(message.as_bytes()).unwrap_err();
        }
        for message in [envelope("1.2"), stamped(&envelope("1.2"))] {
            accepting.validate(message.as_bytes()).unwrap_err();
        }
        // Who can sign can encrypt.
        if require.contains("signed") {
            let error = accepting.validate(&signed).unwrap_err();
            assert_eq!(error.cause(), Cause::NotEncrypted, "{error}");
        }
    }
}
