//! Recognising start tags that were seen before.
//!
//! Messages repeat themselves: line after line has the same elements with the same attributes in
//! the same order, and only the values change. So the *shape* of a start tag, which is everything
//! in it but the values of its attributes, is remembered when it is met for the second time, and
//! each shape remembers which one came next. Where the guess is right, reading a start tag is one
//! comparison with the earlier tag per stretch between values, and one search per value.
//!
//! Recognition is never more than a shortcut to what [`super::tag`] would have said:
//! - The octets outside the values are compared one by one with those of a tag that was read in
//!   full, so names, quotes and white space are the same, and as well-formed.
//! - Each value is searched as in full: to its quote, without `<`, every reference read.
//! - Each prefix that the shape uses must stand for the same namespace as then, so the meaning of
//!   the names is the same, and so is the absence of duplicates.
//!
//! Whatever is not as expected, errors too, is left to the full reading.
//!
//! Namespace declarations belong to the shape, values and all: a tag that declares something else
//! is another tag.
//!
//! Shapes outlive the document ([`super::ScannerMemory`]), so they own the octets that later tags
//! are compared with, and hold no value of an attribute. What they know of prefixes are numbers of
//! the scope, which are kept and forgotten together with them.

use super::event::{Attribute, NamespaceDeclaration};
use super::form::TagForm;
use super::held::{Declared, Held, Hold};
use super::names::{NamespaceId, Spelt};
use super::references;
use super::scope::Scope;
use super::tag::Tag;
use super::wide::{self, Needles};
use core::ops::Range;

/// The shapes of the documents that were read with one memory.
#[derive(Debug)]
pub(super) struct Shapes {
    shapes: Vec<Shape>,
    /// Where the shapes of a name are, two places for each.
    /// Empty until [`WARM`] tags were read: short messages don't repay the learning.
    index: Vec<Slot>,
    read: usize,
    /// The shape of the latest start tag, and the one that followed it the last time.
    latest: Option<usize>,
    /// Goes up with each tag that is recognised, down with each other; at zero the guessing ends,
    /// as it does not pay in this document.
    credit: u32,
    recognised: usize,
}

#[derive(Debug)]
struct Shape {
    /// Everything but the values, and eight octets that are there for [`wide::repeats`].
    literals: Vec<u8>,
    name: Spelt,
    /// What stands before each value, with the attribute that has it.
    pieces: Vec<Piece>,
    /// From the closing quote of the last value, or from the `<`, to the `>`; in the literals.
    tail: Range<usize>,
    empty: bool,
    declarations: Vec<Declared>,
    /// The prefixes that are used and not declared by the tag itself, by their places in the
    /// scope, and what they must stand for.
    needs: Vec<(usize, NamespaceId)>,
    form: TagForm,
    next: Option<usize>,
    /// How often it was not what it was taken for, since it last was.
    misses: u32,
}

#[derive(Debug)]
struct Piece {
    /// Where it stands in the literals.
    literal: Range<usize>,
    /// Where the name of the attribute begins, from the start of the literal.
    name_offset: usize,
    name: Spelt,
    quote: u8,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The hash of the name that was met here, 0 for none.
    sighted: u64,
    shape: Option<usize>,
}

/// Tags that are read before any is remembered.
const WARM: usize = 48;

/// Two for each name, so half as many names. Beyond that, tags are read in full.
const SLOTS: usize = 128;

/// Tags that are read in full for nothing before the guessing ends.
const CREDIT: u32 = 512;

/// Those that each document may spend, whatever the ones before it left.
const LEAST_CREDIT: u32 = 16;

/// Misses in a row after which a shape gives up its place.
const STALE: u32 = 16;

/// What a shape may hold, so that all of them together stay below a megabyte: octets of literals,
/// attributes, declarations. Larger tags are read in full.
const MOST_OCTETS: usize = 2048;
const MOST_PARTS: usize = 32;

impl Shapes {
    pub(super) fn new() -> Self {
        Self {
            shapes: Vec::new(),
            index: Vec::new(),
            read: 0,
            latest: None,
            credit: CREDIT,
            recognised: 0,
        }
    }

    /// Makes ready for another document.
    pub(super) fn begin(&mut self) {
        self.latest = None;
        self.credit = self.credit.max(LEAST_CREDIT);
        self.recognised = 0;
    }

    /// Start tags that were recognised in this document so far.
    pub(super) fn recognised(&self) -> usize {
        self.recognised
    }

    /// The form of the latest start tag.
    #[inline]
    pub(super) fn form(&self) -> Option<&TagForm> {
        Some(&self.shapes.get(self.latest?)?.form)
    }

