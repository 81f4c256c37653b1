//! Signing and validating whole messages.

mod support;

mod algorithms;
mod exchange;
mod round_trip;
mod trust;
mod uncovered;
