"""Hostile messages, sent raw over HTTP: the exact category in the fault, and nothing ran."""

from __future__ import annotations

import base64
import io
import logging
import threading

import pytest
import wsse
from soap_messages import (
    BASE64,
    CONTENT_TYPES,
    ENVELOPES,
    HELLO,
    NOW,
    PROFILE,
    WSSE,
    Token,
    digest,
    envelope,
    fresh_nonce,
    instant,
    message,
    security,
    timestamp,
)
from soap_service import PATHS, Answer

ALICE = {"alice": "secret"}
MANY = " ".join(f"a{number}=''" for number in range(5000))


@pytest.fixture
def server(serve):
    inbound = wsse.Inbound("preset:username-token", passwords=ALICE, now=lambda: NOW)
    return serve(inbound)


def with_token(**changes):
    """A message whose UsernameToken has other parts."""

    def build(version):
        token = Token()
        for part, value in changes.items():
            setattr(token, part, value(token) if callable(value) else value)
        return message(version, token)

    return build


def with_security(*parts, attributes=""):
    def build(version):
        return envelope(
            version, security(*(part() for part in parts), attributes=attributes)
        ).encode()

    return build


def text(template):
    """A message from a template: {envelope} is its namespace, {security} a header that holds."""

    def build(version):
        return template.format(
            envelope=ENVELOPES[version], security=security(timestamp(), Token()), hello=HELLO
        ).encode()

    return build


def twice(part):
    return with_token(**{part: lambda token: 2 * getattr(token, part)})


def other_actor(version):
    name = {"1.1": "actor", "1.2": "role"}[version]
    attributes = f'xmlns:e="{ENVELOPES[version]}" e:{name}="urn:other"'
    return envelope(version, security(timestamp(), Token(), attributes=attributes)).encode()


def created_without_zone(version):
    created = instant().rstrip("Z")
    return message(version, Token(created=created))


def in_body_only(version):
    return envelope(version, body=security(timestamp(), Token()) + HELLO).encode()


def doctype(version, subset):
    declaration = f"<!DOCTYPE env:Envelope {subset}>"
    return envelope(version, security(timestamp(), Token()), declaration=declaration).encode()


def entity_username(version):
    token = Token()
    token.username = "<wsse:Username>&alice;</wsse:Username>"
    declaration = '<!DOCTYPE env:Envelope [<!ENTITY alice "alice">]>'
    return envelope(version, security(timestamp(), token), declaration=declaration).encode()


def utf16(declared):
    def build(version):
        markup = envelope(version, security(timestamp(), Token()))
        return (f'<?xml version="1.0" encoding="{declared}"?>' + markup).encode("utf-16")

    return build


def deep(version):
    return message(version, body=HELLO.replace("Bob", "<a>" * 5000 + "</a>" * 5000))


def key_derivation(version):
    token = Token()
    salt = (
        '<wsse11:Salt xmlns:wsse11="http://docs.oasis-open.org/wss/'
        'oasis-wss-wssecurity-secext-1.1.xsd">AAAAAAAAAAAAAAAAAAAAAA==</wsse11:Salt>'
    )
    token.nonce = salt
    return message(version, token)


