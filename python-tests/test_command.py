"""The command wsse as the Python package installs it. What it says is tested in wsse-cli."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig

import pytest

import wsse


def script():
    found = shutil.which("wsse", path=sysconfig.get_path("scripts"))
    assert found, "the package installs no script wsse"
    return [found]


@pytest.fixture(params=["script", "module"])
def command(request):
    return script() if request.param == "script" else [sys.executable, "-m", "wsse"]


def run(command, *arguments, **environment):
    return subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env=os.environ | environment,
    )


def test_the_version_is_the_package_s(command):
    assert run(command, "--version").stdout == f"wsse {wsse.__version__}\n"


def test_a_header(command):
    made = run(
        command,
        *"header create --username bob --password-env P --created 2003-12-15T14:43:07Z".split(),
        "--nonce=d36e316282959a9ed4c89851497a717f",
        P="taadtaadpstcsm",
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert 'PasswordDigest="quR/EWLAV4xLf9Zqyw4pDmfV9OY="' in made.stdout


def test_the_status_tells_a_refusal_from_a_mistake(command):
    check = ["header", "check", "--username", "bob", "--password-env", "P"]
    assert run(command, *check, "nonsense", P="p").returncode == 1
    mistaken = run(command, "no-such-command")
    assert mistaken.returncode == 2
    assert mistaken.stderr.startswith("wsse: ")
