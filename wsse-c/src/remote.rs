//! Keys that are held elsewhere, and the caller's last word on signers.

use crate::boundary::result;
use crate::callback::{
    Userdata, answer, done, wsse_decision_callback, wsse_remote_decrypt_callback,
    wsse_remote_sign_callback, wsse_remote_verify_callback, wsse_userdata_free_callback,
};
use crate::credentials::wsse_credentials;
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{handle, lend, misuse, mutable, octets, text};
use crate::text::{wsse_bytes, wsse_str};
use crate::time::wsse_time;
use core::ffi::{c_char, c_void};
use std::sync::Arc;
use wsse_core::crypto::{
    DecryptionRequest, DigestMethod, Identity, KeyFamily, KeyMaterial, NamedVerifier, RemoteKey,
    RemoteVerifier, Secret, SigningRequest, VerificationRequest,
};
use wsse_core::trust::{Candidate, TrustDecision};
use wsse_core::{Cause, Error};

/// What a wsse_remote_sign_callback is to sign. Valid during the callback only. Fields may be added
/// at the end.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wsse_signing_request {
    /// The method by its name in policies: "rsa-sha256", "ecdsa-sha256", "eddsa-ed25519".
    pub method: wsse_str,
    /// The octets that are signed.
    pub octets: wsse_bytes,
    /// The digest of the octets that the method signs, for services that want it in place of them;
    /// absent for EdDSA, which takes the octets as they are.
    pub digest: wsse_bytes,
    /// What the digest was made with: "sha256"; absent for EdDSA.
    pub digest_method: wsse_str,
    /// The DigestInfo that RSASSA-PKCS1-v1_5 pads, which PKCS#11 signs with CKM_RSA_PKCS; absent for
    /// every other method.
    pub digest_info: wsse_bytes,
    /// The digest in MGF1 of RSASSA-PSS: "sha256"; absent for every other method.
    pub mask_digest: wsse_str,
    /// Octets of the salt of RSASSA-PSS; 0 for every other method.
    pub salt_len: usize,
}

/// What a wsse_remote_decrypt_callback is to decrypt: an EncryptedKey. Valid during the callback only.
/// Fields may be added at the end.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wsse_decryption_request {
    /// "rsa-oaep" or "rsa-1.5".
    pub method: wsse_str,
    /// The octets that were encrypted.
    pub octets: wsse_bytes,
    /// The digest of OAEP: "sha256"; absent for rsa-1.5.
    pub digest: wsse_str,
    /// The digest in MGF1 of OAEP: "sha256"; absent for rsa-1.5.
    pub mask_digest: wsse_str,
    /// The label of OAEP, mostly empty; absent for rsa-1.5.
    pub label: wsse_bytes,
}

/// What a wsse_remote_verify_callback is to check. Valid during the callback only. Fields may be added
/// at the end.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wsse_verification_request {
    /// The method by its name in policies: "hmac-sha256".
    pub method: wsse_str,
    /// The octets that were signed.
    pub octets: wsse_bytes,
    /// The octets of the SignatureValue.
    pub signature: wsse_bytes,
    /// The digest of the octets inside the method; absent for EdDSA.
    pub digest: wsse_bytes,
    /// What the digest was made with: "sha256"; absent for EdDSA.
    pub digest_method: wsse_str,
    /// An ECDSA signature as a sequence in DER, as services want it; absent for other methods.
    pub der: wsse_bytes,
}

/// A signer of whom a wsse_decision_callback decides, before his signature is checked. Valid during
/// the callback only. Fields may be added at the end.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wsse_candidate {
    /// His public key: the SubjectPublicKeyInfo in DER.
    pub public_key: wsse_bytes,
    /// The certificate of the key in DER; absent where it has none.
    pub certificate: wsse_bytes,
    /// The path to the anchor: `path_len` certificates in DER, the end entity first, the anchor last.
    /// None where the certificate or the key is pinned, or nobody vouches for it.
    pub path: *const wsse_bytes,
    /// The number of certificates of the path.
    pub path_len: usize,
    /// Whether the policy believes him; only the legacy switch embedded-key and `require.signer =
    /// "any"` let others come so far.
    pub trusted: bool,
    /// The time of the validation.
    pub at: wsse_time,
}

