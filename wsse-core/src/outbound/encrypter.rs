//! For whom a message is encrypted, with everything that can be prepared.

use super::key_info::{PreparedKeyInfo, Wish};
use super::message_key::MessageKey;
use crate::crypto::{
    BlockEncryptor, Certificate, KeyAgreement, KeyEncryption, LegacySet, PublicKey, RecipientKey,
    Secret, SecureRandom, base64_to_vec,
};
use crate::error::{Cause, Error};
use crate::message::{Steps, Wanted};
use crate::ns;
use crate::policy::{DataKeyTransport, EncryptionPolicy, Part, SIGNER, WhichPart};
use crate::time::UnixTime;
use crate::token::{BinarySecurityToken, SecurityTokenReference};
use crate::trust::{check_recipient, check_recipient_key};
use crate::xml::Markup;
use crate::xmlenc::bare::ContentKey;
use crate::xmlenc::{EncryptedKeyTemplate, EncryptionKey, ReferenceList};

/// One encryption of the policy.
#[derive(Clone)]
pub(super) struct Encrypter {
    pub(super) policy: EncryptionPolicy,
    recipients: Vec<Recipient>,
    legacy: LegacySet,
    /// What is looked for in the whole message, and which of the parts it is.
    pub(super) wanted: Vec<(usize, Wanted)>,
}

#[derive(Clone)]
enum Recipient {
    Known(Known),
    /// Whoever signed the request.
    Signer,
}

#[derive(Clone)]
struct Known {
    key: EncryptionKey,
    certificate: Option<Certificate>,
    key_info: PreparedKeyInfo,
}

/// A key of data that was made for one message.
pub(super) struct DataKey {
    pub(super) encryptor: BlockEncryptor,
    /// What KeyInfo of an EncryptedData says.
    pub(super) key_info: Vec<Markup>,
    /// What stands in the Security header in front of everything.
    pub(super) header: Vec<Markup>,
    /// The key, behind the octets of the CipherValue of each EncryptedKey.
    pub(super) made: Vec<(Vec<u8>, Secret)>,
}

/// The EncryptedKeys that a key was put into.
#[derive(Default)]
pub(super) struct EncryptedKeys {
    pub(super) ids: Vec<String>,
    /// What stands in the Security header, each behind its token.
    pub(super) header: Vec<Markup>,
    /// The key, behind the octets of the CipherValue of each of them.
    pub(super) made: Vec<(Vec<u8>, Secret)>,
}

/// What it takes to make one.
pub(super) struct Making<'m> {
    pub(super) random: &'m dyn SecureRandom,
    pub(super) now: UnixTime,
    /// The certificate of whoever signed the request.
    pub(super) signer: Option<&'m Certificate>,
    /// The key of the message, where the policy has one.
    pub(super) key: Option<&'m MessageKey>,
}

impl Encrypter {
    pub(super) fn new(
        policy: &EncryptionPolicy,
        legacy: LegacySet,
        recipients: &[(String, RecipientKey)],
        secrets: &[(String, Secret)],
    ) -> Result<Self, Error> {
        let of = |name: &String| -> Result<Recipient, Error> {
            if !policy.transport.is_public() {
                return Known::of_secret(policy, name, secrets).map(Recipient::Known);
            }
            if name == SIGNER {
                return Ok(Recipient::Signer);
            }
            let known = match named(recipients, name) {
                Some(RecipientKey::Certificate(certificate)) => {
                    Known::of_certificate(policy, name, certificate)
                }
                Some(RecipientKey::PublicKey(key)) => Known::of_public_key(policy, name, key),
                None => return Err(missing(name, "his certificate or public key")),
            }?;
            if let EncryptionKey::Public(key) | EncryptionKey::Agreed { recipient: key, .. } =
                &known.key
            {
                check_recipient_key(key, agreement(policy), legacy)?;
            }
            Ok(Recipient::Known(known))
        };
        let known = match policy.transport {
            DataKeyTransport::Common => Vec::new(),
            _ => policy.recipients.iter().map(of).collect::<Result<_, _>>()?,
        };
        let wanted = policy
            .parts
            .iter()
            .enumerate()
            .filter_map(|(index, part)| Some(wanted(part).transpose()?.map(|it| (index, it))))
            .collect::<Result<_, _>>()?;
        Ok(Self { policy: policy.clone(), recipients: known, legacy, wanted })
    }

    /// Whether a token that is to be written is encrypted.
    pub(super) fn encrypts(&self, token: &Markup) -> bool {
        self.policy.parts.iter().any(|part| match part.which {
            WhichPart::Timestamp => token.local == "Timestamp",
            WhichPart::UsernameToken => token.local == "UsernameToken",
            WhichPart::SignatureConfirmation => token.local == "SignatureConfirmation",
            _ => false,
        })
    }

