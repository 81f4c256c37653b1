//! The library, built as `cargo build` does it, in folders of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

/// What a program is linked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Linked {
    /// `libwsse.so`.
    Shared,
    /// `libwsse.a`, prelinked as `make install` installs it.
    Static,
}

/// A build of the library: one folder with `libwsse.so` and `libwsse.a`, as `make build` leaves them
/// in target/release.
pub(crate) struct Library {
    pub(crate) folder: PathBuf,
}

/// What the static library needs of the system, as wsse.pc says.
pub(crate) const SYSTEM_LIBRARIES: &str = "-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc";

impl Library {
    /// The library as users get it, but for optimisation.
    pub(crate) fn plain() -> &'static Self {
        static LIBRARY: OnceLock<Library> = OnceLock::new();
        LIBRARY.get_or_init(|| Self::build("plain", &[]))
    }

    /// The same with `wsse_test_panic()`.
    pub(crate) fn with_panics() -> &'static Self {
        static LIBRARY: OnceLock<Library> = OnceLock::new();
        LIBRARY.get_or_init(|| Self::build("panic", &["--features", "test-panic"]))
    }

    fn build(name: &str, features: &[&str]) -> Self {
        // Both builds leave their files in the same place before they are copied away.
        static BUILDING: Mutex<()> = Mutex::new(());
        let _building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
        let target = target();
        run(Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked", "-p", "wsse-c", "--target-dir"])
            .arg(&target)
            .args(features)
            .current_dir(manifest()));
        let folder = work().join(name);
        std::fs::create_dir_all(&folder).expect("a folder below target");
        let (shared, unlinked) = (folder.join(soname()), folder.join("libwsse-cargo.a"));
        for (from, to) in [("libwsse.so", &shared), ("libwsse.a", &unlinked)] {
            std::fs::copy(target.join("debug").join(from), to).expect(from);
        }
        let link = folder.join("libwsse.so");
        let _old = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(soname(), &link).expect("a symbolic link");
        run(Command::new("sh")
            .arg(manifest().join("install/prelink.sh"))
            .arg(unlinked)
            .arg(folder.join("libwsse.a")));
        Self { folder }
    }

    /// What the compiler is told to link a program with the library.
    pub(crate) fn link_arguments(&self, linked: Linked) -> Vec<String> {
        let folder = self.folder.display();
        match linked {
            Linked::Shared => {
                vec![format!("-L{folder}"), "-lwsse".into(), format!("-Wl,-rpath,{folder}")]
            }
            Linked::Static => {
                let system = SYSTEM_LIBRARIES.split(' ').map(str::to_owned);
                [format!("{folder}/libwsse.a")].into_iter().chain(system).collect()
            }
        }
    }
}

/// The name that build.rs gives to the shared library.
pub(crate) fn soname() -> String {
    match (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR")) {
        ("0", minor) => format!("libwsse.so.0.{minor}"),
        (major, _) => format!("libwsse.so.{major}"),
    }
}

/// Where these tests write.
pub(crate) fn work() -> PathBuf {
    let folder = target().join("c-programs");
    std::fs::create_dir_all(&folder).expect("a folder below target");
    folder
}

pub(crate) fn manifest() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The target directory that this test was built in: target/debug/deps/NAME is the test itself.
fn target() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    test.ancestors().nth(3).expect("target/PROFILE/deps/NAME").to_owned()
}

/// Runs a command to its good end and returns what it wrote.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}\n{err}", output.status);
    out.into_owned()
}

/// Whether there is such a command; says what is skipped where there is none.
pub(crate) fn has(command: &str, skipped: &str) -> bool {
    let found = Command::new(command).arg("--version").output().is_ok();
    if !found {
        println!("SKIPPED: {skipped}: there is no {command} on this machine");
    }
    found
}
