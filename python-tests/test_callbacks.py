"""Callables that the core calls back: what they raise and return refuses the message."""

from __future__ import annotations

import datetime
import gc
import os
import subprocess
import sys
import weakref

import pytest

import wsse
from test_messages import NOON, envelope, inbound, outbound
from wsse.http import HeaderCheck, HeaderCreator

TEXT = "preset:username-text"


class Boom(Exception):
    """Its text is a secret, and must stay out of the error's."""


def boom(*_):
    raise Boom("hunter2")


class BoomStore:
    def insert_if_absent(self, key, expires, now):
        boom()


def validate_digest(**options):
    return lambda: inbound(**options).validate(outbound().protect(envelope()).bytes)


def validate_text(**options):
    return lambda: inbound(TEXT, **options).validate(outbound(TEXT).protect(envelope()).bytes)


RAISING = {
    "passwords": (validate_digest(passwords=boom), "passwords-unavailable"),
    "verifier": (validate_text(passwords=None, verifier=boom), "passwords-unavailable"),
    "replay": (validate_digest(replay=BoomStore()), "replay-store-unavailable"),
    "now": (validate_digest(now=boom), "clock-unavailable"),
    "now-outbound": (lambda: outbound(now=boom).protect(envelope()), "clock-unavailable"),
    "random": (lambda: outbound(random=boom).protect(envelope()), "random-unavailable"),
    "header-passwords": (
        lambda: HeaderCheck(boom).check(HeaderCreator("alice", "secret").create()),
        "passwords-unavailable",
    ),
    "header-replay": (
        lambda: HeaderCheck({"a": "b"}, replay=BoomStore()).check(HeaderCreator("a", "b").create()),
        "replay-store-unavailable",
    ),
    "header-now": (HeaderCreator("alice", "secret", now=boom).create, "clock-unavailable"),
    "header-random": (HeaderCreator("alice", "secret", random=boom).create, "random-unavailable"),
}


@pytest.mark.parametrize("name", RAISING)
def test_what_is_raised_is_the_cause(name):
    call, cause = RAISING[name]
    with pytest.raises(wsse.Unavailable, match="raised Boom") as raised:
        call()
    assert raised.value.cause == cause
    assert type(raised.value.__cause__) is Boom
    assert "hunter2" not in str(raised.value)
    # Nothing of it is left for the next error on this thread.
    with pytest.raises(wsse.Error) as next_one:
        inbound().validate(b"<a/>")
    assert next_one.value.__cause__ is None


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_what_is_no_exception_goes_through(interruption):
    def interrupted(*_):
        raise interruption

    with pytest.raises(interruption):
        validate_digest(passwords=interrupted)()
    with pytest.raises(interruption):
        HeaderCreator("a", "b", now=interrupted).create()


