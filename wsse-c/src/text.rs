//! Text and octets as C sees them.

use crate::boundary::{nothing, value};
use crate::ffi::{free_box, handle, optional};
use core::ffi::{CStr, c_char};
use core::ptr;

/// A view of text in UTF-8 that the library owns. How long it stays valid is said where it is
/// returned; copy what must live longer.
///
/// There is no NUL behind it unless the function that returns it says so. Absent text is a view
/// whose `data` is NULL; empty text has a `data` that is not.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wsse_str {
    /// The first octet.
    pub data: *const c_char,
    /// The number of octets.
    pub len: usize,
}

/// A view of octets that the library owns. How long it stays valid is said where it is returned;
/// copy what must live longer.
///
/// Absent octets are a view whose `data` is NULL.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wsse_bytes {
    /// The first octet.
    pub data: *const u8,
    /// The number of octets.
    pub len: usize,
}

/// Text in UTF-8 that a function made. Immutable; any number of threads may read it.
///
/// Methods: wsse_string_view, wsse_string_c_str, wsse_string_free.
pub struct wsse_string {
    _private: [u8; 0],
}

handle!(wsse_string, Terminated, OwnershipBox);

/// The text. The view is followed by a NUL and borrowed until the string is freed; `data` is NULL
/// for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_string_view(string: *const wsse_string) -> wsse_str {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(string) }.map(Terminated::view))
}

/// The text, ended by a NUL, as most C functions want it. Borrowed until the string is freed. NULL
/// for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_string_c_str(string: *const wsse_string) -> *const c_char {
    // SAFETY: NULL or a live handle, by the contract.
    value(|| unsafe { optional(string) }.map(|string| string.view().data))
}

/// Frees a string. NULL is fine. Must not be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_string_free(string: *mut wsse_string) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(string) });
}

impl wsse_str {
    /// Absent text.
    pub(crate) const NULL: Self = Self { data: ptr::null(), len: 0 };

    /// A view of `text`, which the caller of the library must be told to keep alive.
    pub(crate) fn of(text: &str) -> Self {
        Self { data: text.as_ptr().cast(), len: text.len() }
    }

    pub(crate) fn of_optional(text: Option<&str>) -> Self {
        text.map_or(Self::NULL, Self::of)
    }

    /// A view of text that lives for ever, followed by a NUL.
    pub(crate) fn of_static(text: &'static CStr) -> Self {
        Self { data: text.as_ptr(), len: text.count_bytes() }
    }
}

impl wsse_bytes {
    /// A view of `octets`, which the caller of the library must be told to keep alive.
    pub(crate) fn of(octets: &[u8]) -> Self {
        Self { data: octets.as_ptr(), len: octets.len() }
    }

    pub(crate) fn of_optional(octets: Option<&[u8]>) -> Self {
        octets.map_or(<Self as crate::boundary::Absent>::ABSENT, Self::of)
    }
}

impl crate::boundary::Absent for wsse_bytes {
    const ABSENT: Self = Self { data: ptr::null(), len: 0 };
}

/// Text with a NUL behind it.
pub(crate) struct Terminated(Box<str>);

impl Terminated {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let mut text: String = text.into();
        text.push('\0');
        Self(text.into_boxed_str())
    }

    /// The text without its NUL, which is there nevertheless.
    pub(crate) fn view(&self) -> wsse_str {
        wsse_str { data: self.0.as_ptr().cast(), len: self.0.len().saturating_sub(1) }
    }
}
