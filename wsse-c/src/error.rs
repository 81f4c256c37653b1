//! Results and errors.

use crate::boundary::{nothing, value};
use crate::ffi::{free_box, handle, optional, optional_output};
use crate::text::{Terminated, wsse_str};
use wsse_core::{Category, Error};

/// What a function says of its outcome. Numbers stay; new ones may come.
///
/// The first eight failures are the fault codes of WSS SOAP Message Security 1.1.1, section 12.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum wsse_result {
    /// It was done; outputs are written.
    Ok = 0,
    /// The security header is not what the policy or the standard demands; a replay, too.
    InvalidSecurity = 1,
    /// A signature or a decryption did not hold.
    FailedCheck = 2,
    /// Who the sender claims to be could not be confirmed.
    FailedAuthentication = 3,
    /// A token or key that is referenced could not be found.
    SecurityTokenUnavailable = 4,
    /// A kind of token that is not understood.
    UnsupportedSecurityToken = 5,
    /// An algorithm that is not understood, or not allowed.
    UnsupportedAlgorithm = 6,
    /// A token whose content is wrong.
    InvalidSecurityToken = 7,
    /// The message is too old, or from the future.
    MessageExpired = 8,
    /// The octets are not a message: not well-formed, not SOAP, not a header value.
    Malformed = 9,
    /// A budget was exceeded.
    LimitExceeded = 10,
    /// The caller asked for something that makes no sense: NULL, a bad policy, a missing
    /// credential. Never caused by a message.
    Misuse = 11,
    /// Something that is needed for an answer did not answer: a store, a clock, a callback.
    Unavailable = 12,
    /// Reading or writing failed.
    Io = 13,
    /// The library has a bug and stopped where it was; please report it. The objects that took
    /// part can still be freed, and should not be used for anything else.
    Panic = 255,
}

/// Where in a message, a header value or a policy something is wrong.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct wsse_position {
    /// Octets before the place.
    pub offset: usize,
    /// Line, counted from 1. 0 where only the offset is known.
    pub line: usize,
    /// Column in characters, counted from 1. 0 where only the offset is known.
    pub column: usize,
}

/// The SOAP fault that a failure becomes. It is deliberately vague: it may be sent to the peer,
/// which the text of the error may not.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wsse_fault {
    /// Whose fault it is: true for the sender (SOAP 1.1 Client, SOAP 1.2 Sender), false for the
    /// receiver (SOAP 1.1 Server, SOAP 1.2 Receiver).
    pub sender: bool,
    /// The local name of the code in the wsse namespace: SOAP 1.1 faultcode, SOAP 1.2 Subcode.
    /// `data` is NULL where the standard has no word. Followed by a NUL.
    pub code: wsse_str,
    /// The text for faultstring or Reason. Followed by a NUL.
    pub text: wsse_str,
}

/// Why something was refused or could not be done. Immutable.
///
/// Functions that can fail write one to their last parameter, `error_out`, on failure and only
/// then. That parameter may be NULL for a caller to whom the result is enough.
///
/// Methods: wsse_error_result, wsse_error_category, wsse_error_cause, wsse_error_text,
/// wsse_error_position, wsse_error_fault, wsse_error_free.
pub struct wsse_error {
    _private: [u8; 0],
}

/// Something did not come to its end.
pub(crate) enum Failure {
    Refused(Error),
    Panicked,
}

/// What a [`wsse_error`] points to.
pub(crate) struct Description {
    result: wsse_result,
    category: Terminated,
    cause: Terminated,
    text: Terminated,
    position: Option<wsse_position>,
    sender: bool,
    fault_code: Option<Terminated>,
    fault_text: Terminated,
}

handle!(wsse_error, Description, OwnershipBox);

/// The name of a result: "Ok", "InvalidSecurity", ..., "Panic"; the same words in every language.
/// `data` is NULL for a number that is no result. The view is followed by a NUL and stays valid
/// for ever. Any thread may call it.
#[unsafe(no_mangle)]
pub extern "C" fn wsse_result_name(result: u32) -> wsse_str {
    value(|| {
        let known = wsse_result::ALL.into_iter().find(|known| *known as u32 == result)?;
        Some(wsse_str::of_static(known.name()))
    })
}

/// The result that came with the error. WSSE_RESULT_OK for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_error_result(error: *const wsse_error) -> wsse_result {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let error = unsafe { optional(error) };
        Some(error.map_or(wsse_result::Ok, |error| error.result))
    })
}

/// The name of the category, as wsse_result_name() has it for the result. The view is followed by
/// a NUL and borrowed until the error is freed; `data` is NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_error_category(error: *const wsse_error) -> wsse_str {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(error) }.map(|error| error.category.view()))
}

/// The stable name of the cause, for programs: "replay", "missing-part", "invalid-argument". It is
/// finer than the category, which it determines; docs/errors.md lists all. "panic" for
/// WSSE_RESULT_PANIC. The view is followed by a NUL and borrowed until the error is freed; `data`
/// is NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_error_cause(error: *const wsse_error) -> wsse_str {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(error) }.map(|error| error.cause.view()))
}

/// What went wrong, in words, with the place: for the operator's log, not for the peer. It holds
/// no password, digest or nonce of ours; it may hold names from the message. The view is followed
/// by a NUL and borrowed until the error is freed; `data` is NULL for NULL.
///
/// Example:
///
///     fprintf(stderr, "%s: %s\n", wsse_error_category(error).data, wsse_error_text(error).data);
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_error_text(error: *const wsse_error) -> wsse_str {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(error) }.map(|error| error.text.view()))
}

