//! Whose messages are written, how the passwords of others are known, and whose signatures count.

use crate::boundary::{nothing, result};
use crate::callback::{
    Userdata, answer, wsse_password_lookup_callback, wsse_password_verifier_callback,
    wsse_userdata_free_callback,
};
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{
    free_box, handle, into_box, lend, misuse, mutable, octets, optional_octets, output, text,
};
use crate::text::wsse_str;
use core::ffi::{c_char, c_void};
use std::sync::Arc;
use wsse_core::crypto::{
    Certificate, Crl, Identity, KeyMaterial, NamedVerifier, PrivateKey, PublicKey, RecipientKey,
    Secret,
};
use wsse_core::password::{PasswordLookup, PasswordTable, PasswordVerifier, Passwords};
use wsse_core::trust::TrustDecision;
use wsse_core::{Cause, Error, InboundBuilder, OutboundBuilder};

/// Who we are, and how we know the passwords of others: by a table, by a look-up callback, or by a
/// verifier callback where only hashes are stored. One of the three, not several. Also the keys
/// that we sign with, the keys that decrypt, and the certificates, keys and secrets that signatures are
/// checked with.
///
/// Keys and certificates have the names that policies call them by. An empty name serves every
/// policy for which nothing else is there.
///
/// Functions that take credentials copy what is in them and retain no pointer to them. They must
/// not be changed by one thread while another uses them. Passwords and secrets are overwritten
/// when they are freed.
///
/// Methods: wsse_credentials_new, wsse_credentials_set_username, wsse_credentials_add_password,
/// wsse_credentials_set_password_lookup, wsse_credentials_set_password_verifier,
/// wsse_credentials_add_identity, wsse_credentials_add_key_pair, wsse_credentials_add_secret,
/// wsse_credentials_add_certificate, wsse_credentials_add_anchor, wsse_credentials_add_untrusted,
/// wsse_credentials_add_crl, wsse_credentials_add_decryption_key, wsse_credentials_add_recipient,
/// wsse_credentials_add_remote_identity,
/// wsse_credentials_add_remote_verifier, wsse_credentials_set_decision, wsse_credentials_free.
pub struct wsse_credentials {
    _private: [u8; 0],
}

/// Where a wsse_password_lookup_callback puts the passwords that it finds. Valid during the
/// callback only, on its thread only.
///
/// Methods: wsse_passwords_add.
pub struct wsse_passwords {
    _private: [u8; 0],
}

/// What a [`wsse_credentials`] points to.
#[derive(Default)]
pub(crate) struct Credentials {
    pub(crate) username: Option<(String, Option<Secret>)>,
    table: Option<PasswordTable>,
    callback: Option<Passwords>,
    pub(crate) identities: Vec<(String, Identity)>,
    secrets: Vec<(String, Secret)>,
    certificates: Vec<(String, Certificate)>,
    public_keys: Vec<(String, PublicKey)>,
    anchors: Vec<(String, Certificate)>,
    untrusted: Vec<Certificate>,
    crls: Vec<Crl>,
    pub(crate) decryption_keys: Vec<(String, PrivateKey, Option<Certificate>)>,
    pub(crate) recipients: Vec<(String, RecipientKey)>,
    pub(crate) verifiers: Vec<NamedVerifier>,
    pub(crate) decision: Option<Arc<dyn TrustDecision>>,
}

handle!(wsse_credentials, Credentials, OwnershipBox);
handle!(wsse_passwords, Vec<Secret>, OwnershipRef);

/// Makes credentials with nothing in them. The caller owns them and must eventually call
/// wsse_credentials_free().
///
/// Errors: WSSE_RESULT_MISUSE for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_new(
    credentials_out: *mut *mut wsse_credentials,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(credentials_out, "credentials_out") }?;
        out.write(into_box(Credentials::default()));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets whose UsernameToken an outbound writes, unless a call names another user. Makes a copy and
