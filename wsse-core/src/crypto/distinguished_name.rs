//! Distinguished names (X.501), which peers spell in many ways and which are therefore compared
//! parsed, never as text.

use super::encoding::push_hex;
use crate::error::{Cause, Error};
use core::fmt;

/// A distinguished name: relative names in the order of the certificate, each of one or more
/// attributes.
///
/// Equal are names whose attributes are the same, case and repeated white space of their values
/// aside (RFC 5280, section 7.1); [`DistinguishedName::matches`] also knows the reversed order.
#[derive(Clone)]
pub struct DistinguishedName {
    names: Vec<Vec<Attribute>>,
}

#[derive(Clone)]
struct Attribute {
    /// The type in dotted decimals.
    oid: String,
    /// The value as text; None for what is no string.
    text: Option<String>,
    /// The value in DER, where it was read from there.
    der: Vec<u8>,
    /// What is compared.
    compared: String,
}

/// Octets of a name at most, and attributes in it: real ones have a dozen.
const MOST_OCTETS: usize = 8 << 10;
const MOST_ATTRIBUTES: usize = 64;

/// Attribute types by their names: first those that RFC 2253 writes, then those that peers write.
const TYPES: &[(&str, &str)] = &[
    ("CN", "2.5.4.3"),
    ("L", "2.5.4.7"),
    ("ST", "2.5.4.8"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("C", "2.5.4.6"),
    ("STREET", "2.5.4.9"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("S", "2.5.4.8"),
    ("SP", "2.5.4.8"),
    ("E", "1.2.840.113549.1.9.1"),
    ("EMAIL", "1.2.840.113549.1.9.1"),
    ("EMAILADDRESS", "1.2.840.113549.1.9.1"),
    ("SN", "2.5.4.4"),
    ("SURNAME", "2.5.4.4"),
    ("SERIALNUMBER", "2.5.4.5"),
    ("T", "2.5.4.12"),
    ("TITLE", "2.5.4.12"),
    ("DESCRIPTION", "2.5.4.13"),
    ("BUSINESSCATEGORY", "2.5.4.15"),
    ("POSTALCODE", "2.5.4.17"),
    ("NAME", "2.5.4.41"),
    ("G", "2.5.4.42"),
    ("GN", "2.5.4.42"),
    ("GIVENNAME", "2.5.4.42"),
    ("INITIALS", "2.5.4.43"),
    ("GENERATION", "2.5.4.44"),
    ("GENERATIONQUALIFIER", "2.5.4.44"),
    ("DNQ", "2.5.4.46"),
    ("DNQUALIFIER", "2.5.4.46"),
    ("PSEUDONYM", "2.5.4.65"),
    ("ORGANIZATIONIDENTIFIER", "2.5.4.97"),
    ("USERID", "0.9.2342.19200300.100.1.1"),
    ("DOMAINCOMPONENT", "0.9.2342.19200300.100.1.25"),
    ("COUNTRYNAME", "2.5.4.6"),
    ("COMMONNAME", "2.5.4.3"),
    ("ORGANIZATIONNAME", "2.5.4.10"),
    ("ORGANIZATIONALUNITNAME", "2.5.4.11"),
    ("LOCALITYNAME", "2.5.4.7"),
    ("STATEORPROVINCENAME", "2.5.4.8"),
];
/// How many of [`TYPES`] RFC 2253 knows (section 2.3).
const WRITTEN: usize = 9;

impl DistinguishedName {
    /// Reads a Name in DER.
    ///
    /// # Errors
    /// [`Cause::InvalidCertificate`].
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        read_der(der).ok_or_else(|| {
            Error::new(Cause::InvalidCertificate, "a name in the certificate can't be read")
        })
    }

    /// Reads a name as peers spell it: RFC 2253, RFC 4514 and RFC 1779 with commas or semicolons,
    /// quoted values, escapes, dotted types with or without `OID.`, values in hexadecimal; or the
    /// line that OpenSSL prints, `/C=DE/O=…`. The order is that of the certificate or its reverse.
    ///
    /// # Errors
    /// [`Cause::InvalidTokenValue`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let parsed = if text.len() > MOST_OCTETS {
            None
        } else if let Some(line) = text.trim().strip_prefix('/') {
            parse_line(line)
        } else {
            parse_list(text)
        };
        parsed.ok_or_else(|| {
            let shown: String = text.chars().take(80).collect();
            Error::new(
                Cause::InvalidTokenValue,
                format!("{shown:?} is no distinguished name such as \"CN=Partner,O=Example,C=DE\""),
            )
        })
    }

    /// Whether both name the same, in the same or in reversed order.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self == other
            || (self.names.len() == other.names.len()
                && self.names.iter().rev().zip(&other.names).all(|(one, two)| same(one, two)))
    }

    /// The name as RFC 2253 writes it: the last relative name first. Types that it does not know
    /// are written as `OID=#hexadecimal`.
    #[must_use]
    pub fn to_rfc2253(&self) -> String {
        let mut text = String::new();
        for (index, name) in self.names.iter().rev().enumerate() {
            if index > 0 {
                text.push(',');
            }
            for (index, attribute) in name.iter().enumerate() {
                if index > 0 {
                    text.push('+');
                }
                attribute.write(&mut text);
            }
        }
        text
    }
}

