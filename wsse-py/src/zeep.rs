//! What `wsse.zeep.UsernameToken` writes, in the form that zeep writes.

use crate::callback::{self, Callback, Held};
use crate::error::{misuse, to_python};
use crate::octets::{octets, secret, wrong_type};
use crate::skeleton::to_tuple;
use crate::time::{clock, from_datetime};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString, PyTuple};
use wsse_core::crypto::Secret;
use wsse_core::password::SecretForm;
use wsse_core::time::{DateTimeForm, UnixTime, Zone};
use wsse_core::token::{
    ShownPassword, Timestamp, TimestampOptions, UsernameToken, UsernameTokenOptions,
};
use wsse_core::xml::push_text;
use wsse_core::{Cause, Error};

const NONCE_LENGTH: usize = 16;

/// The elements of a Security header for zeep: the UsernameToken, then the Timestamp where
/// `timestamp` is its lifetime in seconds, or True for the default one.
///
/// The first eight arguments are those of zeep's UsernameToken, but for timestamp_token. random
/// is os.urandom, now returns a datetime; either is called only where it is needed.
#[pyfunction]
#[pyo3(signature = (username, password, password_digest, use_digest, nonce, created,
    zulu_timestamp, hash_password, *, nonce_with_text, timestamp, random, now))]
#[expect(clippy::too_many_arguments, reason = "the attributes of zeep's class")]
pub(crate) fn username_token_skeleton<'py>(
    py: Python<'py>,
    username: &Bound<'py, PyAny>,
    password: &Bound<'py, PyAny>,
    password_digest: &Bound<'py, PyAny>,
    use_digest: &Bound<'py, PyAny>,
    nonce: &Bound<'py, PyAny>,
    created: &Bound<'py, PyAny>,
    zulu_timestamp: &Bound<'py, PyAny>,
    hash_password: &Bound<'py, PyAny>,
    nonce_with_text: &Bound<'py, PyAny>,
    timestamp: Option<&Bound<'py, PyAny>>,
    random: Py<PyAny>,
    now: Py<PyAny>,
) -> PyResult<Bound<'py, PyTuple>> {
    callback::forget_raised();
    let mut sources = Sources { py, random, now, instant: None };
    let shown = Shown::read(password, password_digest, use_digest, hash_password)?;
    let fresh = match shown {
        Shown::Nothing => false,
        Shown::Text(_) => nonce_with_text.is_truthy()?,
        Shown::Digest(..) | Shown::Prepared(_) => true,
    };
    let username = text("username", username)?;
    let nonce = if fresh { Some(sources.nonce(nonce)?) } else { None };
    let zone = if zulu_timestamp.is_truthy()? { Zone::Zulu } else { Zone::Offset };
    let created = if fresh { Some(sources.created(created, zone)?) } else { None };
    let mut options = UsernameTokenOptions::new(&username);
    options.password = shown.as_core();
    options.nonce = nonce.as_deref();
    options.created = created.as_deref();
    let token = UsernameToken::markup(&options).map_err(|error| to_python(py, &error))?;
    let mut elements = vec![to_tuple(py, &token)?];
    if let Some(lifetime) = timestamp {
        let options = timestamp_options(lifetime)?;
        let timestamp = Timestamp::markup(sources.now()?, &options);
        elements.push(to_tuple(py, &timestamp.map_err(|error| to_python(py, &error))?)?);
    }
    PyTuple::new(py, elements)
}

/// What is shown of the password. As with zeep, what is false counts as absent, and a prepared
/// digest wins over a password.
enum Shown {
    Nothing,
    Text(Secret),
    Digest(Secret, SecretForm),
    Prepared(String),
}

impl Shown {
    fn read(
        password: &Bound<'_, PyAny>,
        password_digest: &Bound<'_, PyAny>,
        use_digest: &Bound<'_, PyAny>,
        hash_password: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let py = password.py();
        if password.is_none() && password_digest.is_none() {
            return Ok(Self::Nothing);
        }
        if !use_digest.is_truthy()? {
            if password.is_none() {
                return Err(misuse(py, "password_digest is sent with use_digest=True only"));
            }
            return Ok(Self::Text(Secret::new(text("password", password)?)));
        }
        if password_digest.is_truthy()? {
            return Ok(Self::Prepared(text("password_digest", password_digest)?));
        }
        let form = if hash_password.is_truthy()? { SecretForm::Sha1 } else { SecretForm::Plain };
        match secret("password", password) {
            Ok(password) => Ok(Self::Digest(password, form)),
            Err(error) => Err(misuse(py, format!("{}, to make a digest", error.value(py)))),
        }
    }

