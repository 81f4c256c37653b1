"""SOAP messages written by hand, so that a test can break any part of them."""

from __future__ import annotations

import base64
import hashlib
import itertools
from datetime import datetime, timedelta, timezone

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
BASE64 = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
)
ENVELOPES = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
CONTENT_TYPES = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=timezone.utc)
"""What the clock of the receiver says in the tests that freeze it."""

HELLO = '<h:hello xmlns:h="urn:hello"><h:name>Bob</h:name></h:hello>'
PING = '<h:ping xmlns:h="urn:hello"/>'

_counter = itertools.count()


def instant(offset=0):
    """An xsd:dateTime so many seconds after NOW."""
    return (NOW + timedelta(seconds=offset)).strftime("%Y-%m-%dT%H:%M:%SZ")


def fresh_nonce():
    """Sixteen octets that no other message has."""
    return next(_counter).to_bytes(16, "big")


def digest(password, nonce, created):
    """UsernameToken Profile 1.1.1, section 3.1."""
    hashed = hashlib.sha1(nonce + created.encode() + password.encode())
    return base64.b64encode(hashed.digest()).decode()


class Token:
    """The parts of a UsernameToken as markup; a test replaces or drops what it wants."""

    def __init__(
        self, username="alice", password="secret", *, nonce=None, created=None, kind="digest"
    ):
        nonce = fresh_nonce() if nonce is None else nonce
        created = instant() if created is None else created
        value = digest(password, nonce, created) if kind == "digest" else password
        word = {"digest": "PasswordDigest", "text": "PasswordText"}[kind]
        self.username = f"<wsse:Username>{username}</wsse:Username>"
        self.password = f'<wsse:Password Type="{PROFILE}#{word}">{value}</wsse:Password>'
        self.nonce = (
            f'<wsse:Nonce EncodingType="{BASE64}">{base64.b64encode(nonce).decode()}</wsse:Nonce>'
        )
        self.created = f"<wsu:Created>{created}</wsu:Created>"

    def __str__(self):
        inside = self.username + self.password + self.nonce + self.created
        return f"<wsse:UsernameToken>{inside}</wsse:UsernameToken>"


def timestamp(created=0, expires=300):
    """A Timestamp, in seconds from NOW."""
    return (
        f"<wsu:Timestamp><wsu:Created>{instant(created)}</wsu:Created>"
        f"<wsu:Expires>{instant(expires)}</wsu:Expires></wsu:Timestamp>"
    )


def security(*parts, attributes=""):
    """A Security header."""
    inside = "".join(map(str, parts))
    return (
        f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" {attributes}>'
        f"{inside}</wsse:Security>"
    )


def envelope(version, *headers, body=HELLO, declaration="", after_body=""):
    """A message as text."""
    return (
        f'{declaration}<env:Envelope xmlns:env="{ENVELOPES[version]}">'
        f"<env:Header>{''.join(headers)}</env:Header>"
        f"<env:Body>{body}</env:Body>{after_body}</env:Envelope>"
    )


def message(version, token=None, *, body=HELLO):
    """A message that is accepted at NOW, or has the given token instead."""
    return envelope(version, security(timestamp(), token or Token()), body=body).encode()
