//! Any octets as an encrypted document, as a ciphertext in one, and as what is encrypted: a verdict,
//! never a panic; every broken ciphertext in the same words; what was encrypted comes back, or is
//! refused in these words where it is no content.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use wsse_core::crypto::{
    BlockEncryption, BlockEncryptor, KeyEncryption, KeyMaterial, Secret, SystemRandom, base64,
    decryption_failed,
};
use wsse_core::xml::Limits;
use wsse_core::xmlenc::bare::{BarePart, ContentKey, encrypt};
use wsse_core::xmlenc::{EncryptedKeyTemplate, EncryptionKey};
use wsse_core::{Inbound, InboundPolicy};

const POLICY: &str = "version = 1\nrequire = { timestamp = true }\n\
                      legacy = { allow = [\"cbc\", \"3des\", \"rsa15\", \"md5\"] }\n";
const KEY: &[u8] = include_bytes!("../../vectors/keys/server.key.pem");
const CERTIFICATE: &[u8] = include_bytes!("../../vectors/keys/server.crt.pem");

static INBOUND: LazyLock<Inbound> = LazyLock::new(|| {
    let mut material = KeyMaterial::read(KEY, None).unwrap();
    material.certificates.extend(KeyMaterial::read_certificates(CERTIFICATE).unwrap());
    let mut builder = Inbound::builder(InboundPolicy::from_toml(POLICY).unwrap())
        .decryption_identity("", &material.into_identity().unwrap());
    for length in [16, 24, 32] {
        builder = builder.secret("", secret(length));
    }
    builder.build().unwrap()
});

fn secret(length: usize) -> Secret {
    Secret::new(vec![7; length])
}

fuzz_target!(|input: &[u8]| {
    if let Err(error) = INBOUND.decrypt_bare(input) {
        assert!(!error.category().is_usage(), "{error}");
    }
    let [choice, octets @ ..] = input else { return };
    let choice = usize::from(*choice);
    let method = BlockEncryption::ALL[choice % 7];
    ciphertext(method, octets);
    key(octets);
    plaintext(method, octets);
});

/// The octets as the ciphertext of content.
fn ciphertext(method: BlockEncryption, octets: &[u8]) {
    let document = document(method, "", octets);
    if let Err(error) = INBOUND.decrypt_bare(document.as_bytes()) {
        assert_eq!(error, decryption_failed());
    }
}

/// The octets as a key that was encrypted with RSA 1.5, AES Key Wrap and Triple DES Key Wrap.
fn key(octets: &[u8]) {
    for name in ["rsa-1.5", "rsa-oaep", "kw-aes128", "kw-aes192", "kw-tripledes"] {
        let uri = KeyEncryption::from_name(name).unwrap().uri();
        let key_info = format!(
            "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><EncryptedKey>\
             <EncryptionMethod Algorithm=\"{uri}\"/><CipherData><CipherValue>{}</CipherValue>\
             </CipherData></EncryptedKey></ds:KeyInfo>",
            base64(octets.get(..2048).unwrap_or(octets))
        );
        let document = document(BlockEncryption::Aes128Cbc, &key_info, &[0; 64]);
        let error = INBOUND.decrypt_bare(document.as_bytes()).unwrap_err();
        assert_eq!(error, decryption_failed());
    }
}

/// The octets as content, and as octets.
fn plaintext(method: BlockEncryption, octets: &[u8]) {
    let mut encrypted = Vec::new();
    let mut encryptor = BlockEncryptor::new(method, &secret(method.key_length())).unwrap();
    encryptor.begin(&SystemRandom, &mut encrypted).unwrap();
    encryptor.update(octets, &mut encrypted).unwrap();
    encryptor.finish(&mut encrypted).unwrap();
    match INBOUND.decrypt_bare(document(method, "", &encrypted).as_bytes()) {
        Ok(found) => {
            assert_eq!(found.octets(), [b"<a>", octets, b"</a>"].concat());
        }
        Err(error) => {
            // What is encrypted in what is encrypted with GCM is told.
            let is_nested = method.is_authenticated()
                && octets.windows(13).any(|piece| piece == b"EncryptedData");
            assert!(is_nested || error == decryption_failed(), "{error}");
        }
    }
    let wrapping = EncryptionKey::Secret(secret(16));
    let template = EncryptedKeyTemplate::new(KeyEncryption::from_name("kw-aes128").unwrap());
    let key = ContentKey::Session(vec![(template, wrapping)]);
    let (limits, part) = (Limits::default(), BarePart::Octets(None));
    let document = encrypt(octets, &limits, &part, method, &key, &SystemRandom).unwrap();
    assert_eq!(INBOUND.decrypt_bare(&document).unwrap().octets(), octets);
}

fn document(method: BlockEncryption, key_info: &str, octets: &[u8]) -> String {
    format!(
        "<a><EncryptedData xmlns=\"http://www.w3.org/2001/04/xmlenc#\" \
         Type=\"http://www.w3.org/2001/04/xmlenc#Content\"><EncryptionMethod Algorithm=\"{}\"/>\
         {key_info}<CipherData><CipherValue>{}</CipherValue></CipherData></EncryptedData></a>",
        method.uri(),
        base64(octets)
    )
}
