"""Whatever goes wrong on the way out ends with a fault and status 500, not with a plain answer."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
import wsse
import wsse.spyne  # before spyne: on Python 3.12 and later it makes spyne importable
from lxml import etree
from signed_messages import REQUIRE, answering, certificate, receiving, requiring, signing
from soap_messages import ENVELOPES, HELLO, envelope
from soap_service import PATHS, SOAP, WSSE_SOAP, Server, application, hello_service
from spyne import Application, Iterable, Service, Unicode, rpc
from spyne.error import Redirect
from spyne.protocol.json import JsonDocument
from spyne.server.wsgi import WsgiApplication
from wsse.spyne import OPEN, require_wsse

SECRET = "the answer that nobody may see"


class Failing:
    """An Outbound that fails: always, or for the first so many answers."""

    def __init__(self, times=None, error=wsse.Unavailable):
        self._times = times
        self._error = error
        self._outbound = answering()

    def protect_reply(self, envelope, request):
        if self._times is None or self._times > 0:
            self._times = self._times and self._times - 1
            raise self._error("the key store is away")
        return self._outbound.protect_reply(envelope, request)


def telling_service():
    """Answers that must not leave unprotected, made in every way that spyne knows."""
    calls = []

    class TellingService(Service):
        @rpc(Unicode, _returns=Unicode)
        def hello(ctx, name):
            calls.append("hello")
            return SECRET

        @rpc(_returns=Iterable(Unicode))
        def stream(ctx):
            calls.append("stream")
            yield SECRET
            yield SECRET

        @rpc(_returns=Iterable(Unicode))
        def broken_stream(ctx):
            calls.append("broken_stream")
            yield SECRET
            raise ValueError("the cursor is gone")

        @rpc(_returns=Unicode)
        def octets(ctx):
            calls.append("octets")
            ctx.out_string = [SECRET.encode()]
            return SECRET

        @rpc(_returns=Unicode)
        def chunks(ctx):
            calls.append("chunks")
            ctx.out_string = (chunk for chunk in [SECRET.encode()])
            return SECRET

        @rpc(_returns=Unicode)
        def json(ctx):
            calls.append("json")
            ctx.out_protocol = JsonDocument()
            return SECRET

        @rpc(_returns=Unicode)
        def plain(ctx):
            calls.append("plain")
            ctx.out_protocol = SOAP["1.1"]()
            return SECRET

        @rpc(_returns=Unicode)
        def document(ctx):
            calls.append("document")
            ctx.out_document = etree.fromstring(f"<x>{SECRET}</x>")
            return SECRET

        @rpc(_returns=Unicode)
        def elsewhere(ctx):
            calls.append("elsewhere")
            ctx.transport.resp_code = "200 OK"
            raise Elsewhere(ctx, f"http://127.0.0.1/{SECRET}")

        @rpc(_returns=Unicode)
        def fails(ctx):
            calls.append("fails")
            ctx.transport.resp_code = "200 OK"
            raise wsse.spyne.fault("FailedAuthentication")

        @rpc(_returns=Unicode)
        def nothing(ctx):
            calls.append("nothing")

    class Elsewhere(Redirect):
        def do_redirect(self):
            self.ctx.transport.respond("302 Found", location=self.location)

    return TellingService, calls


@pytest.fixture
def start():
    servers = []

    def start(version, *, outbound=None, listen=(), transport=(), in_protocol=None, **options):
        service, calls = telling_service()
        if in_protocol is None:
            in_protocol = WSSE_SOAP[version](requiring())
        out_protocol = WSSE_SOAP[version](outbound=outbound or answering(), **options)
        built = application(service, in_protocol, out_protocol)
        for event, handler in listen:
            built.event_manager.add_listener(event, handler)
        served = WsgiApplication(built)
        for event, handler in transport:
            served.event_manager.add_listener(event, handler)
        servers.append(Server({PATHS[version]: served}, calls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def call(server, version, operation="hello"):
    body = f'<h:{operation} xmlns:h="urn:hello"/>'
    request = signing().protect(envelope(version, body=body).encode())
    answer = server.post(version, request.bytes)
    answer.exchange = request.exchange
    return answer


def is_signed(answer):
    return receiving().validate_reply(answer.content, answer.exchange)


def refused(answer, *, is_protected=True, fault="Server"):
    """A proper fault, and no word of the answer."""
    assert (answer.status, answer.fault) == (500, fault)
    assert SECRET.encode() not in answer.content
    if is_protected:
        assert is_signed(answer).certificate == certificate("server")
    else:
        assert b"Signature" not in answer.content


@pytest.mark.parametrize("options", [{}, {"pretty_print": True}, {"xml_declaration": False}])
@pytest.mark.parametrize("operation", ["hello", "stream", "nothing"])
def test_every_kind_of_answer_is_signed(start, version, operation, options):
    server = start(version, **options)
    answer = call(server, version, operation)
    assert (answer.status, answer.fault) == (200, None)
    assert is_signed(answer).body_child == ("urn:hello", f"{operation}Response")
    assert (
        answer.content.count(SECRET.encode()) == {"hello": 1, "stream": 2, "nothing": 0}[operation]
    )


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "us-ascii"])
def test_an_answer_in_another_encoding_is_signed(start, version, encoding):
    server = start(version, encoding=encoding)
    answer = call(server, version)
    assert (answer.status, answer.fault) == (200, None)
    assert is_signed(answer).body_child == ("urn:hello", "helloResponse")


@pytest.mark.parametrize("options", [{}, {"pretty_print": True}])
@pytest.mark.parametrize("operation", ["hello", "stream"])
@pytest.mark.parametrize(
    "error", [wsse.Unavailable, wsse.Misuse, ValueError, RecursionError, MemoryError]
)
def test_what_cannot_be_signed_is_not_sent(start, version, operation, options, error):
    server = start(version, outbound=Failing(error=error), **options)
    refused(call(server, version, operation), is_protected=False)
    assert server.calls == [operation]


def test_the_fault_in_place_of_an_answer_is_signed_where_it_can_be(start, version):
    server = start(version, outbound=Failing(times=1))
    refused(call(server, version))


def test_an_outbound_that_returns_nothing_sends_nothing(start, version):
    class Empty:
        def protect_reply(self, envelope, request):
            return None

    server = start(version, outbound=Empty())
    refused(call(server, version), is_protected=False)


def test_a_fault_that_cannot_be_signed_keeps_its_status(start, version):
    server = start(version, outbound=Failing())
    refused(call(server, version, "fails"), is_protected=False)


def raising(_ctx):
    raise ValueError("a handler of the application")


@pytest.mark.parametrize("operation", ["hello", "stream"])
@pytest.mark.parametrize("event", ["method_return_object", "method_return_document"])
def test_a_handler_that_fails_before_the_answer_is_signed(start, version, event, operation):
    server = start(version, listen=[(event, raising)])
    refused(call(server, version, operation))


def test_a_handler_that_fails_after_the_answer_is_signed(start, version):
    server = start(version, listen=[("method_return_string", raising)])
    refused(call(server, version))


@pytest.mark.parametrize("event", ["before_serialize", "after_serialize"])
def test_a_handler_of_the_protocol_that_fails(version, event):
    service, calls = telling_service()
    out_protocol = WSSE_SOAP[version](outbound=answering())
    times = []

    def once(ctx):
        if not times:
            times.append(1)
            raise ValueError("a handler of the protocol")

    out_protocol.event_manager.add_listener(event, once)
    built = application(service, WSSE_SOAP[version](requiring()), out_protocol)
    server = Server({PATHS[version]: WsgiApplication(built)}, calls)
    try:
        refused(call(server, version))
    finally:
        server.close()


def test_a_generator_that_fails_midway(start, version):
    server = start(version)
    refused(call(server, version, "broken_stream"))
    assert server.calls == ["broken_stream"]


@pytest.mark.parametrize("operation", ["octets", "chunks", "json", "plain"])
def test_what_a_service_writes_past_its_protocol_is_not_sent(start, version, operation, caplog):
    server = start(version)
    refused(call(server, version, operation))
    assert server.calls == [operation]
    assert "written or changed past its protection" in caplog.text


def test_a_document_of_the_service_is_no_message_and_not_sent(start, version):
    refused(call(start(version), version, "document"))


def test_a_redirection_is_an_answer_that_nobody_signed(start, version):
    refused(call(start(version), version, "elsewhere"))


def test_a_fault_is_no_success(start, version):
    # The service set the status itself; the fault is the service's own, and signed.
    answer = call(start(version), version, "fails")
    assert (answer.status, answer.fault) == (500, "FailedAuthentication")
    assert is_signed(answer).body_child == (ENVELOPES[version], "Fault")


def replacing(ctx):
    ctx.out_string = [SECRET.encode()]


def appending(ctx):
    ctx.out_string = [*ctx.out_string, SECRET.encode()]


def through_a_generator(ctx):
    chunks = list(ctx.out_string)
    ctx.out_string = (chunk for chunk in [*chunks, SECRET.encode()])


@pytest.mark.parametrize("change", [replacing, appending, through_a_generator])
@pytest.mark.parametrize("where", ["method_return_string", "wsgi_return"])
def test_a_handler_that_changes_what_was_signed(start, version, where, change):
    listeners = [(where, change)]
    place = "transport" if where.startswith("wsgi") else "listen"
    server = start(version, **{place: listeners})
    refused(call(server, version))


@pytest.mark.parametrize("where", ["method_exception_string", "wsgi_exception"])
def test_a_handler_that_changes_a_signed_fault(start, version, where):
    place = "transport" if where.startswith("wsgi") else "listen"
    server = start(version, **{place: [(where, appending)]})
    answer = call(server, version, "fails")
    assert (answer.status, answer.fault) == (500, "Server")
    assert SECRET.encode() not in answer.content
    is_signed(answer)


def test_a_handler_of_the_transport_that_fails(start, version):
    # Nothing was sent yet; the server answers by itself, with nothing of the service.
    server = start(version, transport=[("wsgi_return", raising)])
    answer = call(server, version)
    assert answer.status == 500
    assert SECRET.encode() not in answer.content


def test_the_headers_of_a_replaced_answer_are_those_of_the_fault(version):
    service, calls = telling_service()
    built = application(
        service, WSSE_SOAP[version](requiring()), WSSE_SOAP[version](outbound=answering())
    )
    served = WsgiApplication(built)
    body = '<h:json xmlns:h="urn:hello"/>'
    message = signing().protect(envelope(version, body=body).encode()).bytes
    shown = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(message)),
        "wsgi.input": io.BytesIO(message),
    }
    octets = b"".join(
        served(environ, lambda status, headers: shown.append((status, dict(headers))))
    )
    ((status, headers),) = shown
    assert status.startswith("500")
    assert headers["Content-Length"] == str(len(octets))
    assert headers["Content-Type"] == WSSE_SOAP[version].mime_type


# By operation.


def outbound_of(name, **options):
    policy = f'version = 1\norder = ["timestamp", "signature"]\nsignature = [{{ parts = {name} }}]'
    return signing(policy, "server", **options)


@pytest.mark.parametrize("kind", ["mapping", "callable"])
def test_an_operation_is_answered_by_its_own_rule(start, version, kind):
    own = {"{urn:hello}stream": outbound_of('["body"]'), "{urn:hello}octets": OPEN}
    answers = own if kind == "mapping" else own.get
    server = start(version, answers=answers)
    is_signed(call(server, version))
    answer = call(server, version, "stream")
    validated = receiving(REQUIRE.replace(', "timestamp"]', "]")).validate(answer.content)
    assert [part.path for part in validated.signed] == ["/Envelope/Body"]
    # What is open may be written in any way.
    answer = call(server, version, "octets")
    assert (answer.status, answer.content) == (200, SECRET.encode())


def test_a_callable_that_fails_or_returns_nonsense_sends_nothing(start, version):
    def fails(operation):
        raise KeyError(operation)

    for answers in (fails, lambda operation: "preset:timestamp"):
        server = start(version, answers=answers)
        refused(call(server, version), is_protected=False)


def test_settings_of_answers_that_make_no_sense():
    service, _ = hello_service()
    soap11 = WSSE_SOAP["1.1"]
    with pytest.raises(TypeError, match=r"expected a wsse\.Outbound"):
        soap11(outbound="preset:timestamp")
    with pytest.raises(TypeError, match="need an outbound"):
        soap11(answers={"hello": OPEN})
    with pytest.raises(TypeError, match=r"wsse\.Outbound or OPEN for hello"):
        soap11(outbound=answering(), answers={"hello": "open"})
    with pytest.raises(TypeError, match="mapping of operations or a callable"):
        soap11(outbound=answering(), answers=["hello"])
    with pytest.raises(ValueError, match="no operation 'pong'"):
        application(
            service, soap11(requiring()), soap11(outbound=answering(), answers={"pong": OPEN})
        )


# Without a request that was validated.


def test_a_service_that_checks_nothing_can_sign(start, version):
    server = start(version, in_protocol=SOAP[version]())
    answer = server.post(version, envelope(version, body=HELLO).encode())
    assert answer.status == 200
    receiving(REQUIRE).validate(answer.content)
    answer = server.post(version, envelope(version, body='<h:fails xmlns:h="urn:hello"/>').encode())
    assert answer.fault == "FailedAuthentication"
    receiving(REQUIRE).validate(answer.content)


def test_an_open_operation_is_answered_with_a_signature_that_confirms_nothing(start, version):
    rules = WSSE_SOAP[version](requiring(), operations={"hello": OPEN})
    server = start(version, in_protocol=rules)
    answer = call(server, version)
    assert answer.status == 200
    receiving(REQUIRE).validate(answer.content)
    assert b"SignatureConfirmation" not in answer.content
    # So whoever signed, and wants that confirmed, notices that nobody looked.
    with pytest.raises(wsse.InvalidSecurity) as raised:
        is_signed(answer)
    assert raised.value.cause == "signature-confirmation"


def test_guarded_services_answer_through_the_gate(version):
    service, calls = telling_service()
    require_wsse(service)
    built = Application(
        [service],
        "urn:hello",
        in_protocol=WSSE_SOAP[version](requiring()),
        out_protocol=WSSE_SOAP[version](outbound=answering()),
    )
    server = Server({PATHS[version]: WsgiApplication(built)}, calls)
    try:
        refused(call(server, version, "octets"))
        is_signed(call(server, version))
    finally:
        server.close()


def test_a_protector_gets_the_validated_request(start, version):
    seen = []

    class Seeing:
        def protect_reply(self, envelope, request):
            seen.append(request)
            return SimpleNamespace(bytes=envelope)

    call(start(version, outbound=Seeing()), version)
    (request,) = seen
    assert request.certificate == certificate("client")
