//! What the policies of zeep's drop-in are made of: one pinned key whatever KeyInfo says, tokens that
//! nobody asked for, and what must be taken out of a tree.

use crate::support::{certificate, envelope, identity, inbound, outbound};
use wsse_core::crypto::{KeyMaterial, Legacy};
use wsse_core::inbound::Unsigned;
use wsse_core::{Call, Cause, InboundPolicy, ns};

const IGNORE: &str = "version = 1\nrequire = { signed = [\"body\"] }\n\
                      trust = { key-info = \"ignore\" }";

fn signed(name: &str, soap: &str, parts: &str, reference: &str) -> String {
    let policy =
        format!("version = 1\nsignature = [{{ parts = {parts}, reference = \"{reference}\" }}]");
    let outbound = outbound(&policy).identity("", identity(name)).build().unwrap();
    let message = outbound.protect(envelope(soap).as_bytes(), &Call::default()).unwrap();
    String::from_utf8(message.into_bytes()).unwrap()
}

#[test]
fn one_key_decides_whatever_key_info_says() {
    let message = signed("client", "1.1", "[\"body\"]", "binary-security-token");
    let unknown = message.replace("wsse:Reference URI=\"#X509", "wsse:Reference URI=\"#Y509");
    assert_ne!(unknown, message);
    let usual = "version = 1\nrequire = { signed = [\"body\"] }";
    let usual = inbound(usual).certificate("", certificate("client")).build().unwrap();
    assert_eq!(usual.validate(unknown.as_bytes()).unwrap_err().cause(), Cause::NoKey);
    let by_certificate = inbound(IGNORE).certificate("", certificate("client")).build().unwrap();
    let valid = by_certificate.validate(unknown.as_bytes()).unwrap();
    assert_eq!(valid.certificate(), Some(&certificate("client")));
    let key = certificate("client").public_key().clone();
    let by_key = inbound(IGNORE).public_key("", key).build().unwrap();
    by_key.validate(message.as_bytes()).unwrap();
    // Who has another key brings his certificate in vain.
    let stranger = signed("server", "1.1", "[\"body\"]", "x509-key-identifier");
    let error = by_key.validate(stranger.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::SignatureMismatch);
}

#[test]
fn there_must_be_exactly_one_key() {
    let one = certificate("client");
    let key = certificate("server").public_key().clone();
    for builder in [
        inbound(IGNORE),
        inbound(IGNORE).anchor("", certificate("root")),
        inbound(IGNORE).certificate("", one.clone()).certificate("", certificate("server")),
        inbound(IGNORE).certificate("", one).public_key("", key),
    ] {
        assert_eq!(builder.build().err().unwrap().cause(), Cause::MissingCredential);
    }
}

#[test]
fn tokens_that_nobody_asked_for() {
    let message = signed("client", "1.2", "[\"body\"]", "issuer-serial");
    let token =
        |token: &str| message.replacen("<ds:Signature", &format!("{token}<ds:Signature"), 1);
    let others = [
        "<a:Assertion xmlns:a='urn:saml'/>".to_owned(),
        "<wsse:UsernameToken><wsse:Username>u</wsse:Username></wsse:UsernameToken>".to_owned(),
        "<wsse:BinarySecurityToken ValueType='urn:x'>AAAA</wsse:BinarySecurityToken>".to_owned(),
    ];
    let build = |others: &str| {
        let policy = format!(
            "version = 1\nrequire = {{ signed = [\"body\"] }}\nheader = {{ others = \"{others}\" }}"
        );
        inbound(&policy).certificate("", certificate("client"))
    };
    for other in &others {
        let message = token(other);
        assert_ne!(message, signed("client", "1.2", "[\"body\"]", "issuer-serial"));
        build("refuse").build().unwrap().validate(message.as_bytes()).unwrap_err();
        let valid = build("ignore").build().unwrap().validate(message.as_bytes()).unwrap();
        assert_eq!(valid.username(), None);
    }
    // Where there are passwords, a UsernameToken is checked.
    let passwords = wsse_core::password::PasswordTable::default();
    let checking = build("ignore").passwords(passwords).build().unwrap();
    checking.validate(token(&others[1]).as_bytes()).unwrap_err();
    // What can't be decrypted is not passed by.
    let encrypted = token(&format!("<x:EncryptedKey xmlns:x='{}'/>", ns::XENC));
    let error = build("ignore").build().unwrap().validate(encrypted.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::EncryptionStructure);
}

