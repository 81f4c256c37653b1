//! What a message must be, and what is put into one, as data: read from TOML, written to TOML,
//! the same in every language.
//!
//! Reading is strict: an unknown key, a value of the wrong type or out of its range is an error
//! with its line, and names the key that was probably meant. Keys and features that this version
//! does not build are refused by name, never ignored.

mod document;
mod encrypted_key;
mod encryption;
mod inbound;
mod limits;
mod outbound;
mod part;
mod presets;
mod signature;
mod trust;

pub use encrypted_key::{DerivedKeys, EncryptedKeyPolicy, EncryptedKeySource};
pub use encryption::{AgreedTransport, DataKeyTransport, EncryptionPolicy, SIGNER};
pub use inbound::{
    ClockPolicy, InboundPolicy, OtherTokens, Presence, Require, TokenRequirement, UsernamePolicy,
};
pub use outbound::{
    HeaderPolicy, Layout, OutboundPolicy, PasswordForm, Step, TimestampPolicy, UsernameTokenPolicy,
};
pub use part::{Part, WhichPart};
pub use presets::{PRESETS, Preset};
pub use signature::{KeyReference, SignaturePolicy};
pub use trust::{KeyInfoUse, Signer, TrustPolicy, UnsignedFault};
