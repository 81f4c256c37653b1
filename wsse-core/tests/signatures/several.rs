//! Several Signatures: one that signs another, of different signers, for different receivers.

use crate::support::{certificate, envelope, identity, inbound, outbound, sign};
use core::ops::Range;
use wsse_core::{Call, Cause, Inbound, Outbound, ns};

const REQUIRE: &str = "version = 1\nrequire = { timestamp = true, signed = [\"body\", \"timestamp\", \"signature\"] }";

/// Who signs Body and Timestamp, and who signs that Signature.
fn endorsing(layout: &str, part: &str) -> Outbound {
    let policy = format!(
        "version = 1\norder = [\"timestamp\", \"signature\"]\nheader = {{ layout = \"{layout}\" }}\n\
         signature = [{{ key = \"one\", parts = [\"body\", \"timestamp\"] }}, \
         {{ key = \"two\", reference = \"thumbprint-sha1\", parts = [\"{part}\"] }}]"
    );
    let outbound = outbound(&policy).identity("one", identity("client"));
    outbound.identity("two", identity("ec256")).build().unwrap()
}

fn both(policy: &str) -> Inbound {
    let inbound = inbound(policy).certificate("", certificate("client"));
    inbound.certificate("", certificate("ec256")).build().unwrap()
}

fn protect(outbound: &Outbound, envelope: &[u8]) -> String {
    let message = outbound.protect(envelope, &Call::default());
    let message = message.unwrap_or_else(|error| panic!("{error}"));
    String::from_utf8(message.into_bytes()).unwrap()
}

fn cause(inbound: &Inbound, message: &str) -> Cause {
    let outcome = inbound.validate(message.as_bytes());
    outcome.map(|_| ()).expect_err(message).cause()
}

/// Where the two Signatures stand.
fn two(message: &str) -> [Range<usize>; 2] {
    let ends = message.match_indices("</ds:Signature>").map(|(at, end)| at + end.len());
    let starts = message.match_indices("<ds:Signature ").map(|(at, _)| at);
    let all: Vec<Range<usize>> = starts.zip(ends).map(|(start, end)| start..end).collect();
    all.try_into().unwrap_or_else(|_| panic!("{message}"))
}

fn paths(parts: &[wsse_core::inbound::Coverage]) -> Vec<&str> {
    parts.iter().map(|part| part.path.as_str()).collect()
}

fn signature_path(number: usize) -> String {
    format!("/Envelope/Header/{{{}}}Security[1]/{{{}}}Signature[{number}]", ns::WSSE, ns::DS)
}

#[test]
fn a_signature_signs_the_one_before() {
    for (soap, layout, part) in [
        ("1.1", "strict", "signature"),
        ("1.2", "strict", "signature[1]"),
        ("1.1", "signature-first", "signature?"),
        ("1.2", "signature-first", "signature"),
    ] {
        let message = protect(&endorsing(layout, part), envelope(soap).as_bytes());
        assert!(!message.contains("????"), "{message}");
        let valid = both(REQUIRE).validate(message.as_bytes()).unwrap();
        let [first, second] = valid.signers() else { panic!("{:?}", valid.signers()) };
        assert_eq!(first.certificate(), Some(&certificate("client")));
        assert_eq!(second.certificate(), Some(&certificate("ec256")));
        assert_eq!(first.signed(), valid.signed());
        assert_eq!(paths(valid.signed())[0], "/Envelope/Body");
        assert_eq!(valid.signed().len(), 2);
        assert_eq!(paths(second.signed()), [signature_path(1)]);
        assert_eq!(valid.certificate(), Some(&certificate("client")));
        let document = String::from_utf8(valid.document().unwrap().to_vec()).unwrap();
        assert!(document.contains("text &amp; more") && !document.contains("urn:to"), "{document}");
    }
}

