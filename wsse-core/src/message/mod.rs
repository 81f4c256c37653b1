//! The SOAP envelope and its Security header, by position from the root.

mod envelope;
mod walk;

pub use envelope::{Envelope, Head, Header, HeaderBlock, Rest, SecurityHeader, Soap, Tail};
pub use walk::{find, path, walk};
