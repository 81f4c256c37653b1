//! Signs a message with a private key in a token that speaks PKCS#11 (an HSM, a smart card, SoftHSM),
//! and prints it.
//!
//!     TOKEN_PIN=1234 cargo run -p wsse-core --example pkcs11_sign -- \
//!         /usr/lib/softhsm/libsofthsm2.so TOKEN LABEL CERTIFICATE < request.xml > signed.xml

#![expect(clippy::print_stderr, reason = "a command says why it fails")]

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Function, Pkcs11};
use cryptoki::error::{Error as Pkcs11Error, RvError};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::session::UserType;
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use std::io::{Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use wsse_core::crypto::{
    DigestMethod, Identity, KeyFamily, KeyMaterial, RemoteKey, SignatureMethod, SigningRequest,
};
use wsse_core::{Call, Cause, Error, Outbound, OutboundPolicy};

const POLICY: &str = "version = 1\norder = [\"timestamp\", \"signature\"]\n\
                      signature = [{ parts = [\"body\", \"timestamp\"] }]\n";

/// A private key in a token, by its label.
struct TokenKey {
    module: Pkcs11,
    slot: Slot,
    pin: AuthPin,
    label: String,
}

impl TokenKey {
    fn open(module: &str, token: &str, pin: String, label: &str) -> Result<Self, Error> {
        let context = Pkcs11::new(module).map_err(unavailable)?;
        let threads = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        context.initialize(threads).map_err(unavailable)?;
        let slots = context.get_slots_with_token().map_err(unavailable)?;
        let is_meant = |slot: &Slot| {
            context.get_token_info(*slot).is_ok_and(|info| info.label().trim_end() == token)
        };
        let slot = slots.into_iter().find(is_meant).ok_or_else(|| {
            let reason = format!("no token is labelled {token:?}");
            Error::new(Cause::RemoteKeyUnavailable, reason)
        })?;
        Ok(Self { module: context, slot, pin: AuthPin::from(pin), label: label.to_owned() })
    }

    /// What the token is told to do, and with which octets: it pads and signs, and we hash.
    fn mechanism(request: &SigningRequest<'_>) -> Result<(Mechanism<'static>, Vec<u8>), Error> {
        let method = request.method;
        let digest = request.digest()?.map(|digest| digest.octets().to_vec());
        Ok(match (method.family(), request.digest_info()?, digest) {
            (KeyFamily::Rsa, Some(info), _) => (Mechanism::RsaPkcs, info),
            (KeyFamily::Rsa, None, Some(digest)) => (pss(method)?, digest),
            (KeyFamily::Ecdsa, _, Some(digest)) => (Mechanism::Ecdsa, digest),
            _ => return Err(unsupported(method)),
        })
    }
}

impl RemoteKey for TokenKey {
    fn sign(&self, request: &SigningRequest<'_>) -> Result<Vec<u8>, Error> {
        let (mechanism, octets) = Self::mechanism(request)?;
        // A session belongs to one thread, so each signature has one of its own.
        let session = self.module.open_ro_session(self.slot).map_err(unavailable)?;
        match session.login(UserType::User, Some(&self.pin)) {
            Ok(()) | Err(Pkcs11Error::Pkcs11(RvError::UserAlreadyLoggedIn, Function::Login)) => {}
            Err(error) => return Err(unavailable(error)),
        }
        let wanted = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::Label(self.label.clone().into()),
        ];
        let found = session.find_objects(&wanted).map_err(unavailable)?;
        let [key] = found.as_slice() else {
            let reason = format!("{} private keys are labelled {:?}", found.len(), self.label);
            return Err(Error::new(Cause::RemoteKeyUnavailable, reason));
        };
        session.sign(&mechanism, *key, &octets).map_err(unavailable)
    }
}

fn pss(method: SignatureMethod) -> Result<Mechanism<'static>, Error> {
    let parameters = method.pss().ok_or_else(|| unsupported(method))?;
    let hash_alg = match parameters.digest() {
        DigestMethod::Sha256 => MechanismType::SHA256,
        DigestMethod::Sha384 => MechanismType::SHA384,
        DigestMethod::Sha512 => MechanismType::SHA512,
        _ => return Err(unsupported(method)),
    };
    let mgf = match parameters.mask_digest() {
        DigestMethod::Sha256 => PkcsMgfType::MGF1_SHA256,
        DigestMethod::Sha384 => PkcsMgfType::MGF1_SHA384,
        DigestMethod::Sha512 => PkcsMgfType::MGF1_SHA512,
        _ => return Err(unsupported(method)),
    };
    let s_len = parameters.salt_length().try_into().map_err(unavailable)?;
    Ok(Mechanism::RsaPkcsPss(PkcsPssParams { hash_alg, mgf, s_len }))
}

fn unsupported(method: SignatureMethod) -> Error {
    let reason = format!("the token is not asked for {}", method.name());
    Error::new(Cause::RemoteKeyUnavailable, reason)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands on")]
fn unavailable(error: Pkcs11Error) -> Error {
    Error::new(Cause::RemoteKeyUnavailable, format!("the token did not sign: {error}"))
}

fn sign(arguments: &[String], envelope: &[u8]) -> Result<Vec<u8>, Error> {
    let [module, token, label, certificate, more @ ..] = arguments else {
        let reason = "give MODULE TOKEN LABEL CERTIFICATE, and a POLICY or none";
        return Err(Error::new(Cause::InvalidArgument, reason));
    };
    let read = |path: &String| {
        std::fs::read(path)
            .map_err(|error| Error::new(Cause::InputOutput, format!("{path}: {error}")))
    };
    let pin = std::env::var("TOKEN_PIN").unwrap_or_default();
    let key = TokenKey::open(module, token, pin, label)?;
    let certificates = KeyMaterial::read(&read(certificate)?, None)?.into_certificates()?;
    let mut chain = certificates.into_iter();
    let certificate = chain
        .next()
        .ok_or_else(|| Error::new(Cause::UnreadableKey, "the file holds no certificate"))?;
    let identity = Identity::remote(Arc::new(key), certificate, chain.collect());
    let policy = OutboundPolicy::from_toml(more.first().map_or(POLICY, String::as_str))?;
    let outbound = Outbound::builder(policy).identity("", identity).build()?;
    Ok(outbound.protect(envelope, &Call::default())?.into_bytes())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut envelope = Vec::new();
    let input = std::io::stdin().read_to_end(&mut envelope);
    let signed = input
        .map_err(|error| Error::new(Cause::InputOutput, error.to_string()))
        .and_then(|_| sign(&arguments, &envelope));
    match signed {
        Ok(message) if std::io::stdout().write_all(&message).is_ok() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{} ({}): {error}", error.category(), error.cause().name());
            ExitCode::FAILURE
        }
    }
}