#[test]
fn a_chain_takes_a_round_for_each_link() {
    let policy = "version = 1\nsignature = [{ key = \"one\", parts = [\"body\"] }, \
         { key = \"two\", parts = [\"signature[1]\"] }, { key = \"three\", parts = [\"signature\"] }, \
         { key = \"one\", parts = [\"signature[3]\", \"signature[1]\"] }]";
    let outbound = outbound(policy).identity("one", identity("client"));
    let outbound = outbound.identity("two", identity("ec256")).identity("three", identity("ec384"));
    let message = protect(&outbound.build().unwrap(), envelope("1.2").as_bytes());
    let inbound = inbound("version = 1\nrequire = { signed = [\"body\"] }")
        .certificate("", certificate("client"))
        .certificate("", certificate("ec256"))
        .certificate("", certificate("ec384"))
        .build()
        .unwrap();
    let valid = inbound.validate(message.as_bytes()).unwrap();
    let of: Vec<Vec<&str>> = valid.signers().iter().map(|signer| paths(signer.signed())).collect();
    let [one, two, three] = [1, 2, 3].map(signature_path);
    assert_eq!(of[0], ["/Envelope/Body", three.as_str(), one.as_str()]);
    assert_eq!(of[1], [one.as_str()]);
    assert_eq!(of[2], [one.as_str(), two.as_str()]);
}

#[test]
fn a_signature_that_is_there_is_signed_by_another_party() {
    let first = sign("binary-security-token", "client", "1.1", "");
    let policy = "version = 1\nsignature = [{ parts = [\"signature\"] }]";
    let second = outbound(policy).identity("", identity("ec256")).build().unwrap();
    let message = protect(&second, &first);
    let first = String::from_utf8(first).unwrap();
    // The Signature gets the Id of its own schema, and nothing else is touched.
    let [place, _] = two(&message);
    let start_tag = &message[place.start..place.start + message[place.start..].find('>').unwrap()];
    let id = start_tag.find(" Id=\"id-").map(|at| &start_tag[at..]).expect(start_tag);
    assert!(message.replacen(id, "", 1).starts_with(&first[..first.find("</wsse:Sec").unwrap()]));
    let valid = both(REQUIRE).validate(message.as_bytes()).unwrap();
    assert_eq!(valid.signers().len(), 2);
    assert_eq!(valid.signed().len(), 3);
    // A third one finds the Ids that are there.
    let third = outbound("version = 1\nsignature = [{ parts = [\"signature[1]\"] }]");
    let third = third.identity("", identity("ec384")).build().unwrap();
    let message = protect(&third, message.as_bytes());
    let inbound = inbound(REQUIRE)
        .certificate("", certificate("client"))
        .certificate("", certificate("ec256"))
        .certificate("", certificate("ec384"))
        .build()
        .unwrap();
    let valid = inbound.validate(message.as_bytes()).unwrap();
    assert_eq!(paths(valid.signers()[2].signed()), [signature_path(1)]);
}

#[test]
fn who_has_nothing_to_sign_says_so() {
    for (parts, message) in [
        ("\"signature\"", envelope("1.1").into_bytes()),
        ("\"body\", \"signature[1]\"", envelope("1.1").into_bytes()),
        ("\"signature[2]\"", sign("x509-data", "client", "1.1", "")),
        ("\"signature?\"", envelope("1.1").into_bytes()),
    ] {
        let policy = format!("version = 1\nsignature = [{{ parts = [{parts}] }}]");
        let outbound = outbound(&policy).identity("", identity("ec256")).build().unwrap();
        let error = outbound.protect(&message, &Call::default()).unwrap_err();
        assert_eq!(error.cause(), Cause::MissingPart, "{parts}: {error}");
    }
}

