//! What a file of keys or certificates holds, by its content: no file name and no option says.

use super::certificate::Certificate;
use super::distinguished_name::element;
use super::identity::Identity;
use super::legacy::{Failure, attempt};
use super::pem::{self, no_password, wrong_password};
use super::private_key::PrivateKey;
use super::public_key::{KeyKind, PublicKey};
use super::recipient_key::RecipientKey;
use super::secret::Secret;
use crate::error::{Cause, Error};
use openssl::ec::EcKey;
use openssl::error::ErrorStack;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;

/// What one or more files of ours hold.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct KeyMaterial {
    /// The private key: there is one at most.
    pub private_key: Option<PrivateKey>,
    /// Certificates, in the order of the file.
    pub certificates: Vec<Certificate>,
    /// Public keys that stand alone, in the order of the file.
    pub public_keys: Vec<PublicKey>,
}

/// Octets of a password at most: as many as OpenSSL makes room for.
const MOST_PASSWORD: usize = 1024;
/// Rounds of a password's derivation at most: OWASP recommends under a million and a half.
const MOST_ROUNDS: u64 = 20_000_000;

/// What octets in DER are.
enum Form {
    Certificate,
    Pkcs1,
    Pkcs8,
    EncryptedPkcs8,
    Sec1,
    PublicKey,
    Pkcs12,
}

impl KeyMaterial {
    /// Reads what `octets` are by their content:
    ///
    /// - PEM of any number of blocks: `CERTIFICATE`, `PRIVATE KEY`, `ENCRYPTED PRIVATE KEY`,
    ///   `RSA PRIVATE KEY` and `EC PRIVATE KEY` (also encrypted), `PUBLIC KEY`, `RSA PUBLIC KEY`;
    ///   other blocks, and the text around blocks, are skipped;
    /// - DER of one certificate, private key (PKCS#8, also encrypted, PKCS#1, SEC 1) or public key;
    /// - PKCS#12, of which the first private key and every certificate is taken.
    ///
    /// `password` opens what is encrypted and is otherwise not looked at; none is ever asked for.
    ///
    /// # Errors
    /// [`Cause::UnreadableKey`] for what is none of these, damaged, holds two private keys, or a
    /// key other than RSA, EC on a named curve P-256, P-384, P-521, Ed25519, Ed448 and X25519,
    /// which agrees on keys alone, or a private one of DSA;
    /// [`Cause::WrongKeyPassword`] where the password is wrong, or missing;
    /// [`Cause::UnsupportedContainer`] for what the linked OpenSSL can't open.
    pub fn read(octets: &[u8], password: Option<&Secret>) -> Result<Self, Error> {
        if password.is_some_and(|password| password.octets().len() > MOST_PASSWORD) {
            let reason = format!("the password of the key has more than {MOST_PASSWORD} octets");
            return Err(Error::new(Cause::WrongKeyPassword, reason));
        }
        let mut material = Self::default();
        if form(octets).is_some() {
            material.read_der(octets, password)?;
        } else if pem::is_pem(octets) {
            material.read_pem(octets, password)?;
        } else {
            return Err(what_else(octets));
        }
        Ok(material)
    }

    /// Reads only the certificates of PEM or DER: private keys beside them, also encrypted ones, are
    /// passed by.
    ///
    /// # Errors
    /// [`Cause::UnreadableKey`] for what is neither, is damaged, or holds no certificate.
    pub fn read_certificates(octets: &[u8]) -> Result<Vec<Certificate>, Error> {
        let mut material = Self::default();
        if matches!(form(octets), Some(Form::Certificate)) {
            material.read_der(octets, None)?;
        } else if pem::is_pem(octets) {
            for block in pem::blocks(octets)? {
                if matches!(block.label, "CERTIFICATE" | "X509 CERTIFICATE") {
                    material.read_der(&block.decode(None)?.0, None)?;
                }
            }
        } else {
            return Err(what_else(octets));
        }
        material.into_certificates()
    }

