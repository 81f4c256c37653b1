"""Private keys, and keys that check, which are held elsewhere and asked through callables."""

from __future__ import annotations

import gc
import hashlib
import io
import threading
import weakref

import pytest
import requests_mock
import soap_messages
from remote_keys import HmacKms, RsaKms
from signed_messages import (
    NOW,
    REQUIRE,
    SIGN,
    certificate,
    identity,
    octets,
    requiring,
    signed,
    signing,
)
from test_zeep_client import URL, WSDL, reply
from zeep import Client

import wsse
import wsse.zeep

BY_NAME = (
    'version = 1\nsignature = [{ key = "alice", reference = "key-name", method = "%s",'
    ' parts = ["body"] }]\n'
)
BODY = 'version = 1\nrequire = { signed = ["body"] }\n'


def remote(sign, name="client", **options):
    return wsse.Identity.remote(certificate(name), sign, **options)


def sending(sign, policy=SIGN, name="client"):
    return wsse.Outbound(policy, identities=remote(sign, name), now=lambda: NOW)


def by_secret(secret=HmacKms().secret):
    return wsse.Outbound(BY_NAME % "hmac-sha256", secrets=secret)


def asking(verify, family="hmac", name="alice", **options):
    verifiers = {name: wsse.RemoteVerifier(family, verify)}
    return wsse.Inbound(BODY, remote_verifiers=verifiers, **options)


def refused(category, call):
    with pytest.raises(category) as raised:
        call()
    return raised.value


