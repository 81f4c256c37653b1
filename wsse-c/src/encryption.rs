//! Keys that decrypt, what was encrypted, and decrypting a message and nothing more.

use crate::boundary::{nothing, result, value};
use crate::credentials::{named, of_material, wsse_credentials};
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{free_box, handle, into_box, octets, optional, optional_output, output, required};
use crate::inbound::wsse_inbound;
use crate::text::{wsse_bytes, wsse_str};
use crate::validated::wsse_validated_message;
use core::ffi::{c_char, c_void};
use wsse_core::inbound::{DecryptedMessage, EncryptedPart};

/// A message whose parts were decrypted. Nothing else of it was checked: neither its signatures, nor
/// its tokens, nor its age. Only wsse_inbound_decrypt() makes it. Immutable; any number of threads may
/// read it.
///
/// Methods: wsse_decrypted_message_octets, wsse_decrypted_message_encrypted_count,
/// wsse_decrypted_message_encrypted_path, wsse_decrypted_message_encrypted_is_content,
/// wsse_decrypted_message_encrypted_range, wsse_decrypted_message_free.
pub struct wsse_decrypted_message {
    _private: [u8; 0],
}

handle!(wsse_decrypted_message, DecryptedMessage, OwnershipBox);

/// Adds a private key of ours, with which an inbound decrypts what was encrypted for its certificate.
/// Makes a copy and retains no pointer. wsse_credentials_add_secret() adds secrets that decrypt, too,
/// and a key that wsse_credentials_add_remote_identity() adds with a decrypt callback decrypts where
/// it is held.
///
/// `name` is UTF-8: a KeyName by which messages mean the key; an empty one serves every KeyName that no
/// other serves. `material` is the octets of a file with the key: PEM, DER or PKCS#12, which is told by
/// its content. By its certificate senders mean the key: it is in the same file, or among those of
/// wsse_credentials_add_certificate() and wsse_credentials_add_untrusted(). A key that is the only one
/// and has no certificate is meant by every reference to one. `password` opens what is encrypted; NULL
/// for none.
///
/// Errors: WSSE_RESULT_MISUSE as wsse_credentials_add_identity(), but that no certificate is needed;
/// "missing-credential" where there is no private key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_add_decryption_key(
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
        let (key, certificate) =
            material.into_decryption_key().map_err(|error| of_material(&error))?;
        credentials.decryption_keys.push((name.to_owned(), key, certificate));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Adds somebody whom an outbound encrypts for. Makes a copy and retains no pointer.
///
/// `name` is UTF-8: the name that an encryption of the policy has as its `recipient`; an empty one
/// serves every recipient that no other serves. `material` is the octets of a file with the certificate
/// first, or with a bare public key, of whose certificate nothing is known or asked: PEM, DER or
/// PKCS#12, which is told by its content. `password` opens what is encrypted; NULL for none. A shared
/// secret is added by wsse_credentials_add_secret().
///
/// Errors: WSSE_RESULT_MISUSE as wsse_credentials_add_certificate().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_credentials_add_recipient(
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
        let key = material.into_recipient().map_err(|error| of_material(&error))?;
        credentials.recipients.push((name.to_owned(), key));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Decrypts everything in a message that its Security header says is encrypted, at least one part, and
/// judges nothing: neither signatures, nor tokens, nor what the policy requires. Of the policy the
/// actor, the limits and the legacy switches count; CBC needs its switch, as no signature is checked.
/// wsse_inbound_validate() decrypts and checks.
///
/// `message` is the octets as they were received. The caller owns `decrypted_out` and must eventually
/// call wsse_decrypted_message_free(); no pointer to the arguments is retained.
///
/// Errors: WSSE_RESULT_INVALID_SECURITY where nothing is encrypted; WSSE_RESULT_FAILED_CHECK with
/// "decryption-failed" where something does not decrypt, which never says why;
/// WSSE_RESULT_SECURITY_TOKEN_UNAVAILABLE without the key; what else wsse_inbound_validate() says of the
/// octets; WSSE_RESULT_MISUSE where `inbound`, `message` or `decrypted_out` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_inbound_decrypt(
    inbound: *const wsse_inbound,
    message: *const c_void,
    message_len: usize,
    decrypted_out: *mut *mut wsse_decrypted_message,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(decrypted_out, "decrypted_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let inbound = unsafe { required(inbound, "inbound") }?;
        // SAFETY: NULL or so many octets, by the contract.
        let message = unsafe { octets(message, message_len, "message") }?;
        out.write(into_box(inbound.decrypt(message)?));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// The message with each EncryptedData replaced by what was in it, in UTF-8; its Security header is
/// still there. The view is borrowed until the message is freed; `data` is NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_decrypted_message_octets(
    message: *const wsse_decrypted_message,
) -> wsse_bytes {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(message) }.map(|message| wsse_bytes::of(message.octets())))
}

