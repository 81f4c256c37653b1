//! The one comparison of passwords, for tokens and headers alike.

use super::{Passwords, SecretForm, password_digest};
use crate::crypto::{Hash, Secret, equal};
use crate::error::{Cause, Error};

/// What a sender shows of its password.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "the profile knows these two")]
pub enum Proof<'a> {
    /// The password itself.
    Text(&'a Secret),
    /// Hash(nonce ‖ created ‖ secret).
    Digest {
        /// The algorithm.
        hash: Hash,
        /// The octets of the nonce as they enter the hash.
        nonce: &'a [u8],
        /// The octets of Created as they enter the hash.
        created: &'a [u8],
        /// The octets of the digest, decoded.
        digest: &'a [u8],
    },
}

/// Checks a proof against the passwords of a user.
///
/// The work is the same for an unknown user as for a known one with one password, and every
/// password of the user is tried whether or not an earlier one fitted.
///
/// # Errors
/// [`Cause::FailedAuthentication`] for an unknown user or a wrong password, in the same words;
/// [`Cause::UnsupportedPasswordType`] where a digest meets a [`super::PasswordVerifier`];
/// [`Cause::PasswordsUnavailable`] where the look-up fails.
pub fn check_password(
    passwords: &Passwords,
    username: &str,
    proof: &Proof<'_>,
    form: SecretForm,
) -> Result<(), Error> {
    check_any_password(passwords, username, &[(*proof, form)]).map(|_| ())
}

