//! The syntax of the header's value, without a judgement on what it says.

use super::write_parameter;
use crate::boundary::{nothing, result, value};
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{free_box, handle, into_box, optional, output, peer_text};
use crate::text::wsse_str;
use core::ffi::c_char;
use wsse_core::Cause;
use wsse_core::http::HeaderValue;

/// The value of an X-WSSE header, read but not checked: nothing in it is proven. Immutable; any
/// number of threads may read it.
///
/// Methods: wsse_header_parse, wsse_header_value_username, wsse_header_value_password_digest,
/// wsse_header_value_nonce, wsse_header_value_created, wsse_header_value_has_prefix,
/// wsse_header_value_parameters_len, wsse_header_value_parameter, wsse_header_value_free.
pub struct wsse_header_value {
    _private: [u8; 0],
}

/// What a [`wsse_header_value`] points to: a [`HeaderValue`] that borrows from nothing.
pub(crate) struct OwnedHeaderValue {
    username: String,
    password_digest: String,
    nonce: String,
    created: String,
    has_prefix: bool,
    parameters: Vec<(String, String)>,
}

handle!(wsse_header_value, OwnedHeaderValue, OwnershipBox);

/// Reads the value of an X-WSSE header: what stands behind "X-WSSE:". Any thread may call it.
///
/// The caller owns `header_value_out` and must eventually call wsse_header_value_free(); it holds
/// copies, and no pointer to `value` is retained.
///
/// Errors: WSSE_RESULT_MALFORMED, WSSE_RESULT_INVALID_SECURITY_TOKEN and
/// WSSE_RESULT_LIMIT_EXCEEDED, with the offset; WSSE_RESULT_MISUSE where `value` or
/// `header_value_out` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_parse(
    value: *const c_char,
    value_len: usize,
    header_value_out: *mut *mut wsse_header_value,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(header_value_out, "header_value_out") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let value = unsafe { peer_text(value, value_len, "value", Cause::HeaderSyntax) }?;
        let value = HeaderValue::parse(value)?;
        out.write(into_box(OwnedHeaderValue {
            username: value.username().to_owned(),
            password_digest: value.password_digest().to_owned(),
            nonce: value.nonce().to_owned(),
            created: value.created().to_owned(),
            has_prefix: value.has_prefix(),
            parameters: value
                .parameters()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// The text of Username, without quotes and escapes, never empty. The view is borrowed until the
/// value is freed; `data` is NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_value_username(
    header_value: *const wsse_header_value,
) -> wsse_str {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(header_value) }.map(|header| wsse_str::of(&header.username)))
}

/// The text of PasswordDigest, never empty. The view is borrowed until the value is freed; `data`
/// is NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_value_password_digest(
    header_value: *const wsse_header_value,
) -> wsse_str {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(header_value) }.map(|header| wsse_str::of(&header.password_digest)))
}

/// The text of Nonce, as the header has it, never empty. The view is borrowed until the value is
/// freed; `data` is NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_value_nonce(
    header_value: *const wsse_header_value,
) -> wsse_str {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(header_value) }.map(|header| wsse_str::of(&header.nonce)))
}

/// The text of Created, never empty. The view is borrowed until the value is freed; `data` is NULL
/// for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_value_created(
    header_value: *const wsse_header_value,
) -> wsse_str {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(header_value) }.map(|header| wsse_str::of(&header.created)))
}

/// Whether "UsernameToken " stands before the parameters. False for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_value_has_prefix(
    header_value: *const wsse_header_value,
) -> bool {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(header_value) }.map(|header| header.has_prefix))
}

/// The number of parameters beside the four. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_value_parameters_len(
    header_value: *const wsse_header_value,
) -> usize {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(header_value) }.map(|header| header.parameters.len()))
}

/// Writes name and value of a parameter beside the four to `name_out` and `value_out`, and returns
/// true. Returns false and writes nothing where `index` is not below
/// wsse_header_value_parameters_len(), and where one of the three is NULL. The views are borrowed
/// until the value is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_value_parameter(
    header_value: *const wsse_header_value,
    index: usize,
    name_out: *mut wsse_str,
    value_out: *mut wsse_str,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let header = unsafe { optional(header_value) }?;
        let parameters =
            header.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        // SAFETY: NULL or room for views, by the contract.
        unsafe { write_parameter(parameters, index, name_out, value_out) }
    })
}

/// Frees a header's value. NULL is fine. Must not be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_value_free(header_value: *mut wsse_header_value) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(header_value) });
}
