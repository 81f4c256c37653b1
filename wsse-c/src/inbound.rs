//! Validating messages.

use crate::boundary::{nothing, result};
use crate::credentials::wsse_credentials;
use crate::environment::wsse_environment;
use crate::error::{wsse_error, wsse_result};
use crate::exchange::wsse_exchange;
use crate::ffi::{
    clone_arc, free_box, handle, into_box, octets, optional, output, peer_text, required, text,
};
use crate::replay::wsse_replay_store;
use crate::text::{Terminated, wsse_string};
use crate::validated::wsse_validated_message;
use core::ffi::{c_char, c_void};
use wsse_core::{Cause, Error, InboundPolicy};

/// What stands before the name of a built-in policy.
const PRESET: &str = "preset:";

/// Validates messages by a policy. Immutable; any number of threads may use it.
///
/// Methods: wsse_inbound_new, wsse_inbound_validate, wsse_inbound_validate_reply,
/// wsse_inbound_validate_stream, wsse_inbound_decrypt, wsse_inbound_policy, wsse_inbound_free.
pub struct wsse_inbound {
    _private: [u8; 0],
}

handle!(wsse_inbound, wsse_core::Inbound, OwnershipBox);

/// Makes an inbound. The caller owns it and must eventually call wsse_inbound_free().
///
/// `policy` is "preset:NAME" with the name of a built-in policy (username-token, username-text,
/// timestamp, onvif), or the text of an inbound policy in TOML; see docs/policies.md. Of
/// `credentials` the table or the callback is used by which passwords are known, the certificates,
/// anchors, public keys, verifiers and secrets that signatures are checked with, and the identities,
/// keys and secrets that decrypt; NULL where the policy wants none of it. `replay_store` serves under
/// the name that the policy has for it;
/// NULL means a store of its own in the memory of this process, unless the policy names another
/// than "default". `environment` NULL means the machine's clock. Credentials and environment are
/// copied; of the store a reference is held, and the caller's own stays.
///
/// Errors: WSSE_RESULT_MISUSE where `policy` or `inbound_out` is NULL, for a policy that can't be
/// read, with the line, or contradicts itself, and where it needs credentials or a store that are
/// not given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_inbound_new(
    policy: *const c_char,
    policy_len: usize,
    credentials: *const wsse_credentials,
    replay_store: *const wsse_replay_store,
    environment: *const wsse_environment,
    inbound_out: *mut *mut wsse_inbound,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(inbound_out, "inbound_out") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let policy = unsafe { text(policy, policy_len, "policy") }?;
        let policy = match policy.strip_prefix(PRESET) {
            Some(name) => InboundPolicy::preset(name),
            None => InboundPolicy::from_toml(policy),
        }?;
        let store_name = policy.replay_store.clone();
        let mut builder = wsse_core::Inbound::builder(policy);
        // SAFETY: NULL or a live handle, by the contract.
        if let Some(store) = unsafe { clone_arc(replay_store) } {
            builder = builder.replay_store(store_name, store);
        }
        // SAFETY: NULL or a live handle, by the contract.
        if let Some(credentials) = unsafe { optional(credentials) } {
            builder = credentials.equip_inbound(builder);
        }
        // SAFETY: NULL or a live handle, by the contract.
        if let Some(environment) = unsafe { optional(environment) } {
            builder = builder.clock(environment.clock.clone());
        }
        out.write(into_box(builder.build()?));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Checks everything that the policy demands, and what else is in the Security header.
///
/// `message` is the octets as they were received. `charset` is the charset of the Content-Type;
/// NULL where there is none. The caller owns `validated_out` and must eventually call
/// wsse_validated_message_free(); no pointer to the arguments is retained. A message for which this
/// fails must not be acted on.
///
/// Errors: every result but WSSE_RESULT_IO; WSSE_RESULT_MISUSE only where `inbound`, `message` or
/// `validated_out` is NULL.
///
/// Example:
///
///     wsse_validated_message *validated = NULL;
///     wsse_error *error = NULL;
///     wsse_result result =
///         wsse_inbound_validate(inbound, message, length, NULL, 0, &validated, &error);
///     if (result != WSSE_RESULT_OK) {
///         wsse_fault fault;
///         syslog(LOG_WARNING, "%s", wsse_error_text(error).data);
///         if (wsse_error_fault(error, &fault))
///             send_fault(fault.sender, fault.code.data, fault.text.data);
///         wsse_error_free(error);
///         return;
///     }
///     wsse_bytes document = wsse_validated_message_document(validated);
///     if (document.data == NULL)
///         document = wsse_validated_message_unsigned_document(validated);
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_inbound_validate(
    inbound: *const wsse_inbound,
    message: *const c_void,
    message_len: usize,
    charset: *const c_char,
    charset_len: usize,
    validated_out: *mut *mut wsse_validated_message,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(validated_out, "validated_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let inbound = unsafe { required(inbound, "inbound") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let message = unsafe { octets(message, message_len, "message") }?;
        // SAFETY: as above.
        let charset = unsafe { optional_charset(charset, charset_len) }?;
        out.write(into_box(inbound.validate_with_charset(message, charset)?));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// The same for the reply to a protected message. `exchange` comes from wsse_protected_exchange().
///
/// Errors: as wsse_inbound_validate(); WSSE_RESULT_MISUSE also where `exchange` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_inbound_validate_reply(
    inbound: *const wsse_inbound,
    exchange: *const wsse_exchange,
    message: *const c_void,
    message_len: usize,
    charset: *const c_char,
    charset_len: usize,
    validated_out: *mut *mut wsse_validated_message,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(validated_out, "validated_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let inbound = unsafe { required(inbound, "inbound") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let exchange = unsafe { required(exchange, "exchange") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let message = unsafe { octets(message, message_len, "message") }?;
        // SAFETY: as above.
        let charset = unsafe { optional_charset(charset, charset_len) }?;
        out.write(into_box(inbound.validate_reply_with_charset(message, charset, exchange)?));
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
pub unsafe extern "C" fn wsse_inbound_policy(
    inbound: *const wsse_inbound,
    policy_out: *mut *mut wsse_string,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(policy_out, "policy_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let inbound = unsafe { required(inbound, "inbound") }?;
        out.write(into_box(Terminated::new(inbound.policy().to_toml())));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Frees an inbound. NULL is fine. Must not be called twice, nor while a thread uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_inbound_free(inbound: *mut wsse_inbound) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(inbound) });
}

/// A charset comes from the peer, so one that is no text is the peer's fault.
///
/// # Safety
/// `charset` is NULL or points to `charset_len` octets that are readable and unchanged for `'a`.
pub(crate) unsafe fn optional_charset<'a>(
    charset: *const c_char,
    charset_len: usize,
) -> Result<Option<&'a str>, Error> {
    if charset.is_null() {
        return Ok(None);
    }
    // SAFETY: as the caller of this function promises.
    unsafe { peer_text(charset, charset_len, "charset", Cause::Encoding) }.map(Some)
}
