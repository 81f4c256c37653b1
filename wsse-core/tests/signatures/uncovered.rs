//! What the required signatures do not cover is not told as if they did.

use crate::support::{certificate, envelope, identity, inbound, outbound};
use wsse_core::crypto::Secret;
use wsse_core::password::PasswordTable;
use wsse_core::{Call, ValidatedMessage};

/// A message with a Timestamp and a UsernameToken, of which these parts are signed, validated by a
/// policy that requires the Timestamp to be.
fn validated(parts: &str, username: &str) -> ValidatedMessage {
    let sign = format!(
        "version = 1\norder = [\"timestamp\", \"username-token\", \"signature\"]\n\
         signature = [{{ parts = [{parts}] }}]"
    );
    let sender = outbound(&sign)
        .identity("", identity("client"))
        .username("alice", Secret::new("secret"))
        .build()
        .unwrap();
    let message = sender.protect(envelope("1.1").as_bytes(), &Call::default()).unwrap();
    let require = format!(
        "version = 1\nrequire = {{ signed = [\"timestamp\"] }}\nusername = {{ {username} }}"
    );
    let table = PasswordTable::new().with("alice", Secret::new("secret"));
    let receiver =
        inbound(&require).certificate("", certificate("client")).passwords(table).build().unwrap();
    receiver.validate(message.bytes()).unwrap()
}

#[test]
fn the_operation_of_an_unsigned_body_is_not_told() {
    let unsigned = validated("\"timestamp\"", "");
    assert_eq!(unsigned.body_child(), None);
    assert!(!unsigned.document().unwrap().windows(4).any(|octets| octets == b"text"));
    let signed = validated("\"timestamp\", \"body\"", "");
    assert_eq!(signed.body_child(), Some(("urn:op", "op")));
}

#[test]
fn the_user_of_an_unsigned_token_is_not_told() {
    let unsigned = validated("\"timestamp\"", "");
    assert_eq!((unsigned.username(), unsigned.is_authenticated()), (None, false));
    assert!(unsigned.username_token().is_none());
    let signed = validated("\"timestamp\", \"username-token\"", "");
    assert_eq!((signed.username(), signed.is_authenticated()), (Some("alice"), true));
    let by_name = validated("\"timestamp\"", "signed = false");
    assert_eq!((by_name.username(), by_name.is_authenticated()), (Some("alice"), true));
}
