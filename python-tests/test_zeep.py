"""wsse.zeep.UsernameToken beside zeep.wsse.UsernameToken: the same octets, case by case."""

from __future__ import annotations

import copy
import datetime
import itertools
import os
import threading

import pytest
from freezegun import freeze_time
from lxml import etree
from zeep.wsse import UsernameToken as Theirs
from zeep.wsse.compose import Compose as TheirCompose
from zeep.wsse.utils import WSU

import wsse
from wsse.zeep import Chain, Compose, UsernameToken

SOAP = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU_NAMESPACE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
UTC = datetime.timezone.utc
NOW = "2024-05-01 12:00:00.987654"
CREATED = datetime.datetime(2016, 6, 4, 19, 15, 20, 123)

# Envelopes: what stands in the place of {header} and around it.
HEADERS = {
    "no header": "",
    "empty header": "<e:Header/>",
    "another header block": '<e:Header><w:To xmlns:w="urn:w">x</w:To></e:Header>',
    "empty Security": f'<e:Header><wsse:Security xmlns:wsse="{WSSE}"/></e:Header>',
    "Security of another prefix": f'<e:Header><s:Security xmlns:s="{WSSE}"/></e:Header>',
    "Security without prefix": f'<e:Header><Security xmlns="{WSSE}"/></e:Header>',
    "empty token": (
        f'<e:Header><ns0:Security xmlns:ns0="{WSSE}"><ns0:UsernameToken/></ns0:Security></e:Header>'
    ),
    "token with an Id": (
        f'<e:Header><ns0:Security xmlns:ns0="{WSSE}">'
        '<ns0:UsernameToken Id="tok-1"/></ns0:Security></e:Header>'
    ),
    "token with a wsu:Id": (
        f'<e:Header><o:Security xmlns:o="{WSSE}" xmlns:u="{WSU_NAMESPACE}" e:mustUnderstand="1">'
        '<o:UsernameToken u:Id="uuid-1"/></o:Security></e:Header>'
    ),
    "token and its neighbours": (
        f'<e:Header><wsse:Security xmlns:wsse="{WSSE}">'
        "<wsse:First/> <wsse:UsernameToken> </wsse:UsernameToken>\n<wsse:Last/>"
        "</wsse:Security></e:Header>"
    ),
    "two Security headers": (
        f'<e:Header><a:Security xmlns:a="{WSSE}" e:actor="urn:other"/>'
        f'<b:Security xmlns:b="{WSSE}"/></e:Header>'
    ),
    "wsu taken for something else": (
        f'<e:Header><wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="urn:x"/></e:Header>'
    ),
    "wsse taken for something else": '<e:Header xmlns:wsse="urn:x"/>',
}
ROOTS = {
    "plain": "",
    "namespaces on the root": f' xmlns:sec="{WSSE}" xmlns:util="{WSU_NAMESPACE}"',
    "wsu on the root": f' xmlns:wsu="{WSU_NAMESPACE}"',
}

TOKENS = {
    "username alone": {},
    "text": {"password": "geheim"},
    "empty password": {"password": ""},
    "markup in a password": {"password": "<&>\"'\r\n\t]]> é 🔑"},
    "digest": {"password": "geheim", "use_digest": True},
    "digest of bytes": {"password": b"geheim\xff", "use_digest": True},
    "digest of an empty password": {"password": "", "use_digest": True},
    "digest with nonce": {"password": "geheim", "use_digest": True, "nonce": "iets"},
    "digest with empty nonce": {"password": "geheim", "use_digest": True, "nonce": ""},
    "digest with created": {"password": "geheim", "use_digest": True, "created": CREATED},
    "digest with aware created": {
        "password": "geheim",
        "use_digest": True,
        "created": CREATED.replace(tzinfo=UTC),
    },
    "digest with both": {
        "password": "geheim",
        "use_digest": True,
        "nonce": "iets",
        "created": CREATED,
    },
    "digest, zulu": {"password": "geheim", "use_digest": True, "zulu_timestamp": True},
    "digest, hashed password": {"password": "geheim", "use_digest": True, "hash_password": True},
    "text, hashed password": {"password": "geheim", "hash_password": True, "zulu_timestamp": True},
    "prepared digest": {"password_digest": "hoi", "use_digest": True},
    "prepared digest beside a password": {
        "password": "geheim",
        "password_digest": "hoi",
        "use_digest": True,
        "hash_password": True,
        "nonce": "iets",
        "created": CREATED,
    },
    "prepared digest that is not used": {"password": "geheim", "password_digest": "hoi"},
    "empty prepared digest": {"password": "geheim", "password_digest": "", "use_digest": True},
    "digest without a password": {"use_digest": True},
    "year 1": {"password": "x", "use_digest": True, "created": datetime.datetime(1, 1, 1)},
    "non-ASCII": {"username": "Zoë", "password": "pässword", "use_digest": True, "nonce": "ñ"},
}


