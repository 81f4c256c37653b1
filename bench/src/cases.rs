//! What is measured. Everything that a program would do once stands outside of `run`.

use crate::serve::{Case, Prepared};
use quick_xml::events::Event as PeerEvent;
use quick_xml::reader::NsReader;
use std::hint::black_box;
use std::sync::Arc;
use wsse_core::crypto::{Secret, SystemRandom};
use wsse_core::http::{CreateOptions, Dialect, HeaderCheck, create};
use wsse_core::password::PasswordTable;
use wsse_core::time::{FixedClock, SystemClock, TimeProvider};
use wsse_core::xml::{Event, Limits, Scanner, ScannerMemory};
use wsse_core::{Call, Inbound, InboundPolicy, Outbound, OutboundPolicy};

const USERNAME: &str = "alice";
const PASSWORD: &str = "correct horse battery staple";

/// Calls after which whatever is remembered from call to call is there.
const WARMING: usize = 64;

pub(crate) fn find(name: &str) -> Option<Case> {
    match name {
        "scan" => Some(scan),
        "scan-warm" => Some(scan_warm),
        "scan-quick-xml" => Some(scan_quick_xml),
        "header" => Some(header),
        "header-check" => Some(header_check),
        "token" => Some(token),
        "validate" => Some(|message, calls| validate(&message, calls)),
        _ => None,
    }
}

fn scan(message: Vec<u8>, _: usize) -> Prepared {
    Prepared::new(message.len(), move || {
        black_box(scan_whole(black_box(&message)));
    })
}

/// As a server reads message after message.
fn scan_warm(message: Vec<u8>, _: usize) -> Prepared {
    let length = message.len();
    let mut memory = ScannerMemory::new();
    let mut scan = move || {
        black_box(scan_with(black_box(&message), &mut memory));
    };
    // What repeats is remembered on second sight, and short messages are left alone at first.
    (0..WARMING).for_each(|_| scan());
    Prepared::new(length, scan)
}

fn scan_quick_xml(message: Vec<u8>, _: usize) -> Prepared {
    Prepared::new(message.len(), move || {
        let text = core::str::from_utf8(&message).expect("the message is ASCII");
        black_box(scan_whole_quick_xml(black_box(text)));
    })
}

/// Every event, with its attributes counted, as a reader of messages would. Named, so that its
/// instructions can be counted.
#[inline(never)]
pub(crate) fn scan_whole(message: &[u8]) -> usize {
    scan_with(message, &mut ScannerMemory::new())
}

fn scan_with(message: &[u8], memory: &mut ScannerMemory) -> usize {
    let limits = Limits::default();
    let mut scanner = Scanner::with_memory(message, &limits, memory).expect("the message is sound");
    let mut seen = 0;
    loop {
        match scanner.next().expect("the message is sound") {
            Event::StartElement(_) => seen += 1 + scanner.attributes().len(),
            Event::EndDocument => break,
            _ => seen += 1,
        }
    }
    *memory = scanner.into_memory();
    seen
}

/// The same, with all that quick-xml can check. It is not strict: names, characters, references
/// and prefixes pass unchecked.
#[inline(never)]
fn scan_whole_quick_xml(message: &str) -> usize {
    let mut reader = NsReader::from_str(message);
    reader.config_mut().enable_all_checks(true);
    let mut seen = 0;
    loop {
        match reader.read_resolved_event().expect("the message is sound") {
            (namespace, PeerEvent::Start(tag) | PeerEvent::Empty(tag)) => {
                black_box(&namespace);
                for attribute in tag.attributes() {
                    let attribute = attribute.expect("the message is sound");
                    black_box(reader.resolver().resolve_attribute(attribute.key));
                    seen += 1;
                }
                seen += 1;
            }
            (_, PeerEvent::Eof) => return seen,
            _ => seen += 1,
        }
    }
}

fn header(_: Vec<u8>, _: usize) -> Prepared {
    let (dialect, password) = (Dialect::default(), Secret::new(PASSWORD));
    Prepared::new(0, move || {
        let options = CreateOptions::default();
        let value = create(&dialect, USERNAME, &password, &options, &SystemClock, &SystemRandom);
        black_box(value.expect("a header can be made"));
    })
}

/// Fresh headers, each of which passes, its insertion into the replay memory included.
fn header_check(_: Vec<u8>, calls: usize) -> Prepared {
    let (dialect, password) = (Dialect::default(), Secret::new(PASSWORD));
    let options = CreateOptions::default();
    let clock = standing_clock();
    let mut headers = (0..calls)
        .map(|_| create(&dialect, USERNAME, &password, &options, &clock, &SystemRandom))
        .collect::<Result<Vec<_>, _>>()
        .expect("headers can be made")
        .into_iter();
    let check = HeaderCheck::builder(PasswordTable::new().with(USERNAME, password))
        .with_dialect(dialect)
        .with_clock(Arc::new(clock))
        .build()
        .expect("the check is sound");
    Prepared::new(0, move || {
        let header = headers.next().expect("there is one for each call");
        black_box(check.check(black_box(&header)).expect("the header passes"));
    })
}

fn token(message: Vec<u8>, _: usize) -> Prepared {
    let outbound = outbound(None);
    Prepared::new(message.len(), move || {
        let protected = outbound.protect(black_box(&message), &Call::default());
        black_box(protected.expect("the message can be protected").into_bytes());
    })
}

fn validate(message: &[u8], calls: usize) -> Prepared {
    let clock = standing_clock();
    let outbound = outbound(Some(clock));
    let protected: Vec<Vec<u8>> = (0..calls)
        .map(|_| outbound.protect(message, &Call::default()).map(|done| done.into_bytes()))
        .collect::<Result<_, _>>()
        .expect("messages can be protected");
    let length = protected.first().map_or(0, Vec::len);
    let mut protected = protected.into_iter();
    let policy = "version = 1\nrequire = { username-token = \"digest\" }";
    let inbound = Inbound::builder(InboundPolicy::from_toml(policy).expect("the policy is sound"))
        .passwords(PasswordTable::new().with(USERNAME, Secret::new(PASSWORD)))
        .clock(Arc::new(clock))
        .build()
        .expect("the inbound is sound");
    Prepared::new(length, move || {
        let message = protected.next().expect("there is one for each call");
        black_box(inbound.validate(black_box(&message)).expect("the message passes"));
    })
}

fn outbound(clock: Option<FixedClock>) -> Outbound {
    let policy = "version = 1\norder = [\"username-token\"]";
    let policy = OutboundPolicy::from_toml(policy).expect("the policy is sound");
    let mut builder = Outbound::builder(policy).username(USERNAME, Secret::new(PASSWORD));
    if let Some(clock) = clock {
        builder = builder.clock(Arc::new(clock));
    }
    builder.build().expect("the outbound is sound")
}

/// So that what was prepared is not too old when its turn comes.
fn standing_clock() -> FixedClock {
    FixedClock(SystemClock.now().expect("there is a clock"))
}
