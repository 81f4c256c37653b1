//! What signatures cover, by position, and whether that is what the policy demands.

use crate::crypto::Certificate;
use crate::error::{Cause, Error};
use crate::message::{Found, Head, Tail, find, path};
use crate::ns;
use crate::policy::{InboundPolicy, Part, WhichPart};
use crate::xml::{Element, NamespaceId};
use crate::xmldsig::VerifiedReference;
use core::ops::Range;

/// A part of a message that a signature covers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coverage {
    /// Where it stands: `/Envelope/Body`, `/Envelope/Header/{urn:a}To[1]`.
    pub path: String,
    /// Its octets in the message that was validated.
    pub range: Range<usize>,
}

/// Somebody whose Signatures hold, and what they cover.
#[derive(Clone, Debug)]
pub struct VerifiedSigner {
    certificate: Option<Certificate>,
    key_name: Option<String>,
    signed: Vec<Coverage>,
}

impl VerifiedSigner {
    /// The certificate of a signer who is believed; None for a shared secret, for a key without
    /// certificate, and for one who is not believed, which only a policy accepts that says so.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// The name of the key that is held elsewhere, where one checked the signatures
    /// ([`crate::InboundBuilder::remote_verifier`]).
    #[must_use]
    pub fn key_name(&self) -> Option<&str> {
        self.key_name.as_deref()
    }

    /// The parts, in the order of the references.
    #[must_use]
    pub fn signed(&self) -> &[Coverage] {
        &self.signed
    }
}

/// A Signature that holds.
pub(super) struct Signed {
    /// Where it stands.
    pub(super) range: Range<usize>,
    pub(super) references: Vec<VerifiedReference>,
    /// The certificate of a signer who is believed.
    pub(super) certificate: Option<Certificate>,
    /// The name of the key, where it is held elsewhere.
    pub(super) key_name: Option<String>,
    /// Whether the signer is believed, certificate or not.
    pub(super) trusted: bool,
    pub(super) identity: Vec<u8>,
    /// The certificate of the key, believed or not.
    pub(super) holder: Option<Certificate>,
    /// Where the token stands that the key was taken from, if it is in the message.
    pub(super) token: Option<Range<usize>>,
    /// Certificates that are covered through references, and are not in the message.
    pub(super) made_up: Vec<Certificate>,
}

impl Signed {
    /// Whether it covers an element: it, or one that encloses it, is signed, and not left out.
    pub(super) fn covers(&self, part: &Range<usize>) -> bool {
        self.references.iter().any(|reference| {
            let inside = reference.range.start <= part.start && part.end <= reference.range.end;
            let left_out = reference
                .without
                .as_ref()
                .is_some_and(|hole| hole.start < part.end && part.start < hole.end);
            inside && !left_out
        })
    }
}

/// The message, as far as parts are looked for in it.
pub(super) struct Parts<'p> {
    pub(super) source: &'p [u8],
    pub(super) policy: &'p InboundPolicy,
    pub(super) head: &'p Head<'p>,
    pub(super) tail: &'p Tail<'p>,
    /// What was found of the message where it is not at hand.
    pub(super) found: Option<&'p Found>,
}

/// Everything that signatures of one identity cover.
pub(super) struct Covered<'s> {
    pub(super) signatures: Vec<&'s Signed>,
}