def timestamp_token():
    token = WSU.Timestamp()
    token.append(WSU.Created("2024-05-01T12:00:00Z"))
    token.append(WSU.Expires("2024-05-01T12:10:00Z"))
    return token


def envelope(version="1.1", header="no header", root="plain"):
    return etree.fromstring(
        f'<e:Envelope xmlns:e="{SOAP[version]}"{ROOTS[root]}>{HEADERS[header]}'
        '<e:Body><op xmlns="urn:o">x</op></e:Body></e:Envelope>'
    )


def octets(tree):
    return etree.tostring(tree, pretty_print=False, xml_declaration=True, encoding="utf-8")


@pytest.fixture
def still(monkeypatch):
    """A clock that stands, and randomness that starts anew for each of the two."""

    def start():
        numbers = itertools.count(1)
        monkeypatch.setattr(os, "urandom", lambda length: bytes([next(numbers)] * length))

    with freeze_time(NOW):
        yield start


def made_by(token_class, start, document, options, *, with_timestamp):
    start()
    options = {"username": "Michael", **options}
    if with_timestamp:
        options["timestamp_token"] = timestamp_token()
    headers = {"SOAPAction": '""'}
    result = token_class(**options).apply(document, headers)
    assert result[0] is document, "the request is changed in place"
    assert result[1] is headers
    return octets(document)


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("token", TOKENS)
def test_the_same_octets(still, token, header):
    options = TOKENS[token]
    for version, root, with_timestamp in itertools.product(SOAP, ROOTS, [False, True]):
        place = {"version": version, "header": header, "root": root}
        more = {"with_timestamp": with_timestamp}
        theirs = made_by(Theirs, still, envelope(**place), options, **more)
        ours = made_by(UsernameToken, still, envelope(**place), options, **more)
        assert ours == theirs, (version, root, with_timestamp)


def test_the_positional_arguments_are_zeep_s(still):
    arguments = ("u", "p", None, True, "nonce", CREATED, None, True, True)
    documents = [envelope(), envelope()]
    for token_class, document in zip((Theirs, UsernameToken), documents):
        token_class(*arguments).apply(document, {})
    assert octets(documents[0]) == octets(documents[1])
    names = (
        "username password password_digest use_digest nonce created timestamp_token "
        "zulu_timestamp hash_password"
    ).split()
    ours, theirs = UsernameToken(*arguments), Theirs(*arguments)
    assert [getattr(ours, name) for name in names] == [getattr(theirs, name) for name in names]
    with pytest.raises(TypeError):
        UsernameToken(*arguments, None)


def test_one_object_for_many_requests(still):
    still()
    theirs, ours = Theirs("u", "p", use_digest=True), UsernameToken("u", "p", use_digest=True)
    for token in (theirs, ours):
        still()
        token.made = []
        for _ in range(3):
            document = envelope()
            token.apply(document, {})
            token.made.append(octets(document))
    assert ours.made == theirs.made
    assert len(set(ours.made)) == 3


