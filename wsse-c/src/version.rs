//! The version of the header, and of the library that a program runs with.

use core::ffi::c_char;

/// The first number of the version of this header.
pub const WSSE_VERSION_MAJOR: u32 = 0;
/// The second number of the version of this header.
pub const WSSE_VERSION_MINOR: u32 = 1;
/// The third number of the version of this header.
pub const WSSE_VERSION_PATCH: u32 = 0;
/// The version of this header as one number that grows: 0xMMmmpp. Compare it with
/// wsse_version_number(), which is the version of the library at run time.
pub const WSSE_VERSION_NUMBER: u32 =
    (WSSE_VERSION_MAJOR << 16) | (WSSE_VERSION_MINOR << 8) | WSSE_VERSION_PATCH;

/// The version of the library, such as "0.1.0", ended by a NUL. It stays valid for ever. Any
/// thread may call it.
#[unsafe(no_mangle)]
pub extern "C" fn wsse_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The version of the library as one number, made like WSSE_VERSION_NUMBER. Any thread may call
/// it.
#[unsafe(no_mangle)]
pub extern "C" fn wsse_version_number() -> u32 {
    WSSE_VERSION_NUMBER
}
