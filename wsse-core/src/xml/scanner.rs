//! The walk over a document.

use super::document::CheckedDocument;
use super::event::{Attribute, EndElement, Event, NamespaceDeclaration, StartElement, Text};
use super::form::TagForm;
use super::held::Hold;
use super::limits::Limits;
use super::memory::ScannerMemory;
use super::names::{self, Found, Name, NamespaceId, Spelt, excerpt};
use super::part::Part;
use super::references;
use super::tag::{Tags, skip_space};
use super::wide::{self, Needles};
use crate::error::{Cause, Error};
use core::fmt;
use core::ops::Range;

/// Reads a document of UTF-8 octets, strictly, one [`Event`] at a time.
///
/// What was handed out before an error is no document: only [`Event::EndDocument`] says that all
/// of it is well-formed. After an error every call gives that error again.
///
/// ```
/// use wsse_core::xml::{Event, Limits, Scanner};
///
/// let mut scanner = Scanner::new(b"<a x='1'>b &amp; c</a>", &Limits::default())?;
/// while let event = scanner.next()? && event != Event::EndDocument {
///     if let Event::Text(text) = event {
///         assert_eq!(text.value(), "b & c");
///     }
/// }
/// # Ok::<(), wsse_core::Error>(())
/// ```
pub struct Scanner<'a> {
    pub(super) document: CheckedDocument<'a>,
    pub(super) text: &'a str,
    pub(super) position: usize,
    pub(super) state: State,
    pub(super) open: Vec<Open>,
    pub(super) tags: Tags<'a>,
    /// What was read last, and where it begins; it ends at `position`.
    pub(super) step: Step,
    pub(super) start: usize,
    /// The name of the latest start tag.
    name: Spelt,
    /// The latest start tag.
    latest: Range<usize>,
    pub(super) depth_limit: usize,
    pub(super) part: Part,
}

/// Where the scanner is.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// Before the root.
    Prolog,
    /// Inside the root.
    Content,
    /// Behind an empty-element tag whose end was not yet reported.
    EmptyElement,
    /// Behind the root.
    Epilog,
    /// Inside what is longer than the part of the document that is at hand.
    Inside,
    Ended,
    Failed(Error),
}

/// An [`Event`] without what can be asked of the scanner: it goes on in registers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step {
    StartElement {
        empty: bool,
    },
    EndElement,
    Text {
        plain: bool,
    },
    Cdata,
    Comment,
    ProcessingInstruction,
    /// A piece of what is longer than the part of the document that is at hand.
    Piece,
    EndDocument,
}

/// An element that is open.
#[derive(Debug)]
pub(super) struct Open {
    /// Where its start tag begins.
    pub(super) start: usize,
    pub(super) name_end: usize,
    /// The mark of the scope before its declarations.
    pub(super) scope: usize,
}

impl<'a> Scanner<'a> {
    /// Begins to read `source`. The octets are looked at once here: encoding, characters and the
    /// XML declaration are checked, a byte order mark is skipped. Documents that may be in other
    /// encodings than UTF-8 go through [`to_utf8`](super::to_utf8) first.
    ///
    /// # Errors
    /// [`Cause::MessageSize`], [`Cause::EmptyDocument`], [`Cause::Encoding`],
    /// [`Cause::InvalidCharacter`], and [`Cause::Syntax`] for the XML declaration.
    pub fn new(source: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        Self::with_memory(source, limits, &mut ScannerMemory::new())
    }

