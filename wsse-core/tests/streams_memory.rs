//! A long message is validated and protected in little memory, whatever its length. The file has one
//! test, as the memory is that of the whole process. `WSSE_STREAM_OCTETS=1000000000` makes it that long.
#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "the figures are what a reader of the test wants to see")]

#[path = "signatures/support.rs"]
#[allow(dead_code, reason = "shared with the tests of signatures")]
mod support;

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use support::{certificate, envelope, identity, inbound, outbound};
use wsse_core::{Call, Spool};

/// What both may need beyond the process as it was before.
const MOST: u64 = 8 << 10;

/// A message that is made while it is read.
struct Long {
    front: Vec<u8>,
    line: Vec<u8>,
    lines: u64,
    behind: Vec<u8>,
    position: u64,
}

impl Long {
    fn new(octets: u64) -> Self {
        let soap = envelope("1.2");
        let (front, behind) = soap.split_once("text &amp; more").unwrap();
        let line = "<line number='1'><part>text &amp; more</part><price>1.00</price></line>\n";
        Self {
            front: front.into(),
            line: line.into(),
            lines: octets / line.len() as u64,
            behind: behind.into(),
            position: 0,
        }
    }
}

impl Read for Long {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let front = self.front.len() as u64;
        let lines = front + self.lines * self.line.len() as u64;
        let place = |at: u64| usize::try_from(at).unwrap();
        let from = if self.position < front {
            &self.front[place(self.position)..]
        } else if self.position < lines {
            &self.line[place((self.position - front) % self.line.len() as u64)..]
        } else {
            &self.behind[place((self.position - lines).min(self.behind.len() as u64))..]
        };
        let count = from.len().min(into.len());
        into[..count].copy_from_slice(&from[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Long {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Start(position) => self.position = position,
            SeekFrom::Current(0) => {}
            _ => return Err(io::ErrorKind::Unsupported.into()),
        }
        Ok(self.position)
    }
}

/// Writes into a file, and shows it as it was committed.
struct Disk(fs::File);

impl Spool for Disk {
    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        io::Write::write_all(&mut self.0, octets)
    }

    fn commit(&mut self) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(0)).map(drop)
    }

    fn abort(&mut self) {}
}

/// KiB of this process: now, or at most since [`forget`].
fn memory(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|found| found.starts_with(line)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Where the kernel can't forget the most that there was, it is counted as well.
fn forget() -> u64 {
    let _ = fs::write("/proc/self/clear_refs", "5");
    memory("VmRSS:")
}

fn disk(name: &str) -> Disk {
    let path = std::env::temp_dir().join(format!("wsse-{name}-{}", std::process::id()));
    let file = fs::File::options().read(true).write(true).create_new(true).open(&path).unwrap();
    fs::remove_file(&path).unwrap();
    Disk(file)
}

#[test]
fn twenty_megabytes_are_read_in_eight() {
    let limits = "limits = { message = \"4 GiB\" }\n";
    let policy = format!("version = 1\norder = [\"timestamp\", \"signature\"]\n{limits}");
    let sender = outbound(&policy).identity("", identity("client")).build().unwrap();
    let policy = format!("version = 1\nrequire = {{ signed = [\"body\"] }}\n{limits}");
    let receiver = inbound(&policy).certificate("", certificate("client")).build().unwrap();
    // What is prepared once is no matter of the message.
    let mut warm = disk("warm");
    sender.protect_reader(Long::new(1000), &Call::default(), &mut warm).unwrap();
    receiver.validate_reader(&mut warm.0, &mut disk("warm-verified")).unwrap();

    let length = match std::env::var("WSSE_STREAM_OCTETS") {
        Ok(octets) => octets.parse().unwrap(),
        Err(_) => 20 << 20,
    };
    let mut signed = disk("signed");
    let before = forget();
    sender.protect_reader(Long::new(length), &Call::default(), &mut signed).unwrap();
    let signing = memory("VmHWM:").saturating_sub(before);
    let mut verified = disk("verified");
    let before = forget();
    let valid = receiver.validate_reader(&mut signed.0, &mut verified).unwrap();
    let verifying = memory("VmHWM:").saturating_sub(before);
    println!("{signing} KiB to sign {length} octets, {verifying} KiB to verify them");
    assert!(signing < MOST && verifying < MOST, "{signing} and {verifying} KiB, allowed {MOST}");
    assert!(valid.spooled().unwrap().length > length - 1000);
}