CASES = {
    # Who is it?
    "wrong password": (
        lambda version: message(version, Token(password="guess")),
        "FailedAuthentication",
    ),
    "unknown user": (lambda version: message(version, Token("mallory")), "FailedAuthentication"),
    "user in other case": (
        lambda version: message(version, Token("Alice")),
        "FailedAuthentication",
    ),
    "user with a space": (
        lambda version: message(version, Token("alice ")),
        "FailedAuthentication",
    ),
    "empty password": (
        lambda version: message(version, Token(password="")),
        "FailedAuthentication",
    ),
    "digest without nonce octets": (
        lambda version: message(version, Token(nonce=b"")),
        "InvalidSecurityToken",
    ),
    "digest of the nonce's text": (
        lambda version: message(version, text_of_nonce_hashed()),
        "FailedAuthentication",
    ),
    "digest of another created": (
        with_token(created=f"<wsu:Created>{instant(-1)}</wsu:Created>"),
        "FailedAuthentication",
    ),
    # When?
    "stale token": (
        lambda version: message(version, Token(created=instant(-361))),
        "MessageExpired",
    ),
    "future token": (
        lambda version: message(version, Token(created=instant(61))),
        "MessageExpired",
    ),
    "expired Timestamp": (
        lambda version: envelope(version, security(timestamp(-200, -61), Token())).encode(),
        "MessageExpired",
    ),
    "stale Timestamp that never expires": (
        lambda version: envelope(version, security(timestamp(-361, 99999), Token())).encode(),
        "MessageExpired",
    ),
    "future Timestamp": (
        lambda version: envelope(version, security(timestamp(61, 300), Token())).encode(),
        "MessageExpired",
    ),
    "Expires before Created": (
        lambda version: envelope(version, security(timestamp(0, -1), Token())).encode(),
        "InvalidSecurity",
    ),
    # What is missing.
    "no Header": (
        text('<e:Envelope xmlns:e="{envelope}"><e:Body>{hello}</e:Body></e:Envelope>'),
        "InvalidSecurity",
    ),
    "no Security": (lambda version: envelope(version).encode(), "InvalidSecurity"),
    "empty Security": (with_security(), "InvalidSecurity"),
    "no Timestamp": (with_security(Token), "InvalidSecurity"),
    "no UsernameToken": (with_security(timestamp), "InvalidSecurity"),
    "no Username": (with_token(username=""), "InvalidSecurity"),
    "no Password": (with_token(password=""), "InvalidSecurity"),
    "no Nonce": (with_token(nonce=""), "InvalidSecurity"),
    "no Created": (with_token(created=""), "InvalidSecurity"),
    "empty token": (
        with_token(username="", password="", nonce="", created=""),
        "InvalidSecurity",
    ),
    "PasswordText for a digest": (
        lambda version: message(version, Token(kind="text")),
        "InvalidSecurity",
    ),
    # What is there twice.
    "two Usernames": (twice("username"), "InvalidSecurity"),
    "two Passwords": (twice("password"), "InvalidSecurity"),
    "two Nonces": (twice("nonce"), "InvalidSecurity"),
    "two Created": (twice("created"), "InvalidSecurity"),
    "two tokens": (with_security(timestamp, Token, Token), "InvalidSecurity"),
    "two Timestamps": (with_security(timestamp, timestamp, Token), "InvalidSecurity"),
    "two Security headers": (
        lambda version: envelope(
            version, security(timestamp(), Token()), security(Token())
        ).encode(),
        "InvalidSecurity",
    ),
    # What stands elsewhere.
    "Security for another actor": (other_actor, "InvalidSecurity"),
    "Security in the Body": (in_body_only, "InvalidSecurity"),
    "Security in a header block": (
        lambda version: envelope(
            version, "<x:wrap xmlns:x='urn:x'>" + security(timestamp(), Token()) + "</x:wrap>"
        ).encode(),
        "InvalidSecurity",
    ),
    "token in another namespace": (
        lambda version: message(version).replace(WSSE.encode(), b"urn:other"),
        "InvalidSecurity",
    ),
    # Values that can't be read, or are read in two ways.
    "comment in Username": (
        with_token(username="<wsse:Username>ali<!-- -->ce</wsse:Username>"),
        "InvalidSecurity",
    ),
    "comment after Username": (
        with_token(username="<wsse:Username>alice<!-- -->mallory</wsse:Username>"),
        "InvalidSecurity",
    ),
    "instruction in Username": (
        with_token(username="<wsse:Username>ali<?x y?>ce</wsse:Username>"),
        "InvalidSecurity",
    ),
    "element in Username": (
        with_token(username="<wsse:Username>alice<x/></wsse:Username>"),
        "InvalidSecurity",
    ),
    "comment in Password": (
        with_token(password=lambda token: token.password.replace("=</", "<!-- -->=</")),
        "InvalidSecurity",
    ),
    "Nonce that is not base64": (
        with_token(nonce=f'<wsse:Nonce EncodingType="{BASE64}">***</wsse:Nonce>'),
        "InvalidSecurityToken",
    ),
    "Nonce in hex": (
        with_token(nonce='<wsse:Nonce EncodingType="urn:hex">00ff</wsse:Nonce>'),
        "UnsupportedSecurityToken",
    ),
    "Created without zone": (created_without_zone, "InvalidSecurityToken"),
    "Created that is no date": (
        with_token(created="<wsu:Created>yesterday</wsu:Created>"),
        "InvalidSecurityToken",
    ),
    "unknown Password Type": (
        with_token(password=f'<wsse:Password Type="{PROFILE}#Other">x</wsse:Password>'),
        "UnsupportedSecurityToken",
    ),
    "derived key beside a Password": (key_derivation, "InvalidSecurity"),
    "Signature": (
        with_security(
            timestamp, Token, lambda: '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'
        ),
        "InvalidSecurity",
    ),
    # No message at all, or a broken one.
    "empty": (lambda version: b"", "Client"),
    "white space": (lambda version: b" \n", "Client"),
    "not XML": (lambda version: b'{"hello": "Bob"}', "Client"),
    "cut off": (lambda version: message(version)[:-9], "Client"),
    "NUL": (lambda version: message(version).replace(b"Bob", b"B\0b"), "Client"),
    "bad UTF-8": (lambda version: message(version).replace(b"Bob", b"B\xffb"), "Client"),
    "trailing octets": (lambda version: message(version) + b"x", "Client"),
    "two roots": (lambda version: message(version) + message(version), "Client"),
    "undeclared prefix": (
        lambda version: message(version).replace(b"<h:name>Bob</h:name>", b"<y:name>Bob</y:name>"),
        "Client",
    ),
    "attribute twice": (
        lambda version: message(version).replace(b"<h:name>", b"<h:name a='1' a='2'>"),
        "Client",
    ),
    "not an Envelope": (lambda version: HELLO.encode(), "Client"),
    "empty DOCTYPE": (lambda version: doctype(version, ""), "Client"),
    "external entity": (
        lambda version: doctype(version, '[<!ENTITY x SYSTEM "file:///etc/hostname">]'),
        "Client",
    ),
    "entity as Username": (entity_username, "Client"),
    "entity bomb": (
        lambda version: doctype(
            version, '[<!ENTITY a "x"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]'
        ),
        "Client",
    ),
    "UTF-16 declared as UTF-8": (utf16("UTF-8"), "Client"),
    "UTF-16 under charset=utf-8": (utf16("UTF-16"), "Client"),
    "latin-1 declared, UTF-8 sent": (
        lambda version: b'<?xml version="1.0" encoding="ISO-8859-1"?>' + message(version),
        "Client",
    ),
    "two Bodies": (
        text(
            '<e:Envelope xmlns:e="{envelope}"><e:Header>{security}</e:Header>'
            "<e:Body>{hello}</e:Body><e:Body>{hello}</e:Body></e:Envelope>"
        ),
        "Client",
    ),
    "two Headers": (
        text(
            '<e:Envelope xmlns:e="{envelope}"><e:Header>{security}</e:Header><e:Header/>'
            "<e:Body>{hello}</e:Body></e:Envelope>"
        ),
        "Client",
    ),
    "Body before Header": (
        text(
            '<e:Envelope xmlns:e="{envelope}"><e:Body>{hello}</e:Body>'
            "<e:Header>{security}</e:Header></e:Envelope>"
        ),
        "Client",
    ),
    "element after Body": (
        lambda version: envelope(
            version, security(timestamp(), Token()), after_body="<x xmlns='urn:x'/>"
        ).encode(),
        "Client",
    ),
    "no Body": (
        text('<e:Envelope xmlns:e="{envelope}"><e:Header>{security}</e:Header></e:Envelope>'),
        "Client",
    ),
    "empty Body": (lambda version: message(version, body=""), "Client"),
    "Fault in the Body": (
        text(
            '<e:Envelope xmlns:e="{envelope}"><e:Header>{security}</e:Header>'
            "<e:Body><e:Fault/></e:Body></e:Envelope>"
        ),
        "Client",
    ),
    "reference to no id": (
        lambda version: message(
            version, body=HELLO.replace("<h:name>", '<h:name href="#x" x="1">') + '<y id="z"/>'
        ),
        "Client",
    ),
    "reference in a circle": (
        lambda version: message(
            version,
            body=HELLO.replace("Bob", '<b href="#c"/>') + '<d id="c"><e href="#c"/></d>',
        ),
        "Client",
    ),
    # Too much.
    "deep nesting": (deep, "Client"),
    "attribute flood": (
        lambda version: message(version, body=HELLO.replace("<h:name>", f"<h:name {MANY}>")),
        "Client",
    ),
    "large header": (
        lambda version: envelope(
            version, security(timestamp(), Token()), f"<x xmlns='urn:x'>{'x' * 1100000}</x>"
        ).encode(),
        "Client",
    ),
}


