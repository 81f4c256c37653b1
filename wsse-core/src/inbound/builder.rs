//! What an [`Inbound`] is made of.

use super::Inbound;
use super::keyring::Keyring;
use super::named::{Names, SharedSecret, check_verifiers};
use super::recipients::Recipient;
use crate::crypto::{
    Certificate, Crl, Identity, KeyFamily, NamedVerifier, PrivateKey, PublicKey, RemoteVerifier,
    Secret, SecureRandom, SystemRandom, check_implicit_rejection,
};
use crate::error::{Cause, Error};
use crate::password::Passwords;
use crate::policy::{InboundPolicy, KeyInfoUse, TokenRequirement};
use crate::replay::{MemoryReplayStore, ReplayStore};
use crate::time::{SystemClock, TimeProvider};
use crate::trust::{LastWord, Revocation, TrustDecision};
use std::collections::HashMap;
use std::sync::Arc;

/// Gathers what an [`Inbound`] needs beside its policy.
#[derive(Clone)]
pub struct InboundBuilder {
    policy: InboundPolicy,
    passwords: Option<Passwords>,
    stores: HashMap<String, Arc<dyn ReplayStore>>,
    clock: Arc<dyn TimeProvider>,
    certificates: Vec<(String, Certificate)>,
    public_keys: Vec<(String, PublicKey)>,
    anchors: Vec<(String, Certificate)>,
    untrusted: Vec<Certificate>,
    crls: Vec<Crl>,
    last_word: LastWord,
    secrets: Vec<(String, Secret)>,
    verifiers: Vec<NamedVerifier>,
    recipients: Vec<Recipient>,
}

/// CRLs of one Inbound at most.
const MOST_CRLS: usize = 64;

impl InboundBuilder {
    pub(super) fn new(policy: InboundPolicy) -> Self {
        Self {
            policy,
            passwords: None,
            stores: HashMap::new(),
            clock: Arc::new(SystemClock),
            certificates: Vec::new(),
            public_keys: Vec::new(),
            anchors: Vec::new(),
            untrusted: Vec::new(),
            crls: Vec::new(),
            last_word: LastWord::default(),
            secrets: Vec::new(),
            verifiers: Vec::new(),
            recipients: Vec::new(),
        }
    }

    /// How passwords are known; needed where the policy wants a UsernameToken.
    #[must_use]
    pub fn passwords(mut self, passwords: impl Into<Passwords>) -> Self {
        self.passwords = Some(passwords.into());
        self
    }

    /// The replay store that the policy names; policies name `default` unless they say otherwise.
    #[must_use]
    pub fn replay_store(mut self, name: impl Into<String>, store: Arc<dyn ReplayStore>) -> Self {
        self.stores.insert(name.into(), store);
        self
    }

    /// A certificate that is believed as it is, where the policy's `trust.certificates` has its name;
    /// an empty name serves every name that nothing else serves. References that carry no
    /// certificate can mean it, and a KeyName that is its name.
    #[must_use]
    pub fn certificate(mut self, name: impl Into<String>, certificate: Certificate) -> Self {
        self.certificates.push((name.into(), certificate));
        self
    }

    /// A key that is believed without a certificate, named as [`Self::certificate`].
    #[must_use]
    pub fn public_key(mut self, name: impl Into<String>, key: PublicKey) -> Self {
        self.public_keys.push((name.into(), key));
        self
    }

    /// A certificate at which a path may end, under the name that the policy's `trust.anchors` has;
    /// an empty name serves every policy.
    #[must_use]
    pub fn anchor(mut self, name: impl Into<String>, certificate: Certificate) -> Self {
        self.anchors.push((name.into(), certificate));
        self
    }

    /// A certificate that may stand inside a path, and that references may mean, and that is not
    /// believed for itself.
    #[must_use]
    pub fn untrusted(mut self, certificate: Certificate) -> Self {
        self.untrusted.push(certificate);
        self
    }

    /// A CRL of an issuer of certificates; at most 64. It counts for pinned certificates, too. Other
    /// CRLs later mean another [`Inbound`]: what was found with these is remembered.
    #[must_use]
    pub fn crl(mut self, crl: Crl) -> Self {
        self.crls.push(crl);
        self
    }

    /// Who has the last word on a signer: it may refuse whom the policy believes.
    #[must_use]
    pub fn decide(mut self, decision: Arc<dyn TrustDecision>) -> Self {
        self.last_word = LastWord::new(decision);
        self
    }