/// retains no pointer.
///
/// `username` is UTF-8. `password` is octets, a text its UTF-8; NULL for none, where the policy
/// shows none or each call gives it.
///
/// Errors: WSSE_RESULT_MISUSE where `credentials` or `username` is NULL, or `username` is not
/// UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_set_username(
    credentials: *mut wsse_credentials,
    username: *const c_char,
    username_len: usize,
    password: *const c_void,
    password_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let username = unsafe { text(username, username_len, "username") }?;
        // SAFETY: as above.
        let password = unsafe { optional_octets(password, password_len, "password") }?;
        credentials.username = Some((username.to_owned(), password.map(Secret::new)));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds a password that a user may have to the table by which an inbound or a header check knows
/// passwords; call it several times for several users, or for several passwords of one user while
/// one is being replaced. Makes a copy and retains no pointer.
///
/// `username` is UTF-8. `password` is octets, a text its UTF-8. An empty password is none: nobody
/// is let in by an unset field of a user database.
///
/// Errors: WSSE_RESULT_MISUSE where one of them is NULL, `username` is not UTF-8, or a callback is
/// set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_add_password(
    credentials: *mut wsse_credentials,
    username: *const c_char,
    username_len: usize,
    password: *const c_void,
    password_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let username = unsafe { text(username, username_len, "username") }?;
        // SAFETY: as above.
        let password = unsafe { octets(password, password_len, "password") }?;
        if credentials.callback.is_some() {
            return Err(several_sources());
        }
        let table = credentials.table.take().unwrap_or_default();
        credentials.table = Some(table.with(username, Secret::new(password)));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets a callback that finds the passwords of a user. `userdata` goes to every call and may be
/// NULL; `userdata_free` is called when no object uses the callback any more, and may be NULL. On
/// failure the caller keeps `userdata`.
///
/// Errors: WSSE_RESULT_MISUSE where `credentials` or `lookup` is NULL, or a table or another
/// callback is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_set_password_lookup(
    credentials: *mut wsse_credentials,
    lookup: wsse_password_lookup_callback,
    userdata: *mut c_void,
    userdata_free: wsse_userdata_free_callback,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        let function = lookup.ok_or_else(|| misuse("lookup is NULL"))?;
        credentials.check_no_source()?;
        let userdata = Userdata::new(userdata, userdata_free);
        credentials.callback = Some(Passwords::Lookup(Arc::new(Lookup { function, userdata })));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Sets a callback that judges passwords in clear text. It can't check a PasswordDigest, nor an
/// X-WSSE header. `userdata` goes to every call and may be NULL; `userdata_free` is called when no
/// object uses the callback any more, and may be NULL. On failure the caller keeps `userdata`.
///
/// Errors: WSSE_RESULT_MISUSE where `credentials` or `verifier` is NULL, or a table or another
/// callback is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_set_password_verifier(
    credentials: *mut wsse_credentials,
    verifier: wsse_password_verifier_callback,
    userdata: *mut c_void,
    userdata_free: wsse_userdata_free_callback,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        let function = verifier.ok_or_else(|| misuse("verifier is NULL"))?;
        credentials.check_no_source()?;
        let userdata = Userdata::new(userdata, userdata_free);
        credentials.callback = Some(Passwords::Verifier(Arc::new(Verifier { function, userdata })));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds a private key with its certificate, which an outbound signs with: the identity that a
/// Signature of the policy has as its `key`. An inbound decrypts with it what was encrypted for the
/// certificate. Makes a copy and retains no pointer.
///
/// `name` is UTF-8; an empty one serves every Signature that no other serves. `material` is the
/// octets of a file that holds both, and may hold certificates that lead upward: PEM, or PKCS#12,
/// which is told by its content. `password` opens what is encrypted; NULL for none.
///
/// Errors, all of them WSSE_RESULT_MISUSE: "unreadable-key" for what is none of these, or damaged;
/// "wrong-key-password" where the password is wrong, or missing; "unsupported-container";
/// "missing-credential" without a private key or a certificate; "key-pair-mismatch" where no
/// certificate is of the key; "invalid-argument" where `credentials`, `name` or `material` is NULL,
/// or `name` is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_add_identity(
    credentials: *mut wsse_credentials,
    name: *const c_char,
    name_len: usize,
    material: *const c_void,
    material_len: usize,
    password: *const c_void,
    password_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: by the contract.
        let (credentials, name, material) = unsafe {
            named(credentials, (name, name_len), (material, material_len), (password, password_len))
        }?;
        credentials.identities.push((name.to_owned(), material.into_identity()?));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// The same where key and certificate are in two files: `key` is the octets of one, `certificate`
