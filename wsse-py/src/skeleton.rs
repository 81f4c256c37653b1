//! Elements for a live lxml tree, as plain nested tuples: Python replays them and decides
//! nothing.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use wsse_core::xml::Markup;

/// (name, {attribute name: value}, {prefix or None: namespace}, text or None, children, whether the
/// text is a slot). Names are those of lxml: `{namespace}local`.
pub(crate) fn to_tuple<'py>(py: Python<'py>, markup: &Markup) -> PyResult<Bound<'py, PyTuple>> {
    skeleton(py, markup, false)
}

/// Several elements; where `takes_prefixes`, with the default namespace as their only prefix.
pub(crate) fn to_tuples<'py>(
    py: Python<'py>,
    all: &[Markup],
    takes_prefixes: bool,
) -> PyResult<Bound<'py, PyTuple>> {
    let made = all.iter().map(|one| skeleton(py, one, takes_prefixes));
    PyTuple::new(py, made.collect::<PyResult<Vec<_>>>()?)
}

fn skeleton<'py>(
    py: Python<'py>,
    markup: &Markup,
    takes_prefixes: bool,
) -> PyResult<Bound<'py, PyTuple>> {
    let attributes = PyDict::new(py);
    for attribute in &markup.attributes {
        attributes.set_item(name(attribute.namespace, attribute.local), &*attribute.value)?;
    }
    let namespaces = PyDict::new(py);
    let own = (markup.prefix, markup.namespace);
    for (prefix, namespace) in markup.declarations.iter().copied().chain([own]) {
        if takes_prefixes && !prefix.is_empty() {
            continue;
        }
        namespaces.set_item(Some(prefix).filter(|prefix| !prefix.is_empty()), namespace)?;
    }
    let children = to_tuples(py, &markup.children, takes_prefixes)?;
    (
        name(markup.namespace, markup.local),
        attributes,
        namespaces,
        markup.text.as_ref().map(|text| text.as_str()),
        children,
        markup.slot,
    )
        .into_pyobject(py)
}

fn name(namespace: &str, local: &str) -> String {
    if namespace.is_empty() { local.to_owned() } else { format!("{{{namespace}}}{local}") }
}
