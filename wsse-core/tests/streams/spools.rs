//! A spool is committed or aborted exactly once, and never committed where anything went wrong.

use crate::reader::{Broken, Changing, Told};
use crate::support::{certificate, envelope, identity, inbound, outbound, sign};
use std::io::{Cursor, ErrorKind};
use std::sync::Arc;
use wsse_core::replay::MemoryReplayStore;
use wsse_core::{Call, Category, Cause, Inbound, MemorySpool, Outbound, Spool, StreamOptions};

const INBOUND: &str = "version = 1\nrequire = { signed = [\"body\", \"timestamp\"] }\n";

fn receiver() -> Inbound {
    let replay = Arc::new(MemoryReplayStore::new());
    let builder = inbound(INBOUND).replay_store("default", replay);
    builder.certificate("", certificate("client")).build().unwrap()
}

fn sender() -> Outbound {
    let policy = "version = 1\norder = [\"timestamp\", \"signature\"]\n";
    outbound(policy).identity("", identity("client")).build().unwrap()
}

/// A message whose Body does not fit into the window, so that it is written in several pieces.
fn long(times: usize) -> String {
    let soap = envelope("1.2");
    let (front, behind) = soap.split_once("text &amp; more").unwrap();
    format!("{front}{}{behind}", "text &amp; more<i a='1'/>".repeat(times))
}

fn signed() -> Vec<u8> {
    sender().protect(long(40).as_bytes(), &Call::default()).unwrap().into_bytes()
}

fn small() -> StreamOptions<'static> {
    let mut options = StreamOptions::default();
    options.window.usual = 100;
    options
}

#[test]
fn a_spool_that_fails_refuses_the_message_at_every_write_and_at_the_commit() {
    let message = signed();
    let mut spool = Told::default();
    let read = |spool: &mut Told| {
        let reader = message.as_slice();
        receiver().validate_reader_traced(reader, &small(), spool, &mut ())
    };
    read(&mut spool).unwrap();
    assert_eq!((spool.commits, spool.aborts), (1, 0));
    assert!(spool.writes > 5, "{} writes", spool.writes);
    for fails in 0..=spool.writes {
        let mut spool = Told { fails: Some(fails), ..Told::default() };
        let error = read(&mut spool).unwrap_err();
        assert_eq!((error.cause(), error.category()), (Cause::InputOutput, Category::Io));
        let expected = if fails == 0 { (1, 0) } else { (0, 1) };
        assert_eq!((spool.commits, spool.aborts), expected, "write {fails}");
    }
}

#[test]
fn a_spool_that_fails_while_a_message_is_protected_is_aborted() {
    let source = long(40_000);
    let protect =
        |spool: &mut Told| sender().protect_reader(Cursor::new(&source), &Call::default(), spool);
    let mut spool = Told::default();
    protect(&mut spool).unwrap();
    assert!(spool.writes > 3, "{} writes", spool.writes);
    for fails in 0..=spool.writes {
        let mut spool = Told { fails: Some(fails), ..Told::default() };
        assert_eq!(protect(&mut spool).unwrap_err().cause(), Cause::InputOutput);
        let expected = if fails == 0 { (1, 0) } else { (0, 1) };
        assert_eq!((spool.commits, spool.aborts), expected, "write {fails}");
    }
}

#[test]
fn a_stream_that_ends_anywhere_is_refused() {
    let message = signed();
    let full = receiver();
    for end in 0..message.len() {
        let mut spool = Told::default();
        let reader = &message[..end];
        let error = full.validate_reader_traced(reader, &small(), &mut spool, &mut ()).unwrap_err();
        let whole = full.validate(reader).unwrap_err();
        // The door of encodings does not look at lines.
        assert_eq!(error, whole.clone().locate(reader), "{end}");
        assert_eq!(error.category(), Category::Malformed, "{end}: {error}");
        assert_eq!((spool.commits, spool.aborts), (0, 1), "{end}");
    }
}

#[test]
fn a_stream_that_can_not_be_read_on_is_an_error_of_input() {
    let message = signed();
    let full = receiver();
    for end in (0..=message.len()).step_by(7).chain([message.len()]) {
        for (chunk, kind) in [(1000, ErrorKind::ConnectionReset), (3, ErrorKind::UnexpectedEof)] {
            let mut spool = Told::default();
            let reader = Broken { rest: &message[..end], chunk, error: Some(kind) };
            let error =
                full.validate_reader_traced(reader, &small(), &mut spool, &mut ()).unwrap_err();
            assert_eq!(error.cause(), Cause::InputOutput, "{end}: {error}");
            assert!(error.reason().contains("the cable was pulled"), "{error}");
            assert_eq!((spool.commits, spool.aborts), (0, 1), "{end}");
        }
    }
    // An interruption is none.
    struct Interrupted<'s>(&'s [u8], bool);
    impl std::io::Read for Interrupted<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            self.1 = !self.1;
            match self.1 {
                true => Err(ErrorKind::Interrupted.into()),
                false => std::io::Read::read(&mut self.0, into),
            }
        }
    }
    let mut spool = Told::default();
    full.validate_reader(Interrupted(&message, false), &mut spool).unwrap();
}

