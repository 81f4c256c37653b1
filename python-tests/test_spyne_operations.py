"""Policies by operation: which one is applied, and that nobody can talk the service out of it."""

from __future__ import annotations

import pytest
import wsse
from signed_messages import (
    REQUIRE,
    SIGN,
    Forged,
    answering,
    certificate,
    requiring,
    signed,
    signing,
)
from soap_messages import HELLO, NOW, PING, Token, envelope, message, security, timestamp
from soap_service import PATHS, SOAP, WSSE_SOAP, Server, application, hello_service
from spyne.server.wsgi import WsgiApplication
from wsse.spyne import OPEN

ALICE = {"alice": "secret"}
TOKEN = 'version = 1\nrequire = { username-token = "digest" }'
ADDRESSING = "http://www.w3.org/2005/08/addressing"


@pytest.fixture
def store():
    return wsse.MemoryReplayStore()


@pytest.fixture
def strict(store):
    """What holds for every operation that is not named."""
    return requiring(replay=store)


@pytest.fixture
def weak(store):
    return wsse.Inbound(TOKEN, passwords=ALICE, now=lambda: NOW, replay=store)


@pytest.fixture(params=["mapping", "callable"])
def server(request, serve, strict, weak):
    """hello wants a signature, ping a token, in both ways to say so."""
    rules = {"{urn:hello}ping": weak}
    return serve(strict, operations=rules if request.param == "mapping" else rules.get)


def with_token(version, body, *headers):
    return envelope(version, security(timestamp(), Token()), *headers, body=body).encode()


def test_each_operation_has_its_policy(server, version):
    assert server.post(version, signed(version, HELLO)).fault is None
    assert server.post(version, with_token(version, PING)).fault is None
    assert server.calls == [("hello", "Bob", None), ("ping", "alice")]


def test_an_operation_that_is_not_named_has_the_strict_one(server, version):
    for body in (HELLO, '<h:fail xmlns:h="urn:hello"/>', '<h:unknown xmlns:h="urn:hello"/>'):
        answer = server.post(version, with_token(version, body))
        assert answer.fault == "SecurityTokenUnavailable"
    assert server.calls == []


def test_the_strict_policy_does_not_stand_in_for_the_weak_one(server, version):
    assert server.post(version, signed(version, PING)).fault == "InvalidSecurity"
    assert server.calls == []


@pytest.mark.parametrize("action", ['"ping"', "urn:hello/ping", '"{urn:hello}ping"'])
def test_soap_action_selects_nothing(server, version, action):
    kind = {"1.1": "text/xml", "1.2": f"application/soap+xml; action={action}"}[version]
    answer = server.post(version, with_token(version, HELLO), content_type=kind, SOAPAction=action)
    assert answer.fault == "SecurityTokenUnavailable"
    assert server.calls == []


def test_addressing_selects_nothing(server, version):
    action = f'<w:Action xmlns:w="{ADDRESSING}">{{urn:hello}}ping</w:Action>'
    answer = server.post(version, with_token(version, HELLO, action))
    assert answer.fault == "SecurityTokenUnavailable"
    assert server.calls == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(HELLO + PING, id="weak one second"),
        pytest.param(f"<!-- {PING} -->{HELLO}", id="weak one in a comment"),
        pytest.param(f"<?ping {PING[1:-2]}?>{HELLO}", id="weak one in an instruction"),
        pytest.param(HELLO.replace("Bob", PING), id="weak one within"),
        pytest.param("<hello><name>Bob</name></hello>", id="without namespace"),
        pytest.param(HELLO.replace("urn:hello", "urn:other"), id="in another namespace"),
        pytest.param(HELLO.replace("h:hello", "h:Hello"), id="in another case"),
    ],
)
def test_the_strict_operation_does_not_run_under_the_weak_policy(server, version, body):
    answer = server.post(version, with_token(version, body))
    assert answer.fault == "SecurityTokenUnavailable"
    assert server.calls == []


def test_the_weak_operation_brings_no_other_along(server, version):
    # spyne runs the first one only.
    assert server.post(version, with_token(version, PING + HELLO)).fault is None
    assert server.calls == [("ping", "alice")]


def test_a_reference_does_not_make_another_operation_of_it(server, version):
    referring = '<h:ping xmlns:h="urn:hello" href="#x"/>' + HELLO.replace(
        "<h:hello", "<h:hello id='x'"
    )
    server.post(version, with_token(version, referring))
    assert [call for call in server.calls if call[0] != "ping"] == []


def test_a_signed_operation_wrapped_into_a_weak_one_does_not_run(server, version):
    forged = Forged(version)
    forged.replace_body()[0].append(forged.signed_body())
    assert server.post(version, forged.octets()).fault == "InvalidSecurity"
    assert server.calls == []


def test_a_captured_message_does_not_pass_for_another_operation(server, version):
    token = Token()
    assert (
        server.post(version, envelope(version, security(token), body=PING).encode()).fault is None
    )
    again = envelope(version, security(timestamp(), token), body=HELLO).encode()
    assert server.post(version, again).fault == "SecurityTokenUnavailable"
    assert server.post(version, message(version, token, body=PING)).fault == "InvalidSecurity"
    assert server.calls == [("ping", "alice")]


