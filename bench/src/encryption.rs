//! Encrypting and decrypting whole messages, and what of it is cryptography alone.

use crate::cases::scan_whole;
use crate::messages;
use crate::serve::{Case, Prepared};
use crate::signatures::{certificate, identity, warm};
use std::hint::black_box;
use wsse_core::crypto::{
    BlockDecryptor, BlockEncryption, BlockEncryptor, DigestMethod, KeyTransport, OaepParameters,
    Secret, SystemRandom, base64, base64_to_vec,
};
use wsse_core::{Call, Inbound, InboundPolicy, Outbound, OutboundPolicy};

pub(crate) fn find(name: &str) -> Option<Case> {
    match name {
        "encrypt" => Some(|message, _| encrypt(message)),
        "decrypt" => Some(|message, _| decrypt(message)),
        "bare-encrypt" => Some(|message, _| bare_encrypt(&message)),
        "bare-decrypt" => Some(|message, _| bare_decrypt(&message)),
        "bare-encrypt-scan" => Some(|message, _| and_scan(bare_encrypt(&message), message)),
        "bare-decrypt-scan" => Some(|message, _| and_scan(bare_decrypt(&message), message)),
        // Two refusals, of which nobody shall be able to tell which is which.
        "cbc-not-xml" => Some(|_, _| refusal("aes128-cbc", "rsa-oaep", Broken::Content)),
        "cbc-padding" => Some(|_, _| refusal("aes128-cbc", "rsa-oaep", Broken::Padding)),
        "rsa15-content" => Some(|_, _| refusal("aes256-gcm", "rsa-1.5", Broken::Content)),
        "rsa15-padding" => Some(|_, _| refusal("aes256-gcm", "rsa-1.5", Broken::Key)),
        _ => None,
    }
}

/// What is wrong with a ciphertext.
#[derive(Clone, Copy, PartialEq)]
enum Broken {
    /// The EncryptedKey.
    Key,
    /// The last block of the CipherValue of the EncryptedData.
    Padding,
    /// A block in the middle of it.
    Content,
}

/// Peers know only RSA-OAEP of XML Encryption 1.0.
const MODERN: (&str, &str) = ("aes256-gcm", "rsa-oaep-mgf1p");

/// The message with its Body encrypted for the holder of the certificate that the peers know.
pub(crate) fn encrypted(kind: &str, octets: usize) -> Result<Vec<u8>, String> {
    let message = messages::message(kind, octets)?;
    let protected = outbound(MODERN).protect(&message, &Call::default());
    protected.map(|done| done.into_bytes()).map_err(|error| error.to_string())
}

fn encrypt(message: Vec<u8>) -> Prepared {
    let outbound = outbound(MODERN);
    let mut encrypt = move || {
        let protected = outbound.protect(black_box(&message), &Call::default());
        black_box(protected.expect("the message can be protected").into_bytes()).len()
    };
    let octets = encrypt();
    warm(octets, &mut encrypt);
    Prepared::with_output(octets, encrypt)
}

fn decrypt(message: Vec<u8>) -> Prepared {
    let (inbound, octets) = (inbound(""), message.len());
    let mut decrypt = move || {
        let valid = inbound.validate(black_box(&message)).expect("the message passes");
        black_box(valid.unsigned_document()).len()
    };
    warm(octets, &mut decrypt);
    Prepared::with_output(octets, decrypt)
}

/// One cipher over the Body, its base64, and one RSA operation.
fn bare_encrypt(message: &[u8]) -> Prepared {
    let (method, body) = (BlockEncryption::Aes256Gcm, body(message));
    let key = certificate().public_key().clone();
    Prepared::new(message.len(), move || {
        let secret = Secret::new(vec![7; method.key_length()]);
        let mut encryptor = BlockEncryptor::new(method, &secret).expect("the key fits");
        let mut out = Vec::with_capacity(method.ciphertext_length(body.len()));
        encryptor.begin(&SystemRandom, &mut out).expect("there is randomness");
        encryptor.update(black_box(&body), &mut out).expect("it is encrypted");
        encryptor.finish(&mut out).expect("it is encrypted");
        black_box(base64_simd::STANDARD.encode_to_string(&out));
        black_box(key.encrypt_key(transport(), &[], &secret).expect("the key fits"));
    })
}

