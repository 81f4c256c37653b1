//! Validating messages.

use crate::callback::Held;
use crate::decision::decision;
use crate::decrypted::{DecryptedMessage, encrypted_parts};
use crate::envelope::version;
use crate::error::{compute, misuse};
use crate::exchange::Exchange;
use crate::keys::Certificate;
use crate::octets::octets;
use crate::passwords::passwords;
use crate::policy;
use crate::replay::{MemoryReplayStore, replay_store};
use crate::signed::{VerifiedDocument, VerifiedSigner, parts};
use crate::stream::{Source, Spooled, Target};
use crate::time::{clock, to_datetime};
use crate::trusted::Trusted;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyTuple};
use wsse_core::StreamOptions;
use wsse_core::time::UnixTime;

/// The store that a policy names unless it names another.
const DEFAULT_STORE: &str = "default";

/// Validates messages by a policy. Made once, immutable, shared between threads.
///
/// policy: a wsse.InboundPolicy, "preset:NAME" or TOML text. passwords: a mapping of usernames to
/// a password or several (str or bytes), read once, here; or a callable that is asked for them
/// each time. None, an empty sequence and an empty password mean an unknown user. verifier: where
/// only hashes are stored, a callable of a username and a password (bytes) that says True or
/// False; it serves passwords in clear text only. replay: the memory of what was accepted, a
/// wsse.MemoryReplayStore or an object with insert_if_absent(key: bytes, expires: datetime, now:
/// datetime) -> bool; a store of its own by default. now: a callable that returns a datetime
/// (without time zone: UTC), instead of the machine's clock.
///
/// certificates: those that are believed as they are. anchors: those at which a path may end.
/// public_keys: keys that are believed without a certificate. Each of them is one, a sequence, or
/// a mapping of the names that the policy has to one or a sequence. untrusted: certificates that
/// may stand inside a path, one or a sequence. secrets: shared secrets for HMAC (str or bytes),
/// one, a sequence, or a mapping of the KeyNames that messages call them by. For a
/// wsse.Certificate or a wsse.PublicKey may stand the octets of a PEM or DER file, which count as
/// everything that it holds.
///
/// crls: revocation lists of issuers, the octets of PEM or DER files, one or a sequence: who is on
/// one is refused, and trust.revocation of the policy says what becomes of others. decide: has the
/// last word on a signer whom the policy believes, a callable of a wsse.Candidate that says True or
/// False; it is asked before the signature is checked, and not about shared secrets.
/// remote_verifiers: keys that are held elsewhere and check signatures, a wsse.RemoteVerifier, or a
/// mapping of the KeyNames that messages call them by.
///
/// decryption_keys: our private keys, which decrypt what is encrypted for us, a wsse.Identity or a
/// wsse.PrivateKey, a sequence, or a mapping of the KeyNames that messages call them by. The
/// certificate by which senders know a wsse.PrivateKey is looked for in certificates and untrusted.
/// secrets decrypt, too.
///
/// What a callable raises refuses the message with wsse.Unavailable, whose __cause__ it is.
/// Raises wsse.Misuse for a policy that cannot be read, contradicts itself, or needs what was not
/// given.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct Inbound {
    inbound: wsse_core::Inbound,
    held: Held,
    replay: Option<Py<PyAny>>,
}

