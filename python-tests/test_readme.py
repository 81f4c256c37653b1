"""The examples of the README and the guide do what they show.

Commands of ``console`` blocks are run by a shell, and their output is compared; ``…`` stands for
anything. ``python`` blocks are run; the server and the client of the README are run together. Rust
blocks are documentation tests of wsse-core.
"""

from __future__ import annotations

import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import wsse

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))]
MARK = "\N{WHITE LARGE SQUARE}"


class Block(NamedTuple):
    place: str
    language: str
    text: str


def blocks() -> Iterator[Block]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            line = text.count("\n", 0, match.start()) + 1
            place = f"{page.relative_to(ROOT)}:{line}"
            yield Block(place, match[1], match[2])


def console_blocks() -> List[Block]:
    """Those that run the command; installing the package is not tried here."""
    return [b for b in blocks() if b.language == "console" and "pip install" not in b.text]


def python_blocks() -> List[Block]:
    return [b for b in blocks() if b.language == "python"]


@pytest.mark.parametrize("block", console_blocks(), ids=lambda block: block.place)
def test_commands(block: Block, tmp_path: pathlib.Path) -> None:
    commands, expected = [], []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            commands.append(line[2:])
            expected.append("")
        else:
            expected[-1] += line + "\n"
    for folder in ("examples", "vectors/keys"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    # The command of the interpreter that runs the tests, and no other.
    path = os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]])
    script = "".join(f"{command}\nprintf '%s' '{MARK}'\n" for command in commands)
    done = subprocess.run(
        ["bash"],
        input=script,
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    shown = done.stdout.split(MARK)[:-1]
    assert len(shown) == len(commands), done.stdout
    for command, found, wanted in zip(commands, shown, expected):
        pattern = ".*".join(re.escape(part) for part in wanted.rstrip("\n").split("…"))
        matches = re.fullmatch(pattern, found.rstrip("\n"), re.DOTALL)
        assert matches, f"$ {command}\n{found}\nbut the page shows:\n{wanted}"


def test_the_examples_of_the_readme(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    readme = [b for b in python_blocks() if b.place.startswith("README")]
    client, server, encryption, http = readme
    space = run(server)

    class Quiet(WSGIRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            pass

    with make_server("127.0.0.1", 0, space["application"], handler_class=Quiet) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        try:
            here = f"http://127.0.0.1:{listening.server_port}/"
            run(client._replace(text=client.text.replace("http://127.0.0.1:8000/", here)))
        finally:
            listening.shutdown()
            thread.join()
    run(encryption)
    run(http)
    assert capsys.readouterr().out == "Hello Bob, says alice\nalice\n"


@pytest.mark.parametrize(
    "block",
    [b for b in python_blocks() if not b.place.startswith("README")],
    ids=lambda block: block.place,
)
def test_examples_of_the_guide(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    # The places that the pages name are those of a reader.
    monkeypatch.setenv("SERVICE_KEY", "vectors/keys/client.p12")
    monkeypatch.setenv("SERVICE_KEY_PASSWORD", "changeit")
    monkeypatch.setenv("PARTNERS", "vectors/keys/chain.pem")
    keys = ROOT / "vectors" / "keys"
    monkeypatch.setenv("ALICE_PASSWORD", "correct horse")
    monkeypatch.setenv("CLIENT_KEY", (keys / "client.key.pem").read_text())
    monkeypatch.setenv("CLIENT_CERTIFICATE", (keys / "client.crt.pem").read_text())
    monkeypatch.setenv("CLIENT_PKCS12_PASSWORD", "changeit")
    if "application." in block.text:
        # It adds to a service that the reader has.
        server = next(b for b in python_blocks() if "WsgiApplication(" in b.text)
        block = block._replace(text=server.text + "\napplication = application.app\n" + block.text)
    run(block)


def test_the_signed_service_of_the_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    _, answer = order(guide("class OrderService")["service"], "preset:wss4j")
    assert b"tea for CN=client," in answer


def test_the_encrypted_service_of_the_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    signed = guide("class OrderService")
    encrypted = guide('recipient = "signer"', "out_protocol")
    protocols = {name: encrypted[name] for name in ("in_protocol", "out_protocol")}
    application = signed["Application"]([signed["OrderService"]], "urn:order", **protocols)
    service = signed["WsgiApplication"](application)
    received, answer = order(service, "preset:wss4j-encrypt")
    assert b">tea<" not in received
    assert b"tea for CN=client," in answer


def guide(*texts: str) -> Dict[str, Any]:
    """What the first example defines in which all of these stand."""
    return run(next(b for b in python_blocks() if all(text in b.text for text in texts)))


def order(service: Any, policy: str) -> Tuple[bytes, bytes]:
    """Orders by a policy: what the service answers, and what the same policy validates of it."""
    keys = ROOT / "vectors" / "keys"
    client = wsse.Identity.from_pem(
        *((keys / f"client.{kind}.pem").read_bytes() for kind in ("key", "crt"))
    )
    server = (keys / "server.crt.pem").read_bytes()
    sent = wsse.Outbound(policy, identities=client, recipients=server).protect(
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        b'<o:order xmlns:o="urn:order"><o:item>tea</o:item></o:order></s:Body></s:Envelope>'
    )
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(sent.bytes)),
        "wsgi.input": io.BytesIO(sent.bytes),
    }
    answer = b"".join(service(environ, lambda status, headers: None))
    answers = wsse.Inbound(policy, certificates=server, decryption_keys=client)
    document = answers.validate_reply(answer, sent.exchange).document
    assert document is not None
    return answer, document


@pytest.mark.parametrize(
    "page",
    [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_links(page: pathlib.Path) -> None:
    """Links inside the project lead to a file, and to a heading of it."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = [
                re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in headings
            ]
            assert anchor in anchors, f"{link} leads to no heading; there are {anchors}"


def run(block: Block) -> Dict[str, Any]:
    space: Dict[str, Any] = {"__name__": "example"}
    exec(compile(block.text, block.place, "exec"), space)
    return space
