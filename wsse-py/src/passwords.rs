//! Passwords that Python knows: a mapping, a look-up, a verifier; and the bare digest.

use crate::callback::{Callback, Held};
use crate::error::misuse;
use crate::octets::{octets, secret, wrong_type};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyMapping, PySequence, PyString};
use std::sync::Arc;
use wsse_core::crypto::Secret;
use wsse_core::password::{
    PasswordLookup, PasswordTable, PasswordVerifier, Passwords, SecretForm, password_digest_text,
};
use wsse_core::{Cause, Error};

/// The text of a PasswordDigest: base64(SHA-1(nonce + created + secret)), where secret is what
/// `secret` makes of the password: "plain" (the default), "sha1", "sha1-base64",
/// "md5-lower-base64" or "lower" (UsernameToken Profile 1.1.1, section 3.1).
///
/// `password` is a str (its UTF-8 octets enter) or bytes; `nonce` is the octets, not their
/// base64; `created` is the text as it is sent. Raises wsse.Misuse for another `secret`.
#[pyfunction(name = "password_digest", signature = (password, nonce, created, secret = "plain"))]
pub(crate) fn password_digest(
    password: &Bound<'_, PyAny>,
    nonce: &Bound<'_, PyAny>,
    created: &str,
    secret: &str,
) -> PyResult<String> {
    let form = secret_form(password.py(), secret)?;
    let password = crate::octets::secret("password", password)?;
    let nonce = octets("nonce", nonce)?;
    Ok(password_digest_text(&nonce, created, &password, form))
}

/// The form of a secret by its name.
pub(crate) fn secret_form(py: Python<'_>, name: &str) -> PyResult<SecretForm> {
    SecretForm::ALL.into_iter().find(|form| form.name() == name).ok_or_else(|| {
        let names = SecretForm::ALL.map(SecretForm::name).join(", ");
        misuse(py, format!("no form of a secret is named {name:?}; there are {names}"))
    })
}

/// How passwords are known, from the arguments `passwords` and `verifier`.
pub(crate) fn passwords(
    held: &mut Held,
    passwords: Option<&Bound<'_, PyAny>>,
    verifier: Option<&Bound<'_, PyAny>>,
) -> PyResult<Option<Passwords>> {
    match (passwords, verifier) {
        (None, None) => Ok(None),
        (Some(given), Some(_)) => {
            Err(misuse(given.py(), "give passwords or a verifier, not both: one of them decides"))
        }
        (Some(passwords), None) => {
            if let Ok(mapping) = passwords.cast::<PyMapping>() {
                return table(mapping).map(|table| Some(table.into()));
            }
            if !passwords.is_callable() {
                let expected = "a mapping of usernames to passwords, or a callable";
                return Err(wrong_type("passwords", expected, passwords));
            }
            let lookup = PythonLookup(Callback::new(
                held,
                passwords.clone().unbind(),
                "the password look-up",
                Cause::PasswordsUnavailable,
            ));
            Ok(Some(Passwords::Lookup(Arc::new(lookup))))
        }
        (None, Some(verifier)) => {
            if !verifier.is_callable() {
                let expected = "a callable of a username and a password";
                return Err(wrong_type("verifier", expected, verifier));
            }
            let verifier = PythonVerifier(Callback::new(
                held,
                verifier.clone().unbind(),
                "the password verifier",
                Cause::PasswordsUnavailable,
            ));
            Ok(Some(Passwords::Verifier(Arc::new(verifier))))
        }
    }
}

fn table(mapping: &Bound<'_, PyMapping>) -> PyResult<PasswordTable> {
    let mut table = PasswordTable::new();
    for item in mapping.items()? {
        let (username, known) = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let Ok(username) = username.cast::<PyString>() else {
            return Err(wrong_type("a username in passwords", "str", &username));
        };
        for password in secrets(&known)? {
            table = table.with(username.to_cow()?, password);
        }
    }
    Ok(table)
}

/// The passwords of one user: one, several, or none. An empty password is none: nobody is let in
/// by an unset field of a user database.
fn secrets(known: &Bound<'_, PyAny>) -> PyResult<Vec<Secret>> {
    if known.is_none() {
        return Ok(Vec::new());
    }
    let is_one = known.is_instance_of::<PyString>()
        || known.is_instance_of::<PyBytes>()
        || known.is_instance_of::<PyByteArray>();
    let all = if is_one {
        vec![secret("a password", known)?]
    } else if let Ok(several) = known.cast::<PySequence>() {
        several.try_iter()?.map(|one| secret("a password", &one?)).collect::<PyResult<_>>()?
    } else {
        let expected = "str, bytes, a sequence of them, or None for an unknown user";
        return Err(wrong_type("the passwords of a user", expected, known));
    };
    Ok(all.into_iter().filter(|password| !password.octets().is_empty()).collect())
}

struct PythonLookup(Callback);

impl PasswordLookup for PythonLookup {
    fn passwords(&self, username: &str) -> Result<Vec<Secret>, Error> {
        self.0.run(|lookup| secrets(&lookup.call1((username,))?))
    }
}

struct PythonVerifier(Callback);

impl PasswordVerifier for PythonVerifier {
    fn verify(&self, username: &str, password: &Secret) -> Result<bool, Error> {
        self.0.run(|verifier| {
            let password = PyBytes::new(verifier.py(), password.octets());
            let verdict = verifier.call1((username, password))?;
            // Any other object would have a truth value, too, a coroutine for one: never guess.
            let verdict = verdict
                .cast::<PyBool>()
                .map_err(|_| wrong_type("what `verifier` returns", "True or False", &verdict))?;
            Ok(verdict.is_true())
        })
    }
}
