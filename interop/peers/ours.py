"""This project, through its command line."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from typing import List

from . import ROOT, Missing, Order, Refused, Seen
from .keys import Keys
from .messages import PASSWORD, USERNAME, message

_CARRIED = ("binary-security-token", "x509-key-identifier", "x509-data")
"""References that bring the certificate with them."""


class Ours:
    version = ""

    def __init__(self, keys: Keys, folder: pathlib.Path) -> None:
        self.keys = keys
        self._folder = folder
        target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
        self._command = target / "release" / "wsse"
        if not self._command.exists():
            raise Missing(f"{self._command} is not built: `make build`")
        policy = self._policy(_inbound(Order()))
        # Whether there are signatures at all: asked once, not by each of the tests.
        arguments = ["validate", "--policy", policy, "--cert", str(keys.trusted)]
        done = subprocess.run([self._command, *arguments], input=b"", capture_output=True)
        if b"does not build" in done.stderr:
            raise Missing("this version of wsse does not build signatures")

    def sign(self, order: Order) -> bytes:
        key = self.keys.identities.get(order.key)
        given = (
            ["--secret", str(self.keys.secret)]
            if key is None
            else ["--key", str(key.key), "--cert", str(key.certificate)]
        )
        if order.form is not None:
            raise Missing("bare signatures are not driven yet")
        users = []
        if "username-token" in order.parts:
            users = ["--username", USERNAME, "--password-env", "INTEROP_PASSWORD"]
        policy = self._policy(_outbound(order))
        return self._run(["protect", "--policy", policy, *given, *users], message(order))

    def verify(self, signed: bytes, order: Order) -> Seen:
        key = self.keys.identities.get(order.key)
        if key is None:
            given = ["--secret", str(self.keys.secret)]
        elif order.reference in _CARRIED:
            given = ["--trust", str(key.anchor)]
        else:
            given = ["--cert", str(key.certificate)]
        if order.form is not None:
            raise Missing("bare signatures are not driven yet")
        if "username-token" in order.parts:
            given += ["--username", USERNAME, "--password-env", "INTEROP_PASSWORD"]
        policy = self._policy(_inbound(order))
        said = json.loads(self._run(["validate", "--policy", policy, *given, "--json"], signed))
        assert said["verdict"] == "valid"
        paths = [part["path"] for part in said["signed"]]
        return Seen(frozenset(paths), len(paths), None)

    def _policy(self, text: str) -> str:
        file = self._folder / "policy.toml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    def _run(self, arguments: List[str], given: bytes) -> bytes:
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
    name = "partner" if order.key == "secret" else "client"
    lines += [
        "[[signature]]",
        f'key = "{name}"',
        f'reference = "{order.reference}"',
        f'method = "{order.method}"',
        f'digest = "{order.digest}"',
        f'canonicalization = "{order.canonicalization}"',
        f"inclusive-prefixes = {str(order.prefixes).lower()}",
        f"parts = {json.dumps(list(order.parts))}",
    ]
    return "\n".join(lines) + "\n"


def _inbound(order: Order) -> str:
    required = [f"signed = {json.dumps(list(order.parts))}"]
    if "timestamp" in order.parts:
        required.append("timestamp = true")
    if "username-token" in order.parts:
        required.append('username-token = "digest"')
    lines = ["version = 1", f"require = {{ {', '.join(required)} }}"]
    if "sha1" in (order.digest, order.method.rpartition("-")[2]):
        lines.append('legacy = { allow = ["sha1"] }')
    return "\n".join(lines) + "\n"
