//! Calling back into Python from the core: attach, call, and keep what was raised.

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use std::cell::RefCell;
use std::sync::Arc;
use wsse_core::{Cause, Error};

thread_local! {
    // The core's errors carry no Python object. The core works on the thread that called it, so
    // what a callback raises waits here until the core's error comes out of the same call.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// Something callable that Python handed in, and what it is called in error texts.
pub(crate) struct Callback {
    callable: Arc<Py<PyAny>>,
    what: &'static str,
    cause: Cause,
}

impl Callback {
    /// `what` is what it does, as in "the password look-up"; `cause` is what the core reports
    /// where it raises. The object that it ends up in has `held` as well.
    pub(crate) fn new(
        held: &mut Held,
        callable: Py<PyAny>,
        what: &'static str,
        cause: Cause,
    ) -> Self {
        let callable = Arc::new(callable);
        held.0.push(Arc::clone(&callable));
        Self { callable, what, cause }
    }

    /// Runs `call` with the callable, attached to the interpreter. An exception becomes an error
    /// that names its type: its text might hold a secret, and is in `__cause__` anyway.
    pub(crate) fn run<T>(
        &self,
        call: impl for<'py> FnOnce(&Bound<'py, PyAny>) -> PyResult<T>,
    ) -> Result<T, Error> {
        Python::try_attach(|py| {
            call(self.callable.bind(py)).map_err(|raised| {
                let name = raised.get_type(py).name().map_or_else(
                    |_| "an exception".to_owned(),
                    |name| name.to_string_lossy().into_owned(),
                );
                RAISED.set(Some(raised));
                Error::new(self.cause, format!("{} raised {name}", self.what))
            })
        })
        .unwrap_or_else(|| {
            let reason = format!("{} can't be asked: the interpreter is shutting down", self.what);
            Err(Error::new(self.cause, reason))
        })
    }
}

impl Callback {
    /// The same where nobody waits for an outcome: an exception is shown as one that can't be raised.
    pub(crate) fn tell(&self, call: impl for<'py> FnOnce(&Bound<'py, PyAny>) -> PyResult<()>) {
        // An interpreter that is shutting down has nobody to show it to.
        let _ = Python::try_attach(|py| {
            let callable = self.callable.bind(py);
            if let Err(raised) = call(callable) {
                raised.write_unraisable(py, Some(callable));
            }
        });
    }
}

/// The callables that an object holds through the core, for Python's garbage collector: a service
/// whose method is a look-up of its own [`crate::inbound::Inbound`] is a cycle.
///
/// The objects are immutable, so the cycle is broken elsewhere, and nothing need be cleared here.
#[derive(Default)]
pub(crate) struct Held(Vec<Arc<Py<PyAny>>>);

impl Held {
    /// Holds another object that holds callables.
    pub(crate) fn hold(&mut self, object: Py<PyAny>) {
        self.0.push(Arc::new(object));
    }

    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.0.iter().try_for_each(|callable| visit.call(&**callable))
    }
}

/// What a callback raised on this thread since it was last asked for.
pub(crate) fn take_raised() -> Option<PyErr> {
    RAISED.take()
}

/// Drops what an earlier call left behind, so that it can't be taken for this call's.
pub(crate) fn forget_raised() {
    drop(take_raised());
}

/// Keeps an exception that a callback raised beside its result.
pub(crate) fn raise_beside(raised: PyErr) {
    RAISED.set(Some(raised));
}