class Store:
    """Returns what it is told, and remembers what it was asked."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def insert_if_absent(self, key, expires, now):
        self.asked.append((key, expires, now))
        return self.answer


async def coroutine(*_):
    return "secret"


RETURNING = {
    "passwords-int": validate_digest(passwords=lambda username: 5),
    "passwords-of-int": validate_digest(passwords=lambda username: [5]),
    "passwords-dict": validate_digest(passwords=lambda username: {"secret": 1}),
    "verifier-none": validate_text(passwords=None, verifier=lambda *_: None),
    "verifier-one": validate_text(passwords=None, verifier=lambda *_: 1),
    "verifier-text": validate_text(passwords=None, verifier=lambda *_: "yes"),
    "replay-none": validate_digest(replay=Store(None)),
    "replay-one": validate_digest(replay=Store(1)),
    "now-number": validate_digest(now=lambda: 1714564800),
    "now-date": validate_digest(now=NOON.date),
    "now-none": validate_digest(now=lambda: None),
    "random-short": lambda: outbound(random=lambda length: b"x").protect(envelope()),
    "random-text": lambda: outbound(random=lambda length: "x" * length).protect(envelope()),
}


@pytest.mark.parametrize("name", RETURNING)
def test_what_is_returned_is_never_guessed(name):
    with pytest.raises(wsse.Unavailable) as raised:
        RETURNING[name]()
    assert isinstance(raised.value.__cause__, (TypeError, ValueError))


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize(
    "call",
    [
        validate_digest(passwords=coroutine),
        validate_text(passwords=None, verifier=coroutine),
    ],
    ids=["passwords", "verifier"],
)
def test_a_coroutine_is_no_verdict(call):
    with pytest.raises(wsse.Unavailable, match="raised TypeError"):
        call()


def test_a_store_of_ones_own_is_asked_in_octets_and_instants():
    store = Store(True)
    message = outbound().protect(envelope()).bytes
    inbound(replay=store).validate(message)
    inbound(replay=store).validate(message)
    (key, expires, now), again = store.asked
    assert type(key) is bytes and len(key) == 32
    assert again[0] == key
    assert now == NOON and now.tzinfo is datetime.timezone.utc
    assert expires == NOON + datetime.timedelta(seconds=360)
    store.answer = False
    with pytest.raises(wsse.InvalidSecurity) as raised:
        inbound(replay=store).validate(message)
    assert raised.value.cause == "replay"


def test_a_refused_message_never_reaches_the_store():
    store = Store(True)
    message = outbound().protect(envelope(), password="wrong").bytes
    with pytest.raises(wsse.FailedAuthentication):
        inbound(replay=store).validate(message)
    assert store.asked == []


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="it counts references")
def test_an_object_that_is_held_by_its_own_look_up_is_collected():
    class Service:
        def __init__(self):
            self.objects = [
                inbound(passwords=self.method, replay=self, now=self.method),
                inbound(TEXT, passwords=None, verifier=self.method),
                outbound(now=self.method, random=self.method),
                HeaderCheck(self.method, replay=self, now=self.method),
                HeaderCreator("a", "b", now=self.method, random=self.method),
            ]

        def method(self, *_):
            raise NotImplementedError

        insert_if_absent = method

    service = weakref.ref(Service())
    gc.collect()
    assert service() is None


def test_a_look_up_may_validate_another_message():
    inner = outbound().protect(envelope()).bytes
    other = inbound()

    def passwords(username):
        assert other.validate(inner).username == "alice"
        raise Boom

    with pytest.raises(wsse.Unavailable) as raised:
        inbound(passwords=passwords).validate(outbound().protect(envelope()).bytes)
    assert type(raised.value.__cause__) is Boom


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"passwords": 5}, "passwords must be a mapping"),
        ({"passwords": {"alice": 5}}, "the passwords of a user must be"),
        ({"passwords": {5: "secret"}}, "a username in passwords must be str, not int"),
        ({"passwords": {"alice": [5]}}, "a password must be str or bytes, not int"),
        ({"passwords": None, "verifier": "x"}, "verifier must be a callable"),
        ({"replay": object()}, "insert_if_absent"),
    ],
)
def test_wrong_types_are_told_when_the_object_is_made(options, said):
    with pytest.raises(TypeError, match=said):
        inbound(**options)


def test_passwords_and_a_verifier_contradict_each_other():
    with pytest.raises(wsse.Misuse, match="not both"):
        inbound(TEXT, verifier=lambda *_: True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.parametrize("given", ["replay=wsse.MemoryReplayStore()", ""], ids=["given", "default"])
def test_a_store_says_once_that_it_was_forked(given):
    program = f"""
import os, sys, warnings, wsse
envelope = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>'
outbound = wsse.Outbound("preset:username-token", username="a", password="b")
inbound = wsse.Inbound("preset:username-token", passwords={{"a": "b"}}, {given})
def validate():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        inbound.validate(outbound.protect(envelope).bytes)
    return [warning.category for warning in caught]
assert validate() == []
child = os.fork()
if child == 0:
    try:
        good = validate() == [RuntimeWarning] and validate() == []
    finally:
        os._exit(0 if good else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert validate() == []
"""
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_where_warnings_are_errors_a_forked_store_refuses():
    program = """
import os, warnings, wsse
envelope = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>'
outbound = wsse.Outbound("preset:username-token", username="a", password="b")
store = wsse.MemoryReplayStore()
inbound = wsse.Inbound("preset:username-token", passwords={"a": "b"}, replay=store)
child = os.fork()
if child == 0:
    status = 1
    try:
        warnings.simplefilter("error")
        inbound.validate(outbound.protect(envelope).bytes)
    except wsse.Unavailable as error:
        status = 0 if isinstance(error.__cause__, RuntimeWarning) and store.forked else 2
    finally:
        os._exit(status)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_frozen_time_is_time():
    """freezegun puts a class of its own in the place of datetime: before or after the import."""
    program = """
import datetime, sys
real = datetime.datetime
from freezegun import freeze_time
if sys.argv[1] == "before":
    import wsse
with freeze_time("2024-05-01 12:00:00"):
    import wsse
    clocks = [datetime.datetime.now, lambda: real(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)]
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    envelope = f'<e:Envelope xmlns:e="{soap}"><e:Body/></e:Envelope>'.encode()
    for now in clocks:
        outbound = wsse.Outbound("preset:onvif", username="a", password="b", now=now)
        assert b">2024-05-01T12:00:00Z<" in outbound.protect(envelope).bytes
assert b">2024-05-01T12:00:00Z<" in outbound.protect(envelope).bytes
"""
    for order in ("before", "after"):
        subprocess.run([sys.executable, "-c", program, order], check=True)
