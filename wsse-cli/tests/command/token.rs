//! `wsse token`: its contract.

use crate::common::{Outcome, run_with_input};
use crate::message::ENVELOPE;

const AT: &str = "2010-09-16T07:50:45Z";
const ALICE: [&str; 6] = ["--at", AT, "--username", "alice", "--password-env", "SECRET"];

fn create(more: &[&str]) -> Outcome {
    run_with_input(&[&["token", "create"], &ALICE[..], more].concat(), ENVELOPE.as_bytes())
}

fn check(message: &str, more: &[&str]) -> Outcome {
    run_with_input(&[&["token", "check"], &ALICE[..], more].concat(), message.as_bytes())
}

/// The text of the first element of this name.
fn text<'m>(message: &'m str, local: &str) -> Option<&'m str> {
    message.split('<').find_map(|tag| {
        let (tag, text) = tag.split_once('>')?;
        let name = tag.split_whitespace().next()?;
        (name.rsplit(':').next() == Some(local) && !name.starts_with('/')).then_some(text)
    })
}

#[test]
fn the_default_is_a_digest_and_a_timestamp() {
    let created = create(&[]);
    created.assert_status(0);
    let message = &created.output;
    assert!(message.contains("#PasswordDigest\""), "{message}");
    assert!(message.contains("mustUnderstand=\"1\""), "{message}");
    assert!(message.contains("Id=\""), "{message}");
    assert!(message.find(":Timestamp") < message.find(":UsernameToken"), "{message}");
    assert_eq!(text(message, "Expires"), Some("2010-09-16T07:55:45.000Z"));
    let object = check(message, &["--json"]).assert_status(0).object();
    assert_eq!(object["username"], "alice");
    assert_eq!(object["authenticated"], true);
    assert_eq!(object["timestamp"]["created"], "2010-09-16T07:50:45.000Z");
}

#[test]
fn a_published_digest_is_reproduced() {
    // ONVIF Application Programmer's Guide, 6.1.1.3.
    let mut command = crate::common::wsse(&["token", "create", "--username", "admin"]);
    command.env("PASSWORD", "userpassword").args(["--password-env", "PASSWORD"]);
    command.args(["--nonce-base64", "LKqI6G/AikKCQrN0zqZFlg==", "--created", AT]);
    let created = crate::common::finish(command, ENVELOPE.as_bytes());
    created.assert_status(0);
    assert_eq!(text(&created.output, "Password"), Some("tuOSpGlFlIXsozq4HFNeeGeFLEI="));
    assert_eq!(text(&created.output, "Nonce"), Some("LKqI6G/AikKCQrN0zqZFlg=="));
}

#[test]
fn a_nonce_as_text_enters_the_hash_as_it_is() {
    let nonce = "d36e316282959a9ed4c89851497a717f";
    let mut command = crate::common::wsse(&["token", "create", "--username", "bob"]);
    command.args(["--password-env", "PASSWORD", "--nonce", nonce]);
    command.args(["--created", "2003-12-15T14:43:07Z"]);
    let created = crate::common::finish(command, ENVELOPE.as_bytes());
    created.assert_status(0);
    assert_eq!(text(&created.output, "Password"), Some("quR/EWLAV4xLf9Zqyw4pDmfV9OY="));
    let shown = "ZDM2ZTMxNjI4Mjk1OWE5ZWQ0Yzg5ODUxNDk3YTcxN2Y=";
    assert_eq!(text(&created.output, "Nonce"), Some(shown));
}

#[test]
fn pre_steps_of_the_secret() {
    let nonce = "d36e316282959a9ed4c89851497a717f";
    let mut command = crate::common::wsse(&["token", "create", "--username", "bob"]);
    command.args(["--password-env", "PASSWORD", "--secret-form", "sha1", "--nonce", nonce]);
    command.args(["--created", "2003-12-15T14:43:07Z", "--at", "2003-12-15T14:43:07Z"]);
    let created = crate::common::finish(command, ENVELOPE.as_bytes());
    assert_eq!(text(&created.output, "Password"), Some("Nr+Qvy6OaENUAdn2X0QhEaeXElo="));
    let mut bob = vec!["token", "check", "--username", "bob", "--password-env", "PASSWORD"];
    bob.extend(["--at", "2003-12-15T14:43:07Z"]);
    run_with_input(&bob, created.output.as_bytes()).assert_status(1);
    bob.extend(["--secret-form", "sha1"]);
    run_with_input(&bob, created.output.as_bytes()).assert_status(0);
    create(&["--secret-form", "md5"]).assert_status(2).assert_error("md5-lower-base64");
}

