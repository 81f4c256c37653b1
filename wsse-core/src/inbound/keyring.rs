//! The keys that are known, and the one that a message means.

use super::named::{Names, SharedSecret, end_entity, identity, lowest};
use super::recipients::Recipient;
use super::secrets::MessageSecrets;
use crate::crypto::Secret;
use crate::crypto::{
    Certificate, CertificateCache, CertificatePath, Legacy, LegacySet, NamedVerifier, PublicKey,
};
use crate::error::{Cause, Error};
use crate::keyinfo::{
    Clue, Dereference, KeyInfo, KeyValue, Link, ResolveKey, ResolvedKey, VerificationKey, X509Data,
};
use crate::policy::Signer;
use crate::time::UnixTime;
use crate::token::{BinarySecurityToken, SecurityTokenReference};
use crate::trust::{
    Belief, Candidate, LastWord, PathCache, Pin, TrustRules, TrustStore, Trusted, check_key,
};
use crate::xml::{Element, NamespaceId};
use core::ops::Range;
use std::sync::Arc;

/// Everything that was given beside a policy to check signatures with.
#[derive(Debug, Default)]
pub(super) struct Keyring {
    pub(super) store: TrustStore,
    pub(super) secrets: Vec<SharedSecret>,
    /// Our own keys, which decrypt.
    pub(super) recipients: Vec<Recipient>,
    /// Public keys that are held elsewhere.
    pub(super) verifiers: Vec<NamedVerifier>,
    /// What a KeyName can mean.
    pub(super) names: Names,
    pub(super) rules: TrustRules,
    pub(super) last_word: LastWord,
    pub(super) legacy: LegacySet,
    pub(super) any_signer: bool,
    /// Whether an HMAC under a key that anybody can have made for us counts, and under one that is
    /// derived from a password.
    pub(super) symmetric_signer: bool,
    pub(super) username_signer: bool,
    /// Whether keys come with what a message replies to.
    pub(super) request_signer: bool,
    /// What stands for the password of a user who is not known; drawn once.
    pub(super) nobodys_password: Option<Secret>,
    pub(super) ignores_key_info: bool,
    /// Certificates that messages brought: peers send the same one each time.
    pub(super) cache: CertificateCache,
    /// And the path of each.
    pub(super) paths: PathCache,
}

/// The keyring with the tokens of one message.
pub(super) struct MessageKeys<'k> {
    pub(super) keyring: &'k Keyring,
    pub(super) tokens: &'k [BinarySecurityToken],
    pub(super) at: UnixTime,
    pub(super) secrets: &'k MessageSecrets<'k>,
}

/// What a KeyInfo selects.
pub(super) enum Selected {
    Certificate(Box<Chosen>),
    /// A key without a certificate.
    Key(PublicKey),
    /// One that is held elsewhere.
    Remote(NamedVerifier),
}

/// A certificate that was chosen.
pub(super) struct Chosen {
    pub(super) certificate: Certificate,
    /// Others that came with it.
    brought: Vec<Certificate>,
    /// Where the token of the message stands that it was taken from.
    token: Option<Range<usize>>,
}

/// Certificates of a message that are looked at; one more than a path may be helped by.
const MOST_BROUGHT: usize = 17;

impl Selected {
    pub(super) fn certificate(certificate: Certificate, brought: Vec<Certificate>) -> Self {
        Self::Certificate(Box::new(Chosen { certificate, brought, token: None }))
    }

    /// The key, whoever holds it.
    pub(super) fn into_public_key(self) -> Result<PublicKey, Error> {
        match self {
            Self::Certificate(chosen) => Ok(chosen.certificate.public_key().clone()),
            Self::Key(key) => Ok(key),
            Self::Remote(verifier) => Err(no_key(&format!(
                "the key {:?} is held elsewhere, and its public half is not known here",
                verifier.name()
            ))),
        }
    }
}

impl Keyring {
    pub(super) fn set_signers(&mut self, signers: &[Signer]) {
        let any = signers.contains(&Signer::Any);
        self.any_signer = any || self.legacy.allows(Legacy::EmbeddedKey);
        self.symmetric_signer = any || signers.contains(&Signer::Symmetric);
        self.username_signer = any || signers.contains(&Signer::Username);
        self.request_signer = signers.contains(&Signer::Request);
    }

