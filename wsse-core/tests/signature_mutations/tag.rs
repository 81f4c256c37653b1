//! Start tags as they are spelt.

use crate::random::Random;

/// A well-formed start tag, taken apart.
pub(crate) struct Tag {
    pub(crate) name: String,
    /// Names and raw values, without quotes.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) empty: bool,
}

impl Tag {
    pub(crate) fn parse(raw: &str) -> Self {
        let inside = raw.strip_prefix('<').unwrap().strip_suffix('>').unwrap();
        let empty = inside.ends_with('/');
        let inside = inside.strip_suffix('/').unwrap_or(inside);
        let end = inside.find(char::is_whitespace).unwrap_or(inside.len());
        let (name, mut rest) = inside.split_at(end);
        let mut attributes = Vec::new();
        while let Some((name, behind)) = rest.split_once('=') {
            let behind = behind.trim_start();
            let quote = behind.chars().next().unwrap();
            let (value, behind) = behind[1..].split_once(quote).unwrap();
            attributes.push((name.trim().to_owned(), value.to_owned()));
            rest = behind;
        }
        Self { name: name.to_owned(), attributes, empty }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(known, _)| known == name)
    }

    /// The tag in plain spelling, as a start tag whatever it was.
    pub(crate) fn opened(&self) -> String {
        let attributes = self.attributes.iter().map(|(name, value)| {
            let quote = if value.contains('"') { '\'' } else { '"' };
            format!(" {name}={quote}{value}{quote}")
        });
        format!("<{}{}>", self.name, attributes.collect::<String>())
    }

    pub(crate) fn closed(&self) -> String {
        format!("</{}>", self.name)
    }

    /// Another spelling of what stands before `>` or `/>`: other quotes, another order, other
    /// white space.
    pub(crate) fn respelt(mut self, random: &mut Random) -> String {
        for index in (1..self.attributes.len()).rev() {
            self.attributes.swap(index, random.below(index + 1));
        }
        let mut out = format!("<{}", self.name);
        for (name, value) in &self.attributes {
            out.push_str(random.one_of(&[" ", "  ", "\n", "\t ", "\r\n"]));
            out.push_str(name);
            out.push_str(random.one_of(&["=", " =", "= ", "\n=\t"]));
            let quote = match (value.contains('"'), value.contains('\'')) {
                (true, _) => '\'',
                (_, true) => '"',
                _ => random.one_of(&['"', '\'']),
            };
            out.push(quote);
            out.push_str(value);
            out.push(quote);
        }
        out.push_str(random.one_of(&["", "", " ", "\n\n"]));
        out
    }
}
