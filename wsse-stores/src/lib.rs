//! Where wsse keeps things outside of its memory: [`FileSpool`] holds the content of a message that is
//! read from a stream.
#![forbid(unsafe_code, unused_must_use)]
#![warn(missing_docs, clippy::exhaustive_enums, clippy::exhaustive_structs)]

mod file_spool;

pub use file_spool::FileSpool;
