//! Every cast between what C holds and what Rust holds.

use core::ffi::{c_char, c_void};
use core::ptr::NonNull;
use core::slice;
use std::sync::Arc;
use wsse_core::{Cause, Error};

/// A type that C knows as an opaque handle.
pub(crate) trait Handle: Sized {
    /// What the handle points to.
    type Inner;
    /// [`OwnershipBox`], [`OwnershipArc`] or [`OwnershipRef`]: which of the functions below there
    /// are for the handle. To free an Arc as a Box does not compile.
    type Ownership;
}

/// The caller owns the object, alone.
pub(crate) struct OwnershipBox;
/// The caller owns one reference of several.
pub(crate) struct OwnershipArc;
/// The caller borrows the object, for as long as the documentation says.
pub(crate) struct OwnershipRef;

/// Says what is behind an opaque type, which is written out itself, for cbindgen. Every object may
/// be used, and freed, by another thread than the one that made it.
macro_rules! handle {
    ($name:ident, $inner:ty, $ownership:ident) => {
        const _: () = {
            const fn shared<T: Send + Sync>() {}
            shared::<$inner>()
        };

        impl $crate::ffi::Handle for $name {
            type Inner = $inner;
            type Ownership = $crate::ffi::$ownership;
        }
    };
}
pub(crate) use handle;

/// Gives an object to the caller, who frees it with [`free_box`].
pub(crate) fn into_box<H>(inner: H::Inner) -> *mut H
where
    H: Handle<Ownership = OwnershipBox>,
{
    Box::into_raw(Box::new(inner)).cast()
}

/// Takes an object back and drops it; does nothing for NULL.
///
/// # Safety
/// `handle` is NULL or came from [`into_box`] and was not freed since.
pub(crate) unsafe fn free_box<H>(handle: *mut H)
where
    H: Handle<Ownership = OwnershipBox>,
{
    if !handle.is_null() {
        // SAFETY: the pointer came from a Box of this type, and this is its only owner.
        drop(unsafe { Box::from_raw(handle.cast::<H::Inner>()) });
    }
}

/// Gives a reference to the caller, who releases it with [`free_arc`].
pub(crate) fn into_arc<H>(inner: Arc<H::Inner>) -> *mut H
where
    H: Handle<Ownership = OwnershipArc>,
{
    Arc::into_raw(inner).cast::<H>().cast_mut()
}

/// Another reference, `None` for NULL. The caller's own stays.
///
/// # Safety
/// `handle` is NULL or came from [`into_arc`] and was not freed since.
pub(crate) unsafe fn clone_arc<H>(handle: *const H) -> Option<Arc<H::Inner>>
where
    H: Handle<Ownership = OwnershipArc>,
{
    if handle.is_null() {
        return None;
    }
    let inner = handle.cast::<H::Inner>();
    // SAFETY: the pointer came from an Arc of this type, which the caller keeps alive.
    unsafe {
        Arc::increment_strong_count(inner);
        Some(Arc::from_raw(inner))
    }
}

/// Takes a reference back and drops it; does nothing for NULL.
///
/// # Safety
/// `handle` is NULL or came from [`into_arc`] and was not freed since.
pub(crate) unsafe fn free_arc<H>(handle: *mut H)
where
    H: Handle<Ownership = OwnershipArc>,
{
    if !handle.is_null() {
        // SAFETY: the pointer came from an Arc of this type, and this reference is the caller's.
        drop(unsafe { Arc::from_raw(handle.cast_const().cast::<H::Inner>()) });
    }
}

/// Lends an object to a callback of the caller.
pub(crate) fn lend<H>(inner: &mut H::Inner) -> *mut H
where
    H: Handle<Ownership = OwnershipRef>,
{
    core::ptr::from_mut(inner).cast()
}

/// The object behind a handle, `None` for NULL.
///
/// # Safety
/// `handle` is NULL or alive for `'a`, and nothing mutates it meanwhile.
pub(crate) unsafe fn optional<'a, H: Handle>(handle: *const H) -> Option<&'a H::Inner>
where
    H::Inner: 'a,
{
    // SAFETY: as the caller of this function promises.
    unsafe { handle.cast::<H::Inner>().as_ref() }
}

/// The object behind a handle that must be there.
///
/// # Safety
/// As [`optional`].
pub(crate) unsafe fn required<'a, H: Handle>(
    handle: *const H,
    name: &str,
) -> Result<&'a H::Inner, Error>
where
    H::Inner: 'a,
{
    // SAFETY: as the caller of this function promises.
    unsafe { optional(handle) }.ok_or_else(|| null(name))
}

/// The same, to change it.
///
/// # Safety
/// `handle` is NULL or alive for `'a`, and nothing else reads or mutates it meanwhile.
pub(crate) unsafe fn mutable<'a, H: Handle>(
    handle: *mut H,
    name: &str,
) -> Result<&'a mut H::Inner, Error>
where
    H::Inner: 'a,
{
    // SAFETY: as the caller of this function promises.
    unsafe { handle.cast::<H::Inner>().as_mut() }.ok_or_else(|| null(name))
}

