//! Parts that pick header blocks.

use crate::support::{certificate, identity, inbound, outbound};
use wsse_core::policy::Part;
use wsse_core::{Call, Cause, InboundPolicy, OutboundPolicy, ns};

const NAMES: [&str; 7] = ["To", "From", "ReplyTo", "FaultTo", "Action", "MessageID", "RelatesTo"];

fn envelope(blocks: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='{}'><s:Header>{blocks}</s:Header><s:Body><b/></s:Body></s:Envelope>",
        ns::SOAP11
    )
}

fn protect(parts: &str, blocks: &str) -> String {
    let policy = format!("version = 1\nsignature = [{{ parts = [{parts}] }}]");
    let outbound = outbound(&policy).identity("", identity("client")).build().unwrap();
    let message = outbound.protect(envelope(blocks).as_bytes(), &Call::default());
    String::from_utf8(message.unwrap_or_else(|error| panic!("{error}")).into_bytes()).unwrap()
}

/// The header blocks that are handed out, or why none is.
fn validate(parts: &str, message: &str) -> Result<Vec<String>, Cause> {
    let policy = format!("version = 1\nrequire = {{ signed = [{parts}] }}");
    let inbound = inbound(&policy).certificate("", certificate("client")).build().unwrap();
    let valid = inbound.validate(message.as_bytes()).map_err(|error| error.cause())?;
    let blocks =
        valid.signed().iter().filter_map(|part| part.path.strip_prefix("/Envelope/Header/"));
    Ok(blocks.map(str::to_owned).collect())
}

#[test]
fn addressing_is_what_both_versions_have() {
    let mut blocks = "<w:To xmlns:w='urn:addressing'/>".to_owned();
    for namespace in [ns::ADDRESSING, ns::ADDRESSING_2004] {
        for name in NAMES.iter().chain(&["ReferenceParameters", "to"]) {
            blocks.push_str(&format!("<a:{name} xmlns:a='{namespace}'>x</a:{name}>"));
        }
    }
    let parts = "\"body\", \"addressing\"";
    let message = protect(parts, &blocks);
    let signed = validate(parts, &message).unwrap();
    let expected: Vec<String> = [ns::ADDRESSING, ns::ADDRESSING_2004]
        .iter()
        .flat_map(|namespace| NAMES.map(|name| format!("{{{namespace}}}{name}[1]")))
        .collect();
    assert_eq!(signed, expected);
    // None of them is a message without.
    assert_eq!(validate(parts, &protect(parts, "")), Ok(vec![]));
    // One that is there and not signed.
    let added = format!("<s:Header><a:To xmlns:a='{}'>evil</a:To>", ns::ADDRESSING);
    let message = protect(parts, "").replace("<s:Header>", &added);
    assert_eq!(validate(parts, &message), Err(Cause::NotCovered));
}

#[test]
fn headers_are_all_but_security() {
    let other = format!("<w:Security xmlns:w='{}' s:actor='urn:other'/>", ns::WSSE);
    let blocks = format!("<a:b xmlns:a='urn:a'/>{other}<c/><a:b xmlns:a='urn:a'/>");
    let parts = "\"body\", \"headers\"";
    let message = protect(parts, &blocks);
    let all = ["{urn:a}b[1]", "{}c[1]", "{urn:a}b[2]"].map(str::to_owned).to_vec();
    assert_eq!(validate(parts, &message), Ok(all));
    let added = message.replace("<c", "<d xmlns='urn:d'/><c");
    assert_ne!(added, message);
    assert_eq!(validate(parts, &added), Err(Cause::NotCovered));
    assert_eq!(validate("\"body\"", &added).map(|blocks| blocks.len()), Ok(3));
    // Nobody signs twice what two parts pick.
    let twice = protect("\"body\", \"headers\", \"{urn:a}b\", \"/Envelope/Body\"", &blocks);
    assert_eq!(twice.matches("<ds:Reference ").count(), 4);
    assert_eq!(validate(parts, &protect(parts, "")), Ok(vec![]));
}

