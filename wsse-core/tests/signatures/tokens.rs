//! Tokens with several certificates, tokens in references, and references without a wrapper.

use crate::support::{certificate, envelope, identity, inbound, octets, outbound, sign};
use wsse_core::crypto::{Identity, KeyMaterial, base64};
use wsse_core::{Call, Cause, Error};

const PKCS7: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#PKCS7";

fn validate(message: &str, knows_intermediate: bool) -> Result<(), Error> {
    let mut builder =
        inbound("version = 1\nrequire = { signed = [\"body\"] }").anchor("", certificate("root"));
    if knows_intermediate {
        builder = builder.untrusted(certificate("intermediate"));
    }
    builder.build().unwrap().validate(message.as_bytes()).map(drop)
}

fn text(octets: Vec<u8>) -> String {
    String::from_utf8(octets).unwrap()
}

/// A message whose BinarySecurityToken has this ValueType and these octets.
fn with_token(value_type: &str, octets: &[u8]) -> String {
    let message = text(sign("binary-security-token", "client", "1.1", ""));
    let (before, rest) = message.split_once("<wsse:BinarySecurityToken ").unwrap();
    let (tag, rest) = rest.split_once('>').unwrap();
    let (_, after) = rest.split_once('<').unwrap();
    let tag = tag.replace(wsse_core::ns::X509V3, value_type);
    format!("{before}<wsse:BinarySecurityToken {tag}>{}<{after}", base64(octets))
}

#[test]
fn a_path_brings_what_is_between() {
    let key = KeyMaterial::read(&octets("client.key.pem"), None).unwrap().private_key.unwrap();
    let chain = vec![certificate("intermediate"), certificate("root")];
    let with_chain = Identity::new(key, certificate("client"), chain).unwrap();
    let policy = "version = 1\nsignature = [{ reference = \"x509-pki-path\", parts = [\"body\", \
                  \"binary-security-token\"] }]";
    let written = outbound(policy).identity("", with_chain).build().unwrap();
    let message = written.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap();
    let message = text(message.into_bytes());
    assert_eq!(message.matches("#X509PKIPathv1\"").count(), 3);
    validate(&message, false).unwrap();
    // Without those above it nobody knows what is between.
    let alone = outbound(policy).identity("", identity("client")).build().unwrap();
    let alone = alone.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap();
    let error = validate(&text(alone.into_bytes()), false).unwrap_err();
    assert_eq!(error.cause(), Cause::UntrustedCertificate);
}

#[test]
fn a_pkcs7_says_who_signed_or_is_refused() {
    validate(&with_token(PKCS7, &octets("path.p7b")), false).unwrap();
    let two = validate(&with_token(PKCS7, &octets("two.p7b")), true).unwrap_err();
    assert_eq!(two.cause(), Cause::NoKey, "{two}");
    for (value_type, octets, cause) in [
        (PKCS7, octets("client.crt.der"), Cause::InvalidCertificate),
        (wsse_core::ns::X509_PKI_PATH, octets("client.crt.der"), Cause::InvalidCertificate),
        (wsse_core::ns::X509V3, octets("path.p7b"), Cause::InvalidCertificate),
        ("urn:other", octets("client.crt.der"), Cause::UnsupportedToken),
    ] {
        let error = validate(&with_token(value_type, &octets), true).unwrap_err();
        assert_eq!(error.cause(), cause, "{value_type}: {error}");
    }
}

/// The message with the content of its SecurityTokenReference replaced.
fn with_reference(message: &str, content: &str) -> String {
    let (before, rest) = message.split_once("<wsse:SecurityTokenReference").unwrap();
    let (tag, rest) = rest.split_once('>').unwrap();
    let (_, after) = rest.split_once("</wsse:SecurityTokenReference>").unwrap();
    format!(
        "{before}<wsse:SecurityTokenReference{tag}>{content}</wsse:SecurityTokenReference>{after}"
    )
}

