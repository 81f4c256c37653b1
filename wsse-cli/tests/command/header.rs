//! `wsse header`: its contract.

use crate::common::{run, run_with_input};
use wsse_core::http::PRESETS;

const NONCE: &str = "d36e316282959a9ed4c89851497a717f";
const CREATED: &str = "2003-12-15T14:43:07Z";
const AT: &str = "2003-12-15T14:43:30Z";
const BOB: [&str; 4] = ["--username", "bob", "--password-env", "PASSWORD"];

fn create(more: &[&str]) -> crate::common::Outcome {
    run(&[&["header", "create"], &BOB[..], more].concat())
}

fn check(more: &[&str]) -> crate::common::Outcome {
    run(&[&["header", "check", "--at", AT], &BOB[..], more].concat())
}

/// The value that the Atom text prints, in the command's form.
fn atom() -> String {
    format!(
        "UsernameToken Username=\"bob\", PasswordDigest=\"quR/EWLAV4xLf9Zqyw4pDmfV9OY=\", \
         Nonce=\"{NONCE}\", Created=\"{CREATED}\""
    )
}

#[test]
fn create_prints_the_value_alone() {
    let outcome = create(&["--nonce", NONCE, "--created", CREATED]);
    outcome.assert_status(0);
    assert_eq!(outcome.output, atom() + "\n");
    assert_eq!(outcome.error, "");
}

#[test]
fn the_nonce_is_text_or_its_base64_by_dialect() {
    let base64 = "ZDM2ZTMxNjI4Mjk1OWE5ZWQ0Yzg5ODUxNDk3YTcxN2Y=";
    for (dialect, shown) in [
        ("atom", NONCE),
        ("emarsys", NONCE),
        ("sha256-hex", NONCE),
        ("huawei", NONCE),
        ("atom-base64", base64),
        ("adobe-rest", base64),
        ("adobe-soap", base64),
        ("symfony", base64),
    ] {
        let outcome = create(&["--dialect", dialect, "--nonce", NONCE, "--created", CREATED]);
        outcome.assert_status(0);
        assert!(outcome.output.contains(&format!("Nonce=\"{shown}\"")), "{}", outcome.output);
    }
}

#[test]
fn every_dialect_is_created_checked_and_named_in_the_help() {
    let help = run(&["header", "create", "--help"]);
    help.assert_status(0);
    for preset in PRESETS {
        let name = preset.name();
        assert!(help.output.contains(name), "{name}");
        let created = create(&["--dialect", name]);
        created.assert_status(0);
        let value = created.output.trim_end();
        let checked = run(&[&["header", "check", "--dialect", name], &BOB[..], &[value]].concat());
        checked.assert_status(0);
        assert_eq!(checked.output, format!("bob {name}\n"));
    }
}

#[test]
fn parameters_and_a_frozen_clock() {
    let outcome = create(&["--at", AT, "--parameter", "Organization=a=\"b\"", "--parameter", "X="]);
    outcome.assert_status(0);
    let end = "Created=\"2003-12-15T14:43:30Z\", Organization=\"a=\\\"b\\\"\", X=\"\"\n";
    assert!(outcome.output.ends_with(end), "{}", outcome.output);
    create(&["--parameter", "X"]).assert_status(2).assert_error("write NAME=VALUE");
    create(&["--parameter", "Username=eve"]).assert_status(2).assert_error("wsse: Misuse: ");
}

#[test]
fn check_takes_the_value_as_an_argument_or_from_standard_input() {
    check(&[&atom()]).assert_status(0);
    for end in ["", "\n", "\r\n"] {
        let arguments = [&["header", "check", "--at", AT], &BOB[..]].concat();
        let outcome = run_with_input(&arguments, (atom() + end).as_bytes());
        outcome.assert_status(0);
        assert_eq!(outcome.output, "bob atom\n");
    }
}

