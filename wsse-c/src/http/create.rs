//! Making a header.

use super::dialect::wsse_dialect;
use crate::boundary::{nothing, result};
use crate::environment::{Environment, wsse_environment};
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{
    free_box, handle, into_box, mutable, octets, optional, optional_octets, optional_text, output,
    required, text,
};
use crate::text::{Terminated, wsse_string};
use core::ffi::{c_char, c_void};
use wsse_core::crypto::Secret;
use wsse_core::http::{CreateOptions, create};

/// What may be given for a header instead of being made.
///
/// It may be used for any number of headers, but a nonce must never be used twice. It must not be
/// changed by one thread while another uses it.
///
/// Methods: wsse_header_options_new, wsse_header_options_set_nonce,
/// wsse_header_options_set_created, wsse_header_options_add_parameter, wsse_header_options_free.
pub struct wsse_header_options {
    _private: [u8; 0],
}

/// What a [`wsse_header_options`] points to.
#[derive(Default)]
pub(crate) struct HeaderOptions {
    nonce: Option<Vec<u8>>,
    created: Option<String>,
    parameters: Vec<(String, String)>,
}

handle!(wsse_header_options, HeaderOptions, OwnershipBox);

/// Makes the value of an X-WSSE header, without "X-WSSE: ". Any thread may call it.
///
/// `username` is UTF-8; `password` is octets, a text its UTF-8. `options` NULL means that
/// everything is made; `environment` NULL means the machine's clock and randomness. The caller owns
/// `value_out` and must eventually call wsse_string_free(); no pointer to the arguments is
/// retained. The digest covers nothing of the request, so the header belongs into TLS.
///
/// Errors: WSSE_RESULT_MISUSE where `dialect`, `username`, `password` or `value_out` is NULL, and
/// for what can't stand in a header; WSSE_RESULT_UNAVAILABLE without clock or randomness.
///
/// Example:
///
///     wsse_dialect *dialect = NULL;
///     wsse_string *value = NULL;
///     wsse_dialect_new_preset("atom", 4, &dialect, NULL);
///     if (wsse_header_create(dialect, "bob", 3, "taadtaadpstcsm", 14, NULL, NULL, &value, NULL)
///         == WSSE_RESULT_OK)
///         printf("X-WSSE: %s\r\n", wsse_string_c_str(value));
///     wsse_string_free(value);
///     wsse_dialect_free(dialect);
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_create(
    dialect: *const wsse_dialect,
    username: *const c_char,
    username_len: usize,
    password: *const c_void,
    password_len: usize,
    options: *const wsse_header_options,
    environment: *const wsse_environment,
    value_out: *mut *mut wsse_string,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(value_out, "value_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let dialect = unsafe { required(dialect, "dialect") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let username = unsafe { text(username, username_len, "username") }?;
        // SAFETY: as above.
        let password = Secret::new(unsafe { octets(password, password_len, "password") }?);
        let nothing_given = HeaderOptions::default();
        // SAFETY: NULL or a live handle, by the contract.
        let options = unsafe { optional(options) }.unwrap_or(&nothing_given);
        let parameters: Vec<(&str, &str)> = options
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let options = CreateOptions {
            nonce: options.nonce.as_deref(),
            created: options.created.as_deref(),
            parameters: &parameters,
        };
        // SAFETY: NULL or a live handle, by the contract.
        let Environment { clock, random } =
            unsafe { optional(environment) }.cloned().unwrap_or_default();
        let value = create(dialect, username, &password, &options, &*clock, &*random)?;
        out.write(into_box(Terminated::new(value)));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Makes options in which nothing is set. The caller owns them and must eventually call
/// wsse_header_options_free().
///
/// Errors: WSSE_RESULT_MISUSE for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_options_new(
    options_out: *mut *mut wsse_header_options,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(options_out, "options_out") }?;
        out.write(into_box(HeaderOptions::default()));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets the octets that enter the hash as nonce; the header shows them in the dialect's form: as
/// they are, or in base64. NULL takes them back: fresh ones are made. Makes a copy and retains no
/// pointer.
///
/// Errors: WSSE_RESULT_MISUSE where `options` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_options_set_nonce(
    options: *mut wsse_header_options,
    nonce: *const c_void,
    nonce_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let options = unsafe { mutable(options, "options") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let nonce = unsafe { optional_octets(nonce, nonce_len, "nonce") }?;
        options.nonce = nonce.map(<[u8]>::to_vec);
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets the text of Created, used as it is; NULL takes it back: the clock's. Makes a copy and
/// retains no pointer.
///
/// Errors: WSSE_RESULT_MISUSE where `options` is NULL or `created` is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_options_set_created(
    options: *mut wsse_header_options,
    created: *const c_char,
    created_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let options = unsafe { mutable(options, "options") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let created = unsafe { optional_text(created, created_len, "created") }?;
        options.created = created.map(str::to_owned);
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds a parameter, written after the dialect's own. Makes a copy and retains no pointer. What
/// can't stand in a header is refused where the options are used.
///
/// Errors: WSSE_RESULT_MISUSE where one of them is NULL or is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_options_add_parameter(
    options: *mut wsse_header_options,
    name: *const c_char,
    name_len: usize,
    value: *const c_char,
    value_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let options = unsafe { mutable(options, "options") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let name = unsafe { text(name, name_len, "name") }?;
        // SAFETY: as above.
        let value = unsafe { text(value, value_len, "value") }?;
        options.parameters.push((name.to_owned(), value.to_owned()));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Frees options. NULL is fine. Must not be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_header_options_free(options: *mut wsse_header_options) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(options) });
}
