//! `wsse protect` and `wsse validate`: their contract.

use crate::common::{Folder, Outcome, run, run_with_input};

pub(crate) const ENVELOPE: &str = "<?xml version=\"1.0\"?>\n\
    <S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><!-- kept -->\n\
    <S:Header><t:Trace xmlns:t='urn:example:trace'>1</t:Trace></S:Header>\n\
    <S:Body ><m:Order xmlns:m=\"urn:example:orders\">7</m:Order></S:Body>\n\
    </S:Envelope>\n";
const AT: &str = "2024-05-01T12:00:00Z";
const TOKEN: [&str; 6] =
    ["--policy", "preset:username-token", "--username", "alice", "--password-env", "SECRET"];

fn protect(more: &[&str]) -> Outcome {
    run_with_input(&[&["protect", "--at", AT], more].concat(), ENVELOPE.as_bytes())
}

fn validate(message: &str, more: &[&str]) -> Outcome {
    run_with_input(&[&["validate", "--at", AT], more].concat(), message.as_bytes())
}

#[test]
fn what_is_protected_validates_to_what_it_was() {
    for policy in ["username-token", "username-text", "onvif"] {
        let policy = format!("preset:{policy}");
        let options = ["--policy", &policy, "--username", "alice", "--password-env", "SECRET"];
        let protected = protect(&options);
        protected.assert_status(0);
        assert!(protected.output.contains("<t:Trace xmlns:t='urn:example:trace'>1</t:Trace>"));
        assert!(protected.output.contains(":Username>alice</"));
        let validated = validate(&protected.output, &options);
        validated.assert_status(0);
        let (_, envelope) = ENVELOPE.trim_end().split_once('\n').expect("a declaration");
        assert_eq!(validated.output, envelope);
        assert_eq!(validated.error, "");
    }
}

#[test]
fn a_timestamp_as_an_object() {
    let protected = protect(&["--policy", "preset:timestamp"]);
    protected.assert_status(0);
    let validated = validate(&protected.output, &["--policy", "preset:timestamp", "--json"]);
    validated.assert_status(0);
    assert_eq!(
        validated.output,
        "{\"verdict\": \"valid\", \"fault\": null, \"reason\": null, \"cause\": null, \
         \"position\": null, \"signed\": [], \"encrypted\": [], \"username\": null, \
         \"authenticated\": false, \"timestamp\": {\"created\":\"2024-05-01T12:00:00.000Z\",\
         \"expires\":\"2024-05-01T12:05:00.000Z\"}, \"certificate\": null, \"signers\": [], \
         \"dialect\": null}\n"
    );
}

#[test]
fn a_refusal_as_an_object_and_in_words() {
    let protected = protect(&TOKEN).output;
    let other =
        ["--policy", "preset:username-token", "--username", "alice", "--password-env", "OTHER"];
    let refused = validate(&protected, &[&other[..], &["--json"]].concat());
    refused.assert_status(1);
    let object = refused.object();
    assert_eq!(object["verdict"], "refused");
    assert_eq!(object["fault"], "FailedAuthentication");
    assert_eq!(object["cause"], "failed-authentication");
    assert!(object["username"].is_null(), "nobody was authenticated");
    assert_eq!(object["authenticated"], false);
    assert_eq!(object["position"]["line"], 3);
    let words = validate(&protected, &other);
    words.assert_status(1);
    assert_eq!(words.output, "", "nothing is handed out");
    let reason = object["reason"].as_str().expect("a reason");
    let column = &object["position"]["column"];
    assert_eq!(
        words.error,
        format!("wsse: refused: FailedAuthentication: {reason} (line 3, column {column})\n")
    );
}

#[test]
fn what_is_no_message_is_refused() {
    for command in ["protect", "validate"] {
        for (input, cause) in [
            (&b""[..], "empty"),
            (b"{}", "before the root element"),
            (b"<x/>", "not a SOAP 1.1 or 1.2 Envelope"),
            (b"<!DOCTYPE x><x/>", "document type declaration"),
            (b"\xff\xfe\x00", "UTF-16"),
        ] {
            run_with_input(&[command, "--policy", "preset:timestamp"], input)
                .assert_status(1)
                .assert_error("wsse: refused: Malformed: ")
                .assert_error(cause);
        }
    }
}

#[test]
fn a_message_cannot_forge_the_words_on_standard_error() {
    let message = ENVELOPE.replace(
        "<S:Header>",
        "<S:Header><wsse:Security xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/\
         oasis-200401-wss-wssecurity-secext-1.0.xsd\"><wsse:UsernameToken><wsse:Username>\
         al\u{9b}2J\nwsse: valid</wsse:Username><wsse:Password Type=\"http://docs.oasis-open.org/\
         wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText\">x</wsse:Password>\
         </wsse:UsernameToken></wsse:Security>",
    );
    let users =
        ["--policy", "preset:username-text", "--username", "alice", "--password-env", "SECRET"];
    let refused = validate(&message, &users);
    refused.assert_status(1).assert_error("FailedAuthentication");
    assert_eq!(refused.error.matches('\n').count(), 1, "{}", refused.error);
    assert!(!refused.error.contains('\u{9b}'), "{}", refused.error);
}

