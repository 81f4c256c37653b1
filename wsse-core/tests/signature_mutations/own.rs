//! Messages of our own.

use crate::messages::Message;
use crate::random::Random;
use crate::reader::Forgetful;
use std::path::Path;
use std::sync::{Arc, Mutex};
use wsse_core::crypto::{Certificate, Identity, KeyMaterial, Secret, SecureRandom};
use wsse_core::password::PasswordTable;
use wsse_core::time::{FixedClock, parse_date_time};
use wsse_core::{Call, Error, Inbound, InboundPolicy, Outbound, OutboundPolicy};

const TO: &str = "\"{urn:addressing}To\"";

/// Ids and nonces that are the same in every run.
struct Seeded(Mutex<Random>);

impl SecureRandom for Seeded {
    fn fill(&self, octets: &mut [u8]) -> Result<(), Error> {
        let mut random = self.0.lock().unwrap();
        octets.fill_with(|| u8::try_from(random.below(256)).unwrap());
        Ok(())
    }
}

fn octets(name: &str) -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/keys").join(name);
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn certificate(name: &str) -> Certificate {
    Certificate::many_from_pem(&octets(&format!("{name}.crt.pem"))).unwrap().remove(0)
}

fn envelope(soap: &str) -> String {
    let namespace = match soap {
        "1.1" => wsse_core::ns::SOAP11,
        _ => wsse_core::ns::SOAP12,
    };
    format!(
        "<?xml version=\"1.0\"?>\n<s:Envelope xmlns:s='{namespace}' xmlns:x='urn:x'>\
         <s:Header><w:To xmlns:w='urn:addressing' x:hint = 'a \"b\"' first=''>urn:to</w:To>\
         <o xmlns='urn:o'/></s:Header><s:Body><op xmlns='urn:op' b='2'  a='x:1' x:c=\"&lt;&#9;\">\
         text &amp; more<!-- note --><![CDATA[<raw>]]><empty/><e></e ><?keep this?>\n\
         <p:q xmlns:p='urn:p' p:r='1' id='d'>\u{e9}\u{20ac}</p:q></op></s:Body></s:Envelope>"
    )
}

/// A message with Timestamp, whose signature has these parts and `more`.
fn message(soap: &str, key: &str, parts: &str, more: &str) -> Message {
    let token = parts.contains("username-token");
    let (order, require) = if token {
        ("\"timestamp\", \"username-token\", \"signature\"", "username-token = \"digest\", ")
    } else {
        ("\"timestamp\", \"signature\"", "")
    };
    let layout = if more.contains("x509-key-identifier") { "signature-first" } else { "strict" };
    let signing = format!(
        "version = 1\norder = [{order}]\nheader = {{ layout = \"{layout}\" }}\n\
         signature = [{{ parts = [{parts}], {more} }}]"
    );
    let demand = format!("version = 1\nrequire = {{ {require}signed = [{parts}] }}");
    let clock = Arc::new(FixedClock(parse_date_time("2026-05-01T12:00:00Z").unwrap()));
    let outbound = Outbound::builder(OutboundPolicy::from_toml(&signing).unwrap())
        .clock(clock.clone())
        .random(Arc::new(Seeded(Mutex::new(Random(1)))))
        .username("alice", Secret::new("secret"));
    let inbound = Inbound::builder(InboundPolicy::from_toml(&demand).unwrap())
        .clock(clock)
        .passwords(PasswordTable::new().with("alice", Secret::new("secret")))
        .replay_store("default", Arc::new(Forgetful));
    let (outbound, inbound) = if key == "secret" {
        let secret = || Secret::new(octets("partner.secret"));
        (outbound.secret("", secret()), inbound.secret("", secret()))
    } else {
        let read = KeyMaterial::read(&octets(&format!("{key}.key.pem")), None).unwrap();
        let identity =
            Identity::new(read.private_key.unwrap(), certificate(key), Vec::new()).unwrap();
        (outbound.identity("", identity), inbound.certificate("", certificate(key)))
    };
    let outbound = outbound.build().unwrap();
    let message = outbound.protect(envelope(soap).as_bytes(), &Call::default()).unwrap();
    let name = format!("SOAP {soap}, {key}, {parts}, {more}");
    Message::new(name, message.into_bytes(), inbound.build().unwrap())
}

