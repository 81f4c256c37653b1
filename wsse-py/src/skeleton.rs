//! Elements for a live lxml tree, as plain nested tuples: Python replays them and decides
//! nothing.

use crate::error::misuse;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// An element to write.
pub(crate) struct Element {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    pub(crate) prefix: &'static str,
    /// Attributes without a namespace.
    pub(crate) attributes: Vec<(&'static str, &'static str)>,
    pub(crate) text: Option<String>,
    pub(crate) children: Vec<Self>,
}

impl Element {
    pub(crate) fn new(prefix: &'static str, namespace: &'static str, name: &'static str) -> Self {
        Self { namespace, name, prefix, attributes: Vec::new(), text: None, children: Vec::new() }
    }

    pub(crate) fn with_text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    pub(crate) fn with_attribute(mut self, name: &'static str, value: &'static str) -> Self {
        self.attributes.push((name, value));
        self
    }

    /// (namespace, local name, prefix, ((namespace or None, local name, value), …), text or None,
    /// children).
    pub(crate) fn to_tuple<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let attributes = self.attributes.iter().map(|(name, value)| (None::<&str>, *name, *value));
        let children =
            self.children.iter().map(|child| child.to_tuple(py)).collect::<PyResult<Vec<_>>>()?;
        (
            self.namespace,
            self.name,
            self.prefix,
            PyTuple::new(py, attributes.collect::<Vec<_>>())?,
            self.text.as_deref(),
            PyTuple::new(py, children)?,
        )
            .into_pyobject(py)
    }
}

/// Refuses text that no XML 1.0 document can hold, whatever the escape (section 2.2, Char).
pub(crate) fn require_characters(py: Python<'_>, what: &str, text: &str) -> PyResult<()> {
    let fits = |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    match text.chars().find(|character| !fits(*character)) {
        None => Ok(()),
        Some(character) => {
            let code = u32::from(character);
            Err(misuse(py, format!("{what} holds U+{code:04X}, which XML can't")))
        }
    }
}
