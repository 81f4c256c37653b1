//! A spool on disk.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use wsse_core::Spool;

/// Holds what is written in a temporary file, which becomes another one, or is handed over, when it is
/// committed. Aborted, or dropped before, it is gone.
///
/// ```
/// use wsse_core::Spool;
/// use wsse_stores::FileSpool;
/// use std::io::Read;
///
/// let mut spool = FileSpool::temporary(&std::env::temp_dir())?;
/// spool.write(b"<a/>")?;
/// spool.commit()?;
/// let mut octets = String::new();
/// spool.into_file().expect("it was committed").read_to_string(&mut octets)?;
/// assert_eq!(octets, "<a/>");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct FileSpool {
    file: Option<File>,
    /// Where it is, as long as it has a name of its own.
    path: Option<PathBuf>,
    /// What it becomes.
    target: Option<Target>,
    committed: bool,
}

#[derive(Debug)]
struct Target {
    path: PathBuf,
    /// Those of the file that is there.
    permissions: Option<Permissions>,
}

impl FileSpool {
    /// A file without a lasting name in this folder, such as [`std::env::temp_dir`], which nobody but
    /// this user can open.
    ///
    /// # Errors
    /// What the system says.
    pub fn temporary(folder: &Path) -> io::Result<Self> {
        let (path, file) = create(folder, "wsse".as_ref(), true)?;
        // Where the system allows it, the file has no name from now on.
        let path = match cfg!(unix) {
            true => fs::remove_file(&path).err().map(|_| path),
            false => Some(path),
        };
        Ok(Self { file: Some(file), path, target: None, committed: false })
    }

    /// A file beside `target`, which takes its place in one step when it is committed: there is the
    /// old content or the new one, never a part. A file that is there keeps its permissions; a new one
    /// can be read and written by this user alone. Through a symbolic link, so that the link stays.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::InvalidInput`] where `target` is there and is no file.
    pub fn replacing(target: &Path) -> io::Result<Self> {
        Self::beside(target, true)
    }

    /// The same, where a new file has the permissions that new files usually have here.
    ///
    /// # Errors
    /// As [`Self::replacing`].
    pub fn replacing_as_usual(target: &Path) -> io::Result<Self> {
        Self::beside(target, false)
    }

    fn beside(target: &Path, private: bool) -> io::Result<Self> {
        let invalid = |reason| io::Error::new(io::ErrorKind::InvalidInput, reason);
        let target = match fs::metadata(target) {
            Ok(metadata) if !metadata.is_file() => {
                return Err(invalid("the path names no file, but something else"));
            }
            Ok(metadata) => Target {
                path: fs::canonicalize(target)?,
                permissions: Some(metadata.permissions()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Target { path: target.to_owned(), permissions: None }
            }
            Err(error) => return Err(error),
        };
        let Some(name) = target.path.file_name() else {
            return Err(invalid("the path names no file"));
        };
        let folder = target.path.parent().unwrap_or(Path::new(""));
        let (path, file) = create(folder, name, private)?;
        // First, so that nobody reads the new content who could not read the old one. What fails here
        // leaves nothing behind.
        let allowed = match &target.permissions {
            Some(permissions) => file.set_permissions(permissions.clone()),
            None => Ok(()),
        };
        let target = Some(target);
        let spool = Self { file: Some(file), path: Some(path), target, committed: false };
        allowed.map(|()| spool)
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let Some(file) = &mut self.file else {
            return Err(io::Error::other("a spool is committed behind its end"));
        };
        if let Some(target) = &self.target {
            file.sync_all()?;
            if let Some(path) = &self.path {
                fs::rename(path, &target.path)?;
            }
            self.path = None;
        }
        file.seek(SeekFrom::Start(0))?;
        self.committed = true;
        Ok(())
    }

    /// Takes away what has a name of its own.
    fn remove(&mut self) {
        if let Some(path) = self.path.take() {
            // There is nobody to tell.
            let _ = fs::remove_file(path);
        }
    }

    /// The file, at its beginning, if it was committed.
    #[must_use]
    pub fn into_file(mut self) -> Option<File> {
        self.take_file()
    }

    /// The same, and none afterwards.
    #[must_use]
    pub fn take_file(&mut self) -> Option<File> {
        self.file.take_if(|_| self.committed)
    }
}

impl Spool for FileSpool {
    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        match &mut self.file {
            Some(file) if !self.committed => file.write_all(octets),
            _ => Err(io::Error::other("a spool is written to behind its end")),
        }
    }

