//! Keys that are agreed on or derived.

use crate::support::{DOCUMENT, builder, decrypt, encrypted, key_name, name, secret};
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::PKey;
use std::sync::Arc;
use wsse_core::crypto::{
    BlockEncryption, DigestMethod, KeyAgreement, KeyDerivation, KeyEncryption, KeyMaterial,
    KeyWrap, PrivateKey, PublicKey, RemoteKey, Secret, SignatureMethod, SigningRequest, base64,
    hex,
};
use wsse_core::keyinfo::{Clue, KeyValue};
use wsse_core::xml::Markup;
use wsse_core::xmlenc::bare::{BarePart, ContentKey};
use wsse_core::xmlenc::{
    AgreementMethod, EncryptedKeyTemplate, EncryptionKey, KeyDerivationMethod,
};
use wsse_core::{Cause, Error, Inbound, ns};

fn concat() -> KeyDerivation {
    KeyDerivation::ConcatKdf { digest: DigestMethod::Sha256, other_info: b"what for".to_vec() }
}

fn hkdf() -> KeyDerivation {
    let (salt, info) = (b"salt".to_vec(), Vec::new());
    KeyDerivation::Hkdf { prf: SignatureMethod::HmacSha256, salt, info }
}

/// A new key on P-256.
fn p256() -> PrivateKey {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    read(&PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap())
}

fn x25519() -> PrivateKey {
    read(&PKey::generate_x25519().unwrap())
}

fn read(key: &PKey<openssl::pkey::Private>) -> PrivateKey {
    let pem = key.private_key_to_pem_pkcs8().unwrap();
    KeyMaterial::read(&pem, None).unwrap().into_decryption_key().unwrap().0
}

fn part() -> BarePart {
    BarePart::Content(Some("card".to_owned()))
}

fn document(key: &ContentKey) -> String {
    encrypted(&part(), BlockEncryption::Aes256Gcm, key)
}

/// A document for this key.
fn agreed(ours: &PrivateKey, method: KeyAgreement, derivation: KeyDerivation) -> String {
    let recipient = ours.public_key().clone();
    let with = EncryptionKey::Agreed { recipient, method, derivation };
    let template = EncryptedKeyTemplate::new(KeyEncryption::Wrap(KeyWrap::Aes256));
    document(&ContentKey::Session(vec![(template, with)]))
}

fn holder(ours: &PrivateKey, legacy: &str) -> Inbound {
    builder(legacy).decryption_key("", ours.clone()).secret(name(32), secret(32)).build().unwrap()
}

fn cause(inbound: &Inbound, document: &str) -> Option<Cause> {
    decrypt(inbound, document).err().map(|error| error.cause())
}

/// The document with something else in one place.
fn with(document: &str, old: &str, new: &str) -> String {
    assert_eq!(document.matches(old).count(), 1, "{old} in {document}");
    document.replace(old, new)
}

/// The element with this name.
fn whole<'d>(document: &'d str, name: &str) -> &'d str {
    let start = document.find(&format!("<{name}")).unwrap();
    let end = format!("</{name}>");
    &document[start..start + document[start..].find(&end).unwrap() + end.len()]
}

