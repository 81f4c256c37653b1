//! From the octets of a message to its verdict, layer by layer, in the order of costs.
//!
//! A layer is read once. The Signatures that stand before the first order to decrypt something see
//! it as it is; what that order names is decrypted into the next layer, which is read in the same
//! way. In most messages there are one or two.

use super::Inbound;
use super::decryption::{DecryptStep, DecryptedKeys, Encryption, NextLayer, Transition};
use super::freshness::Freshness;
use super::judgement::{Judged, Settled};
use super::keyring::MessageKeys;
use super::layers::Carried;
use super::secrets::MessageSecrets;
use super::signatures::{self, Prepared};
use super::tokens::Tokens;
use super::validated::{ValidatedMessage, Verdict};
use crate::crypto::decryption_failed;
use crate::error::{Category, Cause, Error};
use crate::exchange::Exchange;
use crate::message::{Ciphertexts, Head, walk, walk_watched};
use crate::xml::ScannerMemory;
use crate::xmldsig::{Signature, Trace};
use crate::xmlenc::Plaintexts;
use core::ops::Range;

/// The validation of one message.
pub(super) struct Validation<'v, T> {
    pub(super) inbound: &'v Inbound,
    /// What the message replies to.
    pub(super) exchange: Option<&'v Exchange>,
    pub(super) trace: &'v mut T,
    pub(super) memory: &'v mut ScannerMemory,
    pub(super) decrypted: DecryptedKeys,
}

/// What a layer led to.
enum Progress {
    Next(NextLayer),
    Judged(Box<Judged>),
}

/// What is done with one layer.
struct Round<'r, 'o, 'a> {
    /// The Signatures that see it.
    signatures: Vec<&'r Signature<'o, 'a>>,
    /// What is decrypted in it, then.
    steps: Vec<&'r DecryptStep<'o, 'a>>,
}

impl<'r, 'o, 'a> Round<'r, 'o, 'a> {
    /// Signatures and orders to decrypt act in the order of the document. Orders with no Signature in
    /// between are one step.
    fn new(
        signatures: &'r [Signature<'o, 'a>],
        encryption: &'r Encryption<'o, 'a>,
        done: &[Range<usize>],
    ) -> Self {
        let is_open = |range: &Range<usize>| !done.contains(range);
        let signatures = signatures.iter().filter(|signature| is_open(&signature.range));
        let steps = || encryption.steps.iter().filter(|step| is_open(&step.range));
        let first = steps().next().map_or(usize::MAX, |step| step.range.start);
        let (now, later): (Vec<_>, Vec<_>) =
            signatures.partition(|signature| signature.range.start < first);
        let next = later.first().map_or(usize::MAX, |signature| signature.range.start);
        let steps = steps().filter(|step| step.range.start < next).collect();
        Self { signatures: now, steps }
    }
}

