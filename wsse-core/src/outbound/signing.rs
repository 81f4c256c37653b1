//! Signing a message: everything is written with place-holders, digested in one walk over what will
//! be sent, and filled in place; what signs Signatures, in a further walk when these are filled in.

use super::encrypter::named;
use super::encrypting::{Encrypted, Encrypting, EncryptionPlan};
use super::key_info::{PreparedKeyInfo, Wish};
use super::located::Place;
use super::message_key::{MessageKey, UsedKey};
use super::parts::{IdForm, NewId, NewIds, Parts, signatures_of};
use super::splice::{NewTokens, Spliced};
use crate::c14n::{Mode, PrefixList};
use crate::crypto::{
    Certificate, Identity, KeyFamily, KeyKind, PrivateKey, Secret, SignatureMethod, hmac,
};
use crate::error::{Cause, Error};
use crate::message::{Head, Soap, Tail, Watch, walk_watched};
use crate::ns;
use crate::pass::{Pass, Target};
use crate::policy::{KeyReference, Layout, Part, SignaturePolicy, WhichPart};
use crate::token::{BinarySecurityToken, SecurityTokenReference};
use crate::xml::{CheckedDocument, Limits, Markup, ScannerMemory};
use crate::xmldsig::{ReferenceTemplate, SignatureTemplate, TokenTemplate, bare};

/// Who makes a Signature, with everything that can be prepared.
#[derive(Clone)]
pub(super) struct Signer {
    policy: SignaturePolicy,
    key: SigningKey,
    method: SignatureMethod,
    value_length: usize,
    key_info: PreparedKeyInfo,
}

#[derive(Clone)]
enum SigningKey {
    Identity(Identity),
    Secret(Secret),
    /// One that each message has of its own.
    OfMessage,
}

/// The Ids of what was put into the message.
#[derive(Default)]
pub(super) struct Made {
    pub(super) timestamp: Option<String>,
    pub(super) username_token: Option<String>,
    /// The key that is derived from the password.
    pub(super) username_key: Option<Secret>,
    pub(super) confirmations: Vec<String>,
    /// Whether the request is one whose signatures cannot be confirmed.
    pub(super) confirms_nothing: bool,
    /// What was encrypted before anything is signed.
    pub(super) encrypted: Encrypted,
}

impl Made {
    /// Leaves a token to what becomes of it.
    pub(super) fn forget(&mut self, token: &Markup) {
        let id = id_of(token);
        for own in [&mut self.timestamp, &mut self.username_token] {
            if own.is_some() && *own == id {
                *own = None;
            }
        }
        self.confirmations.retain(|own| id.as_ref() != Some(own));
    }
}

/// The signing of one message.
pub(super) struct Signing<'s> {
    pub(super) signers: &'s [Signer],
    pub(super) layout: Layout,
    pub(super) limits: &'s Limits,
    pub(super) actor: &'s str,
    /// Random octets for new Ids.
    pub(super) ids: &'s [u8; 16],
    pub(super) id_form: IdForm,
    /// The prefixes in scope in the Body, which WSS4J lists as well.
    pub(super) prefixes: PrefixList,
    pub(super) second_thread: bool,
    /// Whether the message is at hand, and not only what stands before its Body.
    pub(super) is_whole: bool,
    /// The key of the message, where the policy has one.
    pub(super) key: Option<&'s MessageKey>,
}

