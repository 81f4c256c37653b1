//! A `ds:Signature`, read as its schema has it (XML Signature 1.1, section 4).

use super::pss;
use crate::c14n::{Method, Mode, PrefixList};
use crate::crypto::{DigestMethod, KeyFamily, Legacy, LegacySet, SignatureMethod};
use crate::error::{Cause, Error};
use crate::keyinfo::{Dereference, ReferencedToken, octets, structure};
use crate::ns;
use crate::pass::{Output, Select, Target};
use crate::xml::{Element, NamespaceId};
use core::ops::Range;

/// A Signature that was read. Nothing of it is proven yet.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Signature<'o, 'a> {
    /// From the `<` of its start tag to the `>` of its end tag.
    pub range: Range<usize>,
    /// Its Id.
    pub id: Option<String>,
    /// How SignedInfo is canonicalized.
    pub canonicalization: (Method, PrefixList),
    /// The method of the signature.
    pub method: SignatureMethod,
    /// Octets of an HMAC that was cut short, which only the legacy switch accepts.
    pub output_length: Option<usize>,
    /// What is signed, at least one.
    pub references: Vec<Reference>,
    /// The octets of the SignatureValue.
    pub value: Vec<u8>,
    /// What it says of the key.
    pub key_info: Option<Element<'o, 'a>>,
    /// Where SignedInfo begins.
    signed_info: usize,
}

/// A `ds:Reference` that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// What is signed.
    pub part: ReferencedPart,
    /// Whether the Signature itself is taken out of it.
    pub enveloped: bool,
    /// Whether it is a SecurityTokenReference, and signed is the token that it stands for: the
    /// STR-Transform (SOAP Message Security 1.1.1, section 8.3).
    pub security_token: bool,
    /// How it is canonicalized.
    pub canonicalization: (Method, PrefixList),
    /// The method of the digest.
    pub method: DigestMethod,
    /// The octets of the DigestValue.
    pub value: Vec<u8>,
    /// Where the Reference stands.
    pub offset: usize,
}

/// The token of each Reference of a Signature that has the STR-Transform.
#[derive(Clone, Debug, Default)]
pub struct SignedTokens(pub(super) Vec<Option<ReferencedToken>>);

/// What the URI of a Reference names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "nothing outside the document is ever accepted")]
pub enum ReferencedPart {
    /// The whole document: `""`.
    Document,
    /// The element with this Id: `#Id`.
    Id(String),
}

/// References of one Signature at most: messages with many signed parts have some twenty.
const MOST_REFERENCES: usize = 100;
/// References of one Signature with the STR-Transform at most: each is looked up, and there are few tokens.
const MOST_SECURITY_TOKENS: usize = 8;
/// Transforms of one Reference at most: two mean something here.
const MOST_TRANSFORMS: usize = 4;
/// Bits of an HMAC that was cut short, at least.
const LEAST_HMAC_BITS: usize = 40;
/// Children of a Signature at most, Objects above all.
const MOST_CHILDREN: usize = 64;

