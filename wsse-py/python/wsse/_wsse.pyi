"""What Rust computes for the package wsse. Import from wsse and wsse.http, not from here."""

import builtins
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal, Optional, Protocol, Union, final

from typing_extensions import TypeAlias

__all__ = [
    "Authorization",
    "CATEGORIES",
    "Challenge",
    "CheckedHeader",
    "Dialect",
    "Exchange",
    "HTTP_PRESETS",
    "HeaderCheck",
    "HeaderCreator",
    "Inbound",
    "InboundPolicy",
    "MemoryReplayStore",
    "Outbound",
    "OutboundPolicy",
    "Protected",
    "UnvalidatedEnvelope",
    "ValidatedMessage",
    "__version__",
    "category_fault",
    "create_header",
    "password_digest",
    "read_envelope",
    "run_command",
    "username_token_skeleton",
]

__version__: Final[str]
CATEGORIES: Final[tuple[str, ...]]
HTTP_PRESETS: Final[MappingProxyType[str, str]]

# Types that exist for type checkers only.
_Octets: TypeAlias = Union[bytes, bytearray, memoryview]
_Password: TypeAlias = Union[str, bytes, bytearray, memoryview]
_Known: TypeAlias = Union[_Password, Sequence[Union[str, bytes]], None]
_Passwords: TypeAlias = Union[
    Mapping[str, str],
    Mapping[str, bytes],
    Mapping[str, _Known],
    Callable[[str], _Known],
]
_Secret: TypeAlias = Literal["plain", "sha1", "sha1-base64", "md5-lower-base64", "lower"]
_Dialect: TypeAlias = Union["Dialect", str]
_DateForm: TypeAlias = Literal["date-time", "epoch-seconds", "rfc2822", "gmt-text"]
# The last member is the children: a recursive tuple, which stays Any in its depth.
_Skeleton: TypeAlias = tuple[
    str,
    str,
    str,
    tuple[tuple[Optional[str], str, str], ...],
    Optional[str],
    tuple[Any, ...],
]

class _ReplayStore(Protocol):
    def insert_if_absent(self, key: bytes, expires: datetime, now: datetime, /) -> bool: ...

def run_command(arguments: Sequence[str]) -> int: ...
def category_fault(category: str) -> tuple[bool, Optional[str], str]: ...
def password_digest(
    password: _Password, nonce: _Octets, created: str, secret: _Secret = "plain"
) -> str: ...
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
) -> tuple[_Skeleton, ...]: ...

@final
class OutboundPolicy:
    @classmethod
    def from_toml(cls, text: str) -> OutboundPolicy: ...
    @classmethod
    def preset(cls, name: str) -> OutboundPolicy: ...
    def to_toml(self) -> str: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class InboundPolicy:
    @classmethod
    def from_toml(cls, text: str) -> InboundPolicy: ...
    @classmethod
    def preset(cls, name: str) -> InboundPolicy: ...
    def to_toml(self) -> str: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Outbound:
    def __new__(
        cls,
        policy: Union[OutboundPolicy, str],
        *,
        username: Optional[str] = None,
        password: Optional[_Password] = None,
        now: Optional[Callable[[], datetime]] = None,
        random: Optional[Callable[[int], bytes]] = None,
    ) -> Outbound: ...
    def protect(
        self,
        envelope: _Octets,
        *,
        username: Optional[str] = None,
        password: Optional[_Password] = None,
        nonce: Optional[_Octets] = None,
        created: Union[str, datetime, None] = None,
        username_token_id: Optional[str] = None,
        timestamp_id: Optional[str] = None,
    ) -> Protected: ...
    def protect_reply(
        self,
        envelope: _Octets,
        request: ValidatedMessage,
        *,
        username: Optional[str] = None,
        password: Optional[_Password] = None,
        nonce: Optional[_Octets] = None,
        created: Union[str, datetime, None] = None,
        username_token_id: Optional[str] = None,
        timestamp_id: Optional[str] = None,
    ) -> Protected: ...
    @property
    def policy(self) -> OutboundPolicy: ...

@final
class Protected:
    @property
    def bytes(self) -> builtins.bytes: ...
    @property
    def exchange(self) -> Exchange: ...
    def __bytes__(self) -> builtins.bytes: ...

@final
class Exchange: ...

@final
class Inbound:
    def __new__(
        cls,
        policy: Union[InboundPolicy, str],
        *,
        passwords: Optional[_Passwords] = None,
        verifier: Optional[Callable[[str, bytes], bool]] = None,
        replay: Union[MemoryReplayStore, _ReplayStore, None] = None,
        now: Optional[Callable[[], datetime]] = None,
    ) -> Inbound: ...
    def validate(self, message: _Octets, *, charset: Optional[str] = None) -> ValidatedMessage: ...
    def validate_reply(self, message: _Octets, exchange: Exchange) -> ValidatedMessage: ...
    @property
    def policy(self) -> InboundPolicy: ...

@final
class ValidatedMessage:
    @property
    def unsigned_document(self) -> bytes: ...
    @property
    def username(self) -> Optional[str]: ...
    @property
    def body_child(self) -> Optional[tuple[str, str]]: ...
    @property
    def authenticated(self) -> bool: ...
    @property
    def timestamp_created(self) -> Optional[datetime]: ...
    @property
    def timestamp_expires(self) -> Optional[datetime]: ...
    @property
    def soap_version(self) -> Literal["1.1", "1.2"]: ...
    @property
    def exchange(self) -> Exchange: ...

