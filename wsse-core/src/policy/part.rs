//! Parts of a message, as policies name them.

use super::document::Table;
use crate::error::{Cause, Error};
use crate::ns;

/// A part of a message that is signed or encrypted, or must be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// Which part.
    pub which: WhichPart,
    /// Whether it may be absent: written as a trailing `?`.
    pub optional: bool,
    /// Whether what is between its tags is meant, without them: `body-content`, and
    /// `content({namespace}local)`, `content(#id)` and `content(/Envelope/…)`. Only encryption knows
    /// it (XML Encryption 1.1, section 3.1, Type Content). Default: no, the whole element.
    pub content: bool,
}

/// What parts are listed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartUse {
    /// To be signed, or to have been signed.
    Signed,
    /// To be encrypted.
    Encrypted,
    /// To have been encrypted.
    RequiredEncrypted,
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
    /// `/Envelope/Body//{namespace}local`: every element of this name in the Body, however deep; only
    /// encryption knows it.
    InBody {
        /// The namespace name.
        namespace: String,
        /// The local name.
        local: String,
    },
}

/// WS-Addressing 1.0, SOAP Binding, section 3.4; the submission has the same.
const ADDRESSING: [&str; 7] =
    ["To", "From", "ReplyTo", "FaultTo", "Action", "MessageID", "RelatesTo"];

/// How a part begins that is looked for in the whole Body.
const IN_BODY: &str = "/Envelope/Body//";

impl Part {
    /// A part that must be there.
    #[must_use]
    pub const fn required(which: WhichPart) -> Self {
        Self { which, optional: false, content: false }
    }

    /// The content of a part that must be there.
    #[must_use]
    pub const fn content_of(which: WhichPart) -> Self {
        Self { which, optional: false, content: true }
    }

    /// A part that may be absent.
    #[must_use]
    pub const fn if_present(which: WhichPart) -> Self {
        Self { which, optional: true, content: false }
    }

    /// Reads a part as policies spell it; None for what is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, optional) = match text.strip_suffix('?') {
            Some(name) => (name, true),
            None => (text, false),
        };
        if name == "body-content" {
            return Some(Self { which: WhichPart::Body, optional, content: true });
        }
        if let Some(name) = name.strip_prefix("content(").and_then(|name| name.strip_suffix(')')) {
            let which = WhichPart::parse(name, optional).filter(WhichPart::may_be_content)?;
            return Some(Self { which, optional, content: true });
        }
        WhichPart::parse(name, optional).map(|which| Self { which, optional, content: false })
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

    /// Refuses a list of parts that contradicts itself, or names what makes no sense there.
    pub(super) fn check_list(list: &[Self], usage: PartUse) -> Result<(), Error> {
        let invalid = |reason: String| Err(Error::new(Cause::InvalidPolicy, reason));
        for (index, part) in list.iter().enumerate() {
            let is_twice = list[..index].iter().any(|before| before.which == part.which);
            if is_twice && usage != PartUse::Signed {
                return invalid(format!("the part \"{part}\" stands twice"));
            }
            if let Some(reason) = part.is_unfit(usage) {
                return invalid(format!("{part}: {reason}"));
            }
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

    /// Why this part can't be signed, or encrypted.
    fn is_unfit(&self, usage: PartUse) -> Option<&'static str> {
        if usage == PartUse::Signed {
            return match self.which {
                _ if self.content => Some("whole elements are signed, and no content"),
                WhichPart::InBody { .. } => {
                    Some("elements in the Body are signed by their Id, as #id")
                }
                _ => None,
            };
        }
        match &self.which {
            WhichPart::Body if !self.content => Some(
                "the Body itself stays (SOAP Message Security 1.1.1, section 9); its content is \
                 encrypted as body-content",
            ),
            WhichPart::SecurityTokenReference => Some("it is a way to sign a token"),
            WhichPart::Headers | WhichPart::Addressing | WhichPart::Except { .. } => Some(
                "which header blocks are there must not decide what is encrypted; name each as \
                 {namespace}local",
            ),
            WhichPart::Block { namespace, local }
                if (namespace.as_str(), local.as_str()) == (ns::WSSE, "Security") =>
            {
                Some("the Security header is what says how to decrypt")
            }
            WhichPart::Signature(Some(_)) if usage == PartUse::RequiredEncrypted => {
                Some("every Signature is meant; take signature")
            }
            _ => None,
        }
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
                     addressing, !{{namespace}}local and #id, without; and, to be encrypted, \
                     body-content, /Envelope/Body//{{namespace}}local, and content(…) around \
                     {{namespace}}local, #id and /Envelope/…"
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

impl WhichPart {
    fn parse(name: &str, optional: bool) -> Option<Self> {
        Some(match name {
            "body" => Self::Body,
            "timestamp" => Self::Timestamp,
            "username-token" => Self::UsernameToken,
            "binary-security-token" => Self::BinarySecurityToken,
            "signature-confirmation" => Self::SignatureConfirmation,
            "security-token-reference" => Self::SecurityTokenReference,
            "signature" => Self::Signature(None),
            "headers" if !optional => Self::Headers,
            "addressing" if !optional => Self::Addressing,
            _ => {
                if let Some((namespace, local)) = block_name(name) {
                    Self::Block { namespace, local }
                } else if let Some((namespace, local)) = name.strip_prefix('!').and_then(block_name)
                    && !optional
                {
                    Self::Except { namespace, local }
                } else if let Some(number) = signature_number(name) {
                    Self::Signature(Some(number))
                } else if let Some(id) = name.strip_prefix('#')
                    && !id.is_empty()
                    && !optional
                {
                    Self::Id(id.to_owned())
                } else if let Some(name) = name.strip_prefix(IN_BODY) {
                    let (namespace, local) = block_name(name)?;
                    Self::InBody { namespace, local }
                } else if name.starts_with("/Envelope/") {
                    Self::Position(name.to_owned())
                } else {
                    return None;
                }
            }
        })
    }

    /// Whether `content(…)` may be written around it. The Body has a word of its own.
    fn may_be_content(&self) -> bool {
        matches!(self, Self::Block { .. } | Self::Id(_) | Self::Position(_) | Self::InBody { .. })
    }
}

impl core::fmt::Display for WhichPart {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Body => formatter.write_str("body"),
            Self::Timestamp => formatter.write_str("timestamp"),
            Self::UsernameToken => formatter.write_str("username-token"),
            Self::BinarySecurityToken => formatter.write_str("binary-security-token"),
            Self::SignatureConfirmation => formatter.write_str("signature-confirmation"),
            Self::SecurityTokenReference => formatter.write_str("security-token-reference"),
            Self::Signature(None) => formatter.write_str("signature"),
            Self::Signature(Some(number)) => write!(formatter, "signature[{number}]"),
            Self::Headers => formatter.write_str("headers"),
            Self::Addressing => formatter.write_str("addressing"),
            Self::Except { namespace, local } => write!(formatter, "!{{{namespace}}}{local}"),
            Self::Block { namespace, local } => write!(formatter, "{{{namespace}}}{local}"),
            Self::Id(id) => write!(formatter, "#{id}"),
            Self::Position(path) => formatter.write_str(path),
            Self::InBody { namespace, local } => {
                write!(formatter, "{IN_BODY}{{{namespace}}}{local}")
            }
        }
    }
}

impl core::fmt::Display for Part {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match (&self.which, self.content) {
            (which, false) => write!(formatter, "{which}")?,
            (WhichPart::Body, true) => formatter.write_str("body-content")?,
            (which, true) => write!(formatter, "content({which})")?,
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
