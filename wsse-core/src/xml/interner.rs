//! Strings as small numbers.

use core::ops::Range;

/// Strings that were met, each once, numbered in the order in which they came.
///
/// They lie end to end in one piece of memory, so a string costs no allocation of its own. The
/// search is by bisection: the document chooses the strings, and nobody can make it slow.
#[derive(Clone, Debug)]
pub(super) struct Interner {
    text: String,
    /// Where each string ends; it begins where the one before it ends.
    ends: Vec<usize>,
    /// The numbers, ordered by the lengths of their strings, and by the strings.
    sorted: Vec<usize>,
}

impl Interner {
    /// Nothing, with room for so many strings of so many octets.
    pub(super) fn with_room(strings: usize, octets: usize) -> Self {
        Self {
            text: String::with_capacity(strings * octets),
            ends: Vec::with_capacity(strings),
            sorted: Vec::with_capacity(strings),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Octets of all strings together.
    pub(super) fn octets(&self) -> usize {
        self.text.len()
    }

    /// The string of a number; empty for a number that has none.
    pub(super) fn get(&self, number: usize) -> &str {
        self.text.get(self.range(number)).unwrap_or_default()
    }

    /// The number of a string that was met before.
    pub(super) fn find(&self, string: &str) -> Option<usize> {
        self.search(string).ok().and_then(|found| self.sorted.get(found).copied())
    }

    /// Takes in a string that was not met before; its number is the length until then.
    pub(super) fn add(&mut self, string: &str) {
        if let Err(place) = self.search(string) {
            self.sorted.insert(place, self.ends.len());
            self.text.push_str(string);
            self.ends.push(self.text.len());
        }
    }

    fn range(&self, number: usize) -> Range<usize> {
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = start.copied().unwrap_or(0);
        start..self.ends.get(number).copied().unwrap_or(start)
    }

    fn search(&self, string: &str) -> Result<usize, usize> {
        self.sorted.binary_search_by(|number| {
            let range = self.range(*number);
            let length = range.len().cmp(&string.len());
            length.then_with(|| self.text.as_bytes().get(range).cmp(&Some(string.as_bytes())))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_string_has_one_number_in_the_order_of_coming() {
        let mut interner = Interner::with_room(2, 8);
        let strings = ["m", "", "z", "a", "ma", "é"];
        for (number, string) in strings.iter().enumerate() {
            assert_eq!(interner.find(string), None);
            interner.add(string);
            interner.add(string);
            assert_eq!(interner.len(), number + 1);
        }
        for (number, string) in strings.iter().enumerate() {
            assert_eq!(interner.find(string), Some(number));
            assert_eq!(interner.get(number), *string);
        }
        assert_eq!((interner.find("mb"), interner.get(6), interner.octets()), (None, "", 7));
    }
}
