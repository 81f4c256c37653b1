//! Keys that are derived: `xenc11:KeyDerivationMethod` and `xenc11:DerivedKey` (XML Encryption 1.1,
//! sections 5.4 and 3.5.2).

use super::method::{parameter, parse_digest, refuse};
use super::reference_list::ReferenceList;
use super::structure::{
    attribute, broken, check_attributes, check_no_text, lacks, octets, shown, structure, unexpected,
};
use crate::crypto::{KeyDerivation, KeyFamily, Secret, SignatureMethod, base64, hex};
use crate::error::{Cause, Error};
use crate::ns;
use crate::xml::{Element, Markup, NamespaceId};
use core::ops::Range;

/// A KeyDerivationMethod that was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeyDerivationMethod {
    /// What derives, with its parameters.
    pub derivation: KeyDerivation,
    /// Octets of the key that is derived, where the message says so.
    pub key_length: Option<usize>,
    /// Where it stands.
    pub offset: usize,
}

/// A DerivedKey that was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DerivedKey {
    /// From the `<` of its start tag to the `>` of its end tag.
    pub range: Range<usize>,
    /// How it is derived.
    pub method: KeyDerivationMethod,
    /// The name of the secret that it is derived from, which both sides have.
    pub master_key_name: String,
}

/// Octets of a parameter at most: nobody uses more than a few.
const MOST_PARAMETER: usize = 1024;
/// Octets of a KeyLength at most: 1024 bits.
const MOST_KEY_LENGTH: usize = 128;
/// Octets of a MasterKeyName at most, as of a KeyName.
const MOST_NAME: usize = 1024;

const CONCAT_KDF: &str = "http://www.w3.org/2009/xmlenc11#ConcatKDF";
const HKDF: &str = "http://www.w3.org/2021/04/xmldsig-more#hkdf";
/// What ConcatKDF hashes behind the secret, in its order.
const OTHER_INFO: [&str; 5] =
    ["AlgorithmID", "PartyUInfo", "PartyVInfo", "SuppPubInfo", "SuppPrivInfo"];

impl KeyDerivationMethod {
    /// Reads a `xenc11:KeyDerivationMethod`.
    ///
    /// # Errors
    /// [`Cause::EncryptionStructure`], [`Cause::UnsupportedAlgorithm`], [`Cause::InvalidTokenValue`];
    /// [`Cause::ReferenceCount`] for parameters and keys that are too long.
    pub fn parse(element: Element<'_, '_>) -> Result<Self, Error> {
        check_attributes(element, &["Algorithm"])?;
        let uri = attribute(element, "Algorithm").ok_or_else(|| lacks(element, "Algorithm"))?;
        let (read, namespace, local): (fn(_) -> _, _, _) = match uri.as_str() {
            CONCAT_KDF => (concat_kdf, NamespaceId::XENC11, "ConcatKDFParams"),
            HKDF => (hkdf, NamespaceId::DSIG_MORE_2021, "HKDFParams"),
            _ => return Err(refuse(element, "KeyDerivationMethod", &uri)),
        };
        check_no_text(element)?;
        let mut children = element.children();
        let parameters = children.next().ok_or_else(|| lacks(element, local))?;
        let unread =
            if parameters.name().is(namespace, local) { children.next() } else { Some(parameters) };
        if let Some(child) = unread {
            return Err(unexpected(child, "KeyDerivationMethod"));
        }
        check_no_text(parameters)?;
        let (derivation, key_length) = read(parameters)?;
        Ok(Self { derivation, key_length, offset: element.range().start })
    }

    /// The key of so many octets.
    ///
    /// # Errors
    /// [`Cause::EncryptionStructure`] where the message says another length; the others of
    /// [`KeyDerivation::derive`].
    pub fn derive(&self, secret: &Secret, length: usize) -> Result<Secret, Error> {
        self.check_length(length)?;
        self.derivation.derive(secret, length).map_err(|error| error.at(self.offset))
    }

    /// Refuses a KeyLength that is not the one that is needed.
    pub(super) fn check_length(&self, length: usize) -> Result<(), Error> {
        match self.key_length {
            Some(said) if said != length => {
                let reason =
                    format!("a key of {said} octets is derived, and one of {length} is needed");
                Err(broken(self.offset, reason))
            }
            _ => Ok(()),
        }
    }

