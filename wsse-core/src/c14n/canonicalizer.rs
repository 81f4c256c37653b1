//! The walk: events in, canonical octets out.

use super::Sink;
use super::ancestors::Ancestors;
use super::method::{Method, Mode, PrefixList};
use super::rendered::Rendered;
use super::run::{Run, is_plain};
use crate::error::Error;
use crate::xml::{Long, NamespaceId, Piece, Scanner, Step, TagForm};
use core::ops::Range;

/// Writes the canonical form of one element, or of a whole document, while a scanner reads it.
///
/// It is fed with every event from the start tag of the element, the *apex*, on, and wants no more
/// once [`Self::is_done`]. Octets of the source that are canonical as they are go to the sink as
/// they are, in long pieces; what is held back of them is written at the end of the apex.
#[derive(Debug)]
pub struct Canonicalizer {
    pub(super) mode: Mode,
    with_comments: bool,
    pub(super) prefixes: PrefixList,
    whole: bool,
    pub(super) empty_default: bool,
    exclude: Option<usize>,
    state: State,
    /// Elements that are open in the output.
    pub(super) depth: usize,
    /// Elements that are open in the one that is left out.
    excluded: usize,
    /// Whether the data of a processing instruction that comes in pieces has not begun yet.
    before_data: bool,
    pub(super) accepts_relative: bool,
    pub(super) rendered: Rendered,
    pub(super) run: Run,
    /// The declarations and the attributes of the latest start tag in their order; kept for their
    /// allocations.
    pub(super) declared: Vec<(usize, NamespaceId)>,
    pub(super) order: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Before,
    Inside,
    Behind,
    Done,
}

/// A start tag, or an empty-element tag.
pub(super) struct Tag {
    pub(super) range: Range<usize>,
    pub(super) empty: bool,
}

impl Canonicalizer {
    /// For one element with everything in it. The prefixes have a meaning in exclusive
    /// canonicalization only. Comments are written if the method says so; a same-document
    /// reference drops them before, whatever the method says (XML Signature 1.1,
    /// section 4.4.3.3).
    #[must_use]
    pub fn new(method: Method, prefixes: PrefixList) -> Self {
        Self {
            mode: method.mode,
            with_comments: method.with_comments,
            prefixes,
            whole: false,
            empty_default: false,
            exclude: None,
            state: State::Before,
            depth: 0,
            excluded: 0,
            before_data: false,
            accepts_relative: false,
            rendered: Rendered::new(),
            run: Run::default(),
            declared: Vec::new(),
            order: Vec::new(),
        }
    }

