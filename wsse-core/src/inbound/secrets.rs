//! The secrets that a message brings or means: an EncryptedKey for us, a key that is derived from one
//! or from a password, a key of the request that it replies to.

use super::decryption::{DecryptedKeys, Encryption, MOST_KEYS};
use super::keyring::{MessageKeys, key_names, no_key};
use super::named::{SharedSecret, shown};
use super::references::NoLinks;
use crate::crypto::{Hash, KeyEncryption, Secret, username_token_key};
use crate::error::{Cause, Error};
use crate::exchange::Exchange;
use crate::keyinfo::{Clue, DecryptionKey, KeyInfo, ResolvedKey, VerificationKey};
use crate::password::{PasswordLookup, Passwords, SecretForm};
use crate::token::{DerivedKeyToken, KeyDerivation, SecurityTokenReference, UsernameToken};
use crate::xml::{Element, NamespaceId};
use crate::xmlenc::{EncryptedKey, MadeKey};
use core::ops::Range;
use std::sync::Arc;

/// What secrets of a message are found with.
pub(super) struct MessageSecrets<'k> {
    pub(super) encryption: &'k Encryption<'k, 'k>,
    pub(super) derived: &'k [DerivedKeyToken],
    pub(super) username_token: Option<&'k UsernameToken>,
    pub(super) passwords: Option<&'k Passwords>,
    pub(super) form: SecretForm,
    /// What the message replies to.
    pub(super) exchange: Option<&'k Exchange>,
    pub(super) decrypted: &'k DecryptedKeys,
}

impl<'k> MessageSecrets<'k> {
    /// Those of a document that is no message: there are none.
    pub(super) fn none(encryption: &'k Encryption<'k, 'k>, decrypted: &'k DecryptedKeys) -> Self {
        Self {
            encryption,
            derived: &[],
            username_token: None,
            passwords: None,
            form: SecretForm::Plain,
            exchange: None,
            decrypted,
        }
    }
}

/// Where a secret comes from, which says whom it authenticates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Whoever has our certificate can make it.
    EncryptedKey,
    /// Who knows the password of the user.
    Username,
    /// We made it for whom we asked, and nobody else could read it.
    Request,
    /// It was given.
    Shared,
}

/// A secret of a message.
pub(super) struct FoundSecret {
    pub(super) secret: Secret,
    origin: Origin,
    /// The token that it is derived from, if that names a user.
    token: Option<Range<usize>>,
}

impl FoundSecret {
    fn new(secret: Secret, origin: Origin) -> Self {
        Self { secret, origin, token: None }
    }
}

