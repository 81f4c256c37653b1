//! Every file of vectors/keys is read as what it is; cut off or damaged it is an error, or at
//! least never another private key.

use std::fs;
use std::path::PathBuf;
use wsse_core::crypto::{Identity, KeyKind, KeyMaterial, PublicKey, RecipientKey, Secret};
use wsse_core::{Cause, Error};

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "vectors", "keys"].iter().collect()
}

fn file(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn changeit() -> Secret {
    Secret::new("changeit")
}

fn read(name: &str, password: Option<&Secret>) -> Result<KeyMaterial, Error> {
    KeyMaterial::read(&file(name), password)
}

/// File; whether it needs the password; private keys, certificates and public keys in it, or the
/// cause why it is refused.
type Row<Name> = (Name, bool, Expected);
type Expected = Result<(usize, usize, usize), Cause>;

const CERTIFICATE: Expected = Ok((0, 1, 0));
const PRIVATE: Expected = Ok((1, 0, 0));
const PUBLIC: Expected = Ok((0, 0, 1));
const REFUSED: Expected = Err(Cause::UnreadableKey);

const FILES: &[Row<&str>] = &[
    ("chain.p12", true, Ok((0, 2, 0))),
    ("chain.pem", false, Ok((0, 2, 0))),
    ("client-3des.p12", true, Ok((1, 3, 0))),
    ("client-empty-password.p12", false, Ok((1, 3, 0))),
    ("client-rc2.p12", true, Ok((1, 3, 0))),
    ("client.bundle.pem", false, Ok((1, 3, 0))),
    ("client.crt.der", false, CERTIFICATE),
    ("client.p12", true, Ok((1, 3, 0))),
    ("client.pkcs1-3des.pem", true, PRIVATE),
    ("client.pkcs1-aes256.pem", true, PRIVATE),
    ("client.pkcs1.der", false, PRIVATE),
    ("client.pkcs1.pem", false, PRIVATE),
    ("client.pkcs8-3des.pem", true, PRIVATE),
    ("client.pkcs8-aes256.der", true, PRIVATE),
    ("client.pkcs8-aes256.pem", true, PRIVATE),
    ("client.pkcs8-pbes1.pem", true, PRIVATE),
    ("client.pkcs8-rc2.pem", true, PRIVATE),
    ("client.pkcs8.der", false, PRIVATE),
    ("client.public-pkcs1.pem", false, PUBLIC),
    ("client.public.der", false, PUBLIC),
    ("client.public.pem", false, PUBLIC),
    ("ec-explicit.key.pem", false, REFUSED),
    ("ec-secp256k1.key.pem", false, REFUSED),
    ("ec256.p12", true, Ok((1, 3, 0))),
    ("ec256.sec1-aes128.pem", true, PRIVATE),
    ("ec256.sec1.der", false, PRIVATE),
    ("ec256.sec1.pem", false, PRIVATE),
    ("dsa1024.key.pem", false, REFUSED),
    ("dsa2048.key.pem", false, REFUSED),
    ("ed25519.p12", true, Ok((1, 3, 0))),
    ("intermediate.crl.der", false, REFUSED),
    ("partner.secret", false, REFUSED),
    ("path.p7b", false, REFUSED),
    ("two.p7b", false, REFUSED),
    ("x25519.public.pem", false, PUBLIC),
    ("README.md", false, REFUSED),
    ("make.sh", false, REFUSED),
];

/// The table, and a row for every `NAME.key.pem`, `NAME.crt.pem` and `NAME.crl.pem` beside it.
fn rows() -> Vec<Row<String>> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let row = |name: String| match FILES.iter().find(|(known, ..)| *known == name) {
        Some((_, password, expected)) => (name, *password, *expected),
        None if name.ends_with(".key.pem") => (name, false, PRIVATE),
        None if name.ends_with(".crt.pem") => (name, false, CERTIFICATE),
        None if name.ends_with(".crl.pem") => (name, false, REFUSED),
        None => panic!("{name} has no row in this test"),
    };
    let rows: Vec<_> = names.into_iter().map(row).collect();
    for (name, ..) in FILES {
        assert!(rows.iter().any(|(present, ..)| present == name), "{name} is missing");
    }
    rows
}

fn counts(material: &KeyMaterial) -> (usize, usize, usize) {
    let keys = usize::from(material.private_key.is_some());
    (keys, material.certificates.len(), material.public_keys.len())
}