    /// Reads the start tag at `start` if it has the shape that followed the latest one before.
    #[inline]
    pub(super) fn guess<'a>(
        &mut self,
        text: &'a str,
        start: usize,
        scope: &mut Scope,
        held: &mut impl Hold<'a>,
    ) -> Option<Tag> {
        let number = self.shapes.get(self.latest?)?.next?;
        let tag = self.shapes.get(number)?.read(text, start, scope, held)?;
        self.hit(number);
        Some(tag)
    }

    /// Reads the start tag at `start` if it has a shape that is known for its name.
    pub(super) fn find<'a>(
        &mut self,
        text: &'a str,
        start: usize,
        name_end: usize,
        scope: &mut Scope,
        held: &mut impl Hold<'a>,
    ) -> Option<Tag> {
        if self.credit == 0 || self.index.is_empty() {
            return None;
        }
        self.credit -= 1;
        let hash = hash(text.as_bytes(), start + 1, name_end);
        for place in places(hash) {
            let slot = self.index.get(place)?;
            if slot.sighted != hash {
                continue;
            }
            let Some(number) = slot.shape else { continue };
            let shape = self.shapes.get_mut(number)?;
            if let Some(tag) = shape.read(text, start, scope, held) {
                shape.misses = 0;
                self.follow(Some(number));
                self.hit(number);
                return Some(tag);
            }
            shape.misses = shape.misses.saturating_add(1);
        }
        None
    }

    /// Takes in a start tag that was read in full.
    pub(super) fn learn(
        &mut self,
        text: &str,
        start: usize,
        tag: &Tag,
        scope: &Scope,
        held: &Held<'_>,
    ) {
        if self.credit == 0 {
            self.latest = None;
            return;
        }
        if self.index.is_empty() {
            self.read += 1;
            if self.read >= WARM {
                self.index = vec![Slot { sighted: 0, shape: None }; SLOTS];
            }
            return;
        }
        let number = self.place(text, start, tag, scope, held);
        self.follow(number);
        self.latest = number;
    }

    /// Puts the shape of the tag into the index if its name was sighted there before.
    fn place(
        &mut self,
        text: &str,
        start: usize,
        tag: &Tag,
        scope: &Scope,
        held: &Held<'_>,
    ) -> Option<usize> {
        let hash = hash(text.as_bytes(), start + 1, start + 1 + tag.name.length());
        for place in places(hash) {
            let slot = self.index.get_mut(place)?;
            let stale = slot.shape.filter(|number| {
                self.shapes.get(*number).is_some_and(|shape| shape.misses >= STALE)
            });
            match slot.shape {
                None if slot.sighted != hash => {
                    slot.sighted = hash;
                    return None;
                }
                None => {
                    let shape = Shape::of(text, start, tag, scope, held)?;
                    slot.shape = Some(self.shapes.len());
                    self.shapes.push(shape);
                    return slot.shape;
                }
                Some(number) if stale.is_some() => {
                    let shape = Shape::of(text, start, tag, scope, held)?;
                    slot.sighted = hash;
                    *self.shapes.get_mut(number)? = shape;
                    return Some(number);
                }
                Some(_) => {}
            }
        }
        None
    }

    fn follow(&mut self, next: Option<usize>) {
        if let Some(latest) = self.latest.and_then(|latest| self.shapes.get_mut(latest)) {
            latest.next = next;
        }
    }

    #[inline]
    fn hit(&mut self, number: usize) {
        self.latest = Some(number);
        self.credit = (self.credit + 2).min(2 * CREDIT);
        self.recognised += 1;
    }
}