impl<'o, 'a> Signature<'o, 'a> {
    /// Reads a `ds:Signature`. Algorithms that only `legacy` names are refused without it.
    ///
    /// # Errors
    /// [`Cause::SignatureStructure`], [`Cause::UnsupportedReference`],
    /// [`Cause::UnsupportedTransform`], [`Cause::UnsupportedAlgorithm`],
    /// [`Cause::LegacyAlgorithm`], [`Cause::ReferenceCount`], [`Cause::InvalidTokenValue`].
    pub fn parse(element: Element<'o, 'a>, legacy: LegacySet) -> Result<Self, Error> {
        check_attributes(element, &["Id"])?;
        element.check_no_text().map_err(structure)?;
        let mut children = element.children();
        let signed_info = expect(element, children.next(), "SignedInfo")?;
        let value = expect(element, children.next(), "SignatureValue")?;
        let mut key_info = None;
        for (index, child) in children.enumerate() {
            let name = child.name();
            match (name.namespace, name.local) {
                (NamespaceId::DS, "KeyInfo") if index == 0 => key_info = Some(child),
                (NamespaceId::DS, "Object") => {}
                _ => return Err(unexpected(child, "a Signature")),
            }
            if index == MOST_CHILDREN {
                return Err(too_many(child, MOST_CHILDREN, "elements in a Signature"));
            }
        }
        check_attributes(signed_info, &["Id"])?;
        signed_info.check_no_text().map_err(structure)?;
        let mut children = signed_info.children();
        let canonicalization = expect(signed_info, children.next(), "CanonicalizationMethod")?;
        let canonicalization = read_canonicalization(canonicalization)?;
        let method = expect(signed_info, children.next(), "SignatureMethod")?;
        let mut weak = Weak { allowed: legacy, first: None };
        let (method, output_length) = read_method(method, &mut weak)?;
        let mut references = Vec::new();
        for child in children {
            if references.len() == MOST_REFERENCES {
                return Err(too_many(child, MOST_REFERENCES, "References in a Signature"));
            }
            references
                .push(Reference::parse(expect(signed_info, Some(child), "Reference")?, &mut weak)?);
        }
        let tokens = references.iter().filter(|reference: &&Reference| reference.security_token);
        if tokens.count() > MOST_SECURITY_TOKENS {
            let what = "References with the STR-Transform in a Signature";
            return Err(too_many(signed_info, MOST_SECURITY_TOKENS, what));
        }
        if references.is_empty() {
            let reason = "SignedInfo holds no Reference, so nothing is signed";
            let offset = signed_info.range().start;
            return Err(Error::new(Cause::SignatureStructure, reason).at(offset));
        }
        check_attributes(value, &["Id"])?;
        let octets = octets(value)?;
        if let Some(error) = weak.first {
            return Err(error);
        }
        Ok(Self {
            range: element.range(),
            id: element.attribute(NamespaceId::NONE, "Id").map(std::borrow::Cow::into_owned),
            canonicalization,
            method,
            output_length,
            references,
            value: octets,
            key_info,
            signed_info: signed_info.range().start,
        })
    }

    /// What a walk must find out for this Signature: SignedInfo first, then each Reference. Of a token
    /// that is made up it only finds the reference to it. `tokens` are looked up here, once.
    ///
    /// # Errors
    /// Those of [`Dereference::token`].
    pub fn targets(&self, tokens: &dyn Dereference) -> Result<(Vec<Target>, SignedTokens), Error> {
        let (method, prefixes) = self.canonicalization.clone();
        let mut signed_info = Target::new(Select::Offset(self.signed_info), method, Output::Octets);
        signed_info.prefixes = prefixes;
        signed_info.comments = true;
        let mut targets = vec![signed_info];
        let mut signed_tokens = Vec::with_capacity(self.references.len());
        for reference in &self.references {
            let token = reference.token(tokens)?;
            targets.push(reference.target(token.as_ref(), self.range.start));
            signed_tokens.push(token);
        }
        Ok((targets, SignedTokens(signed_tokens)))
    }

    /// Whether it is made with a shared secret.
    #[must_use]
    pub fn wants_secret(&self) -> bool {
        self.method.family() == KeyFamily::Hmac
    }
}

impl SignedTokens {
    /// The token of a Reference, counted from 0.
    pub(crate) fn of(&self, reference: usize) -> Option<&ReferencedToken> {
        self.0.get(reference)?.as_ref()
    }

    /// The tokens.
    pub fn iter(&self) -> impl Iterator<Item = &ReferencedToken> {
        self.0.iter().flatten()
    }
}

impl Reference {
    fn token(&self, tokens: &dyn Dereference) -> Result<Option<ReferencedToken>, Error> {
        match &self.part {
            ReferencedPart::Id(id) if self.security_token => {
                tokens.token(id).map(Some).map_err(|error| error.at(self.offset))
            }
            _ => Ok(None),
        }
    }

    fn target(&self, token: Option<&ReferencedToken>, signature: usize) -> Target {
        let (method, prefixes) = self.canonicalization.clone();
        let select = match (token, &self.part) {
            (Some(ReferencedToken::Present { offset, .. }), _) => Select::Offset(*offset),
            (_, ReferencedPart::Document) => Select::Document,
            (_, ReferencedPart::Id(id)) => Select::Id(id.clone()),
        };
        let mut target = Target::new(select, method, Output::Digest(self.method));
        target.prefixes = prefixes;
        target.exclude = self.enveloped.then_some(signature);
        if self.security_token {
            target = target.of_security_token();
        }
        target
    }

