//! Messages that are signed and encrypted, in both orders, and changed: refused, or the same.
#![expect(clippy::print_stdout, reason = "a test says how much it did")]

use crate::encrypted::{find, server, whole};
use crate::support::{certificate, envelope, identity, outbound};
use std::collections::BTreeMap;
use std::sync::Arc;
use wsse_core::c14n::{Apex, Method, PrefixList, canonicalize};
use wsse_core::replay::{ReplayKey, ReplayStore};
use wsse_core::time::UnixTime;
use wsse_core::xml::Limits;
use wsse_core::{Call, Category, Cause, Error, Inbound, ValidatedMessage};

struct Forgetful;

impl ReplayStore for Forgetful {
    fn insert_if_absent(&self, _: &ReplayKey, _: UnixTime, _: UnixTime) -> Result<bool, Error> {
        Ok(true)
    }
}

/// Numbers that are the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }
}

const PARTS: &str = "\"body\", \"timestamp\", \"{urn:addressing}To\"";

/// A message in this order of work, and who validates it.
fn message(order: &str, encrypted: &str, more: &str) -> (String, Inbound) {
    let policy = format!(
        "version = 1\norder = [{order}]\nsignature = [{{ parts = [{PARTS}] }}]\n\
         encryption = [{{ parts = [{encrypted}] {more} }}]\n"
    );
    let outbound = outbound(&policy)
        .identity("", identity("client"))
        .recipient("", certificate("server"))
        .build()
        .unwrap();
    let octets =
        outbound.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap().into_bytes();
    let require = format!(
        "version = 1\nrequire = {{ signed = [{PARTS}], encrypted = [{}] }}\n",
        encrypted.split(", \"signature\"").next().unwrap()
    );
    let inbound = server(&require).replay_store("default", Arc::new(Forgetful)).build().unwrap();
    (String::from_utf8(octets).unwrap(), inbound)
}

fn messages() -> Vec<(String, Inbound)> {
    let (sign_first, encrypt_first) = (
        "\"timestamp\", \"signature\", \"encryption\"",
        "\"timestamp\", \"encryption\", \"signature\"",
    );
    vec![
        message(sign_first, "\"body-content\"", ""),
        message(sign_first, "\"body-content\", \"{urn:addressing}To\", \"signature\"", ""),
        message(sign_first, "\"/Envelope/Body//{urn:op}op\"", ", data = \"aes128-gcm\""),
        message(encrypt_first, "\"body-content\"", ""),
        message(encrypt_first, "\"{urn:addressing}To\", \"body-content\"", ""),
    ]
}

/// What is handed out, in canonical form.
fn content(valid: &ValidatedMessage) -> Vec<u8> {
    let mut out = Vec::new();
    let document = valid.document().unwrap();
    let (limits, prefixes) = (Limits::default(), PrefixList::new());
    canonicalize(document, &limits, Method::EXCLUSIVE, &prefixes, Apex::Document, &mut out)
        .unwrap();
    out
}

fn damage(octets: &[u8], random: &mut Random) -> Vec<u8> {
    let mut changed = octets.to_vec();
    let at = random.below(octets.len());
    match random.below(5) {
        0 => changed[at] ^= 1 << random.below(7),
        1 => drop(changed.remove(at)),
        2 => changed.insert(at, octets[random.below(octets.len())]),
        3 => {
            let end = (at + random.below(40)).min(octets.len());
            drop(changed.drain(at..end));
        }
        _ => {
            let end = (at + random.below(40)).min(octets.len());
            let to = random.below(octets.len());
            changed.splice(to..to, octets[at..end].iter().copied());
        }
    }
    changed
}

#[test]
fn a_change_is_refused_or_changes_nothing() {
    let long = std::env::var("WSSE_LONG").is_ok_and(|value| value == "1");
    let each = if long { 20_000 } else { 800 };
    let mut random = Random(0x5eed_1234_5678_9abd);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (message, inbound) in messages() {
        let valid = inbound
            .validate(message.as_bytes())
            .unwrap_or_else(|error| panic!("{error}\n{message}"));
        let expected = content(&valid);
        for _ in 0..each {
            let changed = damage(message.as_bytes(), &mut random);
            let found = match inbound.validate(&changed) {
                Ok(valid) => {
                    let shown = String::from_utf8_lossy(&changed);
                    // What the Envelope's start tag says is inherited unsigned.
                    let start_tag = changed.iter().position(|octet| *octet == b'>');
                    let own = message.find('>');
                    let envelope =
                        changed[..start_tag.unwrap()] != message.as_bytes()[..own.unwrap()];
                    assert!(content(&valid) == expected || envelope, "{shown}");
                    "the same"
                }
                Err(error) => match (error.cause(), error.category()) {
                    (Cause::DecryptionFailed, _) => "not decrypted",
                    (_, Category::Malformed) => "not well-formed",
                    (_, Category::Misuse | Category::Io) => panic!("{error}"),
                    _ => "refused",
                },
            };
            *counts.entry(found).or_default() += 1;
        }
    }
    println!("{counts:?}");
    assert!(counts["not decrypted"] > each / 10 && counts["refused"] > each / 2, "{counts:?}");
}

#[test]
fn encrypted_data_elsewhere_covers_nothing() {
    for (message, inbound) in messages() {
        let body = whole(&message, "s:Body");
        let data = whole(&message[body.clone()], "xenc:EncryptedData");
        let data = &message[body.start + data.start..body.start + data.end];
        let header = find(&message, "<s:Header>").end;
        for forged in ["", "<forged xmlns='urn:forged'/>"] {
            // It stands in a header block, and something else in the Body.
            let body = message[body.clone()].replace(data, forged);
            let start = find(&message, "<s:Body").start;
            let moved = format!(
                "{}<w xmlns='urn:w'>{data}</w>{}{body}</s:Envelope>",
                &message[..header],
                &message[header..start]
            );
            let error = inbound.validate(moved.as_bytes()).unwrap_err();
            let causes =
                [Cause::DigestMismatch, Cause::NotEncrypted, Cause::MissingPart, Cause::NotCovered];
            assert!(causes.contains(&error.cause()), "{error}");
        }
        // Twice: which one is meant?
        let twice = message.replacen("<s:Header>", &format!("<s:Header><w>{data}</w>"), 1);
        assert_eq!(inbound.validate(twice.as_bytes()).unwrap_err().cause(), Cause::AmbiguousId);
    }
}