impl<T: Trace> Validation<'_, T> {
    /// Everything held: the message, with what its keys say of it and what a reply needs of them.
    pub(super) fn conclude(self, verdict: Verdict) -> ValidatedMessage {
        let legacy = verdict.legacy.union(self.decrypted.legacy());
        let exchange = verdict.exchange.with_keys(self.decrypted.into_keys(), false);
        ValidatedMessage::assertion(Verdict { exchange, legacy, ..verdict })
    }

    /// The judgement of a message, and the octets that it speaks of.
    pub(super) fn of(&mut self, source: &[u8]) -> Result<(Judged, Option<Vec<u8>>), Error> {
        let mut decrypted: Option<Vec<u8>> = None;
        let mut carried = Carried::default();
        loop {
            let layer = decrypted.as_deref().unwrap_or(source);
            let silent = carried.silent;
            let progress = self.layer(layer, carried).map_err(|error| match silent {
                true => silenced(error),
                false => error.locate(layer),
            })?;
            match progress {
                Progress::Judged(judged) => return Ok((*judged, decrypted)),
                Progress::Next(next) => {
                    decrypted = Some(next.octets);
                    carried = next.carried;
                }
            }
        }
    }

    fn layer(&mut self, source: &[u8], mut carried: Carried) -> Result<Progress, Error> {
        let Self { inbound, exchange, trace, memory, decrypted } = self;
        let inbound: &Inbound = inbound;
        let policy = &inbound.policy;
        let judged = |judged| Progress::Judged(Box::new(judged));
        let limits = &policy.limits;
        // That the message itself is well-formed is known: it is the plaintext that is not.
        let inner: fn(Error) -> Error = match carried.layers {
            0 => |error| error,
            _ => |_| decryption_failed(),
        };
        let (head, rest) = Head::parse(source, limits, &policy.actor, memory).map_err(inner)?;
        let Some(security) = &head.security else {
            // A message that is not well-formed is told so first.
            let tail = rest.read(memory).map_err(inner)?;
            // The header that said what is encrypted cannot have gone, but into plaintext.
            if carried.layers > 0 {
                return Err(decryption_failed());
            }
            return inbound.judge_without_security(&head, &tail).map(judged);
        };
        let tokens = Tokens::read(security, policy, inbound.passwords.is_some())?;
        let encryption = Encryption::read(security.outline.root())?;
        let round = Round::new(&tokens.signatures, &encryption, &carried.done);
        let is_walked = !round.signatures.is_empty()
            || !round.steps.is_empty()
            || !carried.plaintexts.is_empty();
        let (document, tail) = match is_walked {
            true => (Some(rest.leave(memory)), None),
            false => (None, Some(rest.read(memory).map_err(inner)?)),
        };
        if round.steps.is_empty() {
            tokens.check_presence(&policy.require)?;
        }
        let freshness = Freshness::new(&policy.clock, inbound.clock.now()?);
        if let Some(timestamp) = &tokens.timestamp {
            freshness.check_timestamp(timestamp)?;
        }
        let secrets = MessageSecrets {
            encryption: &encryption,
            derived: &tokens.derived,
            username_token: tokens.username_token.as_ref(),
            passwords: inbound.passwords.as_ref(),
            form: policy.username.secret,
            exchange: *exchange,
            decrypted,
        };
        let keys = MessageKeys {
            keyring: &inbound.keyring,
            tokens: &tokens.binary_security_tokens,
            at: freshness.now(),
            secrets: &secrets,
        };
        let mut ciphertexts =
            Ciphertexts::new(round.steps.iter().flat_map(|step| step.ids().map(str::to_owned)));
        let tail = match (document, tail) {
            (Some(document), _) => {
                let (signatures, root) = (&round.signatures, security.outline.root());
                let mut prepared = Prepared::new(signatures, &keys, root, *trace)?;
                let mut pass =
                    prepared.pass(signatures, &keys).hashing_beside(policy.second_thread);
                let plaintexts = core::mem::take(&mut carried.plaintexts);
                let soap = head.soap;
                // Most messages are not encrypted: nobody watches them.
                let tail = if round.steps.is_empty() && plaintexts.is_empty() {
                    walk(document, limits, soap, memory, &mut pass)
                } else {
                    let mut watch = (&mut ciphertexts, Plaintexts::new(&plaintexts));
                    walk_watched(document, limits, soap, memory, &mut pass, &mut watch)
                };
                let tail = tail.map_err(inner)?;
                let verified = prepared.verify(signatures, &pass.finish()?, *trace)?;
                carried.done.extend(verified.iter().map(|(signed, _)| signed.range.clone()));
                carried.signatures.extend(verified);
                tail
            }
            (None, Some(tail)) => tail,
            (None, None) => return Err(Error::new(Cause::InvalidArgument, "nothing was read")),
        };
        if !round.steps.is_empty() {
            let transition = Transition {
                source,
                head: &head,
                encryption: &encryption,
                ciphertexts: &ciphertexts,
                keys: &keys,
                legacy: policy.legacy,
                most: limits.message,
            };
            return transition.run(&round.steps, carried).map(Progress::Next);
        }
        signatures::check_reply(&tokens, *exchange, policy)?;
        let (found, written) = (None, None);
        let settled = Settled { source, head: &head, tail, tokens, carried, found, written };
        inbound.judge(settled, &freshness).map(judged)
    }
}

/// What is told of a refusal behind ciphertext that nothing authenticates: whoever can try out
/// others must not learn what became of each. What the message has no influence on is told.
fn silenced(error: Error) -> Error {
    match (error.cause(), error.category()) {
        (Cause::ReplayStoreUnavailable | Cause::ClockUnavailable | Cause::Replay, _) => error,
        (_, Category::Io | Category::Misuse) => error,
        _ => decryption_failed(),
    }
}