#[pymethods]
impl Inbound {
    #[new]
    #[pyo3(signature = (policy, *, passwords = None, verifier = None, replay = None, now = None,
        certificates = None, anchors = None, untrusted = None, public_keys = None,
        secrets = None, crls = None, decide = None, remote_verifiers = None,
        decryption_keys = None))]
    #[expect(clippy::too_many_arguments, reason = "keywords of one Python call")]
    fn new(
        policy: &Bound<'_, PyAny>,
        passwords: Option<&Bound<'_, PyAny>>,
        verifier: Option<&Bound<'_, PyAny>>,
        replay: Option<&Bound<'_, PyAny>>,
        now: Option<Py<PyAny>>,
        certificates: Option<&Bound<'_, PyAny>>,
        anchors: Option<&Bound<'_, PyAny>>,
        untrusted: Option<&Bound<'_, PyAny>>,
        public_keys: Option<&Bound<'_, PyAny>>,
        secrets: Option<&Bound<'_, PyAny>>,
        crls: Option<&Bound<'_, PyAny>>,
        decide: Option<&Bound<'_, PyAny>>,
        remote_verifiers: Option<&Bound<'_, PyAny>>,
        decryption_keys: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let py = policy.py();
        let policy = policy::InboundPolicy::from_argument(policy)?;
        let mut held = Held::default();
        let store = policy.replay_store.clone();
        let mut builder = wsse_core::Inbound::builder(policy);
        let replay = match replay {
            Some(replay) => Some(replay.clone()),
            None if store == DEFAULT_STORE => {
                Some(Bound::new(py, MemoryReplayStore::default())?.into_any())
            }
            // A store of another name must be given; that is the core's to say.
            None => None,
        };
        if let Some(replay) = &replay {
            builder = builder.replay_store(store, replay_store(&mut held, Some(replay))?);
        }
        if let Some(passwords) = self::passwords(&mut held, passwords, verifier)? {
            builder = builder.passwords(passwords);
        }
        if let Some(now) = now {
            builder = builder.clock(clock(&mut held, now));
        }
        if let Some(decide) = decide {
            builder = builder.decide(decision(&mut held, decide)?);
        }
        let trusted = Trusted {
            certificates,
            anchors,
            untrusted,
            public_keys,
            secrets,
            crls,
            remote_verifiers,
            decryption_keys,
        };
        let builder = trusted.give(&mut held, builder)?;
        let inbound = compute(py, || builder.build())?;
        Ok(Self { inbound, held, replay: replay.map(Bound::unbind) })
    }

    /// Checks everything that the policy demands, and what else is in the Security header.
    ///
    /// message: the octets as they were received. charset: the charset of the Content-Type, where
    /// there is one.
    ///
    /// Raises the exception of the category that fits; see wsse.errors.
    #[pyo3(signature = (message, *, charset = None))]
    fn validate(
        &self,
        message: &Bound<'_, PyAny>,
        charset: Option<&str>,
    ) -> PyResult<ValidatedMessage> {
        let py = message.py();
        let message = octets("message", message)?;
        compute(py, || self.inbound.validate_with_charset(&message, charset))
            .map(ValidatedMessage::new)
    }

    /// The same for the reply to a protected message; exchange is Protected.exchange.
    fn validate_reply(
        &self,
        message: &Bound<'_, PyAny>,
        exchange: &Bound<'_, Exchange>,
    ) -> PyResult<ValidatedMessage> {
        let py = message.py();
        let message = octets("message", message)?;
        let exchange = &exchange.get().0;
        compute(py, || self.inbound.validate_reply(&message, exchange)).map(ValidatedMessage::new)
    }

    /// Decrypts everything that the Security header says is encrypted, at least one part, and judges
    /// nothing: neither signatures, nor tokens, nor what the policy requires. Of the policy the actor,
    /// the limits and the legacy switches count; CBC needs its switch, as no signature is checked.
    ///
    /// Raises wsse.InvalidSecurity where nothing is encrypted, wsse.FailedCheck where something does
    /// not decrypt, wsse.SecurityTokenUnavailable without the key, and what else validate() says of
    /// the octets.
    fn decrypt(&self, message: &Bound<'_, PyAny>) -> PyResult<DecryptedMessage> {
        let py = message.py();
        let message = octets("message", message)?;
        compute(py, || self.inbound.decrypt(&message)).map(DecryptedMessage::new)
    }

    /// As validate(), of a message that is read once, in memory that does not depend on its size:
    /// everything before its Body is held, within limits.header of the policy, and limits.message
    /// may be as high as one likes.
    ///
    /// source: a binary file object. spool: where the content goes, which document or
    /// unsigned_document would be; ValidatedMessage.spooled says which. A wsse.FileSpool; a binary
    /// file object, into which everything is written when the message is accepted, and nothing
    /// before; or an object with write(bytes), commit() and abort(), of which exactly one of the
    /// last two is called, last. charset: as in validate(). exchange: as in validate_reply().
    ///
    /// A message that is encrypted, or in UTF-16 or ISO-8859-1, is held as a whole, within
    /// limits.message.
    ///
    /// Raises the exception of the category that fits; wsse.Io where source or spool fail, whose
    /// __cause__ is what they raised.
    #[pyo3(signature = (source, spool, *, charset = None, exchange = None))]
    fn validate_stream(
        &self,
        source: &Bound<'_, PyAny>,
        spool: &Bound<'_, PyAny>,
        charset: Option<&str>,
        exchange: Option<&Bound<'_, Exchange>>,
    ) -> PyResult<ValidatedMessage> {
        let py = source.py();
        let (source, mut target) = (Source::new(source)?, Target::new(spool)?);
        let exchange = exchange.map(|exchange| &exchange.get().0);
        let mut options = StreamOptions::default();
        options.charset = charset;
        options.exchange = exchange;
        let read = || {
            let target = &mut target;
            self.inbound.validate_reader_traced(source, &options, target, &mut ())
        };
        let validated = compute(py, read);
        target.finish();
        validated.map(ValidatedMessage::new)
    }

    /// Checks every Signature of a document that is no message, with the keys, the trust and the
    /// limits of the policy; what it requires of messages is not looked at.
    ///
    /// Raises the exception of the category that fits; see wsse.errors.
    fn verify_bare(&self, document: &Bound<'_, PyAny>) -> PyResult<VerifiedDocument> {
        let py = document.py();
        let document = octets("document", document)?;
        compute(py, || self.inbound.verify_bare(&document, &mut ())).map(VerifiedDocument)
    }

    /// The policy.
    #[getter]
    fn policy(&self) -> policy::InboundPolicy {
        policy::InboundPolicy(self.inbound.policy().clone())
    }

    /// The replay store: the one that was given, or the one that was made here. Two Inbounds of
    /// one service must have the same, or a captured token passes once for each of them.
    #[getter]
    fn replay(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.replay.as_ref().map(|replay| replay.clone_ref(py))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.replay.as_ref().map_or(Ok(()), |replay| visit.call(replay))?;
        self.held.traverse(&visit)
    }
}

