//! What is handed over of messages in which not everything is simple.

use crate::reader::Told;
use crate::support::{certificate, envelope, identity, inbound, outbound};
use std::io::Cursor;
use wsse_core::inbound::Spooled;
use wsse_core::{Call, Cause, Error, Inbound, StreamOptions, ValidatedMessage};

const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// A message in whose Body elements carry Ids, behind many others.
fn source() -> String {
    let lines = "<line n='1'>text</line>".repeat(50);
    let named = format!(
        "<list>{lines}<one xmlns:u='{WSU}' u:Id='one'>1</one>{lines}\
         <two xmlns:u='{WSU}' u:Id='two'><in/>2</two></list>{lines}"
    );
    envelope("1.2").replace("text &amp; more", &named)
}

fn signed(parts: &str) -> Vec<u8> {
    let policy = format!(
        "version = 1\norder = [\"timestamp\", \"signature\"]\nsignature = [{{ parts = {parts} }}]\n"
    );
    let sender = outbound(&policy).identity("", identity("client")).build().unwrap();
    sender.protect(source().as_bytes(), &Call::default()).unwrap().into_bytes()
}

fn receiver(require: &str) -> Inbound {
    let policy = format!("version = 1\nrequire = {{ {require} }}\n");
    let receiver = inbound(&policy).certificate("", certificate("client"));
    receiver.certificate("", certificate("ec256")).build().unwrap()
}

