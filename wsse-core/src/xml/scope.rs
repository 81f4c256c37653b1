//! Which prefix stands for which namespace (Namespaces in XML 1.0, sections 2, 3 and 6).
//!
//! Prefixes and namespace names become small numbers when they are first declared. Each prefix
//! has one current meaning; a declaration writes the meaning before it into a log, and the end of
//! the element takes back what was written since its start. So an element that declares nothing
//! costs nothing, however many declarations are in scope.
//!
//! The numbers may outlive a document ([`super::ScannerMemory`]). What counts, the meanings and
//! how many different ones there were, begins anew with each.

use super::interner::Interner;
use super::limits::Limits;
use super::names::{KNOWN, NamespaceId, excerpt};
use super::references::attribute_value;
use super::wide;
use crate::error::{Cause, Error};

#[derive(Debug)]
pub(super) struct Scope {
    /// The namespace names that are not [`KNOWN`], in the order of their numbers.
    names: Interner,
    /// The document that declared each of those names last.
    names_met: Vec<u64>,
    /// The prefixes that are not always there, in the order of their places.
    prefix_names: Interner,
    prefixes: Vec<Prefix>,
    /// Where a prefix of at most eight octets was found last, by a hash of its key.
    recent: Box<[(u64, usize); RECENT]>,
    log: Vec<Undo>,
    /// The number of the document.
    document: u64,
    /// How many different namespace names and prefixes it declared.
    distinct_names: usize,
    distinct_prefixes: usize,
    declarations_limit: usize,
    distinct_limit: usize,
}

#[derive(Debug)]
struct Prefix {
    namespace: NamespaceId,
    /// The length of the log behind the declaration that holds now, 0 if there was none.
    declared: usize,
    /// The document that declared it last.
    met: u64,
}

#[derive(Debug)]
struct Undo {
    place: usize,
    namespace: NamespaceId,
    declared: usize,
}

/// The meaning of a prefix that is not declared here.
const UNDECLARED: NamespaceId = NamespaceId(u32::MAX);

/// Places of the prefixes that are always there.
const DEFAULT: usize = 0;
const XML: usize = 1;
const XMLNS: usize = 2;
/// How many these are.
const ALWAYS: usize = 3;

const RECENT: usize = 32;

/// What is kept for the next document at most: numbers of either kind, and octets of all.
const KEPT: usize = 256;
const KEPT_OCTETS: usize = 1 << 15;

impl Scope {
    pub(super) fn new() -> Self {
        let prefix = |namespace| Prefix { namespace, declared: 0, met: u64::MAX };
        let mut prefixes = Vec::with_capacity(16);
        prefixes.extend([NamespaceId::NONE, NamespaceId::XML, NamespaceId::XMLNS].map(prefix));
        Self {
            names: Interner::with_room(8, 40),
            names_met: Vec::with_capacity(8),
            prefix_names: Interner::with_room(8, 8),
            prefixes,
            recent: Box::new([(0, 0); RECENT]),
            log: Vec::with_capacity(16),
            document: 0,
            distinct_names: 0,
            distinct_prefixes: 0,
            declarations_limit: 0,
            distinct_limit: 0,
        }
    }

    /// Forgets what the document before declared, but for the numbers.
    pub(super) fn begin(&mut self, limits: &Limits) {
        self.undo(0);
        self.document += 1;
        self.distinct_names = 0;
        self.distinct_prefixes = 0;
        self.declarations_limit = limits.namespaces;
        self.distinct_limit = limits.distinct_namespaces;
    }

    /// Whether it is little enough to be kept.
    pub(super) fn is_small(&self) -> bool {
        [&self.names, &self.prefix_names]
            .iter()
            .all(|interner| interner.len() <= KEPT && interner.octets() <= KEPT_OCTETS)
    }

    /// Octets of all names and prefixes.
    pub(super) fn octets(&self) -> usize {
        self.names.octets() + self.prefix_names.octets()
    }

    /// What to hand to [`Self::undo`] to come back to the scope as it is now.
    pub(super) fn mark(&self) -> usize {
        self.log.len()
    }

    /// Forgets the declarations since `mark`.
    #[inline]
    pub(super) fn undo(&mut self, mark: usize) {
        while self.log.len() > mark {
            let Some(undo) = self.log.pop() else { return };
            if let Some(prefix) = self.prefixes.get_mut(undo.place) {
                prefix.namespace = undo.namespace;
                prefix.declared = undo.declared;
            }
        }
    }

