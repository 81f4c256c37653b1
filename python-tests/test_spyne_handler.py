"""The tutorial's way: a UsernameToken checked by a handler of method_call."""

from __future__ import annotations

import threading

import pytest
import wsse
from signed_messages import requiring, signed
from soap_messages import NOW, PING, Token, envelope, message, security, timestamp
from soap_service import PATHS, SOAP, Server, application, hello_service
from spyne import Application, Service, Unicode, rpc
from spyne.auxproc.sync import SyncAuxProc
from spyne.protocol.http import HttpRpc
from spyne.protocol.json import JsonDocument
from spyne.server.wsgi import WsgiApplication
from wsse.spyne import require_wsse, username_token_check


@pytest.fixture
def start():
    servers = []

    def start(check, **options):
        service, calls = hello_service()
        by_path = {}
        for version, path in PATHS.items():
            built = application(service, SOAP[version](**options), SOAP[version]())
            built.event_manager.add_listener("method_call", check)
            by_path[path] = WsgiApplication(built)
        servers.append(Server(by_path, calls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def check(**options):
    return username_token_check({"alice": "secret"}, now=lambda: NOW, **options)


def test_a_token_that_holds_is_accepted(start, version):
    server = start(check())
    answer = server.post(version, message(version))
    assert (answer.status, answer.fault) == (200, None)
    assert server.calls == [("hello", "Bob", "alice")]


def test_it_satisfies_the_guard(start, version):
    server = start(check())
    require_wsse(*(app.app for app in server._by_path.values()))
    assert server.post(version, message(version)).fault is None


CASES = {
    "wrong password": (Token(password="guess"), "FailedAuthentication"),
    "unknown user": (Token("mallory"), "FailedAuthentication"),
    "text": (Token(kind="text"), "InvalidSecurity"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_token_that_does_not_hold_is_refused(start, version, name):
    token, category = CASES[name]
    server = start(check())
    answer = server.post(version, message(version, token))
    assert (answer.status, answer.fault) == (500, category)
    assert server.calls == []


@pytest.mark.parametrize("part", ["username", "password", "nonce", "created"])
def test_a_part_that_is_missing_or_there_twice_is_refused(start, version, part):
    server = start(check())
    for replace in ("", 2 * getattr(Token(), part)):
        token = Token()
        setattr(token, part, replace)
        assert server.post(version, message(version, token)).fault == "InvalidSecurity"
    assert server.calls == []


def test_a_message_without_security_is_refused(start, version):
    server = start(check())
    assert server.post(version, envelope(version).encode()).fault == "InvalidSecurity"
    without_header = envelope(version).replace("<env:Header></env:Header>", "")
    assert server.post(version, without_header.encode()).fault == "InvalidSecurity"
    assert server.calls == []


def test_two_bodies_are_refused(start, version):
    markup = envelope(version, security(Token()), after_body=f"<env:Body>{PING}</env:Body>")
    server = start(check())
    assert server.post(version, markup.encode()).fault == "Client"
    assert server.calls == []


@pytest.mark.parametrize("options", [{}, {"resolve_entities": True}, {"resolve_entities": False}])
def test_a_document_type_is_refused(start, version, options):
    token = Token()
    token.username = "<wsse:Username>&alice;</wsse:Username>"
    declaration = '<!DOCTYPE env:Envelope [<!ENTITY alice "alice">]>'
    markup = envelope(version, security(token), declaration=declaration)
    server = start(check(), **options)
    assert server.post(version, markup.encode()).fault == "Client"
    assert server.calls == []


def test_the_whole_text_is_checked_and_told(start, version):
    # spyne drops comments before any handler runs; "ali" alone is nobody.
    token = Token()
    token.username = "<wsse:Username>ali<!-- -->ce</wsse:Username>"
    server = start(check())
    assert server.post(version, message(version, token)).fault is None
    token = Token("ali")
    token.username = "<wsse:Username>ali<!-- -->ce</wsse:Username>"
    token.password = Token("ali", "guess").password
    assert server.post(version, message(version, token)).fault == "FailedAuthentication"
    assert server.calls == [("hello", "Bob", "alice")]


def test_a_replay_is_refused(start, version):
    server = start(check())
    captured = message(version)
    assert server.post(version, captured).fault is None
    assert server.post(version, captured).fault == "InvalidSecurity"
    assert len(server.calls) == 1


def test_of_equal_messages_at_once_exactly_one_passes(start, version):
    server = start(check())
    captured = message(version)
    answers = []
    together = threading.Barrier(8)

    def send():
        together.wait()
        answers.append(server.post(version, captured))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(answer.fault) for answer in answers) == ["InvalidSecurity"] * 7 + ["None"]
    assert len(server.calls) == 1


def test_it_takes_an_inbound(start, version):
    inbound = wsse.Inbound("preset:username-token", passwords={"alice": "secret"}, now=lambda: NOW)
    server = start(username_token_check(inbound))
    without_timestamp = envelope(version, security(Token())).encode()
    assert server.post(version, without_timestamp).fault == "InvalidSecurity"
    old = envelope(version, security(timestamp(-400, -100), Token())).encode()
    assert server.post(version, old).fault == "MessageExpired"
    assert server.post(version, message(version)).fault is None
    assert len(server.calls) == 1


def test_a_policy_that_demands_signatures_needs_the_protocol(start, version, caplog):
    # spyne has read the whole message by then, not what is signed.
    server = start(username_token_check(requiring()))
    answer = server.post(version, signed(version))
    assert (answer.status, answer.fault) == (500, "Server")
    assert server.calls == []
    assert "only WsseMixin checks" in caplog.text


def test_it_takes_a_policy_and_a_verifier(start, version):
    handler = username_token_check(
        None,
        policy="preset:username-text",
        verifier=lambda user, password: (user, password) == ("alice", b"secret"),
        now=lambda: NOW,
    )
    server = start(handler)
    assert server.post(version, message(version, Token(kind="text"))).fault is None
    guess = message(version, Token(password="guess", kind="text"))
    assert server.post(version, guess).fault == "FailedAuthentication"
    assert len(server.calls) == 1


def test_an_inbound_takes_no_keywords():
    inbound = wsse.Inbound("preset:username-token", passwords={"alice": "secret"})
    with pytest.raises(TypeError, match="has its policy already"):
        username_token_check(inbound, policy="preset:timestamp")


def test_an_auxiliary_method_runs_once_under_the_identity_of_its_message(version):
    service, calls = hello_service()

    class Audit(Service):
        __aux__ = SyncAuxProc()

        @rpc(Unicode, _returns=Unicode)
        def hello(ctx, name):
            calls.append(("audit", name, ctx.wsse.username))

    protocols = {"in_protocol": SOAP[version](), "out_protocol": SOAP[version]()}
    built = Application([service, Audit], "urn:hello", **protocols)
    built.event_manager.add_listener("method_call", check())
    server = Server({PATHS[version]: WsgiApplication(built)}, calls)
    try:
        assert server.post(version, message(version)).fault is None
        assert server.post(version, message(version, Token(password="guess"))).fault is not None
    finally:
        server.close()
    assert calls == [("hello", "Bob", "alice"), ("audit", "Bob", "alice")]


@pytest.mark.parametrize("protocol", [HttpRpc, JsonDocument])
def test_a_protocol_without_headers_is_refused(protocol):
    service, calls = hello_service()
    built = Application([service], "urn:hello", in_protocol=protocol(), out_protocol=JsonDocument())
    built.event_manager.add_listener("method_call", check())
    server = Server({"/hello": WsgiApplication(built)}, calls)
    try:
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        if protocol is HttpRpc:
            connection.request("GET", "/hello?name=Bob")
        else:
            connection.request("POST", "/hello", b'{"hello": {"name": "Bob"}}')
        response = connection.getresponse()
        assert response.status >= 400
        assert b"Hello" not in response.read()
        connection.close()
    finally:
        server.close()
    assert calls == []
