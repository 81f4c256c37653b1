//! The command line as a value: what can be said, and its help.

use crate::credentials::Users;
use clap::builder::{OsStringValueParser, TypedValueParser, ValueParser};
use clap::error::ErrorKind;
use clap::{
    Arg, ArgAction, ArgMatches, Args, Command as ClapCommand, FromArgMatches, Parser, Subcommand,
    ValueEnum,
};
use std::ffi::OsString;
use std::path::PathBuf;
use wsse_core::password::SecretForm;
use wsse_core::policy::{PasswordForm, Step};
use wsse_core::time::{UnixTime, Zone, parse_date_time};
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

/// Make and check WS-Security: UsernameToken, Timestamp, and the HTTP X-WSSE header.
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
    #[command(hide = true, disable_help_flag = true)]
    Sign(NotBuilt),
    #[command(hide = true, disable_help_flag = true)]
    Verify(NotBuilt),
    #[command(hide = true, disable_help_flag = true)]
    Encrypt(NotBuilt),
    #[command(hide = true, disable_help_flag = true)]
    Decrypt(NotBuilt),
    #[command(hide = true, disable_help_flag = true)]
    C14n(NotBuilt),
}

/// Whatever follows a command that this version does not build.
#[derive(Args)]
pub(crate) struct NotBuilt {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    _rest: Vec<OsString>,
}

