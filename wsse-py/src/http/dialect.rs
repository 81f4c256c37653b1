//! Dialects of the header: each knob is a keyword with a word for each choice.

use super::{read_parameters, write_parameters};
use crate::error::{misuse, to_python};
use crate::octets::wrong_type;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMappingProxy, PyString, PyTuple, PyType};
use std::borrow::Cow;
use wsse_core::http::{self, PRESETS};

/// How one service, or one family of clients, spells the X-WSSE header.
///
/// name: for people and logs. base: the Dialect, or the name of one of PRESETS, that it differs
/// from in what follows; "atom" by default.
///
/// nonce_form: "text", "base64", "hex", "text-read-as-base64". nonce_generator: "octets:N",
/// "hex-digits:N", "uuid", "uuid-without-dashes". hash: "sha1", "sha256", "sha384", "sha512".
/// digest_text: "octets" or "hex", what the base64 of PasswordDigest is of. created_form:
/// "date-time", "epoch-seconds", "rfc2822", "gmt-text"; zone ("Z", "+00:00", "+0000") and
/// milliseconds (bool) of a date-time. accepted_created: the forms that are read, a sequence.
/// secret: as in wsse.password_digest(). prefix: "required", "optional", "omitted". separator:
/// ", " or ",". parameters: a mapping of those that are always written, added to those of base.
/// ttl, future_tolerance: seconds.
///
/// Raises wsse.Misuse for another word.
#[pyclass(frozen, eq, module = "wsse.http")]
#[derive(PartialEq)]
pub(crate) struct Dialect(pub(crate) http::Dialect);

#[pymethods]
impl Dialect {
    #[new]
    #[pyo3(signature = (name, *, base = None, nonce_form = None, nonce_generator = None,
        hash = None, digest_text = None, created_form = None, zone = None, milliseconds = None,
        accepted_created = None, secret = None, prefix = None, separator = None,
        parameters = None, ttl = None, future_tolerance = None))]
    #[expect(clippy::too_many_arguments, reason = "keywords of one Python call")]
    fn new(
        py: Python<'_>,
        name: String,
        base: Option<&Bound<'_, PyAny>>,
        nonce_form: Option<&str>,
        nonce_generator: Option<&str>,
        hash: Option<&str>,
        digest_text: Option<&str>,
        created_form: Option<&str>,
        zone: Option<&str>,
        milliseconds: Option<bool>,
        accepted_created: Option<Vec<String>>,
        secret: Option<&str>,
        prefix: Option<&str>,
        separator: Option<&str>,
        parameters: Option<&Bound<'_, PyAny>>,
        ttl: Option<u32>,
        future_tolerance: Option<u32>,
    ) -> PyResult<Self> {
        let mut dialect = dialect_of(base)?.into_owned().with_name(name);
        let milliseconds = milliseconds.map(|chosen| if chosen { "true" } else { "false" });
        for (keyword, word) in [
            ("nonce_form", nonce_form),
            ("nonce_generator", nonce_generator),
            ("hash", hash),
            ("digest_text", digest_text),
            // Zone and milliseconds are those of the form, so they follow it.
            ("created_form", created_form),
            ("zone", zone),
            ("milliseconds", milliseconds),
            ("secret", secret),
            ("prefix", prefix),
            ("separator", separator),
        ] {
            if let Some(word) = word {
                dialect = set(py, dialect, keyword, word)?;
            }
        }
        if let Some(words) = accepted_created {
            // Of no form at all there is no text.
            dialect = if words.is_empty() {
                dialect.with_accepted_created(&[])
            } else {
                set(py, dialect, "accepted_created", &words.join(","))?
            };
        }
        for (name, value) in parameters.map(read_parameters).transpose()?.unwrap_or_default() {
            dialect = dialect.with_parameter(name, value);
        }
        if let Some(seconds) = ttl {
            dialect = dialect.with_ttl(seconds);
        }
        if let Some(seconds) = future_tolerance {
            dialect = dialect.with_future_tolerance(seconds);
        }
        Ok(Self(dialect))
    }

    /// The dialect of PRESETS that has this name. Raises wsse.Misuse for another.
    #[classmethod]
    fn preset(cls: &Bound<'_, PyType>, name: &str) -> PyResult<Self> {
        http::Dialect::preset(name).map(Self).map_err(|error| to_python(cls.py(), &error))
    }

    /// The name, for people and logs.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// How Nonce spells the octets that enter the hash.
    #[getter]
    fn nonce_form(&self) -> Option<String> {
        self.word("nonce_form")
    }

    /// What a fresh nonce is made of.
    #[getter]
    fn nonce_generator(&self) -> Option<String> {
        self.word("nonce_generator")
    }

    /// The algorithm of the digest.
    #[getter]
    fn hash(&self) -> Option<String> {
        self.word("hash")
    }

    /// What the base64 of PasswordDigest is of.
    #[getter]
    fn digest_text(&self) -> Option<String> {
        self.word("digest_text")
    }

    /// How Created is written.
    #[getter]
    fn created_form(&self) -> Option<String> {
        self.word("created_form")
    }

    /// How UTC is spelt in a Created that is a date-time; None for another form.
    #[getter]
    fn zone(&self) -> Option<String> {
        self.word("zone")
    }

    /// Whether a Created that is a date-time has milliseconds.
    #[getter]
    fn milliseconds(&self) -> bool {
        self.word("milliseconds").as_deref() == Some("true")
    }

    /// The forms in which Created is read.
    #[getter]
    fn accepted_created<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let words = self.word("accepted_created");
        PyTuple::new(py, words.iter().flat_map(|words| words.split(',')).collect::<Vec<_>>())
    }

    /// What is done to the password before it enters the hash.
    #[getter]
    fn secret(&self) -> Option<String> {
        self.word("secret")
    }

    /// Whether "UsernameToken " stands before the parameters.
    #[getter]
    fn prefix(&self) -> Option<String> {
        self.word("prefix")
    }

    /// What is written between two parameters.
    #[getter]
    fn separator(&self) -> Option<String> {
        self.word("separator")
    }

    /// The parameters that are always written.
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        write_parameters(py, self.0.parameters())
    }

    /// How old a header may be, in seconds.
    #[getter]
    fn ttl(&self) -> u32 {
        self.0.ttl()
    }

    /// How far in the future Created may lie, in seconds.
    #[getter]
    fn future_tolerance(&self) -> u32 {
        self.0.future_tolerance()
    }

    fn __repr__(&self) -> String {
        format!("<wsse.http.Dialect {:?}>", self.0.name())
    }
}

