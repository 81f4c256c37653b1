"""zeep's signatures, without xmlsec."""

from __future__ import annotations

import datetime
import hashlib
import logging
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Optional, TypedDict, Union

from lxml import etree

from wsse import _wsse
from wsse.errors import Misuse
from wsse.zeep._replies import judge
from wsse.zeep._tree import protect

_Octets = Union[str, bytes]
_File = Union[str, "os.PathLike[str]"]
_Certificates = Union[_Octets, _wsse.Certificate, Sequence[Union[_Octets, _wsse.Certificate]]]
_Seconds = Union[datetime.timedelta, float, None]
_Lifetime = Union[bool, int, datetime.timedelta, None]
_Required = Union[bool, Literal["unless-fault"]]

if TYPE_CHECKING:
    from typing_extensions import Unpack

_log = logging.getLogger("wsse.zeep")


class _Keywords(TypedDict, total=False):
    """The keywords of MemorySignature, which its subclasses hand on."""

    pkcs12: Union[bytes, _File, None]
    verify_cert: Optional[_Certificates]
    trust: Optional[_Certificates]
    require_signature: _Required
    parts: Optional[Sequence[str]]
    key_reference: Optional[str]
    timestamp: _Lifetime
    must_understand: bool
    inclusive_prefixes: bool
    keep_unsigned_headers: bool
    clock_offset: _Seconds


class MemorySignature:
    """Signs requests and verifies the signatures of replies, as ``zeep.wsse.MemorySignature``.

    Every argument is an attribute of the same name and is read when a request is made, so that it may
    be changed, and set by subclasses, between requests. What did not change is not read again.

    The positional arguments are zeep's:

    :param key_data: the private key in PEM, a str or bytes; the certificate may stand in the same
        text
    :param cert_data: its certificate in PEM, a str or bytes
    :param password: the password of the key, a str or bytes
    :param signature_method: an ``xmlsec.Transform``, the identifier of the algorithm, or a name such
        as ``"rsa-sha256"``; None, as with zeep, for ``"rsa-sha1"``
    :param digest_method: the same, such as ``"sha256"``; None, as with zeep, for ``"sha1"``

    The keywords are ours:

    :param pkcs12: a PKCS#12 in place of key and certificate, its octets or the name of its file
    :param verify_cert: the certificates of whom replies are believed, PEM or DER, or
        :class:`wsse.Certificate`, one or a sequence; default: our own certificate, as with zeep
    :param trust: anchors: whoever has a certificate with a path to one of them is believed; given as
        ``verify_cert``
    :param require_signature: True: a reply without signature is refused; ``"unless-fault"``: but a
        SOAP fault; False: replies without signature are accepted. One that is there must hold in any
        case
    :param parts: what is signed, as policies spell it; default: ``["body", "timestamp?"]``
    :param key_reference: how the receiver is told which key signed, as policies spell it; default: as
        zeep's class does
    :param timestamp: whether a fresh Timestamp is written, and signed: True, or its lifetime in
        seconds or as a timedelta; True means 300 seconds
    :param must_understand: whether ``mustUnderstand="1"`` is set on the Security header
    :param inclusive_prefixes: whether canonicalization is given a PrefixList, which also protects what
        prefixes in content mean
    :param keep_unsigned_headers: whether header blocks of a reply that its signature does not cover
        stay in the tree that zeep goes on with; default False
    :param clock_offset: seconds, or a timedelta, by which the clock of the peer is ahead

    With zeep's arguments alone a reply is judged as zeep judges it: by the public key of our own
    certificate, whatever KeyInfo says, and however old the certificate and a Timestamp are. With
    ``verify_cert`` or ``trust``, certificates must be valid and Timestamps be fresh (300 seconds, and 60
    for clocks that differ).

    ``apply`` changes the request in place and raises :exc:`wsse.Error` for what cannot be sent; the
    request is then as it was.
    """

    _key_reference = "issuer-serial-certificate"

    def __init__(
        self,
        key_data: Optional[_Octets] = None,
        cert_data: Optional[_Octets] = None,
        password: Optional[_Octets] = None,
        signature_method: Any = None,
        digest_method: Any = None,
        *,
        pkcs12: Union[bytes, _File, None] = None,
        verify_cert: Optional[_Certificates] = None,
        trust: Optional[_Certificates] = None,
        require_signature: _Required = True,
        parts: Optional[Sequence[str]] = None,
        key_reference: Optional[str] = None,
        timestamp: _Lifetime = None,
        must_understand: bool = False,
        inclusive_prefixes: bool = False,
        keep_unsigned_headers: bool = False,
        clock_offset: _Seconds = None,
    ) -> None:
        missing = [one is None for one in (key_data, cert_data)]
        if any(missing) if pkcs12 is None else not all(missing):
            raise Misuse(
                "a signature needs a key and its certificate, or else a pkcs12 that holds both",
                cause="missing-credential",
            )
        if pkcs12 is not None and not isinstance(pkcs12, (bytes, bytearray, memoryview)):
            pkcs12 = _read_file(pkcs12)
        self.key_data = key_data
        self.cert_data = cert_data
        self.password = password
        self.signature_method = signature_method
        self.digest_method = digest_method
        self.pkcs12: Optional[bytes] = pkcs12
        self.verify_cert = verify_cert
        self.trust = trust
        self.require_signature = require_signature
        self.parts = parts
        self.key_reference = key_reference
        self.timestamp = timestamp
        self.must_understand = must_understand
        self.inclusive_prefixes = inclusive_prefixes
        self.keep_unsigned_headers = keep_unsigned_headers
        self.clock_offset = clock_offset

    def apply(
        self, envelope: etree._Element, headers: dict[str, str]
    ) -> tuple[etree._Element, dict[str, str]]:
        """Signs a request, in place."""
        protect(
            envelope, self._outbound(), as_zeep=True, must_understand=bool(self.must_understand)
        )
        return envelope, headers

    def verify(self, envelope: etree._Element) -> Optional[_wsse.ValidatedMessage]:
        """Verifies the signature of a reply, and takes out of the tree the header blocks that it does
        not cover.

        Returns what was validated; None for a reply without signature where that is accepted. Raises
        :exc:`wsse.zeep.VerificationFailed` for a reply that is refused, :exc:`wsse.Misuse` for
        attributes that can't be used.
        """
        validated = judge(
            envelope,
            self._inbound(),
            signature_is_optional=self.require_signature is False,
            keep_unsigned_headers=self.keep_unsigned_headers,
        )
        if validated is not None and validated.legacy and "_told" not in self.__dict__:
            self._told = True
            _log.warning(
                "a reply was accepted that is signed with %s, as zeep accepts it; ask the service "
                "for a newer algorithm",
                ", ".join(validated.legacy),
            )
        return validated

    def __getstate__(self) -> dict[str, Any]:
        # What was read from the attributes is read again.
        return {
            name: value
            for name, value in self.__dict__.items()
            if name not in ("_signing", "_verifying", "_told")
        }

    def _outbound(self) -> _wsse.Outbound:
        arguments = (
            _octets(self.pkcs12),
            _octets(self.key_data),
            _octets(self.cert_data),
            _octets(self.password),
            _href(self.signature_method),
            _href(self.digest_method),
            self.key_reference or self._key_reference,
            None if self.parts is None else _sequence(self.parts),
            _lifetime(self.timestamp),
            bool(self.must_understand),
            bool(self.inclusive_prefixes),
            _whole_seconds(self.clock_offset),
        )
        known: Optional[tuple[Any, _wsse.Outbound]] = self.__dict__.get("_signing")
        if known is None or known[0] != arguments:
            known = (arguments, _make_outbound(*arguments))
            self._signing = known
        return known[1]

    def _inbound(self) -> _wsse.Inbound:
        if self.require_signature not in (True, False, "unless-fault"):
            raise Misuse(
                f"require_signature is True, False or \"unless-fault\", not {self.require_signature!r}",
                cause="invalid-argument",
            )
        arguments = (
            _octets(self.pkcs12),
            _octets(self.cert_data),
            _octets(self.password) if self.pkcs12 is not None else None,
            _certificates("verify_cert", self.verify_cert),
            _certificates("trust", self.trust),
            self.require_signature == "unless-fault",
            _whole_seconds(self.clock_offset),
        )
        known: Optional[tuple[Any, _wsse.Inbound]] = self.__dict__.get("_verifying")
        if known is None or known[0] != arguments:
            known = (arguments, _make_inbound(*arguments))
            self._verifying = known
        return known[1]


