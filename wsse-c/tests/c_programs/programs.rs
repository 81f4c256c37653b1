//! The programs of tests/c.

use crate::compile::{Mode, compile_and_run, compile_with_and_run};
use crate::library::{Library, has, manifest, work};
use std::path::Path;

/// How many messages the threads share; fewer where every step costs fifty.
fn messages(mode: Mode) -> &'static str {
    match mode {
        Mode::Shared => "10000",
        Mode::Static => "2000",
        Mode::Valgrind => "100",
        Mode::Sanitizers => "1000",
    }
}

fn run_in_every_mode(name: &str) {
    let source = manifest().join("tests/c").join(name);
    for mode in Mode::ALL {
        compile_and_run(Library::plain(), &source, mode, &[]);
    }
}

#[test]
fn messages_from_end_to_end() {
    run_in_every_mode("messages.c");
}

#[test]
fn headers_from_end_to_end() {
    run_in_every_mode("headers.c");
}

#[test]
fn signatures_from_end_to_end() {
    run_in_every_mode("signatures.c");
}

#[test]
fn encryption_from_end_to_end() {
    run_in_every_mode("encryption.c");
}

#[test]
fn streams_from_end_to_end() {
    run_in_every_mode("streams.c");
}

#[test]
fn keys_elsewhere_and_the_last_word() {
    run_in_every_mode("remote.c");
}

#[test]
fn the_examples_sign_and_validate() {
    let keys = manifest().join("../vectors/keys");
    let key = |name: &str| keys.join(name).display().to_string();
    let (private, certificate) = (key("client.key.pem"), key("client.crt.pem"));
    let envelope = work().join("envelope.xml");
    let signed = work().join("signed.xml");
    std::fs::write(
        &envelope,
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><hello \
         xmlns=\"urn:hello\"/></s:Body></s:Envelope>",
    )
    .expect("a file below target");
    let (envelope, message) = (envelope.display().to_string(), signed.display().to_string());
    let example = |name: &str| manifest().join("../examples/c").join(name);
    for mode in Mode::ALL {
        let arguments = [private.as_str(), &certificate, &envelope];
        let source = example("sign_message.c");
        let Some(said) = compile_and_run(Library::plain(), &source, mode, &arguments) else {
            continue;
        };
        std::fs::write(&signed, said).expect("a file below target");
        let arguments = [certificate.as_str(), &message];
        let source = example("validate_message.c");
        let said = compile_and_run(Library::plain(), &source, mode, &arguments);
        let said = said.expect("a mode that this machine has");
        assert!(said.starts_with("signed: /Envelope/Body\n"), "{said}");
        assert!(said.contains("<hello xmlns=\"urn:hello\"/>"), "{said}");
    }
}

#[test]
fn callbacks_are_called_and_freed() {
    run_in_every_mode("callbacks.c");
}

#[test]
fn exactly_one_of_equal_messages_passes_in_eight_threads() {
    let source = manifest().join("tests/c/threads.c");
    for mode in Mode::ALL {
        let count = messages(mode);
        if let Some(said) = compile_and_run(Library::plain(), &source, mode, &[count]) {
            assert_eq!(said, format!("{count} messages passed once\n"), "{mode:?}");
        }
    }
}

#[test]
fn the_library_lives_beside_the_program_s_own_openssl() {
    let source = manifest().join("tests/c/neighbours.c");
    if !Path::new("/usr/include/openssl/evp.h").exists() {
        println!("SKIPPED: a program that links libcrypto: there is no libssl-dev on this machine");
        return;
    }
    let mut arguments = vec!["-lcrypto"];
    if has("curl-config", "libcurl in that program (libcurl4-openssl-dev)") {
        arguments.extend(["-DWITH_CURL", "-lcurl"]);
    }
    for mode in [Mode::Shared, Mode::Static] {
        compile_with_and_run(Library::plain(), &source, mode, &arguments);
    }
}
