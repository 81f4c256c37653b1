//! Decrypting parts of messages: layers, places, keys, and that a refusal tells nothing.

mod encrypted;
#[path = "../signatures/support.rs"]
#[allow(dead_code, reason = "shared with the tests of signatures")]
mod support;

mod agreement;
mod hostile;
mod keys;
mod layers;
mod mutations;
mod oracles;
mod required;
mod symmetric;