/// of the other, which may hold certificates that lead upward, too. Both may be PEM, DER or
/// PKCS#12, which is told by their content. `password` opens what is encrypted; NULL for none.
///
/// Errors: as wsse_credentials_add_identity(); WSSE_RESULT_MISUSE also where `key` or `certificate`
/// is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_add_key_pair(
    credentials: *mut wsse_credentials,
    name: *const c_char,
    name_len: usize,
    key: *const c_void,
    key_len: usize,
    certificate: *const c_void,
    certificate_len: usize,
    password: *const c_void,
    password_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let name = unsafe { text(name, name_len, "name") }?;
        // SAFETY: as above.
        let key = unsafe { octets(key, key_len, "key") }?;
        // SAFETY: as above.
        let certificate = unsafe { octets(certificate, certificate_len, "certificate") }?;
        // SAFETY: as above.
        let password = unsafe { optional_octets(password, password_len, "password") }?;
        let password = password.map(Secret::new);
        let identity = Identity::from_pem(key, certificate, password.as_ref())?;
        credentials.identities.push((name.to_owned(), identity));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds a shared secret for HMAC signatures. An outbound signs with the one that a Signature of the
/// policy has as its `key`; an inbound believes all of them, and decrypts what was encrypted with them;
/// a KeyName in a message says which.
/// Makes a copy and retains no pointer.
///
/// `name` is UTF-8; an empty one serves every Signature, or KeyName, that no other serves. `secret` is octets as
/// they are, not base64.
///
/// Errors: WSSE_RESULT_MISUSE where one of them is NULL, `name` is not UTF-8, or `secret` is empty:
/// it would protect nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_add_secret(
    credentials: *mut wsse_credentials,
    name: *const c_char,
    name_len: usize,
    secret: *const c_void,
    secret_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let name = unsafe { text(name, name_len, "name") }?;
        // SAFETY: as above.
        let secret = unsafe { octets(secret, secret_len, "secret") }?;
        if secret.is_empty() {
            return Err(misuse("the shared secret is empty, and protects nothing"));
        }
        credentials.secrets.push((name.to_owned(), Secret::new(secret)));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds certificates, or bare public keys, whose signatures an inbound believes as they are: pins.
/// References of messages that carry no certificate can mean them. Makes a copy and retains no
/// pointer.
///
/// `name` is UTF-8: a name that the policy has in `trust.certificates`, or a KeyName of messages; an
/// empty one serves every name that no other serves. `material` is the octets of a file of any number of them: PEM, DER
/// or PKCS#12, which is told by its content; every certificate and public key in it is believed.
/// `password` opens what is encrypted; NULL for none.
///
/// Errors: WSSE_RESULT_MISUSE as wsse_credentials_add_identity(), "unreadable-key" also where
/// `material` holds neither certificate nor public key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_add_certificate(
    credentials: *mut wsse_credentials,
    name: *const c_char,
    name_len: usize,
    material: *const c_void,
    material_len: usize,
    password: *const c_void,
    password_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: by the contract.
        let (credentials, name, material) = unsafe {
            named(credentials, (name, name_len), (material, material_len), (password, password_len))
        }?;
        let (certificates, public_keys) =
            material.into_pins().map_err(|error| of_material(&error))?;
        let with_name = |certificate| (name.to_owned(), certificate);
        credentials.certificates.extend(certificates.into_iter().map(with_name));
        credentials.public_keys.extend(public_keys.into_iter().map(|key| (name.to_owned(), key)));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds certificates of authorities: an inbound believes whoever has a certificate with a path to
