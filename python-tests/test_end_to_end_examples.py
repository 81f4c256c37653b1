"""The examples do what they say, run as a reader would run them."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import wsse
from signed_messages import KEYS, certificate, identity
from soap_messages import CONTENT_TYPES, envelope

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PASSWORD = "correct horse"


def environment(**changes):
    return {**os.environ, "ALICE_PASSWORD": PASSWORD, "PYTHONWARNINGS": "ignore", **changes}


@contextlib.contextmanager
def running(script, **changes):
    """Starts a server on a free port; gives the URL that it prints."""
    process = subprocess.Popen(
        [sys.executable, str(EXAMPLES / script), "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**changes),
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


@pytest.mark.parametrize(
    ("files", "signer"),
    [
        ({"SERVICE_KEY": "server.key.pem", "SERVICE_CERTIFICATE": "server.crt.pem"}, "server"),
        ({"SERVICE_KEY": "client.p12", "SERVICE_KEY_PASSWORD": "changeit"}, "client"),
    ],
    ids=["PEM", "PKCS#12"],
)
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_the_signed_server_takes_its_keys_from_the_environment(version, files, signer):
    changes = {
        name: value if name.endswith("PASSWORD") else str(KEYS / value)
        for name, value in {**files, "PARTNERS": "ec256.crt.pem"}.items()
    }
    client = wsse.Outbound("preset:wss4j", identities=identity("ec256"))
    answers = wsse.Inbound("preset:wss4j", certificates=certificate(signer))
    body = '<o:order xmlns:o="urn:order"><o:item>tea</o:item></o:order>'
    with running("spyne_signed_server.py", **changes) as url:
        url = url.replace("soap11", "soap" + version.replace(".", ""))

        def send(message):
            headers = {"Content-Type": CONTENT_TYPES[version]}
            with contextlib.suppress(urllib.error.HTTPError):
                request = urllib.request.Request(url, message, headers)
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return answer.read()

        sent = client.protect(envelope(version, body=body).encode())
        validated = answers.validate_reply(send(sent.bytes), sent.exchange)
        assert f"tea for {certificate('ec256').subject}".encode() in validated.document
        assert send(sent.bytes) is None
        assert send(envelope(version, body=body).encode()) is None
        open_operation = envelope(version, body='<o:version xmlns:o="urn:order"/>').encode()
        assert b"1.0" in answers.validate(send(open_operation)).document


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
        ("wrapped message", "InvalidSecurity"),
        ("changed Body", "FailedCheck"),
        ("signature removed", "InvalidSecurity"),
    ]:
        line = next(line for line in page.splitlines() if line.startswith(f"  ✓ {title}"))
        assert category in line
    assert page.count('the service answers "a kettle for CN=client,') == 2
    assert page.count("the answer is signed by CN=server,") == 2
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
        "        return SimpleNamespace(document=None, unsigned_document=message, username='alice',\n"
        "            authenticated=True, body_child=('urn:hello', 'hello'))\n"
        "real = demo.Inbound\n"
        "demo.Inbound = lambda policy, **options: (\n"
        "    Lax() if policy == 'preset:username-token' else real(policy, **options))\n"
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
    assert "expectations failed" in result.stdout


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
