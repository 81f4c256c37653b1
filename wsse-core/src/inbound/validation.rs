//! From the octets of a message to its verdict, in the order of costs.

use super::Inbound;
use super::freshness::Freshness;
use super::judgement::{Judged, Settled};
use super::keyring::MessageKeys;
use super::signatures::{self, Work};
use super::tokens::Tokens;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::{Head, Tail};
use crate::xml::{CheckedDocument, ScannerMemory};
use crate::xmldsig::Trace;

/// The validation of one message.
pub(super) struct Validation<'v, T> {
    pub(super) inbound: &'v Inbound,
    /// What the message replies to.
    pub(super) exchange: Option<&'v Exchange>,
    pub(super) trace: &'v mut T,
    pub(super) memory: &'v mut ScannerMemory,
}

/// What is behind the Header.
enum Body<'m> {
    Read(Tail<'m>),
    /// A walk over the whole message reads it, for the signatures.
    Unread(CheckedDocument<'m>),
}

impl<T: Trace> Validation<'_, T> {
    pub(super) fn of(&mut self, source: &[u8]) -> Result<Judged, Error> {
        let Self { inbound, exchange, trace, memory } = self;
        let policy = &inbound.policy;
        let limits = &policy.limits;
        let (head, rest) = Head::parse(source, limits, &policy.actor, memory)?;
        let Some(security) = &head.security else {
            // A message that is not well-formed is told so first.
            let tail = rest.read(memory)?;
            return inbound.judge_without_security(&head, &tail);
        };
        let tokens = Tokens::read(security, policy, inbound.passwords.is_some())?;
        let signed = !tokens.signatures.is_empty();
        let body =
            if signed { Body::Unread(rest.leave(memory)) } else { Body::Read(rest.read(memory)?) };
        tokens.check_presence(&policy.require)?;
        let freshness = Freshness::new(&policy.clock, inbound.clock.now()?);
        if let Some(timestamp) = &tokens.timestamp {
            freshness.check_timestamp(timestamp)?;
        }
        let (tail, signatures) = match body {
            Body::Read(tail) => (tail, Vec::new()),
            Body::Unread(document) => {
                let keys = MessageKeys {
                    keyring: &inbound.keyring,
                    tokens: &tokens.binary_security_tokens,
                    at: freshness.now(),
                };
                let second_thread = policy.second_thread;
                let work = Work { document, limits, soap: head.soap, second_thread };
                let root = security.outline.root();
                signatures::verify(&work, &tokens.signatures, &keys, root, memory, *trace)?
            }
        };
        signatures::check_confirmations(&tokens.confirmations, *exchange, policy)?;
        let settled = Settled { source, head: &head, tail, tokens, signatures };
        inbound.judge(settled, &freshness)
    }
}
