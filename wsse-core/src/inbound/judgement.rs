//! What is decided when a message was read to its end and its Signatures hold: who the user is, what
//! is covered, whether that is what the policy demands, and as the last act whether it came before.

use super::Inbound;
use super::coverage::{Covered, Parts, Signed};
use super::encrypted;
use super::freshness::Freshness;
use super::layers::Carried;
use super::projection::{Projection, Selection};
use super::tokens::Tokens;
use super::unsigned::{self, Unsigned};
use super::username;
use super::validated::Verdict;
use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::message::{Found, Head, Tail};
use crate::policy::UnsignedFault;
use crate::replay::ReplayKey;

/// A message that was read to its end.
pub(super) struct Settled<'s, 'm> {
    pub(super) source: &'m [u8],
    pub(super) head: &'s Head<'m>,
    pub(super) tail: Tail<'m>,
    pub(super) tokens: Tokens<'s, 'm>,
    /// The Signatures that hold, each with what a replay of it is recognised by; what was decrypted.
    pub(super) carried: Carried,
    /// What was found of the positions that are asked for, where the message is not at hand: then
    /// `source` is what stands before its Body.
    pub(super) found: Option<&'s Found>,
    /// The parts that were written out already.
    pub(super) written: Option<&'s Selection>,
}

/// A message that is accepted.
pub(super) struct Judged {
    /// Everything but the document.
    pub(super) verdict: Verdict,
    /// The document, as parts of the source.
    pub(super) projection: Projection,
}

impl Inbound {
    /// The judgement of a message, which needs nothing but what was read.
    pub(super) fn judge(
        &self,
        settled: Settled<'_, '_>,
        freshness: &Freshness<'_>,
    ) -> Result<Judged, Error> {
        let Settled { source, head, tail, tokens, carried, found, written } = settled;
        let Carried { signatures, decrypted, legacy: encryption_legacy, .. } = carried;
        let checked = match &tokens.username_token {
            Some(token) => {
                let own = Some(token.offset..token.end);
                let is_signers = signatures.iter().any(|(signed, _)| signed.token == own);
                let passwords = self.passwords.as_ref();
                Some(username::check(token, &self.policy, passwords, freshness, is_signers)?)
            }
            None => None,
        };
        let (signed, signature_keys): (Vec<Signed>, Vec<ReplayKey>) =
            signatures.into_iter().unzip();
        let all = Covered::by_identity(&signed);
        let parts = Parts { source, policy: &self.policy, head, tail: &tail, found };
        let is_unsigned_fault = signed.is_empty() && self.accepts_unsigned(head, &tail, true);
        let covered = match self.covered(&all, &parts) {
            Ok(covered) => covered,
            Err(_) if is_unsigned_fault => None,
            Err(error) => return Err(error),
        };
        let signers = match covered {
            Some(covered) => parts.signers(covered, &all)?,
            None => Vec::new(),
        };
        if !is_unsigned_fault {
            encrypted::check(&parts, &decrypted)?;
        }
        let encrypted = encrypted::report(&parts, &decrypted)?;
        let selection = match covered {
            Some(covered) => Selection::of_covered(head, &tail, covered),
            None => Selection::WithoutSecurity,
        };
        if written.is_some_and(|written| *written != selection) {
            return Err(Error::new(
                Cause::NotStreamed,
                "the parts that were written out are not those that are covered: whose Signatures \
                 cover what the policy requires could not be told before the message was read; \
                 validate it as a whole",
            ));
        }
        let projection = Projection::of(source, head, &tail, &selection);
        let created = tokens.username_token.as_ref().and_then(|token| token.created.as_ref());
        let created = created.map(|(_, at)| *at);
        let token_key = checked.as_ref().and_then(|checked| checked.replay_key);
        // An instant that nobody signed says nothing of how long a replay is to be expected.
        let signed_at = tokens.timestamp.as_ref().filter(|timestamp| {
            let place = timestamp.offset..timestamp.offset + 1;
            covered.is_some_and(|covered| covered.covers(&place))
        });
        let signed_at = signed_at.map(|timestamp| timestamp.created);
        let signature_keys = signature_keys.into_iter().map(|key| (key, signed_at, "Signature"));
        for (key, created, what) in
            token_key.map(|key| (key, created, "UsernameToken")).into_iter().chain(signature_keys)
        {
            let expires = freshness.last_acceptance(created);
            if !self.replay.insert_if_absent(&key, expires, freshness.now())? {
                let reason = format!("the {what} was seen before: the same message came twice");
                return Err(Error::new(Cause::Replay, reason));
            }
        }
        let authenticated = checked.is_some_and(|checked| checked.authenticated);
        let Some(covered) = covered else {
            let mut verdict = unsigned_verdict(head, &tail, tokens, authenticated);
            verdict.encrypted = encrypted;
            verdict.legacy = verdict.legacy.union(encryption_legacy);
            return Ok(Judged { verdict, projection });
        };
        let unsigned = unsigned::of(head, &tail, covered);
        let certificate = covered.certificate().cloned();
        let values = tokens.signature_values();
        let body_child = tail.body_child.filter(|_| covered.covers(&tail.body));
        let legacy = tokens.legacy().union(encryption_legacy);
        // A token that nobody signed could come from another message: it says nothing of this one.
        let username_token = tokens.username_token.filter(|token| {
            let place = token.offset..token.end;
            !self.policy.username.signed || covered.covers(&place) || covered.is_keyed_by(&place)
        });
        let verdict = Verdict {
            document: Vec::new(),
            body: 0..0,
            spooled: None,
            signers: Some(signers),
            encrypted,
            unsigned,
            legacy,
            exchange: Exchange::new(values, certificate),
            soap: head.soap,
            body_child: body_child.map(|(namespace, local)| (namespace, local.into_owned())),
            username_token: username_token.map(|token| (token, authenticated)),
            timestamp: tokens.timestamp,
        };
        Ok(Judged { verdict, projection })
    }