    /// Makes the key of one message, or takes the one that is shared, for the EncryptedData with these
    /// Ids. `next_id` makes Ids of a kind.
    pub(super) fn data_key(
        &self,
        making: &Making<'_>,
        ids: &[String],
        mut next_id: impl FnMut(&str) -> String,
    ) -> Result<DataKey, Error> {
        let method = self.policy.data;
        let list = || ReferenceList::markup(ids.iter().map(String::as_str));
        match self.policy.transport {
            DataKeyTransport::EncryptedKey(_) | DataKeyTransport::Agreed(_) => {}
            DataKeyTransport::Common => {
                let Some(key) = making.key else {
                    return Err(Error::new(
                        Cause::InvalidPolicy,
                        "the policy has no `encrypted-key`",
                    ));
                };
                let used = key.used(method.key_length(), || next_id("DK-"))?;
                return Ok(DataKey {
                    encryptor: BlockEncryptor::new(method, &used.secret)?,
                    key_info: vec![used.reference],
                    header: used.token.into_iter().chain([list()]).collect(),
                    made: Vec::new(),
                });
            }
            DataKeyTransport::Secret => {
                let [
                    Recipient::Known(Known {
                        key: EncryptionKey::Secret(secret), key_info, ..
                    }),
                ] = self.recipients.as_slice()
                else {
                    return Err(Error::new(Cause::InvalidPolicy, "a secret has one recipient"));
                };
                return Ok(DataKey {
                    encryptor: BlockEncryptor::new(method, secret)?,
                    key_info: key_info.write(None, None),
                    header: vec![list()],
                    made: Vec::new(),
                });
            }
        }
        let mut octets = vec![0; method.key_length()];
        making.random.fill(&mut octets)?;
        let secret = Secret::new(octets);
        let EncryptedKeys { ids, header, made } =
            self.encrypted_keys(making, &secret, ids, next_id)?;
        // Whoever reads only his own EncryptedKey finds the data through its ReferenceList; a
        // reference back could name one of several only.
        let key_info = match ids.as_slice() {
            [id] => vec![SecurityTokenReference::direct_markup(id, ns::ENCRYPTED_KEY)],
            _ => Vec::new(),
        };
        Ok(DataKey { encryptor: BlockEncryptor::new(method, &secret)?, key_info, header, made })
    }

    /// Encrypts a key for each recipient, with references to the EncryptedData with these Ids.
    pub(super) fn encrypted_keys(
        &self,
        making: &Making<'_>,
        secret: &Secret,
        references: &[String],
        mut next_id: impl FnMut(&str) -> String,
    ) -> Result<EncryptedKeys, Error> {
        let Some(transport) = self.policy.transport.key_encryption() else {
            return Ok(EncryptedKeys::default());
        };
        let mut keys = EncryptedKeys::default();
        for recipient in &self.recipients {
            let signer;
            let known = match recipient {
                Recipient::Known(known) => known,
                Recipient::Signer => {
                    signer = self.signer(making)?;
                    &signer
                }
            };
            if let Some(certificate) = &known.certificate {
                check_recipient(certificate, agreement(&self.policy), self.legacy, making.now)?;
            }
            let mut template = EncryptedKeyTemplate::new(transport);
            let token_id = known.key_info.token.then(|| next_id("X509-"));
            template.key_info = known.key_info.write(token_id.as_deref(), None);
            let id = next_id("EK-");
            template.references = references.to_vec();
            keys.ids.push(id.clone());
            template.id = Some(id);
            if let (Some(id), Some(certificate)) = (token_id, &known.certificate) {
                keys.header.push(BinarySecurityToken::markup(certificate, &id));
            }
            let key = template.encrypt(secret, &known.key)?;
            keys.made.push((cipher_value(&key)?, secret.clone()));
            keys.header.push(key);
        }
        Ok(keys)
    }

    /// What the content of a document that is no message is encrypted with.
    pub(super) fn content_key(&self, now: UnixTime) -> Result<ContentKey, Error> {
        if self.policy.transport == DataKeyTransport::Common {
            let reason = "the transport \"encrypted-key\" is that of a message, with a Security header \
                          for the key; take a transport such as \"rsa-oaep\"";
            return Err(Error::new(Cause::InvalidPolicy, reason));
        }
        let mut keys = Vec::with_capacity(self.recipients.len());
        for recipient in &self.recipients {
            let Recipient::Known(Known { key, certificate, key_info }) = recipient else {
                let reason = "a document that is no message answers nobody, so there is no signer to \
                              encrypt it for";
                return Err(Error::new(Cause::MissingCredential, reason));
            };
            if let Some(certificate) = certificate {
                check_recipient(certificate, agreement(&self.policy), self.legacy, now)?;
            }
            let key_info = key_info.bare.clone();
            match (self.policy.transport.key_encryption(), key) {
                (Some(transport), _) => {
                    let mut template = EncryptedKeyTemplate::new(transport);
                    template.key_info = key_info;
                    keys.push((template, key.clone()));
                }
                (None, EncryptionKey::Secret(secret)) => {
                    return Ok(ContentKey::Secret(secret.clone(), key_info));
                }
                (None, _) => {
                    let reason = "the transport \"secret\" needs a shared secret";
                    return Err(Error::new(Cause::InvalidPolicy, reason));
                }
            }
        }
        Ok(ContentKey::Session(keys))
    }

