//! `xenc:EncryptedData` (XML Encryption 1.1, section 3.4).

use super::base64_stream::{decode, encode};
use super::encrypted_type::EncryptedType;
use super::method::{block_markup, check_legacy, parse_block, xenc};
use super::structure::{attribute, check_attributes, check_no_text, structure, unexpected};
use crate::crypto::{BlockDecryptor, BlockEncryption, BlockEncryptor, LegacySet, SecureRandom};
use crate::error::{Cause, Error};
use crate::keyinfo::WantedKey;
use crate::ns;
use crate::xml::{Element, Markup};
use core::ops::Range;

/// An EncryptedData that was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EncryptedData<'o, 'a> {
    /// From the `<` of its start tag to the `>` of its end tag.
    pub range: Range<usize>,
    /// Its Id.
    pub id: Option<String>,
    /// What was encrypted.
    pub kind: DataKind,
    /// The media type of what was encrypted.
    pub mime_type: Option<String>,
    /// The encoding of what was encrypted, below the encryption.
    pub encoding: Option<String>,
    /// How it was encrypted.
    pub method: BlockEncryption,
    /// What it says of the key.
    pub key_info: Option<Element<'o, 'a>>,
    /// The CipherValue, in base64.
    pub cipher_value: &'o str,
    /// Where the CipherValue stands.
    pub cipher_offset: usize,
}

/// What an EncryptedData holds: its Type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataKind {
    /// One element, which stood in its place.
    Element,
    /// The content of the element around it.
    Content,
    /// Octets: there is no Type, or another one, which is here.
    Other(Option<String>),
}

/// An EncryptedData to be written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EncryptedDataTemplate {
    /// Its Id. Default: none.
    pub id: Option<String>,
    /// What is encrypted.
    pub kind: DataKind,
    /// The media type of what is encrypted. Default: none.
    pub mime_type: Option<String>,
    /// How it is encrypted.
    pub method: BlockEncryption,
    /// The content of KeyInfo; without any, none is written. Default: none.
    pub key_info: Vec<Markup>,
}

const END: &[u8] = b"</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>";

impl<'o, 'a> EncryptedData<'o, 'a> {
    /// Reads a `xenc:EncryptedData`.
    ///
    /// # Errors
    /// [`Cause::EncryptionStructure`], [`Cause::UnsupportedAlgorithm`],
    /// [`Cause::UnsupportedReference`] for a CipherReference.
    pub fn parse(element: Element<'o, 'a>) -> Result<Self, Error> {
        check_attributes(element, &["Id", "Type", "MimeType", "Encoding"])?;
        check_no_text(element)?;
        let mut children = element.children().peekable();
        let common = EncryptedType::parse(element, &mut children)?;
        if let Some(more) = children.next() {
            return Err(unexpected(more, "EncryptedData"));
        }
        Ok(Self {
            range: element.range(),
            id: attribute(element, "Id"),
            kind: DataKind::of(attribute(element, "Type")),
            mime_type: attribute(element, "MimeType"),
            encoding: attribute(element, "Encoding"),
            method: parse_block(element, common.method)?,
            key_info: common.key_info,
            cipher_value: common.cipher_value.text().map_err(structure)?,
            cipher_offset: common.cipher_value.range().start,
        })
    }

    /// Refuses a method that only the legacy switches accept. Where a trusted Signature over the
    /// ciphertext was verified before, `allowed` is the policy's with [`crate::crypto::Legacy::Cbc`].
    ///
    /// # Errors
    /// [`Cause::LegacyAlgorithm`].
    pub fn check_legacy(&self, allowed: LegacySet) -> Result<(), Error> {
        check_legacy(self.range.start, self.method.legacy(), allowed)
    }

    /// The kind of key that decrypts it.
    #[must_use]
    pub fn wanted_key(&self) -> WantedKey {
        WantedKey::Secret { octets: self.method.key_length() }
    }

