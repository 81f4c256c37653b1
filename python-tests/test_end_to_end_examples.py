"""The examples do what they say, run as a reader would run them."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PASSWORD = "correct horse"


def environment(**changes):
    return {**os.environ, "ALICE_PASSWORD": PASSWORD, "PYTHONWARNINGS": "ignore", **changes}


@contextlib.contextmanager
def running(script):
    """Starts a server on a free port; gives the URL that it prints."""
    process = subprocess.Popen(
        [sys.executable, str(EXAMPLES / script), "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), process.stderr.read()
        yield url
    finally:
        process.terminate()
        process.communicate(timeout=30)


def run(script, *arguments, **changes):
    return subprocess.run(
        [sys.executable, str(EXAMPLES / script), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment(**changes),
    )


@pytest.mark.parametrize("path", ["soap11", "soap12"])
def test_the_zeep_client_calls_the_spyne_server(path):
    with running("spyne_server.py") as url:
        url = url.replace("soap11", path)
        accepted = run("zeep_client.py", url, "Carol")
        assert (accepted.returncode, accepted.stdout) == (0, "Hello Carol, says alice\n")
        refused = run("zeep_client.py", url, "Carol", ALICE_PASSWORD="guess")
    assert refused.returncode == 1
    assert (
        refused.stderr == "refused: The security token could not be authenticated or authorized\n"
    )


@pytest.mark.parametrize("dialect", ["atom", "atom-base64"])
def test_the_xwsse_client_calls_the_xwsse_server(dialect):
    with running("xwsse_server.py") as url:
        accepted = run("xwsse_client.py", url, dialect)
        assert (accepted.returncode, accepted.stdout) == (0, "Hello alice\n")
        refused = run("xwsse_client.py", url, dialect, ALICE_PASSWORD="guess")
    assert (refused.returncode, refused.stderr) == (1, "refused: 401 Unauthorized\n")


def test_the_demo_shows_what_it_promises():
    result = run("demo.py")
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stderr == ""
    page = result.stdout
    assert "\x1b" not in page, "no colours where the output is no terminal"
    for version in ("SOAP 1.1", "SOAP 1.2"):
        assert version in page
    assert re.search(r"<wsse:PasswordDigest|#PasswordDigest", page)
    for title, category in [
        ("wrong password", "FailedAuthentication"),
        ("replayed message", "InvalidSecurity"),
        ("stale Created", "MessageExpired"),
        ("Username removed", "InvalidSecurity"),
    ]:
        line = next(line for line in page.splitlines() if line.startswith(f"  ✓ {title}"))
        assert category in line
    assert "X-WSSE" in page


def test_the_demo_fails_where_a_refusal_does_not_happen(tmp_path):
    # A validator that lets everything pass: the demo must notice, not just print its page.
    script = tmp_path / "lax.py"
    script.write_text(
        "import sys; sys.path.insert(0, sys.argv[1]); import demo, wsse\n"
        "class Lax:\n"
        "    def __init__(self, *a, **k): self.used = None; self.real = None\n"
        "    def validate(self, message, *, charset=None):\n"
        "        from types import SimpleNamespace\n"
        "        return SimpleNamespace(unsigned_document=message, username='alice',\n"
        "            authenticated=True, body_child=('urn:hello', 'hello'))\n"
        "demo.Inbound = Lax\n"
        "sys.exit(demo.main())\n"
    )
    result = subprocess.run(
        [sys.executable, str(script), str(EXAMPLES)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment(),
    )
    assert result.returncode == 1, result.stdout + result.stderr


def test_the_demo_says_what_is_missing():
    script = (
        f"import sys; sys.path.insert(0, {str(EXAMPLES)!r}); "
        "sys.modules['zeep'] = None; import demo"
    )
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 2
    assert "zeep" in result.stderr
    assert "make demo" in result.stderr
    assert "Traceback" not in result.stderr
