//! Protecting messages.

use crate::callback::Held;
use crate::error::{compute, misuse};
use crate::exchange::Exchange;
use crate::inbound::ValidatedMessage;
use crate::octets::{octets, secret, wrong_type};
use crate::policy;
use crate::random;
use crate::stream::{Source, Target};
use crate::template::{Template, filled};
use crate::time::{clock, from_datetime};
use crate::trusted::{give_recipients, give_signers};
use pyo3::exceptions::PyValueError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PySequence, PyString, PyTuple};
use wsse_core::crypto::Secret;
use wsse_core::outbound::Form;
use wsse_core::time::DateTimeForm;
use wsse_core::xmldsig::bare;
use wsse_core::{Call, ProtectOptions};

/// Protects messages by a policy. Made once, immutable, shared between threads.
///
/// policy: a wsse.OutboundPolicy, "preset:NAME" or TOML text. username, password (str or bytes):
/// whose UsernameToken is written, unless a call names another. now: a callable that returns a
/// datetime (without time zone: UTC), instead of the machine's clock. random: a callable like
/// os.urandom, instead of the machine's randomness. identities: whom the policy's signatures are
/// made by, a wsse.Identity, or a mapping of the names that the policy has to them. secrets: shared
/// secrets for HMAC signatures and for encryption (str or bytes), one or a mapping of names to them.
/// recipients: who is encrypted for, a wsse.Certificate, a wsse.PublicKey, of whose certificate nothing
/// is asked, or the octets of a PEM or DER file, whose first certificate or key it is; or a mapping of
/// the names that the policy has to one each.
///
/// Raises wsse.Misuse for a policy that cannot be read, contradicts itself, or signs with or encrypts
/// for what was not given.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct Outbound {
    outbound: wsse_core::Outbound,
    /// The user of an Outbound that has no password: the policy shows none, or calls give it.
    username: Option<String>,
    held: Held,
}

