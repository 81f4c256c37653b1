//! `wsse token`: policies made of options.

use super::message::{self, Protecting, Validating};
use crate::Streams;
use crate::arguments::{OptionalPart, TokenCheck, TokenCreate};
use wsse_core::policy::{
    InboundPolicy, OutboundPolicy, PasswordForm, Presence, Require, Step, TokenRequirement,
};
use wsse_core::token::PasswordTypes;
use wsse_core::{Call, Cause, Error};

pub(super) fn create(options: &TokenCreate, streams: &mut Streams<'_>) -> Result<(), Error> {
    let order =
        if options.no_timestamp { vec![Step::UsernameToken] } else { options.order.clone() };
    if !order.contains(&Step::UsernameToken) {
        return Err(Error::new(
            Cause::InvalidArgument,
            "`token create` writes a UsernameToken, so --order must name username-token; for a \
             Timestamp alone there is `wsse protect --policy preset:timestamp`",
        ));
    }
    let mut policy = OutboundPolicy::new(order)?;
    policy.header.actor = options.actor.clone().unwrap_or_default();
    policy.header.must_understand = !options.no_must_understand;
    policy.timestamp.ttl = options.ttl;
    policy.timestamp.zone = options.zone;
    let token = &mut policy.username_token;
    token.password = options.password_type;
    token.secret = options.secret_form;
    token.nonce = !options.no_nonce;
    token.created = !options.no_created;
    token.id = !options.no_id;
    token.zone = options.zone;
    if let Some(milliseconds) = options.milliseconds {
        token.milliseconds = milliseconds;
        policy.timestamp.milliseconds = milliseconds;
    }
    let mut given = Call::default();
    given.nonce = match (&options.nonce, &options.nonce_base64) {
        (Some(text), _) => Some(text.as_bytes()),
        (None, Some(octets)) => Some(&octets.0),
        (None, None) => None,
    };
    given.created = options.created.as_deref();
    let protecting = Protecting {
        users: &options.users,
        keys: None,
        at: options.at,
        files: &options.files,
        is_own: true,
    };
    message::protect_by(policy, &protecting, given, streams)
}

pub(super) fn check(options: &TokenCheck, streams: &mut Streams<'_>) -> Result<(), Error> {
    let mut require = Require::default();
    require.username_token = Some(match options.password_type {
        Some(PasswordForm::Digest) => TokenRequirement::Digest,
        Some(PasswordForm::Text) => TokenRequirement::Text,
        _ => TokenRequirement::Any,
    });
    require.timestamp = options.require_timestamp || options.require_expires;
    require.expires = options.require_expires;
    let mut policy = InboundPolicy::new(require)?;
    policy.actor = options.actor.clone().unwrap_or_default();
    policy.clock.ttl = options.ttl;
    policy.clock.skew = options.skew;
    policy.clock.future = options.skew;
    let username = &mut policy.username;
    username.secret = options.secret_form;
    if options.password_type == Some(PasswordForm::None) {
        username.password = Presence::Optional;
    }
    if options.lenient_types {
        username.types = PasswordTypes::Lenient;
    }
    for part in &options.optional {
        match part {
            OptionalPart::Nonce => username.nonce = Presence::Optional,
            OptionalPart::Created => username.created = Presence::Optional,
        }
    }
    let validating =
        Validating { users: &options.users, keys: None, verdict: &options.verdict, is_own: true };
    message::validate_by(policy, &validating, streams)
}