#[test]
fn check_names_the_dialect_that_fitted() {
    let value = create(&["--dialect", "atom-base64", "--nonce", NONCE, "--created", CREATED]);
    let value = value.output.trim_end();
    check(&[value]).assert_status(1).assert_error("wsse: refused: FailedAuthentication: ");
    let outcome = check(&["--dialect", "atom", "--dialect", "atom-base64", value]);
    outcome.assert_status(0);
    assert_eq!(outcome.output, "bob atom-base64\n");
}

#[test]
fn check_refuses_with_category_and_reason() {
    let stale = ["header", "check", "--at", "2003-12-15T15:00:00Z"];
    run(&[&stale, &BOB[..], &[&atom()]].concat())
        .assert_status(1)
        .assert_error("wsse: refused: MessageExpired: ");
    run(&[&stale, &BOB[..], &["--skew", "3600", &atom()]].concat()).assert_status(0);
    let early = ["header", "check", "--at", "2003-12-15T14:00:00Z"];
    let early = run(&[&early, &BOB[..], &["--json", &atom()]].concat());
    assert_eq!(early.assert_status(1).object()["cause"], "not-yet-valid");

    let other = ["header", "check", "--at", AT, "--username", "bob", "--password-env", "OTHER"];
    run(&[&other[..], &[&atom()]].concat())
        .assert_status(1)
        .assert_error("wsse: refused: FailedAuthentication: ");
    let twice = atom().replace("bob\",", "bob\", Username=\"eve\",");
    let outcome = check(&["--json", &twice]);
    outcome.assert_status(1).assert_error("wsse: refused: Malformed: ");
    let object = outcome.object();
    assert_eq!(object["fault"], "Malformed");
    assert_eq!(object["cause"], "duplicate-parameter");
    assert_eq!(object["position"]["offset"], 30);
    check(&[""]).assert_status(1).assert_error("wsse: refused: Malformed: ");
    run_with_input(&[&["header", "check"], &BOB[..]].concat(), b"")
        .assert_status(1)
        .assert_error("wsse: refused: Malformed: ");
    run_with_input(&[&["header", "check"], &BOB[..]].concat(), b"Username=\"\xFF\"")
        .assert_status(1)
        .assert_error("not UTF-8");
}

#[test]
fn a_value_without_end_is_refused_at_the_limit() {
    let arguments = [&["header", "check", "--json"], &BOB[..]].concat();
    let outcome = run_with_input(&arguments, &vec![b'a'; 10 << 20]);
    assert_eq!(outcome.assert_status(1).object()["fault"], "LimitExceeded");
}

