//! The value of `xml:base` of an element whose parents are left out (Canonical XML 1.1,
//! section 2.4).

use crate::xml::is_absolute;

/// Joins the values of the ancestors, the outermost first, and of the element itself.
pub(super) fn join<'v>(values: impl Iterator<Item = &'v str>) -> String {
    values.fold(String::new(), |base, value| {
        if base.is_empty() { value.to_owned() } else { resolve(&base, value) }
    })
}

/// The components of a reference (RFC 3986, section 3).
struct Components<'v> {
    scheme: Option<&'v str>,
    authority: Option<&'v str>,
    path: &'v str,
    query: Option<&'v str>,
}

impl<'v> Components<'v> {
    /// As the expression of RFC 3986, appendix B, divides them.
    fn of(value: &'v str) -> Self {
        // A fragment is no part of a base.
        let (rest, _) = divide(value, '#');
        let (rest, query) = divide(rest, '?');
        let (scheme, rest) = match rest.find(':') {
            Some(end) if is_absolute(rest) => (rest.get(..end), rest.get(end + 1..).unwrap_or("")),
            _ => (None, rest),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                (Some(authority), path)
            }
            None => (None, rest),
        };
        Self { scheme, authority, path, query }
    }
}

fn divide(value: &str, at: char) -> (&str, Option<&str>) {
    value.split_once(at).map_or((value, None), |(before, behind)| (before, Some(behind)))
}

/// RFC 3986, sections 5.2.2 and 5.3, for a base that may be relative itself.
fn resolve(base: &str, reference: &str) -> String {
    let base = Components::of(base);
    let mut target = Components::of(reference);
    let path;
    if target.scheme.is_some() || target.authority.is_some() {
        path = without_dots(target.path);
    } else {
        target.authority = base.authority;
        if target.path.is_empty() {
            path = without_dots(base.path);
            target.query = target.query.or(base.query);
        } else if target.path.starts_with('/') {
            path = without_dots(target.path);
        } else {
            // A trailing `..` is a directory.
            let directory = match base.path.rfind('/') {
                _ if base.path == ".." || base.path.ends_with("/..") => format!("{}/", base.path),
                Some(end) => base.path.get(..=end).unwrap_or_default().to_owned(),
                None if base.authority.is_some() => "/".to_owned(),
                None => String::new(),
            };
            path = without_dots(&(directory + target.path));
        }
    }
    target.scheme = target.scheme.or(base.scheme);
    let mut out = String::new();
    for (before, part, behind) in [("", target.scheme, ":"), ("//", target.authority, "")] {
        if let Some(part) = part {
            out.extend([before, part, behind]);
        }
    }
    out.push_str(&path);
    if let Some(query) = target.query {
        out.extend(["?", query]);
    }
    out
}

/// RFC 3986, section 5.2.4, as section 2.4 changes it: leading `..` stay, several slashes are
/// one, and a trailing `..` is given a slash.
fn without_dots(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let mut directory = true;
    for segment in path.split('/') {
        directory = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." if kept.last().is_some_and(|last| *last != "..") => {
                kept.pop();
            }
            ".." if rooted => {}
            _ => kept.push(segment),
        }
    }
    let mut out = if rooted { "/".to_owned() } else { String::new() };
    out.push_str(&kept.join("/"));
    if directory && !kept.is_empty() {
        out.push('/');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_removed_as_the_recommendation_shows() {
        for (path, expected) in [
            ("no/.././/pseudo-netpath/seg/file.ext", "pseudo-netpath/seg/file.ext"),
            ("no/..//.///pseudo-netpath/seg/file.ext", "pseudo-netpath/seg/file.ext"),
            ("yes/no//..//.///pseudo-netpath/seg/file.ext", "yes/pseudo-netpath/seg/file.ext"),
            ("no/../yes", "yes"),
            ("no/../yes/", "yes/"),
            ("no/../yes/no/..", "yes/"),
            ("../../no/../..", "../../../"),
            ("no/../..", "../"),
            ("no/..", ""),
            ("./a/.", "a/"),
            ("/../a//b/./c", "/a/b/c"),
            ("/..", "/"),
            ("", ""),
        ] {
            assert_eq!(without_dots(path), expected, "{path}");
        }
    }

    #[test]
    fn values_are_joined_from_the_outermost_in() {
        for (values, expected) in [
            (&["http://a/b/c"][..], "http://a/b/c"),
            (&["http://a/b/c", "d"], "http://a/b/d"),
            (&["http://a/b/c/", "../d", "e#f"], "http://a/b/e"),
            (&["http://a", "b"], "http://a/b"),
            (&["http://a?b", "c?d"], "http://a/c?d"),
            (&["http://a/b", "?c"], "http://a/b?c"),
            (&["http://a/b?c", ""], "http://a/b?c"),
            (&["http://a/b", "//c/d/../e"], "http://c/e"),
            (&["http://a/b", "urn:c"], "urn:c"),
            (&["http://a/b", "/c"], "http://a/c"),
            (&["..", "..", "x"], "../../x"),
            (&["foo/bar", "..", "..", "x"], "../x"),
            (&["a/b", "../../.."], "../../"),
            (&["", "a", ""], "a"),
            (&["..", "é:x/y"], "../é:x/y"),
        ] {
            assert_eq!(join(values.iter().copied()), expected, "{values:?}");
        }
    }
}
