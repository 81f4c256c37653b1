//! Keys that are held elsewhere, asked through Python.

use crate::callback::{Callback, Held};
use crate::error::to_python;
use crate::octets::{octets, secret, wrong_type};
use pyo3::exceptions::PyValueError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes};
use std::sync::Arc;
use wsse_core::crypto::{self, KeyFamily, RemoteKey, Secret, SignatureMethod};
use wsse_core::{Cause, Error};

const KEY: &str = "the key that is held elsewhere";

/// What a key that is held elsewhere is asked to sign.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct SigningRequest {
    method: SignatureMethod,
    octets: Py<PyBytes>,
    digest: Option<Py<PyBytes>>,
    digest_info: Option<Py<PyBytes>>,
}

#[pymethods]
impl SigningRequest {
    /// The method by its name in policies: "rsa-sha256", "ecdsa-sha256", "eddsa-ed25519".
    #[getter]
    fn method(&self) -> &'static str {
        self.method.name()
    }

    /// The octets that are signed.
    #[getter]
    fn octets(&self, py: Python<'_>) -> Py<PyBytes> {
        self.octets.clone_ref(py)
    }

    /// The digest of the octets that the method signs, for services that want it in place of them;
    /// None for EdDSA, which takes the octets as they are.
    #[getter]
    fn digest(&self, py: Python<'_>) -> Option<Py<PyBytes>> {
        self.digest.as_ref().map(|digest| digest.clone_ref(py))
    }

    /// What the digest was made with: "sha256"; None for EdDSA.
    #[getter]
    fn digest_method(&self) -> Option<&'static str> {
        self.method.digest().map(crypto::DigestMethod::name)
    }

    /// The DigestInfo that RSASSA-PKCS1-v1_5 pads, which PKCS#11 signs with CKM_RSA_PKCS; None for
    /// every other method.
    #[getter]
    fn digest_info(&self, py: Python<'_>) -> Option<Py<PyBytes>> {
        self.digest_info.as_ref().map(|info| info.clone_ref(py))
    }

    /// Octets of the salt of RSASSA-PSS; None for every other method.
    #[getter]
    fn salt_length(&self) -> Option<usize> {
        self.method.pss().map(crypto::PssParameters::salt_length)
    }

    /// The digest in MGF1 of RSASSA-PSS: "sha256"; None for every other method.
    #[getter]
    fn mask_digest(&self) -> Option<&'static str> {
        self.method.pss().map(|parameters| parameters.mask_digest().name())
    }

    fn __repr__(&self) -> String {
        format!("<wsse.SigningRequest {}>", self.method.name())
    }
}

/// An EncryptedKey that a key that is held elsewhere is asked to decrypt.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct DecryptionRequest {
    octets: Py<PyBytes>,
    method: &'static str,
    digest: Option<&'static str>,
    mask_digest: Option<&'static str>,
    label: Option<Py<PyBytes>>,
}

#[pymethods]
impl DecryptionRequest {
    /// "rsa-oaep" or "rsa-1.5".
    #[getter]
    fn method(&self) -> &'static str {
        self.method
    }

    /// The octets that were encrypted.
    #[getter]
    fn octets(&self, py: Python<'_>) -> Py<PyBytes> {
        self.octets.clone_ref(py)
    }

    /// The digest of OAEP: "sha256"; None for rsa-1.5.
    #[getter]
    fn digest(&self) -> Option<&'static str> {
        self.digest
    }

    /// The digest in MGF1 of OAEP: "sha256"; None for rsa-1.5.
    #[getter]
    fn mask_digest(&self) -> Option<&'static str> {
        self.mask_digest
    }

    /// The label of OAEP, mostly empty; None for rsa-1.5.
    #[getter]
    fn label(&self, py: Python<'_>) -> Option<Py<PyBytes>> {
        self.label.as_ref().map(|label| label.clone_ref(py))
    }

    fn __repr__(&self) -> String {
        format!("<wsse.DecryptionRequest {}>", self.method)
    }
}

