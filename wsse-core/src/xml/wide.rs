//! Looking at eight octets at a time, in plain integers: no intrinsics, so no `unsafe`, and the
//! same on every machine.
//!
//! Names and values in markup are short. A call of `memchr` costs more than they do, so the first
//! words are searched here and only what is longer is handed over.

const LOW_BITS: u64 = repeat(0x01);
const HIGH_BITS: u64 = repeat(0x80);

/// Words that are searched here before `memchr` takes over: it pays from about this length on.
const WORDS: usize = 4;

/// The first place at or after `from` of any of three octets. They may be the same.
#[inline]
pub(super) fn find3(source: &[u8], from: usize, octets: [u8; 3]) -> Option<usize> {
    let [first, second, third] = octets.map(repeat);
    let mut at = from;
    for _ in 0..WORDS {
        let Some(word) = word(source, at) else { break };
        let hits = (zeros(word ^ first) | zeros(word ^ second) | zeros(word ^ third)) & HIGH_BITS;
        if hits != 0 {
            return Some(at + first_octet(hits));
        }
        at += 8;
    }
    let rest = source.get(at..)?;
    memchr::memchr3(octets[0], octets[1], octets[2], rest).map(|found| at + found)
}

/// Up to eight octets from `at` on as one number, zero where there are fewer than `length`.
/// Two strings of at most eight octets without NUL are equal if and only if their keys are.
#[inline]
pub(super) fn key(source: &[u8], at: usize, length: usize) -> u64 {
    let taken = length.min(8);
    if let Some(word) = word(source, at) {
        return if taken == 0 { 0 } else { word & (u64::MAX >> (64 - 8 * taken)) };
    }
    // The last seven octets of the document.
    let octets = source.iter().skip(at).take(taken).rev();
    octets.fold(0, |key, &octet| key << 8 | u64::from(octet))
}

/// Eight octets, the first in the low bits.
#[inline]
pub(super) fn word(source: &[u8], at: usize) -> Option<u64> {
    source.get(at..)?.first_chunk().map(|octets| u64::from_le_bytes(*octets))
}

const fn repeat(octet: u8) -> u64 {
    0x0101_0101_0101_0101 * octet as u64
}

/// The high bit of each octet that is zero. Above the lowest such octet there may be false ones,
/// since the subtraction borrows, so only the first is to be believed.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(LOW_BITS) & !word
}

#[inline]
const fn first_octet(hits: u64) -> usize {
    hits.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_three_octets_is_found_at_every_length_and_offset() {
        for length in 0..80 {
            for place in 0..length {
                for octet in *b"<&\xFF" {
                    let mut source = vec![b'='; length];
                    source[place] = octet;
                    // One more behind it, and the octets that differ in a single bit around it.
                    source.extend_from_slice(b"<&\xFF");
                    if place > 0 {
                        source[place - 1] = octet ^ 1;
                    }
                    for from in 0..=place {
                        let found = find3(&source, from, *b"<&\xFF");
                        assert_eq!(found, Some(place), "{length} {place} {from}");
                    }
                }
            }
            assert_eq!(find3(&vec![0x80; length], 0, *b"<&\0"), None);
        }
        assert_eq!(find3(b"<", 2, *b"<<<"), None);
    }

    #[test]
    fn keys_of_short_strings_are_equal_only_when_the_strings_are() {
        let source = b"soapenvelope";
        assert_eq!(key(source, 0, 4), key(b"soap", 0, 4));
        assert_eq!(key(source, 4, 3), key(b"env-------", 0, 3));
        assert_eq!(key(source, 4, 8), key(b"envelope", 0, 8));
        assert_eq!(key(source, 4, 8), key(b"envelopes", 0, 9));
        assert_eq!(key(source, 10, 0), 0);
        assert_ne!(key(source, 0, 4), key(source, 0, 5));
        assert_ne!(key(source, 0, 1), key(source, 1, 1));
        assert_eq!(key(source, 11, 1), u64::from(b'e'));
    }
}
