//! Options of what this version does not build.

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use core::marker::PhantomData;
use wsse_core::{Cause, Error};

/// Options that are known only to say that they are not built.
pub(crate) struct Later<O>(Option<(&'static str, &'static str)>, PhantomData<O>);

/// Which options these are.
pub(crate) trait LaterOptions {
    /// Their names, and what they belong to.
    const OPTIONS: &'static [(&'static str, &'static str)];
}

/// Those of commands that check something.
pub(crate) enum OfChecking {}

impl LaterOptions for OfChecking {
    const OPTIONS: &'static [(&'static str, &'static str)] =
        &[("key", "decryption"), ("pkcs12", "decryption")];
}

impl<O> Later<O> {
    /// Refuses what this version can't do.
    pub(crate) fn refuse(&self) -> Result<(), Error> {
        match self.0 {
            None => Ok(()),
            Some((name, area)) => Err(Error::new(
                Cause::NotBuilt,
                format!("--{name} belongs to {area}, which this version does not build"),
            )),
        }
    }
}

impl<O: LaterOptions> FromArgMatches for Later<O> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = O::OPTIONS.iter().find(|(name, _)| matches.contains_id(name));
        Ok(Self(given.copied(), PhantomData))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<O: LaterOptions> Args for Later<O> {
    fn augment_args(command: Command) -> Command {
        command.args(O::OPTIONS.iter().map(|(name, _)| {
            Arg::new(*name)
                .long(*name)
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
