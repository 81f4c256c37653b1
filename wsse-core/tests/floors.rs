//! The order of the house: a module imports only modules of lower floors, no source file grows
//! past 800 lines, and nobody writes `unsafe`.
//!
//! The floors are read from lib.rs: a `// floor N:` comment, then `mod` lines. On floor 0, the words
//! that everyone uses, a module may also import those that stand before it. What a file imports
//! is read from its tokens, so neither a long path in an expression nor a nested `use` escapes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const MOST_LINES: usize = 800;

#[test]
fn nothing_imports_upward_or_sideways() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let house = House::read(&read(&source.join("lib.rs")));
    let mut files = Vec::new();
    collect(&source, &["rs"], &mut files);
    let mut wrong = String::new();
    let mut imports = 0;
    for file in files {
        let inside = file.strip_prefix(&source).unwrap();
        let module = module_of(inside);
        if !module.is_empty() {
            let found = house.check(&module, &read(&file));
            imports += found.imports;
            for reason in found.wrong {
                writeln!(wrong, "src/{}: {reason}", inside.display()).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "floors are broken:\n{wrong}");
    assert!(
        imports > 20,
        "only {imports} imports between modules were found: is the reader blind?"
    );
}

#[test]
fn the_reader_of_imports_sees_what_is_wrong() {
    let house = House::read(
        "// floor 0: words\npub mod error;\nmod ns;\n// floor 1: tools\npub mod xml;\n\
         pub mod crypto;\n// floor 5: tokens\npub mod token;\n\
         pub use error::{Error, Cause};\npub use token::Token as Ticket;\npub const VERSION: u8 = 1;",
    );
    let wrong = |module: &[&str], source: &str| {
        let module: Vec<String> = module.iter().map(|&name| name.to_owned()).collect();
        house.check(&module, source).wrong
    };
    for (module, source) in [
        // Downward, within the own module, and what only looks like an import.
        (
            &["xml"][..],
            "use crate::error::{Cause, Error}; use super::ns; fn f() -> crate::Error {}",
        ),
        (&["xml", "scanner"], "use super::limits; use crate::xml::name; use self::a::b;"),
        (&["xml"], "// use crate::token;\n/* use crate::token; /* nested */ crate::token::T */"),
        (&["xml"], r##"const A: &str = "crate::token"; const B: &str = r#"" crate::token"#;"##),
        (&["xml"], "fn f<'crate_>(c: char) { if c == '\"' || c == '\\'' {} } // ' crate::token::x"),
        (&["xml"], "pub(crate) mod inner { pub(in crate::xml) use super::super::error::Cause; }"),
        (&["error"], "const V: u8 = crate::VERSION;"),
        (&["ns"], "use crate::Error;"),
        (&["token"], "mod tests { use super::*; use super::super::xml::{self, name::{a, b}}; }"),
    ] {
        assert_eq!(wrong(module, source), Vec::<String>::new(), "{source}");
    }
    for (module, source, expected) in [
        (&["xml"][..], "use crate::token::Token;", "`xml` (floor 1) imports `token` (floor 5)"),
        (&["xml"], "use crate::crypto;", "`xml` (floor 1) imports `crypto` (floor 1)"),
        (&["error"], "use crate::ns::SOAP;", "`error` (floor 0) imports `ns` (floor 0)"),
        (&["xml"], "use crate::Ticket;", "`xml` (floor 1) imports `token` (floor 5)"),
        (&["error", "cause"], "use super::super::xml::Name;", "imports `xml` (floor 1)"),
        (&["xml"], "use crate::{error::Cause, token::{a, b}};", "imports `token` (floor 5)"),
        (&["xml"], "use {std::fmt, crate::token::a};", "imports `token` (floor 5)"),
        (&["xml"], "fn f() { let x = crate::token::make::<u8>(); }", "imports `token` (floor 5)"),
        (&["xml"], "macro_rules! m { () => { $crate::token::x() } }", "imports `token` (floor 5)"),
        (&["xml"], "mod tests { mod deep { use super::super::super::token; } }", "imports `token`"),
        (&["xml"], "fn f() { let c = 'a'; } use crate::token;", "imports `token` (floor 5)"),
        (&["xml"], "use crate::r#token::x;", "imports `token` (floor 5)"),
        (&["xml"], "use crate::*;", "a glob of the whole crate"),
        (&["xml"], "use crate::nowhere::x;", "`nowhere` stands on no floor"),
    ] {
        let found = wrong(module, source);
        assert!(!found.is_empty(), "not seen: {source}");
        assert!(found.iter().all(|reason| reason.contains(expected)), "{source}: {found:?}");
    }
}

#[test]
#[should_panic(expected = "the floors of lib.rs do not rise")]
fn floors_out_of_order_are_seen() {
    House::read("// floor 1: a\nmod a;\n// floor 0: b\nmod b;");
}

#[test]
fn no_source_file_is_longer_than_800_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    collect(root, &["rs", "py", "pyi"], &mut files);
    assert!(files.len() > 20, "only {} source files were found", files.len());
    let long: Vec<String> = files
        .iter()
        .map(|file| (read(file).lines().count(), file.strip_prefix(root).unwrap()))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .map(|(lines, file)| format!("{}: {lines} lines", file.display()))
        .collect();
    assert!(
        long.is_empty(),
        "files over {MOST_LINES} lines hold two families:\n{}",
        long.join("\n")
    );
}

#[test]
fn nobody_writes_unsafe() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for member in ["wsse-core", "wsse-stores", "wsse-cli", "wsse-py"] {
        if root.join(member).is_dir() {
            collect(&root.join(member), &["rs"], &mut files);
        }
    }
    let writes_unsafe = |source: &str| tokens(source).contains(&Token::Word("unsafe".into()));
    assert!(writes_unsafe("fn f() { /* so */ unsafe { g() } }"));
    assert!(!writes_unsafe("#![forbid(unsafe_code)] // unsafe\nconst A: &str = \"unsafe\";"));
    let with_unsafe: Vec<_> = files.iter().filter(|file| writes_unsafe(&read(file))).collect();
    assert!(with_unsafe.is_empty(), "unsafe code in {with_unsafe:?}");
}