    /// A private key of ours that decrypts what was encrypted for its certificate. The name is one by
    /// which a KeyName may mean it; without a name it serves every KeyName that nothing else serves.
    #[must_use]
    pub fn decryption_identity(mut self, name: impl Into<String>, identity: &Identity) -> Self {
        let certificate = Some(identity.certificate().clone());
        let key = identity.key().clone();
        self.recipients.push(Recipient { name: name.into(), key, certificate });
        self
    }

    /// The same for a key alone. Its certificate is looked for among those that are known
    /// ([`Self::certificate`], [`Self::untrusted`]); where it is the only key and has none, every
    /// reference to a certificate means it.
    #[must_use]
    pub fn decryption_key(mut self, name: impl Into<String>, key: PrivateKey) -> Self {
        self.recipients.push(Recipient { name: name.into(), key, certificate: None });
        self
    }

    /// The same for what a file holds ([`crate::crypto::KeyMaterial::into_decryption_key`]): the private
    /// key, and its certificate where that is known.
    #[must_use]
    pub fn decryption_pair(
        mut self,
        name: impl Into<String>,
        key: PrivateKey,
        certificate: Option<Certificate>,
    ) -> Self {
        self.recipients.push(Recipient { name: name.into(), key, certificate });
        self
    }

    /// A shared secret for HMAC signatures, under the KeyName by which messages may mean it; without
    /// a name it serves every KeyName that nothing else serves. All of them are believed. It also
    /// decrypts what was encrypted with it.
    #[must_use]
    pub fn secret(mut self, name: impl Into<String>, secret: Secret) -> Self {
        self.secrets.push((name.into(), secret));
        self
    }

    /// A key that is held elsewhere and checks signatures: a shared secret in a KMS, above all. Its
    /// name is the KeyName by which messages may mean it, and says who signed; without a name it
    /// serves every KeyName that nothing else serves. It checks methods of one family, and is
    /// believed. Give a key once: two names would be two signers.
    #[must_use]
    pub fn remote_verifier(
        self,
        name: impl Into<String>,
        family: KeyFamily,
        verifier: Arc<dyn RemoteVerifier>,
    ) -> Self {
        self.named_verifier(NamedVerifier::new(name, family, verifier))
    }

    /// The same, where name, family and verifier come in one piece.
    #[must_use]
    pub fn named_verifier(mut self, verifier: NamedVerifier) -> Self {
        self.verifiers.push(verifier);
        self
    }