impl PartialEq for DistinguishedName {
    fn eq(&self, other: &Self) -> bool {
        self.names.len() == other.names.len()
            && self.names.iter().zip(&other.names).all(|(one, two)| same(one, two))
    }
}

impl Eq for DistinguishedName {}

impl fmt::Debug for DistinguishedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DistinguishedName({:?})", self.to_rfc2253())
    }
}

impl fmt::Display for DistinguishedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_rfc2253())
    }
}

/// The attributes of one relative name are a set.
fn same(one: &[Attribute], two: &[Attribute]) -> bool {
    let key = |attribute: &Attribute| (attribute.oid.clone(), attribute.compared.clone());
    if let ([one], [two]) = (one, two) {
        return one.oid == two.oid && one.compared == two.compared;
    }
    let sorted = |name: &[Attribute]| {
        let mut keys: Vec<_> = name.iter().map(key).collect();
        keys.sort();
        keys
    };
    sorted(one) == sorted(two)
}

impl Attribute {
    fn from_text(oid: String, text: String) -> Self {
        let compared = compared(&text);
        Self { oid, text: Some(text), der: Vec::new(), compared }
    }

    fn from_der(oid: String, der: &[u8]) -> Option<Self> {
        let (tag, content, rest) = element(der)?;
        if !rest.is_empty() {
            return None;
        }
        let text = string(tag, content);
        let compared = match &text {
            Some(text) => compared(text),
            None => {
                let mut hexadecimal = String::from("#");
                push_hex(&mut hexadecimal, der);
                hexadecimal
            }
        };
        Some(Self { oid, text, der: der.to_vec(), compared })
    }

    fn write(&self, out: &mut String) {
        let known = TYPES.iter().take(WRITTEN).find(|(_, oid)| *oid == self.oid);
        match (known, &self.text) {
            (Some((name, _)), Some(text)) => {
                out.push_str(name);
                out.push('=');
                push_escaped(out, text);
            }
            _ if self.der.is_empty() => {
                out.push_str(&self.oid);
                out.push('=');
                push_escaped(out, self.text.as_deref().unwrap_or_default());
            }
            _ => {
                out.push_str(&self.oid);
                out.push_str("=#");
                push_hex(out, &self.der);
            }
        }
    }
}

fn push_escaped(out: &mut String, text: &str) {
    let last = text.chars().count().saturating_sub(1);
    for (index, character) in text.chars().enumerate() {
        let special = matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';')
            || (character == ' ' && (index == 0 || index == last))
            || (character == '#' && index == 0);
        if special {
            out.push('\\');
        }
        out.push(character);
    }
}

/// A value without what does not distinguish: case, and white space around and repeated inside.
fn compared(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

fn type_of(name: &str) -> Option<String> {
    let name = name.trim();
    let upper = name.to_ascii_uppercase();
    if let Some((_, oid)) = TYPES.iter().find(|(known, _)| *known == upper) {
        return Some((*oid).to_owned());
    }
    let dotted = upper.strip_prefix("OID.").map_or(name, |rest| &name[name.len() - rest.len()..]);
    let is_oid = dotted.split('.').count() > 1
        && dotted
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|o| o.is_ascii_digit()));
    is_oid.then(|| dotted.to_owned())
}

/// The line of OpenSSL: a slash begins each attribute. A slash in a value is told from one that
/// begins an attribute by what follows it.
fn parse_line(line: &str) -> Option<DistinguishedName> {
    let mut parts: Vec<String> = Vec::new();
    for part in line.split('/') {
        let begins = part.split_once('=').is_some_and(|(name, _)| type_of(name).is_some());
        match parts.last_mut() {
            Some(before) if !begins => {
                before.push('/');
                before.push_str(part);
            }
            _ => parts.push(part.to_owned()),
        }
    }
    let mut names = Vec::new();
    for part in parts {
        let (name, value) = part.split_once('=')?;
        names.push(vec![Attribute::from_text(type_of(name)?, value.to_owned())]);
    }
    (names.len() <= MOST_ATTRIBUTES).then_some(DistinguishedName { names })
}