impl Dialect {
    fn word(&self, keyword: &str) -> Option<String> {
        self.0.setting(&setting_of(keyword))
    }
}

/// Names of the dialects that are in the field, each with a line about it.
pub(crate) fn presets(py: Python<'_>) -> PyResult<Bound<'_, PyMappingProxy>> {
    let names = PRESETS.iter().map(|preset| (preset.name(), preset.description()));
    Ok(PyMappingProxy::new(py, write_parameters(py, names)?.as_mapping()))
}

/// The dialect that an argument is: an object, or a name; `atom` where there is none.
pub(super) fn dialect_of<'a>(
    dialect: Option<&'a Bound<'_, PyAny>>,
) -> PyResult<Cow<'a, http::Dialect>> {
    let Some(dialect) = dialect else { return Ok(Cow::Owned(http::Dialect::default())) };
    if let Ok(dialect) = dialect.cast::<Dialect>() {
        return Ok(Cow::Borrowed(&dialect.get().0));
    }
    let Ok(name) = dialect.cast::<PyString>() else {
        return Err(wrong_type(
            "a dialect",
            "a wsse.http.Dialect or the name of a preset",
            dialect,
        ));
    };
    http::Dialect::preset(&name.to_cow()?)
        .map(Cow::Owned)
        .map_err(|error| to_python(dialect.py(), &error))
}

/// The dialect with one keyword set. What is wrong is told of the keyword.
fn set(
    py: Python<'_>,
    dialect: http::Dialect,
    keyword: &str,
    word: &str,
) -> PyResult<http::Dialect> {
    let name = setting_of(keyword);
    dialect.with_setting(&name, word).map_err(|error| match error.reason().strip_prefix(&*name) {
        Some(wrong) => misuse(py, format!("{keyword}{wrong}")),
        None => to_python(py, &error),
    })
}

/// What the core calls a keyword.
fn setting_of(keyword: &str) -> String {
    match keyword {
        "zone" | "milliseconds" => format!("created-{keyword}"),
        other => other.replace('_', "-"),
    }
}
