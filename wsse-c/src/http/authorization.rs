//! What a client announces beside the header.

use super::write_parameter;
use crate::boundary::{nothing, result, value};
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{
    free_box, handle, into_box, mutable, optional, output, peer_text, required, text,
};
use crate::text::{Terminated, wsse_str, wsse_string};
use core::ffi::c_char;
use core::ptr;
use wsse_core::Cause;
use wsse_core::http::Authorization;

/// What a client announces in Authorization beside X-WSSE: `WSSE profile="UsernameToken"`.
///
/// It must not be changed by one thread while another uses it.
///
/// Methods: wsse_authorization_new, wsse_authorization_new_huawei, wsse_authorization_parse,
/// wsse_authorization_set_realm, wsse_authorization_add_parameter, wsse_authorization_write,
/// wsse_authorization_realm, wsse_authorization_profile, wsse_authorization_parameters_len,
/// wsse_authorization_parameter, wsse_authorization_free.
pub struct wsse_authorization {
    _private: [u8; 0],
}

handle!(wsse_authorization, Authorization, OwnershipBox);

/// Makes `WSSE profile="UsernameToken"`. The caller owns it and must eventually call
/// wsse_authorization_free().
///
/// Errors: WSSE_RESULT_MISUSE for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_authorization_new(
    authorization_out: *mut *mut wsse_authorization,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(authorization_out, "authorization_out") }?;
        out.write(into_box(Authorization::new()));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Makes `WSSE realm="SDP",profile="UsernameToken",type="Appkey"`, which Huawei Cloud SMS wants
/// with the dialect "huawei". The caller owns it and must eventually call
/// wsse_authorization_free().
///
/// Errors: WSSE_RESULT_MISUSE for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_authorization_new_huawei(
    authorization_out: *mut *mut wsse_authorization,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(authorization_out, "authorization_out") }?;
        out.write(into_box(Authorization::huawei()));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Reads the value of an Authorization header. Where it is of another scheme the result is
/// WSSE_RESULT_OK and `authorization_out` is set to NULL. Else the caller owns it and must
/// eventually call wsse_authorization_free(); no pointer to `value` is retained.
///
/// Errors: WSSE_RESULT_MALFORMED and WSSE_RESULT_LIMIT_EXCEEDED, with the offset;
/// WSSE_RESULT_MISUSE where `value` or `authorization_out` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_authorization_parse(
    value: *const c_char,
    value_len: usize,
    authorization_out: *mut *mut wsse_authorization,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(authorization_out, "authorization_out") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let value = unsafe { peer_text(value, value_len, "value", Cause::HeaderSyntax) }?;
        out.write(Authorization::parse(value)?.map_or(ptr::null_mut(), into_box));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets the realm. Makes a copy and retains no pointer.
///
/// Errors: WSSE_RESULT_MISUSE where one of them is NULL, or `realm` is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_authorization_set_realm(
    authorization: *mut wsse_authorization,
    realm: *const c_char,
    realm_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let authorization = unsafe { mutable(authorization, "authorization") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let realm = unsafe { text(realm, realm_len, "realm") }?;
        *authorization = authorization.clone().with_realm(realm);
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds a parameter, written last. Makes a copy and retains no pointer. What can't stand in a
/// header is refused by wsse_authorization_write().
///
/// Errors: WSSE_RESULT_MISUSE where one of them is NULL or is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_authorization_add_parameter(
    authorization: *mut wsse_authorization,
    name: *const c_char,
    name_len: usize,
    value: *const c_char,
    value_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let authorization = unsafe { mutable(authorization, "authorization") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let name = unsafe { text(name, name_len, "name") }?;
        // SAFETY: as above.
        let value = unsafe { text(value, value_len, "value") }?;
        *authorization = authorization.clone().with_parameter(name, value);
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Writes the value of an Authorization header. The caller owns `value_out` and must eventually
/// call wsse_string_free().
///
/// Errors: WSSE_RESULT_MISUSE where one of them is NULL, and for what can't stand in a header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_authorization_write(
    authorization: *const wsse_authorization,
    value_out: *mut *mut wsse_string,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(value_out, "value_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let authorization = unsafe { required(authorization, "authorization") }?;
        out.write(into_box(Terminated::new(authorization.write()?)));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// The realm. The view is borrowed until the authorization is changed or freed; `data` is NULL
/// where there is none, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_authorization_realm(
    authorization: *const wsse_authorization,
) -> wsse_str {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let authorization = unsafe { optional(authorization) }?;
        Some(wsse_str::of_optional(authorization.realm()))
    })
}

/// The profile. The view is borrowed until the authorization is changed or freed; `data` is NULL
/// where there is none, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_authorization_profile(
    authorization: *const wsse_authorization,
) -> wsse_str {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let authorization = unsafe { optional(authorization) }?;
        Some(wsse_str::of_optional(authorization.profile()))
    })
}

/// The number of other parameters. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_authorization_parameters_len(
    authorization: *const wsse_authorization,
) -> usize {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let authorization = unsafe { optional(authorization) }?;
        Some(authorization.parameters().count())
    })
}

/// Writes name and value of another parameter to `name_out` and `value_out`, and returns true.
/// Returns false and writes nothing where `index` is not below
/// wsse_authorization_parameters_len(), and where one of the three is NULL. The views are borrowed
/// until the authorization is changed or freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_authorization_parameter(
    authorization: *const wsse_authorization,
    index: usize,
    name_out: *mut wsse_str,
    value_out: *mut wsse_str,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let authorization = unsafe { optional(authorization) }?;
        // SAFETY: NULL or room for views, by the contract.
        unsafe { write_parameter(authorization.parameters(), index, name_out, value_out) }
    })
}

/// Frees an authorization. NULL is fine. Must not be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_authorization_free(authorization: *mut wsse_authorization) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(authorization) });
}
