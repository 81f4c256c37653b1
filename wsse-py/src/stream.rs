//! Messages that are read from file objects, and where their content goes.

use crate::callback::{Callback, Held};
use crate::error::{io_error, misuse};
use crate::octets::{octets, wrong_type};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use wsse_core::{Cause, Error, Spool};

/// Octets that are asked for at once.
const ASKED: usize = 256 << 10;

/// A binary file object that is read.
pub(crate) struct Source {
    file: Callback,
    /// Whether it has `read`; else it has `readinto`.
    reads: bool,
}

impl Source {
    pub(crate) fn new(file: &Bound<'_, PyAny>) -> PyResult<Self> {
        let reads = file.hasattr("read")?;
        if !reads && !file.hasattr("readinto")? {
            return Err(wrong_type("source", "a binary file object", file));
        }
        let (held, what) = (&mut Held::default(), "the stream");
        let file = Callback::new(held, file.clone().unbind(), what, Cause::InputOutput);
        Ok(Self { file, reads })
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(ASKED);
        let reads = self.reads;
        let read = |file: &Bound<'_, PyAny>| {
            if !reads {
                let buffer = PyByteArray::new(file.py(), &vec![0; most]);
                let count: usize = file.call_method1("readinto", (&buffer,))?.extract()?;
                return Ok(buffer.to_vec().get(..count).map(<[u8]>::to_vec));
            }
            let given = file.call_method1("read", (most,))?;
            if given.is_none() {
                let reason = "a stream that does not wait for its octets can't be read";
                return Err(PyTypeError::new_err(reason));
            }
            Ok(octets("what the stream returns", &given)?.get(..).map(<[u8]>::to_vec))
        };
        let octets = self.file.run(read).map_err(told)?.unwrap_or_default();
        let Some(into) = into.get_mut(..octets.len()) else {
            return Err(io::Error::other("the stream returned more octets than were asked for"));
        };
        into.copy_from_slice(&octets);
        Ok(octets.len())
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (offset, whence): (i64, u8) = match to {
            SeekFrom::Start(offset) => (i64::try_from(offset).unwrap_or(i64::MAX), 0),
            SeekFrom::Current(offset) => (offset, 1),
            SeekFrom::End(offset) => (offset, 2),
        };
        self.file
            .run(|file| {
                if (offset, whence) == (0, 1) {
                    return file.call_method0("tell")?.extract();
                }
                file.call_method1("seek", (offset, whence))?;
                file.call_method0("tell")?.extract()
            })
            .map_err(told)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands on")]
fn told(error: Error) -> io::Error {
    io::Error::other(error.reason().to_owned())
}

/// A file on disk that holds what is written until it is known whether a message is accepted.
///
/// path: the file that it becomes then, in one step; what was there stays until then, and where the
/// message is refused. A new file can be read by this user alone. Without a path the file has no
/// lasting name, and is handed over by file().
///
/// Raises wsse.Io where the file can't be made.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct FileSpool(Mutex<Option<wsse_stores::FileSpool>>);

#[pymethods]
impl FileSpool {
    #[new]
    #[pyo3(signature = (path = None))]
    #[expect(clippy::needless_pass_by_value, reason = "what Python hands over")]
    fn new(py: Python<'_>, path: Option<PathBuf>) -> PyResult<Self> {
        let made = match &path {
            Some(path) => wsse_stores::FileSpool::replacing(path),
            None => wsse_stores::FileSpool::temporary(&std::env::temp_dir()),
        };
        let spool = made.map_err(|error| io_error(py, "a spool can't be made", &error))?;
        Ok(Self(Mutex::new(Some(spool))))
    }

    /// What was written, as a binary file object at its beginning. It can be had once.
    ///
    /// Raises wsse.Misuse where nothing was accepted, and for a spool with a path.
    fn file<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let spool = self.take();
        match spool.and_then(wsse_stores::FileSpool::into_file) {
            Some(file) => open(py, file),
            None => Err(misuse(py, "there is no file: no message was accepted, or it was taken")),
        }
    }
}

impl FileSpool {
    fn take(&self) -> Option<wsse_stores::FileSpool> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, spool: wsse_stores::FileSpool) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(spool);
    }
}

