"""What Rust computes for the package wsse. Import from wsse and wsse.http, not from here."""

import builtins
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal, Optional, Protocol, Union, final

from typing_extensions import TypeAlias

from wsse._wsse_encryption import DecryptedMessage, EncryptedPart, PrivateKey
from wsse._wsse_http import (
    Authorization,
    Challenge,
    CheckedHeader,
    Dialect,
    HeaderCheck,
    HeaderCreator,
    create_header,
)
from wsse._wsse_keys import (
    Candidate,
    Certificate,
    DecryptionRequest,
    Identity,
    PublicKey,
    RemoteVerifier,
    SignedPart,
    SignedReference,
    SigningRequest,
    UnvalidatedEnvelope,
    VerificationRequest,
    VerifiedDocument,
    VerifiedSigner,
)
from wsse._wsse_streams import (
    FileSpool,
    Spooled,
    _ReadableStream,
    _SeekableStream,
    _Spool,
    _WritableStream,
)
from wsse._wsse_zeep import (
    Template,
    is_same_document,
    username_token_skeleton,
    zeep_certificates,
    zeep_reply_policy,
    zeep_signature_policy,
)

__all__ = [
    "Authorization",
    "CATEGORIES",
    "Candidate",
    "Certificate",
    "Challenge",
    "CheckedHeader",
    "DecryptedMessage",
    "DecryptionRequest",
    "Dialect",
    "EncryptedPart",
    "Exchange",
    "FileSpool",
    "HTTP_PRESETS",
    "HeaderCheck",
    "HeaderCreator",
    "Identity",
    "Inbound",
    "InboundPolicy",
    "MemoryReplayStore",
    "Outbound",
    "OutboundPolicy",
    "PrivateKey",
    "Protected",
    "PublicKey",
    "RemoteVerifier",
    "SignedPart",
    "SignedReference",
    "SigningRequest",
    "Spooled",
    "Template",
    "UnvalidatedEnvelope",
    "ValidatedMessage",
    "VerificationRequest",
    "VerifiedDocument",
    "VerifiedSigner",
    "__version__",
    "canonicalize",
    "category_fault",
    "create_header",
    "is_same_document",
    "password_digest",
    "read_envelope",
    "run_command",
    "username_token_skeleton",
    "zeep_certificates",
    "zeep_reply_policy",
    "zeep_signature_policy",
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
_Certificate: TypeAlias = Union[Certificate, _Octets]
_Certificates: TypeAlias = Union[_Certificate, Sequence[_Certificate]]
_Key: TypeAlias = Union[PublicKey, _Octets]
_Keys: TypeAlias = Union[_Key, Sequence[_Key]]
_Recipient: TypeAlias = Union[Certificate, PublicKey, _Octets]
_DecryptionKey: TypeAlias = Union[Identity, PrivateKey]
_DecryptionKeys: TypeAlias = Union[_DecryptionKey, Sequence[_DecryptionKey]]
_Secret: TypeAlias = Literal["plain", "sha1", "sha1-base64", "md5-lower-base64", "lower"]

class _ReplayStore(Protocol):
    def insert_if_absent(self, key: bytes, expires: datetime, now: datetime, /) -> bool: ...

def run_command(arguments: Sequence[str]) -> int:
    """Runs the command line `wsse` on the streams of this process; the first argument is the name
    of the program. Returns its exit status.
    """

def category_fault(category: str) -> tuple[bool, Optional[str], str]:
    """The SOAP fault for a category: whether it is the sender's, its code in the wsse namespace or
    None, and its text.
    """

def canonicalize(
    document: _Octets,
    *,
    method: Literal["exclusive", "inclusive", "inclusive-1.1"] = "exclusive",
    with_comments: bool = False,
    prefixes: Optional[Sequence[str]] = None,
    id: Optional[str] = None,
) -> bytes:
    """The canonical form of an XML document, or of one element with everything in it.

    `method` is "exclusive" (Exclusive XML Canonicalization 1.0, the default), "inclusive"
    (Canonical XML 1.0) or "inclusive-1.1" (Canonical XML 1.1). `prefixes` is the PrefixList of
    exclusive canonicalization, "#default" for the default namespace. `id` is the Id of the element
    (wsu:Id, xml:id, Id, ID or id); None is the document, what stands outside the root included.

    The document may be in UTF-8, UTF-16 or ISO-8859-1; the form is in UTF-8. Raises wsse.Malformed
    for what is no XML, has a document type declaration, or a namespace name without a scheme;
    wsse.LimitExceeded; wsse.InvalidSecurity where none or several elements carry the Id;
    wsse.Misuse for arguments that make no sense.
    """

def password_digest(
    password: _Password, nonce: _Octets, created: str, secret: _Secret = "plain"
) -> str:
    """The text of a PasswordDigest: base64(SHA-1(nonce + created + secret)), where secret is what
    `secret` makes of the password: "plain" (the default), "sha1", "sha1-base64",
    "md5-lower-base64" or "lower" (UsernameToken Profile 1.1.1, section 3.1).

    `password` is a str (its UTF-8 octets enter) or bytes; `nonce` is the octets, not their base64;
    `created` is the text as it is sent. Raises wsse.Misuse for another `secret`.
    """

@final
class OutboundPolicy:
    """What is put into a message, as data.

    Made by from_toml() or preset(); immutable, comparable, hashable. Wherever a policy is taken,
    "preset:NAME" or the TOML text is taken as well.
    """

    @classmethod
    def from_toml(cls, text: str) -> OutboundPolicy:
        """Reads a policy written as TOML. Raises wsse.Misuse with line and column for what is not
        understood, an unknown key included.
        """

    @classmethod
    def preset(cls, name: str) -> OutboundPolicy:
        """A built-in policy by its name: "username-token", "username-text", "timestamp", "onvif".
        Raises wsse.Misuse for another name.
        """

    def to_toml(self) -> str:
        """The policy as TOML, every key written out; from_toml() reads the same back."""

    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class InboundPolicy:
    """What a message must be, as data.

    Made by from_toml() or preset(); immutable, comparable, hashable. Wherever a policy is taken,
    "preset:NAME" or the TOML text is taken as well.
    """

    @classmethod
    def from_toml(cls, text: str) -> InboundPolicy:
        """Reads a policy written as TOML. Raises wsse.Misuse with line and column for what is not
        understood, an unknown key included.
        """

    @classmethod
    def preset(cls, name: str) -> InboundPolicy:
        """A built-in policy by its name: "username-token", "username-text", "timestamp", "onvif".
        Raises wsse.Misuse for another name.
        """

    def to_toml(self) -> str:
        """The policy as TOML, every key written out; from_toml() reads the same back."""

    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Outbound:
    """Protects messages by a policy. Made once, immutable, shared between threads.

    policy: a wsse.OutboundPolicy, "preset:NAME" or TOML text. username, password (str or bytes):
    whose UsernameToken is written, unless a call names another. now: a callable that returns a
    datetime (without time zone: UTC), instead of the machine's clock. random: a callable like
    os.urandom, instead of the machine's randomness. identities: whom the policy's signatures are
    made by, a wsse.Identity, or a mapping of the names that the policy has to them. secrets: shared
    secrets for HMAC signatures and for encryption (str or bytes), one or a mapping of names to them.
    recipients: who is encrypted for, a wsse.Certificate, a wsse.PublicKey, of whose certificate nothing
    is asked, or the octets of a PEM or DER file, whose first certificate or key it is; or a mapping of
    the names that the policy has to one each.

    Raises wsse.Misuse for a policy that cannot be read, contradicts itself, or signs with or encrypts
    for what was not given.
    """

    def __new__(
        cls,
        policy: Union[OutboundPolicy, str],
        *,
        username: Optional[str] = None,
        password: Optional[_Password] = None,
        now: Optional[Callable[[], datetime]] = None,
        random: Optional[Callable[[int], bytes]] = None,
        identities: Union[Identity, Mapping[str, Identity], None] = None,
        secrets: Union[_Password, Mapping[str, _Password], None] = None,
        recipients: Union[_Recipient, Mapping[str, _Recipient], None] = None,
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
    ) -> Protected:
        """Puts into the message what the policy says; bytes in, bytes out. What stands outside the
        Security header stays as it is.

        envelope: a SOAP 1.1 or 1.2 message. username, password: whose UsernameToken is
        written this time. nonce: its octets, 16 random ones by default. created: its text, used as
        it is, or a datetime; the clock's by default. username_token_id, timestamp_id: their wsu:Id,
        random by default.

        Raises wsse.Malformed for what is no message, wsse.Misuse for a missing credential.
        """

    def protect_reply(
        self,
        envelope: _Octets,
        request: Optional[ValidatedMessage],
        *,
        username: Optional[str] = None,
        password: Optional[_Password] = None,
        nonce: Optional[_Octets] = None,
        created: Union[str, datetime, None] = None,
        username_token_id: Optional[str] = None,
        timestamp_id: Optional[str] = None,
    ) -> Protected:
        """The same for the reply to a validated request; the keywords are those of protect().
        request is None where the request was refused, or not validated: a policy that confirms
        signatures then confirms none.
        """

    def protect_stream(
        self,
        source: _SeekableStream,
        spool: Union[FileSpool, _Spool, _WritableStream],
        *,
        request: Optional[ValidatedMessage] = None,
        to_unverified: bool = False,
        username: Optional[str] = None,
        password: Optional[_Password] = None,
        nonce: Optional[_Octets] = None,
        created: Union[str, datetime, None] = None,
        username_token_id: Optional[str] = None,
        timestamp_id: Optional[str] = None,
    ) -> Exchange:
        """As protect(), of a message that is read from a stream, twice, in memory that does not depend on
        its size; what the reply must answer.

        source: a binary file object that can seek; it is read from where it stands to its end. spool: as
        in Inbound.validate_stream(); nothing is committed where anything goes wrong, also where source
        changed in between. request: None, or what protect_reply() takes. to_unverified: whether it
        answers a request that was refused, or not validated, as protect_reply() with None does. The other
        keywords are those of protect().

        A message in UTF-16 or ISO-8859-1, and one that is encrypted, is held as a whole, within
        limits.message.

        Raises as protect(); wsse.Io where source or spool fail, whose __cause__ is what they raised.
        """

    def template(
        self,
        head: _Octets,
        *,
        username: Optional[str] = None,
        password: Optional[_Password] = None,
        zeep_actor: Optional[str] = None,
    ) -> Template:
        """What protect() would put into a message that stands in a tree, as data: see Template. head is
        the message without the content of its Body. zeep_actor, the actor of the first Security
        header or an empty str, asks for the form of zeep.
        """

    def fill(self, template: Template, written: _Octets) -> tuple[tuple[str, ...], Exchange]:
        """The texts for the slots of a template, in their order, and what the reply must answer.
        written is the message that everything of the template was put into.
        """

    def sign_bare(
        self,
        document: _Octets,
        form: Literal["enveloped", "enveloping", "detached"] = "enveloped",
        *,
        ids: Optional[Sequence[str]] = None,
    ) -> bytes:
        """Signs a document that is no message with the first signature of the policy, and returns
        it.

        form: where the Signature is put, "enveloped" (into the document), "enveloping" (around it),
        or "detached" (into the document, over the elements whose Ids are in ids, a sequence).

        Raises wsse.Malformed for what is no document, wsse.Misuse where the policy has no
        signature.
        """

    @property
    def encrypts(self) -> bool:
        """Whether the policy encrypts: then content is replaced, and protect() makes another message,
        where template() has nothing to fill in.
        """

    @property
    def policy(self) -> OutboundPolicy:
        """The policy."""

@final
class Protected:
    """A protected message."""

    @property
    def bytes(self) -> builtins.bytes:
        """The message."""

    @property
    def exchange(self) -> Exchange:
        """What the reply must answer, for Inbound.validate_reply()."""

    def __bytes__(self) -> builtins.bytes: ...

@final
class Exchange:
    """What ties a reply to its request: from Outbound.protect() to Inbound.validate_reply()."""

@final
class Inbound:
    """Validates messages by a policy. Made once, immutable, shared between threads.

    policy: a wsse.InboundPolicy, "preset:NAME" or TOML text. passwords: a mapping of usernames to a
    password or several (str or bytes), read once, here; or a callable that is asked for them each
    time. None, an empty sequence and an empty password mean an unknown user. verifier: where only
    hashes are stored, a callable of a username and a password (bytes) that says True or False; it
    serves passwords in clear text only. replay: the memory of what was accepted, a
    wsse.MemoryReplayStore or an object with insert_if_absent(key: bytes, expires: datetime, now:
    datetime) -> bool; a store of its own by default. now: a callable that returns a datetime
    (without time zone: UTC), instead of the machine's clock.

    certificates: those that are believed as they are. anchors: those at which a path may end.
    public_keys: keys that are believed without a certificate. Each of them is one, a sequence, or a
    mapping of the names that the policy has to one or a sequence. untrusted: certificates that may
    stand inside a path, one or a sequence. secrets: shared secrets for HMAC (str or bytes), one, a
    sequence, or a mapping of the KeyNames that messages call them by. For a wsse.Certificate or a
    wsse.PublicKey may stand the octets of a PEM or DER file, which count as everything that it holds.

    crls: revocation lists of issuers, the octets of PEM or DER files, one or a sequence: who is on one
    is refused, and trust.revocation of the policy says what becomes of others. decide: has the last word
    on a signer whom the policy believes, a callable of a wsse.Candidate that says True or False; it is
    asked before the signature is checked, and not about shared secrets. remote_verifiers: keys that are
    held elsewhere and check signatures, a wsse.RemoteVerifier, or a mapping of the KeyNames that messages
    call them by.

    decryption_keys: our private keys, which decrypt what is encrypted for us, a wsse.Identity or a
    wsse.PrivateKey, a sequence, or a mapping of the KeyNames that messages call them by. The certificate
    by which senders know a wsse.PrivateKey is looked for in certificates and untrusted. secrets decrypt,
    too.

    What a callable raises refuses the message with wsse.Unavailable, whose __cause__ it is. Raises
    wsse.Misuse for a policy that cannot be read, contradicts itself, or needs what was not given.
    """

    def __new__(
        cls,
        policy: Union[InboundPolicy, str],
        *,
        passwords: Optional[_Passwords] = None,
        verifier: Optional[Callable[[str, bytes], bool]] = None,
        replay: Union[MemoryReplayStore, _ReplayStore, None] = None,
        now: Optional[Callable[[], datetime]] = None,
        certificates: Union[_Certificates, Mapping[str, _Certificates], None] = None,
        anchors: Union[_Certificates, Mapping[str, _Certificates], None] = None,
        untrusted: Optional[_Certificates] = None,
        public_keys: Union[_Keys, Mapping[str, _Keys], None] = None,
        secrets: Union[
            _Password,
            Sequence[_Password],
            Mapping[str, Union[_Password, Sequence[_Password]]],
            None,
        ] = None,
        crls: Union[_Octets, Sequence[_Octets], None] = None,
        decide: Optional[Callable[[Candidate], bool]] = None,
        remote_verifiers: Union[RemoteVerifier, Mapping[str, RemoteVerifier], None] = None,
        decryption_keys: Union[_DecryptionKeys, Mapping[str, _DecryptionKeys], None] = None,
    ) -> Inbound: ...
    def validate(self, message: _Octets, *, charset: Optional[str] = None) -> ValidatedMessage:
        """Checks everything that the policy demands, and what else is in the Security header.

        message: the octets as they were received. charset: the charset of the Content-Type, where
        there is one.

        Raises the exception of the category that fits; see wsse.errors.
        """

    def validate_reply(self, message: _Octets, exchange: Exchange) -> ValidatedMessage:
        """The same for the reply to a protected message; exchange is Protected.exchange."""

    def decrypt(self, message: _Octets) -> DecryptedMessage:
        """Decrypts everything that the Security header says is encrypted, at least one part, and judges
        nothing: neither signatures, nor tokens, nor what the policy requires. Of the policy the actor,
        the limits and the legacy switches count; CBC needs its switch, as no signature is checked.

        Raises wsse.InvalidSecurity where nothing is encrypted, wsse.FailedCheck where something does not
        decrypt, wsse.SecurityTokenUnavailable without the key, and what else validate() says of the
        octets.
        """

    def validate_stream(
        self,
        source: _ReadableStream,
        spool: Union[FileSpool, _Spool, _WritableStream],
        *,
        charset: Optional[str] = None,
        exchange: Optional[Exchange] = None,
    ) -> ValidatedMessage:
        """As validate(), of a message that is read once, in memory that does not depend on its size:
        everything before its Body is held, within limits.header of the policy, and limits.message may be
        as high as one likes.

        source: a binary file object. spool: where the content goes, which document or unsigned_document
        would be; ValidatedMessage.spooled says which. A wsse.FileSpool; a binary file object, into which
        everything is written when the message is accepted, and nothing before; or an object with
        write(bytes), commit() and abort(), of which exactly one of the last two is called, last. charset:
        as in validate(). exchange: as in validate_reply().

        A message that is encrypted, or in UTF-16 or ISO-8859-1, is held as a whole, within limits.message.

        Raises the exception of the category that fits; wsse.Io where source or spool fail, whose __cause__
        is what they raised.
        """

    def verify_bare(self, document: _Octets) -> VerifiedDocument:
        """Checks every Signature of a document that is no message, with the keys, the trust and the
        limits of the policy; what it requires of messages is not looked at.

        Raises the exception of the category that fits; see wsse.errors.
        """

    @property
    def policy(self) -> InboundPolicy:
        """The policy."""

    @property
    def replay(self) -> Any:
        """The replay store: the one that was given, or the one that was made here. Two Inbounds of
        one service must have the same, or a captured token passes once for each of them."""

@final
class ValidatedMessage:
    """A message that was validated. Only Inbound makes it."""

    @property
    def document(self) -> Optional[bytes]:
        """What the required signatures cover, and nothing else: a message of the Envelope, the
        covered header blocks without the Security header, and the Body, in UTF-8 without XML
        declaration. The Body is empty where it is not covered. What the Envelope's start tag
        declares is not signed.

        None where the policy requires no signature, and for an unsigned fault that it accepts: then
        there is unsigned_document. None also where the message was read from a stream: then its content
        is in the spool.
        """

    @property
    def spooled(self) -> Optional[Spooled]:
        """What was written into the spool, where the message was read from a stream; else None."""

    @property
    def body(self) -> Optional[bytes]:
        """The Body in document; or None, as there. Prefixes in it may be declared on the Envelope.
        """

    @property
    def signed(self) -> tuple[SignedPart, ...]:
        """The parts that the required signatures cover, in the order of their references; empty
        where the policy requires no signature.
        """

    @property
    def signers(self) -> tuple[VerifiedSigner, ...]:
        """Everybody whose signatures hold, each with what they cover: first whose signatures cover
        everything that the policy requires, which document, signed and certificate speak of; then the
        others in the order of their first signatures. Only for the first one everything was checked
        that the policy demands. Empty where the policy requires no signature.
        """

    @property
    def encrypted(self) -> tuple[EncryptedPart, ...]:
        """The parts that were encrypted, in the order of the document; they are plaintext now. That
        something was encrypted says nothing of who did it.
        """

    @property
    def unsigned(self) -> tuple[tuple[int, ...], bool]:
        """What of the message that was validated is not in document: the numbers of the header blocks,
        counted from 0, elements only, without the Security header that was processed; and whether the
        Body is among it. Nothing where the policy requires no signature.
        """

    @property
    def legacy(self) -> tuple[str, ...]:
        """Which algorithms of signatures and encryption were accepted only because the policy allows them by name,
        as legacy.allow spells them.
        """

    @property
    def certificate(self) -> Optional[Certificate]:
        """The certificate of whoever signed what is covered; or None."""

    @property
    def unsigned_document(self) -> bytes:
        """The message without the Security header that was processed, in UTF-8 without XML declaration. No
        signature protects it: that is what the name says. Raises wsse.Misuse where signatures were required
        and checked: then there is document; and where the message was read from a stream: then its content
        is in the spool.
        """

    @property
    def username(self) -> Optional[str]:
        """The username of the token, or None; None as well where the policy requires signatures and
        they do not cover the token, unless it says username.signed = false.
        """

    @property
    def body_child(self) -> Optional[tuple[str, str]]:
        """Namespace name and local name of the first element in the Body; None where it is empty,
        or is not covered by the signatures that the policy requires.
        """

    @property
    def authenticated(self) -> bool:
        """Whether the user proved to know the password. False without a UsernameToken, and for one
        without Password, which only a policy with username.password = "optional" accepts.
        """

    @property
    def timestamp_created(self) -> Optional[datetime]:
        """Created of the Timestamp, aware, in UTC; or None."""

    @property
    def timestamp_expires(self) -> Optional[datetime]:
        """Expires of the Timestamp, aware, in UTC; or None."""

    @property
    def soap_version(self) -> Literal["1.1", "1.2"]:
        """"1.1" or "1.2"."""

    @property
    def exchange(self) -> Exchange:
        """What a reply must answer."""

def read_envelope(
    message: _Octets, *, charset: Optional[str] = None
) -> UnvalidatedEnvelope:
    """Reads a message as strictly as Inbound.validate() does, and judges nothing of its Security
    header: for servers that must know the operation before they know what to demand.

    Raises wsse.Malformed, wsse.LimitExceeded.
    """

@final
class MemoryReplayStore:
    """Memory of what was accepted, in one process, shared by its threads.

    It holds every entry until it expires and refuses messages (wsse.Unavailable) when `capacity`
    entries are in it. Each process has its own: behind several worker processes a captured message
    can pass once in each. A store that finds itself used after a fork emits a RuntimeWarning, once;
    make it in the worker, or hand in a store that the workers share.
    """

    def __new__(cls, capacity: int = ...) -> MemoryReplayStore: ...
    def __len__(self) -> int: ...
    def __bool__(self) -> bool: ...
    @property
    def forked(self) -> bool:
        """Whether the store was used in another process than the one that made it."""
