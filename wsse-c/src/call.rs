//! What changes from message to message.

use crate::boundary::{nothing, result};
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{free_box, handle, into_box, mutable, optional_octets, optional_text, output};
use core::ffi::{c_char, c_void};
use wsse_core::crypto::Secret;

/// What changes from message to message: whose token is written, and parts that are given instead
/// of being made. Whatever is not set comes from the credentials, the clock and the randomness of
/// the outbound.
///
/// It may be used for any number of messages, but a nonce must never be used twice. It must not be
/// changed by one thread while another uses it.
///
/// Methods: wsse_call_new, wsse_call_set_username, wsse_call_set_password, wsse_call_set_nonce,
/// wsse_call_set_created, wsse_call_set_username_token_id, wsse_call_set_timestamp_id,
/// wsse_call_free.
pub struct wsse_call {
    _private: [u8; 0],
}

/// What a [`wsse_call`] points to.
#[derive(Default)]
pub(crate) struct Call {
    username: Option<String>,
    password: Option<Secret>,
    nonce: Option<Vec<u8>>,
    created: Option<String>,
    username_token_id: Option<String>,
    timestamp_id: Option<String>,
}

handle!(wsse_call, Call, OwnershipBox);

/// Makes a call in which nothing is set. The caller owns it and must eventually call
/// wsse_call_free().
///
/// Errors: WSSE_RESULT_MISUSE for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_call_new(
    call_out: *mut *mut wsse_call,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        unsafe { output(call_out, "call_out") }?.write(into_box(Call::default()));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets the user, in UTF-8, in place of the one in the credentials; NULL takes it back. A call
/// that names another user needs a password, too, unless the policy shows none. Makes a copy and
/// retains no pointer.
///
/// Errors: WSSE_RESULT_MISUSE where `call` is NULL or `username` is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_call_set_username(
    call: *mut wsse_call,
    username: *const c_char,
    username_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let call = unsafe { mutable(call, "call") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let username = unsafe { optional_text(username, username_len, "username") }?;
        call.username = username.map(str::to_owned);
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets the password, in octets, in place of the one in the credentials; NULL takes it back. Makes
/// a copy and retains no pointer.
///
/// Errors: WSSE_RESULT_MISUSE where `call` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_call_set_password(
    call: *mut wsse_call,
    password: *const c_void,
    password_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let call = unsafe { mutable(call, "call") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let password = unsafe { optional_octets(password, password_len, "password") }?;
        call.password = password.map(Secret::new);
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets the octets of the Nonce; the message holds their base64. NULL takes them back: 16 random
/// octets are made. Makes a copy and retains no pointer.
///
/// Errors: WSSE_RESULT_MISUSE where `call` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_call_set_nonce(
    call: *mut wsse_call,
    nonce: *const c_void,
    nonce_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let call = unsafe { mutable(call, "call") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let nonce = unsafe { optional_octets(nonce, nonce_len, "nonce") }?;
        call.nonce = nonce.map(<[u8]>::to_vec);
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets the text of the UsernameToken's Created, written and hashed as it is; NULL takes it back:
/// the clock's. Makes a copy and retains no pointer.
///
/// Errors: WSSE_RESULT_MISUSE where `call` is NULL or `created` is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_call_set_created(
    call: *mut wsse_call,
    created: *const c_char,
    created_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let call = unsafe { mutable(call, "call") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let created = unsafe { optional_text(created, created_len, "created") }?;
        call.created = created.map(str::to_owned);
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets the wsu:Id of the UsernameToken, an NCName; NULL takes it back: a random one. Makes a copy
/// and retains no pointer.
///
/// Errors: WSSE_RESULT_MISUSE where `call` is NULL or `id` is not UTF-8. An Id that is no NCName is
/// refused where it is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_call_set_username_token_id(
    call: *mut wsse_call,
    id: *const c_char,
    id_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let call = unsafe { mutable(call, "call") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let id = unsafe { optional_text(id, id_len, "id") }?;
        call.username_token_id = id.map(str::to_owned);
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets the wsu:Id of the Timestamp, an NCName; NULL takes it back: a random one. Makes a copy and
/// retains no pointer.
///
/// Errors: WSSE_RESULT_MISUSE where `call` is NULL or `id` is not UTF-8. An Id that is no NCName is
/// refused where it is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_call_set_timestamp_id(
    call: *mut wsse_call,
    id: *const c_char,
    id_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let call = unsafe { mutable(call, "call") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let id = unsafe { optional_text(id, id_len, "id") }?;
        call.timestamp_id = id.map(str::to_owned);
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Frees a call; its password is overwritten. NULL is fine. Must not be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_call_free(call: *mut wsse_call) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(call) });
}

impl Call {
    /// The core's call; `username` is the user where none is set here.
    pub(crate) fn as_core<'c>(&'c self, username: Option<&'c str>) -> wsse_core::Call<'c> {
        let mut call = wsse_core::Call::default();
        call.username = self.username.as_deref().or(username);
        call.password = self.password.as_ref();
        call.nonce = self.nonce.as_deref();
        call.created = self.created.as_deref();
        call.username_token_id = self.username_token_id.as_deref();
        call.timestamp_id = self.timestamp_id.as_deref();
        call
    }
}
