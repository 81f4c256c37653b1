//! Keys in a token that speaks PKCS#11: examples/rust/pkcs11_sign.rs with SoftHSM.
//!
//! Where softhsm2-util is not there, the tests say so and do nothing else:
//! requirements/debian-pkcs11.txt lists its package.
#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "a test says what it skips, and why")]

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use wsse_core::crypto::Certificate;
use wsse_core::{Inbound, InboundPolicy};

const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm.so",
    "/usr/lib/pkcs11/libsofthsm2.so",
];
const PIN: &str = "8642";
const ENVELOPE: &str = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>\
                        <op xmlns=\"urn:op\">text</op></s:Body></s:Envelope>";

fn keys(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/keys").join(name)
}

/// A token of its own in a folder below the target.
struct Token {
    module: &'static str,
    configuration: PathBuf,
    name: &'static str,
}

impl Token {
    /// With the keys of vectors/keys that have these names, under these names.
    fn with(name: &'static str, imported: &[&str]) -> Option<Self> {
        let module = MODULES.into_iter().find(|module| Path::new(module).exists());
        let has_tool = Command::new("softhsm2-util").arg("--version").output().is_ok();
        let Some(module) = module.filter(|_| has_tool) else {
            println!("SKIPPED: {name}: softhsm2 is not there; requirements/debian-pkcs11.txt");
            return None;
        };
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pkcs11-{name}"));
        let _fresh = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("tokens")).unwrap();
        let configuration = folder.join("softhsm2.conf");
        let text = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\n",
            folder.join("tokens").display()
        );
        std::fs::write(&configuration, text).unwrap();
        let token = Self { module, configuration, name };
        token.tool(&["--init-token", "--free", "--label", name, "--so-pin", "97531", "--pin", PIN]);
        for (number, key) in imported.iter().enumerate() {
            let file = folder.join("key.pem");
            std::fs::write(&file, pkcs8(key)).unwrap();
            let (id, file) = (format!("A{number}"), file.display().to_string());
            let tokens = ["--token", name, "--pin", PIN, "--label", key, "--id", &id];
            token.tool(&[&["--import", &file], tokens.as_slice()].concat());
        }
        Some(token)
    }

    fn tool(&self, arguments: &[&str]) {
        let done = self.command("softhsm2-util").args(arguments).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {done:?}");
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("SOFTHSM2_CONF", &self.configuration);
        command
    }

    fn sign(&self, label: &str, certificate: &str, pin: &str, policy: Option<&str>) -> Output {
        // Beside deps/, in which this test is. `cargo test` makes both.
        let test = std::env::current_exe().unwrap();
        let example = test.parent().unwrap().with_file_name("examples").join("pkcs11_sign");
        let name = example.display();
        assert!(example.exists(), "no {name}: cargo build -p wsse-core --example pkcs11_sign");
        let certificate = keys(&format!("{certificate}.crt.pem"));
        let mut command = self.command(example);
        command.args([self.module, self.name, label]).arg(certificate).args(policy);
        command.env("TOKEN_PIN", pin).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut running = command.stderr(Stdio::piped()).spawn().unwrap();
        running.stdin.take().unwrap().write_all(ENVELOPE.as_bytes()).unwrap();
        running.wait_with_output().unwrap()
    }

    fn refused(&self, label: &str, certificate: &str, pin: &str) -> String {
        let done = self.sign(label, certificate, pin, None);
        assert!(!done.status.success() && done.stdout.is_empty(), "{done:?}");
        String::from_utf8(done.stderr).unwrap().trim_end().to_owned()
    }
}

/// softhsm2-util reads PKCS#8 alone.
fn pkcs8(name: &str) -> Vec<u8> {
    let key = std::fs::read(keys(&format!("{name}.key.pem"))).unwrap();
    openssl::pkey::PKey::private_key_from_pem(&key).unwrap().private_key_to_pem_pkcs8().unwrap()
}

fn validate(message: &[u8], name: &str) {
    let policy = "version = 1\nrequire = { signed = [\"body\"] }";
    let pem = std::fs::read(keys(&format!("{name}.crt.pem"))).unwrap();
    let certificate = Certificate::many_from_pem(&pem).unwrap().remove(0);
    let inbound = Inbound::builder(InboundPolicy::from_toml(policy).unwrap());
    let inbound = inbound.certificate("", certificate).build().unwrap();
    let validated = inbound.validate(message).unwrap();
    assert_eq!(validated.signed()[0].path, "/Envelope/Body");
    assert!(validated.certificate().is_some());
}

#[test]
fn keys_in_a_token_sign() {
    let Some(token) = Token::with("signs", &["client", "ec256", "ec384"]) else { return };
    let method = |name: &str| format!("version = 1\nsignature = [{{ method = \"{name}\" }}]");
    for (key, policy, algorithm) in [
        ("client", None, "xmldsig-more#rsa-sha256"),
        ("client", Some(method("rsa-sha512")), "xmldsig-more#rsa-sha512"),
        ("client", Some(method("rsa-pss-sha256")), "sha256-rsa-MGF1"),
        ("ec256", None, "ecdsa-sha256"),
        ("ec384", None, "ecdsa-sha384"),
    ] {
        let done = token.sign(key, key, PIN, policy.as_deref());
        assert!(done.status.success(), "{key}: {done:?}");
        assert!(String::from_utf8_lossy(&done.stdout).contains(algorithm), "{algorithm}");
        validate(&done.stdout, key);
    }
}

#[test]
fn a_token_that_does_not_sign_is_told() {
    let Some(token) = Token::with("refuses", &["client", "server"]) else { return };
    let told = token.refused("client", "client", "1234");
    let expected = "Unavailable (remote-key-unavailable): the token did not sign: ";
    assert!(told.starts_with(expected) && told.contains("PIN"), "{told}");
    assert!(!told.contains("1234"), "{told}");
    let told = token.refused("nobody", "client", PIN);
    let expected = "Unavailable (remote-key-unavailable): 0 private keys are labelled \"nobody\"";
    assert_eq!(told, expected);
    let told = token.refused("client", "ec256", PIN);
    assert!(
        told.starts_with("Unavailable (remote-key-unavailable): the token did not sign: "),
        "{told}"
    );
    // The key of another certificate of the same kind: the token has no way to know.
    let told = token.refused("server", "client", PIN);
    assert!(told.starts_with("Misuse (remote-key-mismatch): "), "{told}");
}

#[test]
fn a_key_that_was_removed_is_told() {
    let Some(token) = Token::with("removed", &["client"]) else { return };
    assert!(token.sign("client", "client", PIN, None).status.success());
    token.tool(&["--delete-token", "--token", "removed"]);
    let told = token.refused("client", "client", PIN);
    let expected = "Unavailable (remote-key-unavailable): no token is labelled \"removed\"";
    assert_eq!(told, expected);
}
