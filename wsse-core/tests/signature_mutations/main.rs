//! Signed messages that were changed: whatever changes the meaning of a covered part is refused,
//! whatever canonicalization removes is accepted, and no covered part can be moved elsewhere.
//!
//! `WSSE_LONG=1` makes 100,000 mutations instead of 2,500. `WSSE_VECTORS` names the folder of the
//! third-party vectors, whose valid messages are taken beside our own.

#[path = "../support/signature_table.rs"]
#[allow(dead_code, reason = "shared with the tests of the command line")]
mod signature_table;

#[path = "../support/reader.rs"]
mod reader;

mod messages;
mod mutations;
mod own;
mod random;
mod signed;
mod tag;
mod wrapping;
