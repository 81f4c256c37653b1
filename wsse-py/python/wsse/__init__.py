"""WS-Security: make and check UsernameTokens, Timestamps and the HTTP X-WSSE header.

The core is Rust, and nothing else is needed. ``wsse.zeep`` and ``wsse.spyne`` meet those
frameworks and import them; ``wsse.http`` is the X-WSSE header.
"""

from wsse._wsse import (
    Exchange,
    Inbound,
    InboundPolicy,
    MemoryReplayStore,
    Outbound,
    OutboundPolicy,
    Protected,
    ValidatedMessage,
    __version__,
    password_digest,
)
from wsse.errors import (
    Error,
    FailedAuthentication,
    FailedCheck,
    Fault,
    InvalidSecurity,
    InvalidSecurityToken,
    Io,
    LimitExceeded,
    Malformed,
    MessageExpired,
    Misuse,
    SecurityTokenUnavailable,
    Unavailable,
    UnsupportedAlgorithm,
    UnsupportedSecurityToken,
)

__all__ = [
    "Error",
    "Exchange",
    "FailedAuthentication",
    "FailedCheck",
    "Fault",
    "Inbound",
    "InboundPolicy",
    "InvalidSecurity",
    "InvalidSecurityToken",
    "Io",
    "LimitExceeded",
    "Malformed",
    "MemoryReplayStore",
    "MessageExpired",
    "Misuse",
    "Outbound",
    "OutboundPolicy",
    "Protected",
    "SecurityTokenUnavailable",
    "Unavailable",
    "UnsupportedAlgorithm",
    "UnsupportedSecurityToken",
    "ValidatedMessage",
    "__version__",
    "password_digest",
]
