//! Scanning a document of which only a part is at hand.
//!
//! The scanner is the same: it reads what lies in the part whole, and says so where something does
//! not. Between two parts it is [`Paused`]. What it needs of the octets that are gone, the names of
//! the elements that are open, stands in front of the next part; so a place in the text of a part is
//! no place in the document, and [`Scanner::absolute`] makes one of the other.
//!
//! Text is handed out as far as it goes. What else may be long, comments, processing instructions and
//! CDATA sections, is handed out in pieces where it does not fit. Pieces end where nothing that
//! belongs together is cut: a CARRIAGE RETURN and its LINE FEED, a reference, the octets that may
//! begin the end of the construct.

use super::document::{BYTE_ORDER_MARK, CheckedDocument};
use super::event::{Event, Text};
use super::limits::Limits;
use super::memory::ScannerMemory;
use super::names;
use super::references;
use super::scanner::{Open, Scanner, State, Step};
use super::tag::{TagMemory, Tags, skip_space};
use super::wide::Needles;
use crate::error::{Cause, Error};
use core::ops::Range;

/// What a scanner knows of the part that it reads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// What makes a place in the text one in the document.
    pub(super) shift: usize,
    /// Whether the document ends where the part ends.
    pub(super) last: bool,
    /// Whether no more of the document will be at hand than is: what does not end here comes in
    /// pieces.
    pub(super) full: bool,
    /// Where that begins of which a piece was handed out and the end was not.
    pub(super) origin: Option<usize>,
    /// Whether that goes on behind the latest event.
    pub(super) continues: bool,
    /// Whether nothing but white space stands before the part.
    pub(super) blank: bool,
    /// The latest piece, and whether it stands behind the root.
    pub(super) piece: Piece,
    pub(super) behind_root: bool,
}

/// What may be longer than a part, text left aside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Long {
    Comment,
    Instruction,
    Cdata,
}

/// A piece of it. The first one begins with its opening, the last one ends with its closing, and
/// none does both. The first one of a processing instruction is its target, before white space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Piece {
    pub(crate) of: Long,
    pub(crate) first: bool,
    pub(crate) last: bool,
}

/// What a scanner that reads a part comes to.
pub(super) enum Within<'a> {
    Event(Event<'a>),
    /// Something that does not lie in the part whole; what would be wrong if there were no more.
    Short(Error),
}

/// A scanner between two parts.
pub(super) struct Paused {
    open: Vec<Open>,
    tags: TagMemory,
    state: State,
    depth_limit: usize,
    part: Part,
}

impl Part {
    /// A document that is at hand as a whole.
    pub(super) const WHOLE: Self = Self {
        shift: 0,
        last: true,
        full: false,
        origin: None,
        continues: false,
        blank: true,
        piece: Piece { of: Long::Cdata, first: false, last: true },
        behind_root: false,
    };

    #[inline]
    fn finish(&mut self) {
        self.origin = None;
        self.continues = false;
    }
}

impl Long {
    const fn opening(self) -> &'static [u8] {
        match self {
            Self::Comment => b"<!--",
            Self::Instruction => b"<?",
            Self::Cdata => b"<![CDATA[",
        }
    }

    const fn closing(self) -> &'static [u8] {
        match self {
            Self::Comment => b"-->",
            Self::Instruction => b"?>",
            Self::Cdata => b"]]>",
        }
    }

    const fn ends_inside(self) -> &'static str {
        match self {
            Self::Comment => "the document ends inside a comment",
            Self::Instruction => "the document ends in a processing instruction",
            Self::Cdata => "the document ends inside a CDATA section",
        }
    }
}

impl Piece {
    /// What stands in a piece of `length` octets besides opening and closing.
    pub(crate) const fn inside(self, length: usize) -> Range<usize> {
        let start = if self.first { self.of.opening().len() } else { 0 };
        let closing = if self.last { self.of.closing().len() } else { 0 };
        start..length.saturating_sub(closing)
    }
}

