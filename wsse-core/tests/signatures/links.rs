//! KeyInfo that stands elsewhere in a document.

use crate::support::{certificate, identity, inbound, outbound, sign};
use wsse_core::xmldsig::bare::Form;
use wsse_core::{Cause, Error};

const DS: &str = "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
const TYPE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// A document of which the part is signed, its KeyInfo replaced by `key_info`, with `more` in it.
fn document(key_info: &str, more: &str) -> String {
    let policy = "version = 1\nsignature = [{ reference = \"x509-data\" }]";
    let outbound = outbound(policy).identity("", identity("client")).build().unwrap();
    let form = Form::Detached(vec!["part".to_owned()]);
    let signed = outbound.sign_bare(b"<r><p Id='part'>text</p></r>", &form).unwrap();
    let signed = String::from_utf8(signed).unwrap();
    let (before, rest) = signed.split_once("<ds:KeyInfo>").unwrap();
    let (own, after) = rest.split_once("</ds:KeyInfo>").unwrap();
    let (key_info, more) = (key_info.replace("OWN", own), more.replace("OWN", own));
    format!("{before}<ds:KeyInfo>{key_info}</ds:KeyInfo>{after}").replace("</r>", &(more + "</r>"))
}

fn verify(document: &str) -> Result<usize, Error> {
    let inbound = inbound("version = 1\nrequire = { timestamp = true }")
        .anchor("", certificate("root"))
        .untrusted(certificate("intermediate"))
        .build()
        .unwrap();
    inbound.verify_bare(document.as_bytes(), &mut ()).map(|valid| valid.references().len())
}

fn reference(uri: &str) -> String {
    format!("<k:KeyInfoReference xmlns:k=\"http://www.w3.org/2009/xmldsig11#\" URI=\"{uri}\"/>")
}

fn retrieval(uri: &str, kind: &str) -> String {
    format!("<ds:RetrievalMethod URI=\"{uri}\" Type=\"{TYPE}{kind}\"/>")
}

/// The KeyInfo that the document had, elsewhere.
fn elsewhere() -> String {
    format!("<ds:KeyInfo {DS} Id=\"k\">OWN</ds:KeyInfo>")
}

#[test]
fn one_step_is_followed() {
    let data = "OWN".to_owned();
    assert_eq!(verify(&document(&data, "")).unwrap(), 1);
    assert_eq!(verify(&document(&reference("#k"), &elsewhere())).unwrap(), 1);
    let x = |document: &str| {
        let (before, after) = document.rsplit_once("<ds:X509Data>").unwrap();
        format!("{before}<ds:X509Data {DS} Id=\"x\">{after}")
    };
    let document = x(&document(&retrieval("#x", "X509Data"), "<wrapper>OWN</wrapper>"));
    assert_eq!(verify(&document).unwrap(), 1);
    let untyped = document.replace(&format!(" Type=\"{TYPE}X509Data\""), "");
    assert_eq!(verify(&untyped).unwrap(), 1);
}

#[test]
fn everything_else_is_refused_for_its_cause() {
    let chain = format!("<ds:KeyInfo {DS} Id=\"a\">{}</ds:KeyInfo>", reference("#k"));
    let own = format!("<ds:KeyInfo {DS} Id=\"a\">{}</ds:KeyInfo>", reference("#a"));
    let k = elsewhere();
    let twice = format!("{k}<other Id=\"k\"/>");
    let named = "<other Id=\"k\"/>".to_owned();
    let transforms = "<ds:RetrievalMethod URI=\"#k\"><ds:Transforms/></ds:RetrievalMethod>";
    let many: String = (0..257).map(|_| "<x/>").collect();
    let large = format!("<ds:KeyInfo {DS} Id=\"k\">OWN{many}</ds:KeyInfo>");
    for (key_info, more, cause) in [
        (reference("#a"), chain + &k, Cause::UnsupportedReference),
        (reference("#a"), own, Cause::UnsupportedReference),
        (reference("#k"), twice, Cause::AmbiguousId),
        (reference("#k"), String::new(), Cause::AmbiguousId),
        (reference("#k"), named, Cause::UnsupportedReference),
        (reference("key.xml"), k.clone(), Cause::UnsupportedReference),
        (reference(""), k.clone(), Cause::UnsupportedReference),
        (reference("http://localhost/#k"), k.clone(), Cause::UnsupportedReference),
        (reference("#xpointer(id('k'))"), k.clone(), Cause::UnsupportedReference),
        (retrieval("#k", "X509Data"), k.clone(), Cause::UnsupportedReference),
        (retrieval("#k", "rawX509Certificate"), k.clone(), Cause::UnsupportedReference),
        (transforms.to_owned(), k.clone(), Cause::UnsupportedTransform),
        (reference("#k"), large, Cause::ReferenceCount),
    ] {
        let document = document(&key_info, &more);
        let error = verify(&document).unwrap_err();
        assert_eq!(error.cause(), cause, "{key_info} {more}: {error}");
    }
}

#[test]
fn what_a_link_leads_to_is_judged_as_what_stands_in_place() {
    let theirs = {
        let policy = "version = 1\nsignature = [{ reference = \"key-value\" }]";
        let outbound = outbound(policy).identity("", identity("impostor")).build().unwrap();
        let form = Form::Detached(vec!["part".to_owned()]);
        outbound.sign_bare(b"<r><p Id='part'>text</p></r>", &form).unwrap()
    };
    let theirs = String::from_utf8(theirs).unwrap();
    let (before, rest) = theirs.split_once("<ds:KeyInfo>").unwrap();
    let (own, after) = rest.split_once("</ds:KeyInfo>").unwrap();
    let moved = format!("<wrapper><ds:KeyInfo {DS} Id=\"k\">{own}</ds:KeyInfo></wrapper></r>");
    let link = reference("#k");
    let document =
        format!("{before}<ds:KeyInfo>{link}</ds:KeyInfo>{after}").replace("</r>", &moved);
    assert_eq!(verify(&document).unwrap_err().cause(), Cause::UnauthenticatedKey);
}

#[test]
fn links_have_no_place_in_messages() {
    let message = String::from_utf8(sign("x509-data", "client", "1.1", "")).unwrap();
    let (before, rest) = message.split_once("<ds:KeyInfo>").unwrap();
    let (own, after) = rest.split_once("</ds:KeyInfo>").unwrap();
    let wrapper = format!("<h xmlns=\"\"><ds:KeyInfo {DS} Id=\"k\">{own}</ds:KeyInfo></h>");
    for link in [reference("#k"), retrieval("#k", "X509Data")] {
        let message = format!("{before}<ds:KeyInfo>{link}</ds:KeyInfo>{after}")
            .replace("</s:Header>", &format!("{wrapper}</s:Header>"));
        let inbound = inbound("version = 1\nrequire = { signed = [\"body\"] }")
            .certificate("", certificate("client"))
            .build()
            .unwrap();
        let error = inbound.validate(message.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), Cause::UnsupportedReference, "{error}");
    }
}
