//! The knobs of a dialect and their values, as words.

use crate::ffi::misuse;
use crate::password::secret_form;
use wsse_core::Error;
use wsse_core::crypto::Hash;
use wsse_core::http::{
    CreatedForm, DateForm, Dialect, DigestText, NonceForm, NonceGenerator, Prefix, Separator,
};
use wsse_core::time::{DateTimeForm, Zone};

const KNOBS: [&str; 13] = [
    "nonce-form",
    "nonce-generator",
    "hash",
    "digest-text",
    "created-form",
    "created-zone",
    "created-milliseconds",
    "accepted-created",
    "secret",
    "prefix",
    "separator",
    "ttl",
    "future-tolerance",
];
const NONCE_FORMS: [(&str, NonceForm); 4] = [
    ("text", NonceForm::Text),
    ("base64", NonceForm::Base64),
    ("hex", NonceForm::Hex),
    ("text-read-as-base64", NonceForm::TextReadAsBase64),
];
const HASHES: [(&str, Hash); 4] = [
    ("sha1", Hash::Sha1),
    ("sha256", Hash::Sha256),
    ("sha384", Hash::Sha384),
    ("sha512", Hash::Sha512),
];
const DIGEST_TEXTS: [(&str, DigestText); 2] =
    [("octets", DigestText::Octets), ("hex", DigestText::Hex)];
const DATE_FORMS: [(&str, DateForm); 4] = [
    ("date-time", DateForm::DateTime),
    ("epoch-seconds", DateForm::EpochSeconds),
    ("rfc2822", DateForm::Rfc2822),
    ("gmt-text", DateForm::GmtText),
];
const ZONES: [(&str, Zone); 3] =
    [("Z", Zone::Zulu), ("+00:00", Zone::Offset), ("+0000", Zone::OffsetWithoutColon)];
const PREFIXES: [(&str, Prefix); 3] =
    [("required", Prefix::Required), ("optional", Prefix::Optional), ("omitted", Prefix::Omitted)];
const SEPARATORS: [(&str, Separator); 2] = [(", ", Separator::CommaSpace), (",", Separator::Comma)];
const BOOLEANS: [(&str, bool); 2] = [("true", true), ("false", false)];

/// The dialect with one knob turned.
pub(super) fn turn(dialect: Dialect, knob: &str, value: &str) -> Result<Dialect, Error> {
    Ok(match knob {
        "nonce-form" => dialect.with_nonce_form(choice(knob, value, &NONCE_FORMS)?),
        "nonce-generator" => dialect.with_nonce_generator(nonce_generator(value)?),
        "hash" => dialect.with_hash(choice(knob, value, &HASHES)?),
        "digest-text" => dialect.with_digest_text(choice(knob, value, &DIGEST_TEXTS)?),
        "created-form" => {
            let form = match choice(knob, value, &DATE_FORMS)? {
                DateForm::EpochSeconds => CreatedForm::EpochSeconds,
                DateForm::Rfc2822 => CreatedForm::Rfc2822,
                DateForm::GmtText => CreatedForm::GmtText,
                _ => CreatedForm::DateTime(date_time(&dialect).unwrap_or_default()),
            };
            dialect.with_created_form(form)
        }
        "created-zone" => {
            let zone = choice(knob, value, &ZONES)?;
            let form = date_time(&dialect).ok_or_else(|| no_date_time(knob))?;
            dialect.with_created_form(CreatedForm::DateTime(DateTimeForm { zone, ..form }))
        }
        "created-milliseconds" => {
            let milliseconds = choice(knob, value, &BOOLEANS)?;
            let form = date_time(&dialect).ok_or_else(|| no_date_time(knob))?;
            dialect.with_created_form(CreatedForm::DateTime(DateTimeForm { milliseconds, ..form }))
        }
        "accepted-created" => {
            let forms: Vec<DateForm> = value
                .split(',')
                .map(|word| choice(knob, word.trim(), &DATE_FORMS))
                .collect::<Result<_, _>>()?;
            dialect.with_accepted_created(&forms)
        }
        "secret" => dialect.with_secret_form(secret_form(value)?),
        "prefix" => dialect.with_prefix(choice(knob, value, &PREFIXES)?),
        "separator" => dialect.with_separator(choice(knob, value, &SEPARATORS)?),
        "ttl" => dialect.with_ttl(seconds(knob, value)?),
        "future-tolerance" => dialect.with_future_tolerance(seconds(knob, value)?),
        other => {
            return Err(misuse(format!(
                "no knob is named {other:?}; there are {}",
                KNOBS.join(", ")
            )));
        }
    })
}

