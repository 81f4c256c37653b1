//! A Signature that is being made: written with place-holders of the exact length, digested where
//! it stands, filled in place.

use super::pss;
use crate::c14n::{Method, PrefixList};
use crate::crypto::{DigestMethod, Digester, SignatureMethod, base64};
use crate::error::{Cause, Error};
use crate::ns;
use crate::pass::{Outcome, Output, Select, Target};
use crate::xml::Markup;

/// A Signature that is to be made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SignatureTemplate {
    /// The Id of the Signature, an NCName. Default: none.
    pub id: Option<String>,
    /// How SignedInfo is canonicalized. Default: exclusive, without PrefixList.
    pub canonicalization: (Method, PrefixList),
    /// The method.
    pub method: SignatureMethod,
    /// What is signed.
    pub references: Vec<ReferenceTemplate>,
    /// What KeyInfo says; no KeyInfo where empty. Default: empty.
    pub key_info: Vec<Markup>,
    /// Objects to be written behind KeyInfo. Default: none.
    pub objects: Vec<Markup>,
    /// Octets of the SignatureValue, exactly.
    pub value_length: usize,
}

/// A Reference of a [`SignatureTemplate`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReferenceTemplate {
    /// The Id of the element; the whole document where empty.
    pub id: String,
    /// Whether the Signature stands inside what is signed.
    pub enveloped: bool,
    /// The token that is signed in place of the SecurityTokenReference with the Id, by the
    /// STR-Transform. Default: none.
    pub security_token: Option<TokenTemplate>,
    /// How it is canonicalized.
    pub canonicalization: (Method, PrefixList),
    /// The method of the digest.
    pub method: DigestMethod,
}

/// A token that a SecurityTokenReference stands for.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a token is in the message, or it is not")]
pub enum TokenTemplate {
    /// The element with this Id.
    Present(String),
    /// None of the message: its canonical form.
    MadeUp(Vec<u8>),
}

/// Stands for what is not known yet. It occurs in no base64, no NCName, no identifier that is
/// written in front of the SignatureValue.
const HOLDER: u8 = b'?';

impl ReferenceTemplate {
    /// A Reference to the element with this Id, exclusive canonicalization, SHA-256.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            enveloped: false,
            security_token: None,
            canonicalization: (Method::EXCLUSIVE, PrefixList::new()),
            method: DigestMethod::Sha256,
        }
    }

    fn markup(&self) -> Markup {
        let uri = if self.id.is_empty() { String::new() } else { format!("#{}", self.id) };
        let mut reference = ds("Reference").with_attribute("URI", uri);
        let mut transforms = ds("Transforms");
        if self.enveloped {
            transforms
                .children
                .push(ds("Transform").with_attribute("Algorithm", ns::ENVELOPED_SIGNATURE));
        }
        transforms.children.push(if self.security_token.is_some() {
            // SOAP Message Security 1.1.1, section 8.3.
            let mut parameters = Markup::new("wsse", ns::WSSE, "TransformationParameters");
            parameters
                .children
                .push(canonicalization("CanonicalizationMethod", &self.canonicalization));
            let mut transform = ds("Transform").with_attribute("Algorithm", ns::STR_TRANSFORM);
            transform.children.push(parameters);
            transform
        } else {
            canonicalization("Transform", &self.canonicalization)
        });
        reference.children.push(transforms);
        reference.children.push(ds("DigestMethod").with_attribute("Algorithm", self.method.uri()));
        reference.children.push(ds("DigestValue").with_slot(holder(self.method.length())));
        reference
    }
}

impl SignatureTemplate {
    /// A Signature with this method, of nothing yet.
    #[must_use]
    pub fn new(method: SignatureMethod, value_length: usize) -> Self {
        Self {
            id: None,
            canonicalization: (Method::EXCLUSIVE, PrefixList::new()),
            method,
            references: Vec::new(),
            key_info: Vec::new(),
            objects: Vec::new(),
            value_length,
        }
    }

    /// The Signature with place-holders.
    #[must_use]
    pub fn markup(&self) -> Markup {
        let mut signed_info = ds("SignedInfo");
        signed_info
            .children
            .push(canonicalization("CanonicalizationMethod", &self.canonicalization));
        let mut method = ds("SignatureMethod").with_attribute("Algorithm", self.method.uri());
        if let SignatureMethod::RsaPss(parameters) = self.method {
            method.children.push(pss::markup(parameters));
        }
        signed_info.children.push(method);
        signed_info.children.extend(self.references.iter().map(ReferenceTemplate::markup));
        let mut signature = ds("Signature");
        if let Some(id) = &self.id {
            signature = signature.with_attribute("Id", id.clone());
        }
        signature.children.push(signed_info);
        signature.children.push(ds("SignatureValue").with_slot(holder(self.value_length)));
        if !self.key_info.is_empty() {
            let mut key_info = ds("KeyInfo");
            key_info.children.clone_from(&self.key_info);
            signature.children.push(key_info);
        }
        signature.children.extend(self.objects.iter().cloned());
        signature
    }

    /// What a walk over `written` must find out, where the Signature begins at `start`: SignedInfo
    /// first, then each Reference.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] where no Signature of this template begins there.
    pub fn targets(&self, written: &[u8], start: usize) -> Result<Vec<Target>, Error> {
        Ok(self.targets_at(start, self.signed_info(written, start)?))
    }

