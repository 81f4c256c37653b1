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
//! Whatever is not as expected, errors too, is left to the full reading. Shapes borrow from the
//! document, as all else does: the earlier tag itself is what later ones are compared with.
//!
//! Namespace declarations belong to the shape, values and all: a tag that declares something else
//! is another tag.

use super::event::{Attribute, NamespaceDeclaration};
use super::names::{Name, NamespaceId};
use super::references;
use super::scope::Scope;
use super::tag::Tag;
use super::wide::{self, Needles};
use core::ops::Range;

/// The shapes of one document.
#[derive(Debug)]
pub(super) struct Shapes<'a> {
    shapes: Vec<Shape<'a>>,
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
struct Shape<'a> {
    name: Name<'a>,
    name_length: usize,
    /// What stands before each value, with the attribute that has it.
    pieces: Vec<Piece<'a>>,
    /// From the closing quote of the last value, or from the `<`, to the `>`.
    tail: Range<usize>,
    empty: bool,
    declarations: Vec<Declared<'a>>,
    /// The prefixes that are used and not declared by the tag itself, by their places in the
    /// scope, and what they must stand for.
    needs: Vec<(usize, NamespaceId)>,
    next: Option<usize>,
    /// How often it was not what it was taken for, since it last was.
    misses: u32,
}

#[derive(Debug)]
struct Piece<'a> {
    literal: Range<usize>,
    /// Where the name of the attribute begins, from the start of the literal.
    name_offset: usize,
    name: Name<'a>,
    quote: u8,
}

#[derive(Debug)]
struct Declared<'a> {
    prefix: &'a str,
    place: usize,
    namespace: NamespaceId,
    raw: &'a str,
    /// In which piece it stands, counting the tail as the last, and where in it.
    piece: usize,
    offset: Range<usize>,
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

/// Misses in a row after which a shape gives up its place.
const STALE: u32 = 16;

impl<'a> Shapes<'a> {
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

    /// Start tags that were recognised so far.
    pub(super) fn recognised(&self) -> usize {
        self.recognised
    }

