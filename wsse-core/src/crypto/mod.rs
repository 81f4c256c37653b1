//! Digests, base64, randomness, and values that must not leak.

mod encoding;
mod hash;
mod random;
mod secret;

pub use encoding::{base64, base64_to_vec, hex, push_hex};
pub use hash::{Digest, Hash};
pub use random::{SecureRandom, SystemRandom};
pub use secret::{Secret, equal};
