//! `wsse token`.

use super::message::{Files, Verdict};
use crate::credentials::Users;
use clap::{Args, Subcommand, ValueEnum};
use wsse_core::Error;
use wsse_core::password::SecretForm;
use wsse_core::policy::{PasswordForm, Step};
use wsse_core::time::{UnixTime, Zone, parse_date_time};

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

/// Octets given as base64.
#[derive(Clone)]
pub(crate) struct Octets(pub(crate) Vec<u8>);

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

fn parse_base64(text: &str) -> Result<Octets, Error> {
    wsse_core::crypto::base64_to_vec(text).map(Octets)
}
