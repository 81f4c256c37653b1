//! `wsse encrypt`.

use super::keys::NamedFile;
use super::message::{Files, PolicySource, policy_source};
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum};
use wsse_core::crypto::{BlockEncryption, Legacy};
use wsse_core::policy::{DataKeyTransport, KeyReference, Part};
use wsse_core::time::{UnixTime, parse_date_time};

#[derive(Args)]
#[command(after_help = "\
Without a policy the content of the Body is encrypted. With --bare any XML document is encrypted, or
octets of any kind: the document element, or the element with the Id of --id; its content, with --type
content; or the input as it is, with --type octets. What is encrypted is signed by nobody: `wsse protect`
does both by a policy.

Examples:
  wsse encrypt --recipient server.crt.pem request.xml -o encrypted.xml
  wsse encrypt --recipient server.crt.pem --part '{urn:bank}Card' --part body-content request.xml
  wsse encrypt --bare --recipient server.crt.pem document.xml -o encrypted.xml
  wsse encrypt --bare --recipient server.crt.pem --id card --type content document.xml
  wsse encrypt --bare --secret partner=shared.key --transport kw-aes256 document.xml
  wsse encrypt --bare --recipient server.crt.pem --type octets --mime-type image/png photo.png")]
pub(crate) struct Encrypt {
    /// A policy for outgoing messages: a TOML file, or preset:NAME; with --bare its first encryption
    /// says how [default: for whoever is given here]
    #[arg(long, value_name = "FILE|preset:NAME", value_parser = policy_source())]
    pub(crate) policy: Option<PolicySource>,
    /// The certificate or public key of a recipient, in PEM, DER or PKCS#12; NAME is the `recipient`
    /// of a policy, or what a KeyName says; may be repeated
    #[arg(long = "recipient", value_name = "[NAME=]FILE", value_parser = named())]
    pub(crate) recipients: Vec<NamedFile>,
    /// A shared secret, the octets of the file as they are: it wraps the key, or is the key itself
    #[arg(long = "secret", value_name = "[NAME=]FILE", value_parser = named())]
    pub(crate) secrets: Vec<NamedFile>,
    /// The method that data is encrypted with: aes256-gcm, aes128-gcm, … [default: aes256-gcm]
    #[arg(long, value_name = "NAME", conflicts_with = "policy", value_parser = parse_data)]
    pub(crate) data: Option<BlockEncryption>,
    /// How the key of the data gets there: rsa-oaep, rsa-oaep-mgf1p, ecdh-es, kw-aes256, …; secret where the
    /// shared secret is the key itself [default: rsa-oaep, with --secret secret]
    #[arg(long, value_name = "NAME", conflicts_with = "policy", value_parser = parse_transport)]
    pub(crate) transport: Option<DataKeyTransport>,
    /// How the recipient is told which key is meant: issuer-serial, x509-data, key-value, key-name,
    /// … [default: issuer-serial, with --secret key-name where it has a NAME]
    #[arg(long, value_name = "NAME", conflicts_with = "policy", value_parser = parse_reference)]
    pub(crate) reference: Option<KeyReference>,
    /// What is encrypted of a message: body-content, username-token, signature, {namespace}local, #id,
    /// /Envelope/…, /Envelope/Body//{namespace}local, content(…), with a trailing ? where it may be
    /// absent; may be repeated [default: body-content]
    #[arg(
        long = "part",
        value_name = "PART",
        conflicts_with_all = ["policy", "bare"],
        value_parser = super::signature::parse_part
    )]
    pub(crate) parts: Vec<Part>,
    /// Encrypt what is no message
    #[arg(long)]
    pub(crate) bare: bool,
    /// What is encrypted of a document
    #[arg(long = "type", value_name = "TYPE", requires = "bare", default_value = "element")]
    pub(crate) kind: TypeName,
    /// The Id of the element [default: the document element]
    #[arg(long, value_name = "ID", requires = "bare")]
    pub(crate) id: Option<String>,
    /// The media type of octets, which is written and not encrypted
    #[arg(long, value_name = "TYPE", requires = "bare")]
    pub(crate) mime_type: Option<String>,
    /// The environment variable that holds the password of a PKCS#12 among these files
    #[arg(long, value_name = "VAR")]
    pub(crate) key_password_env: Option<String>,
    /// Take a recipient's key that is refused otherwise: rsa1024
    #[arg(long, value_name = "NAME", value_parser = super::keys::parse_legacy)]
    pub(crate) legacy: Vec<Legacy>,
    /// The time to use instead of the clock's, such as 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_date_time)]
    pub(crate) at: Option<UnixTime>,
    #[command(flatten)]
    pub(crate) files: Files,
}

/// What `--type` names.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TypeName {
    /// An element, whole
    Element,
    /// What is between the tags of an element
    Content,
    /// The input as it is, XML or not
    Octets,
}

fn named() -> impl TypedValueParser<Value = NamedFile> {
    OsStringValueParser::new().map(NamedFile::from)
}

fn parse_data(text: &str) -> Result<BlockEncryption, String> {
    BlockEncryption::from_name(text).ok_or_else(|| {
        format!("possible values: {}", BlockEncryption::ALL.map(BlockEncryption::name).join(", "))
    })
}

fn parse_transport(text: &str) -> Result<DataKeyTransport, String> {
    DataKeyTransport::from_name(text).ok_or_else(|| {
        let names: Vec<&str> = DataKeyTransport::names().collect();
        format!("possible values: {}", names.join(", "))
    })
}

fn parse_reference(text: &str) -> Result<KeyReference, String> {
    KeyReference::from_name(text).ok_or_else(|| {
        let names: Vec<&str> = KeyReference::names().collect();
        format!("possible values: {}", names.join(", "))
    })
}
