"""The glue between spyne and a validator, with a stand-in for the validator."""

from __future__ import annotations

import logging
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest
import wsse
import wsse.spyne
from soap_messages import HELLO, NOW, PING, Token, envelope, message
from soap_service import SOAP, WSSE_SOAP, Server, application, hello_service
from spyne.protocol.http import HttpRpc
from spyne.protocol.json import JsonDocument
from spyne.server.null import NullServer
from spyne.server.wsgi import WsgiApplication
from wsse.spyne import OPEN, require_wsse


class StandIn:
    """Takes the place of an Inbound: notes what it is asked, answers as it is told."""

    def __init__(self, *, raises=None, document=None, operation=None):
        self.asked = []
        self.raises = raises
        self.document = document
        self.operation = operation

    def validate(self, message, *, charset=None):
        self.asked.append((message, charset))
        if self.raises is not None:
            raise self.raises
        return SimpleNamespace(
            document=None,
            unsigned_document=self.document or message,
            body_child=self.operation or ("urn:hello", "hello"),
            username="alice",
            authenticated=True,
        )


@pytest.fixture
def start():
    """Serves an application over one version of SOAP; stops it after the test."""
    servers = []

    def start(version, built, calls):
        path = {"1.1": "/soap11", "1.2": "/soap12"}[version]
        servers.append(Server({path: WsgiApplication(built)}, calls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def test_the_validator_gets_the_received_octets_and_the_charset(serve, version):
    validator = StandIn()
    server = serve(validator)
    received = ("<?pi x?><!-- c -->" + envelope(version) + "\n<!-- end -->").encode()
    kind = "text/xml" if version == "1.1" else "application/soap+xml"
    server.post(version, received, content_type=f'{kind}; charset="us-ascii"')
    assert validator.asked == [(received, "us-ascii")]


def test_the_service_reads_what_was_validated_and_not_what_was_received(serve, version):
    other = envelope(version, body=HELLO.replace("Bob", "Carol")).encode()
    server = serve(StandIn(document=other))
    answer = server.post(version, envelope(version).encode())
    assert answer.fault is None
    assert server.calls == [("hello", "Carol", "alice")]


def test_a_declaration_in_the_validated_document_does_not_change_its_encoding(serve, version):
    document = '<?xml version="1.0" encoding="ISO-8859-1"?>' + envelope(
        version, body=HELLO.replace("Bob", "Zoë")
    )
    server = serve(StandIn(document=document.encode()))
    server.post(version, envelope(version).encode())
    assert server.calls == [("hello", "Zoë", "alice")]


def test_an_operation_that_was_not_validated_does_not_run(serve, version, caplog):
    server = serve(StandIn(operation=("urn:hello", "hello")))
    answer = server.post(version, envelope(version, body=PING).encode())
    assert (answer.status, answer.fault) == (500, "InvalidSecurity")
    assert server.calls == []
    assert "validated as {urn:hello}hello" in caplog.text


def test_an_operation_without_namespace_is_the_one_that_spyne_finds(serve, version):
    server = serve(StandIn(operation=("", "hello")))
    answer = server.post(version, envelope(version, body="<hello/>").encode())
    assert answer.fault is None
    assert server.calls == [("hello", None, "alice")]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (wsse.FailedAuthentication("only for the log"), "FailedAuthentication"),
        (wsse.InvalidSecurity("only for the log"), "InvalidSecurity"),
        (wsse.InvalidSecurityToken("only for the log"), "InvalidSecurityToken"),
        (wsse.MessageExpired("only for the log"), "MessageExpired"),
        (wsse.FailedCheck("only for the log"), "FailedCheck"),
        (wsse.SecurityTokenUnavailable("only for the log"), "SecurityTokenUnavailable"),
        (wsse.UnsupportedSecurityToken("only for the log"), "UnsupportedSecurityToken"),
        (wsse.UnsupportedAlgorithm("only for the log"), "UnsupportedAlgorithm"),
        (wsse.Malformed("only for the log"), "Client"),
        (wsse.LimitExceeded("only for the log"), "Client"),
        (wsse.Unavailable("only for the log"), "Server"),
        (wsse.Misuse("only for the log"), "Server"),
        (wsse.Io("only for the log"), "Server"),
        (ValueError("only for the log"), "Server"),
        (wsse.Error("only for the log"), "Server"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_every_error_becomes_its_fault_and_nothing_runs(serve, version, error, expected, caplog):
    server = serve(StandIn(raises=error))
    with caplog.at_level(logging.WARNING, logger="wsse.spyne"):
        answer = server.post(version, envelope(version).encode())
    assert (answer.status, answer.fault) == (500, expected)
    assert server.calls == []
    assert "only for the log" not in answer.content.decode()
    assert "only for the log" in caplog.text


def test_the_table_of_errors_above_is_complete():
    categories = {cls.category for cls in wsse.Error.__subclasses__()}
    tested = {
        mark.args[1][index][0].category
        for mark in test_every_error_becomes_its_fault_and_nothing_runs.pytestmark
        if mark.name == "parametrize"
        for index in range(len(mark.args[1]))
        if isinstance(mark.args[1][index][0], wsse.Error)
    }
    assert categories <= tested


def test_who_is_not_identified_is_nobody(start, version):
    service, calls = hello_service()
    built = application(
        service, WSSE_SOAP[version](StandIn(raises=wsse.Malformed("x"))), SOAP[version]()
    )
    seen = []
    built.event_manager.add_listener("method_exception_object", lambda ctx: seen.append(ctx.wsse))
    start(version, built, calls).post(version, envelope(version).encode())
    assert seen == [None]


def test_the_log_says_where_a_refused_message_came_from(serve, version, caplog):
    server = serve(StandIn(raises=wsse.MessageExpired("old")))
    server.post(version, envelope(version).encode())
    assert "message from 127.0.0.1 refused: MessageExpired: old" in caplog.text


def test_a_service_may_refuse_with_a_code_of_the_standard(serve, version):
    server = serve(StandIn(operation=("urn:hello", "fail")))
    body = '<h:fail xmlns:h="urn:hello"/>'
    answer = server.post(version, envelope(version, body=body).encode())
    assert (answer.status, answer.fault) == (500, "FailedAuthentication")
    assert server.calls == [("fail",)]


def test_a_fault_of_no_category_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="Forbidden"):
        wsse.spyne.fault("Forbidden")


# Who forgets the mixin.


def test_without_the_mixin_a_guarded_service_refuses_every_call(start, version, caplog):
    service, calls = hello_service()
    require_wsse(service)
    server = start(version, application(service, SOAP[version](), SOAP[version]()), calls)
    answer = server.post(version, envelope(version).encode())
    assert (answer.status, answer.fault) == (500, "Server")
    assert calls == []
    assert "nothing has validated its message" in caplog.text


def test_without_the_mixin_a_guarded_application_refuses_every_call(start, version):
    service, calls = hello_service()
    built = application(service, SOAP[version](), SOAP[version]())
    require_wsse(built)
    answer = start(version, built, calls).post(version, envelope(version).encode())
    assert (answer.status, answer.fault) == (500, "Server")
    assert calls == []


def test_a_protocol_that_is_swapped_later_is_noticed(start, version):
    service, calls = hello_service()
    built = application(service, WSSE_SOAP[version](StandIn()), SOAP[version]())
    plain = SOAP[version]()
    plain.set_app(built)
    built.in_protocol = plain
    answer = start(version, built, calls).post(version, envelope(version).encode())
    assert (answer.status, answer.fault) == (500, "Server")
    assert calls == []


def test_a_subclass_that_goes_around_the_validation_is_noticed(start, version):
    class Around(WSSE_SOAP[version]):
        def create_in_document(self, ctx, charset=None):
            SOAP[version].create_in_document(self, ctx, charset)

    service, calls = hello_service()
    built = application(service, Around(StandIn()), SOAP[version]())
    answer = start(version, built, calls).post(version, envelope(version).encode())
    assert (answer.status, answer.fault) == (500, "Server")
    assert calls == []


def test_a_guarded_service_cannot_be_reached_over_another_protocol():
    service, calls = hello_service()
    require_wsse(service)
    server = Server({"/hello": WsgiApplication(application(service, HttpRpc(), JsonDocument()))})
    try:
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}/hello?name=Bob", timeout=30)
        raised.value.close()
    finally:
        server.close()
    assert raised.value.code == 500
    assert calls == []


def test_a_transport_without_messages_is_refused():
    service, calls = hello_service()
    built = application(service, WSSE_SOAP["1.1"](StandIn()), SOAP["1.1"]())
    with pytest.raises(Exception, match="could not be processed"):
        NullServer(built).service.hello("Bob")
    assert calls == []


def test_what_has_no_events_cannot_be_guarded():
    with pytest.raises(TypeError, match="spyne applications and service classes"):
        require_wsse(object())


# Settings that are wrong.


def test_the_protocol_for_requests_needs_an_inbound():
    service, _ = hello_service()
    with pytest.raises(TypeError, match=r"needs a wsse\.Inbound"):
        application(service, WSSE_SOAP["1.1"](), SOAP["1.1"]())


def test_settings_on_the_wrong_side_are_refused():
    service, _ = hello_service()
    with pytest.raises(TypeError, match="give it to the out_protocol"):
        application(service, WSSE_SOAP["1.1"](StandIn(), outbound=Outbound()), SOAP["1.1"]())
    for settings in ({"inbound": StandIn()}, {"operations": {"ping": OPEN}}):
        with pytest.raises(TypeError, match="give them to the in_protocol"):
            application(service, WSSE_SOAP["1.1"](StandIn()), WSSE_SOAP["1.1"](**settings))


@pytest.mark.parametrize("wrong", ["preset:username-token", object(), OPEN])
def test_the_first_argument_must_be_an_inbound(wrong):
    service, _ = hello_service()
    with pytest.raises(TypeError, match=r"wsse\.Inbound"):
        application(service, WSSE_SOAP["1.1"](wrong), SOAP["1.1"]())


def test_a_rule_must_be_an_inbound_or_open():
    with pytest.raises(TypeError, match=r"wsse\.Inbound"):
        WSSE_SOAP["1.1"](StandIn(), operations={"ping": "open"})


def test_a_rule_for_an_operation_that_does_not_exist_is_refused():
    service, _ = hello_service()
    protocol = WSSE_SOAP["1.1"](StandIn(), operations={"pong": OPEN})
    with pytest.raises(ValueError, match=r"no operation 'pong'; it has .*\{urn:hello\}ping"):
        application(service, protocol, SOAP["1.1"]())


def test_two_rules_for_one_operation_are_refused():
    service, _ = hello_service()
    rules = {"ping": OPEN, "{urn:hello}ping": StandIn()}
    with pytest.raises(ValueError, match="two rules"):
        application(service, WSSE_SOAP["1.1"](StandIn(), operations=rules), SOAP["1.1"]())


def test_rules_that_do_not_share_their_replay_store_are_refused():
    one, same, other = StandIn(), StandIn(), StandIn()
    one.replay = same.replay = wsse.MemoryReplayStore()
    other.replay = wsse.MemoryReplayStore()
    WSSE_SOAP["1.1"](one, operations={"ping": same, "hello": OPEN})
    with pytest.raises(ValueError, match="must share a replay store"):
        WSSE_SOAP["1.1"](one, operations={"ping": other})


def test_options_of_spyne_go_to_spyne():
    protocol = WSSE_SOAP["1.1"](StandIn(), validator="soft")
    assert protocol.validator is protocol.SOFT_VALIDATION


# Answers.


class Outbound:
    """Takes the place of an Outbound: marks answers, or fails."""

    def __init__(self, *, fails=False):
        self.fails = fails
        self.requests = []

    def protect_reply(self, envelope, request):
        self.requests.append(request and request.username)
        if self.fails:
            raise wsse.Unavailable("the key store is away")
        return SimpleNamespace(bytes=envelope + b"<!-- protected -->")


def test_answers_are_protected_as_answers_to_their_request(serve, version):
    outbound = Outbound()
    server = serve(StandIn(), outbound=outbound)
    answer = server.post(version, envelope(version).encode())
    assert answer.status == 200
    assert answer.content.endswith(b"<!-- protected -->")
    assert outbound.requests == ["alice"]


def test_faults_of_a_service_are_protected_as_answers_to_their_request(serve, version):
    outbound = Outbound()
    server = serve(StandIn(operation=("urn:hello", "fail")), outbound=outbound)
    body = '<h:fail xmlns:h="urn:hello"/>'
    answer = server.post(version, envelope(version, body=body).encode())
    assert (answer.status, answer.fault) == (500, "FailedAuthentication")
    assert answer.content.endswith(b"<!-- protected -->")
    assert outbound.requests == ["alice"]


@pytest.mark.parametrize("protect", [False, True])
def test_refusals_are_protected_where_it_is_said(serve, version, protect):
    outbound = Outbound()
    refusing = StandIn(raises=wsse.MessageExpired("old"))
    server = serve(refusing, outbound=outbound, answering={"protect_refusals": protect})
    answer = server.post(version, envelope(version).encode())
    assert (answer.status, answer.fault) == (500, "MessageExpired")
    assert answer.content.endswith(b"<!-- protected -->") == protect
    assert outbound.requests == ([None] if protect else [])


def test_an_answer_that_cannot_be_protected_is_not_sent(serve, version, caplog):
    server = serve(StandIn(), outbound=Outbound(fails=True))
    answer = server.post(version, envelope(version).encode())
    assert (answer.status, answer.fault) == (500, "Server")
    assert b"Hello" not in answer.content
    assert server.calls == [("hello", "Bob", "alice")]
    assert "the key store is away" in caplog.text


def test_a_fault_that_cannot_be_protected_tells_nothing(serve, version):
    refusing = StandIn(raises=wsse.MessageExpired("old"))
    answering = {"protect_refusals": True}
    server = serve(refusing, outbound=Outbound(fails=True), answering=answering)
    answer = server.post(version, envelope(version).encode())
    assert (answer.status, answer.fault) == (500, "Server")
    assert server.calls == []


def test_a_real_outbound_protects_answers_and_faults(serve, version):
    inbound = wsse.Inbound("preset:username-token", passwords={"alice": "secret"}, now=lambda: NOW)
    answering = {"protect_refusals": True}
    server = serve(inbound, outbound=wsse.Outbound("preset:timestamp"), answering=answering)
    receiver = wsse.Inbound("preset:timestamp")

    answer = server.post(version, message(version))
    assert (answer.status, answer.fault) == (200, None)
    validated = receiver.validate(answer.content)
    assert validated.timestamp_created is not None
    assert validated.body_child == ("urn:hello", "helloResponse")

    refused = server.post(version, message(version, Token(password="guess")))
    assert (refused.status, refused.fault) == (500, "FailedAuthentication")
    assert receiver.validate(refused.content).timestamp_created is not None


def test_an_answer_that_a_real_outbound_cannot_protect_is_not_sent(serve, version):
    # The policy wants a UsernameToken, and nobody gave it a user.
    server = serve(StandIn(), outbound=wsse.Outbound("preset:username-token"))
    answer = server.post(version, envelope(version).encode())
    assert (answer.status, answer.fault) == (500, "Server")
    assert b"Hello" not in answer.content


# The schema, after the validation.


def test_the_schema_is_checked_on_what_was_validated(serve, version):
    server = serve(StandIn(), validator="lxml")
    assert server.post(version, envelope(version).encode()).fault is None
    wrong = envelope(version, body=HELLO.replace("h:name", "h:nickname"))
    assert server.post(version, wrong.encode()).status == 500
    assert server.calls == [("hello", "Bob", "alice")]


# Auxiliary methods (spyne's fan-out) run under the identity of the message.


def test_an_auxiliary_method_runs_under_the_identity_of_its_message(start, version):
    from spyne import Service, Unicode, rpc
    from spyne.auxproc.sync import SyncAuxProc

    service, calls = hello_service()

    class Audit(Service):
        __aux__ = SyncAuxProc()

        @rpc(Unicode, _returns=Unicode)
        def hello(ctx, name):
            calls.append(("audit", name, ctx.wsse.username))

    from spyne import Application

    built = Application(
        [service, Audit],
        "urn:hello",
        in_protocol=WSSE_SOAP[version](StandIn()),
        out_protocol=SOAP[version](),
    )
    require_wsse(built, Audit)
    answer = start(version, built, calls).post(version, envelope(version).encode())
    assert answer.fault is None
    assert calls == [("hello", "Bob", "alice"), ("audit", "Bob", "alice")]