fn embedded(name: &str) -> String {
    let (encoding, kind) = (wsse_core::ns::BASE64_BINARY, wsse_core::ns::X509V3);
    let der = base64(certificate(name).der());
    format!(
        "<wsse:Embedded><wsse:BinarySecurityToken EncodingType=\"{encoding}\" \
         ValueType=\"{kind}\">{der}</wsse:BinarySecurityToken></wsse:Embedded>"
    )
}

#[test]
fn an_embedded_token_selects_and_is_not_believed_for_it() {
    let message = text(sign("thumbprint-sha1", "client", "1.1", ""));
    validate(&with_reference(&message, &embedded("client")), true).unwrap();
    let other = validate(&with_reference(&message, &embedded("server")), true).unwrap_err();
    assert_eq!(other.cause(), Cause::SignatureMismatch);
    let theirs = text(sign("thumbprint-sha1", "impostor", "1.1", ""));
    let error = validate(&with_reference(&theirs, &embedded("impostor")), true).unwrap_err();
    assert_eq!(error.cause(), Cause::UntrustedCertificate);
    let one = embedded("client");
    let token = one.replace("<wsse:Embedded>", "").replace("</wsse:Embedded>", "");
    for (content, cause) in [
        ("<wsse:Embedded/>".to_owned(), Cause::SignatureStructure),
        (format!("<wsse:Embedded>{token}{token}</wsse:Embedded>"), Cause::SignatureStructure),
        (format!("<wsse:Embedded>{one}</wsse:Embedded>"), Cause::UnsupportedToken),
        ("<wsse:Embedded><x xmlns=''/></wsse:Embedded>".to_owned(), Cause::UnsupportedToken),
        (format!("{one}{one}"), Cause::SignatureStructure),
        ("<ds:RetrievalMethod URI='#x'/>".to_owned(), Cause::UnsupportedToken),
    ] {
        let error = validate(&with_reference(&message, &content), true).unwrap_err();
        assert_eq!(error.cause(), cause, "{content}: {error}");
    }
}

#[test]
fn with_or_without_a_wrapper() {
    for (reference, wrapped) in [
        ("issuer-serial", false),
        ("x509-data", true),
        ("x509-ski", true),
        ("x509-digest", true),
        ("key-name", true),
        ("key-value", true),
        ("der-encoded-key-value", true),
    ] {
        let more = format!(", security-token-reference = {wrapped}");
        let message = text(sign(reference, "ec256", "1.2", &more));
        let is_wrapped = message.contains("<ds:KeyInfo><wsse:SecurityTokenReference");
        assert_eq!(is_wrapped, wrapped, "{reference}");
        let inbound = inbound("version = 1\nrequire = { signed = [\"body\"] }")
            .certificate("", certificate("ec256"));
        inbound.build().unwrap().validate(message.as_bytes()).unwrap();
    }
    let policy = "version = 1\nsignature = [{ reference = \"thumbprint-sha1\", \
                  security-token-reference = false }]";
    let error = outbound(policy).identity("", identity("client")).build().err().unwrap();
    assert_eq!(error.cause(), Cause::InvalidArgument);
}

#[test]
fn a_reference_that_fits_certificates_of_different_keys_is_refused() {
    // They have one name, and different keys.
    let message =
        text(sign("issuer-serial", "client", "1.1", ", security-token-reference = false"));
    let (before, rest) = message.split_once("<ds:X509IssuerSerial>").unwrap();
    let (_, after) = rest.split_once("</ds:X509IssuerSerial>").unwrap();
    let subject = certificate("client").subject().to_rfc2253();
    let by_name = format!("{before}<ds:X509SubjectName>{subject}</ds:X509SubjectName>{after}");
    let knowing = |name: &str| {
        inbound("version = 1\nrequire = { signed = [\"body\"] }")
            .certificate("", certificate("client"))
            .certificate("", certificate(name))
            .build()
            .unwrap()
    };
    knowing("server").validate(by_name.as_bytes()).unwrap();
    let error = knowing("impostor").validate(by_name.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::NoKey, "{error}");
}
