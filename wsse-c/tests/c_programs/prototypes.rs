//! The functions that include/wsse.h declares.

use crate::library::manifest;

/// A function of the header.
#[derive(Debug)]
pub(crate) struct Prototype {
    pub(crate) returns: String,
    pub(crate) name: String,
    pub(crate) parameters: Vec<Parameter>,
}

/// A parameter: its type, as in `const char *`, and its name.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) kind: String,
    pub(crate) name: String,
}

impl Parameter {
    pub(crate) fn is_pointer(&self) -> bool {
        self.kind.ends_with('*') || self.kind.ends_with("_callback")
    }
}

/// Every function, in the order of the header.
pub(crate) fn prototypes() -> Vec<Prototype> {
    let header = std::fs::read_to_string(manifest().join("../include/wsse.h")).expect("wsse.h");
    let mut code = String::new();
    let mut in_comment = false;
    for line in header.lines() {
        in_comment |= line.trim_start().starts_with("/*");
        if !in_comment && !line.starts_with('#') {
            code.push_str(line.trim());
            code.push(' ');
        }
        in_comment &= !line.trim_end().ends_with("*/");
    }
    let found: Vec<Prototype> = code
        .split(';')
        .map(|statement| statement.rsplit('}').next().unwrap_or_default())
        .filter(|statement| !statement.contains("typedef"))
        .filter_map(prototype)
        .collect();
    assert!(found.len() > 100, "{} functions: the header must look different", found.len());
    found
}

fn prototype(statement: &str) -> Option<Prototype> {
    let (head, parameters) = statement.trim().split_once('(')?;
    let head = head.rsplit("extern \"C\" {").next()?;
    let (returns, name) = split_name(head);
    let parameters = parameters.strip_suffix(')')?;
    let parameters = parameters.split(',').map(str::trim).filter(|text| *text != "void");
    Some(Prototype {
        returns,
        name,
        parameters: parameters
            .map(|text| {
                let (kind, name) = split_name(text);
                Parameter { kind, name }
            })
            .collect(),
    })
}

/// `const struct wsse_error *error` is of the type `const wsse_error *` and named `error`.
fn split_name(text: &str) -> (String, String) {
    let text = text.trim();
    let at = text.rfind([' ', '*']).map_or(0, |at| at + 1);
    let (kind, name) = text.split_at(at);
    (kind.replace("struct ", "").trim().to_owned(), name.to_owned())
}
