//! Where the parts of a message stand that are to be encrypted.

use super::encrypter::Encrypter;
use super::parts::signatures_of;
use crate::error::{Cause, Error};
use crate::message::{Head, Sought, SoughtElement, Wanted};
use crate::policy::{Part, WhichPart};
use crate::xml::{Element, NamespaceId};
use crate::xmlenc::MOST_REFERENCES;
use crate::xmlenc::in_place::Replacement;
use core::ops::Range;

/// Everything that the encryptions of a policy look for.
#[derive(Clone, Default)]
pub(super) struct Search {
    wanted: Vec<Wanted>,
    /// Which encryption, and which of its parts.
    of: Vec<(usize, usize)>,
}

/// A part of a message that is to be encrypted.
#[derive(Clone, Debug)]
pub(super) struct LocatedPart {
    /// As the policy names it.
    pub(super) which: WhichPart,
    /// Whether only its content is encrypted.
    pub(super) content: bool,
    /// From the `<` of its start tag to the `>` of its end tag.
    pub(super) range: Range<usize>,
    pub(super) start_tag: Range<usize>,
    /// Its Ids.
    pub(super) ids: Vec<String>,
    /// Namespace and local name, where it is a header block.
    pub(super) block: Option<(String, String)>,
}

/// A message in which the parts are found.
pub(super) struct Place<'p> {
    pub(super) head: &'p Head<'p>,
    pub(super) body: Range<usize>,
    pub(super) found: Vec<SoughtElement>,
    /// Where the Signatures begin that were made, in their order.
    pub(super) signatures: &'p [usize],
}

impl Search {
    pub(super) fn new(encrypters: &[Encrypter]) -> Self {
        let mut search = Self::default();
        for (index, encrypter) in encrypters.iter().enumerate() {
            for (part, wanted) in &encrypter.wanted {
                search.wanted.push(wanted.clone());
                search.of.push((index, *part));
            }
        }
        search
    }

    pub(super) fn begin(&self) -> Sought<'_> {
        Sought::new(&self.wanted)
    }

    /// The parts of each encryption.
    ///
    /// # Errors
    /// [`Cause::MissingPart`], [`Cause::AmbiguousId`]; [`Cause::InvalidArgument`] for a part that
    /// can't be encrypted; [`Cause::ReferenceCount`].
    pub(super) fn locate(
        &self,
        encrypters: &[Encrypter],
        place: &Place<'_>,
    ) -> Result<Vec<Vec<LocatedPart>>, Error> {
        let mut all = Vec::with_capacity(encrypters.len());
        let mut count = 0;
        for (index, encrypter) in encrypters.iter().enumerate() {
            let mut located = Vec::new();
            for (number, part) in encrypter.policy.parts.iter().enumerate() {
                let is_own = |found: &&SoughtElement| {
                    self.of.get(found.wanted).is_some_and(|of| *of == (index, number))
                };
                let found: Vec<_> = place.found.iter().filter(is_own).collect();
                let found = place.part(part, &found)?;
                if found.is_empty() && !part.optional {
                    let reason =
                        format!("the part {part} is to be encrypted, and is not in the message");
                    return Err(Error::new(Cause::MissingPart, reason));
                }
                located.extend(found);
            }
            if located.is_empty() {
                let reason = "none of the parts that are to be encrypted is in the message";
                return Err(Error::new(Cause::MissingPart, reason));
            }
            check_apart(&mut located)?;
            count += located.len();
            all.push(located);
        }
        if count > MOST_REFERENCES {
            let reason = format!(
                "{count} elements are to be encrypted each for itself, more than {MOST_REFERENCES}; \
                 encrypt what they stand in, such as body-content"
            );
            return Err(Error::new(Cause::ReferenceCount, reason));
        }
        Ok(all)
    }
}

