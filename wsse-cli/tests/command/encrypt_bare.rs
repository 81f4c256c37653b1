//! `wsse encrypt --bare`.

use crate::common::{Folder, Outcome, finish, run_with_input, wsse};
use wsse_core::crypto::{KeyMaterial, Secret};
use wsse_core::{Inbound, InboundPolicy};

const DOCUMENT: &str = "<order xmlns=\"urn:o\">\n  <card id=\"card\">4012</card>\n</order>\n";

fn key(name: &str) -> String {
    format!("{}/../vectors/keys/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn decrypted(octets: &str, secrets: &[(&str, &[u8])]) -> Vec<u8> {
    let read = |name: &str| std::fs::read(key(name)).expect("the key is read");
    let mut material = KeyMaterial::read(&read("server.key.pem"), None).expect("a key");
    let certificates = KeyMaterial::read_certificates(&read("server.crt.pem"));
    material.certificates.extend(certificates.expect("a certificate"));
    let policy = "version = 1\nrequire = { timestamp = true }\n";
    let mut builder = Inbound::builder(InboundPolicy::from_toml(policy).expect("a policy"))
        .decryption_identity("", &material.into_identity().expect("an identity"));
    for (name, octets) in secrets {
        builder = builder.secret(*name, Secret::new(octets.to_vec()));
    }
    let inbound = builder.build().expect("an Inbound");
    inbound.decrypt_bare(octets.as_bytes()).expect("plaintext").into_octets()
}

fn encrypt(arguments: &[&str], input: &[u8]) -> Outcome {
    run_with_input(&[&["encrypt", "--bare"], arguments].concat(), input)
}

#[test]
fn what_is_encrypted_comes_back() {
    let recipient = key("server.crt.pem");
    for (arguments, shown, hidden) in [
        (&[][..], "xmlenc#Element", "<order"),
        (&["--id", "card"], "<order", "<card"),
        (&["--id", "card", "--type", "content"], "<card id=\"card\">", ">4012<"),
        (&["--type", "octets", "--mime-type", "text/xml"], "MimeType=\"text/xml\"", "<order"),
        (&["--data", "aes128-gcm", "--transport", "rsa-oaep-mgf1p"], "#rsa-oaep-mgf1p", "<order"),
        (&["--reference", "key-value"], "<ds:KeyValue>", "<order"),
    ] {
        let arguments = [&["--recipient", recipient.as_str()][..], arguments].concat();
        let outcome = encrypt(&arguments, DOCUMENT.as_bytes());
        outcome.assert_status(0);
        let text = &outcome.output;
        assert!(text.contains(shown) && !text.contains(hidden), "{arguments:?}: {text}");
        assert_eq!(decrypted(text, &[]), DOCUMENT.as_bytes(), "{arguments:?}");
    }
    let several = [
        "--recipient",
        &key("client.crt.pem"),
        "--recipient",
        &recipient,
        "--recipient",
        &key("server.crt.pem"),
    ];
    let outcome = encrypt(&several, DOCUMENT.as_bytes());
    assert_eq!(outcome.assert_status(0).output.matches("<xenc:EncryptedKey>").count(), 3);
    assert_eq!(decrypted(&outcome.output, &[]), DOCUMENT.as_bytes());
}

#[test]
fn secrets_encrypt_and_wrap() {
    let folder = Folder::new("encrypt-bare");
    let file = folder.write("shared.key", [7; 32]);
    let named = format!("shared={file}");
    for (arguments, shown) in [
        (&["--secret", file.as_str()][..], "CipherValue"),
        (&["--secret", &named], "<ds:KeyName>shared</ds:KeyName>"),
        (&["--secret", &named, "--transport", "kw-aes256"], "#kw-aes256"),
    ] {
        let outcome = encrypt(arguments, DOCUMENT.as_bytes());
        outcome.assert_status(0);
        assert!(outcome.output.contains(shown), "{}", outcome.output);
        assert_eq!(decrypted(&outcome.output, &[("shared", &[7; 32])]), DOCUMENT.as_bytes());
    }
    let input = folder.write("document.xml", DOCUMENT.as_bytes());
    let output = folder.path("encrypted.xml");
    let mut command = wsse(&["encrypt", "--bare", "--secret", &file, "-o", &output]);
    command.arg(input);
    finish(command, b"").assert_status(0);
    let written = std::fs::read_to_string(output).expect("the output");
    assert_eq!(decrypted(&written, &[("", &[7; 32])]), DOCUMENT.as_bytes());
}

#[test]
fn a_policy_says_how() {
    let folder = Folder::new("encrypt-bare-policy");
    let policy = folder.write(
        "policy.toml",
        b"version = 1\norder = [\"encryption\"]\nencryption = [{ recipient = \"server\", data = \"aes192-gcm\" }]\n",
    );
    let recipient = format!("server={}", key("server.crt.pem"));
    let arguments = ["--policy", &policy, "--recipient", &recipient];
    let outcome = encrypt(&arguments, DOCUMENT.as_bytes());
    assert!(outcome.assert_status(0).output.contains("aes192-gcm"));
    assert_eq!(decrypted(&outcome.output, &[]), DOCUMENT.as_bytes());
    let stranger = format!("partner={}", key("server.crt.pem"));
    encrypt(&["--policy", &policy, "--recipient", &stranger], DOCUMENT.as_bytes())
        .assert_status(2)
        .assert_error("names no recipient");
}

#[test]
fn what_cannot_be_is_said() {
    let recipient = key("server.crt.pem");
    let small = key("small1024.crt.pem");
    for (arguments, status, text) in [
        (&[][..], 2, "say for whom"),
        (&["--recipient", &recipient, "--data", "des"], 2, "aes256-gcm"),
        (&["--recipient", &recipient, "--transport", "rsa"], 2, "kw-aes256"),
        (&["--recipient", &recipient, "--transport", "kw-aes256"], 2, "shared secret"),
        (&["--recipient", &recipient, "--mime-type", "a/b"], 2, "--type octets"),
        (&["--recipient", &recipient, "--type", "octets", "--id", "a"], 2, "--id"),
        (&["--recipient", &recipient, "--id", "nowhere"], 1, "no element carries"),
        (&["--recipient", &small], 1, "1024 bits"),
    ] {
        let outcome = encrypt(arguments, DOCUMENT.as_bytes());
        outcome.assert_status(status).assert_error(text);
        assert_eq!(outcome.output, "");
    }
    let allowed = ["--recipient", small.as_str(), "--legacy", "rsa1024"];
    encrypt(&allowed, DOCUMENT.as_bytes()).assert_status(0);
}