#[test]
fn what_breaks_the_schema_of_an_agreement_is_refused() {
    let ours = p256();
    let plain = agreed(&ours, KeyAgreement::EcdhEs, concat());
    let holder = holder(&ours, "");
    assert_eq!(decrypt(&holder, &plain).as_deref(), Ok(DOCUMENT));
    let derivation = whole(&plain, "xenc11:KeyDerivationMethod");
    let parameters = whole(&plain, "xenc11:ConcatKDFParams");
    let originator = whole(&plain, "xenc:OriginatorKeyInfo");
    let digest = &plain[plain.find("<ds:DigestMethod").unwrap()..];
    let digest = &digest[..digest.find("/>").unwrap() + 2];
    let algorithm_id = format!("AlgorithmID=\"00{}\"", hex(b"what for"));
    let identifier = |value: &str| format!("AlgorithmID=\"{value}\"");
    let point = originator.split("PublicKey>").nth(1).unwrap().trim_end_matches("</dsig11:");
    let broken = Cause::EncryptionStructure;
    for (old, new, cause) in [
        ("xmlenc11#ECDH-ES", "xmlenc11#dh-es".to_owned(), Cause::UnsupportedAlgorithm),
        ("xmlenc11#ECDH-ES", "xmlenc#dh".to_owned(), Cause::UnsupportedAlgorithm),
        (
            "http://www.w3.org/2009/xmlenc11#ECDH-ES",
            KeyAgreement::X25519.uri().to_owned(),
            Cause::KeyType,
        ),
        ("xmlenc11#ConcatKDF", "xmlenc11#pbkdf2".to_owned(), Cause::UnsupportedAlgorithm),
        ("04/xmlenc#sha256", "04/xmlenc#ripemd160".to_owned(), Cause::UnsupportedAlgorithm),
        (
            "http://www.w3.org/2001/04/xmlenc#sha256",
            DigestMethod::Md5.uri().to_owned(),
            Cause::LegacyAlgorithm,
        ),
        (derivation, String::new(), broken),
        (derivation, format!("{derivation}{derivation}"), broken),
        (derivation, format!("<xenc:KA-Nonce>AAAA</xenc:KA-Nonce>{derivation}"), broken),
        (derivation, format!("x{derivation}"), broken),
        (parameters, String::new(), broken),
        (parameters, format!("{parameters}<x/>"), broken),
        (parameters, "<x/>".to_owned(), broken),
        (digest, String::new(), broken),
        (digest, format!("{digest}{digest}"), broken),
        (digest, "<x/>".to_owned(), broken),
        (originator, String::new(), broken),
        (originator, format!("{originator}<x/>"), broken),
        (originator, format!("{originator}{originator}"), broken),
        (originator, "<xenc:OriginatorKeyInfo/>".to_owned(), broken),
        (
            originator,
            originator
                .replace("Info>", "Info x=\"\">")
                .replace("/xenc:OriginatorKeyInfo x=\"\"", "/xenc:OriginatorKeyInfo"),
            broken,
        ),
        (&algorithm_id, format!("{algorithm_id} Algorithm=\"\""), broken),
        (&algorithm_id, identifier("0"), broken),
        (&algorithm_id, identifier("0g"), broken),
        (&algorithm_id, identifier("08ff"), broken),
        (&algorithm_id, identifier("01ff"), broken),
        (&algorithm_id, identifier("03"), broken),
        (&algorithm_id, identifier("01fe"), Cause::UnsupportedAlgorithm),
        (&algorithm_id, identifier(&format!("00{}", "ab".repeat(1025))), Cause::ReferenceCount),
        (&algorithm_id, identifier(&format!("00{}", "ab".repeat(1024))), Cause::DecryptionFailed),
        (&algorithm_id, identifier("04f0"), Cause::UnsupportedAlgorithm),
        (&algorithm_id, String::new(), Cause::DecryptionFailed),
        (&algorithm_id, identifier(""), Cause::DecryptionFailed),
        // Points.
        ("urn:oid:1.2.840.10045.3.1.7", "urn:oid:1.3.132.0.34".to_owned(), Cause::InvalidKey),
        ("urn:oid:1.2.840.10045.3.1.7", "urn:oid:1.3.132.0.10".to_owned(), Cause::InvalidKey),
        (point, base64(&[0]), Cause::InvalidKey),
        (point, base64(&[&[4][..], &[7; 64]].concat()), Cause::InvalidKey),
        (
            "<dsig11:NamedCurve URI=\"urn:oid:1.2.840.10045.3.1.7\"/>",
            "<dsig11:ECParameters/>".to_owned(),
            Cause::InvalidKey,
        ),
        (point, "!".to_owned(), Cause::InvalidTokenValue),
        (point, base64(p256().public_key().ec_components().unwrap().1), Cause::DecryptionFailed),
    ] {
        let changed = with(&plain, old, &new);
        let error = decrypt(&holder, &changed).unwrap_err();
        assert_eq!(error.cause(), cause, "{old} -> {new}: {error}");
    }
    let md5 = with(&plain, "http://www.w3.org/2001/04/xmlenc#sha256", DigestMethod::Md5.uri());
    assert_eq!(cause(&self::holder(&ours, "md5"), &md5), Some(Cause::DecryptionFailed));
    // The same bits in other portions.
    let bits = hex(b"what for");
    for (first, second) in [
        (format!("00{}", &bits[..2]), format!("00{}", &bits[2..])),
        (format!("04{}0", &bits[..1]), format!("04{}0", &bits[1..])),
        (String::new(), format!("00{bits}")),
    ] {
        let both = format!("{} PartyUInfo=\"{second}\"", identifier(&first));
        let changed = with(&plain, &algorithm_id, &both);
        assert_eq!(decrypt(&holder, &changed).as_deref(), Ok(DOCUMENT), "{first} {second}");
    }
}

