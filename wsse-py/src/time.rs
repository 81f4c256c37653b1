//! Instants as aware `datetime`s, and clocks that Python hands in.

use crate::callback::{Callback, Held};
use crate::octets::wrong_type;
use pyo3::PyTypeInfo;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDateTime, PyDelta, PyTzInfo};
use std::sync::Arc;
use wsse_core::time::{TimeProvider, UnixTime};
use wsse_core::{Cause, Error};

const SECONDS_OF_A_DAY: i64 = 24 * 3600;

/// An instant as an aware `datetime` in UTC, cut to microseconds.
pub(crate) fn to_datetime(py: Python<'_>, at: UnixTime) -> PyResult<Bound<'_, PyAny>> {
    let beyond = || PyOverflowError::new_err("the instant is beyond what a datetime can hold");
    let days = i32::try_from(at.seconds().div_euclid(SECONDS_OF_A_DAY)).map_err(|_| beyond())?;
    let seconds = i32::try_from(at.seconds().rem_euclid(SECONDS_OF_A_DAY)).map_err(|_| beyond())?;
    let nanoseconds = at.nanoseconds().rem_euclid(1_000_000_000);
    let microseconds = i32::try_from(nanoseconds / 1000).map_err(|_| beyond())?;
    epoch(py, true)?.add(PyDelta::new(py, days, seconds, microseconds, false)?)
}

/// The instant of a `datetime`; one without a time zone is UTC.
pub(crate) fn from_datetime(name: &str, value: &Bound<'_, PyAny>) -> PyResult<UnixTime> {
    // Asked as Python asks: a library that freezes time in tests puts a class of its own in the
    // place of datetime, and answers for both.
    if !value.is_instance(&PyDateTime::type_object(value.py()))? {
        return Err(wrong_type(name, "a datetime.datetime", value));
    }
    let aware = !value.call_method0("utcoffset")?.is_none();
    let since = value.sub(epoch(value.py(), aware)?)?;
    let part = |name| since.getattr(name)?.extract::<i64>();
    let seconds = part("days")? * SECONDS_OF_A_DAY + part("seconds")?;
    let nanoseconds =
        i128::from(seconds) * 1_000_000_000 + i128::from(part("microseconds")?) * 1000;
    Ok(UnixTime::from_nanoseconds(nanoseconds))
}

/// Makes what later conversions need, from the classes that are there when the module is
/// imported.
pub(crate) fn prepare(py: Python<'_>) -> PyResult<()> {
    epoch(py, true)?;
    epoch(py, false)?;
    Ok(())
}

/// The clock that a callable is.
pub(crate) fn clock(held: &mut Held, now: Py<PyAny>) -> Arc<dyn TimeProvider> {
    Arc::new(PythonClock(Callback::new(held, now, "the clock `now`", Cause::ClockUnavailable)))
}

struct PythonClock(Callback);

impl TimeProvider for PythonClock {
    fn now(&self) -> Result<UnixTime, Error> {
        self.0.run(|now| from_datetime("what `now` returns", &now.call0()?))
    }
}

fn epoch(py: Python<'_>, aware: bool) -> PyResult<&Bound<'_, PyDateTime>> {
    static AWARE: PyOnceLock<Py<PyDateTime>> = PyOnceLock::new();
    static NAIVE: PyOnceLock<Py<PyDateTime>> = PyOnceLock::new();
    let (cell, zone) = if aware { (&AWARE, Some(PyTzInfo::utc(py)?)) } else { (&NAIVE, None) };
    let epoch = cell.get_or_try_init(py, || {
        PyDateTime::new(py, 1970, 1, 1, 0, 0, 0, 0, zone.as_deref()).map(Bound::unbind)
    })?;
    Ok(epoch.bind(py))
}
