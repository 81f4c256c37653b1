"""zeep clients that sign call a spyne service that checks, and signs its answers, over a socket."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import pytest
import wsse
import wsse.spyne  # before spyne: on Python 3.12 and later it makes spyne importable
import zeep
from lxml import etree
from signed_messages import (
    ANSWER,
    KEYS,
    REQUIRE,
    REQUIRE_ANSWER,
    REQUIRE_WITH_USER,
    SIGN,
    SIGN_WITH_USER,
    certificate,
    identity,
)
from soap_messages import HELLO, WSSE
from wsse.spyne import OPEN
from wsse.zeep import (
    BinarySignature,
    Compose,
    Policy,
    Signature,
    UsernameToken,
    VerificationFailed,
)
from zeep.exceptions import Fault
from zeep.transports import AsyncTransport

ALICE = {"alice": "secret"}


def client(policy=SIGN, name="client", inbound=REQUIRE_ANSWER, **options):
    return Policy(
        policy, inbound, identities=identity(name), certificates=certificate("server"), **options
    )


def call(way, url, security, *calls):
    if way == "sync":
        service = zeep.Client(f"{url}?wsdl", wsse=security).service
        return [getattr(service, name)(*arguments) for name, *arguments in calls]

    async def gather():
        async with contextlib.AsyncExitStack() as stack:
            http = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
            wsdl = stack.enter_context(httpx.Client(timeout=30))
            transport = AsyncTransport(client=http, wsdl_client=wsdl)
            service = zeep.AsyncClient(f"{url}?wsdl", wsse=security, transport=transport).service
            return await asyncio.gather(
                *(getattr(service, name)(*arguments) for name, *arguments in calls)
            )

    return asyncio.run(gather())


def signing_server(serve, policy=REQUIRE, answer=ANSWER, signer="server", **options):
    inbound = wsse.Inbound(
        policy, anchors=(KEYS / "chain.pem").read_bytes(), **options.pop("inbound", {})
    )
    outbound = wsse.Outbound(answer, identities=identity(signer))
    return serve(inbound, outbound=outbound, **options)


@pytest.fixture
def server(serve):
    return signing_server(serve)


@pytest.fixture(params=["sync", "async"])
def way(request):
    return request.param


def code_of(fault, version):
    if version == "1.1":
        return fault.code.removeprefix("wsse:")
    (subcode,) = fault.subcodes
    assert subcode.namespace == WSSE
    return subcode.localname


@pytest.mark.parametrize("name", ["client", "ec256"])
def test_a_signed_call_has_a_signed_answer(server, way, version, name):
    assert call(way, server.url(version), client(name=name), ("hello", "Bob")) == ["Hello Bob"]
    assert server.calls == [("hello", "Bob", None)]


def test_one_object_serves_many_calls(server, way, version):
    names = [f"Bob{number}" for number in range(12)]
    answers = call(way, server.url(version), client(), *(("hello", name) for name in names))
    assert answers == [f"Hello {name}" for name in names]
    assert sorted(server.calls) == sorted(("hello", name, None) for name in names)


def test_username_token_timestamp_and_signature(serve, way, version):
    server = signing_server(serve, REQUIRE_WITH_USER, inbound={"passwords": ALICE})
    url = server.url(version)
    security = client(SIGN_WITH_USER, username="alice", password="secret")
    assert call(way, url, security, ("hello", "Bob")) == ["Hello Bob"]
    guess = client(SIGN_WITH_USER, username="alice", password="guess", inbound=None)
    with pytest.raises(Fault) as raised:
        call(way, url, guess, ("hello", "Eve"))
    assert code_of(raised.value, version) == "FailedAuthentication"
    assert server.calls == [("hello", "Bob", "alice")]


def test_a_fault_of_the_service_is_signed(server, way, version):
    # verify runs before zeep looks for a fault: it saw a good signature.
    with pytest.raises(Fault) as raised:
        call(way, server.url(version), client(), ("fail",))
    assert code_of(raised.value, version) == "FailedAuthentication"


def test_a_refusal_is_not_signed_and_told_to_who_accepts_that(server, way, version):
    stranger = {"name": "selfsigned"}
    with pytest.raises(Fault) as raised:
        call(way, server.url(version), client(**stranger, inbound=None), ("hello", "Eve"))
    assert code_of(raised.value, version) == "FailedAuthentication"
    with pytest.raises(VerificationFailed) as refused:
        call(way, server.url(version), client(**stranger), ("hello", "Eve"))
    assert refused.value.cause == "missing-security-header"
    assert server.calls == []


def test_an_answer_of_another_server_is_not_believed(serve, way, version):
    server = signing_server(serve, signer="ec256")
    with pytest.raises(VerificationFailed) as raised:
        call(way, server.url(version), client(), ("hello", "Bob"))
    assert raised.value.cause == "untrusted-certificate"


def test_an_open_operation_is_called_without_a_signature(serve, way, version):
    server = signing_server(serve, operations={"ping": OPEN}, answering={"answers": {"ping": OPEN}})
    assert call(way, server.url(version), None, ("ping",)) == ["pong"]
    assert server.calls == [("ping", None)]


# The drop-in for zeep's own classes.

FILES = (str(KEYS / "client.key.pem"), str(KEYS / "client.crt.pem"))
MODERN = {"signature_method": "rsa-sha256", "digest_method": "sha256"}
KNOWN = {"verify_cert": (KEYS / "server.crt.pem").read_bytes()}


@pytest.mark.parametrize("kind", [BinarySignature, Signature])
def test_the_drop_in_for_a_signature(serve, way, version, kind):
    policy = 'version = 1\nrequire = { signed = ["body", "timestamp"], timestamp = true }'
    server = signing_server(serve, policy, SIGN)
    security = kind(*FILES, **MODERN, **KNOWN, timestamp=True)
    assert call(way, server.url(version), security, ("hello", "Bob")) == ["Hello Bob"]
    # A fault of the service is signed as well, so zeep comes to see it.
    with pytest.raises(Fault):
        call(way, server.url(version), security, ("fail",))
    other = kind(*FILES, **MODERN, timestamp=True, verify_cert=(KEYS / "ec256.crt.pem").read_bytes())
    with pytest.raises(VerificationFailed):
        call(way, server.url(version), other, ("hello", "Bob"))
    assert server.calls == [("hello", "Bob", None), ("fail",), ("hello", "Bob", None)]


def test_the_drop_in_for_token_timestamp_and_signature(serve, way, version):
    policy = REQUIRE_WITH_USER + "username = { signed = true }\n"
    server = signing_server(serve, policy, SIGN, inbound={"passwords": ALICE})
    signature = BinarySignature(
        *FILES, **MODERN, **KNOWN, parts=["body", "timestamp", "username-token"]
    )

    def security(password):
        token = UsernameToken("alice", password, use_digest=True, timestamp_token=True)
        return Compose([token, signature])

    url = server.url(version)
    assert call(way, url, security("secret"), ("hello", "Bob")) == ["Hello Bob"]
    with pytest.raises(VerificationFailed) as refused:
        # The refusal is not signed, and this client believes signed faults alone.
        call(way, url, security("guess"), ("hello", "Eve"))
    assert refused.value.cause == "missing-security-header"
    signature.require_signature = "unless-fault"
    with pytest.raises(Fault) as raised:
        call(way, url, security("guess"), ("hello", "Eve"))
    assert code_of(raised.value, version) == "FailedAuthentication"
    assert server.calls == [("hello", "Bob", "alice")]


# zeep's own classes, which sign by python-xmlsec. It is no requirement of the tests.


@pytest.fixture(scope="module")
def xmlsec():
    return pytest.importorskip("xmlsec", reason="python-xmlsec is not installed")


def zeeps_own(kind, xmlsec, **methods):
    """zeep's Signature, but it knows the server's certificate: its own verifies by its own."""
    from zeep.wsse import signature

    files = (str(KEYS / "client.key.pem"), str(KEYS / "client.crt.pem"))

    class TwoKeys(getattr(signature, kind)):
        def verify(self, envelope):
            key = signature._make_verify_key((KEYS / "server.crt.pem").read_bytes())
            signature._verify_envelope_with_key(envelope, key)
            self.verified = True

    return TwoKeys(*files, **methods)


@pytest.mark.parametrize("kind", ["BinarySignature", "Signature"])
def test_zeeps_own_signature(serve, way, version, xmlsec, kind):
    policy = 'version = 1\nrequire = { signed = ["body", "timestamp?"] }'
    server = signing_server(serve, policy, SIGN)
    security = zeeps_own(
        kind,
        xmlsec,
        signature_method=xmlsec.Transform.RSA_SHA256,
        digest_method=xmlsec.Transform.SHA256,
    )
    assert call(way, server.url(version), security, ("hello", "Bob")) == ["Hello Bob"]
    assert security.verified


def test_zeeps_own_signature_with_its_defaults(serve, way, version, xmlsec):
    security = zeeps_own("BinarySignature", xmlsec)
    strict = signing_server(serve, 'version = 1\nrequire = { signed = ["body"] }', SIGN)
    with pytest.raises(zeep.exceptions.SignatureVerificationFailed):
        # The refusal is not signed.
        call(way, strict.url(version), security, ("hello", "Bob"))
    server = signing_server(serve, "preset:zeep", "preset:zeep")
    assert call(way, server.url(version), security, ("hello", "Bob")) == ["Hello Bob"]
    assert security.verified
    assert strict.calls == []


def test_zeeps_own_token_and_signature(serve, way, version, xmlsec):
    # Compose signs Body and Timestamp, not the token: the policy says that this is enough.
    policy = REQUIRE_WITH_USER + "username = { signed = false }\nlegacy = { allow = ['sha1'] }\n"
    server = signing_server(serve, policy, SIGN, inbound={"passwords": ALICE})
    security = Compose(
        [
            UsernameToken("alice", "secret", use_digest=True, timestamp_token=True),
            zeeps_own("BinarySignature", xmlsec),
        ]
    )
    assert call(way, server.url(version), security, ("hello", "Bob")) == ["Hello Bob"]
    assert server.calls == [("hello", "Bob", "alice")]


def test_a_wrapped_message_of_zeep_is_refused(serve, version, xmlsec):
    # zeep's own verification accepts this shape.
    server = signing_server(serve, "preset:zeep", "preset:zeep")
    security = zeeps_own("BinarySignature", xmlsec)
    calling = zeep.Client(f"{server.url(version)}?wsdl", wsse=security)
    message = calling.create_message(calling.service, "hello", "Bob")
    original = etree.tostring(message)
    start = original.index(b"<soap-env:Body")
    end = original.index(b"</soap-env:Body>") + len(b"</soap-env:Body>")
    wrapped = b"<x>" + original[start:end] + b"</x></soap-env:Header>"
    forged = (
        original[:start].replace(b"</soap-env:Header>", wrapped)
        + f"<soap-env:Body>{HELLO.replace('Bob', 'Eve')}</soap-env:Body>".encode()
        + original[end:]
    )
    assert server.post(version, forged).fault == "InvalidSecurity"
    assert server.calls == []
    assert server.post(version, original).fault is None
