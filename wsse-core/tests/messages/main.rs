//! Whole messages: protected and validated by policies.

mod policies;
mod protect;
mod support;
mod validate;
