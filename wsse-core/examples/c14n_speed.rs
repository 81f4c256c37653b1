//! How fast canonicalization is, beside the scan that it follows and the digest that it feeds.
//!
//! `cargo run --release -p wsse-core --example c14n_speed` prints MB/s of the source, the best of
//! many runs, the columns turn by turn. `c14n_speed once [octets]` canonicalizes the message of
//! the benchmarks once, for counting:
//! `valgrind --tool=callgrind --toggle-collect='*canonicalize_whole*'`.
#![expect(clippy::print_stdout, reason = "it is what this program is for")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

#[path = "support/message.rs"]
mod message;

use std::hint::black_box;
use std::time::{Duration, Instant};
use wsse_core::c14n::{Ancestors, Canonicalizer, Method, Mode, PrefixList, Sink};
use wsse_core::crypto::{DigestMethod, Digester};
use wsse_core::pass::{Output, Pass, Select, Target};
use wsse_core::xml::{Event, Limits, Scanner, ScannerMemory, Zone};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|mode| mode == "once") {
        let octets = arguments.get(1).and_then(|octets| octets.parse().ok()).unwrap_or(200_000);
        let message = message::envelope(octets);
        let mut memory = ScannerMemory::new();
        let written = canonicalize_whole(&message, Method::EXCLUSIVE, &mut memory);
        println!("{} octets, {written} canonical", message.len());
        scan_whole(&message, &mut ScannerMemory::new());
        walk(&message, targets(&message, 0), &mut ScannerMemory::new());
        let digest =
            Target::new(Select::Root, Method::EXCLUSIVE, Output::Digest(DigestMethod::Sha256));
        walk(&message, vec![digest], &mut ScannerMemory::new());
        return;
    }
    println!(
        "{:28}{:>9}{:>8}{:>8}{:>9}{:>9}{:>9}{:>7}",
        "MB/s", "octets", "scan", "c14n", "c14n 1.0", "+sha256", "sha256", "ratio"
    );
    for (name, document) in [
        ("orders, 2 KB", message::envelope(2_000)),
        ("orders, 20 KB", message::envelope(20_000)),
        ("orders, 200 KB", message::envelope(200_000)),
        ("orders, 2 MB", message::envelope(2_000_000)),
        ("short elements", repeated("<b><c>#</c><d>1</d></b>")),
        ("attributes out of order", repeated("<b z=\"#\" y=\"#\" x='#'><c>#</c></b>\n")),
        ("indented, white space", repeated("<b x = \"#\"\n   y=\"#\" >\r\n  <c />#\r\n</b >\r\n")),
        ("declarations repeated", repeated("<r:i xmlns:r=\"urn:r\" r:id=\"#\"><r:n>#</r:n></r:i>")),
        ("references", repeated("<b a=\"&amp;#\">&amp;&lt;#&gt;&apos;</b>")),
        ("no two tags alike", repeated("<p:b# c#=\"#\" q:d=\"1\">#</p:b#>")),
    ] {
        measure(name, &document);
    }
    println!("\n{:28}{:>12}", "20,000 lines, microseconds", "c14n");
    for (name, document) in [
        ("1 namespace on the root", namespaces(1)),
        ("400 namespaces on the root", namespaces(400)),
        ("depth 5", deep(5)),
        ("depth 195", deep(195)),
    ] {
        let mut memory = ScannerMemory::new();
        let time =
            best(&document, || canonicalize_whole(&document, Method::EXCLUSIVE, &mut memory));
        println!("{name:28}{:>12.1}", time.as_secs_f64() * 1e6);
    }
    println!("\n{:28}{:>12}", "targets in 200 KB", "microseconds");
    let document = message::envelope(200_000);
    for count in [0, 1, 2, 30] {
        let mut memory = ScannerMemory::new();
        let time = best(&document, || walk(&document, targets(&document, count), &mut memory));
        println!("{count:28}{:>12.1}", time.as_secs_f64() * 1e6);
    }
}

fn measure(name: &str, document: &[u8]) {
    let inclusive = Method { mode: Mode::Inclusive, with_comments: false };
    let mut times = [Duration::MAX; 5];
    let mut memories: [ScannerMemory; 4] = Default::default();
    for _ in 0..(200_000_000 / document.len()).clamp(20, 20_000) {
        let [one, two, three, four] = &mut memories;
        let digest = || {
            vec![Target::new(Select::Root, Method::EXCLUSIVE, Output::Digest(DigestMethod::Sha256))]
        };
        let measured = [
            time(|| scan_whole(document, one)),
            time(|| canonicalize_whole(document, Method::EXCLUSIVE, two)),
            time(|| canonicalize_whole(document, inclusive, three)),
            time(|| walk(document, digest(), four)),
            time(|| digest_whole(document)),
        ];
        for (best, measured) in times.iter_mut().zip(measured) {
            *best = measured.min(*best);
        }
    }
    let [scan, exclusive, inclusive, digest, bare] =
        times.map(|time| document.len() as f64 / time.as_secs_f64() / 1e6);
    let octets = document.len();
    println!(
        "{name:28}{octets:>9}{scan:>8.0}{exclusive:>8.0}{inclusive:>9.0}{digest:>9.0}{bare:>9.0}{:>7.2}",
        exclusive / scan
    );
}