impl Signer {
    pub(super) fn new(
        policy: &SignaturePolicy,
        identities: &[(String, Identity)],
        secrets: &[(String, Secret)],
    ) -> Result<Self, Error> {
        let wants_secret = policy.reference == KeyReference::Secret
            || policy.method.is_some_and(|method| method.family() == KeyFamily::Hmac);
        let missing = |what: &str| {
            let reason = format!("the policy signs with the key {:?}; give {what}", policy.key);
            Error::new(Cause::MissingCredential, reason)
        };
        let key = if policy.reference.is_of_message() {
            SigningKey::OfMessage
        } else if wants_secret {
            let secret = named(secrets, &policy.key).ok_or_else(|| missing("the shared secret"))?;
            SigningKey::Secret(secret.clone())
        } else {
            let identity = named(identities, &policy.key)
                .ok_or_else(|| missing("the private key and its certificate"))?;
            SigningKey::Identity(identity.clone())
        };
        let method = policy.method.unwrap_or_else(|| key.usual_method());
        method.check_signs()?;
        if !policy.digest.signs() {
            let reason = format!("no signature is made with {}", policy.digest.name());
            return Err(Error::new(Cause::UnsupportedAlgorithm, reason));
        }
        let wish = Wish::to_sign(policy);
        let (value_length, key_info) = match &key {
            SigningKey::Secret(secret) => {
                // To find out what is wrong with the secret before it is needed.
                (hmac(method, secret, b"")?.len(), PreparedKeyInfo::of_secret(wish)?)
            }
            SigningKey::OfMessage => {
                (hmac(method, &Secret::new([0]), b"")?.len(), PreparedKeyInfo::of_secret(wish)?)
            }
            SigningKey::Identity(identity) => (
                identity.key().signature_length(method)?,
                PreparedKeyInfo::of_identity(wish, identity)?,
            ),
        };
        key_info.check_parts(policy)?;
        Ok(Self { policy: policy.clone(), key, method, value_length, key_info })
    }

    pub(super) fn certificate(&self) -> Option<&Certificate> {
        match &self.key {
            SigningKey::Identity(identity) => Some(identity.certificate()),
            SigningKey::Secret(_) | SigningKey::OfMessage => None,
        }
    }

    /// Signs; with the key of the message, where it is that.
    fn sign(&self, own: Option<&Secret>, octets: &[u8]) -> Result<Vec<u8>, Error> {
        match &self.key {
            SigningKey::OfMessage => match own {
                Some(secret) => hmac(self.method, secret, octets).map(|code| code.to_vec()),
                None => {
                    let reason = "the policy signs with a key that messages have, and documents that \
                                  are none have not; take another `reference`";
                    Err(Error::new(Cause::InvalidPolicy, reason))
                }
            },
            SigningKey::Identity(identity) => identity.key().sign(self.method, octets),
            SigningKey::Secret(secret) => {
                hmac(self.method, secret, octets).map(|code| code.to_vec())
            }
        }
    }

    fn template(&self, key_info: Vec<Markup>, prefixes: &PrefixList) -> SignatureTemplate {
        let mut template = SignatureTemplate::new(self.method, self.value_length);
        template.canonicalization = (self.policy.canonicalization, prefixes.clone());
        template.key_info = key_info;
        template
    }

    pub(super) fn sign_bare(
        &self,
        document: &[u8],
        limits: &Limits,
        form: &bare::Form,
    ) -> Result<Vec<u8>, Error> {
        let template = self.template(self.key_info.bare.clone(), &PrefixList::new());
        let mut part = ReferenceTemplate::new("");
        part.method = self.policy.digest;
        part.canonicalization = (self.policy.canonicalization, PrefixList::new());
        bare::sign(document, limits, form, &template, &part, |octets| self.sign(None, octets))
    }
}

impl SigningKey {
    fn usual_method(&self) -> SignatureMethod {
        let kind = match self {
            Self::Secret(_) | Self::OfMessage => return SignatureMethod::HmacSha256,
            Self::Identity(identity) => PrivateKey::kind(identity.key()),
        };
        match kind {
            KeyKind::Ec { bits: 521 } => SignatureMethod::EcdsaSha512,
            KeyKind::Ec { bits: 384 } => SignatureMethod::EcdsaSha384,
            KeyKind::Ec { .. } => SignatureMethod::EcdsaSha256,
            KeyKind::Ed25519 => SignatureMethod::EddsaEd25519,
            KeyKind::Ed448 => SignatureMethod::EddsaEd448,
            KeyKind::RsaPss { .. } => SignatureMethod::RsaPssSha256,
            _ => SignatureMethod::RsaSha256,
        }
    }
}

