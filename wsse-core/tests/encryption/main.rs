//! Encrypting messages by policy: their shape, and what comes out of them again.

mod reader;
#[path = "../signatures/support.rs"]
#[allow(dead_code, reason = "shared with the tests of signatures")]
mod support;

mod agreement;
mod errors;
mod orders;
mod parts;
mod recipients;
mod shapes;
mod symmetric;
