//! What is read as a header's value, and what is not, with the place.

use super::*;
use crate::error::Cause;
use crate::http::{Authorization, Challenge, HeaderValue, MAXIMUM_LENGTH, Prefix};
use crate::replay::{ReplayKey, ReplayStore};

const DIGEST: &str = "quR/EWLAV4xLf9Zqyw4pDmfV9OY=";

#[test]
fn what_is_read() {
    let canonical = value(DIGEST, NONCE, CREATED);
    for text in [
        canonical.clone(),
        canonical.replace(", ", ","),
        canonical.replace(", ", " \t , \t"),
        canonical.replace(", ", ",\r\n "),
        canonical.replace(", ", "\r\n\t,\r\n  "),
        canonical.replace(", ", ",\n\t"),
        canonical.replacen(' ', "\r\n ", 1),
        canonical.replace("e=\"", "e = \"").replace("t=\"", "t = \""),
        canonical.replace("e=\"", "e=\r\n \"").replace("t=\"", "t\r\n =\""),
        canonical.replace("Username=", "USERNAME=").replace("Nonce", "nonce"),
        canonical.replace("UsernameToken", "usernametoken"),
        canonical.replace("UsernameToken", "USERNAMETOKEN"),
        canonical.replace("\"bob\"", "bob"),
        canonical.replace("\"bob\"", "\"\\b\\o\\b\""),
        format!(" \t{canonical} \t"),
        format!("\r\n {canonical}\r\n "),
        format!(
            "UsernameToken Created=\"{CREATED}\", Nonce=\"{NONCE}\", PasswordDigest=\"{DIGEST}\", \
             Username=\"bob\""
        ),
    ] {
        let parsed = HeaderValue::parse(&text).unwrap();
        assert_eq!(parsed.username(), "bob", "{text}");
        assert_eq!(parsed.password_digest(), DIGEST, "{text}");
        assert_eq!(parsed.nonce(), NONCE, "{text}");
        assert_eq!(parsed.created(), CREATED, "{text}");
        assert_eq!(parsed.parameters().count(), 0, "{text}");
        assert!(parsed.has_prefix(), "{text}");
        assert_eq!(check_at(THEN, &["atom"]).check(&text).unwrap().username(), "bob", "{text}");
        assert_eq!(parsed.write(&Dialect::default()).as_deref(), Ok(canonical.as_str()));
    }
}

#[test]
fn unknown_parameters_and_escapes_are_kept() {
    let text = format!(
        r#"UsernameToken Organization="a, b=\"c\"", Username="J\ürgen \\ \"x\"", {}, x-y=z, empty="""#,
        value(DIGEST, NONCE, CREATED).split_once(", ").unwrap().1
    );
    let parsed = HeaderValue::parse(&text).unwrap();
    assert_eq!(parsed.username(), "Jürgen \\ \"x\"");
    let parameters: Vec<_> = parsed.parameters().collect();
    assert_eq!(parameters, [("Organization", "a, b=\"c\""), ("x-y", "z"), ("empty", "")]);
    let shown = format!("{parsed:?}");
    assert!(!shown.contains(DIGEST) && shown.contains(CREATED), "{shown}");
}

