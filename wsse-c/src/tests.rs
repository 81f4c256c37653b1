//! The interface from end to end without a C compiler, for Miri: every kind of ownership, and
//! callbacks in both directions.

use crate::*;
use core::ffi::{CStr, c_char, c_void};
use core::ptr::{null, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering};

const ENVELOPE: &str = r#"<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><m:Ping xmlns:m="urn:example"/></S:Body></S:Envelope>"#;
const POLICY: &str = "preset:username-token";

/// A text as the pointer that C gives.
fn text(text: &str) -> *const c_char {
    text.as_ptr().cast()
}

/// Octets as the pointer that C gives.
fn octets(text: &str) -> *const c_void {
    text.as_ptr().cast()
}

/// What a view shows.
///
/// # Safety
/// What it was borrowed from is alive.
unsafe fn shown(view: wsse_str) -> String {
    assert!(!view.data.is_null());
    // SAFETY: as the caller promises.
    let octets = unsafe { core::slice::from_raw_parts(view.data.cast::<u8>(), view.len) };
    String::from_utf8(octets.to_vec()).unwrap()
}

unsafe extern "C" fn noon(userdata: *mut c_void, now_out: *mut wsse_time) -> i32 {
    // SAFETY: what these tests hand in, and the library's room for the answer.
    unsafe {
        (*userdata.cast::<AtomicUsize>()).fetch_add(1, Ordering::Relaxed);
        now_out.write(wsse_time { seconds: 1_714_564_800, nanoseconds: 0 });
    }
    WSSE_CALLBACK_YES
}

unsafe extern "C" fn find(
    _userdata: *mut c_void,
    username: *const c_char,
    username_len: usize,
    passwords: *mut wsse_passwords,
) -> i32 {
    // SAFETY: the library's own pointers, during the call.
    unsafe {
        if shown(wsse_str { data: username, len: username_len }) != "alice" {
            return WSSE_CALLBACK_NO;
        }
        assert_eq!(wsse_passwords_add(passwords, octets("old"), 3), wsse_result::Ok);
        assert_eq!(wsse_passwords_add(passwords, octets("secret"), 6), wsse_result::Ok);
    }
    WSSE_CALLBACK_YES
}

unsafe extern "C" fn count_free(userdata: *mut c_void) {
    // SAFETY: what these tests hand in.
    unsafe { (*userdata.cast::<AtomicUsize>()).fetch_add(1000, Ordering::Relaxed) };
}

#[test]
fn a_message_goes_there_and_back() {
    let count = AtomicUsize::new(0);
    let userdata = (&raw const count).cast_mut().cast::<c_void>();
    let (mut environment, mut ours, mut theirs) = (null_mut(), null_mut(), null_mut());
    let (mut outbound, mut inbound, mut store) = (null_mut(), null_mut(), null_mut());
    let (mut protected, mut validated, mut error) = (null_mut(), null_mut(), null_mut());
    let no_error = null_mut();
    // SAFETY: every handle is made before it is used and freed once, every length is its text's.
    unsafe {
        assert_eq!(wsse_environment_new(&raw mut environment, no_error), wsse_result::Ok);
        wsse_environment_set_clock(environment, Some(noon), userdata, Some(count_free), no_error);
        wsse_credentials_new(&raw mut ours, no_error);
        wsse_credentials_set_username(ours, text("alice"), 5, octets("secret"), 6, no_error);
        wsse_credentials_new(&raw mut theirs, no_error);
        wsse_credentials_set_password_lookup(theirs, Some(find), null_mut(), None, no_error);
        wsse_replay_store_new_memory(0, &raw mut store, no_error);
        let made = wsse_outbound_new(
            text(POLICY),
            POLICY.len(),
            ours,
            environment,
            &raw mut outbound,
            no_error,
        );
        assert_eq!(made, wsse_result::Ok);
        let made = wsse_inbound_new(
            text(POLICY),
            POLICY.len(),
            theirs,
            store,
            environment,
            &raw mut inbound,
            no_error,
        );
        assert_eq!(made, wsse_result::Ok);
        wsse_credentials_free(ours);
        wsse_credentials_free(theirs);
        wsse_replay_store_free(store);
        wsse_environment_free(environment);

        let made = wsse_outbound_protect(
            outbound,
            octets(ENVELOPE),
            ENVELOPE.len(),
            null(),
            &raw mut protected,
            no_error,
        );
        assert_eq!(made, wsse_result::Ok);
        let message = wsse_protected_message(protected);
        let mut validate = || {
            wsse_inbound_validate(
                inbound,
                message.data.cast(),
                message.len,
                null(),
                0,
                &raw mut validated,
                &raw mut error,
            )
        };
        assert_eq!(validate(), wsse_result::Ok);
        assert_eq!(validate(), wsse_result::InvalidSecurity);
        assert_eq!(shown(wsse_error_cause(error)), "replay");
        assert_eq!(CStr::from_ptr(wsse_error_category(error).data), c"InvalidSecurity");
        wsse_error_free(error);
        assert_eq!(shown(wsse_validated_message_username(validated)), "alice");
        wsse_validated_message_free(validated);
        wsse_protected_free(protected);
        wsse_outbound_free(outbound);
        assert_eq!(count.load(Ordering::Relaxed), 3);
        wsse_inbound_free(inbound);
        assert_eq!(count.load(Ordering::Relaxed), 1003);
    }
}

#[test]
fn a_header_goes_there_and_back() {
    let (mut dialect, mut credentials, mut check) = (null_mut(), null_mut(), null_mut());
    let (mut value, mut checked, mut read) = (null_mut(), null_mut(), null_mut());
    let no_error = null_mut();
    // SAFETY: every handle is made before it is used and freed once, every length is its text's.
    unsafe {
        wsse_dialect_new(text("ours"), 4, &raw mut dialect, no_error);
        wsse_dialect_set(dialect, text("nonce-form"), 10, text("base64"), 6, no_error);
        wsse_dialect_add_parameter(dialect, text("More"), 4, text("1"), 1, no_error);
        wsse_credentials_new(&raw mut credentials, no_error);
        wsse_credentials_add_password(credentials, text("bob"), 3, octets("secret"), 6, no_error);
        let made = wsse_header_check_new(
            [dialect.cast_const()].as_ptr(),
            1,
            credentials,
            null(),
            null(),
            &raw mut check,
            no_error,
        );
        assert_eq!(made, wsse_result::Ok);
        let made = wsse_header_create(
            dialect,
            text("bob"),
            3,
            octets("secret"),
            6,
            null(),
            null(),
            &raw mut value,
            no_error,
        );
        assert_eq!(made, wsse_result::Ok);
        let view = wsse_string_view(value);
        assert_eq!(CStr::from_ptr(wsse_string_c_str(value)).count_bytes(), view.len);
        wsse_header_check_check(check, view.data, view.len, &raw mut checked, no_error);
        assert_eq!(shown(wsse_checked_header_dialect(checked)), "ours");
        wsse_header_parse(view.data, view.len, &raw mut read, no_error);
        wsse_string_free(value);
        let (mut name, mut parameter) = (wsse_str::NULL, wsse_str::NULL);
        assert!(wsse_header_value_parameter(read, 0, &raw mut name, &raw mut parameter));
        assert_eq!((shown(name), shown(parameter)), ("More".to_owned(), "1".to_owned()));
        wsse_header_value_free(read);
        wsse_checked_header_free(checked);
        wsse_header_check_free(check);
        wsse_credentials_free(credentials);
        wsse_dialect_free(dialect);
    }
}