    /// Where the SignedInfo begins in `written`, where the Signature begins at `start`.
    ///
    /// # Errors
    /// As [`Self::targets`].
    pub fn signed_info(&self, written: &[u8], start: usize) -> Result<usize, Error> {
        find(written, start, b"<ds:SignedInfo").ok_or_else(misplaced)
    }

    /// The same, where the Signature begins at `start` and its SignedInfo at `signed_info`.
    #[must_use]
    pub fn targets_at(&self, start: usize, signed_info: usize) -> Vec<Target> {
        let (method, prefixes) = self.canonicalization.clone();
        let mut first = Target::new(Select::Offset(signed_info), method, Output::Octets);
        first.prefixes = prefixes;
        first.comments = true;
        let reference = |reference: &ReferenceTemplate| {
            let select = match (&reference.security_token, reference.id.as_str()) {
                (Some(TokenTemplate::Present(id)), _) => Select::Id(id.clone()),
                (_, "") => Select::Document,
                (_, id) => Select::Id(id.to_owned()),
            };
            let (method, prefixes) = reference.canonicalization.clone();
            let mut target = Target::new(select, method, Output::Digest(reference.method));
            target.prefixes = prefixes;
            target.exclude = reference.enveloped.then_some(start);
            if reference.security_token.is_some() { target.of_security_token() } else { target }
        };
        core::iter::once(first).chain(self.references.iter().map(reference)).collect()
    }

    /// The texts for the place-holders, in their order: the digests that the walk found, and the
    /// signature that `sign` makes of the canonical SignedInfo; also the octets of the signature.
    ///
    /// # Errors
    /// What `sign` says; [`Cause::InvalidArgument`] where the outcomes are those of other targets.
    pub fn texts(
        &self,
        outcomes: &[Outcome],
        sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, Error>,
    ) -> Result<(Vec<String>, Vec<u8>), Error> {
        let (first, parts) = outcomes.split_first().ok_or_else(misplaced)?;
        let mut signed_info = first.octets.clone();
        let (mut texts, mut at) = (Vec::with_capacity(outcomes.len()), 0);
        for (outcome, reference) in parts.iter().zip(&self.references) {
            let digest = match &reference.security_token {
                Some(TokenTemplate::MadeUp(canonical)) => {
                    let mut digester = Digester::new(reference.method);
                    digester.update(canonical);
                    digester.finish()?
                }
                _ => outcome.digest.ok_or_else(misplaced)?,
            };
            let text = base64(digest.octets());
            at = fill(&mut signed_info, at, &text)?;
            texts.push(text);
        }
        let signature = sign(&signed_info)?;
        texts.push(base64(&signature));
        Ok((texts, signature))
    }

    /// Fills in what the walk found, and the signature that `sign` makes of the canonical
    /// SignedInfo; the octets of the signature.
    ///
    /// # Errors
    /// What `sign` says; [`Cause::InvalidArgument`] where no Signature of this template begins at
    /// `start`.
    pub fn complete(
        &self,
        written: &mut [u8],
        start: usize,
        outcomes: &[Outcome],
        sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, Error>,
    ) -> Result<Vec<u8>, Error> {
        let (texts, signature) = self.texts(outcomes, sign)?;
        Self::write_texts(written, start, &texts)?;
        Ok(signature)
    }

    /// Puts the texts of [`Self::texts`] in their places, where the Signature begins at `start`.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] where no Signature with these place-holders begins there.
    pub fn write_texts(written: &mut [u8], start: usize, texts: &[String]) -> Result<(), Error> {
        let mut at = start;
        for text in texts {
            at = fill(written, at, text)?;
        }
        Ok(())
    }
}

/// Puts `text` in place of the next place-holder of its length. Shorter runs are no place-holders:
/// an Id or a namespace name of the caller may hold a question mark.
fn fill(written: &mut [u8], from: usize, text: &str) -> Result<usize, Error> {
    let mut start = from;
    loop {
        let rest = written.get_mut(start..).unwrap_or_default();
        start += memchr::memchr(HOLDER, rest).ok_or_else(misplaced)?;
        let rest = written.get_mut(start..).unwrap_or_default();
        let run = rest.iter().take_while(|octet| **octet == HOLDER).count();
        match rest.get_mut(..run) {
            Some(place) if run == text.len() => {
                place.copy_from_slice(text.as_bytes());
                return Ok(start + run);
            }
            _ => start += run,
        }
    }
}

fn find(written: &[u8], from: usize, text: &[u8]) -> Option<usize> {
    let rest = written.get(from..)?;
    memchr::memmem::find(rest, text).map(|at| from + at)
}

fn holder(octets: usize) -> String {
    char::from(HOLDER).to_string().repeat(octets.div_ceil(3) * 4)
}

fn misplaced() -> Error {
    Error::new(Cause::InvalidArgument, "no Signature of this template stands there")
}

fn ds(local: &'static str) -> Markup {
    Markup::new("ds", ns::DS, local)
}

fn canonicalization(local: &'static str, (method, prefixes): &(Method, PrefixList)) -> Markup {
    let mut element = ds(local).with_attribute("Algorithm", method.uri());
    if !prefixes.is_empty() {
        let listed: Vec<&str> = prefixes
            .prefixes()
            .map(|prefix| if prefix.is_empty() { "#default" } else { prefix })
            .collect();
        element.children.push(
            Markup::new("ec", ns::EXC_C14N, "InclusiveNamespaces")
                .with_attribute("PrefixList", listed.join(" ")),
        );
    }
    element
}