#[test]
fn credentials_and_policies_fit_each_other() {
    protect(&["--policy", "preset:username-token"]).assert_status(2).assert_error("wsse: Misuse: ");
    protect(&["--policy", "preset:username-token", "--username", "alice"])
        .assert_status(2)
        .assert_error("wsse: Misuse: ");
    protect(&["--policy", "preset:timestamp", "--username", "a", "--password-env", "SECRET"])
        .assert_status(2)
        .assert_error("the policy writes no UsernameToken");
    let two = ["--username", "a", "--password-env", "SECRET", "--username", "b"];
    protect(&[&["--policy", "preset:username-token"], &two[..]].concat())
        .assert_status(2)
        .assert_error("one user");
    validate("<x/>", &["--policy", "preset:username-token"])
        .assert_status(2)
        .assert_error("wsse: Misuse: ");
    validate("<x/>", &["--policy", "preset:username-token", "--username", "alice"])
        .assert_status(2)
        .assert_error("no password");
}

#[test]
fn a_policy_from_a_file() {
    let folder = Folder::new("policies");
    let outbound = folder.write(
        "outbound.toml",
        "version = 1\ntimestamp = { ttl = 10, milliseconds = false, zone = \"+00:00\" }\n",
    );
    let protected = protect(&["--policy", &outbound]);
    protected.assert_status(0);
    assert!(protected.output.contains(">2024-05-01T12:00:10+00:00<"), "{}", protected.output);
    let inbound = folder.write(
        "inbound.toml",
        "version = 1\nrequire = { timestamp = true }\nclock = { skew = 0 }\n",
    );
    let at = |at| {
        run_with_input(&["validate", "--policy", &inbound, "--at", at], protected.output.as_bytes())
    };
    at("2024-05-01T12:00:10Z").assert_status(0);
    at("2024-05-01T12:00:11Z").assert_status(1).assert_error("wsse: refused: MessageExpired: ");
}

#[test]
fn the_system_clock_is_the_default() {
    let protected = run_with_input(&[&["protect"], &TOKEN[..]].concat(), ENVELOPE.as_bytes());
    protected.assert_status(0);
    let message = protected.output.as_bytes();
    run_with_input(&[&["validate"], &TOKEN[..]].concat(), message).assert_status(0);
    validate(&protected.output, &TOKEN).assert_status(1).assert_error("MessageExpired");
}

#[test]
fn a_message_larger_than_the_limit_is_refused() {
    let folder = Folder::new("limit");
    let policy = folder.write(
        "small.toml",
        "version = 1\nrequire = { timestamp = true }\nlimits = { message = 1000 }\n",
    );
    let input = folder.write("large.xml", vec![b' '; 1001]);
    let object = run(&["validate", "--json", "--policy", &policy, &input]);
    let object = object.assert_status(1).object();
    assert_eq!(object["fault"], "LimitExceeded");
    assert_eq!(object["cause"], "message-size");
    let input = folder.write("at-limit.xml", vec![b' '; 1000]);
    let object = run(&["validate", "--json", "--policy", &policy, &input]);
    assert_eq!(object.assert_status(1).object()["cause"], "empty-document");
}

/// A gigabyte comes through a pipe. The command has the address space of a few limits, reads one
/// octet more than the limit, and goes: the writer is stopped, not read to its end.
#[cfg(target_os = "linux")]
#[test]
fn a_gigabyte_through_a_pipe_is_refused_at_the_limit() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    const GIGABYTE: usize = 1 << 30;
    const LIMIT: usize = 64 << 20;
    for arguments in [
        &["validate", "--policy", "preset:timestamp"][..],
        &["protect", "--policy", "preset:timestamp"],
        &["token", "create", "--username", "alice", "--password-env", "SECRET"],
    ] {
        let mut child = Command::new("sh")
            .args(["-c", "ulimit -v 262144 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_wsse")])
            .args(arguments)
            .env("SECRET", "secret")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        let chunk = vec![b' '; 1 << 20];
        let mut written = 0;
        while written < GIGABYTE && pipe.write_all(&chunk).is_ok() {
            written += chunk.len();
        }
        drop(pipe);
        let outcome = child.wait_with_output().expect("the command ends");
        let error = String::from_utf8(outcome.stderr).expect("UTF-8");
        assert_eq!(outcome.status.code(), Some(1), "{error}");
        assert!(error.starts_with("wsse: refused: LimitExceeded: "), "{error}");
        assert!(outcome.stdout.is_empty());
        // What a pipe holds back is far less than this.
        assert!(written <= LIMIT + (4 << 20), "{written} octets were taken");
    }
}