    /// A KeyDerivationMethod, to be written, for a key of so many octets.
    ///
    /// What ConcatKDF hashes behind the secret is written as AlgorithmID, whole: that is the same octets
    /// for whoever reads it. What is empty is left out: "00", which would say the same, is too short for
    /// Apache Santuario.
    #[must_use]
    pub fn markup(derivation: &KeyDerivation, length: usize) -> Markup {
        let xenc11 = |local| Markup::new("xenc11", ns::XENC11, local);
        let (uri, parameters) = match derivation {
            KeyDerivation::ConcatKdf { digest, other_info } => {
                let mut parameters = xenc11("ConcatKDFParams");
                if !other_info.is_empty() {
                    let whole = format!("00{}", hex(other_info));
                    parameters = parameters.with_attribute("AlgorithmID", whole);
                }
                let digest = Markup::new("ds", ns::DS, "DigestMethod")
                    .with_attribute("Algorithm", digest.uri());
                parameters.children.push(digest);
                (CONCAT_KDF, parameters)
            }
            KeyDerivation::Hkdf { prf, salt, info } => {
                let more = |local| Markup::new("dsig-more", ns::DSIG_MORE_2021, local);
                let mut parameters = more("HKDFParams");
                parameters.children.push(more("PRF").with_attribute("Algorithm", prf.uri()));
                for (local, octets) in [("Salt", salt), ("Info", info)] {
                    if !octets.is_empty() {
                        parameters.children.push(more(local).with_text(base64(octets)));
                    }
                }
                parameters.children.push(more("KeyLength").with_text(length.to_string()));
                (HKDF, parameters)
            }
        };
        let mut markup = xenc11("KeyDerivationMethod").with_attribute("Algorithm", uri);
        markup.children.push(parameters);
        markup
    }
}

impl DerivedKey {
    /// Reads a `xenc11:DerivedKey`.
    ///
    /// # Errors
    /// As [`KeyDerivationMethod::parse`], and [`ReferenceList::parse`].
    pub fn parse(element: Element<'_, '_>) -> Result<Self, Error> {
        check_attributes(element, &["Id", "Recipient", "Type"])?;
        check_no_text(element)?;
        let mut children = element.children().peekable();
        let mut take = |namespace, local| {
            children.next_if(|child: &Element<'_, '_>| child.name().is(namespace, local))
        };
        let method = take(NamespaceId::XENC11, "KeyDerivationMethod");
        let references = take(NamespaceId::XENC, "ReferenceList");
        let own_name = take(NamespaceId::XENC11, "DerivedKeyName");
        let name = take(NamespaceId::XENC11, "MasterKeyName");
        if let Some(more) = children.next() {
            return Err(unexpected(more, "DerivedKey"));
        }
        references.map(ReferenceList::parse).transpose()?;
        own_name.map(key_name).transpose()?;
        let method = method.ok_or_else(|| lacks(element, "KeyDerivationMethod"))?;
        let name = name.ok_or_else(|| lacks(element, "MasterKeyName"))?;
        Ok(Self {
            range: element.range(),
            method: KeyDerivationMethod::parse(method)?,
            master_key_name: key_name(name)?,
        })
    }
}

fn key_name(element: Element<'_, '_>) -> Result<String, Error> {
    check_attributes(element, &[])?;
    let name = element.text().map_err(structure)?.trim_matches([' ', '\t', '\r', '\n']);
    if name.is_empty() || name.len() > MOST_NAME {
        let local = element.name().local;
        let reason = format!("{local} is empty, or has more than {MOST_NAME} octets");
        return Err(broken(element.range().start, reason));
    }
    Ok(name.to_owned())
}

fn concat_kdf(parameters: Element<'_, '_>) -> Result<(KeyDerivation, Option<usize>), Error> {
    check_attributes(parameters, &OTHER_INFO)?;
    let mut children = parameters.children();
    let digest = children.next().ok_or_else(|| lacks(parameters, "DigestMethod"))?;
    let unread = if digest.name().is(NamespaceId::DS, "DigestMethod") {
        children.next()
    } else {
        Some(digest)
    };
    if let Some(child) = unread {
        return Err(unexpected(child, "ConcatKDFParams"));
    }
    let mut other_info = Bits::default();
    for name in OTHER_INFO {
        if let Some(text) = attribute(parameters, name) {
            other_info.push(parameters, name, &text)?;
        }
    }
    let Some(other_info) = other_info.into_octets() else {
        let reason = "what ConcatKDF hashes behind the secret is no whole number of octets, which is \
                      not computed here";
        return Err(Error::new(Cause::UnsupportedAlgorithm, reason).at(parameters.range().start));
    };
    Ok((KeyDerivation::ConcatKdf { digest: parse_digest(digest)?, other_info }, None))
}

