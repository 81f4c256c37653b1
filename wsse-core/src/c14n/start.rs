//! Start tags that are not canonical as they are written: declarations and attributes in their
//! order.

use super::Sink;
use super::ancestors::Ancestors;
use super::canonicalizer::{Canonicalizer, Tag};
use super::method::Mode;
use super::octets::write_value;
use super::run::Run;
use crate::error::{Cause, Error};
use crate::xml::{Attribute, Name, NamespaceId, Scanner, TagForm, is_absolute};
use core::cmp::Ordering;
use core::ops::Range;

impl Canonicalizer {
    /// Writes the start tag of an element; with an empty-element tag its end tag too. The apex
    /// comes with its ancestors.
    #[inline(never)]
    pub(super) fn write_start(
        &mut self,
        scanner: &Scanner<'_>,
        tag: &Tag,
        apex: Option<&Ancestors>,
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        let source = scanner.source();
        match scanner.form() {
            Some(form) if apex.is_none() && (form.absolute || self.accepts_relative) => {
                self.declare_known(scanner, form)
            }
            _ => self.declare(scanner, tag.range.start, apex.is_some())?,
        }
        let inherited = match (self.mode, apex) {
            (Mode::Inclusive | Mode::Inclusive11, Some(ancestors)) => {
                ancestors.of_latest(scanner, self.mode)
            }
            _ => Vec::new(),
        };
        let Range { start, end } = tag.range;
        self.run.verbatim(source, start..start + 1 + scanner.name_length(), sink);
        if apex.is_some() && self.empty_default && self.rendered.is(0, NamespaceId::NONE) {
            self.run.write(source, b" xmlns=\"\"", sink);
        }
        if !self.declared.is_empty() {
            self.run.flush(source, sink);
        }
        for &(place, namespace) in &self.declared {
            let prefix = scanner.prefix_at(place);
            sink.write(if prefix.is_empty() { b" xmlns" } else { b" xmlns:" });
            sink.write(prefix.as_bytes());
            sink.write(b"=\"");
            write_value(scanner.namespace_name(namespace), sink);
            sink.write(b"\"");
        }
        if inherited.is_empty() {
            self.write_attributes(scanner, sink);
        } else {
            self.write_merged(scanner, &inherited, sink);
        }
        if tag.empty {
            self.close_empty(scanner, tag, sink);
        } else {
            self.run.verbatim(source, end - 1..end, sink);
        }
        Ok(())
    }

    /// Finds the declarations that this element must write, in their order, and takes them into
    /// what is in force.
    fn declare(&mut self, scanner: &Scanner<'_>, start: usize, is_apex: bool) -> Result<(), Error> {
        self.declared.clear();
        if !self.accepts_relative {
            for declaration in scanner.declarations() {
                check_absolute(scanner, declaration.namespace, declaration.range.start)?;
            }
        }
        if self.mode == Mode::Exclusive {
            self.declare_name(scanner, &scanner.name(), start + 1);
            for attribute in scanner.attributes() {
                if !attribute.name.prefix.is_empty() {
                    self.declare_name(scanner, &attribute.name, attribute.range.start);
                }
            }
        }
        if is_apex {
            self.declare_at_apex(scanner);
        } else {
            self.declare_listed(scanner);
        }
        self.sort_declared(scanner);
        if self.accepts_relative {
            return Ok(());
        }
        // They may have been declared outside the apex, where nobody looked at them.
        self.declared.iter().try_for_each(|declared| check_absolute(scanner, declared.1, start))
    }

    /// The same below the apex for a start tag whose form is known.
    fn declare_known(&mut self, scanner: &Scanner<'_>, form: &TagForm) {
        self.declared.clear();
        let exclusive = self.mode == Mode::Exclusive;
        for prefix in &form.prefixes {
            let listed = || self.prefixes.contains(scanner.prefix_at(prefix.place));
            let wanted = match exclusive {
                true => prefix.used || prefix.declared && listed(),
                false => prefix.declared,
            };
            if wanted {
                self.declare_place(prefix.place, prefix.namespace);
            }
        }
    }

    /// At the apex all is declared that holds there, or those of the PrefixList.
    fn declare_at_apex(&mut self, scanner: &Scanner<'_>) {
        if self.mode == Mode::Exclusive {
            let prefixes = core::mem::take(&mut self.prefixes);
            for prefix in prefixes.prefixes().filter(|prefix| *prefix != "xml") {
                if let Some((place, namespace)) = scanner.place_of_prefix(prefix) {
                    self.declare_place(place, namespace);
                }
            }
            self.prefixes = prefixes;
        } else {
            for (place, namespace) in scanner.places_in_scope() {
                self.declare_place(place, namespace);
            }
        }
    }

    /// Below the apex whatever is declared is known to the parent but for what this tag declares.
    fn declare_listed(&mut self, scanner: &Scanner<'_>) {
        let exclusive = self.mode == Mode::Exclusive;
        for declaration in scanner.declarations() {
            let prefix = declaration.prefix;
            if prefix != "xml"
                && (!exclusive || self.prefixes.contains(prefix))
                && let Some((place, namespace)) = scanner.place_of_prefix(prefix)
            {
                self.declare_place(place, namespace);
            }
        }
    }

