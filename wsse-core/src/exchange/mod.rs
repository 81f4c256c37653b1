//! What ties a reply to its request.

/// What the reply to a protected message must answer, and what is needed to answer a validated
/// one: it goes from [`crate::Outbound::protect`] to [`crate::Inbound::validate_reply`], and from
/// [`crate::Inbound::validate`] to [`crate::Outbound::protect_reply`].
///
/// Tokens alone ask nothing of a reply; signatures and keys will.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    _private: (),
}
