//! Every kind of part, and that all other octets stay as they are.

use crate::reader::{
    Key, decrypt, encrypts, header, protect, protected, server, text, without_keys,
};
use wsse_core::crypto::Secret;
use wsse_core::ns;
use wsse_core::password::PasswordTable;

fn envelope() -> String {
    format!(
        "<s:Envelope xmlns:s='{}' xmlns:u='{}' xmlns:b='urn:b'><!-- a --><s:Header>\
         <w:To xmlns:w='urn:w' u:Id='to'>urn:to</w:To>\n<w:To xmlns:w='urn:w'/><b:Card n='0'/></s:Header>\n\
         <s:Body><!-- b --><b:Pay><b:Card n='1'>4711</b:Card><b:Card n='2'/>\
         <b:Card n='3' u:Id='third'><b:Card n='4'/>\u{e4}\u{20ac}\u{1d11e}</b:Card><c xmlns='urn:c' \
         > x </c ></b:Pay><?pi?></s:Body></s:Envelope><!-- c -->",
        ns::SOAP11,
        ns::WSU
    )
}

const STEPS: &str = "username-token = { password = \"text\", nonce = false, created = false }\n";

fn policy(order: &str, parts: &str) -> String {
    format!(
        "order = [{order}]\n{STEPS}\
         signature = [{{ parts = [\"body\", \"timestamp\", \"username-token\"] }}]\n\
         encryption = [{{ recipient = \"server\", parts = [{parts}] }}]\n"
    )
}

fn protect_all(order: &str, parts: &str) -> String {
    let outbound = encrypts(&policy(order, parts)).username("bob", Secret::new("secret"));
    text(&protect(outbound, &envelope()))
}

#[test]
fn every_part_comes_out_as_it_went_in() {
    let order = "\"timestamp\", \"username-token\", \"signature\"";
    let only_signed = format!(
        "order = [{order}]\n{STEPS}signature = [{{ parts = [\"body\", \"timestamp\", \
         \"username-token\"] }}]\n"
    );
    let outbound = encrypts(&only_signed).username("bob", Secret::new("secret"));
    let signed = text(&protect(outbound, &envelope()));
    let gone = ["4711", "urn:to", "<b:Card n='2'/>", "<b:Card n='4'/>", "secret", " x ", "<!-- b"];
    for (parts, hidden, references) in [
        ("\"body-content\"", &[0, 2, 3, 5, 6][..], 1),
        ("\"{urn:w}To\"", &[1], 2),
        ("\"content({urn:w}To)\"", &[1], 2),
        ("\"#to\", \"#third\"", &[1, 3], 2),
        ("\"content(#third)\"", &[3], 1),
        ("\"/Envelope/Header/{urn:w}To[1]\"", &[1], 1),
        ("\"content(/Envelope/Header/{urn:w}To[1])\"", &[1], 1),
        ("\"/Envelope/Body/{urn:b}Pay[1]/{urn:b}Card[2]\"", &[2], 1),
        ("\"content(/Envelope/Body/{urn:b}Pay[1]/{urn:b}Card[2])\"", &[2], 1),
        ("\"/Envelope/Body/{urn:b}Pay[1]/{urn:c}c[1]\"", &[5], 1),
        ("\"content(/Envelope/Body/{urn:b}Pay[1]/{urn:c}c[1])\"", &[5], 1),
        ("\"content(/Envelope/Body)\"", &[0, 2, 3, 5, 6], 1),
        ("\"/Envelope/Body//{urn:b}Card\"", &[0, 2, 3], 3),
        ("\"content(/Envelope/Body//{urn:b}Card)\"", &[0, 2, 3], 3),
        ("\"username-token\"", &[4], 1),
        ("\"timestamp\"", &[], 1),
        ("\"signature\"", &[], 1),
        ("\"signature[1]\"", &[], 1),
        ("\"binary-security-token\"", &[], 1),
        (
            "\"body-content\", \"username-token\", \"signature\", \"{urn:w}To\"",
            &[0, 1, 2, 3, 4, 5, 6],
            5,
        ),
        (
            "\"body-content\", \"{urn:absent}a?\", \"/Envelope/Body//{urn:absent}a?\"",
            &[0, 2, 3, 5, 6],
            1,
        ),
    ] {
        let message = protect_all(&format!("{order}, \"encryption\""), parts);
        assert_eq!(message.matches("<xenc:DataReference ").count(), references, "{parts}");
        assert_eq!(message.matches("<xenc:EncryptedKey ").count(), 1, "{parts}");
        for (index, text) in gone.iter().enumerate() {
            assert_eq!(message.contains(text), !hidden.contains(&index), "{parts}: {text}");
        }
        // An element of one tag is opened for its content.
        let opened = |signed: &str| match parts {
            "\"content({urn:w}To)\"" => {
                signed.replace("<w:To xmlns:w='urn:w'/>", "<w:To xmlns:w='urn:w'></w:To>")
            }
            _ if parts.contains("content(/Envelope/Body/{urn:b}Pay[1]/{urn:b}Card[2])")
                || parts.contains("content(/Envelope/Body//{urn:b}Card)") =>
            {
                signed.replace("<b:Card n='2'/>", "<b:Card n='2'></b:Card>")
            }
            _ => signed.to_owned(),
        };
        let decrypted = without_keys(&decrypt(&message, &Key::server()));
        assert_eq!(decrypted, opened(&signed), "{parts}");
        let inbound = server("require = { signed = [\"body\", \"timestamp\", \"username-token\"], username-token = \"text\" }")
            .passwords(PasswordTable::new().with("bob", Secret::new("secret")))
            .build()
            .unwrap();
        let valid = inbound.validate(message.as_bytes());
        let valid = valid.unwrap_or_else(|error| panic!("{parts}: {error}\n{message}"));
        assert_eq!(valid.encrypted().len(), references, "{parts}");
        assert_eq!(valid.username(), Some("bob"));
    }
}

