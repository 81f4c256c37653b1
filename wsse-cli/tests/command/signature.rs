//! `wsse sign` and `wsse verify`: their contract.

use crate::common::{Folder, Outcome, finish, run_with_input, wsse};
use crate::message::ENVELOPE;
use std::path::Path;

const DOCUMENT: &str = "<r xmlns=\"urn:r\"><x Id=\"a\">1</x><y>2</y></r>";
const AT: [&str; 2] = ["--at", "2026-05-01T12:00:00Z"];

pub(crate) fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/keys").join(name);
    path.to_str().expect("UTF-8").to_owned()
}

/// Runs with the options, of which `@NAME` is a file of the tests.
pub(crate) fn call(options: &str, input: &str) -> Outcome {
    let options: Vec<String> = options
        .split_whitespace()
        .map(|word| match word.split_once('@') {
            Some((before, name)) => before.to_owned() + &file(name),
            None => word.to_owned(),
        })
        .collect();
    let mut command = wsse(&options.iter().map(String::as_str).collect::<Vec<_>>());
    command.args(AT).env("CHANGEIT", "changeit");
    finish(command, input.as_bytes())
}

#[track_caller]
fn signed(options: &str) -> String {
    let outcome = call(&format!("sign {options}"), ENVELOPE);
    outcome.assert_status(0);
    outcome.output
}

const CLIENT: &str = "--key @client.key.pem --cert @client.crt.pem";

#[test]
fn keys_in_every_form_sign() {
    for options in [
        CLIENT,
        "--key @client.pkcs8.der --cert @client.crt.der",
        "--key @client.pkcs1.pem --cert @client.crt.pem",
        "--key @client.bundle.pem",
        "--pkcs12 @client.p12 --key-password-env CHANGEIT",
        "--key @client.pkcs8-aes256.pem --cert @client.crt.pem --key-password-env CHANGEIT",
        "--key @client.pkcs1-3des.pem --cert @client.crt.pem --key-password-env CHANGEIT",
        "--key me=@client.key.pem --cert me=@client.crt.pem --reference thumbprint-sha1",
        "--key @client.key.pem --cert @client.crt.pem --method rsa-sha512 --digest sha384",
    ] {
        let signed = signed(options);
        for known in ["--cert @client.crt.pem", "--cert @client.crt.der"] {
            let verified = call(&format!("verify {known}"), &signed);
            verified.assert_status(0);
            assert!(verified.output.contains(">7</m:Order>"), "{options}");
            assert!(!verified.output.contains("Trace"), "what is not signed is not handed out");
        }
    }
    let signed = signed("--key @ec256.key.pem --cert @ec256.crt.pem");
    call("verify --cert @ec256.crt.pem", &signed).assert_status(0);
}

#[test]
fn methods_have_their_names() {
    for (name, options, uri) in [
        ("client", "--method rsa-pss", "2007/05/xmldsig-more#rsa-pss"),
        ("client", "--method rsa-pss-sha3-256 --digest sha3-256", "#sha3-256-rsa-MGF1"),
        ("rsa-pss", "", "#sha256-rsa-MGF1"),
        ("ec256", "--method ecdsa-sha3-512", "2021/04/xmldsig-more#ecdsa-sha3-512"),
        ("ed25519", "", "2021/04/xmldsig-more#eddsa-ed25519"),
        ("ed448", "--digest sha512", "2021/04/xmldsig-more#eddsa-ed448"),
    ] {
        let key = format!("--key @{name}.key.pem --cert @{name}.crt.pem {options}");
        let signed = signed(&key);
        assert!(signed.contains(uri), "{options}: {signed}");
        call(&format!("verify --cert @{name}.crt.pem"), &signed).assert_status(0);
    }
    let pkcs12 = "--pkcs12 @ed25519.p12 --key-password-env CHANGEIT";
    call("verify --trust @chain.pem", &signed(pkcs12)).assert_status(0);
    for (options, text) in [
        ("--method dsa-sha256", "possible values: rsa-sha1, "),
        ("--digest md5", "possible values: sha1, sha224, "),
    ] {
        let outcome = call(&format!("sign {CLIENT} {options}"), ENVELOPE);
        outcome.assert_status(2).assert_error(text);
    }
    for (key, text) in [
        ("--key @dsa2048.key.pem --cert @dsa2048.crt.pem", "signatures are only verified"),
        ("--key @x25519.key.pem --cert @x25519.crt.pem", "agrees on keys and signs nothing"),
    ] {
        call(&format!("sign {key}"), ENVELOPE).assert_status(2).assert_error(text);
    }
    let other = "sign --key @ed448.key.pem --cert @ed448.crt.pem --method rsa-sha256";
    call(other, ENVELOPE).assert_status(1).assert_error("the key, which is Ed448");
}