    /// The judgement of a message without a Security header for this receiver.
    pub(super) fn judge_without_security(
        &self,
        head: &Head<'_>,
        tail: &Tail<'_>,
    ) -> Result<Judged, Error> {
        if self.accepts_unsigned(head, tail, false) {
            let verdict = unsigned_verdict(head, tail, Tokens::default(), false);
            let projection = Projection::of(&[], head, tail, &Selection::WithoutSecurity);
            return Ok(Judged { verdict, projection });
        }
        let reason = match self.policy.actor.as_str() {
            "" => "the message has no Security header for this receiver".to_owned(),
            actor => format!("the message has no Security header for the actor {actor:?}"),
        };
        Err(Error::new(Cause::MissingSecurityHeader, reason))
    }

    /// The first identity whose signatures cover everything that is required; None where the policy
    /// requires no signature.
    pub(super) fn covered<'c, 's>(
        &self,
        all: &'c [Covered<'s>],
        parts: &Parts<'_>,
    ) -> Result<Option<&'c Covered<'s>>, Error> {
        if self.policy.require.signed.is_empty() {
            return Ok(None);
        }
        let mut failure = None;
        for covered in all {
            match covered.check(parts, all) {
                Ok(()) => return Ok(Some(covered)),
                Err(error) => drop(failure.get_or_insert(error)),
            }
        }
        Err(failure.unwrap_or_else(|| {
            Error::new(
                Cause::MissingSignature,
                "the policy requires a Signature, and the Security header has none",
            )
        }))
    }

    /// Whether an unsigned fault is accepted for what it is.
    fn accepts_unsigned(&self, head: &Head<'_>, tail: &Tail<'_>, has_security: bool) -> bool {
        self.accepts_unsigned_fault(has_security)
            && tail.body_child.as_ref().is_some_and(|(namespace, local)| {
                namespace == head.soap.namespace() && *local == "Fault"
            })
    }

    /// The same of whatever may be a fault.
    pub(super) fn accepts_unsigned_fault(&self, has_security: bool) -> bool {
        let require = &self.policy.require;
        // Whoever could not read a request sends no Security header, so no Timestamp; one that nobody
        // signed would prove nothing.
        self.policy.unsigned_fault == UnsignedFault::Accept
            && !(require.signed.is_empty() && require.encrypted.is_empty())
            && (has_security || require.username_token.is_none())
    }
}

/// The verdict on a message that no signature has to protect.
fn unsigned_verdict(
    head: &Head<'_>,
    tail: &Tail<'_>,
    tokens: Tokens<'_, '_>,
    authenticated: bool,
) -> Verdict {
    let body_child = tail.body_child.as_ref();
    Verdict {
        document: Vec::new(),
        body: 0..0,
        spooled: None,
        signers: None,
        encrypted: Vec::new(),
        unsigned: Unsigned::default(),
        legacy: tokens.legacy(),
        exchange: Exchange::new(tokens.signature_values(), None),
        soap: head.soap,
        body_child: body_child.map(|(namespace, local)| (namespace.clone(), local.to_string())),
        username_token: tokens.username_token.map(|token| (token, authenticated)),
        timestamp: tokens.timestamp,
    }
}
