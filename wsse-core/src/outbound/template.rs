//! Protecting a message that stands in somebody else's tree: what is to be put into it is handed out
//! as data, the owner of the tree puts it there and serialises, and what can be known only then is
//! computed from those octets. So what is signed is what is sent, whatever the tree made of it.

use super::message_key::MessageKey;
use super::parts::{IdForm, NewId};
use super::signing::{Filling, Plan, PlannedSignature, Signing};
use super::splice::NewTokens;
use super::{Answered, Call, NewParts, Outbound};
use crate::c14n::PrefixList;
use crate::crypto::Secret;
use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::message::{Head, Soap};
use crate::ns;
use crate::xml::{CheckedDocument, Element, Limits, Markup, ScannerMemory, to_utf8};
use core::ops::Range;
use std::borrow::Cow;

/// What is to be put into a message.
#[derive(Clone, Debug)]
pub struct Template {
    soap: Soap,
    actor: String,
    is_zeep: bool,
    security: SecurityPlace,
    ids: Vec<(Place, String)>,
    tokens: NewTokens,
    signatures: Vec<PlannedSignature>,
    /// The key that was made for it, behind the octets of its CipherValue.
    keys: Vec<(Vec<u8>, Secret)>,
}

/// Whose form a [`Template`] has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form<'f> {
    /// That of [`Outbound::protect`].
    #[default]
    Own,
    /// That of zeep: a new Security header is the last header block, Ids are UUIDs, XML Signature
    /// is the default namespace of a Signature, other elements take the prefix that is in scope,
    /// ValueType is the first attribute.
    Zeep {
        /// The actor or role of the Security header that is used, in place of the policy's: zeep
        /// takes the first one, whoever it is for.
        actor: &'f str,
    },
}

/// Where the Security header is. Header blocks are counted from 0, elements only.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "the owner of a tree must know all of them")]
pub enum SecurityPlace {
    /// It is this header block.
    Block(usize),
    /// It is new, and becomes the first header block.
    First(Markup),
    /// It is new, and becomes the last header block.
    Last(Markup),
}

/// An element that gets a `wsu:Id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the owner of a tree must know all of them")]
pub enum Place {
    /// The Body.
    Body,
    /// This header block, counted from 0, elements only.
    Block(usize),
    /// This element of the Security header, counted from 0, without the new ones.
    Token(usize),
}

/// What the place-holders of a [`Template`] stand for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Filled {
    /// The texts of the slots ([`Markup::slot`]) of the new tokens, those in front first, in
    /// document order.
    pub texts: Vec<String>,
    /// What the reply must answer.
    pub exchange: Exchange,
}

impl Outbound {
    /// What [`Self::protect`] would put into a message, decided from its `head`: a message of its
    /// own with the Envelope and the Header of that one, and with the start tag of its Body. An
    /// Envelope without Header has none here either.
    ///
    /// # Errors
    /// As [`Self::protect`]; [`Cause::InvalidArgument`] where the policy encrypts: encryption replaces
    /// what is in the tree, so the octets are protected.
    pub fn template(
        &self,
        head: &[u8],
        call: &Call<'_>,
        form: Form<'_>,
    ) -> Result<Template, Error> {
        if !self.encrypters.is_empty() {
            let reason = "the policy encrypts: content is replaced, which nobody can do by filling in \
                          texts; serialise the message and protect its octets";
            return Err(Error::new(Cause::InvalidArgument, reason));
        }
        let source = to_utf8(head, None)?;
        self.memories
            .lend(|memory| self.template_utf8(&source, call, form, memory))
            .map_err(|error| error.locate(&source))
    }

