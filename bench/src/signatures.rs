//! Signing and checking whole messages, and what of it is cryptography alone.

use crate::messages;
use crate::serve::{Case, Prepared};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use wsse_core::c14n::{Ancestors, Canonicalizer, Method, Mode, PrefixList, Sink};
use wsse_core::crypto::{Certificate, DigestMethod, Digester, Identity, SignatureMethod};
use wsse_core::pass::{Outcome, Output, Pass, Select, Target};
use wsse_core::replay::{MemoryReplayStore, ReplayKey, ReplayStore};
use wsse_core::time::UnixTime;
use wsse_core::xml::{Event, Limits, Scanner, ScannerMemory, Zone};
use wsse_core::{Call, Error, Inbound, InboundPolicy, Outbound, OutboundPolicy};

/// What a signature covers.
#[derive(Clone, Copy)]
pub(crate) enum Signed {
    BodyAndTimestamp,
    /// The same, the digest on a thread of its own.
    WithSecondThread,
    Parts(usize),
}

/// What one thread does in a call of the cases with threads: starting one is not what is measured.
const REPETITIONS: usize = 200;

pub(crate) fn find(name: &str) -> Option<Case> {
    match name {
        "sign" => Some(|message, _| sign(message, Signed::BodyAndTimestamp)),
        "sign-beside" => Some(|message, _| sign(message, Signed::WithSecondThread)),
        "verify-beside" => Some(|message, _| verify(message, Signed::WithSecondThread)),
        "sign-part" => Some(|message, _| sign(message, Signed::Parts(1))),
        "sign-parts" => Some(|message, _| sign(message, Signed::Parts(messages::PARTS))),
        "verify" => Some(|message, _| verify(message, Signed::BodyAndTimestamp)),
        "verify-part" => Some(|message, _| verify(message, Signed::Parts(1))),
        "verify-parts" => Some(|message, _| verify(message, Signed::Parts(messages::PARTS))),
        "sha256-threads-1" => Some(|message, _| hash_in_threads(message, 1)),
        "sha256-threads-2" => Some(|message, _| hash_in_threads(message, 2)),
        "verify-threads-1" => Some(|message, _| verify_in_threads(message, 1)),
        "verify-threads-2" => Some(|message, _| verify_in_threads(message, 2)),
        "bare-sign" => Some(|message, _| bare_sign(&message)),
        "bare-verify" => Some(|message, _| bare_verify(&message)),
        "c14n" => Some(|message, _| canonicalize(message, Mode::Exclusive)),
        "c14n-inclusive" => Some(|message, _| canonicalize(message, Mode::Inclusive)),
        "pass" => Some(|message, _| pass(message)),
        "sha256" => Some(|message, _| {
            Prepared::new(message.len(), move || {
                black_box(digest(black_box(&message)));
            })
        }),
        _ => None,
    }
}

/// A message with the signature that the peers check: by name, as the cases of [`find`] are.
pub(crate) fn signed(kind: &str, octets: usize) -> Result<Vec<u8>, String> {
    let (kind, signed) = match kind {
        "part" => ("parts", Signed::Parts(1)),
        "parts" => ("parts", Signed::Parts(messages::PARTS)),
        _ => (kind, Signed::BodyAndTimestamp),
    };
    let message = messages::message(kind, octets)?;
    let protected = outbound(signed).protect(&message, &Call::default());
    protected.map(|done| done.into_bytes()).map_err(|error| error.to_string())
}

fn sign(message: Vec<u8>, signed: Signed) -> Prepared {
    let outbound = outbound(signed);
    let mut sign = move || {
        let protected = outbound.protect(black_box(&message), &Call::default());
        black_box(protected.expect("the message can be protected").into_bytes()).len()
    };
    let octets = sign();
    warm(octets, &mut sign);
    Prepared::with_output(octets, sign)
}

fn verify(message: Vec<u8>, signed: Signed) -> Prepared {
    let (inbound, octets) = (inbound(signed), message.len());
    let mut verify = move || {
        let valid = inbound.validate(black_box(&message)).expect("the message passes");
        black_box(valid.document().expect("it is signed")).len()
    };
    warm(octets, &mut verify);
    Prepared::with_output(octets, verify)
}

