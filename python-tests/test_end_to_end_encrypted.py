"""zeep clients that sign and encrypt call a spyne service that decrypts, checks, and answers signed and
encrypted to the signer, over a socket; and what becomes of messages that are changed on the way."""

from __future__ import annotations

import base64
import re

import pytest
import wsse
import wsse.spyne  # before spyne: on Python 3.12 and later it makes spyne importable
import zeep
from lxml import etree
from signed_messages import KEYS, Noting, certificate, identity
from soap_messages import HELLO, envelope
from soap_service import hello_server
from wsse.zeep import BinarySignature, Compose, Encryption, Policy, VerificationFailed
from zeep.exceptions import Fault

ORDER = 'version = 1\norder = ["timestamp", "signature", "encryption"]\n'
PARTS = 'signature = [{ parts = ["body", "timestamp"] }]\n'
SEND = ORDER + PARTS + 'encryption = [{ recipient = "server", parts = ["body-content", "signature"] }]\n'
ANSWER = ORDER + PARTS + 'encryption = [{ recipient = "signer" }]\n'
DEMAND = (
    'version = 1\nrequire = { timestamp = true, signed = ["body", "timestamp"],'
    ' encrypted = ["body-content"] }\n'
)
VERSIONS = ["1.1", "1.2"]


def client(policy=SEND, inbound=DEMAND, name="client", recipient="server"):
    return Policy(
        policy,
        inbound,
        identities=identity(name),
        recipients={"server": certificate(recipient)},
        decryption_keys=identity(name),
        certificates=certificate("server"),
    )


def service(serve, demand=DEMAND, **options):
    noting = Noting(
        wsse.Inbound(
            demand, certificates=certificate("client"), decryption_keys=identity("server"), **options
        )
    )
    outbound = wsse.Outbound(ANSWER, identities=identity("server"))
    server = serve(noting, outbound=outbound)
    server.noting = noting
    return server


