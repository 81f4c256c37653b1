//! The Signatures of a message: their keys, one walk, their verdicts.

use super::coverage::Signed;
use super::keyring::{MessageKeys, direct_id};
use super::references::References;
use super::tokens::Tokens;
use crate::crypto::Certificate;
use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::keyinfo::{ReferencedToken, ResolveKey, ResolvedKey, VerificationKey};
use crate::pass::{Outcome, Pass, Target};
use crate::policy::InboundPolicy;
use crate::replay::ReplayKey;
use crate::token::SignatureConfirmation;
use crate::xml::Element;
use crate::xmldsig::{ReferencedPart, Signature, SignedTokens, Step, Trace, VerifiedReference};
use core::ops::Range;
use std::collections::HashMap;

/// The Signatures of a message before their walk: whose they are is decided before anything is computed
/// with a key.
pub(super) struct Prepared {
    resolved: Vec<ResolvedKey>,
    targets: Vec<Target>,
    /// The tokens that are signed through references.
    tokens: Vec<SignedTokens>,
}

impl Prepared {
    pub(super) fn new<T: Trace>(
        signatures: &[&Signature<'_, '_>],
        keys: &MessageKeys<'_>,
        security: Element<'_, '_>,
        trace: &mut T,
    ) -> Result<Self, Error> {
        let references = References { keys, security };
        let mut resolved = Vec::with_capacity(signatures.len());
        for signature in signatures {
            let offset = signature.range.start;
            let found = keys
                .resolve(signature.wants_secret(), signature.key_info, &references)
                .map_err(|error| error.at(offset))?;
            if T::LISTENS {
                let subject = found.certificate.as_ref().map(|held| held.subject().to_rfc2253());
                trace.step(&Step::Key { signature: offset, subject, trusted: found.trusted });
                for reason in found.unknown.iter() {
                    trace.step(&Step::Unknown { signature: offset, reason });
                }
            }
            resolved.push(found);
        }
        let mut targets = Vec::new();
        let mut tokens = Vec::with_capacity(signatures.len());
        for signature in signatures {
            let (own, of_signature) = signature.targets(&references)?;
            targets.extend(own);
            tokens.push(of_signature);
        }
        Ok(Self { resolved, targets, tokens })
    }

    /// What the walk must find out.
    pub(super) fn pass(
        &mut self,
        signatures: &[&Signature<'_, '_>],
        keys: &MessageKeys<'_>,
    ) -> Pass {
        let mut pass = Pass::new(core::mem::take(&mut self.targets));
        for (signature, tokens) in signatures.iter().zip(&self.tokens) {
            if !keys.keyring.ignores_key_info
                && let Some(id) = direct_id(signature.key_info)
            {
                pass.watch(&id);
            }
            // A reference and its token are both named, by the Signature and by the reference.
            for reference in
                signature.references.iter().filter(|reference| reference.security_token)
            {
                if let ReferencedPart::Id(id) = &reference.part {
                    pass.watch(id);
                }
            }
            for token in tokens.iter() {
                if let ReferencedToken::Present { id: Some(id), .. } = token {
                    pass.watch(id);
                }
            }
        }
        pass
    }

    /// Checks every Signature by what the walk found. Each with what a replay of it is recognised by.
    pub(super) fn verify<T: Trace>(
        self,
        signatures: &[&Signature<'_, '_>],
        outcomes: &[Outcome],
        trace: &mut T,
    ) -> Result<Vec<(Signed, ReplayKey)>, Error> {
        let mut rest = outcomes;
        let mut verified = Vec::with_capacity(signatures.len());
        for ((signature, resolved), tokens) in
            signatures.iter().zip(self.resolved).zip(&self.tokens)
        {
            let own = 1 + signature.references.len();
            let (own, others) = rest.split_at_checked(own).unwrap_or((&[], &[]));
            rest = others;
            let parts = signature.verify(&resolved.key, own, tokens, trace)?;
            let signed_info = own.first().map_or(&[][..], |outcome| outcome.octets.as_slice());
            let replay_key = ReplayKey::of_signature(signed_info, &resolved.identity);
            let signed = Signed::new(
                signature.range.clone(),
                parts.references,
                parts.certificates,
                resolved,
            );
            verified.push((signed, replay_key));
        }
        Ok(verified)
    }