/// Each thread has a message of its own, all of them one [`Inbound`].
fn verify_in_threads(message: Vec<u8>, count: usize) -> Prepared {
    let inbound = inbound(Signed::BodyAndTimestamp);
    let octets = message.len();
    let messages = vec![message; count];
    Prepared::new(octets, move || {
        std::thread::scope(|scope| {
            for message in &messages {
                scope.spawn(|| {
                    for _ in 0..REPETITIONS {
                        black_box(inbound.validate(black_box(message)).expect("it passes"));
                    }
                });
            }
        });
    })
}

/// What the machine has to offer to two threads.
fn hash_in_threads(message: Vec<u8>, count: usize) -> Prepared {
    let octets = message.len();
    let messages = vec![message; count];
    Prepared::new(octets, move || {
        std::thread::scope(|scope| {
            for message in &messages {
                scope.spawn(|| {
                    for _ in 0..REPETITIONS {
                        black_box(digest(black_box(message)));
                    }
                });
            }
        });
    })
}

/// What repeats is remembered on second sight, and short messages are left alone at first.
pub(crate) fn warm<R>(octets: usize, call: &mut impl FnMut() -> R) {
    for _ in 0..(400_000 / octets.max(1)).min(64) {
        black_box(call());
    }
}

/// One SHA-256 over all canonical octets, one RSA operation over those of the SignedInfo.
fn bare_sign(message: &[u8]) -> Prepared {
    let canonical = canonical_body(message);
    let identity = identity();
    Prepared::new(message.len(), move || {
        black_box(digest(black_box(&canonical)));
        let value = identity.key().sign(SignatureMethod::RsaSha256, black_box(&SIGNED_INFO));
        black_box(value.expect("the key can sign"));
    })
}

fn bare_verify(message: &[u8]) -> Prepared {
    let canonical = canonical_body(message);
    let (method, identity) = (SignatureMethod::RsaSha256, identity());
    let value = identity.key().sign(method, &SIGNED_INFO).expect("the key can sign");
    let key = certificate().public_key().clone();
    Prepared::new(message.len(), move || {
        black_box(digest(black_box(&canonical)));
        key.verify(method, black_box(&SIGNED_INFO), &value).expect("it was just signed");
    })
}

/// As long as a SignedInfo of two references is.
const SIGNED_INFO: [u8; 900] = [b'x'; 900];

fn digest(octets: &[u8]) -> usize {
    let mut digester = Digester::new(DigestMethod::Sha256);
    digester.update(octets);
    digester.finish().map_or(0, |digest| digest.octets().len())
}

fn canonical_body(message: &[u8]) -> Vec<u8> {
    kept(message, targets(message, b"<soapenv:Body"), &mut ScannerMemory::new()).remove(0).octets
}

/// The Body and two elements in it, each canonicalized and kept: one walk as a verifier does it, with
/// a digest that does nothing.
fn pass(message: Vec<u8>) -> Prepared {
    let mut memory = ScannerMemory::new();
    let mut targets_of = targets(&message, b"<ord:Line ");
    targets_of.truncate(2);
    targets_of.extend(targets(&message, b"<soapenv:Body"));
    let octets = message.len();
    let mut pass = move || black_box(kept(&message, targets_of.clone(), &mut memory)).len();
    warm(octets, &mut pass);
    Prepared::with_output(octets, pass)
}

/// What begins so.
fn targets(message: &[u8], start_tag: &[u8]) -> Vec<Target> {
    let places = memchr::memmem::find_iter(message, start_tag);
    places.map(|at| Target::new(Select::Offset(at), Method::EXCLUSIVE, Output::Octets)).collect()
}

fn kept(message: &[u8], targets: Vec<Target>, memory: &mut ScannerMemory) -> Vec<Outcome> {
    let mut pass = Pass::new(targets);
    let mut scanner =
        Scanner::with_memory(message, &limits(), memory).expect("the message is sound");
    loop {
        let event = scanner.next().expect("the message is sound");
        pass.event(&scanner, &event, Zone::Data).expect("the message is sound");
        if event == Event::EndDocument {
            break;
        }
    }
    *memory = scanner.into_memory();
    pass.finish().expect("they are there")
}

