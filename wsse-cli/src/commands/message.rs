//! `wsse protect` and `wsse validate`, and what the commands of tokens and signatures share with
//! them.

use super::clock;
use crate::Streams;
use crate::arguments::{Files, KnownKeys, OwnKeys, PolicySource, Protect, Validate, Verdict};
use crate::credentials::Users;
use crate::{files, report};
use std::path::Path;
use wsse_core::crypto::Legacy;
use wsse_core::policy::Step;
use wsse_core::time::UnixTime;
use wsse_core::xml::Limits;
use wsse_core::{Call, Cause, Error, Inbound, InboundPolicy, Outbound, OutboundPolicy};

/// A policy is a page of text; what is larger is the wrong file.
const POLICY_LIMIT: usize = 1 << 20;

/// What protects a message, beside the policy.
pub(super) struct Protecting<'o> {
    pub(super) users: &'o Users,
    pub(super) keys: Option<&'o OwnKeys>,
    pub(super) at: Option<UnixTime>,
    pub(super) files: &'o Files,
}

/// What a message is validated with, beside the policy.
pub(super) struct Validating<'o> {
    pub(super) users: &'o Users,
    pub(super) keys: Option<&'o KnownKeys>,
    pub(super) verdict: &'o Verdict,
}

pub(super) fn protect(options: &Protect, streams: &mut Streams<'_>) -> Result<(), Error> {
    let policy = outbound_policy(&options.policy.source)?;
    let Protect { users, keys, at, files, .. } = options;
    let protecting = Protecting { users, keys: Some(keys), at: *at, files };
    protect_by(policy, &protecting, Call::default(), streams)
}

pub(super) fn validate(options: &Validate, streams: &mut Streams<'_>) -> Result<(), Error> {
    options.later.refuse()?;
    let policy = inbound_policy(&options.policy.source)?;
    let Validate { users, keys, verdict, .. } = options;
    validate_by(policy, &Validating { users, keys: Some(keys), verdict }, streams)
}

pub(super) fn outbound_policy(source: &PolicySource) -> Result<OutboundPolicy, Error> {
    match source {
        PolicySource::Preset(name) => OutboundPolicy::preset(name),
        PolicySource::File(path) => read_policy(path, OutboundPolicy::from_toml),
    }
}

pub(super) fn inbound_policy(source: &PolicySource) -> Result<InboundPolicy, Error> {
    match source {
        PolicySource::Preset(name) => InboundPolicy::preset(name),
        PolicySource::File(path) => read_policy(path, InboundPolicy::from_toml),
    }
}

/// Adds what `--legacy` allows.
pub(super) fn allow(policy: &mut InboundPolicy, legacy: &[Legacy]) {
    for legacy in legacy {
        policy.legacy = policy.legacy.with(*legacy);
    }
}

/// Protects IN by a policy and writes OUT.
pub(super) fn protect_by(
    policy: OutboundPolicy,
    protecting: &Protecting<'_>,
    given: Call<'_>,
    streams: &mut Streams<'_>,
) -> Result<(), Error> {
    let Protecting { users, keys, at, files } = protecting;
    let user = users.one(streams)?;
    if user.is_some() && !policy.order.contains(&Step::UsernameToken) {
        return Err(Error::new(
            Cause::InvalidArgument,
            "a user is given, but the policy writes no UsernameToken",
        ));
    }
    if let Some(keys) = keys {
        keys.check_names(&policy)?;
    }
    let mut builder = Outbound::builder(policy).clock(clock(*at));
    if let Some(keys) = keys {
        builder = keys.give(builder, streams)?;
    }
    let outbound = builder.build()?;
    let mut call = given;
    if let Some((username, password)) = &user {
        call.username = Some(username);
        call.password = password.as_ref();
    }
    let limit = Limits::default().message;
    let envelope = files::read(files.input.as_deref(), limit, "the message", streams)?;
    let protected = outbound.protect(&envelope, &call)?;
    files::write(files.output.as_deref(), protected.bytes(), streams)
}

/// Validates IN by a policy, and writes OUT and the verdict.
pub(super) fn validate_by(
    mut policy: InboundPolicy,
    validating: &Validating<'_>,
    streams: &mut Streams<'_>,
) -> Result<(), Error> {
    let Validating { users, keys, verdict } = validating;
    if let Some(keys) = keys {
        allow(&mut policy, &keys.legacy);
        keys.check_names(&policy)?;
    }
    let limit = policy.limits.message;
    let mut builder = Inbound::builder(policy).clock(clock(verdict.at));
    if let Some(users) = users.table(streams)? {
        builder = builder.passwords(users);
    }
    if let Some(keys) = keys {
        builder = keys.give(builder, streams)?;
    }
    let inbound = builder.build()?;
    let files = &verdict.files;
    let message = files::read(files.input.as_deref(), limit, "the message", streams)?;
    let validated = inbound.validate(&message)?;
    if files.output.is_some() || !verdict.json {
        let document = validated.document().unwrap_or_else(|| validated.unsigned_document());
        files::write(files.output.as_deref(), document, streams)?;
    }
    if verdict.json {
        files::write_output(report::message_as_json(&validated).as_bytes(), streams)?;
    }
    Ok(())
}

fn read_policy<P>(path: &Path, from_toml: fn(&str) -> Result<P, Error>) -> Result<P, Error> {
    let invalid = |reason: &str| {
        Error::new(Cause::InvalidPolicy, format!("the policy {}: {reason}", path.display()))
    };
    let octets = files::read_file(path, POLICY_LIMIT, "the policy")?;
    if octets.len() > POLICY_LIMIT {
        return Err(invalid("it is larger than 1 MiB, so it is hardly the right file"));
    }
    let source = core::str::from_utf8(&octets)
        .map_err(|error| invalid("it is not UTF-8").at(error.valid_up_to()).locate(&octets))?;
    from_toml(source).map_err(|error| {
        let named = Error::new(error.cause(), format!("{}: {}", path.display(), error.reason()));
        match error.position() {
            Some(position) => named.at(position.offset).locate(&octets),
            None => named,
        }
    })
}
