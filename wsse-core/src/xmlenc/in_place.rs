//! Encrypting parts of a document in the octets that hold it: no second copy is made of what may be
//! the whole document, and no plaintext is left.

use crate::crypto::{BlockEncryption, BlockEncryptor, SecureRandom};
use crate::error::{Cause, Error};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use core::ops::Range;

/// What takes the place of octets of a document: octets that are given, and the base64 of the
/// ciphertext of some of those whose place it takes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Replacement {
    /// The octets that go.
    pub range: Range<usize>,
    /// What stands in front of the ciphertext.
    pub before: Vec<u8>,
    /// What is encrypted, inside of [`Self::range`]. Without it there is no ciphertext.
    pub plaintext: Option<Range<usize>>,
    /// What stands behind the ciphertext.
    pub after: Vec<u8>,
}

/// Octets of plaintext that are taken at once.
const PIECE: usize = 12 << 10;

impl Replacement {
    /// Octets where none were.
    #[must_use]
    pub fn insertion(at: usize, octets: Vec<u8>) -> Self {
        Self { range: at..at, before: octets, plaintext: None, after: Vec::new() }
    }

    /// The base64 of the ciphertext of `plaintext`, between `before` and `after`.
    #[must_use]
    pub fn ciphertext(
        range: Range<usize>,
        before: Vec<u8>,
        plaintext: Range<usize>,
        after: Vec<u8>,
    ) -> Self {
        Self { range, before, plaintext: Some(plaintext), after }
    }

    /// Octets by which the document grows.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] where it would shrink, or the plaintext is not in the range.
    pub fn growth(&self, method: BlockEncryption) -> Result<usize, Error> {
        let ciphertext = match &self.plaintext {
            None => 0,
            Some(plaintext) if self.holds(plaintext) => {
                method.ciphertext_length(plaintext.len()).div_ceil(3) * 4
            }
            Some(_) => return Err(unfit()),
        };
        let length = self.before.len() + ciphertext + self.after.len();
        length.checked_sub(self.range.len()).ok_or_else(unfit)
    }

    /// What stands behind the plaintext must have room in `after`, so that nothing is written over
    /// before it was read.
    fn holds(&self, plaintext: &Range<usize>) -> bool {
        self.range.start <= plaintext.start
            && plaintext.start <= plaintext.end
            && plaintext.end <= self.range.end
            && self.range.end - plaintext.end <= self.after.len()
    }
}

/// Puts `replacements` into `document`, which stand in its order and do not overlap. `encryptor` makes
/// a ciphertext of its own for each.
///
/// After an error the document is of no use.
///
/// # Errors
/// [`Cause::InvalidArgument`] where they are out of order, or one would shrink the document;
/// [`Cause::RandomUnavailable`]; [`Cause::UnsupportedAlgorithm`].
pub fn replace(
    document: &mut Vec<u8>,
    replacements: &[Replacement],
    encryptor: &mut BlockEncryptor,
    random: &dyn SecureRandom,
) -> Result<(), Error> {
    let method = encryptor.method();
    let mut growth = 0_usize;
    let mut end = 0;
    for replacement in replacements {
        growth = growth.saturating_add(replacement.growth(method)?);
        if replacement.range.start < end || replacement.range.end < replacement.range.start {
            return Err(unfit());
        }
        end = replacement.range.end;
    }
    let length = document.len();
    let Some(first) = replacements.first().filter(|_| end <= length) else {
        return if replacements.is_empty() { Ok(()) } else { Err(unfit()) };
    };
    document.reserve_exact(growth);
    document.resize(length + growth, 0);
    // Everything is moved to where the end will be, and written from there towards the front. Each
    // replacement is longer than what it replaces, so what is written stays behind what is read.
    let mut writer =
        Writer { document, read: first.range.start + growth, written: first.range.start };
    writer.document.copy_within(first.range.start..length, writer.read);
    let mut scratch = Vec::with_capacity(PIECE + 64);
    let mut done = first.range.start;
    for Replacement { range, before, plaintext, after } in replacements {
        writer.copy(range.start - done)?;
        writer.write(before)?;
        if let Some(plaintext) = plaintext {
            writer.read += plaintext.start - range.start;
            scratch.clear();
            encryptor.begin(random, &mut scratch)?;
            let mut left = plaintext.len();
            while left > 0 {
                let taken = left.min(PIECE);
                let from = writer.read..writer.read + taken;
                encryptor.update(writer.document.get(from).ok_or_else(unfit)?, &mut scratch)?;
                writer.read += taken;
                left -= taken;
                let whole = scratch.len() - scratch.len() % 3;
                writer.write_base64(scratch.get(..whole).unwrap_or_default())?;
                scratch.drain(..whole);
            }
            encryptor.finish(&mut scratch)?;
            writer.write_base64(&scratch)?;
            writer.read += range.end - plaintext.end;
        } else {
            writer.read += range.len();
        }
        writer.write(after)?;
        done = range.end;
    }
    // The rest is where it belongs.
    if writer.written == writer.read { Ok(()) } else { Err(unfit()) }
}

struct Writer<'d> {
    document: &'d mut [u8],
    read: usize,
    written: usize,
}