/// The `wsu:Id` of a token that was made.
pub(super) fn id_of(token: &Markup) -> Option<String> {
    let id = token.attributes.iter().find(|held| held.namespace == ns::WSU && held.local == "Id");
    id.map(|id| id.value.clone().into_owned())
}

/// A Signature that is to be made, among the tokens of its [`Plan`].
#[derive(Clone, Debug)]
pub(super) struct PlannedSignature {
    /// Which of the signers makes it.
    signer: usize,
    template: SignatureTemplate,
    /// The key, where it is one of the message.
    key: Option<Secret>,
    /// Which of the new tokens it is, those in front first.
    pub(super) token: usize,
    /// The Id of the token that was made for it.
    token_id: Option<String>,
    /// How many Signatures must be filled in before it, one after the other.
    round: usize,
}

/// What is put into a message that is signed.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) tokens: NewTokens,
    /// Start tags that get an Id.
    pub(super) ids: Vec<NewId>,
    pub(super) signatures: Vec<PlannedSignature>,
}

impl Signing<'_> {
    /// Fills in the Signatures of a message that was written by a plan, and decides by the way what
    /// is encrypted in it afterwards, if anything is. The octets of each SignatureValue come first.
    pub(super) fn fill(
        &self,
        spliced: &mut Spliced,
        signatures: &[PlannedSignature],
        soap: Soap,
        encrypting: Option<&Encrypting<'_>>,
        memory: &mut ScannerMemory,
    ) -> Result<(Vec<Vec<u8>>, Option<EncryptionPlan>), Error> {
        let Spliced { bytes, starts } = spliced;
        let places = Self::places(bytes, starts, signatures)?;
        let limits = self.limits;
        let filling = self.filling(signatures, &places, soap);
        let mut values = vec![Vec::new(); signatures.len()];
        let mut plan = None;
        for round in 0..filling.rounds().max(usize::from(encrypting.is_some())) {
            let document = CheckedDocument::new(bytes, limits)?;
            let all = match encrypting.filter(|_| round == 0) {
                None => filling.round(round, document, memory, &mut ())?.0,
                Some(encrypting) => {
                    let (head, rest) = Head::of(document, limits, self.actor, memory)?;
                    rest.leave(memory);
                    let mut sought = encrypting.search.begin();
                    let (all, tail) = filling.round(round, document, memory, &mut sought)?;
                    let signatures: Vec<usize> = places.iter().map(|(start, _)| *start).collect();
                    plan = Some(encrypting.plan(&Place {
                        head: &head,
                        body: tail.body,
                        found: sought.into_found(),
                        signatures: &signatures,
                    })?);
                    all
                }
            };
            for filled in all {
                filled.write(bytes)?;
                if let Some(value) = values.get_mut(filled.signature) {
                    *value = filled.value;
                }
            }
        }
        Ok((values, plan))
    }

    /// Fills in the Signatures of a message that begins with what was written by a plan: `read` walks
    /// over it. The octets of each SignatureValue.
    pub(super) fn fill_by(
        &self,
        spliced: &mut Spliced,
        signatures: &[PlannedSignature],
        soap: Soap,
        mut read: impl FnMut(&[u8], &mut Pass) -> Result<(), Error>,
    ) -> Result<Vec<Vec<u8>>, Error> {
        let Spliced { bytes, starts } = spliced;
        let places = Self::places(bytes, starts, signatures)?;
        let filling = self.filling(signatures, &places, soap);
        let mut values = vec![Vec::new(); signatures.len()];
        for round in 0..filling.rounds() {
            for filled in filling.round_by(round, |pass| read(bytes, pass))?.0 {
                filled.write(bytes)?;
                if let Some(value) = values.get_mut(filled.signature) {
                    *value = filled.value;
                }
            }
        }
        Ok(values)
    }

    /// Where each Signature and its SignedInfo begin.
    fn places(
        bytes: &[u8],
        starts: &[usize],
        signatures: &[PlannedSignature],
    ) -> Result<Vec<(usize, usize)>, Error> {
        let place = |PlannedSignature { template, token, .. }: &PlannedSignature| {
            let start = starts.get(*token).copied().unwrap_or_default();
            Ok((start, template.signed_info(bytes, start)?))
        };
        signatures.iter().map(place).collect()
    }

    fn filling<'f>(
        &'f self,
        signatures: &'f [PlannedSignature],
        places: &'f [(usize, usize)],
        soap: Soap,
    ) -> Filling<'f> {
        let Self { signers, limits, second_thread, .. } = *self;
        Filling { signers, signatures, places, limits, soap, second_thread }
    }

    /// Decides what is written into a message, and where. `signing_at` of the tokens are made before
    /// the Signatures.
    pub(super) fn plan(
        &self,
        source: &[u8],
        head: &Head<'_>,
        made: &Made,
        mut tokens: NewTokens,
        signing_at: usize,
    ) -> Result<Plan, Error> {
        let mut ids =
            NewIds { form: self.id_form, random: self.ids, number: 0, inserted: Vec::new() };
        let behind = tokens.last.split_off(signing_at.min(tokens.last.len()));
        let mut signatures: Vec<PlannedSignature> = Vec::new();
        let strict = self.layout == Layout::Strict;
        let present = signatures_of(head).count();
        let mut earlier: Vec<Option<String>> = Vec::new();
        for (index, signer) in self.signers.iter().enumerate() {
            let later = self.signers.iter().enumerate().skip(index + 1);
            let is_signed = later
                .map(|(place, later)| later.endorses(present, place))
                .any(|signed| signed.contains(&index));
            let token_id = signer.key_info.token.then(|| ids.next("X509-"));
            let parts = Parts {
                source,
                head,
                made,
                token_id: token_id.as_deref(),
                limits: self.limits,
                is_whole: self.is_whole,
                earlier: &earlier,
            };
            let prefixes = signer.listed(&self.prefixes);
            let reference_id = signer.signs_its_token().then(|| ids.next("STR-"));
            let own = signer.key_of_message(self.key, made, &mut ids)?;
            let (key, own_reference, own_token) = match own {
                Some(UsedKey { secret, reference, token }) => {
                    (Some(secret), Some(reference), token)
                }
                None => (None, None, None),
            };
            let key_info = match own_reference {
                Some(reference) => vec![reference],
                None => signer.key_info.write(token_id.as_deref(), reference_id.as_deref()),
            };
            let mut template = signer.template(key_info, &prefixes);
            for part in &signer.policy.parts {
                if part.which == WhichPart::SecurityTokenReference {
                    template.references.extend(signer.own_token(&reference_id, token_id.as_ref()));
                    continue;
                }
                for (id, is_token) in parts.ids(part, &signer.policy.parts, &mut ids)? {
                    if template.references.iter().any(|reference| reference.id == id) {
                        continue;
                    }
                    let mut reference = ReferenceTemplate::new(id);
                    reference.method = signer.policy.digest;
                    let listed = if is_token { PrefixList::new() } else { prefixes.clone() };
                    reference.canonicalization = (signer.policy.canonicalization, listed);
                    template.references.push(reference);
                }
            }
            if template.references.is_empty() {
                let reason = "none of the parts that are to be signed is in the message";
                return Err(Error::new(Cause::MissingPart, reason));
            }
            template.id = is_signed.then(|| ids.next("SIG-"));
            earlier.push(template.id.clone());
            let rounds = signatures.iter().map(|signature| signature.round);
            let signed = signer.endorses(present, index);
            let before = rounds.enumerate().filter(|(place, _)| signed.contains(place));
            let round = before.map(|(_, round)| round + 1).max().unwrap_or(0);
            let token = token_id.as_deref().and_then(|id| signer.token(id));
            let to = if strict { &mut tokens.last } else { &mut tokens.first };
            let (before, after) = if strict { (token, None) } else { (None, token) };
            to.extend(before.into_iter().chain(own_token));
            let token = to.len();
            to.push(template.markup());
            to.extend(after);
            signatures.push(PlannedSignature {
                signer: index,
                template,
                key,
                token,
                token_id,
                round,
            });
        }
        tokens.last.extend(behind);
        if strict {
            let before = tokens.first.len();
            signatures.iter_mut().for_each(|signature| signature.token += before);
        }
        Ok(Plan { tokens, ids: ids.inserted, signatures })
    }
}

