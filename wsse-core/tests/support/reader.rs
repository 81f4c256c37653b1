//! Validating a message twice: as a whole, and read from a stream through windows of several sizes.
//! Both must say the same.

use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use wsse_core::exchange::Exchange;
use wsse_core::replay::{ReplayKey, ReplayStore};
use wsse_core::time::UnixTime;
use wsse_core::xml::to_utf8;
use wsse_core::{Cause, Error, Inbound, Spool, StreamOptions, ValidatedMessage};

/// How often a stream said something else, for a reason: another encoding, encryption, or something
/// wrong in front of a character that is not allowed.
static EXPLAINED: AtomicUsize = AtomicUsize::new(0);

pub(crate) fn explained() -> usize {
    EXPLAINED.load(Ordering::Relaxed)
}

/// Octets that a window holds, and that one call of the reader yields at most.
const SIZES: [(usize, usize); 4] = [(7, 3), (64, 1000), (1000, 64), (1 << 18, 1 << 18)];

/// What [`Inbound::validate`] says, when a stream has said the same.
pub(crate) fn validate(inbound: &Inbound, message: &[u8]) -> Result<ValidatedMessage, Error> {
    validate_reply(inbound, message, None)
}

pub(crate) fn validate_reply(
    inbound: &Inbound,
    message: &[u8],
    exchange: Option<&Exchange>,
) -> Result<ValidatedMessage, Error> {
    let whole = inbound.validate_traced(message, None, exchange, &mut ());
    for (usual, chunk) in SIZES {
        let mut options = StreamOptions::default();
        options.exchange = exchange;
        options.window.usual = usual;
        let mut spool = Watched::default();
        let reader = Chunks { rest: message, chunk };
        let stream = inbound.validate_reader_traced(reader, &options, &mut spool, &mut ());
        assert_eq!((spool.commits, spool.aborts), if stream.is_ok() { (1, 0) } else { (0, 1) });
        match (&whole, &stream) {
            (Ok(whole), Ok(stream)) => compare(whole, stream, &spool.octets),
            (Err(whole), Err(stream)) if is_same(whole, stream) => {}
            (_, Err(stream)) if is_explained(message, &whole, stream) => {
                EXPLAINED.fetch_add(1, Ordering::Relaxed);
            }
            _ => panic!(
                "window {usual}: whole {whole:?}, stream {stream:?}\n{}",
                String::from_utf8_lossy(message)
            ),
        }
    }
    whole
}

fn compare(whole: &ValidatedMessage, stream: &ValidatedMessage, spool: &[u8]) {
    let spooled = stream.spooled().expect("it was spooled");
    assert_eq!((stream.document(), stream.body()), (None, None));
    assert_eq!((stream.unsigned_document(), whole.spooled()), (&b""[..], None));
    assert_eq!(spooled.length, spool.len() as u64);
    let place = |at: u64| usize::try_from(at).expect("a small message");
    let body = &spool[place(spooled.body.start)..place(spooled.body.end)];
    if spooled.signed {
        assert_eq!(whole.document(), Some(spool));
        assert_eq!(whole.body(), Some(body));
    } else {
        assert_eq!(whole.unsigned_document(), spool);
        assert_eq!(whole.unsigned_body(), body);
    }
    let signers = |message: &ValidatedMessage| -> Vec<_> {
        let of = |signer: &wsse_core::inbound::VerifiedSigner| {
            (signer.certificate().map(|held| held.der().to_vec()), signer.signed().to_vec())
        };
        message.signers().iter().map(of).collect()
    };
    assert_eq!(signers(whole), signers(stream));
    assert_eq!(whole.unsigned(), stream.unsigned());
    assert_eq!(whole.legacy(), stream.legacy());
    assert_eq!(whole.soap(), stream.soap());
    assert_eq!(whole.body_child(), stream.body_child());
    assert_eq!(whole.username(), stream.username());
    assert_eq!(whole.is_authenticated(), stream.is_authenticated());
    assert_eq!(whole.exchange(), stream.exchange());
    assert_eq!(
        whole.timestamp().map(|timestamp| timestamp.offset),
        stream.timestamp().map(|timestamp| timestamp.offset)
    );
}

fn is_same(whole: &Error, stream: &Error) -> bool {
    // The door of encodings does not look at lines.
    let offset = |error: &Error| error.position().map(|position| position.offset);
    let by_offset = whole.position().is_some_and(|position| position.line == 0);
    let same_place = by_offset && offset(whole) == offset(stream);
    whole.cause() == stream.cause()
        && (same_place || whole.position() == stream.position())
        && (whole.reason() == stream.reason() || whole.cause() == Cause::MessageSize)
}

fn is_explained(message: &[u8], whole: &Result<ValidatedMessage, Error>, stream: &Error) -> bool {
    match whole {
        // The octets are looked at first where all are at hand.
        Err(whole) if matches!(whole.cause(), Cause::Encoding | Cause::InvalidCharacter) => {
            match (whole.position(), stream.position()) {
                (Some(whole), Some(stream)) => stream.offset < whole.offset,
                _ => true,
            }
        }
        _ if stream.cause() != Cause::NotStreamed => false,
        _ if stream.reason().contains("encrypted") => true,
        _ => !matches!(to_utf8(message, None), Ok(Cow::Borrowed(_))),
    }
}

/// Forgets everything, so that a message may be validated again and again.
pub(crate) struct Forgetful;

impl ReplayStore for Forgetful {
    fn insert_if_absent(&self, _: &ReplayKey, _: UnixTime, _: UnixTime) -> Result<bool, Error> {
        Ok(true)
    }
}

/// Keeps what it is told.
#[derive(Default)]
struct Watched {
    octets: Vec<u8>,
    commits: usize,
    aborts: usize,
}

impl Spool for Watched {
    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        assert_eq!((self.commits, self.aborts), (0, 0));
        self.octets.extend_from_slice(octets);
        Ok(())
    }

    fn commit(&mut self) -> io::Result<()> {
        self.commits += 1;
        Ok(())
    }

    fn abort(&mut self) {
        self.aborts += 1;
    }
}

struct Chunks<'s> {
    rest: &'s [u8],
    chunk: usize,
}

impl Read for Chunks<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.chunk.min(into.len());
        self.rest.read(&mut into[..count])
    }
}
