//! What the library calls back: functions of the caller, and the data that they get.

use crate::time::wsse_time;
use core::ffi::{c_char, c_void};
use wsse_core::{Cause, Error};

/// What a callback returns: it was done, or the answer is yes.
pub const WSSE_CALLBACK_YES: i32 = 1;
/// What a callback returns: the answer is no.
pub const WSSE_CALLBACK_NO: i32 = 0;
/// What a callback returns that can't answer. The call that asked fails with
/// WSSE_RESULT_UNAVAILABLE, or with WSSE_RESULT_IO where it reads or writes; so it does for every
/// other number that is neither yes nor no.
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

/// Signs with a private key that is held elsewhere, and hands the signature to wsse_answer_set(): of
/// ECDSA the numbers r and s, each of the length of the order, or the two as a sequence in DER; of the
/// other methods what the method says. It is checked under the certificate before it is used.
///
/// `userdata` is what was given with the callback; `request` says what is to be signed, and `signature`
/// takes the answer; never NULL, and valid during the call only. Returns WSSE_CALLBACK_YES after it
/// was set, anything else if there is no answer, a time-out among them: nothing else ends a call that
/// takes too long. It may be called by every thread that calls the library, by several at once, and
/// must not throw, longjmp or otherwise leave but by returning.
pub type wsse_remote_sign_callback = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        request: *const crate::remote::wsse_signing_request,
        signature: *mut crate::remote::wsse_answer,
    ) -> i32,
>;

/// Decrypts an EncryptedKey with a private key that is held elsewhere, and hands the secret that was
/// in it to wsse_answer_set().
///
/// A sender must not be able to tell why octets do not decrypt, nor find it out from the time that it
/// takes. So WSSE_CALLBACK_NO is for every reason that lies in the octets, wrong padding above all, and
/// another number only for a key that does not answer.
///
/// `userdata` is what was given with the callback; `request` says what is to be decrypted, and `secret`
/// takes the answer; never NULL, and valid during the call only. Returns WSSE_CALLBACK_YES after it
/// was set, WSSE_CALLBACK_NO where the octets do not decrypt, anything else if there is no answer, a
/// time-out among them. It may be called by every thread that calls the library, by several at once,
/// and must not throw, longjmp or otherwise leave but by returning.
pub type wsse_remote_decrypt_callback = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        request: *const crate::remote::wsse_decryption_request,
        secret: *mut crate::remote::wsse_answer,
    ) -> i32,
>;

/// Checks a signature with a key that is held elsewhere. An HMAC that the callback computes itself is
/// to be compared in a time that does not depend on where it differs.
///
/// `userdata` is what was given with the callback; `request` says what is to be checked, never NULL,
/// and valid during the call only. Returns WSSE_CALLBACK_YES if the key made the signature over exactly
/// these octets with this method, WSSE_CALLBACK_NO if not, anything else if there is no answer, a
/// time-out among them. It may be called by every thread that calls the library, by several at once,
/// and must not throw, longjmp or otherwise leave but by returning.
pub type wsse_remote_verify_callback = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        request: *const crate::remote::wsse_verification_request,
    ) -> i32,
>;

/// Has the last word on a signer whom the policy believes. His signature is not checked yet: that he
/// passes here says nothing of the message.
///
/// `userdata` is what was given with the callback; `candidate` is the signer, never NULL, and valid
/// during the call only. Returns WSSE_CALLBACK_YES to let him pass, WSSE_CALLBACK_NO to refuse him,
/// anything else if the answer can't be had. It may be called by every thread that calls the library,
/// by several at once, and must not throw, longjmp or otherwise leave but by returning.
pub type wsse_decision_callback = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        candidate: *const crate::remote::wsse_candidate,
    ) -> i32,
>;

/// Reads the next octets of a message.
///
/// `userdata` is what was given with the callback; `octets_out` has room for `octets_len` octets, at
/// least one, and `read_out` takes how many were written there: 0 where the message has ended, never
/// more than there is room for. Never NULL, and valid during the call only. Returns WSSE_CALLBACK_YES
/// after that, anything else if they can't be read; it is not called again then. It is called by the
/// thread that called the library, and must not throw, longjmp or otherwise leave but by returning.
pub type wsse_read_callback = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        octets_out: *mut u8,
        octets_len: usize,
        read_out: *mut usize,
    ) -> i32,
>;

/// Goes back to where a message begins, of which something was read.
///
/// `userdata` is what was given with the callback. Returns WSSE_CALLBACK_YES, anything else if it can't.
/// It is called by the thread that called the library, and must not throw, longjmp or otherwise leave
/// but by returning.
pub type wsse_rewind_callback = Option<unsafe extern "C" fn(userdata: *mut c_void) -> i32>;

/// Takes the next octets of a content that nobody may use before it is committed.
///
/// `userdata` is what was given with the callback; `octets` points to `octets_len` octets, at least one,
/// never NULL, and valid during the call only. Returns WSSE_CALLBACK_YES, anything else if they can't be
/// taken: then the content is aborted. It is called by the thread that called the library, and must not
/// throw, longjmp or otherwise leave but by returning.
pub type wsse_write_callback = Option<
    unsafe extern "C" fn(userdata: *mut c_void, octets: *const u8, octets_len: usize) -> i32,
>;

/// All of a content was written, and it is accepted.
///
/// `userdata` is what was given with the callback. Returns WSSE_CALLBACK_YES, anything else if it can't
/// be kept: nothing else is called then, and the content must be gone as after an abort. It is called by
/// the thread that called the library, and must not throw, longjmp or otherwise leave but by returning.
pub type wsse_commit_callback = Option<unsafe extern "C" fn(userdata: *mut c_void) -> i32>;

/// A content is refused: what was written of it must never be used.
///
/// `userdata` is what was given with the callback. It is called by the thread that called the library,
/// and must not throw, longjmp or otherwise leave but by returning.
pub type wsse_abort_callback = Option<unsafe extern "C" fn(userdata: *mut c_void)>;

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
