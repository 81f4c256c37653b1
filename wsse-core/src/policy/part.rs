//! Parts of a message, as policies name them.

use super::document::Table;
use crate::error::{Cause, Error};
use crate::ns;

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
    /// `signature`: when signing, every Signature that the Security header has by then; when
    /// required, every Signature of the signer, which others must have signed. `signature[1]`, when
    /// signing: the first of them, counted from those that the message brings.
    Signature(Option<usize>),
    /// `headers`: every header block but the Security headers.
    Headers,
    /// `addressing`: the header blocks To, From, ReplyTo, FaultTo, Action, MessageID and RelatesTo of
    /// WS-Addressing 1.0 and of the submission of August 2004, those that are there.
    Addressing,
    /// `!{namespace}local`: what `headers` and `addressing` pass by.
    Except {
        /// The namespace name.
        namespace: String,
        /// The local name.
        local: String,
    },
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

/// WS-Addressing 1.0, SOAP Binding, section 3.4; the submission has the same.
const ADDRESSING: [&str; 7] =
    ["To", "From", "ReplyTo", "FaultTo", "Action", "MessageID", "RelatesTo"];

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
            "signature" => WhichPart::Signature(None),
            "headers" if !optional => WhichPart::Headers,
            "addressing" if !optional => WhichPart::Addressing,
            _ => {
                if let Some((namespace, local)) = block_name(name) {
                    WhichPart::Block { namespace, local }
                } else if let Some((namespace, local)) = name.strip_prefix('!').and_then(block_name)
                    && !optional
                {
                    WhichPart::Except { namespace, local }
                } else if let Some(number) = signature_number(name) {
                    WhichPart::Signature(Some(number))
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

    /// Whether this part, of the parts of `list`, has the header blocks of this name.
    pub(crate) fn picks(&self, list: &[Self], namespace: &str, local: &str) -> bool {
        let is = |named: (&String, &String)| named.0 == namespace && named.1 == local;
        let is_picked = match &self.which {
            WhichPart::Block { namespace, local } => return is((namespace, local)),
            // What is for others is theirs to change.
            WhichPart::Headers => (namespace, local) != (ns::WSSE, "Security"),
            WhichPart::Addressing => {
                [ns::ADDRESSING, ns::ADDRESSING_2004].contains(&namespace)
                    && ADDRESSING.contains(&local)
            }
            _ => return false,
        };
        let excepts = |part: &Self| match &part.which {
            WhichPart::Except { namespace, local } => is((namespace, local)),
            _ => false,
        };
        is_picked && !list.iter().any(excepts)
    }

    /// Whether it picks what is there, be it nothing.
    pub(crate) fn is_picker(&self) -> bool {
        let Self { which, .. } = self;
        matches!(which, WhichPart::Headers | WhichPart::Addressing | WhichPart::Except { .. })
    }

    /// Whether it is a part of its own that must be there.
    pub(super) fn is_firm(&self) -> bool {
        !self.optional && !self.is_picker() && !matches!(self.which, WhichPart::Signature(_))
    }

    /// Refuses a list of parts that contradicts itself.
    pub(super) fn check_list(list: &[Self]) -> Result<(), Error> {
        let invalid = |reason: String| Err(Error::new(Cause::InvalidPolicy, reason));
        for part in list {
            if part.optional && part.is_picker() {
                return invalid(format!("{part}: it picks what is there, and takes no ?"));
            }
            let WhichPart::Except { namespace, local } = &part.which else { continue };
            if list.iter().any(|other| {
                matches!(other.which, WhichPart::Block { .. }) && other.picks(&[], namespace, local)
            }) {
                return invalid(format!("{part} excludes a part that is named beside it"));
            }
            if !list.iter().any(|other| other.picks(&[], namespace, local)) {
                return invalid(format!(
                    "{part} excludes nothing: it takes away from `headers` or `addressing`, and \
                     none that stands beside it would pick this header block"
                ));
            }
        }
        Ok(())
    }

    pub(super) fn read(table: &Table<'_>, key: &str) -> Result<Option<Vec<Self>>, Error> {
        let Some(names) = table.strings(key)? else { return Ok(None) };
        let mut parts: Vec<Self> = Vec::new();
        for name in names {
            let Some(part) = Self::parse(name) else {
                let reason = format!(
                    "{name:?} is no part of a message that this version knows; there are body, \
                     timestamp, username-token, binary-security-token, signature-confirmation, \
                     security-token-reference, signature, signature[1], {{namespace}}local and \
                     /Envelope/…, each with a trailing ? where it may be absent; headers, \
                     addressing, !{{namespace}}local and #id, without"
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
            WhichPart::Signature(None) => formatter.write_str("signature")?,
            WhichPart::Signature(Some(number)) => write!(formatter, "signature[{number}]")?,
            WhichPart::Headers => formatter.write_str("headers")?,
            WhichPart::Addressing => formatter.write_str("addressing")?,
            WhichPart::Except { namespace, local } => write!(formatter, "!{{{namespace}}}{local}")?,
            WhichPart::Block { namespace, local } => write!(formatter, "{{{namespace}}}{local}")?,
            WhichPart::Id(id) => write!(formatter, "#{id}")?,
            WhichPart::Position(path) => formatter.write_str(path)?,
        }
        if self.optional { formatter.write_str("?") } else { Ok(()) }
    }
}

/// `{namespace}local`.
fn block_name(text: &str) -> Option<(String, String)> {
    let (namespace, local) = text.strip_prefix('{')?.split_once('}')?;
    crate::xml::is_ncname(local).then(|| (namespace.to_owned(), local.to_owned()))
}

/// The number of `signature[1]`, spelt in one way only.
fn signature_number(text: &str) -> Option<usize> {
    let digits = text.strip_prefix("signature[")?.strip_suffix(']')?;
    let number: usize = digits.parse().ok().filter(|number| *number > 0)?;
    (format!("{number}") == digits).then_some(number)
}

/// Parts as an array of TOML.
pub(super) fn write_parts(parts: &[Part]) -> String {
    let parts: Vec<String> =
        parts.iter().map(|part| super::document::write_string(&part.to_string())).collect();
    format!("[{}]", parts.join(", "))
}
