//! What every preset writes, and what it takes.

use super::*;
use crate::crypto::Hash;
use crate::error::Cause;
use crate::http::{CreatedForm, DigestText, NonceForm, NonceGenerator, PRESETS, Prefix, Separator};
use crate::time::{DateTimeForm, Zone};

/// With the clock at noon, the random octets 0, 1, 2 … and the password `Secret-7`. The digests
/// are computed by another program.
const WRITTEN: [(&str, &str); 11] = [
    (
        "atom",
        r#"UsernameToken Username="bob", PasswordDigest="G8ktuWAKyUkRW7UrDvLBpt/rL8k=", Nonce="000102030405060708090a0b0c0d0e0f", Created="2024-05-01T12:00:00Z""#,
    ),
    (
        "atom-base64",
        r#"UsernameToken Username="bob", PasswordDigest="RLJ9CjkHwmmoEuZWkmcElQGMeYg=", Nonce="AAECAwQFBgcICQoLDA0ODw==", Created="2024-05-01T12:00:00Z""#,
    ),
    (
        "symfony",
        r#"UsernameToken Username="bob", PasswordDigest="G8ktuWAKyUkRW7UrDvLBpt/rL8k=", Nonce="MDAwMTAyMDMwNDA1MDYwNzA4MDkwYTBiMGMwZDBlMGY=", Created="2024-05-01T12:00:00Z""#,
    ),
    (
        "adobe-rest",
        r#"UsernameToken Username="bob", PasswordDigest="gO6U0dbWelDQqKWO1tXB8mrmWDg=", Nonce="MDAwMTAyMDMtMDQwNS00NjA3LTg4MDktMGEwYjBjMGQwZTBm", Created="2024-05-01T12:00:00+00:00""#,
    ),
    (
        "adobe-soap",
        r#"UsernameToken Username="bob", PasswordDigest="NmUyZjMzMzUyN2NkODk5MzM4YTZjNTdiYzMwM2NhMGNlZWVlNmQ4MA==", Nonce="MDAwMTAyMDMwNDA1MDYwNzA4MDkwYTBiMGMwZDBlMGY=", Created="2024-05-01T12:00:00+00:00""#,
    ),
    (
        "emarsys",
        r#"UsernameToken Username="bob", PasswordDigest="NmUyZjMzMzUyN2NkODk5MzM4YTZjNTdiYzMwM2NhMGNlZWVlNmQ4MA==", Nonce="000102030405060708090a0b0c0d0e0f", Created="2024-05-01T12:00:00+00:00""#,
    ),
    (
        "sha256-hex",
        r#"UsernameToken Username="bob", PasswordDigest="ZTVlZDA1ZDQyZDQzMGQyZTQ4NTg5OWZlYWFjNjk2NDVmZjdmMWEwZDVkYTRjNGFkMDJiNjkxMWRiNWQ4ZjA5Nw==", Nonce="000102030405060708090a0b0c0d0e0f", Created="2024-05-01T12:00:00+0000""#,
    ),
    (
        "huawei",
        r#"UsernameToken Username="bob",PasswordDigest="adB5eiuaMh/zXkZqTZsefIarsSKKwr3bP7N7JlQMpDM=",Nonce="000102030405460788090a0b0c0d0e0f",Created="2024-05-01T12:00:00Z""#,
    ),
    (
        "sha256-base64",
        r#"UsernameToken Username="bob", PasswordDigest="X+E5J+xU5bPPa+aPDCY30ncvuIuPobvdWHIPgFa+RIc=", Nonce="MDAwMTAyMDMwNDA1MDYwNw==", Created="2024-05-01T12:00:00Z""#,
    ),
    (
        "emt",
        r#"UsernameToken Username="bob", PasswordDigest="MjlhZTVmMzFiODcxODRkODk2MTZkYThjOTFmMWUwNzMwMGZiYWFmOA==", Nonce="MDAwMTAyMDMwNDA1MDYwNzA4MDkwYTBiMGMwZDBlMGY=", Created="1714564800""#,
    ),
    (
        "penneo",
        r#"UsernameToken Username="bob", PasswordDigest="EUmAQN/WbDFKBWE9q3peXugjlO0=", Nonce="000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", Created="Wed, 01 May 2024 12:00:00 +0000""#,
    ),
];

