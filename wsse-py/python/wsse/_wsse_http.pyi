"""The X-WSSE header: a part of the stub of wsse._wsse. Import from wsse.http."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Optional, Union, final

from typing_extensions import TypeAlias

from wsse._wsse import MemoryReplayStore, _Octets, _Password, _Passwords, _ReplayStore, _Secret

# Types that exist for type checkers only.
_Dialect: TypeAlias = Union["Dialect", str]
_DateForm: TypeAlias = Literal["date-time", "epoch-seconds", "rfc2822", "gmt-text"]

def create_header(
    username: str,
    password: _Password,
    *,
    dialect: Optional[_Dialect] = None,
    nonce: Union[str, _Octets, None] = None,
    created: Union[str, datetime, None] = None,
    parameters: Optional[Mapping[str, str]] = None,
    now: Optional[Callable[[], datetime]] = None,
) -> str:
    """The value of an X-WSSE header, without "X-WSSE: ".

    password: str (its UTF-8 octets enter) or bytes. dialect: the name of one of PRESETS, or a
    Dialect; "atom" by default. nonce: what enters the hash, str or bytes; fresh by default.
    created: a str, used as it is, or a datetime (without time zone: UTC); the clock's by default.
    parameters: a mapping of further parameters. now: a callable that returns a datetime, instead of
    the machine's clock.

    Raises wsse.Misuse for what cannot stand in a header.
    """

@final
class HeaderCreator:
    """Makes the headers of one user: create_header() with everything prepared that stays the same.

    username, password, dialect and now are as in create_header(); random: a callable like
    os.urandom, instead of the machine's randomness. Immutable, shared between threads.
    """

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
    ) -> str:
        """The value of a header, without "X-WSSE: "; the arguments are those of create_header()."""

    @property
    def username(self) -> str:
        """Whose headers are made."""

    @property
    def dialect(self) -> Dialect:
        """How they are spelt."""

@final
class HeaderCheck:
    """Checks the X-WSSE headers that a server receives. Made once, immutable, shared between
    threads.

    passwords: a mapping of usernames to a password or several (str or bytes), read once, here; or a
    callable that is asked for them each time. None, an empty sequence and an empty password mean an
    unknown user. dialects: the accepted ones, each the name of one of PRESETS or a Dialect; "atom"
    by default. replay: the memory of what was accepted, a wsse.MemoryReplayStore or an object with
    insert_if_absent(key: bytes, expires: datetime, now: datetime) -> bool; a store of its own by
    default. now: a callable that returns a datetime (without time zone: UTC), instead of the
    machine's clock. skew: seconds by which the sender's clock may be off in both directions; by
    default what the dialects say.

    The digest covers neither method nor target nor body of the request: use it under TLS.
    """

    def __new__(
        cls,
        passwords: _Passwords,
        *,
        dialects: Union[_Dialect, Iterable[_Dialect], None] = None,
        replay: Union[MemoryReplayStore, _ReplayStore, None] = None,
        now: Optional[Callable[[], datetime]] = None,
        skew: Optional[int] = None,
    ) -> HeaderCheck: ...
    def check(self, value: str) -> CheckedHeader:
        """Checks the value of a header, without "X-WSSE:".

        Raises wsse.Malformed, wsse.MessageExpired, wsse.FailedAuthentication, or
        wsse.InvalidSecurity for one that was seen before.
        """

@final
class CheckedHeader:
    """A header that was checked. Only HeaderCheck makes it."""

    @property
    def username(self) -> str:
        """Who sent it, as confirmed by the password."""

    @property
    def dialect(self) -> str:
        """The name of the dialect that fitted."""

    @property
    def created(self) -> datetime:
        """When the sender says it was made; aware, in UTC."""

    @property
    def nonce(self) -> str:
        """The text of Nonce, as the header has it."""

    @property
    def unprotected_parameters(self) -> dict[str, str]:
        """The parameters beside the four. They are not in the hash: anyone on the way can have
        written them.
        """

@final
class Dialect:
    """How one service, or one family of clients, spells the X-WSSE header.

    name: for people and logs. base: the Dialect, or the name of one of PRESETS, that it differs
    from in what follows; "atom" by default.

    nonce_form: "text", "base64", "hex", "text-read-as-base64". nonce_generator: "octets:N",
    "hex-digits:N", "uuid", "uuid-without-dashes". hash: "sha1", "sha256", "sha384", "sha512".
    digest_text: "octets" or "hex", what the base64 of PasswordDigest is of. created_form:
    "date-time", "epoch-seconds", "rfc2822", "gmt-text"; zone ("Z", "+00:00", "+0000") and
    milliseconds (bool) of a date-time. accepted_created: the forms that are read, a sequence.
    secret: as in wsse.password_digest(). prefix: "required", "optional", "omitted". separator: ", "
    or ",". parameters: a mapping of those that are always written, added to those of base. ttl,
    future_tolerance: seconds.

    Raises wsse.Misuse for another word.
    """

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
    def preset(cls, name: str) -> Dialect:
        """The dialect of PRESETS that has this name. Raises wsse.Misuse for another."""

    def __eq__(self, value: object, /) -> bool: ...
    @property
    def name(self) -> str:
        """The name, for people and logs."""

    @property
    def nonce_form(self) -> str:
        """How Nonce spells the octets that enter the hash."""

    @property
    def nonce_generator(self) -> str:
        """What a fresh nonce is made of."""

    @property
    def hash(self) -> str:
        """The algorithm of the digest."""

    @property
    def digest_text(self) -> str:
        """What the base64 of PasswordDigest is of."""

    @property
    def created_form(self) -> str:
        """How Created is written."""

    @property
    def zone(self) -> Optional[str]:
        """How UTC is spelt in a Created that is a date-time; None for another form."""

    @property
    def milliseconds(self) -> bool:
        """Whether a Created that is a date-time has milliseconds."""

    @property
    def accepted_created(self) -> tuple[str, ...]:
        """The forms in which Created is read."""

    @property
    def secret(self) -> str:
        """What is done to the password before it enters the hash."""

    @property
    def prefix(self) -> str:
        """Whether "UsernameToken " stands before the parameters."""

    @property
    def separator(self) -> str:
        """What is written between two parameters."""

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters that are always written."""

    @property
    def ttl(self) -> int:
        """How old a header may be, in seconds."""

    @property
    def future_tolerance(self) -> int:
        """How far in the future Created may lie, in seconds."""

