//! The outcome of a validation.

use super::coverage::{Coverage, VerifiedSigner};
use super::encrypted::EncryptedPart;
use super::unsigned::Unsigned;
use crate::crypto::{Certificate, LegacySet};
use crate::exchange::Exchange;
use crate::message::Soap;
use crate::token::{Timestamp, UsernameToken};
use core::ops::Range;

/// A message that was validated. Only [`crate::Inbound`] makes it.
#[derive(Clone, Debug)]
pub struct ValidatedMessage {
    document: Vec<u8>,
    body: Range<usize>,
    spooled: Option<Spooled>,
    signers: Option<Vec<VerifiedSigner>>,
    encrypted: Vec<EncryptedPart>,
    unsigned: Unsigned,
    legacy: LegacySet,
    soap: Soap,
    body_child: Option<(String, String)>,
    username_token: Option<(UsernameToken, bool)>,
    timestamp: Option<Timestamp>,
    exchange: Exchange,
}

/// What was committed to the spool of a message that was read from a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spooled {
    /// Whether it is what the required signatures cover, as [`ValidatedMessage::document`] has it;
    /// else no signature protects it, as [`ValidatedMessage::unsigned_document`] has it.
    pub signed: bool,
    /// Octets of it.
    pub length: u64,
    /// Where the Body stands in it, from the `<` of its start tag to the `>` of its end tag.
    pub body: Range<u64>,
}

/// Everything that the validation of a message established.
pub(super) struct Verdict {
    pub(super) document: Vec<u8>,
    /// Where the Body stands in the document.
    pub(super) body: Range<usize>,
    /// What was written elsewhere, and is not in the document.
    pub(super) spooled: Option<Spooled>,
    /// Who signed what; None where the policy requires no signature.
    pub(super) signers: Option<Vec<VerifiedSigner>>,
    pub(super) encrypted: Vec<EncryptedPart>,
    pub(super) unsigned: Unsigned,
    pub(super) legacy: LegacySet,
    pub(super) exchange: Exchange,
    pub(super) soap: Soap,
    pub(super) body_child: Option<(String, String)>,
    /// The token, and whether its user proved to know the password.
    pub(super) username_token: Option<(UsernameToken, bool)>,
    pub(super) timestamp: Option<Timestamp>,
}

impl Verdict {
    /// The same of a message whose content went into a spool: how many octets, and the place of the
    /// Body in them.
    pub(super) fn spooled(self, length: u64, body: Range<usize>) -> Self {
        let octets = |place| u64::try_from(place).unwrap_or(u64::MAX);
        let body = octets(body.start)..octets(body.end);
        let spooled = Some(Spooled { signed: self.signers.is_some(), length, body });
        Self { spooled, ..self }
    }
}

impl ValidatedMessage {
    /// Called in one place: at the end of a validation in which every check held.
    pub(super) fn assertion(verdict: Verdict) -> Self {
        let Verdict {
            document,
            body,
            spooled,
            signers,
            encrypted,
            unsigned,
            legacy,
            exchange,
            soap,
            body_child,
            username_token,
            timestamp,
        } = verdict;
        Self {
            document,
            body,
            spooled,
            signers,
            encrypted,
            unsigned,
            legacy,
            soap,
            body_child,
            username_token,
            timestamp,
            exchange,
        }
    }

    /// What the required signatures cover, and nothing else: a well-formed message of the Envelope's
    /// start tag, the covered header blocks without the Security header, and the Body, in original
    /// octets; an empty Body where it is not covered. As UTF-8, without XML declaration. What the
    /// Envelope's start tag declares is inherited unsigned.
    ///
    /// None where the policy requires no signature: then there is [`Self::unsigned_document`]. None
    /// also where the message was read from a stream: then it is [`Self::spooled`].
    #[must_use]
    pub fn document(&self) -> Option<&[u8]> {
        let held = self.signers.is_some() && self.spooled.is_none();
        held.then_some(self.document.as_slice())
    }

    /// What was committed to the spool, where the message was read from a stream.
    #[must_use]
    pub fn spooled(&self) -> Option<&Spooled> {
        self.spooled.as_ref()
    }

