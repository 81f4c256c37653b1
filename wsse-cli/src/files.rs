//! Reading messages and policies, and writing what comes of them.

use crate::Streams;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use wsse_core::{Cause, Error};

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
    let (target, permissions) = match fs::metadata(path) {
        // Devices and pipes take what is written; putting a file in their place would break them.
        Ok(metadata) if !metadata.is_file() => {
            return OpenOptions::new().write(true).open(path)?.write_all(octets);
        }
        // Through a link, so that the link stays.
        Ok(metadata) => (fs::canonicalize(path)?, Some(metadata.permissions())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_owned(), None),
        Err(error) => return Err(error),
    };
    let (temporary, file) = create_beside(&target)?;
    let outcome = fill(file, permissions, octets).and_then(|()| fs::rename(&temporary, &target));
    if outcome.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    outcome
}

fn fill(mut file: File, permissions: Option<Permissions>, octets: &[u8]) -> io::Result<()> {
    // First, so that nobody reads the new content who could not read the old one.
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    file.write_all(octets)?;
    file.sync_all()
}

fn create_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let Some(name) = target.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
    };
    let mut attempt = 0;
    loop {
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}-{attempt}.wsse", std::process::id()));
        let temporary = target.with_file_name(hidden);
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 100 => {
                attempt += 1;
            }
            outcome => return outcome.map(|file| (temporary, file)),
        }
    }
}
