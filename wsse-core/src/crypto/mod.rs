//! Digests, base64, randomness, and values that must not leak; keys and certificates, the
//! algorithms of signatures and which of them are accepted only by name.

mod algorithms;
mod certificate;
mod certificate_cache;
mod digester;
mod distinguished_name;
mod encoding;
mod hash;
mod identity;
mod key_material;
mod legacy;
mod pem;
mod private_key;
mod public_key;
mod random;
mod recently_used;
mod secret;
mod soundness;
mod subject_public_key_info;

pub use algorithms::{DigestMethod, KeyFamily, Legacy, LegacySet, SignatureMethod};
pub use certificate::Certificate;
pub use certificate_cache::CertificateCache;
pub use digester::Digester;
pub use distinguished_name::DistinguishedName;
pub use encoding::{base64, base64_to_vec, hex, push_hex};
pub use hash::{Digest, Hash};
pub use identity::Identity;
pub use key_material::KeyMaterial;
pub use private_key::{PrivateKey, hmac, hmac_verify};
pub use public_key::{KeyKind, MOST_RSA_BITS, PublicKey};
pub use random::{SecureRandom, SystemRandom};
pub(crate) use recently_used::RecentlyUsed;
pub use secret::{Secret, equal};
