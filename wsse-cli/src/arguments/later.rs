//! Options of what this version does not build.

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use wsse_core::{Cause, Error};

/// Options of signatures and encryption, known only to say that they are not built.
pub(crate) struct Later(Option<&'static str>);

const LATER: [&str; 10] = [
    "key",
    "cert",
    "trust",
    "untrusted",
    "crl",
    "pkcs12",
    "key-password-env",
    "recipient",
    "secret",
    "legacy",
];

impl Later {
    /// Refuses what this version can't do.
    pub(crate) fn refuse(&self) -> Result<(), Error> {
        match self.0 {
            None => Ok(()),
            Some(name) => Err(Error::new(
                Cause::NotBuilt,
                format!(
                    "--{name} belongs to signatures or encryption, which this version does not build"
                ),
            )),
        }
    }
}

impl FromArgMatches for Later {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self(LATER.into_iter().find(|name| matches.contains_id(name))))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Later {
    fn augment_args(command: Command) -> Command {
        command.args(LATER.map(|name| {
            Arg::new(name)
                .long(name)
                .hide(true)
                .num_args(1)
                .value_parser(ValueParser::os_string())
                .action(ArgAction::Append)
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
