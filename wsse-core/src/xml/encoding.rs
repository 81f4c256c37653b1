//! The door for documents that may be in another encoding than UTF-8 (XML 1.0, section 4.3.3 and
//! appendix F; RFC 7303, section 3).

use super::declaration::Declaration;
use super::names::excerpt;
use crate::error::{Cause, Error};
use std::borrow::Cow;

/// The document in UTF-8: as it is if it is in UTF-8 or US-ASCII, transcoded if it is in UTF-16
/// or ISO-8859-1.
///
/// Three may say what the encoding is: a byte order mark, the XML declaration, and the transport
/// (`charset`, the parameter of `Content-Type`, or `None`). Where none does it is UTF-8; where
/// two contradict each other the document is refused, though RFC 7303 has an order of
/// precedence: what a firewall before us and we ourselves read must be the same.
///
/// Of a document that is transcoded, the encoding in the XML declaration becomes spaces, so that
/// it does not contradict what the octets are now. Offsets in errors of the scanner are then
/// offsets in the result. The result has at most one and a half times (UTF-16) or twice
/// (ISO-8859-1) the octets of `source`; the size of `source` is checked by the caller before.
///
/// # Errors
/// [`Cause::Encoding`] for contradictions, for other encodings, and for octets that are not what
/// they are said to be; what [`Scanner::new`](super::Scanner::new) refuses of an XML declaration.
pub fn to_utf8<'s>(source: &'s [u8], charset: Option<&str>) -> Result<Cow<'s, [u8]>, Error> {
    let mark = ByteOrderMark::of(source);
    let width = Width::of(source, mark);
    let transcoded = match width {
        Width::Octets => None,
        Width::LittleEndian | Width::BigEndian => Some(from_utf16(source, mark, width)?),
    };
    let readable = transcoded.as_deref().unwrap_or(source);
    let start = if mark == Some(ByteOrderMark::Utf8) { ByteOrderMark::UTF8.len() } else { 0 };
    let declaration = Declaration::read(readable, start)?;
    let declared = declaration.as_ref().and_then(|declaration| declaration.encoding);

    let evidence = Evidence { mark, declared, charset };
    let encoding = evidence.conclude(width)?;
    let blank = declaration.map(|declaration| declaration.pseudo_attribute);
    if encoding == Encoding::Ascii && !source.is_ascii() {
        return Err(evidence.refuse(NOT_ASCII));
    }
    let mut octets = match (transcoded, encoding) {
        (Some(octets), _) => octets,
        (None, Encoding::Latin1) => from_latin1(source),
        (None, _) => return Ok(Cow::Borrowed(source)),
    };
    // The declaration is ASCII, so transcoding left it where it was.
    if let Some(pseudo_attribute) = blank.and_then(|blank| octets.get_mut(blank)) {
        pseudo_attribute.fill(b' ');
    }
    Ok(Cow::Owned(octets))
}

/// Refuses what looks like UTF-16 by its first octets, where a stream is read.
pub(super) fn check_width(source: &[u8], charset: Option<&str>) -> Result<(), Error> {
    let mark = ByteOrderMark::of(source);
    match Width::of(source, mark) {
        Width::Octets => Ok(()),
        _ => Err(not_streamed(&Evidence { mark, declared: None, charset })),
    }
}

/// Refuses what a stream is not read in, by what is said of it; what is to be said of octets above
/// 127 if it is in US-ASCII.
pub(super) fn of_stream(
    source: &[u8],
    declared: Option<&str>,
    charset: Option<&str>,
) -> Result<Option<Error>, Error> {
    let evidence = Evidence { mark: ByteOrderMark::of(source), declared, charset };
    match evidence.conclude(Width::Octets)? {
        Encoding::Utf8 => Ok(None),
        Encoding::Ascii => Ok(Some(evidence.refuse(NOT_ASCII))),
        _ => Err(not_streamed(&evidence)),
    }
}