/// one of them. Makes a copy and retains no pointer.
///
/// `name` is UTF-8: the name that the policy has as `trust.anchors`; an empty one serves every
/// policy that no other serves. `material` and `password` are as in
/// wsse_credentials_add_certificate().
///
/// Errors: WSSE_RESULT_MISUSE as wsse_credentials_add_identity(), "unreadable-key" also where
/// `material` holds no certificate, or a public key that stands alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_add_anchor(
    credentials: *mut wsse_credentials,
    name: *const c_char,
    name_len: usize,
    material: *const c_void,
    material_len: usize,
    password: *const c_void,
    password_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: by the contract.
        let (credentials, name, material) = unsafe {
            named(credentials, (name, name_len), (material, material_len), (password, password_len))
        }?;
        let certificates = material.into_certificates().map_err(|error| of_material(&error))?;
        let with_name = |certificate| (name.to_owned(), certificate);
        credentials.anchors.extend(certificates.into_iter().map(with_name));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds certificates that may stand between an anchor and a signer, and that references of messages
/// may mean. An inbound does not believe them for themselves. Makes a copy and retains no pointer.
///
/// `material` and `password` are as in wsse_credentials_add_certificate().
///
/// Errors: as wsse_credentials_add_anchor().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_add_untrusted(
    credentials: *mut wsse_credentials,
    material: *const c_void,
    material_len: usize,
    password: *const c_void,
    password_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let material = unsafe { read((material, material_len), (password, password_len)) }?;
        credentials
            .untrusted
            .extend(material.into_certificates().map_err(|error| of_material(&error))?);
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds certificate revocation lists, in which issuers of certificates say whom they revoked. An
/// inbound refuses who is on one; what `trust.revocation` of its policy says of the others is in
/// docs/policies.md. Makes a copy and retains no pointer.
///
/// `material` is a file as it is: one list in DER, or PEM of up to 64, of at most 8 MiB each. An
/// inbound takes 64.
///
/// Errors: WSSE_RESULT_MISUSE with "unreadable-crl" for what is none, is damaged, or is a delta
/// list, an indirect one, or one of a distribution point.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_add_crl(
    credentials: *mut wsse_credentials,
    material: *const c_void,
    material_len: usize,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or a live handle that nobody else uses, by the contract.
        let credentials = unsafe { mutable(credentials, "credentials") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let material = unsafe { octets(material, material_len, "material") }?;
        credentials.crls.extend(Crl::many(material).map_err(|error| of_material(&error))?);
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds a password to what a look-up found. Makes a copy and retains no pointer. An empty password
/// is none.
///
/// Returns WSSE_RESULT_MISUSE, and adds nothing, where one of them is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_passwords_add(
    passwords: *mut wsse_passwords,
    password: *const c_void,
    password_len: usize,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or the handle that the callback got, by the contract.
        let passwords = unsafe { mutable(passwords, "passwords") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let password = unsafe { octets(password, password_len, "password") }?;
        passwords.push(Secret::new(password));
        Ok(())
    };
    // SAFETY: NULL is allowed.
    unsafe { result(core::ptr::null_mut(), body) }
}

/// Frees credentials; objects that were made with them keep their copies. NULL is fine. Must not
/// be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_free(credentials: *mut wsse_credentials) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(credentials) });
}

impl Credentials {
    /// How passwords are known; None where nothing says.
    pub(crate) fn passwords(&self) -> Option<Passwords> {
        match &self.callback {
            Some(callback) => Some(callback.clone()),
            None => self.table.clone().map(Passwords::from),
        }
    }

    /// Gives an outbound what it signs with, and whom it encrypts for.
    pub(crate) fn equip_outbound(&self, mut builder: OutboundBuilder) -> OutboundBuilder {
        for (name, identity) in &self.identities {
            builder = builder.identity(name, identity.clone());
        }
        for (name, secret) in &self.secrets {
            builder = builder.secret(name, secret.clone());
        }
        for (name, key) in &self.recipients {
            builder = builder.recipient(name, key.clone());
        }
        builder
    }

