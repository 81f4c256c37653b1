//! Compiling and running one program in every way.

use crate::library::{Library, Linked, has, manifest, run, work};
use std::path::{Path, PathBuf};
use std::process::Command;

/// How a program is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As it is, with the shared library.
    Shared,
    /// As it is, with the static library.
    Static,
    /// Under valgrind: no error, and no memory of ours left that is still reachable. What OpenSSL
    /// loads once for a process stays with the process (`openssl.supp`).
    Valgrind,
    /// With AddressSanitizer, its search for leaks, and UndefinedBehaviorSanitizer.
    Sanitizers,
}

impl Mode {
    pub(crate) const ALL: [Self; 4] =
        [Self::Shared, Self::Static, Self::Valgrind, Self::Sanitizers];

    /// Whether the machine can; says so where it can't.
    fn is_available(self) -> bool {
        match self {
            Self::Shared | Self::Static => true,
            Self::Valgrind => has("valgrind", "programs under valgrind"),
            Self::Sanitizers => {
                let source = work().join("sanitizers.c");
                std::fs::write(&source, "int main(void) { return 0; }\n").expect("a file");
                let compiled = Command::new("cc")
                    .args(["-fsanitize=address,undefined", "-o"])
                    .arg(work().join("sanitizers"))
                    .arg(source)
                    .output()
                    .is_ok_and(|output| output.status.success());
                if !compiled {
                    println!("SKIPPED: programs with sanitizers: cc has no libraries for them");
                }
                compiled
            }
        }
    }
}

/// Compiles a program, runs it in a mode, and returns what it wrote; None where the machine can't.
pub(crate) fn compile_and_run(
    library: &Library,
    source: &Path,
    mode: Mode,
    arguments: &[&str],
) -> Option<String> {
    if !mode.is_available() {
        return None;
    }
    let program = compile(library, source, mode, &[]);
    let mut command = match mode {
        Mode::Valgrind => {
            let mut command = Command::new("valgrind");
            command
                .args(["--quiet", "--error-exitcode=99", "--leak-check=full"])
                .args(["--show-leak-kinds=all", "--errors-for-leak-kinds=all"])
                .arg(format!(
                    "--suppressions={}",
                    manifest().join("tests/c/openssl.supp").display()
                ))
                .arg(&program);
            command
        }
        _ => Command::new(&program),
    };
    command.args(arguments);
    command.env("ASAN_OPTIONS", "detect_leaks=1").env("UBSAN_OPTIONS", "halt_on_error=1");
    Some(run(&mut command))
}

/// The same as it is, for a program that links other libraries as well.
pub(crate) fn compile_with_and_run(
    library: &Library,
    source: &Path,
    mode: Mode,
    others: &[&str],
) -> String {
    run(&mut Command::new(compile(library, source, mode, others)))
}

fn compile(library: &Library, source: &Path, mode: Mode, others: &[&str]) -> PathBuf {
    let name = source.file_stem().expect("a name").to_string_lossy();
    let program = work().join(format!("{name}-{mode:?}").to_lowercase());
    let linked = if mode == Mode::Static { Linked::Static } else { Linked::Shared };
    let mut command = Command::new("cc");
    command.args(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g", "-pthread"]);
    if mode == Mode::Sanitizers {
        command.args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]);
    }
    command.arg("-I").arg(manifest().join("../include")).arg("-I").arg(manifest().join("tests/c"));
    let keys = manifest().join("../vectors/keys");
    command.arg(format!("-DKEYS=\"{}/\"", keys.display()));
    command.arg("-o").arg(&program).arg(source).args(others);
    command.args(library.link_arguments(linked));
    run(&mut command);
    program
}
