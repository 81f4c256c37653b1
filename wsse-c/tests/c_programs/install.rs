//! `make install`, and programs outside of the source tree that use what it installs.

use crate::library::{Library, has, manifest, run, soname, work};
use std::path::{Path, PathBuf};
use std::process::Command;

const HELLO: &str = concat!(env!("CARGO_PKG_VERSION"), " quR/EWLAV4xLf9Zqyw4pDmfV9OY=\n");

#[test]
fn pkg_config_finds_both_libraries() {
    if !has("make", "make install") || !has("pkg-config", "pkg-config") {
        return;
    }
    let prefix = installed("pkg-config");
    let flags = |options: &[&str]| {
        let said = run(Command::new("pkg-config")
            .args(options)
            .arg("wsse")
            .env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")));
        said.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(flags(&["--modversion"]), [env!("CARGO_PKG_VERSION")]);
    let program = prefix.join("hello");
    run(cc(&prefix).arg("-o").arg(&program).args(flags(&["--cflags", "--libs"])));
    assert_eq!(run(with_library(&mut Command::new(&program), &prefix)), HELLO);

    // The shared library away, the static one is taken.
    std::fs::remove_file(prefix.join("lib/libwsse.so")).expect("the link is there");
    run(cc(&prefix).arg("-o").arg(&program).args(flags(&["--static", "--cflags", "--libs"])));
    assert_eq!(run(&mut Command::new(&program)), HELLO);
}

#[test]
fn three_lines_of_cmake_are_enough() {
    if !has("make", "make install") || !has("cmake", "the CMake package") {
        return;
    }
    let prefix = installed("cmake");
    let build = |name: &str, lines: &str| {
        let source = prefix.join(name);
        std::fs::create_dir_all(&source).expect("a folder below target");
        let hello = manifest().join("tests/c/hello.c");
        std::fs::copy(hello, source.join("hello.c")).expect("hello.c");
        let head = "cmake_minimum_required(VERSION 3.13)\nproject(hello C)\n";
        std::fs::write(source.join("CMakeLists.txt"), format!("{head}{lines}")).expect("a file");
        let mut configure = Command::new("cmake");
        let prefix_path = format!("-DCMAKE_PREFIX_PATH={}", prefix.display());
        configure.arg("-S").arg(&source).arg("-B").arg(source.join("build")).arg(prefix_path);
        (configure, source.join("build"))
    };
    for target in ["wsse::wsse", "wsse::static"] {
        let (mut configure, folder) = build(
            &target.replace(':', ""),
            &format!(
                "find_package(wsse {} REQUIRED)\nadd_executable(hello hello.c)\n\
                 target_link_libraries(hello {target})\n",
                env!("CARGO_PKG_VERSION")
            ),
        );
        run(&mut configure);
        run(Command::new("cmake").arg("--build").arg(&folder));
        assert_eq!(run(&mut Command::new(folder.join("hello"))), HELLO, "{target}");
    }
    let (mut configure, _) = build("newer", "find_package(wsse 4711 REQUIRED)\n");
    let output = configure.output().expect("cmake");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("4711"), "{said}");
}

#[test]
fn packages_are_staged_and_uninstalled() {
    if !has("make", "make install") {
        return;
    }
    let stage = fresh("stage");
    let arguments =
        [format!("DESTDIR={}", stage.display()), "PREFIX=/usr".into(), "LIBDIR=/usr/lib64".into()];
    let make = |goal: &str| run(make(goal).args(&arguments));
    make("install");
    let mut files = Vec::new();
    list(&stage, &stage, &mut files);
    files.sort();
    let (layer, mut files): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| file.ends_with(".hpp"));
    assert_eq!(layer.first().map(String::as_str), Some("usr/include/wsse.hpp"));
    assert!(layer.iter().skip(1).all(|file| file.starts_with("usr/include/wsse/")), "{layer:?}");
    assert!(layer.len() > 2, "{layer:?}");
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        files,
        [
            "usr/include/wsse.h".to_owned(),
            "usr/lib64/cmake/wsse/wsse-config-version.cmake".to_owned(),
            "usr/lib64/cmake/wsse/wsse-config.cmake".to_owned(),
            "usr/lib64/libwsse.a".to_owned(),
            "usr/lib64/libwsse.so".to_owned(),
            format!("usr/lib64/{}", soname()),
            format!("usr/lib64/libwsse.so.{version}"),
            "usr/lib64/pkgconfig/wsse.pc".to_owned(),
        ]
    );
    let pc = std::fs::read_to_string(stage.join("usr/lib64/pkgconfig/wsse.pc")).expect("wsse.pc");
    assert!(pc.starts_with("prefix=/usr\nlibdir=/usr/lib64\nincludedir=/usr/include\n"), "{pc}");
    make("uninstall");
    files.clear();
    list(&stage, &stage, &mut files);
    assert_eq!(files, Vec::<String>::new());
}

/// A prefix into which the library is installed.
fn installed(name: &str) -> PathBuf {
    let prefix = fresh(name);
    run(make("install").arg(format!("PREFIX={}", prefix.display())));
    prefix
}

fn make(goal: &str) -> Command {
    let mut command = Command::new("make");
    command.arg("--no-print-directory").arg(goal).current_dir(manifest().join(".."));
    // What is installed is what these tests built; nothing is built again.
    command.arg(format!("C_LIBRARIES={}", Library::plain().folder.display()));
    // A make above this test speaks to its own jobs only.
    command.env_remove("MAKEFLAGS").env_remove("MFLAGS").env_remove("MAKELEVEL");
    command
}

fn cc(prefix: &Path) -> Command {
    let mut command = Command::new("cc");
    command.args(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]);
    command.arg(manifest().join("tests/c/hello.c")).current_dir(prefix);
    command
}

fn with_library<'c>(command: &'c mut Command, prefix: &Path) -> &'c mut Command {
    command.env("LD_LIBRARY_PATH", prefix.join("lib"))
}

fn fresh(name: &str) -> PathBuf {
    let folder = work().join("install").join(name);
    let _old = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder below target");
    folder
}

/// Every file and link below a folder.
fn list(root: &Path, folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.is_symlink() {
            list(root, &path, files);
        } else {
            files.push(path.strip_prefix(root).expect("below it").display().to_string());
        }
    }
}
