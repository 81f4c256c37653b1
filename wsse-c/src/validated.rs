//! The outcome of a validation.

use crate::boundary::{nothing, result, value};
use crate::error::{wsse_error, wsse_result};
use crate::exchange::wsse_exchange;
use crate::ffi::{free_box, handle, into_box, optional, optional_output, output, required};
use crate::text::{wsse_bytes, wsse_str};
use crate::time::wsse_time;
use wsse_core::ValidatedMessage;
use wsse_core::message::Soap;

/// A message that was validated. Only wsse_inbound_validate(), wsse_inbound_validate_reply() and
/// wsse_inbound_validate_stream() make it. Immutable; any number of threads may read it.
///
/// Methods: wsse_validated_message_spooled,
/// wsse_validated_message_document, wsse_validated_message_body,
/// wsse_validated_message_signed_count, wsse_validated_message_signed_path,
/// wsse_validated_message_certificate, wsse_validated_message_signer_count,
/// wsse_validated_message_signer_certificate, wsse_validated_message_signer_key_name,
/// wsse_validated_message_signer_signed_count,
/// wsse_validated_message_signer_signed_path, wsse_validated_message_encrypted_count,
/// wsse_validated_message_encrypted_path, wsse_validated_message_encrypted_is_content,
/// wsse_validated_message_encrypted_range,
/// wsse_validated_message_unsigned_document, wsse_validated_message_unsigned_body,
/// wsse_validated_message_username, wsse_validated_message_is_authenticated, wsse_validated_message_soap_version,
/// wsse_validated_message_body_child, wsse_validated_message_timestamp_created,
/// wsse_validated_message_timestamp_expires, wsse_validated_message_timestamp_offset,
/// wsse_validated_message_username_token_offset, wsse_validated_message_exchange,
/// wsse_validated_message_free.
pub struct wsse_validated_message {
    _private: [u8; 0],
}

/// The version of SOAP, which the namespace of the Envelope tells. Numbers stay.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum wsse_soap_version {
    /// There is no message: the handle was NULL.
    None = 0,
    /// SOAP 1.1.
    V11 = 11,
    /// SOAP 1.2.
    V12 = 12,
}

handle!(wsse_validated_message, ValidatedMessage, OwnershipBox);

/// What the signatures that the policy requires cover, and nothing else: a well-formed message of
/// the Envelope's start tag, the covered header blocks without the Security header, and the Body,
/// in original octets; an empty Body where it is not covered. In UTF-8, without XML declaration.
/// What the Envelope's start tag declares is inherited unsigned. The view is borrowed until the
/// message is freed; `data` is NULL where the policy requires no signature, where the message was read
/// from a stream, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_document(
    message: *const wsse_validated_message,
) -> wsse_bytes {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(message) }?.document().map(wsse_bytes::of))
}

/// The Body in the same document, from the `<` of its start tag to the `>` of its end tag; prefixes
/// in it may be declared on the Envelope. The view is borrowed until the message is freed; `data`
/// is NULL where the policy requires no signature, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_body(
    message: *const wsse_validated_message,
) -> wsse_bytes {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(message) }?.body().map(wsse_bytes::of))
}

/// How many parts the signatures cover that the policy requires. 0 where it requires none, and for
/// NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_signed_count(
    message: *const wsse_validated_message,
) -> usize {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(message) }.map(|message| message.signed().len()))
}

/// Where a part stands that the signatures cover, in the order of their references:
/// `/Envelope/Body`, `/Envelope/Header/{urn:a}To[1]`. `index` counts from 0. The view is borrowed
/// until the message is freed; `data` is NULL for an index that is too large, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_signed_path(
    message: *const wsse_validated_message,
    index: usize,
) -> wsse_str {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { optional(message) }?;
        Some(wsse_str::of(&message.signed().get(index)?.path))
    })
}

