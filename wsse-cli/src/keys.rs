//! Files of keys, certificates and secrets, for those who sign and those who check.

use crate::arguments::{KnownKeys, NamedFile, OwnKeys};
use crate::{Streams, credentials, files};
use std::path::Path;
use wsse_core::crypto::{Certificate, Crl, Identity, KeyMaterial, Secret};
use wsse_core::policy::{DataKeyTransport, EncryptedKeySource};
use wsse_core::{Cause, Error, InboundBuilder, InboundPolicy, OutboundBuilder, OutboundPolicy};

/// Keys and certificates are small; what is larger is the wrong file.
const LIMIT: usize = 1 << 20;
/// A file of revocation lists may hold several large ones.
const LIMIT_OF_CRLS: usize = 16 << 20;

impl OwnKeys {
    /// Whether there is a secret and no key.
    pub(crate) fn are_secrets(&self) -> bool {
        !self.secrets.is_empty() && self.keys.is_empty() && self.stores.is_empty()
    }

    /// Refuses names that the policy does not use: what they stand for would neither sign nor encrypt.
    pub(crate) fn check_names(&self, policy: &OutboundPolicy) -> Result<(), Error> {
        let Self { keys, certificates, stores, secrets, recipients, .. } = self;
        let signing: Vec<&str> = policy.signatures.iter().map(|one| one.key.as_str()).collect();
        let encryptions = policy.encryptions.iter();
        let mut encrypting_for: Vec<_> = encryptions
            .filter(|one| one.transport != DataKeyTransport::Common)
            .flat_map(|one| one.recipients.iter().map(|name| (one.transport.is_public(), name)))
            .collect();
        let key =
            policy.encrypted_key.iter().filter(|key| key.source == EncryptedKeySource::Message);
        encrypting_for.extend(key.map(|key| (key.transport.is_public(), &key.recipient)));
        let encrypting = |is_public: bool| {
            let those = encrypting_for.iter().filter(move |one| one.0 == is_public);
            those.map(|one| one.1.as_str())
        };
        let public: Vec<&str> = encrypting(true).collect();
        let shared: Vec<&str> = signing.iter().copied().chain(encrypting(false)).collect();
        let signs = ("makes no Signature", "key", "signs with");
        for (option, files, names, (nothing, what, does)) in [
            ("key", keys, &signing, signs),
            ("cert", certificates, &signing, signs),
            ("pkcs12", stores, &signing, signs),
            ("secret", secrets, &shared, signs),
            ("recipient", recipients, &public, ("encrypts nothing", "recipient", "encrypts for")),
        ] {
            for file in files {
                if names.is_empty() {
                    return Err(invalid(format!("--{option} is given, but the policy {nothing}")));
                }
                if !file.name.is_empty() && !names.contains(&&*file.name) {
                    let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
                    return Err(invalid(format!(
                        "--{option} {}=… names no {what} of the policy, which {does} {}",
                        file.name,
                        names.join(", ")
                    )));
                }
            }
        }
        Ok(())
    }

    /// Hands everything to the builder.
    pub(crate) fn give(
        &self,
        mut builder: OutboundBuilder,
        streams: &Streams<'_>,
    ) -> Result<OutboundBuilder, Error> {
        let password = password(self.key_password_env.as_deref(), streams)?;
        let files: Vec<&NamedFile> = self.keys.iter().chain(&self.stores).collect();
        for (index, file) in files.iter().enumerate() {
            if files.iter().take(index).any(|before| before.name == file.name) {
                return Err(invalid(match file.name.as_str() {
                    "" => "two keys are given; name them as the policy does: --key NAME=FILE"
                        .to_owned(),
                    name => format!("two keys are given for the name {name:?}"),
                }));
            }
            builder = builder.identity(file.name.clone(), self.identity(file, password.as_ref())?);
        }
        if let Some(alone) = self
            .certificates
            .iter()
            .find(|certificate| files.iter().all(|file| file.name != certificate.name))
        {
            return Err(Error::new(
                Cause::MissingCredential,
                format!(
                    "{}: the certificate has no private key beside it; give it as --key {}FILE",
                    alone.path.display(),
                    prefix(&alone.name)
                ),
            ));
        }
        for file in &self.secrets {
            builder = builder.secret(file.name.clone(), secret(&file.path)?);
        }
        for file in &self.recipients {
            builder = recipient(builder, file.name.clone(), &file.path, password.as_ref())?;
        }
        Ok(builder)
    }

    fn identity(&self, file: &NamedFile, password: Option<&Secret>) -> Result<Identity, Error> {
        let mut material = read(&file.path, password)?;
        if material.private_key.is_none() {
            return Err(Error::new(
                Cause::UnreadableKey,
                format!("{}: it holds no private key", file.path.display()),
            ));
        }
        let mut paths = vec![file.path.display().to_string()];
        for other in self.certificates.iter().filter(|other| other.name == file.name) {
            let more = read(&other.path, password)?;
            if more.certificates.is_empty() {
                return Err(Error::new(
                    Cause::UnreadableKey,
                    format!("{}: it holds no certificate", other.path.display()),
                ));
            }
            material.certificates.extend(more.certificates);
            paths.push(other.path.display().to_string());
        }
        if material.certificates.is_empty() {
            return Err(Error::new(
                Cause::MissingCredential,
                format!(
                    "{}: it holds no certificate of the key; give it as --cert {}FILE",
                    file.path.display(),
                    prefix(&file.name)
                ),
            ));
        }
        material.into_identity().map_err(|error| of_file(&paths.join(", "), &error))
    }
}