#[test]
fn an_endorsement_is_of_the_signature_that_counts() {
    let message = protect(&endorsing("strict", "signature"), envelope("1.1").as_bytes());
    let inbound = both(REQUIRE);
    inbound.validate(message.as_bytes()).unwrap();
    let [primary, endorsing] = two(&message);

    // Without the endorsement.
    let mut bare = message.clone();
    bare.replace_range(endorsing.clone(), "");
    assert_eq!(cause(&inbound, &bare), Cause::NotCovered);

    // Another primary Signature of the same key under the Id of the one that was endorsed.
    let other = protect(
        &self::endorsing("strict", "signature"),
        envelope("1.1").replace("text", "forged").as_bytes(),
    );
    let [other_primary, other_endorsing] = two(&other);
    let id_of = |message: &str, place: &Range<usize>| {
        let at = message[place.clone()].find(" Id=\"").unwrap() + place.start + 5;
        message[at..at + message[at..].find('"').unwrap()].to_owned()
    };
    let (old, new) = (id_of(&message, &primary), id_of(&other, &other_primary));
    let mut replaced = other.clone();
    replaced.replace_range(other_endorsing.clone(), &message[endorsing.clone()]);
    let replaced = replaced.replace(&format!(" Id=\"{new}\""), &format!(" Id=\"{old}\""));
    assert_eq!(cause(&inbound, &replaced), Cause::DigestMismatch);

    // The endorsed Signature is moved out of the way, and one that nobody endorsed stands there.
    let forged = other[other_primary.clone()].to_owned();
    for wrapper in ["<w:w xmlns:w='urn:w'>", "<s:w xmlns:s='urn:w' s:mustUnderstand='0'>"] {
        let name = wrapper[1..].split(' ').next().unwrap();
        let signature = &message[primary.clone()];
        let wrapped = format!("{wrapper}<a xmlns:wsse='{}'>{signature}</a></{name}>", ns::WSSE);
        let mut moved = other.clone();
        moved.replace_range(other_endorsing.clone(), &message[endorsing.clone()]);
        moved.replace_range(other_primary.clone(), &forged);
        let moved = moved.replacen("<s:Header>", &format!("<s:Header>{wrapped}"), 1);
        assert_eq!(cause(&inbound, &moved), Cause::NotCovered, "{moved}");
    }

    // The endorsement of another Signature of the message: that of the endorser himself.
    let policy = "version = 1\norder = [\"timestamp\", \"signature\"]\nsignature = [\
         { key = \"two\", parts = [\"{urn:addressing}To\"] }, \
         { key = \"one\", parts = [\"body\", \"timestamp\"] }, \
         { key = \"two\", parts = [\"signature[1]\"] }]";
    let outbound = outbound(policy).identity("one", identity("client"));
    let outbound = outbound.identity("two", identity("ec256")).build().unwrap();
    let message = protect(&outbound, envelope("1.1").as_bytes());
    assert_eq!(cause(&inbound, &message), Cause::NotCovered);
}

#[test]
fn nobody_endorses_himself() {
    let policy = "version = 1\norder = [\"timestamp\", \"signature\"]\n\
         signature = [{ parts = [\"body\", \"timestamp\"] }, { parts = [\"signature\"] }]";
    let outbound = outbound(policy).identity("", identity("client")).build().unwrap();
    let message = protect(&outbound, envelope("1.1").as_bytes());
    assert_eq!(cause(&both(REQUIRE), &message), Cause::NotCovered);
    // Nor does somebody endorse who is not believed.
    let message = protect(&endorsing("strict", "signature"), envelope("1.1").as_bytes());
    let one = inbound(REQUIRE).certificate("", certificate("client")).build().unwrap();
    assert_eq!(cause(&one, &message), Cause::NoKey);
}

#[test]
fn what_two_cover_together_is_covered_by_neither() {
    let policy = "version = 1\norder = [\"timestamp\", \"signature\"]\nsignature = [\
         { key = \"one\", parts = [\"body\"] }, { key = \"two\", parts = [\"timestamp\"] }]";
    let outbound = outbound(policy).identity("one", identity("client"));
    let outbound = outbound.identity("two", identity("ec256")).build().unwrap();
    let message = protect(&outbound, envelope("1.2").as_bytes());
    let inbound = both("version = 1\nrequire = { signed = [\"body\", \"timestamp\"] }");
    assert_eq!(cause(&inbound, &message), Cause::NotCovered);
    // What one covers is handed out, and nothing of the other's.
    let inbound = both("version = 1\nrequire = { signed = [\"timestamp\"] }");
    let valid = inbound.validate(message.as_bytes()).unwrap();
    assert_eq!(valid.certificate(), Some(&certificate("ec256")));
    let document = String::from_utf8(valid.document().unwrap().to_vec()).unwrap();
    assert!(document.ends_with("<s:Body/></s:Envelope>"), "{document}");
    let of: Vec<_> = valid.signers().iter().map(|signer| signer.certificate().cloned()).collect();
    assert_eq!(of, [Some(certificate("ec256")), Some(certificate("client"))]);
    assert_eq!(paths(valid.signers()[1].signed()), ["/Envelope/Body"]);
}

