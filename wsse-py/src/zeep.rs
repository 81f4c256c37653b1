//! What `wsse.zeep.UsernameToken` writes, in the form that zeep writes.

use crate::error::{misuse, to_python};
use crate::octets::{octets, secret};
use crate::skeleton::{Element, require_characters};
use crate::time::from_datetime;
use crate::{callback, random};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};
use wsse_core::crypto::base64;
use wsse_core::ns;
use wsse_core::password::{SecretForm, password_digest_text};
use wsse_core::policy::{OutboundPolicy, Step};
use wsse_core::time::{DateTimeForm, TimeProvider, UnixTime, Zone};

const NONCE_LENGTH: usize = 16;

/// The elements of a Security header for zeep: the UsernameToken, then the Timestamp where
/// `timestamp` is its lifetime in seconds or True for the default one.
///
/// The first nine arguments are those of zeep's UsernameToken, but for timestamp_token. random is
/// os.urandom, now returns a datetime; either is called only where it is needed.
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
    nonce_with_text: bool,
    timestamp: Option<&Bound<'py, PyAny>>,
    random: Py<PyAny>,
    now: Py<PyAny>,
) -> PyResult<Bound<'py, PyTuple>> {
    let clock = Clock { now, instant: None };
    let mut maker = Maker { py, clock, random, zulu: zulu_timestamp.is_truthy()? };
    let mut token = Element::new("wsse", ns::WSSE, "UsernameToken");
    let username = maker.text("username", username)?;
    token.children.push(Element::new("wsse", ns::WSSE, "Username").with_text(username));
    if !password.is_none() || !password_digest.is_none() {
        if use_digest.is_truthy()? {
            let (nonce, created) = (maker.nonce(nonce)?, maker.created(created)?);
            let digest = if password_digest.is_truthy()? {
                maker.text("password_digest", password_digest)?
            } else {
                let form =
                    if hash_password.is_truthy()? { SecretForm::Sha1 } else { SecretForm::Plain };
                maker.digest(password, &nonce, &created, form)?
            };
            token.children.push(password_element(digest, ns::PASSWORD_DIGEST));
            token.children.extend(freshness(&nonce, created));
        } else {
            if password.is_none() {
                let reason = "password_digest is sent with use_digest=True only";
                return Err(misuse(py, reason));
            }
            let text = maker.text("password", password)?;
            token.children.push(password_element(text, ns::PASSWORD_TEXT));
            if nonce_with_text {
                let (nonce, created) = (maker.nonce(nonce)?, maker.created(created)?);
                token.children.extend(freshness(&nonce, created));
            }
        }
    }
    let mut elements = vec![token.to_tuple(py)?];
    if let Some(lifetime) = timestamp {
        elements.push(maker.timestamp(lifetime)?.to_tuple(py)?);
    }
    PyTuple::new(py, elements)
}

fn password_element(text: String, password_type: &'static str) -> Element {
    Element::new("wsse", ns::WSSE, "Password").with_text(text).with_attribute("Type", password_type)
}

fn freshness(nonce: &[u8], created: String) -> [Element; 2] {
    [
        Element::new("wsse", ns::WSSE, "Nonce")
            .with_text(base64(nonce))
            .with_attribute("EncodingType", ns::BASE64_BINARY),
        Element::new("wsu", ns::WSU, "Created").with_text(created),
    ]
}

/// Reads attributes as zeep does: what is false counts as absent.
struct Maker<'py> {
    py: Python<'py>,
    clock: Clock,
    random: Py<PyAny>,
    zulu: bool,
}

