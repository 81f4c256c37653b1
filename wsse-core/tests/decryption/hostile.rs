//! Plaintext that is not what its place demands, and orders that can't be followed.

use crate::encrypted::{
    EncryptedPart, Encrypting, SIGNED, content, element, find, in_security, inside, server, whole,
};
use crate::support::{envelope, sign};
use wsse_core::crypto::{BlockEncryption, decryption_failed};
use wsse_core::xmlenc::DataKind;
use wsse_core::{Cause, Error, ns};

fn plain() -> String {
    String::from_utf8(sign("binary-security-token", "client", "1.1", "")).unwrap()
}

fn refusal(message: &str) -> Error {
    server(SIGNED).build().unwrap().validate(message.as_bytes()).unwrap_err()
}

fn assert_silent(error: &Error, what: &str) {
    assert_eq!(error.cause(), Cause::DecryptionFailed, "{what}: {error}");
    assert_eq!(error.to_string(), decryption_failed().to_string(), "{what}");
    assert_eq!(error.position(), None, "{what}");
}

#[test]
fn plaintext_is_complete_where_it_stands() {
    let plain = plain();
    let body = inside(&plain, "s:Body");
    let own = &plain[body.clone()];
    let deep = format!("{}{}", "<a>".repeat(300), "</a>".repeat(300));
    let many = format!("<a {}/>", (0..3000).map(|n| format!("a{n}='' ")).collect::<String>());
    for plaintext in [
        "</s:Body><s:Body>",
        "</s:Body><s:Body><forged/></s:Body></s:Envelope><!--",
        "<op>",
        "</op>",
        "<a></b>",
        "<a",
        "<!DOCTYPE a>",
        "<!--",
        "<?a",
        "<![CDATA[",
        "<a><![CDATA[</a>",
        "a &am",
        "a &#1",
        "&unknown;",
        "]]>",
        "a\u{1}",
        "<u:a/>",
        "<?xml version='1.0'?><a/>",
        "\u{FEFF}<",
        deep.as_str(),
        many.as_str(),
    ] {
        let part = EncryptedPart { plaintext: Some(plaintext.as_bytes()), ..content(body.clone()) };
        let message = Encrypting::new().encrypt(&plain, &[part]);
        assert_silent(&refusal(&message), plaintext);
        let error = server(SIGNED).build().unwrap().decrypt(message.as_bytes()).unwrap_err();
        assert_silent(&error, plaintext);
        // The same with something in front of it.
        let plaintext = format!("{own}{plaintext}");
        let part = EncryptedPart { plaintext: Some(plaintext.as_bytes()), ..content(body.clone()) };
        let message = Encrypting::new().encrypt(&plain, &[part]);
        assert_silent(&refusal(&message), &plaintext);
    }
    for plaintext in [&[0xff][..], &[b'a', 0xc3], &[0xed, 0xa0, 0x80]] {
        let part = EncryptedPart { plaintext: Some(plaintext), ..content(body.clone()) };
        assert_silent(&refusal(&Encrypting::new().encrypt(&plain, &[part])), "UTF-8");
    }
}

#[test]
fn what_follows_completes_nothing() {
    let envelope = envelope("1.1");
    let require = "version = 1\nrequire = { timestamp = true }\n";
    // Between two texts, and between two elements.
    for (plaintext, before, after) in [
        ("a &am", "", "p;"),
        ("a &", "", "amp;"),
        ("<a>", "", "</a>"),
        ("<!--", "", "-->"),
        ("</o><o>", "<o>", "</o>"),
        ("]]", "", "&gt;x>"),
    ] {
        let inside_op = find(&envelope, "text &amp; more");
        let message = format!(
            "{}{before}HERE{after}{}",
            &envelope[..inside_op.start],
            &envelope[inside_op.end..]
        );
        let place = find(&message, "HERE");
        let part = EncryptedPart { plaintext: Some(plaintext.as_bytes()), ..content(place) };
        let message = Encrypting::new().encrypt(&message, &[part]);
        let server = server(require).build().unwrap();
        match server.decrypt(message.as_bytes()) {
            Ok(decrypted) => {
                assert_eq!(plaintext, "]]", "{:?}", String::from_utf8_lossy(decrypted.octets()));
            }
            Err(error) if error.cause() == Cause::DecryptionFailed => {
                assert_silent(&error, plaintext);
            }
            // The message was never well-formed.
            Err(error) => assert_eq!(error.category(), wsse_core::Category::Malformed, "{error}"),
        }
    }
}

