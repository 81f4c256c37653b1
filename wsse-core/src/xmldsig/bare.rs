//! Signatures of documents that are no messages: enveloped, enveloping, or detached in the same
//! document.

use super::signature::{Reference, Signature};
use super::template::{ReferenceTemplate, SignatureTemplate};
use super::trace::{Step, Trace};
use super::verify::VerifiedReference;
use crate::crypto::{Certificate, LegacySet};
use crate::error::{Cause, Error};
use crate::keyinfo::{LinkedElements, ResolveKey, ResolvedKey};
use crate::pass::{Outcome, Pass, Target};
use crate::xml::{Event, Limits, NamespaceId, Outline, OutlineBudget, Scanner, Zone};
use core::ops::Range;

/// A document all of whose Signatures hold, under keys that are believed. Only [`verify`] makes it.
#[derive(Clone, Debug)]
pub struct VerifiedDocument {
    references: Vec<VerifiedReference>,
    certificates: Vec<Certificate>,
}

/// Where the Signature is put.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// Into the document that is signed, as the last child of its root.
    Enveloped,
    /// Around the document: it becomes the content of an Object.
    Enveloping,
    /// As the last child of the root; what is signed are the elements with these Ids.
    Detached(Vec<String>),
}

/// Signatures of a document at most, and elements in one.
const MOST_SIGNATURES: usize = 16;
const MOST_ELEMENTS: usize = 1 << 20;

impl VerifiedDocument {
    /// The parts that are signed.
    #[must_use]
    pub fn references(&self) -> &[VerifiedReference] {
        &self.references
    }

    /// The certificate of each Signature whose signer has one and is believed, in the order of the
    /// Signatures.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }
}

/// Checks every Signature of `document` that does not stand inside another.
///
/// # Errors
/// What the scanner finds wrong; [`Cause::MissingSignature`] where there is none; the causes of
/// [`Signature::parse`] and [`Signature::verify`] and of `keys`; [`Cause::AmbiguousId`].
pub fn verify<T: Trace>(
    document: &[u8],
    limits: &Limits,
    legacy: LegacySet,
    keys: &dyn ResolveKey,
    trace: &mut T,
) -> Result<VerifiedDocument, Error> {
    let outlines = signatures(document, limits)?;
    let mut parsed = Vec::with_capacity(outlines.len());
    for outline in &outlines {
        parsed.push(Signature::parse(outline.root(), legacy)?);
    }
    if parsed.is_empty() {
        let reason = "the document has no Signature";
        return Err(Error::new(Cause::MissingSignature, reason));
    }
    let key_infos = parsed.iter().filter_map(|signature| signature.key_info);
    let elements = LinkedElements::read(document, limits, key_infos)?;
    let mut targets = Vec::new();
    let mut tokens = Vec::with_capacity(parsed.len());
    for signature in &parsed {
        let (own, of_signature) = signature.targets(&elements)?;
        targets.extend(own);
        tokens.push(of_signature);
    }
    let outcomes = walk(document, limits, targets, elements.ids())?;
    let mut rest = outcomes.as_slice();
    let mut verified = VerifiedDocument { references: Vec::new(), certificates: Vec::new() };
    for (signature, tokens) in parsed.iter().zip(&tokens) {
        let offset = signature.range.start;
        let (own, others) =
            rest.split_at_checked(1 + signature.references.len()).unwrap_or((&[], &[]));
        rest = others;
        let ResolvedKey { key, certificate, trusted, unknown, .. } = keys
            .resolve(signature.wants_secret(), signature.key_info, &elements)
            .map_err(|error| error.at(offset))?;
        if T::LISTENS {
            let subject = certificate.as_ref().map(|held| held.subject().to_rfc2253());
            trace.step(&Step::Key { signature: offset, subject, trusted });
            for reason in unknown.iter() {
                trace.step(&Step::Unknown { signature: offset, reason });
            }
        }
        let parts = signature.verify(&key, own, tokens, trace)?.references;
        refuse_moved(&signature.references, &parts)?;
        verified.references.extend(parts);
        // A certificate that nobody vouches for says nothing of who signed.
        verified.certificates.extend(certificate.filter(|_| trusted));
    }
    Ok(verified)
}

/// NOTE: An enveloped signature that stands apart from what it signs was moved there, as in signature
/// wrapping. In a message the policy says what must be signed, and where that stands; here nobody does.
fn refuse_moved(references: &[Reference], parts: &[VerifiedReference]) -> Result<(), Error> {
    let mut pairs = references.iter().zip(parts);
    let moved = pairs.find(|(reference, part)| reference.enveloped && part.without.is_none());
    moved.map_or(Ok(()), |(reference, _)| {
        let reason = "the transform enveloped-signature stands in a Reference to something that does \
                      not enclose the Signature";
        Err(Error::new(Cause::UnsupportedTransform, reason).at(reference.offset))
    })
}