#[derive(Subcommand)]
pub(crate) enum HeaderCommand {
    /// Print the value of an X-WSSE header, without "X-WSSE: "
    Create(HeaderCreate),
    /// Check the value of an X-WSSE header, and print who sent it
    Check(HeaderCheck),
    /// Print the value of a WWW-Authenticate header that asks for X-WSSE, or read one
    Challenge(HeaderChallenge),
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  curl -H \"X-WSSE: $(wsse header create --username bob --password-env PASSWORD)\" https://…
  wsse header create --dialect huawei --username KEY --password-env SECRET")]
pub(crate) struct HeaderCreate {
    #[command(flatten)]
    pub(crate) users: Users,
    /// The form that the service wants: atom, atom-base64, symfony, adobe-rest, adobe-soap,
    /// emarsys, sha256-hex, huawei, sha256-base64, emt, penneo
    #[arg(long, value_name = "NAME", default_value = "atom")]
    pub(crate) dialect: String,
    /// The nonce, whose UTF-8 octets enter the hash; the dialect says whether the header shows
    /// TEXT itself or its base64 [default: a fresh one]
    #[arg(long, value_name = "TEXT")]
    pub(crate) nonce: Option<String>,
    /// Created, used as it is given [default: the time, in the dialect's form]
    #[arg(long, value_name = "TEXT")]
    pub(crate) created: Option<String>,
    /// A further parameter of the header; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parse_parameter)]
    pub(crate) parameters: Vec<(String, String)>,
    /// The time to use instead of the clock's, such as 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_date_time)]
    pub(crate) at: Option<UnixTime>,
}

#[derive(Args)]
#[command(after_help = "\
Each run is a process of its own and remembers no header: a replay is found by services, not here.

Examples:
  wsse header check --username bob --password-env PASSWORD \"$HEADER\"
  wsse header check --dialect atom --dialect atom-base64 --skew 120 \\
      --username bob --password-env PASSWORD --username eve --password-env EVE < value.txt")]
pub(crate) struct HeaderCheck {
    #[command(flatten)]
    pub(crate) users: Users,
    /// A form that is accepted; may be repeated
    #[arg(long = "dialect", value_name = "NAME", default_value = "atom")]
    pub(crate) dialects: Vec<String>,
    /// The time to use instead of the clock's, such as 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_date_time)]
    pub(crate) at: Option<UnixTime>,
    /// How far the sender's clock may be off, in both directions
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(crate) skew: Option<u32>,
    /// Print the verdict as a JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// The header's value, without "X-WSSE: " [default: standard input]
    pub(crate) value: Option<String>,
}

#[derive(Args)]
#[command(after_help = "\
With --parse, each parameter is printed as NAME=VALUE on a line of its own; a value that asks for
no WSSE is refused.

Examples:
  wsse header challenge --realm \"orders\"
  wsse header challenge --parse 'Basic realm=\"x\", WSSE realm=\"orders\", profile=\"UsernameToken\"'")]
pub(crate) struct HeaderChallenge {
    /// The realm to name
    #[arg(long, value_name = "TEXT", conflicts_with = "parse")]
    pub(crate) realm: Option<String>,
    /// Read the value of a WWW-Authenticate header instead [without VALUE: standard input]
    #[arg(long, value_name = "VALUE", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "absent, without value, with value")]
    pub(crate) parse: Option<Option<String>>,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  wsse protect --policy preset:timestamp request.xml -o protected.xml
  wsse protect --policy partner.toml --username bob --password-env PASSWORD < request.xml")]
pub(crate) struct Protect {
    #[command(flatten)]
    pub(crate) policy: Policy,
    #[command(flatten)]
    pub(crate) users: Users,
    #[command(flatten)]
    pub(crate) later: Later,
    /// The time to use instead of the clock's, such as 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_date_time)]
    pub(crate) at: Option<UnixTime>,
    #[command(flatten)]
    pub(crate) files: Files,
}

#[derive(Args)]
#[command(after_help = "\
OUT is what a receiver may read: the Envelope, the header blocks without the Security header that
was checked, and the Body. Nothing is written to it when the message is refused. Each run is a
process of its own and remembers no message: a replay is found by services, not here.

Examples:
  wsse validate --policy preset:username-token --username bob --password-env PASSWORD message.xml
  wsse validate --policy partner.toml --at 2026-05-01T12:00:00Z --json < message.xml
  wsse validate --policy partner.toml --username bob --password-env OLD --password-env NEW m.xml")]
pub(crate) struct Validate {
    #[command(flatten)]
    pub(crate) policy: Policy,
    #[command(flatten)]
    pub(crate) users: Users,
    #[command(flatten)]
    pub(crate) later: Later,
    #[command(flatten)]
    pub(crate) verdict: Verdict,
}

#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Put a UsernameToken and a Timestamp into a SOAP message
    Create(TokenCreate),
    /// Check the UsernameToken of a SOAP message, and the Timestamp if there is one
    Check(TokenCheck),
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  wsse token create --username bob --password-env PASSWORD request.xml -o protected.xml
  wsse token create --username bob --password-env PASSWORD --password-type text --no-timestamp \\
      --no-nonce --no-created < request.xml")]
pub(crate) struct TokenCreate {
    #[command(flatten)]
    pub(crate) users: Users,
    #[command(flatten)]
    pub(crate) later: Later,
    /// What of the password the token shows; with none it names a user and proves nothing
    #[arg(long, value_name = "TYPE", default_value = "digest", value_parser = PASSWORD_TYPES)]
    pub(crate) password_type: PasswordForm,
    /// What is done to the password before it is hashed: plain, sha1, sha1-base64,
    /// md5-lower-base64, lower
    #[arg(long, value_name = "NAME", default_value = "plain", value_parser = parse_secret_form)]
    pub(crate) secret_form: SecretForm,
    /// The nonce, whose UTF-8 octets enter the hash; the token shows their base64 [default: 16
    /// random octets]
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["nonce_base64", "no_nonce"])]
    pub(crate) nonce: Option<String>,
    /// The nonce as the token shows it: base64, whose decoded octets enter the hash
    #[arg(long, value_name = "BASE64", conflicts_with = "no_nonce", value_parser = parse_base64)]
    pub(crate) nonce_base64: Option<Octets>,
    /// Write no Nonce
    #[arg(long)]
    pub(crate) no_nonce: bool,
    /// Created of the token, used as it is given [default: the time]
    #[arg(long, value_name = "TEXT", conflicts_with = "no_created")]
    pub(crate) created: Option<String>,
    /// Write no Created into the token
    #[arg(long)]
    pub(crate) no_created: bool,
    /// Write no wsu:Id on the token
    #[arg(long)]
    pub(crate) no_id: bool,
    /// Seconds from Created of the Timestamp to its Expires; 0 for no Expires
    #[arg(long, value_name = "SECONDS", default_value_t = 300, allow_negative_numbers = true)]
    pub(crate) ttl: u32,
    /// Write no Timestamp
    #[arg(long, conflicts_with_all = ["order", "ttl"])]
    pub(crate) no_timestamp: bool,
    /// The order of work, and so of the elements
    #[arg(
        long,
        value_name = "STEP,STEP",
        value_delimiter = ',',
        default_value = "timestamp,username-token",
        value_parser = parse_step
    )]
    pub(crate) order: Vec<Step>,
    /// Whether the times have milliseconds [default: those of the Timestamp only]
    #[arg(long, value_name = "BOOLEAN")]
    pub(crate) milliseconds: Option<bool>,
    /// How UTC is spelt in the times: Z or +00:00
    #[arg(long, value_name = "ZONE", default_value = "Z", value_parser = parse_zone)]
    pub(crate) zone: Zone,
    /// The actor (SOAP 1.1) or role (SOAP 1.2) of the Security header [default: none]
    #[arg(long, visible_alias = "role", value_name = "URI")]
    pub(crate) actor: Option<String>,
    /// Write no mustUnderstand
    #[arg(long)]
    pub(crate) no_must_understand: bool,
    /// The time to use instead of the clock's, such as 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_date_time)]
    pub(crate) at: Option<UnixTime>,
    #[command(flatten)]
    pub(crate) files: Files,
}

#[derive(Args)]
#[command(after_help = "\
Any kind of token is accepted unless --password-type names one, and a Timestamp is checked if there
is one. OUT is what `wsse validate` writes.

Examples:
  wsse token check --username bob --password-env PASSWORD message.xml > /dev/null && echo welcome
  wsse token check --username bob --password-env PASSWORD --skew 120 --json message.xml")]
