//! Reading a document from a stream, through a window.

use super::characters;
use super::declaration::Declaration;
use super::document::{BYTE_ORDER_MARK, CheckedDocument};
use super::encoding;
use super::event::Event;
use super::limits::Limits;
use super::memory::ScannerMemory;
use super::part::{Paused, Within, is_cut, may_be_cut};
use super::scanner::Scanner;
use super::window::{Source, Window, WindowSize};
use crate::error::{Cause, Error, Position};

/// Reads a document from a [`Source`], as strictly as a [`Scanner`] reads one that is at hand, and
/// holds no more of it than a window.
///
/// It accepts what a [`Scanner`] accepts, in UTF-8 or US-ASCII. What is wrong is told in the order of
/// the document; a [`Scanner`] looks at all characters before it begins. Names, and what elements
/// inherit, are held while they are needed: more than the largest window holds is refused.
///
/// ```
/// use wsse_core::xml::{Event, Limits, Scanner, ScannerMemory, Stream, Visit, WindowSize};
/// use wsse_core::Error;
///
/// struct Elements(usize);
///
/// impl Visit for Elements {
///     fn event(&mut self, _: &Scanner<'_>, event: &Event<'_>) -> Result<(), Error> {
///         self.0 += usize::from(matches!(event, Event::StartElement(_)));
///         Ok(())
///     }
/// }
///
/// let source = &b"<a><b/>text</a>"[..];
/// let mut elements = Elements(0);
/// let (limits, memory) = (Limits::default(), &mut ScannerMemory::new());
/// Stream::new(source, None, &limits, WindowSize::default(), memory).read(&mut elements)?;
/// assert_eq!(elements.0, 2);
/// # Ok::<(), Error>(())
/// ```
pub struct Stream<S> {
    source: S,
    charset: Option<String>,
    size: WindowSize,
    window: Window,
    paused: Option<Paused>,
    /// What is said of an octet above 127, where there must be none.
    ascii: Option<Error>,
    begun: bool,
    notes: Notes,
}

/// Who is shown a document that is read from a stream.
pub trait Visit {
    /// Takes in the event that `scanner` has just returned.
    ///
    /// Ranges are places in [`Scanner::source`], which holds the part that is at hand. Text,
    /// comments, processing instructions and CDATA sections may come in pieces, of which all but the
    /// first are [continued](Scanner::is_continued).
    ///
    /// # Errors
    /// Whatever makes the document unacceptable, with its place in the document: it ends the reading.
    fn event(&mut self, scanner: &Scanner<'_>, event: &Event<'_>) -> Result<(), Error>;

    /// Takes in that the octets of [`Scanner::source`] are given up, all of which were read. `octets`
    /// are those that were not given up before, which begin in the document at `start`.
    ///
    /// # Errors
    /// As [`Self::event`].
    fn pass(&mut self, scanner: &Scanner<'_>, octets: &[u8], start: usize) -> Result<(), Error> {
        let _ = (scanner, octets, start);
        Ok(())
    }

    /// Places in the document, seen since this was called before, whose line and column may be asked
    /// for later. Default: none.
    fn places(&mut self) -> Vec<usize> {
        Vec::new()
    }
}

/// Lines and columns of places that are gone.
#[derive(Debug, Default)]
pub(crate) struct Notes(Vec<Position>);

/// How much of the beginning of a document can be looked at, and why no more of it.
pub(crate) struct Prefix<'p> {
    pub(crate) sound: &'p [u8],
    pub(crate) wrong: Option<Error>,
}

impl<S: Source> Stream<S> {
    /// Begins to read. `charset` is what the transport says of the encoding; `memory` is taken as
    /// [`Scanner::with_memory`] does.
    pub fn new(
        source: S,
        charset: Option<&str>,
        limits: &Limits,
        size: WindowSize,
        memory: &mut ScannerMemory,
    ) -> Self {
        Self {
            source,
            charset: charset.map(str::to_owned),
            size,
            window: Window::new(limits),
            paused: Some(Paused::begin(limits, memory)),
            ascii: None,
            begun: false,
            notes: Notes::default(),
        }
    }

    /// Reads to the end, and shows everything to `visitor`.
    ///
    /// # Errors
    /// What a [`Scanner`] refuses, with line and column; [`Cause::NotStreamed`] for other encodings
    /// than UTF-8 and US-ASCII; [`Cause::WindowSize`] for what does not fit into the largest window;
    /// [`Cause::InputOutput`]; what the visitor says.
    pub fn read(&mut self, visitor: &mut impl Visit) -> Result<(), Error> {
        self.read_parts(visitor).map_err(|error| self.locate(error))
    }