#[test]
fn what_is_refused_and_where() {
    use Cause::{DuplicateParameter, HeaderSyntax, InvalidTokenValue, MissingParameter};
    let rest = format!("PasswordDigest=\"{DIGEST}\", Nonce=\"{NONCE}\", Created=\"{CREATED}\"");
    let with = |beginning: &str| format!("{beginning}, {rest}");
    let canonical = with("UsernameToken Username=\"bob\"");
    let length = canonical.len();
    let table: &[(String, Cause, usize)] = &[
        (String::new(), HeaderSyntax, 0),
        (" \t".into(), HeaderSyntax, 2),
        ("UsernameToken".into(), MissingParameter, 13),
        ("UsernameToken ".into(), MissingParameter, 14),
        (with("Token Username=\"bob\""), HeaderSyntax, 0),
        (with("WSSE Username=\"bob\""), HeaderSyntax, 0),
        (format!("X-WSSE: {canonical}"), HeaderSyntax, 0),
        (with("\"UsernameToken\" Username=\"bob\""), HeaderSyntax, 0),
        (with("UsernameToken, Username=\"bob\""), HeaderSyntax, 0),
        (with("UsernameToken UsernameToken Username=\"bob\""), HeaderSyntax, 28),
        (with("UsernameToken Username=\"bob"), HeaderSyntax, 45),
        (with("UsernameToken Username=bob\""), HeaderSyntax, 26),
        (with("UsernameToken Username=\"bob\"\""), HeaderSyntax, 28),
        (with("UsernameToken Username=\"bob\\\""), HeaderSyntax, 47),
        (with("UsernameToken Username=\"bob\" x"), HeaderSyntax, 29),
        (with("UsernameToken Username"), HeaderSyntax, 22),
        (with("UsernameToken Username="), HeaderSyntax, 23),
        // A parameter of that name, as nothing else has an equals sign behind it.
        (with("UsernameToken =\"bob\""), MissingParameter, length - 8),
        (with("UsernameToken Username=\"bob\","), HeaderSyntax, 29),
        (with("UsernameToken ,Username=\"bob\""), HeaderSyntax, 14),
        (with("UsernameToken Username:\"bob\""), HeaderSyntax, 22),
        (with("UsernameToken Username='bob\""), HeaderSyntax, 27),
        (with("UsernameToken Usérname=\"bob\""), HeaderSyntax, 16),
        (with("UsernameToken Username=\"b\r\nX-Admin: yes\""), HeaderSyntax, 25),
        (with("UsernameToken Username=\"b\r\n ob\""), HeaderSyntax, 25),
        (with("UsernameToken Username=\"b\0\""), HeaderSyntax, 25),
        (with("UsernameToken Username=\"b\\\n\""), HeaderSyntax, 26),
        (with("UsernameToken Username=\"b\u{7f}\""), HeaderSyntax, 25),
        (with("UsernameToken Username=\"bob\"\r\nX-Admin: yes"), HeaderSyntax, 28),
        (with("UsernameToken Username=\"bob\"\r "), HeaderSyntax, 28),
        (format!("{canonical}\r\n"), HeaderSyntax, length),
        (format!("{canonical}\n"), HeaderSyntax, length),
        (format!("{canonical},"), HeaderSyntax, length + 1),
        (format!("{canonical};"), HeaderSyntax, length),
        (format!("{canonical}\u{a0}"), HeaderSyntax, length),
        (canonical[..length - 1].into(), HeaderSyntax, length - CREATED.len() - 2),
        (format!("{canonical}, Username=\"eve\""), DuplicateParameter, length + 2),
        (format!("{canonical}, username=\"bob\""), DuplicateParameter, length + 2),
        (format!("{canonical}, NONCE=\"n\""), DuplicateParameter, length + 2),
        (format!("{canonical}, x=\"1\", X=\"1\""), DuplicateParameter, length + 9),
        (format!("UsernameToken {rest}"), MissingParameter, rest.len() + 14),
        (with("UsernameToken Username=\"\""), InvalidTokenValue, 23),
        (canonical.replace(DIGEST, ""), InvalidTokenValue, 45),
        (canonical.replace(NONCE, ""), InvalidTokenValue, 83),
        (canonical.replace(CREATED, ""), InvalidTokenValue, length - CREATED.len() - 2),
    ];
    for (text, cause, offset) in table {
        let error = HeaderValue::parse(text).unwrap_err();
        let position = error.position().map(|position| position.offset);
        assert_eq!((error.cause(), position), (*cause, Some(*offset)), "{text:?}: {error}");
        assert_eq!(check_at(THEN, &["atom", "emarsys"]).check(text).unwrap_err(), error);
        assert!(!error.to_string().contains(DIGEST));
    }
    for name in ["Username", "PasswordDigest", "Nonce", "Created"] {
        let without: Vec<&str> =
            canonical.split(", ").filter(|part| !part.contains(&format!("{name}="))).collect();
        let text = without.join(", ");
        let text =
            if text.starts_with("UsernameToken") { text } else { format!("UsernameToken {text}") };
        let error = HeaderValue::parse(&text).unwrap_err();
        assert_eq!(error.cause(), MissingParameter, "{text}");
        assert!(error.reason().contains(name), "{error}");
        assert_eq!(error.position().map(|position| position.offset), Some(text.len()));
    }
}

#[test]
fn budgets() {
    let canonical = value(DIGEST, NONCE, CREATED);
    let padded = |length: usize| {
        let fill = length - canonical.len() - ", x=\"\"".len();
        format!("{canonical}, x=\"{}\"", "y".repeat(fill))
    };
    assert!(HeaderValue::parse(&padded(MAXIMUM_LENGTH)).is_ok());
    let error = HeaderValue::parse(&padded(MAXIMUM_LENGTH + 1)).unwrap_err();
    assert_eq!(error.cause(), Cause::MessageSize);
    let parsed = padded(MAXIMUM_LENGTH);
    let comma = HeaderValue::parse(&parsed).unwrap().with_parameter("z", "").unwrap();
    assert_eq!(cause(comma.write(&Dialect::default())), Cause::InvalidArgument);

    let many = |count: usize| {
        (0..count).fold(canonical.clone(), |text, number| format!("{text}, p{number}=v"))
    };
    assert_eq!(HeaderValue::parse(&many(28)).unwrap().parameters().count(), 28);
    let error = HeaderValue::parse(&many(29)).unwrap_err();
    assert_eq!(error.cause(), Cause::MessageSize);
    assert_eq!(error.position().map(|position| position.offset), Some(many(28).len() + 2));
}

