//! The HTTP `X-WSSE` header: `wsse.http`.
//!
//! A header costs less than handing the interpreter to another thread and getting it back, so
//! these functions compute attached.

mod accompanying;
mod check;
mod create;
mod dialect;

pub(crate) use accompanying::{Authorization, Challenge};
pub(crate) use check::{CheckedHeader, HeaderCheck};
pub(crate) use create::{HeaderCreator, create_header};
pub(crate) use dialect::{Dialect, presets};

use crate::callback;
use crate::error::to_python;
use crate::octets::wrong_type;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString};
use wsse_core::Error;

/// Runs the core without leaving the interpreter.
fn compute_attached<T>(py: Python<'_>, work: impl FnOnce() -> Result<T, Error>) -> PyResult<T> {
    callback::forget_raised();
    work().map_err(|error| to_python(py, &error))
}

/// Names and values of parameters, in their order.
fn read_parameters(given: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let Ok(mapping) = given.cast::<PyMapping>() else {
        return Err(wrong_type("parameters", "a mapping of names to values", given));
    };
    let text = |what: &str, value: &Bound<'_, PyAny>| match value.cast::<PyString>() {
        Ok(text) => Ok(text.to_cow()?.into_owned()),
        Err(_) => Err(wrong_type(what, "str", value)),
    };
    mapping
        .items()?
        .iter()
        .map(|item| {
            let (name, value) = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
            Ok((text("the name of a parameter", &name)?, text("the value of a parameter", &value)?))
        })
        .collect()
}

fn write_parameters<'py, 'a>(
    py: Python<'py>,
    parameters: impl Iterator<Item = (&'a str, &'a str)>,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in parameters {
        dict.set_item(name, value)?;
    }
    Ok(dict)
}
