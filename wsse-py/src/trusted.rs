//! Keys, certificates and secrets that constructors take: one, several, or several by name.

use crate::callback::Held;
use crate::error::{compute, misuse};
use crate::keys::{self, Certificate, Identity, PrivateKey, PublicKey};
use crate::octets::{octets, secret, wrong_type};
use crate::remote::RemoteVerifier;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyMapping, PyMemoryView, PySequence, PyString};
use std::sync::Arc;
use wsse_core::crypto::{self, KeyMaterial, RecipientKey, Secret};
use wsse_core::{InboundBuilder, OutboundBuilder};

/// What the constructor of an Inbound is given to check signatures and to decrypt with.
pub(crate) struct Trusted<'a, 'py> {
    pub(crate) certificates: Option<&'a Bound<'py, PyAny>>,
    pub(crate) anchors: Option<&'a Bound<'py, PyAny>>,
    pub(crate) untrusted: Option<&'a Bound<'py, PyAny>>,
    pub(crate) public_keys: Option<&'a Bound<'py, PyAny>>,
    pub(crate) secrets: Option<&'a Bound<'py, PyAny>>,
    pub(crate) crls: Option<&'a Bound<'py, PyAny>>,
    pub(crate) remote_verifiers: Option<&'a Bound<'py, PyAny>>,
    pub(crate) decryption_keys: Option<&'a Bound<'py, PyAny>>,
}

impl Trusted<'_, '_> {
    /// Hands everything to the builder.
    pub(crate) fn give(
        self,
        held: &mut Held,
        mut builder: InboundBuilder,
    ) -> PyResult<InboundBuilder> {
        for (name, one) in named("certificates", self.certificates, certificate)? {
            builder = builder.certificate(name, one);
        }
        for (name, one) in named("anchors", self.anchors, certificate)? {
            builder = builder.anchor(name, one);
        }
        for one in unnamed("untrusted", self.untrusted, certificate)? {
            builder = builder.untrusted(one);
        }
        for (name, one) in named("public_keys", self.public_keys, public_key)? {
            builder = builder.public_key(name, one);
        }
        for (name, one) in named("secrets", self.secrets, shared_secret)? {
            builder = builder.secret(name, one);
        }
        for one in unnamed("crls", self.crls, crl)? {
            builder = builder.crl(one);
        }
        for (name, one) in by_name("remote_verifiers", self.remote_verifiers, remote_verifier)? {
            let RemoteVerifier { family, verifier, .. } = one.get();
            builder = builder.remote_verifier(name, *family, Arc::clone(verifier));
            held.hold(one.into_any());
        }
        for (name, one) in named("decryption_keys", self.decryption_keys, decryption_key)? {
            builder = match one {
                DecryptionKey::Identity(one) => {
                    let builder = builder.decryption_identity(name, &one.get().identity);
                    held.hold(one.into_any());
                    builder
                }
                DecryptionKey::Key(key) => builder.decryption_key(name, key),
            };
        }
        Ok(builder)
    }
}

/// What decrypts: a key with the certificate by which senders know it, or alone.
enum DecryptionKey {
    Identity(Py<Identity>),
    Key(crypto::PrivateKey),
}

/// Hands an Outbound what it signs with.
pub(crate) fn give_signers(
    held: &mut Held,
    mut builder: OutboundBuilder,
    identities: Option<&Bound<'_, PyAny>>,
    secrets: Option<&Bound<'_, PyAny>>,
) -> PyResult<OutboundBuilder> {
    for (name, one) in by_name("identities", identities, identity)? {
        builder = builder.identity(name, one.get().identity.clone());
        held.hold(one.into_any());
    }
    for (name, one) in by_name("secrets", secrets, shared_secret)? {
        builder = builder.secret(name, one);
    }
    Ok(builder)
}

/// Hands an Outbound whom it encrypts for.
pub(crate) fn give_recipients(
    mut builder: OutboundBuilder,
    recipients: Option<&Bound<'_, PyAny>>,
) -> PyResult<OutboundBuilder> {
    for (name, one) in by_name("recipients", recipients, recipient)? {
        builder = builder.recipient(name, one);
    }
    Ok(builder)
}

/// Reads one argument, which may hold several things: a file of certificates for one.
type Read<T> = fn(&str, &Bound<'_, PyAny>) -> PyResult<Vec<T>>;

/// One, several, or a mapping of names to one or several. Without a name, the name is empty.
fn named<T>(
    argument: &str,
    given: Option<&Bound<'_, PyAny>>,
    read: Read<T>,
) -> PyResult<Vec<(String, T)>> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let Ok(mapping) = given.cast::<PyMapping>() else {
        return Ok(several(argument, given, read)?
            .into_iter()
            .map(|one| (String::new(), one))
            .collect());
    };
    let mut all = Vec::new();
    for (name, given) in items(argument, mapping)? {
        for one in several(argument, &given, read)? {
            all.push((name.clone(), one));
        }
    }
    Ok(all)
}

/// One or several, where names mean nothing.
fn unnamed<T>(argument: &str, given: Option<&Bound<'_, PyAny>>, read: Read<T>) -> PyResult<Vec<T>> {
    let Some(given) = given else { return Ok(Vec::new()) };
    if given.is_instance_of::<PyMapping>() {
        return Err(wrong_type(argument, "one or a sequence; names mean nothing here", given));
    }
    several(argument, given, read)
}

