//! XML Encryption 1.1: reading what is encrypted strictly, decrypting and encrypting it.
//!
//! [`EncryptedData`], [`EncryptedKey`] and [`ReferenceList`] are read from markup that was indexed.
//! An EncryptedKey gives a key in every case; the EncryptedData says whether it was the right one, by
//! one error that never tells more ([`decryption_failed`](crate::crypto::decryption_failed)).
//! [`MadeKey`] is a key that no message carries, because both sides can make it.
//! Messages do this in `inbound` and `outbound`, documents that are no messages in [`bare`].

mod agreement;
pub mod bare;
mod base64_stream;
mod encrypted_data;
mod encrypted_key;
mod encrypted_type;
pub mod in_place;
mod key_derivation;
mod method;
mod plaintext;
mod reference_list;
mod structure;

pub use agreement::{AgreementMethod, MadeKey};
pub use encrypted_data::{DataKind, EncryptedData, EncryptedDataTemplate};
pub use encrypted_key::{EncryptedKey, EncryptedKeyTemplate, EncryptionKey};
pub use key_derivation::{DerivedKey, KeyDerivationMethod};
pub(crate) use plaintext::{Plaintext, Plaintexts};
pub use reference_list::{EncryptedReference, MOST_REFERENCES, ReferenceList};