#[test]
fn parameters_of_hkdf_are_within_bounds() {
    let ours = x25519();
    let plain = agreed(&ours, KeyAgreement::X25519, hkdf());
    let holder = holder(&ours, "");
    assert_eq!(decrypt(&holder, &plain).as_deref(), Ok(DOCUMENT));
    let length = whole(&plain, "dsig-more:KeyLength");
    let salt = whole(&plain, "dsig-more:Salt");
    let of = |text: &str| format!("<dsig-more:KeyLength>{text}</dsig-more:KeyLength>");
    for kept in [String::new(), of("032"), of(" 32\n")] {
        let changed = with(&plain, length, &kept);
        assert_eq!(decrypt(&holder, &changed).as_deref(), Ok(DOCUMENT), "{kept}");
    }
    let prf = &plain[plain.find("<dsig-more:PRF").unwrap()..];
    let prf = &prf[..prf.find("/>").unwrap() + 2];
    let broken = Cause::EncryptionStructure;
    let long = |local: &str, octets: usize| {
        let text = base64(&vec![1; octets]);
        format!("{length}<dsig-more:{local}>{text}</dsig-more:{local}>")
    };
    for (old, new, cause) in [
        (length, of("16"), broken),
        (length, of("33"), broken),
        (length, of("0"), broken),
        (length, of("000"), broken),
        (length, of("-32"), broken),
        (length, of("+32"), broken),
        (length, of(""), broken),
        (length, of("256 bits"), broken),
        (length, of("128"), broken),
        (length, of("129"), Cause::ReferenceCount),
        (length, of("99999999999999999999999999"), Cause::ReferenceCount),
        (length, format!("{length}{length}"), broken),
        (length, format!("{length}<x/>"), broken),
        (length, long("Info", 1024), Cause::DecryptionFailed),
        (length, long("Info", 1025), Cause::ReferenceCount),
        (salt, String::new(), Cause::DecryptionFailed),
        (salt, salt.replace("</", "!</"), Cause::InvalidTokenValue),
        (prf, String::new(), broken),
        (prf, prf.replace("/>", ">x</dsig-more:PRF>"), broken),
        ("#hmac-sha256", "#rsa-sha256".to_owned(), Cause::UnsupportedAlgorithm),
        ("#hmac-sha256", "#hmac-ripemd160".to_owned(), Cause::UnsupportedAlgorithm),
        ("#hmac-sha256", "#hmac-md5".to_owned(), Cause::LegacyAlgorithm),
        ("#hmac-sha256", "#hmac-sha512".to_owned(), Cause::DecryptionFailed),
    ] {
        let error = decrypt(&holder, &with(&plain, old, &new)).unwrap_err();
        assert_eq!(error.cause(), cause, "{old} -> {new}: {error}");
    }
}