    /// Takes a declaration of the element that began at `mark` into the scope.
    pub(super) fn declare(
        &mut self,
        prefix: &str,
        raw: &str,
        mark: usize,
    ) -> Result<NamespaceId, Error> {
        let namespace = self.number(&attribute_value(raw))?;
        check_declaration(prefix, namespace)?;
        let place = self.place_of_declared(prefix)?;
        if self.prefixes.get(place).is_some_and(|entry| entry.declared > mark) {
            let attribute = if prefix.is_empty() { "xmlns" } else { "xmlns:" };
            return Err(Error::new(
                Cause::DuplicateAttribute,
                format!("`{attribute}{}` stands twice in this start tag", excerpt(prefix)),
            ));
        }
        if !self.has_room(1) {
            return Err(Error::new(
                Cause::NamespaceCount,
                format!("more than {} namespace declarations in scope", self.declarations_limit),
            ));
        }
        self.declare_again(place, namespace);
        Ok(namespace)
    }

    /// Whether `count` more declarations may be in scope.
    #[inline]
    pub(super) fn has_room(&self, count: usize) -> bool {
        count <= self.declarations_limit.saturating_sub(self.log.len())
    }

    /// Whether the document may declare the prefix at `place` for `namespace`, which were declared
    /// for each other before, perhaps in another document. It is counted as declared.
    #[inline]
    pub(super) fn meet(&mut self, place: usize, namespace: NamespaceId) -> bool {
        (self.is_known(namespace) || self.meet_name(namespace)) && self.meet_prefix(place)
    }

    /// Takes a declaration into the scope that was checked when it stood in an earlier element.
    /// There must be room for it.
    #[inline]
    pub(super) fn declare_again(&mut self, place: usize, namespace: NamespaceId) {
        let Some(entry) = self.prefixes.get_mut(place) else { return };
        self.log.push(Undo { place, namespace: entry.namespace, declared: entry.declared });
        entry.namespace = namespace;
        entry.declared = self.log.len();
    }

    /// The namespace of names without prefix.
    #[inline]
    pub(super) fn default_namespace(&self) -> NamespaceId {
        self.prefixes.get(DEFAULT).map_or(NamespaceId::NONE, |prefix| prefix.namespace)
    }

    /// The namespace of the prefix of `length` octets that begins at `start`, if it is declared.
    #[inline]
    pub(super) fn look_up(
        &mut self,
        text: &str,
        start: usize,
        length: usize,
    ) -> Option<NamespaceId> {
        let key = wide::key(text.as_bytes(), start, length);
        let slot = slot(key);
        let place = match self.recent.get(slot) {
            Some(&(recent, place)) if recent == key && length <= 8 => place,
            _ => {
                let place = self.place(text.get(start..start + length)?)?;
                if length <= 8 {
                    self.recent[slot] = (key, place);
                }
                place
            }
        };
        let namespace = self.prefixes.get(place)?.namespace;
        (namespace != UNDECLARED).then_some(namespace)
    }

    /// The place of the prefix that [`Self::look_up`] was asked for before.
    #[inline]
    pub(super) fn place_at(&self, text: &str, start: usize, length: usize) -> Option<usize> {
        if length == 0 {
            return Some(DEFAULT);
        }
        let key = wide::key(text.as_bytes(), start, length);
        match self.recent.get(slot(key)) {
            Some(&(recent, place)) if recent == key && length <= 8 => Some(place),
            _ => self.place(text.get(start..start + length)?),
        }
    }

    /// What the prefix at `place` stands for, if it is declared.
    pub(super) fn meaning(&self, place: usize) -> Option<NamespaceId> {
        let namespace = self.prefixes.get(place)?.namespace;
        (namespace != UNDECLARED).then_some(namespace)
    }

    /// The place of a prefix that was ever declared, for [`Self::is`].
    pub(super) fn place(&self, prefix: &str) -> Option<usize> {
        match prefix {
            "" => Some(DEFAULT),
            "xml" => Some(XML),
            "xmlns" => Some(XMLNS),
            _ => self.prefix_names.find(prefix).map(|number| number + ALWAYS),
        }
    }

    /// Whether the prefix at `place` stands for `namespace` now.
    #[inline]
    pub(super) fn is(&self, place: usize, namespace: NamespaceId) -> bool {
        self.prefixes.get(place).is_some_and(|prefix| prefix.namespace == namespace)
    }

    pub(super) fn resolve(&self, prefix: &str) -> Option<NamespaceId> {
        self.meaning(self.place(prefix)?)
    }

    pub(super) fn name(&self, id: NamespaceId) -> &str {
        let Ok(number) = usize::try_from(id.0) else { return "" };
        match KNOWN.get(number) {
            Some(name) => name,
            None => self.names.get(number - KNOWN.len()),
        }
    }

