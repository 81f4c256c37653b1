//! Tests of the header as a whole, by subject.

mod challenge;
mod presets;
mod receipt;
mod replay;
mod syntax;
mod vectors;

use super::{CreateOptions, Dialect, HeaderCheck, create};
use crate::crypto::{Secret, SecureRandom};
use crate::error::{Cause, Error};
use crate::password::PasswordTable;
use crate::time::{FixedClock, TimeProvider, UnixTime};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The nonce, Created and password that the Atom Authentication text made known.
const NONCE: &str = "d36e316282959a9ed4c89851497a717f";
const CREATED: &str = "2003-12-15T14:43:07Z";
const PASSWORD: &str = "taadtaadpstcsm";
/// The instant of [`CREATED`].
const THEN: i64 = 1_071_499_387;
/// 2024-05-01T12:00:00Z.
const NOON: i64 = 1_714_564_800;

/// Octets 0, 1, 2 and so on.
struct Counting;

impl SecureRandom for Counting {
    fn fill(&self, octets: &mut [u8]) -> Result<(), Error> {
        for (octet, value) in octets.iter_mut().zip(0..) {
            *octet = value;
        }
        Ok(())
    }
}

/// A clock that the test moves.
#[derive(Default)]
struct Moved(AtomicI64);

impl Moved {
    fn to(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }
}

impl TimeProvider for Moved {
    fn now(&self) -> Result<UnixTime, Error> {
        Ok(UnixTime::from_seconds(self.0.load(Ordering::Relaxed)))
    }
}

fn at(seconds: i64) -> FixedClock {
    FixedClock(UnixTime::from_seconds(seconds))
}

fn preset(name: &str) -> Dialect {
    Dialect::preset(name).unwrap()
}

fn bob() -> PasswordTable {
    PasswordTable::new().with("bob", Secret::new(PASSWORD))
}

/// A check of bob's headers at an instant, with a replay store of its own.
fn check_at(seconds: i64, dialects: &[&str]) -> HeaderCheck {
    let builder = HeaderCheck::builder(bob()).with_clock(Arc::new(at(seconds)));
    dialects
        .iter()
        .fold(builder, |builder, name| builder.with_dialect(preset(name)))
        .build()
        .unwrap()
}

/// The header of bob with everything given.
fn header(dialect: &Dialect, nonce: &[u8], created: &str) -> String {
    let options =
        CreateOptions { nonce: Some(nonce), created: Some(created), ..CreateOptions::default() };
    create(dialect, "bob", &Secret::new(PASSWORD), &options, &at(0), &Counting).unwrap()
}

fn value(digest: &str, nonce: &str, created: &str) -> String {
    format!(
        "UsernameToken Username=\"bob\", PasswordDigest=\"{digest}\", Nonce=\"{nonce}\", \
         Created=\"{created}\""
    )
}

fn cause<T: core::fmt::Debug>(result: Result<T, Error>) -> Cause {
    result.unwrap_err().cause()
}
