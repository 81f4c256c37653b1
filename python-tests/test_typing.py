"""The types as a user writes against them: run by pytest, checked by mypy in a test of its own."""

from __future__ import annotations

import datetime
import pathlib
import subprocess
import sys
from typing import Optional

import pytest
from lxml import etree

import wsse
from wsse.http import Challenge, Dialect, HeaderCheck, HeaderCreator, create_header
from wsse.zeep import BinarySignature, Chain, Compose, Policy, UsernameToken, VerificationFailed

ENVELOPE = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>'


class Store:
    """A replay store of one's own needs no base class."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()

    def insert_if_absent(
        self, key: bytes, expires: datetime.datetime, now: datetime.datetime
    ) -> bool:
        fresh = key not in self.seen
        self.seen.add(key)
        return fresh


def look_up(username: str) -> Optional[str]:
    return {"alice": "secret"}.get(username)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def test_messages() -> None:
    policy = wsse.OutboundPolicy.preset("username-token")
    outbound = wsse.Outbound(policy, username="alice", password="secret", now=now)
    protected: wsse.Protected = outbound.protect(ENVELOPE, created=now())
    inbound = wsse.Inbound("preset:username-token", passwords=look_up, replay=Store(), now=now)
    validated: wsse.ValidatedMessage = inbound.validate(protected.bytes)
    username: Optional[str] = validated.username
    document: bytes = validated.unsigned_document
    expires: Optional[datetime.datetime] = validated.timestamp_expires
    assert username == "alice" and document and expires
    try:
        inbound.validate(bytearray(protected.bytes))
    except wsse.Error as error:
        line: Optional[int] = error.line
        code: Optional[str] = error.fault.code
        assert (error.category, error.cause, line, code) == (
            "InvalidSecurity",
            "replay",
            None,
            "InvalidSecurity",
        )
    else:
        pytest.fail("a replay passed")


def test_headers() -> None:
    ours = Dialect("ours", base="atom-base64", hash="sha512", ttl=60)
    check = HeaderCheck({"alice": ["old", "secret"]}, dialects=["atom", ours])
    assert check.check(create_header("alice", "secret", dialect=ours)).dialect == "ours"
    assert check.check(HeaderCreator("alice", b"secret").create()).created <= now()
    challenge: Optional[Challenge] = Challenge.parse(Challenge("realm").write())
    assert challenge is not None and challenge.realm == "realm"


def test_zeep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pathlib.Path(__file__).resolve().parent.parent)
    token = UsernameToken("alice", "secret", use_digest=True, clock_offset=1.5, timestamp=True)
    signature = BinarySignature(
        "vectors/keys/client.key.pem",
        "vectors/keys/client.crt.pem",
        require_signature="unless-fault",
        timestamp=datetime.timedelta(minutes=5),
        parts=["body"],
        clock_offset=1.5,
    )
    policy = Policy("preset:username-token", username="alice", password=b"secret")
    chain = Chain([token, signature, policy, Compose([token])])
    assert chain[0] is token
    tree = etree.fromstring(ENVELOPE)
    try:
        signature.verify(tree)
    except VerificationFailed as failed:
        message: str = failed.message
        assert message and failed.cause == "missing-security-header"
    else:
        pytest.fail("nothing was verified")


def test_mypy_agrees() -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", __file__]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
