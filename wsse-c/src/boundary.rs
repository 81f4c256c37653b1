//! The frame around the body of every function: no panic leaves the library.
//!
//! It wraps bodies, not signatures, so that cbindgen reads plain functions.

use crate::error::{Failure, wsse_error, wsse_result};
use crate::ffi::{into_box, optional_output};
use crate::text::wsse_str;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wsse_core::Error;

/// The body of a function that returns a result. Writes to `error_out` on failure only.
///
/// # Safety
/// `error_out` is NULL or points to room for a pointer.
pub(crate) unsafe fn result(
    error_out: *mut *mut wsse_error,
    body: impl FnOnce() -> Result<(), Error>,
) -> wsse_result {
    // Nothing of the body is looked at after a panic but what the caller owns: outputs, which are
    // written last, and objects whose changes are single assignments.
    let failure = match caught(body) {
        Some(Ok(())) => return wsse_result::Ok,
        Some(Err(error)) => Failure::Refused(error),
        None => Failure::Panicked,
    };
    let result = failure.result();
    // SAFETY: as the caller of this function promises.
    if let Some(error_out) = unsafe { optional_output(error_out) } {
        error_out.write(into_box(wsse_error::describe(&failure)));
    }
    result
}

/// The body of a function that returns a plain value; [`Absent::ABSENT`] where there is none.
pub(crate) fn value<T: Absent>(body: impl FnOnce() -> Option<T>) -> T {
    caught(body).flatten().unwrap_or(T::ABSENT)
}

/// The body of a function that returns nothing.
pub(crate) fn nothing(body: impl FnOnce()) {
    let _panicked = caught(body);
}

/// What a function returns for NULL, and in the place of a panic.
pub(crate) trait Absent {
    const ABSENT: Self;
}

impl Absent for bool {
    const ABSENT: Self = false;
}

impl Absent for usize {
    const ABSENT: Self = 0;
}

impl Absent for wsse_str {
    const ABSENT: Self = Self::NULL;
}

impl Absent for wsse_result {
    const ABSENT: Self = Self::Panic;
}

impl<T> Absent for *const T {
    const ABSENT: Self = core::ptr::null();
}

fn caught<T>(body: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(|| {
        #[cfg(feature = "test-panic")]
        test::panic_if_asked();
        body()
    }))
    .ok()
}

/// For tests of the library itself: the next call of any of its functions by this thread panics
/// inside. Not in the header, and not in a library that is built without `test-panic`.
#[cfg(feature = "test-panic")]
#[unsafe(no_mangle)]
pub extern "C" fn wsse_test_panic() {
    test::ask();
}

#[cfg(feature = "test-panic")]
mod test {
    use std::cell::Cell;

    thread_local! {
        static ASKED: Cell<bool> = const { Cell::new(false) };
    }

    pub(super) fn ask() {
        ASKED.set(true);
    }

    pub(super) fn panic_if_asked() {
        if ASKED.replace(false) {
            // Without the hook: its text on standard error would look like a failure of the test.
            std::panic::resume_unwind(Box::new("asked for by a test"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{wsse_error_free, wsse_error_result, wsse_error_text};

    #[test]
    fn a_panic_becomes_an_error() {
        let mut error = core::ptr::null_mut();
        // SAFETY: the output is room for one pointer, which is freed once.
        unsafe {
            let got = result(&raw mut error, || std::panic::resume_unwind(Box::new("bug")));
            assert_eq!(got, wsse_result::Panic);
            assert_eq!(wsse_error_result(error), wsse_result::Panic);
            assert!(wsse_error_text(error).len > 0);
            wsse_error_free(error);
        }
        assert!(!value(|| -> Option<bool> { std::panic::resume_unwind(Box::new("bug")) }));
        nothing(|| std::panic::resume_unwind(Box::new("bug")));
    }

    #[test]
    fn the_error_may_be_left_out() {
        // SAFETY: NULL is allowed.
        let got = unsafe {
            result(core::ptr::null_mut(), || Err(crate::ffi::misuse("nothing makes sense")))
        };
        assert_eq!(got, wsse_result::Misuse);
    }
}