fn read(
    require: &str,
    message: &[u8],
    change: impl FnOnce(&mut StreamOptions<'_>),
) -> (Result<ValidatedMessage, Error>, Told) {
    let mut spool = Told::default();
    let mut options = StreamOptions::default();
    options.window.usual = 90;
    change(&mut options);
    let outcome = receiver(require).validate_reader_traced(message, &options, &mut spool, &mut ());
    assert_eq!((spool.commits, spool.aborts), if outcome.is_ok() { (1, 0) } else { (0, 1) });
    (outcome, spool)
}

/// Both doors say the same, and hand over the same.
fn same(require: &str, message: &[u8]) -> Result<Vec<u8>, Error> {
    let whole = receiver(require).validate(message);
    let (stream, spool) = read(require, message, |_| {});
    match (whole, stream) {
        (Ok(whole), Ok(stream)) => {
            let document = whole.document().unwrap_or(whole.unsigned_document());
            assert_eq!(String::from_utf8_lossy(document), String::from_utf8_lossy(&spool.octets));
            assert_eq!(whole.signed(), stream.signed());
            assert_eq!(whole.legacy(), stream.legacy());
            Ok(spool.octets)
        }
        (Err(whole), Err(stream)) => {
            assert_eq!(whole, stream);
            Err(stream)
        }
        (whole, stream) => panic!("whole {whole:?}, stream {stream:?}"),
    }
}

#[test]
fn parts_inside_the_body_are_told_by_their_positions() {
    let one = "/Envelope/Body/{urn:op}op[1]/{urn:op}list[1]/{urn:op}one[1]";
    let message = signed("[\"#one\", \"#two\", \"timestamp\"]");
    for require in [
        "signed = [\"#one\", \"#two\"]".to_owned(),
        format!("signed = [\"{one}\", \"timestamp\"]"),
        format!("signed = [\"timestamp\", \"{one}/{{urn:op}}absent[1]?\"]"),
    ] {
        let document = same(&require, &message).unwrap();
        // The Body is not covered, so an empty one is handed over.
        assert!(document.ends_with(b"<s:Body/></s:Envelope>"), "{require}");
    }
    let (valid, _) = read("signed = [\"#one\"]", &message, |_| {});
    assert!(valid.unwrap().signed().iter().any(|part| part.path == one));
    for (require, cause) in [
        ("signed = [\"#three\"]".to_owned(), Cause::NotCovered),
        ("signed = [\"/Envelope/Body/{urn:op}op[1]\"]".to_owned(), Cause::NotCovered),
        ("signed = [\"/Envelope/Body/{urn:op}op[2]\"]".to_owned(), Cause::MissingPart),
        ("signed = [\"body\"]".to_owned(), Cause::NotCovered),
    ] {
        assert_eq!(same(&require, &message).unwrap_err().cause(), cause, "{require}");
    }
}

#[test]
fn an_id_that_stands_twice_is_told_with_its_place() {
    let message = String::from_utf8(signed("[\"#one\"]")).unwrap();
    let twice = format!("<op xmlns='urn:op'>\n\n é<a xmlns:u='{WSU}' u:Id='one'/></op></s:Body>");
    let message = message.replace("</s:Body>", &twice);
    let error = same("signed = [\"#one\"]", message.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::AmbiguousId);
    let position = error.position().unwrap();
    assert_eq!((position.line, position.column), (3, 3));
}

#[test]
fn with_several_signers_the_parts_of_the_first_who_covers_everything_are_handed_over() {
    let policy = "version = 1\norder = [\"timestamp\", \"signature\"]\n\
                  signature = [{ parts = [\"timestamp\"] }, { key = \"other\", parts = [\"body\", \
                  \"timestamp\", \"{urn:addressing}To\"] }]\n";
    let sender = outbound(policy).identity("signer", identity("client"));
    let sender = sender.identity("other", identity("ec256")).identity("", identity("client"));
    let sender = sender.build().unwrap();
    let message = sender.protect(source().as_bytes(), &Call::default()).unwrap();
    let document = same("signed = [\"body\"]", message.bytes()).unwrap();
    let shown = String::from_utf8(document).unwrap();
    assert!(shown.contains("urn:to") && shown.contains("u:Id='one'"), "{shown}");
    let document = same("signed = [\"timestamp\"]", message.bytes()).unwrap();
    assert!(String::from_utf8(document).unwrap().ends_with("<s:Body/></s:Envelope>"));
}

#[test]
fn where_only_the_body_tells_who_it_is_nothing_is_handed_over() {
    // The first signer covers the Body, the second the part in it that is required by its position.
    let policy = "version = 1\norder = [\"timestamp\", \"signature\"]\n\
                  signature = [{ parts = [\"{urn:addressing}To\"] }, { key = \"other\", \
                  parts = [\"#one\", \"timestamp\"] }]\n";
    let sender = outbound(policy).identity("", identity("client"));
    let sender = sender.identity("other", identity("ec256")).build().unwrap();
    let message = sender.protect(source().as_bytes(), &Call::default()).unwrap().into_bytes();
    let require = "signed = [\"/Envelope/Body/{urn:op}op[1]/{urn:op}list[1]/{urn:op}one[1]\"]";
    receiver(require).validate(&message).unwrap();
    let (outcome, _) = read(require, &message, |_| {});
    let error = outcome.unwrap_err();
    assert_eq!(error.cause(), Cause::NotStreamed);
    assert!(error.reason().contains("as a whole"), "{error}");
}

#[test]
fn without_a_required_signature_the_unsigned_document_is_handed_over() {
    let message = signed("[\"body\", \"timestamp\"]");
    let (valid, spool) = read("timestamp = true", &message, |_| {});
    let valid = valid.unwrap();
    let Spooled { signed, length, body, .. } = valid.spooled().unwrap().clone();
    assert!(!signed && valid.signed().is_empty());
    assert_eq!(length, spool.octets.len() as u64);
    let body = usize::try_from(body.start).unwrap()..usize::try_from(body.end).unwrap();
    assert!(spool.octets[body.clone()].starts_with(b"<s:Body"));
    assert!(spool.octets[body].ends_with(b"</s:Body>"));
    let shown = String::from_utf8(spool.octets).unwrap();
    assert!(shown.contains("urn:to") && !shown.contains("Security"), "{shown}");
}

#[test]
fn an_unsigned_fault_is_handed_over_where_the_policy_accepts_it() {
    let fault = envelope("1.2").replace("<op xmlns='urn:op' b='2'  a='x:1'>", "<s:Fault>");
    let fault = fault.replace("</op>", "</s:Fault>");
    let accept = "signed = [\"body\"] }\nfaults = { unsigned = \"accept\"";
    let stamped = format!("timestamp = true, {accept}");
    for accept in [accept, &stamped] {
        let document = same(accept, fault.as_bytes()).unwrap();
        assert!(String::from_utf8(document).unwrap().contains("<s:Fault>"));
        let other = envelope("1.2");
        let error = same(accept, other.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), Cause::MissingSecurityHeader);
    }
    let error = same("signed = [\"body\"]", fault.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::MissingSecurityHeader);
}

#[test]
fn budgets_hold_in_a_stream() {
    let message = signed("[\"body\", \"timestamp\"]");
    let limited = |limits: &str| {
        let policy = format!("version = 1\nrequire = {{ signed = [\"body\"] }}\nlimits = {limits}");
        let full = inbound(&policy).certificate("", certificate("client")).build().unwrap();
        let mut spool = Told::default();
        let mut options = StreamOptions::default();
        options.window.usual = 64;
        options.window.largest = 8192;
        full.validate_reader_traced(message.as_slice(), &options, &mut spool, &mut ())
    };
    limited(&format!("{{ message = {} }}", message.len())).unwrap();
    for octets in [1, 100, 5000, message.len() - 1] {
        let error = limited(&format!("{{ message = {octets} }}")).unwrap_err();
        assert_eq!(error.cause(), Cause::MessageSize, "{octets}: {error}");
    }
    assert_eq!(limited("{ header = 1000 }").unwrap_err().cause(), Cause::HeaderSize);
    assert_eq!(limited("{ depth = 4 }").unwrap_err().cause(), Cause::Depth);
}