/// How many parts were encrypted: at least one. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_decrypted_message_encrypted_count(
    message: *const wsse_decrypted_message,
) -> usize {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(message) }.map(|message| message.encrypted().len()))
}

/// Where a part stands that was encrypted, in the order of the document: `/Envelope/Body`,
/// `/Envelope/Header/{urn:a}To[1]`. `index` counts from 0. The view is borrowed until the message is
/// freed; `data` is NULL for an index that is too large, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_decrypted_message_encrypted_path(
    message: *const wsse_decrypted_message,
    index: usize,
) -> wsse_str {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { optional(message) }?;
        Some(wsse_str::of(&message.encrypted().get(index)?.path))
    })
}

/// Whether the content of the element was encrypted, and not the element itself. `index` counts from 0.
/// False for an index that is too large, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_decrypted_message_encrypted_is_content(
    message: *const wsse_decrypted_message,
    index: usize,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { optional(message) }?;
        Some(message.encrypted().get(index)?.content)
    })
}

/// Writes where a part that was encrypted begins and ends, in octets of
/// wsse_decrypted_message_octets(), to `start_out` and `end_out`, and returns true. `index` counts from
/// 0. Returns false and writes nothing for an index that is too large, and where one of the three is
/// NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_decrypted_message_encrypted_range(
    message: *const wsse_decrypted_message,
    index: usize,
    start_out: *mut usize,
    end_out: *mut usize,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let part = unsafe { optional(message) }?.encrypted().get(index)?;
        // SAFETY: NULL or room for a number, by the contract.
        unsafe { write_range(part, start_out, end_out) }
    })
}

/// Frees a decrypted message. NULL is fine. Must not be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_decrypted_message_free(message: *mut wsse_decrypted_message) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(message) });
}

/// How many parts of the message were encrypted; they are plaintext now. That something was encrypted
/// says nothing of who did it. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_encrypted_count(
    message: *const wsse_validated_message,
) -> usize {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(message) }.map(|message| message.encrypted().len()))
}

/// Where a part stands that was encrypted, as wsse_decrypted_message_encrypted_path() says it. `index`
/// counts from 0. The view is borrowed until the message is freed; `data` is NULL for an index that is
/// too large, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_encrypted_path(
    message: *const wsse_validated_message,
    index: usize,
) -> wsse_str {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { optional(message) }?;
        Some(wsse_str::of(&message.encrypted().get(index)?.path))
    })
}

/// Whether the content of the element was encrypted, and not the element itself. `index` counts from 0.
/// False for an index that is too large, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_encrypted_is_content(
    message: *const wsse_validated_message,
    index: usize,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { optional(message) }?;
        Some(message.encrypted().get(index)?.content)
    })
}

/// Writes where a part that was encrypted begins and ends, in octets of the message as it is when
/// everything is decrypted, to `start_out` and `end_out`, and returns true. `index` counts from 0.
/// Returns false and writes nothing for an index that is too large, and where one of the three is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_encrypted_range(
    message: *const wsse_validated_message,
    index: usize,
    start_out: *mut usize,
    end_out: *mut usize,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let part = unsafe { optional(message) }?.encrypted().get(index)?;
        // SAFETY: NULL or room for a number, by the contract.
        unsafe { write_range(part, start_out, end_out) }
    })
}

/// # Safety
/// Both are NULL or room for a number.
unsafe fn write_range(
    part: &EncryptedPart,
    start_out: *mut usize,
    end_out: *mut usize,
) -> Option<bool> {
    // SAFETY: as the caller of this function promises.
    let (start, end) = unsafe { (optional_output(start_out)?, optional_output(end_out)?) };
    start.write(part.range.start);
    end.write(part.range.end);
    Some(true)
}
