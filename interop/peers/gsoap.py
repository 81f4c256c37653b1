"""The WS-Security plugin of gSOAP, in a C program that reads or writes one message a run."""

from __future__ import annotations

import pathlib
import subprocess
from typing import List, NamedTuple, Optional, Tuple

from . import ROOT, Missing, Order, Refused
from .keys import Keys
from .messages import PASSWORD, USERNAME

BUILT = ROOT / "target" / "interop" / "gsoap" / "peer"
IDS = {
    "body": "Body",
    "timestamp": "Time",
    "username-token": "User",
    "binary-security-token": "X509Token",
}
"""By our words, the Ids that it gives to parts."""


class Gsoap:
    def __init__(self, keys: Keys, folder: pathlib.Path) -> None:
        self.keys = keys
        if not BUILT.exists():
            raise Missing("the program for gSOAP was not built: `make interop`, which needs gSOAP")
        self.version = self.run(["version"], b"").decode().strip()

    def sign(self, order: Order) -> bytes:
        """A request of its own, with a Timestamp in any case."""
        given = ["--method", order.method, "--sign", " ".join(IDS[part] for part in order.parts)]
        if order.key == "secret":
            given += ["--secret", str(self.keys.secret)]
        else:
            identity = self.keys.identities[order.key]
            given += ["--key", str(identity.key), "--certificate", str(identity.certificate)]
        if "username-token" in order.parts:
            given += ["--username", USERNAME, "--password", PASSWORD]
        if order.version == "1.2":
            given += ["--version", order.version]
        return self.run(["send", *given], b"")

    def verify(self, signed: bytes, order: Order) -> None:
        """Checks a request with the key that the order names: each of its parts must be signed."""
        given = ["--method", order.method]
        if order.key == "secret":
            given += ["--secret", str(self.keys.secret)]
        else:
            given += ["--certificate", str(self.keys.identities[order.key].certificate)]
        if "username-token" in order.parts:
            given += ["--password", PASSWORD]
        said = self.run(["receive", *given], signed).decode().splitlines()
        assert said[0] == "name=Müller & Söhne <€>"
        verified = {line.partition("=")[0] for line in said[1:] if not line.endswith("=0")}
        assert verified == set(order.parts), said

    def run(self, arguments: List[str], given: bytes) -> bytes:
        done = subprocess.run([str(BUILT), *arguments], input=given, capture_output=True, check=False)
        if done.returncode != 0:
            raise Refused(" ".join(done.stderr.decode(errors="replace").split()))
        return done.stdout


class Row(NamedTuple):
    """A line of the table. `verifies` are the words in which it refuses what we sign, `signs` those
    in which we refuse what it signs, each with a note: None where they accept, only a note where it
    can't be asked to."""

    name: str
    order: Order
    verifies: "Tuple[Optional[str], str] | None" = None
    signs: "Tuple[Optional[str], str] | None" = None

    def __str__(self) -> str:
        return self.name


_SHA384 = (
    "the SignatureValue was not made by this key over this SignedInfo",
    "what it signs with SHA-384 it doesn't verify itself",
)
_ECDSA = (
    "SignedInfo SignatureValue is invalid",
    "it writes and reads the DER of an ECDSA signature, not r and s as XML Signature has them; we"
    " read both",
)
_REFERENCE = (None, "it was not asked for")
_SHOWN = {"rsa": "RSA", "ecdsa": "ECDSA, P-256", "hmac": "HMAC, shared secret"}
_KEYS = {"rsa": "rsa", "ecdsa": "p256", "hmac": "secret"}


def _order(**words) -> Order:
    return Order(inherits=False, small=True, **words)


def _method(family: str, digest: str) -> Row:
    reference = "secret" if family == "hmac" else "binary-security-token"
    order = _order(
        method=f"{family}-{digest}", digest=digest, key=_KEYS[family], reference=reference
    )
    broken = digest == "sha384" and family != "hmac"
    return Row(
        f"{_SHOWN[family]}, SHA-{digest[3:]}",
        order,
        _ECDSA if family == "ecdsa" else None,
        _SHA384 if broken else None,
    )


_EVERY = ("body", "timestamp", "username-token", "binary-security-token")
_INVALID = "The signature or decryption was invalid"

ROWS = (
    *(
        _method(family, digest)
        for family in ("rsa", "ecdsa", "hmac")
        for digest in ("sha1", "sha224", "sha256", "sha384", "sha512")
    ),
    *(
        Row(words, _order(reference=name), None, _REFERENCE)
        for words, name in (
            ("IssuerSerial", "issuer-serial"),
            ("KeyIdentifier, X509SubjectKeyIdentifier", "subject-key-identifier"),
            ("KeyIdentifier, ThumbprintSHA1", "thumbprint-sha1"),
            ("KeyIdentifier, X509v3", "x509-key-identifier"),
            ("X509Data with the certificate", "x509-data"),
            ("KeyName", "key-name"),
        )
    ),
    Row("exclusive, PrefixList", _order(prefixes=True), None, _REFERENCE),
    Row(
        "inclusive 1.0",
        _order(canonicalization="inclusive"),
        (_INVALID, "it canonicalizes the SignedInfo without what it inherits"),
        _REFERENCE,
    ),
    *(
        Row(f"signed: {words}", _order(parts=parts))
        for words, parts in (
            ("Body alone", ("body",)),
            ("Timestamp alone", ("timestamp",)),
            ("UsernameToken", ("body", "username-token")),
            ("all of these, and the BinarySecurityToken", _EVERY),
        )
    ),
    Row(
        "CDATA, character references, prefixes that change their meaning in the Body",
        Order(inherits=False),
        (_INVALID, "it reads a Body into its own structures, and loses these before it digests them"),
        _REFERENCE,
    ),
    Row(
        "inherited default namespace",
        Order(small=True),
        (_INVALID, "it canonicalizes the SignedInfo with a default namespace that nothing there uses"),
        _REFERENCE,
    ),
)
