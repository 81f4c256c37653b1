//! Randomness that Python hands in.

use crate::callback::{Callback, Held};
use crate::octets::octets;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::sync::Arc;
use wsse_core::crypto::SecureRandom;
use wsse_core::{Cause, Error};

/// The source that a callable like `os.urandom` is.
pub(crate) fn random(held: &mut Held, random: Py<PyAny>) -> Arc<dyn SecureRandom> {
    Arc::new(PythonRandom(Callback::new(
        held,
        random,
        "the source `random`",
        Cause::RandomUnavailable,
    )))
}

struct PythonRandom(Callback);

impl SecureRandom for PythonRandom {
    fn fill(&self, target: &mut [u8]) -> Result<(), Error> {
        self.0.run(|random| {
            let given = random.call1((target.len(),))?;
            let given = octets("what `random` returns", &given)?;
            if given.len() != target.len() {
                return Err(PyValueError::new_err(format!(
                    "`random` was asked for {} octets and returned {}",
                    target.len(),
                    given.len()
                )));
            }
            target.copy_from_slice(&given);
            Ok(())
        })
    }
}
