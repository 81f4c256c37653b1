//! Protecting messages that stand in a tree of lxml.

use crate::exchange::Exchange;
use crate::octets::octets;
use crate::skeleton::{in_place, to_tuple};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use wsse_core::message;
use wsse_core::outbound::{self, Place, SecurityPlace};
use wsse_core::xml::Limits;

/// What is to be put into a message, as data. Only Outbound.template() makes it.
#[pyclass(frozen, module = "wsse._wsse")]
pub(crate) struct Template(pub(crate) outbound::Template);

#[pymethods]
impl Template {
    /// The number of the header block that is the Security header, elements only, or None; then a
    /// new one as a skeleton, or None; and whether that becomes the first header block or the last.
    #[getter]
    fn security<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        match self.0.security() {
            SecurityPlace::Block(index) => (Some(*index), None::<()>, false).into_pyobject(py),
            SecurityPlace::First(new) => {
                (None::<usize>, to_tuple(py, new)?, true).into_pyobject(py)
            }
            SecurityPlace::Last(new) => {
                (None::<usize>, to_tuple(py, new)?, false).into_pyobject(py)
            }
        }
    }

    /// Elements that get a wsu:Id: "body", "block" or "token", its number, and the Id.
    #[getter]
    fn ids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let of = |(place, id): &(Place, String)| match place {
            Place::Body => ("body", 0, id.clone()),
            Place::Block(index) => ("block", *index, id.clone()),
            Place::Token(index) => ("token", *index, id.clone()),
        };
        PyTuple::new(py, self.0.ids().iter().map(of).collect::<Vec<_>>())
    }

    /// What stands in the Security header in front of what is there.
    #[getter]
    fn first<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        in_place(py, self.0.first(), self.0.takes_prefixes())
    }

    /// What stands behind it.
    #[getter]
    fn last<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        in_place(py, self.0.last(), self.0.takes_prefixes())
    }
}

/// Whether a document that was received says the same as one that a tree was serialised to; False
/// where either is none.
#[pyfunction]
pub(crate) fn is_same_document(one: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
    let (document, serialised) = (octets("one", one)?, octets("other", other)?);
    let same = || message::is_same_document(&document, &serialised, &Limits::default());
    Ok(one.py().detach(same).unwrap_or(false))
}

/// The texts for the slots of a template, and what the reply must answer.
pub(crate) fn filled<'py>(
    py: Python<'py>,
    filled: outbound::Filled,
) -> PyResult<(Bound<'py, PyTuple>, Exchange)> {
    Ok((PyTuple::new(py, filled.texts)?, Exchange(filled.exchange)))
}
