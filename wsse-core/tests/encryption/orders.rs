//! Signing and encrypting, in both orders; encrypting more than once.

use crate::reader::{
    Foreseen, Key, decrypt, element, encrypts, header, protect, protected, server, text,
    without_keys,
};
use crate::support::{certificate, envelope, identity};
use std::sync::Arc;
use wsse_core::crypto::Secret;
use wsse_core::password::PasswordTable;

const BOTH: &str = "encryption = [{ recipient = \"server\" }]\n\
                    signature = [{ parts = [\"body\", \"timestamp\"] }]\n";

#[test]
fn the_header_tells_in_which_order_things_were_done() {
    for (order, more, expected) in [
        (
            "\"timestamp\", \"signature\", \"encryption\"",
            "",
            &["EncryptedKey", "Timestamp", "BinarySecurityToken", "Signature"][..],
        ),
        (
            "\"timestamp\", \"encryption\", \"signature\"",
            "",
            &["Timestamp", "BinarySecurityToken", "Signature", "EncryptedKey"],
        ),
        (
            "\"encryption\", \"timestamp\", \"signature\"",
            "",
            &["Timestamp", "BinarySecurityToken", "Signature", "EncryptedKey"],
        ),
        (
            "\"encryption\", \"signature\", \"timestamp\"",
            "",
            &["BinarySecurityToken", "Signature", "Timestamp", "EncryptedKey"],
        ),
        (
            "\"signature\", \"encryption\", \"timestamp\"",
            "",
            &["EncryptedKey", "BinarySecurityToken", "Signature", "Timestamp"],
        ),
        (
            "\"timestamp\", \"signature\", \"encryption\"",
            "header = { layout = \"signature-first\" }\n",
            &["EncryptedKey", "Signature", "BinarySecurityToken", "Timestamp"],
        ),
        (
            "\"timestamp\", \"encryption\", \"signature\"",
            "header = { layout = \"signature-first\" }\n",
            &["Signature", "BinarySecurityToken", "Timestamp", "EncryptedKey"],
        ),
    ] {
        let policy = format!("order = [{order}]\n{BOTH}{more}");
        let message = protected(&policy, &envelope("1.1"));
        assert_eq!(header(&message), expected, "{order}");
        let inbound = server(
            "require = { signed = [\"body\", \"timestamp\"], encrypted = [\"body-content\"] }",
        );
        let valid = inbound.build().unwrap().validate(message.as_bytes());
        let valid = valid.unwrap_or_else(|error| panic!("{order}: {error}\n{message}"));
        assert!(valid.body().unwrap().windows(10).any(|octets| octets == b"text &amp;"));
    }
}

