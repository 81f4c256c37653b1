"""wsse.zeep's signatures and policies inside real zeep clients; the service is a mock of HTTP."""

from __future__ import annotations

import asyncio
import base64
import io
import threading

import httpx
import pytest
import requests_mock
from lxml import etree
from test_zeep_client import URL, WSDL, reply
from zeep import AsyncClient, Client, Settings
from zeep.exceptions import Fault, SignatureVerificationFailed
from zeep.plugins import HistoryPlugin
from zeep_messages import KEYS, SOAP, again, envelope, files, octets, octets_of, security

import wsse
from wsse.zeep import (
    AsyncTransport,
    BinarySignature,
    Chain,
    Compose,
    Policy,
    Signature,
    Transport,
    UsernameToken,
    VerificationFailed,
)

ANSWER = '<Answer xmlns="urn:t">yes</Answer>'
SERVER = octets_of("server")[1]
IDENTITY = {
    name: wsse.Identity.from_pem(*octets_of(name)) for name in ("client", "server")
}
CONFIRMING = (
    'version = 1\norder = ["signature-confirmation", "signature"]\n'
    'signature = [{ parts = ["body", "signature-confirmation"] }]'
)
CONFIRMED = 'version = 1\nrequire = { signed = ["body"], signature-confirmation = true }'
SIGNING = "version = 1\nsignature = [{ parts = [\"body\", \"timestamp?\"] }]"


@pytest.fixture
def service():
    with requests_mock.Mocker() as mocker:
        yield mocker


def signed_reply(version, body=ANSWER, name="server", **options):
    tree = envelope(version, "", body)
    BinarySignature(*files(name), **options).apply(tree, {})
    return octets(tree)


def signature(**options):
    return BinarySignature(*files(), verify_cert=SERVER, **options)


def ask(version, service, security, content, question="really?", **options):
    service.post(URL, content=content)
    client = Client(io.BytesIO(WSDL), wsse=security, **options)
    return client.bind("S", version).Ask(question)


def sent(service):
    return [request.body for request in service.request_history if request.method == "POST"]


def receiver():
    # zeep never signs the UsernameToken.
    return wsse.Inbound(
        'version = 1\nrequire = { signed = ["body", "timestamp?"] }\nusername = { signed = false }\n'
        'legacy = { allow = ["sha1"] }',
        certificates=octets_of()[1],
        passwords={"alice": "secret"},
    )


def token():
    return UsernameToken("alice", "secret", use_digest=True, timestamp=True)


