//! The SOAP envelope and its Security header, by position from the root.

mod envelope;
mod same;
mod walk;

pub use envelope::{Envelope, Head, Header, HeaderBlock, Rest, SecurityHeader, Soap, Tail};
pub use same::is_same_document;
pub use walk::{find, path, walk};