#[test]
fn what_fails_behind_the_agreement_is_one_error() {
    let ours = x25519();
    let plain = agreed(&ours, KeyAgreement::X25519, hkdf());
    let holder = holder(&ours, "");
    let value = whole(&plain, "dsig11:DEREncodedKeyValue");
    let der = |octets: &[u8]| {
        let mut der = ours.public_key().der().to_vec();
        let end = der.len() - 32;
        der.truncate(end);
        der.extend_from_slice(octets);
        // The lengths of the SubjectPublicKeyInfo and of the BIT STRING in it.
        der[1] = u8::try_from(octets.len() + 10).unwrap();
        der[10] = u8::try_from(octets.len() + 1).unwrap();
        format!(
            "<dsig11:DEREncodedKeyValue xmlns:dsig11=\"{}\">{}</dsig11:DEREncodedKeyValue>",
            ns::DS11,
            base64(&der)
        )
    };
    let mut texts = Vec::new();
    let mut one = [0; 32];
    one[0] = 1;
    // Points of low order, another one, our own.
    let own = &ours.public_key().der()[ours.public_key().der().len() - 32..];
    for octets in [&[0; 32][..], &one, &[9; 32], own] {
        let changed = with(&plain, value, &der(octets));
        texts.push(decrypt(&holder, &changed).unwrap_err());
    }
    let wrapped = plain.split("CipherValue>").nth(1).unwrap().trim_end_matches("</xenc:");
    for other in [base64(&[7; 40]), base64(&[7; 8]), base64(&[7; 48]), String::new()] {
        texts.push(decrypt(&holder, &with(&plain, wrapped, &other)).unwrap_err());
    }
    for error in &texts {
        assert_eq!(error.cause(), Cause::DecryptionFailed);
        assert_eq!(error.to_string(), texts[0].to_string());
    }
    for octets in [&[9; 31][..], &[9; 33]] {
        let changed = with(&plain, value, &der(octets));
        assert_eq!(cause(&holder, &changed), Some(Cause::InvalidKey));
    }
    // A key of another kind.
    let mut markup = Vec::new();
    let server = crate::support::identity("server");
    let other = server.certificate().public_key();
    KeyValue::der_markup(other).write(&mut markup, &[]).unwrap();
    let changed = with(&plain, value, core::str::from_utf8(&markup).unwrap());
    assert_eq!(cause(&holder, &changed), Some(Cause::KeyType));
}

fn wrapping(kind: &'static str, name: &'static str) -> Markup {
    let namespace = if kind == "xenc" { ns::XENC } else { ns::XENC11 };
    Markup::new(kind, namespace, name)
}

/// A key that is agreed on between two keys that last, and what says so.
fn between(
    originator: &PrivateKey,
    ours: &PrivateKey,
    says: Vec<Markup>,
    length: usize,
) -> (Secret, Markup) {
    let secret = originator.agree(KeyAgreement::EcdhEs, ours.public_key()).unwrap();
    let mut markup =
        wrapping("xenc", "AgreementMethod").with_attribute("Algorithm", KeyAgreement::EcdhEs.uri());
    markup.children.push(KeyDerivationMethod::markup(&concat(), length));
    let mut info = wrapping("xenc", "OriginatorKeyInfo");
    info.children = says;
    markup.children.push(info);
    (concat().derive(&secret, length).unwrap(), markup)
}

#[test]
fn the_originator_is_whoever_is_named() {
    let (originator, ours) = (p256(), p256());
    let key = || originator.public_key().clone();
    let named = || {
        let builder = builder("").decryption_key("", ours.clone());
        builder.public_key("the other", key()).public_key("third", p256().public_key().clone())
    };
    let named = named().build().unwrap();
    let nobody = builder("").decryption_key("", ours.clone()).build().unwrap();
    let by_name = || vec![Clue::key_name_markup("the other")];
    let document_of = |says| {
        let (secret, markup) = between(&originator, &ours, says, 32);
        document(&ContentKey::Secret(secret, vec![markup]))
    };
    let document = document_of(by_name());
    assert_eq!(decrypt(&named, &document).as_deref(), Ok(DOCUMENT));
    assert_eq!(cause(&nobody, &document), Some(Cause::NoKey));
    // The key itself says more than a name that somebody else has.
    let value = KeyValue::markup(&key()).unwrap();
    let document = document_of(vec![Clue::key_name_markup("third"), value]);
    assert_eq!(decrypt(&named, &document).as_deref(), Ok(DOCUMENT));
    assert_eq!(decrypt(&nobody, &document).as_deref(), Ok(DOCUMENT));
    let document = document_of(vec![Clue::key_name_markup("third")]);
    assert_eq!(cause(&named, &document), Some(Cause::DecryptionFailed));
}

#[test]
fn a_key_is_agreed_on_for_the_data_itself() {
    for (ours, method, derivation) in
        [(p256(), KeyAgreement::EcdhEs, concat()), (x25519(), KeyAgreement::X25519, hkdf())]
    {
        let (secret, markup) =
            AgreementMethod::make(method, &derivation, ours.public_key(), &[], 32).unwrap();
        let document = document(&ContentKey::Secret(secret, vec![markup]));
        assert_eq!(decrypt(&holder(&ours, ""), &document).as_deref(), Ok(DOCUMENT));
        let nobody = builder("").secret(name(32), secret_of_32()).build().unwrap();
        assert_eq!(cause(&nobody, &document), Some(Cause::NoKey));
    }
}