    fn template_utf8(
        &self,
        source: &[u8],
        call: &Call<'_>,
        form: Form<'_>,
        memory: &mut ScannerMemory,
    ) -> Result<Template, Error> {
        let limits = &self.policy.limits;
        let (actor, id_form) = match form {
            Form::Own => (self.policy.header.actor.as_str(), IdForm::Numbered),
            Form::Zeep { actor } => (actor, IdForm::Uuid),
        };
        let (head, rest) = Head::parse(source, limits, actor, memory)?;
        let prefixes: PrefixList = rest.prefixes().collect();
        rest.read(memory)?;
        self.check_absent(&head)?;
        let NewParts { tokens, made, signing_at, key, .. } =
            self.new_parts(Answered::Nothing, call)?;
        let new_security = self.new_security(head.soap);
        let plan = match signing_at {
            None => Plan { tokens, ids: Vec::new(), signatures: Vec::new() },
            Some(signing_at) => Signing {
                signers: &self.signers,
                layout: self.policy.header.layout,
                limits,
                actor,
                ids: &self.random_octets()?,
                id_form,
                prefixes,
                second_thread: self.policy.second_thread,
                is_whole: true,
                key: key.as_deref(),
            }
            .plan(source, &head, &made, tokens, signing_at)?,
        };
        let Plan { mut tokens, ids, signatures } = plan;
        let is_zeep = id_form == IdForm::Uuid;
        if is_zeep {
            for tokens in [&mut tokens.first, &mut tokens.last] {
                *tokens = core::mem::take(tokens).into_iter().map(as_zeep).collect();
            }
        }
        let places = Places::of(&head);
        let new_security = || {
            let mut security = new_security.markup.clone();
            // A tree declares what it needs; an element of several declarations may lose one in it.
            security.declarations.clear();
            security
        };
        let security = match (places.security, is_zeep) {
            (Some(index), _) => SecurityPlace::Block(index),
            (None, false) => SecurityPlace::First(new_security()),
            (None, true) => SecurityPlace::Last(new_security()),
        };
        let place = |NewId { start_tag, id, is_plain }: NewId| {
            if is_plain {
                let reason =
                    "a Signature of the message is to be signed and has no Id; give it one";
                return Err(Error::new(Cause::InvalidArgument, reason).at(start_tag.start));
            }
            Ok((places.find(&start_tag)?, id))
        };
        Ok(Template {
            soap: head.soap,
            actor: actor.to_owned(),
            is_zeep,
            security,
            ids: ids.into_iter().map(place).collect::<Result<_, Error>>()?,
            tokens,
            signatures,
            keys: MessageKey::made(key.as_deref()).to_vec(),
        })
    }

    /// What the place-holders of `template` stand for in `written`, the message that everything was
    /// put into. Nothing of the message may be changed afterwards but those texts.
    ///
    /// # Errors
    /// What is wrong with the message, as [`crate::Inbound::validate`] would say it;
    /// [`Cause::InvalidArgument`] where the new tokens do not stand in it as they were handed out;
    /// [`Cause::AmbiguousId`] where an Id that is signed is not that of exactly one element.
    pub fn fill(&self, template: &Template, written: &[u8]) -> Result<Filled, Error> {
        let limits = &self.policy.limits;
        if written.len() > limits.message {
            let reason =
                format!("the message has {} octets, more than {}", written.len(), limits.message);
            return Err(Error::new(Cause::MessageSize, reason));
        }
        let source = to_utf8(written, None)?;
        self.memories
            .lend(|memory| self.fill_utf8(template, &source, limits, memory))
            .map_err(|error| error.locate(&source))
    }

    fn fill_utf8(
        &self,
        template: &Template,
        source: &[u8],
        limits: &Limits,
        memory: &mut ScannerMemory,
    ) -> Result<Filled, Error> {
        let (head, rest) = Head::parse(source, limits, &template.actor, memory)?;
        let document = rest.leave(memory);
        let (signatures, soap) = (template.signatures.as_slice(), template.soap);
        let places = template.places(&head)?;
        let signers = self.signers.as_slice();
        let second_thread = self.policy.second_thread;
        let filling = Filling { signers, signatures, places: &places, limits, soap, second_thread };
        let mut written = Cow::Borrowed(source);
        let (mut all, _) = filling.round(0, document, memory, &mut ())?;
        for round in 1..filling.rounds() {
            for filled in all.iter().filter(|filled| filling.is_of(filled, round - 1)) {
                filled.write(written.to_mut())?;
            }
            let document = CheckedDocument::new(&written, limits)?;
            all.extend(filling.round(round, document, memory, &mut ())?.0);
        }
        all.sort_by_key(|filled| filled.signature);
        let (texts, values): (Vec<_>, Vec<_>) =
            all.into_iter().map(|filled| (filled.texts, filled.value)).unzip();
        Ok(Filled { texts: texts.concat(), exchange: self.exchange(values, &template.keys) })
    }
}

