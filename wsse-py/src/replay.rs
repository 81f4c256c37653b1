//! Replay stores: the embedded one, and any object of Python's.

use crate::callback::{Callback, Held, raise_beside};
use crate::octets::wrong_type;
use crate::time::to_datetime;
use pyo3::exceptions::PyRuntimeWarning;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use wsse_core::replay::{self, ReplayKey, ReplayStore};
use wsse_core::time::UnixTime;
use wsse_core::{Cause, Error};

/// Memory of what was accepted, in one process, shared by its threads.
///
/// It holds every entry until it expires and refuses messages (wsse.Unavailable) when `capacity`
/// entries are in it. Each process has its own: behind several worker processes a captured
/// message can pass once in each. A store that finds itself used after a fork emits a
/// RuntimeWarning, once; make it in the worker, or hand in a store that the workers share.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct MemoryReplayStore(Arc<ForkAware>);

#[pymethods]
impl MemoryReplayStore {
    #[new]
    #[pyo3(signature = (capacity = replay::MemoryReplayStore::DEFAULT_CAPACITY))]
    fn new(capacity: usize) -> Self {
        Self(Arc::new(ForkAware::new(replay::MemoryReplayStore::with_capacity(capacity))))
    }

    fn __len__(&self) -> usize {
        self.0.store.len()
    }

    // A store is there even when it is empty: `replay or default` must not replace it.
    fn __bool__(&self) -> bool {
        true
    }

    /// Whether the store was used in another process than the one that made it.
    #[getter]
    fn forked(&self) -> bool {
        self.0.store.forked()
    }

    fn __repr__(&self) -> String {
        format!("<wsse.MemoryReplayStore of {} entries>", self.0.store.len())
    }
}

impl Default for MemoryReplayStore {
    fn default() -> Self {
        Self::new(replay::MemoryReplayStore::DEFAULT_CAPACITY)
    }
}

/// The store that an argument is: ours, one with `insert_if_absent`, or a new one of ours.
pub(crate) fn replay_store(
    held: &mut Held,
    replay: Option<&Bound<'_, PyAny>>,
) -> PyResult<Arc<dyn ReplayStore>> {
    let Some(replay) = replay else {
        return Ok(Arc::new(ForkAware::new(replay::MemoryReplayStore::new())));
    };
    if let Ok(store) = replay.cast::<MemoryReplayStore>() {
        let store: Arc<ForkAware> = Arc::clone(&store.get().0);
        return Ok(store);
    }
    if !replay.hasattr(intern!(replay.py(), "insert_if_absent"))? {
        let expected =
            "a wsse.MemoryReplayStore or an object with insert_if_absent(key, expires, now)";
        return Err(wrong_type("replay", expected, replay));
    }
    Ok(Arc::new(PythonStore(Callback::new(
        held,
        replay.clone().unbind(),
        "the replay store",
        Cause::ReplayStoreUnavailable,
    ))))
}

/// The embedded store; a fork becomes a warning that Python programs see.
struct ForkAware {
    store: replay::MemoryReplayStore,
    warned: AtomicBool,
}

impl ForkAware {
    fn new(store: replay::MemoryReplayStore) -> Self {
        Self { store, warned: AtomicBool::new(false) }
    }
}

impl ReplayStore for ForkAware {
    fn insert_if_absent(
        &self,
        key: &ReplayKey,
        expires: UnixTime,
        now: UnixTime,
    ) -> Result<bool, Error> {
        let fresh = self.store.insert_if_absent(key, expires, now)?;
        if self.store.forked() && !self.warned.swap(true, Ordering::Relaxed) {
            let warned = Python::try_attach(|py| {
                let message = c"a wsse.MemoryReplayStore is used after a fork: each process now \
                    remembers on its own, and a captured message can pass once in every one of \
                    them; make the store after the fork, or use one that the processes share";
                PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), message, 1)
            });
            // Where warnings are errors, this one is: the message is refused.
            if let Some(Err(raised)) = warned {
                raise_beside(raised);
                return Err(Error::new(
                    Cause::ReplayStoreUnavailable,
                    "the replay store is used after a fork, and warnings are errors",
                ));
            }
        }
        Ok(fresh)
    }
}

struct PythonStore(Callback);

impl ReplayStore for PythonStore {
    fn insert_if_absent(
        &self,
        key: &ReplayKey,
        expires: UnixTime,
        now: UnixTime,
    ) -> Result<bool, Error> {
        self.0.run(|store| {
            let py = store.py();
            let arguments =
                (PyBytes::new(py, key.octets()), to_datetime(py, expires)?, to_datetime(py, now)?);
            let fresh = store.call_method1(intern!(py, "insert_if_absent"), arguments)?;
            // None, 1, a coroutine: whether the message is new must be said, not guessed.
            let fresh = fresh.cast::<PyBool>().map_err(|_| {
                wrong_type("what insert_if_absent() returns", "True or False", &fresh)
            })?;
            Ok(fresh.is_true())
        })
    }
}