    /// Appends the plaintext to `out`, which may grow to `most` octets. `decryptor` was begun with the
    /// method and the key.
    ///
    /// # Errors
    /// [`Cause::DecryptionFailed`]; before it, [`Cause::InvalidTokenValue`] where the CipherValue is
    /// no base64, [`Cause::MessageSize`] where it is longer than `most` allows, and
    /// [`Cause::InvalidArgument`] for a decryptor of another method. Then `out` is as it was.
    pub fn decrypt(
        &self,
        decryptor: &mut BlockDecryptor,
        out: &mut Vec<u8>,
        most: usize,
    ) -> Result<(), Error> {
        if decryptor.method() != self.method {
            return Err(Error::new(Cause::InvalidArgument, "a decryptor of another method"));
        }
        let start = out.len();
        decode(self.cipher_value, most.saturating_sub(start), decryptor, out)
            .map_err(|error| error.at(self.cipher_offset))?;
        decryptor.finish(out, start)
    }
}

impl DataKind {
    fn of(uri: Option<String>) -> Self {
        match uri.as_deref() {
            Some(ns::TYPE_ELEMENT) => Self::Element,
            Some(ns::TYPE_CONTENT) => Self::Content,
            _ => Self::Other(uri),
        }
    }

    /// The value of `Type`.
    #[must_use]
    pub fn uri(&self) -> Option<&str> {
        match self {
            Self::Element => Some(ns::TYPE_ELEMENT),
            Self::Content => Some(ns::TYPE_CONTENT),
            Self::Other(uri) => uri.as_deref(),
        }
    }
}

impl EncryptedDataTemplate {
    /// A template with this kind and method, and nothing else.
    #[must_use]
    pub fn new(kind: DataKind, method: BlockEncryption) -> Self {
        Self { id: None, kind, mime_type: None, method, key_info: Vec::new() }
    }

    /// Appends the EncryptedData that holds `content` to `out`, where `scope` is in force, as for
    /// [`Markup::write`]. `encryptor` was begun with the method and the key.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] for an encryptor of another method; [`Cause::InvalidCharacter`]
    /// for an Id or a media type that XML can't carry; [`Cause::RandomUnavailable`].
    pub fn encrypt(
        &self,
        content: &[u8],
        encryptor: &mut BlockEncryptor,
        random: &dyn SecureRandom,
        scope: &[(&str, &str)],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        if encryptor.method() != self.method {
            return Err(Error::new(Cause::InvalidArgument, "an encryptor of another method"));
        }
        self.open(scope, out)?;
        encode(content, encryptor, random, out)?;
        out.extend_from_slice(Self::CLOSE);
        Ok(())
    }

    /// What stands behind the ciphertext.
    pub const CLOSE: &[u8] = END;

    /// Appends what stands in front of the ciphertext to `out`, where `scope` is in force.
    ///
    /// # Errors
    /// [`Cause::InvalidCharacter`] for an Id or a media type that XML can't carry.
    pub fn open(&self, scope: &[(&str, &str)], out: &mut Vec<u8>) -> Result<(), Error> {
        self.markup().write(out, scope)?;
        out.truncate(out.len().saturating_sub(END.len()));
        Ok(())
    }

    /// Octets that [`Self::encrypt`] appends to `out`, about, but for KeyInfo.
    #[must_use]
    pub fn length(&self, content: usize) -> usize {
        self.method.ciphertext_length(content).div_ceil(3) * 4 + 512
    }

    /// The EncryptedData with an empty CipherValue.
    fn markup(&self) -> Markup {
        let mut markup = xenc("EncryptedData");
        let kind = self.kind.uri().map(str::to_owned);
        for (name, value) in [("Id", &self.id), ("Type", &kind), ("MimeType", &self.mime_type)] {
            if let Some(value) = value {
                markup = markup.with_attribute(name, value.clone());
            }
        }
        markup.children.push(block_markup(self.method));
        if !self.key_info.is_empty() {
            let mut key_info = Markup::new("ds", ns::DS, "KeyInfo");
            key_info.children.clone_from(&self.key_info);
            markup.children.push(key_info);
        }
        let mut data = xenc("CipherData");
        data.children.push(xenc("CipherValue").with_text(""));
        markup.children.push(data);
        markup
    }
}
