//! Making a header.

use super::dialect::{Dialect, dialect_of};
use super::{compute_attached, read_parameters};
use crate::callback::Held;
use crate::error::misuse;
use crate::octets::{octets, secret};
use crate::random::random;
use crate::time::{clock, from_datetime};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::borrow::Cow;
use std::sync::Arc;
use wsse_core::crypto::{Secret, SecureRandom, SystemRandom};
use wsse_core::http::{self, CreateOptions, create};
use wsse_core::time::{SystemClock, TimeProvider};

/// The value of an X-WSSE header, without "X-WSSE: ".
///
/// password: str (its UTF-8 octets enter) or bytes. dialect: the name of one of PRESETS, or a
/// Dialect; "atom" by default. nonce: what enters the hash, str or bytes; fresh by default.
/// created: a str, used as it is, or a datetime (without time zone: UTC); the clock's by default.
/// parameters: a mapping of further parameters. now: a callable that returns a datetime, instead
/// of the machine's clock.
///
/// Raises wsse.Misuse for what cannot stand in a header.
#[pyfunction]
#[pyo3(signature = (username, password, *, dialect = None, nonce = None, created = None,
    parameters = None, now = None))]
#[expect(clippy::too_many_arguments, reason = "keywords of one Python call")]
pub(crate) fn create_header(
    py: Python<'_>,
    username: &Bound<'_, PyString>,
    password: &Bound<'_, PyAny>,
    dialect: Option<&Bound<'_, PyAny>>,
    nonce: Option<&Bound<'_, PyAny>>,
    created: Option<&Bound<'_, PyAny>>,
    parameters: Option<&Bound<'_, PyAny>>,
    now: Option<Py<PyAny>>,
) -> PyResult<String> {
    let dialect = dialect_of(dialect)?;
    let password = secret("password", password)?;
    let username = username.to_cow()?;
    let given = Given { nonce, created, parameters };
    match now {
        Some(now) => given.create(
            py,
            &dialect,
            &username,
            &password,
            &*clock(&mut Held::default(), now),
            &SystemRandom,
        ),
        None => given.create(py, &dialect, &username, &password, &SystemClock, &SystemRandom),
    }
}

/// Makes the headers of one user: create_header() with everything prepared that stays the same.
///
/// username, password, dialect and now are as in create_header(); random: a callable like
/// os.urandom, instead of the machine's randomness. Immutable, shared between threads.
#[pyclass(frozen, module = "wsse.http")]
pub(crate) struct HeaderCreator {
    username: String,
    password: Secret,
    dialect: http::Dialect,
    clock: Arc<dyn TimeProvider>,
    random: Arc<dyn SecureRandom>,
    held: Held,
}

#[pymethods]
impl HeaderCreator {
    #[new]
    #[pyo3(signature = (username, password, *, dialect = None, now = None, random = None))]
    fn new(
        username: String,
        password: &Bound<'_, PyAny>,
        dialect: Option<&Bound<'_, PyAny>>,
        now: Option<Py<PyAny>>,
        random: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let mut held = Held::default();
        let clock: Arc<dyn TimeProvider> = match now {
            Some(now) => clock(&mut held, now),
            None => Arc::new(SystemClock),
        };
        let random: Arc<dyn SecureRandom> = match random {
            Some(random) => self::random(&mut held, random),
            None => Arc::new(SystemRandom),
        };
        let password = secret("password", password)?;
        let dialect = dialect_of(dialect)?.into_owned();
        Ok(Self { username, password, dialect, clock, random, held })
    }

    /// The value of a header, without "X-WSSE: "; the arguments are those of create_header().
    #[pyo3(signature = (*, nonce = None, created = None, parameters = None))]
    fn create(
        &self,
        py: Python<'_>,
        nonce: Option<&Bound<'_, PyAny>>,
        created: Option<&Bound<'_, PyAny>>,
        parameters: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let given = Given { nonce, created, parameters };
        let Self { username, password, dialect, clock, random, .. } = self;
        given.create(py, dialect, username, password, &**clock, &**random)
    }

    /// Whose headers are made.
    #[getter]
    fn username(&self) -> &str {
        &self.username
    }

    /// How they are spelt.
    #[getter]
    fn dialect(&self) -> Dialect {
        Dialect(self.dialect.clone())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.held.traverse(&visit)
    }

    fn __repr__(&self) -> String {
        format!("<wsse.http.HeaderCreator of {:?} in {:?}>", self.username, self.dialect.name())
    }
}

/// What a call may give.
struct Given<'a, 'py> {
    nonce: Option<&'a Bound<'py, PyAny>>,
    created: Option<&'a Bound<'py, PyAny>>,
    parameters: Option<&'a Bound<'py, PyAny>>,
}

impl Given<'_, '_> {
    fn create(
        &self,
        py: Python<'_>,
        dialect: &http::Dialect,
        username: &str,
        password: &Secret,
        clock: &dyn TimeProvider,
        random: &dyn SecureRandom,
    ) -> PyResult<String> {
        let nonce = self.nonce.map(nonce_octets).transpose()?;
        let created = self.created.map(|created| created_text(dialect, created)).transpose()?;
        let parameters = self.parameters.map(read_parameters).transpose()?.unwrap_or_default();
        let parameters: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let options = CreateOptions {
            nonce: nonce.as_deref(),
            created: created.as_deref(),
            parameters: &parameters,
        };
        compute_attached(py, || create(dialect, username, password, &options, clock, random))
    }
}

fn nonce_octets<'a>(nonce: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    match nonce.cast::<PyString>() {
        Ok(text) => Ok(Cow::Owned(text.to_cow()?.as_bytes().to_vec())),
        Err(_) => Ok(Cow::Owned(octets("nonce", nonce)?.to_vec())),
    }
}

fn created_text(dialect: &http::Dialect, created: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(text) = created.cast::<PyString>() {
        return Ok(text.to_cow()?.into_owned());
    }
    let instant = from_datetime("created", created)?;
    // A datetime that can't be written is the caller's: not the clock's, as the core has it.
    dialect
        .created_form()
        .write(instant)
        .map_err(|_| misuse(created.py(), "created is beyond the years that a header can spell"))
}