    /// Another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn TimeProvider>) -> Self {
        self.clock = clock;
        self
    }

    /// The finished [`Inbound`].
    ///
    /// # Errors
    /// [`Cause::InvalidPolicy`] for a policy that contradicts itself;
    /// [`Cause::MissingCredential`] where it wants a UsernameToken and there are no passwords, or
    /// digests and there is only a verifier, or names a replay store that was not given, or requires
    /// signatures and there is nothing to check them with, or encryption and nothing that decrypts, or
    /// checks them with the one pinned key and there is not exactly one, or requires CRLs and there are
    /// none; [`Cause::InvalidArgument`] for
    /// an empty shared secret, for keys held elsewhere that share a name or are one and the same, for
    /// too many CRLs, or where the policy says that they are not used.
    pub fn build(mut self) -> Result<Inbound, Error> {
        self.policy.check()?;
        check_implicit_rejection(self.policy.legacy)?;
        let missing = |reason: String| Err(Error::new(Cause::MissingCredential, reason));
        match (self.policy.require.username_token, &self.passwords) {
            (Some(_), None) => {
                return missing(
                    "the policy requires a UsernameToken; give the passwords of its users".into(),
                );
            }
            (Some(TokenRequirement::Digest), Some(Passwords::Verifier(_))) => {
                return missing(
                    "the policy requires a PasswordDigest, which a verifier can't check; give a \
                     look-up or a table of passwords"
                        .into(),
                );
            }
            _ => {}
        }
        let replay = match self.stores.remove(&self.policy.replay_store) {
            Some(store) => store,
            None if self.policy.replay_store == "default" => Arc::new(MemoryReplayStore::new()),
            None => {
                let name = &self.policy.replay_store;
                return missing(format!("the policy names the replay store {name:?}; give it"));
            }
        };
        self.check_crls()?;
        let keyring = self.keyring()?;
        if !self.policy.require.signed.is_empty() && keyring.is_empty() {
            return missing(
                "the policy requires a Signature; give the certificates, anchors, keys or secrets \
                 that it is checked with"
                    .into(),
            );
        }
        let decrypts =
            !keyring.recipients.is_empty() || !keyring.secrets.is_empty() || keyring.request_signer;
        if !self.policy.require.encrypted.is_empty() && !decrypts {
            return missing(
                "the policy requires encrypted parts; give the private key or the secret that \
                 decrypts them"
                    .into(),
            );
        }
        if keyring.ignores_key_info && keyring.only().is_err() {
            return missing(
                "the policy checks every Signature with the one key that is pinned \
                 (`trust.key-info = \"ignore\"`); give exactly one certificate or public key"
                    .into(),
            );
        }
        let Self { policy, passwords, clock, .. } = self;
        let (keyring, memories) = (Arc::new(keyring), Arc::default());
        Ok(Inbound { policy, passwords, replay, clock, memories, keyring })
    }

    fn check_crls(&self) -> Result<(), Error> {
        match (self.policy.trust.rules.revocation, self.crls.len()) {
            (Revocation::Required, 0) => Err(Error::new(
                Cause::MissingCredential,
                "the policy requires CRLs (`trust.revocation = \"required\"`); give those of the \
                 issuers",
            )),
            (Revocation::Off, 1..) => Err(Error::new(
                Cause::InvalidArgument,
                "CRLs are given, and the policy does not use them (`trust.revocation = \"off\"`); \
                 leave out one of the two",
            )),
            (_, 0..=MOST_CRLS) => Ok(()),
            (_, count) => Err(Error::new(
                Cause::InvalidArgument,
                format!("{count} CRLs are given; {MOST_CRLS} are accepted"),
            )),
        }
    }

    /// What serves this policy: what has one of its names, and, for a name that nothing has, what
    /// has none.
    fn keyring(&self) -> Result<Keyring, Error> {
        fn named<T: Clone + PartialEq>(all: &[(String, T)], names: &[String]) -> Vec<T> {
            let is_held = |name: &str| all.iter().any(|(held, _)| held == name);
            let mut found: Vec<T> = Vec::new();
            for name in names {
                let name = if is_held(name) { name.as_str() } else { "" };
                for (_, value) in all.iter().filter(|(held, _)| held == name) {
                    if !found.contains(value) {
                        found.push(value.clone());
                    }
                }
            }
            found
        }
        let trust = &self.policy.trust;
        let secret =
            |(name, secret): &(String, Secret)| SharedSecret::new(name.clone(), secret.clone());
        check_verifiers(&self.verifiers, &self.secrets)?;
        let is_secret = |one: &NamedVerifier| one.family() == KeyFamily::Hmac;
        let (elsewhere, verifiers): (Vec<_>, Vec<_>) =
            self.verifiers.iter().cloned().partition(is_secret);
        let here = self.secrets.iter().map(secret);
        let elsewhere = elsewhere.iter().map(|one| Ok(SharedSecret::remote(one)));
        let mut keyring = Keyring {
            secrets: here.chain(elsewhere).collect::<Result<_, _>>()?,
            names: Names::new(&self.certificates, &self.public_keys, &verifiers),
            verifiers,
            rules: trust.rules.clone(),
            legacy: self.policy.legacy,
            ..Keyring::default()
        };
        keyring.store.pinned = named(&self.certificates, &trust.certificates);
        keyring.store.pinned_keys = named(&self.public_keys, &trust.certificates);
        keyring.store.anchors = named(&self.anchors, core::slice::from_ref(&trust.anchors));
        keyring.store.untrusted.clone_from(&self.untrusted);
        keyring.store.crls.clone_from(&self.crls);
        // Senders know a key by its certificate, wherever that was given.
        keyring.recipients.clone_from(&self.recipients);
        let known = self.certificates.iter().map(|(_, certificate)| certificate);
        let known: Vec<&Certificate> = known.chain(&self.untrusted).collect();
        for recipient in keyring.recipients.iter_mut().filter(|one| one.certificate.is_none()) {
            let of_key = |one: &&&Certificate| one.public_key() == recipient.key.public_key();
            recipient.certificate = known.iter().find(of_key).map(|one| (**one).clone());
        }
        keyring.last_word = self.last_word.clone();
        keyring.set_signers(&self.policy.require.signer);
        if keyring.username_signer || self.passwords.is_some() {
            let mut octets = [0; 32];
            SystemRandom.fill(&mut octets)?;
            keyring.nobodys_password = Some(Secret::new(octets));
        }
        keyring.ignores_key_info = trust.key_info == KeyInfoUse::Ignore;
        Ok(keyring)
    }
}