def text_of_nonce_hashed():
    nonce, created = fresh_nonce(), instant()
    token = Token(nonce=nonce, created=created)
    value = digest("secret", base64.b64encode(nonce), created)
    token.password = f'<wsse:Password Type="{PROFILE}#PasswordDigest">{value}</wsse:Password>'
    return token


def test_the_messages_that_the_others_are_made_of_are_accepted(server, version):
    answer = server.post(version, message(version))
    assert (answer.status, answer.fault) == (200, None)
    assert server.calls == [("hello", "Bob", "alice")]


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_message_is_refused_and_nothing_runs(server, version, name):
    build, category = CASES[name]
    answer = server.post(version, build(version))
    assert (answer.status, answer.fault) == (500, category)
    assert server.calls == []


def test_an_unknown_user_and_a_wrong_password_get_the_same_octets(server, version):
    unknown = server.post(version, message(version, Token("mallory")))
    wrong = server.post(version, message(version, Token(password="guess")))
    assert unknown.content == wrong.content
    assert unknown.fault == "FailedAuthentication"


def test_a_fault_tells_no_more_than_the_standard_does(server, version, caplog):
    with caplog.at_level(logging.WARNING, logger="wsse.spyne"):
        answer = server.post(version, message(version, Token(created=instant(-361))))
    assert answer.fault_text == "The message has expired"
    (record,) = [record for record in caplog.records if record.name == "wsse.spyne"]
    assert "361 s ago" in record.getMessage()
    assert "secret" not in caplog.text


