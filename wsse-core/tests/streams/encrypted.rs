//! Encrypted messages: their plaintext is handed over when everything held, and not before.

use crate::reader::{Broken, Told};
use crate::support::{certificate, envelope, identity, inbound, outbound};
use std::io::{Cursor, ErrorKind};
use wsse_core::crypto::Legacy;
use wsse_core::{Call, Cause, Error, Inbound, Outbound, StreamOptions, ValidatedMessage};

fn sender(order: &str, more: &str) -> Outbound {
    let policy = format!("version = 1\norder = [{order}]\n{more}");
    outbound(&policy)
        .identity("", identity("client"))
        .recipient("", certificate("server"))
        .build()
        .unwrap()
}

fn receiver(require: &str) -> Inbound {
    let policy = format!("version = 1\nrequire = {{ {require} }}\n");
    inbound(&policy)
        .certificate("", certificate("client"))
        .decryption_identity("", &identity("server"))
        .build()
        .unwrap()
}

const SIGNED: &str = "signed = [\"body\", \"timestamp\"], encrypted = [\"body-content\"]";

fn read(require: &str, message: &[u8]) -> (Result<ValidatedMessage, Error>, Told) {
    let mut spool = Told::default();
    let mut options = StreamOptions::default();
    options.window.usual = 90;
    let outcome = receiver(require).validate_reader_traced(message, &options, &mut spool, &mut ());
    assert_eq!((spool.commits, spool.aborts), if outcome.is_ok() { (1, 0) } else { (0, 1) });
    (outcome, spool)
}

fn messages() -> Vec<Vec<u8>> {
    let orders = [
        "\"timestamp\", \"signature\", \"encryption\"",
        "\"timestamp\", \"encryption\", \"signature\"",
    ];
    let protect = |order| {
        let source = envelope("1.2").replace("text &amp; more", &"<a>text</a>".repeat(50));
        sender(order, "").protect(source.as_bytes(), &Call::default()).unwrap().into_bytes()
    };
    orders.into_iter().map(protect).collect()
}

#[test]
fn both_doors_say_the_same_of_encrypted_messages() {
    for message in messages() {
        for require in [SIGNED, "signed = [\"body\"]", "encrypted = [\"body-content\"]"] {
            let whole = receiver(require).validate(&message).unwrap();
            let (stream, spool) = read(require, &message);
            let stream = stream.unwrap();
            let document = whole.document().unwrap_or(whole.unsigned_document());
            assert_eq!(String::from_utf8_lossy(document), String::from_utf8_lossy(&spool.octets));
            assert_eq!(whole.signed(), stream.signed());
            assert_eq!(whole.encrypted(), stream.encrypted());
            assert_eq!(whole.legacy(), stream.legacy());
            assert_eq!(spool.writes, 1);
        }
        for require in ["signed = [\"{urn:nobody}Here\"]", "encrypted = [\"timestamp\"]"] {
            let whole = receiver(require).validate(&message).unwrap_err();
            let (stream, spool) = read(require, &message);
            assert_eq!(stream.unwrap_err(), whole);
            assert!(spool.octets.is_empty());
        }
        // Changed anywhere, the plaintext never reaches the spool.
        for place in (0..message.len()).step_by(7) {
            let mut changed = message.clone();
            changed[place] ^= 1;
            let (outcome, spool) = read(SIGNED, &changed);
            if let Err(error) = outcome {
                assert!(spool.octets.is_empty(), "{error}");
                assert_eq!(receiver(SIGNED).validate(&changed).unwrap_err(), error);
            }
        }
    }
}

#[test]
fn weak_keys_are_told_of_streams_as_well() {
    let policy = "version = 1\norder = [\"timestamp\", \"signature\", \"encryption\"]\n\
                  encryption = [{ transport = \"rsa-1.5\", data = \"aes128-cbc\" }]\n";
    let sender =
        outbound(policy).identity("", identity("client")).recipient("", certificate("server"));
    let message = sender.build().unwrap();
    let message = message.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap();
    let require = format!("{SIGNED} }}\nlegacy = {{ allow = [\"rsa15\", \"cbc\"]");
    let whole = receiver(&require).validate(message.bytes()).unwrap();
    assert!(whole.legacy().allows(Legacy::Rsa15) && whole.legacy().allows(Legacy::Cbc));
    let (stream, _) = read(&require, message.bytes());
    assert_eq!(stream.unwrap().legacy(), whole.legacy());
}

