//! Digests that others computed: published samples, peers' own tests.

use super::*;
use crate::crypto::{Hash, base64, hex};
use crate::http::{HeaderValue, NonceForm};
use crate::password::SecretForm;
use serde_json::Value;

#[test]
fn the_reference_digests() {
    let in_base64 = "ZDM2ZTMxNjI4Mjk1OWE5ZWQ0Yzg5ODUxNDk3YTcxN2Y=";
    let sha1 = "quR/EWLAV4xLf9Zqyw4pDmfV9OY=";
    let sha1_hex = "YWFlNDdmMTE2MmMwNTc4YzRiN2ZkNjZhY2IwZTI5MGU2N2Q1ZjRlNg==";
    let sha256 = "k2OXAq5Xn4OwUt/kjMjkhPbhCbj600SFOt5vVgtpTeI=";
    let sha256_hex =
        "OTM2Mzk3MDJhZTU3OWY4M2IwNTJkZmU0OGNjOGU0ODRmNmUxMDliOGZhZDM0NDg1M2FkZTZmNTYwYjY5NGRlMg==";
    let mail_date = "Mon, 15 Dec 2003 14:43:07 +0000";
    for (dialect, digest, nonce, created) in [
        ("atom", sha1, NONCE, CREATED),
        ("atom-base64", sha1, in_base64, CREATED),
        ("symfony", sha1, in_base64, CREATED),
        ("adobe-rest", sha1, in_base64, CREATED),
        ("adobe-soap", sha1_hex, in_base64, CREATED),
        ("emarsys", sha1_hex, NONCE, CREATED),
        ("sha256-hex", sha256_hex, NONCE, CREATED),
        ("huawei", sha256, NONCE, CREATED),
        ("sha256-base64", sha256, in_base64, CREATED),
        (
            "emt",
            "YmFiMzc2NmVjZTVjYmY5NmVlMmMzNzk2NjhhMDkwZTY5N2NkNDQ0OQ==",
            in_base64,
            "1071499387",
        ),
        ("penneo", "i2NVogd+D8O+E+bKRjNwBf8S6kw=", in_base64, mail_date),
    ] {
        let expected = value(digest, nonce, created);
        let written = header(&preset(dialect), NONCE.as_bytes(), created);
        let expected_text =
            if dialect == "huawei" { expected.replace(", ", ",") } else { expected.clone() };
        assert_eq!(written, expected_text, "{dialect}");
        let checked = check_at(THEN + 2, &[dialect]).check(&expected).unwrap();
        assert_eq!((checked.username(), checked.dialect()), ("bob", dialect));
        assert_eq!(checked.nonce(), nonce);
        assert_eq!(checked.created(), UnixTime::from_seconds(THEN));
    }
}

#[test]
fn a_server_that_decodes_a_nonce_that_was_not_encoded() {
    let theirs = value("0WSAldY9ogqqVyQo7ubbZxxFU/s=", NONCE, CREATED);
    let ours = value("quR/EWLAV4xLf9Zqyw4pDmfV9OY=", NONCE, CREATED);
    for dialect in ["symfony", "atom-base64", "penneo"] {
        assert_eq!(check_at(THEN, &[dialect]).check(&theirs).unwrap().dialect(), dialect);
        assert_eq!(cause(check_at(THEN, &[dialect]).check(&ours)), Cause::FailedAuthentication);
    }
    assert_eq!(cause(check_at(THEN, &["atom"]).check(&theirs)), Cause::FailedAuthentication);
    // A cut SHA-512 in hexadecimal, as one service prints its nonces.
    let nonce = "d9bceac731b1ebcc00ba98df0e51a4e6b96568c74151e7be49488ad89c0da041";
    let mailed = value("Es+x3FzwQgvSiw4zw2pholPynvs=", nonce, "Mon, 15 Dec 2003 14:43:07 +0000");
    assert_eq!(check_at(THEN, &["penneo"]).check(&mailed).unwrap().nonce(), nonce);
}

#[test]
fn a_nonce_of_sixteen_octets_behind_hexadecimal() {
    let hexadecimal = Dialect::new("hexadecimal").with_nonce_form(NonceForm::Hex);
    let octets = [
        0xd3, 0x6e, 0x31, 0x62, 0x82, 0x95, 0x9a, 0x9e, 0xd4, 0xc8, 0x98, 0x51, 0x49, 0x7a, 0x71,
        0x7f,
    ];
    let digest = "xzwbFlkhLtAK/hc7kIcULNndAxI=";
    assert_eq!(header(&hexadecimal, &octets, CREATED), value(digest, NONCE, CREATED));
    let in_base64 = value(digest, "024xYoKVmp7UyJhRSXpxfw==", CREATED);
    assert_eq!(header(&preset("atom-base64"), &octets, CREATED), in_base64);
    let check = HeaderCheck::builder(bob())
        .with_clock(Arc::new(at(THEN)))
        .with_dialect(hexadecimal)
        .with_dialect(preset("atom-base64"))
        .build()
        .unwrap();
    let upper = value(digest, &NONCE.to_ascii_uppercase(), CREATED);
    assert_eq!(check.check(&upper).unwrap().dialect(), "hexadecimal");
    assert_eq!(cause(check.check(&value(digest, NONCE, CREATED))), Cause::Replay);
    assert_eq!(cause(check.check(&in_base64)), Cause::Replay);
}