impl Paused {
    /// Before the first part of a document.
    pub(super) fn begin(limits: &Limits, memory: &mut ScannerMemory) -> Self {
        let (mut open, tags) = memory.take();
        open.clear();
        Self {
            open,
            tags: Tags::new(limits, tags).pause(),
            state: State::Prolog,
            depth_limit: limits.depth,
            part: Part::WHOLE,
        }
    }

    /// Goes on in the next part. In `document` the names of the elements that are open stand before
    /// its start; `shift` makes a place in it one in the whole document.
    pub(super) fn resume(
        self,
        document: CheckedDocument<'_>,
        shift: usize,
        last: bool,
        full: bool,
    ) -> Scanner<'_> {
        let Self { open, tags, state, depth_limit, part } = self;
        let mut scanner = Scanner::begin(document, open, Tags::resume(tags), depth_limit);
        scanner.state = state;
        scanner.part = Part { shift, last, full, ..part };
        scanner
    }

    /// What is kept of names, in octets.
    pub(super) fn octets(&self) -> usize {
        self.tags.octets()
    }

    pub(super) fn into_memory(self) -> ScannerMemory {
        ScannerMemory::keep(self.open, Tags::resume(self.tags).into_memory())
    }
}

impl<'a> Scanner<'a> {
    /// The place in the document of a place in the text.
    #[inline]
    pub(crate) fn absolute(&self, place: usize) -> usize {
        place + self.part.shift
    }

    /// Where in the document that begins of which the latest event is a piece.
    pub(crate) fn origin(&self) -> usize {
        self.part.origin.unwrap_or_else(|| self.absolute(self.start))
    }

    /// Whether the latest event goes on with what the event before began.
    #[must_use]
    pub fn is_continued(&self) -> bool {
        self.part.origin.is_some_and(|origin| origin < self.absolute(self.start))
    }

    /// Where that begins which the latest event did not end.
    pub(super) fn unfinished(&self) -> Option<usize> {
        self.part.origin.filter(|_| self.part.continues)
    }

    /// Ends the part; the names that must stand before the next one.
    pub(super) fn pause(mut self) -> (Paused, String) {
        let mut names = String::new();
        for open in &mut self.open {
            let name = self.text.get(open.start + 1..open.name_end).unwrap_or_default();
            open.start = names.len();
            names.push('<');
            names.push_str(name);
            open.name_end = names.len();
        }
        self.part.blank = matches!(self.state, State::Prolog) && self.is_blank(self.position);
        let Self { open, tags, state, depth_limit, part, .. } = self;
        (Paused { open, tags: tags.pause(), state, depth_limit, part }, names)
    }

