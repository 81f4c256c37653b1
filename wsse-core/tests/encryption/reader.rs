//! A reader of what is written here, which knows nothing of how messages are validated.

use crate::support::{certificate, identity, inbound, outbound};
use std::sync::Arc;
use wsse_core::crypto::{
    BlockDecryptor, BlockEncryption, Identity, KeyEncryption, PrivateKey, Secret, SecureRandom,
    base64_to_vec,
};
use wsse_core::xml::{Event, Limits, Outline, OutlineBudget, Scanner};
use wsse_core::xmlenc::{EncryptedData, EncryptedKey};
use wsse_core::{Call, Error, InboundBuilder, OutboundBuilder, Protected, keyinfo, ns};

/// Gives octets that can be foreseen.
#[derive(Debug)]
pub(crate) struct Foreseen(pub(crate) u8);

impl SecureRandom for Foreseen {
    fn fill(&self, out: &mut [u8]) -> Result<(), Error> {
        out.fill(self.0);
        Ok(())
    }
}

/// An outbound that encrypts for the server, and signs as the client.
pub(crate) fn encrypts(policy: &str) -> OutboundBuilder {
    outbound(&format!("version = 1\n{policy}"))
        .recipient("server", certificate("server"))
        .identity("", identity("client"))
        .random(Arc::new(Foreseen(0x11)))
}

pub(crate) fn protect(outbound: OutboundBuilder, envelope: &str) -> Protected {
    let outbound = outbound.build().unwrap();
    outbound.protect(envelope.as_bytes(), &Call::default()).unwrap()
}

pub(crate) fn text(protected: &Protected) -> String {
    String::from_utf8(protected.bytes().to_vec()).unwrap()
}

pub(crate) fn protected(policy: &str, envelope: &str) -> String {
    text(&protect(encrypts(policy), envelope))
}

/// A validator that decrypts for the server.
pub(crate) fn server(policy: &str) -> InboundBuilder {
    inbound(&format!("version = 1\n{policy}"))
        .decryption_identity("", &identity("server"))
        .anchor("", certificate("root"))
        .untrusted(certificate("intermediate"))
}

/// The message with what can't be foreseen as `*`, and names of namespaces cut short.
pub(crate) fn shape(message: &str) -> String {
    let mut shape = String::new();
    let mut rest = message;
    let hidden = ["CipherValue", "SignatureValue", "DigestValue", "BinarySecurityToken"];
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>').unwrap() + 1;
        shape += &rest[..end];
        let tag = &rest[start..end];
        rest = &rest[end..];
        let name = tag[1..].split([' ', '>', '/']).next().unwrap();
        let local = name.rsplit(':').next().unwrap();
        if hidden.contains(&local) && !tag.starts_with("</") {
            rest = &rest[rest.find("</").unwrap()..];
            shape += "*";
        }
    }
    shape += rest;
    for (name, short) in [
        (ns::WSSE11, "[wsse11]"),
        (ns::WSSE, "[wsse]"),
        (ns::WSU, "[wsu]"),
        (ns::DS, "[ds]"),
        ("http://www.w3.org/2009/xmlenc11#", "[xenc11]"),
        ("http://www.w3.org/2001/04/xmlenc#", "[xenc]"),
        (
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#",
            "[x509]",
        ),
        (
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#",
            "[wss]",
        ),
        ("http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#", "[wss11]"),
        ("http://www.w3.org/2001/10/xml-exc-c14n#", "[c14n]"),
        (ns::SOAP11, "[soap]"),
        (&"11".repeat(16), "R"),
    ] {
        shape = shape.replace(name, short);
    }
    shape
}

/// The children of the Security header, by their local names.
pub(crate) fn header(message: &str) -> Vec<String> {
    let limits = Limits::default();
    let mut scanner = Scanner::new(message.as_bytes(), &limits).unwrap();
    let mut names = Vec::new();
    let mut inside = false;
    loop {
        match scanner.next().unwrap() {
            Event::StartElement(start) => {
                if scanner.depth() == 3 {
                    inside = start.name.local == "Security";
                } else if scanner.depth() == 4 && inside {
                    names.push(start.name.local.to_owned());
                }
            }
            Event::EndDocument => return names,
            _ => {}
        }
    }
}

/// The message without what says how to decrypt it.
pub(crate) fn without_keys(message: &str) -> String {
    let mut message = message.to_owned();
    for name in ["xenc:EncryptedKey", "xenc:ReferenceList"] {
        while let Some(markup) = element(&message, 0, name) {
            message = message.replacen(&markup.to_owned(), "", 1);
        }
    }
    message
}