    /// The error with line and column, if its place is at hand or was noted.
    fn locate(&self, error: Error) -> Error {
        let offset = error.position().map(|position| position.offset);
        match offset.and_then(|offset| self.window.position(offset)) {
            Some(position) => error.located(position),
            None => self.notes.locate(error),
        }
    }

    /// What makes the next document faster to read.
    #[must_use]
    pub fn into_memory(self) -> ScannerMemory {
        self.finish().0
    }

    /// The same, and the places that were noted.
    pub(crate) fn finish(self) -> (ScannerMemory, Notes) {
        let memory = self.paused.map_or_else(ScannerMemory::new, Paused::into_memory);
        (memory, self.notes)
    }

    fn read_parts(&mut self, visitor: &mut impl Visit) -> Result<(), Error> {
        let usual = self.size.usual.max(SMALLEST);
        let (mut room, mut full) = (usual, false);
        loop {
            self.window.fill(&mut self.source, room);
            let Some(turn) = self.turn(visitor, full) else { continue };
            let error = match turn.end {
                Ok(None) => return Ok(()),
                Ok(Some(error)) => error,
                Err(error) => return Err(error),
            };
            if let Some(wrong) = self.window.wrong() {
                return Err(if turn.is_cut { wrong.clone() } else { error });
            }
            if turn.read > self.window.names() {
                self.check_kept(turn.names.len())?;
                self.window.slide(turn.read, &turn.names);
                (room, full) = (usual, false);
            } else if !turn.may_be_cut {
                return Err(error);
            } else if !full {
                full = true;
            } else if room < self.size.largest {
                room = room.saturating_mul(2).min(self.size.largest);
            } else {
                let reason = format!(
                    "a tag or a reference is longer than the {} octets that are held of a stream",
                    self.size.largest
                );
                let place = turn.read + self.window.shift();
                return Err(Error::new(Cause::WindowSize, reason).at(place));
            }
        }
    }

    /// Reads what is at hand; None where not all of it can be looked at.
    fn turn(&mut self, visitor: &mut impl Visit, full: bool) -> Option<Turn> {
        let Self { charset, window, paused, ascii, begun, notes, .. } = self;
        let charset = charset.as_deref();
        let shift = window.shift();
        let octets = window.octets();
        if !*begun && let Err(error) = encoding::check_width(octets, charset) {
            return Some(Turn::refused(error));
        }
        let foreign = ascii.as_ref().and_then(|error| {
            let place = octets.iter().position(|octet| !octet.is_ascii())?;
            Some((place, error.clone()))
        });
        if let Some((place, error)) = foreign {
            window.refuse(place, error);
            return None;
        }
        let (text, carriage_return) = match characters::check(octets) {
            Ok(checked) => checked,
            Err(error) => {
                let place = error.position().map_or(0, |position| position.offset);
                window.refuse(place, error.moved(shift));
                return None;
            }
        };
        let (names, last) = (window.names(), window.is_last());
        let mut start = names;
        if !*begun {
            match begin(text, charset, last) {
                Ok((behind, refused)) => (start, *ascii) = (behind, refused),
                Err(error) if last => return Some(Turn::refused(error)),
                Err(error) => return Some(Turn::short(error, text)),
            }
            if ascii.is_some() && !text.is_ascii() {
                return None;
            }
        }
        let document = CheckedDocument { text, start, carriage_return };
        let Some(before) = paused.take() else {
            let reason = "a stream is read on after a panic";
            return Some(Turn::refused(Error::new(Cause::InvalidArgument, reason)));
        };
        let mut scanner = before.resume(document, shift, last, full);
        let mut end = drive(&mut scanner, visitor);
        let read = scanner.position();
        if end.is_ok() {
            let octets = text.as_bytes().get(names..read).unwrap_or_default();
            end = visitor.pass(&scanner, octets, names + shift).and(end);
        }
        let places = visitor.places().into_iter().chain(scanner.unfinished());
        notes.take(places.filter_map(|place| window.position(place)));
        let (rest, names) = scanner.pause();
        *paused = Some(rest);
        *begun |= read > 0;
        Some(match end {
            Ok(Some(error)) => {
                let turn = Turn::short(error, text);
                let end = turn.end.map(|end| end.map(|error| error.moved(shift)));
                Turn { end, read, names, ..turn }
            }
            end => Turn { end, is_cut: false, may_be_cut: false, read, names },
        })
    }

    /// What is kept besides the window depends on the document, so it has a budget as well.
    fn check_kept(&self, names: usize) -> Result<(), Error> {
        let kept = names + self.paused.as_ref().map_or(0, Paused::octets);
        if kept <= self.size.largest {
            return Ok(());
        }
        let reason = format!(
            "the names of elements that are open, and the namespaces, have {kept} octets; {} are \
             kept of a stream",
            self.size.largest
        );
        Err(Error::new(Cause::WindowSize, reason))
    }
}

