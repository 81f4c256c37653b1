"""Signatures between .NET and others: the command wsse, and the XML Signature that Mono brings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import List

import build as builder
import pytest
import toolchain
from toolchain import FOLDER, ROOT

KEYS = ROOT / "vectors" / "keys"
REQUEST = ROOT / "examples" / "request.xml"
AT = "2026-05-01T12:00:00Z"
SIGN = 'version = 1\nsignature = [{ parts = ["body"] }]\n'
SIGN_BY_SECRET = 'version = 1\nsignature = [{ reference = "secret", parts = ["body"] }]\n'
REQUIRE = 'version = 1\nrequire = { signed = ["body"] }\n'
SIGNERS = ["client", "ec256", "partner"]


@pytest.fixture(scope="module")
def wsse() -> Path:
    """The command: target/release/wsse, or what WSSE_COMMAND names."""
    named = os.environ.get("WSSE_COMMAND")
    command = Path(named) if named else ROOT / "target" / "release" / "wsse"
    assert command.exists(), f"no {command}; run: make target/release/wsse"
    return command


@pytest.fixture(scope="module")
def program(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled("Command", built, tmp_path_factory.mktemp("command"))


def compiled(name: str, built: Path, folder: Path, *references: str) -> Path:
    program = folder / f"{name}.exe"
    dll = str(built / "mono" / "Wsse.dll")
    builder.compile_with_mcs(program, [FOLDER / "tests" / f"{name}.cs"], [*references, dll])
    for file in ("Wsse.dll", "libwsse.so"):
        shutil.copy2(built / file, folder)
    return program


def runtime(name: str) -> List[str]:
    command = ["mono", "--debug"] if name == "mono" else toolchain.core()
    if command is None:
        pytest.skip("the .NET Core runtime is not there: pip install -r requirements/dotnet.txt")
    return command


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(argument) for argument in arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def done(*arguments: object) -> str:
    outcome = run(*arguments)
    assert outcome.returncode == 0, outcome.stdout
    return outcome.stdout


def pair(signer: str) -> List[Path]:
    """The files that sign."""
    if signer == "partner":
        return [KEYS / "partner.secret"]
    return [KEYS / f"{signer}.key.pem", KEYS / f"{signer}.crt.pem"]


def tampered(message: Path) -> Path:
    octets = message.read_bytes()
    assert octets.count(b"</soap:Body>") == 1
    changed = message.with_name("tampered.xml")
    changed.write_bytes(octets.replace(b"</soap:Body>", b" </soap:Body>"))
    return changed


@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.parametrize("where", ["mono", "core"])
def test_what_dot_net_signs_the_command_verifies(
    where: str, signer: str, program: Path, wsse: Path, tmp_path: Path
) -> None:
    signed = tmp_path / "signed.xml"
    policy = SIGN_BY_SECRET if signer == "partner" else SIGN
    done(*runtime(where), program, "sign", policy, *pair(signer), AT, REQUEST, signed)
    known = ["--secret" if signer == "partner" else "--cert", pair(signer)[-1]]
    verify = [wsse, "verify", *known, "--at", AT, "--json"]
    verdict = json.loads(done(*verify, signed))
    assert verdict["verdict"] == "valid"
    assert [part["path"] for part in verdict["signed"]] == ["/Envelope/Body"]
    outcome = run(*verify, tampered(signed))
    assert outcome.returncode == 1
    assert '"digest-mismatch"' in outcome.stdout


@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.parametrize("where", ["mono", "core"])
def test_what_the_command_signs_dot_net_validates(
    where: str, signer: str, program: Path, wsse: Path, tmp_path: Path
) -> None:
    signed, document = tmp_path / "signed.xml", tmp_path / "document.xml"
    options = ["--secret"] if signer == "partner" else ["--key", "--cert"]
    ours = [word for option in zip(options, pair(signer)) for word in option]
    done(wsse, "sign", *ours, "--at", AT, REQUEST, "-o", signed)
    validate = [*runtime(where), program, "validate", REQUIRE, pair(signer)[-1], AT]
    assert done(*validate, signed, document) == "/Envelope/Body\n"
    # What both hand out of the same message is the same.
    known = ["--secret" if signer == "partner" else "--cert", pair(signer)[-1]]
    other = tmp_path / "other.xml"
    done(wsse, "verify", *known, "--at", AT, signed, "-o", other)
    assert document.read_bytes() == other.read_bytes()
    document.unlink()
    outcome = run(*validate, tampered(signed), document)
    assert (outcome.returncode, outcome.stdout) == (1, "FailedCheck digest-mismatch\n")
    assert not document.exists()


OUTCOMES = """\
their check of ours: True
of a changed Body: False
of a changed block: False
our check of theirs: /Envelope/Header/{urn:a}To[1] /Envelope/Body
signed by them: True
of a changed one: FailedCheck digest-mismatch
of a changed one: FailedCheck digest-mismatch
"""


def test_the_signed_xml_of_mono_and_ours_check_each_other(built: Path, tmp_path: Path) -> None:
    """Only on Mono: .NET Core 3.1 has SignedXml in a package of its own."""
    program = compiled("SignedXml", built, tmp_path, "System.Security.dll", "System.Xml.dll")
    cases = [f"{m} {c}\n" for m in ("rsa-sha256", "rsa-sha512") for c in ("exclusive", "inclusive")]
    assert done("mono", "--debug", program, KEYS) == "".join(case + OUTCOMES for case in cases)
