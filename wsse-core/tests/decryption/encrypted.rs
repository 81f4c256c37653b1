//! Messages that are encrypted by hand, so that they can be wrong in every way.

use crate::support::{certificate, identity, inbound};
use core::ops::Range;
use wsse_core::crypto::{
    BlockEncryption, BlockEncryptor, DigestMethod, KeyEncryption, KeyTransport, OaepParameters,
    Secret, SystemRandom,
};
use wsse_core::xml::Markup;
use wsse_core::xmlenc::{
    DataKind, EncryptedDataTemplate, EncryptedKeyTemplate, EncryptionKey, ReferenceList,
};
use wsse_core::{InboundBuilder, ns};

/// What is encrypted, and how.
pub(crate) struct Encrypting {
    pub(crate) method: BlockEncryption,
    pub(crate) transport: KeyEncryption,
    pub(crate) secret: Secret,
    /// What the EncryptedKey is encrypted with; none is written where there is none.
    pub(crate) with: Option<EncryptionKey>,
    pub(crate) key_info: Vec<Markup>,
    /// KeyInfo of each EncryptedData.
    pub(crate) data_key_info: Vec<Markup>,
    /// In front of each Id, for messages that are encrypted again.
    pub(crate) prefix: &'static str,
}

/// A part of a message: its place, what it is, and what is encrypted in place of its own octets.
pub(crate) struct EncryptedPart<'p> {
    pub(crate) range: Range<usize>,
    pub(crate) kind: DataKind,
    pub(crate) plaintext: Option<&'p [u8]>,
    /// Whether it becomes an EncryptedHeader.
    pub(crate) header: bool,
}

pub(crate) fn content(range: Range<usize>) -> EncryptedPart<'static> {
    EncryptedPart { range, kind: DataKind::Content, plaintext: None, header: false }
}

pub(crate) fn element(range: Range<usize>) -> EncryptedPart<'static> {
    EncryptedPart { range, kind: DataKind::Element, plaintext: None, header: false }
}

pub(crate) fn oaep() -> KeyEncryption {
    let parameters = OaepParameters::new(DigestMethod::Sha256, DigestMethod::Sha256).unwrap();
    KeyEncryption::Transport(KeyTransport::RsaOaep(parameters))
}

impl Encrypting {
    /// AES-256-GCM for the server.
    pub(crate) fn new() -> Self {
        Self::with_method(BlockEncryption::Aes256Gcm)
    }

    pub(crate) fn with_method(method: BlockEncryption) -> Self {
        let server = certificate("server");
        Self {
            method,
            transport: oaep(),
            secret: Secret::new(vec![7; method.key_length()]),
            with: Some(EncryptionKey::Public(server.public_key().clone())),
            key_info: Vec::new(),
            data_key_info: Vec::new(),
            prefix: "",
        }
    }

    pub(crate) fn data(&self, id: &str, kind: &DataKind, plaintext: &[u8]) -> String {
        let mut template = EncryptedDataTemplate::new(kind.clone(), self.method);
        template.id = Some(id.to_owned());
        template.key_info.clone_from(&self.data_key_info);
        let mut encryptor = BlockEncryptor::new(self.method, &self.secret).unwrap();
        let mut out = Vec::new();
        template.encrypt(plaintext, &mut encryptor, &SystemRandom, &[], &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// What says in the Security header how to decrypt these.
    pub(crate) fn order(&self, ids: &[String]) -> String {
        let markup = match &self.with {
            Some(with) => {
                let mut template = EncryptedKeyTemplate::new(self.transport);
                template.id = Some(format!("{}EK", self.prefix));
                template.key_info.clone_from(&self.key_info);
                template.references = ids.to_vec();
                template.encrypt(&self.secret, with).unwrap()
            }
            None => ReferenceList::markup(ids.iter().map(String::as_str)),
        };
        let mut out = Vec::new();
        markup.write(&mut out, &[]).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The message with these parts encrypted, in the order of the document, and the order to decrypt
    /// them first in its Security header, which is made where there is none.
    pub(crate) fn encrypt(&self, message: &str, parts: &[EncryptedPart<'_>]) -> String {
        let mut out = String::new();
        let mut done = 0;
        let mut ids = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let id = format!("{}ED-{number}", self.prefix);
            let plaintext = part.plaintext.unwrap_or(&message.as_bytes()[part.range.clone()]);
            let mut data = self.data(&id, &part.kind, plaintext);
            if part.header {
                data = format!(
                    "<e:EncryptedHeader xmlns:e='{}' xmlns:u='{}' u:Id='{}EH-{number}'>{data}\
                     </e:EncryptedHeader>",
                    ns::WSSE11,
                    ns::WSU,
                    self.prefix
                );
            }
            out += &message[done..part.range.start];
            out += &data;
            done = part.range.end;
            ids.push(id);
        }
        out += &message[done..];
        in_security(&out, &self.order(&ids))
    }
}

/// The message with something first in its Security header.
pub(crate) fn in_security(message: &str, content: &str) -> String {
    match message.find("<wsse:Security") {
        Some(start) => {
            let end = start + message[start..].find('>').unwrap() + 1;
            format!("{}{content}{}", &message[..end], &message[end..])
        }
        None => {
            let security =
                format!("<wsse:Security xmlns:wsse='{}'>{content}</wsse:Security>", ns::WSSE);
            let end = message.find("<s:Header>").unwrap() + "<s:Header>".len();
            format!("{}{security}{}", &message[..end], &message[end..])
        }
    }
}

/// Where this text stands.
pub(crate) fn find(message: &str, text: &str) -> Range<usize> {
    let start = message.find(text).unwrap_or_else(|| panic!("{text} in {message}"));
    start..start + text.len()
}

/// The content of an element.
pub(crate) fn inside(message: &str, name: &str) -> Range<usize> {
    let whole = whole(message, name);
    let start = whole.start + message[whole.start..].find('>').unwrap() + 1;
    start..whole.end - format!("</{name}>").len()
}

/// An element from its start tag to its end tag.
pub(crate) fn whole(message: &str, name: &str) -> Range<usize> {
    let start = find(message, &format!("<{name}")).start;
    start..start + find(&message[start..], &format!("</{name}>")).end
}

/// A validator that decrypts for the server.
pub(crate) fn server(policy: &str) -> InboundBuilder {
    inbound(policy)
        .decryption_identity("", &identity("server"))
        .anchor("", certificate("root"))
        .untrusted(certificate("intermediate"))
}

pub(crate) const SIGNED: &str = "version = 1\nrequire = { signed = [\"body\", \"timestamp?\"] }\n";
