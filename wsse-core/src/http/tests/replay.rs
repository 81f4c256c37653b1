//! One capture passes once, however it is spelt.

use super::*;
use crate::crypto::{base64, base64_to_vec};
use crate::error::Cause;
use crate::http::{CreatedForm, HeaderValue, NonceForm, PRESETS};
use std::sync::Barrier;

fn accepting_everything(clock: Arc<dyn TimeProvider>) -> HeaderCheck {
    let builder = HeaderCheck::builder(bob())
        .with_clock(clock)
        .with_dialect(Dialect::new("hexadecimal").with_nonce_form(NonceForm::Hex))
        .with_dialect(Dialect::new("mail").with_created_form(CreatedForm::Rfc2822))
        .with_dialect(Dialect::new("epoch").with_created_form(CreatedForm::EpochSeconds));
    PRESETS
        .iter()
        .fold(builder, |builder, preset| builder.with_dialect(preset.dialect()))
        .build()
        .unwrap()
}

/// The same nonce octets, Created and outcome of the hash, spelt as another dialect would, or
/// with white space, or in another letter case.
fn spelt_again(digest: &[u8], nonce: &[u8], created: &str) -> Vec<String> {
    let hexadecimal = crate::crypto::hex(digest);
    let digests = [
        base64(digest),
        base64(digest).replacen('=', " =", 1),
        format!(" {} ", base64(digest)),
        base64(hexadecimal.as_bytes()),
        base64(hexadecimal.to_ascii_uppercase().as_bytes()),
        base64(hexadecimal.as_bytes()).chars().flat_map(|letter| [letter, ' ']).collect(),
    ];
    let mut nonces = vec![
        base64(nonce),
        format!(" {}", base64(nonce)),
        base64(nonce).chars().flat_map(|letter| [letter, ' ']).collect(),
        crate::crypto::hex(nonce),
        crate::crypto::hex(nonce).to_ascii_uppercase(),
    ];
    nonces.extend(String::from_utf8(nonce.to_vec()));
    let mut values = Vec::new();
    for digest in &digests {
        for nonce in &nonces {
            values.push(value(digest, nonce, created));
            values.push(value(digest, nonce, created).replace("UsernameToken ", ""));
            values.push(
                value(digest, nonce, created)
                    .replace("\", ", "\",\r\n ")
                    .replace("=\"", "=\"\\")
                    .replace("=\"\\,", "=\","),
            );
        }
    }
    values
}

#[test]
fn a_capture_in_every_spelling_of_every_dialect() {
    for captured in PRESETS {
        let created =
            captured.dialect().created_form().write(UnixTime::from_seconds(THEN)).unwrap();
        let capture = header(&captured.dialect(), NONCE.as_bytes(), &created);
        let check = accepting_everything(Arc::new(at(THEN + 1)));
        assert_eq!(check.check(&capture).unwrap().username(), "bob", "{}", captured.name());
        assert_eq!(cause(check.check(&capture)), Cause::Replay, "{}", captured.name());

        let parsed = HeaderValue::parse(&capture).unwrap();
        let mut digest = base64_to_vec(parsed.password_digest()).unwrap();
        if matches!(digest.len(), 40 | 64) {
            let text = String::from_utf8(digest).unwrap();
            digest = (0..text.len())
                .step_by(2)
                .map(|place| u8::from_str_radix(&text[place..place + 2], 16).unwrap())
                .collect();
        }
        let mut replays = 0;
        for respelt in spelt_again(&digest, NONCE.as_bytes(), &created) {
            let refused = cause(check.check(&respelt));
            // Without the prefix few dialects are left, and they may not read the date either.
            let expected = match refused {
                Cause::InvalidTokenValue => !respelt.starts_with("UsernameToken"),
                refused => matches!(refused, Cause::Replay | Cause::FailedAuthentication),
            };
            assert!(expected, "{refused:?}: {respelt:?}");
            replays += usize::from(refused == Cause::Replay);
        }
        assert!(replays >= 9, "{}: {replays} spellings were understood", captured.name());
    }
}

#[test]
fn the_first_spelling_does_not_matter() {
    // Each spelling first, the plain one after it: whatever passes is the one time.
    let digest = base64_to_vec("quR/EWLAV4xLf9Zqyw4pDmfV9OY=").unwrap();
    let mut passed = 0;
    for respelt in spelt_again(&digest, NONCE.as_bytes(), CREATED) {
        let check = accepting_everything(Arc::new(at(THEN)));
        if check.check(&respelt).is_ok() {
            passed += 1;
            let plain = value("quR/EWLAV4xLf9Zqyw4pDmfV9OY=", NONCE, CREATED);
            assert_eq!(cause(check.check(&plain)), Cause::Replay, "{respelt:?}");
        }
    }
    assert!(passed > 20, "{passed}");
}

