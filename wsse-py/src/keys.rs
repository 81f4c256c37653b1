//! Keys and certificates as Python has them.

use crate::callback::Held;
use crate::error::{compute, to_python};
use crate::octets::{octets, secret};
use crate::remote::remote_key;
use crate::time::to_datetime;
use crate::trusted;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyTuple, PyType};
use wsse_core::crypto::{self, KeyKind, KeyMaterial, Secret};
use wsse_core::{Cause, Error};

/// The first octet of everything in DER.
const SEQUENCE: u8 = 0x30;

/// An X.509 certificate that was read. Nothing of it is believed before it is handed to a
/// wsse.Inbound; what it is handed in as says what is believed.
///
/// Made by from_pem() or from_der(); immutable, comparable, hashable.
#[pyclass(frozen, eq, hash, module = "wsse")]
#[derive(PartialEq)]
pub(crate) struct Certificate(pub(crate) crypto::Certificate);

impl core::hash::Hash for Certificate {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.0.der().hash(state);
    }
}

#[pymethods]
impl Certificate {
    /// Reads a PEM text that holds one certificate. Raises wsse.Misuse for another, also for one
    /// that holds several: a wsse.Inbound takes the octets of such a file as they are.
    #[classmethod]
    fn from_pem(cls: &Bound<'_, PyType>, pem: &Bound<'_, PyAny>) -> PyResult<Self> {
        let octets = octets("pem", pem)?;
        compute(cls.py(), || only("certificate", read_pem(&octets)?.certificates)).map(Self)
    }

    /// Reads one certificate in DER. Raises wsse.Misuse for what is none.
    #[classmethod]
    fn from_der(cls: &Bound<'_, PyType>, der: &Bound<'_, PyAny>) -> PyResult<Self> {
        let octets = octets("der", der)?;
        compute(cls.py(), || only("certificate", read_der(&octets)?.certificates)).map(Self)
    }

    /// Whose it is, as RFC 2253 writes names: CN=alice,O=Example.
    #[getter]
    fn subject(&self) -> String {
        self.0.subject().to_rfc2253()
    }

    /// Who issued it, written as the subject is.
    #[getter]
    fn issuer(&self) -> String {
        self.0.issuer().to_rfc2253()
    }

    /// The serial number in decimal digits, as X509SerialNumber has it.
    #[getter]
    fn serial(&self) -> &str {
        self.0.serial_decimal()
    }

    /// SHA-1 of the DER, 20 octets, as ThumbprintSHA1 has it; sha1_thumbprint.hex() is the text
    /// that other programs show.
    #[getter]
    fn sha1_thumbprint<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.sha1_thumbprint())
    }

    /// The value of the extension SubjectKeyIdentifier, or None.
    #[getter]
    fn subject_key_identifier<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0.subject_key_identifier().map(|identifier| PyBytes::new(py, identifier))
    }

    /// The first instant at which it is valid, aware, in UTC.
    #[getter]
    fn not_before<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_datetime(py, self.0.not_before())
    }

    /// The last instant at which it is valid, aware, in UTC.
    #[getter]
    fn not_after<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_datetime(py, self.0.not_after())
    }

    /// The certificate in DER.
    #[getter]
    fn der<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.der())
    }

    /// The key that it certifies.
    #[getter]
    fn public_key(&self) -> PublicKey {
        PublicKey(self.0.public_key().clone())
    }

    fn __repr__(&self) -> String {
        format!("<wsse.Certificate of {:?}>", self.0.subject().to_rfc2253())
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let der = PyBytes::new(slf.py(), slf.get().0.der());
        Ok((slf.get_type().getattr("from_der")?, (der,)))
    }
}

/// A public key that stands alone, for peers that have no certificate.
///
/// Made by from_pem() or from_der(); immutable, comparable, hashable.
#[pyclass(frozen, eq, hash, module = "wsse")]
#[derive(PartialEq)]
pub(crate) struct PublicKey(pub(crate) crypto::PublicKey);

impl core::hash::Hash for PublicKey {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.0.der().hash(state);
    }
}

#[pymethods]
impl PublicKey {
    /// Reads a PEM text that holds one PUBLIC KEY or RSA PUBLIC KEY. Raises wsse.Misuse for
    /// another.
    #[classmethod]
    fn from_pem(cls: &Bound<'_, PyType>, pem: &Bound<'_, PyAny>) -> PyResult<Self> {
        let octets = octets("pem", pem)?;
        compute(cls.py(), || only("public key", read_pem(&octets)?.public_keys)).map(Self)
    }