/// A message that was validated. Only Inbound makes it.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct ValidatedMessage {
    pub(crate) message: wsse_core::ValidatedMessage,
    /// The document that there is: what is signed, or the unsigned one.
    document: PyOnceLock<Py<PyBytes>>,
}

impl ValidatedMessage {
    fn new(message: wsse_core::ValidatedMessage) -> Self {
        Self { message, document: PyOnceLock::new() }
    }

    fn octets(&self, py: Python<'_>, document: &[u8]) -> Py<PyBytes> {
        self.document.get_or_init(py, || PyBytes::new(py, document).unbind()).clone_ref(py)
    }
}

#[pymethods]
impl ValidatedMessage {
    /// What the required signatures cover, and nothing else: a message of the Envelope, the covered
    /// header blocks without the Security header, and the Body, in UTF-8 without XML declaration.
    /// The Body is empty where it is not covered. What the Envelope's start tag declares is not
    /// signed.
    ///
    /// None where the policy requires no signature, and for an unsigned fault that it accepts: then
    /// there is unsigned_document. None also where the message was read from a stream: then its
    /// content is in the spool.
    #[getter]
    fn document(&self, py: Python<'_>) -> Option<Py<PyBytes>> {
        self.message.document().map(|document| self.octets(py, document))
    }