def test_attributes_are_read_when_a_request_is_made(still):
    """As onvif-zeep needs it: it sets `created` around each request."""

    class WithDifference:
        def __init__(self, user, password, difference=None, **options):
            super().__init__(user, password, **options)
            self.difference = difference

        def apply(self, document, headers):
            before = self.created
            if self.created is None:
                self.created = datetime.datetime.now(UTC).replace(tzinfo=None)
            if self.difference is not None:
                self.created += self.difference
            result = super().apply(document, headers)
            self.created = before
            return result

    hour = datetime.timedelta(hours=1)
    made = []
    for base in (Theirs, UsernameToken):
        still()
        token = type("Token", (WithDifference, base), {})("u", "p", hour, use_digest=True)
        document = envelope()
        token.apply(document, {})
        token.username = "changed"
        token.apply(changed := envelope(), {})
        made.append((octets(document), octets(changed)))
        assert token.created is None
    assert made[0] == made[1]
    assert b"2024-05-01T13:00:00+00:00" in made[0][0]
    assert b">changed<" in made[0][1]


def test_compose_is_zeep_s(still):
    made = []
    for compose, token_class in ((TheirCompose, Theirs), (Compose, UsernameToken)):
        still()
        document = envelope()
        parts = [
            token_class("u", "p", use_digest=True, timestamp_token=timestamp_token()),
            Marker("m"),
        ]
        composed = compose(parts)
        assert composed.wsse_objects is parts
        composed.apply(document, {})
        composed.verify(document)
        assert parts[1].verified == [document]
        made.append(octets(document))
    assert made[0] == made[1]


class Marker:
    """A wsse object that replaces the headers and leaves a mark in them."""

    def __init__(self, name, fails=False):
        self.name = name
        self.fails = fails
        self.verified = []

    def apply(self, document, headers):
        return document, {**headers, "marks": headers.get("marks", "") + self.name}

    def verify(self, document):
        self.verified.append(document)
        if self.fails:
            raise ValueError(self.name)


@pytest.mark.parametrize("several", [Compose, Chain])
def test_several_in_their_order(several):
    parts = [Marker("a"), Marker("b"), Marker("c", fails=True), Marker("d")]
    document = envelope()
    returned, headers = several(parts).apply(document, {})
    assert returned is document
    assert headers == {"marks": "abcd"}
    with pytest.raises(ValueError, match="c"):
        several(parts).verify(document)
    assert [part.verified for part in parts] == [[document]] * 3 + [[]]


def test_a_chain_is_a_list():
    token = UsernameToken("u")
    chain = Chain([token])
    assert isinstance(chain, list)
    assert chain == [token]
    chain.append(Marker("m"))
    _, headers = Compose([chain]).apply(envelope(), {})
    assert headers == {"marks": "m"}


def test_a_token_is_true():
    """`if client.wsse` is a truth test."""
    assert UsernameToken("")
    assert Compose([])
    assert not hasattr(UsernameToken, "__len__")


def test_every_reply_is_accepted():
    token = UsernameToken("u", "p")
    assert token.verify(envelope()) is None
    assert token.verify(etree.fromstring("<anything/>")) is None


