//! Users and their passwords: `--username` and the `--password-env` that follow it.

use crate::Streams;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, builder::ValueParser};
use wsse_core::crypto::Secret;
use wsse_core::password::PasswordTable;
use wsse_core::{Cause, Error};

const USERNAME: &str = "username";
const PASSWORD_ENV: &str = "password-env";
const PASSWORD: &str = "password";

/// The users in the order of the command line, each with the environment variables that follow.
#[derive(Debug)]
pub(crate) struct Users {
    words: Vec<Word>,
    password_on_command_line: bool,
}

#[derive(Debug)]
enum Word {
    Username(String),
    PasswordEnv(String),
}

impl Users {
    /// The one user of a command that makes something, with at most one password.
    pub(crate) fn one(
        &self,
        streams: &Streams<'_>,
    ) -> Result<Option<(String, Option<Secret>)>, Error> {
        let mut users = self.read(streams)?.into_iter();
        let Some((username, passwords)) = users.next() else { return Ok(None) };
        let mut passwords = passwords.into_iter();
        let password = passwords.next();
        if users.next().is_some() || passwords.next().is_some() {
            return Err(invalid("a message or header names one user with one password"));
        }
        Ok(Some((username, password)))
    }

    /// The one user, who must be there with a password.
    pub(crate) fn one_with_password(
        &self,
        streams: &Streams<'_>,
    ) -> Result<(String, Secret), Error> {
        match self.one(streams)? {
            Some((username, Some(password))) => Ok((username, password)),
            Some((username, None)) => Err(no_password(&username)),
            None => Err(invalid("give the user: --username U --password-env VAR")),
        }
    }

    /// Every user, for a command that checks; none where none is given.
    pub(crate) fn table(&self, streams: &Streams<'_>) -> Result<Option<PasswordTable>, Error> {
        let users = self.read(streams)?;
        if users.is_empty() {
            return Ok(None);
        }
        let mut table = PasswordTable::new();
        for (username, passwords) in users {
            if passwords.is_empty() {
                return Err(no_password(&username));
            }
            for password in passwords {
                table = table.with(username.clone(), password);
            }
        }
        Ok(Some(table))
    }

    fn read(&self, streams: &Streams<'_>) -> Result<Vec<(String, Vec<Secret>)>, Error> {
        if self.password_on_command_line {
            return Err(invalid(
                "a password on the command line is seen by every user of the machine and kept in \
                 the shell's history; put it into an environment variable and name the variable: \
                 --password-env VAR",
            ));
        }
        let mut users: Vec<(String, Vec<Secret>)> = Vec::new();
        for word in &self.words {
            match (word, users.last_mut()) {
                (Word::Username(username), _) => users.push((username.clone(), Vec::new())),
                (Word::PasswordEnv(variable), Some((_, passwords))) => {
                    passwords.push(password(variable, streams)?);
                }
                (Word::PasswordEnv(variable), None) => {
                    return Err(invalid(&format!(
                        "--password-env {variable} belongs to no user; put it after its --username"
                    )));
                }
            }
        }
        Ok(users)
    }
}

pub(crate) fn password(variable: &str, streams: &Streams<'_>) -> Result<Secret, Error> {
    // No text here may repeat the variable's value.
    match (streams.environment)(variable).map(std::ffi::OsString::into_string) {
        Some(Ok(password)) if password.is_empty() => Err(credential(&format!(
            "the environment variable {variable} is empty, and an empty password protects nothing"
        ))),
        Some(Ok(password)) => Ok(Secret::new(password)),
        Some(Err(_)) => Err(credential(&format!(
            "the environment variable {variable} is not UTF-8, as a password must be"
        ))),
        None => Err(credential(&format!(
            "the environment variable {variable} is not set; --password-env takes the name of a \
             variable that holds the password"
        ))),
    }
}

fn no_password(username: &str) -> Error {
    credential(&format!("the user {username:?} has no password; add --password-env VAR"))
}

fn invalid(reason: &str) -> Error {
    Error::new(Cause::InvalidArgument, reason)
}

fn credential(reason: &str) -> Error {
    Error::new(Cause::MissingCredential, reason)
}

// By hand, because what counts is which --password-env follows which --username.
impl FromArgMatches for Users {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let of = |id: &str, word: fn(String) -> Word| {
            let places = matches.indices_of(id).into_iter().flatten();
            let values = matches.get_many::<String>(id).into_iter().flatten();
            places
                .zip(values)
                .map(|(place, value)| (place, word(value.clone())))
                .collect::<Vec<_>>()
        };
        let mut words = of(USERNAME, Word::Username);
        words.extend(of(PASSWORD_ENV, Word::PasswordEnv));
        words.sort_by_key(|(place, _)| *place);
        Ok(Self {
            words: words.into_iter().map(|(_, word)| word).collect(),
            password_on_command_line: matches.get_many::<std::ffi::OsString>(PASSWORD).is_some(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Users {
    fn augment_args(command: Command) -> Command {
        command
            .arg(
                Arg::new(USERNAME)
                    .long(USERNAME)
                    .value_name("U")
                    .action(ArgAction::Append)
                    .help("The user; where several are taken, each before its --password-env"),
            )
            .arg(
                Arg::new(PASSWORD_ENV)
                    .long(PASSWORD_ENV)
                    .value_name("VAR")
                    .action(ArgAction::Append)
                    .help("The environment variable that holds the password of the user before it"),
            )
            // Known only to say why it can't be had, without repeating its value.
            .arg(
                Arg::new(PASSWORD)
                    .long(PASSWORD)
                    .num_args(0..=1)
                    .value_parser(ValueParser::os_string())
                    .action(ArgAction::Append)
                    .hide(true),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
