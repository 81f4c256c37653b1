//! The settings of a dialect as words, for those who have no types for them: bindings,
//! configuration files.

use super::created::{CreatedForm, DateForm};
use super::dialect::{Dialect, DigestText, NonceForm, NonceGenerator, Prefix, Separator};
use super::presets::suggestion;
use crate::crypto::Hash;
use crate::error::{Cause, Error};
use crate::password::SecretForm;
use crate::time::{DateTimeForm, Zone};

const NONCE_FORMS: [(&str, NonceForm); 4] = [
    ("text", NonceForm::Text),
    ("base64", NonceForm::Base64),
    ("hex", NonceForm::Hex),
    ("text-read-as-base64", NonceForm::TextReadAsBase64),
];
const NONCE_GENERATORS: [&str; 4] = ["octets:N", "hex-digits:N", "uuid", "uuid-without-dashes"];
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

impl Dialect {
    /// The names of the settings that [`Self::with_setting`] takes.
    pub const SETTINGS: &'static [&'static str] = &[
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

    /// Changes one thing, which is named by a word. Name and parameters of a dialect are text
    /// already and have no word.
    ///
    /// | Name | Values | As a type |
    /// |---|---|---|
    /// | `nonce-form` | `text`, `base64`, `hex`, `text-read-as-base64` | [`NonceForm`] |
    /// | `nonce-generator` | `octets:N`, `hex-digits:N`, `uuid`, `uuid-without-dashes` | [`NonceGenerator`] |
    /// | `hash` | `sha1`, `sha256`, `sha384`, `sha512` | [`Hash`](crate::crypto::Hash) |
    /// | `digest-text` | `octets`, `hex` | [`DigestText`] |
    /// | `created-form` | `date-time`, `epoch-seconds`, `rfc2822`, `gmt-text` | [`CreatedForm`] |
    /// | `created-zone` | `Z`, `+00:00`, `+0000`; of a `date-time` only | [`Zone`] |
    /// | `created-milliseconds` | `true`, `false`; of a `date-time` only | [`DateTimeForm`] |
    /// | `accepted-created` | as `created-form`, separated by commas | [`DateForm`] |
    /// | `secret` | `plain`, `sha1`, `sha1-base64`, `md5-lower-base64`, `lower` | [`SecretForm`] |
    /// | `prefix` | `required`, `optional`, `omitted` | [`Prefix`] |
    /// | `separator` | `, ` and `,` | [`Separator`] |
    /// | `ttl`, `future-tolerance` | seconds, in decimal digits | [`u32`] |
    ///
    /// `created-form` resets neither `created-zone` nor `created-milliseconds` of a dialect that
    /// writes a date-time already, so it comes before them.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] for another name or value, with those there are. What is wrong
    /// with a value begins with the name, so that who calls it otherwise can say so.
    ///
    /// ```
    /// use wsse_core::http::{Dialect, NonceForm};
    ///
    /// let ours = Dialect::new("ours").with_setting("nonce-form", "base64")?;
    /// assert_eq!(ours.nonce_form(), NonceForm::Base64);
    /// assert_eq!(ours.setting("nonce-form").as_deref(), Some("base64"));
    /// # Ok::<(), wsse_core::Error>(())
    /// ```
    pub fn with_setting(self, name: &str, value: &str) -> Result<Self, Error> {
        Ok(match name {
            "nonce-form" => self.with_nonce_form(choice(name, value, &NONCE_FORMS)?),
            "nonce-generator" => self.with_nonce_generator(read_generator(name, value)?),
            "hash" => self.with_hash(choice(name, value, &HASHES)?),
            "digest-text" => self.with_digest_text(choice(name, value, &DIGEST_TEXTS)?),
            "created-form" => {
                let form = match choice(name, value, &DATE_FORMS)? {
                    DateForm::DateTime => {
                        CreatedForm::DateTime(date_time(&self).unwrap_or_default())
                    }
                    DateForm::EpochSeconds => CreatedForm::EpochSeconds,
                    DateForm::Rfc2822 => CreatedForm::Rfc2822,
                    DateForm::GmtText => CreatedForm::GmtText,
                };
                self.with_created_form(form)
            }
            "created-zone" => {
                let zone = choice(name, value, &ZONES)?;
                let form = date_time(&self).ok_or_else(|| no_date_time(name, value))?;
                self.with_created_form(CreatedForm::DateTime(DateTimeForm { zone, ..form }))
            }
            "created-milliseconds" => {
                let milliseconds = choice(name, value, &BOOLEANS)?;
                let form = date_time(&self).ok_or_else(|| no_date_time(name, value))?;
                self.with_created_form(CreatedForm::DateTime(DateTimeForm { milliseconds, ..form }))
            }
            "accepted-created" => {
                let forms: Vec<DateForm> = value
                    .split(',')
                    .map(|word| choice(name, word.trim(), &DATE_FORMS))
                    .collect::<Result<_, _>>()?;
                self.with_accepted_created(&forms)
            }
            "secret" => {
                let forms = SecretForm::ALL.map(|form| (form.name(), form));
                self.with_secret_form(choice(name, value, &forms)?)
            }
            "prefix" => self.with_prefix(choice(name, value, &PREFIXES)?),
            "separator" => self.with_separator(choice(name, value, &SEPARATORS)?),
            "ttl" => self.with_ttl(seconds(name, value)?),
            "future-tolerance" => self.with_future_tolerance(seconds(name, value)?),
            other => {
                let hint = suggestion(other, Self::SETTINGS);
                return Err(invalid(format!(
                    "no setting of a dialect is called {:?}{hint} (there are {})",
                    shown(other),
                    Self::SETTINGS.join(", ")
                )));
            }
        })
    }

    /// A setting as [`Self::with_setting`] takes it. None for another name, and where there is
    /// nothing to say: zone and milliseconds of a Created that is no date-time, the accepted forms
    /// of a dialect that accepts none, MD5.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<String> {
        let word = match name {
            "nonce-form" => word(self.nonce_form(), &NONCE_FORMS)?,
            "nonce-generator" => return Some(write_generator(self.nonce_generator())),
            "hash" => word(self.hash(), &HASHES)?,
            "digest-text" => word(self.digest_text(), &DIGEST_TEXTS)?,
            "created-form" => word(self.created_form().date_form(), &DATE_FORMS)?,
            "created-zone" => word(date_time(self)?.zone, &ZONES)?,
            "created-milliseconds" => word(date_time(self)?.milliseconds, &BOOLEANS)?,
            "accepted-created" => {
                let accepted = DATE_FORMS.iter().filter(|(_, form)| self.accepts_created(*form));
                let words: Vec<&str> = accepted.map(|(word, _)| *word).collect();
                return (!words.is_empty()).then(|| words.join(","));
            }
            "secret" => self.secret_form().name(),
            "prefix" => word(self.prefix(), &PREFIXES)?,
            "separator" => word(self.separator(), &SEPARATORS)?,
            "ttl" => return Some(self.ttl().to_string()),
            "future-tolerance" => return Some(self.future_tolerance().to_string()),
            _ => return None,
        };
        Some(word.to_owned())
    }
}