class TestOurKeywords:
    def applied(self, document=None, **options):
        document = envelope() if document is None else document
        UsernameToken("u", "p", **options).apply(document, {})
        return document

    def text(self, document, name):
        return document.findtext(f".//{{{WSU_NAMESPACE}}}{name}")

    def test_clock_offset(self):
        for offset in (90, datetime.timedelta(seconds=90)):
            with freeze_time(NOW):
                document = self.applied(use_digest=True, clock_offset=offset)
            assert self.text(document, "Created") == "2024-05-01T12:01:30+00:00"
        given = self.applied(use_digest=True, clock_offset=90, created=CREATED)
        assert self.text(given, "Created") == "2016-06-04T19:15:20+00:00"

    @pytest.mark.parametrize("zone", [None, UTC, datetime.timezone(datetime.timedelta(hours=-3))])
    def test_now(self, zone):
        now = datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=zone)
        document = self.applied(use_digest=True, now=lambda: now, clock_offset=1)
        hours = 6 if zone not in (None, UTC) else 3
        assert self.text(document, "Created") == f"2030-01-02T0{hours}:04:06+00:00"

    def test_the_clock_is_read_once_and_only_where_it_is_needed(self):
        calls = []

        def now():
            calls.append(None)
            return CREATED

        self.applied(now=now)
        self.applied(now=now, use_digest=True, created=CREATED)
        assert calls == []
        self.applied(now=now, use_digest=True, timestamp=True)
        assert len(calls) == 1

    @pytest.mark.parametrize(
        ("options", "expires"),
        [
            ({"timestamp": True}, "2024-05-01T12:05:00.987Z"),
            ({"timestamp_token": True}, "2024-05-01T12:05:00.987Z"),
            ({"timestamp": 60}, "2024-05-01T12:01:00.987Z"),
            ({"timestamp": datetime.timedelta(minutes=2)}, "2024-05-01T12:02:00.987Z"),
            ({"timestamp_token": True, "timestamp": 60}, "2024-05-01T12:01:00.987Z"),
        ],
    )
    def test_a_fresh_timestamp(self, options, expires):
        with freeze_time(NOW) as frozen:
            token = UsernameToken("u", "p", **options)
            document = envelope()
            token.apply(document, {})
            frozen.tick(3600)
            later = envelope()
            token.apply(later, {})
        timestamp = document.find(f".//{{{WSU_NAMESPACE}}}Timestamp")
        assert timestamp.getprevious().tag == f"{{{WSSE}}}UsernameToken"
        assert [child.text for child in timestamp] == ["2024-05-01T12:00:00.987Z", expires]
        assert self.text(later, "Created") == "2024-05-01T13:00:00.987Z"

    @pytest.mark.parametrize("absent", [None, False])
    def test_no_timestamp(self, absent):
        for keyword in ("timestamp", "timestamp_token"):
            document = self.applied(**{keyword: absent})
            assert document.find(f".//{{{WSU_NAMESPACE}}}Timestamp") is None

    @pytest.mark.parametrize("version", SOAP)
    def test_must_understand(self, version):
        document = self.applied(envelope(version), must_understand=True)
        security = document.find(f".//{{{WSSE}}}Security")
        assert security.attrib == {f"{{{SOAP[version]}}}mustUnderstand": "1"}

    def test_nonce_with_text(self):
        with freeze_time(NOW):
            document = self.applied(nonce_with_text=True, nonce=b"\0\xff")
        token = document.find(f".//{{{WSSE}}}UsernameToken")
        names = [etree.QName(child).localname for child in token]
        assert names == ["Username", "Password", "Nonce", "Created"]
        assert token[1].get("Type").endswith("#PasswordText")
        assert [child.text for child in token] == ["u", "p", "AP8=", "2024-05-01T12:00:00+00:00"]

    @pytest.mark.parametrize("nonce", [b"iets", bytearray(b"iets"), memoryview(b"iets")])
    def test_a_nonce_of_octets(self, nonce):
        given = {"use_digest": True, "created": CREATED}
        as_text = self.applied(nonce="iets", **given)
        assert octets(self.applied(nonce=nonce, **given)) == octets(as_text)

    def test_created_as_text(self):
        document = self.applied(use_digest=True, nonce="iets", created="whenever")
        assert self.text(document, "Created") == "whenever"
        digest = wsse.password_digest("p", b"iets", "whenever")
        assert document.findtext(f".//{{{WSSE}}}Password") == digest


class TestWhatDiffersOnPurpose:
    def test_another_time_zone_is_converted(self):
        zone = datetime.timezone(datetime.timedelta(hours=2))
        created = datetime.datetime(2024, 5, 1, 14, tzinfo=zone)
        made = {}
        for token_class in (Theirs, UsernameToken):
            document = envelope()
            token_class("u", "p", use_digest=True, created=created).apply(document, {})
            made[token_class] = document.findtext(f".//{{{WSU_NAMESPACE}}}Created")
        assert made[UsernameToken] == "2024-05-01T12:00:00+00:00"
        assert made[Theirs] == "2024-05-01T14:00:00+00:00"

    def test_a_request_that_comes_twice_has_one_of_each(self):
        token = UsernameToken("u", "p", use_digest=True, timestamp=True)
        document = envelope()
        token.apply(document, {})
        once = [element.tag for element in document.iter()]
        token.apply(document, {})
        assert [element.tag for element in document.iter()] == once
        message = octets(document)
        inbound = wsse.Inbound("preset:username-token", passwords={"u": "p"})
        assert inbound.validate(message).username == "u"

    def test_a_timestamp_token_is_copied(self):
        element = timestamp_token()
        before = etree.tostring(element)
        token = UsernameToken("u", "p", timestamp_token=element)
        first, second = envelope(), envelope()
        token.apply(first, {})
        kept = octets(first)
        token.apply(second, {})
        assert octets(first) == kept == octets(second)
        assert etree.tostring(element) == before
        assert element.getparent() is None


