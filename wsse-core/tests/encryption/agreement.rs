//! Keys that are agreed on with the recipient.

use crate::reader::{element, protect, shape, text};
use crate::support::{certificate, envelope, identity, inbound, octets, outbound};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::x509::extension::KeyUsage;
use openssl::x509::{X509Builder, X509NameBuilder};
use wsse_core::crypto::{Certificate, KeyMaterial, PrivateKey};
use wsse_core::{Call, Cause, Error, InboundBuilder, OutboundBuilder, OutboundPolicy};

const REQUIRE: &str = "version = 1\nrequire = { encrypted = [\"body-content\"] }";

fn key(name: &str) -> PrivateKey {
    let material = KeyMaterial::read(&octets(&format!("{name}.key.pem")), None).unwrap();
    material.into_decryption_key().unwrap().0
}

fn encrypts(more: &str) -> OutboundBuilder {
    outbound(&format!("version = 1\nencryption = [{{ {more} }}]"))
}

fn decrypts(name: &str) -> InboundBuilder {
    inbound(REQUIRE).decryption_key("", key(name))
}

fn validate(builder: InboundBuilder, message: &str) -> Result<String, Error> {
    let validated = builder.build().unwrap().validate(message.as_bytes())?;
    Ok(String::from_utf8(validated.unsigned_document().to_vec()).unwrap())
}

/// A certificate of the key that permits this.
fn certified(name: &str, usage: &KeyUsage) -> Certificate {
    let key = PKey::private_key_from_pem(&octets(&format!("{name}.key.pem"))).unwrap();
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(77).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(&subject).unwrap();
    builder.set_not_before(&Asn1Time::from_str("20260101000000Z").unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_str("20270101000000Z").unwrap()).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.append_extension(usage.build().unwrap()).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    Certificate::from_der(&builder.build().to_der().unwrap()).unwrap()
}

fn agreement() -> KeyUsage {
    let mut usage = KeyUsage::new();
    usage.critical().key_agreement();
    usage
}

#[test]
fn what_is_written_to_the_octet() {
    let key = certificate("ec256").public_key().clone();
    let policy =
        "transport = \"ecdh-es\", reference = \"key-name\", security-token-reference = false";
    let message = text(&protect(encrypts(policy).recipient("", key), &envelope("1.1")));
    let message = shape(element(&message, 0, "xenc:EncryptedKey").unwrap());
    let point = message.split("PublicKey>").nth(1).unwrap();
    assert_eq!(point.len(), 88 + "</dsig11:".len());
    let wrap: String = b"http://www.w3.org/2001/04/xmlenc#kw-aes256"
        .iter()
        .map(|it| format!("{it:02x}"))
        .collect();
    let expected = format!(
        "<xenc:EncryptionMethod Algorithm=\"[xenc]kw-aes256\"/><ds:KeyInfo xmlns:ds=\"[ds]\">\
         <xenc:AgreementMethod Algorithm=\"[xenc11]ECDH-ES\"><xenc11:KeyDerivationMethod \
         xmlns:xenc11=\"[xenc11]\" Algorithm=\"[xenc11]ConcatKDF\"><xenc11:ConcatKDFParams \
         AlgorithmID=\"00{wrap}\"><ds:DigestMethod \
         Algorithm=\"[xenc]sha256\"/></xenc11:ConcatKDFParams></xenc11:KeyDerivationMethod>\
         <xenc:OriginatorKeyInfo><ds:KeyValue><dsig11:ECKeyValue \
         xmlns:dsig11=\"http://www.w3.org/2009/xmldsig11#\"><dsig11:NamedCurve \
         URI=\"urn:oid:1.2.840.10045.3.1.7\"/><dsig11:PublicKey>{point}PublicKey>\
         </dsig11:ECKeyValue></ds:KeyValue></xenc:OriginatorKeyInfo><xenc:RecipientKeyInfo>\
         <ds:KeyName>default</ds:KeyName></xenc:RecipientKeyInfo></xenc:AgreementMethod>\
         </ds:KeyInfo><xenc:CipherData>"
    );
    assert!(message.contains(&expected), "{message}\n{expected}");
    let policy =
        "transport = \"x25519\", reference = \"key-name\", security-token-reference = false";
    let key = certificate("x25519").public_key().clone();
    let message = text(&protect(encrypts(policy).recipient("", key), &envelope("1.1")));
    let message = shape(element(&message, 0, "xenc:EncryptedKey").unwrap());
    let expected = "<xenc:AgreementMethod Algorithm=\"http://www.w3.org/2021/04/xmldsig-more#x25519\">\
         <xenc11:KeyDerivationMethod xmlns:xenc11=\"[xenc11]\" \
         Algorithm=\"http://www.w3.org/2021/04/xmldsig-more#hkdf\"><dsig-more:HKDFParams \
         xmlns:dsig-more=\"http://www.w3.org/2021/04/xmldsig-more#\"><dsig-more:PRF \
         Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256\"/>\
         <dsig-more:KeyLength>32</dsig-more:KeyLength></dsig-more:HKDFParams>\
         </xenc11:KeyDerivationMethod><xenc:OriginatorKeyInfo><dsig11:DEREncodedKeyValue ";
    assert!(message.contains(expected), "{message}\n{expected}");
}

