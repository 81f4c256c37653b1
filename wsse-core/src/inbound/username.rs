//! Whether a UsernameToken proves what it claims.

use super::freshness::Freshness;
use crate::crypto::Hash;
use crate::error::{Cause, Error};
use crate::password::{Passwords, Proof, check_password};
use crate::policy::{InboundPolicy, Presence, TokenRequirement};
use crate::replay::ReplayKey;
use crate::token::{Password, UsernameToken};

/// A UsernameToken that holds.
pub(super) struct CheckedUsernameToken {
    /// Whether it proved to know the password.
    pub(super) authenticated: bool,
    /// What a replay of it is recognised by; None where it carries nothing that could tell.
    pub(super) replay_key: Option<ReplayKey>,
}

/// `is_signers` says that a Signature holds under a key that is derived from its password.
pub(super) fn check(
    token: &UsernameToken,
    policy: &InboundPolicy,
    passwords: Option<&Passwords>,
    freshness: &Freshness<'_>,
    is_signers: bool,
) -> Result<CheckedUsernameToken, Error> {
    check_kind(token, policy, is_signers)?;
    check_parts(token, policy)?;
    if let Some((_, created)) = &token.created {
        freshness.check_created("UsernameToken", *created, token.offset)?;
    }
    let created = token.created.as_ref().map_or("", |(text, _)| text.as_str());
    let nonce = token.nonce.as_deref().unwrap_or_default();
    let (proof, replay_key) = match &token.password {
        Password::None => {
            let authenticated = is_signers;
            return Ok(CheckedUsernameToken { authenticated, replay_key: None });
        }
        Password::Text(secret) => (
            Proof::Text(secret),
            token
                .nonce
                .as_ref()
                .map(|nonce| ReplayKey::of_password_text(&token.username, nonce, created)),
        ),
        Password::Digest(digest) => (
            Proof::Digest { hash: Hash::Sha1, nonce, created: created.as_bytes(), digest },
            Some(ReplayKey::of_password_digest(digest)),
        ),
    };
    let Some(passwords) = passwords else {
        return Err(Error::new(
            Cause::NoKey,
            "the message has a UsernameToken, and no passwords were given to check it",
        )
        .at(token.offset));
    };
    check_password(passwords, &token.username, &proof, policy.username.secret)
        .map_err(|error| error.at(token.offset))?;
    Ok(CheckedUsernameToken { authenticated: true, replay_key })
}

/// The kind of password that the policy wants.
fn check_kind(
    token: &UsernameToken,
    policy: &InboundPolicy,
    is_signers: bool,
) -> Result<(), Error> {
    let missing = |reason: &str| Err(Error::new(Cause::MissingPart, reason).at(token.offset));
    match (&token.password, policy.require.username_token) {
        (Password::None, Some(TokenRequirement::Digest | TokenRequirement::Text)) => {
            missing("the policy requires a Password, which the UsernameToken has not")
        }
        (Password::None, _) if is_signers => Ok(()),
        (Password::None, _) if policy.username.password != Presence::Optional => missing(
            "the UsernameToken has no Password, so it proves nothing; `username.password = \
             \"optional\"` accepts it",
        ),
        (Password::Text(_), Some(TokenRequirement::Digest)) => {
            missing("the policy requires a PasswordDigest; the UsernameToken has a PasswordText")
        }
        (Password::Digest(_), Some(TokenRequirement::Text)) => {
            missing("the policy requires a PasswordText; the UsernameToken has a PasswordDigest")
        }
        _ => Ok(()),
    }
}

/// Nonce and Created, as far as the policy needs them.
fn check_parts(token: &UsernameToken, policy: &InboundPolicy) -> Result<(), Error> {
    let hashed = matches!(token.password, Password::Digest(_));
    for (name, presence, present) in [
        ("Nonce", policy.username.nonce, token.nonce.is_some()),
        ("Created", policy.username.created, token.created.is_some()),
    ] {
        let needed = match presence {
            Presence::Required => hashed,
            Presence::Optional => false,
            Presence::Always => true,
        };
        if needed && !present {
            return Err(Error::new(
                Cause::MissingPart,
                format!("the UsernameToken has no {name}, which the policy requires"),
            )
            .at(token.offset));
        }
    }
    Ok(())
}
