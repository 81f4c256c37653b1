//! The walk: events in, canonical octets out.

use super::Sink;
use super::ancestors::Ancestors;
use super::method::{Method, Mode, PrefixList};
use super::octets;
use super::rendered::Rendered;
use crate::error::{Cause, Error};
use crate::xml::{Attribute, Event, NamespaceId, Scanner, StartElement};
use core::cmp::Ordering;
use core::ops::Range;

/// Writes the canonical form of one element, or of a whole document, while a scanner reads it.
///
/// It is fed with every event from the start tag of the element, the *apex*, on, and wants no more
/// once [`Self::is_done`]. Octets of the source that are canonical as they are go to the sink as
/// they are, in long pieces; what is held back of them is written at the end of the apex.
#[derive(Debug)]
pub struct Canonicalizer {
    mode: Mode,
    with_comments: bool,
    prefixes: PrefixList,
    whole: bool,
    empty_default: bool,
    exclude: Option<usize>,
    state: State,
    /// Elements that are open in the output.
    depth: usize,
    /// Elements that are open in the one that is left out.
    excluded: usize,
    accepts_relative: bool,
    rendered: Rendered,
    /// Octets of the source that are to be written as they are.
    run: Range<usize>,
    /// The declarations and the attributes of the latest start tag in their order; kept for their
    /// allocations.
    declared: Vec<(usize, NamespaceId)>,
    order: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Before,
    Inside,
    Behind,
    Done,
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
            accepts_relative: false,
            rendered: Rendered::new(),
            run: 0..0,
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
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Takes in the next event. `ancestors` were fed with the events before the apex; they may be
    /// empty where the apex is the root and in exclusive canonicalization.
    ///
    /// # Errors
    /// [`Cause::RelativeNamespace`].
    pub fn event(
        &mut self,
        scanner: &Scanner<'_>,
        event: &Event<'_>,
        ancestors: &Ancestors,
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        if self.excluded > 0 {
            match event {
                Event::StartElement(_) => self.excluded += 1,
                Event::EndElement(_) => {
                    self.excluded -= 1;
                    self.end_of_root_or_apex(scanner, sink);
                }
                _ => {}
            }
            return Ok(());
        }
        match event {
            Event::StartElement(element) => {
                if self.exclude == Some(element.range.start) {
                    self.excluded = 1;
                    self.state = State::Inside;
                    return Ok(());
                }
                self.start(scanner, element, ancestors, sink)?;
            }
            Event::EndElement(end) => {
                if !end.range.is_empty() {
                    self.end(scanner, &end.range, sink);
                }
                self.rendered.leave(self.depth);
                self.depth -= 1;
                self.end_of_root_or_apex(scanner, sink);
            }
            Event::Text(text) if self.state == State::Inside => {
                let verbatim = !text.cdata
                    && memchr::memchr3(b'&', b'>', b'\r', text.raw.as_bytes()).is_none();
                if verbatim {
                    self.verbatim(scanner, text.range.clone(), sink);
                } else {
                    self.flush(scanner, sink);
                    octets::write_text(&text.value(), sink);
                }
            }
            Event::Comment(range) if self.with_comments => {
                self.outside(scanner, sink, |source, sink| {
                    let raw = source.get(range.clone()).unwrap_or_default();
                    sink.write(&octets::with_line_ends(raw));
                });
            }
            Event::ProcessingInstruction(range) => {
                self.outside(scanner, sink, |source, sink| {
                    octets::write_instruction(source.get(range.clone()).unwrap_or_default(), sink);
                });
            }
            Event::EndDocument => {
                self.flush(scanner, sink);
                self.state = State::Done;
            }
            _ => {}
        }
        Ok(())
    }

    fn end_of_root_or_apex(&mut self, scanner: &Scanner<'_>, sink: &mut impl Sink) {
        if self.depth == 0 && self.excluded == 0 {
            self.flush(scanner, sink);
            self.state = if self.whole { State::Behind } else { State::Done };
        }
    }

    /// Writes what may stand outside the root too, with the LINE FEED that divides it from there.
    fn outside<S: Sink>(
        &mut self,
        scanner: &Scanner<'_>,
        sink: &mut S,
        write: impl FnOnce(&[u8], &mut S),
    ) {
        let source = scanner.source();
        match self.state {
            State::Inside => {
                self.flush(scanner, sink);
                write(source, sink);
            }
            State::Before if self.whole => {
                write(source, sink);
                sink.write(b"\n");
            }
            State::Behind => {
                sink.write(b"\n");
                write(source, sink);
            }
            _ => {}
        }
    }