class TestClient:
    def test_there_and_back(self, version, service):
        assert ask(version, service, signature(), signed_reply(version)) == "yes"
        (message,) = sent(service)
        validated = receiver().validate(message)
        assert validated.body_child == ("urn:t", "Ask")
        assert [part.path for part in validated.signed] == ["/Envelope/Body"]

    def test_what_comes_back_is_verified_before_it_is_read(self, version, service):
        content = signed_reply(version).replace(b">yes<", b">no<")
        with pytest.raises(SignatureVerificationFailed) as raised:
            ask(version, service, signature(), content)
        assert raised.value.cause == "digest-mismatch"
        for content in (reply(version), reply(version, "<e:Header/>")):
            with pytest.raises(VerificationFailed) as raised:
                ask(version, service, signature(), content)
            assert raised.value.cause == "missing-security-header"

    def test_a_fault_says_why(self, service):
        fault = "<e:Fault><faultcode>e:Server</faultcode><faultstring>why</faultstring></e:Fault>"
        content = reply("1.1", body=fault)
        with pytest.raises(VerificationFailed):
            ask("1.1", service, signature(), content)
        for setting in ("unless-fault", False):
            with pytest.raises(Fault, match="why"):
                ask("1.1", service, signature(require_signature=setting), content)
        assert ask("1.1", service, signature(require_signature=False), reply("1.1")) == "yes"

    def test_history_shows_what_was_sent_and_what_was_verified(self, version, service):
        history = HistoryPlugin()
        ask(version, service, signature(), signed_reply(version), plugins=[history])
        (message,) = sent(service)
        assert octets(history.last_sent["envelope"]) == message
        signature().verify(history.last_received["envelope"])

    def test_create_message_signs_too(self):
        client = Client(io.BytesIO(WSDL), wsse=signature())
        message = client.create_message(client.service, "Ask", "really?")
        assert receiver().validate(octets(message)).body_child == ("urn:t", "Ask")

    def test_a_raw_response_is_not_verified(self, version, service):
        """zeep hands it out before it asks anybody: settings.raw_response is for those who verify."""
        content = reply(version)
        settings = Settings(raw_response=True)
        response = ask(version, service, signature(), content, settings=settings)
        assert response.content == content
        with pytest.raises(VerificationFailed):
            signature().verify(etree.fromstring(response.content))

    @pytest.mark.parametrize("status", [201, 202])
    def test_an_answer_without_content_is_not_verified(self, version, service, status):
        """There is nothing that could be: zeep returns None."""
        service.post(URL, content=b"", status_code=status)
        client = Client(io.BytesIO(WSDL), wsse=signature())
        assert client.bind("S", version).Ask("really?") is None

    def test_one_object_for_many_threads(self, service):
        service.post(URL, content=signed_reply("1.1"))
        client = Client(io.BytesIO(WSDL), wsse=signature()).bind("S", "1.1")
        answers, failures = [], []

        def work():
            try:
                answers.extend(client.Ask("x") for _ in range(10))
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert answers == ["yes"] * 80
        inbound = receiver()
        for message in sent(service):
            inbound.validate(message)


class TestSeveral:
    @pytest.mark.parametrize("kind", [Chain, Compose])
    def test_token_and_signature(self, version, service, kind):
        both = kind([token(), signature()])
        assert ask(version, service, both, signed_reply(version)) == "yes"
        (message,) = sent(service)
        tree = etree.fromstring(message)
        header = tree.find(".//{*}Security")
        # The order that zeep's classes give.
        assert [etree.QName(child).localname for child in header] == [
            "Signature",
            "BinarySecurityToken",
            "UsernameToken",
            "Timestamp",
        ]
        validated = receiver().validate(message)
        assert validated.username == "alice"
        paths = [part.path.rpartition("}")[2] for part in validated.signed]
        assert paths == ["/Envelope/Body", "Timestamp[1]"]
        with pytest.raises(VerificationFailed):
            ask(version, service, both, reply(version))

    def test_two_signatures(self, version, service):
        """Each of both verifies the reply, also after the other one has taken headers out."""
        both = Chain([signature(), Signature(*files("server"))])
        tree = envelope(version, '<w:To xmlns:w="urn:w">x</w:To>', ANSWER)
        BinarySignature(*files("server")).apply(tree, {})
        assert ask(version, service, both, octets(tree)) == "yes"

    def test_a_plain_list_signs_and_then_fails_in_zeep(self, version, service):
        """As with every object: zeep applies each member, and asks the list itself to verify."""
        with pytest.raises(AttributeError, match="'list' object has no attribute 'verify'"):
            ask(version, service, [token(), signature()], signed_reply(version))
        (message,) = sent(service)
        assert receiver().validate(message).username == "alice"


def commented(version):
    """A reply whose signature covers a comment, which zeep drops when it reads."""
    outbound = wsse.Outbound(SIGNING, identities=IDENTITY["server"])
    message = outbound.protect(reply(version, body="<!-- c -->" + ANSWER)).bytes
    return message


