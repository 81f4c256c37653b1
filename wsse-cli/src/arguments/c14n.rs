//! `wsse c14n`.

use super::message::Files;
use clap::Args;
use wsse_core::c14n::{Mode, PrefixList};
use wsse_core::xml::is_ncname;

#[derive(Args)]
#[command(after_help = "\
OUT is in UTF-8, without a LINE FEED at its end. What stands outside the root element belongs to the
document: processing instructions, and with --with-comments comments.

Examples:
  wsse c14n document.xml
  wsse c14n --id body --prefix soap --prefix '#default' message.xml | sha256sum
  wsse c14n --method inclusive-1.1 --with-comments < document.xml")]
pub(crate) struct Canonicalize {
    /// The rules: exclusive (Exclusive XML Canonicalization 1.0), inclusive (Canonical XML 1.0),
    /// inclusive-1.1 (Canonical XML 1.1)
    #[arg(long, value_name = "METHOD", default_value = "exclusive", value_parser = parse_mode)]
    pub(crate) method: Mode,
    /// Write comments too
    #[arg(long)]
    pub(crate) with_comments: bool,
    /// A prefix that is declared wherever it is in scope, used or not: the PrefixList of exclusive
    /// canonicalization; #default is the default namespace; may be repeated
    #[arg(long = "prefix", value_name = "P", value_parser = parse_prefix)]
    pub(crate) prefixes: Vec<String>,
    /// The Id of the one element that is written: wsu:Id, xml:id, Id, ID or id [default: the
    /// document is written]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) files: Files,
}

fn parse_mode(text: &str) -> Result<Mode, String> {
    Mode::from_name(text)
        .ok_or_else(|| format!("possible values: {}", Mode::ALL.map(Mode::name).join(", ")))
}

fn parse_prefix(text: &str) -> Result<String, String> {
    if is_ncname(text) || text == PrefixList::DEFAULT {
        return Ok(text.to_owned());
    }
    Err("a prefix is a name without a colon, or #default".to_owned())
}
