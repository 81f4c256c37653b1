//! Which declarations the output holds where it now ends.

use crate::xml::NamespaceId;

/// For each prefix, by its number in the scanner, the declaration that is in force in the output.
///
/// A declaration writes the one before it into a log; the end of its element takes it back. So an
/// element that declares nothing costs one comparison, however many are in force.
#[derive(Debug)]
pub(super) struct Rendered {
    /// `None` where there was none. Without a declaration the default namespace is none.
    in_force: Vec<Option<NamespaceId>>,
    log: Vec<Before>,
}

#[derive(Debug)]
struct Before {
    /// How many elements of the output were open, the declaring one included.
    depth: usize,
    place: usize,
    namespace: Option<NamespaceId>,
}

impl Rendered {
    pub(super) fn new() -> Self {
        Self { in_force: vec![Some(NamespaceId::NONE)], log: Vec::new() }
    }

    /// Whether the output says that the prefix at `place` stands for `namespace`.
    #[inline]
    pub(super) fn is(&self, place: usize, namespace: NamespaceId) -> bool {
        self.in_force.get(place) == Some(&Some(namespace))
    }

    /// Takes in that the element at `depth` declares the prefix at `place`.
    pub(super) fn declare(&mut self, place: usize, namespace: NamespaceId, depth: usize) {
        if self.in_force.len() <= place {
            self.in_force.resize(place + 1, None);
        }
        if let Some(in_force) = self.in_force.get_mut(place) {
            self.log.push(Before { depth, place, namespace: *in_force });
            *in_force = Some(namespace);
        }
    }

    /// Takes back what the element at `depth` declared.
    #[inline]
    pub(super) fn leave(&mut self, depth: usize) {
        while let Some(before) = self.log.pop_if(|before| before.depth >= depth) {
            if let Some(in_force) = self.in_force.get_mut(before.place) {
                *in_force = before.namespace;
            }
        }
    }
}
