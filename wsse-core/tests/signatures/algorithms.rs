//! Every method with every kind of key: what fits signs and is verified, what does not is refused.

use crate::support::{certificate, envelope, identity, inbound, octets, outbound};
use openssl::bn::BigNum;
use openssl::dsa::DsaSig;
use openssl::md::Md;
use openssl::md_ctx::MdCtx;
use openssl::pkey::{PKey, Private};
use wsse_core::crypto::{
    DigestMethod, KeyFamily, KeyKind, PrivateKey, PssParameters, Secret, SignatureMethod,
    base64_to_vec,
};
use wsse_core::xml::Limits;
use wsse_core::xmldsig::bare::{self, Form};
use wsse_core::xmldsig::{ReferenceTemplate, SignatureTemplate};
use wsse_core::{Call, Cause, Error};

const KEYS: [&str; 8] =
    ["client", "rsa-pss", "rsa-pss-sha512", "ec256", "ec384", "ec521", "ed25519", "ed448"];

fn fits(name: &str, method: SignatureMethod) -> bool {
    match (name, method.family()) {
        ("client", KeyFamily::Rsa)
        | ("ec256" | "ec384" | "ec521", KeyFamily::Ecdsa)
        | ("ed25519", KeyFamily::Ed25519)
        | ("ed448", KeyFamily::Ed448) => true,
        ("rsa-pss", _) => method.pss().is_some(),
        ("rsa-pss-sha512", _) => method == SignatureMethod::RsaPssSha512,
        _ => false,
    }
}

/// The switches that a method and a digest need, as a policy has them.
fn legacy(method: SignatureMethod, digest: DigestMethod) -> String {
    let names = method.legacy().iter().chain(digest.legacy());
    let names: Vec<_> = names.map(|legacy| format!("\"{}\"", legacy.name())).collect();
    format!("\nlegacy = {{ allow = [{}] }}", names.join(", "))
}

fn sign(name: &str, method: SignatureMethod, digest: DigestMethod) -> Result<Vec<u8>, Error> {
    let policy = format!(
        "version = 1\nsignature = [{{ method = \"{}\", digest = \"{}\", parts = [\"body\"] }}]",
        method.name(),
        digest.name()
    );
    let outbound = outbound(&policy).identity("", identity(name)).build()?;
    Ok(outbound.protect(envelope("1.2").as_bytes(), &Call::default())?.into_bytes())
}

const REQUIRE: &str = "version = 1\nrequire = { signed = [\"body\"] }";

fn validate(name: &str, more: &str, message: &[u8]) -> Result<(), Error> {
    let policy = format!("{REQUIRE}{more}");
    let inbound = inbound(&policy).certificate("", certificate(name)).build()?;
    inbound.validate(message).map(drop)
}

/// The SignatureValue of `message`, changed.
fn with_value(message: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let text = std::str::from_utf8(message).unwrap();
    let start = text.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let end = start + text[start..].find('<').unwrap();
    let mut value = base64_to_vec(&text[start..end]).unwrap();
    change(&mut value);
    let value = wsse_core::crypto::base64(&value);
    format!("{}{value}{}", &text[..start], &text[end..]).into_bytes()
}

fn flip(octets: &mut [u8], at: usize) {
    octets[at] ^= 1;
}