impl Place<'_> {
    fn part(&self, part: &Part, found: &[&SoughtElement]) -> Result<Vec<LocatedPart>, Error> {
        let head = self.head;
        let tokens = |namespace: NamespaceId, local: &str| {
            let root = head.security.as_ref().map(|security| security.outline.root());
            let children = root.into_iter().flat_map(Element::children);
            let is_meant = |child: &Element<'_, '_>| child.name().is(namespace, local);
            children.filter(is_meant).map(|child| token(part, child)).collect::<Vec<_>>()
        };
        Ok(match &part.which {
            WhichPart::Body => {
                let mut body = located(part, self.body.clone(), head.body_start_tag.clone());
                body.ids.extend(head.body_id.clone());
                vec![body]
            }
            WhichPart::Timestamp => tokens(NamespaceId::WSU, "Timestamp"),
            WhichPart::UsernameToken => tokens(NamespaceId::WSSE, "UsernameToken"),
            WhichPart::BinarySecurityToken => tokens(NamespaceId::WSSE, "BinarySecurityToken"),
            WhichPart::SignatureConfirmation => {
                tokens(NamespaceId::WSSE11, "SignatureConfirmation")
            }
            WhichPart::Signature(number) => self.signatures(part, *number),
            WhichPart::Block { .. } => head
                .blocks
                .iter()
                .filter(|block| part.picks(&[], &block.namespace, block.local))
                .map(|block| {
                    let mut one = located(part, block.range.clone(), block.start_tag.clone());
                    one.ids.extend(block.id.clone());
                    one.block = Some((block.namespace.clone(), block.local.to_owned()));
                    one
                })
                .collect(),
            WhichPart::Id(id) => match found {
                [] | [_] => {
                    found.iter().map(|one| self.found(part, one)).collect::<Result<_, _>>()?
                }
                [_, second, ..] => {
                    let reason =
                        format!("the Id {id:?} is to be encrypted, and two elements have it");
                    return Err(Error::new(Cause::AmbiguousId, reason).at(second.range.start));
                }
            },
            WhichPart::Position(_) | WhichPart::InBody { .. } => {
                found.iter().map(|one| self.found(part, one)).collect::<Result<_, _>>()?
            }
            // Policies with these are refused.
            WhichPart::SecurityTokenReference
            | WhichPart::Headers
            | WhichPart::Addressing
            | WhichPart::Except { .. } => Vec::new(),
        })
    }

    /// The Signatures in the order in which they were made, those first that the message brought.
    fn signatures(&self, part: &Part, number: Option<usize>) -> Vec<LocatedPart> {
        let mut all: Vec<Element<'_, '_>> = signatures_of(self.head).collect();
        let made = |element: &Element<'_, '_>| {
            self.signatures.iter().position(|start| *start == element.range().start)
        };
        all.sort_by_key(|element| made(element).map_or(0, |place| place + 1));
        let is_meant = |place: usize| number.is_none_or(|number| number == place + 1);
        let meant = all.into_iter().enumerate().filter(|(place, _)| is_meant(*place));
        meant.map(|(_, element)| token(part, element)).collect()
    }

    fn found(&self, part: &Part, found: &SoughtElement) -> Result<LocatedPart, Error> {
        let mut one = located(part, found.range.clone(), found.start_tag.clone());
        one.ids.clone_from(&found.ids);
        let start = found.range.start;
        let is_body = start == self.head.body_start_tag.start;
        if found.depth < 2 && !(is_body && part.content) {
            let reason = format!(
                "{part} is the Envelope, the Header or the Body itself, which stay as they are (SOAP \
                 Message Security 1.1.1, section 9); body-content encrypts what is in the Body"
            );
            return Err(Error::new(Cause::InvalidArgument, reason).at(start));
        }
        if found.depth == 2 && start < self.body.start {
            let block = self.head.blocks.iter().find(|block| block.range.start == start);
            let Some(block) = block else {
                let reason = format!("{part} is the Security header, which says how to decrypt");
                return Err(Error::new(Cause::InvalidArgument, reason).at(start));
            };
            one.block = Some((block.namespace.clone(), block.local.to_owned()));
        }
        Ok(one)
    }
}

fn located(part: &Part, range: Range<usize>, start_tag: Range<usize>) -> LocatedPart {
    LocatedPart {
        which: part.which.clone(),
        content: part.content,
        range,
        start_tag,
        ids: Vec::new(),
        block: None,
    }
}

fn token(part: &Part, element: Element<'_, '_>) -> LocatedPart {
    let mut one = located(part, element.range(), element.start_tag());
    for (namespace, local) in [(NamespaceId::WSU, "Id"), (NamespaceId::NONE, "Id")] {
        one.ids.extend(element.attribute(namespace, local).map(std::borrow::Cow::into_owned));
    }
    one
}

/// Puts the parts of one encryption into the order of the document, and refuses those of which one
/// stands inside of another.
fn check_apart(parts: &mut [LocatedPart]) -> Result<(), Error> {
    parts.sort_by_key(|part| part.range.start);
    for pair in parts.windows(2) {
        let [outer, inner] = pair else { continue };
        if inner.range.start < outer.range.end {
            let reason = format!(
                "the part {} is, or stands inside of, the part {}; encrypt one of them only, or the \
                 inner one by a table of `encryption` in front",
                inner.name(),
                outer.name()
            );
            return Err(Error::new(Cause::InvalidArgument, reason).at(inner.range.start));
        }
    }
    Ok(())
}

impl LocatedPart {
    fn name(&self) -> Part {
        Part { which: self.which.clone(), optional: false, content: self.content }
    }

    /// Where it stands when `replacement` was put into the message, by which that grew so much.
    pub(super) fn move_by(
        &mut self,
        replacement: &Replacement,
        growth: usize,
    ) -> Result<(), Error> {
        let gone = &replacement.range;
        if gone.end <= self.range.start {
            self.range.start += growth;
            self.range.end += growth;
            self.start_tag.start += growth;
            self.start_tag.end += growth;
        } else if gone.start >= self.range.end {
            // It stands behind.
        } else if self.range.start < gone.start && gone.end <= self.range.end {
            self.range.end += growth;
            // An empty tag that was opened.
            if gone.start < self.start_tag.end {
                self.start_tag.end = gone.start + b">".len();
            }
        } else {
            let reason = format!(
                "the part {} was encrypted already, by an earlier table of `encryption`",
                self.name()
            );
            return Err(Error::new(Cause::InvalidArgument, reason));
        }
        Ok(())
    }
}
