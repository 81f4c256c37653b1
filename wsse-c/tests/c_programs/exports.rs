//! What the libraries show to a linker.

use crate::library::{Library, SYSTEM_LIBRARIES, manifest, run, soname};
use crate::prototypes::prototypes;
use std::collections::BTreeSet;
use std::process::Command;
use wsse_core::Category;

#[test]
fn the_shared_library_exports_what_the_header_declares() {
    let library = Library::plain();
    let symbols = defined(&["-D"], &library.folder.join("libwsse.so"));
    assert_eq!(symbols, declared());
}

#[test]
fn the_static_library_exports_what_the_header_declares() {
    let library = Library::plain();
    let symbols = defined(&["--extern-only"], &library.folder.join("libwsse.a"));
    assert_eq!(symbols, declared());
}

#[test]
fn the_shared_library_has_its_name() {
    let said =
        run(Command::new("readelf").arg("-d").arg(Library::plain().folder.join("libwsse.so")));
    assert!(said.contains(&format!("Library soname: [{}]", soname())), "{said}");
    for line in said.lines().filter(|line| line.contains("(NEEDED)")) {
        let known = ["libc.so", "libgcc_s.so", "libm.so", "libdl.so", "libpthread.so", "ld-linux"];
        assert!(known.iter().any(|name| line.contains(name)), "{line}");
    }
}

#[test]
fn the_static_library_needs_what_pkg_config_says() {
    let target = Library::plain().folder.parent().and_then(std::path::Path::parent);
    let output = Command::new(env!("CARGO"))
        .args(["rustc", "--locked", "-p", "wsse-c", "--crate-type", "staticlib", "--target-dir"])
        .arg(target.expect("a folder below target"))
        .args(["--", "--print", "native-static-libs"])
        .current_dir(manifest())
        .output()
        .expect("cargo");
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find_map(|line| line.split_once("native-static-libs: "));
    let (_, libraries) = line.unwrap_or_else(|| panic!("{said}"));
    // Without optimisation some of them are named twice.
    let set = |libraries: &str| libraries.split_whitespace().map(str::to_owned).collect();
    let (needed, named): (BTreeSet<String>, BTreeSet<String>) =
        (set(libraries), set(SYSTEM_LIBRARIES));
    assert_eq!(needed, named);
    let template = std::fs::read_to_string(manifest().join("install/wsse.pc.in")).expect("wsse.pc");
    assert!(template.contains(&format!("Libs.private: {SYSTEM_LIBRARIES}\n")), "{template}");
}

#[test]
fn every_function_is_called_by_a_program() {
    let source = sources();
    for function in declared() {
        assert!(source.contains(&format!("{function}(")), "no program of tests/c calls {function}");
    }
}

#[test]
fn every_result_is_seen_by_a_program() {
    let source = sources();
    for category in Category::ALL {
        let mut name = String::from("WSSE_RESULT");
        for character in category.name().chars() {
            if character.is_ascii_uppercase() {
                name.push('_');
            }
            name.push(character.to_ascii_uppercase());
        }
        // As it stands in a call of REFUSED, and at the end of a row of a table.
        let refused = [format!("REFUSED({name}, "), format!("{name}}}")]
            .iter()
            .any(|expectation| source.contains(expectation));
        assert!(refused, "no program sees {name}");
    }
}

fn sources() -> String {
    let entries = std::fs::read_dir(manifest().join("tests/c")).expect("tests/c");
    let files = entries.map(|entry| entry.expect("an entry").path());
    files.map(|file| std::fs::read_to_string(file).expect("a file")).collect()
}

fn declared() -> BTreeSet<String> {
    prototypes().into_iter().map(|prototype| prototype.name).collect()
}

fn defined(options: &[&str], file: &std::path::Path) -> BTreeSet<String> {
    let said = run(Command::new("nm").args(options).arg("--defined-only").arg(file));
    said.lines()
        .filter_map(|line| match line.split(' ').collect::<Vec<_>>().as_slice() {
            [_, kind, name] if kind.len() == 1 => Some((*name).to_owned()),
            _ => None,
        })
        .collect()
}
