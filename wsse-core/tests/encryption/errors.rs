//! What can't be encrypted is refused, and never sent in the clear.

use crate::reader::{encrypts, protect};
use crate::support::envelope;
use std::sync::Arc;
use wsse_core::crypto::SecureRandom;
use wsse_core::outbound::Form;
use wsse_core::{Call, Cause, Error, ns};

fn refused(policy: &str, envelope: &str) -> Error {
    let outbound = encrypts(policy).build().unwrap();
    outbound.protect(envelope.as_bytes(), &Call::default()).unwrap_err()
}

fn parts(parts: &str) -> String {
    format!("encryption = [{{ recipient = \"server\", parts = [{parts}] }}]")
}

#[test]
fn parts_that_are_not_there_or_not_apart() {
    let envelope = format!(
        "<s:Envelope xmlns:s='{}' xmlns:u='{}' xmlns:a='urn:a'><s:Header><a:h u:Id='h'/></s:Header>\
         <s:Body u:Id='b'><a:x u:Id='x'><a:y u:Id='twice'/></a:x><a:y u:Id='twice' Id='data'/>\
         </s:Body></s:Envelope>",
        ns::SOAP11,
        ns::WSU
    );
    for (list, cause, reason) in [
        ("\"{urn:a}absent\"", Cause::MissingPart, "{urn:a}absent is to be encrypted"),
        ("\"{urn:a}x\"", Cause::MissingPart, "not in the message"),
        ("\"#absent\"", Cause::MissingPart, "#absent"),
        ("\"#data\"", Cause::MissingPart, "#data"),
        ("\"/Envelope/Body/{urn:a}x[2]\"", Cause::MissingPart, "x[2]"),
        ("\"/Envelope/Body//{urn:a}h\"", Cause::MissingPart, "//{urn:a}h"),
        ("\"username-token\"", Cause::MissingPart, "username-token"),
        ("\"signature\"", Cause::MissingPart, "signature"),
        ("\"body-content\", \"signature[1]\"", Cause::MissingPart, "signature[1]"),
        ("\"username-token?\", \"{urn:b}b?\"", Cause::MissingPart, "none of the parts"),
        ("\"#twice\"", Cause::AmbiguousId, "two elements have it"),
        ("\"#b\"", Cause::InvalidArgument, "body-content encrypts what is in the Body"),
        ("\"/Envelope/Body\"", Cause::InvalidArgument, "stay as they are"),
        ("\"/Envelope/Header\"", Cause::InvalidArgument, "stay as they are"),
        ("\"content(/Envelope/Header)\"", Cause::InvalidArgument, "stay as they are"),
        (
            "\"body-content\", \"#x\"",
            Cause::InvalidArgument,
            "#x is, or stands inside of, the part body-content",
        ),
        ("\"#x\", \"/Envelope/Body//{urn:a}y\"", Cause::InvalidArgument, "stands inside of"),
        ("\"{urn:a}h\", \"#h\"", Cause::InvalidArgument, "stands inside of"),
        ("\"content({urn:a}h)\", \"#h\"", Cause::InvalidArgument, "stands inside of"),
        ("\"content({urn:a}h)\", \"content(#h)\"", Cause::InvalidArgument, "stands inside of"),
        (
            "\"/Envelope/Header/{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}Security[1]\"",
            Cause::InvalidArgument,
            "says how to decrypt",
        ),
    ] {
        let error = refused(&parts(list), &envelope);
        assert_eq!(error.cause(), cause, "{list}: {error}");
        assert!(error.reason().contains(reason), "{list}: {error}");
    }
}

#[test]
fn a_later_table_can_not_reach_into_an_earlier_one() {
    let one = |part: &str| format!("{{ recipient = \"server\", parts = [\"{part}\"] }}");
    for (first, second) in [
        ("body-content", "/Envelope/Body/{urn:op}op[1]"),
        ("{urn:o}o", "{urn:o}o"),
        ("{urn:o}o", "content({urn:o}o)"),
        ("/Envelope/Body/{urn:op}op[1]", "content(/Envelope/Body//{urn:op}op)"),
    ] {
        let policy = format!("encryption = [{}, {}]", one(first), one(second));
        let error = refused(&policy, &envelope("1.1"));
        assert_eq!(error.cause(), Cause::InvalidArgument, "{error}");
        assert!(error.reason().contains("was encrypted already"), "{first} {second}: {error}");
    }
}