    /// As [`Self::next`], in a part of a document.
    #[inline(always)]
    pub(super) fn next_within(&mut self) -> Result<Within<'a>, Error> {
        match (&self.state, self.text.as_bytes().get(self.position)) {
            // A text may go on.
            (State::Inside, _) | (State::Content, None) => {}
            (State::Content, Some(octet)) if *octet != b'<' => return self.text_within(),
            _ => self.part.finish(),
        }
        let mark = self.tags.scope.mark();
        match self.read() {
            Ok(Step::EndDocument) if !self.part.last => {
                // It is white space behind the root.
                self.state = State::Epilog;
                Ok(Within::Short(Error::new(Cause::UnexpectedEnd, "the part ends")))
            }
            Ok(Step::Piece) => {
                self.step = Step::Piece;
                Ok(Within::Event(self.event_of_piece()))
            }
            Ok(step) => {
                self.step = step;
                Ok(Within::Event(self.event(step)))
            }
            Err(error) => self.short(error, mark),
        }
    }

    /// What becomes of an error that more octets may take away.
    #[cold]
    fn short(&mut self, error: Error, mark: usize) -> Result<Within<'a>, Error> {
        if self.part.last {
            let error = error.moved(self.part.shift);
            return Err(self.fail(match (&self.state, self.part.origin) {
                (State::Inside, Some(origin)) => error.at(origin),
                _ => error,
            }));
        }
        self.tags.scope.undo(mark);
        if self.part.full
            && let Some(step) = self.first_piece()
        {
            self.step = step;
            return Ok(Within::Event(self.event_of_piece()));
        }
        Ok(Within::Short(error))
    }

    /// The text at the position, as far as it goes.
    fn text_within(&mut self) -> Result<Within<'a>, Error> {
        if !self.part.continues {
            self.part.origin = None;
        }
        let source = self.text.as_bytes();
        let start = self.position;
        let mut at = start;
        let (end, wrong) = loop {
            let Some(found) = Needles::TEXT.find(source, at) else {
                break (self.cut(start, source.len(), b']', 2), Some(self.ended_early()));
            };
            match source.get(found) {
                Some(b'&') => match references::read(source, found) {
                    Ok((_, behind)) => at = behind,
                    Err(error) => break (self.cut(start, found, b']', 2), Some(error)),
                },
                Some(b'>') => {
                    if source.get(start..found).is_some_and(|before| before.ends_with(b"]]")) {
                        let reason = "`]]>` in text; write `]]&gt;`";
                        break (found - 2, Some(Error::new(Cause::Syntax, reason).at(found - 2)));
                    }
                    at = found + 1;
                }
                _ => break (found, None),
            }
        };
        let plain = at == start;
        match wrong {
            Some(error) if self.part.last => {
                return Err(self.fail(error.moved(self.part.shift)));
            }
            Some(error) if end == start => return Ok(Within::Short(error)),
            Some(_) => {
                self.part.origin.get_or_insert(start + self.part.shift);
                self.part.continues = true;
            }
            None => self.part.continues = false,
        }
        self.start = start;
        self.position = end;
        self.step = Step::Text { plain };
        Ok(Within::Event(self.event(self.step)))
    }

    /// Begins to hand out in pieces what begins at the position, if it is long.
    fn first_piece(&mut self) -> Option<Step> {
        let source = self.text.as_bytes();
        let start = self.position;
        let rest = source.get(start..)?;
        let mut all = [Long::Comment, Long::Instruction, Long::Cdata].into_iter();
        let long = all.find(|long| rest.starts_with(long.opening()))?;
        let behind_root = match self.state {
            State::Content => false,
            State::Prolog | State::Epilog if long == Long::Cdata => return None,
            State::Prolog => false,
            State::Epilog => true,
            _ => return None,
        };
        let inside = start + long.opening().len();
        let end = match long {
            Long::Instruction => {
                let behind = names::read_part(self.text, inside).ok()?;
                let is_xml = self.text.get(inside..behind)?.eq_ignore_ascii_case("xml");
                if is_xml || skip_space(source, behind) == behind {
                    return None;
                }
                behind
            }
            _ => match self.end_of_piece(long, inside) {
                Ok((end, false)) => end,
                _ => return None,
            },
        };
        self.part.origin = Some(start + self.part.shift);
        self.part.continues = true;
        self.part.piece = Piece { of: long, first: true, last: false };
        self.part.behind_root = behind_root;
        self.state = State::Inside;
        self.start = start;
        self.position = end;
        Some(Step::Piece)
    }

    /// The next piece of what is being handed out in pieces.
    #[cold]
    #[inline(never)]
    pub(super) fn next_piece(&mut self) -> Result<Step, Error> {
        let long = self.part.piece.of;
        let start = self.position;
        let (end, last) = self.end_of_piece(long, start)?;
        if end == start {
            return Err(Error::new(Cause::UnexpectedEnd, long.ends_inside()));
        }
        if last {
            self.part.continues = false;
            self.state = match self.open.is_empty() {
                false => State::Content,
                true if self.part.behind_root => State::Epilog,
                true => State::Prolog,
            };
        }
        self.part.piece = Piece { of: long, first: false, last };
        self.start = start;
        self.position = end;
        Ok(Step::Piece)
    }

    /// Where the piece ends that begins at `start`, behind the opening, and whether it is the last
    /// one.
    fn end_of_piece(&self, long: Long, start: usize) -> Result<(usize, bool), Error> {
        let source = self.text.as_bytes();
        let rest = source.get(start..).unwrap_or_default();
        let (ends, begins, most) = match long {
            // Not the whole closing: `--` must not stand inside.
            Long::Comment => (&b"--"[..], b'-', 1),
            Long::Instruction => (long.closing(), b'?', 1),
            Long::Cdata => (long.closing(), b']', 2),
        };
        let found = memchr::memmem::find(rest, ends).map(|found| start + found);
        match found {
            Some(hyphens) if long == Long::Comment => match source.get(hyphens + 2) {
                Some(b'>') => Ok((hyphens + 3, true)),
                Some(_) => {
                    let reason = "`--` inside a comment, where only `-->` may end it";
                    Err(Error::new(Cause::Syntax, reason).at(hyphens))
                }
                None if self.part.last => Err(Error::new(Cause::UnexpectedEnd, long.ends_inside())),
                None => Ok((self.cut(start, hyphens, begins, 0), false)),
            },
            Some(found) => Ok((found + ends.len(), true)),
            None if self.part.last => Err(Error::new(Cause::UnexpectedEnd, long.ends_inside())),
            None => Ok((self.cut(start, source.len(), begins, most), false)),
        }
    }

    /// Where between `start` and `end` a piece may end: before what may begin the closing, which is
    /// this octet so many times at most, and before a CARRIAGE RETURN.
    fn cut(&self, start: usize, end: usize, octet: u8, most: usize) -> usize {
        let piece = self.text.as_bytes().get(start..end).unwrap_or_default();
        let kept = piece.iter().rev().take(most).take_while(|last| **last == octet).count();
        let piece = piece.get(..piece.len() - kept).unwrap_or_default();
        start + piece.strip_suffix(b"\r").unwrap_or(piece).len()
    }

    /// Whether nothing but white space stands before `end`.
    pub(super) fn is_blank(&self, end: usize) -> bool {
        let text = self.text.get(..end).unwrap_or_default();
        self.part.blank && text.trim_start_matches(BYTE_ORDER_MARK).trim().is_empty()
    }

    /// The latest piece.
    pub(crate) fn piece(&self) -> Piece {
        self.part.piece
    }

    /// What it is to those who ask for events.
    #[cold]
    #[inline(never)]
    pub(super) fn event_of_piece(&self) -> Event<'a> {
        let piece = self.part.piece;
        let range = self.start..self.position;
        match piece.of {
            Long::Comment => Event::Comment(range),
            Long::Instruction => Event::ProcessingInstruction(range),
            Long::Cdata => {
                let text = self.text.get(range.clone()).unwrap_or_default();
                let raw = text.get(piece.inside(text.len())).unwrap_or_default();
                Event::Text(Text { raw, range, cdata: true, plain: false })
            }
        }
    }
}