    /// Reads one public key in DER. Raises wsse.Misuse for what is none.
    #[classmethod]
    fn from_der(cls: &Bound<'_, PyType>, der: &Bound<'_, PyAny>) -> PyResult<Self> {
        let octets = octets("der", der)?;
        compute(cls.py(), || only("public key", read_der(&octets)?.public_keys)).map(Self)
    }

    /// The SubjectPublicKeyInfo in DER.
    #[getter]
    fn der<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.der())
    }

    fn __repr__(&self) -> &'static str {
        match self.0.kind() {
            KeyKind::Rsa { .. } | KeyKind::RsaPss { .. } => "<wsse.PublicKey, RSA>",
            KeyKind::Ec { .. } => "<wsse.PublicKey, EC>",
            KeyKind::Dsa { .. } => "<wsse.PublicKey, DSA>",
            KeyKind::Ed25519 => "<wsse.PublicKey, Ed25519>",
            KeyKind::Ed448 => "<wsse.PublicKey, Ed448>",
            _ => "<wsse.PublicKey>",
        }
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let der = PyBytes::new(slf.py(), slf.get().0.der());
        Ok((slf.get_type().getattr("from_der")?, (der,)))
    }
}

/// Who we are: a private key, the certificate that belongs to it, and those that lead upward.
///
/// Made by read(), from_pem() or from_pkcs12(), or by remote() for a private key that is held
/// elsewhere; immutable. The private key does not come out again.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct Identity {
    pub(crate) identity: crypto::Identity,
    held: Held,
}

impl Identity {
    fn local(identity: crypto::Identity) -> Self {
        Self { identity, held: Held::default() }
    }
}

#[pymethods]
impl Identity {
    /// Reads a private key, and from another text its certificate and those that lead upward, in
    /// any order. One text that holds all may be given twice. password (str or bytes) opens what
    /// is encrypted.
    ///
    /// Raises wsse.Misuse for what cannot be read or does not belong together.
    #[classmethod]
    #[pyo3(signature = (key, certificate, *, password = None))]
    fn from_pem(
        cls: &Bound<'_, PyType>,
        key: &Bound<'_, PyAny>,
        certificate: &Bound<'_, PyAny>,
        password: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let (key, certificate) = (octets("key", key)?, octets("certificate", certificate)?);
        let password = optional(password)?;
        let read = || crypto::Identity::from_pem(&key, &certificate, password.as_ref());
        compute(cls.py(), read).map(Self::local)
    }

    /// Reads a PKCS#12, which often ends in .p12 or .pfx.
    ///
    /// Raises wsse.Misuse for what cannot be read, a wrong password included.
    #[classmethod]
    #[pyo3(signature = (octets, *, password = None))]
    fn from_pkcs12(
        cls: &Bound<'_, PyType>,
        octets: &Bound<'_, PyAny>,
        password: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let (octets, password) = (crate::octets::octets("octets", octets)?, optional(password)?);
        let read = || crypto::Identity::from_pkcs12(&octets, password.as_ref());
        compute(cls.py(), read).map(Self::local)
    }

    /// Reads one file that holds all, PEM or PKCS#12: its content says which.
    ///
    /// Raises wsse.Misuse for what cannot be read, a wrong password included.
    #[classmethod]
    #[pyo3(signature = (octets, *, password = None))]
    fn read(
        cls: &Bound<'_, PyType>,
        octets: &Bound<'_, PyAny>,
        password: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let (octets, password) = (crate::octets::octets("octets", octets)?, optional(password)?);
        let read = || KeyMaterial::read(&octets, password.as_ref())?.into_identity();
        compute(cls.py(), read).map(Self::local)
    }

    /// An identity whose private key is held elsewhere, in a KMS, an HSM or a smart card; it stands
    /// wherever another one does.
    ///
    /// certificate: of the key, a wsse.Certificate or the octets of a PEM or DER file, in which it
    /// comes first. sign: a callable of a wsse.SigningRequest that returns the signature (bytes); of
    /// ECDSA as r and s, each of the length of the order, or as a sequence in DER. chain: the
    /// certificates above it, the issuer first. decrypt: a callable of a wsse.DecryptionRequest that
    /// returns the secret that was encrypted to the key (bytes), and None, or a ValueError, where the
    /// octets do not decrypt.
    ///
    /// Callables run while a message is protected or validated, in several threads at once, and have
    /// to end by themselves: what they raise, a TimeoutError for one, becomes wsse.Unavailable, whose
    /// __cause__ it is. A signature that does not hold under the certificate raises wsse.Misuse, and
    /// nothing is sent.
    #[classmethod]
    #[pyo3(signature = (certificate, sign, *, chain = None, decrypt = None))]
    fn remote(
        _cls: &Bound<'_, PyType>,
        certificate: &Bound<'_, PyAny>,
        sign: &Bound<'_, PyAny>,
        chain: Option<&Bound<'_, PyAny>>,
        decrypt: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let mut above = trusted::certificate("certificate", certificate)?;
        above.extend(trusted::certificates("chain", chain)?);
        let certificate = above.remove(0);
        let mut held = Held::default();
        let key = remote_key(&mut held, sign, decrypt)?;
        Ok(Self { identity: crypto::Identity::remote(key, certificate, above), held })
    }