    fn parse(element: Element<'_, '_>, weak: &mut Weak) -> Result<Self, Error> {
        let offset = element.range().start;
        check_attributes(element, &["Id", "URI", "Type"])?;
        element.check_no_text().map_err(structure)?;
        let part = ReferencedPart::parse(element)?;
        let mut children = element.children();
        let mut next = children.next();
        let mut transforms = None;
        if let Some(child) = next
            && child.name().is(NamespaceId::DS, "Transforms")
        {
            transforms = Some(child);
            next = children.next();
        }
        let Transforms { enveloped, security_token, canonicalization } =
            Transforms::read(transforms)?;
        if security_token && part == ReferencedPart::Document {
            let reason = "the STR-Transform stands in a Reference to the whole document";
            return Err(Error::new(Cause::UnsupportedTransform, reason).at(offset));
        }
        let method = expect(element, next, "DigestMethod")?;
        let value = expect(element, children.next(), "DigestValue")?;
        if let Some(more) = children.next() {
            return Err(unexpected(more, "a Reference"));
        }
        let uri = algorithm(method)?;
        let digest = DigestMethod::from_uri(&uri)
            .ok_or_else(|| unknown(Cause::UnsupportedAlgorithm, "DigestMethod", &uri, method))?;
        check_parameters(method, &[])?;
        weak.meet(digest.legacy().into_iter().collect(), "DigestMethod", method);
        check_attributes(value, &[])?;
        Ok(Self {
            part,
            enveloped,
            security_token,
            canonicalization,
            method: digest,
            value: octets(value)?,
            offset,
        })
    }

    /// The URI.
    #[must_use]
    pub fn uri(&self) -> String {
        match &self.part {
            ReferencedPart::Document => String::new(),
            ReferencedPart::Id(id) => format!("#{id}"),
        }
    }
}

impl ReferencedPart {
    fn parse(element: Element<'_, '_>) -> Result<Self, Error> {
        let uri = element.attribute(NamespaceId::NONE, "URI");
        match uri.as_deref() {
            Some("") => return Ok(Self::Document),
            Some(uri) => {
                if let Some(id) = uri.strip_prefix('#')
                    && !id.is_empty()
                    && !id.starts_with("xpointer(")
                {
                    return Ok(Self::Id(id.to_owned()));
                }
            }
            None => {}
        }
        let shown: String = uri.as_deref().unwrap_or("nothing").chars().take(120).collect();
        Err(Error::new(
            Cause::UnsupportedReference,
            format!(
                "the Reference names {shown:?}; only parts of the same document are looked at, as \
                 \"#Id\" or \"\""
            ),
        )
        .at(element.range().start))
    }
}

fn read_canonicalization(element: Element<'_, '_>) -> Result<(Method, PrefixList), Error> {
    let uri = algorithm(element)?;
    let method = Method::from_uri(&uri).ok_or_else(|| {
        unknown(Cause::UnsupportedAlgorithm, "CanonicalizationMethod", &uri, element)
    })?;
    check_parameters(element, &["InclusiveNamespaces"])?;
    Ok((method, read_prefixes(element, method)?))
}

fn read_prefixes(element: Element<'_, '_>, method: Method) -> Result<PrefixList, Error> {
    let mut children = element.children();
    let Some(child) = children.next() else { return Ok(PrefixList::new()) };
    if method.mode != Mode::Exclusive
        || children.next().is_some()
        || !child.name().is(NamespaceId::EXC_C14N, "InclusiveNamespaces")
        || child.children().next().is_some()
    {
        return Err(unexpected(child, element.name().local));
    }
    let list = child.attribute(NamespaceId::NONE, "PrefixList").unwrap_or_default();
    Ok(PrefixList::parse(&list))
}

