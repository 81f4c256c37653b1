"""The cases of whole signed messages: Body and Timestamp under RSA-2048, SHA-256 and exclusive
canonicalization, with a BinarySecurityToken; and what makes other implementations slow."""

from __future__ import annotations

import pathlib
import subprocess
from typing import Dict, List, NamedTuple, Tuple, Union

from measure import Case, Server, ServerCase, show

SIZES = {
    "2 KB": 2048,
    "20 KB": 20_480,
    "200 KB": 204_800,
    "2 MB": 2_000_000,
    "20 MB": 20_000_000,
}
LARGE = {"100 MB": 100_000_000}
STREAMED = {"20 MB": SIZES["20 MB"], **LARGE}
STREAMED_LARGE = {"1 GB": 1_000_000_000}
"""Sizes of files that are read as streams."""
CANONICALIZED = ("2 KB", "200 KB", "2 MB")
ENCRYPTED = ("2 KB", "200 KB", "2 MB", "20 MB")
REFUSED = ("cbc-not-xml", "cbc-padding", "rsa15-content", "rsa15-padding")
"""What is wrong with a ciphertext of 2 KB."""
SHAPED = ("200 KB", "2 MB")
SHAPES = ("depth-5", "depth-190", "namespaces-2", "namespaces-400")
BESIDE = ("2 MB", "20 MB")
"""Sizes at which a second thread hashes."""
STREAMS = ("sign-stream", "sign-stream-beside", "verify-stream", "verify-stream-beside")
REMEMBERED = ("20 MB", "100 MB")
"""Sizes at which memory is measured."""

OURS, PYTHON, XMLSEC, BERGSHAMRA = "ours", "ours from Python", "libxmlsec1", "bergshamra"
PEERS = (XMLSEC, "zeep", "signxml", BERGSHAMRA)
SKIPPED = {("signxml", "20 MB"), ("signxml", "100 MB")}
"""Ten seconds and more for a call; measured with --large only."""


class Side(NamedTuple):
    """A program that signs or checks."""

    name: str
    command: List[str]
    server: Server


class Messages:
    """Files of messages, made when they are first asked for."""

    def __init__(self, program: str, folder: pathlib.Path) -> None:
        self._program, self._folder = program, folder

    def file(self, mode: str, kind: str, octets: int) -> Union[pathlib.Path, str]:
        """``mode`` is message, signed or encrypted; or why there is none."""
        name = self._folder / f"{mode}-{kind}-{octets}.xml"
        if not name.exists():
            show(f"making {name.name}")
            with name.open("wb") as file:
                done = subprocess.run(
                    [self._program, mode, kind, str(octets)], stdout=file, check=False
                )
            if done.returncode != 0:
                reason = name.read_text(encoding="utf-8", errors="replace").strip()
                name.unlink()
                return f"not measured: {reason}"
        return name