    /// What the Signatures will cover if they hold, by where the elements stand that are named.
    /// Nothing is proven by it.
    pub(super) fn assume(
        &self,
        signatures: &[&Signature<'_, '_>],
        keys: &MessageKeys<'_>,
        places: &HashMap<String, Range<usize>>,
        root: &Range<usize>,
    ) -> Vec<Signed> {
        let token = |offset: usize| {
            let tokens = keys.tokens.iter().map(|token| token.range.clone());
            tokens.into_iter().find(|range| range.start == offset).unwrap_or(offset..offset + 1)
        };
        let all = signatures.iter().zip(&self.resolved).zip(&self.tokens);
        all.map(|((signature, resolved), tokens)| {
            let (mut references, mut made_up) = (Vec::new(), Vec::new());
            for (index, reference) in signature.references.iter().enumerate() {
                let (range, id) = match (tokens.of(index), &reference.part) {
                    (Some(ReferencedToken::MadeUp { certificate, .. }), _) => {
                        made_up.push(certificate.clone());
                        continue;
                    }
                    (Some(ReferencedToken::Present { offset, id }), _) => {
                        (token(*offset), id.clone())
                    }
                    (None, ReferencedPart::Document) => (root.clone(), None),
                    (None, ReferencedPart::Id(id)) => {
                        (places.get(id).cloned().unwrap_or(0..0), Some(id.clone()))
                    }
                };
                let own = &signature.range;
                let encloses = range.start < own.start && own.end < range.end;
                let without = (reference.enveloped && encloses).then(|| own.clone());
                references.push(VerifiedReference { range, id, without });
            }
            Signed::new(signature.range.clone(), references, made_up, resolved.clone())
        })
        .collect()
    }
}

impl Signed {
    fn new(
        range: Range<usize>,
        references: Vec<VerifiedReference>,
        made_up: Vec<Certificate>,
        resolved: ResolvedKey,
    ) -> Self {
        let ResolvedKey { key, certificate: holder, trusted, identity, token, .. } = resolved;
        // A certificate that nobody vouches for says nothing of who signed.
        let certificate = holder.clone().filter(|_| trusted);
        let key_name = match &key {
            VerificationKey::Remote(verifier) => Some(verifier.name().to_owned()),
            _ => None,
        };
        Self { range, references, certificate, key_name, trusted, identity, holder, token, made_up }
    }
}

/// Refuses what is no reply to the request of this exchange.
pub(super) fn check_reply(
    tokens: &Tokens<'_, '_>,
    exchange: Option<&Exchange>,
    policy: &InboundPolicy,
) -> Result<(), Error> {
    check_not_sent_back(&tokens.signatures, exchange)?;
    check_confirmations(&tokens.confirmations, exchange, policy)
}

/// The request would pass for its own reply where one key is good for both ways: KeyInfo is not signed,
/// so somebody on the way can name the key as replies do.
fn check_not_sent_back(
    signatures: &[Signature<'_, '_>],
    exchange: Option<&Exchange>,
) -> Result<(), Error> {
    let values = exchange.map(Exchange::signature_values).unwrap_or_default();
    let is_known = |signature: &&Signature<'_, '_>| {
        values.iter().any(|value| is_same_signature(value, &signature.value))
    };
    match signatures.iter().find(is_known) {
        None => Ok(()),
        Some(signature) => {
            let reason =
                "the Signature is that of the request, which was sent back as its own reply";
            Err(Error::new(Cause::Replay, reason).at(signature.range.start))
        }
    }
}

/// Of a signature by ECDSA anybody can negate the second half.
fn is_same_signature(one: &[u8], other: &[u8]) -> bool {
    let half = one.len() / 2;
    one.len() == other.len() && one.get(..half) == other.get(..half)
}

/// SOAP Message Security 1.1.1, section 8.5: a reply confirms every signature of its request, each
/// by its value, or by none that the request had no signature.
fn check_confirmations(
    confirmations: &[SignatureConfirmation],
    exchange: Option<&Exchange>,
    policy: &InboundPolicy,
) -> Result<(), Error> {
    let refuse = |reason: &str, offset: Option<usize>| {
        let error = Error::new(Cause::SignatureConfirmation, reason);
        Err(match offset {
            Some(offset) => error.at(offset),
            None => error,
        })
    };
    let required = policy.require.signature_confirmation;
    let Some(exchange) = exchange else {
        // Without the request there is nothing to compare with.
        return if required {
            refuse(
                "the policy requires a SignatureConfirmation, so the message must be validated with \
                 the exchange of its request",
                confirmations.first().map(|first| first.range.start),
            )
        } else {
            Ok(())
        };
    };
    if confirmations.is_empty() {
        return if required {
            refuse("the policy requires a SignatureConfirmation, and the reply has none", None)
        } else {
            Ok(())
        };
    }
    let values = exchange.signature_values();
    for confirmation in confirmations {
        let known = match &confirmation.value {
            Some(value) => values.contains(value),
            None => values.is_empty() && confirmations.len() == 1,
        };
        if !known {
            return refuse(
                "a SignatureConfirmation confirms another signature than those of the request",
                Some(confirmation.range.start),
            );
        }
    }
    let confirmed = |value: &Vec<u8>| {
        confirmations.iter().any(|confirmation| confirmation.value.as_ref() == Some(value))
    };
    if values.iter().all(confirmed) {
        Ok(())
    } else {
        refuse("a signature of the request is not confirmed by the reply", None)
    }
}
