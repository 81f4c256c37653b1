//! How fast the scanner is, against quick-xml on the same message.
//!
//! `cargo run --release -p wsse-core --example scan_speed [octets]` prints MB/s, best of many
//! runs. `valgrind --tool=callgrind --collect-atstart=no --toggle-collect='*scan_whole*'` counts
//! instructions; divide by the octets that the argument `once` prints.
#![expect(clippy::print_stdout, reason = "it is what this program is for")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

#[path = "support/message.rs"]
mod message;

use quick_xml::events::Event as PeerEvent;
use quick_xml::reader::NsReader;
use std::hint::black_box;
use std::time::{Duration, Instant};
use wsse_core::xml::{Event, Limits, Scanner};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let octets = arguments.first().and_then(|octets| octets.parse().ok()).unwrap_or(2_000_000);
    let message = message::envelope(octets);
    if arguments.get(1).is_some_and(|mode| mode == "once") {
        println!("{} octets, {} events", message.len(), scan_whole(&message));
        return;
    }
    let text = core::str::from_utf8(&message).expect("the message is ASCII");
    let mut ours = Duration::MAX;
    let mut peer = Duration::MAX;
    // Turn by turn, so that a change of the clock rate meets both.
    let rounds = (200_000_000 / message.len()).clamp(10, 20_000);
    for _ in 0..rounds {
        ours = ours.min(time(|| scan_whole(&message)));
    }
    for _ in 0..rounds / 4 {
        peer = peer.min(time(|| peer_whole(text)));
        ours = ours.min(time(|| scan_whole(&message)));
    }
    let speed = |time: Duration| message.len() as f64 / time.as_secs_f64() / 1e6;
    println!("{} octets", message.len());
    println!("wsse scanner              {:7.1} MB/s", speed(ours));
    println!("quick-xml, namespaces     {:7.1} MB/s", speed(peer));
    println!("ratio                     {:7.2}", peer.as_secs_f64() / ours.as_secs_f64());
}

fn time<R>(run: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    black_box(run());
    start.elapsed()
}

/// Every event, with its attributes counted, as a reader of messages would.
#[inline(never)]
fn scan_whole(message: &[u8]) -> usize {
    let mut scanner = Scanner::new(black_box(message), &Limits::default()).expect("it is sound");
    let mut seen = 0;
    loop {
        match scanner.next().expect("it is sound") {
            Event::StartElement(_) => seen += 1 + scanner.attributes().len(),
            Event::EndDocument => return seen,
            _ => seen += 1,
        }
    }
}

/// The same with what quick-xml can check.
#[inline(never)]
fn peer_whole(message: &str) -> usize {
    let mut reader = NsReader::from_str(black_box(message));
    reader.config_mut().enable_all_checks(true);
    let mut seen = 0;
    loop {
        match reader.read_resolved_event().expect("it is sound") {
            (namespace, PeerEvent::Start(tag) | PeerEvent::Empty(tag)) => {
                black_box(&namespace);
                for attribute in tag.attributes() {
                    let attribute = attribute.expect("it is sound");
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