/// The certificate of whoever signed what is covered, in DER. The view is borrowed until the message
/// is freed; `data` is NULL where the policy requires no signature, where it was made with a shared
/// secret or with a key that has no certificate, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_certificate(
    message: *const wsse_validated_message,
) -> wsse_bytes {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { optional(message) }?;
        Some(wsse_bytes::of(message.certificate()?.der()))
    })
}

/// How many signers there are whose signatures hold: first the one whose signatures cover everything
/// that the policy requires, which the other functions speak of, then the others in the order of their
/// first signatures. Only for the first one everything was checked that the policy demands. 0 where it
/// requires no signature, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_signer_count(
    message: *const wsse_validated_message,
) -> usize {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(message) }.map(|message| message.signers().len()))
}

/// The certificate of a signer, in DER. `signer` counts from 0. The view is borrowed until the message
/// is freed; `data` is NULL for a shared secret, for a key that has no certificate, for a signer who is
/// not believed, for a number that is too large, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_signer_certificate(
    message: *const wsse_validated_message,
    signer: usize,
) -> wsse_bytes {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { optional(message) }?;
        Some(wsse_bytes::of(message.signers().get(signer)?.certificate()?.der()))
    })
}

/// The name of the key that is held elsewhere, where one checked the signatures of a signer. `signer`
/// counts from 0. The view is borrowed until the message is freed; `data` is NULL for every other
/// signer, for a number that is too large, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_signer_key_name(
    message: *const wsse_validated_message,
    signer: usize,
) -> wsse_str {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { optional(message) }?;
        Some(wsse_str::of(message.signers().get(signer)?.key_name()?))
    })
}

/// How many parts the signatures of a signer cover. `signer` counts from 0. 0 for a number that is too
/// large, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_signer_signed_count(
    message: *const wsse_validated_message,
    signer: usize,
) -> usize {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { optional(message) }?;
        Some(message.signers().get(signer)?.signed().len())
    })
}

/// Where a part stands that the signatures of a signer cover, as
/// wsse_validated_message_signed_path() says it. `signer` and `index` count from 0. The view is borrowed
/// until the message is freed; `data` is NULL for a number that is too large, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_signer_signed_path(
    message: *const wsse_validated_message,
    signer: usize,
    index: usize,
) -> wsse_str {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { optional(message) }?;
        Some(wsse_str::of(&message.signers().get(signer)?.signed().get(index)?.path))
    })
}

/// The message without the Security header that was processed, in original octets: the Envelope,
/// the other header blocks, the Body; in UTF-8, without XML declaration. No signature protects it:
/// that is what the name says. Empty where the policy requires signatures: then there is
/// wsse_validated_message_document(). The view is borrowed until the message is freed; `data` is
/// NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_unsigned_document(
    message: *const wsse_validated_message,
) -> wsse_bytes {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { optional(message) }?;
        Some(wsse_bytes::of(message.unsigned_document()))
    })
}

/// The Body in the same document, from the `<` of its start tag to the `>` of its end tag; prefixes
/// in it may be declared on the Envelope. No signature protects it: that is what the name says. Empty
/// where the policy requires signatures: then there is wsse_validated_message_body(). The view is
/// borrowed until the message is freed; `data` is NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_unsigned_body(
    message: *const wsse_validated_message,
) -> wsse_bytes {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { optional(message) }?;
        Some(wsse_bytes::of(message.unsigned_body()))
    })
}

/// The username of the token. The view is borrowed until the message is freed; `data` is NULL where
/// there was no token, where the policy requires signatures and they do not cover the token (unless
/// it says `username.signed = false`), and for NULL. Whether that user proved to know the password
/// says wsse_validated_message_is_authenticated().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_username(
    message: *const wsse_validated_message,
) -> wsse_str {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { optional(message) }?;
        Some(wsse_str::of_optional(message.username()))
    })
}

/// Whether the user proved to know the password. False without a UsernameToken, for one without
/// Password, which only a policy with `username.password = "optional"` accepts, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_is_authenticated(
    message: *const wsse_validated_message,
) -> bool {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(message) }.map(ValidatedMessage::is_authenticated))
}

