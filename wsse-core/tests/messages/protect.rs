//! What `Outbound::protect` writes, and where.

use crate::support::{
    Counting, NOON, SOAP11, clock, inbound, inbound_preset, outbound, outbound_preset,
};
use std::sync::Arc;
use wsse_core::crypto::Secret;
use wsse_core::{Call, Cause, Outbound, OutboundPolicy};

fn protect(outbound: &Outbound, envelope: &str) -> String {
    let protected = outbound.protect(envelope.as_bytes(), &Call::default()).unwrap();
    String::from_utf8(protected.into_bytes()).unwrap()
}

fn refusal(outbound: &Outbound, envelope: &str, call: &Call<'_>) -> wsse_core::Error {
    outbound.protect(envelope.as_bytes(), call).unwrap_err()
}

#[test]
fn a_new_header_is_spliced_in_and_the_rest_stays() {
    let expected = concat!(
        r#"<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header>"#,
        r#"<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" "#,
        r#"xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" "#,
        r#"xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" "#,
        r#"soap:mustUnderstand="1">"#,
        r#"<wsu:Timestamp wsu:Id="TS-202122232425262728292a2b2c2d2e2f"><wsu:Created>2024-05-01T12:00:00.000Z</wsu:Created>"#,
        r#"<wsu:Expires>2024-05-01T12:05:00.000Z</wsu:Expires></wsu:Timestamp>"#,
        r#"<wsse:UsernameToken wsu:Id="UT-101112131415161718191a1b1c1d1e1f"><wsse:Username>alice</wsse:Username>"#,
        r#"<wsse:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest">KDxlN4hTevOEnDfsQLvRVAw6d7I=</wsse:Password>"#,
        r#"<wsse:Nonce EncodingType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary">AAECAwQFBgcICQoLDA0ODw==</wsse:Nonce>"#,
        r#"<wsu:Created>2024-05-01T12:00:00Z</wsu:Created></wsse:UsernameToken></wsse:Security></S:Header>"#,
        r#"<S:Body><m:Ping xmlns:m="urn:example"/></S:Body></S:Envelope>"#,
    );
    let protected = protect(&outbound_preset("username-token"), SOAP11);
    assert_eq!(protected, expected);
    let validated = inbound_preset("username-token").validate(protected.as_bytes()).unwrap();
    assert_eq!(validated.username(), Some("alice"));
    assert!(validated.is_authenticated());
    let document = String::from_utf8(validated.unsigned_document().to_vec()).unwrap();
    assert_eq!(document, SOAP11.replace("<S:Body>", "<S:Header></S:Header><S:Body>"));
}