#[test]
fn an_element_is_one_element() {
    let plain = plain();
    let place = whole(&plain, "op");
    let own = plain[place.clone()].to_owned();
    let encrypt = |plaintext: &str| {
        let part =
            EncryptedPart { plaintext: Some(plaintext.as_bytes()), ..element(place.clone()) };
        Encrypting::new().encrypt(&plain, &[part])
    };
    for plaintext in [
        String::new(),
        " ".to_owned(),
        "text".to_owned(),
        format!("{own}{own}"),
        format!("{own}text"),
        format!("text{own}"),
        format!("{own}<!-- comment -->"),
        format!("<?pi?>{own}"),
        format!("<![CDATA[x]]>{own}"),
        format!("{own}</s:Body>"),
    ] {
        assert_silent(&refusal(&encrypt(&plaintext)), &plaintext);
    }
    let server = server(SIGNED).build().unwrap();
    server.validate(encrypt(&own).as_bytes()).unwrap();
    server.decrypt(encrypt("<a/>").as_bytes()).unwrap();
    server.decrypt(encrypt(" \n<a></a>\t").as_bytes()).unwrap();
}

#[test]
fn content_may_be_anything_that_is_complete() {
    let plain = envelope("1.1");
    let place = inside(&plain, "s:Body");
    for plaintext in [
        "",
        "text",
        "<a/><b/>",
        "a<a/>b",
        "<!-- c --><?p?>",
        "<![CDATA[a & b]]>",
        "a &amp; b",
        "x&amp;",
    ] {
        let part =
            EncryptedPart { plaintext: Some(plaintext.as_bytes()), ..content(place.clone()) };
        let message = Encrypting::new().encrypt(&plain, &[part]);
        let server = server(SIGNED).build().unwrap();
        let decrypted = server.decrypt(message.as_bytes()).unwrap_or_else(|error| {
            panic!("{plaintext}: {error}");
        });
        let text = String::from_utf8(decrypted.into_octets()).unwrap();
        assert!(text.contains(&format!("<s:Body>{plaintext}</s:Body>")), "{text}");
    }
}

#[test]
fn decrypted_header_blocks_are_no_second_security_header() {
    let plain = plain();
    let place = whole(&plain, "w:To");
    let forged = format!("<w:Security xmlns:w='{}'/>", ns::WSSE);
    for header in [true, false] {
        let part =
            EncryptedPart { plaintext: Some(forged.as_bytes()), header, ..element(place.clone()) };
        assert_silent(&refusal(&Encrypting::new().encrypt(&plain, &[part])), "Security");
    }
    let body = EncryptedPart { plaintext: Some(b"<s:Body/>"), ..element(whole(&plain, "s:Body")) };
    let message = Encrypting::new().encrypt(&plain, &[body]);
    assert_eq!(refusal(&message).cause(), Cause::EnvelopeStructure);
}

/// Two plaintexts that are well-formed with what stands between them, and put the Security header into
/// the Body.
#[test]
fn plaintext_takes_the_security_header_nowhere() {
    let message = format!(
        "<s:Envelope xmlns:s='{}'><s:Header><a>first</a><wsse:Security xmlns:wsse='{}'></wsse:Security>\
         </s:Header><s:Body>second</s:Body></s:Envelope>",
        ns::SOAP11,
        ns::WSSE
    );
    let part = |place, plaintext: &'static str| EncryptedPart {
        plaintext: Some(plaintext.as_bytes()),
        ..content(find(&message, place))
    };
    let parts =
        [part("first", "</a></s:Header><s:Body><b><s:Header><a>"), part("second", "</s:Body></b>")];
    let message = Encrypting::new().encrypt(&message, &parts);
    let unsigned = "version = 1\nrequire = { encrypted = [\"body-content\"] }\n";
    let faults = format!("{SIGNED}faults = {{ unsigned = \"accept\" }}\n");
    for policy in [SIGNED, unsigned, &faults] {
        let server = server(policy).build().unwrap();
        assert_silent(&server.validate(message.as_bytes()).unwrap_err(), policy);
        assert_silent(&server.decrypt(message.as_bytes()).unwrap_err(), policy);
    }
}

#[test]
fn plaintext_takes_no_id_that_is_referenced() {
    let plain = plain();
    let id = inside_quotes(&plain, "URI=\"#");
    let place = inside(&plain, "s:Body");
    let own = &plain[place.clone()];
    for plaintext in
        [format!("{own}<a xmlns:u='{}' u:Id='{id}'/>", ns::WSU), format!("{own}<a xml:id='{id}'/>")]
    {
        let part =
            EncryptedPart { plaintext: Some(plaintext.as_bytes()), ..content(place.clone()) };
        // The tag held, so whoever has the key made it: he is told.
        let error = refusal(&Encrypting::new().encrypt(&plain, &[part]));
        assert_eq!(error.cause(), Cause::AmbiguousId, "{error}");
    }
    // An Id of the ciphertext may be one of the plaintext again.
    let own = own.replace("<op ", "<op xml:id='ED-0' ");
    let part = EncryptedPart { plaintext: Some(own.as_bytes()), ..content(place.clone()) };
    let error = refusal(&Encrypting::new().encrypt(&plain, &[part]));
    assert_eq!(error.cause(), Cause::DigestMismatch);
}

fn inside_quotes<'m>(message: &'m str, before: &str) -> &'m str {
    let start = find(message, before).end;
    message[start..].split('"').next().unwrap()
}

