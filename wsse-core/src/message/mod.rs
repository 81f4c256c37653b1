//! The SOAP envelope and its Security header, by position from the root.

mod envelope;

pub use envelope::{Envelope, Header, SecurityHeader, Soap};
