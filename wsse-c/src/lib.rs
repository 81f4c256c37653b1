//! The C interface of wsse: `libwsse.so`, `libwsse.a` and `include/wsse.h`, which cbindgen makes
//! from the documentation of this crate.
//!
//! There is no logic here: each function takes what C hands in, calls `wsse_core`, and hands out
//! the result. `ffi.rs` holds every cast between handles and Rust types, `boundary.rs` the frame
//! around the body of every function.
//!
//! # The contract with the caller
//!
//! `// SAFETY:` comments of this crate refer to it. The header states it in its first lines.
//!
//! - A handle is NULL or came from a function of this library and was not freed since.
//! - A pointer with a length is NULL or points to so many octets that are readable and stay
//!   unchanged during the call. An output is NULL or points to room for one value of its type.
//! - Functions that take a handle without `const` are not called on one handle by two threads at
//!   once, nor beside a function that takes it with `const`.
//! - Callbacks may be called from every thread that calls the library, several at once, and
//!   neither unwind nor jump out.
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks, unused_must_use)]
#![warn(missing_docs)]
#![expect(
    non_camel_case_types,
    reason = "types have the names that C sees, so that header and source read alike"
)]
#![expect(
    clippy::missing_safety_doc,
    reason = "one contract holds for every function: it stands above, and in the header"
)]

mod boundary;
mod call;
mod callback;
mod credentials;
mod encryption;
mod environment;
mod error;
mod exchange;
mod ffi;
mod http;
mod inbound;
mod outbound;
mod password;
mod remote;
mod replay;
mod stream;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod validated;
mod version;

// The public interface is:
pub use call::*;
pub use callback::*;
pub use credentials::*;
pub use encryption::*;
pub use environment::*;
pub use error::*;
pub use exchange::*;
pub use http::*;
pub use inbound::*;
pub use outbound::*;
pub use password::*;
pub use remote::*;
pub use replay::*;
pub use stream::*;
pub use text::*;
pub use time::*;
pub use validated::*;
pub use version::*;

#[cfg(feature = "test-panic")]
pub use boundary::wsse_test_panic;
