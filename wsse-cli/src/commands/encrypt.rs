//! `wsse encrypt`: messages, and documents that are none.

use super::signature::read_document;
use super::{clock, message};
use crate::Streams;
use crate::arguments::{Encrypt, NamedFile, TypeName};
use crate::{files, keys};
use wsse_core::policy::{DataKeyTransport, EncryptionPolicy, KeyReference, OutboundPolicy, Step};
use wsse_core::xmlenc::bare::BarePart;
use wsse_core::{Call, Cause, Error, Outbound};

pub(super) fn encrypt(options: &Encrypt, streams: &mut Streams<'_>) -> Result<(), Error> {
    let part = part(options)?;
    let mut policy = match &options.policy {
        Some(source) => message::outbound_policy(source)?,
        None => encrypting_policy(options)?,
    };
    for legacy in &options.legacy {
        policy.legacy = policy.legacy.with(*legacy);
    }
    check_names(options, &policy)?;
    let limit = policy.limits.message;
    let password = keys::password(options.key_password_env.as_deref(), streams)?;
    let mut builder = Outbound::builder(policy).clock(clock(options.at));
    for (index, file) in options.recipients.iter().enumerate() {
        let name = name_of(options, index, file);
        builder = keys::recipient(builder, name, &file.path, password.as_ref())?;
    }
    for file in &options.secrets {
        builder = builder.secret(file.name.clone(), keys::secret(&file.path)?);
    }
    let outbound = builder.build()?;
    let files = &options.files;
    let encrypted = if options.bare {
        let document = read_document(files.input.as_deref(), limit, streams)?;
        outbound.encrypt_bare(&document, &part)?
    } else {
        let envelope = files::read(files.input.as_deref(), limit, "the message", streams)?;
        outbound.protect(&envelope, &Call::default())?.into_bytes()
    };
    files::write(files.output.as_deref(), &encrypted, streams)
}

fn part(options: &Encrypt) -> Result<BarePart, Error> {
    let invalid = |reason: &str| Err(Error::new(Cause::InvalidArgument, reason));
    match options.kind {
        TypeName::Octets if options.id.is_some() => {
            invalid("--id names an element, and --type octets takes the input as it is")
        }
        TypeName::Octets => Ok(BarePart::Octets(options.mime_type.clone())),
        _ if options.mime_type.is_some() => {
            invalid("--mime-type tells what octets are; add --type octets")
        }
        TypeName::Element => Ok(BarePart::Element(options.id.clone())),
        TypeName::Content => Ok(BarePart::Content(options.id.clone())),
    }
}

/// The name of a recipient: his own, or, where there is no policy that could use one, a number.
fn name_of(options: &Encrypt, index: usize, file: &NamedFile) -> String {
    match (file.name.as_str(), &options.policy) {
        ("", None) => format!("recipient-{}", index + 1),
        (name, _) => name.to_owned(),
    }
}

fn encrypting_policy(options: &Encrypt) -> Result<OutboundPolicy, Error> {
    let Encrypt { recipients, secrets, .. } = options;
    let mut encryption = EncryptionPolicy::default();
    match (recipients.as_slice(), secrets.as_slice()) {
        ([], []) => {
            let reason = "say for whom: --recipient CERTIFICATE, or --secret FILE";
            return Err(Error::new(Cause::MissingCredential, reason));
        }
        ([], [secret]) => {
            encryption.transport = DataKeyTransport::Secret;
            encryption.reference = KeyReference::Secret;
            encryption.recipients = vec!["default".to_owned()];
            if !secret.name.is_empty() {
                encryption.reference = KeyReference::KeyName;
                encryption.recipients = vec![secret.name.clone()];
            }
        }
        (all, []) => {
            let names = all.iter().enumerate();
            encryption.recipients =
                names.map(|(index, file)| name_of(options, index, file)).collect();
        }
        _ => {
            let reason = "give recipients, or one secret: without a policy there is one encryption";
            return Err(Error::new(Cause::InvalidArgument, reason));
        }
    }
    if let Some(data) = options.data {
        encryption.data = data;
    }
    if let Some(transport) = options.transport {
        encryption.transport = transport;
    }
    if let Some(reference) = options.reference {
        encryption.reference = reference;
    }
    if !options.parts.is_empty() {
        encryption.parts.clone_from(&options.parts);
    }
    let mut policy = OutboundPolicy::new([Step::Encryption])?;
    policy.encryptions = vec![encryption];
    Ok(policy)
}

/// Refuses names that the policy does not use: nobody would be encrypted for.
fn check_names(options: &Encrypt, policy: &OutboundPolicy) -> Result<(), Error> {
    let used = |name: &String| policy.encryptions.iter().any(|one| one.recipients.contains(name));
    let Encrypt { recipients, secrets, .. } = options;
    for (option, files) in [("recipient", recipients), ("secret", secrets)] {
        let stranger = files.iter().find(|file| !file.name.is_empty() && !used(&file.name));
        if let Some(file) = stranger {
            let reason = format!("--{option} {}=… names no recipient of the policy", file.name);
            return Err(Error::new(Cause::InvalidArgument, reason));
        }
    }
    Ok(())
}
