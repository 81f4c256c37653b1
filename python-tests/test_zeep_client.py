"""wsse.zeep inside real zeep clients; the service is a mock of HTTP."""

from __future__ import annotations

import asyncio
import datetime
import io

import httpx
import pytest
import requests_mock
from lxml import etree
from zeep import AsyncClient, Client
from zeep.exceptions import Fault
from zeep.plugins import HistoryPlugin
from zeep.transports import AsyncTransport

import wsse
from wsse.zeep import Chain, Compose, UsernameToken

WSDL = b"""<?xml version="1.0"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t" targetNamespace="urn:t"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema"
    xmlns:soap11="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/">
  <types><xsd:schema targetNamespace="urn:t" elementFormDefault="qualified">
    <xsd:element name="Ask" type="xsd:string"/>
    <xsd:element name="Answer" type="xsd:string"/>
  </xsd:schema></types>
  <message name="In"><part name="body" element="t:Ask"/></message>
  <message name="Out"><part name="body" element="t:Answer"/></message>
  <portType name="Type"><operation name="Ask">
    <input message="t:In"/><output message="t:Out"/>
  </operation></portType>
  <binding name="B11" type="t:Type">
    <soap11:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>
    <operation name="Ask"><soap11:operation soapAction="urn:ask"/>
      <input><soap11:body use="literal"/></input><output><soap11:body use="literal"/></output>
    </operation>
  </binding>
  <binding name="B12" type="t:Type">
    <soap12:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>
    <operation name="Ask"><soap12:operation soapAction="urn:ask"/>
      <input><soap12:body use="literal"/></input><output><soap12:body use="literal"/></output>
    </operation>
  </binding>
  <service name="S">
    <port name="1.1" binding="t:B11"><soap11:address location="http://service.invalid/"/></port>
    <port name="1.2" binding="t:B12"><soap12:address location="http://service.invalid/"/></port>
  </service>
</definitions>
"""
SOAP = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
URL = "http://service.invalid/"
HEADERS = ["", "<e:Header/>"]


def reply(version, header="", body='<Answer xmlns="urn:t">yes</Answer>'):
    return (
        f'<e:Envelope xmlns:e="{SOAP[version]}">{header}<e:Body>{body}</e:Body></e:Envelope>'
    ).encode()


@pytest.fixture(params=SOAP)
def version(request):
    return request.param


@pytest.fixture
def service():
    with requests_mock.Mocker() as mocker:
        yield mocker


def ask(version, service, security, content=None, **options):
    service.post(URL, content=reply(version) if content is None else content)
    client = Client(io.BytesIO(WSDL), wsse=security, **options)
    return client.bind("S", version).Ask("really?")


def digest_token():
    return UsernameToken("alice", "secret", use_digest=True, timestamp=True)


def sent(service):
    return [request.body for request in service.request_history if request.method == "POST"]


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize(
    "security",
    [digest_token(), Compose([digest_token()]), Chain([digest_token()])],
    ids=["token", "compose", "chain"],
)
def test_what_is_posted_is_valid_and_the_reply_is_read(version, service, security, header):
    assert ask(version, service, security, reply(version, header)) == "yes"
    inbound = wsse.Inbound("preset:username-token", passwords={"alice": "secret"})
    (message,) = sent(service)
    validated = inbound.validate(message)
    assert (validated.username, validated.soap_version) == ("alice", version)
    assert validated.body_child == ("urn:t", "Ask")
    assert b"really?" in validated.unsigned_document


def test_every_call_has_a_token_of_its_own(version, service):
    service.post(URL, content=reply(version))
    client = Client(io.BytesIO(WSDL), wsse=digest_token()).bind("S", version)
    inbound = wsse.Inbound("preset:username-token", passwords={"alice": "secret"})
    for _ in range(3):
        client.Ask("again")
    for message in sent(service):
        inbound.validate(message)
    assert len(sent(service)) == 3


def test_a_plain_list_fails_on_the_reply_where_a_chain_works(version, service):
    """Why Chain is there: zeep's documentation shows a list."""
    with pytest.raises(AttributeError, match="'list' object has no attribute 'verify'"):
        ask(version, service, [digest_token()])
    assert ask(version, service, Chain([digest_token()])) == "yes"


def test_history_shows_what_was_sent(version, service):
    history = HistoryPlugin()
    ask(version, service, digest_token(), plugins=[history])
    assert etree.tostring(history.last_sent["envelope"]) in [
        etree.tostring(etree.fromstring(message)) for message in sent(service)
    ]


def test_a_fault_of_the_service_arrives(service):
    fault = "<e:Fault><faultcode>e:Client</faultcode><faultstring>no</faultstring></e:Fault>"
    with pytest.raises(Fault, match="no"):
        ask("1.1", service, digest_token(), reply("1.1", body=fault))


def test_what_can_not_be_sent_is_not_sent(version, service):
    with pytest.raises(wsse.Misuse, match="password must be a str"):
        ask(version, service, UsernameToken("alice", b"secret"))
    assert sent(service) == []


def test_create_message_protects_too(service):
    client = Client(io.BytesIO(WSDL), wsse=digest_token())
    message = client.create_message(client.service, "Ask", "really?")
    inbound = wsse.Inbound("preset:username-token", passwords={"alice": "secret"})
    assert inbound.validate(etree.tostring(message)).username == "alice"


def test_an_async_client(version):
    posted = []

    def answer(request):
        posted.append(request.content)
        return httpx.Response(200, content=reply(version))

    async def call():
        transport = AsyncTransport(
            client=httpx.AsyncClient(transport=httpx.MockTransport(answer)),
            wsdl_client=httpx.Client(transport=httpx.MockTransport(answer)),
        )
        async with AsyncClient(
            io.BytesIO(WSDL), wsse=Chain([digest_token()]), transport=transport
        ) as client:
            service = client.bind("S", version)
            return await asyncio.gather(*(service.Ask(str(number)) for number in range(5)))

    assert asyncio.run(call()) == ["yes"] * 5
    inbound = wsse.Inbound("preset:username-token", passwords={"alice": "secret"})
    for message in posted:
        inbound.validate(message)
    assert len(posted) == 5


def test_a_camera_whose_clock_is_ahead(service):
    """ONVIF: the digest is made with the camera's clock."""
    ahead = datetime.timedelta(hours=1, seconds=1)
    token = UsernameToken(
        "alice", "secret", use_digest=True, zulu_timestamp=True, clock_offset=ahead
    )
    ask("1.2", service, token)

    def camera_clock():
        return datetime.datetime.now(datetime.timezone.utc) + ahead

    (message,) = sent(service)
    passwords = {"alice": "secret"}
    camera = wsse.Inbound("preset:onvif", passwords=passwords, now=camera_clock)
    assert camera.validate(message).username == "alice"
    with pytest.raises(wsse.MessageExpired) as raised:
        wsse.Inbound("preset:onvif", passwords=passwords).validate(message)
    assert raised.value.cause == "not-yet-valid"
