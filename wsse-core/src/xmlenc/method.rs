//! `xenc:EncryptionMethod` (XML Encryption 1.1, section 3.2).

use super::structure::{
    attribute, broken, check_attributes, check_empty, check_no_text, lacks, octets, shown,
    structure, unexpected,
};
use crate::crypto::{
    BlockEncryption, DigestMethod, KeyEncryption, KeyTransport, LegacySet, MOST_OAEP_LABEL,
    OaepParameters, base64,
};
use crate::error::{Cause, Error};
use crate::ns;
use crate::xml::{Element, Markup, NamespaceId};

/// What an EncryptionMethod may say beside its Algorithm.
struct Method<'o, 'a> {
    key_size: Option<Element<'o, 'a>>,
    label: Option<Element<'o, 'a>>,
    digest: Option<Element<'o, 'a>>,
    mask: Option<Element<'o, 'a>>,
}

impl<'o, 'a> Method<'o, 'a> {
    /// Reads an EncryptionMethod whose algorithm `known` knows; what an algorithm that nobody knows
    /// has for parameters is not looked at.
    ///
    /// NOTE: The schema lets the EncryptionMethod out; then the recipient would have to guess. It has
    /// OAEPparams in front of DigestMethod; two suites of vectors have them behind it, and the order
    /// means nothing.
    fn parse<T>(
        owner: Element<'o, 'a>,
        element: Option<Element<'o, 'a>>,
        known: impl FnOnce(&str) -> Option<T>,
        what: &str,
    ) -> Result<(T, Self), Error> {
        let element = element.ok_or_else(|| lacks(owner, "EncryptionMethod"))?;
        check_attributes(element, &["Algorithm"])?;
        let uri = attribute(element, "Algorithm").ok_or_else(|| lacks(element, "Algorithm"))?;
        let found = known(&uri).ok_or_else(|| refuse(element, what, &uri))?;
        check_no_text(element)?;
        let mut method = Self { key_size: None, label: None, digest: None, mask: None };
        for child in element.children() {
            let name = child.name();
            let place = match (name.namespace, name.local) {
                (NamespaceId::XENC, "KeySize") => &mut method.key_size,
                (NamespaceId::XENC, "OAEPparams") => &mut method.label,
                (NamespaceId::DS, "DigestMethod") => &mut method.digest,
                (NamespaceId::XENC11, "MGF") => &mut method.mask,
                _ => return Err(unexpected(child, "EncryptionMethod")),
            };
            if place.replace(child).is_some() {
                return Err(unexpected(child, "EncryptionMethod"));
            }
        }
        Ok((found, method))
    }

    /// Refuses parameters that the algorithm does not have.
    fn check_without(&self, others: &[Option<Element<'_, '_>>]) -> Result<(), Error> {
        match others.iter().flatten().next() {
            Some(child) => Err(unexpected(*child, "EncryptionMethod")),
            None => Ok(()),
        }
    }

    fn check_key_size(&self, octets: Option<usize>) -> Result<(), Error> {
        let Some(element) = self.key_size else { return Ok(()) };
        let text = element.text().map_err(structure)?.trim_matches([' ', '\t', '\r', '\n']);
        let bits: Option<usize> = text.parse().ok();
        if bits.is_some() && bits == octets.map(|octets| 8 * octets) {
            return Ok(());
        }
        let reason = format!("the KeySize {:?} is not that of the algorithm", shown(text));
        Err(broken(element.range().start, reason))
    }
}

/// Reads the method that data is encrypted with.
pub(super) fn parse_block(
    owner: Element<'_, '_>,
    element: Option<Element<'_, '_>>,
) -> Result<BlockEncryption, Error> {
    let what = "EncryptionMethod of data";
    let (found, method) = Method::parse(owner, element, BlockEncryption::from_uri, what)?;
    method.check_without(&[method.label, method.digest, method.mask])?;
    method.check_key_size(Some(found.key_length()))?;
    Ok(found)
}

