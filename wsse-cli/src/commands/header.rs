//! `wsse header`.

use super::clock;
use crate::Streams;
use crate::arguments::{HeaderChallenge, HeaderCheck, HeaderCreate};
use crate::{files, report};
use wsse_core::crypto::SystemRandom;
use wsse_core::http::{self, Challenge, CreateOptions, Dialect};
use wsse_core::password::PasswordTable;
use wsse_core::{Cause, Error};

pub(super) fn create(options: &HeaderCreate, streams: &mut Streams<'_>) -> Result<(), Error> {
    let (username, password) = options.users.one_with_password(streams)?;
    let dialect = Dialect::preset(&options.dialect)?;
    let parameters: Vec<(&str, &str)> =
        options.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let given = CreateOptions {
        nonce: options.nonce.as_deref().map(str::as_bytes),
        created: options.created.as_deref(),
        parameters: &parameters,
    };
    let clock = clock(options.at);
    let value = http::create(&dialect, &username, &password, &given, &*clock, &SystemRandom)?;
    files::write_output(format!("{value}\n").as_bytes(), streams)
}

pub(super) fn check(options: &HeaderCheck, streams: &mut Streams<'_>) -> Result<(), Error> {
    let users: PasswordTable = options.users.table(streams)?.ok_or_else(|| {
        Error::new(
            Cause::MissingCredential,
            "give the users whose headers are accepted: --username U --password-env VAR",
        )
    })?;
    let mut builder = http::HeaderCheck::builder(users).with_clock(clock(options.at));
    for name in &options.dialects {
        builder = builder.with_dialect(Dialect::preset(name)?);
    }
    if let Some(skew) = options.skew {
        builder = builder.with_skew(skew);
    }
    let check = builder.build()?;
    let value = value(options.value.as_deref(), streams)?;
    let header = check.check(&value)?;
    let text = if options.json {
        report::header_as_json(&header)
    } else {
        format!("{} {}\n", report::printable(header.username()), header.dialect())
    };
    files::write_output(text.as_bytes(), streams)
}

pub(super) fn challenge(options: HeaderChallenge, streams: &mut Streams<'_>) -> Result<(), Error> {
    let text = match options.parse {
        None => Challenge::new(options.realm.unwrap_or_default()).write()? + "\n",
        Some(given) => {
            let value = value(given.as_deref(), streams)?;
            let challenge = Challenge::parse(&value)?.ok_or_else(|| {
                Error::new(
                    Cause::HeaderSyntax,
                    "the value asks for no WSSE: none of its challenges has that scheme",
                )
            })?;
            let named = [("realm", challenge.realm()), ("profile", challenge.profile())];
            named
                .into_iter()
                .filter_map(|(name, value)| value.map(|value| (name, value)))
                .chain(challenge.parameters())
                .map(|(name, value)| format!("{name}={}\n", report::printable(value)))
                .collect()
        }
    };
    files::write_output(text.as_bytes(), streams)
}

/// A header's value from the command line or from standard input, there without the end of its
/// line.
fn value(given: Option<&str>, streams: &mut Streams<'_>) -> Result<String, Error> {
    if let Some(value) = given.filter(|value| *value != "-") {
        return Ok(value.to_owned());
    }
    let end_of_line = 2;
    let octets =
        files::read(None, http::MAXIMUM_LENGTH + end_of_line, "the header's value", streams)?;
    let mut value = String::from_utf8(octets).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        Error::new(Cause::Encoding, "the header's value is not UTF-8").at(place)
    })?;
    if value.ends_with('\n') {
        value.pop();
        if value.ends_with('\r') {
            value.pop();
        }
    }
    Ok(value)
}
