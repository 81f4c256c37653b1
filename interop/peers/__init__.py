"""Other implementations of XML signatures and WS-Security, driven by the tests.

Each of wss4j, xmlsec1, xmlsec, signxml and xml-crypto signs what an Order asks for, and says of a message
what its signature covers; `ours` is the same for this project. `matrix` says what is signed by whom for
whom, `limits` what each is known not to do, `node_soap` what the clients of node-soap send, which do
nothing else, `gsoap` what gSOAP does with requests that it can hold; `table` writes the results down.

`encryption`, `encryption_matrix` and `gsoap_encryption` are the same for what is encrypted, with a module
for each that encrypts and decrypts, and `replies` for what a reply is encrypted with.
"""

from __future__ import annotations

import dataclasses
import pathlib
from typing import FrozenSet, NamedTuple, Optional, Tuple

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WSA = "http://www.w3.org/2005/08/addressing"
TO = f"{{{WSA}}}To"


class Missing(Exception):
    """The peer is not on this machine; the text says what would bring it."""


class Refused(Exception):
    """The peer didn't sign, or didn't accept a message; the text is its own."""


@dataclasses.dataclass(frozen=True)
class Order:
    """What is to be signed, and how; the words are those of our policies.

    `key` names an identity of peers.keys, or its secret. `form` is None for a SOAP message, and
    enveloped, enveloping or detached for a document without an envelope, where `parts` means
    nothing. `inherits` says whether the root has a default namespace and xml:lang, which what is
    signed inherits from it; `instruction` whether the Body has a processing instruction, `small`
    whether it holds hardly anything. With `confirms` it is the reply to a request signed in the same
    way, whose SignatureConfirmation is signed, too.
    """

    reference: str = "binary-security-token"
    method: str = "rsa-sha256"
    digest: str = "sha256"
    canonicalization: str = "exclusive"
    prefixes: bool = False
    parts: Tuple[str, ...] = ("body", "timestamp")
    key: str = "rsa"
    version: str = "1.1"
    form: Optional[str] = None
    inherits: bool = True
    instruction: bool = False
    small: bool = False
    confirms: bool = False

    def __str__(self) -> str:
        """Short, for the name of a test."""
        words = [self.form or f"SOAP {self.version}", self.reference, self.key, self.method]
        words += [self.digest, self.canonicalization, *(["prefixes"] if self.prefixes else [])]
        words += [] if self.inherits else ["plain"]
        words += ["instruction"] if self.instruction else []
        words += ["small"] if self.small else []
        words += ["confirms"] if self.confirms else []
        return " ".join(words + [part.rpartition("}")[2] for part in self.parts])


class Talk(NamedTuple):
    """A request and its reply, which confirms the request's signatures. Messages of one name belong
    together."""

    name: str
    reply: bool


@dataclasses.dataclass(frozen=True)
class Seen:
    """What a peer reports of a message that it accepted.

    `signed` are paths of local names, as in /Envelope/Body; `references` is how many references
    the signature has. `certificate` is the SHA-256 of the signer's, in hexadecimal digits; None
    where the peer doesn't tell, or there is none.
    """

    signed: FrozenSet[str]
    references: int
    certificate: Optional[str] = None


PATHS = {
    "body": "/Envelope/Body",
    "timestamp": "/Envelope/Header/Security/Timestamp",
    "username-token": "/Envelope/Header/Security/UsernameToken",
    "binary-security-token": "/Envelope/Header/Security/BinarySecurityToken",
    "security-token-reference": "/Envelope/Header/Security/BinarySecurityToken",
    TO: "/Envelope/Header/To",
    "enveloped": "/root",
    "enveloping": "/Signature/Object",
    "detached": "/root/part",
}
"""Where the parts stand that an Order names, and what a document's signature covers by its form."""


MADE_UP = "/BinarySecurityToken"
"""The path of a token that the STR-Transform makes up, which stands nowhere."""


def paths(order: Order) -> FrozenSet[str]:
    """What a signature must cover that was made for the order."""
    found = {PATHS[part] for part in order.parts or [order.form]}
    if signs_made_up_token(order):
        found = found - {PATHS["security-token-reference"]} | {MADE_UP}
    if order.confirms:
        found.add("/Envelope/Header/Security/SignatureConfirmation")
    return frozenset(found)


def signs_made_up_token(order: Order) -> bool:
    """Whether a token is signed through its reference that is not in the message."""
    present = order.reference in ("binary-security-token", "x509-pki-path")
    return "security-token-reference" in order.parts and not present