/// Reads the method that a key is encrypted with, and the label of RSA-OAEP.
pub(super) fn parse_key(
    owner: Element<'_, '_>,
    element: Option<Element<'_, '_>>,
) -> Result<(KeyEncryption, Vec<u8>), Error> {
    let what = "EncryptionMethod of a key";
    let (found, method) = Method::parse(owner, element, KeyEncryption::from_uri, what)?;
    let transport = match found {
        KeyEncryption::Wrap(wrap) => {
            method.check_without(&[method.label, method.digest, method.mask])?;
            method.check_key_size(Some(wrap.key_length()))?;
            return Ok((found, Vec::new()));
        }
        KeyEncryption::Transport(transport) => transport,
    };
    method.check_key_size(None)?;
    if transport == KeyTransport::Rsa15 {
        // NOTE: a DigestMethod means nothing here; one peer's suite has it in every EncryptedKey.
        method.check_without(&[method.label, method.mask])?;
        return Ok((found, Vec::new()));
    }
    // NOTE: RSA-OAEP of 1.0 has no MGF by its name; peers say another one there all the same, and
    // mean it.
    let digest = method.digest.map_or(Ok(DigestMethod::Sha1), parse_digest)?;
    let mask = method.mask.map_or(Ok(DigestMethod::Sha1), parse_mask)?;
    let parameters = OaepParameters::new(digest, mask)?;
    let label = method.label.map_or(Ok(Vec::new()), parse_label)?;
    let transport = match transport {
        KeyTransport::RsaOaepMgf1p(_) => KeyTransport::RsaOaepMgf1p(parameters),
        _ => KeyTransport::RsaOaep(parameters),
    };
    Ok((KeyEncryption::Transport(transport), label))
}

pub(super) fn parse_digest(element: Element<'_, '_>) -> Result<DigestMethod, Error> {
    let uri = parameter(element)?;
    DigestMethod::from_uri(&uri).ok_or_else(|| refuse(element, "DigestMethod", &uri))
}

fn parse_mask(element: Element<'_, '_>) -> Result<DigestMethod, Error> {
    let uri = parameter(element)?;
    OaepParameters::mask_from_uri(&uri).ok_or_else(|| refuse(element, "MGF", &uri))
}

pub(super) fn parameter(element: Element<'_, '_>) -> Result<String, Error> {
    check_attributes(element, &["Algorithm"])?;
    check_empty(element)?;
    attribute(element, "Algorithm").ok_or_else(|| lacks(element, "Algorithm"))
}

fn parse_label(element: Element<'_, '_>) -> Result<Vec<u8>, Error> {
    check_attributes(element, &[])?;
    let label = octets(element)?;
    if label.len() > MOST_OAEP_LABEL {
        let reason = format!("OAEPparams holds more than {MOST_OAEP_LABEL} octets");
        return Err(Error::new(Cause::ReferenceCount, reason).at(element.range().start));
    }
    Ok(label)
}

pub(super) fn refuse(element: Element<'_, '_>, what: &str, uri: &str) -> Error {
    let reason = format!("the {what} {:?} is not accepted here", shown(uri));
    Error::new(Cause::UnsupportedAlgorithm, reason).at(element.range().start)
}

/// Refuses what only the legacy switches accept.
pub(super) fn check_legacy(
    offset: usize,
    needed: LegacySet,
    allowed: LegacySet,
) -> Result<(), Error> {
    if allowed.lacking(needed).is_empty() {
        return Ok(());
    }
    let names: Vec<_> = needed.iter().map(|legacy| format!("\"{}\"", legacy.name())).collect();
    let reason = format!(
        "the method is accepted only where the policy says so: `legacy = {{ allow = [{}] }}`",
        names.join(", ")
    );
    Err(Error::new(Cause::LegacyAlgorithm, reason).at(offset))
}

/// The EncryptionMethod of data, to be written.
pub(super) fn block_markup(method: BlockEncryption) -> Markup {
    xenc("EncryptionMethod").with_attribute("Algorithm", method.uri())
}

/// The EncryptionMethod of a key, to be written: parameters only where they are not what holds
/// without them, for the sake of peers that know nothing else.
pub(super) fn key_markup(method: KeyEncryption, label: &[u8]) -> Markup {
    let mut markup = xenc("EncryptionMethod").with_attribute("Algorithm", method.uri());
    let KeyEncryption::Transport(transport) = method else { return markup };
    let Some(parameters) = transport.oaep() else { return markup };
    if !label.is_empty() {
        markup.children.push(xenc("OAEPparams").with_text(base64(label)));
    }
    let unsaid = OaepParameters::UNSAID;
    if parameters.digest() != unsaid.digest() {
        let uri = parameters.digest().uri();
        let digest = Markup::new("ds", ns::DS, "DigestMethod").with_attribute("Algorithm", uri);
        markup.children.push(digest);
    }
    if parameters.mask_digest() != unsaid.mask_digest() {
        let uri = parameters.mask_uri();
        let mask = Markup::new("xenc11", ns::XENC11, "MGF").with_attribute("Algorithm", uri);
        markup.children.push(mask);
    }
    markup
}

pub(super) fn xenc(local: &'static str) -> Markup {
    Markup::new("xenc", ns::XENC, local)
}
