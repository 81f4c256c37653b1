//! Checking a Signature with what a walk found.

use super::signature::{Signature, SignedTokens};
use super::trace::{Step, Trace};
use crate::crypto::{Certificate, Digester, equal, hex, hmac_verify};
use crate::error::{Cause, Error};
use crate::keyinfo::{ReferencedToken, VerificationKey};
use crate::pass::Outcome;
use core::ops::Range;

/// A part that a Signature covers: its SignatureValue and the digest of the part both hold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedReference {
    /// The element, from the `<` of its start tag to the `>` of its end tag.
    pub range: Range<usize>,
    /// The Id by which it was named; None for the whole document. Of a token that a
    /// SecurityTokenReference stands for it is the token's own, if it has one.
    pub id: Option<String>,
    /// What was taken out of it: the Signature.
    pub without: Option<Range<usize>>,
}

/// What a Signature that holds covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedParts {
    /// Parts of the document.
    pub references: Vec<VerifiedReference>,
    /// Certificates whose tokens were made up for the digest: no part of the document.
    pub certificates: Vec<Certificate>,
}

impl Signature<'_, '_> {
    /// Checks the SignatureValue over the canonical SignedInfo, then the digest of every
    /// Reference. `outcomes` are those of [`Signature::targets`], in their order, and `tokens` what came
    /// with these.
    ///
    /// # Errors
    /// [`Cause::KeyType`], [`Cause::SignatureMismatch`], [`Cause::DigestMismatch`]; of a key that is
    /// held elsewhere, those of [`crate::crypto::NamedVerifier::verify`];
    /// [`Cause::UnsupportedTransform`] where an enveloped-signature transform stands in a Reference to
    /// the Signature, or to something in it.
    pub fn verify<T: Trace>(
        &self,
        key: &VerificationKey,
        outcomes: &[Outcome],
        tokens: &SignedTokens,
        trace: &mut T,
    ) -> Result<VerifiedParts, Error> {
        let offset = self.range.start;
        let Some((signed_info, parts)) = outcomes.split_first() else {
            return Err(Error::new(Cause::InvalidArgument, "a walk without outcomes"));
        };
        let holds = match key {
            VerificationKey::Public(key) => {
                key.verify(self.method, &signed_info.octets, &self.value)
            }
            VerificationKey::Secret(secret) => hmac_verify(
                self.method,
                secret,
                &signed_info.octets,
                &self.value,
                self.output_length,
            ),
            VerificationKey::Remote(verifier) => {
                verifier.verify(self.method, &signed_info.octets, &self.value, self.output_length)
            }
        };
        if T::LISTENS {
            trace.step(&Step::SignatureValue {
                signature: offset,
                method: self.method.uri(),
                signed_info: &signed_info.octets,
                holds: holds.is_ok(),
            });
        }
        holds.map_err(|error| error.at(offset))?;
        if parts.len() != self.references.len() || parts.len() != tokens.0.len() {
            return Err(Error::new(Cause::InvalidArgument, "a walk for other references"));
        }
        let mut verified = VerifiedParts::default();
        for ((reference, outcome), token) in self.references.iter().zip(parts).zip(&tokens.0) {
            let digest = match token {
                Some(ReferencedToken::MadeUp { canonical, .. }) => {
                    let mut digester = Digester::new(reference.method);
                    digester.update(canonical);
                    digester.finish()?
                }
                _ => outcome
                    .digest
                    .ok_or_else(|| Error::new(Cause::InvalidArgument, "a walk without digests"))?,
            };
            let uri = reference.uri();
            if T::LISTENS {
                trace.step(&Step::Reference {
                    signature: offset,
                    uri: &uri,
                    range: outcome.range.clone(),
                    method: reference.method.uri(),
                    expected: &reference.value,
                    actual: digest.octets(),
                });
            }
            if !equal(digest.octets(), &reference.value) {
                return Err(Error::new(
                    Cause::DigestMismatch,
                    format!(
                        "what the Reference {uri:?} names was changed after it was signed: octets \
                         {} to {} have the {} {}, signed was {}",
                        outcome.range.start,
                        outcome.range.end,
                        reference.method.name(),
                        hex(digest.octets()),
                        hex(&reference.value)
                    ),
                )
                .at(reference.offset));
            }
            let (signature, part) = (&self.range, &outcome.range);
            // Nothing would be left of it.
            if reference.enveloped && signature.start <= part.start && part.end <= signature.end {
                let reason = "the transform enveloped-signature stands in a Reference to the \
                              Signature, or to something in it";
                return Err(Error::new(Cause::UnsupportedTransform, reason).at(reference.offset));
            }
            // From what stands apart nothing is taken out (XML Signature 1.1, section 6.6.4): node-soap
            // writes the transform into each Reference.
            let encloses = part.start < signature.start && signature.end < part.end;
            let without = (reference.enveloped && encloses).then(|| signature.clone());
            let id = match (token, &reference.part) {
                (Some(ReferencedToken::MadeUp { certificate, .. }), _) => {
                    verified.certificates.push(certificate.clone());
                    continue;
                }
                (Some(ReferencedToken::Present { id, .. }), _) => id.clone(),
                (None, super::ReferencedPart::Document) => None,
                (None, super::ReferencedPart::Id(id)) => Some(id.clone()),
            };
            let range = outcome.range.clone();
            verified.references.push(VerifiedReference { range, id, without });
        }
        Ok(verified)
    }
}