#[test]
fn a_file_that_changes_between_the_two_times_is_an_error() {
    let source = long(40_000);
    let changed = |from: &str, to: &str| source.replacen(from, to, 1);
    let protect = |contents: &[&[u8]], spool: &mut Told| {
        sender().protect_reader(Changing::new(contents), &Call::default(), spool)
    };
    let octets = source.as_bytes();
    protect(&[octets, octets], &mut Told::default()).unwrap();
    let late = source.rfind("more").unwrap();
    let in_body = format!("{}mare{}", &source[..late], &source[late + 4..]);
    for (what, second) in [
        ("an octet of the Body", in_body),
        ("what canonicalization does not see", changed("b='2'  a", "b='2' \na")),
        ("the header", changed("urn:to<", "urn:tu<")),
        ("the declaration", changed("\"1.0\"", "'1.0'")),
        ("longer by white space", format!("{source} ")),
        ("longer by much", format!("{source}{}", " ".repeat(1 << 20))),
        ("shorter", source[..source.len() - 1].to_owned()),
        ("empty", String::new()),
    ] {
        let mut spool = Told::default();
        let error = protect(&[octets, second.as_bytes()], &mut spool).expect_err(what);
        assert_eq!(error.cause(), Cause::InputOutput, "{what}: {error}");
        assert!(error.reason().contains("changed"), "{what}: {error}");
        assert_eq!((spool.commits, spool.aborts), (0, 1), "{what}");
    }
}

#[test]
fn whatever_is_refused_aborts_once() {
    let message = String::from_utf8(signed()).unwrap();
    let full = receiver();
    for (from, to, cause) in [
        ("more<i", "mare<i", Cause::DigestMismatch),
        ("urn:op", "urn:o", Cause::DigestMismatch),
        ("</op>", "</oq>", Cause::MismatchedTag),
        ("<s:Body", "<s:Body><s:x/></s:Body><s:Body", Cause::EnvelopeStructure),
        ("</s:Envelope>", "</s:Envelope>x", Cause::ContentOutsideRoot),
        ("12:00:00", "11:00:00", Cause::Expired),
        ("<wsse:Security", "<wsse:Sicherheit", Cause::MismatchedTag),
    ] {
        let changed = message.replace(from, to);
        assert_ne!(changed, message, "{from}");
        let mut spool = Told::default();
        let reader = changed.as_bytes();
        let error = full.validate_reader_traced(reader, &small(), &mut spool, &mut ()).unwrap_err();
        assert_eq!(error.cause(), cause, "{from}: {error}");
        assert_eq!(error, full.validate(reader).unwrap_err());
        assert_eq!((spool.commits, spool.aborts), (0, 1), "{from}");
    }
    // A replay is known last, when everything was written.
    let mut spool = Told::default();
    full.validate_reader(message.as_bytes(), &mut spool).unwrap();
    let mut second = Told::default();
    let error = full.validate_reader(message.as_bytes(), &mut second).unwrap_err();
    assert_eq!(error.cause(), Cause::Replay);
    assert_eq!((second.commits, second.aborts), (0, 1));
    assert!(spool.octets.starts_with(&second.octets) && second.octets.len() > 500);
}

#[test]
fn a_panic_aborts() {
    struct Panics;
    impl std::io::Read for Panics {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            panic!("a reader of the caller");
        }
    }
    let mut spool = Told::default();
    let full = receiver();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        full.validate_reader(Panics, &mut spool)
    }));
    assert!(caught.is_err());
    assert_eq!((spool.commits, spool.aborts), (0, 1));
}

#[test]
fn a_spool_in_memory_holds_what_it_may_and_shows_what_was_committed() {
    let message = sign("issuer-serial", "client", "1.2", "");
    let full = receiver();
    let document = full.validate(&message).unwrap().document().unwrap().to_vec();
    let mut spool = MemorySpool::new(document.len());
    let other = receiver();
    other.validate_reader(message.as_slice(), &mut spool).unwrap();
    assert_eq!(spool.octets(), Some(document.as_slice()));
    assert!(spool.write(b"more").is_err());
    assert_eq!(spool.into_octets(), Some(document.clone()));
    let mut small = MemorySpool::new(document.len() - 1);
    let error = receiver().validate_reader(message.as_slice(), &mut small).unwrap_err();
    assert_eq!((error.cause(), small.octets()), (Cause::InputOutput, None));
    let mut refused = MemorySpool::new(1 << 20);
    let error = full.validate_reader(message.as_slice(), &mut refused).unwrap_err();
    assert_eq!((error.cause(), refused.octets()), (Cause::Replay, None));
}
