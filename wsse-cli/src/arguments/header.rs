//! `wsse header`.

use crate::credentials::Users;
use clap::{Args, Subcommand};
use wsse_core::time::{UnixTime, parse_date_time};

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
    pub(crate) parse: Option<Option<String>>,
}

fn parse_parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}