#[test]
fn what_must_be_held_at_once_is_no_longer_than_the_window() {
    let long = "x".repeat(5000);
    let with = |body: &str| {
        let message = envelope("1.2").replace("text &amp; more", body);
        let (outcome, _) = read(
            "timestamp = true }\nfaults = { unsigned = \"accept\"",
            message.as_bytes(),
            |options| {
                options.window.usual = 64;
                options.window.largest = 4096;
            },
        );
        outcome.unwrap_err().cause()
    };
    for body in [
        format!("<a b='{long}'/>"),
        format!("<{long}/>"),
        format!("<a></a{}>", " ".repeat(5000)),
        format!("&#{}65;", "0".repeat(5000)),
        format!("<?{long}?>"),
        format!("<{0}><{0}x><{0}y>{long}", &long[..2000]),
        format!(
            "<a xmlns:a='u:{0}'><b xmlns:a='v:{0}'><c xmlns:a='w:{0}'/></b></a>",
            &long[..2000]
        ),
    ] {
        assert_eq!(with(&body), Cause::WindowSize, "{}", &body[..20]);
    }
    // These come in pieces.
    for body in [
        long.clone(),
        format!("<!--{long}-->"),
        format!("<?p {long}?>"),
        format!("<?p{}{long}?>", " ".repeat(5000)),
        format!("<![CDATA[{long}]]>"),
    ] {
        assert_eq!(with(&body), Cause::MissingSecurityHeader, "{}", &body[..20]);
    }
}

#[test]
fn what_comes_in_pieces_is_digested_as_a_whole() {
    let long = "x]]]\r\n-?\r &gt;é".repeat(300);
    let plain = long.replace("&gt;", ">").replace("]]]", "]");
    let body = format!(
        "{}<!--{plain}--><?p \t {plain}?><?q{}?><![CDATA[{}]]>",
        long.replace("]]]", "]]"),
        " ".repeat(700),
        plain.replace('é', "<&"),
    );
    for canonicalization in ["exclusive", "inclusive", "inclusive-1.1"] {
        let policy = format!(
            "version = 1\norder = [\"timestamp\", \"signature\"]\nsignature = [{{ \
             parts = [\"body\"], canonicalization = \"{canonicalization}\" }}]\n"
        );
        let sender = outbound(&policy).identity("", identity("client")).build().unwrap();
        let source = envelope("1.2").replace("text &amp; more", &body);
        let source = source.replace("<s:Body", "<s:Body xml:lang='de'");
        let message = sender.protect(source.as_bytes(), &Call::default()).unwrap();
        same("signed = [\"body\"]", message.bytes()).unwrap();
        let mut spool = Told::default();
        let mut options = wsse_core::ProtectOptions::default();
        options.window.usual = 50;
        sender
            .protect_reader_with(Cursor::new(&source), &Call::default(), &options, &mut spool)
            .unwrap();
        same("signed = [\"body\"]", &spool.octets).unwrap();
    }
}

#[test]
fn a_stream_may_be_in_other_encodings() {
    let message = String::from_utf8(signed("[\"body\", \"timestamp\"]")).unwrap();
    let require = "signed = [\"body\"]";
    let declared = |name: &str| {
        message.replacen(
            "<?xml version=\"1.0\"?>",
            &format!("<?xml version='1.0' encoding='{name}'?>"),
            1,
        )
    };
    let with = |octets: &[u8], charset: Option<&str>| {
        read(require, octets, |options| {
            options.charset = charset.map(|name| if name == "utf-8" { "utf-8" } else { "us-ascii" })
        })
        .0
    };
    for octets in [declared("utf-8"), declared("US-ASCII"), format!("\u{FEFF}{message}")] {
        with(octets.as_bytes(), None).unwrap();
    }
    with(message.as_bytes(), Some("utf-8")).unwrap();
    with(message.as_bytes(), Some("us-ascii")).unwrap();
    let sixteen: Vec<u8> = message.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked: Vec<u8> =
        format!("\u{FEFF}{message}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    let latin = declared("ISO-8859-1");
    let accent = declared("US-ASCII").replace("</s:Envelope>", "<!--é--></s:Envelope>");
    // These are held as a whole.
    with(&marked, None).unwrap();
    with(latin.as_bytes(), None).unwrap();
    assert_eq!(
        with(&sixteen, None).unwrap_err(),
        receiver(require).validate(&sixteen).unwrap_err()
    );
    let limits = format!("{require} }}\nlimits = {{ message = \"4 KiB\"");
    assert!(marked.len() > 4096);
    assert_eq!(read(&limits, &marked, |_| {}).0.unwrap_err().cause(), Cause::MessageSize);
    assert_eq!(with(accent.as_bytes(), None).unwrap_err().cause(), Cause::Encoding);
    let accent = message.replace("</s:Envelope>", "<!--é--></s:Envelope>");
    with(accent.as_bytes(), Some("utf-8")).unwrap();
    assert_eq!(with(accent.as_bytes(), Some("us-ascii")).unwrap_err().cause(), Cause::Encoding);
    let mut broken = message.clone().into_bytes();
    let last = broken.len() - 20;
    broken[last] = 0xFF;
    assert_eq!(with(&broken, None).unwrap_err().cause(), Cause::Encoding);
}
