//! For whom is encrypted, and for whom not.

use crate::reader::{Foreseen, Key, decrypt, encrypts, protect, server, text};
use crate::support::{Movable, certificate, envelope, identity, inbound, octets, outbound};
use std::sync::Arc;
use wsse_core::crypto::{Certificate, KeyMaterial, PublicKey, Secret};
use wsse_core::{Call, Cause, Error, OutboundBuilder};

fn to(name: &str) -> OutboundBuilder {
    outbound("version = 1\nencryption = [{}]").recipient("default", certificate(name))
}

fn refused(outbound: OutboundBuilder) -> Error {
    match outbound.build() {
        Err(error) => error,
        Ok(built) => built.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap_err(),
    }
}

#[test]
fn certificates_that_are_for_nobody_are_refused() {
    for (name, cause, reason) in [
        ("expired", Cause::CertificateValidity, "not valid after 2020"),
        ("notyet", Cause::CertificateValidity, "not valid before 2098"),
        ("small1024", Cause::KeyTooSmall, "2048 are needed; the legacy switch rsa1024"),
        ("ec256", Cause::KeyType, "EC"),
        ("rsa-pss", Cause::KeyType, "RSA"),
        ("intermediate", Cause::InvalidArgument, "does not permit that keys are encrypted"),
        ("eku-critical", Cause::InvalidArgument, "or his public key alone"),
    ] {
        let error = refused(to(name));
        assert_eq!(error.cause(), cause, "{name}: {error}");
        assert!(error.reason().contains(reason), "{name}: {error}");
    }
    // A certificate without KeyUsage is for everything.
    to("selfsigned")
        .build()
        .unwrap()
        .protect(envelope("1.1").as_bytes(), &Call::default())
        .unwrap();
}

#[test]
fn validity_is_that_of_the_time_of_use() {
    let clock = Movable::new("2020-06-01T00:00:00Z");
    let outbound = to("expired").clock(clock.clone()).build().unwrap();
    let protect = || outbound.protect(envelope("1.1").as_bytes(), &Call::default());
    protect().unwrap();
    clock.move_to("2021-01-01T00:00:01Z");
    assert_eq!(protect().unwrap_err().cause(), Cause::CertificateValidity);
}

#[test]
fn small_keys_need_their_switch() {
    let policy = "version = 1\nencryption = [{}]\nlegacy = { allow = [\"rsa1024\"] }";
    let outbound = outbound(policy).recipient("", certificate("small1024"));
    let message = text(&protect(outbound, &envelope("1.1")));
    let small = Key::of(&identity("small1024"));
    assert!(decrypt(&message, &small).contains("text &amp; more"));
    // RSA-OAEP with SHA-512 has no room for a key under 1024 bits.
    let policy = "version = 1\nencryption = [{ digest = \"sha512\" }]\n\
                  legacy = { allow = [\"rsa1024\"] }";
    let error = refused(crate::support::outbound(policy).recipient("", certificate("small1024")));
    assert_eq!(error.cause(), Cause::KeyType, "{error}");
}

#[test]
fn a_public_key_alone_is_encrypted_for() {
    let key = |name: &str| PublicKey::from_pem(&octets(name)).unwrap();
    let policy =
        |more: &str| format!("version = 1\nencryption = [{{ recipient = \"client\", {more} }}]");
    for reference in ["key-name", "key-value", "der-encoded-key-value"] {
        let policy = policy(&format!("reference = \"{reference}\""));
        let outbound = outbound(&policy).recipient("", key("client.public.pem"));
        let message = text(&protect(outbound, &envelope("1.1")));
        assert!(decrypt(&message, &Key::of(&identity("client"))).contains("text &amp; more"));
    }
    let error =
        refused(outbound(&policy("data = \"aes128-gcm\"")).recipient("", key("client.public.pem")));
    assert_eq!(error.cause(), Cause::InvalidArgument);
    assert!(error.reason().contains("without a certificate"), "{error}");
    // Nothing is known of its age or use.
    let small = certificate("small1024").public_key().clone();
    let error = refused(outbound(&policy("reference = \"key-name\"")).recipient("", small));
    assert_eq!(error.cause(), Cause::KeyTooSmall);
    let expired = certificate("expired").public_key().clone();
    protect(outbound(&policy("reference = \"key-name\"")).recipient("", expired), &envelope("1.1"));
}

