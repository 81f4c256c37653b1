//! Encryption of documents that are no messages: elements, their content, or octets of any kind.

mod content_key;
mod decrypt;
mod encrypt;

pub use content_key::ContentKey;
pub use decrypt::{DecryptedDocument, DecryptedPart, decrypt};
pub use encrypt::{BarePart, encrypt};
