//! How a start tag is written: what canonicalization asks of a tag, and what is the same in all
//! tags of one shape.

use super::escape::push_attribute;
use super::held::Held;
use super::ids::may_be_id;
use super::names::{Name, NamespaceId, is_absolute};
use super::scope::Scope;
use super::tag::Tag;
use core::ops::Range;

/// What is known of all start tags of one shape. It says nothing about the values of attributes;
/// those of declarations belong to the shape.
#[derive(Debug)]
pub(crate) struct TagForm {
    /// Whether the octets outside the values of attributes are those of a canonical start tag that
    /// has these declarations: declarations before attributes, each sort in its order, single
    /// spaces, quotation marks, no white space before the end.
    pub(crate) canonical: bool,
    /// The numbers of the attributes in their order: by the name of the namespace, then by the
    /// local name.
    pub(crate) order: Vec<usize>,
    /// The prefixes that the tag uses or declares, in their order; never `xml`.
    pub(crate) prefixes: Vec<TagPrefix>,
    /// The declarations of these prefixes as they are written, one behind the other, each with
    /// the space before it.
    pub(crate) written: Vec<u8>,
    /// Whether the tag itself declares any of them.
    pub(crate) declares: bool,
    /// Whether every namespace name that it uses or declares has a scheme.
    pub(crate) absolute: bool,
    /// Whether an attribute has one of the names that Ids have.
    pub(crate) ids: bool,
}

/// A prefix in a [`TagForm`].
#[derive(Debug)]
pub(crate) struct TagPrefix {
    /// Its number in the scanner, and what it stands for.
    pub(crate) place: usize,
    pub(crate) namespace: NamespaceId,
    /// Whether a name has it, and whether the tag itself declares it.
    pub(crate) used: bool,
    pub(crate) declared: bool,
    /// Where its declaration stands among those that are written.
    pub(crate) written: Range<usize>,
}

impl TagForm {
    pub(super) fn of(
        text: &str,
        start: usize,
        tag: &Tag,
        scope: &Scope,
        held: &Held<'_>,
    ) -> Option<Self> {
        let Held { attributes, declarations } = held;
        let mut form = Self {
            canonical: false,
            order: Vec::new(),
            prefixes: Vec::new(),
            written: Vec::new(),
            declares: !declarations.is_empty(),
            absolute: false,
            ids: attributes.iter().any(|one| may_be_id(&one.name)),
        };
        form.find_prefixes(&tag.name.read(text, start + 1), scope, held)?;
        form.absolute = form.prefixes.iter().all(|one| is_absolute(scope.name(one.namespace)));
        let mut order: Vec<_> = attributes
            .iter()
            .enumerate()
            .map(|(index, one)| (scope.name(one.name.namespace), one.name.local, index))
            .collect();
        order.sort_unstable();
        form.order = order.into_iter().map(|(_, _, index)| index).collect();
        form.canonical = form.order.is_sorted()
            && declarations.is_sorted_by(|one, two| one.prefix < two.prefix)
            && is_canonical(text.as_bytes(), start, tag, held);
        Some(form)
    }

    fn find_prefixes(&mut self, element: &Name<'_>, scope: &Scope, held: &Held<'_>) -> Option<()> {
        let attributes = held.attributes.iter().map(|attribute| &attribute.name);
        let attributes = attributes.filter(|name| !name.prefix.is_empty());
        let declared = held.declarations.iter().map(|one| (one.prefix, one.namespace, true));
        let used = core::iter::once(element).chain(attributes);
        let mut all: Vec<_> =
            used.map(|name| (name.prefix, name.namespace, false)).chain(declared).collect();
        all.retain(|one| one.0 != "xml");
        all.sort_unstable_by_key(|(prefix, _, declared)| (*prefix, *declared));
        all.dedup();
        for (prefix, namespace, declared) in all {
            let place = scope.place(prefix)?;
            match self.prefixes.last_mut() {
                Some(last) if last.place == place => last.declared = declared,
                _ => {
                    let start = self.written.len();
                    let name = if prefix.is_empty() { "" } else { ":" };
                    for part in [" xmlns", name, prefix, "=\""] {
                        self.written.extend_from_slice(part.as_bytes());
                    }
                    push_attribute(&mut self.written, scope.name(namespace)).ok()?;
                    self.written.push(b'"');
                    let written = start..self.written.len();
                    let used = !declared;
                    self.prefixes.push(TagPrefix { place, namespace, used, declared, written });
                }
            }
        }
        Some(())
    }
}

/// Whether the parts of a start tag follow each other in the canonical way.
fn is_canonical(source: &[u8], start: usize, tag: &Tag, held: &Held<'_>) -> bool {
    let mut at = start + 1 + tag.name.length();
    let mut follows = |range: &Range<usize>, value: usize| {
        let before = at;
        at = range.end;
        range.start == before + 1
            && source.get(before) == Some(&b' ')
            && range.end.checked_sub(value + 3).and_then(|equals| source.get(equals..equals + 2))
                == Some(b"=\"")
    };
    let declarations = held.declarations.iter().all(|declaration| {
        let raw = declaration.raw.as_bytes();
        // `xmlns:xml` is not written.
        declaration.prefix != "xml"
            && follows(&declaration.range, raw.len())
            && declaration.range.len()
                == "xmlns=\"\"".len()
                    + raw.len()
                    + match declaration.prefix.len() {
                        0 => 0,
                        length => 1 + length,
                    }
            && raw.iter().all(|octet| *octet >= 0x20 && *octet != b'&')
    });
    let attributes = held.attributes.iter().all(|attribute| {
        follows(&attribute.range, attribute.raw.len())
            && attribute.range.len() == attribute.name.length() + 3 + attribute.raw.len()
    });
    let tail = if tag.empty { &b"/>"[..] } else { b">" };
    declarations && attributes && source.get(at..tag.end) == Some(tail)
}