#[test]
fn who_is_missing_is_named() {
    let table = |table: &str| outbound(&format!("version = 1\nencryption = [{{ {table} }}]"));
    for (outbound, cause, reason) in [
        (
            table("recipient = \"a\"").recipient("b", certificate("server")),
            Cause::MissingCredential,
            "the recipient \"a\"; give his certificate or public key",
        ),
        (
            table("recipient = [\"a\", \"b\"]").recipient("b", certificate("server")),
            Cause::MissingCredential,
            "the recipient \"a\"",
        ),
        (
            table("transport = \"secret\"").recipient("", certificate("server")),
            Cause::MissingCredential,
            "give the shared secret",
        ),
        (
            table("transport = \"secret\"").secret("", Secret::new(vec![1; 16])),
            Cause::KeyType,
            "has 16 octets, and aes256-gcm works with 32",
        ),
        (
            table("transport = \"kw-aes128\"").secret("", Secret::new(vec![1; 32])),
            Cause::KeyType,
            "has 32 octets, and kw-aes128 works with 16",
        ),
        (
            table("reference = \"x509-ski\"").recipient("", certificate("selfsigned")),
            Cause::InvalidArgument,
            "",
        ),
        (
            table("reference = \"key-name\", key-name = \" a\"")
                .recipient("", certificate("server")),
            Cause::InvalidArgument,
            "white space stands around it",
        ),
        (
            table("reference = \"thumbprint-sha1\", security-token-reference = false")
                .recipient("", certificate("server")),
            Cause::InvalidArgument,
            "always stands in a SecurityTokenReference",
        ),
        (
            table("recipient = \"signer\"").recipient("signer", certificate("server")),
            Cause::InvalidArgument,
            "give him another name",
        ),
        (
            table("parts = [\"/Envelope/Body/{urn:a}b\"]").recipient("", certificate("server")),
            Cause::InvalidPolicy,
            "is no position",
        ),
    ] {
        let error = match outbound.build() {
            Ok(_) => panic!("{reason}"),
            Err(error) => error,
        };
        assert_eq!(error.cause(), cause, "{error}");
        assert!(error.reason().contains(reason), "{error}");
    }
}

const REPLY: &str = "encryption = [{ recipient = \"signer\", reference = \"thumbprint-sha1\" }]";

#[test]
fn a_reply_is_encrypted_for_whoever_signed_the_request() {
    let request = "order = [\"timestamp\", \"signature\"]\nsignature = [{ parts = [\"body\"] }]";
    let request = text(&protect(encrypts(request), &envelope("1.1")));
    let server = server("require = { signed = [\"body\"] }").build().unwrap();
    let valid = server.validate(request.as_bytes()).unwrap();
    let outbound = encrypts(REPLY).build().unwrap();
    let envelope = envelope("1.1");
    let reply = outbound.protect_reply(envelope.as_bytes(), valid.exchange(), &Call::default());
    let reply = text(&reply.unwrap());
    assert!(decrypt(&reply, &Key::of(&identity("client"))).contains("text &amp; more"));
    let client = inbound("version = 1\nrequire = { encrypted = [\"body-content\"] }");
    let client = client.decryption_identity("", &identity("client")).build().unwrap();
    client.validate(reply.as_bytes()).unwrap();
}

#[test]
fn a_reply_to_nobody_is_not_sent_in_the_clear() {
    let outbound = encrypts(REPLY).build().unwrap();
    let envelope = envelope("1.1");
    let unsigned = inbound("version = 1\nrequire = { timestamp = true }").build().unwrap();
    let request = text(&protect(encrypts("order = [\"timestamp\"]"), &envelope));
    let valid = unsigned.validate(request.as_bytes()).unwrap();
    let call = Call::default();
    for result in [
        outbound.protect(envelope.as_bytes(), &call),
        outbound.protect_reply_to_unverified(envelope.as_bytes(), &call),
        outbound.protect_reply(envelope.as_bytes(), valid.exchange(), &call),
    ] {
        let error = result.unwrap_err();
        assert_eq!(error.cause(), Cause::MissingCredential);
        assert!(error.reason().contains("encrypts for the signer of a request"), "{error}");
    }
}

#[test]
fn the_certificate_of_a_signer_is_looked_at_as_any_other() {
    // It may sign, and is for nothing else.
    let mut material = KeyMaterial::read(&octets("ec256.key.pem"), None).unwrap();
    material.certificates = Certificate::many_from_pem(&octets("ec256.crt.pem")).unwrap();
    let signs = "version = 1\nsignature = [{ parts = [\"body\"] }]";
    let request = outbound(signs)
        .identity("", material.into_identity().unwrap())
        .random(Arc::new(Foreseen(1)));
    let request = text(&protect(request, &envelope("1.1")));
    let server = server("require = { signed = [\"body\"] }");
    let valid = server.certificate("", certificate("ec256")).build().unwrap();
    let valid = valid.validate(request.as_bytes()).unwrap();
    let outbound = encrypts(REPLY).build().unwrap();
    let envelope = envelope("1.1");
    let error = outbound.protect_reply(envelope.as_bytes(), valid.exchange(), &Call::default());
    assert_eq!(error.unwrap_err().cause(), Cause::KeyType);
}
