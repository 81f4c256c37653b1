//! How fast messages of 2 MB are encrypted by policy, beside what that can't do without: base64,
//! cipher, and one reading of the message.
//!
//! `cargo run --release -p wsse-core --example message_encryption_speed` prints milliseconds, the best
//! of many runs, the columns turn by turn. `signed` is the same policy without its encryption, which
//! reads the message, too; `ratio` is the time of the whole to that of everything it can't do without.
//! With a number, a message of so many MB is protected once by the second policy, for those who look
//! at the memory of the process.
#![expect(clippy::print_stdout, reason = "it is what this program is for")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

#[path = "support/message.rs"]
mod message;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::hint::black_box;
use std::time::{Duration, Instant};
use wsse_core::crypto::{
    BlockEncryption, BlockEncryptor, Identity, KeyMaterial, Secret, SystemRandom,
};
use wsse_core::xml::{Event, Limits, Scanner};
use wsse_core::{Call, Outbound, OutboundPolicy};

const RUNS: usize = 60;

fn main() {
    if let Some(megabytes) = std::env::args().nth(1) {
        let octets = megabytes.parse::<usize>().expect("a number") * 1_000_000;
        let envelope = message::envelope(octets);
        let outbound = outbound("\"signature\", \"encryption\"", "aes256-gcm");
        let protected = outbound.protect(&envelope, &Call::default()).expect("a message");
        println!("{} octets, then {}", envelope.len(), protected.bytes().len());
        return;
    }
    let envelope = message::envelope(2_000_000);
    println!(
        "{:44}{:>8}{:>8}{:>8}{:>8}{:>8}{:>7}",
        "ms", "base64", "cipher", "scan", "signed", "whole", "ratio"
    );
    for data in [BlockEncryption::Aes256Gcm, BlockEncryption::Aes256Cbc] {
        for order in
            ["\"encryption\"", "\"signature\", \"encryption\"", "\"encryption\", \"signature\""]
        {
            measure(data, order, &envelope);
        }
    }
}

fn measure(data: BlockEncryption, order: &str, envelope: &[u8]) {
    let encrypts = outbound(order, data.name());
    let signs = order.contains("signature").then(|| outbound("\"signature\"", data.name()));
    let key = Secret::new(vec![7; data.key_length()]);
    let octets = ciphertext(data, &key, envelope);
    let mut text = vec![0; octets.len() * 4 / 3 + 4];
    let mut times = [Duration::MAX; 5];
    for _ in 0..RUNS {
        let measured = [
            time(|| STANDARD.encode_slice(&octets, &mut text).expect("base64")),
            time(|| ciphertext(data, &key, envelope)),
            time(|| scan(envelope)),
            signs.as_ref().map_or(Duration::ZERO, |signs| {
                time(|| signs.protect(envelope, &Call::default()).expect("a message"))
            }),
            time(|| encrypts.protect(envelope, &Call::default()).expect("a message")),
        ];
        for (best, measured) in times.iter_mut().zip(measured) {
            *best = measured.min(*best);
        }
    }
    let [base64, cipher, scan, signed, whole] = times.map(|time| time.as_secs_f64() * 1e3);
    let needed = base64 + cipher + if signed > 0.0 { signed } else { scan };
    println!(
        "{:44}{base64:>8.2}{cipher:>8.2}{scan:>8.2}{signed:>8.2}{whole:>8.2}{:>7.2}",
        format!("{}, {}", data.name(), order.replace('"', "")),
        whole / needed
    );
}

fn outbound(order: &str, data: &str) -> Outbound {
    let signature = match order.contains("signature") {
        true => "signature = [{ parts = [\"body\"] }]\n",
        false => "",
    };
    let encryption = match order.contains("encryption") {
        true => format!("encryption = [{{ data = \"{data}\" }}]\n"),
        false => String::new(),
    };
    let policy = format!(
        "version = 1\norder = [{order}]\n{signature}{encryption}limits = {{ message = \"1 GiB\" }}"
    );
    let read = |name: &str| {
        let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/keys/");
        std::fs::read(format!("{keys}{name}")).expect("a key of the tests")
    };
    let client = Identity::from_pkcs12(&read("client.p12"), Some(&Secret::new("changeit")));
    let server = KeyMaterial::read(&read("server.crt.pem"), None).expect("a certificate");
    Outbound::builder(OutboundPolicy::from_toml(&policy).expect("a policy"))
        .identity("", client.expect("an identity"))
        .recipient("", server.certificates[0].clone())
        .build()
        .expect("an outbound")
}

fn ciphertext(method: BlockEncryption, key: &Secret, content: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut encryptor = BlockEncryptor::new(method, key).expect("an encryptor");
    encryptor.begin(&SystemRandom, &mut octets).expect("randomness");
    encryptor.update(content, &mut octets).expect("octets");
    encryptor.finish(&mut octets).expect("an end");
    octets
}

fn scan(document: &[u8]) {
    let mut scanner = Scanner::new(document, &Limits::default()).expect("a document");
    while scanner.next().expect("well-formed") != Event::EndDocument {}
}

fn time<R>(run: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    black_box(run());
    start.elapsed()
}
