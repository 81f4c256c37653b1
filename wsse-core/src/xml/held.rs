//! What a start tag holds besides its name, for readers who ask and for those who don't.

use super::event::{Attribute, NamespaceDeclaration};
use super::names::{NamespaceId, Spelt};
use core::ops::Range;

/// What a start tag holds.
#[derive(Debug)]
pub(super) struct Held<'a> {
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) declarations: Vec<NamespaceDeclaration<'a>>,
}

/// A namespace declaration of a shape.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) place: usize,
    pub(super) namespace: NamespaceId,
    /// The length of the prefix, and of the value.
    pub(super) prefix: usize,
    pub(super) raw: usize,
    /// In which piece it stands, counting the tail as the last, and where in it.
    pub(super) piece: usize,
    pub(super) offset: Range<usize>,
}

/// What becomes of the parts of a tag that was recognised.
pub(super) trait Hold<'a> {
    /// Forgets what the tag before held.
    fn clear(&mut self);

    /// Takes the attribute whose name begins at `start`, and whose value stands at `value`.
    fn attribute(
        &mut self,
        text: &'a str,
        start: usize,
        name: Spelt,
        value: Range<usize>,
    ) -> Option<()>;

    /// Takes a declaration of the tag that begins at `start`, after all its attributes.
    fn declaration(&mut self, text: &'a str, start: usize, declared: &Declared) -> Option<()>;
}

/// All parts, for a reader who asks for them.
impl<'a> Hold<'a> for Held<'a> {
    #[inline]
    fn clear(&mut self) {
        self.attributes.clear();
        self.declarations.clear();
    }

    #[inline]
    fn attribute(
        &mut self,
        text: &'a str,
        start: usize,
        name: Spelt,
        value: Range<usize>,
    ) -> Option<()> {
        let range = start..value.end + 1;
        let (name, raw) = (name.read(text, start), text.get(value)?);
        self.attributes.push(Attribute { name, raw, range });
        Some(())
    }

    fn declaration(&mut self, text: &'a str, start: usize, declared: &Declared) -> Option<()> {
        // Each piece but the first begins with the quote that ends the value before it.
        let before = declared.piece.checked_sub(1).and_then(|before| self.attributes.get(before));
        let piece = before.map_or(start, |attribute| attribute.range.end - 1);
        let range = piece + declared.offset.start..piece + declared.offset.end;
        let closing = range.end - 1;
        let prefix = range.start + "xmlns:".len();
        self.declarations.push(NamespaceDeclaration {
            prefix: match declared.prefix {
                0 => "",
                length => text.get(prefix..prefix + length)?,
            },
            namespace: declared.namespace,
            raw: text.get(closing - declared.raw..closing)?,
            range,
        });
        Some(())
    }
}

/// Nothing, for a reader who only passes by.
pub(super) struct Nothing;

impl<'a> Hold<'a> for Nothing {
    fn clear(&mut self) {}

    fn attribute(&mut self, _: &'a str, _: usize, _: Spelt, _: Range<usize>) -> Option<()> {
        Some(())
    }

    fn declaration(&mut self, _: &'a str, _: usize, _: &Declared) -> Option<()> {
        Some(())
    }
}

impl Held<'_> {
    /// The allocations.
    pub(super) fn emptied<'b>(self) -> Held<'b> {
        Held { attributes: emptied(self.attributes), declarations: emptied(self.declarations) }
    }
}

/// The allocation of a vector, for elements that borrow from elsewhere: collecting a vector's own
/// elements into one of the same layout reuses it.
fn emptied<T, U>(mut vector: Vec<T>) -> Vec<U> {
    vector.clear();
    vector.into_iter().filter_map(|_| None).collect()
}
