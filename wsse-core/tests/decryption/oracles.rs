//! Whoever sends broken ciphertexts by the thousand learns nothing: each refusal is the same, octet
//! by octet.

use crate::encrypted::{EncryptedPart, Encrypting, content, find, inside, server};
use crate::support::sign;
use std::collections::BTreeSet;
use wsse_core::crypto::{
    BlockEncryption, KeyEncryption, KeyTransport, Legacy, Secret, base64, base64_to_vec,
    decryption_failed,
};
use wsse_core::{Cause, Inbound};

const COUNT: usize = 5_000;

/// Numbers that are the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }
}

fn plain() -> String {
    String::from_utf8(sign("binary-security-token", "client", "1.1", "")).unwrap()
}

/// The message with other octets in the CipherValue behind this text.
fn with_cipher_value(message: &str, behind: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let start = find(message, behind).start;
    let start = start + find(&message[start..], "<xenc:CipherValue>").end;
    let end = start + find(&message[start..], "<").start;
    let mut octets = base64_to_vec(&message[start..end]).unwrap();
    change(&mut octets);
    format!("{}{}{}", &message[..start], base64(&octets), &message[end..])
}

fn allowing(names: &str) -> Inbound {
    let policy = format!(
        "version = 1\nrequire = {{ signed = [\"body\", \"timestamp?\"] }}\nlegacy = {{ allow = [{names}] }}\n"
    );
    server(&policy).build().unwrap()
}

/// Everything that a refusal shows; None where the message is as good as the one that was sent: most
/// octets of a padding mean nothing.
fn shown(server: &Inbound, message: &str) -> Option<String> {
    let error = match server.validate(message.as_bytes()) {
        Ok(_) => return None,
        Err(error) if error.cause() == Cause::Replay => return None,
        Err(error) => error,
    };
    let again = server.decrypt(message.as_bytes());
    let again = again.err().map_or("decrypts".to_owned(), |error| error.to_string());
    assert!(again == "decrypts" || again == decryption_failed().to_string(), "{again}");
    Some(format!(
        "{error}|{error:?}|{:?}|{}|{}|{:?}",
        error.position(),
        error.category().name(),
        error.cause().name(),
        error.reason()
    ))
}

/// Breaks octets in some way.
fn break_octets(octets: &mut Vec<u8>, random: &mut Random) {
    match random.below(5) {
        0 => {
            let length = random.below(octets.len());
            octets.truncate(length);
        }
        1 => octets.extend((0..=random.below(64)).map(|number| u8::try_from(number).unwrap())),
        2 => {
            for octet in octets.iter_mut() {
                *octet = u8::try_from(random.below(256)).unwrap();
            }
        }
        _ => {
            let at = random.below(octets.len());
            octets[at] ^= 1 << random.below(8);
        }
    }
}

#[test]
fn cbc_ciphertexts_that_are_broken() {
    let plain = plain();
    let body = inside(&plain, "s:Body");
    let server = allowing("\"cbc\", \"3des\"");
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut seen = BTreeSet::new();
    let mut broken = 0;
    for method in
        [BlockEncryption::Aes128Cbc, BlockEncryption::Aes256Cbc, BlockEncryption::TripleDesCbc]
    {
        let message = Encrypting::with_method(method).encrypt(&plain, &[content(body.clone())]);
        allowing("\"cbc\", \"3des\"").validate(message.as_bytes()).unwrap();
        for _ in 0..COUNT / 3 + 100 {
            let changed = with_cipher_value(&message, "<xenc:EncryptedData", |octets| {
                break_octets(octets, &mut random);
            });
            if changed != message {
                let refusal = shown(&server, &changed);
                broken += usize::from(refusal.is_some());
                seen.extend(refusal);
            }
        }
        // Well-formed, and not what was signed; not XML; no padding that fits.
        for plaintext in ["<op/>", "text", "<a", "</s:Body>", "", "<!DOCTYPE a>", "&x;"] {
            let part =
                EncryptedPart { plaintext: Some(plaintext.as_bytes()), ..content(body.clone()) };
            let message = Encrypting::with_method(method).encrypt(&plain, &[part]);
            seen.extend(shown(&server, &message));
            broken += 1;
        }
        for length in 1..80 {
            let changed = with_cipher_value(&message, "<xenc:EncryptedData", |octets| {
                octets.truncate(length);
            });
            seen.extend(shown(&server, &changed));
            broken += 1;
        }
    }
    assert!(broken >= COUNT, "{broken}");
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert!(seen.first().unwrap().contains(Cause::DecryptionFailed.name()));
}

#[test]
fn rsa15_keys_that_are_broken() {
    let plain = plain();
    let body = inside(&plain, "s:Body");
    let rsa15 = |method: BlockEncryption, secret: Vec<u8>| Encrypting {
        transport: KeyEncryption::Transport(KeyTransport::Rsa15),
        secret: Secret::new(secret),
        ..Encrypting::with_method(method)
    };
    let server = allowing("\"rsa15\", \"cbc\"");
    let mut random = Random(0xfeed_beef_1234_5671);
    let mut seen = BTreeSet::new();
    let mut broken = 0;
    for method in [BlockEncryption::Aes256Gcm, BlockEncryption::Aes128Cbc] {
        let right = rsa15(method, vec![7; method.key_length()]);
        let message = right.encrypt(&plain, &[content(body.clone())]);
        let valid = allowing("\"rsa15\", \"cbc\"").validate(message.as_bytes()).unwrap();
        assert!(valid.legacy().allows(Legacy::Rsa15));
        for _ in 0..COUNT / 2 {
            let changed = with_cipher_value(&message, "<xenc:EncryptedKey", |octets| {
                break_octets(octets, &mut random);
            });
            seen.extend(shown(&server, &changed));
            broken += 1;
        }
        // A padding that is right around a key of every length, and around the wrong key.
        for length in 1..64 {
            let order = rsa15(method, vec![9; length]).order(&["ED-0".to_owned()]);
            let start = find(&message, "<xenc:EncryptedKey").start;
            let end = find(&message, "</xenc:EncryptedKey>").end;
            let changed = format!("{}{order}{}", &message[..start], &message[end..]);
            seen.extend(shown(&server, &changed));
            broken += 1;
        }
    }
    assert!(broken >= COUNT, "{broken}");
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert!(seen.first().unwrap().contains(Cause::DecryptionFailed.name()));
}
