//! The headers around `X-WSSE`: the server's challenge and the client's announcement.

use super::{compute_attached, read_parameters, write_parameters};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use wsse_core::http;

/// What a server asks for in WWW-Authenticate: WSSE realm="…", profile="UsernameToken". The realm
/// is empty where none is given.
#[pyclass(frozen, eq, module = "wsse.http")]
#[derive(PartialEq)]
pub(crate) struct Challenge(http::Challenge);

#[pymethods]
impl Challenge {
    #[new]
    #[pyo3(signature = (realm = None))]
    fn new(realm: Option<String>) -> Self {
        Self(http::Challenge::new(realm.unwrap_or_default()))
    }

    /// Finds the WSSE challenge in the value of a WWW-Authenticate header, which may hold several
    /// (RFC 9110, section 11.6.1). None if there is none. Raises wsse.Malformed.
    #[classmethod]
    fn parse(cls: &Bound<'_, PyType>, value: &str) -> PyResult<Option<Self>> {
        let challenge = compute_attached(cls.py(), || http::Challenge::parse(value))?;
        Ok(challenge.map(Self))
    }

    /// The header's value. Raises wsse.Misuse for a control character.
    fn write(&self, py: Python<'_>) -> PyResult<String> {
        compute_attached(py, || self.0.write())
    }

    /// The realm, if there is one.
    #[getter]
    fn realm(&self) -> Option<&str> {
        self.0.realm()
    }

    /// The profile, if there is one. Only UsernameToken can be answered by an X-WSSE header.
    #[getter]
    fn profile(&self) -> Option<&str> {
        self.0.profile()
    }

    /// The other parameters.
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        write_parameters(py, self.0.parameters())
    }

    fn __repr__(&self) -> String {
        match self.0.realm() {
            Some(realm) => format!("<wsse.http.Challenge of realm {realm:?}>"),
            None => "<wsse.http.Challenge>".to_owned(),
        }
    }
}

/// What a client announces in Authorization beside X-WSSE: WSSE profile="UsernameToken".
///
/// realm and parameters (a mapping) are written where they are given.
#[pyclass(frozen, eq, module = "wsse.http")]
#[derive(PartialEq)]
pub(crate) struct Authorization(http::Authorization);

#[pymethods]
impl Authorization {
    #[new]
    #[pyo3(signature = (realm = None, *, parameters = None))]
    fn new(realm: Option<String>, parameters: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let mut authorization = http::Authorization::new();
        if let Some(realm) = realm {
            authorization = authorization.with_realm(realm);
        }
        for (name, value) in parameters.map(read_parameters).transpose()?.unwrap_or_default() {
            authorization = authorization.with_parameter(name, value);
        }
        Ok(Self(authorization))
    }

    /// WSSE realm="SDP",profile="UsernameToken",type="Appkey", which Huawei Cloud SMS wants with
    /// the dialect "huawei".
    #[classmethod]
    fn huawei(_cls: &Bound<'_, PyType>) -> Self {
        Self(http::Authorization::huawei())
    }

    /// Reads the value of an Authorization header; None if it is of another scheme. Raises
    /// wsse.Malformed.
    #[classmethod]
    fn parse(cls: &Bound<'_, PyType>, value: &str) -> PyResult<Option<Self>> {
        let authorization = compute_attached(cls.py(), || http::Authorization::parse(value))?;
        Ok(authorization.map(Self))
    }

    /// The header's value. Raises wsse.Misuse for what cannot stand in a header.
    fn write(&self, py: Python<'_>) -> PyResult<String> {
        compute_attached(py, || self.0.write())
    }

    /// The realm, if there is one.
    #[getter]
    fn realm(&self) -> Option<&str> {
        self.0.realm()
    }

    /// The profile, if there is one.
    #[getter]
    fn profile(&self) -> Option<&str> {
        self.0.profile()
    }

    /// The other parameters.
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        write_parameters(py, self.0.parameters())
    }

    fn __repr__(&self) -> String {
        match self.0.realm() {
            Some(realm) => format!("<wsse.http.Authorization of realm {realm:?}>"),
            None => "<wsse.http.Authorization>".to_owned(),
        }
    }
}
