//! Messages that are read from a stream: what is handed over, when, and in how much memory.

#[path = "../signatures/support.rs"]
#[allow(dead_code, reason = "shared with the tests of signatures")]
mod support;

mod encrypted;
mod inbound;
mod outbound;
mod reader;
mod spools;
