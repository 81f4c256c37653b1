//! Signing and validating whole messages.

mod support;

mod algorithms;
mod demands;
mod enveloped;
mod exchange;
mod key_names;
mod links;
mod pickers;
mod remote;
mod revocation;
mod round_trip;
mod security_token_reference;
mod several;
mod template;
mod tokens;
mod trust;
mod uncovered;
mod zeep;
