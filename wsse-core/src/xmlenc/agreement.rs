//! Keys that nobody sends: those that are agreed on, `xenc:AgreementMethod` (XML Encryption 1.1,
//! section 5.6), and those that are derived.

use super::key_derivation::{DerivedKey, KeyDerivationMethod};
use super::method::{check_legacy, refuse, xenc};
use super::structure::{attribute, broken, check_attributes, check_no_text, lacks, unexpected};
use crate::crypto::{KeyAgreement, KeyDerivation, LegacySet, PrivateKey, PublicKey, Secret};
use crate::error::{Cause, Error};
use crate::keyinfo::{DecryptionKey, Dereference, KeyValue, ResolveDecryptionKey, WantedKey};
use crate::xml::{Element, Markup, NamespaceId};
use core::ops::Range;

/// An AgreementMethod that was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AgreementMethod<'o, 'a> {
    /// From the `<` of its start tag to the `>` of its end tag.
    pub range: Range<usize>,
    /// How the secret is agreed on.
    pub method: KeyAgreement,
    /// How the key is derived from the secret.
    pub derivation: KeyDerivationMethod,
    /// What it says of the public key of the sender: the same as a KeyInfo.
    pub originator: Element<'o, 'a>,
    /// What it says of the key of the recipient: the same as a KeyInfo.
    pub recipient: Option<Element<'o, 'a>>,
}

/// A key that a KeyInfo says how to make.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum MadeKey<'o, 'a> {
    /// It is derived from a secret that is agreed on.
    Agreed(AgreementMethod<'o, 'a>),
    /// It is derived from a secret that both sides have.
    Derived(DerivedKey),
}

impl<'o, 'a> AgreementMethod<'o, 'a> {
    /// Reads a `xenc:AgreementMethod`.
    ///
    /// NOTE: The schema lets OriginatorKeyInfo out; then nobody could say which key is meant. A
    /// KA-Nonce has no place in the derivations of XML Encryption 1.1, and is refused.
    ///
    /// # Errors
    /// [`Cause::EncryptionStructure`], [`Cause::UnsupportedAlgorithm`], and the others of
    /// [`KeyDerivationMethod::parse`].
    pub fn parse(element: Element<'o, 'a>) -> Result<Self, Error> {
        check_attributes(element, &["Algorithm"])?;
        let uri = attribute(element, "Algorithm").ok_or_else(|| lacks(element, "Algorithm"))?;
        let method =
            KeyAgreement::from_uri(&uri).ok_or_else(|| refuse(element, "AgreementMethod", &uri))?;
        check_no_text(element)?;
        let mut children = element.children().peekable();
        let mut take = |namespace, local| {
            children.next_if(|child: &Element<'_, '_>| child.name().is(namespace, local))
        };
        let derivation = take(NamespaceId::XENC11, "KeyDerivationMethod");
        let originator = take(NamespaceId::XENC, "OriginatorKeyInfo");
        let recipient = take(NamespaceId::XENC, "RecipientKeyInfo");
        if let Some(more) = children.next() {
            return Err(unexpected(more, "AgreementMethod"));
        }
        let derivation = derivation.ok_or_else(|| lacks(element, "KeyDerivationMethod"))?;
        let originator = originator.ok_or_else(|| lacks(element, "OriginatorKeyInfo"))?;
        for key_info in [Some(originator), recipient].into_iter().flatten() {
            check_attributes(key_info, &["Id"])?;
            if key_info.children().next().is_none() {
                let reason = format!("{} is empty", key_info.name().local);
                return Err(broken(key_info.range().start, reason));
            }
        }
        Ok(Self {
            range: element.range(),
            method,
            derivation: KeyDerivationMethod::parse(derivation)?,
            originator,
            recipient,
        })
    }

    /// The key of so many octets that is agreed on with our key and the public key of the originator.
    /// Whatever that is, a key comes out.
    ///
    /// # Errors
    /// As [`PrivateKey::agree`] and [`KeyDerivationMethod::derive`].
    pub fn agree(
        &self,
        ours: &PrivateKey,
        originator: &PublicKey,
        length: usize,
    ) -> Result<Secret, Error> {
        self.derivation.check_length(length)?;
        let secret = ours.agree(self.method, originator);
        let secret = secret.map_err(|error| error.at(self.range.start))?;
        self.derivation.derive(&secret, length)
    }

