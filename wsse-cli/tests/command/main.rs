//! The built command against its contract.

mod c14n;
mod common;
mod contract;
mod decrypt_bare;
mod encrypt_bare;
mod encrypt_message;
mod encrypted_vectors;
mod encryption;
#[path = "../../../wsse-core/tests/support/encryption_table.rs"]
#[allow(dead_code, reason = "shared with the tests of the core")]
mod encryption_table;
mod header;
mod large;
mod message;
mod oracles;
mod output;
mod signature;
#[path = "../../../wsse-core/tests/support/signature_table.rs"]
#[allow(dead_code, reason = "shared with the tests of the core")]
mod signature_table;
mod signature_vectors;
mod token;
mod vectors;