#[test]
fn every_file_is_read_by_its_content() {
    for (name, needs_password, expected) in rows() {
        let outcome = read(&name, Some(&changeit()).filter(|_| needs_password));
        match (&outcome, expected) {
            (Ok(material), Ok(expected)) => assert_eq!(counts(material), expected, "{name}"),
            (Err(error), Err(cause)) => assert_eq!(error.cause(), cause, "{name}: {error}"),
            _ => panic!("{name}: {outcome:?}, expected {expected:?}"),
        }
        // A password that is not needed does no harm.
        if !needs_password && name != "client-empty-password.p12" {
            let causes = |outcome: Result<KeyMaterial, Error>| {
                outcome.map(|material| counts(&material)).map_err(|error| error.cause())
            };
            assert_eq!(causes(read(&name, Some(&changeit()))), causes(outcome), "{name}");
        }
    }
}

#[test]
fn without_the_right_password_nothing_is_opened() {
    let long = Secret::new(vec![b'a'; 5000]);
    let wrong = [
        None,
        Some(Secret::new("")),
        Some(Secret::new("changeIt")),
        Some(Secret::new("change\0it")),
        Some(Secret::new(vec![0xFF, 0xFE])),
        Some(long),
    ];
    for (name, ..) in rows().iter().filter(|(_, needs_password, _)| *needs_password) {
        for password in &wrong {
            let error = read(name, password.as_ref()).unwrap_err();
            assert_eq!(error.cause(), Cause::WrongKeyPassword, "{name} {password:?}: {error}");
        }
    }
    let error = read("client-empty-password.p12", Some(&changeit())).unwrap_err();
    assert_eq!(error.cause(), Cause::WrongKeyPassword, "{error}");
    // One password after another, as one that is wrong may look right for a while.
    let octets = file("client.pkcs1-aes256.pem");
    for number in 0..600 {
        let error =
            KeyMaterial::read(&octets, Some(&Secret::new(format!("{number}")))).unwrap_err();
        assert_eq!(error.cause(), Cause::WrongKeyPassword, "{number}: {error}");
    }
}

#[test]
fn every_form_is_the_same_key() {
    let password = changeit();
    let key = |name: &str| read(name, Some(&password)).unwrap().private_key.unwrap();
    let (client, ec256) = (key("client.key.pem"), key("ec256.key.pem"));
    assert_eq!(client.kind(), KeyKind::Rsa { bits: 2048 });
    assert_eq!(ec256.kind(), KeyKind::Ec { bits: 256 });
    for (name, _, expected) in rows() {
        let own = name.starts_with("client") || name.starts_with("ec256.");
        let password = Some(&password).filter(|_| name != "client-empty-password.p12");
        if own && matches!(expected, Ok((1, ..))) {
            let material = read(&name, password).unwrap();
            let whole = if name.starts_with("client") { &client } else { &ec256 };
            assert_eq!(material.private_key.unwrap().public_key(), whole.public_key(), "{name}");
        } else if own && expected == PUBLIC {
            assert_eq!(&read(&name, None).unwrap().public_keys[0], client.public_key(), "{name}");
        }
    }
}

/// What may come of a file that was damaged: an error, or the same private key, or less.
fn check_damaged(name: &str, whole: Option<&PublicKey>, octets: &[u8], what: &str) {
    match KeyMaterial::read(octets, Some(&changeit())) {
        Ok(material) => {
            let key = material.private_key.as_ref().map(|key| key.public_key());
            assert!(key.is_none() || key == whole, "{name} {what} is another private key");
        }
        Err(error) => assert!(
            matches!(
                error.cause(),
                Cause::UnreadableKey | Cause::WrongKeyPassword | Cause::UnsupportedContainer
            ),
            "{name} {what}: {error}"
        ),
    }
}