pub(crate) struct TokenCheck {
    #[command(flatten)]
    pub(crate) users: Users,
    #[command(flatten)]
    pub(crate) later: Later,
    /// The kind of token that is demanded; with none a token without Password is accepted, which
    /// authenticates nobody [default: any with a password]
    #[arg(long, value_name = "TYPE", value_parser = PASSWORD_TYPES)]
    pub(crate) password_type: Option<PasswordForm>,
    /// What is done to the password before it is hashed: plain, sha1, sha1-base64,
    /// md5-lower-base64, lower
    #[arg(long, value_name = "NAME", default_value = "plain", value_parser = parse_secret_form)]
    pub(crate) secret_form: SecretForm,
    /// A part of a PasswordDigest that may be absent: nonce or created; may be repeated
    #[arg(long = "optional", value_name = "PART")]
    pub(crate) optional: Vec<OptionalPart>,
    /// Understand other spellings of the Password Type, and its absence
    #[arg(long)]
    pub(crate) lenient_types: bool,
    /// Demand a Timestamp
    #[arg(long)]
    pub(crate) require_timestamp: bool,
    /// Demand a Timestamp that says when it expires
    #[arg(long)]
    pub(crate) require_expires: bool,
    /// The age in seconds that a Created may have
    #[arg(long, value_name = "SECONDS", default_value_t = 300, allow_negative_numbers = true)]
    pub(crate) ttl: u32,
    /// Seconds by which the sender's clock may be off, in both directions
    #[arg(long, value_name = "SECONDS", default_value_t = 60, allow_negative_numbers = true)]
    pub(crate) skew: u32,
    /// The actor (SOAP 1.1) or role (SOAP 1.2) whose Security header is ours [default: the
    /// ultimate receiver]
    #[arg(long, visible_alias = "role", value_name = "URI")]
    pub(crate) actor: Option<String>,
    #[command(flatten)]
    pub(crate) verdict: Verdict,
}

/// A part that `--optional` names.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OptionalPart {
    Nonce,
    Created,
}

/// What every command that judges a message takes.
#[derive(Args)]
pub(crate) struct Verdict {
    /// The time to use instead of the clock's, such as 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_date_time)]
    pub(crate) at: Option<UnixTime>,
    /// Print the verdict as a JSON object; OUT is then written only with -o
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) files: Files,
}

/// What is read and written.
#[derive(Args)]
pub(crate) struct Files {
    /// The message [default: standard input]
    #[arg(value_name = "IN")]
    pub(crate) input: Option<PathBuf>,
    /// Where the outcome goes; a file is replaced only when all is written [default: standard
    /// output]
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,
}

/// Where the policy is.
#[derive(Args)]
pub(crate) struct Policy {
    /// The policy: a TOML file, or a built-in one: preset:username-token, preset:username-text,
    /// preset:timestamp, preset:onvif
    #[arg(
        long = "policy",
        value_name = "FILE|preset:NAME",
        value_parser = OsStringValueParser::new().map(PolicySource::from)
    )]
    pub(crate) source: PolicySource,
}

#[derive(Clone)]
pub(crate) enum PolicySource {
    Preset(String),
    File(PathBuf),
}

impl From<OsString> for PolicySource {
    fn from(text: OsString) -> Self {
        match text.to_str().and_then(|text| text.strip_prefix("preset:")) {
            Some(name) => Self::Preset(name.to_owned()),
            None => Self::File(text.into()),
        }
    }
}

/// Octets given as base64.
#[derive(Clone)]
pub(crate) struct Octets(pub(crate) Vec<u8>);

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
    fn augment_args(command: ClapCommand) -> ClapCommand {
        command.args(LATER.map(|name| {
            Arg::new(name)
                .long(name)
                .hide(true)
                .num_args(1)
                .value_parser(ValueParser::os_string())
                .action(ArgAction::Append)
        }))
    }

    fn augment_args_for_update(command: ClapCommand) -> ClapCommand {
        Self::augment_args(command)
    }
}

const PASSWORD_TYPES: fn(&str) -> Result<PasswordForm, String> = |text| {
    choose(
        text,
        [
            ("digest", PasswordForm::Digest),
            ("text", PasswordForm::Text),
            ("none", PasswordForm::None),
        ],
    )
};

fn parse_secret_form(text: &str) -> Result<SecretForm, String> {
    choose(text, SecretForm::ALL.map(|form| (form.name(), form)))
}

fn parse_step(text: &str) -> Result<Step, String> {
    choose(text, [("timestamp", Step::Timestamp), ("username-token", Step::UsernameToken)])
}

fn parse_zone(text: &str) -> Result<Zone, String> {
    choose(text, [Zone::Zulu, Zone::Offset].map(|zone| (zone.text(), zone)))
}

fn choose<T, const N: usize>(text: &str, choices: [(&str, T); N]) -> Result<T, String> {
    let names = choices.each_ref().map(|(name, _)| *name).join(", ");
    let chosen = choices.into_iter().find(|(name, _)| *name == text);
    chosen.map(|(_, value)| value).ok_or_else(|| format!("possible values: {names}"))
}

fn parse_parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

fn parse_base64(text: &str) -> Result<Octets, Error> {
    wsse_core::crypto::base64_to_vec(text).map(Octets)
}
