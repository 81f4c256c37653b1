"""The examples in C and C++ do what they say, and wsse.hpp does what its test asks.

Everything is built with -Werror against the library of this tree. What is missing on a machine
(a C++ compiler, valgrind, libcurl's headers) skips its tests with the reason.
"""

from __future__ import annotations

import contextlib
import http.client
import http.server
import re
import threading
import urllib.parse
from typing import Any, Iterator, List, Tuple

import pytest
import wsse
from c_programs import CPP, ROOT, Server, build_library, need, pkg_config, run
from signed_messages import certificate, identity
from wsse.http import Challenge, HeaderCheck

EXAMPLES = ROOT / "examples"
TOOLS = [pytest.param(None, id="plain"), "valgrind"]
SOAP = {
    "1.1": ("http://schemas.xmlsoap.org/soap/envelope/", "text/xml; charset=utf-8"),
    "1.2": ("http://www.w3.org/2003/05/soap-envelope", 'application/soap+xml; charset="utf-8"'),
}
PASSWORDS = {"alice": "correct horse"}


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    return build_library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="session")
def built(library, tmp_path_factory):
    """Builds an example, once."""
    folder = tmp_path_factory.mktemp("examples")

    def build(name, *flags):
        source = EXAMPLES / name
        program = folder / source.stem
        standard = "c99" if source.suffix == ".c" else "c++17"
        if not program.exists():
            library.build(program, [source], standard=standard, flags=flags)
        return program

    return build


# --- wsse.hpp ---------------------------------------------------------------------------------


@pytest.mark.parametrize("standard", ["c++17", "c++20"])
@pytest.mark.parametrize("compiler", [CPP, "clang++"])
def test_the_layer_for_cpp(library, tmp_path, compiler, standard):
    # In two units, as in every program: what stands in the headers must not be defined twice.
    other = tmp_path / "other.cpp"
    other.write_text("#include <wsse.hpp>\nint other() { return wsse::version().empty(); }\n")
    sources = [ROOT / "wsse-c" / "tests" / "cpp" / "test_hpp.cpp", other]
    program = library.build(
        tmp_path / "test_hpp", sources, standard=standard, compiler=compiler, flags=["-pthread"]
    )
    done = run(program)
    found = re.fullmatch(r"(\d+) checks, 0 failed\n", done.stdout)
    assert done.returncode == 0 and found and int(found[1]) > 100, done.stdout + done.stderr


def test_the_layer_for_cpp_under_valgrind(library, tmp_path):
    source = ROOT / "wsse-c" / "tests" / "cpp" / "test_hpp.cpp"
    program = library.build(
        tmp_path / "test_hpp", [source], standard="c++17", flags=["-pthread"]
    )
    done = run(program, tool="valgrind")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("tool", TOOLS)
def test_keys_elsewhere_from_cpp(library, tmp_path, tool):
    source = ROOT / "wsse-c" / "tests" / "cpp" / "test_remote.cpp"
    program = library.build(tmp_path / "test_remote", [source], standard="c++17")
    done = run(program, str(ROOT / "vectors" / "keys"), tool=tool)
    found = re.fullmatch(r"(\d+) checks, 0 failed\n", done.stdout)
    assert done.returncode == 0 and found and int(found[1]) > 50, done.stdout + done.stderr


@pytest.mark.parametrize("tool", TOOLS)
def test_streams_from_cpp(library, tmp_path, tool):
    source = ROOT / "wsse-c" / "tests" / "cpp" / "test_streams.cpp"
    program = library.build(tmp_path / "test_streams", [source], standard="c++17")
    done = run(program, tool=tool)
    found = re.fullmatch(r"(\d+) checks, 0 failed\n", done.stdout)
    assert done.returncode == 0 and found and int(found[1]) > 20, done.stdout + done.stderr


HEADERS = sorted((ROOT / "include" / "wsse").glob("*.hpp"))


def test_the_headers_are_found():
    assert len(HEADERS) == 8


@pytest.mark.parametrize("header", HEADERS, ids=lambda path: path.name)
def test_every_header_stands_alone_and_leaves_no_macro(library, tmp_path, header):
    text = header.read_text(encoding="utf-8")
    guard = f"WSSE_{header.stem.upper()}_HPP"
    assert re.findall(r"^\s*#\s*define\s+(\w+)", text, re.MULTILINE) == [guard]
    source = tmp_path / "alone.cpp"
    source.write_text(f"#include <wsse/{header.name}>\nint main() {{ return 0; }}\n")
    library.build(tmp_path / "alone", [source], standard="c++17")


