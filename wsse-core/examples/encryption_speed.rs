//! How fast 2 MB are encrypted and decrypted, beside the base64 and the cipher that it cannot do
//! without.
//!
//! `cargo run --release -p wsse-core --example encryption_speed` prints MB/s of the plaintext, the
//! best of many runs, the columns turn by turn. `whole` is one EncryptedData, written, or decrypted
//! from the text of its document; `ratio` is its time to that of base64 and cipher together; `scan`
//! is the reading of that document, which comes before.
#![expect(clippy::print_stdout, reason = "it is what this program is for")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

#[path = "support/message.rs"]
mod message;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::hint::black_box;
use std::time::{Duration, Instant};
use wsse_core::crypto::{BlockDecryptor, BlockEncryption, BlockEncryptor, Secret, SystemRandom};
use wsse_core::xml::{Event, Limits, Outline, OutlineBudget, Scanner};
use wsse_core::xmlenc::{DataKind, EncryptedData, EncryptedDataTemplate};

const RUNS: usize = 200;

fn main() {
    let content = message::envelope(2_000_000);
    println!(
        "{:36}{:>9}{:>9}{:>9}{:>7}{:>9}",
        "MB/s", "base64", "cipher", "whole", "ratio", "scan"
    );
    for method in [
        BlockEncryption::Aes128Gcm,
        BlockEncryption::Aes256Gcm,
        BlockEncryption::Aes256Cbc,
        BlockEncryption::TripleDesCbc,
    ] {
        let key = Secret::new(vec![7; method.key_length()]);
        let document = encrypted(method, &key, &content);
        encrypting(method, &key, &content);
        decrypting("decrypt", method, &key, &content, &document);
        let folded = folded(&document);
        decrypting("decrypt, lines of 76", method, &key, &content, &folded);
    }
}

fn encrypted(method: BlockEncryption, key: &Secret, content: &[u8]) -> Vec<u8> {
    let mut encryptor = BlockEncryptor::new(method, key).expect("an encryptor");
    let template = EncryptedDataTemplate::new(DataKind::Element, method);
    let mut out = Vec::new();
    template
        .encrypt(content, &mut encryptor, &SystemRandom, &[], &mut out)
        .expect("an EncryptedData");
    out
}

/// The document with its CipherValue in lines.
fn folded(document: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(document.to_vec()).expect("text");
    let start = text.find("CipherValue>").expect("a CipherValue") + "CipherValue>".len();
    let end = text.find("</xenc:CipherValue").expect("its end");
    let mut out = text.as_bytes()[..start].to_vec();
    for line in text.as_bytes()[start..end].chunks(76) {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out.extend_from_slice(&text.as_bytes()[end..]);
    out
}

fn encrypting(method: BlockEncryption, key: &Secret, content: &[u8]) {
    let mut times = [Duration::MAX; 4];
    let mut octets = Vec::with_capacity(content.len() + 64);
    let mut text = vec![0; content.len() * 2];
    for _ in 0..RUNS {
        let measured = [
            time(|| STANDARD.encode_slice(content, &mut text).expect("room")),
            time(|| {
                octets.clear();
                let mut encryptor = BlockEncryptor::new(method, key).expect("an encryptor");
                encryptor.begin(&SystemRandom, &mut octets).expect("randomness");
                encryptor.update(content, &mut octets).expect("octets");
                encryptor.finish(&mut octets).expect("an end");
            }),
            time(|| encrypted(method, key, content)),
            Duration::ZERO,
        ];
        keep(&mut times, measured);
    }
    report("encrypt", method, content.len(), times);
}

fn decrypting(name: &str, method: BlockEncryption, key: &Secret, content: &[u8], document: &[u8]) {
    let text = STANDARD.encode(ciphertext(method, key, content));
    let octets = STANDARD.decode(&text).expect("base64");
    let mut decoded = vec![0; text.len()];
    let mut plaintext = Vec::with_capacity(content.len() + 64);
    let outline = read(document);
    let data = EncryptedData::parse(outline.root()).expect("an EncryptedData");
    let mut times = [Duration::MAX; 4];
    for _ in 0..RUNS {
        let measured = [
            time(|| STANDARD.decode_slice(&text, &mut decoded).expect("base64")),
            time(|| {
                plaintext.clear();
                let mut decryptor = BlockDecryptor::new(method, key).expect("a decryptor");
                decryptor.update(&octets, &mut plaintext);
                decryptor.finish(&mut plaintext, 0).expect("plaintext");
            }),
            time(|| {
                plaintext.clear();
                let mut decryptor = BlockDecryptor::new(method, key).expect("a decryptor");
                data.decrypt(&mut decryptor, &mut plaintext, usize::MAX).expect("plaintext");
            }),
            time(|| read(document)),
        ];
        keep(&mut times, measured);
    }
    assert!(plaintext == content);
    report(name, method, content.len(), times);
}

fn ciphertext(method: BlockEncryption, key: &Secret, content: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut encryptor = BlockEncryptor::new(method, key).expect("an encryptor");
    encryptor.begin(&SystemRandom, &mut octets).expect("randomness");
    encryptor.update(content, &mut octets).expect("octets");
    encryptor.finish(&mut octets).expect("an end");
    octets
}

fn read(document: &[u8]) -> Outline<'_> {
    let mut scanner = Scanner::new(document, &Limits::default()).expect("a document");
    let budget = OutlineBudget { elements: 100, end: usize::MAX };
    loop {
        if let Event::StartElement(start) = scanner.next().expect("well-formed") {
            return Outline::read(&mut scanner, &start, &budget).expect("an outline");
        }
    }
}

fn time<R>(run: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    black_box(run());
    start.elapsed()
}

fn keep(times: &mut [Duration; 4], measured: [Duration; 4]) {
    for (best, measured) in times.iter_mut().zip(measured) {
        *best = measured.min(*best);
    }
}

fn report(name: &str, method: BlockEncryption, octets: usize, times: [Duration; 4]) {
    let [base64, cipher, whole, scan] = times.map(|time| time.as_secs_f64());
    let speed = |seconds: f64| octets as f64 / seconds / 1e6;
    println!(
        "{:36}{:>9.0}{:>9.0}{:>9.0}{:>7.2}{:>9.0}",
        format!("{}, {name}", method.name()),
        speed(base64),
        speed(cipher),
        speed(whole),
        whole / (base64 + cipher),
        if scan > 0.0 { speed(scan) } else { 0.0 }
    );
}