/// Octets that may be absent: `None` for NULL, whatever the length.
///
/// # Safety
/// `data` is NULL or points to `len` octets that are readable and unchanged for `'a`.
pub(crate) unsafe fn optional_octets<'a>(
    data: *const c_void,
    len: usize,
    name: &str,
) -> Result<Option<&'a [u8]>, Error> {
    if data.is_null() {
        return Ok(None);
    }
    if isize::try_from(len).is_err() {
        return Err(misuse(format!("{name} can't have {len} octets: no object is so long")));
    }
    // SAFETY: not NULL, and no longer than an object may be; the rest as the caller promises.
    Ok(Some(unsafe { slice::from_raw_parts(data.cast(), len) }))
}

/// Octets that must be there.
///
/// # Safety
/// As [`optional_octets`].
pub(crate) unsafe fn octets<'a>(
    data: *const c_void,
    len: usize,
    name: &str,
) -> Result<&'a [u8], Error> {
    // SAFETY: as the caller of this function promises.
    unsafe { optional_octets(data, len, name) }?.ok_or_else(|| null(name))
}

/// Text of the caller that may be absent: `None` for NULL, whatever the length.
///
/// # Safety
/// As [`optional_octets`].
pub(crate) unsafe fn optional_text<'a>(
    data: *const c_char,
    len: usize,
    name: &str,
) -> Result<Option<&'a str>, Error> {
    // SAFETY: as the caller of this function promises.
    let Some(octets) = unsafe { optional_octets(data.cast(), len, name) }? else {
        return Ok(None);
    };
    match core::str::from_utf8(octets) {
        Ok(text) => Ok(Some(text)),
        Err(error) => Err(misuse(format!("{name} is not UTF-8")).at(error.valid_up_to())),
    }
}

/// Text of the caller that must be there.
///
/// # Safety
/// As [`optional_octets`].
pub(crate) unsafe fn text<'a>(
    data: *const c_char,
    len: usize,
    name: &str,
) -> Result<&'a str, Error> {
    // SAFETY: as the caller of this function promises.
    unsafe { optional_text(data, len, name) }?.ok_or_else(|| null(name))
}

/// Text of a peer that must be there. What a peer sends is never Misuse: octets that are no UTF-8
/// are `cause`.
///
/// # Safety
/// As [`optional_octets`].
pub(crate) unsafe fn peer_text<'a>(
    data: *const c_char,
    len: usize,
    name: &str,
    cause: Cause,
) -> Result<&'a str, Error> {
    // SAFETY: as the caller of this function promises.
    let octets = unsafe { octets(data.cast(), len, name) }?;
    core::str::from_utf8(octets)
        .map_err(|error| Error::new(cause, format!("{name} is not UTF-8")).at(error.valid_up_to()))
}

/// Room for one value of the caller's. It is asked for before anything is done, and written to
/// when nothing can fail any more.
///
/// A pointer rather than a reference: nothing goes wrong where a caller gives the same room twice.
pub(crate) struct Output<T>(NonNull<T>);

impl<T> Output<T> {
    pub(crate) fn write(self, value: T) {
        // SAFETY: as the caller of output() or optional_output(), who made this, promised.
        unsafe { self.0.write(value) };
    }
}

/// The room behind an output.
///
/// # Safety
/// `out` is NULL or points to aligned, writable room for a `T` until the [`Output`] is used.
pub(crate) unsafe fn output<T>(out: *mut T, name: &str) -> Result<Output<T>, Error> {
    // SAFETY: as the caller of this function promises.
    unsafe { optional_output(out) }.ok_or_else(|| null(name))
}

/// The room behind an output that may be left out.
///
/// # Safety
/// As [`output`].
pub(crate) unsafe fn optional_output<T>(out: *mut T) -> Option<Output<T>> {
    NonNull::new(out).map(Output)
}

/// An error about an argument.
pub(crate) fn misuse(reason: impl Into<String>) -> Error {
    Error::new(Cause::InvalidArgument, reason)
}

fn null(name: &str) -> Error {
    misuse(format!("{name} is NULL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_absent_or_refused() {
        // SAFETY: NULL is allowed everywhere here.
        unsafe {
            assert_eq!(optional_octets(core::ptr::null(), 7, "nonce"), Ok(None));
            let error = octets(core::ptr::null(), 0, "message").unwrap_err();
            assert_eq!(error.to_string(), "message is NULL");
            assert_eq!(error.cause(), Cause::InvalidArgument);
            assert!(output::<u8>(core::ptr::null_mut(), "message_out").is_err());
        }
    }

    #[test]
    fn lengths_and_encodings_are_checked() {
        let broken = b"ab\xFF";
        // SAFETY: where the length exceeds the object it exceeds every object, and is refused
        // before anything is read.
        unsafe {
            let error = octets(broken.as_ptr().cast(), usize::MAX, "message").unwrap_err();
            assert_eq!(error.cause(), Cause::InvalidArgument);
            let error = text(broken.as_ptr().cast(), 3, "username").unwrap_err();
            assert_eq!(error.to_string(), "username is not UTF-8 (octet 2)");
            let error =
                peer_text(broken.as_ptr().cast(), 3, "value", Cause::HeaderSyntax).unwrap_err();
            assert_eq!(error.cause(), Cause::HeaderSyntax);
        }
    }
}
