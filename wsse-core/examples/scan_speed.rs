//! How fast the scanner is, against quick-xml on the same documents.
//!
//! `cargo run --release -p wsse-core --example scan_speed` prints MB/s, the best of many runs,
//! the two readers turn by turn. `scan_speed once [octets]` scans the message of the benchmarks
//! once, for counting: `valgrind --tool=callgrind --toggle-collect='*scan_whole*'`.
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
    if arguments.first().is_some_and(|mode| mode == "once") {
        let octets = arguments.get(1).and_then(|octets| octets.parse().ok()).unwrap_or(200_000);
        let message = message::envelope(octets);
        println!("{} octets, {} events", message.len(), scan_whole(&message));
        return;
    }
    let long = "<p:t>".to_owned() + &"Plain words of a long text. ".repeat(40) + "#</p:t>";
    let base64 = "<p:t>".to_owned() + &"QmFzZTY0IG9mIGEgcGljdHVyZQ".repeat(400) + "#</p:t>";
    let chinese = "<p:t>".to_owned() + &"日本語の長い文章。".repeat(40) + "#</p:t>";
    let declaring = "<r:item xmlns:r=\"urn:r\" r:id=\"#\"><r:name>#</r:name></r:item>";
    println!("{:24}{:>10}{:>10}{:>10}{:>8}", "MB/s", "octets", "wsse", "quick-xml", "ratio");
    for (name, document) in [
        ("orders, 2 MB", message::envelope(2_000_000)),
        ("orders, 200 KB", message::envelope(200_000)),
        ("orders, 20 KB", message::envelope(20_000)),
        ("orders, 2 KB", message::envelope(2_000)),
        ("long text", repeated(&long, 2_000_000)),
        ("base64", repeated(&base64, 2_000_000)),
        ("Japanese", repeated(&chinese, 2_000_000)),
        ("short elements", repeated("<b><c>#</c><d>1</d></b>", 2_000_000)),
        ("declarations repeated", repeated(declaring, 2_000_000)),
        ("no two tags alike", repeated("<p:b# c#=\"#\" q:d=\"1\">#</p:b#>", 2_000_000)),
        ("references", repeated("<b>&amp;&lt;#&gt;&apos;</b>", 2_000_000)),
        ("comments", repeated("<!-- # --><?p #?>", 2_000_000)),
    ] {
        compare(name, &document);
    }
}

fn compare(name: &str, document: &[u8]) {
    let (mut ours, mut peer) = (Duration::MAX, Duration::MAX);
    for _ in 0..(100_000_000 / document.len()).clamp(10, 10_000) {
        ours = ours.min(time(|| scan_whole(document)));
        ours = ours.min(time(|| scan_whole(document)));
        peer = peer.min(time(|| peer_whole(document)));
    }
    let speed = |time: Duration| document.len() as f64 / time.as_secs_f64() / 1e6;
    let ratio = peer.as_secs_f64() / ours.as_secs_f64();
    let octets = document.len();
    println!("{name:24}{octets:>10}{:>10.0}{:>10.0}{ratio:>8.2}", speed(ours), speed(peer));
}

fn time<R>(run: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    black_box(run());
    start.elapsed()
}

/// Every event, with its attributes counted, as a reader of messages would.
#[inline(never)]
fn scan_whole(document: &[u8]) -> usize {
    let mut scanner = Scanner::new(black_box(document), &Limits::default()).expect("it is sound");
    let mut seen = 0;
    loop {
        match scanner.next().expect("it is sound") {
            Event::StartElement(_) => seen += 1 + scanner.attributes().len(),
            Event::EndDocument => return seen,
            _ => seen += 1,
        }
    }
}

/// The same with what quick-xml can check, octets in as well.
#[inline(never)]
fn peer_whole(document: &[u8]) -> usize {
    let text = core::str::from_utf8(black_box(document)).expect("it is UTF-8");
    let mut reader = NsReader::from_str(text);
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

/// A document of at least `octets` octets that consists of `line` again and again; each `#` in it
/// becomes a number, so that no two lines are alike.
fn repeated(line: &str, octets: usize) -> Vec<u8> {
    let mut out = b"<a xmlns:p=\"urn:p\" xmlns:q=\"urn:q\">".to_vec();
    let mut number = 0_u64;
    while out.len() < octets {
        let hash = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        out.extend_from_slice(line.replace('#', &hash.to_string()).as_bytes());
        number += 1;
    }
    out.extend_from_slice(b"</a>");
    out
}