@pytest.fixture
def serve():
    servers = []

    def start(*arguments, **options):
        servers.append(hello_server(*arguments, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def hello(server, version, security, name="Bob"):
    return zeep.Client(f"{server.url(version)}?wsdl", wsse=security).service.hello(name)


def request(version, policy=SEND, name="Bob", recipient="server", signer="client"):
    outbound = wsse.Outbound(
        policy, identities=identity(signer), recipients={"server": certificate(recipient)}
    )
    body = HELLO.replace("Bob", name)
    return outbound.protect(envelope(version, body=body).encode()).bytes


@pytest.mark.parametrize("version", VERSIONS)
class TestCalls:
    def test_signed_and_encrypted_both_ways(self, serve, version):
        server = service(serve)
        for name in ("Bob", "Ann & <Zoë>"):
            assert hello(server, version, client(), name) == f"Hello {name}"
        assert [call[1] for call in server.calls] == ["Bob", "Ann & <Zoë>"]

    def test_nothing_of_it_is_in_clear_on_the_wire(self, serve, version):
        server = service(serve)
        answer = server.post(version, request(version, name="Secret-Name"))
        assert answer.status == 200
        assert b"Secret-Name" not in answer.content and b"EncryptedData" in answer.content
        inbound = wsse.Inbound(
            DEMAND, certificates=certificate("server"), decryption_keys=identity("client")
        )
        assert b"Hello Secret-Name" in inbound.validate(answer.content).body

    def test_what_is_sent_is_what_apply_returns(self, serve, version):
        tree = etree.fromstring(envelope(version).encode())
        returned, _ = client().apply(tree, {})
        assert b"EncryptedData" in etree.tostring(returned)
        # Who sends the tree that he had sends no plaintext.
        assert b">Bob<" not in etree.tostring(tree)
        assert service(serve).post(version, etree.tostring(returned)).status == 200

    def test_classes_beside_those_of_zeep(self, serve, version):
        demand = DEMAND.replace("timestamp = true, ", "").replace(', "timestamp"', "")
        server = service(serve, demand)
        security = Compose(
            [
                Encryption(decryption_keys=identity("client")),
                BinarySignature(
                    str(KEYS / "client.key.pem"),
                    str(KEYS / "client.crt.pem"),
                    signature_method="rsa-sha256",
                    digest_method="sha256",
                    verify_cert=(KEYS / "server.crt.pem").read_bytes(),
                ),
                Encryption(certificate("server")),
            ]
        )
        assert hello(server, version, security) == "Hello Bob"
        other = Encryption(decryption_keys=identity("ec256"))
        with pytest.raises(VerificationFailed):
            hello(server, version, Compose([other, *security.wsse_objects[1:]]))

    def test_an_answer_in_plaintext_is_refused(self, serve, version):
        inbound = wsse.Inbound(
            DEMAND, certificates=certificate("client"), decryption_keys=identity("server")
        )
        signs = wsse.Outbound(
            'version = 1\norder = ["timestamp", "signature"]\n' + PARTS, identities=identity("server")
        )
        server = serve(inbound, outbound=signs)
        with pytest.raises(VerificationFailed) as raised:
            hello(server, version, client())
        assert (raised.value.category, raised.value.cause) == ("InvalidSecurity", "not-encrypted")


def break_value(message, number, change):
    values = list(re.finditer(rb"CipherValue>([A-Za-z0-9+/=]+)<", message))
    octets = bytearray(base64.b64decode(values[number][1]))
    change(octets)
    start, end = values[number].span(1)
    return message[:start] + base64.b64encode(bytes(octets)) + message[end:]


def flip(octets):
    octets[len(octets) // 2] ^= 1


@pytest.mark.parametrize("version", VERSIONS)
class TestHostile:
    def test_broken_ciphertexts_are_answered_alike(self, serve, version):
        server = service(serve)
        seen = set()
        message = request(version)
        count = len(re.findall(rb"CipherValue>[A-Za-z0-9+/=]+<", message))
        assert count == 3
        for number in range(count):
            for change in (flip, lambda o: o.clear(), lambda o: o.extend(b"x" * 16),
                           lambda o: o.__delitem__(slice(20, None))):
                answer = server.post(version, break_value(message, number, change))
                seen.add((answer.status, answer.content))
        ((status, content),) = seen
        assert status == 500 and b"FailedCheck" in content
        assert server.calls == []
        assert set(server.noting.refusals) == {("FailedCheck", "decryption-failed")}
        assert len(server.noting.refusals) == 12

    def test_an_encrypted_data_that_is_moved(self, serve, version):
        server = service(serve)
        message = request(version)
        found = re.search(rb"<env:Body[^>]*>(<xenc:EncryptedData.*</xenc:EncryptedData>)</env:Body>", message)
        moved = message.replace(found[1], HELLO.replace("Bob", "Eve").encode())
        moved = moved.replace(b"</env:Header>", b"<w>" + found[1] + b"</w></env:Header>")
        assert server.post(version, moved).status == 500
        assert server.calls == []
        assert server.noting.refusals == [("FailedCheck", "digest-mismatch")]

    def test_a_body_in_plaintext(self, serve, version):
        server = service(serve)
        plain = request(version, 'version = 1\norder = ["timestamp", "signature"]\n' + PARTS)
        answer = server.post(version, plain)
        assert (answer.status, answer.fault) == (500, "InvalidSecurity")
        assert server.noting.refusals == [("InvalidSecurity", "not-encrypted")]
        assert server.calls == []

    def test_encrypted_for_somebody_else(self, serve, version):
        server = service(serve)
        answer = server.post(version, request(version, recipient="client"))
        assert (answer.status, answer.fault) == (500, "SecurityTokenUnavailable")
        assert server.noting.refusals == [("SecurityTokenUnavailable", "no-key")]
        assert server.calls == []

    def test_a_client_of_another_signer_is_told_so(self, serve, version):
        server = service(serve)
        with pytest.raises((VerificationFailed, Fault)):
            hello(server, version, client(name="selfsigned"))
        assert server.calls == []
