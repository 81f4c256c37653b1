//! Elements for a live lxml tree, as plain nested tuples: Python replays them and decides
//! nothing.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use wsse_core::xml::Markup;

/// (name, {attribute name: value}, {prefix or None: namespace}, text or None, children, whether the
/// text is a slot). Names are those of lxml: `{namespace}local`.
pub(crate) fn to_tuple<'py>(py: Python<'py>, markup: &Markup) -> PyResult<Bound<'py, PyTuple>> {
    let attributes = PyDict::new(py);
    for attribute in &markup.attributes {
        attributes.set_item(name(attribute.namespace, attribute.local), &*attribute.value)?;
    }
    let namespaces = PyDict::new(py);
    let own = (markup.prefix, markup.namespace);
    for (prefix, namespace) in markup.declarations.iter().copied().chain([own]) {
        namespaces.set_item(Some(prefix).filter(|prefix| !prefix.is_empty()), namespace)?;
    }
    let children =
        markup.children.iter().map(|child| to_tuple(py, child)).collect::<PyResult<Vec<_>>>()?;
    (
        name(markup.namespace, markup.local),
        attributes,
        namespaces,
        markup.text.as_ref().map(|text| text.as_str()),
        PyTuple::new(py, children)?,
        markup.slot,
    )
        .into_pyobject(py)
}

/// Several elements.
pub(crate) fn to_tuples<'py>(py: Python<'py>, all: &[Markup]) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, all.iter().map(|one| to_tuple(py, one)).collect::<PyResult<Vec<_>>>()?)
}

fn name(namespace: &str, local: &str) -> String {
    if namespace.is_empty() { local.to_owned() } else { format!("{{{namespace}}}{local}") }
}
