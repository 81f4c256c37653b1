"""Outbound and Inbound: bytes in, bytes out."""

from __future__ import annotations

import datetime
import threading
import zlib

import pytest

import wsse

SOAP = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
UTC = datetime.timezone.utc
NOON = datetime.datetime(2024, 5, 1, 12, tzinfo=UTC)


def envelope(version="1.1", body="<o:op xmlns:o='urn:o'>é</o:op>"):
    namespace = SOAP[version]
    return f'<e:Envelope xmlns:e="{namespace}"><e:Body>{body}</e:Body></e:Envelope>'.encode()


def outbound(policy="preset:username-token", **options):
    options.setdefault("now", lambda: NOON)
    return wsse.Outbound(policy, username="alice", password="secret", **options)


def inbound(policy="preset:username-token", **options):
    options.setdefault("now", lambda: NOON)
    options.setdefault("passwords", {"alice": "secret"})
    return wsse.Inbound(policy, **options)


@pytest.mark.parametrize("version", SOAP)
def test_there_and_back(version):
    protected = outbound().protect(envelope(version))
    assert type(protected.bytes) is bytes
    assert bytes(protected) == protected.bytes
    validated = inbound().validate(protected.bytes)
    assert validated.username == "alice"
    assert validated.authenticated is True
    assert validated.soap_version == version
    assert validated.body_child == ("urn:o", "op")
    assert validated.timestamp_created == NOON
    assert validated.timestamp_created.tzinfo is UTC
    assert validated.timestamp_expires == NOON + datetime.timedelta(seconds=300)
    assert b"Security" not in validated.unsigned_document
    assert "é".encode() in validated.unsigned_document
    assert validated.unsigned_document is validated.unsigned_document


def test_a_reply():
    request = outbound().protect(envelope())
    server = inbound()
    validated = server.validate(request.bytes)
    reply = outbound("preset:timestamp").protect_reply(envelope(), validated)
    answer = inbound("preset:timestamp", passwords=None).validate_reply(
        reply.bytes, request.exchange
    )
    assert answer.username is None
    assert answer.authenticated is False
    with pytest.raises(TypeError, match="Exchange"):
        server.validate_reply(reply.bytes, validated)
    with pytest.raises(TypeError, match="ValidatedMessage"):
        outbound().protect_reply(envelope(), request)


def test_everything_of_a_call_can_be_given():
    call = {
        "username": "bob",
        "password": b"other",
        "nonce": b"0123456789abcdef",
        "created": "2024-05-01T12:00:00Z",
        "username_token_id": "token",
        "timestamp_id": "time",
    }
    first = outbound().protect(envelope(), **call).bytes
    assert first == outbound().protect(envelope(), **call).bytes
    digest = wsse.password_digest("other", b"0123456789abcdef", "2024-05-01T12:00:00Z")
    for part in (b">bob<", b'Id="token"', b'Id="time"', digest.encode()):
        assert part in first
    assert inbound(passwords={"bob": "other"}).validate(first).username == "bob"


@pytest.mark.parametrize(
    ("created", "written"),
    [
        (NOON, "2024-05-01T12:00:00Z"),
        (NOON.replace(tzinfo=None), "2024-05-01T12:00:00Z"),
        (NOON.astimezone(datetime.timezone(datetime.timedelta(hours=2))), "2024-05-01T12:00:00Z"),
        (NOON.replace(microsecond=999999), "2024-05-01T12:00:00Z"),
        ("2024-05-01T14:00:00+02:00", "2024-05-01T14:00:00+02:00"),
    ],
)
def test_created_is_text_or_a_datetime(created, written):
    message = outbound("preset:onvif").protect(envelope(), created=created).bytes
    assert f">{written}<".encode() in message