/// Puts a Signature by `template` into `document`, whose references are made here: to the whole
/// document, to the Object, or to the elements of [`Form::Detached`], with the canonicalization
/// and digest of `part`.
///
/// # Errors
/// What the scanner finds wrong; [`Cause::AmbiguousId`]; [`Cause::InvalidArgument`] where an Id is
/// no NCName or nothing is named; what `sign` says.
pub fn sign(
    document: &[u8],
    limits: &Limits,
    form: &Form,
    template: &SignatureTemplate,
    part: &ReferenceTemplate,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, Error>,
) -> Result<Vec<u8>, Error> {
    let root = root(document, limits)?;
    let mut template = template.clone();
    let reference =
        |id: &str, enveloped| ReferenceTemplate { id: id.to_owned(), enveloped, ..part.clone() };
    template.references = match form {
        Form::Enveloped => vec![reference("", true)],
        Form::Enveloping => vec![reference(OBJECT, false)],
        Form::Detached(ids) => ids.iter().map(|id| reference(id, false)).collect(),
    };
    if template.references.is_empty() {
        let reason = "a detached Signature needs the Id of what it signs";
        return Err(Error::new(Cause::InvalidArgument, reason));
    }
    let mut markup = Vec::new();
    template.markup().write(&mut markup, &[])?;
    let (mut written, start) = match form {
        Form::Enveloping => {
            (around(&markup, document.get(root.range.clone()).unwrap_or_default())?, 0)
        }
        _ => root.with_child(document, &markup),
    };
    let targets = template.targets(&written, start)?;
    let outcomes = walk(&written, limits, targets, core::iter::empty())?;
    template.complete(&mut written, start, &outcomes, sign)?;
    Ok(written)
}

/// The Id of the Object of an enveloping Signature.
const OBJECT: &str = "object";

/// The Signature with an Object of this content at its end.
fn around(signature: &[u8], content: &[u8]) -> Result<Vec<u8>, Error> {
    const END: &[u8] = b"</ds:Signature>";
    let opened = signature.strip_suffix(END).ok_or_else(|| {
        Error::new(Cause::InvalidArgument, "the Signature does not end as it was written")
    })?;
    let object = format!("<ds:Object Id=\"{OBJECT}\">");
    Ok([opened, object.as_bytes(), content, b"</ds:Object>", END].concat())
}

struct Root {
    range: Range<usize>,
    start_tag: Range<usize>,
}

impl Root {
    /// The document with `child` as the last child of its root, and where that begins.
    fn with_child(&self, document: &[u8], child: &[u8]) -> (Vec<u8>, usize) {
        let octets = |range: Range<usize>| document.get(range).unwrap_or_default();
        let mut out = Vec::with_capacity(document.len() + child.len() + 64);
        if self.start_tag == self.range {
            let tag = octets(self.start_tag.clone());
            out.extend_from_slice(octets(0..self.start_tag.start));
            out.extend_from_slice(tag.strip_suffix(b"/>").unwrap_or(tag));
            out.push(b'>');
            let start = out.len();
            out.extend_from_slice(child);
            let name = tag.get(1..).unwrap_or_default();
            let is_end = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>');
            let length = name.iter().position(is_end).unwrap_or(name.len());
            out.extend_from_slice(b"</");
            out.extend_from_slice(name.get(..length).unwrap_or_default());
            out.push(b'>');
            out.extend_from_slice(octets(self.range.end..document.len()));
            return (out, start);
        }
        // The end tag may have white space before its `>`, but no `<` inside.
        let end_tag = octets(0..self.range.end).iter().rposition(|octet| *octet == b'<');
        let end_tag = end_tag.unwrap_or(self.start_tag.end);
        out.extend_from_slice(octets(0..end_tag));
        out.extend_from_slice(child);
        out.extend_from_slice(octets(end_tag..document.len()));
        (out, end_tag)
    }
}

fn root(document: &[u8], limits: &Limits) -> Result<Root, Error> {
    let mut scanner = Scanner::new(document, limits)?;
    let mut root = None;
    loop {
        match scanner.next()? {
            Event::StartElement(element) if scanner.depth() == 1 => {
                let range = scanner.skip_element()?;
                root = Some(Root { range, start_tag: element.range });
            }
            Event::EndDocument => break,
            _ => {}
        }
    }
    root.ok_or_else(|| Error::new(Cause::EmptyDocument, "the document has no root element"))
}

fn signatures<'a>(document: &'a [u8], limits: &Limits) -> Result<Vec<Outline<'a>>, Error> {
    let budget = OutlineBudget { elements: MOST_ELEMENTS, end: usize::MAX };
    let mut scanner = Scanner::new(document, limits)?;
    let mut found = Vec::new();
    loop {
        match scanner.next()? {
            Event::StartElement(element) if element.name.is(NamespaceId::DS, "Signature") => {
                if found.len() == MOST_SIGNATURES {
                    let reason = format!("the document has more than {MOST_SIGNATURES} Signatures");
                    return Err(Error::new(Cause::ReferenceCount, reason).at(element.range.start));
                }
                found.push(Outline::read(&mut scanner, &element, &budget)?);
            }
            Event::EndDocument => return Ok(found),
            _ => {}
        }
    }
}

fn walk<'i>(
    document: &[u8],
    limits: &Limits,
    targets: Vec<Target>,
    watched: impl Iterator<Item = &'i String>,
) -> Result<Vec<Outcome>, Error> {
    let mut pass = Pass::new(targets);
    watched.for_each(|id| pass.watch(id));
    let mut scanner = Scanner::new(document, limits)?;
    loop {
        let event = scanner.next()?;
        pass.event(&scanner, &event, Zone::Bare)?;
        if event == Event::EndDocument {
            return pass.finish();
        }
    }
}
