//! An element to be written: as octets into a message, or handed to a caller who builds the same
//! element in a tree of his own.

use super::escape::{push_attribute, push_text};
use super::{Element, NamespaceId};
use crate::error::Error;
use std::borrow::Cow;
use zeroize::Zeroizing;

/// An element to be written, as plain data. Texts are overwritten when dropped: one may be a
/// password.
#[derive(Clone)]
#[non_exhaustive]
pub struct Markup {
    /// The namespace name.
    pub namespace: &'static str,
    /// The prefix that is used unless the place has another for the namespace.
    pub prefix: &'static str,
    /// The local name.
    pub local: &'static str,
    /// Namespaces that are declared here though only what is inside needs them.
    pub declarations: Vec<(&'static str, &'static str)>,
    /// The attributes, in order.
    pub attributes: Vec<MarkupAttribute>,
    /// The text; None for an element without any.
    pub text: Option<Zeroizing<String>>,
    /// The elements inside, after the text.
    pub children: Vec<Self>,
    /// Whether the text stands for one of the same length that is not known yet. Default: no.
    pub slot: bool,
}

/// An attribute of a [`Markup`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MarkupAttribute {
    /// The namespace name; empty for none.
    pub namespace: &'static str,
    /// The prefix; empty for none.
    pub prefix: &'static str,
    /// The local name.
    pub local: &'static str,
    /// The value.
    pub value: Cow<'static, str>,
}

impl Markup {
    /// An element without content.
    #[must_use]
    pub fn new(prefix: &'static str, namespace: &'static str, local: &'static str) -> Self {
        Self {
            namespace,
            prefix,
            local,
            declarations: Vec::new(),
            attributes: Vec::new(),
            text: None,
            children: Vec::new(),
            slot: false,
        }
    }

    /// The element with a text that stands for one of the same length.
    #[must_use]
    pub fn with_slot(mut self, holder: impl Into<String>) -> Self {
        self.slot = true;
        self.with_text(holder)
    }

