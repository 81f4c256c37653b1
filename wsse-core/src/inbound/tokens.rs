//! What stands in a Security header.

use crate::crypto::LegacySet;
use crate::error::{Cause, Error};
use crate::message::SecurityHeader;
use crate::policy::{InboundPolicy, OtherTokens, Part, Require, WhichPart};
use crate::token::{
    BinarySecurityToken, DerivedKeyToken, SignatureConfirmation, Timestamp, UsernameToken,
};
use crate::xml::{Element, NamespaceId};
use crate::xmldsig::Signature;

/// The tokens and Signatures of a Security header; nothing is proven yet.
#[derive(Default)]
pub(super) struct Tokens<'o, 'a> {
    pub(super) username_token: Option<UsernameToken>,
    pub(super) timestamp: Option<Timestamp>,
    pub(super) binary_security_tokens: Vec<BinarySecurityToken>,
    pub(super) derived: Vec<DerivedKeyToken>,
    pub(super) signatures: Vec<Signature<'o, 'a>>,
    pub(super) confirmations: Vec<SignatureConfirmation>,
}

/// Of each kind at most, in one header.
const MOST_SIGNATURES: usize = 8;
const MOST_TOKENS: usize = 16;

impl<'o, 'a> Tokens<'o, 'a> {
    /// Tokens are indexed whatever their order: peers put the user of a token before the token.
    pub(super) fn read(
        security: &'o SecurityHeader<'a>,
        policy: &InboundPolicy,
        has_passwords: bool,
    ) -> Result<Self, Error> {
        let lenient = policy.other_tokens == OtherTokens::Ignore;
        // Where nothing is asked of a Timestamp, one that can't be read is another token.
        let is_timestamp = |part: &Part| part.which == WhichPart::Timestamp;
        let signed = &policy.require.signed;
        let no_age = lenient && !policy.require.timestamp && !signed.iter().any(is_timestamp);
        let no_users = !has_passwords && policy.require.username_token.is_none();
        let root = security.outline.root();
        root.check_no_text()?;
        let mut tokens = Self::default();
        for child in root.children() {
            let name = child.name();
            match (name.namespace, name.local) {
                (NamespaceId::WSU, "Timestamp") => {
                    let timestamp = match Timestamp::parse(child) {
                        Ok(timestamp) => timestamp,
                        Err(_) if no_age => continue,
                        Err(error) => return Err(error),
                    };
                    if tokens.timestamp.replace(timestamp).is_some() && !no_age {
                        return Err(twice(child));
                    }
                }
                (NamespaceId::WSSE, "UsernameToken") if lenient && no_users => {}
                (NamespaceId::WSSE, "UsernameToken") => {
                    let token = UsernameToken::parse(child, policy.username.types)?;
                    if tokens.username_token.replace(token).is_some() {
                        return Err(twice(child));
                    }
                }
                (NamespaceId::WSSE, "BinarySecurityToken") => {
                    check_count(tokens.binary_security_tokens.len(), MOST_TOKENS, child)?;
                    match BinarySecurityToken::parse(child) {
                        Ok(token) => tokens.binary_security_tokens.push(token),
                        // A Signature that needs it finds no such token.
                        Err(_) if lenient => {}
                        Err(error) => return Err(error),
                    }
                }
                (NamespaceId::WSSE11, "SignatureConfirmation") => {
                    check_count(tokens.confirmations.len(), MOST_SIGNATURES, child)?;
                    tokens.confirmations.push(SignatureConfirmation::parse(child)?);
                }
                (NamespaceId::DS, "Signature") => {
                    check_count(tokens.signatures.len(), MOST_SIGNATURES, child)?;
                    tokens.signatures.push(Signature::parse(child, policy.legacy)?);
                }
                _ if DerivedKeyToken::is(child) => {
                    check_count(tokens.derived.len(), MOST_TOKENS, child)?;
                    tokens.derived.push(DerivedKeyToken::parse(child)?);
                }
                // Its user parses it where it stands.
                (NamespaceId::WSSE, "SecurityTokenReference") => {}
                // What is encrypted is read beside the tokens.
                (NamespaceId::XENC | NamespaceId::XENC11, _) => {}
                _ if lenient => {}
                _ => {
                    return Err(Error::new(
                        Cause::UnsupportedToken,
                        format!("{} in the Security header is not understood", name.qualified()),
                    )
                    .at(child.range().start));
                }
            }
        }
        Ok(tokens)
    }
}

impl Tokens<'_, '_> {
    /// Refuses a message that lacks a token which the policy requires.
    pub(super) fn check_presence(&self, require: &Require) -> Result<(), Error> {
        let missing = |what: &str| {
            let reason = format!("the policy requires {what}, which is absent");
            Err(Error::new(Cause::MissingPart, reason))
        };
        match &self.timestamp {
            None if require.timestamp => return missing("a Timestamp"),
            Some(timestamp) if require.expires && timestamp.expires.is_none() => {
                return missing("a Timestamp with Expires");
            }
            _ => {}
        }
        if self.username_token.is_none() && require.username_token.is_some() {
            return missing("a UsernameToken");
        }
        Ok(())
    }

    /// The SignatureValues, which a reply may confirm.
    pub(super) fn signature_values(&self) -> Vec<Vec<u8>> {
        self.signatures.iter().map(|signature| signature.value.clone()).collect()
    }

    /// What the Signatures need to be allowed by name.
    pub(super) fn legacy(&self) -> LegacySet {
        let of = |signature: &Signature<'_, '_>| {
            let digests =
                signature.references.iter().filter_map(|reference| reference.method.legacy());
            signature.method.legacy().iter().chain(digests).collect::<Vec<_>>()
        };
        self.signatures.iter().flat_map(of).collect()
    }
}

fn check_count(count: usize, most: usize, child: Element<'_, '_>) -> Result<(), Error> {
    if count < most {
        return Ok(());
    }
    let local = child.name().local;
    let reason = format!("the Security header holds more than {most} elements {local}");
    Err(Error::new(Cause::ReferenceCount, reason).at(child.range().start))
}

/// Never authenticate silently as the first of two.
fn twice(element: Element<'_, '_>) -> Error {
    let local = element.name().local;
    Error::new(Cause::DuplicateElement, format!("the Security header holds more than one {local}"))
        .at(element.range().start)
}
