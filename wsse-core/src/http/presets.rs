//! The dialects that are in the field, by name.

use super::created::{CreatedForm, DateForm};
use super::dialect::{Dialect, DigestText, NonceForm, NonceGenerator, Prefix, Separator};
use crate::crypto::Hash;
use crate::error::{Cause, Error};
use crate::password::SecretForm;
use crate::time::Zone;

/// A dialect with a name.
///
/// What a preset fixes is how a header is *sent*. On receipt every preset takes Created with `Z`
/// or a numeric offset, with or without colon and fraction, besides its own form, and the window
/// is the default one, whatever the service of that name does.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    name: &'static str,
    description: &'static str,
    change: fn(Dialect) -> Dialect,
}

impl Preset {
    /// The name, as [`Dialect::preset`] and the command line take it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Who speaks it and what is peculiar to it, in one line.
    #[must_use]
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// The dialect itself.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        (self.change)(Dialect::new(self.name))
    }
}

/// Every named dialect. Below, n is what enters the hash and H what the header shows of it.
///
/// | Name | Nonce | Hash | PasswordDigest | Created as sent |
/// |---|---|---|---|---|
/// | `atom` | H = n, 32 hexadecimal digits | SHA-1 | base64 | `Z` |
/// | `atom-base64` | H = base64(n), 16 octets | SHA-1 | base64 | `Z` |
/// | `symfony` | H = base64(n), 32 hexadecimal digits | SHA-1 | base64 | `Z` |
/// | `adobe-rest` | H = base64(n), UUID | SHA-1 | base64 | `+00:00` (also read: `2024-05-01 12:00:00 GMT`) |
/// | `adobe-soap` | H = base64(n), 32 hexadecimal digits | SHA-1 | base64 of hexadecimal | `+00:00` |
/// | `emarsys` | H = n, 32 hexadecimal digits | SHA-1 | base64 of hexadecimal | `+00:00` |
/// | `sha256-hex` | H = n, 32 hexadecimal digits | SHA-256 | base64 of hexadecimal | `+0000` |
/// | `huawei` | H = n, UUID without dashes | SHA-256 | base64 | `Z` |
/// | `sha256-base64` | H = base64(n), 16 hexadecimal digits | SHA-256 | base64 | `Z` |
/// | `emt` | H = base64(n), 32 hexadecimal digits | SHA-1 | base64 of hexadecimal | epoch seconds |
/// | `penneo` | H = 64 hexadecimal digits, n = what they are as base64 | SHA-1 | base64 | RFC 2822 |
///
/// `huawei` has no space behind its commas. `emarsys` takes a header without `UsernameToken `
/// as well. `emt` hashes the password in lower case.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "atom",
        description: "Atom Authentication, httplib2, node-wsse: the nonce is hashed as it is written",
        change: |dialect| dialect,
    },
    Preset {
        name: "atom-base64",
        description: "XML::Atom, Mixi, most PHP clients: the header holds the base64 of the nonce",
        change: |dialect| {
            dialect
                .with_nonce_form(NonceForm::Base64)
                .with_nonce_generator(NonceGenerator::Octets(16))
        },
    },
    Preset {
        name: "symfony",
        description: "Symfony and EscapeWSSE servers: the nonce is decoded; the password is the stored one",
        change: |dialect| dialect.with_nonce_form(NonceForm::Base64),
    },
    Preset {
        name: "adobe-rest",
        description: "Adobe Marketing Cloud REST: base64 of a UUID; usernames are user:company",
        change: |dialect| {
            dialect
                .with_nonce_form(NonceForm::Base64)
                .with_nonce_generator(NonceGenerator::Uuid)
                .with_created_form(CreatedForm::seconds(Zone::Offset))
                // Its older kit for PHP writes this one.
                .with_accepted_created(&[DateForm::DateTime, DateForm::GmtText])
        },
    },
    Preset {
        name: "adobe-soap",
        description: "Adobe and Omniture, as documented for SOAP: the digest in hexadecimal, then base64",
        change: |dialect| {
            dialect
                .with_nonce_form(NonceForm::Base64)
                .with_digest_text(DigestText::Hex)
                .with_created_form(CreatedForm::seconds(Zone::Offset))
        },
    },
    Preset {
        name: "emarsys",
        description: "Emarsys: a nonce of 32 hexadecimal digits as text; the digest in hexadecimal, then base64",
        change: |dialect| {
            dialect
                .with_digest_text(DigestText::Hex)
                .with_created_form(CreatedForm::seconds(Zone::Offset))
                // One of its published clients leaves the prefix out.
                .with_prefix(Prefix::Optional)
        },
    },
    Preset {
        name: "sha256-hex",
        description: "SHA-256 in hexadecimal, then base64; Created with +0000",
        change: |dialect| {
            dialect
                .with_hash(Hash::Sha256)
                .with_digest_text(DigestText::Hex)
                .with_created_form(CreatedForm::seconds(Zone::OffsetWithoutColon))
        },
    },
    Preset {
        name: "huawei",
        description: "Huawei Cloud SMS: SHA-256; wants Authorization: WSSE realm=\"SDP\",profile=\"UsernameToken\",type=\"Appkey\" too",
        change: |dialect| {
            dialect
                .with_nonce_generator(NonceGenerator::UuidWithoutDashes)
                .with_hash(Hash::Sha256)
                .with_separator(Separator::Comma)
        },
    },
    Preset {
        name: "sha256-base64",
        description: "SHA-256 with the base64 of the nonce in the header",
        change: |dialect| {
            dialect
                .with_nonce_form(NonceForm::Base64)
                .with_nonce_generator(NonceGenerator::HexDigits(16))
                .with_hash(Hash::Sha256)
        },
    },
    Preset {
        name: "emt",
        description: "EMT Valencia: password in lower case, digest in hexadecimal, Created in epoch seconds",
        change: |dialect| {
            dialect
                .with_nonce_form(NonceForm::Base64)
                .with_digest_text(DigestText::Hex)
                .with_created_form(CreatedForm::EpochSeconds)
                .with_secret_form(SecretForm::Lower)
        },
    },
    Preset {
        name: "penneo",
        description: "Penneo: hexadecimal digits that are read as base64; Created as in RFC 2822",
        change: |dialect| {
            dialect
                .with_nonce_form(NonceForm::TextReadAsBase64)
                .with_nonce_generator(NonceGenerator::HexDigits(64))
                .with_created_form(CreatedForm::Rfc2822)
        },
    },
];

