//! Age, passwords, and the order of the costs.

use super::*;
use crate::error::Cause;
use crate::http::HeaderCheckBuilder;
use crate::password::{PasswordLookup, PasswordVerifier, Passwords};
use crate::replay::{ReplayKey, ReplayStore};
use std::sync::Mutex;

#[test]
fn the_window_to_the_second() {
    let value = header(&preset("atom"), b"n", "2024-05-01T12:00:00Z");
    let outcome = |clock: FixedClock, skew: Option<u32>, dialect: Dialect| {
        let builder = HeaderCheck::builder(bob()).with_dialect(dialect).with_clock(Arc::new(clock));
        let builder = match skew {
            Some(seconds) => builder.with_skew(seconds),
            None => builder,
        };
        builder.build().unwrap().check(&value).map(|_| ()).map_err(|error| {
            assert_eq!(error.position().map(|position| position.offset), value.find("\"2024"));
            error.cause()
        })
    };
    let atom = || preset("atom");
    for (seconds, skew, expected) in [
        (0, None, Ok(())),
        (300, None, Ok(())),
        (301, None, Err(Cause::Expired)),
        (-60, None, Ok(())),
        (-61, None, Err(Cause::NotYetValid)),
        (300, Some(0), Ok(())),
        (301, Some(0), Err(Cause::Expired)),
        (0, Some(0), Ok(())),
        (-1, Some(0), Err(Cause::NotYetValid)),
        (420, Some(120), Ok(())),
        (421, Some(120), Err(Cause::Expired)),
        (-120, Some(120), Ok(())),
        (-121, Some(120), Err(Cause::NotYetValid)),
        (i64::from(u32::MAX), Some(u32::MAX), Ok(())),
        (-NOON * 100, Some(0), Err(Cause::NotYetValid)),
    ] {
        assert_eq!(outcome(at(NOON + seconds), skew, atom()), expected, "{seconds} {skew:?}");
    }
    let nanoseconds = |seconds: i64, nanoseconds: i128| {
        FixedClock(UnixTime::from_nanoseconds(
            i128::from(NOON + seconds) * 1_000_000_000 + nanoseconds,
        ))
    };
    assert_eq!(outcome(nanoseconds(300, 1), None, atom()), Err(Cause::Expired));
    assert_eq!(outcome(nanoseconds(-60, -1), None, atom()), Err(Cause::NotYetValid));
    let short = atom().with_ttl(10).with_future_tolerance(0);
    assert_eq!(outcome(at(NOON + 10), None, short.clone()), Ok(()));
    assert_eq!(outcome(at(NOON + 11), None, short.clone()), Err(Cause::Expired));
    assert_eq!(outcome(at(NOON - 1), None, short), Err(Cause::NotYetValid));
}

#[test]
fn the_text_says_how_old_and_what_is_accepted() {
    let value = header(&preset("atom"), b"n", "2024-05-01T12:00:00Z");
    let stale = check_at(NOON + 400, &["atom"]).check(&value).unwrap_err();
    assert_eq!(
        stale.reason(),
        "Created \"2024-05-01T12:00:00Z\" is 400 seconds old, accepted are 300"
    );
    let future = check_at(NOON - 90, &["atom"]).check(&value).unwrap_err();
    assert_eq!(
        future.reason(),
        "Created \"2024-05-01T12:00:00Z\" lies 90 seconds in the future, accepted are 60"
    );
}

#[test]
fn a_dialect_counts_only_within_its_own_window() {
    // Long for one dialect, short for the other: the digest is of the short one.
    let build = |seconds: i64| {
        HeaderCheck::builder(bob())
            .with_dialect(preset("sha256-hex").with_ttl(3600))
            .with_dialect(preset("atom").with_ttl(10))
            .with_clock(Arc::new(at(NOON + seconds)))
            .build()
            .unwrap()
    };
    let value = header(&preset("atom"), b"n", "2024-05-01T12:00:00Z");
    assert_eq!(build(10).check(&value).unwrap().dialect(), "atom");
    assert_eq!(cause(build(11).check(&value)), Cause::FailedAuthentication);
    assert_eq!(cause(build(3601).check(&value)), Cause::Expired);
}

