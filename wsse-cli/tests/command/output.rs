//! Where the outcome goes: standard output, files, and who waits at a terminal.

use crate::common::{Folder, run};
use crate::message::ENVELOPE;
use std::fs;
use wsse_cli::Streams;

const PROTECT: [&str; 5] = ["protect", "--policy", "preset:timestamp", "--at", AT];
const AT: &str = "2024-05-01T12:00:00Z";

#[test]
fn a_file_is_replaced_as_a_whole_and_may_be_the_input() {
    let folder = Folder::new("replace");
    let message = folder.write("message.xml", ENVELOPE);
    let outcome = run(&[&PROTECT[..], &[&message, "-o", &message]].concat());
    outcome.assert_status(0);
    assert_eq!(outcome.output, "");
    let protected = fs::read_to_string(&message).expect("the message");
    assert!(protected.contains("Timestamp"), "{protected}");
    assert_eq!(folder.names(), ["message.xml"], "nothing temporary is left");

    // A second Timestamp is an error, and the file stays.
    run(&[&PROTECT[..], &[&message, "-o", &message]].concat()).assert_status(2);
    assert_eq!(fs::read_to_string(&message).expect("the message"), protected);
}

#[test]
fn a_refusal_writes_nothing() {
    let folder = Folder::new("refusal");
    let message = folder.write("message.xml", ENVELOPE);
    let output = folder.write("out.xml", "before");
    let validate = ["validate", "--policy", "preset:timestamp", &message, "-o", &output];
    run(&validate).assert_status(1).assert_error("InvalidSecurity");
    assert_eq!(fs::read_to_string(&output).expect("the output"), "before");
    assert_eq!(folder.names(), ["message.xml", "out.xml"]);
}

#[test]
fn with_json_the_object_alone_is_on_standard_output() {
    let folder = Folder::new("json");
    let message = folder.write("message.xml", ENVELOPE);
    let protected = folder.path("protected.xml");
    run(&[&PROTECT[..], &[&message, "-o", &protected]].concat()).assert_status(0);
    let validate = ["validate", "--policy", "preset:timestamp", "--at", AT, "--json", &protected];
    assert_eq!(run(&validate).assert_status(0).object()["verdict"], "valid");
    let output = folder.path("out.xml");
    let outcome = run(&[&validate[..], &["-o", &output]].concat());
    assert_eq!(outcome.assert_status(0).object()["verdict"], "valid");
    assert!(fs::read_to_string(&output).expect("the output").starts_with("<S:Envelope "));

    // What can't be written was not handed out: no object says valid.
    let nowhere = folder.path("missing/out.xml");
    let outcome = run(&[&validate[..], &["-o", &nowhere]].concat());
    assert_eq!(outcome.assert_status(2).object()["fault"], "Io");
    let outcome = run(&[&validate[..], &["-o", &folder.path("")]].concat());
    assert_eq!(outcome.assert_status(2).object()["fault"], "Io");
}

#[cfg(unix)]
#[test]
fn links_permissions_and_devices_stay_what_they_are() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    let folder = Folder::new("links");
    let message = folder.write("message.xml", ENVELOPE);
    let target = folder.write("target.xml", "before");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o600)).expect("permissions");
    let link = folder.path("link.xml");
    symlink(&target, &link).expect("a link");
    run(&[&PROTECT[..], &[&message, "-o", &link]].concat()).assert_status(0);
    assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
    assert!(fs::read_to_string(&target).expect("the target").contains("Timestamp"));
    let mode = fs::metadata(&target).expect("the target").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    run(&[&PROTECT[..], &[&message, "-o", "/dev/null"]].concat()).assert_status(0);
    assert!(fs::metadata("/dev/null").expect("/dev/null").file_type().is_char_device());
}

#[test]
fn a_dash_is_a_standard_stream() {
    let outcome = crate::common::run_with_input(
        &[&PROTECT[..], &["-", "-o", "-"]].concat(),
        ENVELOPE.as_bytes(),
    );
    outcome.assert_status(0);
    assert!(outcome.output.contains("Timestamp"));
}

#[test]
fn at_a_terminal_the_command_says_what_it_waits_for() {
    for (terminal, said) in [(true, "wsse: reading the message from standard input\n"), (false, "")]
    {
        let (mut output, mut error) = (Vec::new(), Vec::new());
        let status = wsse_cli::run(
            ["wsse"].iter().chain(&PROTECT).map(Into::into),
            &mut Streams {
                input: &mut ENVELOPE.as_bytes(),
                input_is_terminal: terminal,
                output: &mut output,
                error: &mut error,
                environment: &|_| None,
            },
        );
        assert_eq!(status, 0);
        assert!(!output.is_empty());
        assert_eq!(String::from_utf8(error).expect("UTF-8"), said);
    }
}