fn best<R>(document: &[u8], mut run: impl FnMut() -> R) -> Duration {
    let runs = (200_000_000 / document.len()).clamp(20, 20_000);
    (0..runs).map(|_| time(&mut run)).min().unwrap_or_default()
}

fn time<R>(run: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    black_box(run());
    start.elapsed()
}

/// Counts, and looks at nothing.
struct Count(usize);

impl Sink for Count {
    #[inline]
    fn write(&mut self, octets: &[u8]) {
        self.0 += black_box(octets).len();
    }
}

#[inline(never)]
fn scan_whole(document: &[u8], memory: &mut ScannerMemory) -> usize {
    let mut scanner =
        Scanner::with_memory(black_box(document), &Limits::default(), memory).expect("it is sound");
    let mut seen = 0;
    while !matches!(scanner.next().expect("it is sound"), Event::EndDocument) {
        seen += 1;
    }
    *memory = scanner.into_memory();
    seen
}

#[inline(never)]
fn canonicalize_whole(document: &[u8], method: Method, memory: &mut ScannerMemory) -> usize {
    let mut scanner =
        Scanner::with_memory(black_box(document), &Limits::default(), memory).expect("it is sound");
    let mut canonicalizer = Canonicalizer::new(method, PrefixList::new()).whole_document();
    let ancestors = Ancestors::new();
    let mut sink = Count(0);
    loop {
        let event = scanner.next().expect("it is sound");
        canonicalizer.event(&scanner, &ancestors, &mut sink).expect("it is sound");
        if matches!(event, Event::EndDocument) {
            break;
        }
    }
    *memory = scanner.into_memory();
    sink.0
}

/// What a verifier does.
#[inline(never)]
fn walk(document: &[u8], targets: Vec<Target>, memory: &mut ScannerMemory) -> usize {
    let mut scanner =
        Scanner::with_memory(black_box(document), &Limits::default(), memory).expect("it is sound");
    let mut pass = Pass::new(targets);
    pass.watch("a");
    loop {
        let event = scanner.next().expect("it is sound");
        pass.event(&scanner, &event, Zone::Data).expect("it is sound");
        if matches!(event, Event::EndDocument) {
            break;
        }
    }
    *memory = scanner.into_memory();
    pass.finish().map_or(0, |outcomes| outcomes.len())
}

/// Digests of so many order lines.
fn targets(document: &[u8], count: usize) -> Vec<Target> {
    let lines = memchr::memmem::find_iter(document, b"<ord:Line ").take(count);
    let digest = Output::Digest(DigestMethod::Sha256);
    lines.map(|at| Target::new(Select::Offset(at), Method::EXCLUSIVE, digest)).collect()
}

#[inline(never)]
fn digest_whole(document: &[u8]) -> usize {
    let mut digester = Digester::new(DigestMethod::Sha256);
    digester.update(black_box(document));
    digester.finish().map_or(0, |digest| digest.octets().len())
}

/// 2 MB of `line` again and again; each `#` in it becomes a number.
fn repeated(line: &str) -> Vec<u8> {
    let mut out = b"<a xmlns:p=\"urn:p\" xmlns:q=\"urn:q\">".to_vec();
    let mut number = 0_u64;
    while out.len() < 2_000_000 {
        let hash = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        out.extend_from_slice(line.replace('#', &hash.to_string()).as_bytes());
        number += 1;
    }
    out.extend_from_slice(b"</a>");
    out
}

/// 20,000 lines under so many declarations, on two elements: one may hold 256 attributes.
fn namespaces(count: usize) -> Vec<u8> {
    let declarations = |numbers: std::ops::Range<usize>| -> String {
        numbers.map(|number| format!(" xmlns:n{number:03}=\"urn:{number:03}\"")).collect()
    };
    let lines = "<n000:b c=\"1\"><n000:d>text</n000:d></n000:b>".repeat(20_000);
    let (outer, inner) =
        (declarations(0..count.div_ceil(2)), declarations(count.div_ceil(2)..count));
    format!("<n000:a{outer}><n000:a{inner}>{lines}</n000:a></n000:a>").into_bytes()
}

/// 20,000 lines at this depth.
fn deep(depth: usize) -> Vec<u8> {
    let lines = "<n:b c=\"1\"><n:d>text</n:d></n:b>".repeat(20_000);
    let (start, end) = ("<n:a>".repeat(depth), "</n:a>".repeat(depth));
    format!("<n:a xmlns:n=\"urn:n\">{start}{lines}{end}</n:a>").into_bytes()
}