class Signatures:
    """What is measured, and what could not be: ``missing`` has the reason for a side or a case."""

    def __init__(
        self, sides: List[Side], messages: Messages, missing: Dict[str, str], large: bool
    ) -> None:
        self.cases: Dict[str, Case] = {}
        self.missing = missing
        self._sides, self._messages, self._large = sides, messages, large
        self.sizes = {**SIZES, **LARGE} if large else SIZES
        for size in self.sizes:
            for side in sides:
                self._add(side, "sign", "orders", size)
                self._add(side, "verify", "orders", size)
                if side.name == OURS:
                    self._add(side, "bare-sign", "orders", size)
                    self._add(side, "bare-verify", "orders", size)
                if side.name in (OURS, PYTHON, "zeep") and size in ENCRYPTED:
                    for operation in ("encrypt", "decrypt"):
                        self._add(side, operation, "orders", size)
                        if side.name == OURS:
                            self._add(side, f"bare-{operation}", "orders", size)
                            self._add(side, f"bare-{operation}-scan", "orders", size)
                if side.name == "zeep" and size in ("2 KB", "2 MB"):
                    self._add(side, "sign-as-called", "orders", size)
        for side in sides:
            if side.name not in (OURS, XMLSEC, BERGSHAMRA):
                continue
            for size in CANONICALIZED:
                self._add(side, "c14n", "orders", size)
            if side.name == BERGSHAMRA:
                continue
            for size in SHAPED:
                for kind in ("part", "parts"):
                    self._add(side, f"sign-{kind}", "parts", size)
                    self._add(side, f"verify-{kind}", kind, size)
                for kind in SHAPES:
                    self._add(side, "verify", kind, size)
            if side.name == OURS:
                for size in BESIDE:
                    for operation in ("sign", "verify"):
                        self._add(side, f"{operation}-beside", "orders", size)
                for size in self._streamed():
                    for operation in STREAMS:
                        self._add(side, operation, "orders", size)
                for broken in REFUSED:
                    self._add(side, broken, "orders", "2 KB")
                self._add(side, "sha256", "orders", "2 MB")
                for count in ("1", "2"):
                    self._add(side, f"verify-threads-{count}", "orders", "20 KB")
                    self._add(side, f"sha256-threads-{count}", "orders", "20 KB")

    def _add(self, side: Side, operation: str, kind: str, size: str) -> None:
        if (side.name, size) in SKIPPED and not self._large:
            self.missing[case_name(side.name, operation, kind, size)] = "only with --large"
            return
        name = case_name(side.name, operation, kind, size)
        file = self._file(operation, kind, size)
        if isinstance(file, str):
            self.missing[name] = file
        else:
            self.cases[name] = ServerCase(side.server, operation, _named(operation, file))

    def _file(self, operation: str, kind: str, size: str) -> Union[pathlib.Path, str]:
        mode = "signed" if operation.startswith("verify") else "message"
        if operation == "decrypt":
            mode = "encrypted"
        octets = {**SIZES, **LARGE, **STREAMED_LARGE}[size]
        return self._messages.file(mode, kind, octets)

    def _streamed(self) -> Dict[str, int]:
        return {**STREAMED, **STREAMED_LARGE} if self._large else STREAMED

    def memory(self) -> Dict[str, Dict[str, Tuple[int, int]]]:
        """Of each operation and size: by how many octets each side grew at most during a call, in a
        process of its own, and how many it handed out. The message was there before."""
        grown: Dict[str, Dict[str, Tuple[int, int]]] = {}
        for size in REMEMBERED:
            for operation in ("sign", "verify", "encrypt", "decrypt"):
                if size not in self.sizes:
                    continue
                row = grown.setdefault(f"{operation}, {size}", {})
                for side in self._sides:
                    if "crypt" in operation and side.name not in (OURS, PYTHON, "zeep"):
                        continue
                    file = self._file(operation, "orders", size)
                    if isinstance(file, str) or (side.name, size) in SKIPPED and not self._large:
                        continue
                    show(f"memory of {side.name}: {operation}, {size}")
                    server = Server(*side.command)
                    name = "python-xmlsec" if "crypt" in operation and side.name == "zeep" else side.name
                    row[name] = server.ask(f"{operation} {file} peak")
                    server.close()
        for size in self._streamed():
            for operation in STREAMS:
                file = self._file(operation, "orders", size)
                if isinstance(file, pathlib.Path):
                    show(f"memory of {OURS}: {operation}, {size}")
                    server = Server(*self._sides[0].command)
                    asked = server.ask(f"{operation} {_named(operation, file)} peak")
                    grown[f"{streamed_name(operation)}, {size}"] = {OURS: asked}
                    server.close()
        return grown


def _named(operation: str, file: pathlib.Path) -> str:
    return f"path:{file}" if "stream" in operation else str(file)


def streamed_name(operation: str) -> str:
    name = operation.replace("-stream", " from a stream", 1)
    return name.replace("-beside", ", hash on a second thread")


def case_name(side: str, operation: str, kind: str, size: str) -> str:
    return f"{side}/{operation}/{kind}/{size}"
