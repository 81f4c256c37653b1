//! Base64 and cipher in pieces that stay in the nearest cache: nothing of the size of the content is
//! made but the content.

use crate::crypto::{BlockDecryptor, BlockEncryptor, SecureRandom};
use crate::error::{Cause, Error};
use base64_simd::{AsOut, STANDARD};
use core::ops::ControlFlow;

/// Characters of a piece of text, a multiple of four, and octets of it.
const CHARACTERS: usize = 16 << 10;
const OCTETS: usize = CHARACTERS / 4 * 3;
/// Characters of a line at most, for its length to be counted on.
const LONGEST_LINE: usize = 1 << 10;
/// Octets that a cipher may take or give beyond its input: a block.
const BLOCK: usize = 16;

/// Decrypts the octets that `text` stands for, `most` at most, into `out`. White space may stand
/// anywhere, as `xsd:base64Binary` has it.
pub(super) fn decode(
    text: &str,
    most: usize,
    decryptor: &mut BlockDecryptor,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    out.reserve(most.min(text.len() / 4 * 3) + BLOCK);
    let mut taken = 0;
    let mut read = Ok(());
    pieces(text.as_bytes(), |octets| {
        taken += octets.map_or(0, <[u8]>::len);
        read = match octets {
            Some(_) if taken > most => Err(Error::new(
                Cause::MessageSize,
                "what is encrypted is longer than what the limits leave for it",
            )),
            Some(octets) => {
                decryptor.update(octets, out);
                return ControlFlow::Continue(());
            }
            None => Err(Error::new(
                Cause::InvalidTokenValue,
                "the CipherValue is no base64: its characters, or their number, are wrong",
            )),
        };
        ControlFlow::Break(())
    });
    read
}

/// Decodes a text piece by piece; None for a piece that is no base64.
fn pieces(text: &[u8], mut take: impl FnMut(Option<&[u8]>) -> ControlFlow<()>) {
    let mut text = text.trim_ascii_start();
    let line = text.iter().take(LONGEST_LINE).position(|octet| is_space(*octet));
    let mut compact = Vec::with_capacity(CHARACTERS);
    let mut octets = [0; OCTETS];
    loop {
        // The decoder takes no white space, so a guess that is wrong is seen.
        let (piece, rest) = match line {
            None => text.split_at_checked(CHARACTERS).unwrap_or((text, &[])),
            Some(line) => compacted(text, line, &mut compact),
        };
        let mut decode = |piece: &[u8]| {
            STANDARD.decode(piece, octets.as_mut_slice().as_out()).ok().map(|octets| octets.len())
        };
        let (count, rest) = match decode(piece) {
            Some(count) => (Some(count), rest),
            None => {
                let (piece, rest) = compacted(text, usize::MAX, &mut compact);
                (decode(piece), rest)
            }
        };
        text = rest;
        // Padding ends the text, so a piece that has some is the last one.
        let is_last = text.iter().all(|octet| is_space(*octet));
        let count = count.filter(|count| is_last || *count == OCTETS);
        let piece = count.and_then(|count| octets.get(..count));
        if take(piece).is_break() || is_last {
            return;
        }
    }
}

/// The next characters but for white space, as many as a piece has, and what is left. White space is
/// thought to stand where a line of `line` characters ends in some, and otherwise looked for.
fn compacted<'p, 't>(
    text: &'t [u8],
    line: usize,
    compact: &'p mut Vec<u8>,
) -> (&'p [u8], &'t [u8]) {
    compact.clear();
    let mut rest = text;
    while compact.len() < CHARACTERS && !rest.is_empty() {
        let room = rest.get(..CHARACTERS - compact.len()).unwrap_or(rest);
        let length = match room.get(line) {
            Some(end) if is_space(*end) => line,
            _ => room.iter().position(|octet| is_space(*octet)).unwrap_or(room.len()),
        };
        let (characters, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        compact.extend_from_slice(characters);
        let spaces = behind.iter().take_while(|octet| is_space(**octet)).count();
        rest = behind.get(spaces..).unwrap_or_default();
    }
    (compact, rest)
}

fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

/// Appends the base64 of the encrypted `content` to `out`.
pub(super) fn encode(
    content: &[u8],
    encryptor: &mut BlockEncryptor,
    random: &dyn SecureRandom,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    out.reserve(encryptor.method().ciphertext_length(content.len()).div_ceil(3) * 4);
    let mut octets = Vec::with_capacity(OCTETS + 4 * BLOCK);
    encryptor.begin(random, &mut octets)?;
    for piece in content.chunks(OCTETS) {
        encryptor.update(piece, &mut octets)?;
        let whole = octets.len() - octets.len() % 3;
        push_base64(octets.get(..whole).unwrap_or_default(), out);
        octets.drain(..whole);
    }
    encryptor.finish(&mut octets)?;
    push_base64(&octets, out);
    Ok(())
}

fn push_base64(octets: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + octets.len().div_ceil(3) * 4, b'=');
    // There is room for exactly what is written.
    let room = out.get_mut(start..).unwrap_or_default();
    let _ = STANDARD.encode(octets, room.as_out());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::base64_to_vec;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        let (mut all, mut good) = (Vec::new(), true);
        pieces(text.as_bytes(), |octets| {
            good &= octets.is_some();
            all.extend_from_slice(octets.unwrap_or_default());
            if good { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        good.then_some(all)
    }

    /// The text with `space` behind every `line` characters.
    fn folded(text: &str, line: usize, space: &str) -> String {
        let lines = text.as_bytes().chunks(line).map(|line| core::str::from_utf8(line).unwrap());
        lines.map(|line| format!("{line}{space}")).collect()
    }

    #[test]
    fn pieces_are_the_whole() {
        let input: Vec<u8> = (0..60_000_u32).map(|number| (number * 7 % 251) as u8).collect();
        for length in [0, 1, 2, 3, OCTETS - 1, OCTETS, OCTETS + 1, 2 * OCTETS, 60_000] {
            let input = &input[..length];
            let mut text = Vec::new();
            push_base64(input, &mut text);
            let text = String::from_utf8(text).unwrap();
            assert_eq!(base64_to_vec(&text).unwrap(), input);
            for line in [1, 5, 64, 76, CHARACTERS - 1, CHARACTERS, CHARACTERS + 1] {
                for space in ["", "\n", "\r\n", "\t", " \t\r\n"] {
                    let found = decoded(&folded(&text, line, space));
                    assert!(found.as_deref() == Some(input), "{length} {line} {space:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_base64_is_found_in_every_piece() {
        let whole = "A".repeat(CHARACTERS);
        let padded = format!("{}AA==", "A".repeat(CHARACTERS - 4));
        for text in [
            format!("{padded}AAAA"),
            format!("{padded}{padded}"),
            format!("{padded} A"),
            format!("{whole}AAA"),
            format!("{whole}A"),
            format!("{whole}AB=="),
            format!("{whole}AA=\u{a0}"),
            format!("{whole}\tAA-_"),
            format!("\t{}!{whole}", "A".repeat(CHARACTERS - 1)),
            "====".to_owned(),
        ] {
            assert_eq!(decoded(&text), None);
            assert!(base64_to_vec(&text).is_err());
        }
        assert_eq!(decoded(&format!("{padded} \t\n")).unwrap().len(), OCTETS - 2);
    }
}
