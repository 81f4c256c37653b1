//! The HTTP `X-WSSE` header and the two headers that accompany it.

mod authorization;
mod challenge;
mod check;
mod create;
mod dialect;
mod header_value;

pub use authorization::*;
pub use challenge::*;
pub use check::*;
pub use create::*;
pub use dialect::*;
pub use header_value::*;

use crate::ffi::optional_output;
use crate::text::wsse_str;

/// Writes name and value of one of several parameters; None, and nothing written, where there is
/// none at `index` or no room.
///
/// # Safety
/// Both outputs are NULL or room for a view.
unsafe fn write_parameter<'p>(
    mut parameters: impl Iterator<Item = (&'p str, &'p str)>,
    index: usize,
    name_out: *mut wsse_str,
    value_out: *mut wsse_str,
) -> Option<bool> {
    let (name, value) = parameters.nth(index)?;
    // SAFETY: as the caller of this function promises.
    let (name_out, value_out) =
        unsafe { (optional_output(name_out)?, optional_output(value_out)?) };
    name_out.write(wsse_str::of(name));
    value_out.write(wsse_str::of(value));
    Some(true)
}