impl Template {
    /// Where the Security header is.
    #[must_use]
    pub fn security(&self) -> &SecurityPlace {
        &self.security
    }

    /// Which elements get an Id that have none.
    #[must_use]
    pub fn ids(&self) -> &[(Place, String)] {
        &self.ids
    }

    /// What stands in the Security header in front of what is there.
    #[must_use]
    pub fn first(&self) -> &[Markup] {
        &self.tokens.first
    }

    /// What stands behind it.
    #[must_use]
    pub fn last(&self) -> &[Markup] {
        &self.tokens.last
    }

    /// Whether new tokens take a prefix that is in scope for their namespace, in place of their own;
    /// the default namespace is declared in any case.
    #[must_use]
    pub fn takes_prefixes(&self) -> bool {
        self.is_zeep
    }

    /// Where the Signatures and their SignedInfos begin, in a message that has all the new tokens.
    fn places(&self, head: &Head<'_>) -> Result<Vec<(usize, usize)>, Error> {
        let Some(security) = &head.security else {
            return Err(mangled("the message has no Security header"));
        };
        let children: Vec<Element<'_, '_>> = security.outline.root().children().collect();
        let behind = children.len().checked_sub(self.tokens.last.len());
        let Some(behind) = behind.filter(|behind| *behind >= self.tokens.first.len()) else {
            return Err(mangled("the Security header has fewer elements than were handed out"));
        };
        let written: Vec<Element<'_, '_>> = children
            .iter()
            .take(self.tokens.first.len())
            .chain(children.iter().skip(behind))
            .copied()
            .collect();
        for (token, element) in self.tokens.first.iter().chain(&self.tokens.last).zip(&written) {
            if !token.is_written_as(*element) {
                let reason =
                    format!("the {} is not written as it was handed out", element.name().local);
                return Err(mangled(&reason).at(element.range().start));
            }
        }
        let place = |signature: &PlannedSignature| {
            let element = written.get(signature.token)?;
            let signed_info = element.children().next()?;
            Some((element.range().start, signed_info.range().start))
        };
        let places: Option<Vec<_>> = self.signatures.iter().map(place).collect();
        places.ok_or_else(|| mangled("a Signature is not where it was handed out"))
    }
}

/// The start tags of a head by their places.
struct Places {
    body: Range<usize>,
    blocks: Vec<Range<usize>>,
    tokens: Vec<Range<usize>>,
    security: Option<usize>,
}

impl Places {
    fn of(head: &Head<'_>) -> Self {
        let mut blocks: Vec<Range<usize>> =
            head.blocks.iter().map(|block| block.start_tag.clone()).collect();
        let root = head.security.as_ref().map(|security| security.outline.root());
        blocks.extend(root.map(Element::start_tag));
        blocks.sort_unstable_by_key(|tag| tag.start);
        let security = root.and_then(|root| blocks.iter().position(|tag| *tag == root.start_tag()));
        let tokens = root.into_iter().flat_map(Element::children).map(Element::start_tag).collect();
        Self { body: head.body_start_tag.clone(), blocks, tokens, security }
    }

    fn find(&self, tag: &Range<usize>) -> Result<Place, Error> {
        let index = |tags: &[Range<usize>]| tags.iter().position(|held| held == tag);
        if self.body == *tag {
            return Ok(Place::Body);
        }
        let place = index(&self.blocks).map(Place::Block);
        place.or_else(|| index(&self.tokens).map(Place::Token)).ok_or_else(|| {
            let reason = "an element that is to be signed is no part that can be given an Id";
            Error::new(Cause::InvalidArgument, reason).at(tag.start)
        })
    }
}

fn as_zeep(markup: Markup) -> Markup {
    fn value_type_first(markup: &mut Markup) {
        let has = |namespace, local| markup.namespace == namespace && markup.local == local;
        if has(ns::WSSE, "BinarySecurityToken") || has(ns::WSSE, "Reference") {
            markup.attributes.sort_by_key(|attribute| attribute.local != "ValueType");
        }
        markup.children.iter_mut().for_each(value_type_first);
    }
    let mut markup = markup.with_prefix(ns::DS, "");
    value_type_first(&mut markup);
    markup
}

fn mangled(reason: &str) -> Error {
    Error::new(
        Cause::InvalidArgument,
        format!("{reason}; the message was changed while it was being protected"),
    )
}