/// Octets that are looked at behind the place of an error at most, references left aside.
const LOOKED_AT: usize = 128;

/// Whether an error of reading `text` may be one only because the text ends so soon behind it.
pub(crate) fn may_be_cut(error: &Error, text: &str) -> bool {
    let offset = error.position().map(|position| position.offset);
    let near = |offset| text.len().saturating_sub(offset) < LOOKED_AT;
    offset.is_none_or(near) || is_cut(error, text)
}

/// Whether an error of reading `text` is one only because the text ends there.
pub(crate) fn is_cut(error: &Error, text: &str) -> bool {
    if matches!(error.cause(), Cause::UnexpectedEnd | Cause::EmptyDocument) {
        return true;
    }
    // Of the XML declaration any octet may be told to be another.
    let declaration = text.trim_start_matches(BYTE_ORDER_MARK).starts_with("<?xml");
    if declaration && memchr::memmem::find(text.as_bytes(), b"?>").is_none() {
        return true;
    }
    let rest = error.position().and_then(|position| text.as_bytes().get(position.offset..));
    match rest {
        // A solidus may be the first half of `/>`.
        None | Some([] | [b'/']) => true,
        Some([b'&', reference @ ..]) => {
            let inside = |octet: &u8| octet.is_ascii_alphanumeric() || b"#_:-.".contains(octet);
            reference.iter().all(|octet| inside(octet) || *octet >= 0x80)
        }
        // A target that begins like this is another one.
        Some([b'<', b'?', target @ ..]) => target.eq_ignore_ascii_case(b"xml"),
        Some(_) => false,
    }
}
