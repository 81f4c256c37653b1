//! Arguments that are octets, and arguments that are text or octets.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PyString};
use wsse_core::crypto::Secret;

/// The octets of a bytes-like argument: `bytes` without a copy, `bytearray` and `memoryview`
/// with one, because they may change while the core reads them.
pub(crate) fn octets(name: &str, value: &Bound<'_, PyAny>) -> PyResult<PyBackedBytes> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(bytes.clone().into());
    }
    if let Ok(bytes) = value.cast::<PyByteArray>() {
        return Ok(bytes.clone().into());
    }
    // The limited API has the buffer protocol from Python 3.11 on only.
    if value.is_instance_of::<PyMemoryView>() {
        let bytes = value.call_method0("tobytes")?.cast_into::<PyBytes>()?;
        return Ok(bytes.into());
    }
    if value.is_instance_of::<PyString>() {
        return Err(PyTypeError::new_err(format!(
            "{name} must be bytes, not str: encode it, as in text.encode(\"utf-8\")"
        )));
    }
    Err(wrong_type(name, "bytes, bytearray or memoryview", value))
}

/// A password: the UTF-8 octets of a `str`, or octets.
pub(crate) fn secret(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Secret> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Secret::new(text.to_cow()?.as_bytes()));
    }
    match octets(name, value) {
        Ok(octets) => Ok(Secret::new(&*octets)),
        Err(_) => Err(wrong_type(name, "str or bytes", value)),
    }
}

/// The `TypeError` for an argument.
pub(crate) fn wrong_type(name: &str, expected: &str, value: &Bound<'_, PyAny>) -> PyErr {
    let actual = value
        .get_type()
        .name()
        .map_or_else(|_| "something else".to_owned(), |name| name.to_string_lossy().into_owned());
    PyTypeError::new_err(format!("{name} must be {expected}, not {actual}"))
}
