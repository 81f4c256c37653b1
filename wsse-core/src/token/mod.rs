//! The tokens of WSS that stand in a Security header: read strictly, written once.

mod binary_security_token;
mod derived_key_token;
mod security_token_reference;
mod signature_confirmation;
mod timestamp;
mod username_token;

pub use binary_security_token::BinarySecurityToken;
pub use derived_key_token::DerivedKeyToken;
pub use security_token_reference::SecurityTokenReference;
pub use signature_confirmation::SignatureConfirmation;
pub use timestamp::{Timestamp, TimestampOptions};
pub use username_token::{
    KeyDerivation, Password, PasswordTypes, ShownPassword, UsernameToken, UsernameTokenOptions,
};

use crate::error::{Cause, Error};
use crate::xml::{Element, NamespaceId};

/// The element, if it is the first of its kind; an error if one was there before.
fn once<'o, 'a>(
    held: &mut Option<Element<'o, 'a>>,
    element: Element<'o, 'a>,
    within: &str,
) -> Result<(), Error> {
    if held.is_some() {
        return Err(Error::new(
            Cause::DuplicateElement,
            format!("{within} has more than one {}", element.name().local),
        )
        .at(element.range().start));
    }
    *held = Some(element);
    Ok(())
}

/// An element that the token may not hold.
fn unexpected(element: Element<'_, '_>, within: &str) -> Error {
    let name = element.name().qualified().to_string();
    Error::new(Cause::UnexpectedContent, format!("{within} may not hold the element {name}"))
        .at(element.range().start)
}

fn wsu_id(element: Element<'_, '_>) -> Option<String> {
    element.attribute(NamespaceId::WSU, "Id").map(std::borrow::Cow::into_owned)
}