#[test]
fn what_was_encrypted_is_signed_as_it_stands_there() {
    let policy = "order = [\"timestamp\", \"username-token\", \"encryption\", \"signature\"]\n\
         username-token = { password = \"text\", nonce = false, created = false }\n\
         signature = [{ parts = [\"body\", \"timestamp\", \"username-token\", \"headers\", \
         \"!{urn:o}o\"] }]\n\
         encryption = [{ recipient = \"server\", parts = [\"body-content\", \"username-token\", \
         \"{urn:addressing}To\", \"{urn:o}o\"] }]";
    let outbound = encrypts(policy).username("bob", Secret::new("secret"));
    let message = text(&protect(outbound, &envelope("1.1")));
    let tokens = ["Timestamp", "BinarySecurityToken", "Signature", "EncryptedKey", "EncryptedData"];
    assert_eq!(header(&message), tokens);
    let signature = element(&message, 0, "ds:Signature").unwrap();
    let random = "11".repeat(16);
    let references: Vec<_> = signature
        .split("<ds:Reference URI=\"#")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    // The Body, the Timestamp, the EncryptedData of the UsernameToken, the EncryptedHeader of To; not
    // that of o.
    let expected = ["id-2-", "TS-", "ED-1-", "EH-6-"].map(|kind| format!("{kind}{random}"));
    assert_eq!(references, expected, "{message}");
    let header = element(&message, 0, "wsse11:EncryptedHeader").unwrap();
    assert!(header.contains(&format!("wsu:Id=\"EH-6-{random}\"")), "{header}");
    let inbound = server(
        "require = { username-token = \"text\", signed = [\"body\", \"timestamp\", \
         \"username-token\", \"{urn:addressing}To\"], encrypted = [\"body-content\", \
         \"username-token\", \"{urn:addressing}To\", \"{urn:o}o\"] }",
    );
    let inbound =
        inbound.passwords(PasswordTable::new().with("bob", Secret::new("secret"))).build().unwrap();
    let valid = inbound.validate(message.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(valid.username(), Some("bob"));
}

#[test]
fn parts_are_named_by_id_and_position_in_both_steps() {
    let envelope = envelope("1.1").replace("<w:To ", "<w:To w:Id='no' xml:id='to' ");
    for part in ["#to", "/Envelope/Header/{urn:addressing}To[1]"] {
        let policy = format!(
            "order = [\"encryption\", \"signature\"]\nsignature = [{{ parts = [\"{part}\"] }}]\n\
             encryption = [{{ recipient = \"server\", parts = [\"{part}\"] }}]"
        );
        let message = protected(&policy, &envelope);
        let signature = element(&message, 0, "ds:Signature").unwrap();
        assert!(signature.contains("<ds:Reference URI=\"#EH-"), "{signature}");
        let inbound = server(
            "require = { signed = [\"{urn:addressing}To\"], encrypted = [\"{urn:addressing}To\"] }",
        );
        inbound.build().unwrap().validate(message.as_bytes()).unwrap();
    }
}

#[test]
fn a_signature_that_a_message_brings_is_encrypted_and_endorsed() {
    let signed = protected(
        "order = [\"timestamp\", \"signature\"]\nsignature = [{ parts = [\"body\"] }]",
        &envelope("1.1"),
    );
    let policy = "order = [\"encryption\", \"signature\"]\n\
                  signature = [{ key = \"second\", parts = [\"signature\"] }]\n\
                  encryption = [{ recipient = \"server\", parts = [\"signature\"] }]";
    let outbound =
        encrypts(policy).identity("second", identity("server")).random(Arc::new(Foreseen(2)));
    let message = text(&protect(outbound, &signed));
    let tokens = [
        "BinarySecurityToken",
        "Signature",
        "EncryptedKey",
        "Timestamp",
        "BinarySecurityToken",
        "EncryptedData",
    ];
    assert_eq!(header(&message), tokens);
    let inbound = server("require = { signed = [\"body\", \"signature\"], encrypted = [] }");
    let valid = inbound.build().unwrap().validate(message.as_bytes()).unwrap();
    assert_eq!(valid.signers().len(), 2);
}

#[test]
fn signatures_are_counted_in_the_order_of_their_making() {
    let signed = protected(
        "order = [\"timestamp\", \"signature\"]\nsignature = [{ parts = [\"timestamp\"] }]",
        &envelope("1.1"),
    );
    for layout in ["strict", "signature-first"] {
        for (number, hidden) in [(1, 0), (2, 1), (3, 2)] {
            let policy = format!(
                "order = [\"signature\", \"encryption\"]\nheader = {{ layout = \"{layout}\" }}\n\
                 signature = [{{ parts = [\"body\"] }}, {{ key = \"second\", parts = [\"signature[2]\"] }}]\n\
                 encryption = [{{ recipient = \"server\", parts = [\"signature[{number}]\"] }}]"
            );
            let outbound = encrypts(&policy)
                .identity("second", identity("server"))
                .random(Arc::new(Foreseen(2)));
            let message = text(&protect(outbound, &signed));
            // What each of them signs.
            let signs = ["#TS-", "#id-", "#SIG-"];
            let left: Vec<bool> = signs
                .iter()
                .map(|id| message.contains(&format!("<ds:Reference URI=\"{id}")))
                .collect();
            let expected: Vec<bool> = (0..3).map(|index| index != hidden).collect();
            assert_eq!(left, expected, "{layout} {number} {message}");
        }
    }
}

#[test]
fn what_was_encrypted_is_encrypted_again() {
    let policy = "encryption = [\
        { recipient = \"server\", parts = [\"/Envelope/Body/{urn:op}op[1]\"] }, \
        { recipient = \"other\", data = \"aes128-gcm\", parts = [\"body-content\", \"{urn:addressing}To\"] }]";
    let outbound = encrypts(policy).recipient("other", certificate("client"));
    let message = text(&protect(outbound, &envelope("1.1")));
    assert_eq!(header(&message), ["EncryptedKey", "EncryptedKey"]);
    assert_eq!(message.matches("<xenc:EncryptedData ").count(), 2);
    // The outer one first.
    let random = "11".repeat(16);
    let first = element(&message, 0, "xenc:EncryptedKey").unwrap();
    assert!(first.contains(&format!("Id=\"EK-5-{random}\"")), "{first}");
    let inbound =
        crate::support::inbound("version = 1\nrequire = { encrypted = [\"body-content\"] }")
            .decryption_identity("server", &identity("server"))
            .decryption_identity("client", &identity("client"))
            .build()
            .unwrap();
    let decrypted = inbound.decrypt(message.as_bytes()).unwrap().into_octets();
    let decrypted = String::from_utf8(decrypted).unwrap();
    assert!(decrypted.ends_with(
        "<w:To xmlns:w='urn:addressing'>urn:to</w:To><o xmlns='urn:o'/></s:Header><s:Body>\
         <op xmlns='urn:op' b='2'  a='x:1'>text &amp; more</op></s:Body></s:Envelope>"
    ));
}

#[test]
fn the_content_is_encrypted_twice() {
    for parts in ["\"body-content\"", "\"content({urn:o}o)\""] {
        let one = format!("{{ recipient = \"server\", parts = [{parts}] }}");
        let policy = format!("encryption = [{one}, {one}]");
        let message = protected(&policy, &envelope("1.1"));
        assert_eq!(message.matches("<xenc:EncryptedData ").count(), 1, "{parts}");
        let decrypted = without_keys(&decrypt(&message, &Key::server()));
        let security = decrypted.find("<wsse:Security").unwrap();
        let end = decrypted.find("</wsse:Security>").unwrap() + "</wsse:Security>".len();
        let rest = format!("{}{}", &decrypted[..security], &decrypted[end..]);
        assert_eq!(rest.replace("></o>", "/>"), envelope("1.1"), "{parts}");
    }
}

#[test]
fn other_encryptions_stand_side_by_side() {
    let policy = "order = [\"timestamp\", \"signature\", \"encryption\"]\n\
        signature = [{ parts = [\"body\"] }]\n\
        encryption = [{ recipient = \"server\", parts = [\"body-content\", \"{urn:addressing}To\"] }, \
        { recipient = \"server\", data = \"aes192-gcm\", parts = [\"signature\", \"{urn:o}o\"] }]";
    let message = protected(policy, &envelope("1.1"));
    let only_signed =
        "order = [\"timestamp\", \"signature\"]\nsignature = [{ parts = [\"body\"] }]";
    let signed = protected(only_signed, &envelope("1.1"));
    assert_eq!(header(&message)[..2], ["EncryptedKey", "EncryptedKey"]);
    assert_eq!(without_keys(&decrypt(&message, &Key::server())), signed);
    let inbound = server("require = { signed = [\"body\"] }").build().unwrap();
    assert_eq!(inbound.validate(message.as_bytes()).unwrap().encrypted().len(), 4);
}

#[test]
fn both_sides_of_a_preset_understand_each_other() {
    for preset in ["wss4j-encrypt", "wcf-encrypt"] {
        let policy = wsse_core::OutboundPolicy::preset(preset).unwrap();
        let outbound = wsse_core::Outbound::builder(policy)
            .identity("client", identity("client"))
            .recipient("server", certificate("server"))
            .build()
            .unwrap();
        let envelope = envelope("1.2");
        let message = outbound.protect(envelope.as_bytes(), &Default::default()).unwrap();
        let policy = wsse_core::InboundPolicy::preset(preset).unwrap();
        let inbound = wsse_core::Inbound::builder(policy)
            .decryption_identity("", &identity("server"))
            .anchor("", certificate("root"))
            .untrusted(certificate("intermediate"))
            .build()
            .unwrap();
        let valid = inbound.validate(message.bytes());
        let valid = valid.unwrap_or_else(|error| panic!("{preset}: {error}"));
        let parts = valid.encrypted().len();
        assert_eq!(parts, if preset.starts_with("wcf") { 2 } else { 1 });
    }
}