#[test]
fn octets_moved_between_nonce_and_created() {
    // The digest is of the concatenation, so every cut of it has the same digest. Digits and
    // dates at the seam invite a cut that reads as another instant.
    for (nonce, created) in [
        ("ab1714564800", "1714564800"),
        ("ab17", "1714564800"),
        ("1", "1714564800"),
        ("ab2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z"),
        ("20242024-05-01T12:00:00.", "2024-05-01T12:00:00Z"),
        ("12", "2024-05-01T12:00:00.1714564800+0000"),
        ("abWed, 2", "Wed, 1 May 2024 12:00:00 +0000"),
        ("abWed, 2", "Wed, 01 May 2024 12:00:00 +0000"),
        ("abTue, 2", "Wed, 01 May 2024 12:00:00 GMT"),
        ("n  ", "2024-05-01T12:00:00Z"),
    ] {
        let clock = Arc::new(Moved::default());
        clock.to(NOON);
        let check = accepting_everything(Arc::clone(&clock) as Arc<dyn TimeProvider>);
        let capture = header(&preset("atom"), nonce.as_bytes(), created);
        let first = check.check(&capture);
        if !created.contains(".1714564800") {
            assert!(first.is_ok(), "{capture}: {first:?}");
        }
        let digest = HeaderValue::parse(&capture).unwrap().password_digest().to_owned();
        let whole = format!("{nonce}{created}");
        // Now, and when the entry in the store has expired: no cut is fresh again on any day of
        // the three weeks that a lost digit of the day makes.
        for day in 0..=40 {
            clock.to(NOON + day * 86_400);
            for cut in 1..whole.len() {
                let (nonce, created) = whole.split_at(cut);
                for nonce in [nonce.to_owned(), base64(nonce.as_bytes())] {
                    let respelt = value(&digest, &nonce, created);
                    let refused = cause(check.check(&respelt));
                    let expected: &[Cause] = if day == 0 {
                        &[Cause::Replay, Cause::InvalidTokenValue, Cause::FailedAuthentication]
                    } else {
                        &[Cause::Expired, Cause::InvalidTokenValue]
                    };
                    assert!(expected.contains(&refused), "{refused:?}: {respelt}");
                }
            }
        }
    }
}

#[test]
fn a_header_is_remembered_as_long_as_it_could_pass() {
    let clock = Arc::new(Moved::default());
    let check = HeaderCheck::builder(bob())
        .with_clock(Arc::clone(&clock) as Arc<dyn TimeProvider>)
        .with_dialect(preset("atom").with_ttl(10))
        // The same digest is accepted for longer with the nonce in base64.
        .with_dialect(preset("atom-base64").with_ttl(500))
        .build()
        .unwrap();
    let capture = header(&preset("atom"), NONCE.as_bytes(), CREATED);
    let respelt = header(&preset("atom-base64"), NONCE.as_bytes(), CREATED);
    clock.to(THEN - 60);
    assert_eq!(check.check(&capture).unwrap().dialect(), "atom");
    for seconds in [-60, 0, 10, 11, 499, 500] {
        clock.to(THEN + seconds);
        assert_eq!(cause(check.check(&respelt)), Cause::Replay, "{seconds}");
    }
    clock.to(THEN + 501);
    assert_eq!(cause(check.check(&respelt)), Cause::Expired);
}

#[test]
fn exactly_one_of_eight_threads_passes() {
    let check = check_at(THEN, &["atom", "atom-base64"]);
    for round in 0..50 {
        let nonce = format!("{NONCE} {round}");
        // Half of the threads send it in the other accepted dialect.
        let values =
            ["atom", "atom-base64"].map(|name| header(&preset(name), nonce.as_bytes(), CREATED));
        let barrier = Barrier::new(8);
        let outcomes: Vec<Result<(), Cause>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|number: usize| {
                    let (check, barrier, value) = (&check, &barrier, &values[number % 2]);
                    scope.spawn(move || {
                        barrier.wait();
                        check.check(value).map(|_| ()).map_err(|error| error.cause())
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err(Cause::Replay)).count(), 7);
    }
}

#[test]
fn a_refused_header_is_not_remembered() {
    let clock = Arc::new(Moved::default());
    let check = HeaderCheck::builder(bob())
        .with_clock(Arc::clone(&clock) as Arc<dyn TimeProvider>)
        .with_dialect(preset("atom"))
        .build()
        .unwrap();
    let capture = header(&preset("atom"), NONCE.as_bytes(), CREATED);
    clock.to(THEN - 61);
    assert_eq!(cause(check.check(&capture)), Cause::NotYetValid);
    clock.to(THEN);
    assert_eq!(cause(check.check(&capture.replace("bob", "eve"))), Cause::FailedAuthentication);
    assert!(check.check(&capture).is_ok());
}

#[test]
fn a_check_can_be_shared_between_threads() {
    fn shareable<T: Send + Sync>() {}
    shareable::<HeaderCheck>();
    shareable::<Dialect>();
}