    #[inline]
    fn verbatim(&mut self, scanner: &Scanner<'_>, range: Range<usize>, sink: &mut impl Sink) {
        if self.run.end != range.start {
            self.flush(scanner, sink);
            self.run.start = range.start;
        }
        self.run.end = range.end;
    }

    fn flush(&mut self, scanner: &Scanner<'_>, sink: &mut impl Sink) {
        if !self.run.is_empty() {
            sink.write(scanner.source().get(self.run.clone()).unwrap_or_default());
        }
        self.run = 0..0;
    }

    fn end(&mut self, scanner: &Scanner<'_>, range: &Range<usize>, sink: &mut impl Sink) {
        let source = scanner.source();
        let space = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
        match range.end.checked_sub(2).and_then(|last| source.get(last)) {
            Some(octet) if space(octet) => {
                self.flush(scanner, sink);
                let tag = source.get(range.start..range.end - 1).unwrap_or_default();
                sink.write(tag.trim_ascii_end());
                sink.write(b">");
            }
            _ => self.verbatim(scanner, range.clone(), sink),
        }
    }

    fn start(
        &mut self,
        scanner: &Scanner<'_>,
        element: &StartElement<'_>,
        ancestors: &Ancestors,
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        let is_apex = self.depth == 0;
        self.state = State::Inside;
        self.depth += 1;
        self.flush(scanner, sink);
        self.declare(scanner, element, is_apex)?;
        let inherited = match self.mode {
            Mode::Exclusive => Vec::new(),
            _ if is_apex => ancestors.of_latest(scanner, self.mode),
            _ => Vec::new(),
        };
        let source = scanner.source();
        let name = element.range.start + 1;
        let qualified = match element.name.prefix.len() {
            0 => name..name + element.name.local.len(),
            length => name..name + length + 1 + element.name.local.len(),
        };
        let qualified = source.get(qualified).unwrap_or_default();
        sink.write(b"<");
        sink.write(qualified);
        if is_apex && self.empty_default && self.rendered.is(0, NamespaceId::NONE) {
            sink.write(b" xmlns=\"\"");
        }
        for &(place, namespace) in &self.declared {
            let prefix = scanner.prefix_at(place);
            sink.write(if prefix.is_empty() { b" xmlns" } else { b" xmlns:" });
            sink.write(prefix.as_bytes());
            sink.write(b"=\"");
            octets::write_value(scanner.namespace_name(namespace), sink);
            sink.write(b"\"");
        }
        if inherited.is_empty() {
            self.write_attributes(scanner, sink);
        } else {
            write_merged(scanner, &inherited, sink);
        }
        sink.write(b">");
        if element.empty {
            sink.write(b"</");
            sink.write(qualified);
            sink.write(b">");
        }
        Ok(())
    }

    /// Finds the declarations that this element must write, in their order, and takes them into
    /// what is in force.
    fn declare(
        &mut self,
        scanner: &Scanner<'_>,
        element: &StartElement<'_>,
        is_apex: bool,
    ) -> Result<(), Error> {
        self.declared.clear();
        if !self.accepts_relative {
            for declaration in scanner.declarations() {
                check_absolute(scanner, declaration.namespace, declaration.range.start)?;
            }
        }
        let exclusive = self.mode == Mode::Exclusive;
        if exclusive {
            self.declare_prefix(scanner, element.name.prefix);
            for attribute in scanner.attributes() {
                if !attribute.name.prefix.is_empty() {
                    self.declare_prefix(scanner, attribute.name.prefix);
                }
            }
        }
        if is_apex && exclusive {
            let prefixes = core::mem::take(&mut self.prefixes);
            for prefix in prefixes.prefixes() {
                self.declare_prefix(scanner, prefix);
            }
            self.prefixes = prefixes;
        } else if is_apex {
            for (place, namespace) in scanner.places_in_scope() {
                self.declare_place(place, namespace);
            }
        } else {
            for declaration in scanner.declarations() {
                if !exclusive || self.prefixes.contains(declaration.prefix) {
                    self.declare_prefix(scanner, declaration.prefix);
                }
            }
        }
        if self.declared.len() > 1 {
            let prefix = |place: usize| scanner.prefix_at(place);
            self.declared.sort_unstable_by(|one, two| prefix(one.0).cmp(prefix(two.0)));
        }
        if !self.accepts_relative {
            for &(_, namespace) in &self.declared {
                check_absolute(scanner, namespace, element.range.start)?;
            }
        }
        Ok(())
    }