fn bare_decrypt(message: &[u8]) -> Prepared {
    let (method, body, identity) = (BlockEncryption::Aes256Gcm, body(message), identity());
    let secret = Secret::new(vec![7; method.key_length()]);
    let mut encryptor = BlockEncryptor::new(method, &secret).expect("the key fits");
    let mut out = Vec::new();
    encryptor.begin(&SystemRandom, &mut out).expect("there is randomness");
    encryptor.update(&body, &mut out).expect("it is encrypted");
    encryptor.finish(&mut out).expect("it is encrypted");
    let text = base64(&out);
    let public = certificate().public_key().clone();
    let wrapped = public.encrypt_key(transport(), &[], &secret).expect("the key fits");
    Prepared::new(message.len(), move || {
        let length = Some(method.key_length());
        let secret = identity.key().decrypt_key(transport(), &[], black_box(&wrapped), length);
        let secret = secret.expect("the key decrypts");
        let mut decryptor = BlockDecryptor::new(method, &secret).expect("the key fits");
        let octets = base64_simd::STANDARD.decode_to_vec(black_box(&text)).expect("it is base64");
        let mut plain = Vec::with_capacity(octets.len());
        decryptor.update(&octets, &mut plain);
        decryptor.finish(&mut plain, 0).expect("it decrypts");
        black_box(plain);
    })
}

/// What cannot be left out where plaintext is looked at: a scan of it as well.
fn and_scan(mut bare: Prepared, message: Vec<u8>) -> Prepared {
    Prepared::new(message.len(), move || {
        bare.run();
        black_box(scan_whole(black_box(&message)));
    })
}

fn transport() -> KeyTransport {
    let parameters = OaepParameters::new(DigestMethod::Sha1, DigestMethod::Sha1);
    KeyTransport::RsaOaepMgf1p(parameters.expect("SHA-1 is one of them"))
}

fn body(message: &[u8]) -> Vec<u8> {
    let start = memchr::memmem::find(message, b"<soapenv:Body>").unwrap_or_default();
    let end = memchr::memmem::rfind(message, b"</soapenv:Body>").unwrap_or(message.len());
    message[start..end].to_vec()
}

/// How long it takes to refuse a message of 2 KB whose ciphertext is broken in one way or another.
fn refusal(data: &str, transport: &str, broken: Broken) -> Prepared {
    let message = messages::envelope(2048);
    let protected = outbound((data, transport)).protect(&message, &Call::default());
    let message = protected.expect("the message can be protected").into_bytes();
    let mut text = String::from_utf8(message).expect("it is UTF-8");
    let values: Vec<usize> =
        text.match_indices("<xenc:CipherValue>").map(|(at, tag)| at + tag.len()).collect();
    let start = values[usize::from(broken != Broken::Key)];
    let end = start + text[start..].find('<').expect("it ends");
    let mut octets = base64_to_vec(&text[start..end]).expect("it is base64");
    let at = match broken {
        Broken::Key | Broken::Content => octets.len() / 2,
        // The last octet of plaintext says how long the padding is.
        Broken::Padding => octets.len() - 17,
    };
    octets[at] ^= 0x80;
    text.replace_range(start..end, &base64(&octets));
    let inbound = inbound("\"cbc\", \"rsa15\"");
    let octets = text.len();
    let mut refuse = move || {
        black_box(inbound.validate(black_box(text.as_bytes())).expect_err("it is broken"));
    };
    warm(octets, &mut refuse);
    Prepared::new(octets, refuse)
}

fn outbound((data, transport): (&str, &str)) -> Outbound {
    let policy = format!(
        "version = 1\norder = [\"encryption\"]\nlimits = {{ message = \"1 GiB\" }}\n\
         encryption = [{{ data = \"{data}\", transport = \"{transport}\" }}]\n"
    );
    let policy = OutboundPolicy::from_toml(&policy).expect("the policy is sound");
    Outbound::builder(policy).recipient("", certificate()).build().expect("the outbound is sound")
}

fn inbound(legacy: &str) -> Inbound {
    let policy = format!(
        "version = 1\nrequire = {{ encrypted = [\"body-content\"] }}\n\
         limits = {{ message = \"1 GiB\" }}\nlegacy = {{ allow = [{legacy}] }}\n"
    );
    Inbound::builder(InboundPolicy::from_toml(&policy).expect("the policy is sound"))
        .decryption_identity("", &identity())
        .build()
        .expect("the inbound is sound")
}
