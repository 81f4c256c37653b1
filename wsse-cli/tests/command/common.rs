//! Runs the built command.

use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What a run left behind.
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) output: String,
    pub(crate) error: String,
}

impl Outcome {
    /// The one object on standard output.
    #[track_caller]
    pub(crate) fn object(&self) -> Value {
        assert_eq!(self.output.matches('\n').count(), 1, "one line: {}", self.output);
        serde_json::from_str(&self.output)
            .unwrap_or_else(|error| panic!("{error} in {:?}, {}", self.output, self.error))
    }

    #[track_caller]
    pub(crate) fn assert_status(&self, status: i32) -> &Self {
        assert_eq!(self.status, status, "{}{}", self.output, self.error);
        assert!(!self.error.contains("panicked"), "{}", self.error);
        self
    }

    #[track_caller]
    pub(crate) fn assert_error(&self, text: &str) -> &Self {
        assert!(self.error.contains(text), "{text:?} is not in {:?}", self.error);
        self
    }
}

/// The command with these arguments, and with the passwords that the tests use in its
/// environment.
pub(crate) fn wsse(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wsse"));
    command
        .args(arguments)
        .env("PASSWORD", "taadtaadpstcsm")
        .env("SECRET", "secret")
        .env("OTHER", "other")
        .env("EMPTY", "")
        .env_remove("MISSING");
    command
}

/// Runs it with nothing on standard input.
pub(crate) fn run(arguments: &[&str]) -> Outcome {
    run_with_input(arguments, b"")
}

/// Runs it with these octets on standard input, through a pipe.
pub(crate) fn run_with_input(arguments: &[&str], input: &[u8]) -> Outcome {
    finish(wsse(arguments), input)
}

/// Runs a prepared command with these octets on standard input, through a pipe.
pub(crate) fn finish(mut command: Command, input: &[u8]) -> Outcome {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A command that has seen enough does not read to the end.
        let _ = pipe.write_all(&input);
    });
    let output = child.wait_with_output().expect("the command ends");
    writer.join().expect("the writer ends");
    Outcome {
        status: output.status.code().expect("an exit status, not a signal"),
        output: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
        error: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
    }
}

/// A folder of this test alone, empty, and gone with the value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("wsse-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a path in UTF-8").to_owned()
    }

    pub(crate) fn write(&self, name: &str, octets: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, octets).expect("the file is written");
        path
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(&self.0)
            .expect("the folder is read")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