    fn signer(&self, making: &Making<'_>) -> Result<Known, Error> {
        let Some(certificate) = making.signer else {
            let reason = "the policy encrypts for the signer of a request, so it protects replies \
                          to requests that were validated, and that were signed with a certificate";
            return Err(Error::new(Cause::MissingCredential, reason));
        };
        let mut known = Known::of_certificate(&self.policy, SIGNER, certificate)?;
        known.certificate = Some(certificate.clone());
        Ok(known)
    }
}

impl Known {
    fn of_certificate(
        policy: &EncryptionPolicy,
        name: &str,
        certificate: &Certificate,
    ) -> Result<Self, Error> {
        let wish = Wish::to_encrypt(policy, name);
        Ok(Self {
            key: encryption_key(policy, certificate.public_key()),
            certificate: Some(certificate.clone()),
            key_info: PreparedKeyInfo::of_certificate(wish, certificate, &[])?,
        })
    }

    fn of_public_key(
        policy: &EncryptionPolicy,
        name: &str,
        key: &PublicKey,
    ) -> Result<Self, Error> {
        let key_info = PreparedKeyInfo::of_public_key(Wish::to_encrypt(policy, name), key)?;
        Ok(Self { key: encryption_key(policy, key), certificate: None, key_info })
    }

    fn of_secret(
        policy: &EncryptionPolicy,
        name: &str,
        secrets: &[(String, Secret)],
    ) -> Result<Self, Error> {
        let secret = named(secrets, name).ok_or_else(|| missing(name, "the shared secret"))?;
        let (needed, method) = match policy.transport {
            DataKeyTransport::EncryptedKey(KeyEncryption::Wrap(method)) => {
                (method.key_length(), method.name())
            }
            _ => (policy.data.key_length(), policy.data.name()),
        };
        let octets = secret.octets().len();
        if octets != needed {
            let reason = format!(
                "the shared secret {name:?} has {octets} octets, and {method} works with {needed}"
            );
            return Err(Error::new(Cause::KeyType, reason));
        }
        let key_info = PreparedKeyInfo::of_secret(Wish::to_encrypt(policy, name))?;
        Ok(Self { key: EncryptionKey::Secret(secret.clone()), certificate: None, key_info })
    }
}

/// What is done with the public key of a recipient.
fn encryption_key(policy: &EncryptionPolicy, key: &PublicKey) -> EncryptionKey {
    match policy.transport {
        DataKeyTransport::Agreed(agreed) => EncryptionKey::Agreed {
            recipient: key.clone(),
            method: agreed.method(),
            derivation: agreed.derivation(),
        },
        _ => EncryptionKey::Public(key.clone()),
    }
}

fn agreement(policy: &EncryptionPolicy) -> Option<KeyAgreement> {
    match policy.transport {
        DataKeyTransport::Agreed(agreed) => Some(agreed.method()),
        _ => None,
    }
}

/// The octets of the CipherValue of an EncryptedKey.
fn cipher_value(key: &Markup) -> Result<Vec<u8>, Error> {
    let inside = |markup: &'_ Markup, local: &str| {
        markup.children.iter().find(|child| child.local == local).cloned()
    };
    let value = inside(key, "CipherData").and_then(|data| inside(&data, "CipherValue"));
    base64_to_vec(value.and_then(|value| value.text).as_ref().map_or("", |text| text.as_str()))
}

/// What is looked for in the whole message for a part.
fn wanted(part: &Part) -> Result<Option<Wanted>, Error> {
    Ok(Some(match &part.which {
        WhichPart::Id(id) => Wanted::Id(id.clone()),
        WhichPart::InBody { namespace, local } => {
            Wanted::InBody { namespace: namespace.clone(), local: local.clone() }
        }
        WhichPart::Position(path) => Wanted::Position(Steps::parse(path).ok_or_else(|| {
            let reason = format!(
                "{path:?} is no position; write one as /Envelope/Body/{{namespace}}local[1]"
            );
            Error::new(Cause::InvalidPolicy, reason)
        })?),
        _ => return Ok(None),
    }))
}

pub(super) fn named<'k, T>(all: &'k [(String, T)], name: &str) -> Option<&'k T> {
    let of = |wanted: &str| all.iter().find(|(held, _)| held == wanted);
    of(name).or_else(|| of("")).map(|(_, key)| key)
}

fn missing(name: &str, what: &str) -> Error {
    let reason = format!("the policy encrypts for the recipient {name:?}; give {what}");
    Error::new(Cause::MissingCredential, reason)
}
