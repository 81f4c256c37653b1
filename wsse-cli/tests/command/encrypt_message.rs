//! `wsse encrypt` of SOAP messages.

use crate::common::{Folder, run, run_with_input};
use wsse_core::crypto::{KeyMaterial, Secret};
use wsse_core::{Inbound, InboundPolicy};

const MESSAGE: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>\
     <a:To xmlns:a=\"urn:a\">urn:to</a:To></s:Header><s:Body><op><card>4012</card></op></s:Body>\
     </s:Envelope>";

fn key(name: &str) -> String {
    format!("{}/../vectors/keys/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// What a receiver reads who demands that these parts were encrypted.
fn decrypted(message: &str, encrypted: &str, secret: Option<(&str, &[u8])>) -> String {
    let read = |name: &str| std::fs::read(key(name)).expect("the key is read");
    let mut material = KeyMaterial::read(&read("server.key.pem"), None).expect("a key");
    let certificates = KeyMaterial::read_certificates(&read("server.crt.pem"));
    material.certificates.extend(certificates.expect("a certificate"));
    let policy = format!("version = 1\nrequire = {{ encrypted = [{encrypted}] }}\n");
    let mut builder = Inbound::builder(InboundPolicy::from_toml(&policy).expect("a policy"))
        .decryption_identity("", &material.into_identity().expect("an identity"));
    if let Some((name, octets)) = secret {
        builder = builder.secret(name, Secret::new(octets.to_vec()));
    }
    let valid = builder.build().expect("an Inbound").validate(message.as_bytes());
    let valid = valid.unwrap_or_else(|error| panic!("{error}\n{message}"));
    String::from_utf8(valid.unsigned_document().to_vec()).expect("text")
}

#[test]
fn the_body_is_encrypted_unless_parts_are_named() {
    let recipient = key("server.crt.pem");
    let recipient = ["encrypt", "--recipient", recipient.as_str()];
    for (arguments, encrypted, hidden, shown) in [
        (&[][..], "\"body-content\"", "<op>", "urn:to"),
        (&["--part", "{urn:a}To"], "\"{urn:a}To\"", "urn:to", "<op>"),
        (
            &["--part", "/Envelope/Body//{}card", "--part", "{urn:a}To"],
            "\"/Envelope/Body//{}card\", \"{urn:a}To\"",
            ">4012<",
            "<op>",
        ),
        (
            &["--data", "aes128-gcm", "--transport", "rsa-oaep-mgf1p", "--reference", "x509-data"],
            "\"body-content\"",
            ">4012<",
            "#rsa-oaep-mgf1p",
        ),
    ] {
        let outcome = run_with_input(&[&recipient[..], arguments].concat(), MESSAGE.as_bytes());
        let text = &outcome.assert_status(0).output;
        assert!(!text.contains(hidden) && text.contains(shown), "{arguments:?}: {text}");
        assert_eq!(decrypted(text, encrypted, None), MESSAGE, "{arguments:?}");
    }
}

#[test]
fn secrets_and_policies_encrypt_messages() {
    let folder = Folder::new("encrypt-message");
    let secret = folder.write("shared.key", [7; 32]);
    let input = folder.write("message.xml", MESSAGE.as_bytes());
    let named = format!("partner={secret}");
    let output = folder.path("out.xml");
    run(&["encrypt", "--secret", &named, &input, "-o", &output]).assert_status(0);
    let text = std::fs::read_to_string(&output).unwrap();
    assert!(text.contains("<ds:KeyName>partner</ds:KeyName>"), "{text}");
    assert_eq!(decrypted(&text, "\"body-content\"", Some(("partner", &[7; 32]))), MESSAGE);
    let policy = "version = 1\nencryption = [{ recipient = \"bank\", parts = [\"{urn:a}To\"] }]\n";
    let policy = folder.write("policy.toml", policy.as_bytes());
    let recipient = format!("bank={}", key("server.crt.pem"));
    let outcome = run(&["encrypt", "--policy", &policy, "--recipient", &recipient, &input]);
    let text = &outcome.assert_status(0).output;
    assert_eq!(decrypted(text, "\"{urn:a}To\"", None), MESSAGE);
}

#[test]
fn what_can_not_be_encrypted_is_refused_and_nothing_is_written() {
    let folder = Folder::new("encrypt-refused");
    let input = folder.write("message.xml", MESSAGE.as_bytes());
    let output = folder.path("out.xml");
    let recipient = key("server.crt.pem");
    for (arguments, status, reason) in [
        (&["--part", "{urn:a}Absent"][..], 1, "InvalidSecurity: the part {urn:a}Absent"),
        (&["--part", "body"], 2, "body-content"),
        (&["--part", "headers"], 2, "name each as {namespace}local"),
        (&["--part", "nonsense"], 2, "possible values: body, "),
        (&["--part", "body-content", "--bare"], 2, "cannot be used with"),
        (&["--at", "2150-01-01T00:00:00Z"], 1, "not valid after"),
    ] {
        let command = ["encrypt", "--recipient", &recipient, &input, "-o", &output];
        let outcome = run(&[&command[..], arguments].concat());
        outcome.assert_status(status).assert_error(reason);
        assert_eq!(folder.names(), ["message.xml"], "{arguments:?}");
    }
    run(&["encrypt", &input]).assert_status(2).assert_error("say for whom: --recipient");
    let small = key("small1024.crt.pem");
    let outcome = run(&["encrypt", "--recipient", &small, &input]);
    outcome.assert_status(1).assert_error("rsa1024");
    let outcome = run(&["encrypt", "--recipient", &small, "--legacy", "rsa1024", &input]);
    outcome.assert_status(0);
}

fn policy(folder: &Folder, text: &str) -> String {
    folder.write("policy.toml", format!("version = 1\n{text}\n").as_bytes())
}

#[test]
fn a_policy_signs_and_encrypts() {
    let folder = Folder::new("protect-encrypts");
    let text = "signature = [{ parts = [\"body\"] }]\n\
                encryption = [{ recipient = \"s\" }, { recipient = \"x\", transport = \"secret\", \
                parts = [\"{urn:a}To\"] }]";
    let policy = policy(&folder, text);
    let secret = folder.write("secret", [7; 32]);
    let (signer, certificate) = (key("client.key.pem"), key("client.crt.pem"));
    let recipient = format!("s={}", key("server.crt.pem"));
    let secret = format!("x={secret}");
    let arguments = ["protect", "--policy", &policy, "--key", &signer, "--cert", &certificate];
    let more = ["--recipient", &recipient, "--secret", &secret];
    let outcome = run_with_input(&[&arguments[..], &more].concat(), MESSAGE.as_bytes());
    let message = &outcome.assert_status(0).output;
    assert!(!message.contains("<op>") && !message.contains("urn:to"), "{message}");
    assert!(message.contains("<ds:SignatureValue>"), "{message}");
}

#[test]
fn one_key_signs_and_encrypts() {
    let folder = Folder::new("protect-one-key");
    let text = |key: &str| {
        format!(
            "encrypted-key = {{ {key} }}\nsignature = [{{ reference = \"encrypted-key\", parts = [\"body\"] }}]\n\
             encryption = [{{ transport = \"encrypted-key\" }}]"
        )
    };
    let recipient = key("server.crt.pem");
    let secret = folder.write("secret", [7; 32]);
    let wrapped = "recipient = \"s\", transport = \"kw-aes256\"";
    for (key, options) in [
        ("", ["--recipient", &recipient]),
        ("recipient = \"s\"", ["--recipient", &format!("s={recipient}")]),
        (wrapped, ["--secret", &format!("s={secret}")]),
    ] {
        let policy = policy(&folder, &text(key));
        let arguments = ["protect", "--policy", &policy, options[0], options[1]];
        let outcome = run_with_input(&arguments, MESSAGE.as_bytes());
        let message = &outcome.assert_status(0).output;
        assert!(message.contains("#hmac-sha256") && !message.contains("<op>"), "{message}");
    }
    // Nobody is encrypted for under another name, nor where the key is that of the request.
    let other = format!("default={recipient}");
    for (key, reason) in [
        ("recipient = \"s\"", "names no recipient of the policy, which encrypts for \"s\""),
        ("source = \"request\"", "--recipient is given, but the policy encrypts nothing"),
        (wrapped, "--recipient is given, but the policy encrypts nothing"),
    ] {
        let policy = policy(&folder, &text(key));
        run_with_input(
            &["protect", "--policy", &policy, "--recipient", &other],
            MESSAGE.as_bytes(),
        )
        .assert_status(2)
        .assert_error(reason);
    }
}

#[test]
fn names_that_the_policy_does_not_use_are_refused() {
    let folder = Folder::new("protect-names");
    let recipient = key("server.crt.pem");
    for (text, options, reason) in [
        (
            "encryption = [{ recipient = \"server\" }]",
            ["--recipient".to_owned(), format!("other={recipient}")],
            "--recipient other=… names no recipient of the policy, which encrypts for \"server\"",
        ),
        (
            "timestamp = {}",
            ["--recipient".to_owned(), recipient.clone()],
            "--recipient is given, but the policy encrypts nothing",
        ),
        (
            "encryption = [{}]",
            ["--key".to_owned(), key("client.key.pem")],
            "--key is given, but the policy makes no Signature",
        ),
        (
            "encryption = [{}]",
            ["--recipient".to_owned(), key("client.key.pem")],
            "it holds neither a certificate nor a public key",
        ),
    ] {
        let policy = policy(&folder, text);
        let arguments = ["protect", "--policy", &policy, &options[0], &options[1]];
        run_with_input(&arguments, MESSAGE.as_bytes())
            .assert_status(2)
            .assert_error("wsse: Misuse: ")
            .assert_error(reason);
    }
}