def test_the_random_source_is_the_one_that_is_given():
    asked = []

    def source(length):
        asked.append(length)
        return bytes(length)

    first = outbound(random=source).protect(envelope()).bytes
    assert first == outbound(random=source).protect(envelope()).bytes
    assert asked and all(length > 0 for length in asked)
    assert first != outbound().protect(envelope()).bytes


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_octets_come_in_three_types(kind):
    message = outbound().protect(kind(envelope())).bytes
    assert inbound().validate(kind(message)).username == "alice"
    assert inbound().validate(memoryview(message)[:]).username == "alice"


@pytest.mark.parametrize(
    ("given", "named"),
    [("<a/>", "str: encode it"), (None, "NoneType"), (5, "int"), (["<a/>"], "list")],
)
def test_what_is_no_octets(given, named):
    with pytest.raises(TypeError, match="envelope must be bytes") as raised:
        outbound().protect(given)
    assert named in str(raised.value)
    with pytest.raises(TypeError, match="message must be bytes"):
        inbound().validate(given)


def test_wrong_types_of_a_call():
    protect = outbound().protect
    for keyword, given, said in [
        ("username", b"alice", "'bytes' object is not an instance of 'str'"),
        ("password", 5, "password must be str or bytes, not int"),
        ("nonce", "text", "nonce must be bytes, not str"),
        ("created", 5, "created must be a datetime.datetime, not int"),
        ("created", NOON.date(), "not date"),
    ]:
        with pytest.raises(TypeError) as raised:
            protect(envelope(), **{keyword: given})
        assert said in str(raised.value)
    with pytest.raises(TypeError):
        protect(envelope(), None)
    with pytest.raises(UnicodeEncodeError):
        protect(envelope(), password="\ud800")


def test_a_username_may_come_without_its_password_and_a_password_later():
    without = wsse.Outbound("preset:username-token", username="alice", now=lambda: NOON)
    with pytest.raises(wsse.Misuse, match="give the password") as raised:
        without.protect(envelope())
    assert raised.value.cause == "missing-credential"
    message = without.protect(envelope(), password="secret").bytes
    assert inbound().validate(message).username == "alice"
    with pytest.raises(wsse.Misuse, match="without its username"):
        wsse.Outbound("preset:username-token", password="secret")


def test_a_token_without_a_password():
    policy = 'version = 1\nusername-token = { password = "none" }'
    message = wsse.Outbound(policy, username="alice", now=lambda: NOON).protect(envelope()).bytes
    lenient = """
version = 1
require = { username-token = "any" }
username = { password = "optional" }
"""
    validated = inbound(lenient).validate(message)
    assert validated.username == "alice"
    assert validated.authenticated is False


def test_the_charset_of_the_transport():
    message = outbound().protect(envelope()).bytes
    assert inbound().validate(message, charset="UTF-8").username == "alice"
    with pytest.raises(wsse.Malformed) as raised:
        inbound().validate(message.decode().encode("utf-16"), charset="utf-8")
    assert raised.value.cause == "encoding"


def test_a_replay_is_refused_by_the_store_that_is_shared():
    store = wsse.MemoryReplayStore()
    assert len(store) == 0
    assert store
    first, second = inbound(replay=store), inbound(replay=store)
    message = outbound().protect(envelope()).bytes
    first.validate(message)
    assert len(store) == 1
    with pytest.raises(wsse.InvalidSecurity) as raised:
        second.validate(message)
    assert raised.value.cause == "replay"
    inbound().validate(message)
    assert store.forked is False


def test_a_full_store_refuses():
    store = wsse.MemoryReplayStore(capacity=1)
    server = inbound(replay=store)
    causes = set()
    for _ in range(200):
        try:
            server.validate(outbound().protect(envelope()).bytes)
        except wsse.Unavailable as error:
            causes.add(error.cause)
            assert error.__cause__ is None
    assert causes == {"replay-store-unavailable"}


