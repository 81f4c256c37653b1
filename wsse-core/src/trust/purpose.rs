//! Purposes of keys.

/// A purpose that the extension ExtendedKeyUsage of a certificate can name (RFC 5280, section
/// 4.2.1.12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPurpose {
    text: String,
    oid: String,
}

const NAMES: [(&str, &str); 7] = [
    ("anyExtendedKeyUsage", "2.5.29.37.0"),
    ("serverAuth", "1.3.6.1.5.5.7.3.1"),
    ("clientAuth", "1.3.6.1.5.5.7.3.2"),
    ("codeSigning", "1.3.6.1.5.5.7.3.3"),
    ("emailProtection", "1.3.6.1.5.5.7.3.4"),
    ("timeStamping", "1.3.6.1.5.5.7.3.8"),
    ("OCSPSigning", "1.3.6.1.5.5.7.3.9"),
];

impl KeyPurpose {
    /// The names that stand for object identifiers.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// Reads a name as RFC 5280 has it, without `id-kp-`, or an object identifier in dotted decimals.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let oid = match NAMES.iter().find(|(name, _)| *name == text) {
            Some((_, oid)) => *oid,
            None => Some(text).filter(|text| is_dotted(text))?,
        };
        Some(Self { text: text.to_owned(), oid: oid.to_owned() })
    }

    /// The purpose as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its object identifier in dotted decimals.
    #[must_use]
    pub fn oid(&self) -> &str {
        &self.oid
    }
}

/// At least two numbers, as they are written: without a zero in front.
fn is_dotted(text: &str) -> bool {
    let is_number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|octet| octet.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    text.split('.').count() >= 2 && text.split('.').all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_is_a_name_or_an_object_identifier() {
        for (text, oid) in [
            ("clientAuth", "1.3.6.1.5.5.7.3.2"),
            ("1.3.6.1.4.1.311.20.2.2", "1.3.6.1.4.1.311.20.2.2"),
        ] {
            assert_eq!(KeyPurpose::parse(text).unwrap().oid(), oid);
        }
        for text in ["", "1", "1.", ".1", "1..2", "1.02", "clientauth", "1.2.x", " 1.2"] {
            assert_eq!(KeyPurpose::parse(text), None, "{text:?}");
        }
    }
}