class Signature(MemorySignature):
    """The same with the key and the certificate from files, as ``zeep.wsse.Signature``.

    :param key_file: the name of the file of the private key
    :param certfile: the name of the file of its certificate

    Both are read here, once. What they hold is in the attributes ``key_data`` and ``cert_data``. The
    other arguments are those of :class:`MemorySignature`.
    """

    def __init__(
        self,
        key_file: Optional[_File] = None,
        certfile: Optional[_File] = None,
        password: Optional[_Octets] = None,
        signature_method: Any = None,
        digest_method: Any = None,
        **keywords: Unpack[_Keywords],
    ) -> None:
        super().__init__(
            None if key_file is None else _read_file(key_file),
            None if certfile is None else _read_file(certfile),
            password,
            signature_method,
            digest_method,
            **keywords,
        )


class BinarySignature(Signature):
    """The same with the certificate in a BinarySecurityToken, as ``zeep.wsse.BinarySignature``."""

    _key_reference = "binary-security-token"


class BinaryMemorySignature(MemorySignature):
    """:class:`BinarySignature` with the key and the certificate from memory. zeep has no such class."""

    _key_reference = "binary-security-token"


def sign_envelope(
    envelope: etree._Element,
    keyfile: _File,
    certfile: _File,
    password: Optional[_Octets] = None,
    signature_method: Any = None,
    digest_method: Any = None,
) -> None:
    """Signs a message in place, as ``zeep.wsse.signature.sign_envelope``; the arguments are those of
    :class:`Signature`."""
    signature = Signature(keyfile, certfile, password, signature_method, digest_method)
    signature.apply(envelope, {})


