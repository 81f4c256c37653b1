//! The walk over a document.

use super::characters;
use super::declaration::Declaration;
use super::encoding::Encoding;
use super::event::{Attribute, EndElement, Event, NamespaceDeclaration, StartElement, Text};
use super::held::Hold;
use super::limits::Limits;
use super::memory::ScannerMemory;
use super::names::{self, Found, NamespaceId, excerpt};
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
    text: &'a str,
    position: usize,
    state: State,
    open: Vec<Open>,
    tags: Tags<'a>,
    /// The latest start tag.
    latest: Range<usize>,
    depth_limit: usize,
}

/// Where the scanner is.
#[derive(Clone, Debug)]
enum State {
    /// Before the root.
    Prolog,
    /// Inside the root.
    Content,
    /// Behind an empty-element tag whose end was not yet reported.
    EmptyElement,
    /// Behind the root.
    Epilog,
    Ended,
    Failed(Error),
}

/// An element that is open.
#[derive(Debug)]
pub(super) struct Open {
    /// Where its start tag begins.
    start: usize,
    name_end: usize,
    /// The mark of the scope before its declarations.
    scope: usize,
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
        if source.len() > limits.message {
            return Err(Error::new(
                Cause::MessageSize,
                format!("the document has {} octets, allowed are {}", source.len(), limits.message),
            ));
        }
        let text = characters::check(source)?;
        let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        let declaration = Declaration::read(source, start)?;
        if let Some(declaration) = &declaration {
            check_encoding(declaration, text)?;
        }
        let (mut open, tags) = memory.take();
        open.clear();
        Ok(Self {
            text,
            position: declaration.map_or(start, |declaration| declaration.end),
            state: State::Prolog,
            open,
            tags: Tags::new(limits, tags),
            latest: 0..0,
            depth_limit: limits.depth,
        })
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
    #[inline]
    pub fn next(&mut self) -> Result<Event<'a>, Error> {
        let event = match &self.state {
            State::Content => self.content(),
            State::EmptyElement => {
                let end = self.position;
                self.close(end..end)
            }
            State::Prolog | State::Epilog => self.outside(),
            State::Ended => return Ok(Event::EndDocument),
            State::Failed(error) => return Err(error.clone()),
        };
        if let Err(error) = &event {
            self.state = State::Failed(error.clone());
        }
        event
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

    /// The number of a prefix that is in scope or was; 0 for the empty prefix.
    pub(crate) fn place_of_prefix(&self, prefix: &str) -> Option<usize> {
        self.tags.scope.place(prefix)
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
            (Some(_), _) => self.position = self.end_of_character_data()?,
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
    fn content(&mut self) -> Result<Event<'a>, Error> {
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

    fn outside(&mut self) -> Result<Event<'a>, Error> {
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
                Ok(Event::EndDocument)
            }
        }
    }

    fn start_tag(&mut self) -> Result<Event<'a>, Error> {
        let start = self.position;
        self.check_depth()?;
        let scope = self.tags.scope.mark();
        let tag = self.tags.read(self.text, start)?;
        self.open.push(Open { start, name_end: start + 1 + tag.name.length(), scope });
        self.position = tag.end;
        self.latest = start..tag.end;
        self.state = if tag.empty { State::EmptyElement } else { State::Content };
        Ok(Event::StartElement(StartElement {
            name: tag.name.read(self.text, start + 1),
            range: start..tag.end,
            empty: tag.empty,
        }))
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
    fn end_tag(&mut self) -> Result<Event<'a>, Error> {
        let range = self.position..self.end_of_end_tag()?;
        self.close(range)
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
    fn close(&mut self, range: Range<usize>) -> Result<Event<'a>, Error> {
        self.pass_end(range.end);
        Ok(Event::EndElement(EndElement { range }))
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
    fn character_data(&mut self) -> Result<Event<'a>, Error> {
        let start = self.position;
        let end = self.end_of_character_data()?;
        self.position = end;
        let raw = self.text.get(start..end).unwrap_or_default();
        Ok(Event::Text(Text { raw, range: start..end, cdata: false }))
    }

    #[inline]
    fn end_of_character_data(&self) -> Result<usize, Error> {
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
                _ => return Ok(found),
            }
        }
    }

    /// What begins with `<!`: a comment, a CDATA section, or what is refused.
    fn declaration_like(&mut self) -> Result<Event<'a>, Error> {
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

    fn comment(&mut self) -> Result<Event<'a>, Error> {
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
        self.position = hyphens + 3;
        Ok(Event::Comment(start..self.position))
    }

    fn cdata(&mut self) -> Result<Event<'a>, Error> {
        let start = self.position;
        let inside = start + 9;
        let end = self.find(inside, b"]]>", "the document ends inside a CDATA section", start)?;
        self.position = end + 3;
        let raw = self.text.get(inside..end).unwrap_or_default();
        Ok(Event::Text(Text { raw, range: start..self.position, cdata: true }))
    }

    fn processing_instruction(&mut self) -> Result<Event<'a>, Error> {
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
        self.position = end + 2;
        Ok(Event::ProcessingInstruction(start..self.position))
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
    fn ended_early(&self) -> Error {
        let end = self.text.len();
        let open = self.open.last().and_then(|open| self.text.get(open.start + 1..open.name_end));
        let (cause, reason) = match open {
            Some(name) => {
                let name = excerpt(name);
                (Cause::UnexpectedEnd, format!("the document ends before `</{name}>`"))
            }
            None if self.text.trim_start_matches(BYTE_ORDER_MARK).trim().is_empty() => {
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

const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// What the XML declaration names must be what the octets are.
fn check_encoding(declaration: &Declaration<'_>, text: &str) -> Result<(), Error> {
    let Some(name) = declaration.encoding else { return Ok(()) };
    let reason = match Encoding::named(name) {
        Some(Encoding::Utf8) => return Ok(()),
        Some(Encoding::Ascii) if text.is_ascii() => return Ok(()),
        Some(Encoding::Ascii) => "US-ASCII, but there are other characters in it".to_owned(),
        _ => format!("{}, but the document is read as UTF-8", excerpt(name)),
    };
    let reason = format!("the XML declaration says that the encoding is {reason}");
    Err(Error::new(Cause::Encoding, reason).at(declaration.pseudo_attribute.start))
}
