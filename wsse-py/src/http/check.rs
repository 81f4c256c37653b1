//! Checking a header.

use super::dialect::{Dialect, dialect_of};
use super::{compute_attached, write_parameters};
use crate::callback::Held;
use crate::error::misuse;
use crate::octets::wrong_type;
use crate::passwords::passwords;
use crate::replay::replay_store;
use crate::time::{clock, to_datetime};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use wsse_core::http;

/// Checks the X-WSSE headers that a server receives. Made once, immutable, shared between
/// threads.
///
/// passwords: a mapping of usernames to a password or several (str or bytes), read once, here; or
/// a callable that is asked for them each time. None, an empty sequence and an empty password
/// mean an unknown user. dialects: the accepted ones, each the name of one of PRESETS or a
/// Dialect; "atom" by default. replay: the memory of what was accepted, a wsse.MemoryReplayStore
/// or an object with insert_if_absent(key: bytes, expires: datetime, now: datetime) -> bool; a
/// store of its own by default. now: a callable that returns a datetime (without time zone: UTC),
/// instead of the machine's clock. skew: seconds by which the sender's clock may be off in both
/// directions; by default what the dialects say.
///
/// The digest covers neither method nor target nor body of the request: use it under TLS.
#[pyclass(frozen, module = "wsse.http")]
pub(crate) struct HeaderCheck {
    check: http::HeaderCheck,
    held: Held,
}

#[pymethods]
impl HeaderCheck {
    #[new]
    #[pyo3(signature = (passwords, *, dialects = None, replay = None, now = None, skew = None))]
    fn new(
        passwords: &Bound<'_, PyAny>,
        dialects: Option<&Bound<'_, PyAny>>,
        replay: Option<&Bound<'_, PyAny>>,
        now: Option<Py<PyAny>>,
        skew: Option<u32>,
    ) -> PyResult<Self> {
        let py = passwords.py();
        let mut held = Held::default();
        let passwords = self::passwords(&mut held, Some(passwords), None)?
            .ok_or_else(|| misuse(py, "passwords are needed to check a header"))?;
        let mut builder = http::HeaderCheck::builder(passwords)
            .with_replay_store(replay_store(&mut held, replay)?);
        for dialect in accepted(dialects)? {
            builder = builder.with_dialect(dialect);
        }
        if let Some(now) = now {
            builder = builder.with_clock(clock(&mut held, now));
        }
        if let Some(skew) = skew {
            builder = builder.with_skew(skew);
        }
        let check = compute_attached(py, || builder.build())?;
        Ok(Self { check, held })
    }

    /// Checks the value of a header, without "X-WSSE:".
    ///
    /// Raises wsse.Malformed, wsse.MessageExpired, wsse.FailedAuthentication, or
    /// wsse.InvalidSecurity for one that was seen before.
    fn check(&self, value: &Bound<'_, PyAny>) -> PyResult<CheckedHeader> {
        let Ok(text) = value.cast::<PyString>() else {
            return Err(wrong_type("value", "str, the text of the header", value));
        };
        let text = text.to_cow()?;
        compute_attached(value.py(), || self.check.check(&text)).map(CheckedHeader)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.held.traverse(&visit)
    }
}

fn accepted(dialects: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<http::Dialect>> {
    match dialects {
        Some(several)
            if !several.is_instance_of::<PyString>() && !several.is_instance_of::<Dialect>() =>
        {
            several.try_iter()?.map(|one| Ok(dialect_of(Some(&one?))?.into_owned())).collect()
        }
        one => Ok(vec![dialect_of(one)?.into_owned()]),
    }
}

/// A header that was checked. Only HeaderCheck makes it.
#[pyclass(frozen, module = "wsse.http")]
pub(crate) struct CheckedHeader(http::CheckedHeader);

#[pymethods]
impl CheckedHeader {
    /// Who sent it, as confirmed by the password.
    #[getter]
    fn username(&self) -> &str {
        self.0.username()
    }

    /// The name of the dialect that fitted.
    #[getter]
    fn dialect(&self) -> &str {
        self.0.dialect()
    }

    /// When the sender says it was made; aware, in UTC.
    #[getter]
    fn created<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_datetime(py, self.0.created())
    }

    /// The text of Nonce, as the header has it.
    #[getter]
    fn nonce(&self) -> &str {
        self.0.nonce()
    }

    /// The parameters beside the four. They are not in the hash: anyone on the way can have
    /// written them.
    #[getter]
    fn unprotected_parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        write_parameters(py, self.0.unprotected_parameters())
    }

    fn __repr__(&self) -> String {
        format!("<wsse.http.CheckedHeader of {:?} in {:?}>", self.0.username(), self.0.dialect())
    }
}
