//! Keys that are held elsewhere: what they make is checked, and what they do not say is no yes.

use crate::support::{certificate, envelope, identity, inbound, outbound};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use wsse_core::crypto::{
    DecryptionRequest, DigestMethod, Identity, KeyFamily, KeyTransport, OaepParameters, PrivateKey,
    RemoteKey, RemoteVerifier, Secret, SignatureMethod, SigningRequest, VerificationRequest,
    base64_to_vec, hex, hmac,
};
use wsse_core::xmldsig::bare;
use wsse_core::{Call, Cause, Error, Inbound, OutboundPolicy};

type Answer = fn(&PrivateKey, &SigningRequest<'_>) -> Result<Vec<u8>, Error>;

/// A key that answers as a test wants.
struct Held {
    key: PrivateKey,
    answer: Answer,
    asked: AtomicUsize,
}

impl Held {
    fn new(name: &str, answer: Answer) -> Arc<Self> {
        let key = identity(name).key().clone();
        Arc::new(Self { key, answer, asked: AtomicUsize::new(0) })
    }
}

impl RemoteKey for Held {
    fn sign(&self, request: &SigningRequest<'_>) -> Result<Vec<u8>, Error> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        (self.answer)(&self.key, request)
    }
}

fn honest(key: &PrivateKey, request: &SigningRequest<'_>) -> Result<Vec<u8>, Error> {
    key.sign(request.method, request.octets)
}

fn no_answer() -> Error {
    Error::new(Cause::RemoteKeyUnavailable, "no answer within 2 seconds")
}

fn remote(name: &str, answer: Answer) -> Identity {
    Identity::remote(Held::new(name, answer), certificate(name), Vec::new())
}

const SIGNS: &str = "version = 1\norder = [\"timestamp\", \"signature\"]\n\
    signature = [{ parts = [\"body\", \"timestamp\"] }]";
const REQUIRES: &str = "version = 1\nrequire = { signed = [\"body\", \"timestamp\"] }";

fn protect(identity: Identity, policy: &str) -> Result<Vec<u8>, Error> {
    let outbound = outbound(policy).identity("", identity).build()?;
    Ok(outbound.protect(envelope("1.2").as_bytes(), &Call::default())?.into_bytes())
}

fn pinned(name: &str) -> Inbound {
    inbound(REQUIRES).certificate("", certificate(name)).build().unwrap()
}

/// An ECDSA signature as a sequence in DER, as services make it.
fn in_der(key: &PrivateKey, request: &SigningRequest<'_>) -> Result<Vec<u8>, Error> {
    let numbers = honest(key, request)?;
    let integer = |octets: &[u8]| {
        let significant: Vec<u8> = octets.iter().copied().skip_while(|octet| *octet == 0).collect();
        let padding = usize::from(significant.first().is_none_or(|first| *first >= 0x80));
        let content = [&vec![0; padding][..], &significant].concat();
        [&[0x02, u8::try_from(content.len()).unwrap()], content.as_slice()].concat()
    };
    let (r, s) = numbers.split_at(numbers.len() / 2);
    let content = [integer(r), integer(s)].concat();
    let length = u8::try_from(content.len()).unwrap();
    let header = if length < 0x80 { vec![0x30, length] } else { vec![0x30, 0x81, length] };
    Ok([header, content].concat())
}

#[test]
fn every_kind_of_key_signs_with_the_method_of_its_certificate() {
    for (name, method) in [
        ("client", "xmldsig-more#rsa-sha256"),
        ("rsa-pss", "sha256-rsa-MGF1"),
        ("ec256", "ecdsa-sha256"),
        ("ec384", "ecdsa-sha384"),
        ("ec521", "ecdsa-sha512"),
        ("ed25519", "eddsa-ed25519"),
        ("ed448", "eddsa-ed448"),
    ] {
        let message = protect(remote(name, honest), SIGNS).unwrap();
        assert!(String::from_utf8_lossy(&message).contains(method), "{name}");
        pinned(name).validate(&message).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn a_signature_in_der_is_sent_as_the_standard_has_it() {
    for (name, octets) in [("ec256", 64), ("ec384", 96), ("ec521", 132)] {
        let message = protect(remote(name, in_der), SIGNS).unwrap();
        pinned(name).validate(&message).unwrap();
        let text = String::from_utf8(message).unwrap();
        let value = text.split_once("SignatureValue>").unwrap().1.split_once('<').unwrap().0;
        assert_eq!(base64_to_vec(value).unwrap().len(), octets);
    }
}

#[test]
fn a_wrong_answer_does_not_leave() {
    let of_another: Answer =
        |_, request| identity("server").key().sign(request.method, request.octets);
    let of_other_octets: Answer = |key, request| key.sign(request.method, b"other");
    let of_the_digest: Answer =
        |key, request| key.sign(request.method, request.digest()?.unwrap().octets());
    let by_another_method: Answer =
        |key, request| key.sign(SignatureMethod::RsaPssSha256, request.octets);
    let mismatch = |name: &str, answer: Answer, text: &str| {
        let error = protect(remote(name, answer), SIGNS).unwrap_err();
        assert_eq!(error.cause(), Cause::RemoteKeyMismatch, "{error}");
        assert!(error.reason().contains(text), "{error}");
    };
    let not_of_the_key = "is no signature of the certificate's key, ";
    mismatch("client", of_another, &format!("{not_of_the_key}RSA of 2048 bits"));
    mismatch("client", of_other_octets, not_of_the_key);
    mismatch("client", of_the_digest, not_of_the_key);
    mismatch("client", by_another_method, not_of_the_key);
    mismatch("client", |_, _| Ok(vec![0; 256]), not_of_the_key);
    mismatch(
        "client",
        |_, _| Ok(Vec::new()),
        "has 0 octets; a signature of the certificate's key, ",
    );
    mismatch("client", |_, _| Ok(vec![1; 257]), "has 257 octets; ");
    mismatch("ed25519", |_, _| Ok(vec![1; 65]), "has 65 octets; ");
    let padded: Answer = |key, request| {
        let numbers = honest(key, request)?;
        let (r, s) = numbers.split_at(numbers.len() / 2);
        Ok([&[0], r, &[0], s].concat())
    };
    let truncated: Answer = |key, request| {
        let mut der = in_der(key, request)?;
        der.pop();
        Ok(der)
    };
    for answer in [padded, truncated, |_, _| Ok(Vec::new()), |_, _| Ok(vec![0x30; 64])] {
        mismatch("ec256", answer, &format!("{not_of_the_key}EC P-256"));
    }
}

#[test]
fn no_answer_is_told_as_it_is() {
    let error = protect(remote("client", |_, _| Err(no_answer())), SIGNS).unwrap_err();
    assert_eq!(error, no_answer());
    assert_eq!(error.category(), wsse_core::Category::Unavailable);
    let refused = || Error::new(Cause::InputOutput, "the session is closed");
    let error = protect(remote("client", |_, _| Err(refused_by_test())), SIGNS).unwrap_err();
    assert_eq!(error.cause(), refused().cause());
}

fn refused_by_test() -> Error {
    Error::new(Cause::InputOutput, "the session is closed")
}

#[test]
fn a_key_is_asked_once_for_each_signature_and_never_before() {
    let held = Held::new("client", honest);
    let shared: Arc<dyn RemoteKey> = held.clone();
    let identity = Identity::remote(shared, certificate("client"), Vec::new());
    let outbound = outbound(SIGNS).identity("", identity).build().unwrap();
    assert_eq!(held.asked.load(Ordering::Relaxed), 0);
    for count in 1..4 {
        outbound.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap();
        assert_eq!(held.asked.load(Ordering::Relaxed), count);
    }
}

#[test]
fn a_method_that_does_not_fit_the_certificate_is_refused_before_the_key_is_asked() {
    let held = Held::new("client", honest);
    for method in ["ecdsa-sha256", "eddsa-ed25519"] {
        let shared: Arc<dyn RemoteKey> = held.clone();
        let identity = Identity::remote(shared, certificate("client"), Vec::new());
        let policy = format!("version = 1\nsignature = [{{ method = \"{method}\" }}]");
        assert_eq!(protect(identity, &policy).unwrap_err().cause(), Cause::KeyType);
    }
    let pss = remote("rsa-pss-sha512", honest);
    let policy = "version = 1\nsignature = [{ method = \"rsa-pss-sha256\" }]";
    assert_eq!(protect(pss, policy).unwrap_err().cause(), Cause::KeyType);
    assert_eq!(held.asked.load(Ordering::Relaxed), 0);
}

#[test]
fn documents_are_signed_as_messages_are() {
    let of =
        |answer: Answer| outbound(SIGNS).identity("", remote("ec256", answer)).build().unwrap();
    let document = of(in_der).sign_bare(b"<a>text</a>", &bare::Form::Enveloped).unwrap();
    pinned("ec256").verify_bare(&document, &mut ()).unwrap();
    let error = of(|_, _| Err(no_answer())).sign_bare(b"<a/>", &bare::Form::Enveloped).unwrap_err();
    assert_eq!(error.cause(), Cause::RemoteKeyUnavailable);
}

#[test]
fn a_request_says_what_services_want() {
    let octets = b"octets";
    for (method, info) in [
        (SignatureMethod::RsaSha1, Some("3021300906052b0e03021a05000414")),
        (SignatureMethod::RsaSha224, Some("302d300d06096086480165030402040500041c")),
        (SignatureMethod::RsaSha256, Some("3031300d060960864801650304020105000420")),
        (SignatureMethod::RsaSha384, Some("3041300d060960864801650304020205000430")),
        (SignatureMethod::RsaSha512, Some("3051300d060960864801650304020305000440")),
        (SignatureMethod::RsaPssSha256, None),
        (SignatureMethod::EcdsaSha384, None),
        (SignatureMethod::EddsaEd25519, None),
    ] {
        let key: Answer = |_, request| {
            let digest = request.digest()?.map(|digest| digest.octets().to_vec());
            let info = request.digest_info()?;
            Err(Error::new(
                Cause::RemoteKeyUnavailable,
                format!("{} {}", hex(&digest.unwrap_or_default()), hex(&info.unwrap_or_default())),
            ))
        };
        let name = match method.family() {
            KeyFamily::Rsa => "client",
            KeyFamily::Ecdsa => "ec384",
            _ => "ed25519",
        };
        let error = remote(name, key).key().sign(method, octets).unwrap_err();
        let expected = method.digest().map_or(String::new(), |digest: DigestMethod| {
            let mut digester = wsse_core::crypto::Digester::new(digest);
            digester.update(octets);
            hex(digester.finish().unwrap().octets())
        });
        let info = info.map_or(String::new(), |prefix| format!("{prefix}{expected}"));
        assert_eq!(error.reason(), format!("{expected} {info}"), "{method:?}");
    }
}

#[test]
fn a_key_decrypts_nothing_unless_it_says_so() {
    let held = Held::new("client", honest);
    let requests = [
        DecryptionRequest::Rsa15 { octets: &[] },
        DecryptionRequest::RsaOaep {
            octets: &[],
            digest: DigestMethod::Sha256,
            mask_digest: DigestMethod::Sha256,
            label: &[],
        },
    ];
    for (request, name) in requests.iter().zip(["RSAES-PKCS1-v1_5", "RSAES-OAEP"]) {
        let error = held.decrypt(request).unwrap_err();
        assert_eq!(error.cause(), Cause::NoKey);
        assert!(error.reason().ends_with(name), "{error}");
    }
    let error = held.agree(certificate("ec256").public_key()).unwrap_err();
    assert_eq!(error.cause(), Cause::NoKey);
    assert!(identity("client").key().holder().is_none());
    assert!(remote("client", honest).key().holder().is_some());
}

type Decrypts = fn(&DecryptionRequest<'_>) -> Result<Option<Secret>, Error>;

/// A key that decrypts as a test wants.
struct Decrypter(Decrypts);

impl RemoteKey for Decrypter {
    fn sign(&self, _: &SigningRequest<'_>) -> Result<Vec<u8>, Error> {
        Err(no_answer())
    }

    fn decrypt(&self, request: &DecryptionRequest<'_>) -> Result<Option<Secret>, Error> {
        (self.0)(request)
    }
}

#[test]
fn a_key_elsewhere_decrypts_and_no_padding_is_an_error() {
    let public = certificate("client").public_key().clone();
    let parameters = OaepParameters::new(DigestMethod::Sha512, DigestMethod::Sha256).unwrap();
    let method = KeyTransport::RsaOaep(parameters);
    let secret = Secret::new([7; 32]);
    let ciphertext = public.encrypt_key(method, b"label", &secret).unwrap();
    let decrypt = |answer: Decrypts, length: Option<usize>| {
        let key = PrivateKey::remote(public.clone(), Arc::new(Decrypter(answer)));
        key.decrypt_key(method, b"label", &ciphertext, length)
    };
    let honest: Decrypts = |request| {
        let DecryptionRequest::RsaOaep { octets, digest, mask_digest, label } = request else {
            panic!("{request:?}");
        };
        let parameters = OaepParameters::new(*digest, *mask_digest)?;
        let key = identity("client").key().clone();
        key.decrypt_key(KeyTransport::RsaOaep(parameters), label, octets, None).map(Some)
    };
    for length in [None, Some(32)] {
        assert_eq!(decrypt(honest, length), Ok(secret.clone()));
        // What does not decrypt looks like what does, of the length that is wanted.
        for answer in [
            |_: &DecryptionRequest<'_>| Ok(None),
            |_: &DecryptionRequest<'_>| Ok(Some(Secret::new(vec![7; 5000]))),
        ] {
            let replaced = decrypt(answer, length).unwrap();
            assert_eq!(replaced.octets().len(), 32);
            assert_ne!(replaced, secret);
        }
        assert_eq!(decrypt(|_| Err(no_answer()), length), Err(no_answer()));
    }
    assert_eq!(decrypt(honest, Some(16)).unwrap().octets().len(), 16);
    let signs = Held::new("client", |key, request| key.sign(request.method, request.octets));
    let silent = PrivateKey::remote(public.clone(), signs);
    let error = silent.decrypt_key(method, b"label", &ciphertext, None).unwrap_err();
    assert_eq!(error.cause(), Cause::NoKey);
}

/// A KMS that holds a secret, or says what a test wants.
struct Kms(fn(&VerificationRequest<'_>) -> Result<bool, Error>);

impl RemoteVerifier for Kms {
    fn verify(&self, request: &VerificationRequest<'_>) -> Result<bool, Error> {
        (self.0)(request)
    }
}

fn knows_one(request: &VerificationRequest<'_>) -> Result<bool, Error> {
    let code = hmac(request.method, &Secret::new("one"), request.octets)?;
    Ok(wsse_core::crypto::equal(&code, request.signature))
}

fn with_secret(name: &str) -> Vec<u8> {
    let policy = format!(
        "version = 1\nsignature = [{{ key = \"{name}\", reference = \"key-name\", method = \
         \"hmac-sha256\", parts = [\"body\"] }}]"
    );
    let policy = OutboundPolicy::from_toml(&policy).unwrap();
    let outbound = wsse_core::Outbound::builder(policy).secret("", Secret::new("one"));
    let outbound = outbound.build().unwrap();
    outbound.protect(envelope("1.2").as_bytes(), &Call::default()).unwrap().into_bytes()
}

fn asking(name: &str, family: KeyFamily, kms: Kms) -> wsse_core::InboundBuilder {
    inbound("version = 1\nrequire = { signed = [\"body\"] }").remote_verifier(
        name,
        family,
        Arc::new(kms),
    )
}

#[test]
fn a_secret_elsewhere_checks_under_its_name() {
    let message = with_secret("alice");
    let inbound = asking("alice", KeyFamily::Hmac, Kms(knows_one)).build().unwrap();
    let validated = inbound.validate(&message).unwrap();
    let signers = validated.signers();
    assert_eq!(signers.len(), 1);
    assert_eq!((signers[0].key_name(), signers[0].certificate()), (Some("alice"), None));
    assert_eq!(inbound.validate(&message).unwrap_err().cause(), Cause::Replay);
    let refusal = |kms: Kms, name: &str, message: &[u8]| {
        let inbound = asking(name, KeyFamily::Hmac, kms).build().unwrap();
        inbound.validate(message).unwrap_err()
    };
    assert_eq!(refusal(Kms(knows_one), "bob", &message).cause(), Cause::NoKey);
    let error = refusal(Kms(|_| Ok(false)), "alice", &message);
    assert_eq!(error.cause(), Cause::SignatureMismatch);
    assert!(error.reason().starts_with("the key \"alice\", which is held elsewhere"), "{error}");
    let error = refusal(Kms(|_| Err(no_answer())), "alice", &message);
    assert_eq!((error.cause(), error.reason()), (no_answer().cause(), no_answer().reason()));
    let changed = String::from_utf8(message.clone()).unwrap().replace("text &amp; more", "more");
    let error = refusal(Kms(knows_one), "alice", changed.as_bytes());
    assert_eq!(error.cause(), Cause::DigestMismatch);
    // Without a name it serves every name that nothing else serves.
    let nameless = asking("", KeyFamily::Hmac, Kms(knows_one)).build().unwrap();
    assert_eq!(nameless.validate(&message).unwrap().signers()[0].key_name(), Some(""));
    let beside = asking("", KeyFamily::Hmac, Kms(|_| Ok(true))).secret("alice", Secret::new("two"));
    let error = beside.build().unwrap().validate(&message).unwrap_err();
    assert_eq!(error.cause(), Cause::SignatureMismatch);
}

#[test]
fn a_key_elsewhere_is_asked_for_its_family_alone() {
    let yes = |family: KeyFamily, name: &str| asking(name, family, Kms(|_| Ok(true)));
    let secret = with_secret("alice");
    let error = yes(KeyFamily::Rsa, "alice").build().unwrap().validate(&secret).unwrap_err();
    assert_eq!(error.cause(), Cause::KeyType, "{error}");
    let policy = "version = 1\nsignature = [{ key = \"alice\", reference = \"key-name\", parts = \
                  [\"body\"] }]";
    let rsa = protect(identity("client"), policy).unwrap();
    yes(KeyFamily::Rsa, "alice").build().unwrap().validate(&rsa).unwrap();
    let error = yes(KeyFamily::Ecdsa, "alice").build().unwrap().validate(&rsa).unwrap_err();
    assert_eq!(error.cause(), Cause::KeyType);
    assert!(error.reason().contains("held elsewhere and checks ecdsa alone"), "{error}");
    let error = yes(KeyFamily::Hmac, "alice").build().unwrap().validate(&rsa).unwrap_err();
    assert_eq!(error.cause(), Cause::NoKey);
    // A certificate in the message is no name.
    let token = protect(identity("client"), SIGNS).unwrap();
    let error = yes(KeyFamily::Rsa, "alice").build().unwrap().validate(&token).unwrap_err();
    assert_eq!(error.cause(), Cause::UntrustedCertificate);
    let ambiguous = yes(KeyFamily::Rsa, "alice").certificate("alice", certificate("client"));
    assert_eq!(ambiguous.build().unwrap().validate(&rsa).unwrap_err().cause(), Cause::NoKey);
}

#[test]
fn a_public_key_elsewhere_gets_der() {
    let policy = "version = 1\nsignature = [{ key = \"carol\", reference = \"key-name\", parts = \
                  [\"body\"] }]";
    let message = protect(identity("ec384"), policy).unwrap();
    let kms = Kms(|request| {
        let der = request.der().unwrap();
        assert_eq!((der[0], request.signature.len()), (0x30, 96));
        assert_eq!(request.digest()?.unwrap().octets().len(), 48);
        let key = certificate("ec384");
        Ok(key.public_key().verify(request.method, request.octets, &der).is_ok())
    });
    let inbound = asking("carol", KeyFamily::Ecdsa, kms).build().unwrap();
    assert_eq!(inbound.validate(&message).unwrap().signers()[0].key_name(), Some("carol"));
    // The same through the only key where messages do not tell which one it is.
    let ignoring =
        "version = 1\nrequire = { signed = [\"body\"] }\ntrust = { key-info = \"ignore\" }";
    let only = self::inbound(ignoring);
    assert_eq!(only.clone().build().err().unwrap().cause(), Cause::MissingCredential);
    let only = only.remote_verifier("", KeyFamily::Ecdsa, Arc::new(Kms(|_| Ok(true))));
    only.clone().build().unwrap().validate(&message).unwrap();
    let two = only.certificate("", certificate("client")).build();
    assert_eq!(two.err().unwrap().cause(), Cause::MissingCredential);
}

#[test]
fn an_hmac_that_was_cut_short_is_not_asked_about() {
    let message = String::from_utf8(with_secret("alice")).unwrap();
    let method = "xmldsig-more#hmac-sha256\"/>";
    let cut = |bits: u32| {
        let length = format!(
            "xmldsig-more#hmac-sha256\"><ds:HMACOutputLength>{bits}</ds:HMACOutputLength>\
             </ds:SignatureMethod>"
        );
        assert!(message.contains(method));
        message.replace(method, &length)
    };
    let policy = "version = 1\nrequire = { signed = [\"body\"] }\n\
                  legacy = { allow = [\"hmac-truncation\"] }";
    let inbound = inbound(policy);
    let yes = Arc::new(Kms(|_| Ok(true)));
    let inbound = inbound.remote_verifier("alice", KeyFamily::Hmac, yes).build().unwrap();
    let error = inbound.validate(cut(160).as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::UnsupportedAlgorithm, "{error}");
    inbound.validate(cut(256).as_bytes()).unwrap();
}

#[test]
fn one_key_has_one_name() {
    let kms: Arc<dyn RemoteVerifier> = Arc::new(Kms(knows_one));
    let give = |name: &str| {
        asking("alice", KeyFamily::Hmac, Kms(knows_one))
            .remote_verifier("bob", KeyFamily::Hmac, Arc::clone(&kms))
            .remote_verifier(name, KeyFamily::Rsa, Arc::new(Kms(|_| Ok(true))))
    };
    give("carol").build().unwrap();
    for (builder, text) in [
        (give("alice"), "two keys that are held elsewhere are named \"alice\""),
        (
            give("carol").remote_verifier("dora", KeyFamily::Hmac, Arc::clone(&kms)),
            "the key \"dora\" that is held elsewhere is given under another name as well",
        ),
        (
            give("carol").secret("bob", Secret::new("s")),
            "the key \"bob\" is given as a secret, and as one that is held elsewhere",
        ),
    ] {
        let error = builder.build().err().unwrap();
        assert_eq!(error.cause(), Cause::InvalidArgument);
        assert!(error.reason().starts_with(text), "{error}");
    }
}
