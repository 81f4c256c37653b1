//! Signing and validating whole messages.

mod support;

mod exchange;
mod round_trip;
mod trust;
mod uncovered;