#[test]
fn each_receiver_has_a_header_of_his_own() {
    for soap in ["1.1", "1.2"] {
        let outbound = |actor: &str, name: &str| {
            let policy = format!(
                "version = 1\norder = [\"timestamp\", \"signature\"]\n\
                 header = {{ actor = \"{actor}\" }}\n\
                 signature = [{{ parts = [\"body\", \"timestamp\", \"headers\"] }}]"
            );
            outbound(&policy).identity("", identity(name)).build().unwrap()
        };
        let message = protect(&outbound("", "client"), envelope(soap).as_bytes());
        let message = protect(&outbound("urn:gateway", "ec256"), message.as_bytes());
        assert_eq!(message.matches("<wsse:Security ").count(), 2);
        for (actor, name) in [("", "client"), ("urn:gateway", "ec256")] {
            let policy = format!(
                "version = 1\nrequire = {{ signed = [\"body\", \"timestamp\", \"headers\"] }}\n\
                 header = {{ actor = \"{actor}\" }}"
            );
            let own = inbound(&policy).certificate("", certificate(name)).build().unwrap();
            let valid = own.validate(message.as_bytes()).unwrap();
            assert_eq!(valid.signers().len(), 1);
            assert_eq!(valid.signed().len(), 4);
            let document = String::from_utf8(valid.document().unwrap().to_vec()).unwrap();
            assert!(!document.contains("Security") && document.contains("urn:to"), "{document}");
        }
        let policy =
            "version = 1\nrequire = { signed = [\"body\"] }\nheader = { actor = \"urn:x\" }";
        assert_eq!(cause(&both(policy), &message), Cause::MissingSecurityHeader);
        // An Id of the one in the other.
        let at = message.rfind("X509-1-").unwrap();
        let id = &message[at..at + 39];
        let first = message.find("X509-1-").unwrap();
        let message = message.replace(&message[first..first + 39].to_owned(), id);
        let policy = "version = 1\nrequire = { signed = [\"body\"] }";
        assert_eq!(cause(&both(policy), &message), Cause::AmbiguousId);
    }
}

#[test]
fn no_new_id_is_one_that_is_there() {
    struct Constant;
    impl wsse_core::crypto::SecureRandom for Constant {
        fn fill(&self, octets: &mut [u8]) -> Result<(), wsse_core::Error> {
            octets.fill(7);
            Ok(())
        }
    }
    let outbound = |actor: &str| {
        let policy = format!(
            "version = 1\nheader = {{ actor = \"{actor}\" }}\nsignature = [{{ parts = [\"body\"] }}]"
        );
        let outbound = outbound(&policy).random(std::sync::Arc::new(Constant));
        outbound.identity("", identity("client")).build().unwrap()
    };
    let message = protect(&outbound(""), envelope("1.1").as_bytes());
    let error = outbound("urn:other").protect(message.as_bytes(), &Call::default()).unwrap_err();
    assert_eq!(error.cause(), Cause::AmbiguousId);
}

#[test]
fn the_policy_of_the_page_endorses() {
    let page = include_str!("../../../docs/policies.md");
    let (_, rest) = page.split_once("<!-- endorsing -->\n```toml\n").unwrap();
    let policy = &rest[..rest.find("```").unwrap()];
    let outbound = outbound(policy).identity("clerk", identity("client"));
    let outbound = outbound.identity("manager", identity("ec256")).build().unwrap();
    let message = protect(&outbound, envelope("1.2").as_bytes());
    assert_eq!(both(REQUIRE).validate(message.as_bytes()).unwrap().signers().len(), 2);
}
