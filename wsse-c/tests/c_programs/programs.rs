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

/// What one example says of the message that another one made, in every mode that this machine has.
fn made_and_read(maker: (&str, &[&str]), reader: (&str, &[&str])) -> Vec<String> {
    let path = |file: std::path::PathBuf| file.display().to_string();
    let envelope = path(work().join(format!("{}.envelope.xml", maker.0)));
    let message = path(work().join(format!("{}.message.xml", maker.0)));
    std::fs::write(
        &envelope,
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><hello \
         xmlns=\"urn:hello\"/></s:Body></s:Envelope>",
    )
    .expect("a file below target");
    let run = |mode, (name, keys): (&str, &[&str]), last: &str| {
        let keys = keys.iter().map(|key| path(manifest().join("../vectors/keys").join(key)));
        let arguments: Vec<_> = keys.chain([last.to_owned()]).collect();
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let source = manifest().join("../examples/c").join(name);
        compile_and_run(Library::plain(), &source, mode, &arguments)
    };
    let mut said = Vec::new();
    for mode in Mode::ALL {
        let Some(made) = run(mode, maker, &envelope) else {
            continue;
        };
        std::fs::write(&message, made).expect("a file below target");
        said.push(run(mode, reader, &message).expect("a mode that this machine has"));
    }
    said
}

#[test]
fn the_examples_sign_and_validate() {
    let signs = ("sign_message.c", ["client.key.pem", "client.crt.pem"].as_slice());
    let validates = ("validate_message.c", ["client.crt.pem"].as_slice());
    for said in made_and_read(signs, validates) {
        assert!(said.starts_with("signed: /Envelope/Body\n"), "{said}");
        assert!(said.contains("<hello xmlns=\"urn:hello\"/>"), "{said}");
    }
}

#[test]
fn the_examples_encrypt_and_decrypt() {
    let encrypts = ["client.key.pem", "client.crt.pem", "server.crt.pem"];
    let decrypts = ["server.key.pem", "server.crt.pem", "client.crt.pem"];
    for said in made_and_read(("encrypt_message.c", &encrypts), ("decrypt_message.c", &decrypts)) {
        assert!(said.contains("encrypted: /Envelope/Body, its content\n"), "{said}");
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