impl Maker<'_> {
    fn text(&self, what: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
        let Ok(text) = value.cast::<PyString>() else {
            let class = value.get_type();
            let reason = format!("{what} must be a str, not {}", class.name()?);
            let hint = if value.is_instance_of::<PyBytes>() {
                ": decode it, as in value.decode(\"utf-8\")"
            } else {
                ""
            };
            return Err(misuse(self.py, reason + hint));
        };
        let text = text.to_cow()?.into_owned();
        require_characters(self.py, what, &text)?;
        Ok(text)
    }

    fn nonce(&self, nonce: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
        if !nonce.is_truthy()? {
            let mut fresh = vec![0; NONCE_LENGTH];
            callback::forget_raised();
            let source = random::random(self.random.clone_ref(self.py));
            source.fill(&mut fresh).map_err(|error| to_python(self.py, &error))?;
            return Ok(fresh);
        }
        match nonce.cast::<PyString>() {
            Ok(text) => Ok(text.to_cow()?.as_bytes().to_vec()),
            Err(_) => match octets("nonce", nonce) {
                Ok(octets) => Ok(octets.to_vec()),
                Err(_) => Err(misuse(self.py, "nonce must be a str or bytes")),
            },
        }
    }

    /// Created as zeep writes it, in whole seconds. An aware datetime is converted to UTC; zeep
    /// relabels it.
    fn created(&mut self, created: &Bound<'_, PyAny>) -> PyResult<String> {
        if created.is_instance_of::<PyString>() && created.is_truthy()? {
            return self.text("created", created);
        }
        let instant = if created.is_truthy()? {
            from_datetime("created", created).map_err(|_| {
                misuse(self.py, "created must be a datetime, or text to be sent as it is")
            })?
        } else {
            self.clock.read(self.py)?
        };
        let zone = if self.zulu { Zone::Zulu } else { Zone::Offset };
        self.write(instant, DateTimeForm { milliseconds: false, zone })
    }

    fn digest(
        &self,
        password: &Bound<'_, PyAny>,
        nonce: &[u8],
        created: &str,
        form: SecretForm,
    ) -> PyResult<String> {
        let password = secret("password", password)
            .map_err(|_| misuse(self.py, "a digest needs a password: a str, or bytes"))?;
        Ok(password_digest_text(nonce, created, &password, form))
    }

    fn timestamp(&mut self, lifetime: &Bound<'_, PyAny>) -> PyResult<Element> {
        let policy = OutboundPolicy::new([Step::Timestamp])
            .map_err(|error| to_python(self.py, &error))?
            .timestamp;
        let ttl = match lifetime.extract::<bool>() {
            Ok(_) => policy.ttl,
            Err(_) => lifetime.extract::<u32>().ok().filter(|ttl| *ttl > 0).ok_or_else(|| {
                misuse(self.py, "timestamp must be True, or its lifetime: seconds above 0")
            })?,
        };
        let form = DateTimeForm { milliseconds: policy.milliseconds, zone: policy.zone };
        let created = self.clock.read(self.py)?;
        let expires = created.plus_seconds(i64::from(ttl));
        let mut timestamp = Element::new("wsu", ns::WSU, "Timestamp");
        for (name, instant) in [("Created", created), ("Expires", expires)] {
            let text = self.write(instant, form)?;
            timestamp.children.push(Element::new("wsu", ns::WSU, name).with_text(text));
        }
        Ok(timestamp)
    }

    fn write(&self, instant: UnixTime, form: DateTimeForm) -> PyResult<String> {
        instant.write(form).ok_or_else(|| {
            misuse(self.py, "the time is beyond the years that an xsd:dateTime can hold")
        })
    }
}

/// A clock that is read once, so that all instants of a message are one.
struct Clock {
    now: Py<PyAny>,
    instant: Option<UnixTime>,
}

impl Clock {
    fn read(&mut self, py: Python<'_>) -> PyResult<UnixTime> {
        if let Some(instant) = self.instant {
            return Ok(instant);
        }
        callback::forget_raised();
        let clock = crate::time::clock(self.now.clone_ref(py));
        let instant = TimeProvider::now(&*clock).map_err(|error| to_python(py, &error))?;
        self.instant = Some(instant);
        Ok(instant)
    }
}
