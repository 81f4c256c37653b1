//! Elements for a live lxml tree, as plain nested tuples: Python replays them and decides
//! nothing.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use wsse_core::xml::Markup;

/// (namespace, local name, prefix, ((namespace or None, local name, value), …), text or None,
/// children).
pub(crate) fn to_tuple<'py>(py: Python<'py>, markup: &Markup) -> PyResult<Bound<'py, PyTuple>> {
    let attributes = markup.attributes.iter().map(|attribute| {
        let namespace = Some(attribute.namespace).filter(|namespace| !namespace.is_empty());
        (namespace, attribute.local, &*attribute.value)
    });
    let children =
        markup.children.iter().map(|child| to_tuple(py, child)).collect::<PyResult<Vec<_>>>()?;
    (
        markup.namespace,
        markup.local,
        markup.prefix,
        PyTuple::new(py, attributes.collect::<Vec<_>>())?,
        markup.text.as_ref().map(|text| text.as_str()),
        PyTuple::new(py, children)?,
    )
        .into_pyobject(py)
}
