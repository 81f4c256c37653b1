//! The extension module `wsse._wsse`: the core as Python classes.
//!
//! It translates and takes no decision of its own. Arguments are taken over while the thread is
//! attached to the interpreter, the core computes detached, and callbacks attach again.
#![deny(unsafe_code, unused_must_use)]

mod c14n;
mod callback;
mod command;
mod decision;
mod decrypted;
mod envelope;
mod error;
mod exchange;
mod http;
mod inbound;
mod keys;
mod octets;
mod outbound;
mod passwords;
mod policy;
mod random;
mod remote;
mod replay;
mod signed;
mod skeleton;
mod stream;
mod template;
mod time;
mod trusted;
mod zeep;
mod zeep_signature;

/// What Rust computes for the package `wsse`; import from `wsse`, not from here.
#[pyo3::pymodule(gil_used = false)]
mod _wsse {
    #[pymodule_export]
    use super::c14n::canonicalize;
    #[pymodule_export]
    use super::command::run_command;
    #[pymodule_export]
    use super::decision::Candidate;
    #[pymodule_export]
    use super::decrypted::{DecryptedMessage, EncryptedPart};
    #[pymodule_export]
    use super::envelope::{UnvalidatedEnvelope, read_envelope};
    #[pymodule_export]
    use super::error::category_fault;
    #[pymodule_export]
    use super::exchange::Exchange;
    #[pymodule_export]
    use super::http::{
        Authorization, Challenge, CheckedHeader, Dialect, HeaderCheck, HeaderCreator, create_header,
    };
    #[pymodule_export]
    use super::inbound::{Inbound, ValidatedMessage};
    #[pymodule_export]
    use super::keys::{Certificate, Identity, PrivateKey, PublicKey};
    #[pymodule_export]
    use super::outbound::{Outbound, Protected};
    #[pymodule_export]
    use super::passwords::password_digest;
    #[pymodule_export]
    use super::policy::{InboundPolicy, OutboundPolicy};
    #[pymodule_export]
    use super::remote::{DecryptionRequest, RemoteVerifier, SigningRequest, VerificationRequest};
    #[pymodule_export]
    use super::replay::MemoryReplayStore;
    #[pymodule_export]
    use super::signed::{SignedPart, SignedReference, VerifiedDocument, VerifiedSigner};
    #[pymodule_export]
    use super::stream::{FileSpool, Spooled};
    #[pymodule_export]
    use super::template::{Template, is_same_document};
    #[pymodule_export]
    use super::zeep::username_token_skeleton;
    #[pymodule_export]
    use super::zeep_signature::{zeep_certificates, zeep_reply_policy, zeep_signature_policy};
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::time::prepare(module.py())?;
        module.add("__version__", wsse_core::VERSION)?;
        module.add("CATEGORIES", super::error::category_names(module.py())?)?;
        module.add("HTTP_PRESETS", super::http::presets(module.py())?)
    }
}
