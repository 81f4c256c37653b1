//! The parts of a message that are to be signed, and the Ids by which they are named.

use super::signing::Made;
use crate::crypto::push_hex;
use crate::error::{Cause, Error};
use crate::message::{Head, find};
use crate::policy::{Part, WhichPart};
use crate::xml::{Element, Limits, NamespaceId};
use core::ops::Range;
use std::borrow::Cow;

/// How new Ids are spelt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdForm {
    /// A number, then random digits: `id-1-…`.
    Numbered,
    /// As zeep spells them: `id-`, then a random UUID (RFC 9562, section 5.4).
    Uuid,
}

/// The UUIDs of one message differ in their last octets.
fn uuid_id(mut octets: [u8; 16], number: usize) -> String {
    let [.., high, low] = &mut octets;
    let number = u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes();
    (*high, *low) = (*high ^ number[0], *low ^ number[1]);
    octets[6] = octets[6] & 0x0F | 0x40;
    octets[8] = octets[8] & 0x3F | 0x80;
    let mut id = "id".to_owned();
    for group in [&octets[..4], &octets[4..6], &octets[6..8], &octets[8..10], &octets[10..]] {
        id.push('-');
        push_hex(&mut id, group);
    }
    id
}

/// Ids for parts that have none.
pub(super) struct NewIds<'r> {
    pub(super) form: IdForm,
    pub(super) random: &'r [u8; 16],
    pub(super) number: usize,
    /// The start tags that get them.
    pub(super) inserted: Vec<NewId>,
}

/// An Id for an element that has none.
#[derive(Clone, Debug)]
pub(super) struct NewId {
    pub(super) start_tag: Range<usize>,
    pub(super) id: String,
    /// Whether it is the `Id` of XML Signature, whose schema knows no other on a Signature; else it
    /// is a `wsu:Id`.
    pub(super) is_plain: bool,
}

impl NewIds<'_> {
    pub(super) fn next(&mut self, kind: &str) -> String {
        self.number += 1;
        match self.form {
            IdForm::Numbered => {
                let mut id = format!("{kind}{}-", self.number);
                push_hex(&mut id, self.random);
                id
            }
            IdForm::Uuid => uuid_id(*self.random, self.number),
        }
    }

    /// The Id of an element: its own, or a new one.
    fn of(&mut self, start_tag: &Range<usize>, own: Option<&String>) -> String {
        self.of_kind(start_tag, own, false)
    }

    fn of_kind(
        &mut self,
        start_tag: &Range<usize>,
        own: Option<&String>,
        is_plain: bool,
    ) -> String {
        if let Some(own) = own {
            return own.clone();
        }
        if let Some(new) = self.inserted.iter().find(|new| new.start_tag == *start_tag) {
            return new.id.clone();
        }
        let id = self.next("id-");
        self.inserted.push(NewId { start_tag: start_tag.clone(), id: id.clone(), is_plain });
        id
    }
}

/// The message, as far as parts are looked for in it.
pub(super) struct Parts<'p> {
    pub(super) source: &'p [u8],
    pub(super) head: &'p Head<'p>,
    pub(super) made: &'p Made,
    pub(super) token_id: Option<&'p str>,
    pub(super) limits: &'p Limits,
    /// Whether `source` is all of it.
    pub(super) is_whole: bool,
    /// The Ids of the Signatures that are made before this one; None where nobody signs it.
    pub(super) earlier: &'p [Option<String>],
}

/// The Signatures that a Security header brings.
pub(super) fn signatures_of<'h>(head: &'h Head<'h>) -> impl Iterator<Item = Element<'h, 'h>> {
    let root = head.security.as_ref().map(|security| security.outline.root());
    let children = root.into_iter().flat_map(Element::children);
    children.filter(|child| child.name().is(NamespaceId::DS, "Signature"))
}

