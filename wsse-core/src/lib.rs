//! WS-Security from one core: make and check UsernameTokens, Timestamps and the HTTP `X-WSSE`
//! header; protect and validate whole SOAP messages by policy.
//!
//! The modules stand in floors: each imports only modules of floors below its own.
//! `tests/floors.rs` reads the `mod` lines of this file, in this order, and fails on an upward
//! or sideways import.
#![forbid(unsafe_code, unused_must_use)]
#![warn(missing_docs, clippy::exhaustive_enums, clippy::exhaustive_structs)]

#[cfg(not(any(feature = "vendored", feature = "system-openssl")))]
compile_error!(
    "which OpenSSL? The feature `vendored` (default) builds it, `system-openssl` takes the system's"
);

// floor 0: words that everyone uses
pub mod error;
pub mod ns;
pub mod time;

// floor 1: a strict scanner; digests, randomness and secrets
pub mod crypto;
pub mod xml;

// floor 2: octets that are signed; syntax of KeyInfo; whom we believe; digests and look-up of
// passwords; memory of what was seen
pub mod c14n;
pub mod keyinfo;
pub mod password;
pub mod replay;
pub mod trust;

// floor 3: one walk over the message that feeds all canonicalizers and digests at once
pub mod pass;

// floor 4: the two W3C recommendations, XML Signature and XML Encryption
pub mod xmldsig;
pub mod xmlenc;

// floor 5: the WSS tokens; the X-WSSE header
pub mod http;
pub mod token;

// floor 6: the envelope; what a message must be; what ties a reply to its request
pub mod exchange;
pub mod message;
pub mod policy;

// floor 7: protect a message; validate a message
pub mod inbound;
pub mod outbound;

// The public interface is:
pub use error::{Category, Cause, Error, Position};
pub use inbound::{Inbound, InboundBuilder, StreamOptions, ValidatedMessage};
pub use message::{MemorySpool, Spool};
pub use outbound::{Call, Outbound, OutboundBuilder, ProtectOptions, Protected};
pub use policy::{InboundPolicy, OutboundPolicy};

/// The version of this library, as in its manifest.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The examples of the README and the guide, compiled and run as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../../docs/guide/rust.md")]
#[doc = include_str!("../../docs/guide/keys-elsewhere.md")]
#[doc = include_str!("../../docs/guide/x-wsse.md")]
struct Guide;