class TestTransport:
    def test_the_octets_are_verified(self, version, service):
        content = b"<?xml version='1.0' encoding='utf-8'?>\n<!-- x -->" + commented(version)
        seen = []

        class Watching(Policy):
            def verify(self, envelope):
                seen.append(super().verify(envelope))

        watching = Watching(None, "preset:zeep", certificates=SERVER)
        assert ask(version, service, watching, content, transport=Transport()) == "yes"
        assert b"<!-- c -->" in seen[-1].document
        assert ask(version, service, watching, commented(version)) == "yes"
        assert b"<!-- c -->" not in seen[-1].document
        with pytest.raises(VerificationFailed):
            changed = content.replace(b">yes<", b">no<")
            ask(version, service, watching, changed, transport=Transport())

    def test_octets_of_another_message_do_not_count(self, version, service):
        """What zeep goes on with is the tree: it must be what was verified."""
        wsse_object = signature()
        assert ask(version, service, wsse_object, signed_reply(version), transport=Transport()) == "yes"
        forged = again(etree.fromstring(signed_reply(version)))
        forged.find(".//{urn:t}Answer").text = "forged"
        with pytest.raises(VerificationFailed) as raised:
            wsse_object.verify(forged)
        assert raised.value.cause == "digest-mismatch"
        with pytest.raises(VerificationFailed):
            wsse_object.verify(etree.fromstring(reply(version)))

    def test_what_zeep_repairs_is_not_what_was_signed(self, version, service):
        """With strict=False zeep reads what is no XML: then the tree decides."""
        content = signed_reply(version).replace(b"<Answer", b"<Extra><Answer")
        with pytest.raises(VerificationFailed):
            ask(
                version,
                service,
                signature(),
                content,
                transport=Transport(),
                settings=Settings(strict=False),
            )

    @pytest.mark.parametrize("transport", [None, Transport])
    def test_an_attachment(self, service, transport):
        """XOP: zeep puts the attachment into the tree, and that is what the signature is over."""
        octets_inside = base64.b64encode(b"of the attachment").decode()
        tree = envelope("1.1", "", f'<Answer xmlns="urn:t">{octets_inside}</Answer>')
        BinarySignature(*files("server")).apply(tree, {})
        root = etree.tostring(tree).decode().replace(
            octets_inside,
            '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:a"/>',
        )
        content = (
            f"--b\r\nContent-Type: application/xop+xml\r\nContent-ID: <r>\r\n\r\n{root}\r\n"
            "--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n"
            "Content-ID: <a>\r\n\r\nof the attachment\r\n--b--\r\n"
        ).encode()
        headers = {"Content-Type": 'multipart/related; boundary="b"; type="application/xop+xml"'}
        service.post(URL, content=content, headers=headers)
        options = {} if transport is None else {"transport": transport()}
        client = Client(io.BytesIO(WSDL), wsse=signature(), **options).bind("S", "1.1")
        assert client.Ask("really?") == octets_inside
        service.post(URL, content=content.replace(b"of the att", b"of an att"), headers=headers)
        with pytest.raises(VerificationFailed):
            client.Ask("really?")


class Confirming:
    """A service that confirms the signatures of its requests; it may hold answers back."""

    def __init__(self):
        self.inbound = wsse.Inbound(
            "version = 1\nrequire = { signed = [\"body\"] }", certificates=octets_of()[1]
        )
        self.outbound = wsse.Outbound(CONFIRMING, identities=IDENTITY["server"])

    def answer(self, message):
        request = self.inbound.validate(message)
        question = etree.fromstring(request.document).findtext(".//{urn:t}Ask")
        version = request.soap_version
        plain = reply(version, body=f'<Answer xmlns="urn:t">{question}</Answer>')
        return self.outbound.protect_reply(plain, request).bytes


def policy(**options):
    return Policy(
        SIGNING, CONFIRMED, identities=IDENTITY["client"], certificates=SERVER, **options
    )