    fn declare_prefix(&mut self, scanner: &Scanner<'_>, prefix: &str) {
        if prefix == "xml" {
            return;
        }
        let namespace = scanner.resolve(prefix);
        if let (Some(place), Some(namespace)) = (scanner.place_of_prefix(prefix), namespace) {
            self.declare_place(place, namespace);
        }
    }

    fn declare_place(&mut self, place: usize, namespace: NamespaceId) {
        if !self.rendered.is(place, namespace) {
            self.rendered.declare(place, namespace, self.depth);
            self.declared.push((place, namespace));
        }
    }

    fn write_attributes(&mut self, scanner: &Scanner<'_>, sink: &mut impl Sink) {
        let attributes = scanner.attributes();
        self.order.clear();
        self.order.extend(0..attributes.len());
        self.order.sort_unstable_by(|&one, &two| {
            match (attributes.get(one), attributes.get(two)) {
                (Some(one), Some(two)) => canonical_order(scanner, one, two),
                _ => Ordering::Equal,
            }
        });
        for attribute in self.order.iter().filter_map(|&index| attributes.get(index)) {
            write_attribute(scanner, attribute, sink);
        }
    }
}

/// By the name of the namespace, then by the local name.
fn canonical_order(scanner: &Scanner<'_>, one: &Attribute<'_>, two: &Attribute<'_>) -> Ordering {
    let (one, two) = (&one.name, &two.name);
    if one.namespace == two.namespace {
        return one.local.cmp(two.local);
    }
    let name = |id| scanner.namespace_name(id);
    name(one.namespace).cmp(name(two.namespace)).then_with(|| one.local.cmp(two.local))
}

fn write_attribute(scanner: &Scanner<'_>, attribute: &Attribute<'_>, sink: &mut impl Sink) {
    let start = attribute.range.start;
    let prefix = attribute.name.prefix.len();
    let name = start..start + prefix + usize::from(prefix > 0) + attribute.name.local.len();
    sink.write(b" ");
    sink.write(scanner.source().get(name).unwrap_or_default());
    sink.write(b"=\"");
    octets::write_value(&attribute.value(), sink);
    sink.write(b"\"");
}

/// Writes the attributes of the latest start tag together with those that it inherits.
fn write_merged(scanner: &Scanner<'_>, inherited: &[(String, String)], sink: &mut impl Sink) {
    enum Either<'m, 'a> {
        Own(&'m Attribute<'a>),
        Inherited(&'m str, &'m str),
    }
    let replaced = |attribute: &Attribute<'_>| {
        attribute.name.namespace == NamespaceId::XML
            && inherited.iter().any(|(local, _)| local == attribute.name.local)
    };
    let own = scanner.attributes().iter().filter(|attribute| !replaced(attribute));
    let mut all: Vec<(&str, &str, Either<'_, '_>)> = own
        .map(|own| (scanner.namespace_name(own.name.namespace), own.name.local, Either::Own(own)))
        .collect();
    // The result of joining may be empty: then there is no attribute.
    let given = inherited.iter().filter(|(local, value)| local != "base" || !value.is_empty());
    all.extend(
        given.map(|(local, value)| {
            (crate::ns::XML, local.as_str(), Either::Inherited(local, value))
        }),
    );
    all.sort_unstable_by_key(|(namespace, local, _)| (*namespace, *local));
    for (_, _, attribute) in all {
        match attribute {
            Either::Own(attribute) => write_attribute(scanner, attribute, sink),
            Either::Inherited(local, value) => {
                sink.write(b" xml:");
                sink.write(local.as_bytes());
                sink.write(b"=\"");
                octets::write_value(value, sink);
                sink.write(b"\"");
            }
        }
    }
}

/// Refuses a namespace name without a scheme (Canonical XML 1.0, section 1.3).
fn check_absolute(
    scanner: &Scanner<'_>,
    namespace: NamespaceId,
    offset: usize,
) -> Result<(), Error> {
    let name = scanner.namespace_name(namespace);
    if name.is_empty() || has_scheme(name) {
        return Ok(());
    }
    let reason = "a namespace name without a scheme is a relative reference, which has no \
                  canonical form; use an absolute one, such as a URN";
    Err(Error::new(Cause::RelativeNamespace, reason).at(offset))
}

/// RFC 3986, section 3.1.
fn has_scheme(name: &str) -> bool {
    let Some((scheme, _)) = name.split_once(':') else { return false };
    let inside = |octet: u8| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(inside)
}
