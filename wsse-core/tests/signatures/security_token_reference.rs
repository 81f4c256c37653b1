//! The STR-Transform: a token is signed through the reference to it.

use crate::support::{certificate, envelope, identity, inbound, outbound};
use wsse_core::{Call, Cause, Error, ValidatedMessage};

fn signed(reference: &str, parts: &str, more: &str) -> String {
    let policy = format!(
        "version = 1\nsignature = [{{ reference = \"{reference}\", parts = [{parts}]{more} }}]"
    );
    let outbound = outbound(&policy).identity("", identity("client")).build().unwrap();
    let message = outbound.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap();
    String::from_utf8(message.into_bytes()).unwrap()
}

fn validate(message: &str, parts: &str) -> Result<ValidatedMessage, Error> {
    inbound(&format!("version = 1\nrequire = {{ signed = [{parts}] }}"))
        .certificate("", certificate("client"))
        .untrusted(certificate("server"))
        .build()
        .unwrap()
        .validate(message.as_bytes())
}

const BOTH: &str = "\"body\", \"security-token-reference\"";

#[test]
fn every_reference_to_a_certificate_signs_its_token() {
    for (reference, more, is_present) in [
        ("binary-security-token", "", true),
        ("x509-pki-path", "", true),
        ("binary-security-token", ", canonicalization = \"inclusive\"", true),
        ("issuer-serial", "", false),
        ("subject-key-identifier", "", false),
        ("thumbprint-sha1", "", false),
        ("x509-key-identifier", "", false),
        ("x509-digest", ", security-token-reference = true", false),
    ] {
        let message = signed(reference, BOTH, more);
        let valid = validate(&message, BOTH).unwrap_or_else(|error| panic!("{reference}: {error}"));
        let paths: Vec<&str> = valid.signed().iter().map(|part| part.path.as_str()).collect();
        let token = format!(
            "/Envelope/Header/{{{0}}}Security[1]/{{{0}}}BinarySecurityToken[1]",
            wsse_core::ns::WSSE
        );
        // The reference itself is nowhere: it is not what is signed.
        let expected =
            if is_present { vec!["/Envelope/Body", &token] } else { vec!["/Envelope/Body"] };
        assert_eq!(paths, expected, "{reference}");
        let as_token = validate(&message, "\"body\", \"binary-security-token\"");
        if is_present {
            as_token.unwrap();
        } else {
            assert_eq!(as_token.unwrap_err().cause(), Cause::MissingPart, "{reference}");
        }
    }
}

#[test]
fn what_is_not_signed_through_its_reference_is_missed() {
    for reference in ["binary-security-token", "thumbprint-sha1", "x509-data"] {
        let message = signed(reference, "\"body\"", "");
        let error = validate(&message, BOTH).unwrap_err();
        assert_eq!(error.cause(), Cause::NotCovered, "{reference}: {error}");
    }
    // As it stands is as good.
    let plain = signed("binary-security-token", "\"body\", \"binary-security-token\"", "");
    validate(&plain, BOTH).unwrap();
    let bare = signed("key-name", "\"body\"", "");
    validate(&bare, BOTH).unwrap_err();
    for reference in ["key-value", "key-name", "x509-data"] {
        let policy = format!(
            "version = 1\nsignature = [{{ reference = \"{reference}\", parts = [{BOTH}] }}]"
        );
        let error = outbound(&policy).identity("", identity("client")).build().err().unwrap();
        assert_eq!(error.cause(), Cause::InvalidArgument, "{reference}");
    }
    signed("key-value", "\"body\", \"security-token-reference?\"", "");
}

#[test]
fn the_reference_is_covered_by_nobody() {
    let message = signed("thumbprint-sha1", BOTH, "");
    let (_, rest) = message.split_once("<ds:Reference URI=\"#STR-").unwrap();
    let id = format!("\"body\", \"#STR-{}\"", rest.split_once('"').unwrap().0);
    assert_eq!(validate(&message, &id).unwrap_err().cause(), Cause::NotCovered);
}

/// A second BinarySecurityToken, of `server`, and a reference to it in the Security header.
fn with_second(message: &str) -> String {
    let (encoding, kind) = (wsse_core::ns::BASE64_BINARY, wsse_core::ns::X509V3);
    let der = wsse_core::crypto::base64(certificate("server").der());
    let token = format!(
        "<wsse:BinarySecurityToken EncodingType=\"{encoding}\" ValueType=\"{kind}\" \
         wsu:Id=\"other\">{der}</wsse:BinarySecurityToken>"
    );
    message.replacen("<wsse:BinarySecurityToken", &format!("{token}<wsse:BinarySecurityToken"), 1)
}