#[test]
fn every_curve_and_parameter_comes_back() {
    for (name, transport) in
        [("ec256", "ecdh-es"), ("ec384", "ecdh-es"), ("ec521", "ecdh-es"), ("x25519", "x25519")]
    {
        let public = certificate(name).public_key().clone();
        let digests: &[&str] = match transport {
            "ecdh-es" => &["sha1", "sha256", "sha512", "sha3-384"],
            _ => &["sha1", "sha256", "sha384", "sha512"],
        };
        for wrap in ["kw-aes128", "kw-aes192", "kw-aes256"] {
            for digest in digests {
                let policy = format!(
                    "transport = \"{transport}\", reference = \"der-encoded-key-value\", wrap = \
                     \"{wrap}\", digest = \"{digest}\""
                );
                let policy = encrypts(&policy).recipient("", public.clone());
                let outbound = policy.build().unwrap();
                let protect = || {
                    let envelope = envelope("1.2");
                    let call = Call::default();
                    text(&outbound.protect(envelope.as_bytes(), &call).unwrap())
                };
                let message = protect();
                assert!(message.contains(&format!("#{wrap}\"")), "{message}");
                let document = validate(decrypts(name), &message).unwrap();
                assert!(document.contains("text &amp; more"), "{document}");
                // The key of ours is made for one message.
                let originator = |message: &str| {
                    message.split("OriginatorKeyInfo>").nth(1).expect("one").to_owned()
                };
                assert_ne!(originator(&message), originator(&protect()));
            }
        }
        let other = if name == "ec256" { "ec384" } else { "ec256" };
        let policy = format!("transport = \"{transport}\", reference = \"key-name\"");
        let message = text(&protect(encrypts(&policy).recipient("", public), &envelope("1.1")));
        let error = validate(decrypts(other), &message).unwrap_err();
        assert_eq!(error.cause(), Cause::KeyType, "{error}");
    }
}

#[test]
fn several_recipients_have_a_key_each() {
    let both = agreement();
    let policy = "transport = \"ecdh-es\", recipient = [\"a\", \"b\"]";
    let (a, b) = (certified("ec256", &both), certified("ec521", &both));
    let builder = encrypts(policy).recipient("a", a.clone()).recipient("b", b.clone());
    let message = text(&protect(builder, &envelope("1.1")));
    assert_eq!(message.matches("<xenc:AgreementMethod").count(), 2);
    for (name, certificate) in [("ec256", a), ("ec521", b)] {
        let ours = inbound(REQUIRE).decryption_pair("", key(name), Some(certificate));
        assert!(validate(ours, &message).unwrap().contains("text &amp; more"));
    }
    let other = inbound(REQUIRE).decryption_pair("", key("ec384"), Some(certificate("ec384")));
    assert_eq!(validate(other, &message).unwrap_err().cause(), Cause::NoKey);
}

#[test]
fn every_reference_to_a_certificate_says_whose_key_it_is() {
    let ours = certified("ec384", &agreement());
    for reference in [
        "binary-security-token",
        "issuer-serial",
        "thumbprint-sha1",
        "x509-data",
        "key-value",
        "der-encoded-key-value",
        "issuer-serial-certificate",
    ] {
        let policy = format!("transport = \"ecdh-es\", reference = \"{reference}\"");
        let builder = encrypts(&policy).recipient("", ours.clone());
        let message = text(&protect(builder, &envelope("1.1")));
        let other = identity("client");
        let inbound = inbound(REQUIRE).decryption_identity("other", &other).decryption_pair(
            "ours",
            key("ec384"),
            Some(ours.clone()),
        );
        let document = validate(inbound, &message);
        assert!(document.unwrap_or_else(|error| panic!("{reference}: {error}")).contains("more"));
    }
}

