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
use wsse_core::{
    Call, Cause, Error, Inbound, InboundPolicy, Outbound, OutboundPolicy, ValidatedMessage,
};

/// A policy is a page of text; what is larger is the wrong file.
const POLICY_LIMIT: usize = 1 << 20;

/// What protects a message, beside the policy.
pub(super) struct Protecting<'o> {
    pub(super) users: &'o Users,
    pub(super) keys: Option<&'o OwnKeys>,
    pub(super) at: Option<UnixTime>,
    pub(super) files: &'o Files,
    /// Whether the policy is made of options.
    pub(super) is_own: bool,
}

/// What a message is validated with, beside the policy.
pub(super) struct Validating<'o> {
    pub(super) users: &'o Users,
    pub(super) keys: Option<&'o KnownKeys>,
    pub(super) verdict: &'o Verdict,
    /// Whether the policy is made of options.
    pub(super) is_own: bool,
}

pub(super) fn protect(options: &Protect, streams: &mut Streams<'_>) -> Result<(), Error> {
    let policy = outbound_policy(&options.policy.source)?;
    let Protect { users, keys, at, files, .. } = options;
    let protecting = Protecting { users, keys: Some(keys), at: *at, files, is_own: false };
    protect_by(policy, &protecting, Call::default(), streams)
}

pub(super) fn validate(options: &Validate, streams: &mut Streams<'_>) -> Result<(), Error> {
    let policy = inbound_policy(&options.policy.source)?;
    let Validate { users, keys, verdict, .. } = options;
    let validating = Validating { users, keys: Some(keys), verdict, is_own: false };
    validate_by(policy, &validating, streams)
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
    mut policy: OutboundPolicy,
    protecting: &Protecting<'_>,
    given: Call<'_>,
    streams: &mut Streams<'_>,
) -> Result<(), Error> {
    let Protecting { users, keys, at, files, is_own } = protecting;
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
    let large = files::large(files.input.as_deref()).filter(|_| policy.encryptions.is_empty());
    let limit = policy.limits.message;
    if let Some((_, length)) = &large
        && *is_own
    {
        raise(&mut policy.limits, *length);
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
    if let Some((file, length)) = large {
        let mut out = files::Out::to(files.output.as_deref())?;
        match outbound.protect_reader(file, &call, &mut out) {
            Ok(_) => return out.finish(streams),
            Err(error) if is_for_memory(&error, length, limit) => {}
            Err(error) => return Err(error),
        }
    }
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
    let Validating { users, keys, verdict, is_own } = validating;
    if let Some(keys) = keys {
        allow(&mut policy, &keys.legacy);
        keys.check_names(&policy)?;
    }
    let files = &verdict.files;
    let large = files::large(files.input.as_deref());
    let limit = policy.limits.message;
    if let Some((_, length)) = &large
        && *is_own
    {
        raise(&mut policy.limits, *length);
    }
    let mut builder = Inbound::builder(policy).clock(clock(verdict.at));
    if let Some(users) = users.table(streams)? {
        builder = builder.passwords(users);
    }
    if let Some(keys) = keys {
        builder = keys.give(builder, streams)?;
    }
    let inbound = builder.build()?;
    let written = files.output.is_some() || !verdict.json;
    if let Some((file, length)) = large {
        let mut out = match written {
            true => files::Out::to(files.output.as_deref())?,
            false => files::Out::Discarded,
        };
        match inbound.validate_reader(file, &mut out) {
            Ok(validated) => {
                out.finish(streams)?;
                return told(verdict, &validated, streams);
            }
            Err(error) if is_for_memory(&error, length, limit) => {}
            Err(error) => return Err(error),
        }
    }
    let message = files::read(files.input.as_deref(), limit, "the message", streams)?;
    let validated = inbound.validate(&message)?;
    if written {
        let document = validated.document().unwrap_or_else(|| validated.unsigned_document());
        files::write(files.output.as_deref(), document, streams)?;
    }
    told(verdict, &validated, streams)
}

/// Writes the verdict.
fn told(
    verdict: &Verdict,
    validated: &ValidatedMessage,
    streams: &mut Streams<'_>,
) -> Result<(), Error> {
    match verdict.json {
        true => files::write_output(report::message_as_json(validated).as_bytes(), streams),
        false => Ok(()),
    }
}

/// Whether a large message has to be held in memory after all, and may be.
fn is_for_memory(error: &Error, length: u64, limit: usize) -> bool {
    error.cause() == Cause::NotStreamed
        && usize::try_from(length).is_ok_and(|length| length <= limit)
}

/// A file that is not held in memory may be as long as it is, where no policy says otherwise. What is
/// written into it, and what canonicalization adds, is no part of that.
fn raise(limits: &mut Limits, length: u64) {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    limits.message = limits.message.max(length.saturating_add(limits.header));
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
