//! The algorithms and their parameters.

/// Which rules for namespaces and `xml:` attributes hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the recommendations are final")]
pub enum Mode {
    /// Canonical XML 1.0: all namespaces in scope, all `xml:` attributes of the ancestors.
    Inclusive,
    /// Canonical XML 1.1: the same, but `xml:id` stays where it is, and `xml:base` is joined.
    Inclusive11,
    /// Exclusive XML Canonicalization 1.0: the namespaces that are used, and no attribute of an
    /// ancestor.
    Exclusive,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Exclusive, Self::Inclusive, Self::Inclusive11];

    /// The name as policies and the command line have it: `exclusive`, `inclusive`,
    /// `inclusive-1.1`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exclusive => "exclusive",
            Self::Inclusive => "inclusive",
            Self::Inclusive11 => "inclusive-1.1",
        }
    }

    /// The mode of a name; `None` for any other.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// A canonicalization algorithm, as a `CanonicalizationMethod` or `Transform` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "an algorithm has these two properties")]
pub struct Method {
    /// The rules.
    pub mode: Mode,
    /// Whether comments are written.
    pub with_comments: bool,
}

impl Method {
    /// Exclusive XML Canonicalization 1.0 without comments, what WS-Security uses throughout.
    pub const EXCLUSIVE: Self = Self { mode: Mode::Exclusive, with_comments: false };

    /// Every algorithm.
    pub const ALL: [Self; 6] = [
        Self::EXCLUSIVE,
        Self { mode: Mode::Exclusive, with_comments: true },
        Self { mode: Mode::Inclusive, with_comments: false },
        Self { mode: Mode::Inclusive, with_comments: true },
        Self { mode: Mode::Inclusive11, with_comments: false },
        Self { mode: Mode::Inclusive11, with_comments: true },
    ];

    /// The identifier of the algorithm.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match (self.mode, self.with_comments) {
            (Mode::Exclusive, false) => "http://www.w3.org/2001/10/xml-exc-c14n#",
            (Mode::Exclusive, true) => "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
            (Mode::Inclusive, false) => "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            (Mode::Inclusive, true) => {
                "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
            }
            (Mode::Inclusive11, false) => "http://www.w3.org/2006/12/xml-c14n11",
            (Mode::Inclusive11, true) => "http://www.w3.org/2006/12/xml-c14n11#WithComments",
        }
    }

    /// The algorithm of an identifier, compared octet by octet; `None` for any other.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.uri() == uri)
    }
}

/// The PrefixList of `ec:InclusiveNamespaces`: prefixes that exclusive canonicalization handles
/// as inclusive canonicalization does, wherever they are in scope (Exclusive XML Canonicalization
/// 1.0, section 4). The other methods don't look at it. Default: empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrefixList(Vec<String>);

impl PrefixList {
    /// What stands for the default namespace in the list.
    pub const DEFAULT: &'static str = "#default";

    /// No prefix.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Reads the value of the attribute `PrefixList`: prefixes between any white space,
    /// `#default` for the default namespace. What is no prefix is never in scope, so it does
    /// nothing.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        value.split([' ', '\t', '\r', '\n']).filter(|prefix| !prefix.is_empty()).collect()
    }

    /// The prefixes, each once, in the order of their octets; empty for the default namespace.
    pub fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether a prefix is in the list.
    #[must_use]
    pub fn contains(&self, prefix: &str) -> bool {
        self.0.binary_search_by(|listed| listed.as_str().cmp(prefix)).is_ok()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// `""` and `#default` both are the default namespace.
impl<'p> FromIterator<&'p str> for PrefixList {
    fn from_iter<I: IntoIterator<Item = &'p str>>(prefixes: I) -> Self {
        let named = |prefix| if prefix == Self::DEFAULT { "" } else { prefix };
        let mut list: Vec<String> =
            prefixes.into_iter().map(|prefix| named(prefix).to_owned()).collect();
        list.sort_unstable();
        list.dedup();
        Self(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_has_its_identifier() {
        for method in Method::ALL {
            assert_eq!(Method::from_uri(method.uri()), Some(method));
        }
        for unknown in
            ["", "http://www.w3.org/2001/10/xml-exc-c14n", "http://www.w3.org/2006/12/xml-c14n11#"]
        {
            assert_eq!(Method::from_uri(unknown), None);
        }
    }

    #[test]
    fn every_mode_has_its_name() {
        for mode in Mode::ALL {
            assert_eq!(Mode::from_name(mode.name()), Some(mode));
        }
        assert_eq!(Mode::from_name("Exclusive"), None);
    }

    #[test]
    fn a_prefix_list_is_read_with_any_white_space() {
        let list = PrefixList::parse("\t ds\r\n#default  soap ds ");
        assert_eq!(list.prefixes().collect::<Vec<_>>(), ["", "ds", "soap"]);
        assert!(list.contains("") && list.contains("soap") && !list.contains("#default"));
        assert_eq!(list, ["soap", "", "ds"].into_iter().collect());
        assert!(PrefixList::parse(" \n").is_empty());
    }
}