impl Shape {
    /// The shape of a tag, unless it is too large to be kept.
    fn of(text: &str, start: usize, tag: &Tag, scope: &Scope, held: &Held<'_>) -> Option<Self> {
        let source = text.as_bytes();
        let Held { attributes, declarations } = held;
        let values: usize = attributes.iter().map(|attribute| attribute.raw.len()).sum();
        let octets = (tag.end - start).saturating_sub(values);
        if octets > MOST_OCTETS || attributes.len().max(declarations.len()) > MOST_PARTS {
            return None;
        }
        let mut literals = Vec::with_capacity(octets + PADDING.len());
        let mut take = |literal: Range<usize>| {
            let taken = literals.len();
            literals.extend_from_slice(source.get(literal)?);
            Some(taken..literals.len())
        };
        let mut pieces: Vec<Piece> = Vec::with_capacity(attributes.len());
        let mut declared = Vec::with_capacity(declarations.len());
        let mut waiting = declarations.iter().peekable();
        let mut declare = |piece: usize, literal: &Range<usize>| {
            while let Some(declaration) =
                waiting.next_if(|next| literal.contains(&next.range.start))
            {
                let NamespaceDeclaration { prefix, namespace, raw, range } = declaration;
                declared.push(Declared {
                    place: scope.place(prefix)?,
                    namespace: *namespace,
                    prefix: prefix.len(),
                    raw: raw.len(),
                    piece,
                    offset: range.start - literal.start..range.end - literal.start,
                });
            }
            Some(())
        };
        let mut at = start;
        for attribute in attributes {
            let Attribute { name, raw, range } = attribute;
            let closing = range.end - 1;
            let literal = at..closing - raw.len();
            declare(pieces.len(), &literal)?;
            pieces.push(Piece {
                name_offset: range.start - at,
                literal: take(literal)?,
                name: Spelt::of(name),
                quote: *source.get(closing)?,
            });
            at = closing;
        }
        declare(pieces.len(), &(at..tag.end))?;
        let tail = take(at..tag.end)?;
        literals.extend_from_slice(&PADDING);
        let prefixed = attributes.iter().map(|attribute| attribute.name);
        let prefixed = prefixed.filter(|name| !name.prefix.is_empty());
        let mut needs = Vec::new();
        for name in core::iter::once(tag.name.read(text, start + 1)).chain(prefixed) {
            let need = (scope.place(name.prefix)?, name.namespace);
            if declared.iter().all(|own| own.place != need.0) && !needs.contains(&need) {
                needs.push(need);
            }
        }
        Some(Self {
            literals,
            name: tag.name,
            pieces,
            tail,
            empty: tag.empty,
            declarations: declared,
            needs,
            form: TagForm::of(text, start, tag, scope, held)?,
            next: None,
            misses: 0,
        })
    }

    /// Reads the start tag at `start` if it has this shape. If it has not, some attributes may
    /// have been appended all the same.
    #[inline]
    fn read<'a>(
        &self,
        text: &'a str,
        start: usize,
        scope: &mut Scope,
        held: &mut impl Hold<'a>,
    ) -> Option<Tag> {
        let source = text.as_bytes();
        let mut at = start;
        held.clear();
        for piece in &self.pieces {
            if !wide::repeats(source, at, &self.literals, &piece.literal) {
                return None;
            }
            let opened = at + piece.literal.len();
            let closed = value_end(source, opened, piece.quote)?;
            held.attribute(text, at + piece.name_offset, piece.name, opened..closed)?;
            at = closed;
        }
        let as_before = |(place, namespace): &(usize, NamespaceId)| scope.is(*place, *namespace);
        if !wide::repeats(source, at, &self.literals, &self.tail)
            || !self.needs.iter().all(as_before)
        {
            return None;
        }
        if !self.declarations.is_empty() {
            self.declare(scope)?;
            for declared in &self.declarations {
                held.declaration(text, start, declared)?;
            }
        }
        Some(Tag { name: self.name, end: at + self.tail.len(), empty: self.empty })
    }

    /// Takes the declarations into the scope, if there is room for all of them.
    fn declare(&self, scope: &mut Scope) -> Option<()> {
        let mut all = self.declarations.iter();
        if !scope.has_room(self.declarations.len())
            || !all.all(|declared| scope.meet(declared.place, declared.namespace))
        {
            return None;
        }
        for declared in &self.declarations {
            scope.declare_again(declared.place, declared.namespace);
        }
        Some(())
    }
}

/// So that the last literal can be looked at by whole words.
const PADDING: [u8; 8] = [0; 8];

/// Where the value ends that begins at `start`, if it is well-formed.
#[inline]
fn value_end(source: &[u8], start: usize, quote: u8) -> Option<usize> {
    let needles = Needles::value(quote);
    let mut at = start;
    loop {
        let found = needles.find(source, at)?;
        match source.get(found) {
            Some(b'&') => at = references::read(source, found).ok()?.1,
            Some(b'<') => return None,
            _ => return Some(found),
        }
    }
}

/// A hash of a name, never 0. Names that collide share their two places, no more: the document
/// can make its own reading slower, by no more than the reading in full costs.
fn hash(source: &[u8], start: usize, end: usize) -> u64 {
    let length = end - start;
    let first = wide::key(source, start, length);
    let last = wide::key(source, end.saturating_sub(8).max(start), length);
    let mixed = (first ^ last.rotate_left(29)).wrapping_add(length as u64);
    mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1
}

fn places(hash: u64) -> [usize; 2] {
    let place = (hash >> 40) as usize % SLOTS;
    [place, place ^ 1]
}
