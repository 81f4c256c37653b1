//! Elements for a live lxml tree, as plain nested tuples: Python replays them and decides
//! nothing.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use wsse_core::xml::Markup;

/// Which elements name their prefix.
#[derive(Clone, Copy, PartialEq)]
enum Prefixes<'m> {
    /// Each of them: it is built alone.
    All,
    /// Those whose prefix is not that of the element around, `(prefix, namespace)`.
    Changed(&'m str, &'static str),
    /// The same, and only where it is none: else they take what is in scope.
    Default(&'m str, &'static str),
}

/// (name, {attribute name: value}, {prefix or None: namespace}, text or None, children, whether the
/// text is a slot). Names are those of lxml: `{namespace}local`.
pub(crate) fn to_tuple<'py>(py: Python<'py>, markup: &Markup) -> PyResult<Bound<'py, PyTuple>> {
    skeleton(py, markup, Prefixes::All)
}

/// Elements that are built where they stand, the outer ones first: a prefix is None where lxml finds
/// it. Where `takes_prefixes`, only the default namespace is named.
pub(crate) fn in_place<'py>(
    py: Python<'py>,
    all: &[Markup],
    takes_prefixes: bool,
) -> PyResult<Bound<'py, PyTuple>> {
    let prefixes =
        if takes_prefixes { Prefixes::Default("", "") } else { Prefixes::Changed("", "") };
    several(py, all, prefixes)
}

fn several<'py>(
    py: Python<'py>,
    all: &[Markup],
    prefixes: Prefixes<'_>,
) -> PyResult<Bound<'py, PyTuple>> {
    let made = all.iter().map(|one| skeleton(py, one, prefixes));
    PyTuple::new(py, made.collect::<PyResult<Vec<_>>>()?)
}

fn skeleton<'py>(
    py: Python<'py>,
    markup: &Markup,
    prefixes: Prefixes<'_>,
) -> PyResult<Bound<'py, PyTuple>> {
    let attributes = PyDict::new(py);
    for attribute in &markup.attributes {
        attributes.set_item(name(attribute.namespace, attribute.local), &*attribute.value)?;
    }
    let own = (markup.prefix, markup.namespace);
    let (inside, named) = match prefixes {
        Prefixes::All => (Prefixes::All, true),
        Prefixes::Changed(prefix, namespace) => {
            (Prefixes::Changed(own.0, own.1), own != (prefix, namespace))
        }
        Prefixes::Default(prefix, namespace) => (
            Prefixes::Default(own.0, own.1),
            markup.prefix.is_empty() && own != (prefix, namespace),
        ),
    };
    let namespaces = PyDict::new(py);
    for (prefix, namespace) in markup.declarations.iter().copied().chain(named.then_some(own)) {
        namespaces.set_item(Some(prefix).filter(|prefix| !prefix.is_empty()), namespace)?;
    }
    let namespaces = Some(namespaces).filter(|namespaces| !namespaces.is_empty());
    let children = several(py, &markup.children, inside)?;
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
