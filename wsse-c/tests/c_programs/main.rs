//! C programs against the library: compiled as C99 with every warning an error, and run as they
//! are, under valgrind, and with AddressSanitizer and UndefinedBehaviorSanitizer.
//!
//! What a machine lacks is skipped with its name: `cargo test -p wsse-c -- --nocapture` shows it.
//! Linux only: what is looked at, and the tools that look, are those of ELF.
#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "a test says what it skips, and why")]

mod compile;
mod encrypted_vectors;
mod exports;
mod generate;
mod install;
mod library;
mod programs;
mod prototypes;
#[path = "../../../wsse-core/tests/support/signature_table.rs"]
#[allow(dead_code, reason = "shared with the tests of the core")]
mod signature_table;
mod signature_vectors;
mod tokens;
