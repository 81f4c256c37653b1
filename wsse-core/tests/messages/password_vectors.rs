//! The published password digests, read from where the vectors are.

use crate::support::{SOAP11, clock, vectors};
use wsse_core::crypto::{Secret, base64, base64_to_vec, username_token_key};
use wsse_core::password::{PasswordTable, SecretForm, password_digest_text};
use wsse_core::time::parse_date_time;
use wsse_core::{Call, Inbound, InboundPolicy, Outbound, OutboundPolicy};

#[test]
fn every_published_digest_is_made_and_checked() {
    let Some(folder) = vectors() else { return };
    let text = std::fs::read_to_string(folder.join("username-token/password-digest.json")).unwrap();
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut tokens = 0;
    let mut headers = 0;
    for row in &rows {
        let field = |name: &str| row[name].as_str().unwrap();
        let id = field("id");
        if field("dialect") == "xwsse-text-nonce" {
            // The X-WSSE header has a table of its own.
            headers += 1;
            continue;
        }
        assert_eq!(field("dialect"), "wsse-binary", "{id}");
        tokens += 1;
        let nonce = base64_to_vec(field("nonce_on_wire")).unwrap();
        let octets = hex_to_vec(field("password_bytes_hex"));
        let digest =
            |secret: &Secret, form| password_digest_text(&nonce, field("created"), secret, form);
        assert_eq!(
            digest(&Secret::new(octets.clone()), SecretForm::Plain),
            field("digest"),
            "{id}"
        );
        let form = if octets == field("password").as_bytes() {
            SecretForm::Plain
        } else {
            SecretForm::Sha1
        };
        let password = Secret::new(field("password"));
        assert_eq!(digest(&password, form), field("digest"), "{id}");

        // The same as a message, there and back.
        let username = match field("username") {
            "" => "somebody",
            username => username,
        };
        let at = parse_date_time(field("created")).unwrap().seconds() + 5;
        let mut policy = OutboundPolicy::preset("onvif").unwrap();
        policy.username_token.secret = form;
        let outbound = Outbound::builder(policy).clock(clock(at)).build().unwrap();
        let mut call = Call::default();
        call.username = Some(username);
        call.password = Some(&password);
        call.nonce = Some(&nonce);
        call.created = Some(field("created"));
        let message = outbound.protect(SOAP11.as_bytes(), &call).unwrap();
        let written = core::str::from_utf8(message.bytes()).unwrap();
        assert!(written.contains(&format!(">{}<", field("digest"))), "{id}: {written}");
        assert!(written.contains(&format!(">{}<", field("nonce_on_wire"))), "{id}: {written}");
        let mut policy = InboundPolicy::preset("onvif").unwrap();
        policy.username.secret = form;
        let inbound = Inbound::builder(policy)
            .passwords(PasswordTable::new().with(username, password.clone()))
            .clock(clock(at))
            .build()
            .unwrap();
        assert_eq!(inbound.validate(message.bytes()).unwrap().username(), Some(username), "{id}");
    }
    println!("{tokens} digests of tokens; {headers} of headers are checked by the X-WSSE tests");
    assert_eq!((tokens, headers), (4, 1));
}

#[test]
fn keys_derived_from_a_password() {
    let Some(folder) = vectors() else { return };
    let text = std::fs::read_to_string(folder.join("username-token/derived-key.json")).unwrap();
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(rows.len(), 1);
    for row in rows {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        let password = Secret::new(hex_to_vec(&text("password_bytes_hex")));
        let salt = base64_to_vec(&text("salt_b64")).unwrap();
        let iterations = u32::try_from(row["iterations"].as_u64().unwrap()).unwrap();
        let key = username_token_key(&password, &salt, iterations);
        assert_eq!(base64(key.octets()), text("derived_b64"));
    }
}

fn hex_to_vec(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}