    /// Makes a key of so many octets that only the holder of `recipient` can make as well, and the
    /// AgreementMethod that tells him how; `recipient_key_info` is what it says of his key.
    ///
    /// # Errors
    /// As [`PublicKey::agree_once`] and [`KeyDerivation::derive`].
    pub fn make(
        method: KeyAgreement,
        derivation: &KeyDerivation,
        recipient: &PublicKey,
        recipient_key_info: &[Markup],
        length: usize,
    ) -> Result<(Secret, Markup), Error> {
        let (ephemeral, secret) = recipient.agree_once(method)?;
        let key = derivation.derive(&secret, length)?;
        let mut markup = xenc("AgreementMethod").with_attribute("Algorithm", method.uri());
        markup.children.push(KeyDerivationMethod::markup(derivation, length));
        let mut originator = xenc("OriginatorKeyInfo");
        let value = KeyValue::markup(&ephemeral);
        originator.children.push(value.unwrap_or_else(|| KeyValue::der_markup(&ephemeral)));
        markup.children.push(originator);
        if !recipient_key_info.is_empty() {
            let mut recipient = xenc("RecipientKeyInfo");
            recipient.children = recipient_key_info.to_vec();
            markup.children.push(recipient);
        }
        Ok((key, markup))
    }
}

impl<'o, 'a> MadeKey<'o, 'a> {
    /// The first one that a KeyInfo has, if any.
    ///
    /// # Errors
    /// As [`AgreementMethod::parse`] and [`DerivedKey::parse`].
    pub fn find(key_info: Option<Element<'o, 'a>>) -> Result<Option<Self>, Error> {
        for child in key_info.into_iter().flat_map(Element::children) {
            let name = child.name();
            if name.is(NamespaceId::XENC, "AgreementMethod") {
                return AgreementMethod::parse(child).map(Self::Agreed).map(Some);
            }
            if name.is(NamespaceId::XENC11, "DerivedKey") {
                return DerivedKey::parse(child).map(Self::Derived).map(Some);
            }
        }
        Ok(None)
    }

    /// What must be allowed for it to be accepted.
    #[must_use]
    pub fn legacy(&self) -> LegacySet {
        self.derivation().derivation.legacy()
    }

    fn derivation(&self) -> &KeyDerivationMethod {
        match self {
            Self::Agreed(agreed) => &agreed.derivation,
            Self::Derived(derived) => &derived.method,
        }
    }

    /// Makes the key of so many octets.
    ///
    /// # Errors
    /// [`Cause::LegacyAlgorithm`] for a digest that `legacy` does not allow; what `keys` returns; as
    /// [`AgreementMethod::agree`].
    pub fn make(
        &self,
        length: usize,
        legacy: LegacySet,
        keys: &dyn ResolveDecryptionKey,
        links: &dyn Dereference,
    ) -> Result<Secret, Error> {
        let method = self.derivation();
        check_legacy(method.offset, method.derivation.legacy(), legacy)?;
        match self {
            Self::Derived(derived) => {
                let secret = keys.resolve_master_key(&derived.master_key_name);
                method.derive(&secret.map_err(|error| error.at(derived.range.start))?, length)
            }
            Self::Agreed(agreed) => {
                let at = |error: Error| error.at(agreed.range.start);
                let wanted = WantedKey::Private;
                let ours = keys.resolve_decryption_key(wanted, agreed.recipient, links);
                let DecryptionKey::Private(ours) = ours.map_err(at)? else {
                    let reason = "a secret agrees on no key, a private key is needed";
                    return Err(at(Error::new(Cause::KeyType, reason)));
                };
                let originator = keys.resolve_originator(agreed.originator, links).map_err(at)?;
                agreed.agree(&ours, &originator, length)
            }
        }
    }
}
