//! The programs of tests/c.

use crate::compile::{Mode, compile_and_run};
use crate::library::{Library, manifest};

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
