//! The one failure vocabulary: a [`Cause`] names what went wrong, its [`Category`] is the word
//! that every language and the command line report, and [`Category::fault`] is what a peer is told.

mod cause;

pub use cause::Cause;

use core::fmt;

/// The family of a failure. The first eight are the fault codes of WSS SOAP Message Security
/// 1.1.1, section 12; the others are failures that the standard has no word for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Category {
    /// The security header is not what the policy or the standard demands.
    InvalidSecurity,
    /// A signature or a decryption did not hold.
    FailedCheck,
    /// Who the sender claims to be could not be confirmed.
    FailedAuthentication,
    /// A token or key that is referenced could not be found.
    SecurityTokenUnavailable,
    /// A kind of token that is not understood.
    UnsupportedSecurityToken,
    /// An algorithm that is not understood, or not allowed.
    UnsupportedAlgorithm,
    /// A token whose content is wrong.
    InvalidSecurityToken,
    /// The message is too old, or from the future.
    MessageExpired,
    /// The octets are not a message: not well-formed, not SOAP, not a header value.
    Malformed,
    /// A budget was exceeded.
    LimitExceeded,
    /// The caller asked for something that makes no sense. Never caused by a message.
    Misuse,
    /// Something that is needed for an answer did not answer: a store, a clock, a look-up.
    Unavailable,
    /// Reading or writing failed.
    Io,
}

impl Category {
    /// Every category, in the order of docs/errors.md.
    pub const ALL: [Self; 13] = [
        Self::InvalidSecurity,
        Self::FailedCheck,
        Self::FailedAuthentication,
        Self::SecurityTokenUnavailable,
        Self::UnsupportedSecurityToken,
        Self::UnsupportedAlgorithm,
        Self::InvalidSecurityToken,
        Self::MessageExpired,
        Self::Malformed,
        Self::LimitExceeded,
        Self::Misuse,
        Self::Unavailable,
        Self::Io,
    ];

    /// The name of the category, the same in every language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidSecurity => "InvalidSecurity",
            Self::FailedCheck => "FailedCheck",
            Self::FailedAuthentication => "FailedAuthentication",
            Self::SecurityTokenUnavailable => "SecurityTokenUnavailable",
            Self::UnsupportedSecurityToken => "UnsupportedSecurityToken",
            Self::UnsupportedAlgorithm => "UnsupportedAlgorithm",
            Self::InvalidSecurityToken => "InvalidSecurityToken",
            Self::MessageExpired => "MessageExpired",
            Self::Malformed => "Malformed",
            Self::LimitExceeded => "LimitExceeded",
            Self::Misuse => "Misuse",
            Self::Unavailable => "Unavailable",
            Self::Io => "Io",
        }
    }

    /// What the peer is told: deliberately vague, so that a fault teaches an attacker nothing.
    /// The texts are the standard's (SOAP Message Security 1.1.1, section 12).
    #[must_use]
    pub const fn fault(self) -> Fault {
        match self {
            Self::InvalidSecurity => Fault::wsse(
                "InvalidSecurity",
                "An error was discovered processing the <wsse:Security> header",
            ),
            Self::FailedCheck => {
                Fault::wsse("FailedCheck", "The signature or decryption was invalid")
            }
            Self::FailedAuthentication => Fault::wsse(
                "FailedAuthentication",
                "The security token could not be authenticated or authorized",
            ),
            Self::SecurityTokenUnavailable => Fault::wsse(
                "SecurityTokenUnavailable",
                "Referenced security token could not be retrieved",
            ),
            Self::UnsupportedSecurityToken => {
                Fault::wsse("UnsupportedSecurityToken", "An unsupported token was provided")
            }
            Self::UnsupportedAlgorithm => Fault::wsse(
                "UnsupportedAlgorithm",
                "An unsupported signature or encryption algorithm was used",
            ),
            Self::InvalidSecurityToken => {
                Fault::wsse("InvalidSecurityToken", "An invalid security token was provided")
            }
            Self::MessageExpired => Fault::wsse("MessageExpired", "The message has expired"),
            Self::Malformed => Fault::sender("The message could not be read"),
            Self::LimitExceeded => Fault::sender("The message exceeds a limit of the receiver"),
            Self::Misuse | Self::Unavailable | Self::Io => {
                Fault::receiver("The message could not be processed")
            }
        }
    }

    /// Whether the failure is the caller's or the machine's rather than a verdict on a message:
    /// the command line ends with status 2 instead of 1.
    #[must_use]
    pub const fn is_usage(self) -> bool {
        matches!(self, Self::Misuse | Self::Io)
    }
}

