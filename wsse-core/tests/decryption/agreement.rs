//! Messages whose keys are agreed on or derived.

use crate::encrypted::{Encrypting, SIGNED, content, element, inside};
use crate::support::{certificate, identity, inbound, octets, sign};
use wsse_core::crypto::{
    Certificate, DigestMethod, KeyAgreement, KeyDerivation, KeyEncryption, KeyMaterial, KeyWrap,
    PrivateKey, Secret,
};
use wsse_core::keyinfo::{Clue, KeyValue, X509Data};
use wsse_core::token::{BinarySecurityToken, SecurityTokenReference};
use wsse_core::xml::Markup;
use wsse_core::xmlenc::{AgreementMethod, EncryptionKey, KeyDerivationMethod};
use wsse_core::{Cause, Error, InboundBuilder, ns};

const ENCRYPTED: &str =
    "version = 1\nrequire = { signed = [\"body\"], encrypted = [\"body-content\"] }\n";

fn key(name: &str) -> PrivateKey {
    let material = KeyMaterial::read(&octets(&format!("{name}.key.pem")), None).unwrap();
    material.into_decryption_key().unwrap().0
}

fn derivation() -> KeyDerivation {
    KeyDerivation::ConcatKdf { digest: DigestMethod::Sha256, other_info: Vec::new() }
}

fn agreed(ours: &Certificate, key_info: Vec<Markup>) -> Encrypting {
    let method = match ours.public_key().ec_components() {
        Some(_) => KeyAgreement::EcdhEs,
        None => KeyAgreement::X25519,
    };
    let recipient = ours.public_key().clone();
    let with = EncryptionKey::Agreed { recipient, method, derivation: derivation() };
    let transport = KeyEncryption::Wrap(KeyWrap::Aes256);
    Encrypting { transport, with: Some(with), key_info, ..Encrypting::new() }
}

fn encrypt(encrypting: &Encrypting) -> String {
    let plain = String::from_utf8(sign("binary-security-token", "client", "1.1", "")).unwrap();
    encrypting.encrypt(&plain, &[content(inside(&plain, "s:Body"))])
}

fn trusting() -> InboundBuilder {
    inbound(SIGNED).certificate("", certificate("client"))
}

fn named(name: &str) -> InboundBuilder {
    inbound(ENCRYPTED).certificate("", certificate("client")).decryption_pair(
        "our key",
        key(name),
        Some(certificate(name)),
    )
}

fn validate(builder: InboundBuilder, message: &str) -> Result<(), Error> {
    builder.build().unwrap().validate(message.as_bytes()).map(drop)
}

fn cause(builder: InboundBuilder, message: &str) -> Option<Cause> {
    validate(builder, message).err().map(|error| error.cause())
}

#[test]
fn every_reference_to_our_certificate_is_followed() {
    for name in ["ec256", "ec384", "ec521", "x25519"] {
        let ours = certificate(name);
        let wrapped = SecurityTokenReference::around;
        let mut references = vec![
            X509Data::certificates_markup([&ours]),
            X509Data::issuer_serial_markup(&ours),
            wrapped(X509Data::issuer_serial_markup(&ours)),
            SecurityTokenReference::thumbprint_sha1_markup(&ours),
            SecurityTokenReference::certificate_markup(&ours),
            KeyValue::der_markup(ours.public_key()),
            Clue::key_name_markup("our key"),
            wrapped(Clue::key_name_markup("our key")),
        ];
        references.extend(SecurityTokenReference::subject_key_identifier_markup(&ours));
        references.extend(KeyValue::markup(ours.public_key()));
        for key_info in references {
            let message = encrypt(&agreed(&ours, vec![key_info.clone()]));
            for builder in
                [named(name), named(name).decryption_identity("other", &identity("server"))]
            {
                validate(builder, &message)
                    .unwrap_or_else(|error| panic!("{name} {key_info:?}: {error}"));
            }
            let other = trusting().decryption_identity("other", &identity("server"));
            assert_eq!(cause(other, &message), Some(Cause::NoKey), "{name} {key_info:?}");
            assert_eq!(cause(trusting(), &message), Some(Cause::NoKey));
        }
        let message = encrypt(&agreed(&ours, Vec::new()));
        validate(named(name), &message).unwrap();
        let both = named(name).decryption_identity("other", &identity("server"));
        assert_eq!(cause(both, &message), Some(Cause::NoKey));
        // RSA is for something else.
        let other = trusting().decryption_identity("", &identity("server"));
        assert_eq!(cause(other, &message), Some(Cause::KeyType));
    }
}

