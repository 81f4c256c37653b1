//! The keys that are known, and the one that a message means.

use crate::crypto::{Certificate, CertificateCache, Legacy, LegacySet, PublicKey, Secret};
use crate::error::{Cause, Error};
use crate::keyinfo::{Clue, KeyInfo, ResolveKey, ResolvedKey, VerificationKey, X509Data};
use crate::policy::Signer;
use crate::time::UnixTime;
use crate::token::{BinarySecurityToken, SecurityTokenReference};
use crate::trust::{PathCache, Pin, TrustRules, TrustStore, check_key};
use crate::xml::{Element, NamespaceId};

/// Everything that was given beside a policy to check signatures with.
#[derive(Debug, Default)]
pub(super) struct Keyring {
    pub(super) store: TrustStore,
    pub(super) secrets: Vec<Secret>,
    pub(super) rules: TrustRules,
    pub(super) legacy: LegacySet,
    pub(super) any_signer: bool,
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
}

/// What a KeyInfo selects.
enum Selected {
    /// A certificate, and others that came with it.
    Certificate(Certificate, Vec<Certificate>),
    /// A key without a certificate.
    Key(PublicKey),
}

impl Keyring {
    pub(super) fn set_signer(&mut self, signer: Signer) {
        self.any_signer = signer == Signer::Any || self.legacy.allows(Legacy::EmbeddedKey);
    }

    /// Whether it could check any signature.
    pub(super) fn is_empty(&self) -> bool {
        self.store.is_empty() && self.secrets.is_empty() && !self.any_signer
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
    ) -> Result<ResolvedKey, Error> {
        if wants_secret {
            // The key decides on the family of methods: a certificate is no shared secret.
            if key_info.is_some()
                && let Ok(Selected::Certificate(certificate, _)) = self.select(key_info)
            {
                return Err(Error::new(
                    Cause::KeyType,
                    format!(
                        "the Signature is an HMAC, but its key is the public one of {}, which is no \
                         secret",
                        certificate.subject()
                    ),
                ));
            }
            return self.secret();
        }
        match self.select(key_info)? {
            Selected::Certificate(certificate, brought) => self.judge(certificate, &brought),
            Selected::Key(key) => self.judge_key(key),
        }
    }
}