    fn commit(&mut self) -> io::Result<()> {
        let outcome = self.hand_over();
        if outcome.is_err() {
            self.abort();
        }
        outcome
    }

    fn abort(&mut self) {
        self.file = None;
        self.committed = false;
        self.remove();
    }
}

impl Drop for FileSpool {
    fn drop(&mut self) {
        self.file = None;
        self.remove();
    }
}

/// A file that nobody else has, with a name that begins with a dot.
fn create(folder: &Path, name: &std::ffi::OsStr, private: bool) -> io::Result<(PathBuf, File)> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut attempt = 0;
    loop {
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}-{attempt}.wsse", std::process::id()));
        let path = folder.join(hidden);
        match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 10_000 => {
                attempt += 1;
            }
            outcome => return outcome.map(|file| (path, file)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn files(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn a_file_is_replaced_when_it_is_committed_and_not_before() {
        let folder = Folder::new("wsse-spool-replaced");
        let target = folder.0.join("out.xml");
        fs::write(&target, "old").unwrap();
        let mut spool = FileSpool::replacing(&target).unwrap();
        spool.write(b"ne").unwrap();
        spool.write(b"w").unwrap();
        assert_eq!((fs::read(&target).unwrap(), folder.files().len()), (b"old".to_vec(), 2));
        spool.commit().unwrap();
        assert_eq!(
            (fs::read(&target).unwrap(), folder.files()),
            (b"new".to_vec(), vec!["out.xml".into()])
        );
        assert!(spool.write(b"more").is_err());
        drop(spool);
        assert_eq!(fs::read(&target).unwrap(), b"new");
    }

    #[test]
    fn what_is_aborted_or_forgotten_is_gone() {
        let folder = Folder::new("wsse-spool-aborted");
        let target = folder.0.join("out.xml");
        for aborted in [true, false] {
            let mut spool = FileSpool::replacing(&target).unwrap();
            spool.write(b"new").unwrap();
            assert_eq!(folder.files().len(), 1);
            if aborted {
                spool.abort();
                assert!(folder.files().is_empty());
                assert!(spool.write(b"more").is_err() && spool.commit().is_err());
                assert!(spool.into_file().is_none());
            } else {
                drop(spool);
            }
            assert!(folder.files().is_empty());
        }
        let mut spool = FileSpool::temporary(&folder.0).unwrap();
        spool.write(b"new").unwrap();
        assert!(spool.into_file().is_none());
        assert!(folder.files().is_empty());
    }

    #[test]
    fn a_commit_that_fails_leaves_nothing() {
        let folder = Folder::new("wsse-spool-failed");
        let inner = folder.0.join("inner");
        fs::create_dir(&inner).unwrap();
        let mut spool = FileSpool::replacing(&inner.join("out.xml")).unwrap();
        spool.write(b"new").unwrap();
        // Something that a file can't replace has come meanwhile.
        fs::create_dir(inner.join("out.xml")).unwrap();
        assert!(spool.commit().is_err());
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 1);
        assert!(spool.into_file().is_none());
        assert!(FileSpool::replacing(&inner).is_err());
        assert!(FileSpool::replacing(&folder.0.join("absent/out.xml")).is_err());
    }

    #[test]
    fn a_temporary_file_is_handed_over_from_its_beginning() {
        let folder = Folder::new("wsse-spool-temporary");
        let mut spool = FileSpool::temporary(&folder.0).unwrap();
        assert_eq!(folder.files().len(), usize::from(!cfg!(unix)));
        spool.write(b"<a/>").unwrap();
        spool.commit().unwrap();
        let mut octets = String::new();
        spool.into_file().unwrap().read_to_string(&mut octets).unwrap();
        assert_eq!(octets, "<a/>");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_the_file_that_is_replaced_or_private() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = Folder::new("wsse-spool-permissions");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let replace = |target: &Path| {
            let mut spool = FileSpool::replacing(target).unwrap();
            spool.write(b"new").unwrap();
            spool.commit().unwrap();
        };
        let new = folder.0.join("new.xml");
        replace(&new);
        assert_eq!(mode(&new), 0o600);
        fs::set_permissions(&new, Permissions::from_mode(0o640)).unwrap();
        let link = folder.0.join("link.xml");
        symlink(&new, &link).unwrap();
        replace(&link);
        assert_eq!(mode(&new), 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let usual = folder.0.join("usual.xml");
        File::create(folder.0.join("made.xml")).unwrap();
        let mut spool = FileSpool::replacing_as_usual(&usual).unwrap();
        spool.commit().unwrap();
        assert_eq!(mode(&usual), mode(&folder.0.join("made.xml")));
    }
}
