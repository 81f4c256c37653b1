//! `wsse protect` and `wsse validate`, and the options that the token commands share with them.

use super::keys::{KnownKeys, OwnKeys};
use crate::credentials::Users;
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::ffi::OsString;
use std::path::PathBuf;
use wsse_core::time::{UnixTime, parse_date_time};

#[derive(Args)]
#[command(after_help = "\
Examples:
  wsse protect --policy preset:timestamp request.xml -o protected.xml
  wsse protect --policy partner.toml --username bob --password-env PASSWORD < request.xml
  wsse protect --policy partner.toml --key client.key.pem --cert client.crt.pem request.xml
  wsse protect --policy partner.toml --recipient server.crt.pem request.xml")]
pub(crate) struct Protect {
    #[command(flatten)]
    pub(crate) policy: Policy,
    #[command(flatten)]
    pub(crate) users: Users,
    #[command(flatten)]
    pub(crate) keys: OwnKeys,
    /// The time to use instead of the clock's, such as 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_date_time)]
    pub(crate) at: Option<UnixTime>,
    #[command(flatten)]
    pub(crate) files: Files,
}

#[derive(Args)]
#[command(after_help = "\
OUT is what a receiver may read: the Envelope, the header blocks without the Security header that
was checked, and the Body; where the policy demands signatures, only what they cover. Nothing is written to it when the message is refused. Each run is a
process of its own and remembers no message: a replay is found by services, not here.

Examples:
  wsse validate --policy preset:username-token --username bob --password-env PASSWORD message.xml
  wsse validate --policy partner.toml --at 2026-05-01T12:00:00Z --json < message.xml
  wsse validate --policy partner.toml --username bob --password-env OLD --password-env NEW m.xml
  wsse validate --policy partner.toml --trust root.crt.pem --legacy sha1 m.xml
  wsse validate --policy partner.toml --trust root.crt.pem --key server.key.pem encrypted.xml")]
pub(crate) struct Validate {
    #[command(flatten)]
    pub(crate) policy: Policy,
    #[command(flatten)]
    pub(crate) users: Users,
    #[command(flatten)]
    pub(crate) keys: KnownKeys,
    #[command(flatten)]
    pub(crate) verdict: Verdict,
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
    /// preset:timestamp, preset:onvif, preset:wss4j, preset:wss4j-encrypt, preset:wcf,
    /// preset:wcf-encrypt, preset:zeep
    #[arg(
        long = "policy",
        value_name = "FILE|preset:NAME",
        value_parser = policy_source()
    )]
    pub(crate) source: PolicySource,
}

pub(super) fn policy_source() -> impl TypedValueParser<Value = PolicySource> {
    OsStringValueParser::new().map(PolicySource::from)
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
