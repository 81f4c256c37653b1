//! Any text as a header value: a verdict, never a panic; a fresh header passes exactly once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};
use wsse_core::Cause;
use wsse_core::crypto::{Secret, SystemRandom};
use wsse_core::http::{
    Authorization, Challenge, CreateOptions, Dialect, HeaderCheck, PRESETS, create,
};
use wsse_core::password::PasswordTable;
use wsse_core::time::{FixedClock, UnixTime};

const NOON: FixedClock = FixedClock(UnixTime::from_seconds(1_714_564_800));

static CHECK: LazyLock<HeaderCheck> = LazyLock::new(|| {
    let users = PasswordTable::new().with("alice", Secret::new("secret"));
    let builder = HeaderCheck::builder(users).with_clock(Arc::new(NOON));
    PRESETS
        .iter()
        .fold(builder, |builder, preset| builder.with_dialect(preset.dialect()))
        .build()
        .unwrap()
});

fuzz_target!(|text: &str| {
    if let Err(error) = CHECK.check(text) {
        assert!(!error.category().is_usage(), "{error}");
    }
    let _ = Challenge::parse(text);
    let _ = Authorization::parse(text);
    let parameters = [("Organization", text)];
    let options = CreateOptions { parameters: &parameters, ..CreateOptions::default() };
    let dialect = Dialect::default();
    if let Ok(value) =
        create(&dialect, "alice", &Secret::new("secret"), &options, &NOON, &SystemRandom)
    {
        match CHECK.check(&value) {
            Ok(checked) => {
                assert_eq!(checked.username(), "alice");
                assert_eq!(CHECK.check(&value).unwrap_err().cause(), Cause::Replay);
            }
            Err(error) => assert_eq!(error.cause(), Cause::ReplayStoreUnavailable, "{error}"),
        }
    }
});
