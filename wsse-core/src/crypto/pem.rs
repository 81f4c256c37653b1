//! PEM (RFC 7468), and the encrypted form that came before it (RFC 1421 as OpenSSL has it).
//!
//! OpenSSL's own reader is not asked: it would ask a terminal for the password of an encrypted
//! block.

use super::encoding::base64_to_vec;
use super::legacy::{Failure, attempt};
use super::secret::Secret;
use crate::error::{Cause, Error};
use memchr::memmem;
use openssl::hash::MessageDigest;
use openssl::pkcs5::bytes_to_key;
use openssl::symm::{Cipher, decrypt};
use zeroize::Zeroizing;

const BEGIN: &[u8] = b"-----BEGIN ";
const DASHES: &[u8] = b"-----";

/// One block: its label and what stands between its lines.
pub(super) struct Block<'s> {
    pub(super) label: &'s str,
    body: &'s str,
}

/// Whether the octets hold a block.
pub(super) fn is_pem(octets: &[u8]) -> bool {
    memmem::find(octets, BEGIN).is_some()
}

/// Every block; text around blocks is skipped.
pub(super) fn blocks(octets: &[u8]) -> Result<Vec<Block<'_>>, Error> {
    let mut blocks = Vec::new();
    let mut rest = octets;
    while let Some(at) = memmem::find(rest, BEGIN) {
        rest = rest.get(at + BEGIN.len()..).unwrap_or_default();
        let (label, after) = split(rest, DASHES)
            .filter(|(label, _)| label.len() <= 64)
            .and_then(|(label, after)| Some((core::str::from_utf8(label).ok()?, after)))
            .ok_or_else(|| broken("a line that begins a block does not end in -----"))?;
        let end = format!("-----END {label}-----");
        let (body, after) = split(after, end.as_bytes())
            .ok_or_else(|| broken(&format!("the line {end} is missing")))?;
        let body = core::str::from_utf8(body)
            .ok()
            .filter(|body| !body.contains("-----"))
            .ok_or_else(|| broken(&format!("what stands before {end} is no base64")))?;
        blocks.push(Block { label, body });
        rest = after;
    }
    Ok(blocks)
}

fn split<'s>(octets: &'s [u8], separator: &[u8]) -> Option<(&'s [u8], &'s [u8])> {
    let at = memmem::find(octets, separator)?;
    Some((octets.get(..at)?, octets.get(at + separator.len()..)?))
}

impl Block<'_> {
    /// The octets of the block, decrypted where it is encrypted in the old way.
    pub(super) fn decode(
        &self,
        password: Option<&Secret>,
    ) -> Result<(Zeroizing<Vec<u8>>, bool), Error> {
        let mut compact = Zeroizing::new(String::with_capacity(self.body.len()));
        let mut encryption = None;
        let mut encrypted = false;
        for line in self.body.lines().flat_map(|line| line.split('\r')) {
            // No colon is part of base64.
            if let Some((name, value)) = line.split_once(':') {
                match name.trim() {
                    "Proc-Type" => encrypted = value.contains("ENCRYPTED"),
                    "DEK-Info" => encryption = value.trim().split_once(','),
                    _ => {}
                }
            } else {
                compact.extend(line.chars().filter(|character| !character.is_ascii_whitespace()));
            }
        }
        let octets = base64_to_vec(&compact)
            .map(Zeroizing::new)
            .map_err(|error| broken(&format!("in the block {}, {}", self.label, error.reason())))?;
        if !encrypted {
            return Ok((octets, false));
        }
        let (name, vector) = encryption
            .ok_or_else(|| broken("an encrypted block does not say how it is encrypted"))?;
        Ok((open(&octets, name, vector, password)?, true))
    }
}

/// Decrypts a block that names cipher and initialization vector in its `DEK-Info`.
fn open(
    octets: &[u8],
    name: &str,
    vector: &str,
    password: Option<&Secret>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let cipher = match name {
        "DES-EDE3-CBC" => Cipher::des_ede3_cbc(),
        "AES-128-CBC" => Cipher::aes_128_cbc(),
        "AES-192-CBC" => Cipher::aes_192_cbc(),
        "AES-256-CBC" => Cipher::aes_256_cbc(),
        "DES-CBC" => Cipher::des_cbc(),
        _ => {
            let reason = format!(
                "the key is encrypted with {name:?}, which is not supported; write it anew with \
                 `openssl pkey -in old.pem -aes256 -out new.pem`"
            );
            return Err(Error::new(Cause::UnsupportedContainer, reason));
        }
    };
    let vector = hexadecimal(vector)
        .filter(|vector| Some(vector.len()) == cipher.iv_len())
        .ok_or_else(|| broken("an encrypted block has no initialization vector that fits"))?;
    let password = password.ok_or_else(no_password)?;
    let opened = attempt(|| {
        let mut pair =
            bytes_to_key(cipher, MessageDigest::md5(), password.octets(), vector.get(..8), 1)?;
        let key = Zeroizing::new(core::mem::take(&mut pair.key));
        decrypt(cipher, &key, Some(&vector), octets).map(Zeroizing::new)
    });
    opened.map_err(|failure| match failure {
        Failure::Unsupported => Error::new(
            Cause::UnsupportedContainer,
            format!(
                "the key is encrypted with {name}, which the linked OpenSSL can't do; write it \
                 anew with `openssl pkey -provider legacy -provider default -in old.pem -aes256 \
                 -out new.pem`"
            ),
        ),
        Failure::Other(_) => wrong_password(),
    })
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digit = |octet: u8| u8::try_from(char::from(octet).to_digit(16)?).ok();
    text.trim()
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

pub(super) fn no_password() -> Error {
    Error::new(
        Cause::WrongKeyPassword,
        "the key is encrypted and no password was given for it; give its password",
    )
}

pub(super) fn wrong_password() -> Error {
    Error::new(
        Cause::WrongKeyPassword,
        "the password does not open the key: it is another one, or the file is damaged",
    )
}

fn broken(reason: &str) -> Error {
    Error::new(Cause::UnreadableKey, format!("the PEM can't be read: {reason}"))
}