def read_envelope(
    message: _Octets, *, charset: Optional[str] = None
) -> UnvalidatedEnvelope: ...

@final
class UnvalidatedEnvelope:
    @property
    def document(self) -> bytes: ...
    @property
    def body_child(self) -> Optional[tuple[str, str]]: ...
    @property
    def soap_version(self) -> Literal["1.1", "1.2"]: ...

@final
class MemoryReplayStore:
    def __new__(cls, capacity: int = ...) -> MemoryReplayStore: ...
    def __len__(self) -> int: ...
    def __bool__(self) -> bool: ...
    @property
    def forked(self) -> bool: ...

def create_header(
    username: str,
    password: _Password,
    *,
    dialect: Optional[_Dialect] = None,
    nonce: Union[str, _Octets, None] = None,
    created: Union[str, datetime, None] = None,
    parameters: Optional[Mapping[str, str]] = None,
    now: Optional[Callable[[], datetime]] = None,
) -> str: ...

@final
class HeaderCreator:
    def __new__(
        cls,
        username: str,
        password: _Password,
        *,
        dialect: Optional[_Dialect] = None,
        now: Optional[Callable[[], datetime]] = None,
        random: Optional[Callable[[int], bytes]] = None,
    ) -> HeaderCreator: ...
    def create(
        self,
        *,
        nonce: Union[str, _Octets, None] = None,
        created: Union[str, datetime, None] = None,
        parameters: Optional[Mapping[str, str]] = None,
    ) -> str: ...
    @property
    def username(self) -> str: ...
    @property
    def dialect(self) -> Dialect: ...

@final
class HeaderCheck:
    def __new__(
        cls,
        passwords: _Passwords,
        *,
        dialects: Union[_Dialect, Iterable[_Dialect], None] = None,
        replay: Union[MemoryReplayStore, _ReplayStore, None] = None,
        now: Optional[Callable[[], datetime]] = None,
        skew: Optional[int] = None,
    ) -> HeaderCheck: ...
    def check(self, value: str) -> CheckedHeader: ...

@final
class CheckedHeader:
    @property
    def username(self) -> str: ...
    @property
    def dialect(self) -> str: ...
    @property
    def created(self) -> datetime: ...
    @property
    def nonce(self) -> str: ...
    @property
    def unprotected_parameters(self) -> dict[str, str]: ...

@final
class Dialect:
    def __new__(
        cls,
        name: str,
        *,
        base: Optional[_Dialect] = None,
        nonce_form: Optional[Literal["text", "base64", "hex", "text-read-as-base64"]] = None,
        nonce_generator: Optional[str] = None,
        hash: Optional[Literal["sha1", "sha256", "sha384", "sha512"]] = None,
        digest_text: Optional[Literal["octets", "hex"]] = None,
        created_form: Optional[_DateForm] = None,
        zone: Optional[Literal["Z", "+00:00", "+0000"]] = None,
        milliseconds: Optional[bool] = None,
        accepted_created: Optional[Sequence[_DateForm]] = None,
        secret: Optional[_Secret] = None,
        prefix: Optional[Literal["required", "optional", "omitted"]] = None,
        separator: Optional[Literal[", ", ","]] = None,
        parameters: Optional[Mapping[str, str]] = None,
        ttl: Optional[int] = None,
        future_tolerance: Optional[int] = None,
    ) -> Dialect: ...
    @classmethod
    def preset(cls, name: str) -> Dialect: ...
    def __eq__(self, value: object, /) -> bool: ...
    @property
    def name(self) -> str: ...
    @property
    def nonce_form(self) -> str: ...
    @property
    def nonce_generator(self) -> str: ...
    @property
    def hash(self) -> str: ...
    @property
    def digest_text(self) -> str: ...
    @property
    def created_form(self) -> str: ...
    @property
    def zone(self) -> Optional[str]: ...
    @property
    def milliseconds(self) -> bool: ...
    @property
    def accepted_created(self) -> tuple[str, ...]: ...
    @property
    def secret(self) -> str: ...
    @property
    def prefix(self) -> str: ...
    @property
    def separator(self) -> str: ...
    @property
    def parameters(self) -> dict[str, str]: ...
    @property
    def ttl(self) -> int: ...
    @property
    def future_tolerance(self) -> int: ...

@final
class Challenge:
    def __new__(cls, realm: Optional[str] = None) -> Challenge: ...
    @classmethod
    def parse(cls, value: str) -> Optional[Challenge]: ...
    def write(self) -> str: ...
    def __eq__(self, value: object, /) -> bool: ...
    @property
    def realm(self) -> Optional[str]: ...
    @property
    def profile(self) -> Optional[str]: ...
    @property
    def parameters(self) -> dict[str, str]: ...

@final
class Authorization:
    def __new__(
        cls, realm: Optional[str] = None, *, parameters: Optional[Mapping[str, str]] = None
    ) -> Authorization: ...
    @classmethod
    def huawei(cls) -> Authorization: ...
    @classmethod
    def parse(cls, value: str) -> Optional[Authorization]: ...
    def write(self) -> str: ...
    def __eq__(self, value: object, /) -> bool: ...
    @property
    def realm(self) -> Optional[str]: ...
    @property
    def profile(self) -> Optional[str]: ...
    @property
    def parameters(self) -> dict[str, str]: ...