fn parse_list(text: &str) -> Option<DistinguishedName> {
    let mut names: Vec<Vec<Attribute>> = vec![Vec::new()];
    let mut rest = text.trim_start();
    if rest.is_empty() {
        return Some(DistinguishedName { names: Vec::new() });
    }
    let mut count = 0;
    loop {
        let (name, after) = rest.split_once('=')?;
        let oid = type_of(name)?;
        let (attribute, after) = parse_value(oid, after.trim_start())?;
        names.last_mut()?.push(attribute);
        count += 1;
        if count > MOST_ATTRIBUTES {
            return None;
        }
        let after = after.trim_start();
        let Some(separator) = after.chars().next() else { break };
        match separator {
            ',' | ';' => names.push(Vec::new()),
            '+' => {}
            _ => return None,
        }
        rest = after.get(1..)?;
    }
    // What is written last stands first in the certificate (RFC 2253, section 2.1).
    names.reverse();
    Some(DistinguishedName { names })
}

fn parse_value(oid: String, text: &str) -> Option<(Attribute, &str)> {
    if let Some(hexadecimal) = text.strip_prefix('#') {
        let end = hexadecimal.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(hexadecimal.len());
        let (digits, rest) = hexadecimal.split_at(end);
        return Some((Attribute::from_der(oid, &octets_of(digits)?)?, rest));
    }
    let quoted = text.starts_with('"');
    let source = text.as_bytes();
    let mut octets = Vec::new();
    // Octets that were escaped, so white space that counts, end here.
    let mut kept = 0;
    let mut at = usize::from(quoted);
    loop {
        let Some(&octet) = source.get(at) else {
            if quoted {
                return None;
            }
            break;
        };
        match octet {
            b'"' if quoted => {
                at += 1;
                kept = octets.len();
                break;
            }
            b',' | b';' | b'+' if !quoted => break,
            b'"' => return None,
            b'\\' => {
                let next = *source.get(at + 1)?;
                match source.get(at + 2) {
                    Some(second) if next.is_ascii_hexdigit() && second.is_ascii_hexdigit() => {
                        let digits = text.get(at + 1..at + 3)?;
                        octets.push(u8::from_str_radix(digits, 16).ok()?);
                        at += 3;
                    }
                    _ => {
                        let length = text.get(at + 1..)?.chars().next()?.len_utf8();
                        octets.extend_from_slice(source.get(at + 1..at + 1 + length)?);
                        at += 1 + length;
                    }
                }
                kept = octets.len();
            }
            _ => {
                octets.push(octet);
                at += 1;
            }
        }
    }
    while octets.len() > kept && octets.last().is_some_and(u8::is_ascii_whitespace) {
        octets.pop();
    }
    let value = String::from_utf8(octets).ok()?;
    Some((Attribute::from_text(oid, value), text.get(at..)?))
}

fn octets_of(hexadecimal: &str) -> Option<Vec<u8>> {
    if !hexadecimal.len().is_multiple_of(2) {
        return None;
    }
    (0..hexadecimal.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(hexadecimal.get(at..at + 2)?, 16).ok())
        .collect()
}

fn read_der(der: &[u8]) -> Option<DistinguishedName> {
    const SEQUENCE: u8 = 0x30;
    const SET: u8 = 0x31;
    const OBJECT_IDENTIFIER: u8 = 0x06;
    let (SEQUENCE, mut relative, []) = element(der)? else { return None };
    let mut names = Vec::new();
    let mut count = 0;
    while !relative.is_empty() {
        let (SET, mut attributes, rest) = element(relative)? else { return None };
        relative = rest;
        let mut name = Vec::new();
        while !attributes.is_empty() {
            let (SEQUENCE, attribute, rest) = element(attributes)? else { return None };
            attributes = rest;
            let (OBJECT_IDENTIFIER, oid, value) = element(attribute)? else { return None };
            name.push(Attribute::from_der(dotted(oid)?, value)?);
            count += 1;
            if count > MOST_ATTRIBUTES {
                return None;
            }
        }
        names.push(name);
    }
    Some(DistinguishedName { names })
}