#[test]
fn another_token_than_that_of_the_key_does_not_count() {
    // The Signature covers a reference to the token of `server`, and is made by `client`.
    let policy = "version = 1\nsignature = [{ parts = [\"body\", \"#other\"] }]";
    let outbound = outbound(policy).identity("", identity("client")).build().unwrap();
    let security = format!(
        "<wsse:Security xmlns:wsse=\"{}\" xmlns:wsu=\"{}\"><wsse:BinarySecurityToken/></wsse:Security>",
        wsse_core::ns::WSSE,
        wsse_core::ns::WSU
    );
    let envelope =
        with_second(&envelope("1.1").replace("<s:Header>", &format!("<s:Header>{security}")))
            .replace("<wsse:BinarySecurityToken/>", "");
    let message = outbound.protect(envelope.as_bytes(), &Call::default()).unwrap();
    let message = String::from_utf8(message.into_bytes()).unwrap();
    validate(&message, "\"body\", \"#other\"").unwrap();
    let error = validate(&message, BOTH).unwrap_err();
    assert_eq!(error.cause(), Cause::NotCovered, "{error}");
    let error = validate(&message, "\"body\", \"binary-security-token\"").unwrap_err();
    assert_eq!(error.cause(), Cause::NotCovered, "{error}");
}

#[test]
fn each_change_has_its_cause() {
    let direct = signed("binary-security-token", BOTH, "");
    let (_, rest) = direct.split_once("<ds:Reference URI=\"#STR-").unwrap();
    let id = format!("STR-{}", rest.split_once('"').unwrap().0);
    let (_, rest) = direct.split_once("<wsse:Reference URI=\"#").unwrap();
    let token = rest.split_once('"').unwrap().0.to_owned();
    let to = |from: &str, to: &str| direct.replace(from, to);
    let transform = format!("Algorithm=\"{}\">", wsse_core::ns::STR_TRANSFORM);
    let (_, rest) = direct.split_once(&transform).unwrap();
    let parameters = rest.split_once("</ds:Transform>").unwrap().0.to_owned();
    let second = with_second(&direct);
    for (message, cause) in [
        // The reference leads to another token, and so does the key.
        (
            second.replace(&format!("Reference URI=\"#{token}"), "Reference URI=\"#other"),
            Cause::UntrustedCertificate,
        ),
        (to(&format!(" wsu:Id=\"{token}\""), " wsu:Id=\"moved\""), Cause::NoKey),
        (to(&format!(" wsu:Id=\"{id}\""), ""), Cause::UnsupportedTransform),
        (to("<o xmlns='urn:o'/>", &format!("<o xmlns='urn:o' Id='{id}'/>")), Cause::AmbiguousId),
        (to("<o xmlns='urn:o'/>", &format!("<o xmlns='urn:o' Id='{token}'/>")), Cause::AmbiguousId),
        (
            to(&format!("Reference URI=\"#{id}\""), &format!("Reference URI=\"#{token}\"")),
            Cause::UnsupportedTransform,
        ),
        (
            to(&format!("Reference URI=\"#{id}\""), "Reference URI=\"\""),
            Cause::UnsupportedTransform,
        ),
        (to(&parameters, ""), Cause::SignatureStructure),
        (to(&parameters, &format!("{parameters}{parameters}")), Cause::SignatureStructure),
        (to(&parameters, "<wsse:TransformationParameters/>"), Cause::SignatureStructure),
        (to(&transform, &format!("{transform}text")), Cause::SignatureStructure),
    ] {
        assert_ne!(message, direct);
        let error = validate(&message, BOTH).unwrap_err();
        assert_eq!(error.cause(), cause, "{error}\n{message}");
    }
    let (before, rest) = direct.split_once(&format!("<ds:Reference URI=\"#{id}")).unwrap();
    let (own, after) = rest.split_once("</ds:Reference>").unwrap();
    let own = format!("<ds:Reference URI=\"#{id}{own}</ds:Reference>");
    let error = validate(&format!("{before}{}{after}", own.repeat(9)), BOTH).unwrap_err();
    assert_eq!(error.cause(), Cause::ReferenceCount, "{error}");
    // A made-up token of another certificate is another digest.
    let named = signed("issuer-serial", BOTH, "");
    let (client, server) = (certificate("client"), certificate("server"));
    let message = named.replace(
        &format!("<ds:X509SerialNumber>{}", client.serial_decimal()),
        &format!("<ds:X509SerialNumber>{}", server.serial_decimal()),
    );
    assert_ne!(message, named);
    assert_eq!(validate(&message, BOTH).unwrap_err().cause(), Cause::UntrustedCertificate);
}

#[test]
fn documents_without_a_security_header_have_no_tokens() {
    use wsse_core::xmldsig::bare::Form;
    let policy = "version = 1\nsignature = [{ reference = \"x509-data\" }]";
    let outbound = outbound(policy).identity("", identity("client")).build().unwrap();
    let form = Form::Detached(vec!["a".to_owned()]);
    let signed = outbound.sign_bare(b"<r><p Id='a'/></r>", &form).unwrap();
    let signed = String::from_utf8(signed).unwrap();
    let exclusive = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    let through = format!(
        "<ds:Transform Algorithm=\"{}\"><w:TransformationParameters xmlns:w=\"{}\">\
         <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
         </w:TransformationParameters></ds:Transform>",
        wsse_core::ns::STR_TRANSFORM,
        wsse_core::ns::WSSE
    );
    let changed = signed.replace(exclusive, &through);
    assert_ne!(changed, signed);
    let inbound = inbound("version = 1\nrequire = { timestamp = true }")
        .certificate("", certificate("client"))
        .build()
        .unwrap();
    let error = inbound.verify_bare(changed.as_bytes(), &mut ()).unwrap_err();
    assert_eq!(error.cause(), Cause::UnsupportedTransform);
}
