//! What signatures cover, as Python has it.

use crate::keys::{Certificate, certificates};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use wsse_core::inbound::{Coverage, VerifiedSigner as CoreSigner};
use wsse_core::xmldsig::{VerifiedReference, bare};

/// A part of a message that a signature covers.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct SignedPart(Coverage);

#[pymethods]
impl SignedPart {
    /// Where it stands: "/Envelope/Body", "/Envelope/Header/{urn:a}To[1]".
    #[getter]
    fn path(&self) -> &str {
        &self.0.path
    }

    /// Where its octets begin in the message as UTF-8.
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
        format!("<wsse.SignedPart {} {}-{}>", self.0.path, self.0.range.start, self.0.range.end)
    }
}

/// The parts of a message, as a tuple.
pub(crate) fn parts<'py>(py: Python<'py>, all: &[Coverage]) -> PyResult<Bound<'py, PyTuple>> {
    let made = all.iter().map(|part| Bound::new(py, SignedPart(part.clone())));
    PyTuple::new(py, made.collect::<PyResult<Vec<_>>>()?)
}

/// Somebody whose signatures of a message hold, and what they cover. Only ValidatedMessage has them.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct VerifiedSigner(pub(crate) CoreSigner);

#[pymethods]
impl VerifiedSigner {
    /// The certificate of the signer; None for a shared secret, for a key without certificate, and for
    /// one who is not believed, which only a policy accepts that says so.
    #[getter]
    fn certificate(&self) -> Option<Certificate> {
        self.0.certificate().map(|certificate| Certificate(certificate.clone()))
    }

    /// The name of the key that is held elsewhere, where one checked the signatures; or None.
    #[getter]
    fn key_name(&self) -> Option<&str> {
        self.0.key_name()
    }

    /// The parts that the signer's signatures cover, in the order of their references.
    #[getter]
    fn signed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        parts(py, self.0.signed())
    }

    fn __repr__(&self) -> String {
        match self.0.certificate() {
            Some(held) => format!("<wsse.VerifiedSigner {:?}>", held.subject().to_rfc2253()),
            None => "<wsse.VerifiedSigner>".to_owned(),
        }
    }
}

/// A document all of whose Signatures hold, under keys that are believed. Only
/// Inbound.verify_bare() makes it.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct VerifiedDocument(pub(crate) bare::VerifiedDocument);

#[pymethods]
impl VerifiedDocument {
    /// The parts that are signed. Read nothing of the document outside of them.
    #[getter]
    fn references<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let all = self.0.references().iter();
        let made = all.map(|reference| Bound::new(py, SignedReference(reference.clone())));
        PyTuple::new(py, made.collect::<PyResult<Vec<_>>>()?)
    }

    /// The certificate of each Signature that has one, in the order of the Signatures.
    #[getter]
    fn certificates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        certificates(py, self.0.certificates())
    }
}

/// A part of a document that a Signature covers.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct SignedReference(VerifiedReference);

#[pymethods]
impl SignedReference {
    /// The Id by which it was named; None for the whole document.
    #[getter]
    fn id(&self) -> Option<&str> {
        self.0.id.as_deref()
    }

    /// Where its octets begin in the document as UTF-8.
    #[getter]
    fn start(&self) -> usize {
        self.0.range.start
    }

    /// Where its octets end.
    #[getter]
    fn end(&self) -> usize {
        self.0.range.end
    }

    /// Start and end of the Signature inside, which does not sign itself; or None.
    #[getter]
    fn without(&self) -> Option<(usize, usize)> {
        self.0.without.as_ref().map(|range| (range.start, range.end))
    }
}