#[test]
fn what_is_not_signed_is_counted() {
    let require = |part: &str| {
        let policy = format!("version = 1\nrequire = {{ signed = [\"{part}\"] }}");
        inbound(&policy).certificate("", certificate("client")).build().unwrap()
    };
    let unsigned = |parts: &str, required: &str| {
        let message = signed("client", "1.1", parts, "issuer-serial");
        require(required).validate(message.as_bytes()).unwrap().unsigned().clone()
    };
    let made = |blocks: Vec<usize>, body: bool| {
        let mut unsigned = Unsigned::default();
        unsigned.blocks = blocks;
        unsigned.body = body;
        unsigned
    };
    let blocks = envelope("1.1");
    assert!(blocks.find("urn:addressing").unwrap() > 0);
    let all = unsigned("[\"body\"]", "body");
    assert!(!all.body && !all.blocks.is_empty() && !all.blocks.contains(&0), "{all:?}");
    let to = unsigned("[\"body\", \"{urn:addressing}To\"]", "body");
    assert_eq!(to.blocks.len(), all.blocks.len() - 1);
    let alone = unsigned("[\"{urn:addressing}To\"]", "{urn:addressing}To");
    assert_eq!(alone, made(to.blocks, true));
}

#[test]
fn what_is_accepted_by_name_is_told() {
    let message = |method: &str| {
        let policy = format!("version = 1\nsignature = [{{ {method} }}]");
        let outbound = outbound(&policy).identity("", identity("client")).build().unwrap();
        outbound.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap().into_bytes()
    };
    let build = || {
        inbound("version = 1\nrequire = { signed = [\"body\"] }\nlegacy = { allow = [\"sha1\"] }")
    };
    let inbound = build().certificate("", certificate("client")).build().unwrap();
    let legacy = |method: &str| inbound.validate(&message(method)).unwrap().legacy();
    assert_eq!(legacy("digest = \"sha256\"").iter().count(), 0);
    assert_eq!(legacy("digest = \"sha1\"").iter().collect::<Vec<_>>(), [Legacy::Sha1]);
    assert_eq!(legacy("method = \"rsa-sha1\"").iter().collect::<Vec<_>>(), [Legacy::Sha1]);
}

#[test]
fn the_new_keys_of_policies_are_read_and_written() {
    let text = "version = 1\nrequire = { signed = [\"body\"] }\n\
                header = { actor = \"urn:a\", others = \"ignore\" }\n\
                trust = { key-info = \"ignore\" }";
    let policy = InboundPolicy::from_toml(text).unwrap();
    assert_eq!(InboundPolicy::from_toml(&policy.to_toml()).unwrap(), policy);
    for wrong in ["header = { others = \"pass\" }", "trust = { key-info = \"no\" }"] {
        let text = format!("version = 1\nrequire = {{ signed = [\"body\"] }}\n{wrong}");
        let error = InboundPolicy::from_toml(&text).unwrap_err();
        assert_eq!(error.cause(), Cause::InvalidPolicy);
    }
}

#[test]
fn certificates_are_read_beside_keys_that_stay_closed() {
    let file = crate::support::octets;
    let both = [file("client.pkcs1-3des.pem"), file("client.crt.pem")].concat();
    assert_eq!(KeyMaterial::read(&both, None).unwrap_err().cause(), Cause::WrongKeyPassword);
    let read = |octets: &[u8]| KeyMaterial::read_certificates(octets).map(|all| all.len());
    assert_eq!(read(&both).unwrap(), 1);
    assert_eq!(read(&file("client.crt.der")).unwrap(), 1);
    assert_eq!(read(&file("client.bundle.pem")).unwrap(), 3);
    for none in ["client.key.pem", "client.p12", "client.public.pem", "partner.secret"] {
        assert_eq!(read(&file(none)).unwrap_err().cause(), Cause::UnreadableKey, "{none}");
    }
}