fn not_streamed(evidence: &Evidence<'_>) -> Error {
    Error::new(Cause::NotStreamed, evidence.refuse(ONLY_UTF8).reason())
}

const ONLY_UTF8: &str = "a stream is read in UTF-8 or US-ASCII; hold the message as a whole to have \
                         it read in another encoding";
const NOT_ASCII: &str = "there are octets above 127, which US-ASCII has not";

/// The encodings that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    /// UTF-16 of either order of octets.
    Utf16,
    Utf16LittleEndian,
    Utf16BigEndian,
}

impl Encoding {
    /// The encoding of a name, as IANA registers it, in any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let names = [
            ("UTF-8", Self::Utf8),
            ("UTF8", Self::Utf8),
            ("US-ASCII", Self::Ascii),
            ("ASCII", Self::Ascii),
            ("ISO-8859-1", Self::Latin1),
            ("ISO_8859-1", Self::Latin1),
            ("LATIN1", Self::Latin1),
            ("UTF-16", Self::Utf16),
            ("UTF-16LE", Self::Utf16LittleEndian),
            ("UTF-16BE", Self::Utf16BigEndian),
        ];
        let found = names.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, encoding)| *encoding)
    }

    /// What both can be true of, the narrower of the two.
    fn and(self, other: Self) -> Option<Self> {
        use Encoding::{Ascii, Utf8, Utf16, Utf16BigEndian, Utf16LittleEndian};
        match (self, other) {
            (one, two) if one == two => Some(one),
            (Utf8, Ascii) | (Ascii, Utf8) => Some(Ascii),
            (Utf16, narrow @ (Utf16LittleEndian | Utf16BigEndian))
            | (narrow @ (Utf16LittleEndian | Utf16BigEndian), Utf16) => Some(narrow),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ByteOrderMark {
    Utf8,
    Utf16LittleEndian,
    Utf16BigEndian,
}

impl ByteOrderMark {
    const UTF8: [u8; 3] = [0xEF, 0xBB, 0xBF];

    fn of(source: &[u8]) -> Option<Self> {
        match source {
            [0xEF, 0xBB, 0xBF, ..] => Some(Self::Utf8),
            [0xFF, 0xFE, ..] => Some(Self::Utf16LittleEndian),
            [0xFE, 0xFF, ..] => Some(Self::Utf16BigEndian),
            _ => None,
        }
    }

    const fn encoding(self) -> Encoding {
        match self {
            Self::Utf8 => Encoding::Utf8,
            Self::Utf16LittleEndian => Encoding::Utf16LittleEndian,
            Self::Utf16BigEndian => Encoding::Utf16BigEndian,
        }
    }
}

/// How wide the units look: an XML document begins with an ASCII character, so in UTF-16 one of
/// its first two octets is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    Octets,
    LittleEndian,
    BigEndian,
}

impl Width {
    const fn of(source: &[u8], mark: Option<ByteOrderMark>) -> Self {
        match (mark, source) {
            (Some(ByteOrderMark::Utf16LittleEndian), _) => Self::LittleEndian,
            (Some(ByteOrderMark::Utf16BigEndian), _) => Self::BigEndian,
            (None, [1..=0x7F, 0, ..]) => Self::LittleEndian,
            (None, [0, 1..=0x7F, ..]) => Self::BigEndian,
            _ => Self::Octets,
        }
    }
}

/// Who says what.
struct Evidence<'e> {
    mark: Option<ByteOrderMark>,
    declared: Option<&'e str>,
    charset: Option<&'e str>,
}

