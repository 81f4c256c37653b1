"""zeep clients that sign and encrypt with every client and transport that zeep has and that we have, and
one that has no certificate."""

from __future__ import annotations

import asyncio
import contextlib
import threading

import httpx
import pytest
import wsse
import wsse.spyne  # before spyne: on Python 3.12 and later it makes spyne importable
import wsse.zeep
import zeep
from signed_messages import Noting, certificate, identity
from soap_service import hello_server
from wsse.zeep import Policy, VerificationFailed

ORDER = 'version = 1\norder = ["timestamp", "signature", "encryption"]\n'
PARTS = '["body", "timestamp"]'
DEMAND = f'version = 1\nrequire = {{ signed = {PARTS}, encrypted = ["body-content"] }}\n'
SEND = f'{ORDER}signature = [{{ parts = {PARTS} }}]\nencryption = [{{ recipient = "NAME" }}]\n'
ONE_KEY = (
    f"{ORDER}encrypted-key = {{ OF }}\n"
    f'signature = [{{ reference = "encrypted-key", parts = {PARTS} }}]\n'
    'encryption = [{ transport = "encrypted-key" }]\n'
)
VERSIONS = ["1.1", "1.2"]
WAYS = ["zeep's Client", "our Transport", "zeep's AsyncClient", "our AsyncTransport"]


class Keeping(Policy):
    """Keeps what was validated."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.validated = []

    def verify(self, document):
        self.validated.append(super().verify(document))
        return self.validated[-1]


def certificates():
    """With a certificate on both sides: the client, and what the server is built with."""
    client = Keeping(
        SEND.replace("NAME", "server"),
        DEMAND,
        identities=identity("client"),
        recipients={"server": certificate("server")},
        decryption_keys=identity("client"),
        certificates=certificate("server"),
    )
    inbound = wsse.Inbound(
        DEMAND, certificates=certificate("client"), decryption_keys=identity("server")
    )
    outbound = wsse.Outbound(SEND.replace("NAME", "signer"), identities=identity("server"))
    return client, inbound, outbound


def one_key():
    """With a key that the client makes for each request."""
    client = Keeping(
        ONE_KEY.replace("OF", 'recipient = "server"'),
        DEMAND.replace(" }", ', signer = "request" }'),
        recipients={"server": certificate("server")},
    )
    inbound = wsse.Inbound(
        DEMAND.replace(" }", ', signer = "symmetric" }'), decryption_keys=identity("server")
    )
    return client, inbound, wsse.Outbound(ONE_KEY.replace("OF", 'source = "request"'))


@pytest.fixture
def serve():
    with contextlib.ExitStack() as stack:

        def start(inbound, outbound):
            noting = Noting(inbound)
            server = hello_server(noting, outbound=outbound)
            stack.callback(server.close)
            server.noting = noting
            return server

        yield start


def call(way, url, security, names):
    """What the service answers to each name; the calls are under way together."""
    if way.endswith("Client") and "Async" not in way or way == "our Transport":
        options = {} if way == "zeep's Client" else {"transport": wsse.zeep.Transport()}
        service = zeep.Client(url, wsse=security, **options).service
        answers = {}

        def ask(name):
            try:
                answers[name] = service.hello(name)
            except Exception as error:
                answers[name] = error

        threads = [threading.Thread(target=ask, args=[name]) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [answers[name] for name in names]

    async def gather():
        async with contextlib.AsyncExitStack() as stack:
            http = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
            wsdl = stack.enter_context(httpx.Client(timeout=30))
            kind = wsse.zeep if way == "our AsyncTransport" else zeep.transports
            transport = kind.AsyncTransport(client=http, wsdl_client=wsdl)
            service = zeep.AsyncClient(url, wsse=security, transport=transport).service
            calls = [service.hello(name) for name in names]
            return await asyncio.gather(*calls, return_exceptions=True)

    return asyncio.run(gather())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("binding", [certificates, one_key], ids=lambda kind: kind.__name__)
class TestEveryClient:
    def test_signed_and_encrypted_both_ways(self, serve, binding, way, version):
        client, inbound, outbound = binding()
        server = serve(inbound, outbound)
        names = [f"Ann {number} & <Zoë>" for number in range(8)]
        answers = call(way, f"{server.url(version)}?wsdl", client, names)
        assert answers == [f"Hello {name}" for name in names]
        assert sorted(call[1] for call in server.calls) == names
        assert len(client.validated) == 8
        for validated in client.validated:
            assert [(part.path, part.content) for part in validated.encrypted] == [
                ("/Envelope/Body", True)
            ]
            assert b"Hello Ann" in validated.document
            assert b"EncryptedData" not in validated.document

    def test_answers_in_plaintext_are_refused(self, serve, binding, way, version):
        client, inbound, _ = binding()
        plain = wsse.Outbound(
            f'version = 1\norder = ["timestamp", "signature"]\nsignature = [{{ parts = {PARTS} }}]',
            identities=identity("server"),
        )
        server = serve(inbound, plain)
        (refused,) = call(way, f"{server.url(version)}?wsdl", client, ["Bob"])
        assert isinstance(refused, VerificationFailed)
        causes = {certificates: "not-encrypted", one_key: "untrusted-certificate"}
        assert refused.cause == causes[binding]
        assert client.validated == []


@pytest.mark.parametrize("version", VERSIONS)
def test_an_answer_under_the_key_of_another_request_is_refused(serve, version):
    client, inbound, outbound = one_key()
    other = one_key()[0]
    server = serve(inbound, outbound)
    url = f"{server.url(version)}?wsdl"
    assert call(WAYS[0], url, client, ["Bob"]) == ["Hello Bob"]

    class Swapping(Keeping):
        """Sends the request of somebody else, and knows the key of his own."""

        def apply(self, tree, headers):
            theirs, headers = other.apply(tree, headers)
            return theirs, headers

    swapping = Swapping(
        ONE_KEY.replace("OF", 'recipient = "server"'),
        DEMAND.replace(" }", ', signer = "request" }'),
        recipients={"server": certificate("server")},
    )
    (refused,) = call(WAYS[0], url, swapping, ["Bob"])
    assert isinstance(refused, VerificationFailed)
