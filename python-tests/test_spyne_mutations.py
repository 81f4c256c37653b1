"""Whatever octet of a token is changed: refused, or the same token in another spelling."""

from __future__ import annotations

import base64
import io

import pytest
import wsse
from lxml import etree
from soap_messages import CONTENT_TYPES, NOW, WSSE, WSU, message
from soap_service import PATHS


class Forgetful:
    """Lets each mutant stand for itself; that replays are refused is tested elsewhere."""

    def insert_if_absent(self, key, expires, now):
        return True


def post(server, version, body):
    """Sends a message without a socket: there are thousands of them."""
    statuses = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATHS[version],
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "CONTENT_TYPE": CONTENT_TYPES[version],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    chunks = server.wsgi(environ, lambda status, headers: statuses.append(status))
    content = b"".join(chunks)
    return int(statuses[0][:3]), content


def token_of(body):
    """What the token says, read by another parser."""
    root = etree.fromstring(body)
    (token,) = root.iter(f"{{{WSSE}}}UsernameToken")
    return (
        token.findtext(f"{{{WSSE}}}Username"),
        base64.b64decode(token.findtext(f"{{{WSSE}}}Password")),
        base64.b64decode(token.findtext(f"{{{WSSE}}}Nonce")),
        token.findtext(f"{{{WSU}}}Created").strip(),
    )


@pytest.mark.parametrize("change", [0x01, 0x20, 0x80, "removed", "doubled"])
def test_a_token_with_one_octet_changed(serve, version, change):
    inbound = wsse.Inbound(
        "preset:username-token",
        passwords={"alice": "secret"},
        replay=Forgetful(),
        now=lambda: NOW,
    )
    server = serve(inbound)
    original = message(version)
    first = original.index(b"<wsse:UsernameToken>")
    last = original.index(b"</wsse:Security>")
    accepted = 0
    for index in range(first, last):
        octet = original[index : index + 1]
        other = {"removed": b"", "doubled": octet * 2}.get(change)
        if other is None:
            other = bytes([octet[0] ^ change])
        mutant = original[:index] + other + original[index + 1 :]
        server.calls.clear()
        status, content = post(server, version, mutant)
        assert b"Traceback" not in content
        if status == 200:
            accepted += 1
            assert server.calls == [("hello", "Bob", "alice")], mutant
            assert token_of(mutant) == token_of(original), mutant
        else:
            assert (status, server.calls) == (500, []), mutant
    # A few spellings mean the same: a space more in a tag, for example.
    assert accepted < 20