class TestPolicy:
    def test_a_reply_answers_its_request(self, version, service):
        confirming = Confirming()
        service.post(URL, content=lambda request, _: confirming.answer(request.body))
        client = Client(io.BytesIO(WSDL), wsse=policy()).bind("S", version)
        # zeep trips over an answer of one character.
        assert [client.Ask(text * 2) for text in "abc"] == ["aa", "bb", "cc"]

    def test_the_reply_to_another_request_is_refused(self, version, service):
        confirming = Confirming()
        kept = []

        def answer(request, _):
            kept.append(confirming.answer(request.body))
            return kept[0]

        service.post(URL, content=answer)
        client = Client(io.BytesIO(WSDL), wsse=policy()).bind("S", version)
        assert client.Ask("aa") == "aa"
        with pytest.raises(VerificationFailed) as raised:
            client.Ask("bb")
        assert raised.value.cause == "signature-confirmation"

    def test_threads_do_not_mix(self, service):
        confirming = Confirming()
        service.post(URL, content=lambda request, _: confirming.answer(request.body))
        client = Client(io.BytesIO(WSDL), wsse=policy()).bind("S", "1.1")
        answers, failures = {}, []

        def work(number):
            try:
                answers[number] = [client.Ask(f"{number} {turn}") for turn in range(10)]
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert answers == {n: [f"{n} {turn}" for turn in range(10)] for n in range(8)}

    def test_without_a_request_there_is_nothing_to_confirm(self, version):
        with pytest.raises(VerificationFailed) as raised:
            policy().verify(again(envelope(version)))
        assert raised.value.cause == "missing-security-header"
        confirming = Confirming()
        tree = envelope(version, body='<Ask xmlns="urn:t">x</Ask>')
        one, other = policy(), policy()
        one.apply(tree, {})
        answer = confirming.answer(octets(tree))
        with pytest.raises(VerificationFailed) as raised:
            other.verify(etree.fromstring(answer))
        assert raised.value.cause == "signature-confirmation"
        assert one.verify(etree.fromstring(answer)).document is not None
        # It was answered.
        with pytest.raises(VerificationFailed):
            one.verify(etree.fromstring(answer))

    def test_everything_that_a_policy_says(self, version, service):
        outbound = """version = 1
            order = ["timestamp", "username-token", "signature"]
            header = { must-understand = true }
            username-token = { password = "digest" }
            signature = [{ parts = ["body", "timestamp", "username-token", "binary-security-token"] }]
        """
        everything = Policy(
            outbound,
            "preset:zeep",
            username="alice",
            password="secret",
            identities=IDENTITY["client"],
            certificates=SERVER,
        )
        assert ask(version, service, everything, signed_reply(version)) == "yes"
        (message,) = sent(service)
        inbound = wsse.Inbound(
            'version = 1\nrequire = { username-token = "digest", timestamp = true, signed = ["body", '
            '"timestamp", "binary-security-token"] }',
            passwords={"alice": "secret"},
            certificates=octets_of()[1],
        )
        validated = inbound.validate(message)
        assert validated.username == "alice"
        assert len(validated.signed) == 4
        header = etree.fromstring(message).find(".//{*}Security")
        assert header.get(f"{{{SOAP[version]}}}mustUnderstand") == "1"
        assert [etree.QName(child).localname for child in header] == [
            "Timestamp",
            "UsernameToken",
            "BinarySecurityToken",
            "Signature",
        ]
        everything.password = "other"
        ask(version, service, everything, signed_reply(version))
        with pytest.raises(wsse.FailedAuthentication):
            inbound.validate(sent(service)[1])

    def test_a_username_token_alone(self, version, service):
        tokens = Policy("preset:username-token", username="alice", password="secret")
        assert ask(version, service, tokens, reply(version)) == "yes"
        inbound = wsse.Inbound("preset:username-token", passwords={"alice": "secret"})
        assert inbound.validate(sent(service)[0]).username == "alice"

    def test_two_policies_in_a_chain(self, version, service):
        """Each has an exchange of its own."""
        confirming = Confirming()
        service.post(URL, content=lambda request, _: confirming.answer(request.body))
        both = Chain([Policy("preset:timestamp"), policy()])
        assert Client(io.BytesIO(WSDL), wsse=both).bind("S", version).Ask("aa") == "aa"

    def test_ready_objects(self, version, service):
        ready = Policy(
            wsse.Outbound(SIGNING, identities=IDENTITY["client"]),
            wsse.Inbound("preset:zeep", certificates=SERVER),
        )
        assert ask(version, service, ready, signed_reply(version)) == "yes"

    @pytest.mark.parametrize(
        "arguments",
        [("preset:nothing",), (None, "preset:nothing"), ("preset:zeep",), (None, "preset:zeep")],
    )
    def test_what_is_missing_is_said_at_once(self, arguments):
        with pytest.raises(wsse.Misuse):
            Policy(*arguments)

    def test_hmac(self, version):
        secret = (KEYS / "partner.secret").read_bytes()
        ours, theirs = (
            Policy(
                'version = 1\nsignature = [{ key = "partner", reference = "secret" }]',
                'version = 1\nrequire = { signed = ["body"] }',
                secrets={"partner": secret},
            )
            for _ in range(2)
        )
        request, answer = envelope(version), envelope(version, body='<Answer xmlns="urn:t">x</Answer>')
        ours.apply(request, {})
        theirs.apply(answer, {})
        ours.verify(again(answer))
        # What was sent is no answer, though the key is the right one.
        request = envelope(version)
        ours.apply(request, {})
        with pytest.raises(VerificationFailed) as raised:
            ours.verify(again(request))
        assert raised.value.cause == "replay"