    /// The certificate of the key.
    #[getter]
    fn certificate(&self) -> Certificate {
        Certificate(self.identity.certificate().clone())
    }

    /// The certificates above it, the issuer first, as far as they were there.
    #[getter]
    fn chain<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        certificates(py, self.identity.chain())
    }

    fn __repr__(&self) -> String {
        format!("<wsse.Identity of {:?}>", self.identity.certificate().subject().to_rfc2253())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.held.traverse(&visit)
    }
}

/// A private key that stands alone: what was encrypted for its owner it decrypts. A key with its
/// certificate is a wsse.Identity.
///
/// Made by read(); immutable. The key does not come out again.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct PrivateKey(pub(crate) crypto::PrivateKey);

#[pymethods]
impl PrivateKey {
    /// Reads a file with one private key, PEM or DER: its content says which. password (str or bytes)
    /// opens what is encrypted. A certificate in the file is passed over.
    ///
    /// Raises wsse.Misuse for what cannot be read, a wrong password included.
    #[classmethod]
    #[pyo3(signature = (octets, *, password = None))]
    fn read(
        cls: &Bound<'_, PyType>,
        octets: &Bound<'_, PyAny>,
        password: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let (octets, password) = (crate::octets::octets("octets", octets)?, optional(password)?);
        let read = || {
            let key = KeyMaterial::read(&octets, password.as_ref())?.private_key.take();
            key.ok_or_else(|| unreadable("there is no private key in the octets"))
        };
        compute(cls.py(), read).map(Self)
    }

    /// The public key that belongs to it.
    #[getter]
    fn public_key(&self) -> PublicKey {
        PublicKey(self.0.public_key().clone())
    }

    fn __repr__(&self) -> &'static str {
        "<wsse.PrivateKey>"
    }
}

/// A tuple of certificates.
pub(crate) fn certificates<'py>(
    py: Python<'py>,
    all: &[crypto::Certificate],
) -> PyResult<Bound<'py, PyTuple>> {
    let made = all.iter().map(|certificate| Bound::new(py, Certificate(certificate.clone())));
    PyTuple::new(py, made.collect::<PyResult<Vec<_>>>()?)
}

/// Every certificate of a file that was handed in as it is.
pub(crate) fn certificates_of_file(
    py: Python<'_>,
    octets: &PyBackedBytes,
) -> PyResult<Vec<crypto::Certificate>> {
    compute(py, || {
        KeyMaterial::read(octets, None)?
            .into_certificates()
            .map_err(|error| unreadable(&format!("the octets can't be used: {}", error.reason())))
    })
}

/// Every public key of a file that was handed in as it is.
pub(crate) fn public_keys_of_file(
    py: Python<'_>,
    octets: &PyBackedBytes,
) -> PyResult<Vec<crypto::PublicKey>> {
    let all = compute(py, || KeyMaterial::read(octets, None))?.public_keys;
    if all.is_empty() {
        let reason = "the octets hold no PUBLIC KEY; a certificate is given in `certificates`";
        return Err(to_python(py, &unreadable(reason)));
    }
    Ok(all)
}

fn read_pem(octets: &[u8]) -> Result<KeyMaterial, Error> {
    if octets.first() == Some(&SEQUENCE) {
        return Err(unreadable("the octets are DER, not PEM; from_der() reads them"));
    }
    KeyMaterial::read(octets, None)
}

fn read_der(octets: &[u8]) -> Result<KeyMaterial, Error> {
    if octets.first() != Some(&SEQUENCE) {
        return Err(unreadable("the octets are no DER; from_pem() reads PEM"));
    }
    KeyMaterial::read(octets, None)
}

fn only<T>(what: &str, mut all: Vec<T>) -> Result<T, Error> {
    match (all.pop(), all.len()) {
        (Some(one), 0) => Ok(one),
        (Some(_), others) => {
            Err(unreadable(&format!("there is more than one {what}: {} of them", others + 1)))
        }
        (None, _) => Err(unreadable(&format!("there is no {what} in the octets"))),
    }
}

fn optional(password: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Secret>> {
    password.map(|password| secret("password", password)).transpose()
}

fn unreadable(reason: &str) -> Error {
    Error::new(Cause::UnreadableKey, reason)
}