fn read_method(
    element: Element<'_, '_>,
    weak: &mut Weak,
) -> Result<(SignatureMethod, Option<usize>), Error> {
    let uri = algorithm(element)?;
    let method = SignatureMethod::from_uri(&uri)
        .ok_or_else(|| unknown(Cause::UnsupportedAlgorithm, "SignatureMethod", &uri, element))?;
    element.check_no_text().map_err(structure)?;
    let mut children = element.children();
    let parameters = children.next();
    if let Some(second) = children.next() {
        return Err(unexpected(second, "SignatureMethod"));
    }
    let (method, length) = match (method, parameters) {
        (method, None) => (method, None),
        (SignatureMethod::RsaPss(_), Some(child)) => {
            (SignatureMethod::RsaPss(pss::read(child)?), None)
        }
        (method, Some(child))
            if method.family() == KeyFamily::Hmac
                && child.name().is(NamespaceId::DS, "HMACOutputLength") =>
        {
            (method, Some(child))
        }
        (_, Some(child)) => return Err(unexpected(child, "SignatureMethod")),
    };
    weak.meet(method.legacy(), "SignatureMethod", element);
    let Some(length) = length else { return Ok((method, None)) };
    let whole = method.digest().map_or(0, DigestMethod::length);
    weak.meet(LegacySet::NONE.with(Legacy::HmacTruncation), "HMACOutputLength", length);
    let bits: usize = length.text().map_err(structure)?.trim().parse().unwrap_or(0);
    // CVE-2009-0217: how little proves anything is not for the message to say.
    if bits < LEAST_HMAC_BITS || !bits.is_multiple_of(8) || bits > 8 * whole {
        let reason = format!(
            "HMACOutputLength is no whole number of octets from {LEAST_HMAC_BITS} bits to the length \
             of the digest"
        );
        return Err(Error::new(Cause::LegacyAlgorithm, reason).at(length.range().start));
    }
    Ok((method, Some(bits / 8)))
}

/// What the Transforms of a Reference do.
struct Transforms {
    enveloped: bool,
    security_token: bool,
    canonicalization: (Method, PrefixList),
}

impl Transforms {
    /// At most enveloped-signature, then at most one canonicalization: what comes behind that would
    /// work on octets and not on the document. Without one it is Canonical XML 1.0 (section 4.4.3.2).
    /// Or the STR-Transform alone, which canonicalizes as well.
    fn read(transforms: Option<Element<'_, '_>>) -> Result<Self, Error> {
        let implied = Method { mode: Mode::Inclusive, with_comments: false };
        let implied = (implied, PrefixList::new());
        let mut found = Self { enveloped: false, security_token: false, canonicalization: implied };
        let Some(transforms) = transforms else { return Ok(found) };
        check_attributes(transforms, &[])?;
        transforms.check_no_text().map_err(structure)?;
        let mut canonicalized = false;
        let count = transforms.children().count();
        if count > MOST_TRANSFORMS {
            return Err(too_many(transforms, MOST_TRANSFORMS, "Transforms in a Reference"));
        }
        for transform in transforms.children() {
            let transform = expect(transforms, Some(transform), "Transform")?;
            let uri = transform.attribute(NamespaceId::NONE, "Algorithm").ok_or_else(|| {
                let reason = "a Transform has no Algorithm";
                Error::new(Cause::SignatureStructure, reason).at(transform.range().start)
            })?;
            if uri == ns::ENVELOPED_SIGNATURE && !found.enveloped && !canonicalized {
                check_parameters(transform, &[])?;
                found.enveloped = true;
            } else if uri == ns::STR_TRANSFORM && count == 1 {
                found.security_token = true;
                found.canonicalization = read_transformation_parameters(transform)?;
            } else if let Some(method) = Method::from_uri(&uri)
                && !canonicalized
            {
                check_parameters(transform, &["InclusiveNamespaces"])?;
                canonicalized = true;
                found.canonicalization = (method, read_prefixes(transform, method)?);
            } else {
                return Err(unknown(Cause::UnsupportedTransform, "Transform", &uri, transform));
            }
        }
        if count == 0 {
            let reason = "Transforms holds no Transform";
            let offset = transforms.range().start;
            return Err(Error::new(Cause::SignatureStructure, reason).at(offset));
        }
        Ok(found)
    }
}

/// SOAP Message Security 1.1.1, section 8.3: TransformationParameters hold the
/// CanonicalizationMethod.
fn read_transformation_parameters(
    transform: Element<'_, '_>,
) -> Result<(Method, PrefixList), Error> {
    let wrong = |element: Element<'_, '_>| {
        let reason = "the STR-Transform holds TransformationParameters with one \
                      CanonicalizationMethod";
        Error::new(Cause::SignatureStructure, reason).at(element.range().start)
    };
    transform.check_no_text().map_err(structure)?;
    let mut children = transform.children();
    let (Some(parameters), None) = (children.next(), children.next()) else {
        return Err(wrong(transform));
    };
    if !parameters.name().is(NamespaceId::WSSE, "TransformationParameters") {
        return Err(wrong(parameters));
    }
    parameters.check_no_text().map_err(structure)?;
    let mut children = parameters.children();
    match (children.next(), children.next()) {
        (Some(method), None) if method.name().is(NamespaceId::DS, "CanonicalizationMethod") => {
            read_canonicalization(method)
        }
        _ => Err(wrong(parameters)),
    }
}

