//! Whose key is meant, and what is told where it is none of ours.

use crate::encrypted::{Encrypting, SIGNED, content, inside, server};
use crate::support::{certificate, identity, inbound, octets, sign};
use wsse_core::crypto::{DigestMethod, KeyEncryption, KeyMaterial, KeyWrap, Secret};
use wsse_core::keyinfo::{Clue, KeyValue, X509Data};
use wsse_core::token::{BinarySecurityToken, SecurityTokenReference};
use wsse_core::xml::Markup;
use wsse_core::xmlenc::EncryptionKey;
use wsse_core::{Cause, Error, InboundBuilder};

fn plain() -> String {
    String::from_utf8(sign("binary-security-token", "client", "1.1", "")).unwrap()
}

fn encrypt(encrypting: &Encrypting) -> String {
    let plain = plain();
    encrypting.encrypt(&plain, &[content(inside(&plain, "s:Body"))])
}

fn validate(builder: InboundBuilder, message: &str) -> Result<(), Error> {
    builder.build().unwrap().validate(message.as_bytes()).map(drop)
}

fn cause(builder: InboundBuilder, message: &str) -> Option<Cause> {
    validate(builder, message).err().map(|error| error.cause())
}

/// Everything but the key that decrypts.
fn trusting() -> InboundBuilder {
    inbound(SIGNED).certificate("", certificate("client"))
}

#[test]
fn every_reference_to_our_certificate_is_followed() {
    let ours = certificate("server");
    let digest = X509Data::digest_markup(&ours, DigestMethod::Sha256).unwrap();
    let wrapped = SecurityTokenReference::around;
    for key_info in [
        X509Data::certificates_markup([&ours]),
        X509Data::issuer_serial_markup(&ours),
        wrapped(X509Data::issuer_serial_markup(&ours)),
        digest.clone(),
        wrapped(digest),
        X509Data::subject_key_identifier_markup(&ours).unwrap(),
        SecurityTokenReference::subject_key_identifier_markup(&ours).unwrap(),
        SecurityTokenReference::thumbprint_sha1_markup(&ours),
        SecurityTokenReference::certificate_markup(&ours),
        KeyValue::markup(ours.public_key()).unwrap(),
        KeyValue::der_markup(ours.public_key()),
        Clue::key_name_markup("our key"),
        wrapped(Clue::key_name_markup("our key")),
    ] {
        let message =
            encrypt(&Encrypting { key_info: vec![key_info.clone()], ..Encrypting::new() });
        let named = || trusting().decryption_identity("our key", &identity("server"));
        // The right one of several, and the only one.
        for builder in [named(), named().decryption_identity("other", &identity("client"))] {
            validate(builder, &message).unwrap_or_else(|error| panic!("{key_info:?}: {error}"));
        }
        // One of somebody else.
        let other = trusting().decryption_identity("other", &identity("client"));
        assert_eq!(cause(other, &message), Some(Cause::NoKey), "{key_info:?}");
        // None at all.
        assert_eq!(cause(trusting(), &message), Some(Cause::NoKey));
    }
}

#[test]
fn a_token_of_ours_may_stand_in_the_message() {
    let reference = SecurityTokenReference::direct_markup("OURS", wsse_core::ns::X509V3);
    let message = encrypt(&Encrypting { key_info: vec![reference], ..Encrypting::new() });
    let mut token = Vec::new();
    BinarySecurityToken::markup(&certificate("server"), "OURS").write(&mut token, &[]).unwrap();
    let token = String::from_utf8(token).unwrap();
    let with_token = message.replace("<xenc:EncryptedKey", &format!("{token}<xenc:EncryptedKey"));
    validate(server(SIGNED), &with_token).unwrap();
    assert_eq!(cause(server(SIGNED), &message), Some(Cause::NoKey));
    // A reference to what is no token leads nowhere, to itself above all.
    let itself = message.replace("#OURS", "#EK");
    assert_eq!(cause(server(SIGNED), &itself), Some(Cause::NoKey));
    let key = KeyMaterial::read(&octets("server.key.pem"), None).unwrap().private_key.unwrap();
    assert_eq!(cause(trusting().decryption_key("", key), &itself), Some(Cause::NoKey));
}

#[test]
fn a_key_without_certificate_is_known_by_one_that_is_given_elsewhere_or_is_the_only_one() {
    let key = || KeyMaterial::read(&octets("server.key.pem"), None).unwrap().private_key.unwrap();
    let reference = X509Data::issuer_serial_markup(&certificate("server"));
    let message = encrypt(&Encrypting { key_info: vec![reference], ..Encrypting::new() });
    validate(trusting().decryption_key("", key()), &message).unwrap();
    let other = || trusting().decryption_identity("", &identity("client"));
    assert_eq!(cause(other().decryption_key("", key()), &message), Some(Cause::NoKey));
    let known = other().decryption_key("", key()).untrusted(certificate("server"));
    validate(known, &message).unwrap();
}