    fn read_pem(&mut self, octets: &[u8], password: Option<&Secret>) -> Result<(), Error> {
        let mut skipped = Vec::new();
        for block in pem::blocks(octets)? {
            match block.label {
                "CERTIFICATE"
                | "X509 CERTIFICATE"
                | "PRIVATE KEY"
                | "ENCRYPTED PRIVATE KEY"
                | "RSA PRIVATE KEY"
                | "EC PRIVATE KEY"
                | "PUBLIC KEY"
                | "RSA PUBLIC KEY" => {
                    let (der, was_encrypted) = block.decode(password)?;
                    self.read_der(&der, password).map_err(|error| {
                        // A wrong password may go unnoticed until the octets make no sense.
                        if was_encrypted && form(&der).is_none() { wrong_password() } else { error }
                    })?;
                }
                "TRUSTED CERTIFICATE" => {
                    return Err(unreadable(
                        "a TRUSTED CERTIFICATE carries settings of OpenSSL, which would be \
                         ignored; write it as `openssl x509 -in old.pem -out new.pem` does",
                    ));
                }
                "OPENSSH PRIVATE KEY" => {
                    return Err(unreadable(
                        "it is a key in the form of OpenSSH; `ssh-keygen -p -m PKCS8 -f key` \
                         rewrites it",
                    ));
                }
                "DSA PRIVATE KEY" => {
                    return Err(unfit("is DSA, with which signatures are only verified"));
                }
                label => skipped.push(label),
            }
        }
        if self.private_key.is_none() && self.certificates.is_empty() && self.public_keys.is_empty()
        {
            let reason = format!(
                "the PEM holds neither a key nor a certificate, only {}",
                skipped.join(", ")
            );
            return Err(Error::new(Cause::UnreadableKey, reason));
        }
        Ok(())
    }

    fn read_der(&mut self, der: &[u8], password: Option<&Secret>) -> Result<(), Error> {
        let key = match form(der) {
            None => return Err(what_else(der)),
            Some(Form::Certificate) => {
                self.certificates.push(Certificate::from_der(der).map_err(of_file)?);
                return Ok(());
            }
            Some(Form::PublicKey) => {
                let key = PublicKey::from_der(der).map_err(of_file)?;
                check_use(key.kind())?;
                self.public_keys.push(key);
                return Ok(());
            }
            Some(Form::Pkcs12) => return self.read_pkcs12(der, password),
            Some(Form::EncryptedPkcs8) => open_pkcs8(der, password)?,
            Some(Form::Pkcs8) => PKey::private_key_from_pkcs8(der).map_err(damaged)?,
            Some(Form::Pkcs1) => {
                Rsa::private_key_from_der(der).and_then(PKey::from_rsa).map_err(damaged)?
            }
            Some(Form::Sec1) => {
                EcKey::private_key_from_der(der).and_then(PKey::from_ec_key).map_err(damaged)?
            }
        };
        self.take_private_key(key)
    }

    fn take_private_key(&mut self, key: PKey<Private>) -> Result<(), Error> {
        let key = PrivateKey::new(key)?;
        let kind = key.kind();
        if matches!(kind, KeyKind::Dsa { .. }) {
            return Err(unfit(&format!("is {kind}, with which signatures are only verified")));
        }
        check_use(kind)?;
        if self.private_key.replace(key).is_some() {
            return Err(unreadable("there are two private keys; leave the one that is meant"));
        }
        Ok(())
    }

    fn read_pkcs12(&mut self, der: &[u8], password: Option<&Secret>) -> Result<(), Error> {
        check_rounds(der)?;
        let store = Pkcs12::from_der(der).map_err(|_| unreadable("the PKCS#12 is damaged"))?;
        let text = password.map(|password| core::str::from_utf8(password.octets()));
        let text = match text.transpose() {
            Ok(text) => text.unwrap_or_default(),
            Err(_) => {
                return Err(Error::new(
                    Cause::WrongKeyPassword,
                    "the password of a PKCS#12 is text in UTF-8, and this one is not",
                ));
            }
        };
        if text.contains('\0') {
            return Err(wrong_password());
        }
        let opened = attempt(|| store.parse2(text)).map_err(|failure| match failure {
            Failure::Unsupported => Error::new(
                Cause::UnsupportedContainer,
                "the PKCS#12 is encrypted with an algorithm of former days (such as RC2) that the \
                 linked OpenSSL can't do; write it anew with `openssl pkcs12 -legacy -in old.p12 \
                 -nodes | openssl pkcs12 -export -out new.p12`",
            ),
            Failure::Other(stack) if is_wrong_password(&stack) && password.is_none() => {
                no_password()
            }
            Failure::Other(stack) if is_wrong_password(&stack) => wrong_password(),
            Failure::Other(_) => unreadable("the PKCS#12 is damaged"),
        })?;
        for x509 in opened.cert.into_iter().chain(opened.ca.into_iter().flatten()) {
            self.certificates.push(Certificate::from_x509(x509).map_err(of_file)?);
        }
        if let Some(key) = opened.pkey {
            self.take_private_key(key)?;
        }
        if self.private_key.is_none() && self.certificates.is_empty() {
            return Err(unreadable("the PKCS#12 holds neither a key nor a certificate"));
        }
        Ok(())
    }

