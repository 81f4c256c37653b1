//! What holds for every command: help, version, exit statuses, streams.

use crate::common::{Folder, finish, run, run_with_input, wsse};
use std::process::Stdio;

const COMMANDS: [&[&str]; 13] = [
    &["header"],
    &["header", "create"],
    &["header", "check"],
    &["header", "challenge"],
    &["protect"],
    &["validate"],
    &["token", "create"],
    &["token", "check"],
    &["sign"],
    &["verify"],
    &["encrypt"],
    &["decrypt"],
    &["c14n"],
];

#[test]
fn help_and_version() {
    assert_eq!(
        run(&["--version"]).assert_status(0).output,
        format!("wsse {}\n", wsse_core::VERSION)
    );
    let help = run(&["--help"]);
    help.assert_status(0);
    assert!(help.output.contains("Examples:\n"));
    for command in COMMANDS {
        let help = run(&[command, &["--help"]].concat());
        help.assert_status(0);
        assert_eq!(help.error, "");
        assert!(!help.output.contains('\u{1b}'), "no colours into a pipe");
        if command.len() == 2 || command[0] != "header" {
            assert!(help.output.contains("Examples:\n  "), "{command:?}");
        }
        assert!(!help.output.contains("--password "), "{command:?}");
    }
    for preset in wsse_core::policy::PRESETS {
        for command in ["protect", "validate"] {
            let help = run(&[command, "--help"]);
            assert!(help.output.contains(&format!("preset:{}", preset.name)), "{}", preset.name);
        }
    }
    let nothing = run(&[]);
    nothing.assert_status(2).assert_error("Usage: wsse");
    assert_eq!(nothing.output, "");
}

#[test]
fn bad_options_have_status_2_and_an_object_for_scripts() {
    for arguments in [
        &["validate"][..],
        &["validate", "--policy", "preset:timestamp", "--nonsense"],
        &["validate", "--policy", "preset:timestamp", "a.xml", "b.xml"],
        &["nonsense"],
        &["token"],
    ] {
        run(arguments).assert_status(2).assert_error("Usage: ");
        let object = run(&[arguments, &["--json"]].concat()).assert_status(2).object();
        assert_eq!(object["verdict"], "refused");
        assert_eq!(object["fault"], "Misuse", "{arguments:?}");
        assert!(!object["reason"].as_str().unwrap().is_empty());
    }
}

#[test]
fn files_that_cannot_be_read_or_written() {
    let folder = Folder::new("unreadable");
    let message = folder.write("message.xml", b"<x/>");
    let missing = folder.path("missing.xml");
    for (input, status) in [(&missing, 2), (&folder.path(""), 2)] {
        let outcome = run(&["validate", "--policy", "preset:timestamp", "--json", input]);
        let object = outcome.assert_status(status).object();
        assert_eq!(object["fault"], "Io");
        assert_eq!(object["cause"], "input-output");
        outcome.assert_error("wsse: Io: can't read the message from ");
    }
    for policy in [&missing, &folder.path("")] {
        run(&["validate", "--policy", policy, &message])
            .assert_status(2)
            .assert_error("wsse: Io: can't read the policy from ");
    }
    assert_eq!(folder.names(), ["message.xml"]);
}

#[test]
fn a_bad_policy_names_its_file_line_and_the_key_that_was_meant() {
    let folder = Folder::new("policy");
    for (name, source, reason) in [
        (
            "unknown-key.toml",
            &b"version = 1\nrequire = { timestamp = true }\nclock = { skw = 5 }\n"[..],
            "unknown-key.toml: unknown key `clock.skw`; did you mean `skew`? (line 3, column 11)",
        ),
        ("syntax.toml", b"version = 1\nrequire = {\n", "syntax.toml: the policy is no TOML: "),
        ("version.toml", b"require = { timestamp = true }\n", "begin it with `version = 1`"),
        ("latin.toml", b"version = 1\n# caf\xe9\n", "is not UTF-8 (line 2, column 6)"),
        ("nothing.toml", b"version = 1\n", "requires nothing"),
        ("signed.toml", b"version = 1\nrequire = { signed = [\"bdy\"] }\n", "(line 2, column 22)"),
    ] {
        let path = folder.write(name, source);
        run_with_input(&["validate", "--policy", &path], b"<x/>")
            .assert_status(2)
            .assert_error("wsse: Misuse: ")
            .assert_error(reason);
    }
    let object = run(&["validate", "--policy", &folder.path("unknown-key.toml"), "--json"]);
    let object = object.assert_status(2).object();
    assert_eq!(object["cause"], "invalid-policy");
    assert_eq!(object["position"]["line"], 3);
    assert_eq!(object["position"]["column"], 11);

    let outbound = folder.write("outbound.toml", b"version = 1\n[timestamp]\nttl = \"5 min\"\n");
    run(&["protect", "--policy", &outbound]).assert_status(2).assert_error("(line 3, column 7)");
    let large = folder.write("large.toml", vec![b'#'; (1 << 20) + 1]);
    run(&["protect", "--policy", &large]).assert_status(2).assert_error("larger than 1 MiB");
    run(&["validate", "--policy", "preset:usernametoken"])
        .assert_status(2)
        .assert_error("did you mean \"username-token\"?");
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let bad = OsStr::from_bytes(b"caf\xe9");
    let mut command = wsse(&["header", "create", "--username"]);
    command.arg(bad);
    finish(command, b"").assert_status(2).assert_error("invalid UTF-8");
    let mut command = wsse(&["validate", "--json", "--policy"]);
    command.arg(bad);
    let outcome = finish(command, b"");
    assert_eq!(outcome.assert_status(2).object()["fault"], "Io");
    let mut command = wsse(&["header", "create", "--username", "bob", "--password-env", "LATIN"]);
    command.env("LATIN", bad);
    finish(command, b"").assert_status(2).assert_error("LATIN is not UTF-8");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_or_closed_output_is_an_error_and_no_panic() {
    use std::fs::OpenOptions;
    let arguments = ["header", "create", "--username", "bob", "--password-env", "PASSWORD"];
    let full = OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let outcome = wsse(&arguments)
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .and_then(std::process::Child::wait_with_output)
        .expect("the command runs");
    let error = String::from_utf8(outcome.stderr).expect("UTF-8");
    assert_eq!(outcome.status.code(), Some(2), "{error}");
    assert!(error.contains("wsse: Io: can't write to standard output: "), "{error}");

    // The reading end is gone before anything is written.
    for arguments in [&arguments[..], &["--help"], &["validate", "--json"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let outcome = wsse(arguments)
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .and_then(std::process::Child::wait_with_output)
            .expect("the command runs");
        let error = String::from_utf8(outcome.stderr).expect("UTF-8");
        assert_eq!(outcome.status.code(), Some(2), "{error}");
        assert!(error.contains("wsse: Io: can't write to standard output: "), "{error}");
    }
}