/// The floors of a crate.
struct House {
    floors: HashMap<String, Place>,
    /// Names that lib.rs re-exports, with the module that each comes from.
    exports: HashMap<String, String>,
    /// Items of lib.rs itself.
    items: Vec<String>,
}

#[derive(Clone, Copy)]
struct Place {
    floor: u32,
    /// The place of the `mod` line among all of them.
    line: usize,
}

impl Place {
    /// On the ground floor a word may use those that stand before it: everything has an error.
    fn may_import(self, other: Self) -> bool {
        other.floor < self.floor || (other.floor, self.floor) == (0, 0) && other.line < self.line
    }
}

#[derive(Default)]
struct Found {
    /// Paths that lead out of the module's own top-level module.
    imports: usize,
    wrong: Vec<String>,
}

impl House {
    fn read(lib: &str) -> Self {
        let mut house = Self { floors: HashMap::new(), exports: HashMap::new(), items: Vec::new() };
        let mut floor: Option<u32> = None;
        for line in lib.lines() {
            if let Some(number) = line.strip_prefix("// floor ") {
                let number: String = number.chars().take_while(char::is_ascii_digit).collect();
                let number = number.parse().expect("a floor has a number");
                assert!(floor < Some(number), "the floors of lib.rs do not rise: {line}");
                floor = Some(number);
            }
            let words: Vec<&str> = line.split([' ', ';']).filter(|word| !word.is_empty()).collect();
            match words[..] {
                ["mod", name] | ["pub" | "pub(crate)", "mod", name] => {
                    let floor = floor.unwrap_or_else(|| panic!("{name} stands on no floor"));
                    let place = Place { floor, line: house.floors.len() };
                    house.floors.insert(name.to_owned(), place);
                }
                ["pub", "const", name, ..] => {
                    house.items.push(name.trim_end_matches(':').to_owned());
                }
                _ => {}
            }
        }
        let tokens = tokens(lib);
        for (at, token) in tokens.iter().enumerate() {
            if *token == Token::Word("use".into()) {
                for (path, name) in paths(&tokens, at + 1) {
                    house.exports.insert(name, path[0].clone());
                }
            }
        }
        house
    }

    /// What a file that is the module `module` imports from other modules.
    fn check(&self, module: &[String], source: &str) -> Found {
        let own = &module[0];
        let own_place = *self.floors.get(own).unwrap_or_else(|| panic!("{own} is not in lib.rs"));
        let mut found = Found::default();
        for path in absolute_paths(module, source) {
            let first = path.first().map_or("*", String::as_str);
            if first == own || self.items.iter().any(|item| item == first) {
                continue;
            }
            found.imports += 1;
            if first == "*" {
                found.wrong.push(format!("`{own}` imports a glob of the whole crate"));
                continue;
            }
            let target = self.exports.get(first).map_or(first, String::as_str);
            match self.floors.get(target) {
                Some(place) if target == own || own_place.may_import(*place) => {}
                Some(place) => found.wrong.push(format!(
                    "`{own}` (floor {}) imports `{target}` (floor {}) by {}",
                    own_place.floor,
                    place.floor,
                    path.join("::")
                )),
                None => found.wrong.push(format!("`{target}` stands on no floor")),
            }
        }
        found
    }
}