def test_exactly_one_of_many_threads_passes():
    server = inbound()
    for _ in range(20):
        message = outbound().protect(envelope()).bytes
        outcomes = []
        start = threading.Barrier(8)

        def attempt():
            start.wait()
            try:
                outcomes.append(server.validate(message).username)
            except wsse.InvalidSecurity as error:
                outcomes.append(error.cause)

        threads = [threading.Thread(target=attempt) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["alice"] + ["replay"] * 7


def test_one_object_serves_many_threads():
    client, server = outbound(), inbound()
    failures = []

    def work(number):
        try:
            for turn in range(50):
                body = f"<n>{number}-{turn}</n>"
                validated = server.validate(client.protect(envelope(body=body)).bytes)
                assert body.encode() in validated.unsigned_document
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_no_secret_is_shown():
    message = outbound("preset:username-text").protect(envelope()).bytes
    assert b"secret" in message
    server = inbound("preset:username-text", passwords={"alice": "other-secret"})
    with pytest.raises(wsse.FailedAuthentication) as raised:
        server.validate(message)
    shown = "".join(map(repr, [raised.value, vars(raised.value), server, outbound()]))
    assert "secret" not in shown


def test_an_unknown_user_looks_like_a_wrong_password():
    message = outbound().protect(envelope()).bytes
    texts = set()
    unset = [{"alice": None}, {"alice": ""}, {"alice": []}, {"alice": [b""]}]
    for passwords in [{"alice": "wrong"}, {"bob": "secret"}, {}, *unset]:
        with pytest.raises(wsse.FailedAuthentication) as raised:
            inbound(passwords=passwords).validate(message)
        texts.add(str(raised.value))
    assert len(texts) == 1


@pytest.mark.parametrize(
    "known",
    ["secret", b"secret", bytearray(b"secret"), ["old", "secret"], ("secret", b"new")],
)
def test_passwords_of_every_type(known):
    message = outbound().protect(envelope()).bytes
    assert inbound(passwords={"alice": known}).validate(message).username == "alice"
    assert inbound(passwords={"alice": known}.get).validate(message).username == "alice"


def test_a_mapping_is_read_once():
    passwords = {"alice": "secret"}
    server = inbound(passwords=passwords)
    passwords.clear()
    assert server.validate(outbound().protect(envelope()).bytes).username == "alice"


def test_a_verifier_judges_passwords_in_clear_text():
    stored = {"alice": zlib.crc32(b"secret")}
    seen = []

    def verifier(username, password):
        seen.append((username, password))
        return stored.get(username) == zlib.crc32(password)

    server = inbound("preset:username-text", passwords=None, verifier=verifier)
    message = outbound("preset:username-text").protect(envelope()).bytes
    assert server.validate(message).authenticated is True
    assert seen == [("alice", b"secret")]
    wrong = outbound("preset:username-text").protect(envelope(), password="guess").bytes
    with pytest.raises(wsse.FailedAuthentication):
        server.validate(wrong)


def test_the_bare_digest():
    nonce, created = b"d36e316282959a9ed4c89851497a717f", "2003-12-15T14:43:07Z"
    digest = wsse.password_digest
    assert digest("taadtaadpstcsm", nonce, created) == "quR/EWLAV4xLf9Zqyw4pDmfV9OY="
    assert digest(b"taadtaadpstcsm", nonce, created, "sha1") == "Nr+Qvy6OaENUAdn2X0QhEaeXElo="
    assert digest("TAADTAADPSTCSM", nonce, created, secret="lower") == digest(
        "taadtaadpstcsm", nonce, created
    )
    with pytest.raises(wsse.Misuse, match="plain, sha1, sha1-base64, md5-lower-base64, lower"):
        digest("p", b"n", "c", "md5")
    with pytest.raises(TypeError, match="nonce must be bytes, not str"):
        digest("p", "n", "c")


def test_an_envelope_that_is_only_read():
    message = outbound().protect(envelope("1.2")).bytes
    read = wsse._wsse.read_envelope(b"<?xml version='1.0'?>" + message)
    assert read.document == message
    assert read.body_child == ("urn:o", "op")
    assert read.soap_version == "1.2"
    with pytest.raises(wsse.Malformed) as raised:
        wsse._wsse.read_envelope(b"<!DOCTYPE a><a/>")
    assert raised.value.cause == "document-type"