/// Where a callback puts the octets that it answers with. Valid during the callback only, on its
/// thread only.
///
/// Methods: wsse_answer_set.
pub struct wsse_answer {
    _private: [u8; 0],
}

handle!(wsse_answer, Option<Secret>, OwnershipRef);

/// Sets what a callback answers: a signature, or a secret that it decrypted. Makes a copy, which is
/// overwritten when it is freed, and retains no pointer. A second call replaces what the first one set.
///
/// Returns WSSE_RESULT_MISUSE, and sets nothing, where one of them is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_answer_set(
    answer: *mut wsse_answer,
    octets: *const c_void,
    octets_len: usize,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or the handle that the callback got, by the contract.
        let answer = unsafe { mutable(answer, "answer") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let octets = unsafe { self::octets(octets, octets_len, "octets") }?;
        *answer = Some(Secret::new(octets));
        Ok(())
    };
    // SAFETY: NULL is allowed.
    unsafe { result(core::ptr::null_mut(), body) }
}

/// Adds a certificate whose private key is held elsewhere, in a KMS, an HSM or a smart card: what
/// wsse_credentials_add_identity() does for a key that is here. An outbound that signs with it asks
/// `sign` for each signature, and checks what it made before anything is handed out.
///
/// `name` is UTF-8; an empty one serves every Signature that no other serves. `certificate` is the
/// octets of a file, PEM or DER, in which the certificate of the key comes first, and those that lead
/// upward behind it. `decrypt` is asked where something is encrypted to the certificate; NULL where
/// the key decrypts nothing. `userdata` goes to every call of both and may be NULL; `userdata_free` is
/// called when no object uses the callbacks any more, and may be NULL. On failure the caller keeps
/// `userdata`.
///
/// The library waits for callbacks, and starts no thread: one that can take long has to end by itself,
/// and returns WSSE_CALLBACK_FAILED for want of an answer. The call that asked then fails with
/// WSSE_RESULT_UNAVAILABLE and "remote-key-unavailable". A signature that does not hold under the
/// certificate makes it fail with WSSE_RESULT_MISUSE and "remote-key-mismatch".
///
/// Errors: WSSE_RESULT_MISUSE with "unreadable-key" for a file that holds no certificate, or a bare
/// public key; "invalid-argument" where `credentials`, `name`, `certificate` or `sign` is NULL, or
/// `name` is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_add_remote_identity(
    credentials: *mut wsse_credentials,
    name: *const c_char,
    name_len: usize,
    certificate: *const c_void,
    certificate_len: usize,
    sign: wsse_remote_sign_callback,
    decrypt: wsse_remote_decrypt_callback,
    userdata: *mut c_void,
    userdata_free: wsse_userdata_free_callback,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let name = unsafe { text(name, name_len, "name") }?;
        // SAFETY: as above.
        let certificate = unsafe { octets(certificate, certificate_len, "certificate") }?;
        let sign = sign.ok_or_else(|| misuse("sign is NULL"))?;
        let mut chain = KeyMaterial::read(certificate, None)?.into_certificates()?.into_iter();
        let certificate = chain.next().ok_or_else(|| misuse("certificate holds none"))?;
        let userdata = Userdata::new(userdata, userdata_free);
        let key = Arc::new(Key { sign, decrypt, userdata });
        let identity = Identity::remote(key, certificate, chain.collect());
        credentials.identities.push((name.to_owned(), identity));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds a key that is held elsewhere and checks signatures for an inbound: a shared secret in a KMS,
