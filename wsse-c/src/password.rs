//! The digest of a password by itself.

use crate::boundary::result;
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{into_box, misuse, octets, optional_octets, optional_text, output};
use crate::text::{Terminated, wsse_string};
use core::ffi::{c_char, c_void};
use wsse_core::Error;
use wsse_core::crypto::Secret;
use wsse_core::password::{SecretForm, password_digest_text};

/// Computes the text of a PasswordDigest: base64(SHA-1(nonce + created + secret)) (UsernameToken
/// Profile 1.1.1, section 3.1). Any thread may call it.
///
/// `password` is octets, a text its UTF-8. `nonce` is the octets that are hashed, not their base64;
/// `created` is the text as it is sent; each is NULL where the token has none. `secret` says what
/// is done to the password before: "plain", "sha1", "sha1-base64", "md5-lower-base64" or "lower";
/// NULL means "plain". The caller owns `digest_out` and must eventually call wsse_string_free().
///
/// Errors: WSSE_RESULT_MISUSE where `password` or `digest_out` is NULL, `created` is not UTF-8, or
/// `secret` is another word.
///
/// Example:
///
///     wsse_string *digest = NULL;
///     wsse_password_digest("taadtaadpstcsm", 14,
///                          "d36e316282959a9ed4c89851497a717f", 32,
///                          "2003-12-15T14:43:07Z", 20, NULL, 0, &digest, NULL);
///     puts(wsse_string_c_str(digest)); // quR/EWLAV4xLf9Zqyw4pDmfV9OY=
///     wsse_string_free(digest);
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_password_digest(
    password: *const c_void,
    password_len: usize,
    nonce: *const c_void,
    nonce_len: usize,
    created: *const c_char,
    created_len: usize,
    secret: *const c_char,
    secret_len: usize,
    digest_out: *mut *mut wsse_string,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(digest_out, "digest_out") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let password = unsafe { octets(password, password_len, "password") }?;
        // SAFETY: as above.
        let nonce = unsafe { optional_octets(nonce, nonce_len, "nonce") }?;
        // SAFETY: as above.
        let created = unsafe { optional_text(created, created_len, "created") }?;
        // SAFETY: as above.
        let form = match unsafe { optional_text(secret, secret_len, "secret") }? {
            Some(name) => secret_form(name)?,
            None => SecretForm::Plain,
        };
        let (nonce, created) = (nonce.unwrap_or_default(), created.unwrap_or_default());
        let digest = password_digest_text(nonce, created, &Secret::new(password), form);
        out.write(into_box(Terminated::new(digest)));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// The form of a secret by its name.
pub(crate) fn secret_form(name: &str) -> Result<SecretForm, Error> {
    SecretForm::ALL.into_iter().find(|form| form.name() == name).ok_or_else(|| {
        let names = SecretForm::ALL.map(SecretForm::name).join(", ");
        misuse(format!("no form of a secret is named {name:?}; there are {names}"))
    })
}