fn choice<T: Copy>(name: &str, given: &str, words: &[(&str, T)]) -> Result<T, Error> {
    words.iter().find(|(word, _)| *word == given).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        no_value(name, given, &known)
    })
}

fn word<T: Copy + PartialEq>(value: T, words: &[(&'static str, T)]) -> Option<&'static str> {
    words.iter().find(|(_, known)| *known == value).map(|(word, _)| *word)
}

fn read_generator(name: &str, given: &str) -> Result<NonceGenerator, Error> {
    let counted = |count: &str| count.parse::<u8>().ok();
    match given.split_once(':') {
        None if given == "uuid" => Some(NonceGenerator::Uuid),
        None if given == "uuid-without-dashes" => Some(NonceGenerator::UuidWithoutDashes),
        Some(("octets", count)) => counted(count).map(NonceGenerator::Octets),
        Some(("hex-digits", count)) => counted(count).map(NonceGenerator::HexDigits),
        _ => None,
    }
    .ok_or_else(|| no_value(name, given, &NONCE_GENERATORS))
}

fn write_generator(generator: NonceGenerator) -> String {
    match generator {
        NonceGenerator::Octets(count) => format!("octets:{count}"),
        NonceGenerator::HexDigits(count) => format!("hex-digits:{count}"),
        NonceGenerator::Uuid => "uuid".to_owned(),
        NonceGenerator::UuidWithoutDashes => "uuid-without-dashes".to_owned(),
    }
}

fn date_time(dialect: &Dialect) -> Option<DateTimeForm> {
    match dialect.created_form() {
        CreatedForm::DateTime(form) => Some(form),
        _ => None,
    }
}

fn seconds(name: &str, value: &str) -> Result<u32, Error> {
    value
        .parse()
        .map_err(|_| invalid(format!("{name} is {:?}, not a number of seconds", shown(value))))
}

fn no_date_time(name: &str, value: &str) -> Error {
    invalid(format!(
        "{name} is {value:?}, but zone and milliseconds are for a Created that is a date-time"
    ))
}

fn no_value(name: &str, given: &str, known: &[&str]) -> Error {
    // Near to an offset, or to a comma, is no better than far from it.
    let names: Vec<&str> = known
        .iter()
        .copied()
        .filter(|word| word.starts_with(|first: char| first.is_ascii_lowercase()))
        .collect();
    let hint = suggestion(given, &names);
    let known: Vec<String> = known.iter().map(|word| format!("{word:?}")).collect();
    let known = known.join(", ");
    let there_are = if hint.is_empty() {
        format!("; there are {known}")
    } else {
        format!(" (there are {known})")
    };
    invalid(format!("{name} is {:?}{hint}{there_are}", shown(given)))
}

fn shown(given: &str) -> String {
    given.chars().take(40).collect()
}

fn invalid(reason: String) -> Error {
    Error::new(Cause::InvalidArgument, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Dialect {
        Dialect::new("x")
    }

    fn date_time_of(milliseconds: bool, zone: Zone) -> Dialect {
        base().with_created_form(CreatedForm::DateTime(DateTimeForm { milliseconds, zone }))
    }

    fn refusal(dialect: Dialect, name: &str, value: &str) -> String {
        let error = dialect.with_setting(name, value).unwrap_err();
        assert_eq!(error.cause(), Cause::InvalidArgument, "{name}");
        error.reason().to_owned()
    }

    /// Every word, with the dialect that it makes of [`base`].
    fn words() -> Vec<(&'static str, &'static str, Dialect)> {
        vec![
            ("nonce-form", "text", base().with_nonce_form(NonceForm::Text)),
            ("nonce-form", "base64", base().with_nonce_form(NonceForm::Base64)),
            ("nonce-form", "hex", base().with_nonce_form(NonceForm::Hex)),
            (
                "nonce-form",
                "text-read-as-base64",
                base().with_nonce_form(NonceForm::TextReadAsBase64),
            ),
            (
                "nonce-generator",
                "octets:16",
                base().with_nonce_generator(NonceGenerator::Octets(16)),
            ),
            (
                "nonce-generator",
                "hex-digits:255",
                base().with_nonce_generator(NonceGenerator::HexDigits(255)),
            ),
            ("nonce-generator", "uuid", base().with_nonce_generator(NonceGenerator::Uuid)),
            (
                "nonce-generator",
                "uuid-without-dashes",
                base().with_nonce_generator(NonceGenerator::UuidWithoutDashes),
            ),
            ("hash", "sha1", base().with_hash(Hash::Sha1)),
            ("hash", "sha256", base().with_hash(Hash::Sha256)),
            ("hash", "sha384", base().with_hash(Hash::Sha384)),
            ("hash", "sha512", base().with_hash(Hash::Sha512)),
            ("digest-text", "octets", base().with_digest_text(DigestText::Octets)),
            ("digest-text", "hex", base().with_digest_text(DigestText::Hex)),
            ("created-form", "date-time", base()),
            ("created-form", "epoch-seconds", base().with_created_form(CreatedForm::EpochSeconds)),
            ("created-form", "rfc2822", base().with_created_form(CreatedForm::Rfc2822)),
            ("created-form", "gmt-text", base().with_created_form(CreatedForm::GmtText)),
            ("created-zone", "Z", date_time_of(false, Zone::Zulu)),
            ("created-zone", "+00:00", date_time_of(false, Zone::Offset)),
            ("created-zone", "+0000", date_time_of(false, Zone::OffsetWithoutColon)),
            ("created-milliseconds", "true", date_time_of(true, Zone::Zulu)),
            ("created-milliseconds", "false", date_time_of(false, Zone::Zulu)),
            ("accepted-created", "date-time", base().with_accepted_created(&[DateForm::DateTime])),
            (
                "accepted-created",
                "epoch-seconds,rfc2822,gmt-text",
                base().with_accepted_created(&[
                    DateForm::EpochSeconds,
                    DateForm::Rfc2822,
                    DateForm::GmtText,
                ]),
            ),
            ("secret", "plain", base().with_secret_form(SecretForm::Plain)),
            ("secret", "sha1", base().with_secret_form(SecretForm::Sha1)),
            ("secret", "sha1-base64", base().with_secret_form(SecretForm::Sha1Base64)),
            ("secret", "md5-lower-base64", base().with_secret_form(SecretForm::Md5LowerBase64)),
            ("secret", "lower", base().with_secret_form(SecretForm::Lower)),
            ("prefix", "required", base().with_prefix(Prefix::Required)),
            ("prefix", "optional", base().with_prefix(Prefix::Optional)),
            ("prefix", "omitted", base().with_prefix(Prefix::Omitted)),
            ("separator", ", ", base().with_separator(Separator::CommaSpace)),
            ("separator", ",", base().with_separator(Separator::Comma)),
            ("ttl", "7", base().with_ttl(7)),
            ("future-tolerance", "0", base().with_future_tolerance(0)),
        ]
    }

    #[test]
    fn every_word_is_read_and_written() {
        let words = words();
        for (name, value, expected) in &words {
            let dialect = base().with_setting(name, value).unwrap();
            assert_eq!(dialect, *expected, "{name} {value}");
            assert_eq!(dialect.setting(name).as_deref(), Some(*value), "{name}");
        }
        for name in Dialect::SETTINGS {
            assert!(words.iter().any(|(told, _, _)| told == name), "{name}");
        }
    }

    #[test]
    fn another_value_is_told_what_there_is() {
        for name in Dialect::SETTINGS {
            for value in ["sideways", "", "4294967296", "\u{1F511}"] {
                let reason = refusal(base(), name, value);
                assert!(reason.starts_with(&format!("{name} is {value:?}")), "{reason}");
            }
        }
        assert_eq!(
            refusal(base(), "digest-text", "octet"),
            "digest-text is \"octet\"; did you mean \"octets\"? (there are \"octets\", \"hex\")"
        );
        assert_eq!(
            refusal(base(), "created-zone", "+02:00"),
            "created-zone is \"+02:00\"; there are \"Z\", \"+00:00\", \"+0000\""
        );
        for generator in ["octets", "octets:256", "octets:-1", "hex-digits:", "uuid:1"] {
            let reason = refusal(base(), "nonce-generator", generator);
            assert!(reason.contains("\"octets:N\", \"hex-digits:N\", \"uuid\", \"uuid-"));
        }
        assert!(refusal(base(), "hash", "md5").contains("\"sha1\", \"sha256\""));
        assert!(refusal(base(), "accepted-created", "rfc2822,").contains("is \"\""));
        assert_eq!(refusal(base(), "ttl", "1m"), "ttl is \"1m\", not a number of seconds");
    }

    #[test]
    fn another_name_is_told_what_there_is() {
        let reason = refusal(base(), "nonce_form", "hex");
        assert!(reason.contains("\"nonce_form\"; did you mean \"nonce-form\"?"), "{reason}");
        assert!(reason.contains("nonce-generator, hash, digest-text"), "{reason}");
        assert!(!refusal(base(), "", "hex").contains("did you mean"));
        assert_eq!(base().setting("nonce_form"), None);
    }

    #[test]
    fn what_is_of_a_date_time_is_of_nothing_else() {
        let epoch = base().with_created_form(CreatedForm::EpochSeconds);
        for (name, value) in [("created-zone", "Z"), ("created-milliseconds", "true")] {
            let reason = refusal(epoch.clone(), name, value);
            assert!(reason.contains("are for a Created that is a date-time"), "{reason}");
            assert_eq!(epoch.setting(name), None);
        }
        let ours = date_time_of(true, Zone::Offset);
        assert_eq!(ours.clone().with_setting("created-form", "date-time"), Ok(ours));
        let again = epoch.with_setting("created-form", "date-time").unwrap();
        assert_eq!(again.created_form(), base().created_form());
    }

    #[test]
    fn what_has_no_word_is_none() {
        assert_eq!(base().with_hash(Hash::Md5).setting("hash"), None);
        assert_eq!(base().with_accepted_created(&[]).setting("accepted-created"), None);
        let spaced = base().with_setting("accepted-created", "rfc2822, gmt-text").unwrap();
        assert_eq!(spaced.setting("accepted-created").as_deref(), Some("rfc2822,gmt-text"));
    }
}