#[test]
fn parts_of_the_tokens_stand_behind_the_key() {
    let message = protect_all(
        "\"timestamp\", \"username-token\", \"signature\", \"encryption\"",
        "\"username-token\", \"signature\"",
    );
    let expected =
        ["EncryptedKey", "Timestamp", "EncryptedData", "BinarySecurityToken", "EncryptedData"];
    assert_eq!(header(&message), expected);
}

#[test]
fn what_a_message_brings_is_encrypted_as_well() {
    let given = format!(
        "<s:Envelope xmlns:s='{}'><s:Header><o:Security xmlns:o='{}' xmlns:u='{}'><o:UsernameToken>\
         <o:Username>eve</o:Username></o:UsernameToken></o:Security></s:Header><s:Body/></s:Envelope>",
        ns::SOAP11,
        ns::WSSE,
        ns::WSU
    );
    let message = protected(
        "encryption = [{ recipient = \"server\", parts = [\"username-token\"] }]",
        &given,
    );
    assert_eq!(header(&message), ["EncryptedKey", "EncryptedData"]);
    assert!(!message.contains(">eve<"));
    assert_eq!(without_keys(&decrypt(&message, &Key::server())), given);
}

#[test]
fn confirmations_are_encrypted() {
    let request = encrypts("order = [\"signature\"]\nsignature = [{ parts = [\"body\"] }]");
    let exchange = protect(request, &envelope()).exchange().clone();
    let outbound = encrypts(
        "order = [\"signature-confirmation\", \"encryption\"]\n\
         encryption = [{ recipient = \"server\", parts = [\"signature-confirmation\"] }]",
    );
    let outbound = outbound.build().unwrap();
    let envelope = envelope();
    let reply = outbound.protect_reply(envelope.as_bytes(), &exchange, &Default::default());
    let message = text(&reply.unwrap());
    assert_eq!(header(&message), ["EncryptedKey", "EncryptedData"]);
    assert!(decrypt(&message, &Key::server()).contains("SignatureConfirmation"));
}

#[test]
fn a_large_body_is_encrypted_in_pieces() {
    let text = "0123456789 \u{e4} ".repeat(100_000);
    let envelope = format!(
        "<s:Envelope xmlns:s='{}'><s:Header/><s:Body><a>{text}</a></s:Body></s:Envelope>",
        ns::SOAP11
    );
    for data in ["aes256-gcm", "aes128-cbc"] {
        let policy = format!(
            "order = [\"signature\", \"encryption\"]\nsignature = [{{ parts = [\"body\"] }}]\n\
             encryption = [{{ recipient = \"server\", data = \"{data}\", parts = [\"body-content\", \
             \"signature\"] }}]"
        );
        let message = protected(&policy, &envelope);
        assert!(decrypt(&message, &Key::server()).contains(&format!("<a>{text}</a>")));
    }
}
