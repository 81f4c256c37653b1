//! Dialects of the header: each knob is a keyword with a word for each choice.

use super::{read_parameters, write_parameters};
use crate::error::{misuse, to_python};
use crate::octets::wrong_type;
use crate::passwords::secret_form;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMappingProxy, PyString, PyTuple, PyType};
use std::borrow::Cow;
use wsse_core::crypto::Hash;
use wsse_core::http::{
    self, CreatedForm, DateForm, DigestText, NonceForm, NonceGenerator, PRESETS, Prefix, Separator,
};
use wsse_core::time::{DateTimeForm, Zone};

const NONCE_FORMS: [(&str, NonceForm); 4] = [
    ("text", NonceForm::Text),
    ("base64", NonceForm::Base64),
    ("hex", NonceForm::Hex),
    ("text-read-as-base64", NonceForm::TextReadAsBase64),
];
const HASHES: [(&str, Hash); 4] = [
    ("sha1", Hash::Sha1),
    ("sha256", Hash::Sha256),
    ("sha384", Hash::Sha384),
    ("sha512", Hash::Sha512),
];
const DIGEST_TEXTS: [(&str, DigestText); 2] =
    [("octets", DigestText::Octets), ("hex", DigestText::Hex)];
const DATE_FORMS: [(&str, DateForm); 4] = [
    ("date-time", DateForm::DateTime),
    ("epoch-seconds", DateForm::EpochSeconds),
    ("rfc2822", DateForm::Rfc2822),
    ("gmt-text", DateForm::GmtText),
];
const ZONES: [(&str, Zone); 3] =
    [("Z", Zone::Zulu), ("+00:00", Zone::Offset), ("+0000", Zone::OffsetWithoutColon)];
const PREFIXES: [(&str, Prefix); 3] =
    [("required", Prefix::Required), ("optional", Prefix::Optional), ("omitted", Prefix::Omitted)];
const SEPARATORS: [(&str, Separator); 2] = [(", ", Separator::CommaSpace), (",", Separator::Comma)];

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
        let mut dialect = renamed(dialect_of(base)?.as_ref(), name);
        if let Some(word) = nonce_form {
            dialect = dialect.with_nonce_form(choice(py, "nonce_form", word, &NONCE_FORMS)?);
        }
        if let Some(word) = nonce_generator {
            dialect = dialect.with_nonce_generator(read_generator(py, word)?);
        }
        if let Some(word) = hash {
            dialect = dialect.with_hash(choice(py, "hash", word, &HASHES)?);
        }
        if let Some(word) = digest_text {
            dialect = dialect.with_digest_text(choice(py, "digest_text", word, &DIGEST_TEXTS)?);
        }
        if created_form.is_some() || zone.is_some() || milliseconds.is_some() {
            let form = read_created(py, dialect.created_form(), created_form, zone, milliseconds)?;
            dialect = dialect.with_created_form(form);
        }
        if let Some(words) = accepted_created {
            let forms: Vec<DateForm> = words
                .iter()
                .map(|word| choice(py, "accepted_created", word, &DATE_FORMS))
                .collect::<PyResult<_>>()?;
            dialect = dialect.with_accepted_created(&forms);
        }
        if let Some(word) = secret {
            dialect = dialect.with_secret_form(secret_form(py, word)?);
        }
        if let Some(word) = prefix {
            dialect = dialect.with_prefix(choice(py, "prefix", word, &PREFIXES)?);
        }
        if let Some(word) = separator {
            dialect = dialect.with_separator(choice(py, "separator", word, &SEPARATORS)?);
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
    fn nonce_form(&self) -> &'static str {
        word(self.0.nonce_form(), &NONCE_FORMS)
    }

    /// What a fresh nonce is made of.
    #[getter]
    fn nonce_generator(&self) -> String {
        match self.0.nonce_generator() {
            NonceGenerator::Octets(count) => format!("octets:{count}"),
            NonceGenerator::HexDigits(count) => format!("hex-digits:{count}"),
            NonceGenerator::Uuid => "uuid".to_owned(),
            NonceGenerator::UuidWithoutDashes => "uuid-without-dashes".to_owned(),
            _ => "unknown".to_owned(),
        }
    }

    /// The algorithm of the digest.
    #[getter]
    fn hash(&self) -> &'static str {
        word(self.0.hash(), &HASHES)
    }

    /// What the base64 of PasswordDigest is of.
    #[getter]
    fn digest_text(&self) -> &'static str {
        word(self.0.digest_text(), &DIGEST_TEXTS)
    }

    /// How Created is written.
    #[getter]
    fn created_form(&self) -> &'static str {
        word(self.0.created_form().date_form(), &DATE_FORMS)
    }

    /// How UTC is spelt in a Created that is a date-time; None for another form.
    #[getter]
    fn zone(&self) -> Option<&'static str> {
        date_time(self.0.created_form()).map(|form| word(form.zone, &ZONES))
    }

    /// Whether a Created that is a date-time has milliseconds.
    #[getter]
    fn milliseconds(&self) -> bool {
        date_time(self.0.created_form()).is_some_and(|form| form.milliseconds)
    }

    /// The forms in which Created is read.
    #[getter]
    fn accepted_created<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let accepted = DATE_FORMS.iter().filter(|(_, form)| self.0.accepts_created(*form));
        PyTuple::new(py, accepted.map(|(word, _)| *word).collect::<Vec<_>>())
    }

    /// What is done to the password before it enters the hash.
    #[getter]
    fn secret(&self) -> &'static str {
        self.0.secret_form().name()
    }

    /// Whether "UsernameToken " stands before the parameters.
    #[getter]
    fn prefix(&self) -> &'static str {
        word(self.0.prefix(), &PREFIXES)
    }

    /// What is written between two parameters.
    #[getter]
    fn separator(&self) -> &'static str {
        word(self.0.separator(), &SEPARATORS)
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