MISUSES = {
    "no username": ({"username": None}, "username must be a str, not NoneType"),
    "username of bytes": ({"username": b"u"}, "username must be a str, not bytes"),
    "NUL": ({"username": "a\0b"}, "username: the character U\\+0000 is not allowed in XML"),
    "text of bytes": ({"password": b"p"}, "password must be a str, not bytes"),
    "escape character": ({"password": "\x1b"}, "password: the character U\\+001B"),
    "digest of a number": ({"password": 5, "use_digest": True}, "to make a digest"),
    "unused digest": ({"password_digest": "x"}, "use_digest=True only"),
    "digest of bytes": (
        {"password_digest": b"x", "use_digest": True},
        "password_digest must be a str",
    ),
    "digest of nothing": ({"password_digest": "", "use_digest": True}, "to make a digest"),
    "nonce": ({"password": "p", "use_digest": True, "nonce": 5}, "nonce must be a str or bytes"),
    "created": ({"password": "p", "use_digest": True, "created": 5}, "created must be a datetime"),
    "date": ({"password": "p", "use_digest": True, "created": CREATED.date()}, "not date"),
    "timestamp 0": ({"timestamp": 0}, "whole seconds above 0"),
    "timestamp below 0": ({"timestamp": datetime.timedelta(-1)}, "whole seconds above 0"),
    "timestamp of text": ({"timestamp": "60"}, "timestamp must be True"),
    "two timestamps": ({"timestamp_token": timestamp_token(), "timestamp": 60}, "not both"),
    "timestamp_token of text": ({"timestamp_token": "<a/>"}, "an lxml element or True, not str"),
}


@pytest.mark.parametrize("name", MISUSES)
def test_what_can_not_be_sent_leaves_the_request_as_it_was(name):
    options, said = MISUSES[name]
    document = envelope()
    before = octets(document)
    with pytest.raises(wsse.Misuse, match=said) as raised:
        UsernameToken(**{"username": "u", **options}).apply(document, {})
    assert raised.value.cause == "invalid-argument"
    assert octets(document) == before


def test_a_clock_or_randomness_that_fails(monkeypatch):
    def broken(*_):
        raise NotImplementedError

    with pytest.raises(wsse.Unavailable) as raised:
        UsernameToken("u", "p", use_digest=True, now=broken).apply(envelope(), {})
    assert raised.value.cause == "clock-unavailable"
    assert isinstance(raised.value.__cause__, NotImplementedError)
    monkeypatch.setattr(os, "urandom", broken)
    with pytest.raises(wsse.Unavailable) as raised:
        UsernameToken("u", "p", use_digest=True).apply(envelope(), {})
    assert raised.value.cause == "random-unavailable"


def test_one_object_for_many_threads():
    token = UsernameToken("u", "p", use_digest=True, timestamp_token=timestamp_token())
    made, failures = [], []

    def work():
        try:
            for _ in range(50):
                document = envelope()
                token.apply(document, {})
                made.append(octets(document))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(set(made)) == 400
    assert all(message.count(b"<wsu:Timestamp") == 1 for message in made)


def test_a_token_can_be_copied():
    token = UsernameToken("u", "p", use_digest=True, created=CREATED, nonce="iets")
    documents = [envelope(), envelope()]
    token.apply(documents[0], {})
    copy.deepcopy(token).apply(documents[1], {})
    assert octets(documents[0]) == octets(documents[1])


def test_what_is_made_is_accepted_by_the_receiver():
    inbound = wsse.Inbound("preset:username-token", passwords={"Zoë": "pässword"})
    for version in SOAP:
        document = envelope(version)
        UsernameToken("Zoë", "pässword", use_digest=True, timestamp=True).apply(document, {})
        validated = inbound.validate(octets(document))
        assert (validated.username, validated.authenticated) == ("Zoë", True)