#[test]
fn a_name_is_a_key_name() {
    let signed = signed("--key me=@client.key.pem --cert me=@client.crt.pem --reference key-name");
    assert!(signed.contains("<ds:KeyName>me</ds:KeyName>"));
    for (known, status) in [
        ("--cert me=@client.crt.pem --cert other=@server.crt.pem", 0),
        ("--cert me=@server.crt.pem --cert other=@client.crt.pem", 1),
        ("--cert other=@client.crt.pem", 1),
        ("--cert @client.crt.pem", 0),
    ] {
        call(&format!("verify {known}"), &signed).assert_status(status);
    }
}

#[test]
fn an_object_says_what_was_signed_and_by_whom() {
    let outcome =
        call("verify --json --trust @root.crt.pem --untrusted @chain.pem", &signed(CLIENT));
    let object = outcome.assert_status(0).object();
    assert_eq!(object["verdict"], "valid");
    assert_eq!(object["signed"][0]["path"], "/Envelope/Body");
    assert_eq!(object["signers"][0]["signed"], object["signed"]);
    assert_eq!(object["signers"][0]["certificate"], object["certificate"]);
    assert_eq!(object["signers"].as_array().map(Vec::len), Some(1));
    assert_eq!(object["certificate"]["subject"], "CN=client,OU=Tests,O=wsse,C=DE");
    assert_eq!(object["certificate"]["sha1"].as_str().map(str::len), Some(40));
}

#[test]
fn revocation_lists_are_heeded() {
    let client = signed(CLIENT);
    let server = signed("--key @server.key.pem --cert @server.crt.pem");
    let anchored = "--trust @root.crt.pem --untrusted @intermediate.crt.pem";
    let folder = Folder::new("revocation");
    let policy = folder.write(
        "required.toml",
        "version = 1\nrequire = { signed = [\"body\"] }\ntrust = { revocation = \"required\" }\n",
    );
    let required = format!("validate --policy {policy}");
    let outcome = call(&format!("{required} --json {anchored} --crl @root.crl.pem"), &client);
    let object = outcome.assert_status(1).object();
    assert_eq!(
        (&object["fault"], &object["cause"]),
        (&"Unavailable".into(), &"revocation-unknown".into())
    );
    for command in ["verify", &required] {
        for (message, crls, cause) in [
            (&client, "--crl @intermediate.crl.pem --crl @root.crl.pem", None),
            (
                &server,
                "--crl @root.crl.pem --crl @intermediate.crl.der",
                Some("revoked-certificate"),
            ),
            (
                &client,
                "--crl @root-revoked.crl.pem --crl @intermediate.crl.pem",
                Some("revoked-certificate"),
            ),
        ] {
            let outcome = call(&format!("{command} --json {anchored} {crls}"), message);
            let object = outcome.assert_status(i32::from(cause.is_some())).object();
            assert_eq!(object["cause"].as_str(), cause, "{command} {crls}");
        }
        for crls in ["--crl @client.crt.pem", "--crl @intermediate-delta.crl.pem"] {
            let outcome = call(&format!("{command} --json {anchored} {crls}"), &client);
            assert_eq!(outcome.assert_status(2).object()["cause"], "unreadable-crl", "{crls}");
        }
    }
}