/// Writes where it went wrong to `position_out` and returns true; returns false and writes nothing
/// where there is no place, or where one of the two is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_error_position(
    error: *const wsse_error,
    position_out: *mut wsse_position,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let position = unsafe { optional(error) }?.position?;
        // SAFETY: NULL or room for a position, by the contract.
        unsafe { optional_output(position_out) }?.write(position);
        Some(true)
    })
}

/// Writes what the peer may be told to `fault_out` and returns true; returns false and writes
/// nothing where one of the two is NULL. The views in it are borrowed until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_error_fault(
    error: *const wsse_error,
    fault_out: *mut wsse_fault,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let error = unsafe { optional(error) }?;
        let fault = wsse_fault {
            sender: error.sender,
            code: error.fault_code.as_ref().map_or(wsse_str::NULL, Terminated::view),
            text: error.fault_text.view(),
        };
        // SAFETY: NULL or room for a fault, by the contract.
        unsafe { optional_output(fault_out) }?.write(fault);
        Some(true)
    })
}

/// Frees an error. NULL is fine. Must not be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_error_free(error: *mut wsse_error) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(error) });
}

impl wsse_result {
    const ALL: [Self; 15] = [
        Self::Ok,
        Self::InvalidSecurity,
        Self::FailedCheck,
        Self::FailedAuthentication,
        Self::SecurityTokenUnavailable,
        Self::UnsupportedSecurityToken,
        Self::UnsupportedAlgorithm,
        Self::InvalidSecurityToken,
        Self::MessageExpired,
        Self::Malformed,
        Self::LimitExceeded,
        Self::Misuse,
        Self::Unavailable,
        Self::Io,
        Self::Panic,
    ];

    const fn name(self) -> &'static core::ffi::CStr {
        match self {
            Self::Ok => c"Ok",
            Self::InvalidSecurity => c"InvalidSecurity",
            Self::FailedCheck => c"FailedCheck",
            Self::FailedAuthentication => c"FailedAuthentication",
            Self::SecurityTokenUnavailable => c"SecurityTokenUnavailable",
            Self::UnsupportedSecurityToken => c"UnsupportedSecurityToken",
            Self::UnsupportedAlgorithm => c"UnsupportedAlgorithm",
            Self::InvalidSecurityToken => c"InvalidSecurityToken",
            Self::MessageExpired => c"MessageExpired",
            Self::Malformed => c"Malformed",
            Self::LimitExceeded => c"LimitExceeded",
            Self::Misuse => c"Misuse",
            Self::Unavailable => c"Unavailable",
            Self::Io => c"Io",
            Self::Panic => c"Panic",
        }
    }
}

impl From<Category> for wsse_result {
    fn from(category: Category) -> Self {
        match category {
            Category::InvalidSecurity => Self::InvalidSecurity,
            Category::FailedCheck => Self::FailedCheck,
            Category::FailedAuthentication => Self::FailedAuthentication,
            Category::SecurityTokenUnavailable => Self::SecurityTokenUnavailable,
            Category::UnsupportedSecurityToken => Self::UnsupportedSecurityToken,
            Category::UnsupportedAlgorithm => Self::UnsupportedAlgorithm,
            Category::InvalidSecurityToken => Self::InvalidSecurityToken,
            Category::MessageExpired => Self::MessageExpired,
            Category::Malformed => Self::Malformed,
            Category::LimitExceeded => Self::LimitExceeded,
            Category::Misuse => Self::Misuse,
            Category::Unavailable => Self::Unavailable,
            Category::Io => Self::Io,
            // A category that is newer than this match; a test enumerates them, so it can't ship.
            _ => Self::Panic,
        }
    }
}

impl Failure {
    pub(crate) fn result(&self) -> wsse_result {
        match self {
            Self::Refused(error) => error.category().into(),
            Self::Panicked => wsse_result::Panic,
        }
    }
}

impl wsse_error {
    /// The error that the caller gets. What a panic says may hold anything, so it is not repeated.
    pub(crate) fn describe(failure: &Failure) -> Description {
        let (cause, text, position, fault) = match failure {
            Failure::Refused(error) => (
                error.cause().name(),
                error.to_string(),
                error.position().map(|position| wsse_position {
                    offset: position.offset,
                    line: position.line,
                    column: position.column,
                }),
                error.category().fault(),
            ),
            Failure::Panicked => (
                "panic",
                "a bug in wsse stopped this call; please report it".to_owned(),
                None,
                Category::Unavailable.fault(),
            ),
        };
        Description {
            result: failure.result(),
            category: Terminated::new(failure.result().name().to_string_lossy()),
            cause: Terminated::new(cause),
            text: Terminated::new(text),
            position,
            sender: fault.sender,
            fault_code: fault.code.map(Terminated::new),
            fault_text: Terminated::new(fault.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_has_its_number_and_its_name() {
        for (category, number) in Category::ALL.into_iter().zip(1_u32..) {
            let result = wsse_result::from(category);
            assert_eq!(result as u32, number, "{category}");
            assert_eq!(result.name().to_str(), Ok(category.name()));
        }
        assert_eq!(wsse_result::ALL.len(), Category::ALL.len() + 2);
        assert!(wsse_result_name(14).data.is_null());
        assert_eq!(wsse_result_name(255).len, "Panic".len());
    }
}