    /// For the whole document, processing instructions and comments outside the root included.
    /// It is fed from the first event on.
    #[must_use]
    pub fn whole_document(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Leaves out the element whose start tag begins at `offset`, with everything in it: the
    /// Signature that the enveloped-signature transform removes (XML Signature 1.1,
    /// section 6.6.4).
    #[must_use]
    pub fn excluding(mut self, offset: Option<usize>) -> Self {
        self.exclude = offset;
        self
    }

    /// Writes namespace names that are relative references as they stand.
    ///
    /// NOTE: Canonical XML 1.0, section 1.3, refuses them, and so does canonicalization by itself.
    /// Signatures over them are in use, and nothing is resolved: a changed name is a changed digest.
    #[must_use]
    pub fn accepting_relative_namespaces(mut self) -> Self {
        self.accepts_relative = true;
        self
    }

    /// Writes `xmlns=""` on the apex where it has no default namespace, as the STR-Transform
    /// demands (WSS SOAP Message Security 1.1.1, section 8.3).
    #[must_use]
    pub fn with_empty_default(mut self, empty_default: bool) -> Self {
        self.empty_default = empty_default;
        self
    }

    /// Whether all was written.
    #[must_use]
    #[inline]
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Takes in the event that `scanner` has just returned. `ancestors` were fed with the events
    /// before the apex; they may be empty where the apex is the root and in exclusive
    /// canonicalization.
    ///
    /// # Errors
    /// [`Cause::RelativeNamespace`](crate::Cause::RelativeNamespace).
    #[inline(always)]
    pub fn event(
        &mut self,
        scanner: &Scanner<'_>,
        ancestors: &Ancestors,
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        let (step, range) = scanner.latest();
        if self.excluded > 0 {
            self.pass_excluded(scanner.source(), step, sink);
            return Ok(());
        }
        let source = scanner.source();
        match step {
            Step::StartElement { empty } => {
                self.start(scanner, &Tag { range, empty }, ancestors, sink)?;
            }
            Step::EndElement => {
                if !range.is_empty() {
                    self.end(source, range, sink);
                }
                self.rendered.leave(self.depth);
                self.depth -= 1;
                if self.depth == 0 {
                    self.end_apex(source, sink);
                }
            }
            Step::Text { plain: true } if !scanner.has_carriage_return() => {
                self.run.verbatim(source, range, sink);
            }
            Step::Piece => self.piece(source, scanner.piece(), range, sink),
            _ => self.seldom(source, step, range, sink),
        }
        Ok(())
    }

    /// Takes in what there is little of.
    #[inline(never)]
    fn seldom(&mut self, source: &[u8], step: Step, range: Range<usize>, sink: &mut impl Sink) {
        match step {
            Step::Text { .. } => self.run.text(source, range, sink),
            Step::Cdata => {
                let inside = range.start + "<![CDATA[".len()..range.end - "]]>".len();
                self.run.cdata(source, inside, sink);
            }
            Step::Comment if self.with_comments => {
                let write = |run: &mut Run, sink: &mut _| run.data(source, range, sink);
                self.outside(source, sink, (true, true), write);
            }
            Step::ProcessingInstruction => {
                let write =
                    |run: &mut Run, sink: &mut _| write_instruction(run, source, range, sink);
                self.outside(source, sink, (true, true), write);
            }
            Step::EndDocument => {
                self.run.flush(source, sink);
                self.state = State::Done;
            }
            Step::Comment | Step::StartElement { .. } | Step::EndElement | Step::Piece => {}
        }
    }

    /// Takes in a piece of what is longer than what is at hand.
    #[cold]
    #[inline(never)]
    fn piece(&mut self, source: &[u8], piece: Piece, range: Range<usize>, sink: &mut impl Sink) {
        let ends = (piece.first, piece.last);
        let inside = piece.inside(range.len());
        let mut data = range.start + inside.start..range.start + inside.end;
        match piece.of {
            Long::Cdata => self.run.cdata(source, data, sink),
            Long::Comment if self.with_comments => {
                self.outside(source, sink, ends, |run, sink| run.data(source, range, sink));
            }
            Long::Comment => {}
            Long::Instruction if piece.first => {
                self.before_data = true;
                self.outside(source, sink, ends, |run, sink| run.verbatim(source, range, sink));
            }
            Long::Instruction => {
                let begins_data = self.before_data;
                if begins_data {
                    let octets = source.get(data.clone()).unwrap_or_default();
                    data.start = data.end - octets.trim_ascii_start().len();
                    self.before_data = data.is_empty() && !piece.last;
                }
                self.outside(source, sink, ends, |run, sink| {
                    if begins_data && !data.is_empty() {
                        run.write(source, b" ", sink);
                    }
                    run.data(source, data.clone(), sink);
                    run.verbatim(source, data.end..range.end, sink);
                });
            }
        }
    }

    /// Writes what is held back of octets that are about to be given up.
    pub(crate) fn pause(&mut self, source: &[u8], sink: &mut impl Sink) {
        self.run.flush(source, sink);
    }

    #[cold]
    fn pass_excluded(&mut self, source: &[u8], step: Step, sink: &mut impl Sink) {
        match step {
            Step::StartElement { .. } => self.excluded += 1,
            Step::EndElement => {
                self.excluded -= 1;
                if self.excluded == 0 && self.depth == 0 {
                    self.end_apex(source, sink);
                }
            }
            _ => {}
        }
    }

    fn end_apex(&mut self, source: &[u8], sink: &mut impl Sink) {
        self.run.flush(source, sink);
        self.state = if self.whole { State::Behind } else { State::Done };
    }

    /// Writes what may stand outside the root too, with the LINE FEED that divides it from there.
    /// It may be the first and the last piece of that, or one of both.
    fn outside<S: Sink>(
        &mut self,
        source: &[u8],
        sink: &mut S,
        (first, last): (bool, bool),
        write: impl FnOnce(&mut Run, &mut S),
    ) {
        match self.state {
            State::Inside => write(&mut self.run, sink),
            State::Before if self.whole => {
                write(&mut self.run, sink);
                if last {
                    self.run.write(source, b"\n", sink);
                }
            }
            State::Behind => {
                if first {
                    self.run.write(source, b"\n", sink);
                }
                write(&mut self.run, sink);
            }
            _ => {}
        }
    }

    #[inline]
    fn end(&mut self, source: &[u8], range: Range<usize>, sink: &mut impl Sink) {
        match range.end.checked_sub(2).and_then(|last| source.get(last)) {
            Some(b' ' | b'\t' | b'\r' | b'\n') => self.end_with_space(source, range, sink),
            _ => self.run.verbatim(source, range, sink),
        }
    }

    #[cold]
    fn end_with_space(&mut self, source: &[u8], range: Range<usize>, sink: &mut impl Sink) {
        let tag = source.get(range.start..range.end - 1).unwrap_or_default();
        let name = range.start..range.start + tag.trim_ascii_end().len();
        self.run.verbatim(source, name, sink);
        self.run.verbatim(source, range.end - 1..range.end, sink);
    }

    #[inline(never)]
    fn start(
        &mut self,
        scanner: &Scanner<'_>,
        tag: &Tag,
        ancestors: &Ancestors,
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        if self.exclude == Some(scanner.absolute(tag.range.start)) {
            self.excluded = 1;
            self.state = State::Inside;
            return Ok(());
        }
        let is_apex = self.depth == 0;
        self.depth += 1;
        if !is_apex
            && let Some(form) = scanner.form()
            && self.start_known(scanner, tag, form, sink)
        {
            return Ok(());
        }
        self.state = State::Inside;
        self.write_start(scanner, tag, is_apex.then_some(ancestors), sink)
    }

    /// Writes a start tag below the apex that is canonical as it is written, but perhaps for
    /// declarations that stand on an ancestor in the source. Says whether it was one.
    #[inline]
    fn start_known(
        &mut self,
        scanner: &Scanner<'_>,
        tag: &Tag,
        form: &TagForm,
        sink: &mut impl Sink,
    ) -> bool {
        let source = scanner.source();
        let Range { start, end } = tag.range;
        if !form.canonical
            || !(form.order.is_empty() || is_plain(source.get(start..end).unwrap_or_default()))
        {
            return false;
        }
        let exclusive = self.mode == Mode::Exclusive;
        let (mut missing, mut superfluous) = (false, false);
        for prefix in &form.prefixes {
            let wanted = if exclusive { prefix.used } else { prefix.declared };
            let written = wanted && !self.rendered.is(prefix.place, prefix.namespace);
            superfluous |= prefix.declared && !written;
            missing |= written && !prefix.declared;
        }
        if (missing || form.declares) && !(form.absolute || self.accepts_relative) {
            return false;
        }
        if form.declares {
            if superfluous || missing {
                return false;
            }
            for prefix in form.prefixes.iter().filter(|prefix| prefix.declared) {
                self.rendered.declare(prefix.place, prefix.namespace, self.depth);
            }
        }
        let behind = if missing {
            let name = start..start + 1 + scanner.name_length();
            self.run.verbatim(source, name.clone(), sink);
            self.declare_missing(source, form, sink);
            name.end
        } else {
            start
        };
        if tag.empty {
            self.run.verbatim(source, behind..end - 2, sink);
            self.close_empty(scanner, tag, sink);
        } else {
            self.run.verbatim(source, behind..end, sink);
        }
        true
    }

    /// Writes the declarations of the prefixes that are used and not in force.
    #[inline(never)]
    fn declare_missing(&mut self, source: &[u8], form: &TagForm, sink: &mut impl Sink) {
        self.run.flush(source, sink);
        let mut together = 0..0;
        for prefix in form.prefixes.iter().filter(|prefix| prefix.used) {
            if !self.rendered.is(prefix.place, prefix.namespace) {
                self.rendered.declare(prefix.place, prefix.namespace, self.depth);
                if together.end != prefix.written.start {
                    sink.write(form.written.get(together.clone()).unwrap_or_default());
                    together.start = prefix.written.start;
                }
                together.end = prefix.written.end;
            }
        }
        sink.write(form.written.get(together).unwrap_or_default());
    }

    /// Ends the start tag of an empty element, and writes the end tag that the source has not.
    #[inline(never)]
    pub(super) fn close_empty(&mut self, scanner: &Scanner<'_>, tag: &Tag, sink: &mut impl Sink) {
        let source = scanner.source();
        let name = tag.range.start + 1;
        let name = source.get(name..name + scanner.name_length()).unwrap_or_default();
        self.run.write(source, b"></", sink);
        sink.write(name);
        sink.write(b">");
    }
}

/// Writes a processing instruction with one space behind its target.
fn write_instruction(run: &mut Run, source: &[u8], range: Range<usize>, sink: &mut impl Sink) {
    let end = range.end - 2;
    let space = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
    let inside = source.get(range.start..end).unwrap_or_default();
    let target = inside.iter().position(space).unwrap_or(inside.len());
    let behind = inside.get(target..).unwrap_or_default();
    run.verbatim(source, range.start..range.start + target, sink);
    if let Some(space) = behind.iter().position(|octet| !space(octet)) {
        let data = range.start + target + space;
        if behind.first() == Some(&b' ') && space == 1 {
            run.verbatim(source, data - 1..data, sink);
        } else {
            run.write(source, b" ", sink);
        }
        run.data(source, data..end, sink);
    }
    run.verbatim(source, end..range.end, sink);
}
