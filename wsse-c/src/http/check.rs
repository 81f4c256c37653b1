//! Checking a header.

use super::dialect::wsse_dialect;
use super::write_parameter;
use crate::boundary::{nothing, result, value};
use crate::credentials::wsse_credentials;
use crate::environment::wsse_environment;
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{
    clone_arc, free_box, handle, into_box, misuse, optional, optional_output, output, peer_text,
    required,
};
use crate::replay::wsse_replay_store;
use crate::text::wsse_str;
use crate::time::wsse_time;
use core::ffi::c_char;
use wsse_core::http::{CheckedHeader, HeaderCheck};
use wsse_core::{Cause, Error};

/// Checks the X-WSSE headers that a server receives. Immutable; any number of threads may use it.
///
/// Methods: wsse_header_check_new, wsse_header_check_check, wsse_header_check_free.
pub struct wsse_header_check {
    _private: [u8; 0],
}

/// A header that was checked. Only wsse_header_check_check() makes it. Immutable; any number of
/// threads may read it.
///
/// Methods: wsse_checked_header_username, wsse_checked_header_dialect,
/// wsse_checked_header_created, wsse_checked_header_nonce,
/// wsse_checked_header_unprotected_parameters_len, wsse_checked_header_unprotected_parameter,
/// wsse_checked_header_free.
pub struct wsse_checked_header {
    _private: [u8; 0],
}

handle!(wsse_header_check, HeaderCheck, OwnershipBox);
handle!(wsse_checked_header, CheckedHeader, OwnershipBox);

/// Makes a header check. The caller owns it and must eventually call wsse_header_check_free().
///
/// `dialects` is an array of `dialects_len` handles, at least one: the accepted ones; where two fit
/// the first is reported. Of `credentials` the table or the look-up is used. `replay_store` NULL
/// means a store of its own in the memory of this process; `environment` NULL means the machine's
/// clock. Dialects, credentials and environment are copied; of the store a reference is held, and
/// the caller's own stays.
///
/// Checks that share a store should accept the same dialects and windows.
///
/// Errors: WSSE_RESULT_MISUSE where `dialects`, one of its handles, `credentials` or `check_out` is
/// NULL, where the credentials know no passwords or have a verifier only, and for a dialect that
/// makes no sense.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_check_new(
    dialects: *const *const wsse_dialect,
    dialects_len: usize,
    credentials: *const wsse_credentials,
    replay_store: *const wsse_replay_store,
    environment: *const wsse_environment,
    check_out: *mut *mut wsse_header_check,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(check_out, "check_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let credentials = unsafe { required(credentials, "credentials") }?;
        let passwords = credentials.passwords().ok_or_else(|| {
            Error::new(
                Cause::MissingCredential,
                "the credentials know no passwords; add them, or set a look-up",
            )
        })?;
        let mut builder = HeaderCheck::builder(passwords);
        if dialects.is_null() {
            return Err(misuse("dialects is NULL"));
        }
        for index in 0..dialects_len {
            // SAFETY: not NULL, so an array of so many handles, by the contract.
            let dialect = unsafe { dialects.add(index).read() };
            // SAFETY: NULL or a live handle, by the contract.
            let dialect = unsafe { required(dialect, "an element of dialects") }?;
            builder = builder.with_dialect(dialect.clone());
        }
        // SAFETY: NULL or a live handle, by the contract.
        if let Some(store) = unsafe { clone_arc(replay_store) } {
            builder = builder.with_replay_store(store);
        }
        // SAFETY: NULL or a live handle, by the contract.
        if let Some(environment) = unsafe { optional(environment) } {
            builder = builder.with_clock(environment.clock.clone());
        }
        out.write(into_box(builder.build()?));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Checks the value of an X-WSSE header, without "X-WSSE:".
///
/// The caller owns `checked_out` and must eventually call wsse_checked_header_free(); no pointer to
/// `value` is retained. A request for which this fails must not be acted on.
///
/// Errors: WSSE_RESULT_MALFORMED, WSSE_RESULT_INVALID_SECURITY_TOKEN and
/// WSSE_RESULT_LIMIT_EXCEEDED for what can't be read; WSSE_RESULT_MESSAGE_EXPIRED;
/// WSSE_RESULT_FAILED_AUTHENTICATION; WSSE_RESULT_INVALID_SECURITY for one that was seen before;
/// WSSE_RESULT_UNAVAILABLE; WSSE_RESULT_MISUSE where `check`, `value` or `checked_out` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_check_check(
    check: *const wsse_header_check,
    value: *const c_char,
    value_len: usize,
    checked_out: *mut *mut wsse_checked_header,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(checked_out, "checked_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let check = unsafe { required(check, "check") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let value = unsafe { peer_text(value, value_len, "value", Cause::HeaderSyntax) }?;
        out.write(into_box(check.check(value)?));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Frees a header check. NULL is fine. Must not be called twice, nor while a thread uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_check_free(check: *mut wsse_header_check) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(check) });
}

/// Who sent it, as confirmed by the password. The view is borrowed until the header is freed;
/// `data` is NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_checked_header_username(
    header: *const wsse_checked_header,
) -> wsse_str {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(header) }.map(|header| wsse_str::of(header.username())))
}

/// The name of the dialect that fitted. The view is borrowed until the header is freed; `data` is
/// NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_checked_header_dialect(
    header: *const wsse_checked_header,
) -> wsse_str {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(header) }.map(|header| wsse_str::of(header.dialect())))
}

/// Writes when the sender says it was made to `created_out` and returns true. Returns false and
/// writes nothing where one of the two is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_checked_header_created(
    header: *const wsse_checked_header,
    created_out: *mut wsse_time,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let created = unsafe { optional(header) }?.created();
        // SAFETY: NULL or room for an instant, by the contract.
        unsafe { optional_output(created_out) }?.write(created.into());
        Some(true)
    })
}

/// The text of Nonce, as the header has it. The view is borrowed until the header is freed; `data`
/// is NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_checked_header_nonce(header: *const wsse_checked_header) -> wsse_str {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(header) }.map(|header| wsse_str::of(header.nonce())))
}

/// The number of parameters beside the four. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_checked_header_unprotected_parameters_len(
    header: *const wsse_checked_header,
) -> usize {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(header) }.map(|header| header.unprotected_parameters().count()))
}

/// Writes name and value of a parameter beside the four to `name_out` and `value_out`, and returns
/// true. They are not in the hash: anyone on the way can have written them. Returns false and
/// writes nothing where `index` is not below wsse_checked_header_unprotected_parameters_len(), and
/// where one of the three is NULL. The views are borrowed until the header is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_checked_header_unprotected_parameter(
    header: *const wsse_checked_header,
    index: usize,
    name_out: *mut wsse_str,
    value_out: *mut wsse_str,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let header = unsafe { optional(header) }?;
        // SAFETY: NULL or room for views, by the contract.
        unsafe { write_parameter(header.unprotected_parameters(), index, name_out, value_out) }
    })
}

/// Frees a checked header. NULL is fine. Must not be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_checked_header_free(header: *mut wsse_checked_header) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(header) });
}
