//! Clock and randomness that the caller hands in.

use crate::boundary::{nothing, result};
use crate::callback::{
    Userdata, done, wsse_clock_callback, wsse_random_callback, wsse_userdata_free_callback,
};
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{free_box, handle, into_box, misuse, mutable, output};
use crate::time::wsse_time;
use core::ffi::c_void;
use std::sync::Arc;
use wsse_core::crypto::{SecureRandom, SystemRandom};
use wsse_core::time::{SystemClock, TimeProvider, UnixTime};
use wsse_core::{Cause, Error};

/// Clock and randomness for those who don't want the machine's: tests, devices whose clock is
/// elsewhere. Where a function takes an environment, NULL means the machine's clock and
/// randomness.
///
/// Functions that take one copy what is in it and retain no pointer to it. It must not be changed
/// by one thread while another uses it.
///
/// Methods: wsse_environment_new, wsse_environment_set_clock, wsse_environment_set_random,
/// wsse_environment_free.
pub struct wsse_environment {
    _private: [u8; 0],
}

/// What a [`wsse_environment`] points to.
#[derive(Clone)]
pub(crate) struct Environment {
    pub(crate) clock: Arc<dyn TimeProvider>,
    pub(crate) random: Arc<dyn SecureRandom>,
}

handle!(wsse_environment, Environment, OwnershipBox);

/// Makes an environment with the machine's clock and randomness. The caller owns it and must
/// eventually call wsse_environment_free().
///
/// Errors: WSSE_RESULT_MISUSE for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_environment_new(
    environment_out: *mut *mut wsse_environment,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(environment_out, "environment_out") }?;
        out.write(into_box(Environment::default()));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets another clock. `userdata` goes to every call and may be NULL; `userdata_free` is called
/// when no object uses the callback any more, and may be NULL. On failure the caller keeps
/// `userdata`.
///
/// Errors: WSSE_RESULT_MISUSE where `environment` or `clock` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_environment_set_clock(
    environment: *mut wsse_environment,
    clock: wsse_clock_callback,
    userdata: *mut c_void,
    userdata_free: wsse_userdata_free_callback,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let environment = unsafe { mutable(environment, "environment") }?;
        let function = clock.ok_or_else(|| misuse("clock is NULL"))?;
        let userdata = Userdata::new(userdata, userdata_free);
        environment.clock = Arc::new(Clock { function, userdata });
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets another source of randomness. `userdata` goes to every call and may be NULL;
/// `userdata_free` is called when no object uses the callback any more, and may be NULL. On
/// failure the caller keeps `userdata`.
///
/// Errors: WSSE_RESULT_MISUSE where `environment` or `random` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_environment_set_random(
    environment: *mut wsse_environment,
    random: wsse_random_callback,
    userdata: *mut c_void,
    userdata_free: wsse_userdata_free_callback,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let environment = unsafe { mutable(environment, "environment") }?;
        let function = random.ok_or_else(|| misuse("random is NULL"))?;
        let userdata = Userdata::new(userdata, userdata_free);
        environment.random = Arc::new(Random { function, userdata });
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Frees an environment; objects that were made with it keep their copies. NULL is fine. Must not
/// be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_environment_free(environment: *mut wsse_environment) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(environment) });
}

impl Default for Environment {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom) }
    }
}

struct Clock {
    function: unsafe extern "C" fn(*mut c_void, *mut wsse_time) -> i32,
    userdata: Userdata,
}

impl TimeProvider for Clock {
    fn now(&self) -> Result<UnixTime, Error> {
        let mut now = wsse_time::default();
        // SAFETY: the caller's function with the caller's data and room for the answer.
        let number = unsafe { (self.function)(self.userdata.pointer(), &raw mut now) };
        done(number, "the clock callback", Cause::ClockUnavailable)?;
        now.instant().ok_or_else(|| {
            Error::new(
                Cause::ClockUnavailable,
                format!(
                    "the clock callback says {} nanoseconds, a second or more",
                    now.nanoseconds
                ),
            )
        })
    }
}

struct Random {
    function: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> i32,
    userdata: Userdata,
}

impl SecureRandom for Random {
    fn fill(&self, octets: &mut [u8]) -> Result<(), Error> {
        // SAFETY: the caller's function with the caller's data and room for the octets.
        let number =
            unsafe { (self.function)(self.userdata.pointer(), octets.as_mut_ptr(), octets.len()) };
        done(number, "the random callback", Cause::RandomUnavailable)
    }
}
