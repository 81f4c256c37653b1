//! Signing and checking what is read from a file, in a process that never holds it.

use crate::serve::{Case, Prepared};
use crate::signatures::{Signed, inbound, outbound};
use std::fs::File;
use std::io;
use wsse_core::{Call, Spool};

/// The message of these cases is `path:FILE`.
pub(crate) fn find(name: &str) -> Option<Case> {
    match name {
        "sign-stream" => Some(|path, _| sign(path, Signed::BodyAndTimestamp)),
        "sign-stream-beside" => Some(|path, _| sign(path, Signed::WithSecondThread)),
        "verify-stream" => Some(|path, _| verify(path, Signed::BodyAndTimestamp)),
        "verify-stream-beside" => Some(|path, _| verify(path, Signed::WithSecondThread)),
        _ => None,
    }
}

fn sign(path: Vec<u8>, signed: Signed) -> Prepared {
    let outbound = outbound(signed);
    Prepared::new(length(&path), move || {
        let mut written = Counted(0);
        let done = outbound.protect_reader(open(&path), &Call::default(), &mut written);
        done.expect("the message can be protected");
        assert!(written.0 > 0, "it is handed out");
    })
}

fn verify(path: Vec<u8>, signed: Signed) -> Prepared {
    let inbound = inbound(signed);
    Prepared::new(length(&path), move || {
        let mut written = Counted(0);
        let valid = inbound.validate_reader(open(&path), &mut written).expect("the message passes");
        assert!(valid.spooled().is_some_and(|all| all.length == written.0), "it is handed out");
    })
}

fn open(path: &[u8]) -> File {
    let path = std::str::from_utf8(path).expect("the path is text");
    File::open(path).expect("the message can be read")
}

fn length(path: &[u8]) -> usize {
    let length = open(path).metadata().expect("it is a file").len();
    usize::try_from(length).expect("it fits the address space")
}

/// What a spool costs is nothing that is measured here.
struct Counted(u64);

impl Spool for Counted {
    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        self.0 += octets.len() as u64;
        Ok(())
    }

    fn commit(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn abort(&mut self) {}
}