/// above all. It is believed.
///
/// `name` is UTF-8: the KeyName by which messages may mean the key, and who signed
/// (wsse_validated_message_signer_key_name()); an empty one serves every KeyName that no other serves.
/// Give a key once: two names would be two signers. `family` says which methods the key is for:
/// "hmac", "rsa", "ecdsa", "ed25519", "ed448" or "dsa"; a message that means the key with a method of
/// another family is refused without asking. `userdata` goes to every call and may be NULL;
/// `userdata_free` is called when no object uses the callback any more, and may be NULL. On failure
/// the caller keeps `userdata`.
///
/// Errors: WSSE_RESULT_MISUSE where `credentials`, `name`, `family` or `verify` is NULL, one of the
/// texts is not UTF-8, or there is no such family.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_add_remote_verifier(
    credentials: *mut wsse_credentials,
    name: *const c_char,
    name_len: usize,
    family: *const c_char,
    family_len: usize,
    verify: wsse_remote_verify_callback,
    userdata: *mut c_void,
    userdata_free: wsse_userdata_free_callback,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let name = unsafe { text(name, name_len, "name") }?;
        // SAFETY: as above.
        let family = KeyFamily::from_name(unsafe { text(family, family_len, "family") }?)?;
        let function = verify.ok_or_else(|| misuse("verify is NULL"))?;
        let userdata = Userdata::new(userdata, userdata_free);
        let verifier = Arc::new(Verifier { function, userdata });
        credentials.verifiers.push(NamedVerifier::new(name, family, verifier));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets who has the last word on a signer: an inbound asks after everything else, before the signature
/// is checked, and not about shared secrets or keys that are held elsewhere. It can refuse whom the
/// policy believes, and let nobody in whom that refuses. A second call replaces what the first one set.
///
/// `userdata` goes to every call and may be NULL; `userdata_free` is called when no object uses the
/// callback any more, and may be NULL. On failure the caller keeps `userdata`.
///
/// Errors: WSSE_RESULT_MISUSE where `credentials` or `decide` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_set_decision(
    credentials: *mut wsse_credentials,
    decide: wsse_decision_callback,
    userdata: *mut c_void,
    userdata_free: wsse_userdata_free_callback,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        let function = decide.ok_or_else(|| misuse("decide is NULL"))?;
        let userdata = Userdata::new(userdata, userdata_free);
        credentials.decision = Some(Arc::new(Decision { function, userdata }));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

const KEY: &str = "the callback of the key that is held elsewhere";

struct Key {
    sign: unsafe extern "C" fn(*mut c_void, *const wsse_signing_request, *mut wsse_answer) -> i32,
    decrypt: wsse_remote_decrypt_callback,
    userdata: Userdata,
}

impl RemoteKey for Key {
    fn sign(&self, request: &SigningRequest<'_>) -> Result<Vec<u8>, Error> {
        let (digest, info) = (request.digest()?, request.digest_info()?);
        let (method, pss) = (request.method, request.method.pss());
        let shown = wsse_signing_request {
            method: wsse_str::of(method.name()),
            octets: wsse_bytes::of(request.octets),
            digest: wsse_bytes::of_optional(digest.as_ref().map(|digest| digest.octets())),
            digest_method: wsse_str::of_optional(method.digest().map(DigestMethod::name)),
            digest_info: wsse_bytes::of_optional(info.as_deref()),
            mask_digest: wsse_str::of_optional(pss.map(|pss| pss.mask_digest().name())),
            salt_len: pss.map_or(0, |pss| pss.salt_length()),
        };
        let mut found = None;
        let room = lend::<wsse_answer>(&mut found);
        // SAFETY: the caller's function with the caller's data; the rest lives during the call.
        let number = unsafe { (self.sign)(self.userdata.pointer(), &raw const shown, room) };
        done(number, KEY, Cause::RemoteKeyUnavailable)?;
        found.map(|signature| signature.octets().to_vec()).ok_or_else(|| unset("signature"))
    }

