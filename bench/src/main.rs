//! The Rust half of the benchmark. `bench/run.py` starts it once and gives it requests on standard
//! input ([`serve`]), so that ours and the peers take turns within one run. MESSAGE is a number of
//! octets, for a message of orders of that length, a file, or `path:FILE` for a case that reads it itself.
//!
//! `wsse-bench message KIND OCTETS` prints a message, `wsse-bench signed KIND OCTETS` the same signed,
//! `wsse-bench encrypted KIND OCTETS` with its Body encrypted,
//! `wsse-bench once CASE MESSAGE` does one call and prints the octets, for counting instructions.
#![expect(clippy::print_stdout, reason = "it is what this program is for")]

mod cases;
mod encryption;
mod messages;
mod serve;
mod signatures;
mod streams;

use serve::Case;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["message", kind, octets] => number(octets)
            .and_then(|octets| messages::message(kind, octets))
            .and_then(|message| print(&message)),
        ["signed", kind, octets] => number(octets)
            .and_then(|octets| signatures::signed(kind, octets))
            .and_then(|message| print(&message)),
        ["encrypted", kind, octets] => number(octets)
            .and_then(|octets| encryption::encrypted(kind, octets))
            .and_then(|message| print(&message)),
        ["once", name, wanted] => find(name)
            .ok_or_else(|| format!("no case {name}"))
            .and_then(|case| Ok(case(message(wanted)?, 1)))
            .map(|mut prepared| {
                prepared.run();
                println!("{}", prepared.octets);
            }),
        [] => serve::serve(wsse_core::VERSION, find, message),
        _ => {
            Err("usage: wsse-bench [message KIND OCTETS | signed KIND OCTETS | encrypted KIND OCTETS | \
                 once CASE MESSAGE]"
                .to_owned())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            println!("error {reason}");
            ExitCode::from(2)
        }
    }
}

fn find(name: &str) -> Option<Case> {
    cases::find(name)
        .or_else(|| signatures::find(name))
        .or_else(|| encryption::find(name))
        .or_else(|| streams::find(name))
}

fn message(wanted: &str) -> Result<Vec<u8>, String> {
    if let Some(path) = wanted.strip_prefix("path:") {
        return Ok(path.into());
    }
    match wanted.parse() {
        Ok(octets) => Ok(messages::envelope(octets)),
        Err(_) => std::fs::read(wanted).map_err(|error| format!("{wanted}: {error}")),
    }
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("no number: {text}"))
}

fn print(octets: &[u8]) -> Result<(), String> {
    std::io::stdout().write_all(octets).map_err(|error| error.to_string())
}