#[test]
fn the_prefix_may_be_missing_only_where_a_dialect_allows_it() {
    let bare = header(&preset("emarsys"), NONCE.as_bytes(), CREATED);
    let bare = bare.strip_prefix("UsernameToken ").unwrap();
    assert!(!HeaderValue::parse(bare).unwrap().has_prefix());
    let checked = check_at(THEN, &["atom", "emarsys"]).check(bare).unwrap();
    assert_eq!(checked.dialect(), "emarsys");
    let error = check_at(THEN, &["atom", "huawei"]).check(bare).unwrap_err();
    assert_eq!(error.cause(), Cause::HeaderSyntax);
    assert_eq!(error.position().map(|position| position.offset), Some(0));
    // The dialect that allows it is not the one that the digest is of.
    let atom = value(DIGEST, NONCE, CREATED);
    let atom = atom.strip_prefix("UsernameToken ").unwrap();
    let outcome = check_at(THEN, &["atom", "emarsys"]).check(atom);
    assert_eq!(cause(outcome), Cause::FailedAuthentication);
    let omitting = Dialect::new("bare").with_prefix(Prefix::Omitted);
    let check = HeaderCheck::builder(bob())
        .with_dialect(omitting)
        .with_clock(Arc::new(at(THEN)))
        .build()
        .unwrap();
    assert_eq!(check.check(&value(DIGEST, NONCE, CREATED)).unwrap().dialect(), "bare");
}

/// A store that has seen nothing, so that a mutant is never refused for being a replay.
struct Forgetful;

impl ReplayStore for Forgetful {
    fn insert_if_absent(&self, _: &ReplayKey, _: UnixTime, _: UnixTime) -> Result<bool, Error> {
        Ok(true)
    }
}

#[test]
fn mutated_values_never_panic_and_never_pass_for_another() {
    let seeds = [
        value(DIGEST, NONCE, CREATED),
        header(&preset("emarsys"), NONCE.as_bytes(), CREATED),
        header(&preset("penneo"), NONCE.as_bytes(), "Mon, 15 Dec 2003 14:43:07 +0000"),
        header(&preset("emt"), NONCE.as_bytes(), "1071499387"),
        "Basic realm=\"a\\\"WSSE\", WSSE realm=\"r\", profile=\"UsernameToken\", N abc=="
            .to_owned(),
    ];
    let pieces =
        ["\"", "\\", "\\\"", ",", "=", " ", "\t", "\r\n", "\r\n ", "\0", "é", "Nonce=", "x"];
    let builder = HeaderCheck::builder(bob())
        .with_clock(Arc::new(at(THEN)))
        .with_replay_store(Arc::new(Forgetful));
    let check = crate::http::PRESETS
        .iter()
        .fold(builder, |builder, preset| builder.with_dialect(preset.dialect()))
        .build()
        .unwrap();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % bound as u64).unwrap()
    };
    let (mut passed, mut parsed_count) = (0, 0);
    for round in 0..20_000 {
        let mut text: Vec<char> = seeds[round % seeds.len()].chars().collect();
        for _ in 0..=next(3) {
            let place = next(text.len());
            match next(5) {
                0 => drop(text.remove(place)),
                1 => text.insert(place, char::from(u8::try_from(next(128)).unwrap())),
                2 => drop(text.splice(place..place, pieces[next(pieces.len())].chars())),
                3 => {
                    let neighbour = (place + 1) % text.len();
                    text.swap(place, neighbour);
                }

                _ => text.truncate(place.max(1)),
            }
            if text.is_empty() {
                text.push('x');
            }
        }
        let text: String = text.into_iter().collect();
        drop(Challenge::parse(&text));
        drop(Authorization::parse(&text));
        if let Ok(parsed) = HeaderValue::parse(&text) {
            parsed_count += 1;
            let written = parsed.write(&Dialect::default()).unwrap();
            let again = HeaderValue::parse(&written).unwrap();
            assert_eq!(again.username(), parsed.username());
            assert_eq!(again.password_digest(), parsed.password_digest());
            assert_eq!(again.nonce(), parsed.nonce());
            assert_eq!(again.created(), parsed.created());
            assert!(again.parameters().eq(parsed.parameters()));
        }
        if let Ok(checked) = check.check(&text) {
            passed += 1;
            assert_eq!(checked.username(), "bob", "{text:?}");
            assert_eq!(checked.created(), UnixTime::from_seconds(THEN), "{text:?}");
        }
    }
    // Some mutations are harmless, so the loop does reach what it is about.
    assert!(passed > 100 && parsed_count > passed, "{passed} of {parsed_count} passed");
}
