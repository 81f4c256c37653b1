//! What references of a message lead to: the STR-Transform (SOAP Message Security 1.1.1,
//! section 8.3), and that nothing else does.

use super::keyring::{MessageKeys, Selected};
use crate::error::{Cause, Error};
use crate::keyinfo::{Dereference, Link, ReferencedToken};
use crate::token::{BinarySecurityToken, SecurityTokenReference};
use crate::xml::{Element, NamespaceId, Zone, is_id};

/// The references of one message.
pub(super) struct References<'k, 'o, 'a> {
    pub(super) keys: &'k MessageKeys<'k>,
    /// The Security header.
    pub(super) security: Element<'o, 'a>,
}

impl<'o, 'a> References<'_, 'o, 'a> {
    /// The SecurityTokenReferences that may be signed in place of their tokens: those of the Security
    /// header itself, and of the KeyInfo of its Signatures.
    fn all(&self) -> impl Iterator<Item = Element<'o, 'a>> {
        let of_signature = |child: Element<'o, 'a>| {
            let is_signature = child.name().is(NamespaceId::DS, "Signature");
            let key_info = child.children().find(|part| part.name().is(NamespaceId::DS, "KeyInfo"));
            key_info.filter(|_| is_signature).into_iter().flat_map(Element::children)
        };
        self.security
            .children()
            .flat_map(move |child| core::iter::once(child).chain(of_signature(child)))
            .filter(|element| element.name().is(NamespaceId::WSSE, "SecurityTokenReference"))
    }
}

/// What follows no link.
pub(super) struct NoLinks;

impl Dereference for NoLinks {
    fn element(&self, link: &Link) -> Result<Element<'_, '_>, Error> {
        let reason = "links of a KeyInfo are followed in documents that are no messages; in a \
                      message a SecurityTokenReference says where the key is";
        Err(Error::new(Cause::UnsupportedReference, reason).at(link.offset))
    }

    fn token(&self, id: &str) -> Result<ReferencedToken, Error> {
        let reason = format!("nothing is signed by the reference #{id} here");
        Err(Error::new(Cause::UnsupportedTransform, reason))
    }
}

impl Dereference for References<'_, '_, '_> {
    fn element(&self, link: &Link) -> Result<Element<'_, '_>, Error> {
        NoLinks.element(link)
    }

    fn token(&self, id: &str) -> Result<ReferencedToken, Error> {
        let element = self.all().find(|element| carries(*element, id)).ok_or_else(|| {
            let reason = format!(
                "the STR-Transform works on a SecurityTokenReference of the Security header, and \
                 #{id} is none"
            );
            Error::new(Cause::UnsupportedTransform, reason)
        })?;
        let reference = SecurityTokenReference::parse(element)?;
        let present = |token: &BinarySecurityToken| ReferencedToken::Present {
            offset: token.range.start,
            id: token.id.clone(),
        };
        match &reference {
            SecurityTokenReference::Direct { id } => return self.keys.direct(id).map(present),
            SecurityTokenReference::Embedded(token) => return Ok(present(token)),
            SecurityTokenReference::KeyName(_)
            | SecurityTokenReference::KeyValue(_)
            | SecurityTokenReference::EncryptedKeySha1(_) => {}
            _ => {
                if let Selected::Certificate(chosen) = self.keys.reference(&reference)? {
                    let certificate = chosen.certificate;
                    let prefix = element.name().prefix;
                    let canonical = BinarySecurityToken::made_up(&certificate, prefix);
                    return Ok(ReferencedToken::MadeUp { certificate, canonical });
                }
            }
        }
        let reason = format!("the SecurityTokenReference #{id} stands for no token");
        Err(Error::new(Cause::UnsupportedTransform, reason))
    }
}

fn carries(element: Element<'_, '_>, id: &str) -> bool {
    element.attributes().iter().any(|attribute| {
        is_id(Zone::Structure, &element.name(), &attribute.name) && attribute.value() == id
    })
}
