"""This project, through its command line."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import subprocess
from typing import FrozenSet, List

from . import MADE_UP, ROOT, Missing, Order, Refused, Seen, signs_made_up_token
from .keys import Keys
from .messages import PASSWORD, USERNAME, message

_STEP = re.compile(r"\{[^}]*\}|\[[0-9]+\]")
"""What our paths say of a step beside its local name."""
_IN_DOCUMENTS = {"x509-data-issuer-serial": "issuer-serial"}
_CARRIED = (
    "binary-security-token",
    "x509-pki-path",
    "pkcs7",
    "embedded",
    "x509-key-identifier",
    "x509-data",
)
"""References that bring the certificate with them."""


class Ours:
    version = ""

    def __init__(self, keys: Keys, folder: pathlib.Path) -> None:
        self.keys = keys
        self.folder = folder
        target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
        self._command = target / "release" / "wsse"
        if not self._command.exists():
            raise Missing(f"{self._command} is not built: `make build`")

    def sign(self, order: Order) -> bytes:
        key = self.keys.identities.get(order.key)
        given = (
            ["--secret", str(self.keys.secret)]
            if key is None
            else ["--key", str(key.key), "--cert", str(key.certificate)]
        )
        if order.reference == "x509-pki-path":
            assert key is not None
            given += ["--cert", str(key.anchor)]
        policy = self.policy(_outbound(order))
        if order.form is not None:
            form = ["--bare", "--form", order.form]
            form += ["--id", "signed"] if order.form == "detached" else []
            return self.run(["sign", "--policy", policy, *form, *given], message(order))
        if "username-token" in order.parts:
            given += ["--username", USERNAME, "--password-env", "INTEROP_PASSWORD"]
        return self.run(["protect", "--policy", policy, *given], message(order))

    def verify(self, signed: bytes, order: Order) -> Seen:
        """Checks a message by a policy that demands what the order names; a document as it is."""
        key = self.keys.identities.get(order.key)
        if key is None:
            given = ["--secret", str(self.keys.secret)]
        elif order.reference in _CARRIED:
            given = ["--trust", str(key.anchor)]
        elif order.reference == "key-name":
            # Beside another one, so that the name is what selects.
            other = self.keys.identities["stranger"].certificate
            given = ["--cert", f"{order.key}={key.certificate}", "--cert", f"other={other}"]
        else:
            given = ["--cert", str(key.certificate)]
        if "username-token" in order.parts:
            given += ["--username", USERNAME, "--password-env", "INTEROP_PASSWORD"]
        command = ["verify", "--bare"]
        if order.form is None:
            command = ["validate", "--policy", self.policy(_inbound(order))]
        said = json.loads(self.run([*command, *given, "--json"], signed))
        assert said["verdict"] == "valid"
        paths = [_STEP.sub("", part["path"]) for part in said["signed"]]
        # It is demanded, so it was there; and has no place that could be told.
        paths += [MADE_UP] if signs_made_up_token(order) else []
        certificate = said["certificate"]
        if certificate is not None:
            assert key is not None and certificate["sha1"] == key.sha1.hex()
            assert certificate["serial"] == str(key.serial)
        return Seen(frozenset(paths), len(paths), key.sha256 if certificate else None)

    def endorse(self, signed: bytes, order: Order) -> bytes:
        """Signs the Signature of a SOAP message."""
        key = self.keys.identities[order.key]
        policy = self.policy(_outbound(dataclasses.replace(order, parts=("signature",))))
        given = ["--key", str(key.key), "--cert", str(key.certificate)]
        return self.run(["protect", "--policy", policy, *given], signed)

    def verify_endorsed(self, signed: bytes, order: Order) -> FrozenSet[str]:
        """Checks a SOAP message that somebody endorsed; the paths of what is signed and endorsed."""
        order = dataclasses.replace(order, parts=(*order.parts, "signature"))
        trusted = [part for key in self.keys.identities.values() for part in ("--trust", str(key.anchor))]
        policy = self.policy(_inbound(order))
        said = json.loads(self.run(["validate", "--policy", policy, *trusted, "--json"], signed))
        assert said["verdict"] == "valid"
        signers = said["signers"]
        assert signers[0]["signed"] == said["signed"] and len(signers) == 2
        parts = [part["path"] for signer in signers for part in signer["signed"]]
        return frozenset(_STEP.sub("", part) for part in parts)

    def policy(self, text: str) -> str:
        file = self.folder / "policy.toml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    def run(self, arguments: List[str], given: bytes) -> bytes:
        done = subprocess.run(
            [str(self._command), *arguments],
            input=given,
            capture_output=True,
            env={**os.environ, "INTEROP_PASSWORD": PASSWORD},
            check=False,
        )
        error = done.stderr.decode(errors="replace").strip()
        if done.returncode == 1:
            raise Refused(error or done.stdout.decode())
        assert done.returncode == 0, error or done.stdout.decode()
        return done.stdout


def _outbound(order: Order) -> str:
    steps = [part for part in ("timestamp", "username-token") if part in order.parts]
    lines = ["version = 1", f"order = {json.dumps([*steps, 'signature'])}"]
    if "username-token" in steps:
        lines.append('username-token = { password = "digest" }')
    lines += [
        "[[signature]]",
        f'reference = "{_IN_DOCUMENTS.get(order.reference, order.reference)}"',
        *([f'key-name = "{order.key}"'] if order.reference == "key-name" else []),
        f'method = "{order.method}"',
        f'digest = "{order.digest}"',
        f'canonicalization = "{order.canonicalization}"',
        f"inclusive-prefixes = {str(order.prefixes).lower()}",
    ]
    if order.parts:
        lines.append(f"parts = {json.dumps(list(order.parts))}")
    return "\n".join(lines) + "\n"


def _inbound(order: Order) -> str:
    required = [f"signed = {json.dumps(list(order.parts))}"]
    if "timestamp" in order.parts:
        required.append("timestamp = true")
    if "username-token" in order.parts:
        required.append('username-token = "digest"')
    lines = ["version = 1", f"require = {{ {', '.join(required)} }}"]
    if order.reference == "key-name":
        lines.append(f'trust = {{ certificates = ["{order.key}", "other"] }}')
    words = {order.digest, *order.method.split("-")}
    allowed = [name for name in ("sha1", "dsa", "md5") if name in words]
    if allowed:
        lines.append(f"legacy = {{ allow = {json.dumps(allowed)} }}")
    return "\n".join(lines) + "\n"
