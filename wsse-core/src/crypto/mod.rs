//! Digests, base64, randomness, and values that must not leak; keys and certificates, the
//! algorithms of signatures and which of them are accepted only by name.

mod certificate;
mod certificate_cache;
mod certificate_path;
mod crl;
mod digest_method;
mod digester;
mod distinguished_name;
mod ec_point;
mod encoding;
mod hash;
mod identity;
mod key_material;
mod legacy;
mod legacy_set;
mod pem;
mod private_key;
mod public_key;
mod random;
mod recently_used;
mod remote_key;
mod remote_verifier;
mod secret;
mod signature_method;
mod soundness;
mod subject_public_key_info;

pub use certificate::Certificate;
pub use certificate_cache::CertificateCache;
pub use certificate_path::CertificatePath;
pub use crl::Crl;
pub use digest_method::DigestMethod;
pub use digester::Digester;
pub use distinguished_name::DistinguishedName;
pub use encoding::{base64, base64_to_vec, hex, push_hex};
pub use hash::{Digest, Hash};
pub use identity::Identity;
pub use key_material::KeyMaterial;
pub use legacy_set::{Legacy, LegacySet};
pub use private_key::{PrivateKey, hmac, hmac_verify};
pub use public_key::{KeyKind, MOST_RSA_BITS, PublicKey};
pub use random::{SecureRandom, SystemRandom};
pub(crate) use recently_used::RecentlyUsed;
pub use remote_key::{DecryptionRequest, RemoteKey, SigningRequest};
pub use remote_verifier::{NamedVerifier, RemoteVerifier, VerificationRequest};
pub use secret::{Secret, equal};
pub use signature_method::{KeyFamily, PssParameters, SignatureMethod};