    fn declare_name(&mut self, scanner: &Scanner<'_>, name: &Name<'_>, start: usize) {
        if name.namespace != NamespaceId::XML
            && let Some(place) = scanner.place_of_name(name, start)
        {
            self.declare_place(place, name.namespace);
        }
    }

    #[inline]
    fn declare_place(&mut self, place: usize, namespace: NamespaceId) {
        if !self.rendered.is(place, namespace) {
            self.rendered.declare(place, namespace, self.depth);
            self.declared.push((place, namespace));
        }
    }

    fn sort_declared(&mut self, scanner: &Scanner<'_>) {
        if self.declared.len() > 1 {
            let prefix = |place: usize| scanner.prefix_at(place);
            self.declared.sort_unstable_by(|one, two| prefix(one.0).cmp(prefix(two.0)));
        }
    }

    fn write_attributes(&mut self, scanner: &Scanner<'_>, sink: &mut impl Sink) {
        let attributes = scanner.attributes();
        let mut pairs = attributes.iter().zip(attributes.iter().skip(1));
        let order: &[usize] = match scanner.form() {
            Some(form) => &form.order,
            None if pairs.all(|(one, two)| in_order(scanner, one, two) == Ordering::Less) => {
                for attribute in attributes {
                    write_attribute(&mut self.run, scanner, attribute, sink);
                }
                return;
            }
            None => {
                self.order.clear();
                self.order.extend(0..attributes.len());
                self.order.sort_unstable_by(|one, two| {
                    match (attributes.get(*one), attributes.get(*two)) {
                        (Some(one), Some(two)) => in_order(scanner, one, two),
                        _ => Ordering::Equal,
                    }
                });
                &self.order
            }
        };
        for attribute in order.iter().filter_map(|index| attributes.get(*index)) {
            write_attribute(&mut self.run, scanner, attribute, sink);
        }
    }

    /// Writes the attributes of the apex together with those that it inherits.
    fn write_merged(
        &mut self,
        scanner: &Scanner<'_>,
        inherited: &[(String, String)],
        sink: &mut impl Sink,
    ) {
        enum Either<'m, 'a> {
            Own(&'m Attribute<'a>),
            Inherited(&'m str),
        }
        let replaced = |attribute: &&Attribute<'_>| {
            attribute.name.namespace == NamespaceId::XML
                && inherited.iter().any(|(local, _)| local == attribute.name.local)
        };
        let mut all = Vec::with_capacity(inherited.len() + scanner.attributes().len());
        for own in scanner.attributes().iter().filter(|attribute| !replaced(attribute)) {
            let namespace = scanner.namespace_name(own.name.namespace);
            all.push((namespace, own.name.local, Either::Own(own)));
        }
        // What is joined may be empty: then there is no attribute.
        for (local, value) in inherited.iter().filter(|one| one.0 != "base" || !one.1.is_empty()) {
            all.push((crate::ns::XML, local, Either::Inherited(value)));
        }
        all.sort_unstable_by_key(|(namespace, local, _)| (*namespace, *local));
        for (_, local, attribute) in all {
            match attribute {
                Either::Own(attribute) => write_attribute(&mut self.run, scanner, attribute, sink),
                Either::Inherited(value) => {
                    self.run.write(scanner.source(), b" xml:", sink);
                    sink.write(local.as_bytes());
                    sink.write(b"=\"");
                    write_value(value, sink);
                    sink.write(b"\"");
                }
            }
        }
    }
}

/// By the name of the namespace, then by the local name.
fn in_order(scanner: &Scanner<'_>, one: &Attribute<'_>, two: &Attribute<'_>) -> Ordering {
    let (one, two) = (&one.name, &two.name);
    if one.namespace == two.namespace {
        return one.local.cmp(two.local);
    }
    let name = |id| scanner.namespace_name(id);
    name(one.namespace).cmp(name(two.namespace))
}

fn write_attribute(
    run: &mut Run,
    scanner: &Scanner<'_>,
    attribute: &Attribute<'_>,
    sink: &mut impl Sink,
) {
    let source = scanner.source();
    let Range { start, end } = attribute.range;
    let name = start..start + attribute.name.length();
    let value = end - 1 - attribute.raw.len()..end - 1;
    match start.checked_sub(1) {
        Some(before) if source.get(before) == Some(&b' ') => {
            run.verbatim(source, before..name.end, sink);
        }
        _ => {
            run.write(source, b" ", sink);
            run.verbatim(source, name.clone(), sink);
        }
    }
    if source.get(name.end..value.start) == Some(b"=\"") {
        run.verbatim(source, name.end..value.start, sink);
    } else {
        run.write(source, b"=\"", sink);
    }
    run.value(source, value, sink);
    if source.get(end - 1) == Some(&b'"') {
        run.verbatim(source, end - 1..end, sink);
    } else {
        run.write(source, b"\"", sink);
    }
}

/// Refuses a namespace name without a scheme (Canonical XML 1.0, section 1.3).
fn check_absolute(
    scanner: &Scanner<'_>,
    namespace: NamespaceId,
    offset: usize,
) -> Result<(), Error> {
    if is_absolute(scanner.namespace_name(namespace)) {
        return Ok(());
    }
    let reason = "a namespace name without a scheme is a relative reference, which has no \
                  canonical form; use an absolute one, such as a URN";
    Err(Error::new(Cause::RelativeNamespace, reason).at(scanner.absolute(offset)))
}
