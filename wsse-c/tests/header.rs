//! include/wsse.h is what this crate says, whole, and of the same version.

use std::path::{Path, PathBuf};

/// `make header` sets it: the header is written instead of compared.
const WRITE: &str = "WSSE_WRITE_HEADER";

#[test]
fn header_is_up_to_date() {
    let made = header();
    let path = header_path();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, made).expect("include/wsse.h is writable");
        return;
    }
    let committed = std::fs::read_to_string(&path).expect("include/wsse.h is there");
    for (number, (made, committed)) in made.lines().zip(committed.lines()).enumerate() {
        assert_eq!(committed, made, "include/wsse.h:{}: run `make header`", number + 1);
    }
    assert_eq!(committed, made, "include/wsse.h is shorter or longer: run `make header`");
}

#[test]
fn everything_is_documented() {
    let header = header();
    let mut documented = false;
    let mut items = 0;
    for (number, line) in header.lines().enumerate() {
        let begins_item = ["#define WSSE_", "typedef ", "enum wsse_", "struct wsse_", "    WSSE_"]
            .iter()
            .any(|start| line.starts_with(start))
            || line.contains(" wsse_") && line.contains('(') && !line.starts_with([' ', '/', '#']);
        // An enum is documented where it is defined; these give it its name in C.
        let names_enum = line.starts_with("typedef uint32_t ") || line.starts_with("typedef enum ");
        let exempt = names_enum || line == "#define WSSE_H";
        if begins_item && !exempt {
            items += 1;
            assert!(documented, "include/wsse.h:{}: not documented: {line}", number + 1);
        }
        documented = line.trim_end().ends_with("*/");
    }
    assert!(header.is_ascii(), "some compilers warn of comments that are not ASCII");
    assert!(items > 100, "{items} items were found, the header must look different than expected");
}

#[test]
fn every_method_is_listed_at_its_type() {
    let header = header();
    for function in functions(&header) {
        // Functions that belong to no type.
        if ["wsse_version", "wsse_version_number", "wsse_result_name", "wsse_password_digest"]
            .contains(&function.as_str())
            || function == "wsse_header_create"
        {
            continue;
        }
        let listed = |separator: &str| header.contains(&format!(" {function}{separator}"));
        assert!(listed(",") || listed("."), "{function} is in no list of methods");
    }
}

#[test]
fn the_version_is_that_of_the_manifest() {
    let header = header();
    let number = |name: &str| -> u32 {
        let line = header.lines().find(|line| line.starts_with(&format!("#define {name} ")));
        let value = line.and_then(|line| line.split(' ').nth(2)).unwrap_or_default();
        value.parse().unwrap_or_else(|_| panic!("{name} is {value:?}"))
    };
    let (major, minor, patch) =
        (number("WSSE_VERSION_MAJOR"), number("WSSE_VERSION_MINOR"), number("WSSE_VERSION_PATCH"));
    assert_eq!(format!("{major}.{minor}.{patch}"), env!("CARGO_PKG_VERSION"));
    // The value of the combined one is asserted by the C programs, which see what C makes of it.
    assert!(header.contains("#define WSSE_VERSION_NUMBER "));
}

/// The names of all functions.
fn functions(header: &str) -> Vec<String> {
    header
        .lines()
        .filter(|line| !line.starts_with([' ', '/', '#']) && !line.starts_with("typedef"))
        .filter_map(|line| line.split_once('(')?.0.rsplit([' ', '*']).next())
        .filter(|name| name.starts_with("wsse_"))
        .map(str::to_owned)
        .collect()
}

fn header() -> String {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(manifest.join("cbindgen.toml"))
        .expect("cbindgen.toml is understood");
    let bindings = cbindgen::Builder::new()
        .with_crate(manifest)
        .with_config(config)
        .generate()
        .expect("cbindgen understands the crate");
    let mut text = Vec::new();
    bindings.write(&mut text);
    String::from_utf8(text).expect("the header is UTF-8")
}

fn header_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../include/wsse.h")
}
