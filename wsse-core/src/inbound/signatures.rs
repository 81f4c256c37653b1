//! The Signatures of a message: their keys, one walk, their verdicts.

use super::coverage::Signed;
use super::keyring::{MessageKeys, direct_id};
use super::references::References;
use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::keyinfo::{ReferencedToken, ResolveKey, ResolvedKey, VerificationKey};
use crate::message::{Soap, Tail, Watch, walk_watched};
use crate::pass::Pass;
use crate::policy::InboundPolicy;
use crate::replay::ReplayKey;
use crate::token::SignatureConfirmation;
use crate::xml::{CheckedDocument, Element, Limits, ScannerMemory};
use crate::xmldsig::{ReferencedPart, Signature, Step, Trace, VerifiedParts};

/// The message that is worked on.
pub(super) struct Work<'m, 'l> {
    pub(super) document: CheckedDocument<'m>,
    pub(super) limits: &'l Limits,
    pub(super) soap: Soap,
    pub(super) second_thread: bool,
    /// What becomes of an error in the octets: where they were decrypted, it tells nothing.
    pub(super) inner: fn(Error) -> Error,
}

/// Checks every Signature: who signed is decided before anything is computed with a key. Each with
/// what a replay of it is recognised by.
pub(super) fn verify<'m, T: Trace>(
    work: &Work<'m, '_>,
    signatures: &[&Signature<'_, '_>],
    keys: &MessageKeys<'_>,
    security: Element<'_, '_>,
    memory: &mut ScannerMemory,
    watch: &mut impl Watch<'m>,
    trace: &mut T,
) -> Result<(Tail<'m>, Vec<(Signed, ReplayKey)>), Error> {
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
    let Work { document, limits, soap, second_thread, inner } = work;
    let mut pass = Pass::new(targets).hashing_beside(*second_thread);
    for (signature, tokens) in signatures.iter().zip(&tokens) {
        if !keys.keyring.ignores_key_info
            && let Some(id) = direct_id(signature.key_info)
        {
            pass.watch(&id);
        }
        // A reference and its token are both named, by the Signature and by the reference.
        for reference in signature.references.iter().filter(|reference| reference.security_token) {
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
    let tail = walk_watched(*document, limits, *soap, memory, &mut pass, watch).map_err(inner)?;
    let outcomes = pass.finish()?;
    let mut rest = outcomes.as_slice();
    let mut verified = Vec::with_capacity(signatures.len());
    for ((signature, resolved), tokens) in signatures.iter().zip(resolved).zip(&tokens) {
        let own = 1 + signature.references.len();
        let (own, others) = rest.split_at_checked(own).unwrap_or((&[], &[]));
        rest = others;
        let ResolvedKey { key, certificate: holder, trusted, identity, token, .. } = resolved;
        // A certificate that nobody vouches for says nothing of who signed.
        let certificate = holder.clone().filter(|_| trusted);
        let key_name = match &key {
            VerificationKey::Remote(verifier) => Some(verifier.name().to_owned()),
            _ => None,
        };
        let VerifiedParts { references, certificates: made_up, .. } =
            signature.verify(&key, own, tokens, trace)?;
        let signed_info = own.first().map_or(&[][..], |outcome| outcome.octets.as_slice());
        let replay_key = ReplayKey::of_signature(signed_info, &identity);
        let range = signature.range.clone();
        let signed = Signed {
            range,
            references,
            certificate,
            key_name,
            trusted,
            identity,
            holder,
            token,
            made_up,
        };
        verified.push((signed, replay_key));
    }
    Ok((tail, verified))
}

/// SOAP Message Security 1.1.1, section 8.5: a reply confirms every signature of its request, each
/// by its value, or by none that the request had no signature.
pub(super) fn check_confirmations(
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
