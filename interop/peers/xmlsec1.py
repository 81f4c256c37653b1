"""The command xmlsec1 of libxmlsec1. It fills templates, and knows no SecurityTokenReference: in
SOAP messages it is told the key."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
from typing import List

from lxml import etree

from . import WSA, Missing, Order, Refused, Seen
from .keys import Keys
from .messages import ENVELOPES, covered, message, with_template
from .uris import DS, WSSE, WSU


class Xmlsec1:
    def __init__(self, keys: Keys, folder: pathlib.Path) -> None:
        self.keys = keys
        self.folder = folder
        if shutil.which("xmlsec1") is None:
            raise Missing("xmlsec1 is not installed")
        said = subprocess.run(["xmlsec1", "--version"], capture_output=True, text=True, check=True)
        self.version = said.stdout.split()[1]
        numbers = tuple(int(number) for number in self.version.split(".")[:2])
        # From 1.3 on it only takes the given key for a KeyInfo that names none when told so.
        self._given_key = ["--lax-key-search"] if numbers >= (1, 3) else []

    def sign(self, order: Order) -> bytes:
        """Signs a SOAP message, whose Security header we write, or a document."""
        file = self.folder / "template.xml"
        file.write_bytes(etree.tostring(with_template(message(order), order, self.keys)))
        key = self.keys.identities.get(order.key)
        name = f":{order.key}" if order.reference == "key-name" else ""
        given = (
            ["--hmackey", str(self.keys.secret)]
            if key is None
            else [f"--privkey-pem{name}", f"{key.key},{key.certificate}"]
        )
        return self.run(["--sign", *given, *_ids(), str(file)]).stdout

    def verify(self, signed: bytes, order: Order) -> Seen:
        """Checks with the key that the order names, or that the KeyInfo of a document names."""
        file = self.folder / "message.xml"
        file.write_bytes(signed)
        key = self.keys.identities.get(order.key)
        if key is None:
            given = ["--hmackey", str(self.keys.secret)]
        elif order.reference == "key-name":
            given = [f"--pubkey-cert-pem:{order.key}", str(key.certificate)]
        elif order.form is None:
            given = ["--pubkey-cert-pem", str(key.certificate), *self._given_key]
        elif order.reference in ("key-value", "der-encoded-key-value"):
            given = []
        elif order.reference == "x509-data":
            given = ["--trusted-pem", str(key.anchor)]
        else:
            given = ["--trusted-pem", str(key.anchor), "--untrusted-pem", str(key.certificate)]
        self.run(["--verify", *given, *_ids(), str(file)])
        return covered(signed)

    def run(self, arguments: List[str]) -> "subprocess.CompletedProcess[bytes]":
        done = subprocess.run(["xmlsec1", *arguments], capture_output=True, check=False)
        if done.returncode != 0:
            raise Refused(" ".join(done.stderr.decode(errors="replace").split()))
        return done


def _ids() -> List[str]:
    """It must be told which attributes are Ids."""
    names = [f"{WSU}:Timestamp", f"{WSSE}:UsernameToken", f"{WSSE}:BinarySecurityToken"]
    names += [f"{WSA}:To", "urn:root:part", f"{DS}:Object"]
    names += [f"{namespace}:Body" for namespace in ENVELOPES.values()]
    return [argument for name in names for argument in ("--id-attr:Id", name)]