    /// Whether it could check any signature.
    pub(super) fn is_empty(&self) -> bool {
        self.store.is_empty()
            && self.secrets.is_empty()
            && self.verifiers.is_empty()
            && !self.any_signer
            && (!self.symmetric_signer || self.recipients.is_empty())
            && !self.username_signer
            && !self.request_signer
    }

    pub(super) fn known(&self) -> impl Iterator<Item = &Certificate> {
        let store = &self.store;
        store.pinned.iter().chain(&store.untrusted).chain(&store.anchors)
    }

    /// Without KeyInfo both sides must know which key is meant (XML Signature 1.1, section 4.5).
    pub(super) fn only(&self) -> Result<Selected, Error> {
        let has_pins = !(self.store.pinned.is_empty() && self.store.pinned_keys.is_empty());
        match (self.store.only(), self.verifiers.as_slice()) {
            (Some(Pin::Certificate(certificate)), []) => {
                Ok(Selected::certificate(certificate.clone(), Vec::new()))
            }
            (Some(Pin::Key(key)), []) => Ok(Selected::Key(key.clone())),
            (None, [verifier]) if !has_pins => Ok(Selected::Remote(verifier.clone())),
            _ => Err(no_key(
                "the Signature has no KeyInfo, and not exactly one certificate or key is pinned",
            )),
        }
    }
}

/// The Id of the token that a KeyInfo refers to, if it does so.
pub(super) fn direct_id(key_info: Option<Element<'_, '_>>) -> Option<String> {
    let reference = key_info?
        .children()
        .find(|child| child.name().is(NamespaceId::WSSE, "SecurityTokenReference"))?;
    match SecurityTokenReference::parse(reference) {
        Ok(SecurityTokenReference::Direct { id }) => Some(id),
        _ => None,
    }
}

impl ResolveKey for MessageKeys<'_> {
    fn resolve(
        &self,
        wants_secret: bool,
        key_info: Option<Element<'_, '_>>,
        links: &dyn Dereference,
    ) -> Result<ResolvedKey, Error> {
        if wants_secret {
            return self.secret(key_info, links);
        }
        match self.select(key_info, links)? {
            Selected::Certificate(chosen) => self.judge(*chosen),
            Selected::Key(key) => self.judge_key(key),
            Selected::Remote(verifier) => Ok(remote(verifier)),
        }
    }
}

/// Whoever gave a key that is held elsewhere believes in it, as in a shared secret.
fn remote(verifier: NamedVerifier) -> ResolvedKey {
    ResolvedKey {
        identity: identity(&verifier),
        key: VerificationKey::Remote(verifier),
        certificate: None,
        trusted: true,
        token: None,
        unknown: Arc::default(),
    }
}

