//! The transform enveloped-signature, by where the Signature stands.

use crate::support::inbound;
use wsse_core::crypto::{Secret, SignatureMethod, hmac};
use wsse_core::pass::Pass;
use wsse_core::xml::{Event, Limits, Markup, Scanner, Zone};
use wsse_core::xmldsig::{ReferenceTemplate, SignatureTemplate};
use wsse_core::{Cause, Error, ns};

const METHOD: SignatureMethod = SignatureMethod::HmacSha256;

/// The document, in which SIGNATURE is replaced by one over this Id with the transform.
fn signed(document: &str, id: &str) -> String {
    let mut template = SignatureTemplate::new(METHOD, 32);
    template.id = Some("signature".to_owned());
    let mut reference = ReferenceTemplate::new(id);
    reference.enveloped = true;
    template.references = vec![reference];
    template.objects =
        vec![Markup::new("ds", ns::DS, "Object").with_attribute("Id", "object").with_text("in it")];
    let mut markup = Vec::new();
    template.markup().write(&mut markup, &[]).unwrap();
    let start = document.find("SIGNATURE").unwrap();
    let mut written =
        document.replace("SIGNATURE", &String::from_utf8(markup).unwrap()).into_bytes();
    let mut pass = Pass::new(template.targets(&written, start).unwrap());
    let limits = Limits::default();
    let mut scanner = Scanner::new(&written, &limits).unwrap();
    loop {
        let event = scanner.next().unwrap();
        pass.event(&scanner, &event, Zone::Bare).unwrap();
        if event == Event::EndDocument {
            break;
        }
    }
    let outcomes = pass.finish().unwrap();
    let sign = |octets: &[u8]| hmac(METHOD, &Secret::new("s"), octets).map(|code| code.to_vec());
    template.complete(&mut written, start, &outcomes, sign).unwrap();
    String::from_utf8(written).unwrap()
}

/// What the one Reference of a document names, and whether something was taken out of it.
fn verify(document: &str) -> Result<(String, bool), Error> {
    let inbound = inbound("version = 1\nrequire = { timestamp = true }")
        .secret("", Secret::new("s"))
        .build()
        .unwrap();
    let valid = inbound.verify_bare(document.as_bytes(), &mut ())?;
    let [reference] = valid.references() else { panic!("{:?}", valid.references()) };
    Ok((document[reference.range.clone()].to_owned(), reference.without.is_some()))
}

/// What is covered of a message of which the Body must be.
fn validate(message: &str) -> Result<Vec<String>, Error> {
    let inbound = inbound("version = 1\nrequire = { signed = [\"body\"] }")
        .secret("", Secret::new("s"))
        .build()
        .unwrap();
    let valid = inbound.validate(message.as_bytes())?;
    Ok(valid.signed().iter().map(|part| part.path.clone()).collect())
}

fn message(blocks: &str) -> String {
    format!(
        "<e:Envelope xmlns:e='{}' xmlns:u='{}'><e:Header><s:Security xmlns:s='{}'>SIGNATURE\
         </s:Security>{blocks}</e:Header><e:Body u:Id='body'>text</e:Body></e:Envelope>",
        ns::SOAP11,
        ns::WSU,
        ns::WSSE
    )
}

#[test]
fn nothing_is_taken_out_of_what_stands_apart() {
    let signed_body = signed(&message(""), "body");
    assert_eq!(validate(&signed_body).unwrap(), ["/Envelope/Body"]);
    let changed = signed_body.replace("text", "test");
    assert_eq!(validate(&changed).unwrap_err().cause(), Cause::DigestMismatch);
    let other = signed(&message("<b u:Id='b'>text</b>"), "b");
    assert_eq!(validate(&other).unwrap_err().cause(), Cause::NotCovered);
}

#[test]
fn nothing_would_be_left_of_the_signature() {
    for id in ["signature", "object"] {
        for error in [
            verify(&signed("<r>SIGNATURE</r>", id)).unwrap_err(),
            validate(&signed(&message(""), id)).unwrap_err(),
        ] {
            assert_eq!(error.cause(), Cause::UnsupportedTransform, "{id}: {error}");
        }
    }
}

#[test]
fn in_a_document_what_is_signed_encloses_the_signature() {
    let around = signed("<r><p Id='part'>te<b>SIGNATURE</b>xt</p></r>", "part");
    let (part, without) = verify(&around).unwrap();
    assert!(without && part.starts_with("<p Id='part'>te<b><ds:Signature"), "{part}");
    let whole = signed("<r>SIGNATURE</r>", "");
    assert_eq!(verify(&whole).unwrap(), (whole.clone(), true));
    for id in ["before", "behind"] {
        let apart = "<r><p Id='before'>text</p>SIGNATURE<q Id='behind'/></r>";
        let error = verify(&signed(apart, id)).unwrap_err();
        assert_eq!(error.cause(), Cause::UnsupportedTransform, "{id}: {error}");
    }
}