#[test]
fn orders_that_cannot_be_followed() {
    let plain = plain();
    let message = Encrypting::new().encrypt(&plain, &[content(inside(&plain, "s:Body"))]);
    let second = |text: &str| in_security(&message, text);
    let list = |ids: &[&str]| {
        let references: String =
            ids.iter().map(|id| format!("<x:DataReference URI='#{id}'/>")).collect();
        format!("<x:ReferenceList xmlns:x='{}'>{references}</x:ReferenceList>", ns::XENC)
    };
    let data = &message[whole(&message, "xenc:EncryptedData")];
    let twice = message.replace("<s:Header>", &format!("<s:Header><w>{data}</w>"));
    let wrapped = |inner: &str| {
        let key = in_security(&envelope("1.1"), &Encrypting::new().order(&["ED-0".to_owned()]));
        let place = whole(&key, "w:To");
        format!("{}{inner}{}", &key[..place.start], &key[place.end..])
    };
    let header = |inside: &str| {
        wrapped(&format!(
            "<e:EncryptedHeader xmlns:e='{}'>{inside}</e:EncryptedHeader>",
            ns::WSSE11
        ))
    };
    let element = Encrypting::new().data("ED-0", &DataKind::Element, b"<a/>");
    let other = element.replace("ED-0", "ED-1");
    let of_content = Encrypting::new().data("ED-0", &DataKind::Content, b"<a/>");
    let untyped = Encrypting::new().data("ED-0", &DataKind::Other(None), b"<a/>");
    let typed = Encrypting::new().data("ED-0", &DataKind::Other(Some("urn:t".into())), b"<a/>");
    let keys: String = (0..17).map(|_| Encrypting::new().order(&[])).collect();
    for (message, cause) in [
        (message.replace("#ED-0", "#nobody"), Cause::AmbiguousId),
        (twice, Cause::AmbiguousId),
        (
            message.replace("#ED-0", &format!("#{}", inside_quotes(&plain, "URI=\"#"))),
            Cause::UnsupportedReference,
        ),
        (message.replace("#ED-0", "cid:part"), Cause::UnsupportedReference),
        (message.replace("#ED-0", "http://x/"), Cause::UnsupportedReference),
        (message.replace("#ED-0", ""), Cause::UnsupportedReference),
        (second(&list(&["ED-0", "ED-0"])), Cause::AmbiguousId),
        (second(&list(&[])), Cause::EncryptionStructure),
        (
            second(&list(&["ED-0"]).replace("DataReference", "KeyReference")),
            Cause::UnsupportedReference,
        ),
        (second(&format!("<x:Other xmlns:x='{}'/>", ns::XENC)), Cause::UnsupportedToken),
        (second(&keys), Cause::ReferenceCount),
        (header(&format!("<b/>{element}")), Cause::EncryptionStructure),
        (header(&format!("{element}<b/>")), Cause::EncryptionStructure),
        (header(&format!("{element}{other}")), Cause::EncryptionStructure),
        (header(&format!("text{element}")), Cause::EncryptionStructure),
        (header(&format!("<!-- c -->{element}")), Cause::EncryptionStructure),
        (header(&format!("<b>{element}</b>")), Cause::EncryptionStructure),
        (header(&of_content), Cause::EncryptionStructure),
        (wrapped(&untyped), Cause::EncryptionStructure),
        (wrapped(&typed), Cause::EncryptionStructure),
    ] {
        let error = server(SIGNED).build().unwrap().decrypt(message.as_bytes()).unwrap_err();
        assert_eq!(error.cause(), cause, "{error}\n{message}");
        assert_eq!(refusal(&message).cause(), cause);
    }
    for valid in [wrapped(&element), header(&element), header(&format!(" {element}\n"))] {
        server(SIGNED).build().unwrap().decrypt(valid.as_bytes()).unwrap();
    }
}

#[test]
fn what_is_not_allowed_is_told_before_a_key_is_used() {
    let plain = plain();
    for (method, legacy) in
        [(BlockEncryption::Aes128Cbc, "cbc"), (BlockEncryption::TripleDesCbc, "3des")]
    {
        let message =
            Encrypting::with_method(method).encrypt(&plain, &[content(inside(&plain, "s:Body"))]);
        let error = refusal(&message);
        assert_eq!(error.cause(), Cause::LegacyAlgorithm);
        assert!(error.reason().contains(legacy), "{error}");
        let allowed = format!("{SIGNED}legacy = {{ allow = [\"{legacy}\"] }}\n");
        server(&allowed).build().unwrap().validate(message.as_bytes()).unwrap();
    }
}

#[test]
fn plaintext_counts_against_the_limits() {
    let plain = plain();
    let place = inside(&plain, "s:Body");
    let large = "a".repeat(4000);
    let part = EncryptedPart { plaintext: Some(large.as_bytes()), ..content(place) };
    let message = Encrypting::new().encrypt(&plain, &[part]);
    let small = format!("{SIGNED}limits = {{ message = \"{} KiB\" }}\n", message.len() / 1024 + 1);
    let error = server(&small).build().unwrap().validate(message.as_bytes()).unwrap_err();
    assert_eq!(error.cause(), Cause::DigestMismatch);
}