/// A dialect under another name.
fn renamed(base: &http::Dialect, name: String) -> http::Dialect {
    let accepted: Vec<DateForm> = DATE_FORMS
        .iter()
        .map(|(_, form)| *form)
        .filter(|form| base.accepts_created(*form))
        .collect();
    let renamed = http::Dialect::new(name)
        .with_nonce_form(base.nonce_form())
        .with_nonce_generator(base.nonce_generator())
        .with_hash(base.hash())
        .with_digest_text(base.digest_text())
        .with_created_form(base.created_form())
        .with_accepted_created(&accepted)
        .with_secret_form(base.secret_form())
        .with_prefix(base.prefix())
        .with_separator(base.separator())
        .with_ttl(base.ttl())
        .with_future_tolerance(base.future_tolerance());
    base.parameters().fold(renamed, |dialect, (name, value)| dialect.with_parameter(name, value))
}

fn choice<T: Copy>(py: Python<'_>, knob: &str, given: &str, words: &[(&str, T)]) -> PyResult<T> {
    match words.iter().find(|(word, _)| *word == given) {
        Some((_, value)) => Ok(*value),
        None => {
            let known: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
            Err(misuse(py, format!("{knob} is {given:?}; there are {}", known.join(", "))))
        }
    }
}

fn word<T: Copy + PartialEq>(value: T, words: &[(&'static str, T)]) -> &'static str {
    words.iter().find(|(_, known)| *known == value).map_or("unknown", |(word, _)| word)
}

fn read_generator(py: Python<'_>, given: &str) -> PyResult<NonceGenerator> {
    let counted = |count: &str| count.parse::<u8>().ok();
    match given.split_once(':') {
        None if given == "uuid" => Some(NonceGenerator::Uuid),
        None if given == "uuid-without-dashes" => Some(NonceGenerator::UuidWithoutDashes),
        Some(("octets", count)) => counted(count).map(NonceGenerator::Octets),
        Some(("hex-digits", count)) => counted(count).map(NonceGenerator::HexDigits),
        _ => None,
    }
    .ok_or_else(|| {
        misuse(
            py,
            format!(
                "nonce_generator is {given:?}; there are \"octets:N\", \"hex-digits:N\", \"uuid\", \
                 \"uuid-without-dashes\""
            ),
        )
    })
}

fn read_created(
    py: Python<'_>,
    base: CreatedForm,
    form: Option<&str>,
    zone: Option<&str>,
    milliseconds: Option<bool>,
) -> PyResult<CreatedForm> {
    let family = match form {
        Some(word) => choice(py, "created_form", word, &DATE_FORMS)?,
        None => base.date_form(),
    };
    if family != DateForm::DateTime && (zone.is_some() || milliseconds.is_some()) {
        return Err(misuse(py, "zone and milliseconds are for the created_form \"date-time\""));
    }
    Ok(match family {
        DateForm::EpochSeconds => CreatedForm::EpochSeconds,
        DateForm::Rfc2822 => CreatedForm::Rfc2822,
        DateForm::GmtText => CreatedForm::GmtText,
        _ => {
            let mut form = date_time(base).unwrap_or_default();
            if let Some(word) = zone {
                form.zone = choice(py, "zone", word, &ZONES)?;
            }
            if let Some(milliseconds) = milliseconds {
                form.milliseconds = milliseconds;
            }
            CreatedForm::DateTime(form)
        }
    })
}

fn date_time(form: CreatedForm) -> Option<DateTimeForm> {
    match form {
        CreatedForm::DateTime(form) => Some(form),
        _ => None,
    }
}