/// What a key that is held elsewhere is asked to check.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct VerificationRequest {
    method: SignatureMethod,
    octets: Py<PyBytes>,
    signature: Py<PyBytes>,
    digest: Option<Py<PyBytes>>,
    der: Option<Py<PyBytes>>,
}

#[pymethods]
impl VerificationRequest {
    /// The method by its name in policies: "hmac-sha256".
    #[getter]
    fn method(&self) -> &'static str {
        self.method.name()
    }

    /// The octets that were signed.
    #[getter]
    fn octets(&self, py: Python<'_>) -> Py<PyBytes> {
        self.octets.clone_ref(py)
    }

    /// The octets of the SignatureValue.
    #[getter]
    fn signature(&self, py: Python<'_>) -> Py<PyBytes> {
        self.signature.clone_ref(py)
    }

    /// The digest of the octets inside the method; None for EdDSA.
    #[getter]
    fn digest(&self, py: Python<'_>) -> Option<Py<PyBytes>> {
        self.digest.as_ref().map(|digest| digest.clone_ref(py))
    }

    /// What the digest was made with: "sha256"; None for EdDSA.
    #[getter]
    fn digest_method(&self) -> Option<&'static str> {
        self.method.digest().map(crypto::DigestMethod::name)
    }

    /// An ECDSA signature as a sequence in DER, as services want it; None for other methods.
    #[getter]
    fn der(&self, py: Python<'_>) -> Option<Py<PyBytes>> {
        self.der.as_ref().map(|der| der.clone_ref(py))
    }

    fn __repr__(&self) -> String {
        format!("<wsse.VerificationRequest {}>", self.method.name())
    }
}

/// Checks signatures with a key that is held elsewhere: a shared secret in a KMS, above all.
///
/// family: the methods that the key is for, "hmac", "rsa", "ecdsa", "ed25519", "ed448" or "dsa". A
/// message that means the key with a method of another family is refused without asking. verify: a
/// callable of a wsse.VerificationRequest that says True where the signature holds and False where it
/// does not; nothing else is an answer. It runs while a message is validated, in several threads at
/// once, and has to end by itself: what it raises, a TimeoutError for one, refuses the message with
/// wsse.Unavailable. An HMAC that it computes itself is compared with hmac.compare_digest().
///
/// Raises wsse.Misuse for an unknown family.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct RemoteVerifier {
    pub(crate) family: KeyFamily,
    pub(crate) verifier: Arc<dyn crypto::RemoteVerifier>,
    held: Held,
}

#[pymethods]
impl RemoteVerifier {
    #[new]
    fn new(family: &str, verify: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = verify.py();
        let family = KeyFamily::from_name(family).map_err(|error| to_python(py, &error))?;
        let mut held = Held::default();
        let verify =
            callback(&mut held, "verify", "a callable of a wsse.VerificationRequest", verify)?;
        Ok(Self { family, verifier: Arc::new(PythonVerifier(verify)), held })
    }

    /// The methods that the key is for.
    #[getter]
    fn family(&self) -> &'static str {
        self.family.name()
    }

    fn __repr__(&self) -> String {
        format!("<wsse.RemoteVerifier, {}>", self.family.name())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.held.traverse(&visit)
    }
}

/// The private key that callables ask.
pub(crate) fn remote_key(
    held: &mut Held,
    sign: &Bound<'_, PyAny>,
    decrypt: Option<&Bound<'_, PyAny>>,
) -> PyResult<Arc<dyn RemoteKey>> {
    let sign = callback(held, "sign", "a callable of a wsse.SigningRequest", sign)?;
    let expected = "a callable of a wsse.DecryptionRequest";
    let decrypt =
        decrypt.map(|decrypt| callback(held, "decrypt", expected, decrypt)).transpose()?;
    Ok(Arc::new(PythonKey { sign, decrypt }))
}

