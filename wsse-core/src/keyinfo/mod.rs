//! The syntax of `ds:KeyInfo` (XML Signature 1.1, section 4.5): what a message says of the key that
//! was used. It only selects a key; whom we believe is decided elsewhere.

mod x509_data;

pub use x509_data::{IssuerSerial, X509Data};

use crate::crypto::{Certificate, PublicKey, Secret, base64_to_vec};
use crate::error::{Cause, Error};
use crate::xml::{Element, NamespaceId};

/// A KeyInfo that was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeyInfo<'o, 'a> {
    /// Its children, in document order.
    pub clues: Vec<Clue<'o, 'a>>,
    /// Where it stands.
    pub offset: usize,
}

/// One thing that a KeyInfo says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Clue<'o, 'a> {
    /// What an X509Data tells of a certificate.
    X509Data(X509Data),
    /// An RSA key itself.
    RsaKeyValue {
        /// The modulus, the most significant octet first.
        modulus: Vec<u8>,
        /// The public exponent.
        exponent: Vec<u8>,
    },
    /// An element that another specification defines, SecurityTokenReference above all.
    Foreign(Element<'o, 'a>),
    /// An element of XML Signature that is not understood here.
    Unsupported(Element<'o, 'a>),
}

/// The key that a signature is to be checked with, and what is known of its holder.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a signature is made with one of the two")]
pub enum VerificationKey {
    /// A public key.
    Public(PublicKey),
    /// A shared secret.
    Secret(Secret),
}

/// What a resolver found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResolvedKey {
    /// The key.
    pub key: VerificationKey,
    /// The certificate of the key.
    pub certificate: Option<Certificate>,
    /// Whether its holder is believed; a key that authenticates nobody is not.
    pub trusted: bool,
    /// Who it is: equal for the same holder, whatever the reference.
    pub identity: Vec<u8>,
}

/// Finds the key of a signature and decides whether its holder is believed.
pub trait ResolveKey {
    /// The key that `key_info` selects for a signature that wants a shared secret, or a public
    /// key.
    ///
    /// # Errors
    /// [`Cause::NoKey`] where nothing is selected that is known; what is wrong with the key or the
    /// certificate; [`Cause::UntrustedCertificate`], [`Cause::UnauthenticatedKey`].
    fn resolve(
        &self,
        wants_secret: bool,
        key_info: Option<Element<'_, '_>>,
    ) -> Result<ResolvedKey, Error>;
}

/// Children of a KeyInfo or X509Data at most.
const MOST_CHILDREN: usize = 16;

impl<'o, 'a> KeyInfo<'o, 'a> {
    /// Reads a `ds:KeyInfo`.
    ///
    /// # Errors
    /// [`Cause::SignatureStructure`] for what breaks the schema; [`Cause::InvalidKey`] and
    /// [`Cause::InvalidTokenValue`] for values that can't be read; [`Cause::ReferenceCount`].
    pub fn parse(element: Element<'o, 'a>) -> Result<Self, Error> {
        element.check_no_text().map_err(structure)?;
        let mut clues = Vec::new();
        for child in element.children() {
            if clues.len() == MOST_CHILDREN {
                return Err(too_many(child, "KeyInfo"));
            }
            let name = child.name();
            clues.push(match (name.namespace, name.local) {
                (NamespaceId::DS, "X509Data") => Clue::X509Data(X509Data::parse(child)?),
                (NamespaceId::DS, "KeyValue") => key_value(child)?,
                (NamespaceId::DS | NamespaceId::DS11, _) => Clue::Unsupported(child),
                _ => Clue::Foreign(child),
            });
        }
        let offset = element.range().start;
        if clues.is_empty() {
            let reason = "KeyInfo is empty; it must say which key was used";
            return Err(Error::new(Cause::SignatureStructure, reason).at(offset));
        }
        Ok(Self { clues, offset })
    }
}

fn key_value<'o, 'a>(element: Element<'o, 'a>) -> Result<Clue<'o, 'a>, Error> {
    element.check_no_text().map_err(structure)?;
    let mut children = element.children();
    let (Some(value), None) = (children.next(), children.next()) else {
        let reason = "KeyValue holds exactly one element";
        return Err(Error::new(Cause::SignatureStructure, reason).at(element.range().start));
    };
    if !value.name().is(NamespaceId::DS, "RSAKeyValue") {
        return Ok(Clue::Unsupported(value));
    }
    value.check_no_text().map_err(structure)?;
    let mut parts = value.children();
    let mut number = |local: &str| match parts.next() {
        Some(part) if part.name().is(NamespaceId::DS, local) => octets(part),
        _ => {
            let reason = "RSAKeyValue holds Modulus, then Exponent";
            Err(Error::new(Cause::SignatureStructure, reason).at(value.range().start))
        }
    };
    let (modulus, exponent) = (number("Modulus")?, number("Exponent")?);
    if let Some(more) = parts.next() {
        let reason = "RSAKeyValue holds Modulus, then Exponent, and nothing else";
        return Err(Error::new(Cause::SignatureStructure, reason).at(more.range().start));
    }
    Ok(Clue::RsaKeyValue { modulus, exponent })
}

/// The octets of an element that holds base64 and nothing else.
pub(crate) fn octets(element: Element<'_, '_>) -> Result<Vec<u8>, Error> {
    let text = element.text().map_err(structure)?;
    base64_to_vec(text).map_err(|error| {
        let reason = format!("{}: {}", element.name().local, error.reason());
        Error::new(Cause::InvalidTokenValue, reason).at(element.range().start)
    })
}

/// Inside a Signature, content that breaks the schema is a fault of the Signature.
pub(crate) fn structure(error: Error) -> Error {
    if error.cause() != Cause::UnexpectedContent {
        return error;
    }
    let offset = error.position().map_or(0, |position| position.offset);
    Error::new(Cause::SignatureStructure, error.reason()).at(offset)
}

fn too_many(child: Element<'_, '_>, within: &str) -> Error {
    let reason = format!("{within} holds more than {MOST_CHILDREN} elements");
    Error::new(Cause::ReferenceCount, reason).at(child.range().start)
}