#[test]
fn tokens_of_the_message_name_both_keys() {
    let ours = certificate("ec256");
    let reference = |id: &str| SecurityTokenReference::direct_markup(id, ns::X509V3);
    let message = encrypt(&agreed(&ours, vec![reference("OURS")]));
    let mut token = Vec::new();
    BinarySecurityToken::markup(&ours, "OURS").write(&mut token, &[]).unwrap();
    let token = String::from_utf8(token).unwrap();
    let with_token = message.replace("<xenc:EncryptedKey", &format!("{token}<xenc:EncryptedKey"));
    let both = || named("ec256").decryption_identity("other", &identity("server"));
    validate(both(), &with_token).unwrap();
    assert_eq!(cause(both(), &message), Some(Cause::NoKey));
}

#[test]
fn data_is_encrypted_with_what_is_agreed_on_itself() {
    let ours = certificate("ec384");
    let plain = String::from_utf8(sign("binary-security-token", "client", "1.1", "")).unwrap();
    let (secret, markup) = AgreementMethod::make(
        KeyAgreement::EcdhEs,
        &derivation(),
        ours.public_key(),
        &[X509Data::issuer_serial_markup(&ours)],
        32,
    )
    .unwrap();
    let encrypting =
        Encrypting { secret, with: None, data_key_info: vec![markup], ..Encrypting::new() };
    let message = encrypting.encrypt(&plain, &[content(inside(&plain, "s:Body"))]);
    validate(named("ec384"), &message).unwrap();
    let other = trusting().decryption_pair("", key("ec521"), Some(certificate("ec521")));
    assert_eq!(cause(other, &message), Some(Cause::NoKey));
    assert_eq!(cause(trusting(), &message), Some(Cause::NoKey));
    // So many are agreed on, and no more.
    let many = |count: usize| {
        let body = &plain[inside(&plain, "s:Body")];
        let list = "<r/>".repeat(count);
        let long = plain.replace(body, &list);
        let first = inside(&long, "s:Body").start;
        let parts: Vec<_> =
            (0..count).map(|at| element(first + 4 * at..first + 4 * at + 4)).collect();
        encrypting.encrypt(&long, &parts)
    };
    // The Signature covered another Body.
    assert_eq!(cause(named("ec384"), &many(16)), Some(Cause::DigestMismatch));
    assert_eq!(cause(named("ec384"), &many(17)), Some(Cause::ReferenceCount));
}

#[test]
fn data_is_encrypted_with_what_is_derived_from_a_shared_secret() {
    let master = Secret::new(vec![9; 20]);
    let mut markup = Markup::new("xenc11", ns::XENC11, "DerivedKey");
    markup.children.push(KeyDerivationMethod::markup(&derivation(), 32));
    markup.children.push(Markup::new("xenc11", ns::XENC11, "MasterKeyName").with_text("ours"));
    let secret = derivation().derive(&master, 32).unwrap();
    let encrypting = Encrypting {
        secret: secret.clone(),
        with: None,
        data_key_info: vec![markup.clone()],
        ..Encrypting::new()
    };
    let wrapping = Encrypting {
        with: Some(EncryptionKey::Secret(secret)),
        transport: KeyEncryption::Wrap(KeyWrap::Aes256),
        key_info: vec![markup],
        ..Encrypting::new()
    };
    for message in [encrypt(&encrypting), encrypt(&wrapping)] {
        validate(trusting().secret("ours", master.clone()), &message).unwrap();
        let other = trusting().secret("theirs", master.clone());
        assert_eq!(cause(other, &message), Some(Cause::NoKey));
        let wrong = trusting().secret("ours", Secret::new(vec![8; 20]));
        assert_eq!(cause(wrong, &message), Some(Cause::DecryptionFailed));
    }
}

#[test]
fn failures_behind_the_agreement_are_one_error() {
    let ours = certificate("ec256");
    let message = encrypt(&agreed(&ours, vec![X509Data::issuer_serial_markup(&ours)]));
    let other = encrypt(&agreed(&ours, vec![X509Data::issuer_serial_markup(&ours)]));
    let originator = |message: &str| {
        let parts: Vec<&str> = message.split("OriginatorKeyInfo>").collect();
        parts[1].to_owned()
    };
    let swapped = message.replace(&originator(&message), &originator(&other));
    let error = validate(named("ec256"), &swapped).unwrap_err();
    assert_eq!(error.cause(), Cause::DecryptionFailed);
    assert!(error.position().is_none(), "{error}");
    let point = originator(&message).split("PublicKey>").nth(1).unwrap()[..20].to_owned();
    let beside = message.replace(&point, &"BA".repeat(10));
    assert_eq!(cause(named("ec256"), &beside), Some(Cause::InvalidKey));
    let hmac = message.replace("#ConcatKDF", "#pbkdf2");
    assert_eq!(cause(named("ec256"), &hmac), Some(Cause::UnsupportedAlgorithm));
}