#[test]
fn there_are_not_too_many_parts() {
    let envelope = |count: usize| {
        let body = "<a xmlns='urn:a'/>".repeat(count);
        format!("<s:Envelope xmlns:s='{}'><s:Body>{body}</s:Body></s:Envelope>", ns::SOAP11)
    };
    let policy = parts("\"/Envelope/Body//{urn:a}a\"");
    protect(encrypts(&policy), &envelope(64));
    let error = refused(&policy, &envelope(65));
    assert_eq!(error.cause(), Cause::ReferenceCount);
    assert!(error.reason().contains("65 elements"), "{error}");
}

#[test]
fn what_is_no_message_is_not_encrypted() {
    let policy = parts("\"body-content\"");
    let whole = envelope("1.1");
    for (envelope, cause) in [
        (whole.replace("</op>", ""), Cause::MismatchedTag),
        (whole.replace("</s:Body>", "</s:Body><a/>"), Cause::EnvelopeStructure),
        (whole.replace("text", "&undefined;"), Cause::UndefinedEntity),
        (whole.replace("text", "\u{1}"), Cause::InvalidCharacter),
        (whole.replace("</s:Envelope>", ""), Cause::UnexpectedEnd),
    ] {
        for order in
            ["\"encryption\"", "\"signature\", \"encryption\"", "\"encryption\", \"signature\""]
        {
            let error = refused(&format!("order = [{order}]\n{policy}"), &envelope);
            assert_eq!(error.cause(), cause, "{order}: {error}");
        }
    }
}

#[test]
fn a_tree_can_not_be_encrypted_by_filling_in() {
    let outbound = encrypts(&parts("\"body-content\"")).build().unwrap();
    let error = outbound.template(envelope("1.1").as_bytes(), &Call::default(), Form::Own);
    let error = error.unwrap_err();
    assert_eq!(error.cause(), Cause::InvalidArgument);
    assert!(error.reason().contains("serialise the message"), "{error}");
}

/// Runs dry after so many draws.
#[derive(Debug)]
struct Dry(std::sync::Mutex<usize>);

impl SecureRandom for Dry {
    fn fill(&self, out: &mut [u8]) -> Result<(), Error> {
        let mut left = self.0.lock().unwrap();
        let Some(next) = left.checked_sub(1) else {
            return Err(Error::new(Cause::RandomUnavailable, "dry"));
        };
        *left = next;
        out.fill(3);
        Ok(())
    }
}

#[test]
fn without_randomness_nothing_is_sent() {
    for order in
        ["\"encryption\"", "\"signature\", \"encryption\"", "\"encryption\", \"signature\""]
    {
        let policy = format!("order = [{order}]\n{}", parts("\"body-content\", \"{urn:o}o\""));
        let mut draws = 0;
        loop {
            let outbound = encrypts(&policy).random(Arc::new(Dry(draws.into()))).build().unwrap();
            match outbound.protect(envelope("1.1").as_bytes(), &Call::default()) {
                Err(error) => assert_eq!(error.cause(), Cause::RandomUnavailable, "{error}"),
                Ok(_) => break,
            }
            draws += 1;
        }
        // Tokens, Ids twice, the key, and a vector for each part.
        assert_eq!(draws, 6, "{order}");
    }
}

#[test]
fn all_encryptions_together_have_few_recipients() {
    let one = "{ recipient = [\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\"] }";
    let source = format!("version = 1\nencryption = [{one}, {one}]");
    let error = wsse_core::OutboundPolicy::from_toml(&source).unwrap_err();
    assert_eq!(error.cause(), Cause::InvalidPolicy);
    assert!(error.reason().contains("at most 16"), "{error}");
}
