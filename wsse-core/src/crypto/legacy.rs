//! Algorithms that OpenSSL has put into a provider of their own: RC2, RC4 and single DES, which
//! key stores of former days are encrypted with.

use openssl::error::ErrorStack;
use openssl::provider::Provider;
use std::sync::{Mutex, PoisonError};

/// Why something could not be opened.
pub(super) enum Failure {
    /// An algorithm that the linked OpenSSL does not have.
    Unsupported,
    /// Everything else: a wrong password, damaged octets.
    Other(ErrorStack),
}

/// Runs `open`; where it fails for want of an algorithm, runs it again with the provider "legacy",
/// which is loaded only for that and unloaded afterwards: nothing else shall find these algorithms.
pub(super) fn attempt<T>(open: impl Fn() -> Result<T, ErrorStack>) -> Result<T, Failure> {
    match open() {
        Err(stack) if is_unsupported(&stack) => {}
        other => return other.map_err(Failure::Other),
    }
    // Providers belong to the process: one comes and goes at a time.
    let _alone = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(_provider) = Provider::try_load(None, "legacy", true) else {
        return Err(Failure::Unsupported);
    };
    open().map_err(|stack| {
        if is_unsupported(&stack) { Failure::Unsupported } else { Failure::Other(stack) }
    })
}

static LOADING: Mutex<()> = Mutex::new(());

fn is_unsupported(stack: &ErrorStack) -> bool {
    stack.errors().iter().any(|error| {
        error.library() == Some("digital envelope routines")
            && matches!(
                error.reason(),
                Some("unsupported" | "unsupported algorithm" | "unknown pbe algorithm")
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::cipher::Cipher;

    /// That nothing of it stays needs a process of its own: tests/legacy_provider.rs.
    #[test]
    fn what_is_legacy_is_there_when_it_is_needed() {
        // An OpenSSL of the system may come without the provider.
        if let Err(Failure::Other(stack)) = attempt(|| Cipher::fetch(None, "RC2-40-CBC", None)) {
            panic!("{stack}");
        }
        let nobody = attempt(|| Cipher::fetch(None, "NO-SUCH-CIPHER", None));
        assert!(matches!(nobody, Err(Failure::Unsupported)));
    }
}