def test_the_log_line_cannot_be_forged(server, version, caplog):
    token = Token()
    token.created = "<wsu:Created>2026&#10;message accepted</wsu:Created>"
    server.post(version, message(version, token))
    assert all(
        "\n" not in record.getMessage() for record in caplog.records if record.name == "wsse.spyne"
    )
    assert server.calls == []


def test_a_message_that_comes_twice_is_refused(server, version):
    captured = message(version)
    assert server.post(version, captured).fault is None
    answer = server.post(version, captured)
    assert (answer.status, answer.fault) == (500, "InvalidSecurity")
    assert len(server.calls) == 1


def test_a_replay_in_another_spelling_is_refused(server, version):
    nonce, created = fresh_nonce(), instant()
    value = base64.b64encode(nonce).decode()
    first = message(version, Token(nonce=nonce, created=created))
    respelt = first.replace(value.encode(), f"\n {value[:5]}\t{value[5:]} ".encode())
    assert respelt != first
    assert server.post(version, first).fault is None
    assert server.post(version, respelt).fault == "InvalidSecurity"
    assert len(server.calls) == 1


def test_a_replay_with_another_body_is_refused(server, version):
    token = Token()
    assert server.post(version, message(version, token)).fault is None
    other = message(version, token, body=HELLO.replace("Bob", "Eve"))
    assert server.post(version, other).fault == "InvalidSecurity"
    assert server.calls == [("hello", "Bob", "alice")]


def test_a_replay_over_the_other_soap_version_is_refused(server):
    token = Token()
    assert server.post("1.1", message("1.1", token)).fault is None
    assert server.post("1.2", message("1.2", token)).fault == "InvalidSecurity"
    assert len(server.calls) == 1


