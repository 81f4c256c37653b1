//! Keys, and the doors that the tests go through.

use wsse_core::crypto::{
    BlockEncryption, Identity, KeyEncryption, KeyMaterial, KeyTransport, OaepParameters, Secret,
    SystemRandom,
};
use wsse_core::error::Error;
use wsse_core::keyinfo::Clue;
use wsse_core::xml::{Limits, Markup};
use wsse_core::xmlenc::bare::{BarePart, ContentKey, encrypt};
use wsse_core::xmlenc::{EncryptedKeyTemplate, EncryptionKey};
use wsse_core::{Inbound, InboundBuilder, InboundPolicy};

pub(crate) const DOCUMENT: &str = "<?xml version=\"1.0\"?>\n<!-- an order -->\n\
    <order xmlns=\"urn:o\" xmlns:p=\"urn:p\">\n  <to>Zoë</to>\n  <p:card id=\"card\" limit=\"5&#38;6\">\
    <number>4012&amp;</number><!-- x --></p:card >\n  <empty id=\"empty\" />\n</order>\n<?end?>\n";

pub(crate) const ALL_LEGACY: &str = "sha1 rsa15 cbc 3des md5";

pub(crate) fn identity(name: &str) -> Identity {
    let file = |ending: &str| {
        let path = format!("{}/../vectors/keys/{name}.{ending}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).expect("the key is read")
    };
    let mut material = KeyMaterial::read(&file("key.pem"), None).expect("a key");
    let more = KeyMaterial::read(&file("crt.pem"), None).expect("a certificate");
    material.certificates.extend(more.certificates);
    material.into_identity().expect("an identity")
}

pub(crate) fn builder(legacy: &str) -> InboundBuilder {
    let legacy: Vec<String> =
        legacy.split(' ').filter(|name| !name.is_empty()).map(|name| format!("{name:?}")).collect();
    // What a policy must require of a message is no matter of a document that is none.
    let text = format!(
        "version = 1\nrequire = {{ timestamp = true }}\nlegacy = {{ allow = [{}] }}\n",
        legacy.join(", ")
    );
    Inbound::builder(InboundPolicy::from_toml(&text).expect("a policy"))
}

/// The server, who has his key and a secret of each length.
pub(crate) fn server(legacy: &str) -> Inbound {
    let mut builder = builder(legacy).decryption_identity("", &identity("server"));
    for octets in [16, 24, 32] {
        builder = builder.secret(name(octets), secret(octets));
    }
    builder.build().expect("an Inbound")
}

pub(crate) fn name(octets: usize) -> String {
    format!("secret of {octets}")
}

pub(crate) fn secret(octets: usize) -> Secret {
    Secret::new((1..=u8::MAX).take(octets).map(|octet| octet * 7).collect::<Vec<_>>())
}

pub(crate) fn key_name(octets: usize) -> Markup {
    Clue::key_name_markup(&name(octets))
}

/// A new key for the server.
pub(crate) fn for_server(method: KeyEncryption) -> ContentKey {
    let mut template = EncryptedKeyTemplate::new(method);
    let key = match method {
        KeyEncryption::Wrap(wrap) => {
            template.key_info = vec![key_name(wrap.key_length())];
            EncryptionKey::Secret(secret(wrap.key_length()))
        }
        _ => EncryptionKey::Public(identity("server").certificate().public_key().clone()),
    };
    ContentKey::Session(vec![(template, key)])
}

pub(crate) fn transport(name: &str) -> KeyEncryption {
    match KeyEncryption::from_name(name).expect("a method") {
        KeyEncryption::Transport(KeyTransport::RsaOaep(_)) => {
            KeyEncryption::Transport(KeyTransport::RsaOaep(OaepParameters::default()))
        }
        other => other,
    }
}

pub(crate) fn encrypted(part: &BarePart, method: BlockEncryption, key: &ContentKey) -> String {
    let octets = encrypt(DOCUMENT.as_bytes(), &Limits::default(), part, method, key, &SystemRandom)
        .expect("an encrypted document");
    String::from_utf8(octets).expect("text")
}

pub(crate) fn decrypt(inbound: &Inbound, document: &str) -> Result<String, Error> {
    let octets = inbound.decrypt_bare(document.as_bytes())?.into_octets();
    Ok(String::from_utf8(octets).expect("text"))
}

/// Where the content of the Nth element with this start of a tag stands.
pub(crate) fn content_of(document: &str, tag: &str, number: usize) -> core::ops::Range<usize> {
    let (start, _) = document.match_indices(tag).nth(number).expect("so many elements");
    let start = start + tag.len();
    start..start + document[start..].find('<').expect("an end")
}
