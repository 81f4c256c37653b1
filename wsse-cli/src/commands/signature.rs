//! `wsse sign` and `wsse verify`: policies made of options, and documents that are no messages.

use super::clock;
use super::message::{self, Protecting, Validating};
use crate::Streams;
use crate::arguments::{FormName, OwnKeys, Sign, Verify};
use crate::{files, report};
use wsse_core::policy::{
    InboundPolicy, KeyReference, OutboundPolicy, Part, Require, SignaturePolicy, Step, WhichPart,
};
use wsse_core::xml::{Limits, to_utf8};
use wsse_core::xmldsig::bare::Form;
use wsse_core::{Call, Cause, Error, Inbound, Outbound};

pub(super) fn sign(options: &Sign, streams: &mut Streams<'_>) -> Result<(), Error> {
    let policy = match &options.policy {
        Some(source) => message::outbound_policy(source)?,
        None => signing_policy(options)?,
    };
    if !options.bare {
        let protecting = Protecting {
            users: &options.users,
            keys: Some(&options.keys),
            at: options.at,
            files: &options.files,
            is_own: options.policy.is_none(),
        };
        return message::protect_by(policy, &protecting, Call::default(), streams);
    }
    let form = form(options)?;
    options.keys.check_names(&policy)?;
    let builder = Outbound::builder(policy).clock(clock(options.at));
    let outbound = options.keys.give(builder, streams)?.build()?;
    let files = &options.files;
    let limit = Limits::default().message;
    let document = read_document(files.input.as_deref(), limit, streams)?;
    let signed = outbound.sign_bare(&document, &form)?;
    files::write(files.output.as_deref(), &signed, streams)
}

pub(super) fn verify(options: &Verify, streams: &mut Streams<'_>) -> Result<(), Error> {
    let policy = match &options.policy {
        Some(source) => message::inbound_policy(source)?,
        None => verifying_policy(options)?,
    };
    if options.bare {
        return verify_document(options, policy, streams);
    }
    let Verify { users, keys, verdict, .. } = options;
    let is_own = options.policy.is_none();
    let validating = Validating { users, keys: Some(keys), verdict, is_own };
    message::validate_by(policy, &validating, streams)
}

fn verify_document(
    options: &Verify,
    mut policy: InboundPolicy,
    streams: &mut Streams<'_>,
) -> Result<(), Error> {
    let verdict = &options.verdict;
    message::allow(&mut policy, &options.keys.legacy);
    options.keys.check_names(&policy)?;
    let limits = policy.limits.clone();
    let builder = Inbound::builder(policy).clock(clock(verdict.at));
    let inbound = options.keys.give(builder, streams)?.build()?;
    let files = &verdict.files;
    let document = read_document(files.input.as_deref(), limits.message, streams)?;
    let verified = inbound.verify_bare(&document, &mut ())?;
    let object = if verdict.json {
        let source = to_utf8(&document, None)?;
        Some(report::document_as_json(&verified, &source, &limits)?)
    } else {
        None
    };
    if files.output.is_some() || object.is_none() {
        files::write(files.output.as_deref(), &document, streams)?;
    }
    match object {
        Some(object) => files::write_output(object.as_bytes(), streams),
        None => Ok(()),
    }
}

fn signing_policy(options: &Sign) -> Result<OutboundPolicy, Error> {
    let OwnKeys { keys, stores, secrets, .. } = &options.keys;
    if keys.is_empty() && stores.is_empty() && secrets.is_empty() {
        let reason =
            "give what signs: --key FILE with --cert FILE, --pkcs12 FILE, or --secret FILE";
        return Err(Error::new(Cause::MissingCredential, reason));
    }
    if !secrets.is_empty() && !options.keys.are_secrets() {
        let reason = "give a key or a secret: without a policy there is one Signature";
        return Err(Error::new(Cause::InvalidArgument, reason));
    }
    let mut policy = OutboundPolicy::new([Step::Signature])?;
    let mut signature = SignaturePolicy::default();
    // A name means nothing where there is no policy, so whatever was given is meant.
    if let Some(file) = keys.iter().chain(stores).chain(secrets).next() {
        signature.key.clone_from(&file.name);
    }
    signature.method = options.method;
    if options.keys.are_secrets() {
        signature.reference = KeyReference::Secret;
    }
    if let Some(reference) = options.reference {
        signature.reference = reference;
    }
    if let Some(digest) = options.digest {
        signature.digest = digest;
    }
    if !options.parts.is_empty() {
        signature.parts.clone_from(&options.parts);
    }
    policy.signatures = vec![signature];
    Ok(policy)
}

fn verifying_policy(options: &Verify) -> Result<InboundPolicy, Error> {
    let mut require = Require::default();
    if options.bare {
        // A policy must demand something; what it demands of messages is not asked of a document.
        require.timestamp = true;
    } else {
        require.signed =
            vec![Part::required(WhichPart::Body), Part::if_present(WhichPart::Timestamp)];
    }
    let mut policy = InboundPolicy::new(require)?;
    // Whatever was given is meant, and its name is a KeyName.
    let given = options.keys.certificates.iter().filter(|file| !file.name.is_empty());
    policy.trust.certificates.extend(given.map(|file| file.name.clone()));
    Ok(policy)
}

fn form(options: &Sign) -> Result<Form, Error> {
    match options.form {
        FormName::Detached => Ok(Form::Detached(options.ids.clone())),
        _ if !options.ids.is_empty() => Err(Error::new(
            Cause::InvalidArgument,
            "--id names what a detached Signature signs; add --form detached",
        )),
        FormName::Enveloped => Ok(Form::Enveloped),
        FormName::Enveloping => Ok(Form::Enveloping),
    }
}

pub(super) fn read_document(
    path: Option<&std::path::Path>,
    limit: usize,
    streams: &mut Streams<'_>,
) -> Result<Vec<u8>, Error> {
    let document = files::read(path, limit, "the document", streams)?;
    if document.len() > limit {
        let reason = format!("the document has more than {limit} octets");
        return Err(Error::new(Cause::MessageSize, reason));
    }
    Ok(document)
}