fn fresh(dialect: &Dialect, password: &str) -> Result<String, Error> {
    let options = CreateOptions::default();
    create(dialect, "bob", &Secret::new(password), &options, &at(NOON), &Counting)
}

#[test]
fn every_preset_writes_exactly_this_and_reads_it() {
    let named: Vec<&str> = PRESETS.iter().map(|preset| preset.name()).collect();
    assert_eq!(named, WRITTEN.map(|(name, _)| name));
    for (name, expected) in WRITTEN {
        assert_eq!(fresh(&preset(name), "Secret-7").as_deref(), Ok(expected), "{name}");
        let check = HeaderCheck::builder(PasswordTable::new().with("bob", Secret::new("Secret-7")))
            .with_dialect(preset(name))
            .with_clock(Arc::new(at(NOON)))
            .build()
            .unwrap();
        assert_eq!(check.check(expected).unwrap().dialect(), name);
        assert_eq!(cause(check.check(expected)), Cause::Replay, "{name}");
    }
    for described in PRESETS {
        assert!(!described.description().is_empty());
        assert_eq!(described.dialect(), preset(described.name()));
    }
    assert_eq!(Dialect::default(), preset("atom"));
}

#[test]
fn every_preset_reads_these_dates_besides_its_own() {
    let accepted_by_all = [
        "2024-05-01T12:00:00Z",
        "2024-05-01T12:00:00.5Z",
        "2024-05-01T12:00:00.299Z",
        "2024-05-01T12:00:00.123456789Z",
        "2024-05-01T12:00:00+00:00",
        "2024-05-01T12:00:00+0000",
        "2024-05-01T12:00:00.299+0000",
        "2024-05-01T12:00:00.299+00:00",
        "2024-05-01T05:00:00-07:00",
        "2024-05-01T05:00:00-0700",
        "2024-05-01T14:30:00.001+0230",
    ];
    let own = [
        ("emt", "1714564800"),
        ("penneo", "Wed, 01 May 2024 12:00:00 +0000"),
        ("penneo", "Wed, 01 May 2024 14:00:00 +0200"),
        ("adobe-rest", "2024-05-01 12:00:00 GMT"),
    ];
    let mut foreign = 0;
    for (name, _) in WRITTEN {
        let dialect = preset(name);
        for created in accepted_by_all {
            let value = header(&dialect, b"0123456789abcdef", created);
            let checked = check_at(NOON, &[name]).check(&value);
            assert_eq!(
                checked.map(|header| header.created().seconds()),
                Ok(NOON),
                "{name} {value}"
            );
        }
        for (owner, created) in own {
            let value = header(&dialect, b"0123456789abcdef", created);
            let outcome = check_at(NOON, &[name]).check(&value);
            if owner == name {
                assert_eq!(outcome.map(|header| header.created().seconds()), Ok(NOON), "{name}");
            } else {
                let error = outcome.unwrap_err();
                assert_eq!(error.cause(), Cause::InvalidTokenValue, "{name} {created}");
                let offset = value.find(created).unwrap() - 1;
                assert_eq!(error.position().map(|position| position.offset), Some(offset));
                foreign += 1;
            }
        }
    }
    assert_eq!(foreign, 11 * 4 - 4);
}

#[test]
fn a_preset_takes_no_other_shape() {
    // What a digest and a nonce mean is the dialect's; these pairs read both alike.
    let alike = |left: &str, right: &str| {
        let group = |name: &str| match name {
            "atom-base64" | "symfony" | "adobe-rest" | "penneo" => "SHA-1, nonce in base64",
            _ => WRITTEN.iter().find(|(known, _)| *known == name).unwrap().0,
        };
        group(left) == group(right)
    };
    for (sender, _) in WRITTEN {
        // A password without capitals, which emt can't tell from adobe-soap.
        let value = header(&preset(sender), NONCE.as_bytes(), CREATED);
        for (receiver, _) in WRITTEN {
            let outcome = check_at(THEN, &[receiver]).check(&value);
            if alike(sender, receiver)
                || matches!((sender, receiver), ("emt", "adobe-soap") | ("adobe-soap", "emt"))
            {
                assert_eq!(
                    outcome.map(|header| header.username().to_owned()),
                    Ok("bob".to_owned())
                );
            } else {
                let error = outcome.unwrap_err();
                assert_eq!(error.cause(), Cause::FailedAuthentication, "{sender} to {receiver}");
            }
        }
    }
}