    /// Gives an inbound how passwords are known, what signatures are checked with, and what decrypts.
    pub(crate) fn equip_inbound(&self, mut builder: InboundBuilder) -> InboundBuilder {
        if let Some(passwords) = self.passwords() {
            builder = builder.passwords(passwords);
        }
        for (name, certificate) in &self.certificates {
            builder = builder.certificate(name, certificate.clone());
        }
        for (name, key) in &self.public_keys {
            builder = builder.public_key(name, key.clone());
        }
        for (name, certificate) in &self.anchors {
            builder = builder.anchor(name, certificate.clone());
        }
        for certificate in &self.untrusted {
            builder = builder.untrusted(certificate.clone());
        }
        for crl in &self.crls {
            builder = builder.crl(crl.clone());
        }
        for (name, secret) in &self.secrets {
            builder = builder.secret(name, secret.clone());
        }
        for verifier in &self.verifiers {
            builder = builder.named_verifier(verifier.clone());
        }
        // An identity signs what goes out, and decrypts what comes in.
        for (name, identity) in &self.identities {
            builder = builder.decryption_identity(name, identity);
        }
        for (name, key, certificate) in &self.decryption_keys {
            builder = builder.decryption_pair(name, key.clone(), certificate.clone());
        }
        if let Some(decision) = &self.decision {
            builder = builder.decide(Arc::clone(decision));
        }
        builder
    }

    fn check_no_source(&self) -> Result<(), Error> {
        if self.callback.is_some() || self.table.is_some() {
            return Err(several_sources());
        }
        Ok(())
    }
}

fn several_sources() -> Error {
    misuse("passwords are known by a table, a look-up or a verifier, not by several of them")
}

/// Credentials, a name for what is added to them, and the file that it is read from.
///
/// # Safety
/// `credentials` is NULL or a live handle that nobody else uses for `'a`; each of the others is NULL or
/// so many octets that are unchanged for `'a`.
pub(crate) unsafe fn named<'a>(
    credentials: *mut wsse_credentials,
    name: (*const c_char, usize),
    material: (*const c_void, usize),
    password: (*const c_void, usize),
) -> Result<(&'a mut Credentials, &'a str, KeyMaterial), Error> {
    // SAFETY: as the caller of this function promises.
    let credentials = unsafe { mutable(credentials, "credentials") }?;
    // SAFETY: as above.
    let name = unsafe { text(name.0, name.1, "name") }?;
    // SAFETY: as above.
    let material = unsafe { read(material, password) }?;
    Ok((credentials, name, material))
}

/// # Safety
/// Both are NULL or so many octets.
unsafe fn read(
    material: (*const c_void, usize),
    password: (*const c_void, usize),
) -> Result<KeyMaterial, Error> {
    // SAFETY: as the caller of this function promises.
    let material = unsafe { octets(material.0, material.1, "material") }?;
    // SAFETY: as above.
    let password = unsafe { optional_octets(password.0, password.1, "password") }?;
    KeyMaterial::read(material, password.map(Secret::new).as_ref())
}

/// What the file holds is not what it was given for.
pub(crate) fn of_material(error: &Error) -> Error {
    Error::new(error.cause(), format!("`material` can't be used: {}", error.reason()))
}

struct Lookup {
    function: unsafe extern "C" fn(*mut c_void, *const c_char, usize, *mut wsse_passwords) -> i32,
    userdata: Userdata,
}

impl PasswordLookup for Lookup {
    fn passwords(&self, username: &str) -> Result<Vec<Secret>, Error> {
        let mut found = Vec::new();
        let shown = wsse_str::of(username);
        let passwords = lend::<wsse_passwords>(&mut found);
        // SAFETY: the caller's function with the caller's data; the rest lives during the call.
        let number =
            unsafe { (self.function)(self.userdata.pointer(), shown.data, shown.len, passwords) };
        let known = answer(number, "the password look-up callback", Cause::PasswordsUnavailable)?;
        Ok(if known { found } else { Vec::new() })
    }
}

struct Verifier {
    function: unsafe extern "C" fn(*mut c_void, *const c_char, usize, *const u8, usize) -> i32,
    userdata: Userdata,
}

impl PasswordVerifier for Verifier {
    fn verify(&self, username: &str, password: &Secret) -> Result<bool, Error> {
        let (shown, password) = (wsse_str::of(username), password.octets());
        // SAFETY: the caller's function with the caller's data; the rest lives during the call.
        let number = unsafe {
            (self.function)(
                self.userdata.pointer(),
                shown.data,
                shown.len,
                password.as_ptr(),
                password.len(),
            )
        };
        answer(number, "the password verifier callback", Cause::PasswordsUnavailable)
    }
}