    fn as_core(&self) -> ShownPassword<'_> {
        match self {
            Self::Nothing => ShownPassword::None,
            Self::Text(password) => ShownPassword::Text(password),
            Self::Digest(password, form) => ShownPassword::Digest(password, *form),
            Self::Prepared(digest) => ShownPassword::DigestText(digest),
        }
    }
}

/// Where nonce and Created come from when they are not given. The clock is read at most once, so
/// that all instants of a message are one.
struct Sources<'py> {
    py: Python<'py>,
    random: Py<PyAny>,
    now: Py<PyAny>,
    instant: Option<UnixTime>,
}

impl Sources<'_> {
    fn nonce(&self, given: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
        if !given.is_truthy()? {
            // What a test puts in the place of os.urandom returns what it likes, as zeep takes it.
            let source = Callback::new(
                &mut Held::default(),
                self.random.clone_ref(self.py),
                "the source `random`",
                Cause::RandomUnavailable,
            );
            let fresh = source.run(|random| {
                Ok(octets("what `random` returns", &random.call1((NONCE_LENGTH,))?)?.to_vec())
            });
            let fresh = fresh.map_err(|error| self.raise(&error))?;
            return Ok(fresh);
        }
        match given.cast::<PyString>() {
            Ok(text) => Ok(text.to_cow()?.as_bytes().to_vec()),
            Err(_) => match octets("nonce", given) {
                Ok(octets) => Ok(octets.to_vec()),
                Err(_) => Err(refuse_type("nonce", "a str or bytes", given)),
            },
        }
    }

    /// Created as zeep writes it, in whole seconds. An aware datetime is converted to UTC; zeep
    /// relabels it.
    fn created(&mut self, given: &Bound<'_, PyAny>, zone: Zone) -> PyResult<String> {
        let instant = if !given.is_truthy()? {
            self.now()?
        } else if given.is_instance_of::<PyString>() {
            return text("created", given);
        } else {
            let expected = "a datetime, or a str to be sent as it is";
            from_datetime("created", given).map_err(|_| refuse_type("created", expected, given))?
        };
        instant.write(DateTimeForm { milliseconds: false, zone }).ok_or_else(|| {
            misuse(self.py, "created is beyond the years that an xsd:dateTime can hold")
        })
    }

    fn now(&mut self) -> PyResult<UnixTime> {
        if let Some(instant) = self.instant {
            return Ok(instant);
        }
        let instant = clock(&mut Held::default(), self.now.clone_ref(self.py))
            .now()
            .map_err(|error| self.raise(&error))?;
        self.instant = Some(instant);
        Ok(instant)
    }

    fn raise(&self, error: &Error) -> PyErr {
        to_python(self.py, error)
    }
}

fn timestamp_options(lifetime: &Bound<'_, PyAny>) -> PyResult<TimestampOptions> {
    let mut options = TimestampOptions::default();
    if let Ok(given) = lifetime.cast::<PyBool>() {
        if given.is_true() {
            return Ok(options);
        }
    } else if let Ok(seconds @ 1..) = lifetime.extract::<u32>() {
        options.ttl = seconds;
        return Ok(options);
    }
    Err(misuse(
        lifetime.py(),
        "timestamp must be True, or the lifetime of the Timestamp: a timedelta, or whole seconds \
         above 0",
    ))
}

/// A str that XML can carry.
fn text(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let Ok(text) = value.cast::<PyString>() else {
        return Err(refuse_type(name, "a str", value));
    };
    let text = text.to_cow()?.into_owned();
    push_text(&mut Vec::with_capacity(text.len()), &text)
        .map_err(|error| misuse(value.py(), format!("{name}: {}", error.reason())))?;
    Ok(text)
}

/// wsse.Misuse where zeep raises whatever comes out of the attempt.
fn refuse_type(name: &str, expected: &str, value: &Bound<'_, PyAny>) -> PyErr {
    misuse(value.py(), wrong_type(name, expected, value).value(value.py()).to_string())
}
