"""What wsse.zeep is made of: a part of the stub of wsse._wsse, and for wsse.zeep alone."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal, Optional, Union, final

from typing_extensions import TypeAlias

from wsse._wsse import InboundPolicy, OutboundPolicy
from wsse._wsse_keys import Certificate

# Types that exist for type checkers only.
_Octets: TypeAlias = Union[bytes, bytearray, memoryview]
# The last but one is the children: a recursive tuple, which stays Any in its depth.
_Skeleton: TypeAlias = tuple[
    str,
    dict[str, str],
    # With the key None for the default namespace, which lxml-stubs does not know.
    Optional[dict[Any, str]],
    Optional[str],
    tuple[Any, ...],
    bool,
]

def username_token_skeleton(
    username: object,
    password: object,
    password_digest: object,
    use_digest: object,
    nonce: object,
    created: object,
    zulu_timestamp: object,
    hash_password: object,
    *,
    nonce_with_text: object,
    timestamp: object,
    random: Callable[[int], bytes],
    now: Callable[[], datetime],
) -> tuple[_Skeleton, ...]:
    """The elements of a Security header for zeep: the UsernameToken, then the Timestamp where
    `timestamp` is its lifetime in seconds, or True for the default one.

    The first eight arguments are those of zeep's UsernameToken, but for timestamp_token. random is
    os.urandom, now returns a datetime; either is called only where it is needed.
    """

def zeep_signature_policy(
    signature_method: object,
    digest_method: object,
    *,
    key_reference: str,
    parts: Optional[Sequence[str]],
    timestamp: Optional[int],
    must_understand: bool,
    inclusive_prefixes: bool,
    clock_offset: int,
) -> OutboundPolicy:
    """The policy of a Signature or BinarySignature. An algorithm is an identifier, a name of policies, or
    an object with an attribute href, as xmlsec has them; None stands for zeep's defaults. timestamp
    is the lifetime of one that is written, in seconds.
    """

def zeep_reply_policy(
    *, as_zeep: bool, ignore_key_info: bool, accept_faults: bool, clock_offset: int
) -> InboundPolicy:
    """The policy for replies. as_zeep: signatures are checked with the one certificate that is given, as
    zeep does it, whatever it says of itself and however old anything is. ignore_key_info: only the
    first of that.
    """

def zeep_certificates(octets: _Octets) -> tuple[Certificate, ...]:
    """The certificates in PEM or DER, whatever else is there, in their order; at least one."""

def is_same_document(one: _Octets, other: _Octets) -> bool:
    """Whether a document that was received says the same as one that a tree was serialised to; False
    where either is none.
    """

@final
class Template:
    """What is to be put into a message, as data. Only Outbound.template() makes it."""

    @property
    def security(
        self,
    ) -> Union[tuple[int, None, Literal[False]], tuple[None, _Skeleton, bool]]:
        """The number of the header block that is the Security header, elements only, or None; then a
        new one as a skeleton, or None; and whether that becomes the first header block or the last.
        """

    @property
    def ids(self) -> tuple[tuple[Literal["body", "block", "token"], int, str], ...]:
        """Elements that get a wsu:Id: "body", "block" or "token", its number, and the Id."""

    @property
    def first(self) -> tuple[_Skeleton, ...]:
        """What stands in the Security header in front of what is there."""

    @property
    def last(self) -> tuple[_Skeleton, ...]:
        """What stands behind it."""