#[test]
fn what_is_cut_off_or_damaged_is_never_another_key() {
    for (name, ..) in rows() {
        let octets = file(&name);
        let material = read(&name, Some(&changeit())).ok();
        let whole = material.and_then(|material| material.private_key);
        let whole = whole.as_ref().map(|key| key.public_key());
        let steps = if std::env::var_os("WSSE_LONG").is_some() { octets.len() } else { 97 };
        let step = (octets.len() / steps).max(1);
        for at in (0..octets.len()).step_by(step) {
            let cut = &octets[..at];
            let several = name.contains("bundle") || name == "chain.pem";
            if KeyMaterial::read(cut, Some(&changeit())).is_ok() {
                let rest = octets[at..].iter().all(u8::is_ascii_whitespace);
                assert!(several || rest, "{name} is read though cut off at {at}");
            }
            check_damaged(&name, whole, cut, &format!("cut off at {at}"));
            // Any octets are a private key of these, or a restriction of one: only the certificate
            // tells.
            let says_little =
                ["ed", "x25519", "rsa-pss-"].iter().any(|kind| name.starts_with(kind));
            if says_little && name.ends_with(".key.pem") {
                continue;
            }
            for change in [0x01, 0x80] {
                let mut changed = octets.clone();
                changed[at] ^= change;
                check_damaged(&name, whole, &changed, &format!("with octet {at} changed"));
            }
        }
        if !octets.starts_with(b"-----") && !octets.is_empty() {
            let longer = [&octets[..], b"x"].concat();
            let outcome = KeyMaterial::read(&longer, Some(&changeit()));
            assert!(outcome.is_err() || name.ends_with(".pem"), "{name} with an octet behind it");
        }
    }
}

#[test]
fn an_identity_is_a_key_its_certificate_and_the_path_upward() {
    let password = changeit();
    let upward = ["intermediate", "root"]
        .map(|name| read(&format!("{name}.crt.pem"), None).unwrap().certificates.remove(0));
    let bundle = file("client.bundle.pem");
    let shuffled =
        ["root", "impostor-intermediate", "other-root", "server", "client", "intermediate"]
            .map(|name| file(&format!("{name}.crt.pem")))
            .concat();
    for (what, identity) in [
        ("bundle", Identity::from_pem(&bundle, &bundle, None)),
        ("shuffled", Identity::from_pem(&file("client.pkcs8-rc2.pem"), &shuffled, Some(&password))),
        ("bundle alone", KeyMaterial::read(&bundle, None).and_then(KeyMaterial::into_identity)),
        ("client.p12", Identity::from_pkcs12(&file("client.p12"), Some(&password))),
        ("client-rc2.p12", Identity::from_pkcs12(&file("client-rc2.p12"), Some(&password))),
        ("ec256.p12", Identity::from_pkcs12(&file("ec256.p12"), Some(&password))),
        ("ed25519.p12", Identity::from_pkcs12(&file("ed25519.p12"), Some(&password))),
    ] {
        let identity = identity.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(identity.key().public_key(), identity.certificate().public_key(), "{what}");
        assert_eq!(identity.chain(), upward, "{what}");
    }
    let alone = Identity::from_pem(&file("names.key.pem"), &file("names.crt.pem"), None).unwrap();
    assert!(alone.chain().is_empty());

    let pair =
        |key: &str, certificate: &str| Identity::from_pem(&file(key), &file(certificate), None);
    for (key, certificate, cause) in [
        ("client.key.pem", "server.crt.pem", Cause::KeyPairMismatch),
        ("client.key.pem", "impostor.crt.pem", Cause::KeyPairMismatch),
        ("client.key.pem", "ec256.crt.pem", Cause::KeyPairMismatch),
        ("client.key.pem", "client.public.pem", Cause::MissingCredential),
        ("client.crt.pem", "client.crt.pem", Cause::MissingCredential),
        ("ed25519.key.pem", "client.crt.pem", Cause::KeyPairMismatch),
        ("ed25519.key.pem", "ed448.crt.pem", Cause::KeyPairMismatch),
        ("rsa-pss.key.pem", "client.crt.pem", Cause::KeyPairMismatch),
        ("dsa2048.key.pem", "dsa2048.crt.pem", Cause::UnreadableKey),
        ("x25519.key.pem", "x25519.crt.pem", Cause::UnreadableKey),
    ] {
        let error = pair(key, certificate).unwrap_err();
        assert_eq!(error.cause(), cause, "{key} {certificate}: {error}");
    }
    let error = Identity::from_pkcs12(&file("chain.p12"), Some(&password)).unwrap_err();
    assert_eq!(error.cause(), Cause::MissingCredential);
    let key = read("client.key.pem", None).unwrap().private_key.unwrap();
    let [intermediate, _] = upward;
    let error = Identity::new(key, intermediate, Vec::new()).unwrap_err();
    assert_eq!(error.cause(), Cause::KeyPairMismatch);
}