/// Tag, content and what follows of the DER element at the start.
pub(super) fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(first), rest),
        0x81..=0x83 => {
            let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
            (octets.iter().fold(0, |length, octet| length << 8 | usize::from(*octet)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

pub(super) fn dotted(oid: &[u8]) -> Option<String> {
    let mut text = String::new();
    let mut value = 0_u64;
    let mut first = true;
    for octet in oid {
        value = value.checked_mul(128)?.checked_add(u64::from(octet & 0x7F))?;
        if octet & 0x80 != 0 {
            continue;
        }
        if first {
            let root = (value / 40).min(2);
            text.push_str(&format!("{root}.{}", value - 40 * root));
            first = false;
        } else {
            text.push_str(&format!(".{value}"));
        }
        value = 0;
    }
    (!first && oid.last().is_some_and(|octet| octet & 0x80 == 0)).then_some(text)
}

/// The text of a DirectoryString and of its relatives.
fn string(tag: u8, content: &[u8]) -> Option<String> {
    match tag {
        // UTF8String, NumericString, PrintableString, IA5String, VisibleString.
        0x0C | 0x12 | 0x13 | 0x16 | 0x1A => String::from_utf8(content.to_vec()).ok(),
        // TeletexString, in practice ISO-8859-1.
        0x14 => Some(content.iter().map(|octet| char::from(*octet)).collect()),
        // BMPString.
        0x1E => {
            let units = content.chunks_exact(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0,
            });
            String::from_utf16(&units.collect::<Vec<_>>()).ok()
        }
        // UniversalString.
        0x1C => content
            .chunks_exact(4)
            .map(|four| {
                four.try_into().ok().and_then(|four| char::from_u32(u32::from_be_bytes(four)))
            })
            .collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_many_spellings() {
        let name =
            DistinguishedName::parse("CN=Jürgen  \"J\", O=Example\\, Inc., C=DE").unwrap_err();
        assert_eq!(name.cause(), Cause::InvalidTokenValue);
        let name = DistinguishedName::parse("CN=Jürgen Müller,O=Example\\, Inc.,C=DE").unwrap();
        for spelling in [
            "CN=Jürgen Müller, O=\"Example, Inc.\", C=DE",
            "cn = J\\C3\\BCrgen  M\\c3\\bcller ; o=Example\\2C Inc. ; c=de",
            "C=DE,O=Example\\, Inc.,CN=Jürgen Müller",
            "2.5.4.3=#0c0f4ac3bc7267656e204dc3bc6c6c6572,OID.2.5.4.10=Example\\, Inc.,2.5.4.6=#13024445",
            "/C=DE/O=Example, Inc./CN=Jürgen Müller",
            "  CN=JÜRGEN MÜLLER,O=example\\, inc.,C=DE  ",
        ] {
            let other = DistinguishedName::parse(spelling).unwrap();
            assert!(name.matches(&other) && other.matches(&name), "{spelling}");
        }
        for other in [
            "CN=Jürgen Müller,O=Example\\, Inc.",
            "CN=Jürgen Muller,O=Example\\, Inc.,C=DE",
            "O=Jürgen Müller,CN=Example\\, Inc.,C=DE",
            "O=Example\\, Inc.,CN=Jürgen Müller,C=DE",
            "CN=Jürgen Müller+O=Example\\, Inc.,C=DE",
            "",
        ] {
            assert!(!name.matches(&DistinguishedName::parse(other).unwrap()), "{other}");
        }
        for broken in [
            "CN",
            "CN=a,",
            "=a",
            "CN=\"a",
            "XX=a",
            "CN=a\\",
            "CN=#0",
            "CN=#0c05",
            "CN=a,,C=b",
            "1=a",
        ] {
            assert!(DistinguishedName::parse(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn it_is_written_as_rfc_2253_has_it() {
        for (text, written) in [
            ("CN=\\ a\\+b\\\"\\#,O=\\#x \\ ", "CN=\\ a\\+b\\\"#,O=\\#x \\ "),
            ("E=a@b,CN=x", "1.2.840.113549.1.9.1=a@b,CN=x"),
            ("CN=a+OU=b,DC=c", "CN=a+OU=b,DC=c"),
        ] {
            let name = DistinguishedName::parse(text).unwrap();
            assert_eq!(name.to_rfc2253(), written);
            assert_eq!(DistinguishedName::parse(written).unwrap(), name);
        }
    }

    #[test]
    fn sets_have_no_order() {
        let one = DistinguishedName::parse("CN=a+OU=b,C=DE").unwrap();
        assert_eq!(one, DistinguishedName::parse("OU=b+CN=a,C=DE").unwrap());
    }
}
