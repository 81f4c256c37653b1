//! The policies that zeep's signature classes stand for.

use crate::error::{compute, misuse};
use crate::keys::certificates;
use crate::octets::{octets, wrong_type};
use crate::policy::{InboundPolicy, OutboundPolicy};
use pyo3::prelude::*;
use pyo3::types::{PySequence, PyString, PyTuple};
use wsse_core::crypto::{DigestMethod, KeyMaterial, Legacy, SignatureMethod};
use wsse_core::policy::{
    self, ClockPolicy, KeyInfoUse, KeyReference, OtherTokens, Part, Step, UnsignedFault, WhichPart,
};
use wsse_core::time::Zone;

/// The preset that all of them begin with.
const PRESET: &str = "zeep";
/// Seconds of a hundred years: as good as no bound.
const ALWAYS: u32 = 100 * 366 * 24 * 3600;

/// The policy of a Signature or BinarySignature. An algorithm is an identifier, a name of policies, or
/// an object with an attribute href, as xmlsec has them; None stands for zeep's defaults. timestamp
/// is the lifetime of one that is written, in seconds.
#[pyfunction]
#[pyo3(signature = (signature_method, digest_method, *, key_reference, parts, timestamp,
    must_understand, inclusive_prefixes, clock_offset))]
#[expect(clippy::too_many_arguments, reason = "the attributes of zeep's class, and ours")]
pub(crate) fn zeep_signature_policy(
    py: Python<'_>,
    signature_method: &Bound<'_, PyAny>,
    digest_method: &Bound<'_, PyAny>,
    key_reference: &str,
    parts: Option<&Bound<'_, PyAny>>,
    timestamp: Option<u32>,
    must_understand: bool,
    inclusive_prefixes: bool,
    clock_offset: i64,
) -> PyResult<OutboundPolicy> {
    let mut policy = compute(py, || policy::OutboundPolicy::preset(PRESET))?;
    policy.header.must_understand = must_understand;
    policy.clock_offset = clock_offset;
    if let Some(ttl) = timestamp {
        policy.order.insert(0, Step::Timestamp);
        policy.timestamp.ttl = ttl;
        policy.timestamp.milliseconds = false;
        policy.timestamp.zone = Zone::Zulu;
    }
    let reference = KeyReference::from_name(key_reference).ok_or_else(|| {
        misuse(py, format!("key_reference: there is no reference {key_reference:?} to a key"))
    })?;
    let parts = parts.map(read_parts).transpose()?;
    let method = algorithm("signature_method", signature_method, |text| {
        SignatureMethod::from_uri(text).or_else(|| SignatureMethod::from_name(text))
    })?;
    let digest = algorithm("digest_method", digest_method, |text| {
        DigestMethod::from_uri(text).or_else(|| DigestMethod::from_name(text))
    })?;
    for signature in &mut policy.signatures {
        signature.reference = reference;
        signature.inclusive_prefixes = inclusive_prefixes;
        signature.method = method.or(signature.method);
        signature.digest = digest.unwrap_or(signature.digest);
        if let Some(parts) = &parts {
            signature.parts.clone_from(parts);
        }
    }
    Ok(OutboundPolicy(policy))
}

/// The policy for replies. as_zeep: signatures are checked with the one certificate that is given, as
/// zeep does it, whatever it says of itself and however old anything is. ignore_key_info: only the
/// first of that.
#[pyfunction]
#[pyo3(signature = (*, as_zeep, ignore_key_info, accept_faults, clock_offset))]
pub(crate) fn zeep_reply_policy(
    py: Python<'_>,
    as_zeep: bool,
    ignore_key_info: bool,
    accept_faults: bool,
    clock_offset: i64,
) -> PyResult<InboundPolicy> {
    let mut policy = compute(py, || policy::InboundPolicy::preset(PRESET))?;
    policy.other_tokens = OtherTokens::Ignore;
    policy.clock.offset = clock_offset;
    if as_zeep {
        policy.require.signed = vec![Part::required(WhichPart::Body)];
        let offset = policy.clock.offset;
        policy.clock = ClockPolicy::default();
        policy.clock.ttl = ALWAYS;
        policy.clock.skew = ALWAYS;
        policy.clock.future = ALWAYS;
        policy.clock.offset = offset;
        policy.trust.rules.validity = false;
        policy.legacy = policy.legacy.with(Legacy::Rsa1024).with(Legacy::Dsa);
    }
    if as_zeep || ignore_key_info {
        policy.trust.key_info = KeyInfoUse::Ignore;
    }
    if accept_faults {
        policy.unsigned_fault = UnsignedFault::Accept;
    }
    Ok(InboundPolicy(policy))
}

/// The certificates in PEM or DER, whatever else is there, in their order; at least one.
#[pyfunction]
pub(crate) fn zeep_certificates<'py>(octets: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
    let py = octets.py();
    let octets = self::octets("certificate", octets)?;
    certificates(py, &compute(py, || KeyMaterial::read_certificates(&octets))?)
}

fn algorithm<T>(
    argument: &str,
    given: &Bound<'_, PyAny>,
    read: impl FnOnce(&str) -> Option<T>,
) -> PyResult<Option<T>> {
    if given.is_none() {
        return Ok(None);
    }
    let py = given.py();
    let href = given.getattr("href").unwrap_or_else(|_| given.clone());
    let Ok(text) = href.cast::<PyString>() else {
        let expected = "an identifier, a name such as \"rsa-sha256\", or an xmlsec.Transform";
        return Err(misuse(py, wrong_type(argument, expected, given).value(py).to_string()));
    };
    let text = text.to_cow()?;
    match read(&text) {
        Some(found) => Ok(Some(found)),
        None => Err(misuse(py, format!("{argument}: no such method is known here: {text:?}"))),
    }
}

fn read_parts(parts: &Bound<'_, PyAny>) -> PyResult<Vec<Part>> {
    let py = parts.py();
    let wrong =
        || misuse(py, wrong_type("parts", "a sequence of str", parts).value(py).to_string());
    let sequence = match parts.cast::<PySequence>() {
        Ok(sequence) if !parts.is_instance_of::<PyString>() => sequence,
        _ => return Err(wrong()),
    };
    let mut read = Vec::new();
    for part in sequence.try_iter()? {
        let part = part?;
        let text = part.cast::<PyString>().map_err(|_| wrong())?.to_cow()?;
        let known = Part::parse(&text).ok_or_else(|| {
            misuse(
                py,
                format!("parts: {text:?} is no part of a message; docs/policies.md has them"),
            )
        })?;
        read.push(known);
    }
    Ok(read)
}