#[test]
fn an_unknown_user_and_a_wrong_password_look_the_same() {
    let wrong = value("AAAAAAAAAAAAAAAAAAAAAAAAAAA=", NONCE, CREATED);
    let unknown = wrong.replace("\"bob\"", "\"eve\"");
    let wrong = check_at(THEN, &["atom"]).check(&wrong).unwrap_err();
    let unknown = check_at(THEN, &["atom"]).check(&unknown).unwrap_err();
    assert_eq!(wrong.cause(), Cause::FailedAuthentication);
    assert_eq!(unknown.cause(), Cause::FailedAuthentication);
    assert_eq!(wrong.to_string().replace("bob", "eve"), unknown.to_string());
}

#[test]
fn digests_and_nonces_of_no_accepted_shape() {
    let right = "quR/EWLAV4xLf9Zqyw4pDmfV9OY=";
    for digest in [
        "x",
        "=",
        "quR/EWLAV4xLf9Zqyw4pDmfV9OY",
        "quR_EWLAV4xLf9Zqyw4pDmfV9OY=",
        "aae47f1162c0578c4b7fd66acb0e290e67d5f4e6",
        "YWFlNDdmMTE2MmMwNTc4YzRiN2ZkNjZhY2IwZTI5MGU2N2Q1ZjRlNg==",
        "AAAA",
    ] {
        let error = check_at(THEN, &["atom"]).check(&value(digest, NONCE, CREATED)).unwrap_err();
        assert_eq!(error.cause(), Cause::FailedAuthentication, "{digest}");
        assert!(error.reason().contains("any accepted dialect"), "{error}");
    }
    for nonce in ["!", "abc", " ", "00010203-0405-4607-8809-0a0b0c0d0e0f"] {
        let outcome =
            check_at(THEN, &["atom-base64", "adobe-soap"]).check(&value(right, nonce, CREATED));
        assert_eq!(cause(outcome), Cause::FailedAuthentication, "{nonce}");
    }
}

#[test]
fn one_of_several_passwords_and_dialects() {
    let users = PasswordTable::new()
        .with("bob", Secret::new("old"))
        .with("bob", Secret::new(PASSWORD))
        .with("eve", Secret::new("other"));
    let every = crate::http::PRESETS.iter().map(|preset| preset.dialect());
    let builder = HeaderCheck::builder(users).with_clock(Arc::new(at(THEN)));
    let check = every.fold(builder, HeaderCheckBuilder::with_dialect).build().unwrap();
    for (index, (sender, reported)) in [
        ("emt", "adobe-soap"),
        ("huawei", "huawei"),
        ("symfony", "atom-base64"),
        ("emarsys", "emarsys"),
        ("atom", "atom"),
    ]
    .into_iter()
    .enumerate()
    {
        let value = header(&preset(sender), format!("nonce {index}").as_bytes(), CREATED);
        assert_eq!(check.check(&value).unwrap().dialect(), reported, "{sender}");
    }
}