#[test]
fn what_fits_is_signed_and_verified_and_nothing_else() {
    for name in KEYS {
        let key = identity(name).key().clone();
        let mut signed = 0;
        for method in SignatureMethod::that_sign().filter(|it| it.family() != KeyFamily::Hmac) {
            let digest = DigestMethod::Sha256;
            let message = match sign(name, method, digest) {
                Ok(message) => message,
                Err(error) => {
                    assert!(!fits(name, method), "{name} {}: {error}", method.name());
                    assert_eq!(error.cause(), Cause::KeyType, "{name} {}: {error}", method.name());
                    continue;
                }
            };
            assert!(fits(name, method), "{name} {}", method.name());
            signed += 1;
            let shown = String::from_utf8(message.clone()).unwrap();
            assert!(shown.contains(&format!("Algorithm=\"{}\"", method.uri())), "{shown}");
            let more = legacy(method, digest);
            validate(name, &more, &message)
                .unwrap_or_else(|error| panic!("{name} {}: {error}\n{shown}", method.name()));
            if !method.legacy().is_empty() {
                let error = validate(name, "", &message).unwrap_err();
                assert_eq!(error.cause(), Cause::LegacyAlgorithm, "{name} {}", method.name());
            }
            let body = shown.replace("text &amp; more", "text &amp; less");
            let error = validate(name, &more, body.as_bytes()).unwrap_err();
            assert_eq!(error.cause(), Cause::DigestMismatch, "{name} {}", method.name());
            let length = key.signature_length(method).unwrap();
            for at in [0, length / 2, length - 1] {
                let changed = with_value(&message, |value| {
                    assert_eq!(value.len(), length);
                    flip(value, at);
                });
                let error = validate(name, &more, &changed).unwrap_err();
                assert_eq!(error.cause(), Cause::SignatureMismatch, "{name} {}", method.name());
            }
            for change in [Vec::clear, |value: &mut Vec<u8>| value.push(0)] {
                let error = validate(name, &more, &with_value(&message, change)).unwrap_err();
                assert_eq!(error.cause(), Cause::SignatureMismatch, "{name} {}", method.name());
            }
        }
        let expected = match name {
            "client" => 15,
            "rsa-pss" => 10,
            "ec256" | "ec384" | "ec521" => 9,
            _ => 1,
        };
        assert_eq!(signed, expected, "{name}");
    }
}

#[test]
fn the_key_decides_on_the_family_of_methods() {
    let text = b"octets";
    let mut keys: Vec<&str> = KEYS.to_vec();
    keys.extend(["dsa1024", "dsa2048", "x25519"]);
    for name in keys {
        let key = certificate(name).public_key().clone();
        for method in SignatureMethod::all() {
            let error = key.verify(method, text, &[1; 64]).unwrap_err();
            let may = match key.kind() {
                KeyKind::Dsa { .. } => method.family() == KeyFamily::Dsa,
                KeyKind::RsaPss { .. } => method.pss().is_some(),
                KeyKind::X25519 => false,
                _ => fits(name, method) || method == SignatureMethod::RsaMd5 && name == "client",
            };
            let expected = if may { Cause::SignatureMismatch } else { Cause::KeyType };
            assert_eq!(error.cause(), expected, "{name} {}: {error}", method.name());
        }
    }
    // PKCS #1 v1.5 is no PSS under the same key, and one message digest no other.
    let client = identity("client");
    let methods = [
        SignatureMethod::RsaSha256,
        SignatureMethod::RsaPssSha256,
        SignatureMethod::RsaPssSha512,
        SignatureMethod::RsaPssSha3_256,
        SignatureMethod::RsaPss(
            PssParameters::new(DigestMethod::Sha256, DigestMethod::Sha256, 20).unwrap(),
        ),
        SignatureMethod::RsaPss(
            PssParameters::new(DigestMethod::Sha256, DigestMethod::Sha512, 32).unwrap(),
        ),
    ];
    for made in methods {
        let signature = client.key().sign(made, text).unwrap();
        for read in methods {
            let outcome = client.certificate().public_key().verify(read, text, &signature);
            assert_eq!(outcome.is_ok(), made == read, "{made:?} as {read:?}");
        }
    }
}

#[test]
fn keys_that_sign_nothing_or_too_little_are_refused_by_name() {
    let message = sign("client", SignatureMethod::RsaSha256, DigestMethod::Sha256).unwrap();
    let message = String::from_utf8(message).unwrap();
    let token = |name: &str| wsse_core::crypto::base64(certificate(name).der());
    for (name, words) in [
        ("x25519", "the key, which is X25519, which agrees on keys and signs nothing"),
        ("ed25519", "does not fit the key, which is Ed25519"),
        ("dsa2048", "does not fit the key, which is DSA of 2048 bits"),
        ("rsa-pss", "does not fit the key, which is RSA of 2048 bits for RSASSA-PSS alone"),
    ] {
        let other = message.replace(&token("client"), &token(name));
        let more = "\ntrust = { validity = false }\nlegacy = { allow = [\"dsa\"] }";
        let error = validate(name, more, other.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), Cause::KeyType, "{error}");
        assert!(error.reason().contains(words), "{error}");
    }
    let error = sign("small1024", SignatureMethod::RsaPssSha512, DigestMethod::Sha256).unwrap_err();
    assert_eq!(error.cause(), Cause::KeyType);
    assert!(error.reason().contains("too short"), "{error}");
    let other = message.replace(&token("client"), &token("dsa2048"));
    let error = validate("dsa2048", "", other.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::LegacyAlgorithm, "{error}");
}