impl fmt::Display for Category {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The SOAP fault that a [`Category`] becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Whose fault it is: `true` for the sender (SOAP 1.1 `Client`, SOAP 1.2 `Sender`), `false`
    /// for the receiver (SOAP 1.1 `Server`, SOAP 1.2 `Receiver`).
    pub sender: bool,
    /// The local name of the code in the `wsse` namespace: SOAP 1.1 `faultcode`, SOAP 1.2
    /// `Subcode`. `None` where the standard has no word.
    pub code: Option<&'static str>,
    /// The text for `faultstring` or `Reason`.
    pub text: &'static str,
}

impl Fault {
    const fn wsse(code: &'static str, text: &'static str) -> Self {
        Self { sender: true, code: Some(code), text }
    }

    const fn sender(text: &'static str) -> Self {
        Self { sender: true, code: None, text }
    }

    const fn receiver(text: &'static str) -> Self {
        Self { sender: false, code: None, text }
    }
}

/// A place in a message or a policy file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// Octets before the place.
    pub offset: usize,
    /// Line, counted from 1. 0 until [`Error::locate`] filled it in.
    pub line: usize,
    /// Column in characters, counted from 1. 0 until [`Error::locate`] filled it in.
    pub column: usize,
}

impl Position {
    /// The place after `offset` octets of a text that is not at hand.
    #[must_use]
    pub const fn at(offset: usize) -> Self {
        Self { offset, line: 0, column: 0 }
    }

    /// The place after `offset` octets of `source`.
    #[must_use]
    pub fn in_source(source: &[u8], offset: usize) -> Self {
        let before = &source[..offset.min(source.len())];
        let line_start = before.iter().rposition(|&octet| octet == b'\n').map_or(0, |at| at + 1);
        let is_character_start = |octet: &&u8| **octet & 0xC0 != 0x80;
        Self {
            offset,
            line: 1 + before.iter().filter(|&&octet| octet == b'\n').count(),
            column: 1 + before[line_start..].iter().filter(is_character_start).count(),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(formatter, "octet {}", self.offset)
        } else {
            write!(formatter, "line {}, column {}", self.line, self.column)
        }
    }
}

/// Why something was refused or could not be done.
///
/// The text is for the operator's log: precise, with the place; it holds no secret. What a peer
/// may see is [`Category::fault`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Details>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Details {
    cause: Cause,
    reason: String,
    position: Option<Position>,
}

impl Error {
    /// An error with its cause and the precise reason in words: lower case, no full stop, what
    /// was wrong and what to do about it.
    #[must_use]
    pub fn new(cause: Cause, reason: impl Into<String>) -> Self {
        Self(Box::new(Details { cause, reason: reason.into(), position: None }))
    }

    /// The same error, at a place `offset` octets into the text that is being read. A place that
    /// is already known stays.
    #[must_use]
    pub fn at(mut self, offset: usize) -> Self {
        self.0.position.get_or_insert(Position::at(offset));
        self
    }

    /// The same error, its place so many octets further behind.
    #[must_use]
    pub(crate) fn moved(mut self, by: usize) -> Self {
        if let Some(position) = &mut self.0.position {
            position.offset += by;
        }
        self
    }

    /// The same error with the place that is known better.
    #[must_use]
    pub(crate) fn located(mut self, position: Position) -> Self {
        self.0.position = Some(position);
        self
    }

    /// The same error with line and column, if it has a place in `source`.
    #[must_use]
    pub fn locate(mut self, source: &[u8]) -> Self {
        if let Some(position) = &mut self.0.position {
            *position = Position::in_source(source, position.offset);
        }
        self
    }

    /// What went wrong, as a value to match.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.0.cause
    }

    /// The family of what went wrong.
    #[must_use]
    pub fn category(&self) -> Category {
        self.0.cause.category()
    }

    /// What went wrong in words, without the place.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Where it went wrong.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.0.position
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.reason)?;
        match &self.0.position {
            Some(position) => write!(formatter, " ({position})"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for Error {}