impl MessageKeys<'_> {
    /// The secret of the message that a KeyInfo means; None where it means another key. `length` is
    /// that of the key, where it is known.
    pub(super) fn secret_of_key_info(
        &self,
        key_info: Option<Element<'_, '_>>,
        length: Option<usize>,
    ) -> Result<Option<FoundSecret>, Error> {
        let Some(key_info) = key_info else { return Ok(None) };
        for clue in KeyInfo::parse(key_info)?.clues {
            let Clue::Foreign(element) = clue else { continue };
            let offset = element.range().start;
            let found = if element.name().is(NamespaceId::XENC, "EncryptedKey") {
                let secret = self.decrypt_key(&EncryptedKey::parse(element)?, length)?;
                Some(FoundSecret::new(secret, Origin::EncryptedKey))
            } else if element.name().is(NamespaceId::WSSE, "SecurityTokenReference") {
                self.secret_of_reference(&SecurityTokenReference::parse(element)?, length)
                    .map_err(|error| error.at(offset))?
            } else {
                None
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn secret_of_reference(
        &self,
        reference: &SecurityTokenReference,
        length: Option<usize>,
    ) -> Result<Option<FoundSecret>, Error> {
        let secrets = self.secrets;
        match reference {
            SecurityTokenReference::Direct { id } => {
                let derived = secrets.derived.iter().filter(|token| token.id.as_ref() == Some(id));
                match derived.collect::<Vec<_>>().as_slice() {
                    [] => self.secret_of_token(id, length),
                    [only] if !self.is_token(id) => self.derive(only).map(Some),
                    _ => Err(ambiguous(id)),
                }
            }
            SecurityTokenReference::EncryptedKeySha1(wanted) => {
                if let Some(key) = secrets.exchange.and_then(|exchange| exchange.key(wanted)) {
                    let origin = if key.made { Origin::Request } else { Origin::EncryptedKey };
                    return Ok(Some(FoundSecret::new(key.secret.clone(), origin)));
                }
                let is_meant = |key: &&EncryptedKey<'_, '_>| {
                    Hash::Sha1.digest(&[&key.cipher_value]).octets() == wanted
                };
                match secrets.encryption.keys().iter().find(is_meant) {
                    Some(key) => {
                        let secret = self.decrypt_key(key, length)?;
                        Ok(Some(FoundSecret::new(secret, Origin::EncryptedKey)))
                    }
                    None => self.shared_by_hash(wanted).map(Some),
                }
            }
            _ => Ok(None),
        }
    }

    /// A shared secret that was never encrypted, which WSS4J names by the hash of itself.
    fn shared_by_hash(&self, wanted: &[u8]) -> Result<FoundSecret, Error> {
        let found = self.keyring.secrets.iter().find_map(|shared| match &shared.key {
            VerificationKey::Secret(secret) => {
                let hash = Hash::Sha1.digest(&[secret.octets()]);
                (hash.octets() == wanted).then(|| secret.clone())
            }
            _ => None,
        });
        let secret = found.ok_or_else(|| {
            no_key(
                "an EncryptedKeySHA1 names a key that is neither in this message nor in the one that \
                 it replies to, nor a shared secret that was given",
            )
        })?;
        Ok(FoundSecret::new(secret, Origin::Shared))
    }

    /// Whether an EncryptedKey or the UsernameToken has this Id.
    fn is_token(&self, id: &str) -> bool {
        let keys = self.secrets.encryption.keys();
        keys.iter().any(|key| key.id.as_deref() == Some(id))
            || self.secrets.username_token.is_some_and(|token| token.id.as_deref() == Some(id))
    }

    /// The secret of the EncryptedKey or of the UsernameToken with this Id.
    fn secret_of_token(
        &self,
        id: &str,
        length: Option<usize>,
    ) -> Result<Option<FoundSecret>, Error> {
        let keys = self.secrets.encryption.keys().iter();
        let mut keys = keys.filter(|key| key.id.as_deref() == Some(id));
        let token = self.secrets.username_token.filter(|token| token.id.as_deref() == Some(id));
        match (keys.next(), keys.next(), token) {
            (None, _, None) => Ok(None),
            (Some(key), None, None) => {
                let secret = self.decrypt_key(key, length)?;
                Ok(Some(FoundSecret::new(secret, Origin::EncryptedKey)))
            }
            (None, _, Some(token)) => self.of_username(token).map(Some),
            _ => Err(ambiguous(id)),
        }
    }

    /// A key that is derived from another one, in one step.
    fn derive(&self, token: &DerivedKeyToken) -> Result<FoundSecret, Error> {
        let at = |error: Error| error.at(token.range.start);
        let base = match &token.reference {
            Some(SecurityTokenReference::Direct { id }) => self.secret_of_token(id, None),
            Some(reference) => self.secret_of_reference(reference, None),
            None => Ok(None),
        };
        let base = base.map_err(at)?.ok_or_else(|| {
            let reason = "a DerivedKeyToken is made from a key that is neither an EncryptedKey nor \
                          that of a UsernameToken";
            at(no_key(reason))
        })?;
        Ok(FoundSecret { secret: token.key(&base.secret).map_err(at)?, ..base })
    }

    /// The key that is derived from the password of the user. An unknown user has a password that
    /// nobody knows, so that both look the same.
    fn of_username(&self, token: &UsernameToken) -> Result<FoundSecret, Error> {
        let at = |error: Error| error.at(token.offset);
        let Some(KeyDerivation { salt, iterations }) = &token.derivation else {
            let reason = "a key is to be derived from a UsernameToken that has no Salt";
            return Err(at(no_key(reason)));
        };
        let Some(Passwords::Lookup(lookup)) = self.secrets.passwords else {
            let reason = "a key is to be derived from the password of a user, and no look-up of \
                          passwords was given";
            return Err(at(no_key(reason)));
        };
        let lookup: &dyn PasswordLookup = lookup.as_ref();
        let known = lookup.passwords(&token.username).map_err(at)?;
        let is_one = |password: &&Secret| !password.octets().is_empty();
        let password = match (known.iter().find(is_one), &self.keyring.nobodys_password) {
            (Some(password), _) => self.secrets.form.apply(password),
            (None, Some(nobodys)) => nobodys.clone(),
            (None, None) => return Err(at(no_key("no password was drawn for unknown users"))),
        };
        let secret = username_token_key(&password, salt, *iterations);
        let token = Some(token.offset..token.end);
        Ok(FoundSecret { secret, origin: Origin::Username, token })
    }

    /// Whether a Signature under a secret of the message counts.
    pub(super) fn judge_secret(&self, found: FoundSecret) -> Result<ResolvedKey, Error> {
        let FoundSecret { secret, origin, token } = found;
        let (is_accepted, trusted) = match origin {
            Origin::EncryptedKey => (self.keyring.symmetric_signer, false),
            Origin::Username => (self.keyring.username_signer, true),
            Origin::Request | Origin::Shared => (true, true),
        };
        if !is_accepted {
            let reason = match origin {
                Origin::Username => {
                    "the Signature is an HMAC under a key that is derived from a password; \
                     `require.signer = \"username\"` accepts it"
                }
                _ => {
                    "the Signature is an HMAC under an EncryptedKey, which anybody can have made; \
                     `require.signer = \"symmetric\"` accepts it"
                }
            };
            return Err(Error::new(Cause::UnauthenticatedKey, reason));
        }
        let identity = SharedSecret::identity_of(&secret)?;
        let key = VerificationKey::Secret(secret);
        let unknown = Arc::default();
        Ok(ResolvedKey { key, certificate: None, trusted, identity, token, unknown })
    }

    /// A shared secret that encrypted something.
    pub(super) fn shared_secret(&self, names: &[String]) -> Result<Secret, Error> {
        let found = SharedSecret::choose(&self.keyring.secrets, names);
        match found.map(|found| &found.key) {
            Ok(VerificationKey::Secret(secret)) => Ok(secret.clone()),
            _ if names.is_empty() => Err(no_key(
                "parts are encrypted with a shared secret, and which one is not told, or none was \
                 given",
            )),
            _ => Err(no_key(&format!(
                "parts are encrypted with a shared secret, and none was given under the KeyName {}",
                shown(names)
            ))),
        }
    }

    /// A key that is agreed on or derived. Whatever the other side has, some key comes out.
    pub(super) fn made_key(&self, made: &MadeKey<'_, '_>, length: usize) -> Result<Secret, Error> {
        self.secrets.decrypted.count_made(made.legacy())?;
        made.make(length, self.keyring.legacy, self, &NoLinks)
    }

    /// The key in an EncryptedKey. Whatever stands in it, some key comes out.
    pub(super) fn decrypt_key(
        &self,
        key: &EncryptedKey<'_, '_>,
        length: Option<usize>,
    ) -> Result<Secret, Error> {
        if let Some(secret) = self.secrets.decrypted.find(&key.cipher_value) {
            return Ok(secret);
        }
        if self.secrets.decrypted.len() == MOST_KEYS {
            let reason = format!("more than {MOST_KEYS} keys are to be decrypted");
            return Err(Error::new(Cause::ReferenceCount, reason).at(key.range.start));
        }
        key.check_legacy(self.keyring.legacy)?;
        let ours = match key.method {
            KeyEncryption::Transport(_) => {
                self.private_key(key.key_info).map(|key| DecryptionKey::Private(key.clone()))
            }
            KeyEncryption::Wrap(method) => match MadeKey::find(key.key_info)? {
                Some(made) => self.made_key(&made, method.key_length()),
                None => key_names(key.key_info).and_then(|names| self.shared_secret(&names)),
            }
            .map(DecryptionKey::Secret),
        };
        let secret = key.decrypt(&ours.map_err(|error| error.at(key.range.start))?, length)?;
        let legacy = key.method.legacy();
        self.secrets.decrypted.keep(key.cipher_value.clone(), secret.clone(), legacy);
        Ok(secret)
    }
}

fn ambiguous(id: &str) -> Error {
    let shown: String = id.chars().take(60).collect();
    Error::new(Cause::AmbiguousId, format!("several tokens carry the Id {shown:?}"))
}
