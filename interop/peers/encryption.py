"""What is to be encrypted, and how: the words of the tests for other implementations of XML encryption."""

from __future__ import annotations

import copy
import dataclasses
from typing import FrozenSet, Optional, Tuple

from lxml import etree

from . import PATHS, Order
from .messages import message
from .uris import WSU

NAME = "/Envelope/Body//{urn:order}name"
"""An element of the Body."""


@dataclasses.dataclass(frozen=True)
class Encryption:
    """What is to be encrypted, and how; the words are those of our policies.

    `key` names the recipient, an identity of peers.keys, or a secret there. `recipients` is empty, or
    names all whom it is encrypted for, `key` among them, who decrypts. Where a key is agreed on, `wrap`
    is what wraps with it, and `digest` derives it. `signed` is what is signed, if anything, by the
    identity that `signer` names, and `first` what is done first, `signature` or `encryption`. `small`
    says whether the Body holds hardly anything. `form` is None for a SOAP message; for a document
    without an envelope it is what is encrypted of it, `element`, `content` or `octets`, and `parts`
    means nothing.

    `binding` is None where the signature is made with a certificate. It is `symmetric` where the key
    of the data signs, too; `derived` where both keys are derived from one in an EncryptedKey;
    `username` where the key that signs is derived from the password; `mac` is the method of such a
    signature. `detail` is a word more about it, or what derives a key that is agreed on where that is
    not the usual one.
    """

    data: str = "aes256-gcm"
    transport: str = "rsa-oaep-mgf1p"
    digest: str = "sha1"
    mgf: str = "sha1"
    reference: str = "issuer-serial"
    parts: Tuple[str, ...] = ("body-content",)
    key: str = "rsa"
    recipients: Tuple[str, ...] = ()
    wrap: str = "kw-aes256"
    signed: Tuple[str, ...] = ()
    first: str = "signature"
    signer: str = "p256"
    version: str = "1.1"
    form: Optional[str] = None
    binding: Optional[str] = None
    detail: str = ""
    mac: str = "hmac-sha256"
    small: bool = False

    def __str__(self) -> str:
        """Short, for the name of a test."""
        words = [self.form or f"SOAP {self.version}", self.data, self.transport]
        words += [self.digest] if self.transport.startswith("rsa-oaep") or self.agrees else []
        words += [self.wrap] if self.agrees else []
        words += [self.mgf] if self.transport == "rsa-oaep" else []
        words += [self.reference, self.key, self.binding or "", self.detail]
        words += [self.mac] if self.mac != "hmac-sha256" else []
        words += ["of", *self.recipients] if self.recipients else []
        words += [f"{self.first} first", *self.signed] if self.signed else []
        names = [part.rpartition("}")[2] for part in self.parts]
        return " ".join(word for word in words + names if word)

    @property
    def has_token(self) -> bool:
        return "username-token" in self.parts + self.signed

    @property
    def agrees(self) -> bool:
        """Whether the key of the data is wrapped with a key that is agreed on."""
        return self.transport in ("ecdh-es", "x25519")

    @property
    def plain(self) -> Order:
        """What is encrypted, as it is asked for elsewhere."""
        return Order(
            version=self.version, form=self.form, small=self.small, inherits=not self.small
        )


@dataclasses.dataclass(frozen=True)
class Opened:
    """What a peer reports of a message that it decrypted and accepted.

    `encrypted` are paths of local names, with `/*` behind that of an element whose content was
    encrypted; `signed` are such paths. `octets` is the message or the document, decrypted; None where
    the peer doesn't hand it out.
    """

    encrypted: FrozenSet[str]
    signed: FrozenSet[str] = frozenset()
    octets: Optional[bytes] = None


_HEADER = "/Envelope/Header"
_PATHS = {
    "body-content": "/Envelope/Body/*",
    NAME: "/Envelope/Body/order/name",
    f"content({NAME})": "/Envelope/Body/order/name/*",
    "signature": f"{_HEADER}/Security/Signature",
    "binary-security-token": f"{_HEADER}/Security/BinarySecurityToken",
    "timestamp": f"{_HEADER}/Security/Timestamp",
}


def promised(asked: Encryption) -> Opened:
    """What must be encrypted and signed of a SOAP message."""
    paths = {**PATHS, **_PATHS}
    encrypted = frozenset(paths[part] for part in asked.parts)
    return Opened(encrypted, frozenset(paths[part] for part in asked.signed))


def check(opened: Opened, asked: Encryption) -> None:
    """Fails unless exactly that was encrypted and signed, and the Body is what it was."""
    if asked.form is not None:
        plain = message(asked.plain)
        assert opened.octets is not None
        if asked.form == "octets":
            assert opened.octets == plain
        else:
            assert _canonical(opened.octets) == _canonical(plain)
        return
    right = promised(asked)
    assert opened.encrypted == right.encrypted, f"encrypted: {sorted(opened.encrypted)}"
    assert opened.signed == right.signed, f"signed: {sorted(opened.signed)}"
    if asked.small and opened.octets is not None:
        # Whoever reads a Body into structures writes its own.
        name = etree.fromstring(opened.octets).findtext(".//{urn:order}name")
        assert name == "Müller & Söhne <€>"
    elif opened.octets is not None:
        assert _body(opened.octets) == _body(message(asked.plain))


def _canonical(octets: bytes) -> bytes:
    return etree.tostring(etree.fromstring(octets), method="c14n", with_comments=True)


def _body(octets: bytes) -> bytes:
    """The canonical form of the Body, without the Ids that it was given."""
    body = copy.deepcopy(etree.fromstring(octets).find("{*}Body"))
    for element in body.iter("*"):
        for name in (f"{{{WSU}}}Id", "Id"):
            element.attrib.pop(name, None)
    return etree.tostring(body, method="c14n", exclusive=True, with_comments=True)