impl KnownKeys {
    /// Refuses names that the policy does not use: what they stand for would check nothing.
    pub(crate) fn check_names(&self, policy: &InboundPolicy) -> Result<(), Error> {
        let trust = &policy.trust;
        let anchors = std::slice::from_ref(&trust.anchors);
        for (option, key, files, names) in [
            ("cert", "certificates", &self.certificates, trust.certificates.as_slice()),
            ("trust", "anchors", &self.anchors, anchors),
        ] {
            let stranger = |file: &&NamedFile| !file.name.is_empty() && !names.contains(&file.name);
            if let Some(file) = files.iter().find(stranger) {
                let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
                return Err(invalid(format!(
                    "--{option} {}=… is no name that the policy uses; its `trust.{key}` is {}",
                    file.name,
                    names.join(", ")
                )));
            }
        }
        Ok(())
    }

    /// Hands everything to the builder.
    pub(crate) fn give(
        &self,
        mut builder: InboundBuilder,
        streams: &Streams<'_>,
    ) -> Result<InboundBuilder, Error> {
        let password = password(self.key_password_env.as_deref(), streams)?;
        for file in &self.certificates {
            let material = read(&file.path, password.as_ref())?;
            let (certificates, public_keys) = material
                .into_pins()
                .map_err(|error| of_file(&file.path.display().to_string(), &error))?;
            for certificate in certificates {
                builder = builder.certificate(file.name.clone(), certificate);
            }
            for key in public_keys {
                builder = builder.public_key(file.name.clone(), key);
            }
        }
        for file in &self.anchors {
            for certificate in certificates(&file.path, password.as_ref())? {
                builder = builder.anchor(file.name.clone(), certificate);
            }
        }
        for path in &self.untrusted {
            for certificate in certificates(path, password.as_ref())? {
                builder = builder.untrusted(certificate);
            }
        }
        for path in &self.crls {
            for crl in crls(path)? {
                builder = builder.crl(crl);
            }
        }
        for file in &self.secrets {
            builder = builder.secret(file.name.clone(), secret(&file.path)?);
        }
        for file in &self.keys {
            let (key, certificate) = read(&file.path, password.as_ref())?
                .into_decryption_key()
                .map_err(|error| of_file(&file.path.display().to_string(), &error))?;
            builder = builder.decryption_pair(file.name.clone(), key, certificate);
        }
        Ok(builder)
    }
}

/// Gives the builder whom the file is of, under the name.
pub(crate) fn recipient(
    builder: OutboundBuilder,
    name: String,
    path: &Path,
    password: Option<&Secret>,
) -> Result<OutboundBuilder, Error> {
    let key = read(path, password)?
        .into_recipient()
        .map_err(|error| of_file(&path.display().to_string(), &error))?;
    Ok(builder.recipient(name, key))
}

fn crls(path: &Path) -> Result<Vec<Crl>, Error> {
    let octets = files::read_file(path, LIMIT_OF_CRLS, "the revocation list")?;
    if octets.len() > LIMIT_OF_CRLS {
        let reason = format!("{}: it is larger than 16 MiB", path.display());
        return Err(Error::new(Cause::UnreadableCrl, reason));
    }
    Crl::many(&octets).map_err(|error| of_file(&path.display().to_string(), &error))
}

fn certificates(path: &Path, password: Option<&Secret>) -> Result<Vec<Certificate>, Error> {
    read(path, password)?
        .into_certificates()
        .map_err(|error| of_file(&path.display().to_string(), &error))
}

pub(crate) fn read(path: &Path, password: Option<&Secret>) -> Result<KeyMaterial, Error> {
    let octets = octets(path, "the key or certificate")?;
    KeyMaterial::read(octets.octets(), password).map_err(|error| {
        let error = of_file(&path.display().to_string(), &error);
        if error.cause() != Cause::WrongKeyPassword || password.is_some() {
            return error;
        }
        let reason = format!(
            "{}; --key-password-env takes the name of a variable that holds it",
            error.reason()
        );
        Error::new(error.cause(), reason)
    })
}

pub(crate) fn secret(path: &Path) -> Result<Secret, Error> {
    let secret = octets(path, "the secret")?;
    if secret.octets().is_empty() {
        let reason =
            format!("{}: the file is empty, and an empty secret protects nothing", path.display());
        return Err(Error::new(Cause::MissingCredential, reason));
    }
    Ok(secret)
}

/// The octets of a file, which are overwritten when they are no longer needed.
fn octets(path: &Path, what: &str) -> Result<Secret, Error> {
    let octets = Secret::new(files::read_file(path, LIMIT, what)?);
    if octets.octets().len() > LIMIT {
        let reason =
            format!("{}: it is larger than 1 MiB, so it is hardly the right file", path.display());
        return Err(Error::new(Cause::UnreadableKey, reason));
    }
    Ok(octets)
}

pub(crate) fn password(
    variable: Option<&str>,
    streams: &Streams<'_>,
) -> Result<Option<Secret>, Error> {
    variable.map(|variable| credentials::password(variable, streams)).transpose()
}

fn prefix(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("{name}=") }
}

pub(crate) fn of_file(paths: &str, error: &Error) -> Error {
    Error::new(error.cause(), format!("{paths}: {}", error.reason()))
}

fn invalid(reason: String) -> Error {
    Error::new(Cause::InvalidArgument, reason)
}
