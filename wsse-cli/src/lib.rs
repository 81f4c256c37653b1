//! The command `wsse`, as a library: the binary of this crate and the script that the Python
//! package installs run the same code.
//!
//! It holds no logic of WS-Security. Options become an [`wsse_core::InboundPolicy`] or an
//! [`wsse_core::OutboundPolicy`]; verdicts become words, an exit status, and with `--json` an object.
//!
//! Exit status: 0 good; 1 refused, with the category and the reason on standard error; 2 a bad
//! option or policy ([`wsse_core::Category::Misuse`]), or a file or stream that can't be read or
//! written ([`wsse_core::Category::Io`]).
#![forbid(unsafe_code, unused_must_use)]
#![warn(missing_docs)]

mod arguments;
mod commands;
mod credentials;
mod files;
mod keys;
mod report;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};

/// What the command reads, writes and knows of its surroundings.
pub struct Streams<'s> {
    /// Standard input.
    pub input: &'s mut dyn Read,
    /// Whether a person types the input: then the command says that it waits for it.
    pub input_is_terminal: bool,
    /// Standard output.
    pub output: &'s mut dyn Write,
    /// Standard error. Neither it nor standard output is ever coloured.
    pub error: &'s mut dyn Write,
    /// Looks up an environment variable, for `--password-env`.
    pub environment: &'s dyn Fn(&str) -> Option<OsString>,
}

/// Runs the command on the streams of this process and returns its exit status.
///
/// `arguments` begins with the name of the program.
pub fn run_in_process(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let input = io::stdin();
    let mut streams = Streams {
        input_is_terminal: input.is_terminal(),
        input: &mut input.lock(),
        output: &mut io::stdout().lock(),
        error: &mut io::stderr().lock(),
        environment: &|name| std::env::var_os(name),
    };
    run(arguments, &mut streams)
}

/// Runs the command and returns its exit status: 0, 1 or 2.
///
/// `arguments` begins with the name of the program.
pub fn run(arguments: impl IntoIterator<Item = OsString>, streams: &mut Streams<'_>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // Asked of the raw arguments, because a script that wants an object wants one for a bad
    // option as well.
    let json = arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| argument == "--json");
    let outcome = match arguments::parse(arguments) {
        Ok(arguments::Parsed::Command(command)) => commands::run(*command, streams),
        Ok(arguments::Parsed::Text(text)) => files::write_output(text.as_bytes(), streams),
        Err(usage) => return report::usage(&usage, json, streams),
    };
    match outcome {
        Ok(()) => report::GOOD,
        Err(error) => report::failure(&error, json, streams),
    }
}
