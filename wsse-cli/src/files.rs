//! Reading messages and policies, and writing what comes of them.

use crate::Streams;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use wsse_core::{Cause, Error, Spool};
use wsse_stores::FileSpool;

/// Reads a file, or standard input, up to one octet more than `limit`: enough to see that it is
/// too large, and no more than that in memory.
pub(crate) fn read(
    path: Option<&Path>,
    limit: usize,
    what: &str,
    streams: &mut Streams<'_>,
) -> Result<Vec<u8>, Error> {
    if let Some(path) = path.filter(|path| path.as_os_str() != "-") {
        return read_file(path, limit, what);
    }
    if streams.input_is_terminal {
        // Else a person would wait for a command that waits for them.
        let _ = writeln!(streams.error, "wsse: reading {what} from standard input");
    }
    take(&mut *streams.input, limit)
        .map_err(|error| failed(&format!("can't read {what} from standard input"), &error))
}

/// Reads a file up to one octet more than `limit`.
pub(crate) fn read_file(path: &Path, limit: usize, what: &str) -> Result<Vec<u8>, Error> {
    File::open(path)
        .and_then(|file| take(file, limit))
        .map_err(|error| failed(&format!("can't read {what} from {}", path.display()), &error))
}

fn take(source: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    source.take(bound).read_to_end(&mut octets)?;
    Ok(octets)
}

/// Writes to a file, or to standard output.
///
/// A file is replaced in one step when everything is written: it holds the old content or the
/// new one, never a part, and may be the file that was read.
pub(crate) fn write(
    path: Option<&Path>,
    octets: &[u8],
    streams: &mut Streams<'_>,
) -> Result<(), Error> {
    match path.filter(|path| path.as_os_str() != "-") {
        Some(path) => replace(path, octets)
            .map_err(|error| failed(&format!("can't write to {}", path.display()), &error)),
        None => write_output(octets, streams),
    }
}

/// Writes to standard output.
pub(crate) fn write_output(octets: &[u8], streams: &mut Streams<'_>) -> Result<(), Error> {
    streams
        .output
        .write_all(octets)
        .and_then(|()| streams.output.flush())
        .map_err(|error| failed("can't write to standard output", &error))
}

fn failed(what: &str, error: &io::Error) -> Error {
    Error::new(Cause::InputOutput, format!("{what}: {error}"))
}

fn replace(path: &Path, octets: &[u8]) -> io::Result<()> {
    if is_special(path) {
        return OpenOptions::new().write(true).open(path)?.write_all(octets);
    }
    let mut spool = FileSpool::replacing_as_usual(path)?;
    spool.write(octets)?;
    spool.commit()
}

/// Devices and pipes take what is written; putting a file in their place would break them.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file())
}

/// Files from which on a message is read as a stream: what is shorter is held in memory, which is
/// quicker and knows more encodings.
const STREAMED: u64 = 4 << 20;

/// The file that is to be read, if it is so large that it is not held in memory, and its octets.
pub(crate) fn large(path: Option<&Path>) -> Option<(File, u64)> {
    let path = path.filter(|path| path.as_os_str() != "-")?;
    let length = fs::metadata(path).ok().filter(fs::Metadata::is_file)?.len();
    // What can't be opened is told by whoever opens it then.
    (length >= STREAMED).then(|| File::open(path).ok().map(|file| (file, length)))?
}

/// Where the content of a large message goes while it is not known whether it is accepted.
pub(crate) enum Out<'o> {
    /// A file, which is replaced then.
    File(FileSpool),
    /// A temporary one, which is copied then.
    Copied(FileSpool, Option<&'o Path>),
    /// Nowhere.
    Discarded,
}

impl<'o> Out<'o> {
    /// For OUT, or for standard output.
    pub(crate) fn to(path: Option<&'o Path>) -> Result<Self, Error> {
        let path = path.filter(|path| path.as_os_str() != "-");
        match path.filter(|path| !is_special(path)) {
            Some(file) => FileSpool::replacing_as_usual(file)
                .map(Self::File)
                .map_err(|error| failed(&format!("can't write to {}", file.display()), &error)),
            None => FileSpool::temporary(&std::env::temp_dir())
                .map(|spool| Self::Copied(spool, path))
                .map_err(|error| failed("can't write a temporary file", &error)),
        }
    }

    /// Hands on what was committed.
    pub(crate) fn finish(self, streams: &mut Streams<'_>) -> Result<(), Error> {
        let Self::Copied(spool, path) = self else { return Ok(()) };
        let Some(mut file) = spool.into_file() else { return Ok(()) };
        match path {
            Some(path) => OpenOptions::new()
                .write(true)
                .open(path)
                .and_then(|mut device| io::copy(&mut file, &mut device))
                .map_err(|error| failed(&format!("can't write to {}", path.display()), &error))?,
            None => io::copy(&mut file, streams.output)
                .and_then(|copied| streams.output.flush().map(|()| copied))
                .map_err(|error| failed("can't write to standard output", &error))?,
        };
        Ok(())
    }
}

impl Spool for Out<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        match self {
            Self::File(spool) | Self::Copied(spool, _) => spool.write(octets),
            Self::Discarded => Ok(()),
        }
    }

    fn commit(&mut self) -> io::Result<()> {
        match self {
            Self::File(spool) | Self::Copied(spool, _) => spool.commit(),
            Self::Discarded => Ok(()),
        }
    }

    fn abort(&mut self) {
        if let Self::File(spool) | Self::Copied(spool, _) = self {
            spool.abort();
        }
    }
}