impl MessageKeys<'_> {
    /// A shared secret is known beforehand; what a message says can only tell which.
    fn secret(
        &self,
        key_info: Option<Element<'_, '_>>,
        links: &dyn Dereference,
    ) -> Result<ResolvedKey, Error> {
        let key_info = key_info.filter(|_| !self.keyring.ignores_key_info);
        if let Some(found) = self.secret_of_key_info(key_info, None)? {
            return self.judge_secret(found);
        }
        let names = key_names(key_info)?;
        let found = SharedSecret::choose(&self.keyring.secrets, &names);
        // The key decides on the family of methods: a certificate is no shared secret.
        if (names.is_empty() || found.is_err())
            && let Some(whose) = self.whose_public_key(key_info, links)
        {
            let reason =
                format!("the Signature is an HMAC, but its key is {whose}, which is no secret");
            return Err(Error::new(Cause::KeyType, reason));
        }
        let secret = found?;
        Ok(ResolvedKey {
            key: secret.key.clone(),
            certificate: None,
            trusted: true,
            identity: secret.identity.clone(),
            token: None,
            unknown: Arc::default(),
        })
    }

    fn whose_public_key(
        &self,
        key_info: Option<Element<'_, '_>>,
        links: &dyn Dereference,
    ) -> Option<String> {
        match self.select(Some(key_info?), links).ok()? {
            Selected::Certificate(chosen) => {
                Some(format!("the public one of {}", chosen.certificate.subject()))
            }
            Selected::Remote(verifier) => {
                Some(format!("the public one {:?} that is held elsewhere", verifier.name()))
            }
            Selected::Key(_) => None,
        }
    }

    fn select(
        &self,
        key_info: Option<Element<'_, '_>>,
        links: &dyn Dereference,
    ) -> Result<Selected, Error> {
        let Some(key_info) = key_info else { return self.keyring.only() };
        if self.keyring.ignores_key_info {
            return self.keyring.only();
        }
        let clues = KeyInfo::parse(key_info)?.clues;
        let is_understood = |clue: &Clue<'_, '_>| match clue {
            Clue::Unsupported(_) => false,
            Clue::Foreign(element) => {
                element.name().is(NamespaceId::WSSE, "SecurityTokenReference")
            }
            _ => true,
        };
        if !clues.iter().any(is_understood)
            && let Ok(only) = self.keyring.only()
        {
            return Ok(only);
        }
        self.follow_all(&clues, Some(links))
    }

    /// The first clue that leads to something. Without `links` none of those is followed: whoever
    /// follows one takes one step.
    pub(super) fn follow_all(
        &self,
        clues: &[Clue<'_, '_>],
        links: Option<&dyn Dereference>,
    ) -> Result<Selected, Error> {
        let mut failure = None;
        // A bare key says least, so it is looked at last, after what is said elsewhere and by name.
        let rank = |clue: &&Clue<'_, '_>| match clue {
            Clue::KeyValue(_) => 3,
            Clue::KeyName(_) => 2,
            Clue::Link(_) => 1,
            _ => 0,
        };
        let mut ordered: Vec<&Clue<'_, '_>> = clues.iter().collect();
        ordered.sort_by_key(rank);
        for clue in ordered {
            match self.follow(clue, links) {
                Ok(selected) => return Ok(selected),
                Err(error) => drop(failure.get_or_insert(error)),
            }
        }
        Err(failure.unwrap_or_else(|| no_key("KeyInfo says nothing that is understood")))
    }

    fn follow(
        &self,
        clue: &Clue<'_, '_>,
        links: Option<&dyn Dereference>,
    ) -> Result<Selected, Error> {
        match clue {
            Clue::X509Data(data) => self.x509_data(data),
            Clue::KeyName(name) => self.keyring.names.find(name, self.keyring),
            Clue::KeyValue(value) => self.key_value(value),
            Clue::Link(element) => {
                let link = Link::parse(*element)?;
                let Some(links) = links else {
                    let reason = "a link of a KeyInfo leads to another one; one step is followed, \
                                  and no more";
                    return Err(Error::new(Cause::UnsupportedReference, reason).at(link.offset));
                };
                let target = links.element(&link)?;
                self.follow_all(&link.read(target)?, None)
            }
            Clue::Foreign(element)
                if element.name().is(NamespaceId::WSSE, "SecurityTokenReference") =>
            {
                self.reference(&SecurityTokenReference::parse(*element)?)
                    .map_err(|error| error.at(element.range().start))
            }
            Clue::Foreign(element) | Clue::Unsupported(element) => {
                Err(no_key(&format!("{} in KeyInfo is not understood", element.name().qualified()))
                    .at(element.range().start))
            }
        }
    }

    fn key_value(&self, value: &KeyValue) -> Result<Selected, Error> {
        let key = value.public_key()?;
        // A key that is equal to that of a known certificate only selects it.
        let known = self.keyring.known().find(|known| *known.public_key() == key);
        Ok(match known {
            Some(certificate) => Selected::certificate(certificate.clone(), Vec::new()),
            None => Selected::Key(key),
        })
    }

    pub(super) fn reference(&self, reference: &SecurityTokenReference) -> Result<Selected, Error> {
        match reference {
            SecurityTokenReference::Direct { id } => self.of_token(self.direct(id)?),
            SecurityTokenReference::Embedded(token) => self.of_token(token),
            SecurityTokenReference::Certificate(der) => {
                Ok(Selected::certificate(self.certificate(der)?, self.brought()))
            }
            SecurityTokenReference::SubjectKeyIdentifier(identifier) => self
                .find("SubjectKeyIdentifier", |known| {
                    known.subject_key_identifier() == Some(identifier)
                }),
            SecurityTokenReference::ThumbprintSha1(thumbprint) => self
                .find("ThumbprintSHA1", |known| known.sha1_thumbprint().as_slice() == thumbprint),
            SecurityTokenReference::X509Data(data) => self.x509_data(data),
            SecurityTokenReference::KeyName(name) => self.keyring.names.find(name, self.keyring),
            SecurityTokenReference::EncryptedKeySha1(_) => {
                Err(no_key("an encrypted key is a secret, and no key of a public-key signature"))
            }
            SecurityTokenReference::KeyValue(value) => self.key_value(value),
        }
    }

    /// The token with this Id.
    pub(super) fn direct(&self, id: &str) -> Result<&BinarySecurityToken, Error> {
        let mut named = self.tokens.iter().filter(|token| token.id.as_deref() == Some(id));
        let token = named.next();
        if let Some(second) = named.next() {
            let reason = format!("two BinarySecurityTokens carry the Id {id:?}");
            return Err(Error::new(Cause::AmbiguousId, reason).at(second.range.start));
        }
        token.ok_or_else(|| {
            no_key(&format!("the Reference #{id} names no BinarySecurityToken of this message"))
        })
    }

    fn of_token(&self, token: &BinarySecurityToken) -> Result<Selected, Error> {
        let (certificate, mut brought) = self.read(token)?;
        brought.extend(self.brought());
        brought.truncate(MOST_BROUGHT);
        let token = Some(token.range.clone());
        Ok(Selected::Certificate(Box::new(Chosen { certificate, brought, token })))
    }

    /// The end entity of a token, and the others in it.
    fn read(&self, token: &BinarySecurityToken) -> Result<(Certificate, Vec<Certificate>), Error> {
        let read = |der: &Vec<u8>| self.certificate(der);
        let mut held: Vec<Certificate> = match &token.content {
            CertificatePath::Ordered(path) => path.iter().rev().map(read).collect::<Result<_, _>>(),
            CertificatePath::Unordered(all) => all.iter().map(read).collect(),
        }?;
        let place = match &token.content {
            CertificatePath::Ordered(_) => Some(0),
            CertificatePath::Unordered(_) => end_entity(&held),
        };
        let Some(place) = place.filter(|place| *place < held.len()) else {
            let reason = "the PKCS#7 holds more than one certificate that issued none of the others, \
                          so whose key signed is not told";
            return Err(no_key(reason).at(token.range.start));
        };
        Ok((held.swap_remove(place), held))
    }

    fn x509_data(&self, data: &X509Data) -> Result<Selected, Error> {
        if data.certificates.is_empty() {
            return self.find("X509Data", |known| data.fits(known));
        }
        let mut held = Vec::new();
        for der in &data.certificates {
            held.push(self.certificate(der)?);
        }
        // XML Signature 1.1, section 4.5.4: all of them are the signer's or lead to an issuer of his.
        let named = held.iter().position(|one| data.fits(one));
        let certificate = held.swap_remove(named.or_else(|| lowest(&held)).unwrap_or(0));
        Ok(Selected::certificate(certificate, held))
    }

    /// What is known is looked at before what the message brings, so that a message can't put one of
    /// its own in place of that.
    fn find(&self, what: &str, is_meant: impl Fn(&Certificate) -> bool) -> Result<Selected, Error> {
        let brought = self.brought();
        let found = match one_of(what, self.keyring.known().filter(|known| is_meant(known)))? {
            Some(known) => Some(known),
            None => one_of(what, brought.iter().filter(|held| is_meant(held)))?,
        };
        match found {
            Some(certificate) => Ok(Selected::certificate(certificate, brought)),
            None => Err(no_key(&format!(
                "the {what} names a certificate that is not known; give it among the pinned or the \
                 untrusted ones"
            ))),
        }
    }

    /// The certificates of the message.
    fn brought(&self) -> Vec<Certificate> {
        let all = self.tokens.iter().flat_map(|token| token.content.certificates());
        all.take(MOST_BROUGHT).filter_map(|der| self.certificate(der).ok()).collect()
    }

    fn certificate(&self, der: &[u8]) -> Result<Certificate, Error> {
        match self.keyring.known().find(|known| known.der() == der) {
            Some(known) => Ok(known.clone()),
            None => self.keyring.cache.get_or_read(der),
        }
    }

    fn judge(&self, chosen: Chosen) -> Result<ResolvedKey, Error> {
        let Chosen { certificate, brought, token } = chosen;
        let Keyring { store, rules, legacy, any_signer, paths, last_word, .. } = self.keyring;
        let key = certificate.public_key().clone();
        let decided = store.decide(&certificate, &brought, self.at, rules, *legacy, paths);
        let belief = match decided {
            Ok(belief) => Some(belief),
            Err(error) if *any_signer && error.cause() == Cause::UntrustedCertificate => None,
            Err(error) => return Err(error),
        };
        let trusted = belief.is_some();
        let path = match &belief {
            Some(Belief { trusted: Trusted::Path(path), .. }) => &**path,
            _ => &[],
        };
        let at = self.at;
        let certificate_of = Some(&certificate);
        last_word.ask(&Candidate { key: &key, certificate: certificate_of, path, trusted, at })?;
        let unknown = belief.map(|belief| belief.unknown).unwrap_or_default();
        let identity = key.der().to_vec();
        let key = VerificationKey::Public(key);
        Ok(ResolvedKey { key, certificate: Some(certificate), trusted, identity, token, unknown })
    }

    fn judge_key(&self, key: PublicKey) -> Result<ResolvedKey, Error> {
        let Keyring { store, legacy, any_signer, last_word, .. } = self.keyring;
        let trusted = store.is_pinned_key(&key);
        if !trusted && !any_signer {
            return Err(Error::new(
                Cause::UnauthenticatedKey,
                "the key stands in the message and belongs to no certificate that is known, so it \
                 authenticates nobody; the legacy switch embedded-key accepts it",
            ));
        }
        check_key(key.kind(), *legacy)?;
        key.kind().check_verifies()?;
        let at = self.at;
        last_word.ask(&Candidate { key: &key, certificate: None, path: &[], trusted, at })?;
        let identity = key.der().to_vec();
        let key = VerificationKey::Public(key);
        let unknown = Arc::default();
        Ok(ResolvedKey { key, certificate: None, trusted, identity, token: None, unknown })
    }
}