    /// What is to be believed as it is: every certificate, and every public key that stands alone.
    ///
    /// # Errors
    /// [`Cause::UnreadableKey`] where there is neither, or a public key of X25519, with which no
    /// signature is checked. The reason says "it": the caller knows the name of the file.
    pub fn into_pins(self) -> Result<(Vec<Certificate>, Vec<PublicKey>), Error> {
        if let Some(key) = self.public_keys.iter().find(|key| key.kind().check_verifies().is_err())
        {
            return Err(unfit(&format!("is {}", key.kind())));
        }
        if self.certificates.is_empty() && self.public_keys.is_empty() {
            return Err(nobody());
        }
        Ok((self.certificates, self.public_keys))
    }

    /// Who is encrypted for: the first certificate, as the others lead upward from it, or else the first
    /// public key.
    ///
    /// # Errors
    /// [`Cause::UnreadableKey`] where there is neither. The reason says "it", as that of
    /// [`Self::into_pins`].
    pub fn into_recipient(self) -> Result<RecipientKey, Error> {
        let certificate = self.certificates.into_iter().next().map(RecipientKey::from);
        let key = self.public_keys.into_iter().next().map(RecipientKey::from);
        certificate.or(key).ok_or_else(nobody)
    }

    /// The certificates, for those of which a path may be made. A public key that stands alone has
    /// no place in one, and is not passed over in silence.
    ///
    /// # Errors
    /// [`Cause::UnreadableKey`] where there is no certificate, or a public key that stands alone. The
    /// reason says "it", as that of [`Self::into_pins`].
    pub fn into_certificates(self) -> Result<Vec<Certificate>, Error> {
        let refuse = |reason: &str| Err(Error::new(Cause::UnreadableKey, reason));
        if self.certificates.is_empty() {
            return refuse("it holds no certificate");
        }
        if !self.public_keys.is_empty() {
            return refuse("it holds a bare public key beside its certificates");
        }
        Ok(self.certificates)
    }

    /// The private key with the certificate that belongs to it, which is the first one that does,
    /// and with those of the others that lead from it upward.
    ///
    /// # Errors
    /// [`Cause::MissingCredential`] without a private key or a certificate;
    /// [`Cause::KeyPairMismatch`] where no certificate belongs to the key; [`Cause::UnreadableKey`] for
    /// a key of X25519, which signs nothing: [`Self::into_decryption_key`] takes it.
    pub fn into_identity(self) -> Result<Identity, Error> {
        let missing = |what: &str| {
            let reason = format!("there is no {what}; an identity needs a key and a certificate");
            Error::new(Cause::MissingCredential, reason)
        };
        let key = self.private_key.ok_or_else(|| missing("private key"))?;
        if key.kind().check_verifies().is_err() {
            return Err(unfit(&format!("is {}", key.kind())));
        }
        if self.certificates.is_empty() {
            return Err(missing("certificate"));
        }
        Identity::choose(key, self.certificates)
    }

    /// The private key, to decrypt with, and the certificate that belongs to it where there is one.
    ///
    /// # Errors
    /// [`Cause::MissingCredential`] without a private key; [`Cause::KeyPairMismatch`] where there are
    /// certificates and none belongs to it. The reason says "it", as that of [`Self::into_pins`].
    pub fn into_decryption_key(self) -> Result<(PrivateKey, Option<Certificate>), Error> {
        let Some(key) = self.private_key else {
            return Err(Error::new(Cause::MissingCredential, "it holds no private key"));
        };
        if self.certificates.is_empty() {
            return Ok((key, None));
        }
        let identity = Identity::choose(key, self.certificates)?;
        Ok((identity.key().clone(), Some(identity.certificate().clone())))
    }
}

/// Refuses a key with which nothing is done here.
fn check_use(kind: KeyKind) -> Result<(), Error> {
    match kind {
        KeyKind::X25519 => Ok(()),
        _ => kind.check_verifies().map_err(|_| unfit(&format!("is {kind}"))),
    }
}

fn nobody() -> Error {
    Error::new(Cause::UnreadableKey, "it holds neither a certificate nor a public key")
}

fn unfit(what: &str) -> Error {
    unreadable(&format!(
        "the key {what}; RSA of 2048 bits or more, EC on P-256, P-384 or P-521, Ed25519 or Ed448 is \
         needed"
    ))
}

fn open_pkcs8(der: &[u8], password: Option<&Secret>) -> Result<PKey<Private>, Error> {
    check_rounds(der)?;
    let password = password.ok_or_else(no_password)?;
    let write = |room: &mut [u8]| {
        let octets = password.octets();
        let Some(room) = room.get_mut(..octets.len()) else { return Ok(0) };
        room.copy_from_slice(octets);
        Ok(octets.len())
    };
    attempt(|| PKey::private_key_from_pkcs8_callback(der, write)).map_err(|failure| match failure {
        Failure::Unsupported => Error::new(
            Cause::UnsupportedContainer,
            "the key is encrypted with an algorithm that the linked OpenSSL can't do; write it \
             anew with `openssl pkcs8 -provider legacy -provider default -topk8 -in old.pem -out \
             new.pem`",
        ),
        Failure::Other(_) => wrong_password(),
    })
}

