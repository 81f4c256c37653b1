//! Whole messages: protected and validated by policies.
#![expect(clippy::print_stdout, reason = "a test says what it ran and what waits")]

mod cross;
mod password_vectors;
mod policies;
mod protect;
mod support;
mod table;
mod validate;