@final
class Challenge:
    """What a server asks for in WWW-Authenticate: WSSE realm="…", profile="UsernameToken". The
    realm is empty where none is given.
    """

    def __new__(cls, realm: Optional[str] = None) -> Challenge: ...
    @classmethod
    def parse(cls, value: str) -> Optional[Challenge]:
        """Finds the WSSE challenge in the value of a WWW-Authenticate header, which may hold
        several (RFC 9110, section 11.6.1). None if there is none. Raises wsse.Malformed.
        """

    def write(self) -> str:
        """The header's value. Raises wsse.Misuse for a control character."""

    def __eq__(self, value: object, /) -> bool: ...
    @property
    def realm(self) -> Optional[str]:
        """The realm, if there is one."""

    @property
    def profile(self) -> Optional[str]:
        """The profile, if there is one. Only UsernameToken can be answered by an X-WSSE header."""

    @property
    def parameters(self) -> dict[str, str]:
        """The other parameters."""

@final
class Authorization:
    """What a client announces in Authorization beside X-WSSE: WSSE profile="UsernameToken".

    realm and parameters (a mapping) are written where they are given.
    """

    def __new__(
        cls, realm: Optional[str] = None, *, parameters: Optional[Mapping[str, str]] = None
    ) -> Authorization: ...
    @classmethod
    def huawei(cls) -> Authorization:
        """WSSE realm="SDP",profile="UsernameToken",type="Appkey", which Huawei Cloud SMS wants with
        the dialect "huawei".
        """

    @classmethod
    def parse(cls, value: str) -> Optional[Authorization]:
        """Reads the value of an Authorization header; None if it is of another scheme. Raises
        wsse.Malformed.
        """

    def write(self) -> str:
        """The header's value. Raises wsse.Misuse for what cannot stand in a header."""

    def __eq__(self, value: object, /) -> bool: ...
    @property
    def realm(self) -> Optional[str]:
        """The realm, if there is one."""

    @property
    def profile(self) -> Optional[str]:
        """The profile, if there is one."""

    @property
    def parameters(self) -> dict[str, str]:
        """The other parameters."""
