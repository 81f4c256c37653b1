//! `xenc:EncryptedKey` (XML Encryption 1.1, section 3.5.1).

use super::agreement::AgreementMethod;
use super::encrypted_type::EncryptedType;
use super::method::{check_legacy, key_markup, parse_key, xenc};
use super::reference_list::ReferenceList;
use super::structure::{
    attribute, broken, check_attributes, check_no_text, octets, structure, unexpected,
};
use crate::crypto::{
    KeyAgreement, KeyDerivation, KeyEncryption, LegacySet, PublicKey, Secret, base64,
};
use crate::error::{Cause, Error};
use crate::keyinfo::{DecryptionKey, WantedKey};
use crate::ns;
use crate::xml::{Element, Markup, NamespaceId};
use core::ops::Range;

/// An EncryptedKey that was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EncryptedKey<'o, 'a> {
    /// From the `<` of its start tag to the `>` of its end tag.
    pub range: Range<usize>,
    /// Its Id.
    pub id: Option<String>,
    /// For whom it is, in the sender's words.
    pub recipient: Option<String>,
    /// How the key is encrypted.
    pub method: KeyEncryption,
    /// The label of RSA-OAEP; empty where there is none.
    pub label: Vec<u8>,
    /// What it says of the key that decrypts it.
    pub key_info: Option<Element<'o, 'a>>,
    /// The encrypted key.
    pub cipher_value: Vec<u8>,
    /// What is encrypted with the key.
    pub references: Option<ReferenceList>,
    /// The name by which KeyInfo elsewhere calls the key, without the white space around it.
    pub carried_key_name: Option<String>,
}

/// A key that keys are encrypted with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum EncryptionKey {
    /// A public key, for key transport.
    Public(PublicKey),
    /// A shared secret, for key wrap.
    Secret(Secret),
    /// A public key to agree on a key with, for key wrap. What the template says in KeyInfo becomes
    /// RecipientKeyInfo.
    Agreed {
        /// The key of the recipient.
        recipient: PublicKey,
        /// How a secret is agreed on, each time with a new key of ours.
        method: KeyAgreement,
        /// How the key that wraps is derived from it.
        derivation: KeyDerivation,
    },
}

/// An EncryptedKey to be written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EncryptedKeyTemplate {
    /// Its Id. Default: none.
    pub id: Option<String>,
    /// For whom it is, in words. Default: none.
    pub recipient: Option<String>,
    /// How the key is encrypted.
    pub method: KeyEncryption,
    /// The label of RSA-OAEP. Default: none.
    pub label: Vec<u8>,
    /// The content of KeyInfo; without any, none is written. Default: none.
    pub key_info: Vec<Markup>,
    /// The Ids of the EncryptedData that the key is for; without any, no ReferenceList is written.
    /// Default: none.
    pub references: Vec<String>,
    /// The name by which KeyInfo elsewhere calls the key. Default: none.
    pub carried_key_name: Option<String>,
}

/// Octets of an encrypted key at most: RSA of 8192 bits gives 1024.
const MOST_CIPHER_VALUE: usize = 2048;
/// Octets of a CarriedKeyName at most, as of a KeyName.
const MOST_NAME: usize = 1024;

impl<'o, 'a> EncryptedKey<'o, 'a> {
    /// Reads a `xenc:EncryptedKey`.
    ///
    /// # Errors
    /// [`Cause::EncryptionStructure`], [`Cause::UnsupportedAlgorithm`],
    /// [`Cause::UnsupportedReference`] for a CipherReference, [`Cause::InvalidTokenValue`],
    /// [`Cause::ReferenceCount`], and the causes of [`ReferenceList::parse`].
    pub fn parse(element: Element<'o, 'a>) -> Result<Self, Error> {
        check_attributes(element, &["Id", "Type", "MimeType", "Encoding", "Recipient"])?;
        check_no_text(element)?;
        let mut children = element.children().peekable();
        let common = EncryptedType::parse(element, &mut children)?;
        let references =
            children.next_if(|next| next.name().is(NamespaceId::XENC, "ReferenceList"));
        let name = children.next_if(|next| next.name().is(NamespaceId::XENC, "CarriedKeyName"));
        if let Some(more) = children.next() {
            return Err(unexpected(more, "EncryptedKey"));
        }
        let (method, label) = parse_key(element, common.method)?;
        let cipher_value = octets(common.cipher_value)?;
        if cipher_value.len() > MOST_CIPHER_VALUE {
            let reason = format!("an EncryptedKey holds more than {MOST_CIPHER_VALUE} octets");
            let offset = common.cipher_value.range().start;
            return Err(Error::new(Cause::ReferenceCount, reason).at(offset));
        }
        Ok(Self {
            range: element.range(),
            id: attribute(element, "Id"),
            recipient: attribute(element, "Recipient"),
            method,
            label,
            key_info: common.key_info,
            cipher_value,
            references: references.map(ReferenceList::parse).transpose()?,
            carried_key_name: name.map(carried_key_name).transpose()?,
        })
    }

    /// Refuses a method that only the legacy switches accept.
    ///
    /// # Errors
    /// [`Cause::LegacyAlgorithm`].
    pub fn check_legacy(&self, allowed: LegacySet) -> Result<(), Error> {
        check_legacy(self.range.start, self.method.legacy(), allowed)
    }