impl Evidence<'_> {
    /// The one encoding that all agree on, and that the octets look like.
    fn conclude(&self, width: Width) -> Result<Encoding, Error> {
        let mut encoding = self.mark.map(ByteOrderMark::encoding);
        for name in [self.declared, self.charset].into_iter().flatten() {
            let Some(named) = Encoding::named(name) else {
                return Err(self.refuse("only UTF-8, UTF-16, US-ASCII and ISO-8859-1 are read"));
            };
            encoding = match encoding {
                None => Some(named),
                Some(other) => Some(other.and(named).ok_or_else(|| {
                    self.refuse("they contradict each other; make them say the same")
                })?),
            };
        }
        let encoding = encoding.unwrap_or(Encoding::Utf8);
        let looks = match width {
            Width::LittleEndian => encoding.and(Encoding::Utf16LittleEndian),
            Width::BigEndian => encoding.and(Encoding::Utf16BigEndian),
            Width::Octets => encoding.and(Encoding::Utf16).map_or(Some(encoding), |_| None),
        };
        looks.ok_or_else(|| {
            self.refuse(match width {
                Width::Octets => "the octets are not UTF-16",
                Width::LittleEndian => "the octets look like UTF-16, little-endian",
                Width::BigEndian => "the octets look like UTF-16, big-endian",
            })
        })
    }

    fn refuse(&self, why: &str) -> Error {
        let mark = match self.mark {
            None => "none",
            Some(ByteOrderMark::Utf8) => "of UTF-8",
            Some(ByteOrderMark::Utf16LittleEndian) => "of UTF-16, little-endian",
            Some(ByteOrderMark::Utf16BigEndian) => "of UTF-16, big-endian",
        };
        let named = |name: Option<&str>| name.map_or_else(|| "none".to_owned(), excerpt);
        let (declared, charset) = (named(self.declared), named(self.charset));
        Error::new(
            Cause::Encoding,
            format!(
                "{why} (byte order mark: {mark}; XML declaration: {declared}; charset of the \
                 transport: {charset})"
            ),
        )
    }
}

fn from_utf16(source: &[u8], mark: Option<ByteOrderMark>, width: Width) -> Result<Vec<u8>, Error> {
    let start = if mark.is_some() { 2 } else { 0 };
    let (pairs, odd) = source.get(start..).unwrap_or_default().as_chunks::<2>();
    if !odd.is_empty() {
        let reason = "a document in UTF-16 has an even number of octets, this one an odd number";
        return Err(Error::new(Cause::Encoding, reason).at(source.len()));
    }
    let units = pairs.iter().map(|pair| match width {
        Width::LittleEndian => u16::from_le_bytes(*pair),
        _ => u16::from_be_bytes(*pair),
    });
    let mut text = String::with_capacity(source.len());
    let mut at = start;
    for character in char::decode_utf16(units) {
        let Ok(character) = character else {
            let reason = "half of a surrogate pair in UTF-16";
            return Err(Error::new(Cause::Encoding, reason).at(at));
        };
        at += 2 * character.len_utf16();
        text.push(character);
    }
    Ok(text.into_bytes())
}