#[test]
fn an_encrypted_key_that_says_nothing_is_for_the_only_key() {
    let message = encrypt(&Encrypting::new());
    validate(server(SIGNED), &message).unwrap();
    let two = server(SIGNED).decryption_identity("", &identity("client"));
    assert_eq!(cause(two, &message), Some(Cause::NoKey));
    // The wrong key decrypts nothing, and that is all that is told.
    let wrong = trusting().decryption_identity("", &identity("client"));
    assert_eq!(cause(wrong, &message), Some(Cause::DecryptionFailed));
}

#[test]
fn one_of_several_recipients_is_us() {
    let plain = plain();
    let to = |name: &str| {
        let holder = certificate(name);
        Encrypting {
            with: Some(EncryptionKey::Public(holder.public_key().clone())),
            key_info: vec![X509Data::issuer_serial_markup(&holder)],
            ..Encrypting::new()
        }
    };
    let message = to("server").encrypt(&plain, &[content(inside(&plain, "s:Body"))]);
    let other = to("client").order(&["ED-0".to_owned()]).replace("\"EK\"", "\"EK2\"");
    let message = crate::encrypted::in_security(&message, &other);
    validate(server(SIGNED), &message).unwrap();
    let client = || trusting().decryption_identity("", &identity("client"));
    validate(client(), &message).unwrap();
    validate(client().decryption_identity("", &identity("server")), &message).unwrap();
    let nobody = trusting().decryption_identity("", &identity("selfsigned"));
    assert_eq!(cause(nobody, &message), Some(Cause::NoKey));
}

#[test]
fn shared_secrets_decrypt_by_name() {
    let name = |name: &str| -> Vec<Markup> { vec![Clue::key_name_markup(name)] };
    let with = |data: &str| Encrypting {
        with: None,
        data_key_info: name(data),
        secret: Secret::new(vec![3; 32]),
        ..Encrypting::new()
    };
    let message = encrypt(&with("shared"));
    let secret = |octet: u8| Secret::new(vec![octet; 32]);
    validate(trusting().secret("shared", secret(3)), &message).unwrap();
    validate(trusting().secret("", secret(3)), &message).unwrap();
    assert_eq!(cause(trusting().secret("other", secret(3)), &message), Some(Cause::NoKey));
    assert_eq!(cause(trusting(), &message), Some(Cause::NoKey));
    let wrong = trusting().secret("shared", secret(4));
    assert_eq!(cause(wrong, &message), Some(Cause::DecryptionFailed));
    let short = trusting().secret("shared", Secret::new(vec![3; 16]));
    assert_eq!(cause(short, &message), Some(Cause::KeyType));
    // Without a name, the only one is meant.
    let unnamed = Encrypting { data_key_info: Vec::new(), ..with("") };
    let unnamed = encrypt(&unnamed);
    validate(trusting().secret("shared", secret(3)), &unnamed).unwrap();
    let two = trusting().secret("shared", secret(3)).secret("other", secret(5));
    assert_eq!(cause(two, &unnamed), Some(Cause::NoKey));
}

#[test]
fn a_shared_secret_unwraps_the_key() {
    for (wrap, length) in [(KeyWrap::Aes128, 16), (KeyWrap::Aes192, 24), (KeyWrap::Aes256, 32)] {
        let secret = Secret::new(vec![5; length]);
        let message = encrypt(&Encrypting {
            transport: KeyEncryption::Wrap(wrap),
            with: Some(EncryptionKey::Secret(secret.clone())),
            key_info: vec![Clue::key_name_markup("shared")],
            ..Encrypting::new()
        });
        validate(trusting().secret("shared", secret), &message).unwrap();
        let wrong = trusting().secret("shared", Secret::new(vec![6; length]));
        assert_eq!(cause(wrong, &message), Some(Cause::DecryptionFailed));
        assert_eq!(cause(trusting(), &message), Some(Cause::NoKey));
    }
}

#[test]
fn data_may_say_which_encrypted_key_it_is() {
    // A ReferenceList of its own, and a key that is named from the data.
    let reference = SecurityTokenReference::direct_markup("EK", "urn:any");
    let data = Encrypting { with: None, data_key_info: vec![reference], ..Encrypting::new() };
    let message = encrypt(&Encrypting { secret: Secret::new(vec![7; 32]), ..data });
    let key = Encrypting::new().order(&[]);
    let with_key = crate::encrypted::in_security(&message, &key);
    validate(server(SIGNED), &with_key).unwrap();
    assert_eq!(cause(server(SIGNED), &message), Some(Cause::NoKey));
}

#[test]
fn a_label_that_promises_another_length_is_refused_before_a_key_is_used() {
    // The list names two EncryptedData whose methods need keys of different lengths.
    let plain = plain();
    let message = Encrypting::new().encrypt(
        &plain,
        &[
            crate::encrypted::element(crate::encrypted::whole(&plain, "w:To")),
            content(inside(&plain, "s:Body")),
        ],
    );
    let last = message.rfind("aes256-gcm").unwrap();
    let other = format!("{}aes128-gcm{}", &message[..last], &message[last + 10..]);
    assert_eq!(cause(server(SIGNED), &other), Some(Cause::EncryptionStructure));
    let both = message.replace("aes256-gcm", "aes128-gcm");
    assert_eq!(cause(server(SIGNED), &both), Some(Cause::DecryptionFailed));
}
