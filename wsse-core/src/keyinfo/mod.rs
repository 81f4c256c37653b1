//! The syntax of `ds:KeyInfo` (XML Signature 1.1, section 4.5): what a message says of the key that
//! was used. It only selects a key; whom we believe is decided elsewhere.

mod decryption_key;
mod key_value;
mod link;
mod linked;
mod x509_data;

pub use decryption_key::{DecryptionKey, ResolveDecryptionKey, WantedKey};
pub use key_value::KeyValue;
pub use link::{Link, LinkKind};
pub use linked::LinkedElements;
pub use x509_data::{IssuerSerial, X509Data};

use crate::crypto::{Certificate, NamedVerifier, PublicKey, Secret, base64_to_vec};
use crate::error::{Cause, Error};
use crate::ns;
use crate::xml::{Element, Markup, NamespaceId};
use core::ops::Range;
use std::sync::Arc;

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
    /// A name that both sides know, without the white space around it (section 4.5.1).
    KeyName(String),
    /// A key itself.
    KeyValue(KeyValue),
    /// A link to what stands elsewhere in the document, which [`Link::parse`] reads: one that is not
    /// followed stands in nobody's way.
    Link(Element<'o, 'a>),
    /// An element that another specification defines, SecurityTokenReference above all.
    Foreign(Element<'o, 'a>),
    /// An element of XML Signature that is not understood here.
    Unsupported(Element<'o, 'a>),
}

/// The key that a signature is to be checked with, and what is known of its holder.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a signature is checked in one of these ways")]
pub enum VerificationKey {
    /// A public key.
    Public(PublicKey),
    /// A shared secret.
    Secret(Secret),
    /// Either of them, held elsewhere.
    Remote(NamedVerifier),
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
    /// Where the token stands that the key was taken from, if it was taken from the message's own.
    pub token: Option<Range<usize>>,
    /// What is not known of the certificate or of its path, and the policy does without.
    pub unknown: Arc<[String]>,
}

/// Finds what links of KeyInfo and the STR-Transform lead to.
pub trait Dereference {
    /// The element that a link of a KeyInfo names.
    ///
    /// # Errors
    /// [`Cause::UnsupportedReference`] where such links are not followed; [`Cause::AmbiguousId`].
    fn element(&self, link: &Link) -> Result<Element<'_, '_>, Error>;

    /// The token that the SecurityTokenReference with this Id stands for.
    ///
    /// # Errors
    /// [`Cause::UnsupportedTransform`] where there are no tokens; [`Cause::UnsupportedReference`],
    /// [`Cause::AmbiguousId`], [`Cause::NoKey`].
    fn token(&self, id: &str) -> Result<ReferencedToken, Error>;
}

/// What a SecurityTokenReference stands for (SOAP Message Security 1.1.1, section 8.3).
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a token is in the message, or it is not")]
pub enum ReferencedToken {
    /// A token of the message.
    Present {
        /// Where it begins.
        offset: usize,
        /// Its Id.
        id: Option<String>,
    },
    /// One that is not in the message, and is made up of a certificate.
    MadeUp {
        /// The certificate.
        certificate: Certificate,
        /// The token in its canonical form.
        canonical: Vec<u8>,
    },
}

/// Finds the key of a signature and decides whether its holder is believed.
pub trait ResolveKey {
    /// The key that `key_info` selects for a signature that wants a shared secret, or a public
    /// key. `links` follows what leads elsewhere.
    ///
    /// # Errors
    /// [`Cause::NoKey`] where nothing is selected that is known; what is wrong with the key or the
    /// certificate; [`Cause::UntrustedCertificate`], [`Cause::UnauthenticatedKey`].
    fn resolve(
        &self,
        wants_secret: bool,
        key_info: Option<Element<'_, '_>>,
        links: &dyn Dereference,
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
            clues.push(Clue::parse(child)?);
        }
        let offset = element.range().start;
        if clues.is_empty() {
            let reason = "KeyInfo is empty; it must say which key was used";
            return Err(Error::new(Cause::SignatureStructure, reason).at(offset));
        }
        Ok(Self { clues, offset })
    }
}

impl<'o, 'a> Clue<'o, 'a> {
    /// Reads a child of a KeyInfo, or of what may hold the same.
    ///
    /// # Errors
    /// As [`KeyInfo::parse`].
    pub fn parse(element: Element<'o, 'a>) -> Result<Self, Error> {
        let name = element.name();
        Ok(match (name.namespace, name.local) {
            (NamespaceId::DS, "X509Data") => Self::X509Data(X509Data::parse(element)?),
            (NamespaceId::DS, "KeyName") => Self::KeyName(key_name(element)?),
            (NamespaceId::DS, "KeyValue") => {
                KeyValue::parse(element)?.map_or(Self::Unsupported(element), Self::KeyValue)
            }
            (NamespaceId::DS11, "DEREncodedKeyValue") => {
                KeyValue::parse_content(element)?.map_or(Self::Unsupported(element), Self::KeyValue)
            }
            (NamespaceId::DS, "RetrievalMethod") | (NamespaceId::DS11, "KeyInfoReference") => {
                Self::Link(element)
            }
            (NamespaceId::DS | NamespaceId::DS11, _) => Self::Unsupported(element),
            _ => Self::Foreign(element),
        })
    }

    /// A KeyName, to be written.
    #[must_use]
    pub fn key_name_markup(name: &str) -> Markup {
        Markup::new("ds", ns::DS, "KeyName").with_text(name)
    }
}

/// Characters of a KeyName at most.
const MOST_NAME: usize = 1024;

fn key_name(element: Element<'_, '_>) -> Result<String, Error> {
    // Peers put the element's content on a line of its own.
    let name = element.text().map_err(structure)?.trim_matches([' ', '\t', '\r', '\n']);
    if name.is_empty() || name.len() > MOST_NAME {
        let reason = format!("KeyName is empty, or has more than {MOST_NAME} octets");
        return Err(Error::new(Cause::InvalidTokenValue, reason).at(element.range().start));
    }
    Ok(name.to_owned())
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
