//! XML Signature 1.1: reading a Signature strictly, checking it, writing one.
//!
//! A [`Signature`] is read from markup that was indexed; its references become targets of one
//! [`Pass`](crate::pass::Pass) over the document; with what that finds, and a key, it is checked.
//! Messages do this in `inbound` and `outbound`, documents that are no messages in [`bare`].

pub mod bare;
mod pss;
mod signature;
mod template;
mod trace;
mod verify;

pub use signature::{Reference, ReferencedPart, Signature, SignedTokens};
pub use template::{ReferenceTemplate, SignatureTemplate, TokenTemplate};
pub use trace::{Step, Trace};
pub use verify::{VerifiedParts, VerifiedReference};
