//! Protecting messages.

use crate::boundary::{nothing, result, value};
use crate::call::{Call, wsse_call};
use crate::credentials::wsse_credentials;
use crate::environment::wsse_environment;
use crate::error::{wsse_error, wsse_result};
use crate::exchange::wsse_exchange;
use crate::ffi::{free_box, handle, into_box, octets, optional, output, required, text};
use crate::text::{Terminated, wsse_bytes, wsse_string};
use core::ffi::{c_char, c_void};
use wsse_core::{OutboundPolicy, Protected};

/// What stands before the name of a built-in policy.
const PRESET: &str = "preset:";

/// Protects messages by a policy. Immutable; any number of threads may use it.
///
/// Methods: wsse_outbound_new, wsse_outbound_protect, wsse_outbound_protect_reply,
/// wsse_outbound_protect_stream, wsse_outbound_policy, wsse_outbound_free.
pub struct wsse_outbound {
    _private: [u8; 0],
}

/// What a [`wsse_outbound`] points to.
pub(crate) struct Outbound {
    pub(crate) outbound: wsse_core::Outbound,
    /// The user of credentials without a password: the policy shows none, or calls give it.
    pub(crate) username: Option<String>,
}

/// A protected message. Immutable; any number of threads may read it.
///
/// Methods: wsse_protected_message, wsse_protected_exchange, wsse_protected_free.
pub struct wsse_protected {
    _private: [u8; 0],
}

handle!(wsse_outbound, Outbound, OwnershipBox);
handle!(wsse_protected, Protected, OwnershipBox);