/// The preset that has this name.
pub(super) fn find(name: &str) -> Result<&'static Preset, Error> {
    PRESETS.iter().find(|preset| preset.name == name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Error {
    let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
    let hint = suggestion(name, &names);
    let shown: String = name.chars().take(40).collect();
    Error::new(
        Cause::InvalidArgument,
        format!("no X-WSSE dialect is called {shown:?}{hint} (there are {})", names.join(", ")),
    )
}

/// `; did you mean …?` with the nearest of the names that there are; empty where none is near.
pub(super) fn suggestion(given: &str, names: &[&str]) -> String {
    let lowered = given.to_ascii_lowercase();
    names
        .iter()
        .map(|known| (strsim::jaro_winkler(&lowered, known), known))
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .filter(|(similarity, _)| *similarity > 0.75)
        .map_or_else(String::new, |(_, known)| format!("; did you mean {known:?}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_told_with_a_suggestion() {
        let error = Dialect::preset("atom-bas64").unwrap_err();
        assert_eq!(error.cause(), Cause::InvalidArgument);
        assert!(error.reason().contains("did you mean \"atom-base64\"?"), "{error}");
        assert!(error.reason().contains("huawei, sha256-base64, emt, penneo"), "{error}");
        let error = Dialect::preset("Emarsys").unwrap_err();
        assert!(error.reason().contains("did you mean \"emarsys\"?"), "{error}");
        let error = Dialect::preset("").unwrap_err();
        assert!(!error.reason().contains("did you mean"), "{error}");
    }
}