    /// The prefixes that are declared, in no particular order, and what they stand for.
    pub(super) fn in_scope(&self) -> impl Iterator<Item = (&str, NamespaceId)> {
        self.places_in_scope().map(|(place, namespace)| (self.prefix(place), namespace))
    }

    /// The same by the places of the prefixes.
    pub(super) fn places_in_scope(&self) -> impl Iterator<Item = (usize, NamespaceId)> {
        let declared = |(place, prefix): &(usize, &Prefix)| {
            prefix.declared > 0 && prefix.namespace != NamespaceId::NONE && *place != XML
        };
        let prefixes = self.prefixes.iter().enumerate().filter(declared);
        prefixes.map(|(place, prefix)| (place, prefix.namespace))
    }

    /// The prefix at a place.
    pub(super) fn prefix(&self, place: usize) -> &str {
        match place {
            DEFAULT => "",
            XML => "xml",
            XMLNS => "xmlns",
            _ => self.prefix_names.get(place - ALWAYS),
        }
    }

    fn number(&mut self, name: &str) -> Result<NamespaceId, Error> {
        // There are a dozen of them, nearly all of different lengths.
        if let Some((number, _)) = (0..).zip(KNOWN).find(|(_, known)| **known == name) {
            return Ok(NamespaceId(number));
        }
        let number = self.names.find(name).unwrap_or(self.names.len());
        let id = u32::try_from(KNOWN.len() + number).ok().map(NamespaceId);
        let id = id.filter(|id| *id != UNDECLARED);
        let id = id.ok_or_else(|| self.too_many_distinct("namespace names"))?;
        if !self.meet_name(id) {
            return Err(self.too_many_distinct("namespace names"));
        }
        if number == self.names.len() {
            self.names.add(name);
            self.names_met.push(self.document);
        }
        Ok(id)
    }

    fn place_of_declared(&mut self, prefix: &str) -> Result<usize, Error> {
        let place = self.place(prefix).unwrap_or(self.prefixes.len());
        if !self.meet_prefix(place) {
            return Err(self.too_many_distinct("prefixes"));
        }
        if place == self.prefixes.len() {
            self.prefix_names.add(prefix);
            let met = self.document;
            self.prefixes.push(Prefix { namespace: UNDECLARED, declared: 0, met });
        }
        Ok(place)
    }

    fn is_known(&self, namespace: NamespaceId) -> bool {
        usize::try_from(namespace.0).is_ok_and(|number| number < KNOWN.len())
    }

    /// Counts a namespace name that is not [`KNOWN`] and perhaps new, if it may be declared.
    #[inline]
    fn meet_name(&mut self, namespace: NamespaceId) -> bool {
        let number = usize::try_from(namespace.0).unwrap_or(usize::MAX);
        let met = number.checked_sub(KNOWN.len()).and_then(|number| self.names_met.get_mut(number));
        match met {
            Some(met) if *met == self.document => return true,
            _ if self.distinct_names >= self.distinct_limit => return false,
            Some(met) => *met = self.document,
            None => {}
        }
        self.distinct_names += 1;
        true
    }

    /// Counts a prefix that is perhaps new, if it may be declared.
    #[inline]
    fn meet_prefix(&mut self, place: usize) -> bool {
        match self.prefixes.get_mut(place) {
            Some(prefix) if prefix.met == self.document || place < ALWAYS => return true,
            _ if self.distinct_prefixes >= self.distinct_limit => return false,
            Some(prefix) => prefix.met = self.document,
            None => {}
        }
        self.distinct_prefixes += 1;
        true
    }

    fn too_many_distinct(&self, what: &str) -> Error {
        let reason = format!("more than {} different {what} in the document", self.distinct_limit);
        Error::new(Cause::NamespaceCount, reason)
    }
}

/// The constraints of sections 2.2 and 3 on what may be declared.
fn check_declaration(prefix: &str, namespace: NamespaceId) -> Result<(), Error> {
    let refused = match (prefix, namespace) {
        ("xml", NamespaceId::XML) => return Ok(()),
        ("xml", _) => "the prefix xml stands for its own namespace, it can't be declared anew",
        ("xmlns", _) => "the prefix xmlns can't be declared",
        (_, NamespaceId::XML) => "only the prefix xml may stand for the namespace of xml",
        (_, NamespaceId::XMLNS) => "nothing may stand for the namespace of xmlns",
        ("", NamespaceId::NONE) => return Ok(()),
        (_, NamespaceId::NONE) => "a prefix can't be undeclared: its namespace name is empty",
        _ => return Ok(()),
    };
    Err(Error::new(Cause::InvalidNamespaceDeclaration, refused))
}