/// The one certificate that is meant. Several of one key are as good as one: the first.
fn one_of<'c>(
    what: &str,
    mut meant: impl Iterator<Item = &'c Certificate>,
) -> Result<Option<Certificate>, Error> {
    let Some(first) = meant.next() else { return Ok(None) };
    if meant.any(|other| other.public_key() != first.public_key()) {
        let reason = format!("the {what} fits certificates of different keys");
        return Err(no_key(&reason));
    }
    Ok(Some(first.clone()))
}

/// The names that a KeyInfo says, with or without a SecurityTokenReference around them.
pub(super) fn key_names(key_info: Option<Element<'_, '_>>) -> Result<Vec<String>, Error> {
    let Some(key_info) = key_info else { return Ok(Vec::new()) };
    let of_clue = |clue: Clue<'_, '_>| match clue {
        Clue::KeyName(name) => Some(name),
        Clue::Foreign(element) => match SecurityTokenReference::parse(element) {
            Ok(SecurityTokenReference::KeyName(name)) => Some(name),
            _ => None,
        },
        _ => None,
    };
    Ok(KeyInfo::parse(key_info)?.clues.into_iter().filter_map(of_clue).collect())
}

pub(super) fn no_key(reason: &str) -> Error {
    Error::new(Cause::NoKey, reason)
}