#[test]
fn created_in_milliseconds_and_every_zone() {
    let precise = FixedClock(UnixTime::from_nanoseconds(1_714_564_800_299_999_999));
    for (zone, text) in [
        (Zone::Zulu, "2024-05-01T12:00:00.299Z"),
        (Zone::Offset, "2024-05-01T12:00:00.299+00:00"),
        (Zone::OffsetWithoutColon, "2024-05-01T12:00:00.299+0000"),
    ] {
        let form = CreatedForm::DateTime(DateTimeForm { milliseconds: true, zone });
        let dialect = Dialect::new("precise").with_created_form(form);
        let options = CreateOptions::default();
        let password = Secret::new(PASSWORD);
        let value = create(&dialect, "bob", &password, &options, &precise, &Counting).unwrap();
        assert!(value.ends_with(&format!("Created=\"{text}\"")), "{value}");
    }
}

#[test]
fn every_generator_in_every_form() {
    let generators = [
        (NonceGenerator::Octets(16), None),
        (NonceGenerator::HexDigits(32), Some("000102030405060708090a0b0c0d0e0f")),
        (NonceGenerator::HexDigits(17), Some("00010203040506070")),
        (NonceGenerator::Uuid, Some("00010203-0405-4607-8809-0a0b0c0d0e0f")),
        (NonceGenerator::UuidWithoutDashes, Some("000102030405460788090a0b0c0d0e0f")),
    ];
    for (generator, text) in generators {
        for form in
            [NonceForm::Text, NonceForm::Base64, NonceForm::Hex, NonceForm::TextReadAsBase64]
        {
            let dialect = Dialect::new("x").with_nonce_form(form).with_nonce_generator(generator);
            let value = fresh(&dialect, PASSWORD);
            let readable = match (form, text) {
                (NonceForm::Text, text) => text.is_some(),
                (NonceForm::TextReadAsBase64, text) => text.is_some_and(|text| text.len() == 32),
                _ => true,
            };
            if !readable {
                assert_eq!(cause(value), Cause::InvalidArgument, "{generator:?} {form:?}");
                continue;
            }
            let check = HeaderCheck::builder(bob())
                .with_dialect(dialect)
                .with_clock(Arc::new(at(NOON)))
                .build()
                .unwrap();
            let checked = check.check(&value.unwrap()).unwrap();
            if let (NonceForm::Text | NonceForm::TextReadAsBase64, Some(text)) = (form, text) {
                assert_eq!(checked.nonce(), text);
            }
        }
    }
    for generator in
        [NonceGenerator::Octets(0), NonceGenerator::Octets(7), NonceGenerator::HexDigits(15)]
    {
        let dialect = preset("atom-base64").with_nonce_generator(generator);
        assert_eq!(cause(fresh(&dialect, PASSWORD)), Cause::InvalidArgument, "{generator:?}");
    }
    for generator in [NonceGenerator::Octets(255), NonceGenerator::HexDigits(255)] {
        assert!(fresh(&preset("atom-base64").with_nonce_generator(generator), PASSWORD).is_ok());
    }
}

#[test]
fn every_hash_and_digest_text() {
    for hash in [Hash::Sha1, Hash::Sha256, Hash::Sha384, Hash::Sha512] {
        for text in [DigestText::Octets, DigestText::Hex] {
            let dialect = Dialect::new("x").with_hash(hash).with_digest_text(text);
            let check = HeaderCheck::builder(bob())
                .with_dialect(dialect.clone())
                .with_clock(Arc::new(at(NOON)))
                .build()
                .unwrap();
            let value = fresh(&dialect, PASSWORD).unwrap();
            assert_eq!(check.check(&value).unwrap().dialect(), "x");
        }
    }
    let broken = Dialect::new("broken").with_hash(Hash::Md5);
    assert_eq!(cause(fresh(&broken, PASSWORD)), Cause::InvalidArgument);
    let built = HeaderCheck::builder(bob()).with_dialect(broken).build();
    assert_eq!(cause(built), Cause::InvalidArgument);
}