fn callback(
    held: &mut Held,
    argument: &str,
    expected: &str,
    given: &Bound<'_, PyAny>,
) -> PyResult<Callback> {
    if !given.is_callable() {
        return Err(wrong_type(argument, expected, given));
    }
    Ok(Callback::new(held, given.clone().unbind(), KEY, Cause::RemoteKeyUnavailable))
}

struct PythonKey {
    sign: Callback,
    decrypt: Option<Callback>,
}

impl RemoteKey for PythonKey {
    fn sign(&self, request: &crypto::SigningRequest<'_>) -> Result<Vec<u8>, Error> {
        let (digest, digest_info) = (request.digest()?, request.digest_info()?);
        self.sign.run(|sign| {
            let py = sign.py();
            let request = SigningRequest {
                method: request.method,
                octets: PyBytes::new(py, request.octets).unbind(),
                digest: digest.map(|digest| PyBytes::new(py, digest.octets()).unbind()),
                digest_info: digest_info.map(|info| PyBytes::new(py, &info).unbind()),
            };
            Ok(octets("what `sign` returns", &sign.call1((request,))?)?.to_vec())
        })
    }

    fn decrypt(&self, request: &crypto::DecryptionRequest<'_>) -> Result<Option<Secret>, Error> {
        let Some(decrypt) = &self.decrypt else {
            let reason = "the key is held elsewhere, and was given without `decrypt`";
            return Err(Error::new(Cause::NoKey, reason));
        };
        decrypt.run(|decrypt| {
            let answer = decrypt.call1((decryption_request(decrypt.py(), request)?,));
            let answer = match answer {
                // What says that the padding is wrong must not look like a failure: it is the answer
                // that a sender would learn from.
                Err(raised) if raised.is_instance_of::<PyValueError>(decrypt.py()) => {
                    return Ok(None);
                }
                answer => answer?,
            };
            if answer.is_none() {
                return Ok(None);
            }
            secret("what `decrypt` returns", &answer).map(Some)
        })
    }
}

fn decryption_request(
    py: Python<'_>,
    request: &crypto::DecryptionRequest<'_>,
) -> PyResult<DecryptionRequest> {
    let bytes = |octets: &[u8]| PyBytes::new(py, octets).unbind();
    match request {
        crypto::DecryptionRequest::Rsa15 { octets } => Ok(DecryptionRequest {
            octets: bytes(octets),
            method: "rsa-1.5",
            digest: None,
            mask_digest: None,
            label: None,
        }),
        crypto::DecryptionRequest::RsaOaep { octets, digest, mask_digest, label } => {
            Ok(DecryptionRequest {
                octets: bytes(octets),
                method: "rsa-oaep",
                digest: Some(digest.name()),
                mask_digest: Some(mask_digest.name()),
                label: Some(bytes(label)),
            })
        }
        // The core may ask for more than this version hands on.
        _ => Err(pyo3::exceptions::PyNotImplementedError::new_err("another kind of EncryptedKey")),
    }
}

struct PythonVerifier(Callback);

impl crypto::RemoteVerifier for PythonVerifier {
    fn verify(&self, request: &crypto::VerificationRequest<'_>) -> Result<bool, Error> {
        let digest = request.digest()?;
        self.0.run(|verify| {
            let py = verify.py();
            let bytes = |octets: &[u8]| PyBytes::new(py, octets).unbind();
            let given = VerificationRequest {
                method: request.method,
                octets: bytes(request.octets),
                signature: bytes(request.signature),
                digest: digest.map(|digest| bytes(digest.octets())),
                der: request.der().map(|der| bytes(&der)),
            };
            let verdict = verify.call1((given,))?;
            // A coroutine would have a truth value, too: never guess.
            let verdict = verdict
                .cast::<PyBool>()
                .map_err(|_| wrong_type("what `verify` returns", "True or False", &verdict))?;
            Ok(verdict.is_true())
        })
    }
}