    /// The Body in document; or None, as there. Prefixes in it may be declared on the Envelope.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.message.body().map(|body| PyBytes::new(py, body))
    }

    /// The parts that the required signatures cover, in the order of their references; empty where
    /// the policy requires no signature.
    #[getter]
    fn signed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        parts(py, self.message.signed())
    }

    /// Everybody whose signatures hold, each with what they cover: first whose signatures cover
    /// everything that the policy requires, which document, signed and certificate speak of; then the
    /// others in the order of their first signatures. Only for the first one everything was checked
    /// that the policy demands. Empty where the policy requires no signature.
    #[getter]
    fn signers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let made =
            self.message.signers().iter().map(|one| Bound::new(py, VerifiedSigner(one.clone())));
        PyTuple::new(py, made.collect::<PyResult<Vec<_>>>()?)
    }

    /// The parts that were encrypted, in the order of the document; they are plaintext now. That
    /// something was encrypted says nothing of who did it.
    #[getter]
    fn encrypted<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        encrypted_parts(py, self.message.encrypted())
    }

    /// What of the message that was validated is not in document: the numbers of the header blocks,
    /// counted from 0, elements only, without the Security header that was processed; and whether the
    /// Body is among it. Nothing where the policy requires no signature.
    #[getter]
    fn unsigned<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyTuple>, bool)> {
        let unsigned = self.message.unsigned();
        Ok((PyTuple::new(py, &unsigned.blocks)?, unsigned.body))
    }

    /// Which algorithms of signatures and encryption were accepted only because the policy allows them by name,
    /// as legacy.allow spells them.
    #[getter]
    fn legacy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(
            py,
            self.message.legacy().iter().map(|legacy| legacy.name()).collect::<Vec<_>>(),
        )
    }

    /// The certificate of whoever signed what is covered; or None.
    #[getter]
    fn certificate(&self) -> Option<Certificate> {
        self.message.certificate().map(|certificate| Certificate(certificate.clone()))
    }

    /// What was written into the spool, where the message was read from a stream; else None.
    #[getter]
    fn spooled(&self) -> Option<Spooled> {
        self.message.spooled().cloned().map(Spooled)
    }

    /// The message without the Security header that was processed, in UTF-8 without XML
    /// declaration. No signature protects it: that is what the name says. Raises wsse.Misuse
    /// where signatures were required and checked: then there is document; and where the message was
    /// read from a stream: then its content is in the spool.
    #[getter]
    fn unsigned_document(&self, py: Python<'_>) -> PyResult<Py<PyBytes>> {
        if self.message.spooled().is_some() {
            return Err(misuse(
                py,
                "the message was read from a stream, so its content is in the spool",
            ));
        }
        if self.message.document().is_some() {
            return Err(misuse(
                py,
                "the policy requires signatures, so there is no unsigned_document; read document, \
                 which holds what they cover",
            ));
        }
        Ok(self.octets(py, self.message.unsigned_document()))
    }

    /// The username of the token, or None; None as well where the policy requires signatures and
    /// they do not cover the token, unless it says username.signed = false.
    #[getter]
    fn username(&self) -> Option<&str> {
        self.message.username()
    }

    /// Namespace name and local name of the first element in the Body; None where it is empty, or is
    /// not covered by the signatures that the policy requires.
    #[getter]
    fn body_child(&self) -> Option<(&str, &str)> {
        self.message.body_child()
    }

    /// Whether the user proved to know the password. False without a UsernameToken, and for one
    /// without Password, which only a policy with username.password = "optional" accepts.
    #[getter]
    fn authenticated(&self) -> bool {
        self.message.is_authenticated()
    }

    /// Created of the Timestamp, aware, in UTC; or None.
    #[getter]
    fn timestamp_created<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        optional_datetime(py, self.message.timestamp().map(|timestamp| timestamp.created))
    }

    /// Expires of the Timestamp, aware, in UTC; or None.
    #[getter]
    fn timestamp_expires<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        optional_datetime(py, self.message.timestamp().and_then(|timestamp| timestamp.expires))
    }

    /// "1.1" or "1.2".
    #[getter]
    fn soap_version(&self) -> &'static str {
        version(self.message.soap())
    }

    /// What a reply must answer.
    #[getter]
    fn exchange(&self) -> Exchange {
        Exchange(self.message.exchange().clone())
    }

    fn __repr__(&self) -> String {
        match self.message.username() {
            Some(username) => format!("<wsse.ValidatedMessage of {username:?}>"),
            None => "<wsse.ValidatedMessage>".to_owned(),
        }
    }
}

fn optional_datetime(py: Python<'_>, at: Option<UnixTime>) -> PyResult<Option<Bound<'_, PyAny>>> {
    at.map(|at| to_datetime(py, at)).transpose()
}