    /// The element with its text.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(Zeroizing::new(text.into()));
        self
    }

    /// The element with one more attribute without a namespace.
    #[must_use]
    pub fn with_attribute(self, local: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.with_qualified_attribute("", "", local, value)
    }

    /// The element with one more attribute in a namespace.
    #[must_use]
    pub fn with_qualified_attribute(
        mut self,
        prefix: &'static str,
        namespace: &'static str,
        local: &'static str,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.attributes.push(Self::attribute(prefix, namespace, local, value));
        self
    }

    /// An attribute in a namespace.
    #[must_use]
    pub fn attribute(
        prefix: &'static str,
        namespace: &'static str,
        local: &'static str,
        value: impl Into<Cow<'static, str>>,
    ) -> MarkupAttribute {
        MarkupAttribute { namespace, prefix, local, value: value.into() }
    }

    /// Writes the element where `scope` is in force (prefix and namespace name, the innermost
    /// binding of a prefix first), declaring only what is not bound there already.
    ///
    /// # Errors
    /// [`crate::Cause::InvalidCharacter`] for a text or value that XML can't carry.
    pub fn write(&self, out: &mut Vec<u8>, scope: &[(&str, &str)]) -> Result<(), Error> {
        let name = out.len() + 1..out.len() + 1 + name_length(self.prefix, self.local);
        let declared = self.write_start(out, scope)?;
        if self.text.is_none() && self.children.is_empty() {
            out.extend_from_slice(b"/>");
            return Ok(());
        }
        out.push(b'>');
        if let Some(text) = &self.text {
            push_text(out, text)?;
        }
        if declared.is_empty() {
            self.children.iter().try_for_each(|child| child.write(out, scope))?;
        } else {
            // What is declared here shadows what stands further out.
            let scope: Vec<(&str, &str)> = declared.iter().chain(scope).copied().collect();
            self.children.iter().try_for_each(|child| child.write(out, &scope))?;
        }
        out.extend_from_slice(b"</");
        out.extend_from_within(name);
        out.push(b'>');
        Ok(())
    }

    /// Whether `element` is this one, written by anybody: the same names, whatever their prefixes,
    /// attributes, texts and elements, and nothing else.
    #[must_use]
    pub fn is_written_as(&self, element: Element<'_, '_>) -> bool {
        let is = |namespace: &str, id| NamespaceId::of(namespace) == Some(id);
        let written = element.attributes();
        let has = |own: &MarkupAttribute| {
            written.iter().any(|attribute| {
                is(own.namespace, attribute.name.namespace)
                    && attribute.name.local == own.local
                    && attribute.value() == own.value
            })
        };
        let text = self.text.as_ref().map_or("", |text| text.as_str());
        let mut children = element.children();
        is(self.namespace, element.name().namespace)
            && element.name().local == self.local
            && written.len() == self.attributes.len()
            && self.attributes.iter().all(has)
            && element.is_text(text)
            && self
                .children
                .iter()
                .all(|own| children.next().is_some_and(|child| own.is_written_as(child)))
            && children.next().is_none()
    }

    /// The same element with another prefix for a namespace, here and inside.
    #[must_use]
    pub fn with_prefix(mut self, namespace: &str, prefix: &'static str) -> Self {
        if self.namespace == namespace {
            self.prefix = prefix;
        }
        let inside = core::mem::take(&mut self.children).into_iter();
        self.children = inside.map(|child| child.with_prefix(namespace, prefix)).collect();
        self
    }

    /// Writes the start tag but for its `>`; what it declares.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_start(
        &self,
        out: &mut Vec<u8>,
        scope: &[(&str, &str)],
    ) -> Result<Vec<(&'static str, &'static str)>, Error> {
        let attribute_names =
            self.attributes.iter().map(|attribute| (attribute.prefix, attribute.namespace));
        let mut declared = Vec::new();
        let names = core::iter::once((self.prefix, self.namespace)).chain(attribute_names);
        for binding in names.chain(self.declarations.iter().copied()) {
            let needed = !binding.1.is_empty() && !is_bound(scope, binding);
            if needed && !declared.contains(&binding) {
                declared.push(binding);
            }
        }
        out.push(b'<');
        push_name(out, self.prefix, self.local);
        for (prefix, namespace) in &declared {
            out.extend_from_slice(b" xmlns:");
            out.extend_from_slice(prefix.as_bytes());
            push_value(out, namespace)?;
        }
        for attribute in &self.attributes {
            out.push(b' ');
            push_name(out, attribute.prefix, attribute.local);
            push_value(out, &attribute.value)?;
        }
        Ok(declared)
    }
}

impl core::fmt::Debug for Markup {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // Without the text, which may be a password.
        formatter
            .debug_struct("Markup")
            .field("local", &self.local)
            .field("attributes", &self.attributes)
            .field("children", &self.children)
            .finish_non_exhaustive()
    }
}

/// Whether the innermost declaration of the prefix binds it to the namespace.
fn is_bound(scope: &[(&str, &str)], (prefix, namespace): (&str, &str)) -> bool {
    scope.iter().find(|(bound, _)| *bound == prefix).is_some_and(|(_, name)| *name == namespace)
}

fn name_length(prefix: &str, local: &str) -> usize {
    prefix.len() + usize::from(!prefix.is_empty()) + local.len()
}

fn push_name(out: &mut Vec<u8>, prefix: &str, local: &str) {
    if !prefix.is_empty() {
        out.extend_from_slice(prefix.as_bytes());
        out.push(b':');
    }
    out.extend_from_slice(local.as_bytes());
}

fn push_value(out: &mut Vec<u8>, value: &str) -> Result<(), Error> {
    out.extend_from_slice(b"=\"");
    push_attribute(out, value)?;
    out.push(b'"');
    Ok(())
}
