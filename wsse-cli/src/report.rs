//! Verdicts as exit status, words and JSON.

use crate::Streams;
use crate::arguments::Usage;
use crate::files;
use serde_json::{Value, json};
use wsse_core::crypto::{Certificate, hex};
use wsse_core::http::CheckedHeader;
use wsse_core::inbound::{DecryptedMessage, EncryptedPart, VerifiedSigner};
use wsse_core::message::{Soap, enclosing, path};
use wsse_core::time::{DateTimeForm, UnixTime};
use wsse_core::xml::Limits;
use wsse_core::xmldsig::bare::VerifiedDocument;
use wsse_core::xmlenc::DataKind;
use wsse_core::xmlenc::bare::DecryptedDocument;
use wsse_core::{Error, ValidatedMessage};

/// The exit status of a good outcome.
pub(crate) const GOOD: u8 = 0;
/// The exit status of a verdict against a message.
const REFUSED: u8 = 1;
/// The exit status of everything that is no verdict.
const USAGE: u8 = 2;

/// What `--json` says of a message that passed.
pub(crate) fn message_as_json(message: &ValidatedMessage) -> String {
    Report {
        username: message.username(),
        authenticated: message.is_authenticated(),
        timestamp: message.timestamp().map(|timestamp| {
            json!({
                "created": instant(timestamp.created),
                "expires": timestamp.expires.map(instant),
            })
        }),
        signed: message.signed().iter().map(|part| part.path.clone()).collect(),
        signers: message.signers(),
        encrypted: encrypted(message.encrypted()),
        certificate: message.certificate(),
        ..Report::default()
    }
    .to_json()
}

/// What `--json` says of a message that was decrypted.
pub(crate) fn decrypted_as_json(message: &DecryptedMessage) -> String {
    Report { encrypted: encrypted(message.encrypted()), ..Report::default() }.to_json()
}

fn encrypted(parts: &[EncryptedPart]) -> Vec<(String, bool)> {
    parts.iter().map(|part| (part.path.clone(), part.content)).collect()
}

/// What `--json` says of a document that was decrypted. Octets that are no document have no
/// positions.
pub(crate) fn decrypted_document_as_json(
    document: &DecryptedDocument,
    limits: &Limits,
) -> Result<String, Error> {
    let mut encrypted = Vec::new();
    let parts = if document.is_document() { document.parts() } else { &[] };
    for part in parts {
        let content = part.kind != DataKind::Element;
        // An element may have white space around it, and content may be nothing at all.
        let own = document.octets().get(part.range.clone()).unwrap_or_default();
        let space = own.len() - own.trim_ascii_start().len();
        let at = part.range.start + if content { 0 } else { space };
        let path = if content { enclosing } else { path };
        encrypted.push((path(document.octets(), limits, Soap::V11, at)?, content));
    }
    Ok(Report { encrypted, ..Report::default() }.to_json())
}

/// What `--json` says of a document that passed; `source` is the document in UTF-8.
pub(crate) fn document_as_json(
    document: &VerifiedDocument,
    source: &[u8],
    limits: &Limits,
) -> Result<String, Error> {
    let mut signed = Vec::new();
    for reference in document.references() {
        // Steps are written the same in every document, whatever version of SOAP is named.
        signed.push(path(source, limits, Soap::V11, reference.range.start)?);
    }
    let certificate = match document.certificates() {
        // Where several people signed, none of them is the signer of it all.
        [first, others @ ..] if others.iter().all(|other| other == first) => Some(first),
        _ => None,
    };
    Ok(Report { signed, certificate, ..Report::default() }.to_json())
}

/// What `--json` says of a header that passed.
pub(crate) fn header_as_json(header: &CheckedHeader) -> String {
    Report {
        username: Some(header.username()),
        authenticated: true,
        dialect: Some(header.dialect()),
        ..Report::default()
    }
    .to_json()
}