impl<'s> Covered<'s> {
    /// What each identity covers, in the order of their first Signatures.
    pub(super) fn by_identity(signatures: &'s [Signed]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for signed in signatures {
            let same = |covered: &&mut Self| {
                covered.signatures.iter().any(|other| other.identity == signed.identity)
            };
            match all.iter_mut().find(same) {
                Some(covered) => covered.signatures.push(signed),
                None => all.push(Self { signatures: vec![signed] }),
            }
        }
        all
    }

    pub(super) fn references(&self) -> impl Iterator<Item = &'s VerifiedReference> {
        self.signatures.iter().flat_map(|signed| &signed.references)
    }

    /// Whether an element is covered: it, or one that encloses it, is signed, and not left out.
    pub(super) fn covers(&self, part: &Range<usize>) -> bool {
        self.signatures.iter().any(|signed| signed.covers(part))
    }

    /// Whether a key was taken from this token: with another token it would not be that key.
    pub(super) fn is_keyed_by(&self, token: &Range<usize>) -> bool {
        self.signatures.iter().any(|signed| signed.token.as_ref() == Some(token))
    }

    /// The certificate of the signer, if he is believed.
    pub(super) fn certificate(&self) -> Option<&'s Certificate> {
        self.signatures.iter().find_map(|signed| signed.certificate.as_ref())
    }

    fn names(&self, id: &str) -> bool {
        self.references().any(|reference| reference.id.as_deref() == Some(id))
    }

    /// Refuses the message where the token of a signer is not covered: that which its key was taken
    /// from, or the one that its reference stands for.
    fn check_own_tokens(&self, part: &Part) -> Result<(), Error> {
        for signed in &self.signatures {
            let Some(holder) = &signed.holder else {
                if part.optional {
                    continue;
                }
                let reason = format!(
                    "the policy requires the part {part} to be signed, and the key of a Signature \
                     belongs to no token"
                );
                return Err(Error::new(Cause::MissingPart, reason));
            };
            let is_made_up = self.signatures.iter().any(|other| other.made_up.contains(holder));
            if !is_made_up && !signed.token.as_ref().is_some_and(|token| self.covers(token)) {
                return Err(not_covered(part, signed.token.as_ref().map(|token| token.start)));
            }
        }
        Ok(())
    }

    /// Refuses the message where a Signature of this identity is not covered by one of another: that
    /// somebody endorses himself says nothing.
    fn check_endorsed(&self, part: &Part, all: &[Self]) -> Result<(), Error> {
        let others = || all.iter().filter(|other| !core::ptr::eq(*other, self));
        for signed in &self.signatures {
            if !others().any(|other| other.covers(&signed.range)) {
                let reason = format!(
                    "the policy requires the part {part} to be signed, and no trusted Signature of \
                     another signer covers this one"
                );
                return Err(Error::new(Cause::NotCovered, reason).at(signed.range.start));
            }
        }
        Ok(())
    }

    /// Refuses the message where a required part is not covered. `all` is what every identity covers.
    pub(super) fn check(&self, parts: &Parts<'_>, all: &[Self]) -> Result<(), Error> {
        let require = &parts.policy.require;
        let token = Part::required(WhichPart::UsernameToken);
        let token_must = require.username_token.is_some()
            && parts.policy.username.signed
            && !require.signed.iter().any(|part| part.which == token.which);
        // SOAP Message Security 1.1.1, section 8.5: a SignatureConfirmation is signed.
        let confirmation = Part::if_present(WhichPart::SignatureConfirmation);
        let also = token_must.then_some(&token).into_iter().chain([&confirmation]);
        for part in require.signed.iter().chain(also) {
            if let WhichPart::Id(id) = &part.which {
                if !self.names(id) {
                    return Err(not_covered(part, None));
                }
                continue;
            }
            if part.which == WhichPart::SecurityTokenReference {
                self.check_own_tokens(part)?;
                continue;
            }
            if matches!(part.which, WhichPart::Signature(_)) {
                self.check_endorsed(part, all)?;
                continue;
            }
            let found = parts.find(part)?;
            if found.is_empty() && !part.optional && !part.is_picker() {
                return Err(Error::new(
                    Cause::MissingPart,
                    format!("the policy requires the part {part} to be signed, which is absent"),
                ));
            }
            let is_user = part.which == WhichPart::UsernameToken;
            let is_bare =
                |range: &&Range<usize>| !(self.covers(range) || is_user && self.is_keyed_by(range));
            if let Some(bare) = found.iter().find(is_bare) {
                return Err(not_covered(part, Some(bare.start)));
            }
        }
        Ok(())
    }
}

fn not_covered(part: &Part, offset: Option<usize>) -> Error {
    let error = Error::new(
        Cause::NotCovered,
        format!(
            "the policy requires the part {part} to be signed, and no trusted Signature covers it"
        ),
    );
    match offset {
        Some(offset) => error.at(offset),
        None => error,
    }
}