/// Whether OpenSSL means that the password did not open a PKCS#12.
fn is_wrong_password(stack: &ErrorStack) -> bool {
    stack.errors().iter().any(|error| {
        matches!(
            error.reason(),
            Some("mac verify failure" | "bad decrypt" | "pkcs12 cipherfinal error")
        )
    })
}

/// What the octets are, when they are one element of DER (or begin as BER, which some PKCS#12 do).
fn form(der: &[u8]) -> Option<Form> {
    const INTEGER: u8 = 0x02;
    const BIT_STRING: u8 = 0x03;
    const OCTET_STRING: u8 = 0x04;
    const OBJECT_IDENTIFIER: u8 = 0x06;
    const SEQUENCE: u8 = 0x30;
    if der.starts_with(&[SEQUENCE, 0x80, INTEGER, 1, 3]) {
        return Some(Form::Pkcs12);
    }
    let (SEQUENCE, content, []) = element(der)? else { return None };
    let (first, value, rest) = element(content)?;
    let (second, _, rest) = element(rest)?;
    Some(match (first, value, second) {
        (INTEGER, [3], SEQUENCE) => Form::Pkcs12,
        (INTEGER, [0 | 1], SEQUENCE) => Form::Pkcs8,
        (INTEGER, [1], OCTET_STRING) => Form::Sec1,
        (INTEGER, [0 | 1], INTEGER) => Form::Pkcs1,
        (INTEGER, _, INTEGER) if rest.is_empty() => Form::PublicKey,
        (SEQUENCE, [OBJECT_IDENTIFIER, ..], BIT_STRING) => Form::PublicKey,
        (SEQUENCE, [OBJECT_IDENTIFIER, ..], OCTET_STRING) => Form::EncryptedPkcs8,
        (SEQUENCE, _, SEQUENCE) if matches!(element(rest), Some((BIT_STRING, _, []))) => {
            Form::Certificate
        }
        _ => return None,
    })
}

/// Refuses a file that asks for so many rounds of password derivation that it would never end.
fn check_rounds(der: &[u8]) -> Result<(), Error> {
    if most_rounds(der, 16) > MOST_ROUNDS {
        return Err(unreadable("it asks for so many rounds of derivation that nobody can open it"));
    }
    Ok(())
}

/// The largest short integer: key stores have them for rounds and versions only.
fn most_rounds(mut der: &[u8], depth: u8) -> u64 {
    let mut most = 0;
    while let Some((tag, content, rest)) = element(der) {
        match tag {
            0x02 if content.len() <= 8 => {
                most = most.max(content.iter().fold(0, |sum, octet| sum << 8 | u64::from(*octet)));
            }
            0x04 | 0x24 | 0x30 | 0x31 | 0xA0 if depth > 0 => {
                most = most.max(most_rounds(content, depth - 1));
            }
            _ => {}
        }
        der = rest;
    }
    most
}

/// An error for octets that are no form that can be read, in words that help.
fn what_else(octets: &[u8]) -> Error {
    match octets {
        [] => unreadable("it is empty"),
        [0xFE, 0xED, 0xFE, 0xED, ..] | [0xCE, 0xCE, 0xCE, 0xCE, ..] => Error::new(
            Cause::UnsupportedContainer,
            "it is a Java key store; write it as PKCS#12 with `keytool -importkeystore \
             -srckeystore old.jks -destkeystore new.p12 -deststoretype PKCS12`",
        ),
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] => {
            unreadable("it is text in UTF-16; save it as ASCII or UTF-8")
        }
        [0x30, ..] => unreadable(
            "it begins like DER, but is damaged or cut off, or no certificate, key or PKCS#12",
        ),
        _ => unreadable("it is neither PEM, nor a certificate or key in DER, nor PKCS#12"),
    }
}

fn unreadable(reason: &str) -> Error {
    Error::new(Cause::UnreadableKey, format!("the file of keys can't be used: {reason}"))
}

fn damaged(_: ErrorStack) -> Error {
    unreadable("the private key in it is damaged, or of an unknown kind")
}

/// What is wrong with a certificate or key of a message has other names than with our own.
#[expect(clippy::needless_pass_by_value, reason = "the form that map_err wants")]
fn of_file(error: Error) -> Error {
    Error::new(Cause::UnreadableKey, error.reason())
}