fn from_latin1(source: &[u8]) -> Vec<u8> {
    source.iter().map(|octet| char::from(*octet)).collect::<String>().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{Event, Limits, Scanner};

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        let order = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        text.encode_utf16().flat_map(order).collect()
    }

    /// The text of the root element, through door and scanner.
    fn read(source: &[u8], charset: Option<&str>) -> Result<String, Error> {
        let octets = to_utf8(source, charset)?;
        let mut scanner = Scanner::new(&octets, &Limits::default())?;
        let mut content = String::new();
        loop {
            match scanner.next()? {
                Event::Text(text) => content.push_str(&text.value()),
                Event::EndDocument => return Ok(content),
                _ => {}
            }
        }
    }

    #[test]
    fn utf8_passes_untouched() {
        for (source, charset) in [
            ("<a>é</a>", None),
            ("<a>é</a>", Some("utf-8")),
            ("\u{FEFF}<a>é</a>", Some("UTF-8")),
            ("\u{FEFF}<?xml version='1.0' encoding='UTF-8'?><a>é</a>", None),
            ("<?xml version='1.0' encoding='us-ascii'?><a>&#xE9;</a>", Some("utf-8")),
        ] {
            assert!(matches!(to_utf8(source.as_bytes(), charset), Ok(Cow::Borrowed(_))));
            assert_eq!(read(source.as_bytes(), charset).unwrap(), "é");
        }
    }

    #[test]
    fn utf16_and_latin1_are_transcoded() {
        let declared = |name: &str| format!("<?xml version='1.0' encoding='{name}'?><a>é😀</a>");
        for little in [true, false] {
            let order = if little { "UTF-16LE" } else { "utf-16be" };
            for (text, charset) in [
                (format!("\u{FEFF}{}", declared("UTF-16")), None),
                (format!("\u{FEFF}{}", declared(order)), Some("utf-16")),
                ("\u{FEFF}<a>é😀</a>".to_owned(), None),
                (declared("UTF-16"), None),
                (declared(order), None),
                ("<a>é😀</a>".to_owned(), Some("UTF-16")),
                (" <a>é😀</a>".to_owned(), Some(order)),
            ] {
                assert_eq!(read(&utf16(&text, little), charset).unwrap(), "é😀", "{text}");
            }
        }
        let declared = b"<?xml version='1.0' encoding='ISO-8859-1' standalone='yes'?><a>\xE9</a>";
        for charset in [None, Some("iso-8859-1")] {
            assert_eq!(read(declared, charset).unwrap(), "é");
        }
        assert_eq!(read(b"<a>\xE9</a>", Some("ISO-8859-1")).unwrap(), "é");
    }

    #[test]
    fn contradictions_are_refused_and_name_all_three() {
        let utf8 = "<?xml version='1.0' encoding='UTF-8'?><a/>";
        let both = format!("\u{FEFF}{utf8}");
        let latin1 = "<?xml version='1.0' encoding='ISO-8859-1'?><a/>";
        let sixteen = "<?xml version='1.0' encoding='UTF-16'?><a/>";
        let little = "<?xml version='1.0' encoding='UTF-16LE'?><a/>";
        for (source, charset) in [
            (utf8.into(), Some("utf-16")),
            (utf8.into(), Some("iso-8859-1")),
            (latin1.into(), Some("utf-8")),
            (latin1.into(), Some("us-ascii")),
            (format!("\u{FEFF}{latin1}").into_bytes(), None),
            (sixteen.into(), None),
            (sixteen.into(), Some("utf-16")),
            (format!("\u{FEFF}{sixteen}").into_bytes(), None),
            (utf16(&both, true), None),
            (utf16(sixteen, true), Some("utf-8")),
            (utf16(sixteen, true), Some("utf-16be")),
            (utf16(little, false), None),
            (utf16("<a/>", true), None),
            (utf16("<a/>", false), None),
            (b"<a/>".to_vec(), Some("utf-16")),
            (b"<a/>".to_vec(), Some("windows-1252")),
            ("<a>é</a>".into(), Some("us-ascii")),
            (b"<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>".to_vec(), None),
        ] {
            let source: Vec<u8> = source;
            let error = to_utf8(&source, charset).unwrap_err();
            assert_eq!(error.cause(), Cause::Encoding);
            for part in ["byte order mark: ", "XML declaration: ", "charset of the transport: "] {
                assert!(error.reason().contains(part), "{error}");
            }
            assert!(error.reason().contains(charset.unwrap_or("none")), "{error}");
        }
    }

    #[test]
    fn broken_utf16_is_refused() {
        let mut odd = utf16("\u{FEFF}<a/>", true);
        odd.push(b'x');
        let half = [&utf16("\u{FEFF}<a>", true)[..], &[0, 0xD8], &utf16("</a>", true)].concat();
        let utf32 = [0xFF, 0xFE, 0, 0, b'<', 0, 0, 0, b'a', 0, 0, 0, b'/', 0, 0, 0, b'>', 0, 0, 0];
        assert_eq!(to_utf8(&odd, None).unwrap_err().cause(), Cause::Encoding);
        let error = to_utf8(&half, None).unwrap_err();
        assert_eq!((error.cause(), error.position().unwrap().offset), (Cause::Encoding, 8));
        assert_eq!(read(&utf32, None).unwrap_err().cause(), Cause::InvalidCharacter);
    }
}