/// The Signatures of a message that was written by a plan, with place-holders.
///
/// A Signature that signs another needs its octets as they will be sent. So they are filled in rounds,
/// one walk each, and a Signature takes part in the one behind those that it signs: all in the first,
/// where none signs another.
pub(super) struct Filling<'f> {
    pub(super) signers: &'f [Signer],
    pub(super) signatures: &'f [PlannedSignature],
    /// Where each Signature and its SignedInfo begin.
    pub(super) places: &'f [(usize, usize)],
    pub(super) limits: &'f Limits,
    pub(super) soap: Soap,
    pub(super) second_thread: bool,
}

/// What the place-holders of a Signature stand for.
pub(super) struct FilledSignature {
    /// Which of the Signatures.
    pub(super) signature: usize,
    start: usize,
    pub(super) texts: Vec<String>,
    /// The octets of the SignatureValue.
    pub(super) value: Vec<u8>,
}

impl FilledSignature {
    pub(super) fn write(&self, written: &mut [u8]) -> Result<(), Error> {
        SignatureTemplate::write_texts(written, self.start, &self.texts)
    }
}

impl Filling<'_> {
    pub(super) fn rounds(&self) -> usize {
        self.signatures.iter().map(|signature| signature.round + 1).max().unwrap_or(0)
    }

    /// Whether a Signature was filled in in this round.
    pub(super) fn is_of(&self, filled: &FilledSignature, round: usize) -> bool {
        self.signatures.get(filled.signature).is_some_and(|signature| signature.round == round)
    }

    /// One round, over the message in which those before are filled in, with somebody who looks at it.
    pub(super) fn round<'d>(
        &self,
        round: usize,
        document: CheckedDocument<'d>,
        memory: &mut ScannerMemory,
        watch: &mut impl Watch<'d>,
    ) -> Result<(Vec<FilledSignature>, Tail<'d>), Error> {
        self.round_by(round, |pass| {
            walk_watched(document, self.limits, self.soap, memory, pass, watch)
        })
    }

    /// The same, where `read` walks over that message.
    pub(super) fn round_by<T>(
        &self,
        round: usize,
        read: impl FnOnce(&mut Pass) -> Result<T, Error>,
    ) -> Result<(Vec<FilledSignature>, T), Error> {
        let own = || {
            let all = self.signatures.iter().zip(self.places).enumerate();
            all.filter(move |(_, (signature, _))| signature.round == round)
        };
        let targets: Vec<Target> = own()
            .flat_map(|(_, (signature, (start, signed_info)))| {
                signature.template.targets_at(*start, *signed_info)
            })
            .collect();
        let mut pass = Pass::new(targets).hashing_beside(self.second_thread);
        for token_id in own().filter_map(|(_, (signature, _))| signature.token_id.as_ref()) {
            // Whoever checks the Signature demands that there is one such token.
            pass.watch(token_id);
        }
        let found = read(&mut pass)?;
        let outcomes = pass.finish()?;
        let mut rest = outcomes.as_slice();
        let mut filled = Vec::new();
        for (index, (planned, (start, _))) in own() {
            let template = &planned.template;
            let count = 1 + template.references.len();
            let (outcomes, others) = rest.split_at_checked(count).unwrap_or((&[], &[]));
            rest = others;
            let sign = |octets: &[u8]| sign_by(self.signers, planned, octets);
            let (texts, value) = template.texts(outcomes, sign)?;
            filled.push(FilledSignature { signature: index, start: *start, texts, value });
        }
        Ok((filled, found))
    }
}

