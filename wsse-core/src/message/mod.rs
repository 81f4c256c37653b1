//! The SOAP envelope and its Security header, by position from the root.

mod ciphertext;
mod envelope;
mod same;
mod sought;
mod spool;
mod stream;
mod trail;
mod walk;

pub(crate) use ciphertext::{Ciphertexts, stands_alone};
pub use envelope::{Envelope, Head, Header, HeaderBlock, Rest, SecurityHeader, Soap, Tail};
pub use same::is_same_document;
pub(crate) use sought::{Sought, SoughtElement, Steps, Wanted};
pub(crate) use spool::Spooling;
pub use spool::{MemorySpool, Spool};
pub(crate) use stream::{Found, Output, Reading, Remainder, Seek, Walk, beginning, carriers};
pub(crate) use walk::{FoundElement, Watch, find_all, walk_watched};
pub use walk::{enclosing, find, path, walk};
