"""Policies for single operations, open operations, and where passwords come from."""

from __future__ import annotations

import hashlib

import pytest
import wsse
from soap_messages import HELLO, NOW, PING, Token, envelope, message, security, timestamp
from wsse.spyne import OPEN, WsseSoap11

DIGEST = 'version = 1\nrequire = { username-token = "digest" }'
ALICE = {"alice": "secret"}


def inbound(policy=DIGEST, passwords=ALICE, **options):
    return wsse.Inbound(policy, passwords=passwords, now=lambda: NOW, **options)


def plain(version, body):
    return envelope(version, body=body).encode()


def text_token(username="alice", password="secret"):
    return Token(username, password, kind="text")


# Operations.


def test_an_open_operation_runs_without_security(serve, version):
    server = serve(inbound(), operations={"ping": OPEN})
    answer = server.post(version, plain(version, PING))
    assert answer.fault is None
    assert server.calls == [("ping", None)]


def test_an_open_operation_opens_no_other(serve, version):
    server = serve(inbound(), operations={"ping": OPEN})
    assert server.post(version, plain(version, HELLO)).fault == "InvalidSecurity"
    assert server.calls == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(HELLO + PING, id="second child"),
        pytest.param(f"<!-- {PING.replace('--', '')} -->{HELLO}", id="in a comment"),
        pytest.param(f"<?ping {PING[1:-2]}?>{HELLO}", id="in an instruction"),
        pytest.param(HELLO.replace("Bob", PING), id="within"),
        pytest.param(
            PING.replace("urn:hello", "urn:other").replace("/>", f">{HELLO}</h:ping>"),
            id="in another namespace",
        ),
        pytest.param(
            '<h:ping xmlns:h="urn:hello" href="#x"/>'
            + HELLO.replace("<h:hello", "<h:hello id='x'"),
            id="by reference",
        ),
    ],
)
def test_naming_an_open_operation_elsewhere_runs_no_protected_one(serve, version, body):
    server = serve(inbound(), operations={"ping": OPEN})
    server.post(version, plain(version, body))
    assert [call for call in server.calls if call[0] != "ping"] == []


@pytest.mark.parametrize("before", ["<!-- hello -->", "<?hello?>", "\n\t "])
def test_what_stands_before_the_operation_does_not_hide_it(serve, version, before):
    server = serve(inbound(), operations={"ping": OPEN})
    assert server.post(version, plain(version, before + PING)).fault is None
    assert server.post(version, plain(version, before + HELLO)).fault == "InvalidSecurity"
    assert server.calls == [("ping", None)]


def test_the_credentials_in_a_message_for_an_open_operation_are_not_believed(serve, version):
    server = serve(inbound(), operations={"ping": OPEN})
    assert server.post(version, message(version, body=PING)).fault is None
    assert server.calls == [("ping", None)]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda markup: "<!DOCTYPE x>" + markup, id="DOCTYPE"),
        pytest.param(lambda markup: markup[:-3], id="cut off"),
        pytest.param(lambda markup: markup.replace("urn:hello", "urn:\0"), id="NUL"),
        pytest.param(lambda markup: markup + markup, id="two roots"),
        pytest.param(lambda markup: markup.replace("/>", ">" + "<a>" * 5000), id="deep"),
    ],
)
def test_an_open_operation_is_held_to_strict_xml(serve, version, broken):
    server = serve(inbound(), operations={"ping": OPEN})
    markup = broken(envelope(version, body=PING))
    answer = server.post(version, markup.encode())
    assert (answer.status, answer.fault) == (500, "Client")
    assert server.calls == []


def test_an_operation_has_its_own_policy(serve, version):
    store = wsse.MemoryReplayStore()
    strict = inbound(replay=store)
    server = serve(strict, operations={"ping": inbound("preset:username-text", replay=store)})
    by_text = envelope(version, security(text_token()), body=PING).encode()
    by_digest = envelope(version, security(Token()), body=PING).encode()
    assert server.post(version, by_text).fault is None
    assert server.post(version, by_digest).fault == "InvalidSecurity"
    hello_by_text = envelope(version, security(text_token()), body=HELLO).encode()
    assert server.post(version, hello_by_text).fault == "InvalidSecurity"
    assert server.calls == [("ping", "alice")]


