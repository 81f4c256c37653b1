//! Encryption of documents that are no messages.

mod agreement;
mod broken;
mod keys;
mod policies;
mod round_trip;
mod structure;
mod support;
