//! What was given under names, for a KeyName (XML Signature 1.1, section 4.5.1), and which of several
//! certificates is the signer's.

use super::keyring::{Keyring, Selected, no_key};
use crate::crypto::{
    Certificate, KeyFamily, NamedVerifier, PublicKey, Secret, SignatureMethod, hmac,
};
use crate::error::{Cause, Error};
use crate::keyinfo::VerificationKey;

/// A shared secret, here or elsewhere.
#[derive(Debug)]
pub(super) struct SharedSecret {
    /// The name under which it was given; empty for none.
    name: String,
    pub(super) key: VerificationKey,
    /// The same for the same octets under another name, so that a replay under it is one.
    pub(super) identity: Vec<u8>,
}

/// Certificates and keys by the names under which they were given. That a name means one says
/// nothing of whether it is believed.
#[derive(Debug, Default)]
pub(super) struct Names {
    certificates: Vec<(String, Certificate)>,
    keys: Vec<(String, PublicKey)>,
    verifiers: Vec<(String, NamedVerifier)>,
}

/// Names that policies use where none is given, so that nobody is called so.
const NOBODY: [&str; 2] = ["", "default"];

impl SharedSecret {
    pub(super) fn new(name: String, secret: Secret) -> Result<Self, Error> {
        if secret.octets().is_empty() {
            let reason = "a shared secret is empty, and everyone knows it";
            return Err(Error::new(Cause::InvalidArgument, reason));
        }
        let identity = Self::identity_of(&secret)?;
        Ok(Self { name, key: VerificationKey::Secret(secret), identity })
    }

    /// Who has this secret: the same for the same octets.
    pub(super) fn identity_of(secret: &Secret) -> Result<Vec<u8>, Error> {
        hmac(SignatureMethod::HmacSha256, secret, b"identity of a shared secret")
            .map(|identity| identity.to_vec())
    }

    /// One that is held elsewhere. Who it is, is its name: two of them can't be compared.
    pub(super) fn remote(verifier: &NamedVerifier) -> Self {
        let name = verifier.name().to_owned();
        Self { name, key: VerificationKey::Remote(verifier.clone()), identity: identity(verifier) }
    }

    /// The secret that the names of a KeyInfo mean. One that was given without a name serves every
    /// name that nothing else serves.
    pub(super) fn choose<'s>(all: &'s [Self], names: &[String]) -> Result<&'s Self, Error> {
        let is_named = |secret: &&Self| names.contains(&secret.name);
        let is_nobody = |secret: &&Self| NOBODY.contains(&secret.name.as_str());
        let mut meant: Vec<&Self> = all.iter().filter(is_named).collect();
        if names.is_empty() {
            meant = all.iter().collect();
        } else if meant.is_empty() {
            meant = all.iter().filter(is_nobody).collect();
        }
        match meant.as_slice() {
            [first, others @ ..] if others.iter().all(|one| one.identity == first.identity) => {
                Ok(first)
            }
            [] if names.is_empty() => {
                Err(no_key("the Signature is an HMAC, and no shared secret was given to check it"))
            }
            [] => Err(no_key(&format!(
                "the Signature is an HMAC, and no shared secret was given under the KeyName {}",
                shown(names)
            ))),
            _ => Err(no_key(
                "the Signature is an HMAC, and which of the shared secrets made it is not told",
            )),
        }
    }
}

impl Names {
    pub(super) fn new(
        certificates: &[(String, Certificate)],
        keys: &[(String, PublicKey)],
        verifiers: &[NamedVerifier],
    ) -> Self {
        let verifiers: Vec<(String, NamedVerifier)> =
            verifiers.iter().map(|one| (one.name().to_owned(), one.clone())).collect();
        Self {
            certificates: somebody(certificates),
            keys: somebody(keys),
            verifiers: somebody(&verifiers),
        }
    }

