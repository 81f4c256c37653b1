//! Whose messages are written, and how the passwords of others are known.

use crate::boundary::{nothing, result};
use crate::callback::{
    Userdata, answer, wsse_password_lookup_callback, wsse_password_verifier_callback,
    wsse_userdata_free_callback,
};
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{
    free_box, handle, into_box, lend, misuse, mutable, octets, optional_octets, output, text,
};
use crate::text::wsse_str;
use core::ffi::{c_char, c_void};
use std::sync::Arc;
use wsse_core::crypto::Secret;
use wsse_core::password::{PasswordLookup, PasswordTable, PasswordVerifier, Passwords};
use wsse_core::{Cause, Error};

/// Who we are, and how we know the passwords of others: by a table, by a look-up callback, or by a
/// verifier callback where only hashes are stored. One of the three, not several.
///
/// Functions that take credentials copy what is in them and retain no pointer to them. They must
/// not be changed by one thread while another uses them. Passwords are overwritten when they are
/// freed.
///
/// Methods: wsse_credentials_new, wsse_credentials_set_username, wsse_credentials_add_password,
/// wsse_credentials_set_password_lookup, wsse_credentials_set_password_verifier,
/// wsse_credentials_free.
pub struct wsse_credentials {
    _private: [u8; 0],
}

/// Where a wsse_password_lookup_callback puts the passwords that it finds. Valid during the
/// callback only, on its thread only.
///
/// Methods: wsse_passwords_add.
pub struct wsse_passwords {
    _private: [u8; 0],
}

/// What a [`wsse_credentials`] points to.
#[derive(Default)]
pub(crate) struct Credentials {
    pub(crate) username: Option<(String, Option<Secret>)>,
    table: Option<PasswordTable>,
    callback: Option<Passwords>,
}

handle!(wsse_credentials, Credentials, OwnershipBox);
handle!(wsse_passwords, Vec<Secret>, OwnershipRef);

/// Makes credentials with nothing in them. The caller owns them and must eventually call
/// wsse_credentials_free().
///
/// Errors: WSSE_RESULT_MISUSE for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_new(
    credentials_out: *mut *mut wsse_credentials,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(credentials_out, "credentials_out") }?;
        out.write(into_box(Credentials::default()));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets whose UsernameToken an outbound writes, unless a call names another user. Makes a copy and
/// retains no pointer.
///
/// `username` is UTF-8. `password` is octets, a text its UTF-8; NULL for none, where the policy
/// shows none or each call gives it.
///
/// Errors: WSSE_RESULT_MISUSE where `credentials` or `username` is NULL, or `username` is not
/// UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_set_username(
    credentials: *mut wsse_credentials,
    username: *const c_char,
    username_len: usize,
    password: *const c_void,
    password_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let username = unsafe { text(username, username_len, "username") }?;
        // SAFETY: as above.
        let password = unsafe { optional_octets(password, password_len, "password") }?;
        credentials.username = Some((username.to_owned(), password.map(Secret::new)));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds a password that a user may have to the table by which an inbound or a header check knows
/// passwords; call it several times for several users, or for several passwords of one user while
/// one is being replaced. Makes a copy and retains no pointer.
///
/// `username` is UTF-8. `password` is octets, a text its UTF-8. An empty password is none: nobody
/// is let in by an unset field of a user database.
///
/// Errors: WSSE_RESULT_MISUSE where one of them is NULL, `username` is not UTF-8, or a callback is
/// set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_add_password(
    credentials: *mut wsse_credentials,
    username: *const c_char,
    username_len: usize,
    password: *const c_void,
    password_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let username = unsafe { text(username, username_len, "username") }?;
        // SAFETY: as above.
        let password = unsafe { octets(password, password_len, "password") }?;
        if credentials.callback.is_some() {
            return Err(several_sources());
        }
        let table = credentials.table.take().unwrap_or_default();
        credentials.table = Some(table.with(username, Secret::new(password)));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets a callback that finds the passwords of a user. `userdata` goes to every call and may be
