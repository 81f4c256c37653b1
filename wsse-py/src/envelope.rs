//! Reading an envelope without validating it.

use crate::error::compute;
use crate::octets::octets;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use wsse_core::message::{Envelope, Soap};
use wsse_core::xml::{Limits, to_utf8};
use wsse_core::{Cause, Error};

/// Reads a message as strictly as Inbound.validate() does, and judges nothing of its Security
/// header: for servers that must know the operation before they know what to demand.
///
/// Raises wsse.Malformed, wsse.LimitExceeded.
#[pyfunction]
#[pyo3(signature = (message, *, charset = None))]
pub(crate) fn read_envelope(
    message: &Bound<'_, PyAny>,
    charset: Option<&str>,
) -> PyResult<UnvalidatedEnvelope> {
    let py = message.py();
    let message = octets("message", message)?;
    let (document, body_child, soap) = compute(py, || {
        let limits = Limits::default();
        if message.len() > limits.message {
            let reason = format!("the message has {} octets", message.len());
            return Err(Error::new(Cause::MessageSize, reason));
        }
        let source = to_utf8(&message, charset)?;
        let envelope =
            Envelope::parse(&source, &limits, "").map_err(|error| error.locate(&source))?;
        let document = source.get(envelope.range.clone()).unwrap_or_default().to_vec();
        let body_child =
            envelope.body_child.map(|(namespace, local)| (namespace, local.to_owned()));
        Ok((document, body_child, envelope.soap))
    })?;
    let document = PyBytes::new(py, &document).unbind();
    Ok(UnvalidatedEnvelope { document, body_child, soap_version: version(soap) })
}

/// "1.1" or "1.2".
pub(crate) fn version(soap: Soap) -> &'static str {
    match soap {
        Soap::V11 => "1.1",
        Soap::V12 => "1.2",
    }
}

/// A well-formed envelope of which nothing is known.
#[pyclass(frozen, module = "wsse._wsse")]
pub(crate) struct UnvalidatedEnvelope {
    document: Py<PyBytes>,
    body_child: Option<(String, String)>,
    soap_version: &'static str,
}

#[pymethods]
impl UnvalidatedEnvelope {
    /// The whole message, in UTF-8 without XML declaration.
    #[getter]
    fn document(&self, py: Python<'_>) -> Py<PyBytes> {
        self.document.clone_ref(py)
    }

    /// Namespace name and local name of the first element in the Body, or None.
    #[getter]
    fn body_child(&self) -> Option<(&str, &str)> {
        self.body_child.as_ref().map(|(namespace, local)| (namespace.as_str(), local.as_str()))
    }

    /// "1.1" or "1.2".
    #[getter]
    fn soap_version(&self) -> &'static str {
        self.soap_version
    }
}
