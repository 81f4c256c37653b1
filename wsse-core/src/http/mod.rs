//! The HTTP `X-WSSE` header: the UsernameToken of SOAP, carried by one header of a request.
//!
//! No standard defines the header. It comes from the Atom Authentication text of 2003, which
//! quotes UsernameToken Profile 1.0; services have since varied every detail of it. A [`Dialect`]
//! is one such variation, as a value; [`PRESETS`] names those that are in the field.
//!
//! - [`create`] writes a header's value, [`HeaderCheck`] checks one.
//! - [`HeaderValue`] is the syntax alone.
//! - [`Challenge`] and [`Authorization`] are the two headers that accompany it.
//!
//! The digest covers nonce, Created and password, and nothing of the request: neither method, nor
//! target, nor body. Who can change a request on its way can put another one behind the same
//! header, so the header belongs into TLS.

mod challenge;
mod check;
mod create;
mod created;
mod dialect;
mod lexer;
mod presets;
mod settings;
mod spelling;
#[cfg(test)]
mod tests;
mod value;

pub use challenge::{Authorization, Challenge};
pub use check::{CheckedHeader, HeaderCheck, HeaderCheckBuilder};
pub use create::{CreateOptions, create};
pub use created::{CreatedForm, DateForm};
pub use dialect::{Dialect, DigestText, NonceForm, NonceGenerator, Prefix, Separator};
pub use presets::{PRESETS, Preset};
pub use value::HeaderValue;

/// The longest header value that is read or written, in octets: 8 KiB, as much as common servers
/// take for a whole request line or header.
pub const MAXIMUM_LENGTH: usize = 8 * 1024;