fn secret_of_32() -> Secret {
    secret(32)
}

fn derived(derivation: &KeyDerivation, length: usize, more: Vec<Markup>) -> (Secret, Markup) {
    let mut markup = wrapping("xenc11", "DerivedKey");
    markup.children.push(KeyDerivationMethod::markup(derivation, length));
    markup.children.extend(more);
    (derivation.derive(&secret(32), length).unwrap(), markup)
}

#[test]
fn keys_are_derived_from_shared_secrets() {
    let holder = holder(&p256(), "");
    let master = |name: &str| wrapping("xenc11", "MasterKeyName").with_text(name);
    let known = name(32);
    for derivation in [concat(), hkdf()] {
        let (key, markup) = derived(&derivation, 32, vec![master(&known)]);
        let plain = document(&ContentKey::Secret(key.clone(), vec![markup.clone()]));
        assert_eq!(decrypt(&holder, &plain).as_deref(), Ok(DOCUMENT));
        // Under an EncryptedKey.
        let mut template = EncryptedKeyTemplate::new(KeyEncryption::Wrap(KeyWrap::Aes256));
        template.key_info = vec![markup];
        let with = EncryptionKey::Secret(key);
        let wrapped = document(&ContentKey::Session(vec![(template, with)]));
        assert_eq!(decrypt(&holder, &wrapped).as_deref(), Ok(DOCUMENT));
        for (new, cause) in [
            ("someone".to_owned(), Cause::NoKey),
            (String::new(), Cause::EncryptionStructure),
            ("x".repeat(1025), Cause::EncryptionStructure),
        ] {
            let changed = with_name(&plain, &known, &new);
            assert_eq!(self::cause(&holder, &changed), Some(cause), "{new:.20}");
        }
    }
    for (more, cause) in [
        (vec![], Some(Cause::EncryptionStructure)),
        (vec![key_name(32)], Some(Cause::EncryptionStructure)),
        (vec![wrapping("xenc11", "DerivedKeyName").with_text("x"), master(&known)], None),
        (
            vec![master(&known), wrapping("xenc11", "DerivedKeyName").with_text("x")],
            Some(Cause::EncryptionStructure),
        ),
        (vec![wrapping("xenc", "ReferenceList"), master(&known)], Some(Cause::EncryptionStructure)),
    ] {
        let (key, markup) = derived(&concat(), 32, more);
        let document = document(&ContentKey::Secret(key, vec![markup.clone()]));
        assert_eq!(self::cause(&holder, &document), cause, "{markup:?}");
    }
}

fn with_name(document: &str, old: &str, new: &str) -> String {
    with(document, &format!(">{old}</xenc11:Master"), &format!(">{new}</xenc11:Master"))
}

struct Elsewhere(Option<PrivateKey>, bool);

impl RemoteKey for Elsewhere {
    fn sign(&self, _: &SigningRequest<'_>) -> Result<Vec<u8>, Error> {
        Err(Error::new(Cause::RemoteKeyUnavailable, "it only agrees"))
    }

    fn agree(&self, public: &PublicKey) -> Result<Option<Secret>, Error> {
        if self.1 {
            return Err(Error::new(Cause::RemoteKeyUnavailable, "asleep"));
        }
        self.0.as_ref().map(|key| key.agree(KeyAgreement::EcdhEs, public)).transpose()
    }
}

#[test]
fn a_key_that_is_held_elsewhere_agrees() {
    let ours = p256();
    let document = agreed(&ours, KeyAgreement::EcdhEs, concat());
    let held = |held| holder(&PrivateKey::remote(ours.public_key().clone(), Arc::new(held)), "");
    let found = held(Elsewhere(Some(ours.clone()), false));
    assert_eq!(decrypt(&found, &document).as_deref(), Ok(DOCUMENT));
    let nothing = held(Elsewhere(None, false));
    assert_eq!(cause(&nothing, &document), Some(Cause::DecryptionFailed));
    let asleep = held(Elsewhere(None, true));
    assert_eq!(cause(&asleep, &document), Some(Cause::RemoteKeyUnavailable));
}
