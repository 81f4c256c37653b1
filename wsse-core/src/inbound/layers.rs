//! The layers of a message: what came in, and what it becomes where parts of it are decrypted.
//!
//! Everything that is established in one layer is kept in the coordinates of the last one.

use super::coverage::Signed;
use crate::crypto::LegacySet;
use crate::replay::ReplayKey;
use crate::xmlenc::Plaintext;
use core::ops::Range;

/// Layers of one message at most: what is encrypted, and encrypted again, and once more.
pub(super) const MOST_LAYERS: usize = 4;

/// What a layer has in place of octets of the one before.
#[derive(Clone, Debug)]
pub(super) struct Replacement {
    /// What is replaced: an EncryptedData, or the EncryptedHeader around it.
    pub(super) old: Range<usize>,
    /// The EncryptedData.
    pub(super) data: Range<usize>,
    /// The plaintext, in the new layer.
    pub(super) new: Range<usize>,
}

/// All replacements between two layers, in the order of the document, none in another.
#[derive(Clone, Debug, Default)]
pub(super) struct Moves(pub(super) Vec<Replacement>);

/// Part of a message that was decrypted.
#[derive(Clone, Debug)]
pub(super) struct Decrypted {
    /// The plaintext, in the last layer.
    pub(super) range: Range<usize>,
    /// Whether it is the content of an element, and not one itself.
    pub(super) content: bool,
}

/// What the layers before have established.
#[derive(Default)]
pub(super) struct Carried {
    /// How many layers there were.
    pub(super) layers: usize,
    /// The Signatures that hold.
    pub(super) signatures: Vec<(Signed, ReplayKey)>,
    /// What was decrypted.
    pub(super) decrypted: Vec<Decrypted>,
    /// What was decrypted in the layer before, and is to be looked at in this one.
    pub(super) plaintexts: Vec<Plaintext>,
    /// Where the elements of the Security header stand that are dealt with.
    pub(super) done: Vec<Range<usize>>,
    /// What the encryption needs to be allowed by name.
    pub(super) legacy: LegacySet,
    /// Whether something was decrypted that nothing authenticates: then no refusal may tell more than
    /// that decryption failed.
    pub(super) silent: bool,
}

impl Moves {
    /// Where something stands in the new layer; None for what is inside of what was replaced. What
    /// encloses an EncryptedData encloses the plaintext.
    pub(super) fn range(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let (mut start, mut end) = (range.start, range.end);
        let mut shift = |old: &Range<usize>, new: &Range<usize>, at_start: bool| {
            let by = |at: usize| (at + new.len()).saturating_sub(old.len());
            end = by(end);
            if at_start {
                start = by(start);
            }
        };
        for Replacement { old, data, new } in &self.0 {
            if old.end <= range.start {
                shift(old, new, true);
            } else if range.start <= old.start && old.end <= range.end && *range != *old {
                shift(old, new, false);
            } else if range.start < old.end && old.start < range.end {
                let holds_data = range.start <= data.start && data.end <= range.end;
                return holds_data.then(|| new.clone());
            }
        }
        Some(start..end)
    }
}

impl Carried {
    /// The same in the coordinates of the next layer.
    pub(super) fn moved(mut self, moves: &Moves) -> Self {
        for (signed, _) in &mut self.signatures {
            signed.moved(moves);
        }
        self.decrypted
            .retain_mut(|part| moves.range(&part.range).map(|new| part.range = new).is_some());
        self.done.retain_mut(|done| moves.range(done).map(|new| *done = new).is_some());
        self
    }
}

impl Signed {
    fn moved(&mut self, moves: &Moves) {
        let gone = usize::MAX..usize::MAX;
        self.range = moves.range(&self.range).unwrap_or(gone);
        self.token = self.token.as_ref().and_then(|token| moves.range(token));
        self.references.retain_mut(|reference| {
            reference.without = reference.without.as_ref().and_then(|hole| moves.range(hole));
            moves.range(&reference.range).map(|new| reference.range = new).is_some()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moves() -> Moves {
        // 0123456789abcdefghij with 4..8 -> 3 octets (an EncryptedHeader around 5..7), 10..12 -> 6.
        Moves(vec![
            Replacement { old: 4..8, data: 5..7, new: 4..7 },
            Replacement { old: 10..12, data: 10..12, new: 9..15 },
        ])
    }

    #[test]
    fn what_encloses_grows_and_what_follows_is_shifted() {
        let moves = moves();
        assert_eq!(moves.range(&(0..3)), Some(0..3));
        assert_eq!(moves.range(&(0..20)), Some(0..23));
        assert_eq!(moves.range(&(3..9)), Some(3..8));
        assert_eq!(moves.range(&(8..10)), Some(7..9));
        assert_eq!(moves.range(&(12..20)), Some(15..23));
        assert_eq!(moves.range(&(9..13)), Some(8..16));
    }

    #[test]
    fn an_encrypted_data_becomes_its_plaintext_and_what_is_in_it_is_gone() {
        let moves = moves();
        assert_eq!(moves.range(&(10..12)), Some(9..15));
        assert_eq!(moves.range(&(4..8)), Some(4..7));
        assert_eq!(moves.range(&(5..7)), Some(4..7));
        assert_eq!(moves.range(&(5..6)), None);
        assert_eq!(moves.range(&(10..11)), None);
    }
}
