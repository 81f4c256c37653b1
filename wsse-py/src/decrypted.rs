//! What was encrypted, as Python has it.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyTuple};
use wsse_core::inbound::{self, EncryptedPart as CorePart};

/// A part of a message that was encrypted.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct EncryptedPart(CorePart);

#[pymethods]
impl EncryptedPart {
    /// Where it stands: "/Envelope/Body", "/Envelope/Header/{urn:a}To[1]".
    #[getter]
    fn path(&self) -> &str {
        &self.0.path
    }

    /// Whether the content of the element was encrypted, and not the element itself.
    #[getter]
    fn content(&self) -> bool {
        self.0.content
    }

    /// Where its octets begin in the message as it is when everything is decrypted, in UTF-8.
    #[getter]
    fn start(&self) -> usize {
        self.0.range.start
    }

    /// Where its octets end.
    #[getter]
    fn end(&self) -> usize {
        self.0.range.end
    }

    fn __repr__(&self) -> String {
        let what = if self.0.content { "content of " } else { "" };
        let range = &self.0.range;
        format!("<wsse.EncryptedPart {what}{} {}-{}>", self.0.path, range.start, range.end)
    }
}

/// The parts of a message, as a tuple.
pub(crate) fn encrypted_parts<'py>(
    py: Python<'py>,
    all: &[CorePart],
) -> PyResult<Bound<'py, PyTuple>> {
    let made = all.iter().map(|part| Bound::new(py, EncryptedPart(part.clone())));
    PyTuple::new(py, made.collect::<PyResult<Vec<_>>>()?)
}

/// A message whose parts were decrypted. Nothing else of it was checked: neither its signatures, nor
/// its tokens, nor its age. Only Inbound.decrypt() makes it.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct DecryptedMessage {
    message: inbound::DecryptedMessage,
    octets: PyOnceLock<Py<PyBytes>>,
}

impl DecryptedMessage {
    pub(crate) fn new(message: inbound::DecryptedMessage) -> Self {
        Self { message, octets: PyOnceLock::new() }
    }
}

#[pymethods]
impl DecryptedMessage {
    /// The message with each EncryptedData replaced by what was in it, in UTF-8. Its Security header
    /// is still there.
    #[getter]
    fn octets(&self, py: Python<'_>) -> Py<PyBytes> {
        let octets = || PyBytes::new(py, self.message.octets()).unbind();
        self.octets.get_or_init(py, octets).clone_ref(py)
    }

    /// The parts that were encrypted, in the order of the document.
    #[getter]
    fn encrypted<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        encrypted_parts(py, self.message.encrypted())
    }

    /// Which algorithms were accepted only because the policy allows them by name, as legacy.allow
    /// spells them.
    #[getter]
    fn legacy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let names = self.message.legacy().iter().map(|legacy| legacy.name());
        PyTuple::new(py, names.collect::<Vec<_>>())
    }

    fn __bytes__(&self, py: Python<'_>) -> Py<PyBytes> {
        self.octets(py)
    }

    fn __repr__(&self) -> &'static str {
        "<wsse.DecryptedMessage>"
    }
}