impl Parts<'_> {
    /// Every signer with what he covers, the one first who covers everything that is required.
    pub(super) fn signers(
        &self,
        first: &Covered<'_>,
        all: &[Covered<'_>],
    ) -> Result<Vec<VerifiedSigner>, Error> {
        let others = all.iter().filter(|other| !core::ptr::eq(*other, first));
        let of = |covered: &Covered<'_>| {
            let certificate = covered.certificate().cloned();
            let key_name = covered.signatures.iter().find_map(|signed| signed.key_name.clone());
            Ok(VerifiedSigner { certificate, key_name, signed: self.coverage(covered)? })
        };
        core::iter::once(first).chain(others).map(of).collect()
    }

    /// What the references of the signatures name, and where it stands.
    fn coverage(&self, covered: &Covered<'_>) -> Result<Vec<Coverage>, Error> {
        let of = |reference: &VerifiedReference| {
            let range = reference.range.clone();
            let path = match self.path(&range) {
                Some(path) => path,
                None => self.searched_path(range.start)?,
            };
            Ok(Coverage { path, range })
        };
        covered.references().map(of).collect()
    }

    /// Whether nothing but white space stands between the start tag of the Body and this place.
    pub(super) fn begins_body(&self, offset: usize) -> bool {
        let before = self.source.get(self.head.body_start_tag.end..offset);
        before.is_some_and(|before| before.trim_ascii().is_empty())
    }

    fn searched_path(&self, offset: usize) -> Result<String, Error> {
        let Some(found) = self.found else {
            return path(self.source, &self.policy.limits, self.head.soap, offset);
        };
        found.paths.get(&offset).cloned().ok_or_else(|| {
            let reason = "the position of what a Reference names was not found on the way";
            Error::new(Cause::InvalidArgument, reason).at(offset)
        })
    }

    /// The position of the Body, of a header block, or of a token, which the head already knows.
    /// Anything else has to be looked for in the message.
    pub(super) fn path(&self, range: &Range<usize>) -> Option<String> {
        if *range == self.tail.body {
            return Some("/Envelope/Body".to_owned());
        }
        let security = self.head.security.as_ref()?.outline.root();
        let own = || (ns::WSSE, security.name().local, security.range());
        let blocks = || {
            let others = self.head.blocks.iter();
            others.map(|block| (block.namespace.as_str(), block.local, block.range.clone()))
        };
        let block = |(namespace, local, range): (&str, &str, Range<usize>)| {
            let before = blocks().chain([own()]).filter(|(other_namespace, other, place)| {
                (*other_namespace, *other) == (namespace, local) && place.start < range.start
            });
            format!("/Envelope/Header/{{{namespace}}}{local}[{}]", before.count() + 1)
        };
        if let Some(found) = blocks().find(|(_, _, place)| place == range) {
            return Some(block(found));
        }
        let token = security.children().find(|child| child.range() == *range)?;
        let name = token.name();
        let namespace = match name.namespace {
            NamespaceId::WSSE => ns::WSSE,
            NamespaceId::WSSE11 => ns::WSSE11,
            NamespaceId::WSU => ns::WSU,
            NamespaceId::DS => ns::DS,
            _ => return None,
        };
        let alike = security.children().filter(|child| {
            child.name().is(name.namespace, name.local) && child.range().start <= range.start
        });
        Some(format!("{}/{{{namespace}}}{}[{}]", block(own()), name.local, alike.count()))
    }

    /// Where the elements of a part stand that the policy requires.
    pub(super) fn find(&self, part: &Part) -> Result<Vec<Range<usize>>, Error> {
        let tokens = |namespace, local| {
            let root = self.head.security.as_ref().map(|security| security.outline.root());
            let is_meant = move |child: &Element<'_, '_>| child.name().is(namespace, local);
            let children = root.into_iter().flat_map(Element::children).filter(is_meant);
            children.map(Element::range).collect::<Vec<_>>()
        };
        Ok(match &part.which {
            WhichPart::Body => vec![self.tail.body.clone()],
            WhichPart::Timestamp => tokens(NamespaceId::WSU, "Timestamp"),
            WhichPart::UsernameToken => tokens(NamespaceId::WSSE, "UsernameToken"),
            WhichPart::BinarySecurityToken => tokens(NamespaceId::WSSE, "BinarySecurityToken"),
            WhichPart::SignatureConfirmation => {
                tokens(NamespaceId::WSSE11, "SignatureConfirmation")
            }
            WhichPart::Block { .. } | WhichPart::Headers | WhichPart::Addressing => {
                let (blocks, list) = (self.head.blocks.iter(), &self.policy.require.signed);
                blocks
                    .filter(|block| part.picks(list, &block.namespace, block.local))
                    .map(|block| block.range.clone())
                    .collect()
            }
            WhichPart::Id(_)
            | WhichPart::SecurityTokenReference
            | WhichPart::Signature(_)
            | WhichPart::InBody { .. }
            | WhichPart::Except { .. } => Vec::new(),
            WhichPart::Position(path) if let Some(found) = self.found => {
                found.elements.get(path).cloned().into_iter().collect()
            }
            WhichPart::Position(path) => {
                let limits = &self.policy.limits;
                find(self.source, limits, self.head.soap, path)?.into_iter().collect()
            }
        })
    }
}