/// Checks several readings of what a sender shows, with one look-up, and returns the index of the
/// first that holds. Every reading is tried, whether or not an earlier one held.
///
/// # Errors
/// As [`check_password`]; [`Cause::FailedAuthentication`] also for no reading at all.
pub fn check_any_password(
    passwords: &Passwords,
    username: &str,
    readings: &[(Proof<'_>, SecretForm)],
) -> Result<usize, Error> {
    let mut first = None;
    match passwords {
        Passwords::Lookup(lookup) => {
            let mut known = lookup.passwords(username)?;
            // Anyone can make the digest of an empty password: it is no password.
            known.retain(|password| !password.octets().is_empty());
            // An unknown user costs one comparison as well, and can't pass it.
            let nobody = [Secret::new("unknown user")];
            let tried = if known.is_empty() { &nobody[..] } else { &known[..] };
            for (index, (proof, form)) in readings.iter().enumerate() {
                let held =
                    tried.iter().fold(false, |held, password| fits(proof, password, *form) | held);
                if held && !known.is_empty() {
                    first.get_or_insert(index);
                }
            }
        }
        Passwords::Verifier(verifier) => {
            for (index, (proof, _)) in readings.iter().enumerate() {
                let Proof::Text(password) = proof else {
                    return Err(Error::new(
                        // The peer chose the token, so this is never Misuse.
                        Cause::UnsupportedPasswordType,
                        "a PasswordDigest can't be checked here: passwords are judged by a \
                         verifier, which needs them in clear text",
                    ));
                };
                if verifier.verify(username, password)? {
                    first.get_or_insert(index);
                }
            }
        }
    }
    first.ok_or_else(|| {
        Error::new(
            Cause::FailedAuthentication,
            format!("unknown user or wrong password for username {username:?}"),
        )
    })
}

fn fits(proof: &Proof<'_>, password: &Secret, form: SecretForm) -> bool {
    match proof {
        // A pre-step changes what enters a digest; a password in clear text is itself.
        Proof::Text(text) => equal(text.octets(), password.octets()),
        Proof::Digest { hash, nonce, created, digest } => {
            let expected = password_digest(*hash, nonce, created, &form.apply(password));
            equal(expected.octets(), digest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PasswordLookup, PasswordTable, PasswordVerifier};
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn text(passwords: &Passwords, username: &str, password: &str) -> Result<(), Error> {
        let password = Secret::new(password);
        check_password(passwords, username, &Proof::Text(&password), SecretForm::Plain)
    }

    #[test]
    fn several_passwords_and_an_unknown_user() {
        let passwords: Passwords = PasswordTable::new()
            .with("alice", Secret::new("old"))
            .with("alice", Secret::new("new"))
            .into();
        assert_eq!(text(&passwords, "alice", "old"), Ok(()));
        assert_eq!(text(&passwords, "alice", "new"), Ok(()));
        let wrong = text(&passwords, "alice", "other").unwrap_err();
        let unknown = text(&passwords, "mallory", "unknown user").unwrap_err();
        assert_eq!(wrong.cause(), Cause::FailedAuthentication);
        assert_eq!(wrong.reason().replace("alice", "…"), unknown.reason().replace("mallory", "…"));
    }

    #[test]
    fn an_empty_password_opens_nothing() {
        let passwords: Passwords = PasswordTable::new().with("alice", Secret::new("")).into();
        let refused = text(&passwords, "alice", "").unwrap_err();
        assert_eq!(refused.cause(), Cause::FailedAuthentication);
        let digest = password_digest(Hash::Sha1, b"n", b"c", &Secret::new(""));
        let proof =
            Proof::Digest { hash: Hash::Sha1, nonce: b"n", created: b"c", digest: digest.octets() };
        let refused = check_password(&passwords, "alice", &proof, SecretForm::Plain).unwrap_err();
        assert_eq!(refused.cause(), Cause::FailedAuthentication);
    }

    #[test]
    fn a_verifier_judges_clear_text_only() {
        struct Stored;
        impl PasswordVerifier for Stored {
            fn verify(&self, username: &str, password: &Secret) -> Result<bool, Error> {
                Ok(username == "alice" && password.octets() == b"secret")
            }
        }
        let passwords = Passwords::Verifier(Arc::new(Stored));
        assert_eq!(text(&passwords, "alice", "secret"), Ok(()));
        assert_eq!(
            text(&passwords, "alice", "Secret").unwrap_err().cause(),
            Cause::FailedAuthentication
        );
        let proof = Proof::Digest { hash: Hash::Sha1, nonce: b"", created: b"", digest: b"" };
        let error = check_password(&passwords, "alice", &proof, SecretForm::Plain).unwrap_err();
        assert_eq!(error.cause(), Cause::UnsupportedPasswordType);
    }

    #[test]
    fn several_readings_cost_one_look_up() {
        struct Counted(AtomicUsize);
        impl PasswordLookup for Counted {
            fn passwords(&self, username: &str) -> Result<Vec<Secret>, Error> {
                self.0.fetch_add(1, Ordering::Relaxed);
                Ok(if username == "alice" { vec![Secret::new("b")] } else { Vec::new() })
            }
        }
        let lookup = Arc::new(Counted(AtomicUsize::new(0)));
        let passwords = Passwords::Lookup(Arc::clone(&lookup) as Arc<dyn PasswordLookup>);
        let texts = ["a", "b", "b", "unknown user"].map(Secret::new);
        let readings = texts.each_ref().map(|text| (Proof::Text(text), SecretForm::Plain));
        assert_eq!(check_any_password(&passwords, "alice", &readings), Ok(1));
        assert_eq!(lookup.0.load(Ordering::Relaxed), 1);
        for (username, readings) in [("mallory", &readings[..]), ("alice", &readings[..1])] {
            let error = check_any_password(&passwords, username, readings).unwrap_err();
            assert_eq!(error.cause(), Cause::FailedAuthentication);
        }
        let none = check_any_password(&passwords, "alice", &[]).unwrap_err();
        assert_eq!(none.cause(), Cause::FailedAuthentication);
    }

    #[test]
    fn a_look_up_that_fails_refuses() {
        struct Down;
        impl PasswordLookup for Down {
            fn passwords(&self, _: &str) -> Result<Vec<Secret>, Error> {
                Err(Error::new(Cause::PasswordsUnavailable, "the directory does not answer"))
            }
        }
        let error = text(&Passwords::Lookup(Arc::new(Down)), "alice", "secret").unwrap_err();
        assert_eq!(error.cause(), Cause::PasswordsUnavailable);
    }
}
