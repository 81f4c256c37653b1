//! Looking at eight octets at a time, in plain integers: no intrinsics, so no `unsafe`, and the
//! same on every machine.
//!
//! Names and values in markup are short. A call of `memchr` costs more than they do, so the first
//! words are searched here and only what is longer is handed over.

use core::ops::Range;

const LOW_BITS: u64 = repeat(0x01);
const HIGH_BITS: u64 = repeat(0x80);

/// Words that are searched here before `memchr` takes over: it pays from about this length on.
const WORDS: usize = 4;

/// Three octets to search for. The first two differ in a single bit, so that one comparison finds
/// both: that bit is set in the text before it is compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needles {
    octets: [u8; 3],
    bit: u64,
    pair: u64,
    third: u64,
}

impl Needles {
    /// What ends or interrupts text.
    pub(super) const TEXT: Self = Self::new([b'<', b'>', b'&']);
    /// What ends or interrupts a value between quotation marks.
    pub(super) const QUOTED: Self = Self::new([b'"', b'&', b'<']);
    /// What ends or interrupts a value between apostrophes.
    pub(super) const APOSTROPHED: Self = Self::new([b'\'', b'&', b'<']);

    /// What ends or interrupts a value that begins with `quote`.
    #[inline]
    pub(super) const fn value(quote: u8) -> &'static Self {
        if quote == b'"' { &Self::QUOTED } else { &Self::APOSTROPHED }
    }

    const fn new(octets: [u8; 3]) -> Self {
        let [first, second, third] = octets;
        assert!((first ^ second).is_power_of_two());
        let (bit, pair) = (repeat(first ^ second), repeat(first | second));
        Self { octets, bit, pair, third: repeat(third) }
    }

    /// The first place at or after `from` where one of them stands.
    #[inline]
    pub(super) fn find(&self, source: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        for _ in 0..WORDS {
            let Some(word) = word(source, at) else { break };
            let hits = zeros((word | self.bit) ^ self.pair) | zeros(word ^ self.third);
            let hits = hits & HIGH_BITS;
            if hits != 0 {
                return Some(at + first_octet(hits));
            }
            at += 8;
        }
        let [first, second, third] = self.octets;
        memchr::memchr3(first, second, third, source.get(at..)?).map(|found| at + found)
    }
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

/// Whether the octets from `at` on are those that stand at `range` in `earlier`.
#[inline]
pub(super) fn repeats(source: &[u8], at: usize, earlier: &[u8], range: &Range<usize>) -> bool {
    let length = range.len();
    let (Some(one), Some(two)) = (source.get(at..at + length), earlier.get(range.clone())) else {
        return false;
    };
    // The last chunk overlaps the first, so that no octets are left over.
    if length > 32 {
        return one == two;
    }
    if length >= 16 {
        return one.first_chunk::<16>() == two.first_chunk::<16>()
            && one.last_chunk::<16>() == two.last_chunk::<16>();
    }
    if length >= 8 {
        return one.first_chunk::<8>() == two.first_chunk::<8>()
            && one.last_chunk::<8>() == two.last_chunk::<8>();
    }
    key(source, at, length) == key(earlier, range.start, length)
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
        for needles in [Needles::TEXT, Needles::QUOTED, Needles::APOSTROPHED] {
            for length in 0..80 {
                for place in 0..length {
                    for octet in needles.octets {
                        let mut source = vec![b'='; length];
                        source[place] = octet;
                        // Others behind it, and one that differs in a single bit before it.
                        source.extend_from_slice(&needles.octets);
                        if place > 0 {
                            source[place - 1] = octet ^ 0x80;
                        }
                        for from in 0..=place {
                            let found = needles.find(&source, from);
                            assert_eq!(found, Some(place), "{length} {place} {from}");
                        }
                    }
                }
                assert_eq!(needles.find(&vec![b'='; length], 0), None);
            }
            assert_eq!(needles.find(b"<", 2), None);
        }
    }

    #[test]
    fn exactly_the_three_octets_are_found() {
        for needles in [&Needles::TEXT, Needles::value(b'"'), Needles::value(b'\'')] {
            for octet in 0..=0xFF {
                let found = needles.find(&[octet; 8], 0).is_some();
                assert_eq!(found, needles.octets.contains(&octet), "{octet:#04x}");
            }
        }
    }

    #[test]
    fn repetitions_are_recognised_at_every_length_and_no_difference_is_overlooked() {
        for length in 0..50 {
            let earlier: Vec<u8> = (0..length).map(|number| b'a' + number % 26).collect();
            let length = usize::from(length);
            let mut source = [&earlier[..], b"--", &earlier[..]].concat();
            assert!(repeats(&source, length + 2, &earlier, &(0..length)), "{length}");
            assert!(!repeats(&source, length + 3, &earlier, &(0..length)) || length == 0);
            for place in 0..length {
                source[length + 2 + place] ^= 1;
                assert!(!repeats(&source, length + 2, &earlier, &(0..length)), "{length} {place}");
                source[length + 2 + place] ^= 1;
            }
        }
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
