//! Messages that are too large to be held in memory: read as streams, written when they are accepted.

use crate::common::{Folder, run, wsse};
use std::fs;
use std::path::Path;

const AT: &str = "2026-05-01T12:00:00Z";

fn key(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/keys").join(name);
    file.to_string_lossy().into_owned()
}

/// A message of more than four mebibytes.
fn large() -> String {
    let line = "<line number='1'><part>text &amp; more</part></line>\n".repeat(90_000);
    format!(
        "<S:Envelope xmlns:S='http://schemas.xmlsoap.org/soap/envelope/'>\
         <S:Body><o xmlns='urn:o'>{line}</o></S:Body></S:Envelope>"
    )
}

#[test]
fn a_large_message_is_what_a_small_one_is() {
    let folder = Folder::new("large");
    let message = folder.write("message.xml", large());
    let signed = folder.path("signed.xml");
    let (private, certificate) = (key("client.key.pem"), key("client.crt.pem"));
    let sign = ["sign", "--key", &private, "--cert", &certificate, "--at", AT, &message];
    run(&[&sign[..], &["-o", &signed]].concat()).assert_status(0);
    let verify = ["verify", "--cert", &certificate, "--at", AT, &signed];
    let document = folder.path("document.xml");
    run(&[&verify[..], &["-o", &document]].concat()).assert_status(0);
    let written = fs::read_to_string(&document).expect("the document");
    assert!(written.starts_with("<S:Envelope ") && written.ends_with("</S:Body></S:Envelope>"));
    assert!(written.len() > 4 << 20 && !written.contains("Security"));
    // On standard output too, and with an object and nothing else there.
    let outcome = run(&verify);
    outcome.assert_status(0);
    assert!(outcome.output == written);
    let outcome = run(&[&verify[..], &["--json"]].concat());
    assert_eq!(outcome.assert_status(0).object()["signed"][0]["path"], "/Envelope/Body");
    // The file that is read may be the one that is written.
    run(&[&verify[..], &["-o", &signed]].concat()).assert_status(0);
    assert!(fs::read_to_string(&signed).expect("the document") == written);
    assert_eq!(folder.names(), ["document.xml", "message.xml", "signed.xml"]);
}

#[test]
fn a_refusal_of_a_large_message_writes_nothing() {
    let folder = Folder::new("large-refused");
    let message = folder.write("message.xml", large());
    let output = folder.write("out.xml", "before");
    let signed = folder.path("signed.xml");
    let (private, certificate) = (key("client.key.pem"), key("client.crt.pem"));
    let sign = ["sign", "--key", &private, "--cert", &certificate, &message, "-o", &signed];
    run(&sign).assert_status(0);
    let changed = fs::read_to_string(&signed).expect("the message");
    let last = changed.rfind("more").expect("a text");
    let changed = format!("{}mare{}", &changed[..last], &changed[last + 4..]);
    fs::write(&signed, changed).expect("the message");
    for out in [&["-o", &output][..], &[], &["--json"]] {
        let verify = [&["verify", "--cert", &certificate, &signed], out].concat();
        let outcome = run(&verify);
        outcome.assert_status(1).assert_error("FailedCheck");
        assert!(outcome.output.len() < 2000, "only a verdict: {}", outcome.output.len());
    }
    assert_eq!(fs::read_to_string(&output).expect("the output"), "before");
    // What is no message is not signed.
    let broken = folder.write("message.xml", large().replace("</o>", "</p>"));
    let sign = ["sign", "--key", &private, "--cert", &certificate, &broken, "-o", &output];
    run(&sign).assert_status(1).assert_error("Malformed");
    assert_eq!(fs::read_to_string(&output).expect("the output"), "before");
    assert_eq!(folder.names(), ["message.xml", "out.xml", "signed.xml"]);
}

#[test]
fn what_can_not_be_read_from_a_stream_is_held_in_memory() {
    let folder = Folder::new("large-encoded");
    let text = format!("\u{FEFF}{}", large());
    let sixteen: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let message = folder.path("message.xml");
    fs::write(&message, &sixteen).expect("the message");
    let output = folder.path("out.xml");
    let protect = ["protect", "--policy", "preset:timestamp", &message, "-o", &output];
    run(&protect).assert_status(0);
    let written = fs::read_to_string(&output).expect("the message");
    assert!(written.contains("Timestamp") && written.ends_with("</S:Envelope>"));
}

#[test]
fn a_policy_limits_a_large_message_and_its_absence_does_not() {
    let folder = Folder::new("large-limits");
    let message = folder.write("message.xml", large());
    let output = folder.path("out.xml");
    for (limit, status) in [("8 MiB", 0), ("4 MiB", 1)] {
        let policy =
            format!("version = 1\norder = [\"timestamp\"]\nlimits = {{ message = \"{limit}\" }}");
        let policy = folder.write("policy.toml", &policy);
        let outcome = run(&["protect", "--policy", &policy, &message, "-o", &output]);
        outcome.assert_status(status);
        if status == 1 {
            outcome.assert_error("LimitExceeded");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_device_takes_a_large_message() {
    let folder = Folder::new("large-device");
    let message = folder.write("message.xml", large());
    let protect = ["protect", "--policy", "preset:timestamp", &message, "-o", "/dev/null"];
    let outcome = wsse(&protect).output().expect("the command runs");
    assert!(outcome.status.success() && outcome.stdout.is_empty());
}