#[pymethods]
impl Outbound {
    #[new]
    #[pyo3(signature = (policy, *, username = None, password = None, now = None, random = None,
        identities = None, secrets = None, recipients = None))]
    #[expect(clippy::too_many_arguments, reason = "keywords of one Python call")]
    fn new(
        py: Python<'_>,
        policy: &Bound<'_, PyAny>,
        username: Option<&str>,
        password: Option<&Bound<'_, PyAny>>,
        now: Option<Py<PyAny>>,
        random: Option<Py<PyAny>>,
        identities: Option<&Bound<'_, PyAny>>,
        secrets: Option<&Bound<'_, PyAny>>,
        recipients: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let mut builder =
            wsse_core::Outbound::builder(policy::OutboundPolicy::from_argument(policy)?);
        let (mut without_password, mut held) = (None, Held::default());
        match (username, password) {
            (Some(username), Some(password)) => {
                builder = builder.username(username, secret("password", password)?);
            }
            (Some(username), None) => without_password = Some(username.to_owned()),
            (None, None) => {}
            (None, Some(_)) => return Err(misuse(py, "a password was given without its username")),
        }
        if let Some(now) = now {
            builder = builder.clock(clock(&mut held, now));
        }
        if let Some(given) = random {
            builder = builder.random(random::random(&mut held, given));
        }
        let builder = give_signers(&mut held, builder, identities, secrets)?;
        let builder = give_recipients(builder, recipients)?;
        let outbound = compute(py, || builder.build())?;
        Ok(Self { outbound, username: without_password, held })
    }

    /// Puts into the message what the policy says; bytes in, bytes out. What stands outside the
    /// Security header stays as it is.
    ///
    /// envelope: a SOAP 1.1 or 1.2 message. username, password: whose UsernameToken is
    /// written this time. nonce: its octets, 16 random ones by default. created: its text, used
    /// as it is, or a datetime; the clock's by default. username_token_id, timestamp_id: their
    /// wsu:Id, random by default.
    ///
    /// Raises wsse.Malformed for what is no message, wsse.Misuse for a missing credential.
    #[pyo3(signature = (envelope, *, username = None, password = None, nonce = None,
        created = None, username_token_id = None, timestamp_id = None))]
    #[expect(clippy::too_many_arguments, reason = "keywords of one Python call")]
    fn protect(
        &self,
        py: Python<'_>,
        envelope: &Bound<'_, PyAny>,
        username: Option<&str>,
        password: Option<&Bound<'_, PyAny>>,
        nonce: Option<&Bound<'_, PyAny>>,
        created: Option<&Bound<'_, PyAny>>,
        username_token_id: Option<&str>,
        timestamp_id: Option<&str>,
    ) -> PyResult<Protected> {
        let envelope = octets("envelope", envelope)?;
        let call =
            self.arguments(username, password, nonce, created, [username_token_id, timestamp_id])?;
        let protected = compute(py, || self.outbound.protect(&envelope, &call.as_call()))?;
        Ok(Protected::new(py, &protected))
    }

    /// The same for the reply to a validated request; the keywords are those of protect(). request
    /// is None where the request was refused, or not validated: a policy that confirms signatures
    /// then confirms none.
    #[pyo3(signature = (envelope, request, *, username = None, password = None, nonce = None,
        created = None, username_token_id = None, timestamp_id = None))]
    #[expect(clippy::too_many_arguments, reason = "keywords of one Python call")]
    fn protect_reply(
        &self,
        py: Python<'_>,
        envelope: &Bound<'_, PyAny>,
        request: Option<&Bound<'_, ValidatedMessage>>,
        username: Option<&str>,
        password: Option<&Bound<'_, PyAny>>,
        nonce: Option<&Bound<'_, PyAny>>,
        created: Option<&Bound<'_, PyAny>>,
        username_token_id: Option<&str>,
        timestamp_id: Option<&str>,
    ) -> PyResult<Protected> {
        let envelope = octets("envelope", envelope)?;
        let call =
            self.arguments(username, password, nonce, created, [username_token_id, timestamp_id])?;
        let exchange = request.map(|request| request.get().message.exchange());
        let protected = compute(py, || match exchange {
            Some(exchange) => self.outbound.protect_reply(&envelope, exchange, &call.as_call()),
            None => self.outbound.protect_reply_to_unverified(&envelope, &call.as_call()),
        })?;
        Ok(Protected::new(py, &protected))
    }

    /// As protect(), of a message that is read from a stream, twice, in memory that does not depend on
    /// its size; what the reply must answer.
    ///
    /// source: a binary file object that can seek; it is read from where it stands to its end. spool:
    /// as in Inbound.validate_stream(); nothing is committed where anything goes wrong, also where
    /// source changed in between. request: None, or what protect_reply() takes. to_unverified: whether
    /// it answers a request that was refused, or not validated, as protect_reply() with None does. The
    /// other keywords are those of protect().
    ///
    /// A message in UTF-16 or ISO-8859-1, and one that is encrypted, is held as a whole, within
    /// limits.message.
    ///
    /// Raises as protect(); wsse.Io where source or spool fail, whose __cause__ is what they raised.
    #[pyo3(signature = (source, spool, *, request = None, to_unverified = false, username = None,
        password = None, nonce = None, created = None, username_token_id = None,
        timestamp_id = None))]
    #[expect(clippy::too_many_arguments, reason = "keywords of one Python call")]
    fn protect_stream(
        &self,
        source: &Bound<'_, PyAny>,
        spool: &Bound<'_, PyAny>,
        request: Option<&Bound<'_, ValidatedMessage>>,
        to_unverified: bool,
        username: Option<&str>,
        password: Option<&Bound<'_, PyAny>>,
        nonce: Option<&Bound<'_, PyAny>>,
        created: Option<&Bound<'_, PyAny>>,
        username_token_id: Option<&str>,
        timestamp_id: Option<&str>,
    ) -> PyResult<Exchange> {
        let py = source.py();
        let call =
            self.arguments(username, password, nonce, created, [username_token_id, timestamp_id])?;
        let (source, mut target) = (Source::new(source)?, Target::new(spool)?);
        let exchange = request.map(|request| request.get().message.exchange());
        let mut options = ProtectOptions::default();
        options.exchange = exchange;
        options.to_unverified = to_unverified;
        let protect = || {
            let target = &mut target;
            self.outbound.protect_reader_with(source, &call.as_call(), &options, target)
        };
        let protected = compute(py, protect);
        target.finish();
        protected.map(Exchange)
    }

    /// What protect() would put into a message that stands in a tree, as data: see Template. head is
    /// the message without the content of its Body. zeep_actor, the actor of the first Security
    /// header or an empty str, asks for the form of zeep.
    #[pyo3(signature = (head, *, username = None, password = None, zeep_actor = None))]
    fn template(
        &self,
        py: Python<'_>,
        head: &Bound<'_, PyAny>,
        username: Option<&str>,
        password: Option<&Bound<'_, PyAny>>,
        zeep_actor: Option<&str>,
    ) -> PyResult<Template> {
        let head = octets("head", head)?;
        let call = self.arguments(username, password, None, None, [None, None])?;
        let form = zeep_actor.map_or(Form::Own, |actor| Form::Zeep { actor });
        compute(py, || self.outbound.template(&head, &call.as_call(), form)).map(Template)
    }

    /// The texts for the slots of a template, in their order, and what the reply must answer.
    /// written is the message that everything of the template was put into.
    fn fill<'py>(
        &self,
        template: &Bound<'py, Template>,
        written: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyTuple>, Exchange)> {
        let py = written.py();
        let written = octets("written", written)?;
        let template = &template.get().0;
        filled(py, compute(py, || self.outbound.fill(template, &written))?)
    }

    /// Signs a document that is no message with the first signature of the policy, and returns it.
    ///
    /// form: where the Signature is put, "enveloped" (into the document), "enveloping" (around it),
    /// or "detached" (into the document, over the elements whose Ids are in ids, a sequence).
    ///
    /// Raises wsse.Malformed for what is no document, wsse.Misuse where the policy has no
    /// signature.
    #[pyo3(signature = (document, form = "enveloped", *, ids = None))]
    fn sign_bare<'py>(
        &self,
        document: &Bound<'py, PyAny>,
        form: &str,
        ids: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let py = document.py();
        let document = octets("document", document)?;
        let ids = ids.map_or_else(|| Ok(Vec::new()), texts)?;
        let form = match form {
            "enveloped" => bare::Form::Enveloped,
            "enveloping" => bare::Form::Enveloping,
            "detached" => bare::Form::Detached(ids.clone()),
            other => {
                let reason = format!(
                    "no form of a Signature is named {other:?}; there are enveloped, enveloping, \
                     detached"
                );
                return Err(misuse(py, reason));
            }
        };
        if !ids.is_empty() && !matches!(form, bare::Form::Detached(_)) {
            return Err(misuse(py, "ids say what a detached Signature signs; another has none"));
        }
        let signed = compute(py, || self.outbound.sign_bare(&document, &form))?;
        Ok(PyBytes::new(py, &signed))
    }

    /// Whether the policy encrypts: then content is replaced, and protect() makes another message, where
    /// template() has nothing to fill in.
    #[getter]
    fn encrypts(&self) -> bool {
        !self.outbound.policy().encryptions.is_empty()
    }

    /// The policy.
    #[getter]
    fn policy(&self) -> policy::OutboundPolicy {
        policy::OutboundPolicy(self.outbound.policy().clone())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.held.traverse(&visit)
    }
}