/// Counts, and looks at nothing.
struct Count(usize);

impl Sink for Count {
    #[inline]
    fn write(&mut self, octets: &[u8]) {
        self.0 += black_box(octets).len();
    }
}

/// The whole document.
fn canonicalize(message: Vec<u8>, mode: Mode) -> Prepared {
    let octets = message.len();
    let mut memory = ScannerMemory::new();
    let mut canonicalize = move || {
        let mut scanner = Scanner::with_memory(black_box(&message), &limits(), &mut memory)
            .expect("the message is sound");
        let method = Method { mode, with_comments: false };
        let mut canonicalizer = Canonicalizer::new(method, PrefixList::new()).whole_document();
        let (ancestors, mut sink) = (Ancestors::new(), Count(0));
        loop {
            let event = scanner.next().expect("the message is sound");
            canonicalizer.event(&scanner, &ancestors, &mut sink).expect("the message is sound");
            if event == Event::EndDocument {
                break;
            }
        }
        memory = scanner.into_memory();
        black_box(sink.0)
    };
    warm(octets, &mut canonicalize);
    Prepared::new(octets, move || {
        canonicalize();
    })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.message = 1 << 30;
    limits
}

impl Signed {
    fn hashing(self) -> &'static str {
        match self {
            Self::WithSecondThread => "hashing = { second-thread = true }",
            _ => "",
        }
    }

    fn parts(self) -> String {
        match self {
            Self::BodyAndTimestamp | Self::WithSecondThread => "\"body\", \"timestamp\"".to_owned(),
            Self::Parts(count) => {
                let parts = (1..=count).map(|part| format!("\"{{urn:example:parts}}Part{part}\""));
                parts.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// The Timestamp is good for as long as a run takes.
pub(crate) fn outbound(signed: Signed) -> Outbound {
    let policy = format!(
        "version = 1\norder = [\"timestamp\", \"signature\"]\ntimestamp = {{ ttl = 86400 }}\n\
         limits = {{ message = \"1 GiB\" }}\n\
         signature = [{{ parts = [{}], inclusive-prefixes = false }}]\n{}",
        signed.parts(),
        signed.hashing()
    );
    let policy = OutboundPolicy::from_toml(&policy).expect("the policy is sound");
    Outbound::builder(policy).identity("", identity()).build().expect("the outbound is sound")
}

pub(crate) fn inbound(signed: Signed) -> Inbound {
    let policy = format!(
        "version = 1\nrequire = {{ signed = [{}], timestamp = true }}\n\
         clock = {{ ttl = 86400 }}\nlimits = {{ message = \"1 GiB\" }}\n{}",
        signed.parts(),
        signed.hashing()
    );
    Inbound::builder(InboundPolicy::from_toml(&policy).expect("the policy is sound"))
        .certificate("", certificate())
        .replay_store("default", Arc::new(AlwaysNew::default()))
        .build()
        .expect("the inbound is sound")
}

/// Does what memory does for a message that is new, and takes each for one.
#[derive(Default)]
struct AlwaysNew {
    memory: MemoryReplayStore,
    number: AtomicU64,
}

impl ReplayStore for AlwaysNew {
    fn insert_if_absent(&self, key: &ReplayKey, _: UnixTime, now: UnixTime) -> Result<bool, Error> {
        let number = self.number.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let key = ReplayKey::of_signature(&number, key.octets());
        // Forgotten soon, so that a long run does not fill the memory.
        self.memory.insert_if_absent(&key, now.plus_seconds(1), now)
    }
}

pub(crate) fn identity() -> Identity {
    let read = |name| octets(name);
    Identity::from_pem(&read("client.key.pem"), &read("client.crt.pem"), None)
        .expect("the key fits the certificate")
}

pub(crate) fn certificate() -> Certificate {
    let mut all = Certificate::many_from_pem(&octets("client.crt.pem")).expect("it is PEM");
    all.remove(0)
}

fn octets(name: &str) -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/keys").join(name);
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
