//! A KeyName selects what was given under it, and is no reason to believe anybody.

use crate::support::{certificate, envelope, identity, inbound, octets, outbound};
use wsse_core::crypto::{KeyMaterial, Secret};
use wsse_core::{Call, Cause, Inbound, InboundBuilder};

fn named(name: &str, key: &str) -> Vec<u8> {
    let policy = format!(
        "version = 1\nsignature = [{{ reference = \"key-name\", key-name = \"{name}\", parts = \
         [\"body\"] }}]"
    );
    let outbound = outbound(&policy).identity("", identity(key)).build().unwrap();
    outbound.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap().into_bytes()
}

fn demanding(trust: &str) -> InboundBuilder {
    inbound(&format!("version = 1\nrequire = {{ signed = [\"body\"] }}\ntrust = {{ {trust} }}\n"))
}

fn refusal(inbound: &Inbound, message: &[u8]) -> Cause {
    inbound.validate(message).unwrap_err().cause()
}

#[test]
fn a_name_means_what_was_given_under_it_alone() {
    let message = named("alice", "client");
    let written = String::from_utf8(message.clone()).unwrap();
    assert!(written.contains("<ds:KeyInfo><ds:KeyName>alice</ds:KeyName></ds:KeyInfo>"));
    let both = || {
        demanding("certificates = [\"alice\", \"bob\"]")
            .certificate("alice", certificate("client"))
            .certificate("bob", certificate("server"))
            .build()
            .unwrap()
    };
    let valid = both().validate(&message).unwrap();
    assert_eq!(valid.certificate(), Some(&certificate("client")));
    // The name of another, whose key did not sign.
    assert_eq!(refusal(&both(), &named("bob", "client")), Cause::SignatureMismatch);
    assert_eq!(refusal(&both(), &named("carol", "client")), Cause::NoKey);
    assert_eq!(refusal(&both(), &named("Alice", "client")), Cause::NoKey);
    // The only one that is pinned is somebody else by name.
    let alone = demanding("certificates = \"bob\"").certificate("bob", certificate("client"));
    assert_eq!(refusal(&alone.build().unwrap(), &message), Cause::NoKey);
    // Without any name it serves every one.
    let unnamed = demanding("").certificate("", certificate("client")).build().unwrap();
    unnamed.validate(&message).unwrap();
    let several = demanding("certificates = \"alice\"")
        .certificate("alice", certificate("client"))
        .certificate("alice", certificate("server"));
    assert_eq!(refusal(&several.build().unwrap(), &message), Cause::NoKey);
}

#[test]
fn a_name_is_no_reason_to_believe() {
    let message = named("alice", "client");
    // Given under the name, and not among those whom the policy believes.
    let known = || {
        demanding("certificates = \"partners\"")
            .certificate("partners", certificate("server"))
            .certificate("alice", certificate("client"))
    };
    assert_eq!(refusal(&known().build().unwrap(), &message), Cause::UntrustedCertificate);
    let anchored = known()
        .anchor("", certificate("root"))
        .untrusted(certificate("intermediate"))
        .build()
        .unwrap();
    anchored.validate(&message).unwrap();
    let key = KeyMaterial::read(&octets("client.public.pem"), None).unwrap().public_keys.remove(0);
    let keys = demanding("certificates = \"partners\"")
        .certificate("partners", certificate("server"))
        .public_key("alice", key.clone());
    assert_eq!(refusal(&keys.build().unwrap(), &message), Cause::UnauthenticatedKey);
    let keys = demanding("certificates = [\"partners\", \"alice\"]").public_key("alice", key);
    keys.build().unwrap().validate(&message).unwrap();
}

#[test]
fn a_name_tells_which_secret() {
    let policy = "version = 1\nsignature = [{ key = \"alice\", reference = \"key-name\", method = \
                  \"hmac-sha256\", parts = [\"body\"] }]";
    let outbound = outbound(policy).secret("alice", Secret::new("one")).build().unwrap();
    let message = outbound.protect(envelope("1.2").as_bytes(), &Call::default()).unwrap();
    let message = String::from_utf8(message.into_bytes()).unwrap();
    let knowing = |secrets: &[(&str, &str)]| {
        let builder = demanding("").certificate("carol", certificate("client"));
        let give = |builder: InboundBuilder, pair: &(&str, &str)| {
            builder.secret(pair.0, Secret::new(pair.1))
        };
        secrets.iter().fold(builder, give).build().unwrap()
    };
    let both = knowing(&[("bob", "two"), ("alice", "one"), ("alias", "one")]);
    both.validate(message.as_bytes()).unwrap();
    // The same secret under another name: the same message came twice.
    let alias = message.replace(">alice<", ">alias<");
    assert_eq!(refusal(&both, alias.as_bytes()), Cause::Replay);
    let bob = message.replace(">alice<", ">bob<");
    assert_eq!(refusal(&both, bob.as_bytes()), Cause::SignatureMismatch);
    assert_eq!(refusal(&knowing(&[("bob", "one")]), message.as_bytes()), Cause::NoKey);
    knowing(&[("bob", "two"), ("", "one")]).validate(message.as_bytes()).unwrap();
    let unclear = message.replace("<ds:KeyName>alice</ds:KeyName>", "<x/>");
    assert_eq!(
        refusal(&knowing(&[("bob", "two"), ("alice", "one")]), unclear.as_bytes()),
        Cause::NoKey
    );
    // A public key is no secret, whatever it is called.
    let carol = message.replace(">alice<", ">carol<");
    assert_eq!(refusal(&knowing(&[("bob", "two")]), carol.as_bytes()), Cause::KeyType);
}
