//! Where passwords come from.

use crate::crypto::Secret;
use crate::error::Error;
use std::collections::HashMap;
use std::sync::Arc;

/// Finds the passwords of a user.
pub trait PasswordLookup: Send + Sync {
    /// Every password that the user may have, several while one is being replaced; none for an
    /// unknown user. An empty one is taken for none: anyone could make its digest.
    ///
    /// # Errors
    /// [`crate::Cause::PasswordsUnavailable`] where the answer can't be had; the message is
    /// refused.
    fn passwords(&self, username: &str) -> Result<Vec<Secret>, Error>;
}

/// Judges a password in clear text, where only hashes are stored. A PasswordDigest can't be
/// checked in this way: it needs the password itself.
pub trait PasswordVerifier: Send + Sync {
    /// Whether `password` is the user's. Implementations should take the same time for an
    /// unknown user as for a wrong password.
    ///
    /// # Errors
    /// [`crate::Cause::PasswordsUnavailable`] where the answer can't be had; the message is
    /// refused.
    fn verify(&self, username: &str, password: &Secret) -> Result<bool, Error>;
}

/// A fixed table of users and their passwords.
#[derive(Clone, Debug, Default)]
pub struct PasswordTable(HashMap<String, Vec<Secret>>);

impl PasswordTable {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The table with one more password of a user, beside those that the user already has.
    #[must_use]
    pub fn with(mut self, username: impl Into<String>, password: Secret) -> Self {
        self.0.entry(username.into()).or_default().push(password);
        self
    }
}

impl PasswordLookup for PasswordTable {
    fn passwords(&self, username: &str) -> Result<Vec<Secret>, Error> {
        Ok(self.0.get(username).cloned().unwrap_or_default())
    }
}

/// How the receiver knows passwords.
#[derive(Clone)]
#[non_exhaustive]
pub enum Passwords {
    /// By look-up: PasswordText and PasswordDigest can be checked.
    Lookup(Arc<dyn PasswordLookup>),
    /// By a verifier: PasswordText only.
    Verifier(Arc<dyn PasswordVerifier>),
}

impl core::fmt::Debug for Passwords {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(match self {
            Self::Lookup(_) => "Lookup(…)",
            Self::Verifier(_) => "Verifier(…)",
        })
    }
}

impl From<PasswordTable> for Passwords {
    fn from(table: PasswordTable) -> Self {
        Self::Lookup(Arc::new(table))
    }
}