/// Reports an error, as an object too if `json`, and returns the exit status.
pub(crate) fn failure(error: &Error, json: bool, streams: &mut Streams<'_>) -> u8 {
    let category = error.category();
    let (verdict, status) = if category.is_usage() { ("", USAGE) } else { ("refused: ", REFUSED) };
    say(&format!("wsse: {verdict}{category}: {}", printable(&error.to_string())), streams);
    if json && !print_object(error, streams) {
        return USAGE;
    }
    status
}

/// Reports arguments that can't be understood, and returns the exit status.
pub(crate) fn usage(usage: &Usage, json: bool, streams: &mut Streams<'_>) -> u8 {
    say(usage.text.trim_end(), streams);
    if json {
        print_object(&usage.error, streams);
    }
    USAGE
}

fn print_object(error: &Error, streams: &mut Streams<'_>) -> bool {
    let object = Report { error: Some(error), ..Report::default() }.to_json();
    match files::write_output(object.as_bytes(), streams) {
        Ok(()) => true,
        Err(error) => {
            say(&format!("wsse: {}: {error}", error.category()), streams);
            false
        }
    }
}

fn say(line: &str, streams: &mut Streams<'_>) {
    // Where standard error is closed, the exit status still tells.
    let _ = writeln!(streams.error, "{line}");
}

/// What the one object of `--json` says: of an error, or of what passed.
#[derive(Default)]
struct Report<'r> {
    error: Option<&'r Error>,
    username: Option<&'r str>,
    authenticated: bool,
    timestamp: Option<Value>,
    signed: Vec<String>,
    /// Positions, and whether it was the content alone.
    encrypted: Vec<(String, bool)>,
    signers: &'r [VerifiedSigner],
    certificate: Option<&'r Certificate>,
    dialect: Option<&'r str>,
}

impl Report<'_> {
    /// One line, with the same keys in the same order whatever the verdict.
    fn to_json(&self) -> String {
        let error = self.error;
        let position = error.and_then(Error::position).map(|position| {
            let known = |number: usize| (position.line > 0).then_some(number);
            json!({
                "line": known(position.line),
                "column": known(position.column),
                "offset": position.offset,
            })
        });
        let signed = self.signed.iter().map(|path| json!({ "path": path }));
        let encrypted = self.encrypted.iter();
        let encrypted =
            encrypted.map(|(path, content)| json!({ "path": path, "content": content }));
        let signers = self.signers.iter().map(|signer| {
            let signed = signer.signed().iter().map(|part| json!({ "path": part.path }));
            json!({
                "certificate": signer.certificate().map(certificate_as_json),
                "signed": signed.collect::<Vec<_>>(),
            })
        });
        let certificate = self.certificate.map(certificate_as_json);
        let members = [
            ("verdict", json!(if error.is_none() { "valid" } else { "refused" })),
            ("fault", json!(error.map(|error| error.category().name()))),
            ("reason", json!(error.map(Error::reason))),
            ("cause", json!(error.map(|error| error.cause().name()))),
            ("position", json!(position)),
            ("signed", Value::Array(signed.collect())),
            ("encrypted", Value::Array(encrypted.collect())),
            ("username", json!(self.username)),
            ("authenticated", json!(self.authenticated)),
            ("timestamp", json!(self.timestamp)),
            ("certificate", json!(certificate)),
            ("signers", Value::Array(signers.collect())),
            ("dialect", json!(self.dialect)),
        ];
        let members = members.map(|(name, value)| format!("\"{name}\": {value}"));
        format!("{{{}}}\n", members.join(", "))
    }
}

fn certificate_as_json(certificate: &Certificate) -> Value {
    json!({
        "subject": certificate.subject().to_rfc2253(),
        "issuer": certificate.issuer().to_rfc2253(),
        "serial": certificate.serial_decimal(),
        "sha1": hex(certificate.sha1_thumbprint()),
    })
}

fn instant(instant: UnixTime) -> Option<String> {
    instant.write(DateTimeForm { milliseconds: true, ..DateTimeForm::default() })
}

/// Without the control characters with which a message could move a terminal's cursor or forge
/// a line of a log.
pub(crate) fn printable(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, character| {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
        shown
    })
}