#[test]
fn digests_of_every_method() {
    for digest in DigestMethod::that_sign() {
        let method = SignatureMethod::EddsaEd25519;
        let message = sign("ed25519", method, digest).unwrap();
        validate("ed25519", &legacy(method, digest), &message).unwrap();
        let shown = String::from_utf8(message).unwrap();
        let uri = format!("<ds:DigestMethod Algorithm=\"{}\"/>", digest.uri());
        assert!(shown.contains(&uri), "{shown}");
    }
}

#[test]
fn methods_by_the_kind_of_key() {
    for (name, uri) in [
        ("client", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
        ("rsa-pss", "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"),
        ("ec384", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"),
        ("ed25519", "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"),
        ("ed448", "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed448"),
    ] {
        let policy = "version = 1\nsignature = [{ parts = [\"body\"] }]";
        let outbound = outbound(policy).identity("", identity(name)).build().unwrap();
        let message = outbound.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap();
        let shown = String::from_utf8(message.bytes().to_vec()).unwrap();
        assert!(shown.contains(&format!("<ds:SignatureMethod Algorithm=\"{uri}\"/>")), "{shown}");
        validate(name, "", message.bytes()).unwrap();
    }
}

#[test]
fn what_is_only_verified_is_not_signed_with() {
    for text in [
        "method = \"dsa-sha256\"",
        "method = \"rsa-md5\"",
        "method = \"hmac-md5\"",
        "digest = \"md5\"",
    ] {
        let policy = format!("version = 1\nsignature = [{{ {text} }}]");
        let error = wsse_core::OutboundPolicy::from_toml(&policy).unwrap_err();
        assert_eq!(error.cause(), Cause::InvalidPolicy, "{error}");
    }
    let client = identity("client");
    let error = client.key().sign(SignatureMethod::RsaMd5, b"").unwrap_err();
    assert_eq!(error.cause(), Cause::UnsupportedAlgorithm);
    let secret = wsse_core::OutboundPolicy::from_toml(
        "version = 1\nsignature = [{ reference = \"secret\" }]",
    );
    let mut policy = secret.unwrap();
    policy.signatures[0].method = Some(SignatureMethod::HmacMd5);
    let built = wsse_core::Outbound::builder(policy.clone()).secret("", Secret::new("s")).build();
    assert_eq!(built.err().unwrap().cause(), Cause::UnsupportedAlgorithm);
    policy.signatures[0].method = None;
    policy.signatures[0].digest = DigestMethod::Md5;
    let built = wsse_core::Outbound::builder(policy).secret("", Secret::new("s")).build();
    assert_eq!(built.err().unwrap().cause(), Cause::UnsupportedAlgorithm);
}

fn private(name: &str) -> PKey<Private> {
    PKey::private_key_from_pem(&octets(&format!("{name}.key.pem"))).unwrap()
}

/// A document that is signed with what is only verified here.
fn bare(
    method: SignatureMethod,
    digest: DigestMethod,
    length: usize,
    sign: impl Fn(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let template = SignatureTemplate::new(method, length);
    let mut part = ReferenceTemplate::new("");
    part.method = digest;
    let form = Form::Enveloped;
    bare::sign(b"<a>text</a>", &Limits::default(), &form, &template, &part, |octets| {
        Ok(sign(octets))
    })
    .unwrap()
}

/// DSA with SHA-1 or SHA-256 as the standard writes it: r and s in as many octets as the order.
fn dsa(name: &str, digest: &'static openssl::md::MdRef, half: usize) -> impl Fn(&[u8]) -> Vec<u8> {
    let half = i32::try_from(half).unwrap();
    let key = private(name);
    move |octets| {
        let mut context = MdCtx::new().unwrap();
        context.digest_sign_init(Some(digest), &key).unwrap();
        let mut der = Vec::new();
        context.digest_sign_to_vec(octets, &mut der).unwrap();
        let pair = DsaSig::from_der(&der).unwrap();
        let [r, s] = [pair.r(), pair.s()].map(|number| number.to_vec_padded(half).unwrap());
        [r, s].concat()
    }
}

fn verify_bare(name: &str, allow: &str, document: &[u8]) -> Result<(), Error> {
    let policy = format!("{REQUIRE}\nlegacy = {{ allow = [{allow}] }}");
    let inbound = inbound(&policy).certificate("", certificate(name)).build()?;
    inbound.verify_bare(document, &mut ()).map(drop)
}

#[test]
fn dsa_is_verified_where_it_is_allowed_by_name() {
    use DigestMethod::{Sha1, Sha256};
    use SignatureMethod::{DsaSha1, DsaSha256};
    for (name, method, half) in
        [("dsa1024", DsaSha1, 20), ("dsa2048", DsaSha256, 32), ("dsa1024", DsaSha256, 20)]
    {
        let (digest, md, allow) = match method {
            DsaSha1 => (Sha1, Md::sha1(), "\"dsa\", \"sha1\""),
            _ => (Sha256, Md::sha256(), "\"dsa\""),
        };
        let document = bare(method, digest, 2 * half, dsa(name, md, half));
        verify_bare(name, allow, &document).unwrap();
        for less in ["", "\"sha1\"", "\"md5\", \"embedded-key\""] {
            let error = verify_bare(name, less, &document).unwrap_err();
            assert_eq!(error.cause(), Cause::LegacyAlgorithm, "{less}");
        }
        if method == DsaSha1 {
            let error = verify_bare(name, "\"dsa\"", &document).unwrap_err();
            assert_eq!(error.cause(), Cause::LegacyAlgorithm);
            assert!(error.reason().contains("\"sha1\", \"dsa\""), "{error}");
        }
        let padded = |length: usize| {
            with_value(&document, |value| {
                let (r, s) = value.split_at(half);
                let zeros = vec![0; length - half];
                *value = [&zeros[..], r, &zeros, s].concat();
            })
        };
        let kind = certificate(name).public_key().kind();
        let KeyKind::Dsa { bits, .. } = kind else { panic!("{kind}") };
        let whole = bits as usize / 8;
        verify_bare(name, allow, &padded(half + 1)).unwrap();
        verify_bare(name, allow, &padded(whole)).unwrap();
        let der = |value: &mut Vec<u8>| {
            let number = |octets: &[u8]| BigNum::from_slice(octets).unwrap();
            let (r, s) = (number(&value[..half]), number(&value[half..]));
            *value = DsaSig::from_private_components(r, s).unwrap().to_der().unwrap();
        };
        for changed in [
            with_value(&document, |value| flip(value, 0)),
            with_value(&document, |value| flip(value, 2 * half - 1)),
            padded(whole + 1),
            with_value(&document, |value| value.insert(0, 0)),
            with_value(&document, der),
            with_value(&document, |value| value.fill(0)),
        ] {
            let error = verify_bare(name, allow, &changed).unwrap_err();
            assert_eq!(error.cause(), Cause::SignatureMismatch, "{error}");
        }
    }
}

#[test]
fn md5_is_verified_where_it_is_allowed_by_name() {
    let sign = |key: &PKey<Private>, octets: &[u8]| {
        let mut context = MdCtx::new().unwrap();
        context.digest_sign_init(Some(Md::md5()), key).unwrap();
        let mut value = Vec::new();
        context.digest_sign_to_vec(octets, &mut value).unwrap();
        value
    };
    let rsa = private("client");
    for digest in [DigestMethod::Md5, DigestMethod::Sha256] {
        let document = bare(SignatureMethod::RsaMd5, digest, 256, |octets| sign(&rsa, octets));
        verify_bare("client", "\"md5\"", &document).unwrap();
        let error = verify_bare("client", "\"sha1\"", &document).unwrap_err();
        assert_eq!(error.cause(), Cause::LegacyAlgorithm, "{error}");
    }
    let hmac = PKey::hmac(b"secret").unwrap();
    let document =
        bare(SignatureMethod::HmacMd5, DigestMethod::Sha256, 16, |octets| sign(&hmac, octets));
    let with = |allow: &str| {
        let policy = format!("{REQUIRE}\nlegacy = {{ allow = [{allow}] }}");
        let inbound = inbound(&policy).secret("", Secret::new("secret")).build().unwrap();
        inbound.verify_bare(&document, &mut ()).map(drop)
    };
    with("\"md5\"").unwrap();
    assert_eq!(with("").unwrap_err().cause(), Cause::LegacyAlgorithm);
}

#[test]
fn the_parameters_of_pss_have_bounds() {
    let method = SignatureMethod::RsaPss(PssParameters::default());
    let message = sign("client", method, DigestMethod::Sha256).unwrap();
    let message = String::from_utf8(message).unwrap();
    let start = message.find("<pss:RSAPSSParams").unwrap();
    const END: &str = "</pss:RSAPSSParams>";
    let end = start + message[start..].find(END).unwrap() + END.len();
    let digest = |name: &str| {
        let uri = DigestMethod::from_name(name).unwrap().uri();
        format!("<ds:DigestMethod Algorithm=\"{uri}\"/>")
    };
    let (sha256, sha1, md5) = (digest("sha256"), digest("sha1"), digest("md5"));
    let mask = |content: &str| {
        let mgf1 = "http://www.w3.org/2007/05/xmldsig-more#MGF1";
        format!(
            "<pss:MaskGenerationFunction Algorithm=\"{mgf1}\">{content}</pss:MaskGenerationFunction>"
        )
    };
    let salt = |octets: &str| format!("<pss:SaltLength>{octets}</pss:SaltLength>");
    let trailer = |number: &str| format!("<pss:TrailerField>{number}</pss:TrailerField>");
    let structure = Cause::SignatureStructure;
    let unsupported = Cause::UnsupportedAlgorithm;
    // What is read is what was not written: the SignatureValue is of the parameters that were.
    let other = Cause::SignatureMismatch;
    let all = format!("{sha256}{}{}{}", mask(&sha256), salt("32"), trailer("1"));
    assert!(message[start..end].contains(&all), "{}", &message[start..end]);
    for (content, cause) in [
        (String::new(), other),
        (mask(""), other),
        (salt(" 0\n"), other),
        (format!("{}{}", salt("20"), trailer("1")), other),
        (digest("sha3-512"), other),
        (sha1.clone(), Cause::LegacyAlgorithm),
        (mask(&sha1), Cause::LegacyAlgorithm),
        (md5.clone(), unsupported),
        (mask(&md5), unsupported),
        (salt("33"), unsupported),
        (format!("{}{}", digest("sha512"), salt("65")), unsupported),
        (salt("9999"), unsupported),
        (salt("10000"), structure),
        (salt("-1"), structure),
        (salt("+1"), structure),
        (salt(""), structure),
        (salt("<!-- -->1"), structure),
        (trailer("2"), unsupported),
        (trailer("0"), unsupported),
        (all.replace("#MGF1", "#MGF2"), unsupported),
        (all.replace("xmlenc#sha256", "xmlenc#sha255"), unsupported),
        (format!("{}{sha256}", mask("")), structure),
        (format!("{sha256}{sha256}"), structure),
        (mask(&format!("{sha256}{sha256}")), structure),
        (mask("<x/>"), structure),
        (mask("text"), structure),
        ("text".to_owned(), structure),
        (format!("{all}<x/>"), structure),
        (all.replace("pss:", "ds:"), structure),
    ] {
        let params = format!(
            "<pss:RSAPSSParams xmlns:pss=\"{}\">{content}</pss:RSAPSSParams>",
            wsse_core::ns::DSIG_MORE
        );
        let changed = format!("{}{params}{}", &message[..start], &message[end..]);
        let error = validate("client", "", changed.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), cause, "{content}: {error}");
    }
    for params in ["<x/>", "<ds:HMACOutputLength>256</ds:HMACOutputLength>", &sha256] {
        let changed = format!("{}{params}{}", &message[..start], &message[end..]);
        let error = validate("client", "", changed.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), structure, "{params}: {error}");
    }
    let twice = format!("{}{}", &message[..end], &message[start..]);
    assert_eq!(validate("client", "", twice.as_bytes()).unwrap_err().cause(), structure);
    // Only this method has parameters.
    let params = &message[start..end];
    for uri in ["sha256-rsa-MGF1", "sha3-256-rsa-MGF1"] {
        let changed = message.replace("xmldsig-more#rsa-pss", &format!("xmldsig-more#{uri}"));
        assert_ne!(changed, message);
        let error = validate("client", "", changed.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), structure, "{error}");
    }
    let plain = sign("client", SignatureMethod::RsaSha256, DigestMethod::Sha256).unwrap();
    let plain = String::from_utf8(plain).unwrap();
    let from = "xmldsig-more#rsa-sha256\"/>";
    let to = format!("xmldsig-more#rsa-sha256\">{params}</ds:SignatureMethod>");
    let changed = plain.replace(from, &to);
    assert_ne!(changed, plain);
    assert_eq!(validate("client", "", changed.as_bytes()).unwrap_err().cause(), structure);
}

