//! The command line as a value: what can be said, and its help.

mod c14n;
mod decrypt;
mod encrypt;
mod header;
mod keys;
mod message;
mod signature;
mod token;

pub(crate) use c14n::Canonicalize;
pub(crate) use decrypt::Decrypt;
pub(crate) use encrypt::{Encrypt, TypeName};
pub(crate) use header::{HeaderChallenge, HeaderCheck, HeaderCommand, HeaderCreate};
pub(crate) use keys::{KnownKeys, NamedFile, OwnKeys};
pub(crate) use message::{Files, PolicySource, Protect, Validate, Verdict};
pub(crate) use signature::{FormName, Sign, Verify};
pub(crate) use token::{OptionalPart, TokenCheck, TokenCommand, TokenCreate};

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use wsse_core::{Cause, Error};

/// What the arguments ask for.
pub(crate) enum Parsed {
    /// A command.
    Command(Box<Command>),
    /// A text: help, or the version.
    Text(String),
}

/// Arguments that can't be understood.
pub(crate) struct Usage {
    /// What is said to a person, several lines.
    pub(crate) text: String,
    /// The same as an error, for `--json`.
    pub(crate) error: Error,
}

/// Reads the arguments, which begin with the name of the program.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Parsed, Usage> {
    let error = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => return Ok(Parsed::Command(Box::new(arguments.command))),
        Err(error) => error,
    };
    // As text the library's messages carry no colours.
    let text = error.to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Ok(Parsed::Text(text));
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let error = Error::new(Cause::InvalidArgument, "a command is missing");
        return Err(Usage { text, error });
    }
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let reason: Vec<&str> =
        text.split("\n\n").next().unwrap_or_default().lines().map(str::trim).collect();
    Err(Usage {
        text: format!("wsse: Misuse: {text}"),
        error: Error::new(Cause::InvalidArgument, reason.join(" ")),
    })
}

/// Make and check WS-Security: signatures, encryption, UsernameToken, Timestamp, and the HTTP X-WSSE header.
#[derive(Parser)]
#[command(
    name = "wsse",
    version = wsse_core::VERSION,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "\
Exit status: 0 good; 1 refused, with the category and the reason on standard error; 2 a bad option
or policy, or a file that can't be read or written.

Passwords come from environment variables, never from the command line.

Examples:
  read -rs PASSWORD && export PASSWORD
  wsse header create --username bob --password-env PASSWORD
  wsse protect --policy preset:username-token --username bob --password-env PASSWORD request.xml
  wsse validate --policy preset:username-token --username bob --password-env PASSWORD --json m.xml
  wsse sign --key client.key.pem --cert client.crt.pem request.xml -o signed.xml
  wsse verify --cert client.crt.pem --json signed.xml

`wsse COMMAND --help` says more about each."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make and check the HTTP X-WSSE header, and the challenge that asks for it
    #[command(subcommand, disable_help_subcommand = true)]
    Header(HeaderCommand),
    /// Put into a SOAP message what a policy says
    Protect(Protect),
    /// Check a SOAP message by a policy, and hand out what a receiver may read
    Validate(Validate),
    /// Put a UsernameToken and a Timestamp into a SOAP message, or check them, without a policy
    #[command(subcommand, disable_help_subcommand = true)]
    Token(TokenCommand),
    /// Sign a SOAP message or, with --bare, any XML document
    Sign(Box<Sign>),
    /// Check the signatures of a SOAP message or, with --bare, of any XML document
    Verify(Verify),
    /// Encrypt a SOAP message or, with --bare, any XML document or octets of any kind
    Encrypt(Box<Encrypt>),
    /// Decrypt a SOAP message, and judge nothing of it
    Decrypt(Decrypt),
    /// Write the canonical form of an XML document, or of one of its elements
    #[command(name = "c14n")]
    Canonicalize(Canonicalize),
}
