//! Whole messages: protected and validated by policies.
#![expect(clippy::print_stdout, reason = "a test says how many cases it ran, and what it left out")]

mod cross;
mod password_vectors;
mod policies;
mod protect;
mod support;
mod table;
mod validate;