    /// What was given under this name; else, what is pinned without any name.
    pub(super) fn find(&self, name: &str, keyring: &Keyring) -> Result<Selected, Error> {
        let certificates: Vec<Certificate> = of(&self.certificates, name);
        let keys: Vec<PublicKey> = of(&self.keys, name);
        let mut verifiers = self.verifiers.iter().filter(|(held, _)| held == name);
        match (certificates.as_slice(), keys.as_slice(), verifiers.next()) {
            ([], [], None) => self.of_nobody(name, keyring),
            ([], [key], None) => Ok(Selected::Key(key.clone())),
            ([], [], Some((_, verifier))) => Ok(Selected::Remote(verifier.clone())),
            (all, [], None) if let Some(place) = end_entity(all) => {
                let mut all = certificates;
                let certificate = all.swap_remove(place);
                Ok(Selected::certificate(certificate, all))
            }
            _ => {
                let name = shown(&[name.to_owned()]);
                Err(no_key(&format!("several keys were given under the KeyName {name}")))
            }
        }
    }

    fn of_nobody(&self, name: &str, keyring: &Keyring) -> Result<Selected, Error> {
        let is_somebody = |selected: &Selected| match selected {
            Selected::Certificate(chosen) => {
                self.certificates.iter().any(|(_, held)| *held == chosen.certificate)
            }
            Selected::Key(key) => self.keys.iter().any(|(_, held)| held == key),
            Selected::Remote(verifier) => !NOBODY.contains(&verifier.name()),
        };
        match keyring.only() {
            Ok(only) if !is_somebody(&only) => Ok(only),
            _ => Err(no_key(&format!(
                "no certificate or key was given under the KeyName {}",
                shown(&[name.to_owned()])
            ))),
        }
    }
}

/// Checks that verifiers can be told apart. KeyInfo is not signed, so a key under two names would be
/// two signers, and let a replay pass once for each.
pub(super) fn check_verifiers(
    verifiers: &[NamedVerifier],
    secrets: &[(String, Secret)],
) -> Result<(), Error> {
    for (index, one) in verifiers.iter().enumerate() {
        let mut others = verifiers.iter().take(index);
        let name = one.name();
        let reason = if others.clone().any(|other| other.name() == name) {
            format!("two keys that are held elsewhere are named {name:?}; give each its own name")
        } else if others.any(|other| other.is_same(one)) {
            format!(
                "the key {name:?} that is held elsewhere is given under another name as well; give \
                 it one name"
            )
        } else if one.family() == KeyFamily::Hmac && secrets.iter().any(|(held, _)| held == name) {
            format!("the key {name:?} is given as a secret, and as one that is held elsewhere")
        } else {
            continue;
        };
        return Err(Error::new(Cause::InvalidArgument, reason));
    }
    Ok(())
}

/// Told apart from a SubjectPublicKeyInfo by its first octet, and from an HMAC by chance.
pub(super) fn identity(verifier: &NamedVerifier) -> Vec<u8> {
    [b"held elsewhere: ", verifier.name().as_bytes()].concat()
}

/// The places of the certificates that issued none of the others.
fn end_entities(certificates: &[Certificate]) -> impl Iterator<Item = usize> {
    let issued_none = |one: &Certificate| {
        !certificates.iter().any(|other| other != one && other.issuer() == one.subject())
    };
    (0..certificates.len()).filter(move |place| certificates.get(*place).is_some_and(issued_none))
}

/// The first of them.
pub(super) fn lowest(certificates: &[Certificate]) -> Option<usize> {
    end_entities(certificates).next()
}

/// The only one of them.
pub(super) fn end_entity(certificates: &[Certificate]) -> Option<usize> {
    let mut places = end_entities(certificates);
    places.next().filter(|_| places.next().is_none())
}

fn somebody<T: Clone>(all: &[(String, T)]) -> Vec<(String, T)> {
    all.iter().filter(|(name, _)| !NOBODY.contains(&name.as_str())).cloned().collect()
}

fn of<T: Clone + PartialEq>(all: &[(String, T)], name: &str) -> Vec<T> {
    let mut found: Vec<T> = Vec::new();
    for (_, held) in all.iter().filter(|(known, _)| known == name) {
        if !found.contains(held) {
            found.push(held.clone());
        }
    }
    found
}

pub(super) fn shown(names: &[String]) -> String {
    let names: Vec<String> = names
        .iter()
        .take(4)
        .map(|name| format!("{:?}", name.chars().take(60).collect::<String>()))
        .collect();
    names.join(", ")
}
