//! The secret of one message that signs it and encrypts it: one that is made, or that of the request.

use super::Answered;
use super::encrypter::{Encrypter, Making};
use super::parts::{IdForm, NewIds};
use crate::crypto::{RecipientKey, Secret, SecureRandom};
use crate::error::{Cause, Error};
use crate::ns;
use crate::policy::{DerivedKeys, EncryptedKeyPolicy, EncryptedKeySource, OutboundPolicy};
use crate::token::{DerivedKeyToken, SecurityTokenReference};
use crate::xml::Markup;
use std::sync::Arc;

/// What makes it, with everything that can be prepared.
#[derive(Clone)]
pub(super) struct KeyMaker {
    derived: DerivedKeys,
    /// Octets of a key that is made.
    length: usize,
    /// For whom it is made; None where it is that of the request.
    encrypter: Option<Encrypter>,
}

/// The secret, and what tells it to the receiver.
pub(super) struct MessageKey {
    secret: Secret,
    reference: Markup,
    derived: DerivedKeys,
    random: Arc<dyn SecureRandom>,
    /// What stands in front of everything that uses it.
    pub(super) header: Vec<Markup>,
    /// The secret, where it was made, behind the octets of its CipherValue.
    made: Vec<(Vec<u8>, Secret)>,
}

/// A key for one use.
pub(super) struct UsedKey {
    pub(super) secret: Secret,
    /// What KeyInfo says.
    pub(super) reference: Markup,
    /// The DerivedKeyToken that stands in front of what uses it.
    pub(super) token: Option<Markup>,
}

/// Octets of the nonce of a DerivedKeyToken.
const NONCE: usize = 16;

impl KeyMaker {
    /// None where the policy has no such key.
    pub(super) fn new(
        policy: &OutboundPolicy,
        recipients: &[(String, RecipientKey)],
        secrets: &[(String, Secret)],
    ) -> Result<Option<Self>, Error> {
        let Some(key) = &policy.encrypted_key else { return Ok(None) };
        let EncryptedKeyPolicy { source, derived, .. } = *key;
        let encrypter = (source == EncryptedKeySource::Message)
            .then(|| Encrypter::new(&key.encryption(), policy.legacy, recipients, secrets))
            .transpose()?;
        Ok(Some(Self { derived, length: policy.encrypted_key_length(), encrypter }))
    }

    pub(super) fn make(
        &self,
        making: &Making<'_>,
        answered: Answered<'_>,
        random: &Arc<dyn SecureRandom>,
    ) -> Result<MessageKey, Error> {
        let derived = self.derived;
        let random = Arc::clone(random);
        let Some(encrypter) = &self.encrypter else {
            let (sha1, secret) = key_of_request(answered)?;
            let reference = SecurityTokenReference::encrypted_key_sha1_markup(sha1);
            let (header, made) = (Vec::new(), Vec::new());
            return Ok(MessageKey {
                secret: secret.clone(),
                reference,
                derived,
                random,
                header,
                made,
            });
        };
        let mut octets = [0; 16];
        random.fill(&mut octets)?;
        let mut ids =
            NewIds { form: IdForm::Numbered, random: &octets, number: 0, inserted: Vec::new() };
        let mut octets = vec![0; self.length];
        random.fill(&mut octets)?;
        let secret = Secret::new(octets);
        let keys = encrypter.encrypted_keys(making, &secret, &[], |kind| ids.next(kind))?;
        let Some(id) = keys.ids.first() else {
            return Err(Error::new(Cause::InvalidPolicy, "`encrypted-key` has no recipient"));
        };
        let reference = SecurityTokenReference::direct_markup(id, ns::ENCRYPTED_KEY);
        let (header, made) = (keys.header, keys.made);
        Ok(MessageKey { secret, reference, derived, random, header, made })
    }
}

impl MessageKey {
    /// The secret that was made, if one was, behind the octets of its CipherValue.
    pub(super) fn made(key: Option<&Self>) -> &[(Vec<u8>, Secret)] {
        key.map_or(&[], |key| &key.made)
    }

    /// The key of one use; of so many octets, with that Id, where it is derived.
    pub(super) fn used(
        &self,
        length: usize,
        id: impl FnOnce() -> String,
    ) -> Result<UsedKey, Error> {
        let Some(namespace) = self.derived.namespace() else {
            let (secret, reference) = (self.secret.clone(), self.reference.clone());
            return Ok(UsedKey { secret, reference, token: None });
        };
        let value_type = match namespace {
            ns::WSC_2005_02 => ns::DERIVED_KEY_2005_02,
            _ => ns::DERIVED_KEY_2005_12,
        };
        let mut nonce = [0; NONCE];
        self.random.fill(&mut nonce)?;
        let id = id();
        let base = self.reference.clone();
        Ok(UsedKey {
            secret: DerivedKeyToken::key_of_markup(&self.secret, length, &nonce)?,
            reference: SecurityTokenReference::direct_markup(&id, value_type),
            token: Some(DerivedKeyToken::markup(namespace, &id, base, length, &nonce)),
        })
    }
}

/// The key of the request, behind its EncryptedKeySHA1.
fn key_of_request(answered: Answered<'_>) -> Result<(&[u8], &Secret), Error> {
    let Answered::Validated(exchange) = answered else {
        let reason = "the policy takes the key of the request (`encrypted-key.source`), so it protects \
                      replies to requests that were validated";
        return Err(Error::new(Cause::MissingCredential, reason));
    };
    match exchange.keys() {
        [key] => Ok((&key.sha1, &key.secret)),
        [] => {
            let reason = "the policy takes the key of the request (`encrypted-key.source`), and the \
                          request brought no EncryptedKey";
            Err(Error::new(Cause::MissingCredential, reason))
        }
        [..] => {
            let reason = "the policy takes the key of the request (`encrypted-key.source`), and the \
                          request brought several EncryptedKeys, of which none is meant more than \
                          another";
            Err(Error::new(Cause::InvalidArgument, reason))
        }
    }
}