impl MessageKeys<'_> {
    /// A shared secret is known beforehand; what a message says of it can't make one.
    fn secret(&self) -> Result<ResolvedKey, Error> {
        match self.keyring.secrets.as_slice() {
            [secret] => Ok(ResolvedKey {
                key: VerificationKey::Secret(secret.clone()),
                certificate: None,
                trusted: true,
                identity: b"secret".to_vec(),
            }),
            [] => Err(Error::new(
                Cause::NoKey,
                "the Signature is an HMAC, and no shared secret was given to check it",
            )),
            _ => Err(Error::new(
                Cause::NoKey,
                "the Signature is an HMAC, and which of the shared secrets made it is not told",
            )),
        }
    }

    fn select(&self, key_info: Option<Element<'_, '_>>) -> Result<Selected, Error> {
        let Some(key_info) = key_info else { return self.only() };
        if self.keyring.ignores_key_info {
            return self.only();
        }
        let mut failure = None;
        let clues = KeyInfo::parse(key_info)?.clues;
        let is_understood = |clue: &Clue<'_, '_>| match clue {
            Clue::Unsupported(_) => false,
            Clue::Foreign(element) => {
                element.name().is(NamespaceId::WSSE, "SecurityTokenReference")
            }
            _ => true,
        };
        if !clues.iter().any(is_understood)
            && let Ok(only) = self.only()
        {
            return Ok(only);
        }
        // A bare key says least, so it is looked at last.
        let (keys, others): (Vec<_>, Vec<_>) =
            clues.iter().partition(|clue| matches!(clue, Clue::RsaKeyValue { .. }));
        for clue in others.into_iter().chain(keys) {
            match self.follow(clue) {
                Ok(selected) => return Ok(selected),
                Err(error) => drop(failure.get_or_insert(error)),
            }
        }
        Err(failure.unwrap_or_else(|| no_key("KeyInfo says nothing that is understood")))
    }

    /// Without KeyInfo both sides must know which key is meant (XML Signature 1.1, section 4.5).
    fn only(&self) -> Result<Selected, Error> {
        match self.keyring.store.only() {
            Some(Pin::Certificate(certificate)) => {
                Ok(Selected::Certificate(certificate.clone(), Vec::new()))
            }
            Some(Pin::Key(key)) => Ok(Selected::Key(key.clone())),
            None => Err(no_key(
                "the Signature has no KeyInfo, and not exactly one certificate or key is pinned",
            )),
        }
    }

    fn follow(&self, clue: &Clue<'_, '_>) -> Result<Selected, Error> {
        match clue {
            Clue::X509Data(data) => self.x509_data(data),
            Clue::RsaKeyValue { modulus, exponent } => {
                let key = PublicKey::from_rsa(modulus, exponent)?;
                // A key that is equal to that of a known certificate only selects it.
                let known = self.known().find(|known| *known.public_key() == key);
                Ok(match known {
                    Some(certificate) => Selected::Certificate(certificate, Vec::new()),
                    None => Selected::Key(key),
                })
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

    fn reference(&self, reference: &SecurityTokenReference) -> Result<Selected, Error> {
        match reference {
            SecurityTokenReference::Direct { id } => {
                let mut named = self.tokens.iter().filter(|token| token.id.as_ref() == Some(id));
                let token = named.next();
                if let Some(second) = named.next() {
                    let reason = format!("two BinarySecurityTokens carry the Id {id:?}");
                    return Err(Error::new(Cause::AmbiguousId, reason).at(second.range.start));
                }
                let Some(token) = token else {
                    return Err(no_key(&format!(
                        "the Reference #{id} names no BinarySecurityToken of this message"
                    )));
                };
                let certificate = self.certificate(&token.octets)?;
                Ok(Selected::Certificate(certificate, self.brought()))
            }
            SecurityTokenReference::Certificate(der) => {
                Ok(Selected::Certificate(self.certificate(der)?, self.brought()))
            }
            SecurityTokenReference::SubjectKeyIdentifier(identifier) => self
                .find("SubjectKeyIdentifier", |known| {
                    known.subject_key_identifier() == Some(identifier)
                }),
            SecurityTokenReference::ThumbprintSha1(thumbprint) => self
                .find("ThumbprintSHA1", |known| known.sha1_thumbprint().as_slice() == thumbprint),
            SecurityTokenReference::X509Data(data) => self.x509_data(data),
        }
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
        let is_named = |held: &Certificate| data.fits(held);
        let says_which = held.iter().any(is_named);
        let issued_none = |one: &Certificate| {
            !held.iter().any(|other| other != one && other.issuer() == one.subject())
        };
        let end_entity = held
            .iter()
            .position(|one| if says_which { is_named(one) } else { issued_none(one) })
            .unwrap_or(0);
        let certificate = held.swap_remove(end_entity);
        Ok(Selected::Certificate(certificate, held))
    }

    fn find(&self, what: &str, is_meant: impl Fn(&Certificate) -> bool) -> Result<Selected, Error> {
        match self.known().chain(self.brought()).find(|known| is_meant(known)) {
            Some(certificate) => Ok(Selected::Certificate(certificate, self.brought())),
            None => Err(no_key(&format!(
                "the {what} names a certificate that is not known; give it among the pinned or the \
                 untrusted ones"
            ))),
        }
    }

    fn known(&self) -> impl Iterator<Item = Certificate> {
        let store = &self.keyring.store;
        store.pinned.iter().chain(&store.untrusted).chain(&store.anchors).cloned()
    }

    /// The certificates of the message.
    fn brought(&self) -> Vec<Certificate> {
        self.tokens.iter().filter_map(|token| self.certificate(&token.octets).ok()).collect()
    }

    fn certificate(&self, der: &[u8]) -> Result<Certificate, Error> {
        match self.known().find(|known| known.der() == der) {
            Some(known) => Ok(known),
            None => self.keyring.cache.get_or_read(der),
        }
    }

    fn judge(
        &self,
        certificate: Certificate,
        brought: &[Certificate],
    ) -> Result<ResolvedKey, Error> {
        let Keyring { store, rules, legacy, any_signer, paths, .. } = self.keyring;
        let key = certificate.public_key().clone();
        let decided = store.decide(&certificate, brought, self.at, rules, *legacy, paths);
        let trusted = match decided {
            Ok(_) => true,
            Err(error) if *any_signer && error.cause() == Cause::UntrustedCertificate => false,
            Err(error) => return Err(error),
        };
        let identity = key.der().to_vec();
        let key = VerificationKey::Public(key);
        Ok(ResolvedKey { key, certificate: Some(certificate), trusted, identity })
    }

    fn judge_key(&self, key: PublicKey) -> Result<ResolvedKey, Error> {
        let Keyring { store, legacy, any_signer, .. } = self.keyring;
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
        let identity = key.der().to_vec();
        let key = VerificationKey::Public(key);
        Ok(ResolvedKey { key, certificate: None, trusted, identity })
    }
}

fn no_key(reason: &str) -> Error {
    Error::new(Cause::NoKey, reason)
}
