//! `pss:RSAPSSParams`, the parameters of RSASSA-PSS in a message (RFC 9231, section 2.3.9).

use super::signature::{algorithm, check_attributes, check_parameters, unexpected, unknown};
use crate::crypto::{DigestMethod, PssParameters};
use crate::error::{Cause, Error};
use crate::keyinfo::structure;
use crate::ns;
use crate::xml::{Element, Markup, NamespaceId};

/// The one mask generation function that there is.
const MGF1: &str = "http://www.w3.org/2007/05/xmldsig-more#MGF1";
/// The one trailer that there is, 0xBC.
const TRAILER: usize = 1;

/// Reads the element under SignatureMethod. What is absent is as the RFC says: SHA-256 in both
/// places, a salt of the length of the digest, trailer 1.
///
/// # Errors
/// [`Cause::SignatureStructure`] for what breaks the schema; [`Cause::UnsupportedAlgorithm`] for
/// other functions and trailers, and what [`PssParameters::new`] refuses.
pub(super) fn read(element: Element<'_, '_>) -> Result<PssParameters, Error> {
    if !element.name().is(NamespaceId::DSIG_MORE, "RSAPSSParams") {
        return Err(unexpected(element, "SignatureMethod"));
    }
    check_attributes(element, &[])?;
    element.check_no_text().map_err(structure)?;
    let mut children = element.children().peekable();
    let mut take = |namespace, local| children.next_if(|child| child.name().is(namespace, local));
    let digest = take(NamespaceId::DS, "DigestMethod");
    let mask = take(NamespaceId::DSIG_MORE, "MaskGenerationFunction");
    let salt = take(NamespaceId::DSIG_MORE, "SaltLength");
    let trailer = take(NamespaceId::DSIG_MORE, "TrailerField");
    if let Some(more) = children.next() {
        return Err(unexpected(more, "RSAPSSParams"));
    }
    let digest = digest.map_or(Ok(DigestMethod::Sha256), read_digest)?;
    let mask = mask.map_or(Ok(DigestMethod::Sha256), read_mask)?;
    let salt_length = salt.map_or(Ok(digest.length()), number)?;
    if let Some(trailer) = trailer
        && number(trailer)? != TRAILER
    {
        let reason = "RSASSA-PSS is accepted with the trailer 1 only";
        return Err(Error::new(Cause::UnsupportedAlgorithm, reason).at(trailer.range().start));
    }
    PssParameters::new(digest, mask, salt_length).map_err(|error| error.at(element.range().start))
}

/// The parameters, all of them written out.
pub(super) fn markup(parameters: PssParameters) -> Markup {
    let pss = |local| Markup::new("pss", ns::DSIG_MORE, local);
    let digest = |method: DigestMethod| {
        Markup::new("ds", ns::DS, "DigestMethod").with_attribute("Algorithm", method.uri())
    };
    let mut mask = pss("MaskGenerationFunction").with_attribute("Algorithm", MGF1);
    mask.children.push(digest(parameters.mask_digest()));
    let mut element = pss("RSAPSSParams");
    element.children.push(digest(parameters.digest()));
    element.children.push(mask);
    element.children.push(pss("SaltLength").with_text(parameters.salt_length().to_string()));
    element.children.push(pss("TrailerField").with_text(TRAILER.to_string()));
    element
}

fn read_digest(element: Element<'_, '_>) -> Result<DigestMethod, Error> {
    let uri = algorithm(element)?;
    check_parameters(element, &[])?;
    DigestMethod::from_uri(&uri)
        .ok_or_else(|| unknown(Cause::UnsupportedAlgorithm, "DigestMethod", &uri, element))
}

fn read_mask(element: Element<'_, '_>) -> Result<DigestMethod, Error> {
    check_attributes(element, &["Algorithm"])?;
    element.check_no_text().map_err(structure)?;
    if let Some(uri) = element.attribute(NamespaceId::NONE, "Algorithm")
        && uri != MGF1
    {
        let what = "MaskGenerationFunction";
        return Err(unknown(Cause::UnsupportedAlgorithm, what, &uri, element));
    }
    let mut children = element.children();
    let digest = match children.next() {
        None => return Ok(DigestMethod::Sha256),
        Some(child) if child.name().is(NamespaceId::DS, "DigestMethod") => child,
        Some(child) => return Err(unexpected(child, "MaskGenerationFunction")),
    };
    match children.next() {
        Some(more) => Err(unexpected(more, "MaskGenerationFunction")),
        None => read_digest(digest),
    }
}

/// A short whole number.
fn number(element: Element<'_, '_>) -> Result<usize, Error> {
    check_attributes(element, &[])?;
    let text = element.text().map_err(structure)?;
    let digits = text.trim_matches([' ', '\t', '\r', '\n']);
    let is_short = (1..=4).contains(&digits.len()) && digits.bytes().all(|o| o.is_ascii_digit());
    digits.parse().ok().filter(|_| is_short).ok_or_else(|| {
        let reason = format!("{} is no whole number of four digits at most", element.name().local);
        Error::new(Cause::SignatureStructure, reason).at(element.range().start)
    })
}