/// Makes an outbound. The caller owns it and must eventually call wsse_outbound_free().
///
/// `policy` is "preset:NAME" with the name of a built-in policy (username-token, username-text,
/// timestamp, onvif), or the text of an outbound policy in TOML; see docs/policies.md. Of
/// `credentials` the username and its password are used, and the identities, secrets and recipients;
/// NULL where each call names its user, or the policy writes no UsernameToken, and nothing is signed or
/// encrypted.
/// `environment` NULL means the machine's clock and randomness. Both are copied; no pointer is
/// retained.
///
/// Errors: WSSE_RESULT_MISUSE where `policy` or `outbound_out` is NULL, for a policy that can't be
/// read, with the line, or contradicts itself, and where a Signature needs a key that is not given;
/// WSSE_RESULT_FAILED_CHECK where its method does not fit the key.
///
/// Example:
///
///     wsse_credentials *credentials = NULL;
///     wsse_outbound *outbound = NULL;
///     wsse_error *error = NULL;
///     wsse_credentials_new(&credentials, NULL);
///     wsse_credentials_set_username(credentials, "alice", 5, "secret", 6, NULL);
///     if (wsse_outbound_new("preset:username-token", strlen("preset:username-token"), credentials,
///                           NULL, &outbound, &error) != WSSE_RESULT_OK) {
///         fprintf(stderr, "%s\n", wsse_error_text(error).data);
///         wsse_error_free(error);
///     }
///     wsse_credentials_free(credentials);
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_outbound_new(
    policy: *const c_char,
    policy_len: usize,
    credentials: *const wsse_credentials,
    environment: *const wsse_environment,
    outbound_out: *mut *mut wsse_outbound,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(outbound_out, "outbound_out") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let policy = unsafe { text(policy, policy_len, "policy") }?;
        let mut builder = wsse_core::Outbound::builder(match policy.strip_prefix(PRESET) {
            Some(name) => OutboundPolicy::preset(name),
            None => OutboundPolicy::from_toml(policy),
        }?);
        let mut without_password = None;
        // SAFETY: NULL or a live handle, by the contract.
        let credentials = unsafe { optional(credentials) };
        if let Some(credentials) = credentials {
            builder = credentials.equip_outbound(builder);
        }
        match credentials.and_then(|given| given.username.clone()) {
            Some((username, Some(password))) => builder = builder.username(username, password),
            Some((username, None)) => without_password = Some(username),
            None => {}
        }
        // SAFETY: NULL or a live handle, by the contract.
        if let Some(environment) = unsafe { optional(environment) }.cloned() {
            builder = builder.clock(environment.clock).random(environment.random);
        }
        let outbound = builder.build()?;
        out.write(into_box(Outbound { outbound, username: without_password }));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Puts into a message what the policy says: into its Security header if it has one for the
/// policy's actor, else into a new one. What else is in the message stays as it is.
///
/// `envelope` is a SOAP 1.1 or 1.2 message in UTF-8, UTF-16 or ISO-8859-1. `call` says what is
/// special about this message; NULL means nothing. The caller owns `protected_out` and must
/// eventually call wsse_protected_free(); no pointer to the arguments is retained.
///
/// Errors: WSSE_RESULT_MALFORMED and WSSE_RESULT_INVALID_SECURITY for an envelope that is none;
/// WSSE_RESULT_LIMIT_EXCEEDED; WSSE_RESULT_MISUSE where `outbound`, `envelope` or `protected_out`
/// is NULL, a credential is missing, the call makes no sense, or the envelope already has what is
/// to be put in; WSSE_RESULT_UNAVAILABLE without clock or randomness.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_outbound_protect(
    outbound: *const wsse_outbound,
    envelope: *const c_void,
    envelope_len: usize,
    call: *const wsse_call,
    protected_out: *mut *mut wsse_protected,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(protected_out, "protected_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let outbound = unsafe { required(outbound, "outbound") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let envelope = unsafe { octets(envelope, envelope_len, "envelope") }?;
        let nothing_special = Call::default();
        // SAFETY: NULL or a live handle, by the contract.
        let call = unsafe { optional(call) }.unwrap_or(&nothing_special);
        let call = call.as_core(outbound.username.as_deref());
        out.write(into_box(outbound.outbound.protect(envelope, &call)?));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// The same for the reply to a validated request. `exchange` comes from
/// wsse_validated_message_exchange().
///
/// Errors: as wsse_outbound_protect(); WSSE_RESULT_MISUSE also where `exchange` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_outbound_protect_reply(
    outbound: *const wsse_outbound,
    exchange: *const wsse_exchange,
    envelope: *const c_void,
    envelope_len: usize,
    call: *const wsse_call,
    protected_out: *mut *mut wsse_protected,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(protected_out, "protected_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let outbound = unsafe { required(outbound, "outbound") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let exchange = unsafe { required(exchange, "exchange") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let envelope = unsafe { octets(envelope, envelope_len, "envelope") }?;
        let nothing_special = Call::default();
        // SAFETY: NULL or a live handle, by the contract.
        let call = unsafe { optional(call) }.unwrap_or(&nothing_special);
        let call = call.as_core(outbound.username.as_deref());
        out.write(into_box(outbound.outbound.protect_reply(envelope, exchange, &call)?));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// The policy as TOML, every key written out. The caller owns `policy_out` and must eventually call
/// wsse_string_free().
///
/// Errors: WSSE_RESULT_MISUSE where one of them is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_outbound_policy(
    outbound: *const wsse_outbound,
    policy_out: *mut *mut wsse_string,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(policy_out, "policy_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let outbound = unsafe { required(outbound, "outbound") }?;
        out.write(into_box(Terminated::new(outbound.outbound.policy().to_toml())));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Frees an outbound. NULL is fine. Must not be called twice, nor while a thread uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_outbound_free(outbound: *mut wsse_outbound) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(outbound) });
}

/// The message, in UTF-8. The view is borrowed until the protected message is freed; `data` is NULL
/// for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_protected_message(
    protected_message: *const wsse_protected,
) -> wsse_bytes {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(protected_message) }.map(|message| wsse_bytes::of(message.bytes())))
}

/// What the reply must answer, for wsse_inbound_validate_reply(). The caller owns `exchange_out`
/// and must eventually call wsse_exchange_free(); it may outlive the protected message.
///
/// Errors: WSSE_RESULT_MISUSE where one of them is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_protected_exchange(
    protected_message: *const wsse_protected,
    exchange_out: *mut *mut wsse_exchange,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(exchange_out, "exchange_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let protected = unsafe { required(protected_message, "protected_message") }?;
        out.write(into_box(protected.exchange().clone()));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Frees a protected message. NULL is fine. Must not be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_protected_free(protected_message: *mut wsse_protected) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(protected_message) });
}
