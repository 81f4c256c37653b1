"""zeep's own tests of WS-Security, run against wsse.zeep.

They come from zeep's source distribution, which ``make interop`` fetches; nothing of it is part of this
project. zeep_suite.py puts our names in the place of zeep's.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import zeep

ROOT = Path(__file__).resolve().parent.parent
ARCHIVE = f"zeep-{zeep.__version__}.tar.gz"
FOLDER = Path(os.environ.get("WSSE_ZEEP_TESTS", ROOT / "target" / "interop" / "zeep"))
TESTS = ("test_wsse_signature.py", "test_wsse_username.py", "test_wsse_utils.py")
# What zeep 4.3.3 has.
COUNT = 23


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    archive = FOLDER / ARCHIVE
    if not archive.exists():
        pytest.skip(f"{COUNT} tests of zeep are not run: no {archive}; `make interop` fetches it")
    folder = tmp_path_factory.mktemp("zeep")
    with tarfile.open(archive) as opened:
        for member in opened.getmembers():
            parts = Path(member.name).parts
            if member.isfile() and parts[1:2] == ("tests",) and ".." not in parts:
                file = folder.joinpath(*parts[1:])
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(opened.extractfile(member).read())
    return folder


@pytest.mark.parametrize("xmlsec", [True, False], ids=["with xmlsec", "without xmlsec"])
def test_they_pass(suite, xmlsec):
    if xmlsec and importlib.util.find_spec("xmlsec") is None:
        pytest.skip(f"{COUNT} tests of zeep are run without xmlsec only: it is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "zeep_suite", "-p", "no:cacheprovider", "-q"]
        + [f"tests/{name}" for name in TESTS],
        cwd=suite,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parent),
            "WSSE_WITHOUT_XMLSEC": "0" if xmlsec else "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(rf"^{COUNT} passed", done.stdout, re.MULTILINE), done.stdout


def test_the_names_are_really_replaced():
    """Or zeep's classes would pass their own tests."""
    program = (
        "import zeep_suite, wsse.zeep, zeep.wsse\n"
        "from zeep.wsse import signature, username, compose\n"
        "assert zeep.wsse.Signature is signature.Signature is wsse.zeep.Signature\n"
        "assert zeep.wsse.BinarySignature is wsse.zeep.BinarySignature\n"
        "assert zeep.wsse.MemorySignature is wsse.zeep.MemorySignature\n"
        "assert zeep.wsse.UsernameToken is username.UsernameToken is wsse.zeep.UsernameToken\n"
        "assert zeep.wsse.Compose is compose.Compose is wsse.zeep.Compose\n"
        "assert signature.sign_envelope is wsse.zeep.sign_envelope\n"
        "assert signature.verify_envelope is wsse.zeep.verify_envelope\n"
        "assert zeep_suite.replaced == 12, zeep_suite.replaced\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)