/// A message whose Signature another one signs.
fn endorsed(soap: &str) -> Message {
    let signing = "version = 1\norder = [\"timestamp\", \"signature\"]\nsignature = [\
         { key = \"one\", reference = \"issuer-serial\", parts = [\"body\", \"timestamp\"] }, \
         { key = \"two\", reference = \"thumbprint-sha1\", parts = [\"signature\"] }]";
    let demand = "version = 1\nrequire = { signed = [\"body\", \"timestamp\", \"signature\"] }";
    let clock = Arc::new(FixedClock(parse_date_time("2026-05-01T12:00:00Z").unwrap()));
    let mut outbound = Outbound::builder(OutboundPolicy::from_toml(signing).unwrap())
        .clock(clock.clone())
        .random(Arc::new(Seeded(Mutex::new(Random(1)))));
    let mut inbound = Inbound::builder(InboundPolicy::from_toml(demand).unwrap())
        .clock(clock)
        .replay_store("default", Arc::new(Forgetful));
    for (name, key) in [("one", "client"), ("two", "ec256")] {
        let read = KeyMaterial::read(&octets(&format!("{key}.key.pem")), None).unwrap();
        let identity =
            Identity::new(read.private_key.unwrap(), certificate(key), Vec::new()).unwrap();
        outbound = outbound.identity(name, identity);
        inbound = inbound.certificate("", certificate(key));
    }
    let message = outbound.build().unwrap().protect(envelope(soap).as_bytes(), &Call::default());
    let name = format!("SOAP {soap}, endorsed");
    Message::new(name, message.unwrap().into_bytes(), inbound.build().unwrap())
}

pub(crate) fn messages() -> Vec<Message> {
    let body = "\"body\"";
    let both = "\"body\", \"timestamp\"";
    let three = format!("{both}, {TO}");
    let token = format!("{both}, \"username-token\"");
    let certificate = format!("{body}, \"binary-security-token\"");
    let through = format!("{both}, \"security-token-reference\"");
    let place = format!("{both}, \"/Envelope/Header/{{urn:o}}o[1]\"");
    let of = |reference: &str| format!("reference = \"{reference}\"");
    let with = |reference: &str, more: &str| format!("reference = \"{reference}\", {more}");
    vec![
        message("1.1", "client", both, &of("binary-security-token")),
        message("1.2", "client", &three, &of("issuer-serial")),
        message(
            "1.1",
            "client",
            &three,
            &with("thumbprint-sha1", "canonicalization = \"inclusive\", method = \"rsa-sha512\""),
        ),
        message("1.2", "ec256", &certificate, &of("binary-security-token")),
        message(
            "1.1",
            "ec384",
            both,
            &with("subject-key-identifier", "canonicalization = \"inclusive-1.1\""),
        ),
        message("1.2", "secret", both, &of("secret")),
        message("1.1", "client", &token, &of("binary-security-token")),
        message("1.2", "ec521", body, &with("x509-data", "inclusive-prefixes = false")),
        message("1.1", "client", &three, &with("key-value", "digest = \"sha384\"")),
        message("1.2", "client", &place, &of("x509-key-identifier")),
        message("1.1", "client", body, &with("issuer-serial", "method = \"rsa-pss\"")),
        message("1.2", "ed25519", both, &with("thumbprint-sha1", "digest = \"sha3-256\"")),
        message("1.1", "client", &through, &of("binary-security-token")),
        message("1.2", "ec256", &through, &of("issuer-serial")),
        endorsed("1.1"),
    ]
}
