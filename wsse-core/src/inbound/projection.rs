//! What is handed out of a message, in original octets.

use super::coverage::Covered;
use crate::message::{Head, Tail};
use core::ops::Range;

/// Which parts of a message a document is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// All but the Security header that was processed.
    WithoutSecurity,
    /// Those that signatures cover: of the header blocks, and whether the Body is one.
    Covered { blocks: Vec<bool>, body: bool },
}

impl Selection {
    pub(super) fn of_covered(head: &Head<'_>, tail: &Tail<'_>, covered: &Covered<'_>) -> Self {
        let blocks = head.blocks.iter().map(|block| covered.covers(&block.range)).collect();
        Self::Covered { blocks, body: covered.covers(&tail.body) }
    }
}

/// Where something ends whose end was not read yet.
pub(super) const UNKNOWN: usize = usize::MAX;

/// A document that is made of parts of a message.
#[derive(Debug, Default)]
pub(super) struct Projection {
    pieces: Vec<Piece>,
    /// The piece that is the Body, or begins with it, and how far into it the Body begins and ends.
    body: (usize, Range<usize>),
}

#[derive(Debug)]
enum Piece {
    /// Octets of the message.
    Source(Range<usize>),
    /// Others.
    Written(Vec<u8>),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Self::Source(range) => range.len(),
            Self::Written(octets) => octets.len(),
        }
    }

    fn octets<'o>(&'o self, source: &'o [u8]) -> &'o [u8] {
        match self {
            Self::Source(range) => source.get(range.clone()).unwrap_or_default(),
            Self::Written(octets) => octets,
        }
    }
}

impl Projection {
    /// The document of these parts. `source` is the message, or what stands before its Body.
    pub(super) fn of(
        source: &[u8],
        head: &Head<'_>,
        tail: &Tail<'_>,
        selection: &Selection,
    ) -> Self {
        match selection {
            Selection::WithoutSecurity => Self::without_security(head, tail),
            Selection::Covered { blocks, body } => {
                Self::of_covered(source, head, tail, blocks, *body)
            }
        }
    }

    /// The message of the Envelope's start tag, the covered header blocks and the covered Body; where
    /// the Body is not covered, an empty one.
    fn of_covered(
        source: &[u8],
        head: &Head<'_>,
        tail: &Tail<'_>,
        blocks: &[bool],
        body: bool,
    ) -> Self {
        let octets = |range: &Range<usize>| source.get(range.clone()).unwrap_or_default();
        let mut pieces = vec![Piece::Source(head.start_tag.clone())];
        let covered = head.blocks.iter().zip(blocks).filter(|(_, covered)| **covered);
        let mut blocks = covered.map(|(block, _)| block).peekable();
        if blocks.peek().is_some()
            && let Some(header) = &head.header
        {
            pieces.push(Piece::Source(header.start_tag.clone()));
            pieces.extend(blocks.map(|block| Piece::Source(block.range.clone())));
            pieces.push(Piece::Written(end_tag(octets(&header.start_tag))));
        }
        let body = match body {
            true => Piece::Source(tail.body.clone()),
            false => Piece::Written([b"<", name(octets(&head.body_start_tag)), b"/>"].concat()),
        };
        let place = (pieces.len(), 0..body.len());
        pieces.push(body);
        pieces.push(Piece::Written(end_tag(octets(&head.start_tag))));
        Self { pieces, body: place }
    }

    /// The message without the Security header that was processed.
    fn without_security(head: &Head<'_>, tail: &Tail<'_>) -> Self {
        let removed = head.security.as_ref().map(|security| security.outline.root().range());
        let removed = removed.unwrap_or(head.body_start_tag.start..head.body_start_tag.start);
        // The Body stands behind the Header, so behind what was removed.
        let body =
            tail.body.start.saturating_sub(removed.end)..tail.body.end.saturating_sub(removed.end);
        let before = Piece::Source(head.start_tag.start..removed.start);
        Self { pieces: vec![before, Piece::Source(removed.end..tail.end)], body: (1, body) }
    }

    /// The document, and where the Body stands in it.
    pub(super) fn write(&self, source: &[u8]) -> (Vec<u8>, Range<usize>) {
        let mut out = Vec::with_capacity(self.len());
        for piece in &self.pieces {
            out.extend_from_slice(piece.octets(source));
        }
        (out, self.body())
    }

    /// Octets of the document.
    pub(super) fn len(&self) -> usize {
        self.pieces.iter().map(Piece::len).sum()
    }

    /// Where the Body stands in the document.
    pub(super) fn body(&self) -> Range<usize> {
        let (place, within) = &self.body;
        let before: usize = self.pieces.iter().take(*place).map(Piece::len).sum();
        before + within.start..before + within.end
    }

    /// The octets of a document of which not all is known yet: those before the part of the message
    /// whose end is not known, where that begins, and those behind it.
    pub(super) fn around(&self, source: &[u8]) -> (Vec<u8>, Option<usize>, Vec<u8>) {
        let (mut before, mut open, mut behind) = (Vec::new(), None, Vec::new());
        for piece in &self.pieces {
            match (piece, open) {
                (Piece::Source(range), None) if range.end == UNKNOWN => open = Some(range.start),
                (_, None) => before.extend_from_slice(piece.octets(source)),
                (_, Some(_)) => behind.extend_from_slice(piece.octets(source)),
            }
        }
        (before, open, behind)
    }
}

impl Projection {
    /// The same out of octets that nobody else needs: what stays is moved together, where there is
    /// room for it.
    pub(super) fn write_in_place(&self, mut octets: Vec<u8>) -> (Vec<u8>, Range<usize>) {
        if !self.has_room(octets.len()) {
            return self.write(&octets);
        }
        let mut body = 0..0;
        let mut end = 0;
        let (place, within) = &self.body;
        for (index, piece) in self.pieces.iter().enumerate() {
            if index == *place {
                body = end + within.start..end + within.end;
            }
            let behind = end + piece.len();
            match piece {
                Piece::Source(range) => octets.copy_within(range.clone(), end),
                Piece::Written(written) => {
                    if let Some(target) = octets.get_mut(end..behind) {
                        target.copy_from_slice(written);
                    }
                }
            }
            end = behind;
        }
        octets.truncate(end);
        (octets, body)
    }

    /// Whether everything that is in place ends before the next piece of the source begins.
    fn has_room(&self, length: usize) -> bool {
        let mut end = 0;
        for (piece, next) in
            self.pieces.iter().zip(self.pieces.iter().skip(1).map(Some).chain([None]))
        {
            end += piece.len();
            let limit = match next {
                Some(Piece::Source(range)) => range.start,
                Some(Piece::Written(_)) => continue,
                None => length,
            };
            if end > limit {
                return false;
            }
        }
        true
    }
}

/// The qualified name at the start of a start tag.
fn name(start_tag: &[u8]) -> &[u8] {
    let name = start_tag.get(1..).unwrap_or_default();
    let is_end = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>');
    name.get(..name.iter().position(is_end).unwrap_or(name.len())).unwrap_or_default()
}

fn end_tag(start_tag: &[u8]) -> Vec<u8> {
    [b"</", name(start_tag), b">"].concat()
}