def verify_envelope(envelope: etree._Element, certfile: _File) -> None:
    """Verifies the signature of a message with the certificate in a file, as
    ``zeep.wsse.signature.verify_envelope``: whatever the age of anything. Nothing is taken out of the
    message.

    Raises :exc:`wsse.zeep.VerificationFailed`.
    """
    judge(
        envelope,
        _make_inbound(None, _read_file(certfile), None, None, None, False, 0),
        keep_unsigned_headers=True,
    )


class _NoMemory:
    """A client asked for its reply: that two of them are alike is no attack."""

    def insert_if_absent(
        self, key: bytes, expires: datetime.datetime, now: datetime.datetime
    ) -> bool:
        return True


def _make_outbound(
    pkcs12: Optional[bytes],
    key: Optional[bytes],
    certificate: Optional[bytes],
    password: Optional[bytes],
    signature_method: Any,
    digest_method: Any,
    key_reference: str,
    parts: Any,
    timestamp: Optional[int],
    must_understand: bool,
    inclusive_prefixes: bool,
    clock_offset: int,
) -> _wsse.Outbound:
    policy = _wsse.zeep_signature_policy(
        signature_method,
        digest_method,
        key_reference=key_reference,
        parts=parts,
        timestamp=timestamp,
        must_understand=must_understand,
        inclusive_prefixes=inclusive_prefixes,
        clock_offset=clock_offset,
    )
    if pkcs12 is not None:
        identity = _wsse.Identity.read(pkcs12, password=password)
    else:
        identity = _wsse.Identity.from_pem(key or b"", certificate or b"", password=password)
    return _wsse.Outbound(policy, identities=identity, now=_now)


def _make_inbound(
    pkcs12: Optional[bytes],
    certificate: Optional[bytes],
    password: Optional[bytes],
    verify_cert: Optional[tuple[_wsse.Certificate, ...]],
    trust: Optional[tuple[_wsse.Certificate, ...]],
    accept_faults: bool,
    clock_offset: int,
) -> _wsse.Inbound:
    as_zeep = verify_cert is None and trust is None
    policy = _wsse.zeep_reply_policy(
        as_zeep=as_zeep,
        ignore_key_info=trust is None and verify_cert is not None and len(verify_cert) == 1,
        accept_faults=accept_faults,
        clock_offset=clock_offset,
    )
    if as_zeep:
        if pkcs12 is not None:
            own = _wsse.Identity.read(pkcs12, password=password).certificate
        else:
            own = _wsse.zeep_certificates(certificate or b"")[0]
        return _wsse.Inbound(policy, public_keys=own.public_key, replay=_NoMemory())
    return _wsse.Inbound(
        policy, certificates=verify_cert, anchors=trust, replay=_NoMemory(), now=_now
    )


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def _read_file(name: _File) -> bytes:
    with open(name, "rb") as file:
        return file.read()


def _octets(text: Any) -> Any:
    """A str in UTF-8; what may be changed, copied; what is neither is left to Rust to refuse."""
    if isinstance(text, str):
        return text.encode("utf-8")
    if isinstance(text, (bytearray, memoryview)):
        return bytes(text)
    return text


def _href(method: Any) -> Any:
    return getattr(method, "href", method)


def _sequence(value: Any) -> Any:
    """What may be changed, copied; what is no list of parts is left to Rust to refuse."""
    return tuple(value) if isinstance(value, (list, tuple, set)) else value


def _certificates(name: str, given: Any) -> Optional[tuple[_wsse.Certificate, ...]]:
    if given is None:
        return None
    certificates: list[_wsse.Certificate] = []
    for one in given if isinstance(given, (list, tuple)) else [given]:
        octets = _octets(one)
        if isinstance(one, _wsse.Certificate):
            certificates.append(one)
        elif isinstance(octets, bytes):
            certificates.extend(_wsse.zeep_certificates(octets))
        else:
            raise Misuse(
                f"{name} must be certificates, PEM or DER or wsse.Certificate, one or a list, not "
                f"{type(one).__name__}",
                cause="invalid-argument",
            )
    return tuple(certificates)


def _lifetime(timestamp: Any) -> Optional[int]:
    if timestamp is None or timestamp is False:
        return None
    if timestamp is True:
        return 300
    if isinstance(timestamp, datetime.timedelta):
        timestamp = int(timestamp.total_seconds())
    if not isinstance(timestamp, int) or not 0 < timestamp < 2**32:
        raise Misuse(
            "timestamp must be True, or the lifetime of the Timestamp: a timedelta, or whole seconds "
            "above 0",
            cause="invalid-argument",
        )
    return timestamp


def _whole_seconds(offset: _Seconds) -> int:
    if offset is None:
        return 0
    if isinstance(offset, datetime.timedelta):
        offset = offset.total_seconds()
    return int(offset)
