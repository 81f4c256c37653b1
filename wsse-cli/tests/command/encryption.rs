//! `wsse decrypt`, and what `wsse validate` and `wsse verify` do with what is encrypted.

use crate::common::Folder;
use crate::signature::call;
use std::path::Path;

/// Signed by `client` and then encrypted for `server`, by AES-256-GCM and RSA-OAEP, or by AES-128-CBC
/// and RSA 1.5.
pub(crate) fn message(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/encrypted");
    std::fs::read_to_string(folder.join(name)).expect("the message")
}

pub(crate) const GCM: &str = "aes256-gcm.xml";
pub(crate) const CBC: &str = "aes128-cbc-rsa15.xml";
const TEXT: &str = "text &amp; more";

#[test]
fn a_message_is_decrypted_and_nothing_more() {
    let encrypted = message(GCM);
    assert!(!encrypted.contains(TEXT));
    let plain = call("decrypt --key @server.key.pem", &encrypted);
    plain.assert_status(0);
    assert!(plain.error.is_empty());
    // The whole message, with its Security header, and the content in the place of the ciphertext.
    let start = encrypted.find("<xenc:EncryptedData").expect("it is encrypted");
    let end = encrypted.find("</s:Body>").expect("a Body");
    let content = "<op xmlns='urn:op' b='2'  a='x:1'>text &amp; more</op>";
    assert_eq!(plain.output, format!("{}{content}{}", &encrypted[..start], &encrypted[end..]));
    // A signature that does not hold is not looked at.
    let changed = encrypted.replace("<ds:SignatureValue>", "<ds:SignatureValue>AAAA");
    call("decrypt --key @server.key.pem", &changed).assert_status(0);
    let object = call("decrypt --key @server.key.pem --json", &encrypted).object();
    assert_eq!(object["verdict"], "valid");
    assert_eq!(
        object["encrypted"],
        serde_json::json!([{ "path": "/Envelope/Body", "content": true }])
    );
    assert_eq!(object["signed"], serde_json::json!([]));
}

#[test]
fn out_is_written_only_when_the_message_is_good() {
    let folder = Folder::new("decrypt-out");
    let out = folder.path("out.xml");
    let options = format!("decrypt --key @server.key.pem -o {out}");
    let encrypted = message(GCM);
    for (text, other, cause) in [
        ("<xenc:CipherValue>", "<xenc:CipherValue>AAAA", "decryption-failed"),
        ("#aes256-gcm", "#aes256-other", "unsupported-algorithm"),
        ("URI=\"#ED-0\"", "URI=\"#ED-9\"", "ambiguous-id"),
        ("</s:Envelope>", "", "unexpected-end"),
    ] {
        let broken = encrypted.replace(text, other);
        assert_ne!(broken, encrypted, "{text}");
        let refused = call(&options, &broken);
        refused.assert_status(1).assert_error("wsse: refused: ");
        assert_eq!(refused.output, "");
        let object = call(&format!("{options} --json"), &broken).assert_status(1).object();
        assert_eq!(object["cause"], cause, "{object}");
        assert!(folder.names().is_empty(), "OUT is written");
    }
    call(&options, &encrypted).assert_status(0);
    assert_eq!(folder.names(), ["out.xml"]);
}

#[test]
fn who_decrypts_must_be_there() {
    let encrypted = message(GCM);
    call("decrypt", &encrypted).assert_status(2).assert_error("--key FILE, or --secret FILE");
    for (options, status, text) in [
        // The only key is meant by whatever does not say whose it is.
        ("--key @client.key.pem", 1, "wsse: refused: FailedCheck: "),
        ("--secret @server.key.pem", 1, "SecurityTokenUnavailable: "),
        ("--key @server.crt.pem", 2, "it holds no private key"),
        ("--key @client.pkcs8-aes256.pem", 2, "--key-password-env takes the name of a variable"),
        ("--key missing.pem", 2, "can't read"),
    ] {
        let outcome = call(&format!("decrypt {options}"), &encrypted);
        outcome.assert_status(status).assert_error(text);
        assert_eq!(outcome.output, "");
    }
    call("decrypt --key @server.key.pem", &call("sign --key @client.bundle.pem", PLAIN).output)
        .assert_status(1)
        .assert_error("nothing in the message is encrypted");
}

const PLAIN: &str = crate::message::ENVELOPE;

#[test]
fn verifying_decrypts_where_a_key_is_given() {
    let encrypted = message(GCM);
    let verified = call("verify --cert @client.crt.pem --key @server.key.pem", &encrypted);
    verified.assert_status(0);
    assert!(verified.output.contains(TEXT));
    assert!(!verified.output.contains("Security"), "{}", verified.output);
    let options = "verify --cert @client.crt.pem --key NAME=@server.key.pem --json";
    let object = call(options, &encrypted).assert_status(0).object();
    assert_eq!(
        object["encrypted"],
        serde_json::json!([{ "path": "/Envelope/Body", "content": true }])
    );
    let signed: Vec<&str> = object["signed"]
        .as_array()
        .expect("an array")
        .iter()
        .filter_map(|part| part["path"].as_str())
        .collect();
    assert!(signed.contains(&"/Envelope/Body"), "{signed:?}");
    call("verify --cert @client.crt.pem", &encrypted)
        .assert_status(1)
        .assert_error("SecurityTokenUnavailable: ");
    call("verify --cert @server.crt.pem --key @server.key.pem", &encrypted).assert_status(1);
}

#[test]
fn a_policy_requires_encryption() {
    let folder = Folder::new("require-encrypted");
    let policy = folder.write(
        "policy.toml",
        "version = 1\nrequire = { signed = [\"body\"], encrypted = [\"body-content\"] }\n",
    );
    let options = format!("validate --policy {policy} --cert @client.crt.pem --json");
    let with_key = format!("{options} --key @server.key.pem");
    call(&with_key, &message(GCM)).assert_status(0);
    call(&options, &message(GCM)).assert_status(2).assert_error("give the private key");
    let plain = call("sign --key @client.bundle.pem", PLAIN).output;
    let object = call(&with_key, &plain).assert_status(1).object();
    assert_eq!(
        (&object["fault"], &object["cause"]),
        (&"InvalidSecurity".into(), &"not-encrypted".into())
    );
}

#[test]
fn weak_encryption_is_allowed_by_name() {
    let encrypted = message(CBC);
    let decrypt = "decrypt --key @server.key.pem --json";

    for (options, cause) in [
        ("", Some("legacy-algorithm")),
        ("--legacy cbc", Some("legacy-algorithm")),
        ("--legacy rsa15", Some("legacy-algorithm")),
        ("--legacy rsa15 --legacy cbc", None),
    ] {
        let object = call(&format!("{decrypt} {options}"), &encrypted).object();
        assert_eq!(object["cause"].as_str(), cause, "{options}");
    }
}