impl Writer<'_> {
    fn copy(&mut self, length: usize) -> Result<(), Error> {
        let from = self.read..self.read + length;
        if self.written > self.read || from.end > self.document.len() {
            return Err(unfit());
        }
        self.document.copy_within(from, self.written);
        self.read += length;
        self.written += length;
        Ok(())
    }

    fn write(&mut self, octets: &[u8]) -> Result<(), Error> {
        let room = self.document.get_mut(self.written..self.written + octets.len());
        room.ok_or_else(unfit)?.copy_from_slice(octets);
        self.written += octets.len();
        Ok(())
    }

    fn write_base64(&mut self, octets: &[u8]) -> Result<(), Error> {
        let length = octets.len().div_ceil(3) * 4;
        let room = self.document.get_mut(self.written..self.written + length);
        STANDARD.encode_slice(octets, room.ok_or_else(unfit)?).map_err(|_| unfit())?;
        self.written += length;
        Ok(())
    }
}

fn unfit() -> Error {
    let reason = "what is to be replaced does not fit the document";
    Error::new(Cause::InvalidArgument, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{BlockDecryptor, Secret, SystemRandom, base64_to_vec};

    fn encryptor(method: BlockEncryption) -> (BlockEncryptor, BlockDecryptor) {
        let key = Secret::new(vec![7; method.key_length()]);
        let encryptor = BlockEncryptor::new(method, &key).unwrap();
        (encryptor, BlockDecryptor::new(method, &key).unwrap())
    }

    fn octets(length: usize) -> Vec<u8> {
        (0..=250).map(|octet: u8| octet.wrapping_mul(131)).cycle().take(length).collect()
    }

    #[test]
    fn every_length_is_encrypted_in_its_place() {
        for method in BlockEncryption::ALL {
            let (mut encryptor, mut decryptor) = encryptor(method);
            let lengths = (0..70).chain([PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17]);
            for length in lengths {
                let source = octets(30 + length);
                let mut document = source.clone();
                let replacement = Replacement::ciphertext(
                    10..20 + length,
                    b"<a>".into(),
                    12..12 + length,
                    b"</a></bbb>".into(),
                );
                let inserted = Replacement::insertion(5, b"xyz".into());
                let last = Replacement::insertion(source.len(), b"end".into());
                replace(
                    &mut document,
                    &[inserted, replacement, last],
                    &mut encryptor,
                    &SystemRandom,
                )
                .unwrap();
                let rest = document.strip_prefix(&source[..5]).unwrap();
                let rest = rest.strip_prefix(b"xyz").unwrap();
                let rest = rest.strip_prefix(&source[5..10]).unwrap();
                let rest = rest.strip_prefix(b"<a>").unwrap();
                let rest = rest.strip_suffix(b"end").unwrap();
                let rest = rest.strip_suffix(&source[20 + length..]).unwrap();
                let text = rest.strip_suffix(b"</a></bbb>").unwrap();
                let ciphertext = base64_to_vec(core::str::from_utf8(text).unwrap()).unwrap();
                let mut plaintext = Vec::new();
                decryptor.update(&ciphertext, &mut plaintext);
                decryptor.finish(&mut plaintext, 0).unwrap();
                assert_eq!(plaintext, source[12..12 + length], "{method:?} {length}");
            }
        }
    }

    #[test]
    fn many_parts_stand_side_by_side() {
        let (mut encryptor, mut decryptor) = encryptor(BlockEncryption::Aes128Gcm);
        let source = octets(5000);
        let parts: Vec<_> = (0..50).map(|part| part * 100..part * 100 + 100).collect();
        let replacements: Vec<_> = parts
            .iter()
            .map(|part| {
                Replacement::ciphertext(part.clone(), b"[".into(), part.clone(), b"]".into())
            })
            .collect();
        let mut document = source.clone();
        replace(&mut document, &replacements, &mut encryptor, &SystemRandom).unwrap();
        let text = String::from_utf8(document).unwrap();
        let all: Vec<_> = text.trim_matches(['[', ']']).split("][").collect();
        assert_eq!(all.len(), 50);
        for (text, part) in all.into_iter().zip(parts) {
            let mut plaintext = Vec::new();
            decryptor.update(&base64_to_vec(text).unwrap(), &mut plaintext);
            decryptor.finish(&mut plaintext, 0).unwrap();
            assert_eq!(plaintext, source[part]);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let (mut encryptor, _) = encryptor(BlockEncryption::Aes128Cbc);
        let whole = |range: Range<usize>, plaintext| {
            Replacement::ciphertext(range, Vec::new(), plaintext, vec![b'!'; 4])
        };
        for replacements in [
            vec![whole(5..9, 5..9), whole(8..12, 8..12)],
            vec![whole(90..101, 90..101)],
            vec![whole(5..9, 4..9)],
            vec![whole(5..20, 5..9)],
            vec![Replacement {
                range: 5..9,
                before: vec![b'a'; 3],
                plaintext: None,
                after: vec![],
            }],
        ] {
            let mut document = octets(100);
            let error =
                replace(&mut document, &replacements, &mut encryptor, &SystemRandom).unwrap_err();
            assert_eq!(error.cause(), Cause::InvalidArgument);
        }
        let mut document = octets(100);
        replace(&mut document, &[], &mut encryptor, &SystemRandom).unwrap();
        assert_eq!(document, octets(100));
    }
}
