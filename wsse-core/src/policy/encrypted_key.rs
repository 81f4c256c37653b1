//! The key of a message that signs it and encrypts it.

use super::document::{Table, write_choice, write_string};
use super::encryption::{DataKeyTransport, EncryptionPolicy};
use super::signature::{KeyReference, REFERENCES};
use crate::error::{Cause, Error};
use crate::ns;

/// The secret that a Signature of the reference [`KeyReference::EncryptedKey`] is made with, and an
/// encryption of the transport [`DataKeyTransport::Common`] (the symmetric binding of
/// WS-SecurityPolicy 1.3, section 7.4).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncryptedKeyPolicy {
    /// Where it comes from. Default: it is made for the message.
    pub source: EncryptedKeySource,
    /// Whether keys are derived from it. Default: it is used as it is.
    pub derived: DerivedKeys,
    /// The name of who can decrypt, as [`EncryptionPolicy::recipients`] has it. This and what is below
    /// say something only where the key is made. Default: `default`.
    pub recipient: String,
    /// How the recipient is told which key of his is meant. Default: as
    /// [`EncryptionPolicy::reference`].
    pub reference: KeyReference,
    /// The name that the reference [`KeyReference::KeyName`] writes. Default: that of the recipient.
    pub key_name: Option<String>,
    /// Whether what says the key stands in a SecurityTokenReference. Default: where [`KeyReference`]
    /// says so.
    pub security_token_reference: Option<bool>,
    /// How the key is encrypted. Default: RSA-OAEP with SHA-256.
    pub transport: DataKeyTransport,
}

/// Where a key comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptedKeySource {
    /// It is made, and goes with the message in an EncryptedKey in front of what uses it.
    #[default]
    Message,
    /// It is that of the request, of which the reply names the EncryptedKeySHA1 (SOAP Message Security
    /// 1.1.1, section 7.7).
    Request,
}

/// What is derived from a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DerivedKeys {
    /// Nothing.
    #[default]
    None,
    /// A key for each use, by a DerivedKeyToken of WS-SecureConversation of February 2005.
    Of2005February,
    /// The same of WS-SecureConversation 1.3 and 1.4, of December 2005.
    Of2005December,
}

const SOURCES: [(&str, EncryptedKeySource); 2] =
    [("message", EncryptedKeySource::Message), ("request", EncryptedKeySource::Request)];
const DERIVED: [(&str, DerivedKeys); 3] = [
    ("none", DerivedKeys::None),
    ("2005-02", DerivedKeys::Of2005February),
    ("2005-12", DerivedKeys::Of2005December),
];

impl DerivedKeys {
    /// The namespace of the DerivedKeyTokens; None where there are none.
    pub(crate) fn namespace(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Of2005February => Some(ns::WSC_2005_02),
            Self::Of2005December => Some(ns::WSC_2005_12),
        }
    }
}

impl Default for EncryptedKeyPolicy {
    fn default() -> Self {
        Self {
            source: EncryptedKeySource::Message,
            derived: DerivedKeys::None,
            recipient: "default".to_owned(),
            reference: KeyReference::IssuerSerial,
            key_name: None,
            security_token_reference: None,
            transport: DataKeyTransport::default(),
        }
    }
}

impl EncryptedKeyPolicy {
    /// How it is encrypted, as an encryption that encrypts nothing but the key.
    pub(crate) fn encryption(&self) -> EncryptionPolicy {
        EncryptionPolicy {
            recipients: vec![self.recipient.clone()],
            reference: self.reference,
            key_name: self.key_name.clone(),
            security_token_reference: self.security_token_reference,
            transport: self.transport,
            ..EncryptionPolicy::default()
        }
    }

    pub(super) fn read(table: &Table<'_>) -> Result<Self, Error> {
        table.check_keys(
            &[
                "source",
                "derived",
                "recipient",
                "reference",
                "key-name",
                "security-token-reference",
                "transport",
                "digest",
                "mgf",
                "wrap",
            ],
            &[],
        )?;
        let transport = DataKeyTransport::read(table)?;
        let mut policy = Self { transport, ..Self::default() };
        if let Some(source) = table.choice("source", &SOURCES)? {
            policy.source = source;
        }
        if let Some(derived) = table.choice("derived", &DERIVED)? {
            policy.derived = derived;
        }
        if let Some(recipient) = table.string("recipient")? {
            policy.recipient = recipient.to_owned();
        }
        policy.reference =
            table.choice("reference", &REFERENCES)?.unwrap_or_else(|| transport.usual_reference());
        policy.key_name = table.string("key-name")?.map(str::to_owned);
        policy.security_token_reference = table.boolean("security-token-reference")?;
        policy.check().map_err(|error| table.error("source", error.reason().to_owned()))?;
        Ok(policy)
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let Self { source, derived, .. } = *self;
        if source == EncryptedKeySource::Request
            && *self != (Self { source, derived, ..Self::default() })
        {
            let reason = "the key of the request is encrypted for nobody, so `encrypted-key` with the \
                          source \"request\" has nothing beside it but `derived`";
            return Err(Error::new(Cause::InvalidPolicy, reason));
        }
        if self.transport.key_encryption().is_none() {
            let reason = format!(
                "`encrypted-key.transport` can't be {:?}: the key is encrypted, by \"rsa-oaep\" and the \
                 like, or with a shared secret by \"kw-aes256\" and the like",
                self.transport.name()
            );
            return Err(Error::new(Cause::InvalidPolicy, reason));
        }
        self.encryption().check()
    }

    pub(super) fn write(&self) -> String {
        let mut text = format!(
            "{{ source = {}, derived = {}",
            write_choice(self.source, &SOURCES),
            write_choice(self.derived, &DERIVED)
        );
        if self.source == EncryptedKeySource::Message {
            text.push_str(&format!(
                ", recipient = {}, reference = {}",
                write_string(&self.recipient),
                write_choice(self.reference, &REFERENCES)
            ));
            if let Some(name) = &self.key_name {
                text.push_str(&format!(", key-name = {}", write_string(name)));
            }
            if let Some(wrapped) = self.security_token_reference {
                text.push_str(&format!(", security-token-reference = {wrapped}"));
            }
            text.push_str(&format!(", {}", self.transport.write()));
        }
        text + " }"
    }
}
