//! Options that name files of keys, certificates and secrets.

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::ffi::OsString;
use std::path::PathBuf;
use wsse_core::crypto::Legacy;

/// A file, and the name that a policy has for what it holds; empty where none is given.
#[derive(Clone)]
pub(crate) struct NamedFile {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

impl From<OsString> for NamedFile {
    /// A name has no slash, so that `./a=b.pem` is a file.
    fn from(text: OsString) -> Self {
        match text.to_str().and_then(|text| text.split_once('=')) {
            Some((name, path)) if !name.contains(['/', '\\']) => {
                Self { name: name.to_owned(), path: path.into() }
            }
            _ => Self { name: String::new(), path: text.into() },
        }
    }
}

fn named() -> impl TypedValueParser<Value = NamedFile> {
    OsStringValueParser::new().map(NamedFile::from)
}

/// What signs, and for whom is encrypted.
#[derive(Args)]
pub(crate) struct OwnKeys {
    /// The private key that signs, in PEM, DER or PKCS#12; NAME is the `key` of a policy's
    /// signature
    #[arg(long = "key", value_name = "[NAME=]FILE", value_parser = named())]
    pub(crate) keys: Vec<NamedFile>,
    /// The certificate of the key, and those that lead from it upward; may be repeated
    #[arg(long = "cert", value_name = "[NAME=]FILE", value_parser = named())]
    pub(crate) certificates: Vec<NamedFile>,
    /// A PKCS#12 with the key and its certificate
    #[arg(long = "pkcs12", value_name = "[NAME=]FILE", value_parser = named())]
    pub(crate) stores: Vec<NamedFile>,
    /// The environment variable that holds the password of the key
    #[arg(long, value_name = "VAR")]
    pub(crate) key_password_env: Option<String>,
    /// A shared secret for HMAC, or that encrypts, the octets of the file as they are; may be repeated
    #[arg(long = "secret", value_name = "[NAME=]FILE", value_parser = named())]
    pub(crate) secrets: Vec<NamedFile>,
    /// The certificate or public key of whom is encrypted for, in PEM, DER or PKCS#12; NAME is the
    /// `recipient` of a policy's encryption; may be repeated
    #[arg(long = "recipient", value_name = "[NAME=]FILE", value_parser = named())]
    pub(crate) recipients: Vec<NamedFile>,
}

/// What signatures are checked with, and what decrypts.
#[derive(Args)]
pub(crate) struct KnownKeys {
    /// A certificate or public key that is believed as it is, in PEM, DER or PKCS#12; NAME is what
    /// the policy, or a KeyName, calls it; may be repeated
    #[arg(long = "cert", value_name = "[NAME=]FILE", value_parser = named())]
    pub(crate) certificates: Vec<NamedFile>,
    /// A certificate at which the path from a signer's certificate may end; may be repeated
    #[arg(long = "trust", value_name = "[NAME=]FILE", value_parser = named())]
    pub(crate) anchors: Vec<NamedFile>,
    /// A certificate that may stand inside such a path, or be meant by a message, and is not
    /// believed for itself; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) untrusted: Vec<PathBuf>,
    /// A certificate revocation list of an issuer, PEM or DER: whoever is on it is refused, and where
    /// the policy requires revocation lists every certificate but the anchor needs one; may be
    /// repeated
    #[arg(long = "crl", value_name = "FILE")]
    pub(crate) crls: Vec<PathBuf>,
    /// A shared secret for HMAC, which also decrypts what was encrypted with it; the octets of the file
    /// as they are; NAME is what a KeyName calls it; may be repeated
    #[arg(long = "secret", value_name = "[NAME=]FILE", value_parser = named())]
    pub(crate) secrets: Vec<NamedFile>,
    /// A private key that decrypts, in PEM, DER or PKCS#12; NAME is what a KeyName calls it; may be
    /// repeated. Where its certificate is in no file with it, give that as --untrusted
    #[arg(
        long = "key",
        visible_alias = "pkcs12",
        value_name = "[NAME=]FILE",
        value_parser = named()
    )]
    pub(crate) keys: Vec<NamedFile>,
    /// The environment variable that holds the password of what is encrypted among these files
    #[arg(long, value_name = "VAR")]
    pub(crate) key_password_env: Option<String>,
    /// Accept what is refused otherwise, beside what the policy allows: sha1, rsa1024,
    /// hmac-truncation, embedded-key, cbc, rsa15, …; may be repeated
    #[arg(long, value_name = "NAME", value_parser = parse_legacy)]
    pub(crate) legacy: Vec<Legacy>,
}

pub(super) fn parse_legacy(text: &str) -> Result<Legacy, String> {
    Legacy::from_name(text).ok_or_else(|| {
        format!("possible values: {}", Legacy::ALL.map(|legacy| legacy.name()).join(", "))
    })
}
