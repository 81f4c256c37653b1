//! Octets on their way to the sink.

use super::Sink;
use crate::xml::read_reference;
use core::ops::Range;

/// The end of the output so far that stands in the source as it is.
///
/// Most of a document is canonical as it is written. Such octets are not handed on piece by piece:
/// the run grows as long as what comes next in the source also comes next in the output.
#[derive(Debug, Default)]
pub(super) struct Run {
    start: usize,
    end: usize,
}

impl Run {
    /// Takes octets of the source that are canonical as they are.
    #[inline]
    pub(super) fn verbatim(&mut self, source: &[u8], range: Range<usize>, sink: &mut impl Sink) {
        if self.end != range.start {
            self.flush(source, sink);
            self.start = range.start;
        }
        self.end = range.end;
    }

    /// Writes octets that do not stand in the source.
    pub(super) fn write(&mut self, source: &[u8], octets: &[u8], sink: &mut impl Sink) {
        self.flush(source, sink);
        sink.write(octets);
    }

    /// Writes what was held back.
    #[inline(never)]
    pub(super) fn flush(&mut self, source: &[u8], sink: &mut impl Sink) {
        if self.start < self.end {
            sink.write(source.get(self.start..self.end).unwrap_or_default());
        }
        (self.start, self.end) = (0, 0);
    }

    /// Writes the text that stands at `range`.
    pub(super) fn text(&mut self, source: &[u8], range: Range<usize>, sink: &mut impl Sink) {
        self.replaced(source, range, Place::Text, sink);
    }

    /// Writes what stands in a CDATA section.
    pub(super) fn cdata(&mut self, source: &[u8], range: Range<usize>, sink: &mut impl Sink) {
        self.replaced(source, range, Place::Cdata, sink);
    }

    /// Writes the value of an attribute that stands at `range`, without its quotes.
    pub(super) fn value(&mut self, source: &[u8], range: Range<usize>, sink: &mut impl Sink) {
        self.replaced(source, range, Place::Value, sink);
    }

    /// Writes a comment or the data of a processing instruction, where only line ends change.
    pub(super) fn data(&mut self, source: &[u8], range: Range<usize>, sink: &mut impl Sink) {
        self.replaced(source, range, Place::Data, sink);
    }

    fn replaced(&mut self, source: &[u8], range: Range<usize>, place: Place, sink: &mut impl Sink) {
        let mut done = range.start;
        while let Some(at) = place.find(source.get(done..range.end).unwrap_or_default()) {
            let at = done + at;
            let mut utf8 = [0; 4];
            let (canonical, end): (&[u8], usize) = match source.get(at) {
                Some(b'&') if place != Place::Cdata => match read_reference(source, at) {
                    Ok((character, end)) => match place.escaped(character) {
                        Some(escaped) => (escaped, end),
                        None => (character.encode_utf8(&mut utf8).as_bytes(), end),
                    },
                    // The scanner has read it before.
                    Err(_) => (b"&amp;", at + 1),
                },
                Some(b'\r') => {
                    let end = if source.get(at + 1) == Some(&b'\n') { at + 2 } else { at + 1 };
                    (if place == Place::Value { b" " } else { b"\n" }, end.min(range.end))
                }
                Some(b'\t' | b'\n') => (b" ", at + 1),
                Some(octet) => (place.escaped(char::from(*octet)).unwrap_or(b""), at + 1),
                None => break,
            };
            if source.get(at..end) == Some(canonical) {
                self.verbatim(source, done..end, sink);
            } else {
                self.verbatim(source, done..at, sink);
                self.write(source, canonical, sink);
            }
            done = end;
        }
        self.verbatim(source, done..range.end, sink);
    }
}

/// Where octets stand, which decides what becomes of them (Canonical XML 1.0, section 2.3; XML
/// 1.0, sections 2.11 and 3.3.3).
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Text,
    Cdata,
    Value,
    Data,
}

impl Place {
    /// Where an octet stands that may have to be replaced.
    #[inline]
    fn find(self, octets: &[u8]) -> Option<usize> {
        match self {
            Self::Text => memchr::memchr3(b'&', b'>', b'\r', octets),
            Self::Cdata => {
                octets.iter().position(|octet| matches!(octet, b'&' | b'<' | b'>' | b'\r'))
            }
            Self::Value => {
                octets.iter().position(|octet| *octet < 0x20 || matches!(octet, b'&' | b'"'))
            }
            Self::Data => memchr::memchr(b'\r', octets),
        }
    }

    /// What a character is replaced with that is meant.
    fn escaped(self, character: char) -> Option<&'static [u8]> {
        match (character, self) {
            ('&', _) => Some(b"&amp;"),
            ('<', _) => Some(b"&lt;"),
            ('\r', _) => Some(b"&#xD;"),
            ('>', Self::Text | Self::Cdata) => Some(b"&gt;"),
            ('"', Self::Value) => Some(b"&quot;"),
            ('\t', Self::Value) => Some(b"&#x9;"),
            ('\n', Self::Value) => Some(b"&#xA;"),
            _ => None,
        }
    }
}

/// Whether the octets of a canonical start tag's shape are canonical with their values too: no
/// white space but SPACE, and no reference.
#[inline]
pub(super) fn is_plain(octets: &[u8]) -> bool {
    const WIDTH: usize = 16;
    let special = |octet: u8| u8::from(octet < 0x20) | u8::from(octet == b'&');
    let (chunks, rest) = octets.as_chunks::<WIDTH>();
    let mut found = [0_u8; WIDTH];
    for chunk in chunks {
        for (found, octet) in found.iter_mut().zip(chunk) {
            *found |= special(*octet);
        }
    }
    // The last octets again with some of those before them, so that none are looked at alone.
    match octets.last_chunk::<WIDTH>() {
        Some(last) => {
            for (found, octet) in found.iter_mut().zip(last) {
                *found |= special(*octet);
            }
            u128::from_ne_bytes(found) == 0
        }
        None => rest.iter().fold(0, |found, octet| found | special(*octet)) == 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_that_is_not_plain_is_seen_wherever_it_stands() {
        for length in 1..70 {
            let mut octets = vec![b'x'; length];
            assert!(is_plain(&octets));
            for place in 0..length {
                for special in [b'\t', b'\n', b'\r', b'&', 0x1F] {
                    octets[place] = special;
                    assert!(!is_plain(&octets), "{length} {place}");
                }
                for plain in [b' ', b'%', b'\'', b'<', b'"', 0x7F, 0x80, 0xFF] {
                    octets[place] = plain;
                    assert!(is_plain(&octets), "{length} {place}");
                }
                octets[place] = b'x';
            }
        }
        assert!(is_plain(b""));
    }

    #[test]
    fn what_stands_together_is_written_together() {
        struct Pieces(Vec<String>);
        impl Sink for Pieces {
            fn write(&mut self, octets: &[u8]) {
                self.0.push(String::from_utf8(octets.to_vec()).unwrap());
            }
        }
        let source = b"one &amp; two> &#65; three";
        let mut pieces = Pieces(Vec::new());
        let mut run = Run::default();
        run.verbatim(source, 0..4, &mut pieces);
        run.text(source, 4..source.len(), &mut pieces);
        run.flush(source, &mut pieces);
        run.flush(source, &mut pieces);
        assert_eq!(pieces.0, ["one &amp; two", "&gt;", " ", "A", " three"]);
    }
}