/// NOTE: The order of the parameters means nothing, and is not looked at.
fn hkdf(parameters: Element<'_, '_>) -> Result<(KeyDerivation, Option<usize>), Error> {
    check_attributes(parameters, &[])?;
    let (mut prf, mut salt, mut info, mut length) = (None, None, None, None);
    for child in parameters.children() {
        let place = match (child.name().namespace, child.name().local) {
            (NamespaceId::DSIG_MORE_2021, "PRF") => &mut prf,
            (NamespaceId::DSIG_MORE_2021, "Salt") => &mut salt,
            (NamespaceId::DSIG_MORE_2021, "Info") => &mut info,
            (NamespaceId::DSIG_MORE_2021, "KeyLength") => &mut length,
            _ => return Err(unexpected(child, "HKDFParams")),
        };
        if place.replace(child).is_some() {
            return Err(unexpected(child, "HKDFParams"));
        }
    }
    let prf = prf.ok_or_else(|| lacks(parameters, "PRF"))?;
    let uri = parameter(prf)?;
    let prf = SignatureMethod::from_uri(&uri)
        .filter(|method| method.family() == KeyFamily::Hmac)
        .ok_or_else(|| refuse(prf, "PRF", &uri))?;
    let value = |element: Option<Element<'_, '_>>| element.map_or(Ok(Vec::new()), value);
    let (salt, info) = (value(salt)?, value(info)?);
    Ok((KeyDerivation::Hkdf { prf, salt, info }, length.map(key_length).transpose()?))
}

fn value(element: Element<'_, '_>) -> Result<Vec<u8>, Error> {
    check_attributes(element, &[])?;
    let value = octets(element)?;
    if value.len() > MOST_PARAMETER {
        return Err(too_long(element, element.name().local, MOST_PARAMETER));
    }
    Ok(value)
}

/// In octets, as XML Encryption 1.1 has it for PBKDF2 (section 5.4.2).
fn key_length(element: Element<'_, '_>) -> Result<usize, Error> {
    check_attributes(element, &[])?;
    let text = element.text().map_err(structure)?.trim_matches([' ', '\t', '\r', '\n']);
    let is_number = text.bytes().all(|octet| octet.is_ascii_digit());
    let digits = text.trim_start_matches('0');
    if !is_number || digits.is_empty() {
        let reason = format!("the KeyLength {:?} is no positive number", shown(text));
        return Err(broken(element.range().start, reason));
    }
    match digits.parse() {
        Ok(octets) if octets <= MOST_KEY_LENGTH => Ok(octets),
        _ => Err(too_long(element, "the key of KeyLength", MOST_KEY_LENGTH)),
    }
}

fn too_long(element: Element<'_, '_>, what: &str, most: usize) -> Error {
    let reason = format!("{what} has more than {most} octets");
    Error::new(Cause::ReferenceCount, reason).at(element.range().start)
}

/// Bit strings, one after the other.
#[derive(Default)]
struct Bits {
    octets: Vec<u8>,
    count: usize,
}

impl Bits {
    /// Appends what an attribute holds in hexadecimal: the number of bits that fill up the last octet,
    /// then the octets (XML Encryption 1.1, section 5.4.1).
    ///
    /// NOTE: Nothing at all is no bits; the vectors of the W3C have it.
    fn push(&mut self, owner: Element<'_, '_>, name: &str, text: &str) -> Result<(), Error> {
        let wrong = || {
            let reason = format!(
                "{name} is no bit string in hexadecimal, with the number of bits that fill it up in \
                 front"
            );
            broken(owner.range().start, reason)
        };
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        if text.len() > 2 * (1 + MOST_PARAMETER) {
            return Err(too_long(owner, name, MOST_PARAMETER));
        }
        let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|it| u8::try_from(it).ok());
        let octet = |pair: &[u8]| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        };
        let octets: Option<Vec<u8>> = text.as_bytes().chunks(2).map(octet).collect();
        let octets = octets.ok_or_else(wrong)?;
        let Some((filled, octets)) = octets.split_first() else { return Ok(()) };
        let last = octets.last().copied().unwrap_or_default();
        let is_filled = *filled < 8 && last.trailing_zeros() >= u32::from(*filled);
        if !is_filled || (octets.is_empty() && *filled > 0) {
            return Err(wrong());
        }
        let bits = octets.iter().flat_map(|octet| (0..8).map(move |at| octet << at & 0x80));
        for bit in bits.take(8 * octets.len() - usize::from(*filled)) {
            if self.count.is_multiple_of(8) {
                self.octets.push(0);
            }
            if let Some(last) = self.octets.last_mut() {
                *last |= bit >> (self.count % 8);
            }
            self.count += 1;
        }
        Ok(())
    }

    /// The octets, if it is a whole number of them.
    fn into_octets(self) -> Option<Vec<u8>> {
        self.count.is_multiple_of(8).then_some(self.octets)
    }
}