/// NULL; `userdata_free` is called when no object uses the callback any more, and may be NULL. On
/// failure the caller keeps `userdata`.
///
/// Errors: WSSE_RESULT_MISUSE where `credentials` or `lookup` is NULL, or a table or another
/// callback is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_set_password_lookup(
    credentials: *mut wsse_credentials,
    lookup: wsse_password_lookup_callback,
    userdata: *mut c_void,
    userdata_free: wsse_userdata_free_callback,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        let function = lookup.ok_or_else(|| misuse("lookup is NULL"))?;
        credentials.check_no_source()?;
        let userdata = Userdata::new(userdata, userdata_free);
        credentials.callback = Some(Passwords::Lookup(Arc::new(Lookup { function, userdata })));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets a callback that judges passwords in clear text. It can't check a PasswordDigest, nor an
/// X-WSSE header. `userdata` goes to every call and may be NULL; `userdata_free` is called when no
/// object uses the callback any more, and may be NULL. On failure the caller keeps `userdata`.
///
/// Errors: WSSE_RESULT_MISUSE where `credentials` or `verifier` is NULL, or a table or another
/// callback is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_set_password_verifier(
    credentials: *mut wsse_credentials,
    verifier: wsse_password_verifier_callback,
    userdata: *mut c_void,
    userdata_free: wsse_userdata_free_callback,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        let function = verifier.ok_or_else(|| misuse("verifier is NULL"))?;
        credentials.check_no_source()?;
        let userdata = Userdata::new(userdata, userdata_free);
        credentials.callback = Some(Passwords::Verifier(Arc::new(Verifier { function, userdata })));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds a password to what a look-up found. Makes a copy and retains no pointer. An empty password
/// is none.
///
/// Returns WSSE_RESULT_MISUSE, and adds nothing, where one of them is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_passwords_add(
    passwords: *mut wsse_passwords,
    password: *const c_void,
    password_len: usize,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or the handle that the callback got, by the contract.
        let passwords = unsafe { mutable(passwords, "passwords") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let password = unsafe { octets(password, password_len, "password") }?;
        passwords.push(Secret::new(password));
        Ok(())
    };
    // SAFETY: NULL is allowed.
    unsafe { result(core::ptr::null_mut(), body) }
}

/// Frees credentials; objects that were made with them keep their copies. NULL is fine. Must not
/// be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_free(credentials: *mut wsse_credentials) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(credentials) });
}

impl Credentials {
    /// How passwords are known; None where nothing says.
    pub(crate) fn passwords(&self) -> Option<Passwords> {
        match &self.callback {
            Some(callback) => Some(callback.clone()),
            None => self.table.clone().map(Passwords::from),
        }
    }

    fn check_no_source(&self) -> Result<(), Error> {
        if self.callback.is_some() || self.table.is_some() {
            return Err(several_sources());
        }
        Ok(())
    }
}

fn several_sources() -> Error {
    misuse("passwords are known by a table, a look-up or a verifier, not by several of them")
}

struct Lookup {
    function: unsafe extern "C" fn(*mut c_void, *const c_char, usize, *mut wsse_passwords) -> i32,
    userdata: Userdata,
}

impl PasswordLookup for Lookup {
    fn passwords(&self, username: &str) -> Result<Vec<Secret>, Error> {
        let mut found = Vec::new();
        let shown = wsse_str::of(username);
        let passwords = lend::<wsse_passwords>(&mut found);
        // SAFETY: the caller's function with the caller's data; the rest lives during the call.
        let number =
            unsafe { (self.function)(self.userdata.pointer(), shown.data, shown.len, passwords) };
        let known = answer(number, "the password look-up callback", Cause::PasswordsUnavailable)?;
        Ok(if known { found } else { Vec::new() })
    }
}

struct Verifier {
    function: unsafe extern "C" fn(*mut c_void, *const c_char, usize, *const u8, usize) -> i32,
    userdata: Userdata,
}

impl PasswordVerifier for Verifier {
    fn verify(&self, username: &str, password: &Secret) -> Result<bool, Error> {
        let (shown, password) = (wsse_str::of(username), password.octets());
        // SAFETY: the caller's function with the caller's data; the rest lives during the call.
        let number = unsafe {
            (self.function)(
                self.userdata.pointer(),
                shown.data,
                shown.len,
                password.as_ptr(),
                password.len(),
            )
        };
        answer(number, "the password verifier callback", Cause::PasswordsUnavailable)
    }
}
