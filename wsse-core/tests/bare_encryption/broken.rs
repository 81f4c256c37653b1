//! Ciphertexts that were broken: whatever is wrong with them, the answer is the same to the octet.

use crate::support::{ALL_LEGACY, content_of, encrypted, for_server, identity, server, transport};
use wsse_core::crypto::{
    BlockEncryption, BlockEncryptor, KeyTransport, Secret, SystemRandom, base64, base64_to_vec,
    decryption_failed,
};
use wsse_core::error::Error;
use wsse_core::xmlenc::bare::BarePart;
use wsse_core::xmlenc::{EncryptedKeyTemplate, EncryptionKey};
use wsse_core::{Category, Cause, Inbound};

const VALUE: &str = "<xenc:CipherValue>";

/// A document, and the place of one of its CipherValues, of which others are put in its place.
struct Victim {
    server: Inbound,
    document: String,
    place: core::ops::Range<usize>,
    octets: Vec<u8>,
    refused: usize,
    accepted: usize,
}

impl Victim {
    fn new(document: String, number: usize) -> Self {
        let place = content_of(&document, VALUE, number);
        let octets = base64_to_vec(&document[place.clone()]).unwrap();
        let server = server(ALL_LEGACY);
        server.decrypt_bare(document.as_bytes()).unwrap();
        Self { server, document, place, octets, refused: 0, accepted: 0 }
    }

    /// Decrypts the document with other octets; the one error is the one error.
    fn attempt(&mut self, octets: &[u8]) {
        // One octet in 256 is replaced by itself.
        if octets == self.octets {
            return;
        }
        let (before, after) =
            (&self.document[..self.place.start], &self.document[self.place.end..]);
        let changed = format!("{before}{}{after}", base64(octets));
        match self.server.decrypt_bare(changed.as_bytes()) {
            Ok(_) => self.accepted += 1,
            Err(error) => {
                assert_one_error(&error);
                self.refused += 1;
            }
        }
    }

    /// Every bit, every length, and octets of every value in each place of the last block.
    fn attempt_changes(&mut self) {
        let whole = self.octets.clone();
        for bit in 0..8 * whole.len() {
            let mut octets = whole.clone();
            octets[bit / 8] ^= 1 << (bit % 8);
            self.attempt(&octets);
        }
        for length in 0..whole.len() {
            self.attempt(&whole[..length]);
            self.attempt(&[&whole[..length], &whole[..1]].concat());
        }
        for more in 1..40 {
            self.attempt(&[&whole[..], &vec![more; usize::from(more)]].concat());
        }
    }
}

/// Category, cause, text and place: nothing that could tell one failure from another.
fn assert_one_error(error: &Error) {
    assert_eq!(*error, decryption_failed());
    assert_eq!((error.category(), error.cause()), (Category::FailedCheck, Cause::DecryptionFailed));
    assert_eq!(error.position(), None);
}

fn card() -> BarePart {
    BarePart::Content(Some("card".to_owned()))
}

#[test]
fn rsa_1_5_tells_nothing() {
    for method in [BlockEncryption::Aes128Cbc, BlockEncryption::Aes256Gcm] {
        let document = encrypted(&card(), method, &for_server(transport("rsa-1.5")));
        let mut victim = Victim::new(document, 0);
        victim.attempt_changes();
        // Keys of every length that are padded as they should be, and the numbers at the edges.
        let public = identity("server").certificate().public_key().clone();
        for length in (1..=245).filter(|length| *length != method.key_length()) {
            let key = Secret::new(vec![7; length]);
            let octets = public.encrypt_key(KeyTransport::Rsa15, &[], &key).unwrap();
            victim.attempt(&octets);
        }
        // The right length, and another key.
        for octet in 0..=255 {
            let key = Secret::new(vec![octet; method.key_length()]);
            let octets = public.encrypt_key(KeyTransport::Rsa15, &[], &key).unwrap();
            victim.attempt(&octets);
        }
        let (modulus, _) = public.rsa_components().unwrap();
        let mut below = modulus.clone();
        *below.last_mut().unwrap() -= 1;
        for octets in
            [&modulus, &below, &vec![0; 256], &vec![255; 256], &[&vec![0; 255][..], &[1]].concat()]
        {
            victim.attempt(octets);
        }
        // OAEP in its place.
        let oaep = KeyTransport::RsaOaepMgf1p(wsse_core::crypto::OaepParameters::UNSAID);
        let key = Secret::new(vec![7; method.key_length()]);
        victim.attempt(&public.encrypt_key(oaep, &[], &key).unwrap());
        assert_eq!(victim.accepted, 0);
        assert!(victim.refused > 2_600, "{}", victim.refused);
    }
}

#[test]
fn a_key_that_does_not_unwrap_tells_nothing() {
    for name in ["rsa-oaep", "rsa-oaep-mgf1p", "kw-aes128", "kw-aes256", "kw-tripledes"] {
        let document = encrypted(&card(), BlockEncryption::Aes128Cbc, &for_server(transport(name)));
        let mut victim = Victim::new(document, 0);
        victim.attempt_changes();
        assert_eq!(victim.accepted, 0, "{name}");
        assert!(victim.refused > 200, "{name} {}", victim.refused);
    }
}