#[test]
fn every_shape_of_header_takes_the_tokens() {
    const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
    const SOAP12: &str = "http://www.w3.org/2003/05/soap-envelope";
    const WSSE: &str =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    let shapes = [
        format!(r#"<?xml version="1.0"?><!-- c --><Envelope xmlns="{SOAP}"><Body/></Envelope>"#),
        format!(r#"<e:Envelope xmlns:e="{SOAP12}"><e:Header/><e:Body><a/></e:Body></e:Envelope>"#),
        format!(
            r#"<e:Envelope xmlns:e="{SOAP12}"><e:Header
            ><x xmlns="urn:x">1</x></e:Header><e:Body><a/></e:Body></e:Envelope>"#
        ),
        format!(
            r#"<e:Envelope xmlns:e="{SOAP}"><e:Header><o:Security xmlns:o="{WSSE}" /></e:Header><e:Body/></e:Envelope>"#
        ),
        format!(
            r#"<e:Envelope xmlns:e="{SOAP}"><e:Header><o:Security xmlns:o="{WSSE}"> </o:Security
            ></e:Header><e:Body/></e:Envelope>"#
        ),
        format!(
            r#"<e:Envelope xmlns:e="{SOAP}"><e:Header><Security xmlns="{WSSE}" xmlns:wsse="urn:other"></Security></e:Header><e:Body/></e:Envelope>"#
        ),
        format!(
            r#"<e:Envelope xmlns:e="{SOAP}"><e:Header xmlns:e="{SOAP}"><o:Security xmlns:o="{WSSE}" e:actor="urn:other"><any/></o:Security></e:Header><e:Body/></e:Envelope>"#
        ),
    ];
    let outbound = outbound_preset("username-token");
    for shape in shapes {
        let protected = protect(&outbound, &shape);
        let inbound = inbound_preset("username-token");
        let validated = inbound.validate(protected.as_bytes()).unwrap_or_else(|error| {
            panic!("{error}\n{shape}\n{protected}");
        });
        assert_eq!(validated.username(), Some("alice"), "{shape}");
        // Octets of the caller stay: taking the inserted ones out gives the input back, but for
        // empty tags that were opened.
        let body = &shape[shape.find("Body").unwrap()..];
        assert!(protected.ends_with(body), "{protected}");
        let start = shape.find("<e:Body").or_else(|| shape.find("<Body")).unwrap();
        let body = &shape[start..shape.rfind("</").unwrap()];
        assert_eq!(validated.unsigned_body(), body.as_bytes(), "{shape}");
    }
}

#[test]
fn order_actor_and_must_understand_follow_the_policy() {
    let policy = r#"
        version = 1
        order = ["username-token", "timestamp"]
        header = { actor = "urn:gateway?a=1&b=2", must-understand = false }
        timestamp = { ttl = 0, milliseconds = false, zone = "+00:00" }
        username-token = { password = "text", id = false, nonce = false, created = false }
    "#;
    let protected = protect(&outbound(policy), SOAP11);
    assert!(protected.contains(r#"soap:actor="urn:gateway?a=1&amp;b=2""#), "{protected}");
    assert!(!protected.contains("mustUnderstand"));
    assert!(!protected.contains("Expires") && !protected.contains("Nonce"));
    assert!(protected.find("UsernameToken") < protected.find("Timestamp"));
    assert!(protected.contains("<wsu:Created>2024-05-01T12:00:00+00:00</wsu:Created>"));
    let for_us = inbound("version = 1\nrequire = { username-token = \"text\" }");
    let error = for_us.validate(protected.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::MissingSecurityHeader);
    let gateway = inbound(
        "version = 1\nrequire = { username-token = \"text\", timestamp = true }\nheader = { actor = \
         \"urn:gateway?a=1&b=2\" }",
    );
    assert_eq!(gateway.validate(protected.as_bytes()).unwrap().username(), Some("alice"));

    let soap12 = SOAP11.replace(
        "http://schemas.xmlsoap.org/soap/envelope/",
        "http://www.w3.org/2003/05/soap-envelope",
    );
    let protected = protect(&outbound(policy), &soap12);
    assert!(protected.contains(r#"soap:role="urn:gateway?a=1&amp;b=2""#), "{protected}");
    assert_eq!(gateway.validate(protected.as_bytes()).unwrap().username(), Some("alice"));
}

#[test]
fn every_password_form_and_pre_step_is_written_and_checked() {
    for secret in ["plain", "sha1", "sha1-base64", "md5-lower-base64", "lower"] {
        let sender = outbound(&format!(
            "version = 1\nusername-token = {{ secret = \"{secret}\", milliseconds = true }}"
        ));
        let receiver = inbound(&format!(
            "version = 1\nrequire = {{ username-token = \"digest\" }}\nusername = {{ secret = \
             \"{secret}\" }}"
        ));
        let protected = protect(&sender, SOAP11);
        assert!(receiver.validate(protected.as_bytes()).unwrap().is_authenticated(), "{secret}");
    }
    let none = protect(&outbound("version = 1\nusername-token = { password = \"none\" }"), SOAP11);
    assert!(!none.contains("Password"));
    let strict = inbound("version = 1\nrequire = { username-token = \"any\" }");
    assert_eq!(strict.validate(none.as_bytes()).unwrap_err().cause(), Cause::MissingPart);
    let optional = inbound(
        "version = 1\nrequire = { username-token = \"any\" }\nusername = { password = \"optional\" }",
    );
    let validated = optional.validate(none.as_bytes()).unwrap();
    assert_eq!((validated.username(), validated.is_authenticated()), (Some("alice"), false));
}

#[test]
fn an_absent_part_is_left_out_of_the_hash_where_the_policy_allows_it() {
    for (nonce, created) in [(false, true), (true, false), (false, false)] {
        let sender = outbound(&format!(
            "version = 1\nusername-token = {{ nonce = {nonce}, created = {created} }}"
        ));
        let protected = protect(&sender, SOAP11);
        let strict = inbound("version = 1\nrequire = { username-token = \"digest\" }");
        let error = strict.validate(protected.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), Cause::MissingPart);
        let lenient = inbound(
            "version = 1\nrequire = { username-token = \"digest\" }\nusername = { nonce = \
             \"optional\", created = \"optional\" }",
        );
        assert!(lenient.validate(protected.as_bytes()).unwrap().is_authenticated());
        let replay = lenient.validate(protected.as_bytes()).unwrap_err();
        assert_eq!(replay.cause(), Cause::Replay);
    }
}

#[test]
fn a_call_overrides_what_the_outbound_has() {
    let outbound = outbound_preset("username-token");
    let password = Secret::new("other");
    let mut call = Call::default();
    call.username = Some("b<o>b");
    call.password = Some(&password);
    call.nonce = Some(b"n");
    call.created = Some("2024-05-01T12:00:00.5+00:00");
    call.username_token_id = Some("_a");
    call.timestamp_id = Some("b-1.2");
    let protected = outbound.protect(SOAP11.as_bytes(), &call).unwrap();
    let text = core::str::from_utf8(protected.bytes()).unwrap();
    for part in [
        "<wsse:Username>b&lt;o&gt;b</wsse:Username>",
        "#Base64Binary\">bg==</wsse:Nonce>",
        "<wsu:Created>2024-05-01T12:00:00.5+00:00</wsu:Created>",
        "wsu:Id=\"_a\"",
        "wsu:Id=\"b-1.2\"",
    ] {
        assert!(text.contains(part), "{part} not in {text}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_its_cause() {
    let outbound = outbound_preset("username-token");
    let protected = protect(&outbound, SOAP11);
    let error = refusal(&outbound, &protected, &Call::default());
    assert_eq!(error.cause(), Cause::InvalidArgument);
    assert!(error.to_string().contains("already has a Timestamp"), "{error}");

    let mut call = Call::default();
    for id in ["1a", "", "a b", "a:b", "a\"b", "ª"] {
        call.timestamp_id = Some(id);
        assert_eq!(refusal(&outbound, SOAP11, &call).cause(), Cause::InvalidArgument, "{id}");
    }
    let mut call = Call::default();
    call.username = Some("bob");
    let error = refusal(&outbound, SOAP11, &call);
    assert_eq!(error.cause(), Cause::MissingCredential, "another user's password is never used");

    let mut call = Call::default();
    call.username = Some("a\u{1}");
    let password = Secret::new("p");
    call.password = Some(&password);
    assert_eq!(refusal(&outbound, SOAP11, &call).cause(), Cause::InvalidCharacter);

    let anonymous = Outbound::builder(OutboundPolicy::preset("username-token").unwrap())
        .clock(clock(NOON))
        .random(Arc::new(Counting))
        .build()
        .unwrap();
    let error = refusal(&anonymous, SOAP11, &Call::default());
    assert_eq!(error.cause(), Cause::MissingCredential);

    let text = outbound_preset("username-text");
    let octets = Secret::new(vec![0xFF, 0xFE]);
    let mut call = Call::default();
    call.password = Some(&octets);
    assert_eq!(refusal(&text, SOAP11, &call).cause(), Cause::InvalidArgument);
    let mut call = Call::default();
    call.nonce = Some(b"n");
    assert_eq!(refusal(&text, SOAP11, &call).cause(), Cause::InvalidArgument);
    call.nonce = Some(b"");
    assert_eq!(refusal(&outbound, SOAP11, &call).cause(), Cause::InvalidArgument);

    for (envelope, cause) in [
        ("", Cause::EmptyDocument),
        ("<a/>", Cause::NotAnEnvelope),
        ("not XML", Cause::ContentOutsideRoot),
        (&SOAP11[..50], Cause::UnexpectedEnd),
    ] {
        assert_eq!(refusal(&outbound, envelope, &Call::default()).cause(), cause, "{envelope:?}");
    }
}

#[test]
fn the_clock_offset_is_for_peers_whose_clock_is_off() {
    let protected =
        protect(&outbound("version = 1\nusername-token = {}\nclock = { offset = -3600 }"), SOAP11);
    assert!(protected.contains("<wsu:Created>2024-05-01T11:00:00Z</wsu:Created>"));
    let policy =
        "version = 1\nrequire = { username-token = \"digest\" }\nclock = { offset = -3600 }";
    assert!(inbound(policy).validate(protected.as_bytes()).unwrap().is_authenticated());
}

#[test]
fn the_limits_of_the_policy_bound_the_envelope() {
    let policy = |limits: &str| format!("version = 1\ntimestamp = {{}}\nlimits = {{ {limits} }}");
    let length = SOAP11.len();
    for (limits, cause) in [
        (format!("message = {}", length - 1), Cause::MessageSize),
        ("depth = 2".to_owned(), Cause::Depth),
    ] {
        let error = refusal(&outbound(&policy(&limits)), SOAP11, &Call::default());
        assert_eq!(error.cause(), cause, "{limits}");
    }
    protect(&outbound(&policy(&format!("message = {length}, depth = 3"))), SOAP11);
    // More than the default of 64 MiB.
    let envelope = SOAP11.replace("<S:Body>", &format!("<S:Body>{}", " ".repeat(64 << 20)));
    let error = refusal(&outbound(&policy("")), &envelope, &Call::default());
    assert_eq!(error.cause(), Cause::MessageSize);
    assert!(protect(&outbound(&policy("message = \"65 MiB\"")), &envelope).len() > envelope.len());
}
