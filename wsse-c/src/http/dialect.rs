//! Dialects of the `X-WSSE` header.

use crate::boundary::{nothing, result, value};
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{free_box, handle, into_box, mutable, optional, output, text};
use crate::text::wsse_str;
use core::ffi::c_char;
use wsse_core::http::Dialect;

/// How one service, or one family of clients, spells the X-WSSE header.
///
/// Functions that take a dialect copy it and retain no pointer to it. It must not be changed by one
/// thread while another uses it.
///
/// Methods: wsse_dialect_new, wsse_dialect_new_preset, wsse_dialect_set,
/// wsse_dialect_add_parameter, wsse_dialect_name, wsse_dialect_free.
pub struct wsse_dialect {
    _private: [u8; 0],
}

handle!(wsse_dialect, Dialect, OwnershipBox);

/// Makes a dialect that differs from the preset "atom" by its name only, which is for people and
/// logs; wsse_dialect_set() changes the rest. The caller owns it and must eventually call
/// wsse_dialect_free().
///
/// Errors: WSSE_RESULT_MISUSE where `name` or `dialect_out` is NULL, or `name` is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_dialect_new(
    name: *const c_char,
    name_len: usize,
    dialect_out: *mut *mut wsse_dialect,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(dialect_out, "dialect_out") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let name = unsafe { text(name, name_len, "name") }?;
        out.write(into_box(Dialect::new(name.to_owned())));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Makes the dialect of a preset: "atom", "atom-base64", "symfony", "adobe-rest", "adobe-soap",
/// "emarsys", "sha256-hex", "huawei", "sha256-base64", "emt", "penneo". The caller owns it and must
/// eventually call wsse_dialect_free().
///
/// Errors: WSSE_RESULT_MISUSE where `name` or `dialect_out` is NULL, and for another name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_dialect_new_preset(
    name: *const c_char,
    name_len: usize,
    dialect_out: *mut *mut wsse_dialect,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(dialect_out, "dialect_out") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let name = unsafe { text(name, name_len, "name") }?;
        out.write(into_box(Dialect::preset(name)?));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Changes one thing. Knobs and their values:
///
/// - "nonce-form": "text", "base64", "hex", "text-read-as-base64": how Nonce spells what is hashed
/// - "nonce-generator": "octets:N", "hex-digits:N", "uuid", "uuid-without-dashes"
/// - "hash": "sha1", "sha256", "sha384", "sha512"
/// - "digest-text": "octets" or "hex": what the base64 of PasswordDigest is of
/// - "created-form": "date-time", "epoch-seconds", "rfc2822", "gmt-text": as it is sent
/// - "created-zone": "Z", "+00:00", "+0000", for a date-time
/// - "created-milliseconds": "true" or "false", for a date-time
/// - "accepted-created": the forms that are read, separated by commas
/// - "secret": as in wsse_password_digest()
/// - "prefix": "required", "optional" or "omitted": whether "UsernameToken " is there
/// - "separator": ", " or ","
/// - "ttl", "future-tolerance": seconds
///
/// On failure the dialect stays as it was.
///
/// Errors: WSSE_RESULT_MISUSE where one of them is NULL, and for another knob or value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_dialect_set(
    dialect: *mut wsse_dialect,
    knob: *const c_char,
    knob_len: usize,
    value: *const c_char,
    value_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let dialect = unsafe { mutable(dialect, "dialect") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let knob = unsafe { text(knob, knob_len, "knob") }?;
        // SAFETY: as above.
        let value = unsafe { text(value, value_len, "value") }?;
        *dialect = dialect.clone().with_setting(knob, value)?;
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds a parameter that is always written. Makes a copy and retains no pointer. What can't stand
/// in a header is refused where the dialect is used.
///
/// Errors: WSSE_RESULT_MISUSE where one of them is NULL or is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_dialect_add_parameter(
    dialect: *mut wsse_dialect,
    name: *const c_char,
    name_len: usize,
    value: *const c_char,
    value_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let dialect = unsafe { mutable(dialect, "dialect") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let name = unsafe { text(name, name_len, "name") }?;
        // SAFETY: as above.
        let value = unsafe { text(value, value_len, "value") }?;
        *dialect = dialect.clone().with_parameter(name, value);
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// The name. The view is borrowed until the dialect is changed or freed; `data` is NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_dialect_name(dialect: *const wsse_dialect) -> wsse_str {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(dialect) }.map(|dialect| wsse_str::of(dialect.name())))
}

/// Frees a dialect; objects that were made with it keep their copies. NULL is fine. Must not be
/// called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_dialect_free(dialect: *mut wsse_dialect) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(dialect) });
}