#[test]
fn check_as_an_object() {
    let object = check(&["--json", &atom()]).assert_status(0).object();
    let keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = [
        "verdict",
        "fault",
        "reason",
        "cause",
        "position",
        "signed",
        "encrypted",
        "username",
        "authenticated",
        "timestamp",
        "certificate",
        "dialect",
        "signers",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!(object["verdict"], "valid");
    assert_eq!(object["username"], "bob");
    assert_eq!(object["authenticated"], true);
    assert_eq!(object["dialect"], "atom");
    assert!(object["fault"].is_null() && object["reason"].is_null());
}

#[test]
fn several_users_each_with_the_passwords_that_follow() {
    let users = [
        "--username",
        "eve",
        "--password-env",
        "SECRET",
        "--username",
        "bob",
        "--password-env",
        "OTHER",
        "--password-env",
        "PASSWORD",
    ];
    let checked = run(&[&["header", "check", "--at", AT], &users[..], &[&atom()]].concat());
    checked.assert_status(0);
    assert_eq!(checked.output, "bob atom\n");
    // The same words in an order that gives bob's password to eve.
    let users = [
        "--username",
        "bob",
        "--password-env",
        "SECRET",
        "--username",
        "eve",
        "--password-env",
        "OTHER",
        "--password-env",
        "PASSWORD",
    ];
    run(&[&["header", "check", "--at", AT], &users[..], &[&atom()]].concat())
        .assert_status(1)
        .assert_error("FailedAuthentication");
    run(&[&["header", "create", "--at", AT], &users[..]].concat())
        .assert_status(2)
        .assert_error("one user with one password");
}

#[test]
fn a_password_comes_from_the_environment_only() {
    for arguments in [
        vec!["header", "create", "--username", "bob", "--password", "swordfish"],
        vec!["header", "create", "--username", "bob", "--password=swordfish"],
        vec!["header", "check", "--username", "bob", "--password", "swordfish", "x"],
        vec!["token", "create", "--username", "bob", "--password", "swordfish"],
        vec!["token", "check", "--username", "bob", "--password", "swordfish"],
        vec!["protect", "--policy", "preset:onvif", "--username", "b", "--password", "swordfish"],
        vec!["validate", "--policy", "preset:onvif", "--username", "b", "--password", "swordfish"],
    ] {
        let outcome = run(&arguments);
        outcome.assert_status(2).assert_error("--password-env VAR");
        assert!(!outcome.error.contains("swordfish"), "{}", outcome.error);
    }
    for (variable, reason) in [("MISSING", "MISSING is not set"), ("EMPTY", "EMPTY is empty")] {
        run(&["header", "create", "--username", "bob", "--password-env", variable])
            .assert_status(2)
            .assert_error(reason);
    }
    run(&["header", "create", "--password-env", "SECRET", "--username", "bob"])
        .assert_status(2)
        .assert_error("put it after its --username");
    run(&["header", "create", "--username", "bob"]).assert_status(2).assert_error("no password");
    run(&["header", "create"]).assert_status(2).assert_error("--username U");
    run(&["header", "check", "x"]).assert_status(2).assert_error("--username U");
}

#[test]
fn bad_options() {
    create(&["--dialect", "atm"]).assert_status(2).assert_error("\"atom\"");
    create(&["--at", "yesterday"]).assert_status(2).assert_error("xsd:dateTime");
    create(&["--nonce", ""]).assert_status(2).assert_error("wsse: Misuse: the nonce is empty");
    check(&["--skew", "-1", "x"]).assert_status(2).assert_error("--skew");
    create(&["--key", "a.pem"]).assert_status(2).assert_error("--key");
    let object = check(&["--json", "--skew", "long", "x"]).assert_status(2).object();
    assert_eq!(object["verdict"], "refused");
    assert_eq!(object["fault"], "Misuse");
    assert_eq!(object["cause"], "invalid-argument");
    assert!(object["reason"].as_str().unwrap().starts_with("invalid value 'long' for '--skew"));
}

#[test]
fn challenges_are_made_and_parsed() {
    let made = run(&["header", "challenge", "--realm", "the \"orders\""]);
    made.assert_status(0);
    let value = "WSSE realm=\"the \\\"orders\\\"\", profile=\"UsernameToken\"";
    assert_eq!(made.output, format!("{value}\n"));
    let parsed =
        run(&["header", "challenge", "--parse", &format!("Basic realm=\"x\", {value}, a=b")]);
    parsed.assert_status(0);
    assert_eq!(parsed.output, "realm=the \"orders\"\nprofile=UsernameToken\na=b\n");
    let piped = run_with_input(&["header", "challenge", "--parse"], made.output.as_bytes());
    assert_eq!(piped.assert_status(0).output, "realm=the \"orders\"\nprofile=UsernameToken\n");
    run(&["header", "challenge", "--parse", "Basic realm=\"WSSE x=y\""])
        .assert_status(1)
        .assert_error("wsse: refused: Malformed: the value asks for no WSSE");
    run(&["header", "challenge", "--parse", "WSSE realm=\"x"])
        .assert_status(1)
        .assert_error("wsse: refused: Malformed: ");
    run(&["header", "challenge", "--realm", "x", "--parse", "y"]).assert_status(2);
}
