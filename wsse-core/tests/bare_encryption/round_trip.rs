//! Every pair of methods, and everything that can be encrypted.

use crate::support::{
    ALL_LEGACY, DOCUMENT, decrypt, encrypted, for_server, key_name, secret, server,
};
use wsse_core::crypto::{
    BlockEncryption, DigestMethod, KeyEncryption, KeyTransport, OaepParameters, SystemRandom,
};
use wsse_core::xml::Limits;
use wsse_core::xmlenc::DataKind;
use wsse_core::xmlenc::bare::{BarePart, ContentKey, encrypt};

fn key_methods() -> Vec<KeyEncryption> {
    let mut methods: Vec<KeyEncryption> = KeyEncryption::all().collect();
    for digest in DigestMethod::ALL {
        for mask in DigestMethod::ALL {
            let Ok(parameters) = OaepParameters::new(digest, mask) else { continue };
            methods.push(KeyEncryption::Transport(KeyTransport::RsaOaep(parameters)));
        }
        let parameters = OaepParameters::new(digest, DigestMethod::Sha1).unwrap();
        methods.push(KeyEncryption::Transport(KeyTransport::RsaOaepMgf1p(parameters)));
    }
    methods
}

#[test]
fn every_pair_of_methods_gives_the_same_octets() {
    let server = server(ALL_LEGACY);
    let part = BarePart::Content(None);
    let mut pairs = 0;
    for method in BlockEncryption::ALL {
        for key_method in key_methods() {
            let document = encrypted(&part, method, &for_server(key_method));
            assert!(!document.contains("<number>"));
            let found = decrypt(&server, &document);
            assert_eq!(found.as_deref(), Ok(DOCUMENT), "{method:?} {key_method:?}\n{document}");
            pairs += 1;
        }
        let key =
            ContentKey::Secret(secret(method.key_length()), vec![key_name(method.key_length())]);
        assert_eq!(decrypt(&server, &encrypted(&part, method, &key)).as_deref(), Ok(DOCUMENT));
    }
    assert_eq!(pairs, 7 * (7 + 10 * 5 + 10));
}

#[test]
fn every_part_can_be_encrypted() {
    let server = server("");
    let id = |id: &str| Some(id.to_owned());
    for (part, kind, expected) in [
        (BarePart::Element(None), DataKind::Element, DOCUMENT.to_owned()),
        (BarePart::Element(id("card")), DataKind::Element, DOCUMENT.to_owned()),
        (BarePart::Element(id("empty")), DataKind::Element, DOCUMENT.to_owned()),
        (BarePart::Content(None), DataKind::Content, DOCUMENT.to_owned()),
        (BarePart::Content(id("card")), DataKind::Content, DOCUMENT.to_owned()),
        (
            BarePart::Content(id("empty")),
            DataKind::Content,
            DOCUMENT.replace("<empty id=\"empty\" />", "<empty id=\"empty\" ></empty>"),
        ),
        (BarePart::Octets(None), DataKind::Other(None), DOCUMENT.to_owned()),
    ] {
        let key = for_server(KeyEncryption::from_name("rsa-oaep").unwrap());
        let document = encrypted(&part, BlockEncryption::Aes128Gcm, &key);
        let found = server.decrypt_bare(document.as_bytes()).unwrap();
        assert_eq!(core::str::from_utf8(found.octets()), Ok(expected.as_str()), "{part:?}");
        assert_eq!(found.is_document(), !matches!(part, BarePart::Octets(_)));
        let [only] = found.parts() else { panic!("{:?}", found.parts()) };
        assert_eq!(only.kind, kind);
        let plaintext = &expected[only.range.clone()];
        match &part {
            BarePart::Element(_) => assert!(plaintext.starts_with('<') && plaintext.ends_with('>')),
            BarePart::Content(Some(id)) if id == "empty" => assert_eq!(plaintext, ""),
            BarePart::Content(Some(_)) => assert!(plaintext.ends_with("<!-- x -->")),
            BarePart::Content(None) => assert!(plaintext.starts_with("\n  <to>")),
            _ => assert_eq!(plaintext, DOCUMENT),
        }
    }
}

#[test]
fn octets_of_any_kind_come_back() {
    let server = server(ALL_LEGACY);
    let all: Vec<u8> = (0..=255_u8).cycle().take(100_000).collect();
    for method in BlockEncryption::ALL {
        for length in [0, 1, 15, 16, 17, 12_287, 12_288, 12_289, 100_000] {
            let key = for_server(KeyEncryption::from_name("kw-aes128").unwrap());
            let part = BarePart::Octets(Some("application/octet-stream".to_owned()));
            let limits = Limits::default();
            let content = &all[..length];
            let document = encrypt(content, &limits, &part, method, &key, &SystemRandom).unwrap();
            let found = server.decrypt_bare(&document).unwrap();
            assert!(found.octets() == content, "{method:?} {length}");
            assert!(!found.is_document());
        }
    }
}

#[test]
fn what_is_encrypted_again_comes_out_whole() {
    let server = server("");
    let key = for_server(KeyEncryption::from_name("rsa-oaep").unwrap());
    let wrap = |document: &[u8], part: &BarePart| {
        let (limits, method) = (Limits::default(), BlockEncryption::Aes256Gcm);
        encrypt(document, &limits, part, method, &key, &SystemRandom).unwrap()
    };
    let mut document = wrap(DOCUMENT.as_bytes(), &BarePart::Element(Some("card".to_owned())));
    for layer in 1..=4 {
        let found = server.decrypt_bare(&document).unwrap();
        assert_eq!(found.octets(), DOCUMENT.as_bytes(), "{layer}");
        assert_eq!(found.parts().len(), 1);
        document = wrap(&document, &BarePart::Element(None));
    }
    let error = server.decrypt_bare(&document).unwrap_err();
    assert_eq!(error.cause(), wsse_core::Cause::ReferenceCount);
    // Two parts of one document, in one step; and one around another, in two.
    let one = wrap(DOCUMENT.as_bytes(), &BarePart::Content(Some("card".to_owned())));
    let two = wrap(&one, &BarePart::Element(Some("empty".to_owned())));
    let found = server.decrypt_bare(&two).unwrap();
    assert_eq!(found.octets(), DOCUMENT.as_bytes());
    let shown: Vec<&str> = found.parts().iter().map(|part| &DOCUMENT[part.range.clone()]).collect();
    assert_eq!(shown, ["<number>4012&amp;</number><!-- x -->", "<empty id=\"empty\" />"]);
}