def test_a_token_of_one_operation_does_not_pass_for_another(serve, version):
    store = wsse.MemoryReplayStore()
    rules = {"ping": inbound("preset:username-token", replay=store)}
    server = serve(inbound(replay=store), operations=rules)
    token = Token()
    assert server.post(version, message(version, token, body=HELLO)).fault is None
    assert server.post(version, message(version, token, body=PING)).fault == "InvalidSecurity"
    assert server.calls == [("hello", "Bob", "alice")]


def test_real_inbounds_that_do_not_share_their_replay_store_are_refused():
    one, other = inbound(), inbound()
    assert one.replay is one.replay
    with pytest.raises(ValueError, match="must share a replay store"):
        WsseSoap11(one, operations={"ping": other})
    WsseSoap11(one, operations={"ping": inbound(replay=one.replay)})


def test_operations_may_be_named_with_their_namespace(serve, version):
    server = serve(inbound(), operations={"{urn:hello}ping": OPEN})
    assert server.post(version, plain(version, PING)).fault is None
    assert server.post(version, plain(version, "<ping/>")).fault is None
    assert server.post(version, plain(version, "<hello/>")).fault == "InvalidSecurity"


def test_nobody_learns_which_operations_exist_without_credentials(serve, version):
    server = serve(inbound(), operations={"ping": OPEN})
    unknown = plain(version, '<h:secret xmlns:h="urn:hello"/>')
    assert server.post(version, unknown).fault == "InvalidSecurity"


def test_a_timestamp_is_no_identity(serve, version):
    server = serve(wsse.Inbound("preset:timestamp", now=lambda: NOW))
    assert server.post(version, envelope(version, security(timestamp())).encode()).fault is None
    assert server.calls == [("hello", "Bob", None)]


# Passwords.


@pytest.mark.parametrize(
    "passwords",
    [
        pytest.param({"alice": "secret"}, id="table"),
        pytest.param({"alice": b"secret"}, id="table of bytes"),
        pytest.param({"alice": ["old", "secret"]}, id="several in a table"),
        pytest.param({"alice": ("secret", b"new")}, id="several, mixed"),
        pytest.param(lambda user: "secret" if user == "alice" else None, id="callable"),
        pytest.param(
            lambda user: ["old", b"secret"] if user == "alice" else [], id="several by callable"
        ),
    ],
)
def test_passwords_come_from_a_table_or_a_callable(serve, version, passwords):
    server = serve(inbound(passwords=passwords))
    assert server.post(version, message(version)).fault is None
    assert (
        server.post(version, message(version, Token(password="guess"))).fault
        == "FailedAuthentication"
    )
    assert server.post(version, message(version, Token("mallory"))).fault == "FailedAuthentication"
    assert server.calls == [("hello", "Bob", "alice")]


@pytest.mark.parametrize("nothing", [None, "", b"", [], [""]])
def test_no_password_means_an_unknown_user(serve, version, nothing):
    server = serve(inbound(passwords=lambda user: nothing))
    assert (
        server.post(version, message(version, Token(password=""))).fault == "FailedAuthentication"
    )
    assert server.calls == []


def test_a_look_up_that_fails_refuses_the_message(serve, version, caplog):
    def look_up(user):
        raise ConnectionError("the directory is away")

    server = serve(inbound(passwords=look_up))
    answer = server.post(version, message(version))
    assert answer.fault == "Server"
    assert b"directory" not in answer.content
    assert server.calls == []
    assert "the directory is away" in caplog.text
    assert "secret" not in caplog.text


def test_a_verifier_serves_where_only_hashes_are_stored(serve, version):
    stored = {"alice": hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 1000)}

    def verify(user, password):
        return hashlib.pbkdf2_hmac("sha256", password, b"salt", 1000) == stored.get(user)

    server = serve(inbound("preset:username-text", passwords=None, verifier=verify))

    def send(token):
        return server.post(version, envelope(version, security(token)).encode())

    assert send(text_token()).fault is None
    assert send(text_token(password="guess")).fault == "FailedAuthentication"
    assert send(text_token("mallory")).fault == "FailedAuthentication"
    assert send(Token()).fault == "InvalidSecurity"
    assert server.calls == [("hello", "Bob", "alice")]


def test_a_replay_store_that_fails_refuses_the_message(serve, version):
    class Away:
        def insert_if_absent(self, key, expires, now):
            raise ConnectionError("the store is away")

    server = serve(inbound(replay=Away()))
    assert server.post(version, message(version)).fault == "Server"
    assert server.calls == []