    /// The kind of key that decrypts it.
    #[must_use]
    pub fn wanted_key(&self) -> WantedKey {
        match self.method {
            KeyEncryption::Transport(_) => WantedKey::Private,
            KeyEncryption::Wrap(method) => WantedKey::Secret { octets: method.key_length() },
        }
    }

    /// Whether the CipherValue has the length that the key gives: where it has another, it was made
    /// for somebody else, or is broken.
    #[must_use]
    pub fn fits(&self, key: &DecryptionKey) -> bool {
        match key {
            DecryptionKey::Private(key) => self.cipher_value.len() == key.kind().rsa_length(),
            DecryptionKey::Secret(_) => true,
        }
    }

    /// Decrypts the key. `length` is what the algorithm needs that it is for, in octets; None where it
    /// takes any length, as HMAC does. Whatever stands in the CipherValue, a key of that length comes
    /// out; whether it is the right one, only the data can tell.
    ///
    /// # Errors
    /// [`Cause::KeyType`] where `key` does not fit the method; the others of
    /// [`PrivateKey::decrypt_key`](crate::crypto::PrivateKey::decrypt_key) and
    /// [`KeyWrap::unwrap_key`](crate::crypto::KeyWrap::unwrap_key).
    pub fn decrypt(&self, key: &DecryptionKey, length: Option<usize>) -> Result<Secret, Error> {
        let found = match (self.method, key) {
            (KeyEncryption::Transport(method), DecryptionKey::Private(key)) => {
                key.decrypt_key(method, &self.label, &self.cipher_value, length)
            }
            (KeyEncryption::Wrap(method), DecryptionKey::Secret(secret)) => {
                method.unwrap_key(secret, &self.cipher_value, length)
            }
            _ => Err(does_not_fit(self.method)),
        };
        found.map_err(|error| error.at(self.range.start))
    }
}

impl EncryptedKeyTemplate {
    /// A template with this method, and nothing else.
    #[must_use]
    pub fn new(method: KeyEncryption) -> Self {
        Self {
            id: None,
            recipient: None,
            method,
            label: Vec::new(),
            key_info: Vec::new(),
            references: Vec::new(),
            carried_key_name: None,
        }
    }

    /// The EncryptedKey that holds `key`, encrypted with `with`.
    ///
    /// # Errors
    /// [`Cause::KeyType`] where `with` does not fit the method; the others of
    /// [`PublicKey::encrypt_key`], [`KeyWrap::wrap`](crate::crypto::KeyWrap::wrap) and
    /// [`AgreementMethod::make`].
    pub fn encrypt(&self, key: &Secret, with: &EncryptionKey) -> Result<Markup, Error> {
        let mut key_info = self.key_info.clone();
        let octets = match (self.method, with) {
            (KeyEncryption::Transport(method), EncryptionKey::Public(public)) => {
                public.encrypt_key(method, &self.label, key)?
            }
            (KeyEncryption::Wrap(method), EncryptionKey::Secret(secret)) => {
                method.wrap(secret, key)?
            }
            (
                KeyEncryption::Wrap(wrap),
                EncryptionKey::Agreed { recipient, method, derivation },
            ) => {
                let length = wrap.key_length();
                let (secret, agreement) =
                    AgreementMethod::make(*method, derivation, recipient, &key_info, length)?;
                key_info = vec![agreement];
                wrap.wrap(&secret, key)?
            }
            _ => return Err(does_not_fit(self.method)),
        };
        let mut markup = xenc("EncryptedKey");
        for (name, value) in [("Id", &self.id), ("Recipient", &self.recipient)] {
            if let Some(value) = value {
                markup = markup.with_attribute(name, value.clone());
            }
        }
        markup.children.push(key_markup(self.method, &self.label));
        if !key_info.is_empty() {
            let mut element = Markup::new("ds", ns::DS, "KeyInfo");
            element.children = key_info;
            markup.children.push(element);
        }
        let mut data = xenc("CipherData");
        data.children.push(xenc("CipherValue").with_text(base64(&octets)));
        markup.children.push(data);
        if !self.references.is_empty() {
            let ids = self.references.iter().map(String::as_str);
            markup.children.push(ReferenceList::markup(ids));
        }
        if let Some(name) = &self.carried_key_name {
            markup.children.push(xenc("CarriedKeyName").with_text(name.as_str()));
        }
        Ok(markup)
    }
}

fn does_not_fit(method: KeyEncryption) -> Error {
    let wanted = match method {
        KeyEncryption::Transport(_) => "an RSA key",
        KeyEncryption::Wrap(_) => "a shared secret, or one that is agreed on",
    };
    let reason = format!("the method {} works with {wanted}, and the key is none", method.name());
    Error::new(Cause::KeyType, reason)
}

fn carried_key_name(element: Element<'_, '_>) -> Result<String, Error> {
    check_attributes(element, &[])?;
    let name = element.text().map_err(structure)?.trim_matches([' ', '\t', '\r', '\n']);
    if name.is_empty() || name.len() > MOST_NAME {
        let reason = format!("CarriedKeyName is empty, or has more than {MOST_NAME} octets");
        return Err(broken(element.range().start, reason));
    }
    Ok(name.to_owned())
}