/// One, or a mapping of names to one each: whoever signs must be told whom to sign as.
fn by_name<T>(
    argument: &str,
    given: Option<&Bound<'_, PyAny>>,
    read: Read<T>,
) -> PyResult<Vec<(String, T)>> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let Ok(mapping) = given.cast::<PyMapping>() else {
        return Ok(read(argument, given)?.into_iter().map(|one| (String::new(), one)).collect());
    };
    let mut all = Vec::new();
    for (name, given) in items(argument, mapping)? {
        for one in read(argument, &given)? {
            all.push((name.clone(), one));
        }
    }
    Ok(all)
}

fn items<'py>(
    argument: &str,
    mapping: &Bound<'py, PyMapping>,
) -> PyResult<Vec<(String, Bound<'py, PyAny>)>> {
    let mut all = Vec::new();
    for item in mapping.items()? {
        let (name, value) = item.extract::<(Bound<'py, PyAny>, Bound<'py, PyAny>)>()?;
        let Ok(name) = name.cast::<PyString>() else {
            return Err(wrong_type(&format!("a name in {argument}"), "str", &name));
        };
        all.push((name.to_cow()?.into_owned(), value));
    }
    Ok(all)
}

fn several<T>(argument: &str, given: &Bound<'_, PyAny>, read: Read<T>) -> PyResult<Vec<T>> {
    let is_one = given.is_instance_of::<PyString>() || is_octets(given);
    match given.cast::<PySequence>() {
        Ok(sequence) if !is_one => {
            let mut all = Vec::new();
            for one in sequence.try_iter()? {
                all.extend(read(&format!("each of {argument}"), &one?)?);
            }
            Ok(all)
        }
        _ => read(argument, given),
    }
}

fn is_octets(given: &Bound<'_, PyAny>) -> bool {
    given.is_instance_of::<PyBytes>()
        || given.is_instance_of::<PyByteArray>()
        || given.is_instance_of::<PyMemoryView>()
}

/// One or several certificates, or none.
pub(crate) fn certificates(
    argument: &str,
    given: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<crypto::Certificate>> {
    unnamed(argument, given, certificate)
}

/// A certificate, or all of a file: one at least.
pub(crate) fn certificate(
    argument: &str,
    given: &Bound<'_, PyAny>,
) -> PyResult<Vec<crypto::Certificate>> {
    if let Ok(certificate) = given.cast::<Certificate>() {
        return Ok(vec![certificate.get().0.clone()]);
    }
    if is_octets(given) {
        return keys::certificates_of_file(given.py(), &octets(argument, given)?);
    }
    Err(wrong_type(argument, "a wsse.Certificate, or the octets of a PEM or DER file", given))
}

fn crl(argument: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<crypto::Crl>> {
    if is_octets(given) {
        let octets = octets(argument, given)?;
        return compute(given.py(), || crypto::Crl::many(&octets));
    }
    Err(wrong_type(argument, "the octets of a PEM or DER file of revocation lists", given))
}

fn public_key(argument: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<crypto::PublicKey>> {
    if let Ok(key) = given.cast::<PublicKey>() {
        return Ok(vec![key.get().0.clone()]);
    }
    if is_octets(given) {
        return keys::public_keys_of_file(given.py(), &octets(argument, given)?);
    }
    Err(wrong_type(argument, "a wsse.PublicKey, or the octets of a PEM or DER file", given))
}

fn identity(argument: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<Py<Identity>>> {
    match given.cast::<Identity>() {
        Ok(identity) => Ok(vec![identity.clone().unbind()]),
        Err(_) => {
            Err(wrong_type(argument, "a wsse.Identity, or a mapping of names to them", given))
        }
    }
}

fn recipient(argument: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<RecipientKey>> {
    if let Ok(certificate) = given.cast::<Certificate>() {
        return Ok(vec![certificate.get().0.clone().into()]);
    }
    if let Ok(key) = given.cast::<PublicKey>() {
        return Ok(vec![key.get().0.clone().into()]);
    }
    if is_octets(given) {
        let octets = octets(argument, given)?;
        let read = || KeyMaterial::read(&octets, None)?.into_recipient();
        return compute(given.py(), read).map(|key| vec![key]);
    }
    let expected = "a wsse.Certificate, a wsse.PublicKey, or the octets of a PEM or DER file";
    Err(wrong_type(argument, expected, given))
}

fn decryption_key(argument: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<DecryptionKey>> {
    if let Ok(identity) = given.cast::<Identity>() {
        return Ok(vec![DecryptionKey::Identity(identity.clone().unbind())]);
    }
    if let Ok(key) = given.cast::<PrivateKey>() {
        return Ok(vec![DecryptionKey::Key(key.get().0.clone())]);
    }
    Err(wrong_type(argument, "a wsse.Identity or a wsse.PrivateKey", given))
}

fn remote_verifier(argument: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<Py<RemoteVerifier>>> {
    match given.cast::<RemoteVerifier>() {
        Ok(verifier) => Ok(vec![verifier.clone().unbind()]),
        Err(_) => {
            Err(wrong_type(argument, "a wsse.RemoteVerifier, or a mapping of names to them", given))
        }
    }
}

/// An empty secret is refused: everyone knows it.
fn shared_secret(argument: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<Secret>> {
    let secret = secret(argument, given)?;
    if secret.octets().is_empty() {
        return Err(misuse(given.py(), format!("{argument}: a shared secret is empty")));
    }
    Ok(vec![secret])
}
