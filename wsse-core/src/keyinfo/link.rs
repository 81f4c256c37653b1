//! KeyInfo that stands elsewhere: `ds:RetrievalMethod` and `dsig11:KeyInfoReference` (XML Signature
//! 1.1, sections 4.5.3 and 4.5.10).

use super::{Clue, KeyInfo, KeyValue, X509Data, structure};
use crate::error::{Cause, Error};
use crate::ns;
use crate::xml::{Element, NamespaceId};

/// A link to an element of the same document that says which key was used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// The Id of the element.
    pub id: String,
    /// What the element must be.
    pub kind: LinkKind,
    /// Where the link stands.
    pub offset: usize,
}

/// What a [`Link`] must lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkKind {
    /// A `ds:KeyInfo`.
    KeyInfo,
    /// A `ds:X509Data`.
    X509Data,
    /// A `ds:RSAKeyValue`.
    RsaKeyValue,
    /// A `dsig11:ECKeyValue`.
    EcKeyValue,
    /// A `dsig11:DEREncodedKeyValue`.
    DerEncodedKeyValue,
    /// A `xenc:EncryptedKey`.
    EncryptedKey,
    /// One of these but for KeyInfo: the RetrievalMethod has no Type.
    Any,
}

const TYPES: [(&str, LinkKind); 5] = [
    (ns::TYPE_ENCRYPTED_KEY, LinkKind::EncryptedKey),
    (ns::TYPE_X509_DATA, LinkKind::X509Data),
    (ns::TYPE_RSA_KEY_VALUE, LinkKind::RsaKeyValue),
    (ns::TYPE_EC_KEY_VALUE, LinkKind::EcKeyValue),
    (ns::TYPE_DER_ENCODED_KEY_VALUE, LinkKind::DerEncodedKeyValue),
];

impl Link {
    /// Reads a `ds:RetrievalMethod` or a `dsig11:KeyInfoReference`.
    ///
    /// # Errors
    /// [`Cause::UnsupportedReference`] for what is not in the same document or of a Type that is not
    /// followed; [`Cause::UnsupportedTransform`]; [`Cause::SignatureStructure`].
    pub fn parse(element: Element<'_, '_>) -> Result<Self, Error> {
        if element.name().is(NamespaceId::DS, "RetrievalMethod") {
            Self::retrieval_method(element)
        } else {
            Self::key_info_reference(element)
        }
    }

    /// To an element as it is, so without transforms.
    fn retrieval_method(element: Element<'_, '_>) -> Result<Self, Error> {
        element.check_no_text().map_err(structure)?;
        if let Some(child) = element.children().next() {
            let reason = "the RetrievalMethod has transforms; only an element as it is is followed";
            return Err(Error::new(Cause::UnsupportedTransform, reason).at(child.range().start));
        }
        let kind = match element.attribute(NamespaceId::NONE, "Type") {
            None => LinkKind::Any,
            Some(uri) => {
                let Some((_, kind)) = TYPES.iter().find(|(known, _)| *known == uri) else {
                    let shown: String = uri.chars().take(120).collect();
                    let reason = format!(
                        "the RetrievalMethod is of the Type {shown:?}, which is not followed"
                    );
                    return Err(
                        Error::new(Cause::UnsupportedReference, reason).at(element.range().start)
                    );
                };
                *kind
            }
        };
        Self::new(element, kind)
    }

    fn key_info_reference(element: Element<'_, '_>) -> Result<Self, Error> {
        element.check_no_text().map_err(structure)?;
        if let Some(child) = element.children().next() {
            let reason = "a KeyInfoReference holds nothing";
            return Err(Error::new(Cause::SignatureStructure, reason).at(child.range().start));
        }
        Self::new(element, LinkKind::KeyInfo)
    }

    fn new(element: Element<'_, '_>, kind: LinkKind) -> Result<Self, Error> {
        let offset = element.range().start;
        let uri = element.attribute(NamespaceId::NONE, "URI").unwrap_or_default();
        match uri.strip_prefix('#') {
            Some(id) if !id.is_empty() && !id.starts_with("xpointer(") => {
                Ok(Self { id: id.to_owned(), kind, offset })
            }
            _ => {
                let shown: String = uri.chars().take(120).collect();
                let reason = format!(
                    "the {} names {shown:?}; only an element of the same document is followed, as \
                     \"#Id\"",
                    element.name().local
                );
                Err(Error::new(Cause::UnsupportedReference, reason).at(offset))
            }
        }
    }

    /// What the element says that the link leads to. It may hold links itself, which whoever follows
    /// this one must not follow.
    ///
    /// # Errors
    /// [`Cause::UnsupportedReference`] where it is no element of the kind; the causes of
    /// [`KeyInfo::parse`].
    pub fn read<'o, 'a>(&self, element: Element<'o, 'a>) -> Result<Vec<Clue<'o, 'a>>, Error> {
        let name = element.name();
        let found = match (name.namespace, name.local) {
            (NamespaceId::DS, "KeyInfo") => LinkKind::KeyInfo,
            (NamespaceId::DS, "X509Data") => LinkKind::X509Data,
            (NamespaceId::DS, "RSAKeyValue") => LinkKind::RsaKeyValue,
            (NamespaceId::DS11, "ECKeyValue") => LinkKind::EcKeyValue,
            (NamespaceId::DS11, "DEREncodedKeyValue") => LinkKind::DerEncodedKeyValue,
            (NamespaceId::XENC, "EncryptedKey") => LinkKind::EncryptedKey,
            _ => return Err(self.leads_astray(element)),
        };
        if found != self.kind && (self.kind != LinkKind::Any || found == LinkKind::KeyInfo) {
            return Err(self.leads_astray(element));
        }
        match found {
            LinkKind::KeyInfo => KeyInfo::parse(element).map(|key_info| key_info.clues),
            LinkKind::EncryptedKey => Ok(vec![Clue::Foreign(element)]),
            LinkKind::X509Data => X509Data::parse(element).map(|data| vec![Clue::X509Data(data)]),
            _ => Ok(KeyValue::parse_content(element)?.into_iter().map(Clue::KeyValue).collect()),
        }
    }

    fn leads_astray(&self, element: Element<'_, '_>) -> Error {
        let reason = format!(
            "the link to #{} leads to {}, which is not what it says",
            self.id,
            element.name().qualified()
        );
        Error::new(Cause::UnsupportedReference, reason).at(self.offset)
    }
}
