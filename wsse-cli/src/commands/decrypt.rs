//! `wsse decrypt`.

use super::signature::read_document;
use super::{clock, message};
use crate::Streams;
use crate::arguments::Decrypt;
use crate::{files, report};
use wsse_core::policy::{InboundPolicy, Part, Require, WhichPart};
use wsse_core::{Cause, Error, Inbound};

pub(super) fn decrypt(options: &Decrypt, streams: &mut Streams<'_>) -> Result<(), Error> {
    let Decrypt { keys, verdict, .. } = options;
    if keys.keys.is_empty() && keys.secrets.is_empty() {
        let reason = "give what decrypts: --key FILE, or --secret FILE";
        return Err(Error::new(Cause::MissingCredential, reason));
    }
    let mut policy = match &options.policy {
        Some(source) => message::inbound_policy(source)?,
        None => decrypting_policy()?,
    };
    message::allow(&mut policy, &keys.legacy);
    // Nobody is believed here: names are those by which a KeyName means a key.
    let limits = policy.limits.clone();
    let builder = Inbound::builder(policy).clock(clock(verdict.at));
    let inbound = keys.give(builder, streams)?.build()?;
    let files = &verdict.files;
    let (octets, object) = if options.bare {
        let document = read_document(files.input.as_deref(), limits.message, streams)?;
        let decrypted = inbound.decrypt_bare(&document)?;
        let object = report::decrypted_document_as_json(&decrypted, &limits)?;
        (decrypted.into_octets(), object)
    } else {
        let message = files::read(files.input.as_deref(), limits.message, "the message", streams)?;
        let decrypted = inbound.decrypt(&message)?;
        let object = report::decrypted_as_json(&decrypted);
        (decrypted.into_octets(), object)
    };
    if files.output.is_some() || !verdict.json {
        files::write(files.output.as_deref(), &octets, streams)?;
    }
    if verdict.json {
        files::write_output(object.as_bytes(), streams)?;
    }
    Ok(())
}

/// A policy must demand something; what it demands is not asked where nothing is judged.
fn decrypting_policy() -> Result<InboundPolicy, Error> {
    let mut require = Require::default();
    require.encrypted = vec![Part::content_of(WhichPart::Body)];
    InboundPolicy::new(require)
}