/// What became of the octets that were at hand.
struct Turn {
    /// An error that more octets may take away, none where the document has ended, or one that is
    /// final.
    end: Result<Option<Error>, Error>,
    is_cut: bool,
    may_be_cut: bool,
    /// How far was read, and the names of the elements that are open there.
    read: usize,
    names: String,
}

/// An encoding is told by its first octets.
const SMALLEST: usize = 4;

/// Places whose line and column are kept.
const MOST_NOTES: usize = 1024;

/// Where the document begins behind a byte order mark and the XML declaration, and what is to be said
/// of octets above 127 if it is in US-ASCII.
fn begin(text: &str, charset: Option<&str>, last: bool) -> Result<(usize, Option<Error>), Error> {
    let source = text.as_bytes();
    let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    const OPENING: &[u8] = b"<?xml";
    let rest = source.get(mark..).unwrap_or_default();
    if !last && (OPENING.starts_with(rest) || rest.starts_with(OPENING) && rest.len() == 5) {
        return Err(Error::new(Cause::UnexpectedEnd, "the document goes on"));
    }
    let declaration = Declaration::read(source, mark)?;
    let declared = declaration.as_ref().and_then(|declaration| declaration.encoding);
    let ascii = encoding::of_stream(source, declared, charset)?;
    Ok((declaration.map_or(mark, |declaration| declaration.end), ascii))
}

fn drive(scanner: &mut Scanner<'_>, visitor: &mut impl Visit) -> Result<Option<Error>, Error> {
    loop {
        match scanner.next_within()? {
            Within::Event(event) => {
                visitor.event(scanner, &event)?;
                if event == Event::EndDocument {
                    return Ok(None);
                }
            }
            Within::Short(error) => return Ok(Some(error)),
        }
    }
}

impl Turn {
    fn refused(error: Error) -> Self {
        Self { end: Err(error), is_cut: false, may_be_cut: false, read: 0, names: String::new() }
    }

    fn short(error: Error, text: &str) -> Self {
        let (is_cut, may_be_cut) = (is_cut(&error, text), may_be_cut(&error, text));
        Self { end: Ok(Some(error)), is_cut, may_be_cut, read: 0, names: String::new() }
    }
}

impl Notes {
    fn take(&mut self, positions: impl Iterator<Item = Position>) {
        for position in positions {
            self.0.push(position);
            if self.0.len() > MOST_NOTES {
                self.0.remove(0);
            }
        }
    }

    /// The error with line and column, if its place was noted.
    pub(crate) fn locate(&self, error: Error) -> Error {
        let offset = error.position().map(|position| position.offset);
        match self.0.iter().rev().find(|position| Some(position.offset) == offset) {
            Some(position) => error.located(*position),
            None => error,
        }
    }
}

impl<'p> Prefix<'p> {
    /// Looks at the octets, which are all of the document if they are the last ones.
    ///
    /// # Errors
    /// [`Cause::Encoding`] for contradictions, [`Cause::NotStreamed`] for other encodings.
    pub(crate) fn of(
        octets: &'p [u8],
        last: bool,
        charset: Option<&str>,
        limits: &Limits,
    ) -> Result<Self, Error> {
        encoding::check_width(octets, charset)?;
        let mut wrong = None;
        let mut sound = octets;
        if octets.len() > limits.message {
            wrong = Some(too_long(limits.message));
            sound = octets.get(..limits.message).unwrap_or_default();
        }
        if !last || wrong.is_some() {
            sound = sound.get(..characters::whole(sound)).unwrap_or_default();
        }
        if let Err(error) = characters::check(sound) {
            let end = error.position().map_or(0, |position| position.offset);
            sound = sound.get(..end).unwrap_or_default();
            wrong = Some(error);
        }
        let text = core::str::from_utf8(sound).unwrap_or_default();
        match begin(text, charset, last) {
            Ok((_, Some(error))) => {
                if let Some(end) = sound.iter().position(|octet| !octet.is_ascii()) {
                    sound = sound.get(..end).unwrap_or_default();
                    wrong = Some(error);
                }
            }
            Err(error) if matches!(error.cause(), Cause::Encoding | Cause::NotStreamed) => {
                return Err(error);
            }
            // The declaration is read again.
            _ => {}
        }
        Ok(Self { sound, wrong })
    }
}

/// Why a document is not read to its end.
pub(super) fn too_long(limit: usize) -> Error {
    Error::new(Cause::MessageSize, format!("the message has more than {limit} octets"))
}