#[test]
fn what_is_excluded_may_change_and_is_not_handed_out() {
    let blocks = "<a:b xmlns:a='urn:a'/><r:Trace xmlns:r='urn:r'>1</r:Trace>";
    let parts = "\"body\", \"headers\", \"!{urn:r}Trace\"";
    let message = protect(parts, blocks);
    assert_eq!(message.matches("<ds:Reference ").count(), 2);
    let own = Ok(vec!["{urn:a}b[1]".to_owned()]);
    assert_eq!(validate(parts, &message), own);
    let changed =
        message.replace(">1<", ">2<").replace("<r:Trace", "<r:Trace xmlns:r='urn:r'/><r:Trace");
    assert_ne!(changed, message);
    assert_eq!(validate(parts, &changed), own);
    assert_eq!(validate("\"body\", \"headers\"", &message), Err(Cause::NotCovered));
    // The name of an element is its namespace, too, and a block of that name inside another is none.
    for more in ["<Trace/>", "<a:Trace xmlns:a='urn:a'/>", "<w><r:Trace xmlns:r='urn:r'/></w>"] {
        let added = message.replace("<r:Trace", &format!("{more}<r:Trace"));
        assert_eq!(validate(parts, &added), Err(Cause::NotCovered), "{more}");
    }
    // What the exclusion lets pass stays out of what is handed out.
    let policy = format!("version = 1\nrequire = {{ signed = [{parts}] }}");
    let inbound = inbound(&policy).certificate("", certificate("client")).build().unwrap();
    let valid = inbound.validate(changed.as_bytes()).unwrap();
    assert!(!String::from_utf8_lossy(valid.document().unwrap()).contains("Trace"));
}

#[test]
fn mistakes_are_told() {
    for (parts, says) in [
        ("\"body\", \"headers?\"", "no part of a message"),
        ("\"body\", \"addressing?\"", "no part of a message"),
        ("\"body\", \"headers\", \"!{urn:a}b?\"", "no part of a message"),
        ("\"body\", \"!headers\"", "no part of a message"),
        ("\"body\", \"headers\", \"!b\"", "no part of a message"),
        ("\"body\", \"headers\", \"!{urn:a}\"", "no part of a message"),
        ("\"body\", \"headers\", \"! {urn:a}b\"", "no part of a message"),
        ("\"body\", \"Headers\"", "no part of a message"),
        ("\"body\", \"signature[0]\"", "no part of a message"),
        ("\"body\", \"signature[01]\"", "no part of a message"),
        ("\"body\", \"signature[+1]\"", "no part of a message"),
        ("\"body\", \"signature[]\"", "no part of a message"),
        ("\"body\", \"signature[1\"", "no part of a message"),
        ("\"body\", \"!{urn:a}b\"", "excludes nothing"),
        ("\"body\", \"addressing\", \"!{urn:a}b\"", "excludes nothing"),
        (&format!("\"body\", \"headers\", \"!{{{}}}Security\"", ns::WSSE), "excludes nothing"),
        ("\"body\", \"headers\", \"{urn:a}b\", \"!{urn:a}b\"", "named beside it"),
        ("\"body\", \"headers\", \"headers\"", "stands twice"),
        ("\"body\", \"headers\", \"!{urn:a}b\", \"!{urn:a}b\"", "stands twice"),
    ] {
        let signing = format!("version = 1\nsignature = [{{ parts = [{parts}] }}]");
        let demand = format!("version = 1\nrequire = {{ signed = [{parts}] }}");
        for error in [
            OutboundPolicy::from_toml(&signing).map(|_| ()).expect_err(parts),
            InboundPolicy::from_toml(&demand).map(|_| ()).expect_err(parts),
        ] {
            assert_eq!(error.cause(), Cause::InvalidPolicy);
            assert!(error.to_string().contains(says), "{parts}: {error}");
        }
    }
    for (parts, says) in [
        ("\"headers\"", "may be absent"),
        ("\"addressing\", \"timestamp?\"", "may be absent"),
        ("\"signature\"", "may be absent"),
        ("\"body\", \"signature?\"", "must be endorsed"),
        ("\"body\", \"signature[1]\"", "must be endorsed"),
    ] {
        let demand = format!("version = 1\nrequire = {{ signed = [{parts}] }}");
        let error = InboundPolicy::from_toml(&demand).map(|_| ()).expect_err(parts);
        assert!(error.to_string().contains(says), "{parts}: {error}");
    }
}

#[test]
fn parts_are_written_as_they_are_read() {
    for text in
        ["signature", "signature?", "signature[12]", "headers", "addressing", "!{urn:a}b", "!{}b"]
    {
        assert_eq!(Part::parse(text).map(|part| part.to_string()).as_deref(), Some(text));
    }
    let parts = "\"body\", \"headers\", \"addressing\", \"!{urn:a}b\", \"signature[2]?\"";
    let policy = format!("version = 1\nsignature = [{{ parts = [{parts}] }}]");
    let policy = OutboundPolicy::from_toml(&policy).unwrap();
    assert_eq!(OutboundPolicy::from_toml(&policy.to_toml()).unwrap(), policy);
}
