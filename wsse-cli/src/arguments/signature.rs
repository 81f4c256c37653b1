//! `wsse sign` and `wsse verify`.

use super::keys::{KnownKeys, OwnKeys};
use super::message::{Files, PolicySource, Verdict, policy_source};
use crate::credentials::Users;
use clap::{Args, ValueEnum};
use wsse_core::crypto::{DigestMethod, SignatureMethod};
use wsse_core::policy::{KeyReference, Part};
use wsse_core::time::{UnixTime, parse_date_time};

#[derive(Args)]
#[command(after_help = "\
Without a policy the Body is signed, and the Timestamp if there is one.

Examples:
  wsse sign --key client.key.pem --cert client.crt.pem request.xml -o signed.xml
  wsse sign --pkcs12 client.p12 --key-password-env PASSWORD --part body --part '#to' request.xml
  wsse sign --bare --form detached --id invoice --secret partner.secret document.xml")]
pub(crate) struct Sign {
    /// A policy for outgoing messages: a TOML file, or preset:NAME [default: a Signature of the
    /// Body, and of the Timestamp if there is one]
    #[arg(long, value_name = "FILE|preset:NAME", value_parser = policy_source())]
    pub(crate) policy: Option<PolicySource>,
    #[command(flatten)]
    pub(crate) keys: OwnKeys,
    #[command(flatten)]
    pub(crate) users: Users,
    /// The method of the signature: rsa-sha256, rsa-pss-sha256, ecdsa-sha256, eddsa-ed25519,
    /// hmac-sha256, … [default: by the kind of key, with SHA-256 or as strong as its curve]
    #[arg(long, value_name = "NAME", conflicts_with = "policy", value_parser = parse_method)]
    pub(crate) method: Option<SignatureMethod>,
    /// The method of the digests: sha256, sha512, sha3-256, … [default: sha256]
    #[arg(long, value_name = "NAME", conflicts_with = "policy", value_parser = parse_digest)]
    pub(crate) digest: Option<DigestMethod>,
    /// How the receiver is told which key it is: binary-security-token, issuer-serial,
    /// subject-key-identifier, thumbprint-sha1, x509-key-identifier, x509-data, key-value, secret
    /// [default: binary-security-token, with --bare x509-data, with --secret secret]
    #[arg(long, value_name = "NAME", conflicts_with = "policy", value_parser = parse_reference)]
    pub(crate) reference: Option<KeyReference>,
    /// What is signed: body, timestamp, username-token, {namespace}local, #id, /Envelope/…, with a
    /// trailing ? where it may be absent; may be repeated [default: body and timestamp?]
    #[arg(
        long = "part",
        value_name = "PART",
        conflicts_with_all = ["policy", "bare"],
        value_parser = parse_part
    )]
    pub(crate) parts: Vec<Part>,
    /// Sign any XML document, which is no message
    #[arg(long, conflicts_with_all = ["username", "password-env"])]
    pub(crate) bare: bool,
    /// Where the Signature of a document is put
    #[arg(long, value_name = "FORM", requires = "bare", default_value = "enveloped")]
    pub(crate) form: FormName,
    /// The Id of an element that a detached Signature signs; may be repeated
    #[arg(long = "id", value_name = "ID", requires = "bare")]
    pub(crate) ids: Vec<String>,
    /// The time to use instead of the clock's, such as 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_date_time)]
    pub(crate) at: Option<UnixTime>,
    #[command(flatten)]
    pub(crate) files: Files,
}

/// A form that `--form` names.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormName {
    /// Into the document, whose root is signed
    Enveloped,
    /// Around the document
    Enveloping,
    /// Into the document, of which elements are signed
    Detached,
}

#[derive(Args)]
#[command(after_help = "\
Without a policy the Body must be signed, and the Timestamp if there is one, by a signer who is
trusted: by --cert, or by a path to a --trust. OUT is what was signed, and nothing else, decrypted
where a --key or a --secret is given and parts are encrypted. With --bare
every Signature of the document must hold, and OUT is the document as it is: --json says what of it
was signed.

Examples:
  wsse verify --cert client.crt.pem signed.xml
  wsse verify --trust root.crt.pem --untrusted intermediate.crt.pem --json signed.xml
  wsse verify --cert client.crt.pem --key server.key.pem signed-and-encrypted.xml
  wsse verify --bare --trust root.crt.pem --legacy sha1 --json document.xml")]
pub(crate) struct Verify {
    /// A policy for incoming messages: a TOML file, or preset:NAME [default: that the Body is
    /// signed, and the Timestamp if there is one]
    #[arg(long, value_name = "FILE|preset:NAME", value_parser = policy_source())]
    pub(crate) policy: Option<PolicySource>,
    #[command(flatten)]
    pub(crate) keys: KnownKeys,
    #[command(flatten)]
    pub(crate) users: Users,
    /// Check any XML document, which is no message
    #[arg(long, conflicts_with_all = ["username", "password-env"])]
    pub(crate) bare: bool,
    #[command(flatten)]
    pub(crate) verdict: Verdict,
}

fn parse_method(text: &str) -> Result<SignatureMethod, String> {
    SignatureMethod::from_name(text).filter(|method| method.signs()).ok_or_else(|| {
        let names: Vec<&str> = SignatureMethod::that_sign().map(SignatureMethod::name).collect();
        format!("possible values: {}", names.join(", "))
    })
}

fn parse_digest(text: &str) -> Result<DigestMethod, String> {
    DigestMethod::from_name(text).filter(|method| method.signs()).ok_or_else(|| {
        let names: Vec<&str> = DigestMethod::that_sign().map(DigestMethod::name).collect();
        format!("possible values: {}", names.join(", "))
    })
}

fn parse_reference(text: &str) -> Result<KeyReference, String> {
    KeyReference::from_name(text).ok_or_else(|| {
        let names: Vec<&str> = KeyReference::names().collect();
        format!("possible values: {}", names.join(", "))
    })
}

pub(super) fn parse_part(text: &str) -> Result<Part, String> {
    Part::parse(text).ok_or_else(|| {
        "possible values: body, timestamp, username-token, binary-security-token, \
         signature-confirmation, security-token-reference, {namespace}local, #id, /Envelope/…; to \
         be encrypted body-content, /Envelope/Body//{namespace}local and content(…)"
            .to_owned()
    })
}