#[test]
fn spelling_of_the_header() {
    let dialect = Dialect::new("terse")
        .with_prefix(Prefix::Omitted)
        .with_separator(Separator::Comma)
        .with_parameter("Organization", "a \"b\"");
    let options = CreateOptions {
        nonce: Some(NONCE.as_bytes()),
        created: Some(CREATED),
        parameters: &[("Extra", "back\\slash")],
    };
    let password = Secret::new(PASSWORD);
    let value = create(&dialect, "bob", &password, &options, &at(THEN), &Counting).unwrap();
    assert_eq!(
        value,
        r#"Username="bob",PasswordDigest="quR/EWLAV4xLf9Zqyw4pDmfV9OY=",Nonce="d36e316282959a9ed4c89851497a717f",Created="2003-12-15T14:43:07Z",Organization="a \"b\"",Extra="back\\slash""#
    );
    let check = HeaderCheck::builder(bob())
        .with_dialect(dialect)
        .with_clock(Arc::new(at(THEN)))
        .build()
        .unwrap();
    let checked = check.check(&value).unwrap();
    let parameters: Vec<_> = checked.unprotected_parameters().collect();
    assert_eq!(parameters, [("Organization", "a \"b\""), ("Extra", "back\\slash")]);
}

#[test]
fn arguments_that_can_not_stand_in_a_header() {
    let make = |username: &str, options: CreateOptions<'_>| {
        create(&Dialect::default(), username, &Secret::new(PASSWORD), &options, &at(0), &Counting)
    };
    let none = CreateOptions::default();
    let long = "x".repeat(9000);
    for username in
        ["", "bob\r\nX-Admin: yes", "bob\n", "bob\r", "a\0b", "a\tb", "a\u{7f}", "a\u{85}b", &long]
    {
        assert_eq!(cause(make(username, none)), Cause::InvalidArgument, "{username:?}");
    }
    for nonce in [&b""[..], b"\xff\xfe", b"a\r\nb", b"a\x01"] {
        let options = CreateOptions { nonce: Some(nonce), ..none };
        assert_eq!(cause(make("bob", options)), Cause::InvalidArgument, "{nonce:?}");
    }
    for created in ["", "2003\r\n", "\0"] {
        let options = CreateOptions { created: Some(created), ..none };
        assert_eq!(cause(make("bob", options)), Cause::InvalidArgument, "{created:?}");
    }
    for parameters in [
        &[("", "x")][..],
        &[("a b", "x")],
        &[("a=", "x")],
        &[("a\r\nb", "x")],
        &[("ä", "x")],
        &[("a", "x\r\ny")],
        &[("a", "x"), ("A", "y")],
        &[("nonce", "x")],
    ] {
        let options = CreateOptions { parameters, ..none };
        assert_eq!(cause(make("bob", options)), Cause::InvalidArgument, "{parameters:?}");
    }
    let spelt = make("Jürgen \"O'Neil\" \\", none).unwrap();
    assert!(spelt.starts_with(r#"UsernameToken Username="Jürgen \"O'Neil\" \\", "#), "{spelt}");
}

#[test]
fn without_randomness_or_a_clock_nothing_is_made() {
    struct Dry;
    impl SecureRandom for Dry {
        fn fill(&self, _: &mut [u8]) -> Result<(), Error> {
            Err(Error::new(Cause::RandomUnavailable, "dry"))
        }
    }
    struct Stopped;
    impl TimeProvider for Stopped {
        fn now(&self) -> Result<UnixTime, Error> {
            Err(Error::new(Cause::ClockUnavailable, "stopped"))
        }
    }
    let password = Secret::new(PASSWORD);
    let options = CreateOptions::default();
    for (name, _) in WRITTEN {
        let dry = create(&preset(name), "bob", &password, &options, &at(NOON), &Dry);
        assert_eq!(cause(dry), Cause::RandomUnavailable, "{name}");
        let stopped = create(&preset(name), "bob", &password, &options, &Stopped, &Counting);
        assert_eq!(cause(stopped), Cause::ClockUnavailable, "{name}");
    }
    let check = HeaderCheck::builder(bob())
        .with_dialect(preset("atom"))
        .with_clock(Arc::new(Stopped))
        .build()
        .unwrap();
    let value = header(&preset("atom"), b"n", CREATED);
    assert_eq!(cause(check.check(&value)), Cause::ClockUnavailable);
}