#[inline]
fn slot(key: u64) -> usize {
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    (key.wrapping_mul(SPREAD) >> 32) as usize % RECENT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Scope {
        let mut scope = Scope::new();
        scope.begin(&Limits::default());
        scope
    }

    #[test]
    fn numbers_outlive_a_document_and_nothing_else_does() {
        let limits = Limits { distinct_namespaces: 2, ..Limits::default() };
        let mut scope = Scope::new();
        scope.begin(&limits);
        let one = scope.declare("p", "urn:1", 0).unwrap();
        let two = scope.declare("q", "urn:2", 0).unwrap();
        let error = scope.declare("q", "urn:3", scope.mark()).unwrap_err();
        assert_eq!(error.cause(), Cause::NamespaceCount);
        scope.begin(&limits);
        assert_eq!((scope.resolve("p"), scope.in_scope().count()), (None, 0));
        assert!(scope.meet(scope.place("q").unwrap(), two));
        assert!(scope.meet(scope.place("q").unwrap(), two));
        assert_eq!(scope.declare("r", "urn:3", 0).unwrap(), NamespaceId(two.0 + 1));
        // Both are at their limit in this document, known from the one before or not.
        assert!(!scope.meet(scope.place("q").unwrap(), one));
        assert!(!scope.meet(scope.place("p").unwrap(), two));
        for (prefix, name) in [("q", "urn:1"), ("p", "urn:2"), ("q", "urn:4"), ("s", "urn:2")] {
            let error = scope.declare(prefix, name, scope.mark()).unwrap_err();
            assert_eq!(error.cause(), Cause::NamespaceCount, "{prefix} {name}");
        }
        assert!(scope.declare("", "", scope.mark()).is_ok());
        assert!(scope.is_small());
    }

    #[test]
    fn declarations_hold_until_they_are_undone() {
        let mut scope = begun();
        let outer = scope.mark();
        let one = scope.declare("p", "urn:1", outer).unwrap();
        assert_eq!(scope.declare("", "urn:1", outer).unwrap(), one);
        let inner = scope.mark();
        let two = scope.declare("p", "urn:2", inner).unwrap();
        assert_eq!(scope.declare("", "", inner).unwrap(), NamespaceId::NONE);
        assert_eq!(scope.look_up("<p:x/>....", 1, 1), Some(two));
        assert_eq!(scope.resolve(""), Some(NamespaceId::NONE));
        assert_eq!(scope.in_scope().collect::<Vec<_>>(), [("p", two)]);
        scope.undo(inner);
        assert_eq!(scope.look_up("<p:x/>....", 1, 1), Some(one));
        assert_eq!(scope.default_namespace(), one);
        assert_eq!(scope.in_scope().collect::<Vec<_>>(), [("", one), ("p", one)]);
        scope.undo(outer);
        assert_eq!(scope.look_up("<p:x/>....", 1, 1), None);
        assert_eq!(scope.resolve("p"), None);
        assert_eq!(scope.in_scope().count(), 0);
        assert_eq!(scope.resolve("xml"), Some(NamespaceId::XML));
        assert_eq!(scope.resolve("xmlns"), Some(NamespaceId::XMLNS));
    }

    #[test]
    fn known_namespaces_have_their_numbers_and_others_one_each() {
        let mut scope = begun();
        assert_eq!(scope.declare("s", crate::ns::SOAP12, 0).unwrap(), NamespaceId::SOAP12);
        assert_eq!(scope.declare("ds", crate::ns::DS, 0).unwrap(), NamespaceId::DS);
        let id = scope.declare("a", "urn:a&amp;b", 0).unwrap();
        assert_eq!(scope.name(id), "urn:a&b");
        assert_eq!(scope.declare("b", "urn:a&#38;b", 0).unwrap(), id);
        assert_ne!(scope.declare("c", "urn:a&amp;B", 0).unwrap(), id);
        assert_eq!(scope.name(NamespaceId(4711)), "");
    }

    #[test]
    fn long_prefixes_that_begin_alike_are_kept_apart() {
        let text = "abcdefgh abcdefghi abcdefghj";
        let mut scope = begun();
        let [one, two, three] = [("abcdefgh", "1"), ("abcdefghi", "2"), ("abcdefghj", "3")]
            .map(|(prefix, namespace)| scope.declare(prefix, namespace, 0).unwrap());
        for _ in 0..2 {
            assert_eq!(scope.look_up(text, 0, 8), Some(one));
            assert_eq!(scope.look_up(text, 9, 9), Some(two));
            assert_eq!(scope.look_up(text, 19, 9), Some(three));
            assert_eq!(scope.look_up(text, 0, 7), None);
        }
    }
}