fn sign_by(
    signers: &[Signer],
    planned: &PlannedSignature,
    octets: &[u8],
) -> Result<Vec<u8>, Error> {
    match signers.get(planned.signer) {
        Some(signer) => signer.sign(planned.key.as_ref(), octets),
        None => Err(Error::new(
            Cause::InvalidArgument,
            "the template was made by another Outbound, which has more signatures",
        )),
    }
}

impl Signer {
    /// Which Signatures of the policy this one signs, as the one at `place` of them, in a Security
    /// header that brings `present` others.
    fn endorses(&self, present: usize, place: usize) -> Vec<usize> {
        let of = |part: &Part| match part.which {
            WhichPart::Signature(None) => 0..place,
            WhichPart::Signature(Some(number)) => match number.checked_sub(present + 1) {
                Some(meant) if meant < place => meant..meant + 1,
                _ => 0..0,
            },
            _ => 0..0,
        };
        self.policy.parts.iter().flat_map(of).collect()
    }

    /// The key, where it is one of the message.
    fn key_of_message(
        &self,
        key: Option<&MessageKey>,
        made: &Made,
        ids: &mut NewIds<'_>,
    ) -> Result<Option<UsedKey>, Error> {
        match (self.policy.reference, key, &made.username_key, &made.username_token) {
            (KeyReference::EncryptedKey, Some(key), ..) => {
                key.used(self.value_length, || ids.next("DK-")).map(Some)
            }
            (KeyReference::UsernameToken, _, Some(secret), Some(id)) => {
                let reference = SecurityTokenReference::direct_markup(id, ns::USERNAME_TOKEN);
                Ok(Some(UsedKey { secret: secret.clone(), reference, token: None }))
            }
            _ => Ok(None),
        }
    }

