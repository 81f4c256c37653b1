//! Which prefix stands for which namespace (Namespaces in XML 1.0, sections 2, 3 and 6).
//!
//! Prefixes and namespace names become small numbers when they are first declared. Each prefix
//! has one current meaning; a declaration writes the meaning before it into a log, and the end of
//! the element takes back what was written since its start. So an element that declares nothing
//! costs nothing, however many declarations are in scope.

use super::limits::Limits;
use super::names::{KNOWN, NamespaceId, excerpt};
use super::references::attribute_value;
use super::wide;
use crate::error::{Cause, Error};
use std::borrow::Cow;
use std::collections::BTreeMap;

#[derive(Debug)]
pub(super) struct Scope<'a> {
    /// The namespace names that are not [`KNOWN`], in the order of their numbers.
    names: Vec<Cow<'a, str>>,
    /// The numbers of those names. Ordered maps, as the document chooses the keys: nobody can
    /// make them slow.
    numbers: BTreeMap<Cow<'a, str>, NamespaceId>,
    prefixes: Vec<Prefix<'a>>,
    /// The places of the prefixes that are not always there.
    places: BTreeMap<&'a str, usize>,
    /// Where a prefix of at most eight octets was found last, by a hash of its key.
    recent: [(u64, usize); RECENT],
    log: Vec<Undo>,
    declarations_limit: usize,
    distinct_limit: usize,
}

#[derive(Debug)]
struct Prefix<'a> {
    name: &'a str,
    namespace: NamespaceId,
    /// The length of the log behind the declaration that holds now, 0 if there was none.
    declared: usize,
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

const RECENT: usize = 32;

impl<'a> Scope<'a> {
    pub(super) fn new(limits: &Limits) -> Self {
        let prefix = |name, namespace| Prefix { name, namespace, declared: 0 };
        let mut prefixes = Vec::with_capacity(16);
        prefixes.push(prefix("", NamespaceId::NONE));
        prefixes.push(prefix("xml", NamespaceId::XML));
        prefixes.push(prefix("xmlns", NamespaceId::XMLNS));
        Self {
            names: Vec::with_capacity(16),
            numbers: BTreeMap::new(),
            prefixes,
            places: BTreeMap::new(),
            recent: [(0, 0); RECENT],
            log: Vec::with_capacity(16),
            declarations_limit: limits.namespaces,
            distinct_limit: limits.distinct_namespaces,
        }
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
        prefix: &'a str,
        raw: &'a str,
        mark: usize,
    ) -> Result<NamespaceId, Error> {
        let namespace = self.number(attribute_value(raw))?;
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
        text: &'a str,
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

    /// The place of a prefix that was ever declared, for [`Self::is`].
    pub(super) fn place(&self, prefix: &str) -> Option<usize> {
        match prefix {
            "" => Some(DEFAULT),
            "xml" => Some(XML),
            "xmlns" => Some(XMLNS),
            _ => self.places.get(prefix).copied(),
        }
    }

    /// Whether the prefix at `place` stands for `namespace` now.
    #[inline]
    pub(super) fn is(&self, place: usize, namespace: NamespaceId) -> bool {
        self.prefixes.get(place).is_some_and(|prefix| prefix.namespace == namespace)
    }

    pub(super) fn resolve(&self, prefix: &str) -> Option<NamespaceId> {
        let namespace = self.prefixes.get(self.place(prefix)?)?.namespace;
        (namespace != UNDECLARED).then_some(namespace)
    }

    pub(super) fn name(&self, id: NamespaceId) -> &str {
        let Ok(number) = usize::try_from(id.0) else { return "" };
        match KNOWN.get(number) {
            Some(name) => name,
            None => self.names.get(number - KNOWN.len()).map_or("", |name| name),
        }
    }

    pub(super) fn in_scope(&self) -> impl Iterator<Item = (&'a str, NamespaceId)> {
        let declared = |prefix: &&Prefix<'_>| {
            prefix.declared > 0 && prefix.namespace != NamespaceId::NONE && prefix.name != "xml"
        };
        self.prefixes.iter().filter(declared).map(|prefix| (prefix.name, prefix.namespace))
    }

    fn number(&mut self, name: Cow<'a, str>) -> Result<NamespaceId, Error> {
        // There are a dozen of them, nearly all of different lengths.
        let known = (0..).zip(KNOWN).find(|(_, known)| **known == name);
        if let Some((number, _)) = known {
            return Ok(NamespaceId(number));
        }
        if let Some(id) = self.numbers.get(&name) {
            return Ok(*id);
        }
        if self.numbers.len() >= self.distinct_limit {
            return Err(self.too_many_distinct("namespace names"));
        }
        let id = u32::try_from(KNOWN.len() + self.names.len()).ok().map(NamespaceId);
        let id = id.filter(|id| *id != UNDECLARED);
        let id = id.ok_or_else(|| self.too_many_distinct("namespace names"))?;
        self.names.push(name.clone());
        self.numbers.insert(name, id);
        Ok(id)
    }

    fn place_of_declared(&mut self, prefix: &'a str) -> Result<usize, Error> {
        if let Some(place) = self.place(prefix) {
            return Ok(place);
        }
        if self.prefixes.len() > self.distinct_limit.saturating_add(XMLNS) {
            return Err(self.too_many_distinct("prefixes"));
        }
        let place = self.prefixes.len();
        self.prefixes.push(Prefix { name: prefix, namespace: UNDECLARED, declared: 0 });
        self.places.insert(prefix, place);
        Ok(place)
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

    #[test]
    fn declarations_hold_until_they_are_undone() {
        let mut scope = Scope::new(&Limits::default());
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
        let mut scope = Scope::new(&Limits::default());
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
        let mut scope = Scope::new(&Limits::default());
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