fn refused(outbound: OutboundBuilder) -> Error {
    match outbound.build() {
        Err(error) => error,
        Ok(built) => {
            let call = Call::default();
            built.protect(envelope("1.1").as_bytes(), &call).unwrap_err()
        }
    }
}

#[test]
fn keys_that_are_for_something_else_are_refused() {
    for (transport, name, cause, reason) in [
        ("rsa-oaep", "ec256", Cause::KeyType, "is EC P-256; the transport \"ecdh-es\" is for it"),
        ("rsa-1.5", "ec521", Cause::KeyType, "is EC P-521; the transport \"ecdh-es\" is for it"),
        ("rsa-oaep", "x25519", Cause::KeyType, "nothing; the transport \"x25519\" is for it"),
        ("rsa-oaep", "ed25519", Cause::KeyType, "the key of the recipient is Ed25519"),
        (
            "ecdh-es",
            "server",
            Cause::KeyType,
            "does not fit the key of the recipient, which is RSA",
        ),
        ("ecdh-es", "x25519", Cause::KeyType, "ecdh-es does not fit the key of the recipient"),
        ("x25519", "ec256", Cause::KeyType, "x25519 does not fit the key of the recipient"),
        ("ecdh-es", "ec256", Cause::InvalidArgument, "does not permit that keys are agreed on"),
    ] {
        let policy = format!("transport = \"{transport}\"");
        let error = refused(encrypts(&policy).recipient("", certificate(name)));
        assert_eq!(error.cause(), cause, "{transport} {name}: {error}");
        assert!(error.reason().contains(reason), "{transport} {name}: {error}");
    }
    let mut usage = KeyUsage::new();
    let enciphers = certified("ec256", usage.key_encipherment());
    let error = refused(encrypts("transport = \"ecdh-es\"").recipient("", enciphers));
    assert_eq!(error.cause(), Cause::InvalidArgument, "{error}");
    // What agrees on keys signs nothing, whoever made an identity of it.
    let signs = outbound("version = 1\nsignature = [{}]").identity("", identity("x25519"));
    let error = refused(signs);
    assert_eq!(error.cause(), Cause::KeyType);
    assert!(error.reason().contains("X25519, which agrees on keys and signs nothing"), "{error}");
}

#[test]
fn policies_say_how_and_are_read_back() {
    let of = |more: &str| {
        OutboundPolicy::from_toml(&format!("version = 1\nencryption = [{{ {more} }}]"))
    };
    for (more, written) in [
        (
            "transport = \"ecdh-es\"",
            "transport = \"ecdh-es\", wrap = \"kw-aes256\", digest = \"sha256\"",
        ),
        (
            "transport = \"x25519\", wrap = \"kw-aes128\", digest = \"sha512\"",
            "transport = \"x25519\", wrap = \"kw-aes128\", digest = \"sha512\"",
        ),
        ("transport = \"ecdh-es\", digest = \"sha3-256\"", "digest = \"sha3-256\""),
    ] {
        let policy = of(more).unwrap();
        let text = policy.to_toml();
        assert!(text.contains(written), "{text}");
        assert_eq!(OutboundPolicy::from_toml(&text).unwrap(), policy);
    }
    for (more, reason) in [
        ("transport = \"x25519\", digest = \"sha3-256\"", "HMAC with sha3-256 has no identifier"),
        ("transport = \"ecdh-es\", mgf = \"mgf1-sha256\"", "`encryption.mgf` belongs to RSA-OAEP"),
        ("transport = \"ecdh-es\", wrap = \"kw-tripledes\"", "kw-aes256, kw-aes192, kw-aes128"),
        ("transport = \"rsa-oaep\", wrap = \"kw-aes256\"", "`encryption.wrap` belongs to"),
        ("wrap = \"kw-aes256\"", "`encryption.wrap` belongs to"),
        ("transport = \"ecdh-es\", reference = \"secret\"", "belongs to a shared secret"),
    ] {
        let error = of(more).unwrap_err();
        assert_eq!(error.cause(), Cause::InvalidPolicy, "{more}: {error}");
        assert!(error.reason().contains(reason), "{more}: {error}");
    }
}
