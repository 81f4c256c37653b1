//! Any octets as a message: a verdict, never a panic; what was protected holds when validated.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};
use wsse_core::crypto::Secret;
use wsse_core::password::PasswordTable;
use wsse_core::time::{FixedClock, UnixTime};
use wsse_core::{Call, Category, Inbound, InboundPolicy, Outbound, OutboundPolicy};

const NOON: UnixTime = UnixTime::from_seconds(1_714_564_800);

static OUTBOUND: LazyLock<Outbound> = LazyLock::new(|| {
    Outbound::builder(OutboundPolicy::preset("username-token").unwrap())
        .username("alice", Secret::new("secret"))
        .clock(Arc::new(FixedClock(NOON)))
        .build()
        .unwrap()
});
static INBOUND: LazyLock<Inbound> = LazyLock::new(|| {
    let mut policy = InboundPolicy::preset("username-token").unwrap();
    policy.username.types = wsse_core::token::PasswordTypes::Lenient;
    Inbound::builder(policy)
        .passwords(PasswordTable::new().with("alice", Secret::new("secret")))
        .clock(Arc::new(FixedClock(NOON)))
        .build()
        .unwrap()
});

fuzz_target!(|message: &[u8]| {
    if let Err(error) = INBOUND.validate(message) {
        assert!(!error.category().is_usage(), "{error}");
    }
    if let Ok(protected) = OUTBOUND.protect(message, &Call::default()) {
        match INBOUND.validate(protected.bytes()) {
            Ok(valid) => {
                // What is handed out is an envelope that can be protected again.
                OUTBOUND.protect(valid.unsigned_document(), &Call::default()).unwrap();
            }
            // The envelope may bring content of its own into the Security header, and with the
            // tokens it may be over a limit.
            Err(error) => assert_ne!(error.category(), Category::FailedAuthentication, "{error}"),
        }
    }
});