    /// Reads the start tag at `start` if it has the shape that followed the latest one before.
    #[inline]
    pub(super) fn guess(
        &mut self,
        text: &'a str,
        start: usize,
        scope: &mut Scope<'a>,
        attributes: &mut Vec<Attribute<'a>>,
        declarations: &mut Vec<NamespaceDeclaration<'a>>,
    ) -> Option<Tag<'a>> {
        let number = self.shapes.get(self.latest?)?.next?;
        let tag = self.shapes.get(number)?.read(text, start, scope, attributes, declarations)?;
        self.hit(number);
        Some(tag)
    }

    /// Reads the start tag at `start` if it has a shape that is known for its name.
    pub(super) fn find(
        &mut self,
        text: &'a str,
        start: usize,
        name_end: usize,
        scope: &mut Scope<'a>,
        attributes: &mut Vec<Attribute<'a>>,
        declarations: &mut Vec<NamespaceDeclaration<'a>>,
    ) -> Option<Tag<'a>> {
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
            if let Some(tag) = shape.read(text, start, scope, attributes, declarations) {
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
        text: &'a str,
        start: usize,
        tag: &Tag<'a>,
        scope: &Scope<'a>,
        attributes: &[Attribute<'a>],
        declarations: &[NamespaceDeclaration<'a>],
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
        let number = self.place(text, start, tag, scope, attributes, declarations);
        self.follow(number);
        self.latest = number;
    }

    /// Puts the shape of the tag into the index if its name was sighted there before.
    fn place(
        &mut self,
        text: &'a str,
        start: usize,
        tag: &Tag<'a>,
        scope: &Scope<'a>,
        attributes: &[Attribute<'a>],
        declarations: &[NamespaceDeclaration<'a>],
    ) -> Option<usize> {
        let hash = hash(text.as_bytes(), start + 1, tag.name_end);
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
                    let number = self.shapes.len();
                    slot.shape = Some(number);
                    self.shapes.push(Shape::of(text, start, tag, scope, attributes, declarations)?);
                    return Some(number);
                }
                Some(number) if stale.is_some() => {
                    slot.sighted = hash;
                    let shape = self.shapes.get_mut(number)?;
                    *shape = Shape::of(text, start, tag, scope, attributes, declarations)?;
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

impl<'a> Shape<'a> {
    fn of(
        text: &'a str,
        start: usize,
        tag: &Tag<'a>,
        scope: &Scope<'a>,
        attributes: &[Attribute<'a>],
        declarations: &[NamespaceDeclaration<'a>],
    ) -> Option<Self> {
        let mut pieces: Vec<Piece<'a>> = Vec::with_capacity(attributes.len());
        let mut at = start;
        for attribute in attributes {
            let Attribute { name, raw, range } = attribute;
            let closing = range.end - 1;
            let literal = at..closing - raw.len();
            let quote = *text.as_bytes().get(closing)?;
            pieces.push(Piece { literal, name_offset: range.start - at, name: *name, quote });
            at = closing;
        }
        let tail = at..tag.end;
        let mut declared = Vec::with_capacity(declarations.len());
        for NamespaceDeclaration { prefix, namespace, raw, range } in declarations {
            let is_in = |literal: &Range<usize>| literal.contains(&range.start);
            let piece = pieces.iter().position(|piece| is_in(&piece.literal));
            let literal = piece.and_then(|piece| pieces.get(piece)).map(|piece| &piece.literal);
            let start = literal.unwrap_or(&tail).start;
            declared.push(Declared {
                prefix,
                place: scope.place(prefix)?,
                namespace: *namespace,
                raw,
                piece: piece.unwrap_or(pieces.len()),
                offset: range.start - start..range.end - start,
            });
        }
        let prefixed = attributes.iter().map(|attribute| &attribute.name);
        let prefixed = prefixed.filter(|name| !name.prefix.is_empty());
        let mut needs = Vec::new();
        for name in core::iter::once(&tag.name).chain(prefixed) {
            let need = (scope.place(name.prefix)?, name.namespace);
            if declared.iter().all(|own| own.place != need.0) && !needs.contains(&need) {
                needs.push(need);
            }
        }
        Some(Self {
            name: tag.name,
            name_length: tag.name_end - start,
            pieces,
            tail,
            empty: tag.empty,
            declarations: declared,
            needs,
            next: None,
            misses: 0,
        })
    }

    /// Reads the start tag at `start` if it has this shape. If it has not, some attributes may
    /// have been appended all the same.
    #[inline]
    fn read(
        &self,
        text: &'a str,
        start: usize,
        scope: &mut Scope<'a>,
        attributes: &mut Vec<Attribute<'a>>,
        declarations: &mut Vec<NamespaceDeclaration<'a>>,
    ) -> Option<Tag<'a>> {
        let source = text.as_bytes();
        let mut at = start;
        attributes.clear();
        for piece in &self.pieces {
            if !wide::repeats(source, at, &piece.literal) {
                return None;
            }
            let opened = at + piece.literal.len();
            let closed = value_end(source, opened, piece.quote)?;
            attributes.push(Attribute {
                name: piece.name,
                raw: text.get(opened..closed)?,
                range: at + piece.name_offset..closed + 1,
            });
            at = closed;
        }
        let as_before = |(place, namespace): &(usize, NamespaceId)| scope.is(*place, *namespace);
        if !wide::repeats(source, at, &self.tail) || !self.needs.iter().all(as_before) {
            return None;
        }
        if !self.declarations.is_empty() {
            self.declare(start, scope, attributes, declarations)?;
        }
        Some(Tag {
            name: self.name,
            name_end: start + self.name_length,
            end: at + self.tail.len(),
            empty: self.empty,
        })
    }
}

impl<'a> Shape<'a> {
    /// Takes the declarations into the scope, if there is room for all of them.
    fn declare(
        &self,
        start: usize,
        scope: &mut Scope<'a>,
        attributes: &[Attribute<'a>],
        declarations: &mut Vec<NamespaceDeclaration<'a>>,
    ) -> Option<()> {
        if !scope.has_room(self.declarations.len()) {
            return None;
        }
        for declared in &self.declarations {
            // Each piece but the first begins with the quote that ends the value before it.
            let before = declared.piece.checked_sub(1).and_then(|before| attributes.get(before));
            let piece = before.map_or(start, |attribute| attribute.range.end - 1);
            scope.declare_again(declared.place, declared.namespace);
            declarations.push(NamespaceDeclaration {
                prefix: declared.prefix,
                namespace: declared.namespace,
                raw: declared.raw,
                range: piece + declared.offset.start..piece + declared.offset.end,
            });
        }
        Some(())
    }
}

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