def test_the_layer_for_cpp_reaches_every_function():
    header = (ROOT / "include" / "wsse.h").read_text(encoding="utf-8")
    declared = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
    functions = set(re.findall(r"\b(wsse_\w+)\(", declared))
    layer = [ROOT / "include" / "wsse.hpp", *HEADERS]
    named = set(re.findall(r"\bwsse_\w+", "".join(path.read_text("utf-8") for path in layer)))
    # A std::string has a c_str(), and a category is the result under another name.
    replaced = {"wsse_string_c_str", "wsse_error_category", "wsse_error_result"}
    assert len(functions) > 100
    assert functions - named == replaced


# --- The examples -----------------------------------------------------------------------------


@contextlib.contextmanager
def serving(answer: Any) -> Iterator[str]:
    """An HTTP server; `answer` gets a handler for each GET."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self.headers)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def checking(dialect: str, seen: List[str]) -> Any:
    check = HeaderCheck(PASSWORDS, dialects=[dialect])

    def answer(headers: Any) -> Tuple[int, List[Tuple[str, str]], bytes]:
        seen.append(headers.get("X-WSSE", ""))
        try:
            caller = check.check(seen[-1])
        except wsse.Error:
            return 401, [("WWW-Authenticate", Challenge("notes").write())], b"no\n"
        return 200, [], f"Hello {caller.username}\n".encode()

    return answer


@pytest.fixture(scope="session")
def curl_example(built):
    return built("c/x_wsse_curl.c", *pkg_config("libcurl"))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("dialect", ["atom", "sha256-hex"])
def test_curl_sends_a_fresh_header_with_every_request(curl_example, dialect, tool):
    seen: List[str] = []
    with serving(checking(dialect, seen)) as url:
        done = run(curl_example, "-d", dialect, url, url + "again", url + "more", tool=tool)
        assert (done.returncode, done.stdout, done.stderr) == (0, "Hello alice\n" * 3, "")
        assert len(set(seen)) == 3
        refused = run(curl_example, "-d", dialect, url, tool=tool, ALICE_PASSWORD="guess")
        assert (refused.returncode, refused.stdout) == (1, "no\n")
        assert refused.stderr == f"x_wsse_curl: {url}: refused: 401\n"


def test_curl_takes_the_header_along_to_nobody(curl_example):
    seen: List[str] = []
    with serving(checking("atom", seen)) as elsewhere:
        with serving(lambda _: (302, [("Location", elsewhere)], b"")) as url:
            done = run(curl_example, url)
    assert (done.returncode, seen) == (1, [])
    assert done.stderr == f"x_wsse_curl: {url}: refused: 302\n"


def test_curl_takes_no_more_than_it_wants(curl_example):
    with serving(lambda _: (200, [], b"x" * 1_100_000)) as url:
        done = run(curl_example, url)
    assert done.returncode == 1
    assert len(done.stdout) <= 1024 * 1024


def test_curl_says_what_is_wrong(curl_example):
    done = run(curl_example, "-d", "nonsense", "http://127.0.0.1:1/")
    assert done.returncode == 2 and "nonsense" in done.stderr
    assert run(curl_example).returncode == 2


@pytest.mark.parametrize("tool", TOOLS)
def test_a_username_token_for_an_envelope_in_a_string(built, tool):
    done = run(built("c/username_token.c"), "Bob", tool=tool)
    assert (done.returncode, done.stderr) == (0, "")
    policy = 'version = 1\nrequire = { username-token = "digest" }'
    inbound = wsse.Inbound(policy, passwords=PASSWORDS)
    message = inbound.validate(done.stdout.encode())
    assert (message.username, message.body_child) == ("alice", ("urn:hello", "hello"))
    assert b"<name>Bob</name>" in message.unsigned_document
    assert run(built("c/username_token.c"), "B<b", tool=tool).returncode == 2
    assert run(built("c/username_token.c"), "B" * 2000, tool=tool).returncode == 2


def post(url: str, body: bytes, content_type: str, **headers: str) -> Tuple[int, str]:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)
    with contextlib.closing(connection):
        connection.request("POST", "/", body, {"Content-Type": content_type, **headers})
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8")


def raw(url: str, octets: bytes) -> bytes:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)
    with contextlib.closing(connection):
        connection.connect()
        connection.sock.sendall(octets)
        answer = b""
        while True:
            got = connection.sock.recv(4096)
            if not got:
                return answer.split(b"\r\n")[0]
            answer += got


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("soap", ["1.1", "1.2"])
def test_a_server_validates(built, soap, tool):
    namespace, content_type = SOAP[soap]
    envelope = f'<e:Envelope xmlns:e="{namespace}"><e:Body><b/></e:Body></e:Envelope>'.encode()
    policy = 'version = 1\norder = ["username-token"]'

    def protected(password: str) -> bytes:
        return wsse.Outbound(policy, username="alice", password=password).protect(envelope).bytes

    with Server(built("c/validate_server.c"), "0", tool=tool) as server:
        assert server.url.startswith("http://127.0.0.1:")
        message = protected("correct horse")
        status, body = post(server.url, message, content_type)
        assert status == 200 and "<accepted/>" in body and namespace in body

        refusals = [
            (message, "InvalidSecurity"),
            (protected("guess"), "FailedAuthentication"),
            (envelope, "InvalidSecurity"),
        ]
        for octets, code in refusals:
            status, body = post(server.url, octets, content_type)
            assert status == 500 and f"wsse:{code}<" in body and namespace in body
            assert "seen before" not in body and "alice" not in body
        status, body = post(server.url, b"nonsense", content_type)
        assert status == 500 and ("e:Client" if soap == "1.1" else "e:Sender") in body
        assert "wsse:" not in body.replace("xmlns:wsse", "").replace("<wsse:Security>", "")
        # What the header says of the charset is compared with the message.
        other = content_type.replace("utf-8", "utf-16")
        assert post(server.url, protected("correct horse"), other)[0] == 500
        log = server.end().splitlines()
    kinds = [line.split(":")[0] for line in log]
    assert kinds == ["accepted"] + ["refused"] * 5, log
    assert "(replay): the UsernameToken was seen before" in log[1]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_server_reads_no_more_than_it_should(built, tool):
    head = b"POST / HTTP/1.1\r\nContent-Type: text/xml\r\n"
    requests = [
        (b"GET / HTTP/1.1\r\n\r\n", b"405"),
        (head + b"\r\n", b"411"),
        (head + b"Content-Length: -1\r\n\r\n", b"411"),
        (head + b"Content-Length: 1048577\r\n\r\n", b"413"),
        (head + b"Content-Length: 99999999999999999999999\r\n\r\n", b"413"),
        (head + b"Content-Length: 2\r\n\r\nmore than two", b"400"),
        (head + b"X: \0\r\n\r\n", b"400"),
        (head + b"X: " + b"x" * (8192 - len(head) - 3), b"431"),
    ]
    with Server(built("c/validate_server.c"), "0", tool=tool) as server:
        for octets, status in requests:
            assert raw(server.url, octets).startswith(b"HTTP/1.1 " + status), octets[:80]
        # After all that it still answers.
        assert post(server.url, b"nonsense", "text/xml")[0] == 500
        server.end()


@pytest.mark.parametrize("tool", TOOLS)
def test_both_halves_in_cpp(built, tool):
    envelope = (EXAMPLES / "request.xml").read_text(encoding="utf-8")
    program = built("cpp/protect_and_validate.cpp")
    done = run(program, tool=tool, stdin=envelope)
    assert (done.returncode, done.stderr) == (0, "")
    calls, refused, told = done.stdout.splitlines()
    assert calls == "alice calls {urn:hello}hello"
    assert refused.startswith("refused: InvalidSecurity (replay): ")
    assert told.startswith("the peer is told: InvalidSecurity: ")
    broken = run(program, tool=tool, stdin="nonsense")
    assert broken.returncode == 1 and broken.stdout.startswith("refused: Malformed ")


KEYS = ROOT / "vectors" / "keys"
SEND = """
version = 1
order = ["timestamp", "signature", "encryption"]
signature = [{ parts = ["body", "timestamp"] }]
encryption = [{ recipient = "server", parts = ["body-content", "signature"] }]
"""
REQUIRE = """
version = 1
[require]
timestamp = true
signed = ["body", "timestamp"]
encrypted = ["body-content", "signature"]
"""


def key_files(*names: str) -> List[str]:
    return [str(KEYS / name) for name in names]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_message_is_signed_and_encrypted(built, tool):
    program = built("c/encrypt_message.c")
    envelope = str(EXAMPLES / "request.xml")
    files = key_files("client.key.pem", "client.crt.pem", "server.crt.pem")
    done = run(program, *files, envelope, tool=tool)
    assert (done.returncode, done.stderr) == (0, "")
    assert "<name>" not in done.stdout and "<ds:Signature" not in done.stdout
    inbound = wsse.Inbound(
        REQUIRE, certificates=certificate("client"), decryption_keys=identity("server")
    )
    valid = inbound.validate(done.stdout.encode())
    assert b"<name>Bob</name>" in valid.document
    assert [part.content for part in valid.encrypted] == [False, True]

    # A key for another transport, and what is no certificate.
    refusals = [
        ("ec256.crt.pem", "keys are encrypted with RSA keys"),
        ("client.key.pem", "neither a certificate nor a public key"),
    ]
    for recipient, text in refusals:
        done = run(program, *files[:2], *key_files(recipient), envelope, tool=tool)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("encrypt_message: ") and text in done.stderr
    encrypted = key_files("client.pkcs8-aes256.pem", "client.crt.pem", "server.crt.pem")
    assert run(program, *encrypted, envelope).returncode == 1
    assert run(program, *encrypted, envelope, KEY_PASSWORD="changeit").returncode == 0
    assert run(program, *files).returncode == 2
    assert run(program, *files, "nowhere.xml").returncode == 1


@pytest.mark.parametrize("tool", TOOLS)
def test_a_message_is_decrypted_and_validated(built, tmp_path, tool):
    program = built("c/decrypt_message.c")
    outbound = wsse.Outbound(
        SEND, identities=identity("client"), recipients=certificate("server")
    )
    message = tmp_path / "encrypted.xml"
    message.write_bytes(outbound.protect((EXAMPLES / "request.xml").read_bytes()).bytes)
    files = key_files("server.key.pem", "server.crt.pem", "client.crt.pem")
    done = run(program, *files, str(message), tool=tool)
    assert (done.returncode, done.stderr) == (0, "")
    signature, body, document = done.stdout.split("\n", 2)
    assert signature.startswith("encrypted: /Envelope/Header/{")
    assert signature.endswith("}Signature[1]")
    assert body == "encrypted: /Envelope/Body, its content"
    assert document.startswith("<soap:Envelope ") and "<name>Bob</name>" in document
    assert "Encrypted" not in document and "Security" not in document

    refusals = [
        # Not even the sender can read it; nor does another key under the right certificate.
        (["client.key.pem", "client.crt.pem", "client.crt.pem"], "no-key"),
        (["client.key.pem", "server.crt.pem", "client.crt.pem"], "no-key"),
        (["server.crt.pem", "server.crt.pem", "client.crt.pem"], "missing-credential"),
        (["server.key.pem", "server.crt.pem", "impostor.crt.pem"], "untrusted-certificate"),
    ]
    for names, cause in refusals:
        done = run(program, *key_files(*names), str(message), tool=tool)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"decrypt_message: {cause}: "), done.stderr
    clear = run(program, *files, str(EXAMPLES / "request.xml"), tool=tool)
    assert clear.returncode == 1 and clear.stdout == ""
    changed = bytearray(message.read_bytes())
    place = changed.rindex(b"</xenc:CipherValue>") - 8
    # It stays base64.
    changed[place] = ord("B" if changed[place] == ord("A") else "A")
    message.write_bytes(bytes(changed))
    done = run(program, *files, str(message), tool=tool)
    assert done.stderr.startswith("decrypt_message: decryption-failed: "), done.stderr
    assert run(program, *files).returncode == 2


# --- The guide --------------------------------------------------------------------------------


@pytest.mark.parametrize("page, language, standard", [("c", "c", "c99"), ("cpp", "cpp", "c++17")])
def test_the_blocks_of_a_page_are_one_program(library, tmp_path, page, language, standard):
    text = (ROOT / "docs" / "guide" / f"{page}.md").read_text(encoding="utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 4
    source = tmp_path / f"page.{language}"
    source.write_text("\n".join(blocks), encoding="utf-8")
    program = library.build(tmp_path / "page", [source], standard=standard)
    done = run(program)
    assert (done.returncode, done.stderr) == (0, "")
    shown = re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert done.stdout == shown[-1]
    if language == "c":
        need("valgrind")
        assert run(program, tool="valgrind").stderr == ""