impl Parts<'_> {
    /// The Ids of the elements of a part, and whether they are tokens of the Security header.
    pub(super) fn ids(
        &self,
        part: &Part,
        list: &[Part],
        ids: &mut NewIds<'_>,
    ) -> Result<Vec<(String, bool)>, Error> {
        let head = self.head;
        let found = match &part.which {
            WhichPart::Body => {
                vec![(ids.of(&head.body_start_tag, head.body_id.as_ref()), false)]
            }
            WhichPart::Timestamp => {
                self.token(self.made.timestamp.as_ref(), NamespaceId::WSU, "Timestamp", ids)
            }
            WhichPart::UsernameToken => {
                let made = self.made.username_token.as_ref();
                self.token(made, NamespaceId::WSSE, "UsernameToken", ids)
            }
            WhichPart::BinarySecurityToken => {
                self.token_id.map(|id| (id.to_owned(), true)).into_iter().collect()
            }
            WhichPart::SignatureConfirmation => {
                self.made.confirmations.iter().map(|id| (id.clone(), true)).collect()
            }
            WhichPart::Signature(number) => self.signatures(*number, ids),
            WhichPart::Block { .. } | WhichPart::Headers | WhichPart::Addressing => head
                .blocks
                .iter()
                .filter(|block| part.picks(list, &block.namespace, block.local))
                .map(|block| (ids.of(&block.start_tag, block.id.as_ref()), false))
                .collect(),
            // Where it was encrypted, what is there now has another Id.
            WhichPart::Id(_) if self.made.encrypted.has(&part.which) => Vec::new(),
            WhichPart::Id(id) => vec![(id.clone(), false)],
            WhichPart::SecurityTokenReference
            | WhichPart::Except { .. }
            | WhichPart::InBody { .. } => Vec::new(),
            WhichPart::Position(path) => self.at(path, ids)?,
        };
        let mut found = found;
        found.extend(
            self.made.encrypted.parts.iter().filter(|(which, _)| *which == part.which).map(
                |(_, id)| {
                    (id.clone(), !self.made.encrypted.blocks.iter().any(|(held, _)| held == id))
                },
            ),
        );
        let optional = part.optional
            || part.is_picker()
            || (part.which == WhichPart::SignatureConfirmation && self.made.confirms_nothing);
        if found.is_empty() && !optional {
            let reason = format!("the part {part} is to be signed, and is not in the message");
            return Err(Error::new(Cause::MissingPart, reason));
        }
        Ok(found)
    }

    /// The Ids of the Signatures that there are by now, or of one of them.
    fn signatures(&self, number: Option<usize>, ids: &mut NewIds<'_>) -> Vec<(String, bool)> {
        let mut present = 0;
        let mut found = Vec::new();
        let is_meant = |at: usize| number.is_none_or(|number| number == at);
        for signature in signatures_of(self.head) {
            present += 1;
            if is_meant(present) {
                let own = signature
                    .attribute(NamespaceId::NONE, "Id")
                    .or_else(|| signature.attribute(NamespaceId::WSU, "Id"))
                    .map(Cow::into_owned);
                found.push((ids.of_kind(&signature.start_tag(), own.as_ref(), true), true));
            }
        }
        let earlier = self.earlier.iter().zip(present + 1..).filter(|(_, at)| is_meant(*at));
        found.extend(earlier.filter_map(|(id, _)| Some((id.clone()?, true))));
        found
    }

    /// The Id of the token that was made, or those of the ones that are there.
    fn token(
        &self,
        made: Option<&String>,
        namespace: NamespaceId,
        local: &str,
        ids: &mut NewIds<'_>,
    ) -> Vec<(String, bool)> {
        if let Some(id) = made {
            return vec![(id.clone(), true)];
        }
        let Some(security) = &self.head.security else { return Vec::new() };
        let mut found = Vec::new();
        for child in security.outline.root().children() {
            if !child.name().is(namespace, local) {
                continue;
            }
            let own = child.attribute(NamespaceId::WSU, "Id").map(Cow::into_owned);
            found.push((ids.of(&child.start_tag(), own.as_ref()), true));
        }
        found
    }

    fn at(&self, path: &str, ids: &mut NewIds<'_>) -> Result<Vec<(String, bool)>, Error> {
        let head = self.head;
        let found = match find(self.source, self.limits, head.soap, path) {
            // Nothing is wrong with what stands before the Body: it is not there.
            Err(_) if !self.is_whole && !path.starts_with("/Envelope/Body/") => None,
            Err(_) if !self.is_whole => {
                let reason = format!(
                    "{path} is in the Body, which is not at hand; give the element an Id and name \
                     it by that"
                );
                return Err(Error::new(Cause::InvalidArgument, reason));
            }
            found => found?,
        };
        let Some(range) = found else { return Ok(Vec::new()) };
        if range.start == head.body_start_tag.start {
            return Ok(vec![(ids.of(&head.body_start_tag, head.body_id.as_ref()), false)]);
        }
        if let Some(block) = head.blocks.iter().find(|block| block.range == range) {
            return Ok(vec![(ids.of(&block.start_tag, block.id.as_ref()), false)]);
        }
        let reason = format!(
            "{path} is neither the Body nor a header block; give the element an Id and name it by that"
        );
        Err(Error::new(Cause::InvalidArgument, reason).at(range.start))
    }
}