#[test]
fn text_and_none() {
    let clear = create(&["--password-type", "text", "--no-nonce", "--no-created"]).output;
    assert_eq!(text(&clear, "Password"), Some("secret"));
    assert_eq!(text(&clear, "Nonce"), None);
    check(&clear, &[]).assert_status(0);
    check(&clear, &["--password-type", "text"]).assert_status(0);
    check(&clear, &["--password-type", "digest"]).assert_status(1).assert_error("InvalidSecurity");

    let arguments = ["token", "create", "--at", AT, "--username", "bob", "--password-type", "none"];
    let named = run_with_input(&arguments, ENVELOPE.as_bytes());
    named.assert_status(0);
    check(&named.output, &[]).assert_status(1).assert_error("InvalidSecurity");
    let object = check(&named.output, &["--password-type", "none", "--json"]);
    let object = object.assert_status(0).object();
    assert_eq!(object["username"], "bob");
    assert_eq!(object["authenticated"], false);
}

#[test]
fn parts_that_are_left_out() {
    let message = create(&["--no-nonce"]).output;
    check(&message, &[]).assert_status(1).assert_error("Nonce");
    check(&message, &["--optional", "nonce"]).assert_status(0);
    let message = create(&["--no-created", "--no-timestamp"]).output;
    assert_eq!(text(&message, "Created"), None);
    assert_eq!(text(&message, "Timestamp"), None);
    check(&message, &[]).assert_status(1).assert_error("Created");
    check(&message, &["--optional", "created"]).assert_status(0);
    check(&message, &["--optional", "created", "--require-timestamp"])
        .assert_status(1)
        .assert_error("requires a Timestamp");
    let message = create(&["--no-id", "--no-timestamp", "--no-must-understand"]).output;
    assert!(!message.contains("Id=") && !message.contains("mustUnderstand"), "{message}");
    check(&message, &[]).assert_status(0);
}

#[test]
fn times_order_and_addressee() {
    let message = create(&[
        "--order",
        "username-token,timestamp",
        "--ttl",
        "60",
        "--milliseconds",
        "false",
        "--zone",
        "+00:00",
    ]);
    let message = message.assert_status(0).output.clone();
    assert!(message.find(":UsernameToken") < message.find(":Timestamp"), "{message}");
    assert_eq!(text(&message, "Expires"), Some("2010-09-16T07:51:45+00:00"));
    assert_eq!(text(&message, "Created"), Some("2010-09-16T07:50:45+00:00"));
    let endless = create(&["--ttl", "0"]).output;
    assert_eq!(text(&endless, "Expires"), None);
    check(&endless, &[]).assert_status(0);
    check(&endless, &["--require-expires"]).assert_status(1).assert_error("InvalidSecurity");

    let late = "2010-09-16T07:56:00Z";
    let late = ["token", "check", "--at", late, "--username", "alice", "--password-env", "SECRET"];
    let at = |more: &[&str]| run_with_input(&[&late[..], more].concat(), endless.as_bytes());
    at(&[]).assert_status(0);
    at(&["--skew", "0"]).assert_status(1).assert_error("MessageExpired");
    at(&["--ttl", "10"]).assert_status(1).assert_error("MessageExpired");

    let addressed = create(&["--actor", "urn:example:us"]).output;
    assert!(addressed.contains("actor=\"urn:example:us\""), "{addressed}");
    check(&addressed, &[]).assert_status(1).assert_error("InvalidSecurity");
    check(&addressed, &["--role", "urn:example:us"]).assert_status(0);
}

#[test]
fn options_that_contradict_each_other() {
    for more in [
        &["--no-nonce", "--nonce", "x"][..],
        &["--nonce", "x", "--nonce-base64", "eA=="],
        &["--no-created", "--created", AT],
        &["--no-timestamp", "--ttl", "5"],
        &["--no-timestamp", "--order", "username-token"],
        &["--order", "timestamp"],
        &["--order", "username-token,username-token"],
        &["--nonce-base64", "!"],
        &["--password-type", "hash"],
        &["--zone", "CET"],
        &["--ttl", "-5"],
    ] {
        create(more).assert_status(2).assert_error("wsse: Misuse: ");
    }
    check("", &["--optional", "password"]).assert_status(2).assert_error("nonce, created");
}

#[test]
fn a_second_token_is_not_put_in() {
    let message = create(&[]).output;
    let arguments = [&["token", "create"], &ALICE[..]].concat();
    run_with_input(&arguments, message.as_bytes())
        .assert_status(2)
        .assert_error("already has a Timestamp");
}
