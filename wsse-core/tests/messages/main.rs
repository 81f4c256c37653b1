//! Whole messages: protected and validated by policies.

mod cross;
mod password_vectors;
mod policies;
mod protect;
mod support;
mod table;
mod validate;