#[test]
fn cbc_tells_nothing() {
    let mut refused = 0;
    for method in [
        BlockEncryption::Aes128Cbc,
        BlockEncryption::Aes192Cbc,
        BlockEncryption::Aes256Cbc,
        BlockEncryption::TripleDesCbc,
    ] {
        let document = encrypted(&card(), method, &for_server(transport("kw-aes128")));
        let mut victim = Victim::new(document, 1);
        victim.attempt_changes();
        // Vaudenay's: every value of each octet in front of the last block.
        let whole = victim.octets.clone();
        let block = method.block_length();
        for place in whole.len() - 2 * block..whole.len() - block {
            for octet in 0..=255 {
                let mut octets = whole.clone();
                octets[place] = octet;
                victim.attempt(&octets);
            }
        }
        // What nobody authenticates may become other text, which is why it is legacy.
        assert!(victim.accepted < victim.refused / 2, "{} of {}", victim.accepted, victim.refused);
        refused += victim.refused;
    }
    assert!(refused > 5_000, "{refused}");
}

#[test]
fn gcm_takes_nothing_that_was_changed() {
    for method in
        [BlockEncryption::Aes128Gcm, BlockEncryption::Aes192Gcm, BlockEncryption::Aes256Gcm]
    {
        let document = encrypted(&card(), method, &for_server(transport("kw-aes128")));
        let mut victim = Victim::new(document, 1);
        victim.attempt_changes();
        assert_eq!(victim.accepted, 0);
        assert!(victim.refused > 600, "{}", victim.refused);
    }
}

#[test]
fn plaintext_that_is_no_content_tells_nothing() {
    let secret = Secret::new(vec![7; 16]);
    for method in [BlockEncryption::Aes128Gcm, BlockEncryption::Aes128Cbc] {
        let document = encrypted(&card(), method, &for_server(transport("kw-aes128")));
        let mut victim = Victim::new(document.clone(), 1);
        let template = EncryptedKeyTemplate::new(transport("kw-aes128"));
        let with = EncryptionKey::Secret(crate::support::secret(16));
        let mut key = Vec::new();
        template.encrypt(&secret, &with).unwrap().write(&mut key, &[]).unwrap();
        let key = String::from_utf8(key).unwrap();
        let key = &key[content_of(&key, VALUE, 0)];
        let place = content_of(&document, VALUE, 0);
        victim.document = format!("{}{key}{}", &document[..place.start], &document[place.end..]);
        victim.place = content_of(&victim.document, VALUE, 1);
        let depth = "<a>".repeat(300) + &"</a>".repeat(300);
        let deep = depth.as_bytes();
        let inputs: &[&[u8]] = &[
            b"<",
            b"<a",
            b"<a>",
            b"</a>",
            b"<a></b>",
            b"&",
            b"&amp",
            b"&x;",
            b"]]>",
            b"<!--",
            b"\0",
            b"\xff",
            b"\xed\xa0\x80",
            b"<a b=''",
            b"<a b='' b=''/>",
            b"<q:a/>",
            b"<?xml version='1.0'?>",
            b"<!DOCTYPE a>",
            b"</p:card><p:card>",
            b"<![CDATA[",
            b"<a xmlns:b=''/>",
            deep,
        ];
        for input in inputs {
            let mut octets = Vec::new();
            let mut encryptor = BlockEncryptor::new(method, &secret).unwrap();
            encryptor.begin(&SystemRandom, &mut octets).unwrap();
            encryptor.update(input, &mut octets).unwrap();
            encryptor.finish(&mut octets).unwrap();
            let before = victim.refused;
            victim.attempt(&octets);
            assert_eq!(victim.refused, before + 1, "{input:?}");
        }
    }
}

#[test]
fn what_comes_after_unauthenticated_plaintext_tells_nothing_either() {
    // The plaintext holds an EncryptedData for nobody: told after GCM, silent after CBC.
    let inner = "<xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"/>";
    for (method, transport_name, silent) in [
        (BlockEncryption::Aes128Gcm, "kw-aes128", false),
        (BlockEncryption::Aes128Gcm, "rsa-1.5", true),
        (BlockEncryption::Aes128Cbc, "kw-aes128", true),
    ] {
        let plain = format!("<a>{inner}</a>");
        let document = wsse_core::xmlenc::bare::encrypt(
            plain.as_bytes(),
            &wsse_core::xml::Limits::default(),
            &BarePart::Content(None),
            method,
            &for_server(transport(transport_name)),
            &SystemRandom,
        )
        .unwrap();
        let error = server(ALL_LEGACY).decrypt_bare(&document).unwrap_err();
        if silent {
            assert_one_error(&error);
        } else {
            assert_eq!(error.cause(), Cause::EncryptionStructure);
        }
    }
}