/// Decrypts one EncryptedData of a message after the other: those first that are listed first in the
/// Security header. What each was encrypted with is named by `key`.
pub(crate) fn decrypt(message: &str, key: &Key) -> String {
    let mut message = message.to_owned();
    let keys: Vec<(Vec<String>, Option<Secret>)> = key_list(&message, key);
    for (ids, secret) in keys {
        for id in ids {
            message = decrypt_one(&message, &id, secret.as_ref(), key);
        }
    }
    message
}

/// Who decrypts.
pub(crate) enum Key {
    Private(PrivateKey),
    Secret(Secret),
}

impl Key {
    pub(crate) fn server() -> Self {
        Self::of(&identity("server"))
    }

    pub(crate) fn of(identity: &Identity) -> Self {
        Self::Private(identity.key().clone())
    }
}

/// Reads an element that may use the prefixes of the Security header.
fn read<T>(markup: &str, read: impl FnOnce(wsse_core::xml::Element<'_, '_>) -> T) -> T {
    let markup = format!("<s xmlns:wsse='{}' xmlns:wsu='{}'>{markup}</s>", ns::WSSE, ns::WSU);
    let limits = Limits::default();
    let mut scanner = Scanner::new(markup.as_bytes(), &limits).unwrap();
    let Event::StartElement(start) = scanner.next().unwrap() else { panic!("{markup}") };
    let budget = OutlineBudget { elements: 1000, end: usize::MAX };
    let outline = Outline::read(&mut scanner, &start, &budget).unwrap();
    read(outline.root().children().next().unwrap())
}

/// The octets of the first element of this name behind `from`.
pub(crate) fn element<'m>(message: &'m str, from: usize, name: &str) -> Option<&'m str> {
    let start = from + message[from..].find(&format!("<{name} "))?;
    let end = start + message[start..].find(&format!("</{name}>"))?;
    Some(&message[start..end + name.len() + 3])
}

fn key_list(message: &str, key: &Key) -> Vec<(Vec<String>, Option<Secret>)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(markup) = element(message, from, "xenc:EncryptedKey") {
        from = markup.as_ptr() as usize - message.as_ptr() as usize + 1;
        let opened = read(markup, |element| {
            let key_read = EncryptedKey::parse(element).unwrap();
            let ids = key_read.references.as_ref().unwrap().references.iter();
            let ids: Vec<String> = ids.map(|reference| reference.id.clone()).collect();
            let with = match (key, key_read.method) {
                (Key::Private(key), KeyEncryption::Transport(_)) => {
                    keyinfo::DecryptionKey::Private(key.clone())
                }
                (Key::Secret(secret), KeyEncryption::Wrap(_)) => {
                    keyinfo::DecryptionKey::Secret(secret.clone())
                }
                _ => panic!("{markup}"),
            };
            (ids, Some(key_read.decrypt(&with, None).unwrap()))
        });
        found.push(opened);
    }
    if found.is_empty() {
        let list = element(message, 0, "xenc:ReferenceList").expect("nothing is encrypted");
        let ids = list.split("URI=\"#").skip(1).map(|rest| rest.split('"').next().unwrap().into());
        found.push((ids.collect(), None));
    }
    found
}

fn decrypt_one(message: &str, id: &str, secret: Option<&Secret>, key: &Key) -> String {
    let open = format!("<xenc:EncryptedData xmlns:xenc=\"{}\" Id=\"{id}\"", ns::XENC);
    let start = message.find(&open).unwrap_or_else(|| panic!("{id} is not in {message}"));
    let markup = element(message, start, "xenc:EncryptedData").unwrap();
    let shared;
    let secret = match (secret, key) {
        (Some(secret), _) => secret,
        (None, Key::Secret(secret)) => {
            shared = secret.clone();
            &shared
        }
        (None, Key::Private(_)) => panic!("a secret is needed"),
    };
    let plaintext = read(markup, |element| {
        let data = EncryptedData::parse(element).unwrap();
        open_data(data.method, secret, data.cipher_value)
    });
    let (mut start, mut end) = (start, start + markup.len());
    let header_end = "</wsse11:EncryptedHeader>";
    if message[end..].starts_with(header_end) {
        start = message[..start].rfind("<wsse11:EncryptedHeader ").unwrap();
        end += header_end.len();
    }
    format!("{}{plaintext}{}", &message[..start], &message[end..])
}

fn open_data(method: BlockEncryption, secret: &Secret, cipher_value: &str) -> String {
    let mut decryptor = BlockDecryptor::new(method, secret).unwrap();
    let mut plaintext = Vec::new();
    decryptor.update(&base64_to_vec(cipher_value).unwrap(), &mut plaintext);
    decryptor.finish(&mut plaintext, 0).unwrap();
    String::from_utf8(plaintext).unwrap()
}