#[cfg(unix)]
fn open(py: Python<'_>, file: std::fs::File) -> PyResult<Bound<'_, PyAny>> {
    let descriptor = std::os::fd::IntoRawFd::into_raw_fd(file);
    py.import("os")?.call_method1("fdopen", (descriptor, "rb"))
}

#[cfg(windows)]
fn open(py: Python<'_>, file: std::fs::File) -> PyResult<Bound<'_, PyAny>> {
    let handle = std::os::windows::io::IntoRawHandle::into_raw_handle(file) as isize;
    let (os, msvcrt) = (py.import("os")?, py.import("msvcrt")?);
    let flags = os.getattr("O_RDONLY")?;
    let descriptor = msvcrt.call_method1("open_osfhandle", (handle, flags))?;
    os.call_method1("fdopen", (descriptor, "rb"))
}

/// Where content goes.
pub(crate) enum Target<'t> {
    /// A file of ours.
    File(&'t FileSpool, wsse_stores::FileSpool),
    /// An object that knows what is accepted.
    Spool(Callback),
    /// A file object, which gets everything when it is accepted.
    Copied(Callback, wsse_stores::FileSpool),
}

impl<'t> Target<'t> {
    pub(crate) fn new(target: &'t Bound<'_, PyAny>) -> PyResult<Self> {
        let py = target.py();
        if let Ok(file) = target.cast::<FileSpool>() {
            let spool = file.get().take().ok_or_else(|| misuse(py, "the spool is in use"))?;
            return Ok(Self::File(file.get(), spool));
        }
        let callback = |what| {
            let (held, object) = (&mut Held::default(), target.clone().unbind());
            Callback::new(held, object, what, Cause::InputOutput)
        };
        if target.hasattr("commit")? && target.hasattr("abort")? && target.hasattr("write")? {
            return Ok(Self::Spool(callback("the spool")));
        }
        if target.hasattr("write")? {
            let spool = wsse_stores::FileSpool::temporary(&std::env::temp_dir())
                .map_err(|error| io_error(py, "a temporary file can't be made", &error))?;
            return Ok(Self::Copied(callback("the file"), spool));
        }
        let expected =
            "a wsse.FileSpool, a binary file object, or an object with write, commit and abort";
        Err(wrong_type("spool", expected, target))
    }

    /// Gives a file of ours back.
    pub(crate) fn finish(self) {
        if let Self::File(file, spool) = self {
            file.put(spool);
        }
    }
}

fn write(file: &Bound<'_, PyAny>, octets: &[u8]) -> PyResult<()> {
    let mut rest = octets;
    while !rest.is_empty() {
        let written = file.call_method1("write", (PyBytes::new(file.py(), rest),))?;
        // An unbuffered file may take less; other objects need not say what they took.
        let taken = if written.is_none() { rest.len() } else { written.extract()? };
        rest = rest.get(taken.max(1)..).unwrap_or_default();
    }
    Ok(())
}

impl Spool for Target<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        match self {
            Self::File(_, spool) | Self::Copied(_, spool) => spool.write(octets),
            Self::Spool(spool) => spool
                .run(|spool| {
                    spool.call_method1("write", (PyBytes::new(spool.py(), octets),)).map(drop)
                })
                .map_err(told),
        }
    }

    fn commit(&mut self) -> io::Result<()> {
        match self {
            Self::File(_, spool) => spool.commit(),
            Self::Spool(spool) => {
                spool.run(|spool| spool.call_method0("commit").map(drop)).map_err(told)
            }
            Self::Copied(file, spool) => {
                spool.commit()?;
                let Some(mut octets) = spool.take_file() else { return Ok(()) };
                let mut buffer = vec![0; ASKED];
                loop {
                    let count = octets.read(&mut buffer)?;
                    let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else {
                        break;
                    };
                    file.run(|file| write(file, piece)).map_err(told)?;
                }
                file.run(|file| match file.hasattr("flush")? {
                    true => file.call_method0("flush").map(drop),
                    false => Ok(()),
                })
                .map_err(told)
            }
        }
    }

    fn abort(&mut self) {
        match self {
            Self::File(_, spool) | Self::Copied(_, spool) => spool.abort(),
            // Why the message is refused is what the caller must learn.
            Self::Spool(spool) => spool.tell(|spool| spool.call_method0("abort").map(drop)),
        }
    }
}

/// What was written into the spool.
#[pyclass(frozen, module = "wsse")]
pub(crate) struct Spooled(pub(crate) wsse_core::inbound::Spooled);

#[pymethods]
impl Spooled {
    /// Whether it is what the required signatures cover, as ValidatedMessage.document has it; else
    /// no signature protects it, as ValidatedMessage.unsigned_document has it.
    #[getter]
    fn signed(&self) -> bool {
        self.0.signed
    }

    /// Its octets.
    #[getter]
    fn length(&self) -> u64 {
        self.0.length
    }

    /// Where the Body begins and ends in it.
    #[getter]
    fn body(&self) -> (u64, u64) {
        (self.0.body.start, self.0.body.end)
    }
}