impl Outbound {
    fn arguments<'c>(
        &'c self,
        username: Option<&'c str>,
        password: Option<&Bound<'_, PyAny>>,
        nonce: Option<&Bound<'_, PyAny>>,
        created: Option<&Bound<'_, PyAny>>,
        [username_token_id, timestamp_id]: [Option<&'c str>; 2],
    ) -> PyResult<Arguments<'c>> {
        Ok(Arguments {
            username: username.or(self.username.as_deref()),
            password: password.map(|password| secret("password", password)).transpose()?,
            nonce: nonce.map(|nonce| octets("nonce", nonce)).transpose()?,
            created: created.map(|created| self.created(created)).transpose()?,
            username_token_id,
            timestamp_id,
        })
    }

    /// The text of a given Created: a str as it is, a datetime as the policy writes one.
    fn created(&self, created: &Bound<'_, PyAny>) -> PyResult<String> {
        if let Ok(text) = created.cast::<PyString>() {
            return Ok(text.to_cow()?.into_owned());
        }
        let token = &self.outbound.policy().username_token;
        let form = DateTimeForm { milliseconds: token.milliseconds, zone: token.zone };
        from_datetime("created", created)?.write(form).ok_or_else(|| {
            PyValueError::new_err("created is beyond the years that an xsd:dateTime can hold")
        })
    }
}

/// A sequence of `str` that is not itself one.
fn texts(ids: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    match ids.cast::<PySequence>() {
        Ok(sequence) if !ids.is_instance_of::<PyString>() => sequence
            .try_iter()?
            .map(|id| {
                let id = id?;
                match id.cast::<PyString>() {
                    Ok(id) => Ok(id.to_cow()?.into_owned()),
                    Err(_) => Err(wrong_type("each of ids", "str", &id)),
                }
            })
            .collect(),
        _ => Err(wrong_type("ids", "a sequence of str", ids)),
    }
}

/// What changes from message to message, taken over from Python.
struct Arguments<'c> {
    username: Option<&'c str>,
    password: Option<Secret>,
    nonce: Option<PyBackedBytes>,
    created: Option<String>,
    username_token_id: Option<&'c str>,
    timestamp_id: Option<&'c str>,
}

impl Arguments<'_> {
    fn as_call(&self) -> Call<'_> {
        let mut call = Call::default();
        call.username = self.username;
        call.password = self.password.as_ref();
        call.nonce = self.nonce.as_deref();
        call.created = self.created.as_deref();
        call.username_token_id = self.username_token_id;
        call.timestamp_id = self.timestamp_id;
        call
    }
}

/// A protected message.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct Protected {
    bytes: Py<PyBytes>,
    exchange: wsse_core::exchange::Exchange,
}

impl Protected {
    fn new(py: Python<'_>, protected: &wsse_core::Protected) -> Self {
        let bytes = PyBytes::new(py, protected.bytes()).unbind();
        Self { bytes, exchange: protected.exchange().clone() }
    }
}

#[pymethods]
impl Protected {
    /// The message.
    #[getter]
    fn bytes(&self, py: Python<'_>) -> Py<PyBytes> {
        self.bytes.clone_ref(py)
    }

    /// What the reply must answer, for Inbound.validate_reply().
    #[getter]
    fn exchange(&self) -> Exchange {
        Exchange(self.exchange.clone())
    }

    fn __bytes__(&self, py: Python<'_>) -> Py<PyBytes> {
        self.bytes.clone_ref(py)
    }
}