#[test]
fn a_reply_has_the_key_of_a_request_that_was_read_from_a_stream() {
    let with = |key: &str, orders: &str| {
        format!("order = [\"timestamp\", {orders}]\nencrypted-key = {{ {key} }}\n")
    };
    let signature =
        "signature = [{ reference = \"encrypted-key\", parts = [\"body\", \"timestamp\"] }]\n";
    let encryption = "encryption = [{ transport = \"encrypted-key\" }]\n";
    // Signed alone it is read on its way, encrypted it is held.
    for (orders, tables, encrypted) in [
        ("\"signature\"", signature.to_owned(), ""),
        (
            "\"signature\", \"encryption\"",
            format!("{signature}{encryption}"),
            ", encrypted = [\"body-content\"]",
        ),
    ] {
        let build = |key: &str| {
            let policy = format!("version = 1\n{}{tables}", with(key, orders));
            outbound(&policy).recipient("", certificate("server")).build().unwrap()
        };
        let envelope = envelope("1.2");
        let call = Call::default();
        let request = build("recipient = \"server\"").protect(envelope.as_bytes(), &call).unwrap();
        let signed = format!("signed = [\"body\", \"timestamp\"]{encrypted}");
        let (valid, _) = read(&format!("{signed}, signer = \"symmetric\""), request.bytes());
        let valid = valid.unwrap();
        let reply = build("source = \"request\"");
        let reply = reply.protect_reply(envelope.as_bytes(), valid.exchange(), &call).unwrap();
        let client = format!("version = 1\nrequire = {{ {signed}, signer = \"request\" }}\n");
        let client = inbound(&client).build().unwrap();
        client.validate_reply(reply.bytes(), request.exchange()).unwrap();
    }
}

#[test]
fn what_is_required_to_be_encrypted_and_is_not_stays_outside() {
    let plain = sender("\"timestamp\", \"signature\"", "")
        .protect(envelope("1.2").as_bytes(), &Call::default())
        .unwrap()
        .into_bytes();
    let (outcome, spool) = read(SIGNED, &plain);
    assert_eq!(outcome.unwrap_err().cause(), Cause::NotEncrypted);
    assert!(spool.octets.is_empty());
}

#[test]
fn a_stream_that_breaks_off_or_is_too_long() {
    for message in messages() {
        for length in (0..message.len()).step_by(97) {
            let (outcome, spool) = read(SIGNED, &message[..length]);
            outcome.unwrap_err();
            assert!(spool.octets.is_empty());
        }
        let mut spool = Told::default();
        let (rest, _) = message.split_at(message.len() - 10);
        let reader = Broken { rest, chunk: 100, error: Some(ErrorKind::TimedOut) };
        let error = receiver(SIGNED).validate_reader(reader, &mut spool).unwrap_err();
        assert_eq!((error.cause(), spool.commits, spool.aborts), (Cause::InputOutput, 0, 1));
        let limits = format!("{SIGNED} }}\nlimits = {{ message = \"4 KiB\"");
        assert!(message.len() > 4096);
        assert_eq!(read(&limits, &message).0.unwrap_err().cause(), Cause::MessageSize);
        // A spool that fails when the plaintext comes.
        for fails in 0..=1 {
            let mut spool = Told { fails: Some(fails), ..Told::default() };
            let error = receiver(SIGNED).validate_reader(&message[..], &mut spool).unwrap_err();
            assert_eq!(error.cause(), Cause::InputOutput);
        }
    }
}

#[test]
fn a_message_is_encrypted_on_its_way_from_one_file_to_another() {
    let sender = sender("\"timestamp\", \"signature\", \"encryption\"", "");
    let source = envelope("1.2");
    let mut spool = Told::default();
    sender.protect_reader(Cursor::new(&source), &Call::default(), &mut spool).unwrap();
    assert_eq!((spool.commits, spool.aborts), (1, 0));
    let valid = receiver(SIGNED).validate(&spool.octets).unwrap();
    assert_eq!(valid.encrypted().len(), 1);
    let small = "limits = { message = \"1 KiB\" }\n";
    let sender = self::sender("\"signature\", \"encryption\"", small);
    let long = source.replace("text &amp; more", &"a".repeat(2000));
    let mut spool = Told::default();
    let error =
        sender.protect_reader(Cursor::new(&long), &Call::default(), &mut spool).unwrap_err();
    assert_eq!((error.cause(), spool.commits, spool.aborts), (Cause::MessageSize, 0, 1));
}