/// The version of SOAP. WSSE_SOAP_VERSION_NONE for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_soap_version(
    message: *const wsse_validated_message,
) -> wsse_soap_version {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        match unsafe { optional(message) }?.soap() {
            Soap::V11 => Some(wsse_soap_version::V11),
            Soap::V12 => Some(wsse_soap_version::V12),
        }
    })
}

/// Writes namespace name and local name of the first element in the Body, the operation in most
/// services, to `namespace_out` and `local_name_out`, and returns true. Returns false and writes
/// nothing where the Body is empty or not covered by the signatures that the policy requires, and
/// where one of the three is NULL. The views are borrowed until the message is freed; the namespace
/// is empty, not NULL, where the element is in none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_body_child(
    message: *const wsse_validated_message,
    namespace_out: *mut wsse_str,
    local_name_out: *mut wsse_str,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let (namespace, local_name) = unsafe { optional(message) }?.body_child()?;
        // SAFETY: NULL or room for a view, by the contract.
        let namespace_out = unsafe { optional_output(namespace_out) }?;
        // SAFETY: as above.
        let local_name_out = unsafe { optional_output(local_name_out) }?;
        namespace_out.write(wsse_str::of(namespace));
        local_name_out.write(wsse_str::of(local_name));
        Some(true)
    })
}

/// Writes Created of the Timestamp to `created_out` and returns true. Returns false and writes
/// nothing where there was no Timestamp, and where one of the two is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_timestamp_created(
    message: *const wsse_validated_message,
    created_out: *mut wsse_time,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let timestamp = unsafe { optional(message) }?.timestamp()?;
        // SAFETY: NULL or room for an instant, by the contract.
        unsafe { optional_output(created_out) }?.write(timestamp.created.into());
        Some(true)
    })
}

/// Writes Expires of the Timestamp to `expires_out` and returns true. Returns false and writes
/// nothing where there was no Timestamp or it had no Expires, and where one of the two is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_timestamp_expires(
    message: *const wsse_validated_message,
    expires_out: *mut wsse_time,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let expires = unsafe { optional(message) }?.timestamp()?.expires?;
        // SAFETY: NULL or room for an instant, by the contract.
        unsafe { optional_output(expires_out) }?.write(expires.into());
        Some(true)
    })
}

/// Writes where the Timestamp stood, in octets from the start of the received message (in UTF-8),
/// to `offset_out` and returns true. Returns false and writes nothing where there was none, and
/// where one of the two is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_timestamp_offset(
    message: *const wsse_validated_message,
    offset_out: *mut usize,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let timestamp = unsafe { optional(message) }?.timestamp()?;
        // SAFETY: NULL or room for a number, by the contract.
        unsafe { optional_output(offset_out) }?.write(timestamp.offset);
        Some(true)
    })
}

/// Writes where the UsernameToken stood, in octets from the start of the received message (in
/// UTF-8), to `offset_out` and returns true. Returns false and writes nothing where there was none,
/// and where one of the two is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_username_token_offset(
    message: *const wsse_validated_message,
    offset_out: *mut usize,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let token = unsafe { optional(message) }?.username_token()?;
        // SAFETY: NULL or room for a number, by the contract.
        unsafe { optional_output(offset_out) }?.write(token.offset);
        Some(true)
    })
}

/// What a reply must answer, for wsse_outbound_protect_reply(). The caller owns `exchange_out` and
/// must eventually call wsse_exchange_free(); it may outlive the message.
///
/// Errors: WSSE_RESULT_MISUSE where one of them is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_exchange(
    message: *const wsse_validated_message,
    exchange_out: *mut *mut wsse_exchange,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(exchange_out, "exchange_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let message = unsafe { required(message, "message") }?;
        out.write(into_box(message.exchange().clone()));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Frees a validated message. NULL is fine. Must not be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_free(message: *mut wsse_validated_message) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(message) });
}

impl crate::boundary::Absent for wsse_soap_version {
    const ABSENT: Self = Self::None;
}