fn choice<T: Copy>(knob: &str, given: &str, words: &[(&str, T)]) -> Result<T, Error> {
    words.iter().find(|(word, _)| *word == given).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
        misuse(format!("{knob} is {given:?}; there are {}", known.join(", ")))
    })
}

fn nonce_generator(given: &str) -> Result<NonceGenerator, Error> {
    let counted = |count: &str| count.parse::<u8>().ok();
    match given.split_once(':') {
        None if given == "uuid" => Some(NonceGenerator::Uuid),
        None if given == "uuid-without-dashes" => Some(NonceGenerator::UuidWithoutDashes),
        Some(("octets", count)) => counted(count).map(NonceGenerator::Octets),
        Some(("hex-digits", count)) => counted(count).map(NonceGenerator::HexDigits),
        _ => None,
    }
    .ok_or_else(|| {
        misuse(format!(
            "nonce-generator is {given:?}; there are \"octets:N\", \"hex-digits:N\", \"uuid\", \
             \"uuid-without-dashes\""
        ))
    })
}

fn date_time(dialect: &Dialect) -> Option<DateTimeForm> {
    match dialect.created_form() {
        CreatedForm::DateTime(form) => Some(form),
        _ => None,
    }
}

fn no_date_time(knob: &str) -> Error {
    misuse(format!("{knob} is for the created-form \"date-time\", which the dialect has not"))
}

fn seconds(knob: &str, value: &str) -> Result<u32, Error> {
    value.parse().map_err(|_| misuse(format!("{knob} is {value:?}, not a number of seconds")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wsse_core::Cause;
    use wsse_core::password::SecretForm;

    #[test]
    fn every_knob_turns() {
        let date_time =
            |milliseconds, zone| CreatedForm::DateTime(DateTimeForm { milliseconds, zone });
        let base = || Dialect::new("x");
        for (knob, value, expected) in [
            ("nonce-form", "hex", base().with_nonce_form(NonceForm::Hex)),
            ("nonce-generator", "uuid", base().with_nonce_generator(NonceGenerator::Uuid)),
            (
                "nonce-generator",
                "octets:16",
                base().with_nonce_generator(NonceGenerator::Octets(16)),
            ),
            ("hash", "sha256", base().with_hash(Hash::Sha256)),
            ("digest-text", "hex", base().with_digest_text(DigestText::Hex)),
            ("created-form", "gmt-text", base().with_created_form(CreatedForm::GmtText)),
            (
                "created-zone",
                "+0000",
                base().with_created_form(date_time(false, Zone::OffsetWithoutColon)),
            ),
            ("created-milliseconds", "true", base().with_created_form(date_time(true, Zone::Zulu))),
            (
                "accepted-created",
                "rfc2822, gmt-text",
                base().with_accepted_created(&[DateForm::Rfc2822, DateForm::GmtText]),
            ),
            ("secret", "sha1", base().with_secret_form(SecretForm::Sha1)),
            ("prefix", "omitted", base().with_prefix(Prefix::Omitted)),
            ("separator", ",", base().with_separator(Separator::Comma)),
            ("ttl", "7", base().with_ttl(7)),
            ("future-tolerance", "9", base().with_future_tolerance(9)),
        ] {
            assert!(KNOBS.contains(&knob));
            assert_eq!(turn(base(), knob, value), Ok(expected), "{knob}");
            let error = turn(base(), knob, "sideways").unwrap_err();
            assert_eq!(error.cause(), Cause::InvalidArgument, "{knob}");
        }
        let error = turn(base(), "nonceform", "hex").unwrap_err();
        assert!(error.reason().contains("nonce-form"), "{error}");
        let epoch = base().with_created_form(CreatedForm::EpochSeconds);
        assert!(turn(epoch, "created-zone", "Z").is_err());
    }
}
