//! Asking Python about a signer.

use crate::callback::{Callback, Held};
use crate::keys::{Certificate, PublicKey};
use crate::octets::wrong_type;
use crate::time::to_datetime;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyTuple};
use std::sync::Arc;
use wsse_core::time::UnixTime;
use wsse_core::trust::{self, TrustDecision};
use wsse_core::{Cause, Error, crypto};

/// A signer of whom a callable decides, before his signature is checked.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct Candidate {
    public_key: crypto::PublicKey,
    certificate: Option<crypto::Certificate>,
    path: Vec<crypto::Certificate>,
    trusted: bool,
    at: UnixTime,
}

#[pymethods]
impl Candidate {
    /// His public key.
    #[getter]
    fn public_key(&self) -> PublicKey {
        PublicKey(self.public_key.clone())
    }

    /// The certificate of the key; or None.
    #[getter]
    fn certificate(&self) -> Option<Certificate> {
        self.certificate.clone().map(Certificate)
    }

    /// The path to the anchor: the end entity first, the anchor last. Empty where the certificate or
    /// the key is pinned, or nobody vouches for it.
    #[getter]
    fn path<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.path.iter().cloned().map(Certificate))
    }

    /// Whether the policy believes him; only the legacy switch embedded-key and signer = "any" let
    /// others come so far.
    #[getter]
    fn trusted(&self) -> bool {
        self.trusted
    }

    /// The time of the validation, in UTC.
    #[getter]
    fn at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_datetime(py, self.at)
    }
}

/// The last word on signers, from the argument `decide`.
pub(crate) fn decision(
    held: &mut Held,
    decide: &Bound<'_, PyAny>,
) -> PyResult<Arc<dyn TrustDecision>> {
    if !decide.is_callable() {
        return Err(wrong_type("decide", "a callable of a wsse.Candidate", decide));
    }
    let callable = decide.clone().unbind();
    let callback = Callback::new(held, callable, "the decision", Cause::DecisionUnavailable);
    Ok(Arc::new(PythonDecision(callback)))
}

struct PythonDecision(Callback);

impl TrustDecision for PythonDecision {
    fn decide(&self, candidate: &trust::Candidate<'_>) -> Result<(), Error> {
        let given = Candidate {
            public_key: candidate.key.clone(),
            certificate: candidate.certificate.cloned(),
            path: candidate.path.to_vec(),
            trusted: candidate.trusted,
            at: candidate.at,
        };
        let passes = self.0.run(|decide| {
            let answer = decide.call1((given,))?;
            // A coroutine would have a truth value, too: never guess.
            let answer = answer
                .cast::<PyBool>()
                .map_err(|_| wrong_type("what `decide` returns", "True or False", &answer))?;
            Ok(answer.is_true())
        })?;
        if passes {
            return Ok(());
        }
        Err(Error::new(Cause::RefusedSigner, "the signer is believed, and `decide` refuses him"))
    }
}
