//! Patterns of names.

/// A pattern of a distinguished name as RFC 2253 writes it: `*` stands for any text, everything
/// else for itself, letter case aside. It must fit the whole name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    pieces: Vec<String>,
}

impl Pattern {
    /// Reads a pattern.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let pieces = text.split('*').map(str::to_lowercase).collect();
        Self { text: text.to_owned(), pieces }
    }

    /// The pattern as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the name fits.
    #[must_use]
    pub fn fits(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let [first, rest @ ..] = self.pieces.as_slice() else { return false };
        let Some(mut name) = name.strip_prefix(first.as_str()) else { return false };
        let Some((last, between)) = rest.split_last() else { return name.is_empty() };
        for piece in between {
            let Some(found) = name.find(piece.as_str()) else { return false };
            name = name.get(found + piece.len()..).unwrap_or_default();
        }
        name.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_the_whole_name() {
        let name = "CN=Partner One,O=Example,C=DE";
        for pattern in [
            "*",
            "*,O=Example,C=DE",
            "CN=Partner*",
            "cn=partner one,o=example,c=de",
            "*One*C=*",
            "**",
        ] {
            assert!(Pattern::new(pattern).fits(name), "{pattern}");
        }
        for pattern in [
            "",
            "CN=Partner",
            "O=Example*",
            "*O=Example",
            "*One*One*",
            "CN=Partner One,O=Example,C=DE*x",
        ] {
            assert!(!Pattern::new(pattern).fits(name), "{pattern}");
        }
        assert!(!Pattern::new("aa*a").fits("aa"));
    }
}
