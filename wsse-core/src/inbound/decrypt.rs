//! Decrypting a message, and nothing more.

use super::Inbound;
use super::coverage::Parts;
use super::decryption::{DecryptedKeys, Encryption, NextLayer, Transition};
use super::encrypted::{self, EncryptedPart};
use super::keyring::MessageKeys;
use super::layers::Carried;
use super::secrets::MessageSecrets;
use crate::crypto::{LegacySet, decryption_failed};
use crate::error::{Cause, Error};
use crate::message::{Ciphertexts, Head, walk_watched};
use crate::pass::Pass;
use crate::token::{BinarySecurityToken, DerivedKeyToken, UsernameToken};
use crate::xml::{Element, Name, NamespaceId, ScannerMemory, to_utf8};
use crate::xmlenc::Plaintexts;
use core::ops::Range;

/// A message whose parts were decrypted. Nothing else of it was checked: neither its Signatures, nor
/// its tokens, nor its age.
#[derive(Clone, Debug)]
pub struct DecryptedMessage {
    octets: Vec<u8>,
    encrypted: Vec<EncryptedPart>,
    legacy: LegacySet,
}

enum Progress {
    Next(NextLayer),
    Done(Vec<EncryptedPart>, LegacySet),
}

impl DecryptedMessage {
    /// The message with each EncryptedData replaced by what was in it, as UTF-8; its Security header
    /// is still there.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The same, without a copy.
    #[must_use]
    pub fn into_octets(self) -> Vec<u8> {
        self.octets
    }

    /// The parts that were encrypted, in the order of the document.
    #[must_use]
    pub fn encrypted(&self) -> &[EncryptedPart] {
        &self.encrypted
    }

    /// Which algorithms were accepted only because the policy allows them by name.
    #[must_use]
    pub fn legacy(&self) -> LegacySet {
        self.legacy
    }
}

impl Inbound {
    /// Decrypts everything in a message that its Security header says is encrypted, at least one part,
    /// and judges nothing: whoever changed the message may have put the parts there.
    ///
    /// # Errors
    /// [`Cause::MissingPart`] where nothing is encrypted; [`Cause::DecryptionFailed`];
    /// [`Cause::NoKey`], and what else [`Self::validate`] says of the encryption and of the octets.
    /// CBC needs its legacy switch, as no Signature is verified.
    pub fn decrypt(&self, message: &[u8]) -> Result<DecryptedMessage, Error> {
        if message.len() > self.policy.limits.message {
            let reason = format!(
                "the message has {} octets; {} are accepted",
                message.len(),
                self.policy.limits.message
            );
            return Err(Error::new(Cause::MessageSize, reason));
        }
        let source = to_utf8(message, None).map_err(|error| error.locate(message))?;
        let keys = DecryptedKeys::default();
        let mut octets: Option<Vec<u8>> = None;
        let mut carried = Carried::default();
        loop {
            let layer = octets.as_deref().unwrap_or(&source);
            let silent = carried.silent;
            let progress = self
                .memories
                .lend(|memory| self.decrypt_layer(layer, carried, &keys, memory))
                .map_err(|error| if silent { decryption_failed() } else { error.locate(layer) })?;
            match progress {
                Progress::Next(next) => {
                    octets = Some(next.octets);
                    carried = next.carried;
                }
                Progress::Done(encrypted, legacy) => {
                    let octets = octets.unwrap_or_default();
                    let legacy = legacy.union(keys.legacy());
                    return Ok(DecryptedMessage { octets, encrypted, legacy });
                }
            }
        }
    }

    fn decrypt_layer(
        &self,
        source: &[u8],
        carried: Carried,
        decrypted: &DecryptedKeys,
        memory: &mut ScannerMemory,
    ) -> Result<Progress, Error> {
        let policy = &self.policy;
        let inner: fn(Error) -> Error = match carried.layers {
            0 => |error| error,
            _ => |_| decryption_failed(),
        };
        let (head, rest) =
            Head::parse(source, &policy.limits, &policy.actor, memory).map_err(inner)?;
        let Some(security) = &head.security else {
            rest.read(memory).map_err(inner)?;
            if carried.layers > 0 {
                return Err(decryption_failed());
            }
            let reason = "the message has no Security header for this receiver, so nothing says what \
                          is encrypted";
            return Err(Error::new(Cause::MissingSecurityHeader, reason));
        };
        let root = security.outline.root();
        let encryption = Encryption::read(root)?;
        let is_open = |range: &Range<usize>| !carried.done.contains(range);
        let steps: Vec<_> = encryption.steps.iter().filter(|step| is_open(&step.range)).collect();
        let mut ciphertexts =
            Ciphertexts::new(steps.iter().flat_map(|step| step.ids().map(str::to_owned)));
        let mut watch = (&mut ciphertexts, Plaintexts::new(&carried.plaintexts));
        let document = rest.leave(memory);
        let mut pass = Pass::new(Vec::new());
        let limits = &policy.limits;
        let tail = walk_watched(document, limits, head.soap, memory, &mut pass, &mut watch)
            .map_err(inner)?;
        if steps.is_empty() {
            if carried.layers == 0 {
                let reason = "nothing in the message is encrypted";
                return Err(Error::new(Cause::MissingPart, reason));
            }
            let parts = Parts { source, policy, head: &head, tail: &tail, found: None };
            let encrypted = encrypted::report(&parts, &carried.decrypted)?;
            return Ok(Progress::Done(encrypted, carried.legacy));
        }
        let is_token = |name: Name<'_>| name.is(NamespaceId::WSSE, "BinarySecurityToken");
        let tokens = root.children().filter(|child| is_token(child.name()));
        let tokens: Vec<_> =
            tokens.filter_map(|child| BinarySecurityToken::parse(child).ok()).collect();
        let at = self.clock.now()?.plus_seconds(policy.clock.offset);
        let derived = root.children().filter(|child| DerivedKeyToken::is(*child));
        let derived: Vec<_> = derived.map(DerivedKeyToken::parse).collect::<Result<_, _>>()?;
        let is_user = |child: &Element<'_, '_>| child.name().is(NamespaceId::WSSE, "UsernameToken");
        let user = root.children().find(is_user);
        let user = user.and_then(|token| UsernameToken::parse(token, policy.username.types).ok());
        let secrets = MessageSecrets {
            encryption: &encryption,
            derived: &derived,
            username_token: user.as_ref(),
            passwords: self.passwords.as_ref(),
            form: policy.username.secret,
            exchange: None,
            decrypted,
        };
        let keys = MessageKeys { keyring: &self.keyring, tokens: &tokens, at, secrets: &secrets };
        let transition = Transition {
            source,
            head: &head,
            encryption: &encryption,
            ciphertexts: &ciphertexts,
            keys: &keys,
            legacy: policy.legacy,
            most: limits.message,
        };
        transition.run(&steps, carried).map(Progress::Next)
    }
}