#[test]
fn what_is_refused() {
    let good = signed(CLIENT);
    let expired = signed("--key @expired.key.pem --cert @expired.crt.pem");
    let tampered = good.replace(">7<", ">8<");
    for (message, options, cause) in [
        (&tampered, "--cert @client.crt.pem", "digest-mismatch"),
        (&good, "--cert @server.crt.pem", "untrusted-certificate"),
        (&good, "--trust @other-root.crt.pem", "untrusted-certificate"),
        (&expired, "--cert @expired.crt.pem", "certificate-validity"),
    ] {
        let outcome = call(&format!("verify --json {options}"), message);
        assert_eq!(outcome.assert_status(1).object()["cause"], cause, "{options}");
        let outcome = call(&format!("verify {options}"), message);
        outcome.assert_status(1).assert_error("wsse: refused: ");
        assert_eq!(outcome.output, "", "nothing is handed out");
    }
    let then = ["verify", "--at", "2020-06-01T00:00:00Z", "--cert", &file("expired.crt.pem")];
    run_with_input(&then, expired.as_bytes()).assert_status(0);
    call("verify --json", &good).assert_status(2);
}

#[test]
fn wrong_files_are_named() {
    for (options, text) in [
        ("--key @server.key.pem --cert @client.crt.pem", "server.key.pem"),
        ("--key @client.pkcs8-aes256.pem --cert @client.crt.pem", "--key-password-env"),
        ("--pkcs12 @client.p12 --key-password-env SECRET", "client.p12: the password"),
        ("--key @README.md --cert @client.crt.pem", "README.md: "),
        ("--key @client.key.pem", "give it as --cert FILE"),
        ("--cert @client.crt.pem", "give what signs"),
        ("--key @client.key.pem --key @server.key.pem --cert @chain.pem", "client.key.pem"),
        ("--key @none.pem --cert @client.crt.pem", "can't read the key"),
    ] {
        let outcome = call(&format!("sign {options}"), ENVELOPE);
        outcome.assert_status(2).assert_error(text);
        assert_eq!(outcome.output, "");
    }
    call("validate --policy preset:wss4j --cert other=@client.crt.pem", ENVELOPE)
        .assert_status(2)
        .assert_error("`trust.certificates` is \"default\"");
    call("verify --trust @client.public.pem", ENVELOPE)
        .assert_status(2)
        .assert_error("client.public.pem: it holds no certificate");
}

#[test]
fn documents_in_every_form() {
    for (form, path) in [
        ("enveloped", "/{urn:r}r[1]"),
        (
            "enveloping",
            "/{http://www.w3.org/2000/09/xmldsig#}Signature[1]\
             /{http://www.w3.org/2000/09/xmldsig#}Object[1]",
        ),
        ("detached --id a", "/{urn:r}r[1]/{urn:r}x[1]"),
    ] {
        for (own, known) in [
            (CLIENT, "--cert @client.crt.pem"),
            ("--secret @partner.secret", "--secret @partner.secret"),
        ] {
            let signed = call(&format!("sign --bare --form {form} {own}"), DOCUMENT);
            let signed = &signed.assert_status(0).output;
            let verified = call(&format!("verify --bare {known}"), signed);
            assert_eq!(verified.assert_status(0).output, *signed);
            let object = call(&format!("verify --bare --json {known}"), signed);
            assert_eq!(object.assert_status(0).object()["signed"][0]["path"], path);
            let tampered = signed.replace(">1<", ">0<");
            call(&format!("verify --bare {known}"), &tampered).assert_status(1);
        }
    }
    call(&format!("sign --bare --id a {CLIENT}"), DOCUMENT)
        .assert_status(2)
        .assert_error("add --form detached");
}

#[test]
fn secrets_and_policies() {
    let signed = signed("--secret @partner.secret");
    call("verify --secret @partner.secret", &signed).assert_status(0);
    call("verify --secret @client.crt.pem", &signed).assert_status(1);

    let protected = call(&format!("protect --policy preset:wss4j {CLIENT}"), ENVELOPE);
    let protected = &protected.assert_status(0).output;
    let folder = Folder::new("signature-output");
    let output = folder.path("out.xml");
    let validate =
        format!("validate --policy preset:wss4j --cert @client.crt.pem --json -o {output}");
    let object = call(&validate, protected).assert_status(0).object();
    assert_eq!(object["signed"].as_array().map(Vec::len), Some(2));
    assert!(std::fs::read_to_string(&output).expect("OUT").contains(">7</m:Order>"));
}