#[test]
fn text_around_blocks_is_skipped_and_line_ends_do_not_matter() {
    let pem = String::from_utf8(file("client.key.pem")).unwrap();
    let whole = read("client.key.pem", None).unwrap().private_key.unwrap();
    for text in [
        format!("\u{feff}Bag Attributes\n    friendlyName: Jürgen\n{pem}\nmore\n"),
        pem.replace('\n', "\r\n"),
        pem.replace('\n', "\r"),
        pem.lines().map(|line| format!("    {line}\n")).collect(),
        format!(
            "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{pem}"
        ),
    ] {
        let material = KeyMaterial::read(text.as_bytes(), None).unwrap();
        assert_eq!(material.private_key.unwrap().public_key(), whole.public_key(), "{text}");
    }
    let twice = format!("{pem}{pem}");
    for (text, word) in [
        (twice.as_str(), "two private keys"),
        ("", "empty"),
        ("-----BEGIN ", "-----"),
        ("-----BEGIN CERTIFICATE-----\nAAAA", "-----END CERTIFICATE-----"),
        ("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", "X509 CRL"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----", "ssh-keygen"),
        ("-----BEGIN TRUSTED CERTIFICATE-----\n-----END TRUSTED CERTIFICATE-----", "openssl x509"),
        ("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----", "empty"),
        ("-----BEGIN PRIVATE KEY-----\n????\n-----END PRIVATE KEY-----", "base64"),
    ] {
        let error = KeyMaterial::read(text.as_bytes(), None).unwrap_err();
        assert_eq!(error.cause(), Cause::UnreadableKey, "{text}: {error}");
        assert!(error.reason().contains(word), "{error}");
    }
    let error = KeyMaterial::read(&[0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2], None).unwrap_err();
    assert_eq!(error.cause(), Cause::UnsupportedContainer);
    assert!(error.reason().contains("keytool"), "{error}");
    let text = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\
                DEK-Info: CAMELLIA-256-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n\
                -----END RSA PRIVATE KEY-----\n";
    let error = KeyMaterial::read(text.as_bytes(), Some(&changeit())).unwrap_err();
    assert_eq!(error.cause(), Cause::UnsupportedContainer, "{error}");
}

#[test]
fn what_a_key_can_not_do_is_told() {
    let public = |name: &str| {
        let certificate = read(name, None).unwrap().certificates.remove(0);
        let key = certificate.public_key().der().to_vec();
        (certificate.public_key().kind(), KeyMaterial::read(&key, None))
    };
    let words = "the key is DSA of 2048 bits, with which signatures are only verified";
    let error = read("dsa2048.key.pem", None).unwrap_err();
    assert!(error.reason().contains(words), "{error}");
    for (name, kind) in [
        ("ed25519.crt.pem", KeyKind::Ed25519),
        ("ed448.crt.pem", KeyKind::Ed448),
        ("rsa-pss.crt.pem", KeyKind::RsaPss { bits: 2048 }),
        ("dsa1024.crt.pem", KeyKind::Dsa { bits: 1024, order_bits: 160 }),
        ("dsa2048.crt.pem", KeyKind::Dsa { bits: 2048, order_bits: 256 }),
    ] {
        let (found, alone) = public(name);
        assert_eq!(found, kind, "{name}");
        assert_eq!(alone.unwrap().public_keys.remove(0).kind(), kind, "{name}");
    }
    let (kind, alone) = public("x25519.crt.pem");
    assert_eq!(kind, KeyKind::X25519);
    // What agrees on keys decrypts, and neither signs nor verifies.
    let alone = alone.unwrap();
    assert_eq!(alone.public_keys[0].kind(), KeyKind::X25519);
    let private = read("x25519.key.pem", None).unwrap();
    let (key, certificate) = private.clone().into_decryption_key().unwrap();
    assert_eq!((key.kind(), certificate), (KeyKind::X25519, None));
    let recipient = alone.clone().into_recipient().unwrap();
    assert!(matches!(recipient, RecipientKey::PublicKey(key) if key.kind() == KeyKind::X25519));
    for error in [alone.into_pins().unwrap_err(), private.into_identity().unwrap_err()] {
        assert_eq!(error.cause(), Cause::UnreadableKey);
        let words = "the key is X25519, which agrees on keys and signs nothing";
        assert!(error.reason().contains(words), "{error}");
    }
}

#[test]
fn nothing_secret_is_shown() {
    let material = read("client.p12", Some(&changeit())).unwrap();
    let shown = format!("{material:?} {:?}", material.clone().into_identity().unwrap());
    assert!(shown.contains("CN=client") && shown.len() < 2000, "{shown}");
}