def test_an_operation_may_demand_more_than_the_others(serve, version, strict, weak):
    server = serve(weak, operations={"hello": strict})
    for body in (HELLO, "<hello><name>Bob</name></hello>"):
        assert server.post(version, with_token(version, body)).fault == "SecurityTokenUnavailable"
    assert server.post(version, with_token(version, PING)).fault is None
    assert server.post(version, signed(version, HELLO)).fault is None
    assert server.calls == [("ping", "alice"), ("hello", "Bob", None)]


def test_operations_may_believe_different_signers(serve, version, strict, store):
    server = serve(strict, operations={"ping": requiring(REQUIRE, "ec256", replay=store)})
    assert server.post(version, signed(version, PING)).fault == "FailedAuthentication"
    own = signing(SIGN, "ec256")
    assert server.post(version, signed(version, PING, outbound=own)).fault is None
    other = signed(version, HELLO, outbound=own)
    assert server.post(version, other).fault == "FailedAuthentication"
    assert [call[0] for call in server.calls] == ["ping"]


# What runs is what was validated, whatever happens in between.


class Lying:
    """A validator that was made to validate another message than the one it was given."""

    def __init__(self, inbound, other):
        self._inbound = inbound
        self._other = other
        self.replay = inbound.replay

    def validate(self, message, *, charset=None):
        return self._inbound.validate(self._other)


def test_a_rule_that_validates_another_operation_is_refused(serve, version, strict, weak, caplog):
    lying = Lying(weak, with_token(version, HELLO))
    server = serve(strict, operations={"ping": lying})
    assert server.post(version, with_token(version, PING)).fault == "InvalidSecurity"
    assert server.calls == []
    assert "the rule was chosen for another operation" in caplog.text


@pytest.mark.parametrize("moment", ["decompose", "before_deserialize", "after_deserialize"])
def test_an_operation_that_is_exchanged_later_does_not_run(version, strict, weak, moment):
    service, calls = hello_service()

    def exchange(ctx):
        ctx.method_request_string = "{urn:hello}hello"
        (ctx.descriptor,) = ctx.app.interface.service_method_map["{urn:hello}hello"]

    class Exchanging(WSSE_SOAP[version]):
        def decompose_incoming_envelope(self, ctx, *arguments):
            super().decompose_incoming_envelope(ctx, *arguments)
            if moment == "decompose":
                ctx.method_request_string = "{urn:hello}hello"

    protocol = Exchanging(strict, operations={"ping": weak})
    built = application(service, protocol, SOAP[version]())
    if moment != "decompose":
        protocol.event_manager.add_listener(moment, exchange)
    server = Server({PATHS[version]: WsgiApplication(built)}, calls)
    try:
        answer = server.post(version, with_token(version, PING))
    finally:
        server.close()
    assert (answer.status, answer.fault) == (500, "InvalidSecurity")
    assert calls == []


# A callable.


def test_a_callable_is_asked_with_the_qualified_name(serve, version, strict):
    asked = []
    server = serve(strict, operations=lambda operation: asked.append(operation))
    assert server.post(version, signed(version, HELLO)).fault is None
    assert server.post(version, signed(version, "<ping/>")).fault is None
    assert server.post(version, signed(version, '<x xmlns="urn:x"/>')).fault is not None
    assert asked == ["{urn:hello}hello", "{urn:hello}ping", "{urn:x}x"]


def test_a_callable_can_open_an_operation(serve, version, strict):
    server = serve(strict, operations=lambda name: OPEN if name.endswith("}ping") else None)
    assert server.post(version, envelope(version, body=PING).encode()).fault is None
    assert server.post(version, envelope(version, body=HELLO).encode()).fault == "InvalidSecurity"
    assert server.calls == [("ping", None)]


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(lambda name: {}[name], id="fails"),
        pytest.param(lambda name: "open", id="a word"),
        pytest.param(lambda name: True, id="true"),
        pytest.param(lambda name: False, id="false"),
        pytest.param(
            lambda name: wsse.Inbound(TOKEN, passwords=ALICE, now=lambda: NOW),
            id="a replay store of its own",
        ),
    ],
)
def test_a_callable_that_gives_no_rule_lets_nothing_through(serve, version, strict, rule):
    server = serve(strict, operations=rule)
    for sent in (signed(version, HELLO), with_token(version, HELLO), with_token(version, PING)):
        answer = server.post(version, sent)
        assert (answer.status, answer.fault) == (500, "Server")
    assert server.calls == []


@pytest.mark.parametrize("wrong", [["ping"], "ping", 1])
def test_operations_are_a_mapping_or_a_callable(strict, wrong):
    with pytest.raises(TypeError, match="mapping of operations or a callable"):
        WSSE_SOAP["1.1"](strict, operations=wrong)


def test_requests_and_answers_have_rules_of_their_own(serve, version, strict, weak):
    answers = {"ping": OPEN}
    server = serve(
        strict, operations={"ping": weak}, outbound=answering(), answering={"answers": answers}
    )
    assert b"Signature" not in server.post(version, with_token(version, PING)).content
    answer = server.post(version, signed(version, HELLO))
    assert b"SignatureConfirmation" in answer.content
    receiver = requiring(REQUIRE, "server")
    assert receiver.validate(answer.content).certificate == certificate("server")
