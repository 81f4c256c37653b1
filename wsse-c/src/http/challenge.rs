//! What a server asks for.

use super::write_parameter;
use crate::boundary::{nothing, result, value};
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{free_box, handle, into_box, optional, output, peer_text, required, text};
use crate::text::{Terminated, wsse_str, wsse_string};
use core::ffi::c_char;
use core::ptr;
use wsse_core::Cause;
use wsse_core::http::Challenge;

/// What a server asks for in WWW-Authenticate: `WSSE realm="...", profile="UsernameToken"`.
/// Immutable; any number of threads may read it.
///
/// Methods: wsse_challenge_new, wsse_challenge_parse, wsse_challenge_write, wsse_challenge_realm,
/// wsse_challenge_profile, wsse_challenge_parameters_len, wsse_challenge_parameter,
/// wsse_challenge_free.
pub struct wsse_challenge {
    _private: [u8; 0],
}

handle!(wsse_challenge, Challenge, OwnershipBox);

/// Makes a challenge for UsernameToken in a realm, which may be empty. The caller owns it and must
/// eventually call wsse_challenge_free().
///
/// Errors: WSSE_RESULT_MISUSE where `realm` or `challenge_out` is NULL, or `realm` is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_challenge_new(
    realm: *const c_char,
    realm_len: usize,
    challenge_out: *mut *mut wsse_challenge,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(challenge_out, "challenge_out") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let realm = unsafe { text(realm, realm_len, "realm") }?;
        out.write(into_box(Challenge::new(realm)));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Finds the WSSE challenge in the value of a WWW-Authenticate header, which may hold several (RFC
/// 9110, section 11.6.1); the word inside a quoted string is no challenge. Where there is none the
/// result is WSSE_RESULT_OK and `challenge_out` is set to NULL. Else the caller owns it and must
/// eventually call wsse_challenge_free(); no pointer to `value` is retained.
///
/// Errors: WSSE_RESULT_MALFORMED and WSSE_RESULT_LIMIT_EXCEEDED, with the offset;
/// WSSE_RESULT_MISUSE where `value` or `challenge_out` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_challenge_parse(
    value: *const c_char,
    value_len: usize,
    challenge_out: *mut *mut wsse_challenge,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(challenge_out, "challenge_out") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let value = unsafe { peer_text(value, value_len, "value", Cause::HeaderSyntax) }?;
        out.write(Challenge::parse(value)?.map_or(ptr::null_mut(), into_box));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Writes the value of a WWW-Authenticate header. The caller owns `value_out` and must eventually
/// call wsse_string_free().
///
/// Errors: WSSE_RESULT_MISUSE where one of them is NULL, and for a control character in the realm.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_challenge_write(
    challenge: *const wsse_challenge,
    value_out: *mut *mut wsse_string,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(value_out, "value_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let challenge = unsafe { required(challenge, "challenge") }?;
        out.write(into_box(Terminated::new(challenge.write()?)));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// The realm. The view is borrowed until the challenge is freed; `data` is NULL where there is
/// none, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_challenge_realm(challenge: *const wsse_challenge) -> wsse_str {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let challenge = unsafe { optional(challenge) }?;
        Some(wsse_str::of_optional(challenge.realm()))
    })
}

/// The profile. Only "UsernameToken" can be answered by an X-WSSE header. The view is borrowed
/// until the challenge is freed; `data` is NULL where there is none, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_challenge_profile(challenge: *const wsse_challenge) -> wsse_str {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let challenge = unsafe { optional(challenge) }?;
        Some(wsse_str::of_optional(challenge.profile()))
    })
}

/// The number of other parameters. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_challenge_parameters_len(challenge: *const wsse_challenge) -> usize {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(challenge) }.map(|challenge| challenge.parameters().count()))
}

/// Writes name and value of another parameter to `name_out` and `value_out`, and returns true.
/// Returns false and writes nothing where `index` is not below wsse_challenge_parameters_len(), and
/// where one of the three is NULL. The views are borrowed until the challenge is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_challenge_parameter(
    challenge: *const wsse_challenge,
    index: usize,
    name_out: *mut wsse_str,
    value_out: *mut wsse_str,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let challenge = unsafe { optional(challenge) }?;
        // SAFETY: NULL or room for views, by the contract.
        unsafe { write_parameter(challenge.parameters(), index, name_out, value_out) }
    })
}

/// Frees a challenge. NULL is fine. Must not be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_challenge_free(challenge: *mut wsse_challenge) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(challenge) });
}
