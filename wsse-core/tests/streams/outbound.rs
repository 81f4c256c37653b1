//! What is protected from a stream is what is protected as a whole.

use crate::reader::Told;
use crate::support::{certificate, clock, envelope, identity, inbound};
use std::io::{Cursor, Seek, SeekFrom};
use std::sync::Arc;
use wsse_core::crypto::{Secret, SecureRandom};
use wsse_core::{Call, Cause, Error, Outbound, OutboundPolicy, ProtectOptions};

/// The same each time, so that two messages can be compared.
struct Fixed;

impl SecureRandom for Fixed {
    fn fill(&self, octets: &mut [u8]) -> Result<(), Error> {
        octets.fill(7);
        Ok(())
    }
}

fn sender(policy: &str) -> Outbound {
    let policy = format!("version = 1\n{policy}");
    Outbound::builder(OutboundPolicy::from_toml(&policy).unwrap())
        .clock(clock())
        .random(Arc::new(Fixed))
        .identity("", identity("client"))
        .identity("other", identity("ec256"))
        .username("alice", Secret::new("s3cret"))
        .build()
        .unwrap()
}

fn protect(sender: &Outbound, source: &[u8], usual: usize) -> Result<Vec<u8>, Error> {
    let mut options = ProtectOptions::default();
    options.window.usual = usual;
    let mut spool = Told::default();
    let reader = Cursor::new(source);
    let outcome = sender.protect_reader_with(reader, &Call::default(), &options, &mut spool);
    let ends = if outcome.is_ok() { (1, 0) } else { (0, 1) };
    assert_eq!((spool.commits, spool.aborts), ends);
    outcome.map(|_| spool.octets)
}

const POLICIES: [&str; 7] = [
    "order = [\"timestamp\", \"signature\"]",
    "order = [\"timestamp\", \"username-token\"]",
    "order = [\"timestamp\", \"signature\"]\nhashing = { second-thread = true }",
    "order = [\"signature\", \"timestamp\"]\nsignature = [{ parts = [\"body\"] }]\n\
     header = { layout = \"signature-first\" }",
    "order = [\"timestamp\", \"signature\"]\n\
     signature = [{ parts = [\"/Envelope/Header/{urn:addressing}To[1]\", \"timestamp\"] }]",
    "order = [\"timestamp\", \"signature\"]\nsignature = [{ parts = [\"#inside\", \"body\"] }]",
    "order = [\"timestamp\", \"signature\"]\n\
     signature = [{ parts = [\"body\"] }, { key = \"other\", parts = [\"signature\", \"body\"] }]",
];

fn source(soap: &str) -> String {
    let inside = "<in xmlns:u='http://docs.oasis-open.org/wss/2004/01/\
                  oasis-200401-wss-wssecurity-utility-1.0.xsd' u:Id='inside'>é &#13;\r\n</in>";
    let lines = "<line n='1'><!-- c --><![CDATA[x]]></line>".repeat(3000);
    envelope(soap).replace("text &amp; more", &format!("text &amp; more{inside}{lines}"))
}

#[test]
fn what_is_protected_from_a_stream_is_what_is_protected_as_a_whole() {
    for policy in POLICIES {
        let sender = sender(policy);
        for soap in ["1.1", "1.2"] {
            let source = source(soap);
            let whole = sender.protect(source.as_bytes(), &Call::default()).unwrap().into_bytes();
            for usual in [50, 4096, 1 << 18] {
                let stream = protect(&sender, source.as_bytes(), usual).unwrap();
                // ECDSA draws its own randomness: another SignatureValue each time.
                if policy.contains("other") {
                    assert_eq!(stream.len(), whole.len(), "{policy}");
                } else {
                    assert!(stream == whole, "{policy}, window {usual}");
                }
            }
        }
    }
}

#[test]
fn signatures_that_sign_each_other_hold() {
    let sender = sender(POLICIES[6]);
    let message = protect(&sender, source("1.2").as_bytes(), 5000).unwrap();
    let policy = "version = 1\nrequire = { signed = [\"body\", \"signature\"] }\n";
    let receiver = inbound(policy).certificate("", certificate("client"));
    let receiver = receiver.certificate("", certificate("ec256")).build().unwrap();
    let mut spool = Told::default();
    let valid = receiver.validate_reader(message.as_slice(), &mut spool).unwrap();
    assert_eq!((valid.signers().len(), spool.commits), (2, 1));
}

