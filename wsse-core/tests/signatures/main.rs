//! Signing and validating whole messages.

mod support;

mod algorithms;
mod exchange;
mod round_trip;
mod template;
mod trust;
mod uncovered;
mod zeep;
