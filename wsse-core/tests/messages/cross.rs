//! Where the rooms meet: a header that was captured is no token, and one capture passes once.

use crate::support::{NOON, SOAP11, clock};
use std::sync::Arc;
use wsse_core::crypto::{Secret, SystemRandom};
use wsse_core::http::{CreateOptions, Dialect, HeaderCheck, HeaderValue, create};
use wsse_core::password::{PasswordLookup, PasswordTable, Passwords};
use wsse_core::replay::MemoryReplayStore;
use wsse_core::time::FixedClock;
use wsse_core::{Call, Cause, Error, Inbound, InboundPolicy, Outbound, OutboundPolicy};

#[test]
fn a_captured_header_can_not_be_turned_into_a_token() {
    let store = Arc::new(MemoryReplayStore::new());
    let users = PasswordTable::new().with("alice", Secret::new("secret"));
    let check = HeaderCheck::builder(users.clone())
        .with_dialect(Dialect::preset("atom-base64").unwrap())
        .with_replay_store(store.clone())
        .with_clock(clock(NOON))
        .build()
        .unwrap();
    let inbound = Inbound::builder(InboundPolicy::preset("onvif").unwrap())
        .passwords(users)
        .replay_store("default", store)
        .clock(clock(NOON))
        .build()
        .unwrap();
    let header = create(
        &Dialect::preset("atom-base64").unwrap(),
        "alice",
        &Secret::new("secret"),
        &CreateOptions::default(),
        &*clock(NOON),
        &SystemRandom,
    )
    .unwrap();
    let captured = HeaderValue::parse(&header).unwrap();
    let nonce = wsse_core::crypto::base64_to_vec(captured.nonce()).unwrap();
    let outbound = Outbound::builder(OutboundPolicy::preset("onvif").unwrap())
        .username("alice", Secret::new("secret"))
        .build()
        .unwrap();
    let mut call = Call::default();
    call.nonce = Some(&nonce);
    call.created = Some(captured.created());
    let token = outbound.protect(SOAP11.as_bytes(), &call).unwrap();
    let written = core::str::from_utf8(token.bytes()).unwrap();
    assert!(written.contains(captured.password_digest()), "the same digest in another dress");
    assert!(check.check(&header).is_ok());
    assert_eq!(inbound.validate(token.bytes()).unwrap_err().cause(), Cause::Replay);
}

#[test]
fn a_look_up_that_folds_letter_case_lets_nothing_pass_twice() {
    struct Folding;
    impl PasswordLookup for Folding {
        fn passwords(&self, username: &str) -> Result<Vec<Secret>, Error> {
            let known = username.trim().eq_ignore_ascii_case("alice");
            Ok(known.then(|| Secret::new("secret")).into_iter().collect())
        }
    }
    let inbound = Inbound::builder(InboundPolicy::preset("username-token").unwrap())
        .passwords(Passwords::Lookup(Arc::new(Folding)))
        .clock(clock(NOON))
        .build()
        .unwrap();
    let outbound = Outbound::builder(OutboundPolicy::preset("username-token").unwrap())
        .username("alice", Secret::new("secret"))
        .clock(Arc::new(FixedClock(wsse_core::time::UnixTime::from_seconds(NOON))))
        .build()
        .unwrap();
    let message = outbound.protect(SOAP11.as_bytes(), &Call::default()).unwrap().into_bytes();
    assert!(inbound.validate(&message).is_ok());
    let respelt = String::from_utf8(message).unwrap().replace(">alice<", "> Alice<");
    assert_eq!(inbound.validate(respelt.as_bytes()).unwrap_err().cause(), Cause::Replay);
}
