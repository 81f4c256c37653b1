//! Verdicts as exit status, words and JSON.

use crate::Streams;
use crate::arguments::Usage;
use crate::files;
use serde_json::{Value, json};
use wsse_core::http::CheckedHeader;
use wsse_core::time::{DateTimeForm, UnixTime};
use wsse_core::{Error, ValidatedMessage};

/// The exit status of a good outcome.
pub(crate) const GOOD: u8 = 0;
/// The exit status of a verdict against a message.
const REFUSED: u8 = 1;
/// The exit status of everything that is no verdict.
const USAGE: u8 = 2;

/// What `--json` says of a message that passed.
pub(crate) fn message_as_json(message: &ValidatedMessage) -> String {
    let created = message.timestamp_created();
    let timestamp = created.map(|created| {
        json!({ "created": instant(created), "expires": message.timestamp_expires().map(instant) })
    });
    object(None, message.username(), message.is_authenticated(), timestamp, None)
}

/// What `--json` says of a header that passed.
pub(crate) fn header_as_json(header: &CheckedHeader) -> String {
    object(None, Some(header.username()), true, None, Some(header.dialect()))
}

/// Reports an error, as an object too if `json`, and returns the exit status.
pub(crate) fn failure(error: &Error, json: bool, streams: &mut Streams<'_>) -> u8 {
    let category = error.category();
    let (verdict, status) = if category.is_usage() { ("", USAGE) } else { ("refused: ", REFUSED) };
    say(&format!("wsse: {verdict}{category}: {}", printable(&error.to_string())), streams);
    if json && !print_object(&object(Some(error), None, false, None, None), streams) {
        return USAGE;
    }
    status
}

/// Reports arguments that can't be understood, and returns the exit status.
pub(crate) fn usage(usage: &Usage, json: bool, streams: &mut Streams<'_>) -> u8 {
    say(usage.text.trim_end(), streams);
    if json {
        print_object(&object(Some(&usage.error), None, false, None, None), streams);
    }
    USAGE
}

fn print_object(object: &str, streams: &mut Streams<'_>) -> bool {
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

/// The one object, its keys always the same and in this order.
fn object(
    error: Option<&Error>,
    username: Option<&str>,
    authenticated: bool,
    timestamp: Option<Value>,
    dialect: Option<&str>,
) -> String {
    let position = error.and_then(Error::position).map(|position| {
        let known = |number: usize| (position.line > 0).then_some(number);
        json!({
            "line": known(position.line),
            "column": known(position.column),
            "offset": position.offset,
        })
    });
    let members = [
        ("verdict", json!(if error.is_none() { "valid" } else { "refused" })),
        ("fault", json!(error.map(|error| error.category().name()))),
        ("reason", json!(error.map(Error::reason))),
        ("cause", json!(error.map(|error| error.cause().name()))),
        ("position", json!(position)),
        ("signed", json!([])),
        ("encrypted", json!([])),
        ("username", json!(username)),
        ("authenticated", json!(authenticated)),
        ("timestamp", json!(timestamp)),
        ("certificate", Value::Null),
        ("dialect", json!(dialect)),
    ];
    let members: Vec<String> =
        members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("{{{}}}\n", members.join(", "))
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