#[test]
fn parameters_of_pss_that_are_absent_are_those_of_the_standard() {
    let key = identity("client").key().clone();
    let method = SignatureMethod::RsaPss(PssParameters::default());
    let sign = |content: &str, parameters: PssParameters, key: &PrivateKey| {
        let document = bare(method, DigestMethod::Sha256, 256, |_| vec![0; 256]);
        let document = String::from_utf8(document).unwrap();
        let start = document.find("<pss:RSAPSSParams").unwrap();
        let end = document.find("</ds:SignatureMethod>").unwrap();
        let text = format!("{}{content}{}", &document[..start], &document[end..]);
        // SignedInfo stands there in its canonical form, but for the namespace.
        let start = text.find("<ds:SignedInfo>").unwrap();
        let end = text.find("</ds:SignedInfo>").unwrap() + "</ds:SignedInfo>".len();
        let canonical = text[start..end].replace(
            "<ds:SignedInfo>",
            &format!("<ds:SignedInfo xmlns:ds=\"{}\">", wsse_core::ns::DS),
        );
        let canonical = expand(&canonical);
        let value = key.sign(SignatureMethod::RsaPss(parameters), canonical.as_bytes()).unwrap();
        with_value(text.as_bytes(), |old| *old = value)
    };
    let space = wsse_core::ns::DSIG_MORE;
    let sha512 = DigestMethod::Sha512;
    let of_sha512 = format!("<ds:DigestMethod Algorithm=\"{}\"></ds:DigestMethod>", sha512.uri());
    for (content, parameters) in [
        (String::new(), PssParameters::default()),
        (
            format!("<pss:RSAPSSParams xmlns:pss=\"{space}\"></pss:RSAPSSParams>"),
            PssParameters::default(),
        ),
        (
            format!("<pss:RSAPSSParams xmlns:pss=\"{space}\">{of_sha512}</pss:RSAPSSParams>"),
            PssParameters::new(sha512, DigestMethod::Sha256, 64).unwrap(),
        ),
    ] {
        let document = sign(&content, parameters, &key);
        verify_bare("client", "", &document).unwrap_or_else(|error| panic!("{content}: {error}"));
    }
}

/// Canonical XML writes an empty element with two tags.
fn expand(text: &str) -> String {
    let mut written = String::new();
    for piece in text.split_inclusive("/>") {
        let Some(tag) = piece.strip_suffix("/>") else {
            written.push_str(piece);
            continue;
        };
        let name = tag.rsplit('<').next().unwrap().split([' ', '/']).next().unwrap();
        written.push_str(&format!("{tag}></{name}>"));
    }
    written
}
