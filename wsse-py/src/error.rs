//! The core's errors as the exceptions of `wsse.errors`.

use crate::callback;
use pyo3::exceptions::{PyException, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyTuple, PyType};
use wsse_core::{Category, Cause, Error};

/// The exception for an error of the core. Where a callback raised in the meantime, that is the
/// exception's `__cause__`; what is no `Exception` (`KeyboardInterrupt`, `SystemExit`) goes
/// through as it is.
pub(crate) fn to_python(py: Python<'_>, error: &Error) -> PyErr {
    let raised = callback::take_raised();
    if let Some(raised) = &raised
        && !raised.is_instance_of::<PyException>(py)
    {
        return raised.clone_ref(py);
    }
    let converted = exception(py, error).unwrap_or_else(|failure| failure);
    if raised.is_some() && matches!(error.category(), Category::Unavailable | Category::Io) {
        converted.set_cause(py, raised);
    }
    converted
}

/// An exception `wsse.Misuse` about an argument.
pub(crate) fn misuse(py: Python<'_>, reason: impl Into<String>) -> PyErr {
    to_python(py, &Error::new(Cause::InvalidArgument, reason))
}

/// An exception `wsse.Io`.
pub(crate) fn io_error(py: Python<'_>, what: &str, error: &std::io::Error) -> PyErr {
    to_python(py, &Error::new(Cause::InputOutput, format!("{what}: {error}")))
}

/// Runs the core detached from the interpreter, so that other threads run Python meanwhile.
pub(crate) fn compute<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<T> {
    callback::forget_raised();
    py.detach(work).map_err(|error| to_python(py, &error))
}

/// The names of all categories, in the order of docs/errors.md.
pub(crate) fn category_names(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    PyTuple::new(py, Category::ALL.map(Category::name))
}

/// The SOAP fault for a category: whether it is the sender's, its code in the wsse namespace or
/// None, and its text.
#[pyfunction]
pub(crate) fn category_fault(
    category: &str,
) -> PyResult<(bool, Option<&'static str>, &'static str)> {
    let known = Category::ALL.into_iter().find(|known| known.name() == category);
    let fault = known
        .ok_or_else(|| PyValueError::new_err(format!("no category is named {category:?}")))?
        .fault();
    Ok((fault.sender, fault.code, fault.text))
}

fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let known = error.position().filter(|position| position.line > 0);
    let keywords = [
        ("cause", error.cause().name().into_pyobject(py)?.into_any()),
        ("offset", error.position().map(|position| position.offset).into_pyobject(py)?),
        ("line", known.map(|position| position.line).into_pyobject(py)?),
        ("column", known.map(|position| position.column).into_pyobject(py)?),
    ]
    .into_py_dict(py)?;
    let exception = class(py, error.category())?.call((error.reason(),), Some(&keywords))?;
    Ok(PyErr::from_value(exception))
}

/// The one match from categories to classes of `wsse.errors`.
fn class(py: Python<'_>, category: Category) -> PyResult<&Bound<'_, PyType>> {
    macro_rules! import {
        ($name:literal) => {{
            static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
            CLASS.import(py, "wsse.errors", $name)
        }};
    }
    match category {
        Category::InvalidSecurity => import!("InvalidSecurity"),
        Category::FailedCheck => import!("FailedCheck"),
        Category::FailedAuthentication => import!("FailedAuthentication"),
        Category::SecurityTokenUnavailable => import!("SecurityTokenUnavailable"),
        Category::UnsupportedSecurityToken => import!("UnsupportedSecurityToken"),
        Category::UnsupportedAlgorithm => import!("UnsupportedAlgorithm"),
        Category::InvalidSecurityToken => import!("InvalidSecurityToken"),
        Category::MessageExpired => import!("MessageExpired"),
        Category::Malformed => import!("Malformed"),
        Category::LimitExceeded => import!("LimitExceeded"),
        Category::Misuse => import!("Misuse"),
        Category::Unavailable => import!("Unavailable"),
        Category::Io => import!("Io"),
        // A category that is newer than this match; the tests enumerate them, so it can't ship.
        _ => import!("Error"),
    }
}