def test_a_refused_message_leaves_nothing_in_the_replay_memory(serve, version):
    store = wsse.MemoryReplayStore()
    inbound = wsse.Inbound("preset:username-token", passwords=ALICE, replay=store, now=lambda: NOW)
    server = serve(inbound)
    assert (
        server.post(version, message(version, Token(password="guess"))).fault
        == "FailedAuthentication"
    )
    assert len(store) == 0


@pytest.mark.parametrize("count", [8])
def test_of_equal_messages_at_once_exactly_one_passes(server, version, count):
    captured = message(version)
    answers = []
    together = threading.Barrier(count)

    def send():
        together.wait()
        answers.append(server.post(version, captured))

    threads = [threading.Thread(target=send) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    faults = sorted(str(answer.fault) for answer in answers)
    assert faults == ["InvalidSecurity"] * (count - 1) + ["None"]
    assert len(server.calls) == 1


def test_the_size_limit_of_the_policy_holds(serve, version):
    policy = (
        'version = 1\nrequire = { username-token = "digest", timestamp = true }\n'
        'limits = { message = "4 KiB" }'
    )
    server = serve(wsse.Inbound(policy, passwords=ALICE, now=lambda: NOW))
    assert server.post(version, message(version)).fault is None
    large = message(version, body=HELLO.replace("Bob", "B" * 5000))
    assert server.post(version, large).fault == "Client"
    assert len(server.calls) == 1


def test_a_message_above_the_limit_of_the_transport_is_refused(server, version):
    # Not over a socket: the transport refuses without reading what was sent.
    statuses = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATHS[version],
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "CONTENT_TYPE": CONTENT_TYPES[version],
        "CONTENT_LENGTH": str(3 * 1024 * 1024),
        "wsgi.input": io.BytesIO(message(version)),
    }
    chunks = server.wsgi(environ, lambda status, headers: statuses.append(status))
    answer = Answer(int(statuses[0][:3]), b"".join(chunks))
    assert answer.status == 500
    assert answer.fault is not None
    assert server.calls == []


@pytest.mark.parametrize(
    "content_type",
    [
        'multipart/related; boundary="b"; type="text/xml"; start="<root>"',
        "Multipart/Related; boundary=b",
        "multipart/mixed; boundary=b",
        "text/xml, multipart/related; boundary=b",
    ],
)
def test_a_message_with_attachments_is_refused(server, version, content_type):
    body = (
        b"--b\r\nContent-Type: text/xml\r\nContent-ID: <root>\r\n\r\n"
        + message(version)
        + b"\r\n--b--\r\n"
    )
    answer = server.post(version, body, content_type=content_type)
    assert (answer.status, answer.fault) == (415, "Client")
    assert server.calls == []


def test_a_message_of_the_other_soap_version_is_refused(server, version):
    other = {"1.1": "1.2", "1.2": "1.1"}[version]
    answer = server.post(version, message(other))
    assert answer.status == 500
    assert "Envelope" in answer.fault_text
    assert server.calls == []


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_only_post_is_served(server, version, method):
    answer = server.post(version, message(version), method=method)
    assert answer.status == 405
    assert server.calls == []


def test_a_charset_that_lies_is_refused(server, version):
    content_type = f"{'text/xml' if version == '1.1' else 'application/soap+xml'}; charset=utf-16"
    answer = server.post(version, message(version), content_type=content_type)
    assert (answer.status, answer.fault) == (500, "Client")
    assert server.calls == []


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1"])
def test_what_is_read_is_what_was_validated_whatever_the_charset(server, version, charset):
    markup = (
        f'<?xml version="1.0" encoding="{charset}"?>'
        + message(version, body=HELLO.replace("Bob", "Zoë")).decode()
    )
    kind = "text/xml" if version == "1.1" else "application/soap+xml"
    answer = server.post(version, markup.encode(charset), content_type=f"{kind}; charset={charset}")
    assert answer.fault is None
    assert server.calls == [("hello", "Zoë", "alice")]