    /// The Body in [`Self::document`].
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.document()?.get(self.body.clone())
    }

    /// The parts that the required signatures cover, in the order of their references; empty where
    /// the policy requires no signature.
    #[must_use]
    pub fn signed(&self) -> &[Coverage] {
        self.signers().first().map(VerifiedSigner::signed).unwrap_or_default()
    }

    /// Everybody whose Signatures hold, each with what they cover: first whose Signatures cover
    /// everything that the policy requires, which [`Self::document`], [`Self::signed`] and
    /// [`Self::certificate`] speak of; then the others in the order of their first Signatures, who
    /// endorsed it or signed what they liked. Only for the first one everything was checked that the
    /// policy demands. Empty where the policy requires no signature.
    #[must_use]
    pub fn signers(&self) -> &[VerifiedSigner] {
        self.signers.as_deref().unwrap_or_default()
    }

    /// The parts that were encrypted, in the order of the document; they stand in the message in
    /// plaintext now. That something was encrypted says nothing of who did it.
    #[must_use]
    pub fn encrypted(&self) -> &[EncryptedPart] {
        &self.encrypted
    }

    /// What of the message that was validated is not in [`Self::document`], for those who go on
    /// with a tree of their own.
    #[must_use]
    pub fn unsigned(&self) -> &Unsigned {
        &self.unsigned
    }

    /// Which algorithms of Signatures and encryption were accepted only because the policy allows them by name.
    #[must_use]
    pub fn legacy(&self) -> LegacySet {
        self.legacy
    }

    /// The certificate of whoever signed what is covered; none where the signer is not believed,
    /// which only a policy accepts that says so (`require.signer = "any"`, `embedded-key`).
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.signers.as_ref().and_then(|_| self.exchange.certificate())
    }

    /// The message without the Security header that was processed, in original octets: the
    /// Envelope, the other header blocks, the Body. No signature protects it; that is what the
    /// name says. As UTF-8, without XML declaration. Empty where the policy requires signatures:
    /// then there is [`Self::document`].
    #[must_use]
    pub fn unsigned_document(&self) -> &[u8] {
        if self.signers.is_none() { &self.document } else { &[] }
    }

    /// The same, without a copy.
    #[must_use]
    pub fn into_unsigned_document(self) -> Vec<u8> {
        if self.signers.is_none() { self.document } else { Vec::new() }
    }

    /// The Body in [`Self::unsigned_document`], from the `<` of its start tag to the `>` of its end
    /// tag. Prefixes in it may be declared on the Envelope.
    #[must_use]
    pub fn unsigned_body(&self) -> &[u8] {
        self.unsigned_document().get(self.body.clone()).unwrap_or_default()
    }

    /// Namespace name and local name of the first element in the Body; None where it is empty, or
    /// is not covered by the signatures that the policy requires.
    #[must_use]
    pub fn body_child(&self) -> Option<(&str, &str)> {
        self.body_child.as_ref().map(|(namespace, local)| (namespace.as_str(), local.as_str()))
    }

    /// The username of the token, if there was one; None where the policy requires signatures and
    /// they do not cover the token, unless it says `username.signed = false`.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        self.username_token.as_ref().map(|(token, _)| token.username.as_str())
    }

    /// Whether the user proved to know the password. False without a UsernameToken, and for one
    /// without Password, which only a policy with `username.password = "optional"` accepts.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        self.username_token.as_ref().is_some_and(|(_, authenticated)| *authenticated)
    }

    /// The UsernameToken, as [`Self::username`].
    #[must_use]
    pub fn username_token(&self) -> Option<&UsernameToken> {
        self.username_token.as_ref().map(|(token, _)| token)
    }

    /// The Timestamp, if there was one.
    #[must_use]
    pub fn timestamp(&self) -> Option<&Timestamp> {
        self.timestamp.as_ref()
    }

    /// The version of SOAP.
    #[must_use]
    pub fn soap(&self) -> Soap {
        self.soap
    }

    /// What a reply to this message must answer.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }
}
