//! Nonce and digest of a header, read as the dialects spell them.

use super::dialect::{Dialect, DigestText, NonceForm};
use super::value::HeaderValue;
use crate::crypto::{Hash, base64_to_vec};
use crate::password::Proof;

/// What nonce and digest say, in every spelling that an accepted dialect has. Whatever can't be
/// read in a spelling is of no dialect that has it.
pub(super) struct Spelling {
    digest: Option<Vec<u8>>,
    digest_from_hex: Option<Vec<u8>>,
    nonce_from_base64: Option<Vec<u8>>,
    nonce_from_hex: Option<Vec<u8>>,
}

impl Spelling {
    pub(super) fn of(value: &HeaderValue<'_>, dialects: &[Dialect]) -> Self {
        let any = |wanted: fn(&Dialect) -> bool| dialects.iter().any(wanted);
        let digest = base64_to_vec(value.password_digest()).ok();
        let digest_from_hex = digest
            .as_deref()
            .filter(|_| any(|dialect| dialect.digest_text() == DigestText::Hex))
            .and_then(octets_of_hex);
        let nonce_from_base64 = any(|dialect| {
            matches!(dialect.nonce_form(), NonceForm::Base64 | NonceForm::TextReadAsBase64)
        })
        .then(|| base64_to_vec(value.nonce()).ok())
        .flatten()
        .filter(|octets| !octets.is_empty());
        let nonce_from_hex = any(|dialect| dialect.nonce_form() == NonceForm::Hex)
            .then(|| octets_of_hex(value.nonce().as_bytes()))
            .flatten();
        Self { digest, digest_from_hex, nonce_from_base64, nonce_from_hex }
    }

    /// The proof that the header is for one dialect; None where its shape is another.
    pub(super) fn proof<'a>(
        &'a self,
        dialect: &Dialect,
        value: &'a HeaderValue<'_>,
    ) -> Option<Proof<'a>> {
        let digest = match dialect.digest_text() {
            DigestText::Octets => self.digest.as_deref()?,
            DigestText::Hex => self.digest_from_hex.as_deref()?,
        };
        let nonce = match dialect.nonce_form() {
            NonceForm::Text => value.nonce().as_bytes(),
            NonceForm::Base64 | NonceForm::TextReadAsBase64 => self.nonce_from_base64.as_deref()?,
            NonceForm::Hex => self.nonce_from_hex.as_deref()?,
        };
        (digest.len() == digest_length(dialect.hash())).then_some(Proof::Digest {
            hash: dialect.hash(),
            nonce,
            created: value.created().as_bytes(),
            digest,
        })
    }
}

/// Whether two dialects read a header's nonce and digest in the same way.
pub(super) fn reads_alike(left: &Dialect, right: &Dialect) -> bool {
    let nonce = |dialect: &Dialect| match dialect.nonce_form() {
        NonceForm::TextReadAsBase64 => NonceForm::Base64,
        form => form,
    };
    let reading = |dialect: &Dialect| {
        (dialect.hash(), dialect.digest_text(), nonce(dialect), dialect.secret_form())
    };
    reading(left) == reading(right)
}

const fn digest_length(hash: Hash) -> usize {
    match hash {
        Hash::Md5 => 16,
        Hash::Sha1 => 20,
        Hash::Sha224 => 28,
        Hash::Sha256 => 32,
        Hash::Sha384 => 48,
        Hash::Sha512 => 64,
    }
}

/// Hexadecimal in either letter case; None for anything else, and for nothing.
fn octets_of_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit =
        |octet: u8| char::from(octet).to_digit(16).and_then(|value| u8::try_from(value).ok());
    if text.is_empty() || !text.len().is_multiple_of(2) {
        return None;
    }
    text.chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}
