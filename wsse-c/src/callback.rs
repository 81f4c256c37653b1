//! What the library calls back: functions of the caller, and the data that they get.

use crate::time::wsse_time;
use core::ffi::{c_char, c_void};
use wsse_core::{Cause, Error};

/// What a callback returns: it was done, or the answer is yes.
pub const WSSE_CALLBACK_YES: i32 = 1;
/// What a callback returns: the answer is no.
pub const WSSE_CALLBACK_NO: i32 = 0;
/// What a callback returns that can't answer. The call that asked fails with
/// WSSE_RESULT_UNAVAILABLE; so it does for every other number that is neither yes nor no.
pub const WSSE_CALLBACK_FAILED: i32 = -1;

/// Tells the present instant.
///
/// `userdata` is what was given with the callback, `now_out` room for the answer; never NULL, and
/// valid during the call only. Returns WSSE_CALLBACK_YES after writing to `now_out`, anything else
/// if the clock can't tell. It may be called by every thread that calls the library, by several at
/// once, and must not throw, longjmp or otherwise leave but by returning.
pub type wsse_clock_callback =
    Option<unsafe extern "C" fn(userdata: *mut c_void, now_out: *mut wsse_time) -> i32>;

/// Fills octets that nobody can foresee.
///
/// `userdata` is what was given with the callback; `octets_out` has room for `octets_len` octets,
/// all of which must be written; never NULL, and valid during the call only. Returns
/// WSSE_CALLBACK_YES when they are filled, anything else if there is no randomness. It may be
/// called by every thread that calls the library, by several at once, and must not throw, longjmp
/// or otherwise leave but by returning.
pub type wsse_random_callback = Option<
    unsafe extern "C" fn(userdata: *mut c_void, octets_out: *mut u8, octets_len: usize) -> i32,
>;

/// Finds the passwords of a user: hands each to wsse_passwords_add(), several while one is being
/// replaced, none for an unknown user.
///
/// `userdata` is what was given with the callback; `username` is UTF-8 without a NUL behind it,
/// never NULL; it and `passwords` are valid during the call only. Returns WSSE_CALLBACK_YES;
/// WSSE_CALLBACK_NO for an unknown user, whatever was added; anything else if the answer can't be
/// had. It may be called by every thread that calls the library, by several at once, and must not
/// throw, longjmp or otherwise leave but by returning.
pub type wsse_password_lookup_callback = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        username: *const c_char,
        username_len: usize,
        passwords: *mut crate::credentials::wsse_passwords,
    ) -> i32,
>;

/// Judges a password in clear text, where only hashes of passwords are stored. It should take the
/// same time for an unknown user as for a wrong password.
///
/// `userdata` is what was given with the callback; `username` is UTF-8 and `password` octets, both
/// without a NUL behind them, never NULL, and valid during the call only. Returns
/// WSSE_CALLBACK_YES if the password is the user's, WSSE_CALLBACK_NO if not, anything else if the
/// answer can't be had. It may be called by every thread that calls the library, by several at
/// once, and must not throw, longjmp or otherwise leave but by returning.
pub type wsse_password_verifier_callback = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        username: *const c_char,
        username_len: usize,
        password: *const u8,
        password_len: usize,
    ) -> i32,
>;

/// Remembers a key until an instant, if it is not remembered already.
///
/// Everything that protects against replays rests on it: of any number of calls with the same key,
/// in all threads and processes that share the store, exactly one may be told
/// WSSE_CALLBACK_YES, "new". An entry must be kept until `expires`; losing it earlier lets a
/// captured message pass again.
///
/// `userdata` is what was given with the callback; `key` points to `key_len` octets (32), without
/// a NUL behind them, never NULL, and valid during the call only; `now` is the instant of the
/// clock that judged the message. Returns WSSE_CALLBACK_YES if the key was not there and is now,
/// WSSE_CALLBACK_NO if it was there, anything else if the store can't answer or has no room; the
/// message is then refused. It may be called by every thread that calls the library, by several at
/// once, and must not throw, longjmp or otherwise leave but by returning.
pub type wsse_replay_insert_callback = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        key: *const u8,
        key_len: usize,
        expires: wsse_time,
        now: wsse_time,
    ) -> i32,
>;

/// Frees the user data of a callback. It is called once, with what was given beside the callback,
/// when the last object that uses the callback is gone, by the thread that freed that one. It must
/// not throw, longjmp or otherwise leave but by returning.
pub type wsse_userdata_free_callback = Option<unsafe extern "C" fn(userdata: *mut c_void)>;

/// The caller's data for a callback.
pub(crate) struct Userdata {
    pointer: *mut c_void,
    free: wsse_userdata_free_callback,
}

// SAFETY: the pointer is only handed back to functions of the caller, who promises by the contract
// that they may be called from any thread, several at once.
unsafe impl Send for Userdata {}
// SAFETY: as above.
unsafe impl Sync for Userdata {}

impl Userdata {
    pub(crate) fn new(pointer: *mut c_void, free: wsse_userdata_free_callback) -> Self {
        Self { pointer, free }
    }

    pub(crate) fn pointer(&self) -> *mut c_void {
        self.pointer
    }
}

impl Drop for Userdata {
    fn drop(&mut self) {
        if let Some(free) = self.free {
            // SAFETY: the function and its argument came together, and this is the only call.
            unsafe { free(self.pointer) };
        }
    }
}

/// What a callback's number says; `what` did not answer if it says neither yes nor no.
pub(crate) fn answer(number: i32, what: &str, cause: Cause) -> Result<bool, Error> {
    match number {
        WSSE_CALLBACK_YES => Ok(true),
        WSSE_CALLBACK_NO => Ok(false),
        other => Err(Error::new(cause, format!("{what} did not answer: it returned {other}"))),
    }
}

/// The same for a callback that does something rather than answer a question.
pub(crate) fn done(number: i32, what: &str, cause: Cause) -> Result<(), Error> {
    match number {
        WSSE_CALLBACK_YES => Ok(()),
        other => Err(Error::new(cause, format!("{what} did not answer: it returned {other}"))),
    }
}
