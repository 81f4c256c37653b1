//! `wsse decrypt`.

use super::keys::KnownKeys;
use super::message::{PolicySource, Verdict, policy_source};
use clap::Args;

#[derive(Args)]
#[command(after_help = "\
Whatever the Security header says is encrypted is decrypted, and there must be something. Nothing else
is checked: neither signatures, nor tokens, nor the age, nor what a policy requires; of a policy count
the actor, the limits and the legacy switches. Whoever changed the message may have put the parts
there: `wsse validate` and `wsse verify` decrypt and check. OUT is the whole message with each
EncryptedData replaced. Every ciphertext that does not decrypt is refused in the same words.
With --bare every EncryptedData of a document is decrypted, whatever stands around it, and OUT is the
document, or the octets where the document was an EncryptedData of something that is no XML.

Examples:
  wsse decrypt --key server.key.pem encrypted.xml -o plain.xml
  wsse decrypt --key server.p12 --key-password-env PASSWORD --json encrypted.xml
  wsse decrypt --key server.key.pem --legacy cbc --legacy rsa15 encrypted.xml
  wsse decrypt --bare --key server.key.pem document.xml -o plain.xml")]
pub(crate) struct Decrypt {
    /// A policy for incoming messages: a TOML file, or preset:NAME [default: none]
    #[arg(long, value_name = "FILE|preset:NAME", value_parser = policy_source())]
    pub(crate) policy: Option<PolicySource>,
    #[command(flatten)]
    pub(crate) keys: KnownKeys,
    /// Decrypt any XML document, which is no message
    #[arg(long)]
    pub(crate) bare: bool,
    #[command(flatten)]
    pub(crate) verdict: Verdict,
}