/// The paths of `source` that begin with `crate`, `self` or `super`, from the root of the crate.
fn absolute_paths(module: &[String], source: &str) -> Vec<Vec<String>> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    // Inline modules that are open, each with the number of braces that were open before it.
    let mut inline: Vec<(usize, String)> = Vec::new();
    let mut braces = 0;
    for at in 0..tokens.len() {
        match &tokens[at] {
            Token::Sign('{') => braces += 1,
            Token::Sign('}') => {
                braces -= 1;
                inline.retain(|(before, _)| *before < braces);
            }
            Token::Word(word) if word == "mod" => {
                if let [Token::Word(name), Token::Sign('{')] =
                    &tokens[at + 1..(at + 3).min(tokens.len())]
                {
                    inline.push((braces, name.clone()));
                }
            }
            Token::Word(word) if matches!(word.as_str(), "crate" | "self" | "super") => {
                let begins = at == 0 || tokens[at - 1] != Token::PathSeparator;
                if begins && tokens.get(at + 1) == Some(&Token::PathSeparator) {
                    let here: Vec<String> = module
                        .iter()
                        .cloned()
                        .chain(inline.iter().map(|(_, name)| name.clone()))
                        .collect();
                    found.extend(
                        paths(&tokens, at).into_iter().map(|(path, _)| resolve(&here, path)),
                    );
                }
            }
            _ => {}
        }
    }
    found
}

fn resolve(here: &[String], path: Vec<String>) -> Vec<String> {
    let mut absolute = here.to_vec();
    for segment in path {
        match segment.as_str() {
            "crate" => absolute.clear(),
            "self" => {}
            "super" => {
                absolute.pop();
            }
            _ => absolute.push(segment),
        }
    }
    absolute
}

/// Every path of the tree that begins at `at`, with the name that it gets.
fn paths(tokens: &[Token], at: usize) -> Vec<(Vec<String>, String)> {
    fn tree(
        tokens: &[Token],
        mut at: usize,
        mut prefix: Vec<String>,
        found: &mut Vec<(Vec<String>, String)>,
    ) -> usize {
        loop {
            match tokens.get(at) {
                Some(Token::Word(word)) => prefix.push(word.clone()),
                Some(Token::Sign('*')) => prefix.push("*".to_owned()),
                Some(Token::Sign('{')) => {
                    at += 1;
                    while !matches!(tokens.get(at), None | Some(Token::Sign('}'))) {
                        let before = at;
                        at = tree(tokens, at, prefix.clone(), found);
                        at +=
                            usize::from(at == before || tokens.get(at) == Some(&Token::Sign(',')));
                    }
                    return at + 1;
                }
                // A turbofish or the like ends the path.
                _ => break,
            }
            at += 1;
            if tokens.get(at) != Some(&Token::PathSeparator) {
                break;
            }
            at += 1;
        }
        let mut name = prefix.iter().rfind(|word| *word != "self").cloned().unwrap_or_default();
        if tokens.get(at) == Some(&Token::Word("as".into()))
            && let Some(Token::Word(other)) = tokens.get(at + 1)
        {
            name.clone_from(other);
            at += 2;
        }
        if !prefix.is_empty() {
            found.push((prefix, name));
        }
        at
    }
    let mut found = Vec::new();
    tree(tokens, at, Vec::new(), &mut found);
    found
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    PathSeparator,
    Sign(char),
}

/// The tokens of Rust source, without comments, strings, characters and lifetimes.
fn tokens(source: &str) -> Vec<Token> {
    let is_word = |character: char| character == '_' || character.is_alphanumeric();
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(character) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(length) = raw_string(rest) {
            length
        } else if rest.starts_with("r#") {
            2
        } else if character == '"' {
            quoted(rest, '"')
        } else if character == '\'' {
            // 'a' and '\n' are characters, 'a is a lifetime.
            let mut after = rest.chars().skip(1);
            let first = after.next();
            if first == Some('\\') || after.next() == Some('\'') {
                quoted(rest, '\'')
            } else {
                1 + rest[1..].find(|other| !is_word(other)).unwrap_or(rest.len() - 1)
            }
        } else if is_word(character) {
            let length = rest.find(|other| !is_word(other)).unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..length].to_owned()));
            length
        } else if rest.starts_with("::") {
            tokens.push(Token::PathSeparator);
            2
        } else {
            if !character.is_whitespace() {
                tokens.push(Token::Sign(character));
            }
            character.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// The length of the raw string at the start of `text`, if there is one.
fn raw_string(text: &str) -> Option<usize> {
    let after = ["r", "br", "cr"].iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let signs = after.len() - after.trim_start_matches('#').len();
    let body = after[signs..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(signs));
    let length = body.find(&end)? + end.len();
    Some(text.len() - body.len() + length)
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            other if other == quote => return at + quote.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// `a/b.rs` and `a/b/mod.rs` are the module `a::b`; lib.rs is the root.
fn module_of(file: &Path) -> Vec<String> {
    let mut module: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|last| last == "mod" || (last == "lib" && module.len() == 1)) {
        module.pop();
    }
    module
}

fn collect(folder: &Path, extensions: &[&str], files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        // Nothing that a build or a tool left behind.
        if name.starts_with('.')
            || ["target", "dist", "__pycache__", "venv"].contains(&name.as_str())
        {
            continue;
        }
        if path.is_dir() {
            collect(&path, extensions, files);
        } else if extensions.iter().any(|extension| path.extension() == Some(extension.as_ref())) {
            files.push(path);
        }
    }
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