#[test]
fn published_header_lines() {
    let Some(text) = read("x-wsse-headers.txt") else { return };
    let mut rows = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (value, expected) = line.split_once('\t').unwrap();
        let check = check_at(THEN, &["atom"]);
        let outcome = check.check(value);
        let (cause, offset) = match expected {
            _ if expected.starts_with("valid") || expected.starts_with("policy: scheme") => {
                assert_eq!(outcome.unwrap().username(), "bob", "{line}");
                rows += 1;
                continue;
            }
            "reject: duplicate parameter" => (Cause::DuplicateParameter, Some(30)),
            "reject: Created missing" => (Cause::MissingParameter, Some(value.len())),
            "parse: Username is bo\"b; digest mismatch" => {
                assert_eq!(HeaderValue::parse(value).unwrap().username(), "bo\"b");
                (Cause::FailedAuthentication, None)
            }
            "reject: unbalanced quotes" => (Cause::HeaderSyntax, Some(45)),
            "reject: empty" => (Cause::HeaderSyntax, Some(0)),
            _ => panic!("no expectation for {line:?}"),
        };
        let error = outcome.unwrap_err();
        let position = error.position().map(|position| position.offset);
        assert_eq!((error.cause(), position), (cause, offset), "{line}");
        rows += 1;
    }
    assert_eq!(rows, 9);
}

#[test]
fn published_digests() {
    let Some(text) = read("password-digest.json") else { return };
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut texts = 0;
    for row in &rows {
        let field = |name: &str| row[name].as_str().unwrap();
        let octets = |name: &str| octets_of(field(name));
        // The rows of SOAP tokens have the digest of the header whose nonce is in base64.
        let is_text = field("dialect") == "xwsse-text-nonce";
        texts += usize::from(is_text);
        let hashed_first = octets("password_bytes_hex") != field("password").as_bytes();
        let dialect = preset(if is_text { "atom" } else { "atom-base64" })
            .with_secret_form(if hashed_first { SecretForm::Sha1 } else { SecretForm::Plain });
        let password = Secret::new(field("password"));
        let username = if field("username").is_empty() { "nobody" } else { field("username") };
        let nonce = octets("nonce_bytes_hex");
        let options = CreateOptions {
            nonce: Some(&nonce),
            created: Some(field("created")),
            ..CreateOptions::default()
        };
        let written = create(&dialect, username, &password, &options, &at(0), &Counting).unwrap();
        let parsed = HeaderValue::parse(&written).unwrap();
        assert_eq!(parsed.password_digest(), field("digest"), "{}", field("id"));
        assert_eq!(parsed.nonce(), field("nonce_on_wire"), "{}", field("id"));
        let now = crate::time::parse_date_time(field("created")).unwrap();
        let check = HeaderCheck::builder(PasswordTable::new().with(username, password))
            .with_dialect(dialect)
            .with_clock(Arc::new(FixedClock(now)))
            .build()
            .unwrap();
        assert_eq!(check.check(&written).unwrap().username(), username);
    }
    assert_eq!((rows.len(), texts), (5, 1));
}

#[test]
fn a_published_sample_with_the_digest_in_hexadecimal() {
    // What the digest of a header is before its base64.
    let digest = Hash::Sha1.digest(&[NONCE.as_bytes(), CREATED.as_bytes(), PASSWORD.as_bytes()]);
    assert_eq!(hex(digest.octets()), "aae47f1162c0578c4b7fd66acb0e290e67d5f4e6");
    let lower = value(&base64(hex(digest.octets()).as_bytes()), NONCE, CREATED);
    assert_eq!(lower, header(&preset("emarsys"), NONCE.as_bytes(), CREATED));
}

fn octets_of(hexadecimal: &str) -> Vec<u8> {
    (0..hexadecimal.len())
        .step_by(2)
        .map(|place| u8::from_str_radix(&hexadecimal[place..place + 2], 16).unwrap())
        .collect()
}

/// A file of the vectors that are kept beside the project, or None, said aloud.
#[expect(clippy::print_stderr, reason = "a test that runs without its vectors must say so")]
fn read(file: &str) -> Option<String> {
    let folder = std::env::var_os("WSSE_VECTORS").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors"),
        Into::into,
    );
    let path = folder.join("username-token").join(file);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            eprintln!("not run: {}: {error}; set WSSE_VECTORS", path.display());
            None
        }
    }
}