    fn decrypt(&self, request: &DecryptionRequest<'_>) -> Result<Option<Secret>, Error> {
        let Some(function) = self.decrypt else {
            let reason = "the key is held elsewhere, and was given without `decrypt`";
            return Err(Error::new(Cause::NoKey, reason));
        };
        let shown = match request {
            DecryptionRequest::Rsa15 { octets } => wsse_decryption_request {
                method: wsse_str::of("rsa-1.5"),
                octets: wsse_bytes::of(octets),
                digest: wsse_str::NULL,
                mask_digest: wsse_str::NULL,
                label: wsse_bytes::of_optional(None),
            },
            DecryptionRequest::RsaOaep { octets, digest, mask_digest, label } => {
                wsse_decryption_request {
                    method: wsse_str::of("rsa-oaep"),
                    octets: wsse_bytes::of(octets),
                    digest: wsse_str::of(digest.name()),
                    mask_digest: wsse_str::of(mask_digest.name()),
                    label: wsse_bytes::of(label),
                }
            }
            _ => {
                let reason = "the key is held elsewhere, and not asked for this method";
                return Err(Error::new(Cause::NoKey, reason));
            }
        };
        let mut found = None;
        let room = lend::<wsse_answer>(&mut found);
        // SAFETY: the caller's function with the caller's data; the rest lives during the call.
        let number = unsafe { function(self.userdata.pointer(), &raw const shown, room) };
        if !answer(number, KEY, Cause::RemoteKeyUnavailable)? {
            return Ok(None);
        }
        found.map(Some).ok_or_else(|| unset("secret"))
    }
}

fn unset(what: &str) -> Error {
    let reason = format!("{KEY} returned without a {what}; it calls wsse_answer_set()");
    Error::new(Cause::RemoteKeyUnavailable, reason)
}

struct Verifier {
    function: unsafe extern "C" fn(*mut c_void, *const wsse_verification_request) -> i32,
    userdata: Userdata,
}

impl RemoteVerifier for Verifier {
    fn verify(&self, request: &VerificationRequest<'_>) -> Result<bool, Error> {
        let (digest, der) = (request.digest()?, request.der());
        let shown = wsse_verification_request {
            method: wsse_str::of(request.method.name()),
            octets: wsse_bytes::of(request.octets),
            signature: wsse_bytes::of(request.signature),
            digest: wsse_bytes::of_optional(digest.as_ref().map(|digest| digest.octets())),
            digest_method: wsse_str::of_optional(request.method.digest().map(DigestMethod::name)),
            der: wsse_bytes::of_optional(der.as_deref()),
        };
        // SAFETY: the caller's function with the caller's data; the rest lives during the call.
        let number = unsafe { (self.function)(self.userdata.pointer(), &raw const shown) };
        answer(number, KEY, Cause::RemoteKeyUnavailable)
    }
}

struct Decision {
    function: unsafe extern "C" fn(*mut c_void, *const wsse_candidate) -> i32,
    userdata: Userdata,
}

impl TrustDecision for Decision {
    fn decide(&self, candidate: &Candidate<'_>) -> Result<(), Error> {
        let path: Vec<wsse_bytes> =
            candidate.path.iter().map(|certificate| wsse_bytes::of(certificate.der())).collect();
        let shown = wsse_candidate {
            public_key: wsse_bytes::of(candidate.key.der()),
            certificate: wsse_bytes::of_optional(candidate.certificate.map(|held| held.der())),
            path: path.as_ptr(),
            path_len: path.len(),
            trusted: candidate.trusted,
            at: candidate.at.into(),
        };
        // SAFETY: the caller's function with the caller's data; the rest lives during the call.
        let number = unsafe { (self.function)(self.userdata.pointer(), &raw const shown) };
        if answer(number, "the decision callback", Cause::DecisionUnavailable)? {
            return Ok(());
        }
        let reason = "the signer is believed, and the decision callback refuses him";
        Err(Error::new(Cause::RefusedSigner, reason))
    }
}