#[test]
fn a_stream_is_read_from_where_it_stands() {
    let sender = sender(POLICIES[0]);
    let source = source("1.2");
    let whole = sender.protect(source.as_bytes(), &Call::default()).unwrap().into_bytes();
    let mut file = Cursor::new(format!("a line before\n{source}"));
    file.seek(SeekFrom::Start(14)).unwrap();
    let mut spool = Told::default();
    let exchange = sender.protect_reader(&mut file, &Call::default(), &mut spool).unwrap();
    assert!(spool.octets == whole);
    assert_eq!(exchange.signature_values().len(), 1);
}

#[test]
fn what_is_in_another_encoding_is_protected_in_utf8() {
    let sender = sender(POLICIES[0]);
    let source = source("1.2").replace("<?xml version=\"1.0\"?>", "");
    let whole = sender.protect(source.as_bytes(), &Call::default()).unwrap().into_bytes();
    let marked: Vec<u8> =
        format!("\u{FEFF}{source}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(protect(&sender, &marked, 300).unwrap() == whole);
}

#[test]
fn what_is_no_message_is_refused_for_the_same_cause() {
    let source = source("1.2");
    for policy in &POLICIES[..2] {
        let sender = sender(policy);
        for (from, to) in [
            ("</line></op>", "</line></oq>"),
            ("</s:Envelope>", "</s:Envelope>x"),
            ("<s:Body", "<s:Leib"),
            ("é", "\u{1}"),
            ("é", "&e;"),
            ("1.0", "1.1"),
            ("urn:x", ""),
        ] {
            let changed = source.replacen(from, to, 1);
            assert_ne!(changed, source, "{from}");
            let whole = sender.protect(changed.as_bytes(), &Call::default()).unwrap_err();
            let stream = protect(&sender, changed.as_bytes(), 300).unwrap_err();
            assert_eq!(stream.cause(), whole.cause(), "{from}: {stream}");
        }
    }
}

#[test]
fn what_is_looked_for_in_the_body_is_named_by_its_id() {
    let policy =
        "order = [\"signature\"]\nsignature = [{ parts = [\"/Envelope/Body/{urn:op}op[1]\"] }]";
    let error = protect(&sender(policy), source("1.2").as_bytes(), 300).unwrap_err();
    assert_eq!(error.cause(), Cause::InvalidArgument);
    let policy =
        "order = [\"signature\"]\nsignature = [{ parts = [\"/Envelope/Header/{urn:n}n[1]\"] }]";
    let error = protect(&sender(policy), source("1.2").as_bytes(), 300).unwrap_err();
    assert_eq!(error.cause(), Cause::MissingPart);
}

#[test]
fn a_reply_confirms_the_signatures_of_its_request() {
    let policy = "order = [\"timestamp\", \"signature-confirmation\", \"signature\"]\n\
                  signature = [{ parts = [\"body\", \"signature-confirmation\"] }]";
    let request = sender(POLICIES[0]).protect(source("1.2").as_bytes(), &Call::default()).unwrap();
    let mut options = ProtectOptions::default();
    options.exchange = Some(request.exchange());
    let mut spool = Told::default();
    let source = source("1.2");
    let reply = sender(policy);
    reply
        .protect_reader_with(Cursor::new(&source), &Call::default(), &options, &mut spool)
        .unwrap();
    let receiver =
        inbound("version = 1\nrequire = { signed = [\"body\"], signature-confirmation = true }\n");
    let receiver = receiver.certificate("", certificate("client")).build().unwrap();
    let mut verified = Told::default();
    receiver
        .validate_reply_reader(spool.octets.as_slice(), request.exchange(), &mut verified)
        .unwrap();
    assert_eq!(verified.commits, 1);
    options.exchange = None;
    let again = Cursor::new(&source);
    let error = reply
        .protect_reader_with(again, &Call::default(), &options, &mut Told::default())
        .unwrap_err();
    assert_eq!(error.cause(), Cause::InvalidArgument);
    options.to_unverified = true;
    let again = Cursor::new(&source);
    reply.protect_reader_with(again, &Call::default(), &options, &mut Told::default()).unwrap();
}
