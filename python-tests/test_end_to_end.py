"""A real zeep client calls a real spyne server over a socket, at the clock of the machine."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta, timezone

import httpx
import pytest
import wsse
import zeep
import zeep.wsse
from lxml import etree
from soap_messages import WSSE, WSU
from wsse.spyne import OPEN
from wsse.zeep import Chain, Compose, UsernameToken
from zeep.exceptions import Fault
from zeep.transports import AsyncTransport, Transport

ALICE = {"alice": "secret"}


@pytest.fixture
def server(serve):
    inbound = wsse.Inbound("preset:username-token", passwords=ALICE)
    return serve(inbound, operations={"ping": OPEN})


def token(password="secret", **options):
    options = {"use_digest": True, "timestamp_token": True, **options}
    return UsernameToken("alice", password, **options)


class Wire(Transport):
    """A transport that keeps what went over the wire."""

    def __init__(self):
        super().__init__()
        self.sent = []

    def post(self, address, message, headers):
        self.sent.append(message)
        return super().post(address, message, headers)


class Caller:
    """A client in both of zeep's ways, with one way to call."""

    def __init__(self, way, url):
        self.way = way
        self.url = f"{url}?wsdl"

    def __call__(self, security, *calls, before=None):
        if self.way == "sync":
            client = zeep.Client(self.url, wsse=security)
            return [getattr(client.service, name)(*arguments) for name, *arguments in calls]
        return asyncio.run(self._gather(security, calls))

    async def _gather(self, security, calls):
        async with contextlib.AsyncExitStack() as stack:
            http = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
            # The WSDL is read before the loop of calls, as zeep does it for async clients too.
            wsdl = stack.enter_context(httpx.Client(timeout=30))
            transport = AsyncTransport(client=http, wsdl_client=wsdl)
            client = zeep.AsyncClient(self.url, wsse=security, transport=transport)
            return await asyncio.gather(
                *(getattr(client.service, name)(*arguments) for name, *arguments in calls)
            )


@pytest.fixture(params=["sync", "async"])
def call(request, server, version):
    return Caller(request.param, server.url(version))


def code_of(fault, version):
    """The code of the standard in zeep's fault, or its SOAP code."""
    if version == "1.1":
        return fault.code.removeprefix("wsse:")
    if not fault.subcodes:
        return fault.code
    (subcode,) = fault.subcodes
    assert subcode.namespace == WSSE
    return subcode.localname


def test_a_call_is_authenticated(call, server):
    assert call(token(), ("hello", "Bob")) == ["Hello Bob"]
    assert server.calls == [("hello", "Bob", "alice")]


def test_one_token_object_serves_many_calls(call, server):
    names = [f"Bob{number}" for number in range(20)]
    answers = call(token(), *(("hello", name) for name in names))
    assert answers == [f"Hello {name}" for name in names]
    assert sorted(server.calls) == sorted(("hello", name, "alice") for name in names)


@pytest.mark.parametrize(
    ("security", "category"),
    [
        (lambda: token("guess"), "FailedAuthentication"),
        (
            lambda: UsernameToken("mallory", "secret", use_digest=True, timestamp_token=True),
            "FailedAuthentication",
        ),
        (lambda: token(use_digest=False), "InvalidSecurity"),
        (lambda: token(timestamp_token=None), "InvalidSecurity"),
        (lambda: token(created=datetime.now(timezone.utc) - timedelta(hours=1)), "MessageExpired"),
        (lambda: token(created=datetime.now(timezone.utc) + timedelta(hours=1)), "MessageExpired"),
        (lambda: token(clock_offset=timedelta(minutes=-10)), "MessageExpired"),
        (lambda: token(now=lambda: datetime(2020, 1, 1)), "MessageExpired"),
        (lambda: None, "InvalidSecurity"),
    ],
    ids=[
        "wrong password",
        "unknown user",
        "text",
        "no Timestamp",
        "stale",
        "future",
        "clock",
        "2020",
        "nothing",
    ],
)
def test_a_call_is_refused(call, server, version, security, category):
    with pytest.raises(Fault) as raised:
        call(security(), ("hello", "Bob"))
    assert code_of(raised.value, version) == category
    assert server.calls == []


def test_a_nonce_that_is_used_twice_is_refused(call, server, version):
    fixed = token(nonce="the same nonce", created=datetime.now(timezone.utc))
    assert call(fixed, ("hello", "Bob")) == ["Hello Bob"]
    with pytest.raises(Fault) as raised:
        call(fixed, ("hello", "Bob"))
    assert code_of(raised.value, version) == "InvalidSecurity"
    assert len(server.calls) == 1


def test_an_open_operation_needs_no_token(call, server):
    assert call(None, ("ping",)) == ["pong"]
    assert server.calls == [("ping", None)]


@pytest.mark.parametrize("kind", [Compose, Chain])
def test_several_objects_work_together(call, server, kind):
    class Marker:
        def apply(self, envelope, headers):
            return envelope, {**headers, "X-Marker": "1"}

        def verify(self, envelope):
            pass

    assert call(kind([token(), Marker()]), ("hello", "Bob")) == ["Hello Bob"]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"zulu_timestamp": True},
        {"must_understand": True},
        {"clock_offset": timedelta(seconds=20)},
    ],
)
def test_what_the_client_may_choose_is_accepted(call, server, options):
    assert call(token(**options), ("hello", "Bob")) == ["Hello Bob"]


def test_text_with_and_without_nonce(serve, version):
    server = serve(wsse.Inbound("preset:username-text", passwords=ALICE))
    for options in ({}, {"nonce_with_text": True}):
        client = zeep.Client(
            f"{server.url(version)}?wsdl", wsse=UsernameToken("alice", "secret", **options)
        )
        assert client.service.hello("Bob") == "Hello Bob"
    assert server.calls == 2 * [("hello", "Bob", "alice")]


def test_zeeps_own_token_is_understood(serve, version):
    server = serve(
        wsse.Inbound('version = 1\nrequire = { username-token = "digest" }', passwords=ALICE)
    )
    own = zeep.wsse.UsernameToken("alice", "secret", use_digest=True)
    client = zeep.Client(f"{server.url(version)}?wsdl", wsse=own)
    assert client.service.hello("Bob") == "Hello Bob"


def test_captured_messages_that_are_sent_again_are_refused(server, version):
    wire = Wire()
    client = zeep.Client(f"{server.url(version)}?wsdl", wsse=token(), transport=wire)
    assert client.service.hello("Bob") == "Hello Bob"
    assert b"secret" not in wire.sent[0]
    assert server.post(version, wire.sent[0]).fault == "InvalidSecurity"
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    "name",
    [f"{{{WSSE}}}Username", f"{{{WSSE}}}Password", f"{{{WSSE}}}Nonce", f"{{{WSU}}}Timestamp"],
)
def test_a_message_of_the_client_without_a_part_is_refused(server, version, name):
    client = zeep.Client(f"{server.url(version)}?wsdl", wsse=token())
    message = client.create_message(client.service, "hello", "Bob")
    (element,) = message.iter(name)
    element.getparent().remove(element)
    assert server.post(version, etree.tostring(message)).fault == "InvalidSecurity"
    assert server.calls == []