    /// The same with what [`Self::into_memory`] kept of documents before, which makes reading
    /// faster and changes nothing else. The memory is taken, and left empty, where there is no
    /// error.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_memory(
        source: &'a [u8],
        limits: &Limits,
        memory: &mut ScannerMemory,
    ) -> Result<Self, Error> {
        Ok(Self::of(CheckedDocument::new(source, limits)?, limits, memory))
    }

    /// The same for a document whose octets were looked at before.
    #[must_use]
    pub fn of(document: CheckedDocument<'a>, limits: &Limits, memory: &mut ScannerMemory) -> Self {
        let (mut open, tags) = memory.take();
        open.clear();
        Self::begin(document, open, Tags::new(limits, tags), limits.depth)
    }

    pub(super) fn begin(
        document: CheckedDocument<'a>,
        open: Vec<Open>,
        tags: Tags<'a>,
        depth_limit: usize,
    ) -> Self {
        Self {
            document,
            text: document.text,
            position: document.start,
            state: State::Prolog,
            open,
            tags,
            step: Step::EndDocument,
            start: 0,
            name: Spelt::of(&Name { namespace: NamespaceId::NONE, prefix: "", local: "" }),
            latest: 0..0,
            depth_limit,
            part: Part::WHOLE,
        }
    }

    /// The document, to be read once more.
    #[must_use]
    pub fn document(&self) -> CheckedDocument<'a> {
        self.document
    }

    /// What makes the next document faster to read, wherever in this one the scanner is.
    #[must_use]
    pub fn into_memory(self) -> ScannerMemory {
        ScannerMemory::keep(self.open, self.tags.into_memory())
    }

    /// The next event. White space outside the root is skipped; after [`Event::EndDocument`]
    /// comes nothing else.
    ///
    /// # Errors
    /// Whatever makes the document unacceptable, with its place: causes of the categories
    /// `Malformed` and `LimitExceeded`.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator would hide that an error ends the document"
    )]
    #[inline(always)]
    pub fn next(&mut self) -> Result<Event<'a>, Error> {
        match self.read() {
            Ok(step) => {
                self.step = step;
                Ok(self.event(step))
            }
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Reads what comes next, and says it in few words: an event is large, and where it is made
    /// and not handed on it costs least. So the caller makes it, and this is not inlined there.
    #[inline(never)]
    pub(super) fn read(&mut self) -> Result<Step, Error> {
        match &self.state {
            State::Content => self.content(),
            State::EmptyElement => {
                self.start = self.position;
                Ok(self.close(self.position))
            }
            State::Prolog | State::Epilog => self.outside(),
            State::Inside => self.next_piece(),
            State::Ended => Ok(Step::EndDocument),
            State::Failed(error) => Err(error.clone()),
        }
    }

    /// What was read last.
    #[inline(always)]
    pub(super) fn event(&self, step: Step) -> Event<'a> {
        let range = self.start..self.position;
        match step {
            Step::StartElement { empty } => {
                let name = self.name.read(self.text, self.start + 1);
                Event::StartElement(StartElement { name, range, empty })
            }
            Step::EndElement => Event::EndElement(EndElement { range }),
            Step::Text { plain } => {
                let raw = self.text.get(range.clone()).unwrap_or_default();
                Event::Text(Text { raw, range, cdata: false, plain })
            }
            Step::Cdata => {
                let inside = range.start + "<![CDATA[".len()..range.end - "]]>".len();
                let raw = self.text.get(inside).unwrap_or_default();
                Event::Text(Text { raw, range, cdata: true, plain: false })
            }
            // A call, for what never comes here, would have all events made in memory.
            Step::Comment | Step::Piece => Event::Comment(range),
            Step::ProcessingInstruction => Event::ProcessingInstruction(range),
            Step::EndDocument => Event::EndDocument,
        }
    }

    #[cold]
    pub(super) fn fail(&mut self, error: Error) -> Error {
        self.state = State::Failed(error.clone());
        error
    }

    /// The attributes of the latest start tag in document order, without declarations. Valid
    /// until the next start tag; none behind [`Self::skip_element`].
    #[must_use]
    pub fn attributes(&self) -> &[Attribute<'a>] {
        &self.tags.held.attributes
    }

    /// The attribute `local` in `namespace` of the latest start tag.
    #[must_use]
    pub fn attribute(&self, namespace: NamespaceId, local: &str) -> Option<&Attribute<'a>> {
        self.tags.held.attributes.iter().find(|attribute| attribute.name.is(namespace, local))
    }

    /// The namespace declarations of the latest start tag in document order.
    #[must_use]
    pub fn declarations(&self) -> &[NamespaceDeclaration<'a>] {
        &self.tags.held.declarations
    }

    /// The number of elements that are open: behind the start tag of the root it is 1, behind
    /// its end tag 0.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// Octets of the document that were read.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// The whole document, as it was given.
    #[must_use]
    pub fn source(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// The name of a namespace of this document, or of a constant; empty for
    /// [`NamespaceId::NONE`].
    #[must_use]
    pub fn namespace_name(&self, id: NamespaceId) -> &str {
        self.tags.scope.name(id)
    }

    /// What `prefix` stands for in the innermost open element; after an [`Event::EndElement`]
    /// that is its parent. The empty prefix is the default namespace, [`NamespaceId::NONE`]
    /// where there is none. `None` for a prefix that is not declared.
    #[must_use]
    pub fn resolve(&self, prefix: &str) -> Option<NamespaceId> {
        self.tags.scope.resolve(prefix)
    }

    /// The declarations in scope in the innermost open element: each prefix once, in no particular
    /// order, empty for the default namespace, without `xml` and without what `xmlns=""`
    /// undeclared.
    pub fn in_scope(&self) -> impl Iterator<Item = (&str, NamespaceId)> {
        self.tags.scope.in_scope()
    }

    /// Whether there is a CARRIAGE RETURN anywhere in the document.
    #[inline]
    pub(crate) fn has_carriage_return(&self) -> bool {
        self.document.carriage_return
    }

    /// The latest event, if it was no error, and where in the document it stands.
    #[inline]
    pub(crate) fn latest(&self) -> (Step, Range<usize>) {
        (self.step, self.start..self.position)
    }

    /// Octets of the name in the latest start tag.
    #[inline]
    pub(crate) fn name_length(&self) -> usize {
        self.name.length()
    }

    /// The name in the latest start tag, which begins at `start`.
    #[inline]
    pub(crate) fn name(&self) -> Name<'a> {
        self.name.read(self.text, self.latest.start + 1)
    }

    /// How the latest start tag is written, where that is known without looking at it.
    #[inline]
    pub(crate) fn form(&self) -> Option<&TagForm> {
        self.tags.form()
    }

    /// The number of a prefix that is declared, or was, and what it stands for now.
    pub(crate) fn place_of_prefix(&self, prefix: &str) -> Option<(usize, NamespaceId)> {
        let place = self.tags.scope.place(prefix)?;
        Some((place, self.tags.scope.meaning(place)?))
    }

    /// The number of the prefix of a name in the latest start tag.
    #[inline]
    pub(crate) fn place_of_name(&self, name: &Name<'_>, start: usize) -> Option<usize> {
        self.tags.scope.place_at(self.text, start, name.prefix.len())
    }

    /// The prefix of a number.
    pub(crate) fn prefix_at(&self, place: usize) -> &str {
        self.tags.scope.prefix(place)
    }

    /// As [`Self::in_scope`], with numbers for the prefixes.
    pub(crate) fn places_in_scope(&self) -> impl Iterator<Item = (usize, NamespaceId)> {
        self.tags.scope.places_in_scope()
    }

    /// Checks everything in the element whose start tag was the latest event, and goes behind
    /// its end; the range from the `<` of its start tag to the `>` of its end tag.
    ///
    /// # Errors
    /// As [`Scanner::next`], and [`Cause::InvalidArgument`] when the latest event was no start
    /// tag.
    pub fn skip_element(&mut self) -> Result<Range<usize>, Error> {
        let latest = self.latest.clone();
        let is_latest = self.open.last().is_some_and(|open| open.start == latest.start);
        if !is_latest || self.position != latest.end {
            let reason = "skip_element is called where the latest event was no start tag";
            return Err(Error::new(Cause::InvalidArgument, reason).at(self.position));
        }
        let outer = self.open.len() - 1;
        while self.open.len() > outer {
            if let Err(error) = self.pass() {
                self.state = State::Failed(error.clone());
                return Err(error);
            }
        }
        self.tags.held.clear();
        Ok(latest.start..self.position)
    }

    /// Goes past what comes next inside the root, as strictly as [`Self::next`], and says nothing
    /// of it.
    #[inline]
    fn pass(&mut self) -> Result<(), Error> {
        if !matches!(self.state, State::Content) {
            return self.next().map(drop);
        }
        let source = self.text.as_bytes();
        match (source.get(self.position), source.get(self.position + 1)) {
            (Some(b'<'), Some(b'/')) => {
                let end = self.end_of_end_tag()?;
                self.pass_end(end);
            }
            (Some(b'<'), Some(b'?' | b'!')) | (None, _) => return self.content().map(drop),
            (Some(b'<'), _) => self.pass_start_tag()?,
            (Some(_), _) => self.position = self.end_of_character_data()?.0,
        }
        Ok(())
    }

    /// Start tags that were not read in full, because they repeat an earlier one but for the
    /// values of its attributes. It changes nothing but the speed; tests and benchmarks ask.
    #[must_use]
    pub fn recognised(&self) -> usize {
        self.tags.recognised()
    }

    #[inline]
    fn content(&mut self) -> Result<Step, Error> {
        let source = self.text.as_bytes();
        let at = self.position;
        match source.get(at) {
            Some(b'<') => match source.get(at + 1) {
                Some(b'/') => self.end_tag(),
                Some(b'?') => self.processing_instruction(),
                Some(b'!') => self.declaration_like(),
                _ => self.start_tag(),
            },
            Some(_) => self.character_data(),
            None => Err(self.ended_early()),
        }
    }

    fn outside(&mut self) -> Result<Step, Error> {
        let source = self.text.as_bytes();
        self.position = skip_space(source, self.position);
        let at = self.position;
        let is_prolog = matches!(self.state, State::Prolog);
        match (source.get(at), source.get(at + 1)) {
            (Some(b'<'), Some(b'?')) => self.processing_instruction(),
            (Some(b'<'), Some(b'!')) => self.declaration_like(),
            (Some(b'<'), Some(b'/')) => {
                let reason = "an end tag where no element is open";
                Err(Error::new(Cause::MismatchedTag, reason).at(at))
            }
            (Some(b'<'), _) if is_prolog => self.start_tag(),
            (Some(_), _) => {
                let side = if is_prolog { "before" } else { "behind" };
                let found = Found(self.text, at);
                let reason = format!(
                    "only white space, comments and processing instructions may stand {side} the \
                     root element, found {found}"
                );
                Err(Error::new(Cause::ContentOutsideRoot, reason).at(at))
            }
            (None, _) if is_prolog => Err(self.ended_early()),
            (None, _) => {
                self.state = State::Ended;
                Ok(Step::EndDocument)
            }
        }
    }

    fn start_tag(&mut self) -> Result<Step, Error> {
        let start = self.position;
        self.check_depth()?;
        let scope = self.tags.scope.mark();
        let tag = self.tags.read(self.text, start)?;
        self.open.push(Open { start, name_end: start + 1 + tag.name.length(), scope });
        self.start = start;
        self.position = tag.end;
        self.name = tag.name;
        self.latest = start..tag.end;
        self.state = if tag.empty { State::EmptyElement } else { State::Content };
        Ok(Step::StartElement { empty: tag.empty })
    }

    /// As [`Self::start_tag`] and, for an empty-element tag, [`Self::close`], without an event.
    fn pass_start_tag(&mut self) -> Result<(), Error> {
        let start = self.position;
        self.check_depth()?;
        let scope = self.tags.scope.mark();
        let tag = self.tags.pass(self.text, start)?;
        self.position = tag.end;
        if tag.empty {
            self.tags.scope.undo(scope);
        } else {
            self.open.push(Open { start, name_end: start + 1 + tag.name.length(), scope });
        }
        Ok(())
    }

    #[inline]
    fn check_depth(&self) -> Result<(), Error> {
        if self.open.len() < self.depth_limit {
            return Ok(());
        }
        let reason = format!("more than {} elements are open at once", self.depth_limit);
        Err(Error::new(Cause::Depth, reason).at(self.position))
    }

    #[inline]
    fn end_tag(&mut self) -> Result<Step, Error> {
        let end = self.end_of_end_tag()?;
        self.start = self.position;
        Ok(self.close(end))
    }

    #[inline]
    fn end_of_end_tag(&self) -> Result<usize, Error> {
        let source = self.text.as_bytes();
        let name = self.position + 2;
        let opened = self.open.last().map_or(0..0, |open| open.start + 1..open.name_end);
        if !wide::repeats(source, name, source, &opened) {
            return Err(self.mismatched());
        }
        let behind = name + opened.len();
        let closed = skip_space(source, behind);
        if source.get(closed) != Some(&b'>') {
            return Err(self.mismatched());
        }
        Ok(closed + 1)
    }

    #[inline]
    fn close(&mut self, end: usize) -> Step {
        self.pass_end(end);
        Step::EndElement
    }

    #[inline]
    fn pass_end(&mut self, end: usize) {
        if let Some(open) = self.open.pop() {
            self.tags.scope.undo(open.scope);
        }
        self.position = end;
        self.state = if self.open.is_empty() { State::Epilog } else { State::Content };
    }

    #[inline]
    fn character_data(&mut self) -> Result<Step, Error> {
        let (end, plain) = self.end_of_character_data()?;
        self.start = self.position;
        self.position = end;
        Ok(Step::Text { plain })
    }

    /// Where the text at the position ends, and whether only its end was found on the way.
    #[inline]
    fn end_of_character_data(&self) -> Result<(usize, bool), Error> {
        let source = self.text.as_bytes();
        let start = self.position;
        let mut at = start;
        loop {
            let Some(found) = Needles::TEXT.find(source, at) else {
                return Err(self.ended_early());
            };
            match source.get(found) {
                Some(b'&') => at = references::read(source, found)?.1,
                Some(b'>') => {
                    if source.get(start..found).is_some_and(|before| before.ends_with(b"]]")) {
                        let reason = "`]]>` in text; write `]]&gt;`";
                        return Err(Error::new(Cause::Syntax, reason).at(found - 2));
                    }
                    at = found + 1;
                }
                _ => return Ok((found, at == start)),
            }
        }
    }

    /// What begins with `<!`: a comment, a CDATA section, or what is refused.
    fn declaration_like(&mut self) -> Result<Step, Error> {
        let start = self.position;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        if rest.starts_with(b"<!--") {
            return self.comment();
        }
        if rest.starts_with(b"<![CDATA[") && matches!(self.state, State::Content) {
            return self.cdata();
        }
        let (cause, reason) = if rest.starts_with(b"<![CDATA[") {
            (Cause::ContentOutsideRoot, "a CDATA section outside the root element")
        } else if rest.starts_with(b"<!DOCTYPE") {
            (Cause::DocumentType, "a document type declaration is not accepted; remove it")
        } else if [&b"<!--"[..], b"<![CDATA[", b"<!DOCTYPE"].iter().any(|all| all.starts_with(rest))
        {
            (Cause::UnexpectedEnd, "the document ends inside markup that begins with `<!`")
        } else {
            (Cause::Syntax, "`<!` that begins neither a comment nor a CDATA section")
        };
        Err(Error::new(cause, reason).at(start))
    }

    fn comment(&mut self) -> Result<Step, Error> {
        let start = self.position;
        let inside = start + 4;
        let hyphens = self.find(inside, b"--", "the document ends inside a comment", start)?;
        if self.text.as_bytes().get(hyphens + 2) != Some(&b'>') {
            if hyphens + 2 >= self.text.len() {
                let reason = "the document ends inside a comment";
                return Err(Error::new(Cause::UnexpectedEnd, reason).at(start));
            }
            let reason = "`--` inside a comment, where only `-->` may end it";
            return Err(Error::new(Cause::Syntax, reason).at(hyphens));
        }
        self.start = start;
        self.position = hyphens + 3;
        Ok(Step::Comment)
    }

    fn cdata(&mut self) -> Result<Step, Error> {
        let start = self.position;
        let inside = start + 9;
        let end = self.find(inside, b"]]>", "the document ends inside a CDATA section", start)?;
        self.start = start;
        self.position = end + 3;
        Ok(Step::Cdata)
    }

    fn processing_instruction(&mut self) -> Result<Step, Error> {
        let source = self.text.as_bytes();
        let start = self.position;
        let target = start + 2;
        // Namespaces 1.0, section 7: no colon in the target.
        let behind = names::read_part(self.text, target)?;
        let name = self.text.get(target..behind).unwrap_or_default();
        if name.eq_ignore_ascii_case("xml") {
            let reason = "an XML declaration may only stand at the very start of the document";
            return Err(Error::new(Cause::Syntax, reason).at(start));
        }
        let data = skip_space(source, behind);
        let end = self.find(data, b"?>", "the document ends in a processing instruction", start)?;
        if data == behind && end != behind {
            let found = Found(self.text, behind);
            let reason = format!("white space or `?>` expected behind the target, found {found}");
            let cause = match source.get(behind) {
                Some(b':') => Cause::InvalidName,
                _ => Cause::Syntax,
            };
            return Err(Error::new(cause, reason).at(behind));
        }
        self.start = start;
        self.position = end + 2;
        Ok(Step::ProcessingInstruction)
    }

    /// Where `end` begins at or after `from`.
    fn find(&self, from: usize, end: &[u8], reason: &str, start: usize) -> Result<usize, Error> {
        let source = self.text.as_bytes();
        let rest = source.get(from..).unwrap_or_default();
        let begins = |at: &usize| rest.get(*at..).is_some_and(|rest| rest.starts_with(end));
        // Not memmem: to prepare it costs more than most comments are long.
        match end.first().and_then(|first| memchr::memchr_iter(*first, rest).find(begins)) {
            Some(found) => Ok(from + found),
            None => Err(Error::new(Cause::UnexpectedEnd, reason).at(start)),
        }
    }

    /// Why the end tag at the position does not end the innermost element.
    #[cold]
    fn mismatched(&self) -> Error {
        let text = self.text;
        let start = self.position;
        let name = match names::read(text, start + 2) {
            Ok(name) => name,
            Err(_) if start + 2 >= text.len() => return self.ended_early(),
            Err(error) => return error,
        };
        let behind = skip_space(text.as_bytes(), name.end);
        if behind >= text.len() {
            return self.ended_early();
        }
        let opened = self.open.last().and_then(|open| text.get(open.start + 1..open.name_end));
        let opened = opened.unwrap_or_default();
        let found = text.get(name.start..name.end).unwrap_or_default();
        if found == opened || text.as_bytes().get(behind) != Some(&b'>') {
            let found = Found(text, behind);
            let reason = format!("`>` expected behind the name in an end tag, found {found}");
            return Error::new(Cause::Syntax, reason).at(behind);
        }
        let (opened, found) = (excerpt(opened), excerpt(found));
        let reason = format!("`</{opened}>` expected, found `</{found}>`");
        Error::new(Cause::MismatchedTag, reason).at(start)
    }

    #[cold]
    pub(super) fn ended_early(&self) -> Error {
        let end = self.text.len();
        let open = self.open.last().and_then(|open| self.text.get(open.start + 1..open.name_end));
        let (cause, reason) = match open {
            Some(name) => {
                let name = excerpt(name);
                (Cause::UnexpectedEnd, format!("the document ends before `</{name}>`"))
            }
            None if self.is_blank(self.text.len()) => {
                (Cause::EmptyDocument, "the document is empty".to_owned())
            }
            None => (Cause::UnexpectedEnd, "the document ends without a root element".to_owned()),
        };
        Error::new(cause, reason).at(end)
    }
}

/// Shows where the scanner is, and nothing of the document: a password may stand there.
impl fmt::Debug for Scanner<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Scanner")
            .field("position", &self.position)
            .field("depth", &self.open.len())
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
