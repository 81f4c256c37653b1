//! Parts of a message, as policies name them.

use super::document::Table;
use crate::error::Error;

/// A part of a message that is signed, or must be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// Which part.
    pub which: WhichPart,
    /// Whether it may be absent: written as a trailing `?`.
    pub optional: bool,
}

/// Which part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhichPart {
    /// `body`: the Body element.
    Body,
    /// `timestamp`: the Timestamp in the Security header.
    Timestamp,
    /// `username-token`: the UsernameToken in the Security header.
    UsernameToken,
    /// `binary-security-token`: every BinarySecurityToken in the Security header.
    BinarySecurityToken,
    /// `signature-confirmation`: every SignatureConfirmation in the Security header.
    SignatureConfirmation,
    /// `security-token-reference`: the token of the signer, through the SecurityTokenReference that
    /// says which it is (SOAP Message Security 1.1.1, section 8.3, the STR-Transform).
    SecurityTokenReference,
    /// `{namespace}local`: every header block of this name.
    Block {
        /// The namespace name.
        namespace: String,
        /// The local name.
        local: String,
    },
    /// `#id`: the element with this Id.
    Id(String),
    /// `/Envelope/Header/{namespace}local[1]`: the element at this position.
    Position(String),
}

impl Part {
    /// A part that must be there.
    #[must_use]
    pub const fn required(which: WhichPart) -> Self {
        Self { which, optional: false }
    }

    /// A part that may be absent.
    #[must_use]
    pub const fn if_present(which: WhichPart) -> Self {
        Self { which, optional: true }
    }

    /// Reads a part as policies spell it; None for what is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, optional) = match text.strip_suffix('?') {
            Some(name) => (name, true),
            None => (text, false),
        };
        let which = match name {
            "body" => WhichPart::Body,
            "timestamp" => WhichPart::Timestamp,
            "username-token" => WhichPart::UsernameToken,
            "binary-security-token" => WhichPart::BinarySecurityToken,
            "signature-confirmation" => WhichPart::SignatureConfirmation,
            "security-token-reference" => WhichPart::SecurityTokenReference,
            _ => {
                if let Some((namespace, local)) =
                    name.strip_prefix('{').and_then(|rest| rest.split_once('}'))
                    && crate::xml::is_ncname(local)
                {
                    WhichPart::Block { namespace: namespace.to_owned(), local: local.to_owned() }
                } else if let Some(id) = name.strip_prefix('#')
                    && !id.is_empty()
                    && !optional
                {
                    WhichPart::Id(id.to_owned())
                } else if name.starts_with("/Envelope/") {
                    WhichPart::Position(name.to_owned())
                } else {
                    return None;
                }
            }
        };
        Some(Self { which, optional })
    }

    pub(super) fn read(table: &Table<'_>, key: &str) -> Result<Option<Vec<Self>>, Error> {
        let Some(names) = table.strings(key)? else { return Ok(None) };
        let mut parts: Vec<Self> = Vec::new();
        for name in names {
            let Some(part) = Self::parse(name) else {
                let reason = format!(
                    "{name:?} is no part of a message that this version knows; there are body, \
                     timestamp, username-token, binary-security-token, signature-confirmation, \
                     security-token-reference, {{namespace}}local, #id and /Envelope/…, each but #id with a trailing ? where it may be \
                     absent"
                );
                return Err(table.error(key, reason));
            };
            if parts.iter().any(|before| before.which == part.which) {
                return Err(table.error(key, format!("the part {name:?} stands twice")));
            }
            parts.push(part);
        }
        Ok(Some(parts))
    }
}

impl core::fmt::Display for Part {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match &self.which {
            WhichPart::Body => formatter.write_str("body")?,
            WhichPart::Timestamp => formatter.write_str("timestamp")?,
            WhichPart::UsernameToken => formatter.write_str("username-token")?,
            WhichPart::BinarySecurityToken => formatter.write_str("binary-security-token")?,
            WhichPart::SignatureConfirmation => formatter.write_str("signature-confirmation")?,
            WhichPart::SecurityTokenReference => formatter.write_str("security-token-reference")?,
            WhichPart::Block { namespace, local } => write!(formatter, "{{{namespace}}}{local}")?,
            WhichPart::Id(id) => write!(formatter, "#{id}")?,
            WhichPart::Position(path) => formatter.write_str(path)?,
        }
        if self.optional { formatter.write_str("?") } else { Ok(()) }
    }
}

/// Parts as an array of TOML.
pub(super) fn write_parts(parts: &[Part]) -> String {
    let parts: Vec<String> =
        parts.iter().map(|part| super::document::write_string(&part.to_string())).collect();
    format!("[{}]", parts.join(", "))
}