class TestAsync:
    def call(self, version, wsse_object, answer, transport_class, count=8):
        async def handle(request):
            # So that the answers come in another order than the questions.
            number = int(etree.fromstring(request.content).findtext(".//{urn:t}Ask")[1:])
            await asyncio.sleep(0.02 * ((count - number) % 3))
            return httpx.Response(200, content=answer(request.content))

        async def run():
            transport = transport_class(
                client=httpx.AsyncClient(transport=httpx.MockTransport(handle)),
                wsdl_client=httpx.Client(),
            )
            async with AsyncClient(
                io.BytesIO(WSDL), wsse=wsse_object, transport=transport
            ) as client:
                service = client.bind("S", version)
                calls = (service.Ask(f"n{number}") for number in range(count))
                return await asyncio.gather(*calls)

        return asyncio.run(run())

    def test_tasks_do_not_mix(self, version):
        confirming = Confirming()
        answers = self.call(version, policy(), confirming.answer, AsyncTransport)
        assert answers == [f"n{number}" for number in range(8)]

    def test_zeep_s_own_transport(self, version):
        import zeep.transports

        answers = self.call(
            version, signature(), lambda _: signed_reply(version), zeep.transports.AsyncTransport
        )
        assert answers == ["yes"] * 8

    def test_the_octets_are_verified(self, version):
        seen = []

        class Watching(Policy):
            def verify(self, envelope):
                seen.append(super().verify(envelope).document)

        watching = Watching(None, "preset:zeep", certificates=SERVER)
        self.call(version, watching, lambda _: commented(version), AsyncTransport)
        assert len(seen) == 8 and all(b"<!-- c -->" in document for document in seen)
        with pytest.raises(VerificationFailed):
            self.call(
                version,
                watching,
                lambda _: commented(version).replace(b">yes<", b">no<"),
                AsyncTransport,
            )


def test_security_for_an_intermediary_is_used_as_zeep_uses_it(version):
    """zeep takes the first Security header, whoever it is for; so a Timestamp in it is found."""
    attribute = {"1.1": "actor", "1.2": "role"}[version]
    header = security("", f' xmlns:e="{SOAP[version]}" e:{attribute}="urn:hub"')
    tree = envelope(version, header)
    Compose([token(), BinarySignature(*files())]).apply(tree, {})
    assert len(tree.findall(".//{*}Security")) == 1
    inbound = wsse.Inbound(
        'version = 1\nrequire = { signed = ["body", "timestamp"] }\nheader = { actor = "urn:hub" }\n'
        'legacy = { allow = ["sha1"] }',
        certificates=octets_of()[1],
        passwords={"alice": "secret"},
    )
    assert len(inbound.validate(octets(tree)).signed) == 2