    /// The token in front of the Signature.
    fn token(&self, id: &str) -> Option<Markup> {
        let SigningKey::Identity(identity) = &self.key else { return None };
        let certificate = identity.certificate();
        Some(match self.policy.reference {
            KeyReference::X509PkiPath => {
                BinarySecurityToken::path_markup(certificate, identity.chain(), id)
            }
            _ => BinarySecurityToken::markup(certificate, id),
        })
    }

    fn signs_its_token(&self) -> bool {
        self.key_info.stands_for_token
            && self.policy.parts.iter().any(|part| part.which == WhichPart::SecurityTokenReference)
    }

    /// The Reference to the token through the SecurityTokenReference in KeyInfo.
    fn own_token(
        &self,
        reference_id: &Option<String>,
        token_id: Option<&String>,
    ) -> Option<ReferenceTemplate> {
        let mut reference = ReferenceTemplate::new(reference_id.clone()?);
        reference.method = self.policy.digest;
        reference.canonicalization = (self.policy.canonicalization, PrefixList::new());
        reference.security_token = Some(match token_id {
            Some(id) => TokenTemplate::Present(id.clone()),
            // The reference is written with this prefix.
            None => {
                TokenTemplate::MadeUp(BinarySecurityToken::made_up(self.certificate()?, "wsse"))
            }
        });
        Some(reference)
    }

    /// The PrefixList: only exclusive canonicalization has one.
    fn listed(&self, prefixes: &PrefixList) -> PrefixList {
        let is_exclusive = self.policy.canonicalization.mode == Mode::Exclusive;
        if is_exclusive && self.policy.inclusive_prefixes {
            prefixes.clone()
        } else {
            PrefixList::new()
        }
    }
}