/// The Algorithm of an element. Which parameters it may have is asked once it is known.
pub(super) fn algorithm<'a>(element: Element<'_, 'a>) -> Result<std::borrow::Cow<'a, str>, Error> {
    check_attributes(element, &["Algorithm"])?;
    element.attribute(NamespaceId::NONE, "Algorithm").ok_or_else(|| {
        let reason = format!("{} has no Algorithm", element.name().local);
        Error::new(Cause::SignatureStructure, reason).at(element.range().start)
    })
}

/// Refuses what the algorithm of an element does not know.
pub(super) fn check_parameters(element: Element<'_, '_>, known: &[&str]) -> Result<(), Error> {
    element.check_no_text().map_err(structure)?;
    match element.children().find(|child| !known.contains(&child.name().local)) {
        Some(child) => Err(unexpected(child, element.name().local)),
        None => Ok(()),
    }
}

/// What is accepted by name, and the first that was met without. What is wrong in any case is told
/// before it: no switch helps there.
struct Weak {
    allowed: LegacySet,
    first: Option<Error>,
}

impl Weak {
    fn meet(&mut self, needed: LegacySet, what: &str, element: Element<'_, '_>) {
        if !self.allowed.lacking(needed).is_empty() {
            self.first.get_or_insert_with(|| {
                let names: Vec<_> =
                    needed.iter().map(|legacy| format!("\"{}\"", legacy.name())).collect();
                let reason = format!(
                    "the {what} is accepted only where the policy says so: `legacy = {{ allow = \
                     [{}] }}`",
                    names.join(", ")
                );
                Error::new(Cause::LegacyAlgorithm, reason).at(element.range().start)
            });
        }
    }
}

/// Attributes without a namespace must be known; others mean nothing here.
pub(super) fn check_attributes(element: Element<'_, '_>, known: &[&str]) -> Result<(), Error> {
    let stray = element.attributes().iter().find(|attribute| {
        attribute.name.namespace == NamespaceId::NONE && !known.contains(&attribute.name.local)
    });
    match stray {
        None => Ok(()),
        Some(attribute) => Err(Error::new(
            Cause::SignatureStructure,
            format!(
                "{} may not have the attribute {}",
                element.name().local,
                attribute.name.qualified()
            ),
        )
        .at(attribute.range.start)),
    }
}

fn expect<'o, 'a>(
    parent: Element<'o, 'a>,
    child: Option<Element<'o, 'a>>,
    local: &str,
) -> Result<Element<'o, 'a>, Error> {
    match child {
        Some(child) if child.name().is(NamespaceId::DS, local) => Ok(child),
        Some(child) => Err(Error::new(
            Cause::SignatureStructure,
            format!(
                "{local} expected in {}, found {}",
                parent.name().local,
                child.name().qualified()
            ),
        )
        .at(child.range().start)),
        None => Err(Error::new(
            Cause::SignatureStructure,
            format!("{} lacks its {local}", parent.name().local),
        )
        .at(parent.range().start)),
    }
}

pub(super) fn unexpected(child: Element<'_, '_>, within: &str) -> Error {
    let name = child.name().qualified().to_string();
    let reason = format!("{within} may not hold the element {name} there");
    Error::new(Cause::SignatureStructure, reason).at(child.range().start)
}

pub(super) fn unknown(cause: Cause, what: &str, uri: &str, element: Element<'_, '_>) -> Error {
    let shown: String = uri.chars().take(160).collect();
    let reason = format!("the {what} {shown:?} is not accepted here");
    Error::new(cause, reason).at(element.range().start)
}

fn too_many(child: Element<'_, '_>, most: usize, what: &str) -> Error {
    let reason = format!("more than {most} {what}");
    Error::new(Cause::ReferenceCount, reason).at(child.range().start)
}