#[test]
fn the_order_of_the_costs() {
    /// Notes who was asked.
    #[derive(Default)]
    struct Asked(Mutex<Vec<&'static str>>);
    struct Lookup(Arc<Asked>);
    struct Store(Arc<Asked>);
    struct Clock(Arc<Asked>);
    impl Asked {
        fn note(&self, what: &'static str) {
            self.0.lock().unwrap().push(what);
        }
    }
    impl PasswordLookup for Lookup {
        fn passwords(&self, username: &str) -> Result<Vec<Secret>, Error> {
            self.0.note("passwords");
            Ok(if username == "bob" { vec![Secret::new(PASSWORD)] } else { vec![] })
        }
    }
    impl ReplayStore for Store {
        fn insert_if_absent(
            &self,
            _: &ReplayKey,
            until: UnixTime,
            now: UnixTime,
        ) -> Result<bool, Error> {
            self.0.note("replay");
            // The longest window of the two dialects, and the skew.
            assert_eq!(until, UnixTime::from_seconds(THEN + 900 + 5));
            assert_eq!(now, UnixTime::from_seconds(THEN + 1));
            Ok(true)
        }
    }
    impl TimeProvider for Clock {
        fn now(&self) -> Result<UnixTime, Error> {
            self.0.note("clock");
            Ok(UnixTime::from_seconds(THEN + 1))
        }
    }
    let asked = Arc::new(Asked::default());
    let check = HeaderCheck::builder(Passwords::Lookup(Arc::new(Lookup(Arc::clone(&asked)))))
        .with_dialect(preset("atom"))
        .with_dialect(preset("emarsys").with_ttl(900))
        .with_replay_store(Arc::new(Store(Arc::clone(&asked))))
        .with_clock(Arc::new(Clock(Arc::clone(&asked))))
        .with_skew(5)
        .build()
        .unwrap();
    let good = header(&preset("atom"), b"n", CREATED);
    let asked_for = |value: &str| {
        asked.0.lock().unwrap().clear();
        let outcome = check.check(value).map(|_| ()).map_err(|error| error.cause());
        (outcome, asked.0.lock().unwrap().clone())
    };
    assert_eq!(asked_for(&good), (Ok(()), vec!["clock", "passwords", "replay"]));
    assert_eq!(asked_for(&good[1..]), (Err(Cause::HeaderSyntax), vec![]));
    let unreadable = good.replace(CREATED, "yesterday");
    assert_eq!(asked_for(&unreadable), (Err(Cause::InvalidTokenValue), vec!["clock"]));
    let stale = good.replace("2003-12-15", "2003-12-14");
    assert_eq!(asked_for(&stale), (Err(Cause::Expired), vec!["clock"]));
    for refused in [good.replace("bob", "eve"), good.replace("Nonce=\"n", "Nonce=\"m")] {
        let expected = (Err(Cause::FailedAuthentication), vec!["clock", "passwords"]);
        assert_eq!(asked_for(&refused), expected, "{refused}");
    }
}

#[test]
fn what_does_not_answer_refuses() {
    struct Down;
    impl PasswordLookup for Down {
        fn passwords(&self, _: &str) -> Result<Vec<Secret>, Error> {
            Err(Error::new(Cause::PasswordsUnavailable, "the directory does not answer"))
        }
    }
    impl ReplayStore for Down {
        fn insert_if_absent(&self, _: &ReplayKey, _: UnixTime, _: UnixTime) -> Result<bool, Error> {
            Err(Error::new(Cause::ReplayStoreUnavailable, "the store does not answer"))
        }
    }
    let value = header(&preset("atom"), b"n", CREATED);
    let lookup_down = HeaderCheck::builder(Passwords::Lookup(Arc::new(Down)))
        .with_dialect(preset("atom"))
        .with_clock(Arc::new(at(THEN)))
        .build()
        .unwrap();
    assert_eq!(cause(lookup_down.check(&value)), Cause::PasswordsUnavailable);
    let store_down = HeaderCheck::builder(bob())
        .with_dialect(preset("atom"))
        .with_clock(Arc::new(at(THEN)))
        .with_replay_store(Arc::new(Down))
        .build()
        .unwrap();
    assert_eq!(cause(store_down.check(&value)), Cause::ReplayStoreUnavailable);
}

#[test]
fn what_can_not_be_built() {
    struct Stored;
    impl PasswordVerifier for Stored {
        fn verify(&self, _: &str, _: &Secret) -> Result<bool, Error> {
            Ok(true)
        }
    }
    assert_eq!(cause(HeaderCheck::builder(bob()).build()), Cause::InvalidArgument);
    let verifier = HeaderCheck::builder(Passwords::Verifier(Arc::new(Stored)))
        .with_dialect(preset("atom"))
        .build();
    assert_eq!(cause(verifier), Cause::MissingCredential);
    let check = HeaderCheck::builder(bob()).with_dialect(preset("atom")).build().unwrap();
    assert!(!format!("{check:?}").contains(PASSWORD));
}
