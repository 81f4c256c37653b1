//! What each command does: options become a policy, the core does the work, and its outcome is
//! written.

mod c14n;
mod decrypt;
mod encrypt;
mod header;
mod message;
mod signature;
mod token;

use crate::Streams;
use crate::arguments::{Command, HeaderCommand, TokenCommand};
use std::sync::Arc;
use wsse_core::Error;
use wsse_core::time::{FixedClock, SystemClock, TimeProvider, UnixTime};

pub(crate) fn run(command: Command, streams: &mut Streams<'_>) -> Result<(), Error> {
    match command {
        Command::Header(HeaderCommand::Create(options)) => header::create(&options, streams),
        Command::Header(HeaderCommand::Check(options)) => header::check(&options, streams),
        Command::Header(HeaderCommand::Challenge(options)) => header::challenge(options, streams),
        Command::Protect(options) => message::protect(&options, streams),
        Command::Validate(options) => message::validate(&options, streams),
        Command::Token(TokenCommand::Create(options)) => token::create(&options, streams),
        Command::Token(TokenCommand::Check(options)) => token::check(&options, streams),
        Command::Sign(options) => signature::sign(&options, streams),
        Command::Verify(options) => signature::verify(&options, streams),
        Command::Decrypt(options) => decrypt::decrypt(&options, streams),
        Command::Canonicalize(options) => c14n::write(&options, streams),
        Command::Encrypt(options) => encrypt::encrypt(&options, streams),
    }
}

/// The clock that `--at` freezes, or the system's.
fn clock(at: Option<UnixTime>) -> Arc<dyn TimeProvider> {
    match at {
        Some(instant) => Arc::new(FixedClock(instant)),
        None => Arc::new(SystemClock),
    }
}
