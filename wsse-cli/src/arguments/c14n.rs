//! The options of `wsse c14n`.

use super::Files;
use clap::{Args, ValueEnum};
use wsse_core::c14n::Mode;

/// Canonical XML: the octets that a signature is computed over.
#[derive(Args)]
#[command(after_help = "\
Examples:
  wsse c14n document.xml
  wsse c14n --method inclusive --with-comments document.xml
  wsse c14n --id body --prefix soap --prefix '#default' message.xml")]
pub(crate) struct Canonicalize {
    /// The method
    #[arg(long, value_enum, default_value = "exclusive", value_name = "METHOD")]
    pub(crate) method: MethodName,
    /// Keep comments
    #[arg(long)]
    pub(crate) with_comments: bool,
    /// A prefix of the PrefixList of exclusive canonicalization; #default for the default namespace
    #[arg(long = "prefix", value_name = "P")]
    pub(crate) prefixes: Vec<String>,
    /// The element with this Id alone, instead of the whole document
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) files: Files,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum MethodName {
    Exclusive,
    Inclusive,
    #[value(name = "inclusive-1.1")]
    Inclusive11,
}

impl MethodName {
    pub(crate) fn mode(self) -> Mode {
        match self {
            Self::Exclusive => Mode::Exclusive,
            Self::Inclusive => Mode::Inclusive,
            Self::Inclusive11 => Mode::Inclusive11,
        }
    }
}