class TestSigning:
    @pytest.mark.parametrize("version", ["1.1", "1.2"])
    def test_it_signs_as_a_key_here_does(self, version):
        kms = RsaKms()
        message = signed(version, outbound=sending(kms))
        (signer,) = requiring().validate(message).signers
        assert (signer.certificate, signer.key_name) == (certificate(), None)
        (request,) = kms.asked
        assert request.octets.startswith(b"<ds:SignedInfo")
        assert request.digest == hashlib.sha256(request.octets).digest()
        assert request.digest_info.endswith(request.digest)
        assert (request.method, request.digest_method) == ("rsa-sha256", "sha256")
        assert (request.salt_length, request.mask_digest) == (None, None)
        assert repr(request) == "<wsse.SigningRequest rsa-sha256>"

    def test_what_is_signed_is_the_same(self):
        of = {"now": lambda: NOW, "random": lambda length: bytes(length)}
        made = [
            wsse.Outbound(SIGN, identities=who, **of).protect(envelope()).bytes
            for who in (remote(RsaKms()), identity())
        ]
        assert made[0] == made[1]

    def test_documents(self):
        signature = sending(RsaKms()).sign_bare(b"<a>text</a>")
        assert len(requiring().verify_bare(signature).references) == 1

    def test_the_parameters_of_pss(self):
        asked = []

        def sign(request):
            asked.append((request.salt_length, request.mask_digest, request.digest_info))
            raise TimeoutError

        policy = 'version = 1\nsignature = [{ method = "rsa-pss-sha512" }]'
        refused(wsse.Unavailable, lambda: sending(sign, policy).protect(envelope()))
        assert asked == [(64, "sha512", None)]

    def test_a_certificate_and_its_chain(self):
        file = octets("client.crt.pem") + octets("intermediate.crt.pem")
        of_file = wsse.Identity.remote(file, RsaKms(), chain=octets("root.crt.pem"))
        assert of_file.certificate == certificate()
        assert of_file.chain == (certificate("intermediate"), certificate("root"))
        assert of_file.chain == remote(RsaKms(), chain=of_file.chain).chain
        assert remote(RsaKms()).chain == ()

    @pytest.mark.parametrize("raised", [TimeoutError("2 s"), OSError("gone"), RuntimeError("PIN")])
    def test_what_it_raises_is_the_cause(self, raised):
        def sign(request):
            raise raised

        error = refused(wsse.Unavailable, lambda: sending(sign).protect(envelope()))
        assert error.cause == "remote-key-unavailable"
        assert error.__cause__ is raised
        text = f"the key that is held elsewhere raised {type(raised).__name__}"
        assert str(error) == text

    def test_what_is_no_exception_goes_through(self):
        def sign(request):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            sending(sign).protect(envelope())

    @pytest.mark.parametrize("answer", [None, "text", 1, True, [1]])
    def test_only_octets_are_an_answer(self, answer):
        error = refused(wsse.Unavailable, lambda: sending(lambda _: answer).protect(envelope()))
        assert (error.cause, type(error.__cause__)) == ("remote-key-unavailable", TypeError)

    @pytest.mark.parametrize("answer", [b"", b"x" * 255, b"x" * 256, bytearray(257)])
    def test_a_wrong_signature_does_not_leave(self, answer):
        error = refused(wsse.Misuse, lambda: sending(lambda _: answer).protect(envelope()))
        assert (error.cause, error.__cause__) == ("remote-key-mismatch", None)
        assert "of the certificate's key, RSA of 2048 bits" in str(error)

    def test_the_key_of_another_certificate(self):
        error = refused(wsse.Misuse, lambda: sending(RsaKms(), name="server").protect(envelope()))
        assert error.cause == "remote-key-mismatch"

    def test_what_is_no_callable(self):
        with pytest.raises(TypeError, match="sign must be a callable of a wsse.SigningRequest"):
            remote(b"signature")
        with pytest.raises(TypeError, match="decrypt must be a callable"):
            remote(RsaKms(), decrypt=1)
        with pytest.raises(TypeError, match="certificate must be"):
            wsse.Identity.remote("client.crt.pem", RsaKms())
        with pytest.raises(TypeError, match="chain"):
            remote(RsaKms(), chain={"": certificate()})
        assert refused(wsse.Misuse, lambda: wsse.Identity.remote(b"x", RsaKms()))

    def test_threads_sign_at_once(self):
        both, messages = threading.Barrier(2, timeout=60), []
        kms = RsaKms()

        def sign(request):
            both.wait()
            return kms(request)

        sender = sending(sign)
        threads = [
            threading.Thread(target=lambda: messages.append(sender.protect(envelope()).bytes))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for message in messages:
            requiring().validate(message)

    def test_a_service_that_is_its_own_key_is_collected(self):
        class Service(RsaKms):
            def __init__(self):
                super().__init__()
                self.outbound = sending(self)
                verifier = wsse.RemoteVerifier("hmac", self)
                self.inbound = wsse.Inbound(BODY, remote_verifiers=verifier)

        service = Service()
        service.outbound.protect(envelope())
        noticed = weakref.ref(service)
        del service
        gc.collect()
        assert noticed() is None


class TestVerifying:
    def test_it_checks_under_its_name(self):
        kms = HmacKms()
        inbound = asking(kms)
        message = by_secret().protect(envelope()).bytes
        (signer,) = inbound.validate(message).signers
        assert (signer.certificate, signer.key_name) == (None, "alice")
        (request,) = kms.asked
        assert (request.method, request.digest_method, request.der) == ("hmac-sha256", "sha256", None)
        assert request.octets.startswith(b"<ds:SignedInfo")
        assert request.digest == hashlib.sha256(request.octets).digest()
        assert len(request.signature) == 32
        assert repr(request) == "<wsse.VerificationRequest hmac-sha256>"
        assert refused(wsse.InvalidSecurity, lambda: inbound.validate(message)).cause == "replay"

    def test_no_is_no(self):
        message = by_secret(b"another").protect(envelope()).bytes
        error = refused(wsse.FailedCheck, lambda: asking(HmacKms()).validate(message))
        assert (error.cause, error.__cause__) == ("signature-mismatch", None)

    def test_another_name(self):
        message = by_secret().protect(envelope()).bytes
        error = refused(
            wsse.SecurityTokenUnavailable, lambda: asking(HmacKms(), name="bob").validate(message)
        )
        assert error.cause == "no-key"
        one = wsse.Inbound(BODY, remote_verifiers=wsse.RemoteVerifier("hmac", HmacKms()))
        assert one.validate(message).signers[0].key_name == ""

    def test_what_it_raises_is_the_cause(self):
        raised = TimeoutError("2 s")

        def verify(request):
            raise raised

        message = by_secret().protect(envelope()).bytes
        error = refused(wsse.Unavailable, lambda: asking(verify).validate(message))
        assert (error.cause, error.__cause__) == ("remote-key-unavailable", raised)

    @pytest.mark.parametrize("answer", [None, 1, "yes", b"\1", object()])
    def test_only_true_and_false_are_answers(self, answer):
        message = by_secret().protect(envelope()).bytes
        error = refused(wsse.Unavailable, lambda: asking(lambda _: answer).validate(message))
        assert (error.cause, type(error.__cause__)) == ("remote-key-unavailable", TypeError)

    def test_a_coroutine_is_no_answer(self):
        async def verify(request):
            return True

        message = by_secret().protect(envelope()).bytes
        with pytest.warns(RuntimeWarning, match="never awaited"):
            error = refused(wsse.Unavailable, lambda: asking(verify).validate(message))
            del error
            gc.collect()

    def test_its_family_alone(self):
        message = signing(BY_NAME % "rsa-sha256").protect(envelope()).bytes
        asking(lambda _: True, "rsa").validate(message)
        error = refused(wsse.FailedCheck, lambda: asking(lambda _: True, "ecdsa").validate(message))
        assert error.cause == "key-type"

    def test_der_for_ecdsa(self):
        asked = []

        def verify(request):
            asked.append((len(request.signature), request.der[:1]))
            return True

        message = signing(BY_NAME % "ecdsa-sha256", "ec256").protect(envelope()).bytes
        asking(verify, "ecdsa").validate(message)
        assert asked == [(64, b"\x30")]

    def test_what_makes_no_sense(self):
        error = refused(wsse.Misuse, lambda: wsse.RemoteVerifier("hmac-sha256", HmacKms()))
        assert error.cause == "invalid-argument"
        assert "there are rsa, ecdsa, dsa, ed25519, ed448, hmac" in str(error)
        with pytest.raises(TypeError, match="verify must be a callable"):
            wsse.RemoteVerifier("hmac", b"secret")
        with pytest.raises(TypeError, match="remote_verifiers must be a wsse.RemoteVerifier"):
            wsse.Inbound(BODY, remote_verifiers={"alice": HmacKms()})
        one = wsse.RemoteVerifier("hmac", HmacKms())
        assert (one.family, repr(one)) == ("hmac", "<wsse.RemoteVerifier, hmac>")
        verifiers = {"alice": one, "bob": one}
        error = refused(wsse.Misuse, lambda: wsse.Inbound(BODY, remote_verifiers=verifiers))
        assert error.cause == "invalid-argument"
        error = refused(wsse.Misuse, lambda: asking(HmacKms(), secrets={"alice": "s"}))
        assert error.cause == "invalid-argument"


class TestZeep:
    def policy(self, sign):
        return wsse.zeep.Policy(SIGN, identities=remote(sign))

    def test_a_client_signs(self):
        with requests_mock.Mocker() as service:
            inbound = wsse.Inbound(REQUIRE, certificates=certificate())

            def answer(request, _):
                inbound.validate(request.body)
                return reply("1.1", body='<Answer xmlns="urn:t">yes</Answer>')

            service.post(URL, content=answer)
            client = Client(io.BytesIO(WSDL), wsse=self.policy(RsaKms())).bind("S", "1.1")
            assert client.Ask("really?") == "yes"

    def test_nothing_is_sent_without_a_signature(self):
        def sign(request):
            raise TimeoutError

        with requests_mock.Mocker() as service:
            client = Client(io.BytesIO(WSDL), wsse=self.policy(sign)).bind("S", "1.1")
            error = refused(wsse.Unavailable, lambda: client.Ask("really?"))
            assert error.cause == "remote-key-unavailable"
            assert isinstance(error.__cause__, TimeoutError)
            assert service.request_history == []

    def test_a_reply_is_checked_elsewhere(self):
        kms = HmacKms()
        policy = wsse.zeep.Policy(
            inbound=BODY, remote_verifiers={"alice": wsse.RemoteVerifier("hmac", kms)}
        )
        with requests_mock.Mocker() as service:
            plain = reply("1.1", body='<Answer xmlns="urn:t">yes</Answer>')
            service.post(URL, content=by_secret().protect(plain).bytes)
            client = Client(io.BytesIO(WSDL), wsse=policy).bind("S", "1.1")
            assert client.Ask("really?") == "yes"
            assert len(kms.asked) == 1


def envelope():
    return soap_messages.envelope("1.1").encode()
