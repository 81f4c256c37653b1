"""The exceptions of wsse: one class for each category of failure, all under :class:`Error`.

The first eight are the fault codes of WSS SOAP Message Security 1.1.1, section 12. The text of an
exception is for the operator's log: precise, with the place, without secrets. What a peer may be
told is :attr:`Error.fault`.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple, Optional

__all__ = [
    "Error",
    "FailedAuthentication",
    "FailedCheck",
    "Fault",
    "InvalidSecurity",
    "InvalidSecurityToken",
    "Io",
    "LimitExceeded",
    "Malformed",
    "MessageExpired",
    "Misuse",
    "SecurityTokenUnavailable",
    "Unavailable",
    "UnsupportedAlgorithm",
    "UnsupportedSecurityToken",
]


class Fault(NamedTuple):
    """What a peer is told: deliberately vague, so that a fault teaches an attacker nothing."""

    sender: bool
    """Whose fault it is: True for the sender (SOAP 1.1 Client, SOAP 1.2 Sender), False for the
    receiver (SOAP 1.1 Server, SOAP 1.2 Receiver)."""
    code: Optional[str]
    """The local name of the code in the wsse namespace; None where the standard has no word."""
    text: str
    """The text for faultstring or Reason."""


class Error(Exception):
    """Why something was refused or could not be done."""

    category: ClassVar[str] = "Error"
    """The family of the failure, the same word in every language: the name of the class."""

    reason: str
    """What went wrong in words, without the place."""
    cause: str
    """The stable name of what went wrong, as in docs/errors.md."""
    offset: Optional[int]
    """Octets before the place in the message or policy, where there is one."""
    line: Optional[int]
    """Line of the place, counted from 1, where it is known."""
    column: Optional[int]
    """Column of the place in characters, counted from 1, where it is known."""

    def __init__(
        self,
        reason: str = "",
        *,
        cause: str = "",
        offset: Optional[int] = None,
        line: Optional[int] = None,
        column: Optional[int] = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause
        self.offset = offset
        self.line = line
        self.column = column

    def __str__(self) -> str:
        if self.line is not None:
            return f"{self.reason} (line {self.line}, column {self.column})"
        if self.offset is not None:
            return f"{self.reason} (octet {self.offset})"
        return self.reason

    @property
    def fault(self) -> Fault:
        """The SOAP fault that the category becomes."""
        from wsse._wsse import category_fault

        return Fault(*category_fault(self.category))


class InvalidSecurity(Error):
    """The security header is not what the policy or the standard demands; replays, too."""

    category = "InvalidSecurity"


class FailedCheck(Error):
    """A signature or a decryption did not hold."""

    category = "FailedCheck"


class FailedAuthentication(Error):
    """Who the sender claims to be could not be confirmed: unknown user, or wrong password."""

    category = "FailedAuthentication"


class SecurityTokenUnavailable(Error):
    """A token or key that is referenced could not be found."""

    category = "SecurityTokenUnavailable"


class UnsupportedSecurityToken(Error):
    """A kind of token that is not understood."""

    category = "UnsupportedSecurityToken"


class UnsupportedAlgorithm(Error):
    """An algorithm that is not understood, or not allowed."""

    category = "UnsupportedAlgorithm"


class InvalidSecurityToken(Error):
    """A token whose content is wrong."""

    category = "InvalidSecurityToken"


class MessageExpired(Error):
    """The message is too old, or from the future."""

    category = "MessageExpired"


class Malformed(Error):
    """The octets are not a message: not well-formed, not SOAP, not a header value."""

    category = "Malformed"


class LimitExceeded(Error):
    """A budget was exceeded."""

    category = "LimitExceeded"


class Misuse(Error):
    """The caller asked for something that makes no sense. Never caused by a message."""

    category = "Misuse"


class Unavailable(Error):
    """Something that is needed for an answer did not answer: a store, a clock, a look-up.

    Where it was a callable of yours that raised, ``__cause__`` is what it raised.
    """

    category = "Unavailable"


class Io(Error):
    """Reading or writing failed."""

    category = "Io"
