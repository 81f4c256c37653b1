"""wsse.http: the X-WSSE header and what accompanies it."""

from __future__ import annotations

import datetime
import re
import threading

import pytest

import wsse
from wsse.http import (
    PRESETS,
    Authorization,
    Challenge,
    CheckedHeader,
    Dialect,
    HeaderCheck,
    HeaderCreator,
    create_header,
)

UTC = datetime.timezone.utc
NONCE = "d36e316282959a9ed4c89851497a717f"
CREATED = "2003-12-15T14:43:07Z"
AT = datetime.datetime(2003, 12, 15, 14, 43, 7, tzinfo=UTC)
PASSWORD = "taadtaadpstcsm"

ATOM = "quR/EWLAV4xLf9Zqyw4pDmfV9OY="
HEX = "YWFlNDdmMTE2MmMwNTc4YzRiN2ZkNjZhY2IwZTI5MGU2N2Q1ZjRlNg=="
SHA256 = "k2OXAq5Xn4OwUt/kjMjkhPbhCbj600SFOt5vVgtpTeI="
SHA256_HEX = (
    "OTM2Mzk3MDJhZTU3OWY4M2IwNTJkZmU0OGNjOGU0ODRmNmUxMDliOGZhZDM0NDg1M2FkZTZmNTYwYjY5NGRlMg=="
)
BASE64_NONCE = "ZDM2ZTMxNjI4Mjk1OWE5ZWQ0Yzg5ODUxNDk3YTcxN2Y="
# What each dialect makes of the same nonce, Created and password: digest, and nonce as shown.
DIGESTS = {
    "atom": (ATOM, NONCE),
    "atom-base64": (ATOM, BASE64_NONCE),
    "symfony": (ATOM, BASE64_NONCE),
    "adobe-rest": (ATOM, BASE64_NONCE),
    "adobe-soap": (HEX, BASE64_NONCE),
    "emarsys": (HEX, NONCE),
    "sha256-hex": (SHA256_HEX, NONCE),
    "huawei": (SHA256, NONCE),
    "sha256-base64": (SHA256, BASE64_NONCE),
    "emt": (HEX, BASE64_NONCE),
    "penneo": (ATOM, BASE64_NONCE),
}
# How each writes the instant AT by itself.
WRITTEN = {
    "adobe-rest": "2003-12-15T14:43:07+00:00",
    "adobe-soap": "2003-12-15T14:43:07+00:00",
    "emarsys": "2003-12-15T14:43:07+00:00",
    "sha256-hex": "2003-12-15T14:43:07+0000",
    "emt": "1071499387",
    "penneo": "Mon, 15 Dec 2003 14:43:07 +0000",
}


def parameter(header, name):
    return re.search(rf'{name}="([^"]*)"', header).group(1)


def checker(*dialects, **options):
    options.setdefault("now", lambda: AT)
    return HeaderCheck({"bob": PASSWORD}, dialects=dialects or ["atom"], **options)


def test_every_preset_is_in_the_tables():
    assert set(PRESETS) == set(DIGESTS)
    assert all(PRESETS.values())
    with pytest.raises(TypeError):
        PRESETS["ours"] = ""


@pytest.mark.parametrize("name", PRESETS)
class TestPresets:
    def test_the_digest(self, name):
        header = create_header("bob", PASSWORD, dialect=name, nonce=NONCE, created=CREATED)
        digest, nonce = DIGESTS[name]
        assert header.startswith('UsernameToken Username="bob"')
        assert parameter(header, "PasswordDigest") == digest
        assert parameter(header, "Nonce") == nonce
        assert parameter(header, "Created") == CREATED
        assert ("," in header) and (", " in header) == (name != "huawei")

    def test_there_and_back(self, name):
        header = create_header("bob", PASSWORD, dialect=name, now=lambda: AT)
        assert parameter(header, "Created") == WRITTEN.get(name, CREATED)
        checked = checker(name).check(header)
        assert isinstance(checked, CheckedHeader)
        assert (checked.username, checked.dialect, checked.created) == ("bob", name, AT)
        assert checked.nonce == parameter(header, "Nonce")
        assert checked.unprotected_parameters == {}

    def test_by_name_or_as_an_object(self, name):
        dialect = Dialect.preset(name)
        call = {"nonce": NONCE, "created": CREATED}
        by_name = create_header("bob", PASSWORD, dialect=name, **call)
        assert create_header("bob", PASSWORD, dialect=dialect, **call) == by_name
        creator = HeaderCreator("bob", PASSWORD, dialect=dialect)
        assert creator.create(**call) == by_name
        assert (creator.username, creator.dialect) == ("bob", dialect)
        assert dialect.name == name

    def test_a_dialect_differs_from_its_base_by_its_name_only(self, name):
        preset = Dialect.preset(name)
        assert Dialect(name, base=name) == preset
        assert Dialect(name, base=preset) == preset
        assert Dialect("ours", base=name) != preset
        knobs = {
            knob: getattr(preset, knob)
            for knob in (
                "nonce_form nonce_generator hash digest_text created_form accepted_created "
                "secret prefix separator parameters ttl future_tolerance"
            ).split()
        }
        if preset.zone is not None:
            knobs |= {"zone": preset.zone, "milliseconds": preset.milliseconds}
        assert Dialect(name, **knobs) == preset


@pytest.mark.parametrize(
    ("knob", "value"),
    [
        ("nonce_form", "hex"),
        ("nonce_form", "text-read-as-base64"),
        ("nonce_generator", "octets:24"),
        ("nonce_generator", "hex-digits:40"),
        ("nonce_generator", "uuid"),
        ("nonce_generator", "uuid-without-dashes"),
        ("hash", "sha384"),
        ("hash", "sha512"),
        ("digest_text", "hex"),
        ("created_form", "epoch-seconds"),
        ("created_form", "rfc2822"),
        ("created_form", "gmt-text"),
        ("zone", "+0000"),
        ("milliseconds", True),
        ("accepted_created", ("rfc2822", "gmt-text")),
        ("secret", "md5-lower-base64"),
        ("prefix", "omitted"),
        ("separator", ","),
        ("parameters", {"Organization": "example"}),
        ("ttl", 1),
        ("future_tolerance", 0),
    ],
)
def test_each_knob_turns(knob, value):
    dialect = Dialect("ours", **{knob: value})
    assert getattr(dialect, knob) == value
    assert dialect != Dialect("ours")
    assert dialect == Dialect("ours", **{knob: value})


@pytest.mark.parametrize(
    ("knobs", "said"),
    [
        ({"nonce_form": "utf8"}, 'nonce_form is "utf8"; there are "text", "base64"'),
        ({"nonce_generator": "octets"}, "octets:N"),
        ({"nonce_generator": "octets:256"}, "octets:N"),
        ({"hash": "md5"}, '"sha1", "sha256"'),
        ({"digest_text": "base64"}, '"octets", "hex"'),
        ({"created_form": "iso"}, '"date-time"'),
        ({"zone": "+02:00"}, '"Z"'),
        ({"created_form": "epoch-seconds", "zone": "Z"}, "zone and milliseconds are for"),
        ({"base": "emt", "milliseconds": True}, "zone and milliseconds are for"),
        ({"accepted_created": ["iso"]}, "accepted_created"),
        ({"secret": "md5"}, "md5-lower-base64"),
        ({"prefix": "yes"}, '"required"'),
        ({"separator": ";"}, '", "'),
        ({"base": "atom-bas64"}, 'did you mean "atom-base64"'),
    ],
)
def test_another_word_is_told_what_there_is(knobs, said):
    with pytest.raises(wsse.Misuse, match=re.escape(said)) as raised:
        Dialect("ours", **knobs)
    assert raised.value.cause == "invalid-argument"


def test_nonces_are_fresh():
    creator = HeaderCreator("bob", PASSWORD)
    assert len({parameter(creator.create(), "Nonce") for _ in range(1000)}) == 1000


def test_the_random_source_is_the_one_that_is_given():
    creator = HeaderCreator("bob", PASSWORD, random=bytes)
    assert parameter(creator.create(), "Nonce") == "0" * 32


@pytest.mark.parametrize("created", [AT, AT.replace(tzinfo=None), CREATED])
@pytest.mark.parametrize("nonce", [NONCE, NONCE.encode(), bytearray(NONCE.encode())])
@pytest.mark.parametrize("password", [PASSWORD, PASSWORD.encode()])
def test_arguments_of_every_type(password, nonce, created):
    header = create_header("bob", password, nonce=nonce, created=created)
    assert parameter(header, "PasswordDigest") == ATOM
    assert checker().check(header).username == "bob"


def test_further_parameters():
    header = create_header("bob", PASSWORD, parameters={"Organization": 'a "b"'}, now=lambda: AT)
    assert header.endswith(r'Organization="a \"b\""')
    assert checker().check(header).unprotected_parameters == {"Organization": 'a "b"'}


@pytest.mark.parametrize(
    "call",
    [
        {"username": ""},
        {"username": "a\nb"},
        {"nonce": ""},
        {"nonce": b"\xff"},
        {"created": ""},
        {"created": "a\r\nX-Other: b"},
        {"parameters": {"a b": "c"}},
        {"parameters": {"Nonce": "again"}},
        {"parameters": {"a": "\0"}},
        {"dialect": "emarsis"},
    ],
)
def test_what_can_not_stand_in_a_header(call):
    with pytest.raises(wsse.Misuse) as raised:
        create_header(call.pop("username", "bob"), PASSWORD, **call)
    assert raised.value.cause == "invalid-argument"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"password": None}, "password must be str or bytes, not NoneType"),
        ({"nonce": 5}, "nonce must be"),
        ({"created": 5}, "created must be a datetime.datetime, not int"),
        ({"parameters": [("a", "b")]}, "parameters must be a mapping"),
        ({"parameters": {"a": 5}}, "the value of a parameter must be str, not int"),
        ({"dialect": 5}, "a dialect must be a wsse.http.Dialect"),
        ({"username": b"bob"}, "bytes"),
    ],
)
def test_wrong_types(call, said):
    with pytest.raises(TypeError, match=said):
        create_header(call.pop("username", "bob"), call.pop("password", PASSWORD), **call)


REFUSED = {
    "": ("Malformed", "header-syntax"),
    "Basic abc": ("Malformed", "header-syntax"),
    'UsernameToken Username="bob"': ("Malformed", "missing-parameter"),
    'UsernameToken Username="bob", Username="eve", PasswordDigest="a", Nonce="b", Created="c"': (
        "Malformed",
        "duplicate-parameter",
    ),
    "x" * 10_000: ("LimitExceeded", "message-size"),
    'UsernameToken Username="bob", PasswordDigest="a", Nonce="b", Created="today"': (
        "InvalidSecurityToken",
        "invalid-token-value",
    ),
}


@pytest.mark.parametrize("value", REFUSED)
def test_what_is_no_header(value):
    category, cause = REFUSED[value]
    with pytest.raises(getattr(wsse, category)) as raised:
        checker().check(value)
    assert (raised.value.category, raised.value.cause) == (category, cause)


def test_who_is_not_let_in():
    created = {"now": lambda: AT}
    for header in (
        create_header("bob", "wrong", **created),
        create_header("eve", PASSWORD, **created),
        create_header("bob", PASSWORD, dialect="emarsys", **created),
    ):
        with pytest.raises(wsse.FailedAuthentication) as raised:
            checker().check(header)
        assert raised.value.cause == "failed-authentication"


@pytest.mark.parametrize(
    ("seconds", "options", "cause"),
    [
        (300, {}, None),
        (301, {}, "expired"),
        (-60, {}, None),
        (-61, {}, "not-yet-valid"),
        (330, {"skew": 30}, None),
        (331, {"skew": 30}, "expired"),
        (-31, {"skew": 30}, "not-yet-valid"),
    ],
)
def test_age(seconds, options, cause):
    header = create_header("bob", PASSWORD, now=lambda: AT)
    check = checker(now=lambda: AT + datetime.timedelta(seconds=seconds), **options)
    if cause is None:
        assert check.check(header).created == AT
    else:
        with pytest.raises(wsse.MessageExpired) as raised:
            check.check(header)
        assert raised.value.cause == cause


def test_a_replay_in_any_spelling():
    check = checker("atom", "atom-base64")
    for dialect in ("atom", "atom-base64"):
        call = {"nonce": NONCE, "created": CREATED, "dialect": dialect}
        if dialect == "atom":
            check.check(create_header("bob", PASSWORD, **call))
        with pytest.raises(wsse.InvalidSecurity) as raised:
            check.check(create_header("bob", PASSWORD, **call))
        assert raised.value.cause == "replay"


def test_checks_may_share_a_store_with_messages():
    store = wsse.MemoryReplayStore()
    header = create_header("bob", PASSWORD, now=lambda: AT)
    checker(replay=store).check(header)
    with pytest.raises(wsse.InvalidSecurity):
        checker(replay=store).check(header)
    checker().check(header)
    assert len(store) == 1


@pytest.mark.parametrize(
    "dialects", ["atom", Dialect.preset("atom"), ["atom"], ("emt", "atom"), None]
)
def test_accepted_dialects_are_one_or_several(dialects):
    check = HeaderCheck({"bob": PASSWORD}, dialects=dialects, now=lambda: AT)
    assert check.check(create_header("bob", PASSWORD, now=lambda: AT)).dialect == "atom"


def test_what_a_check_needs():
    with pytest.raises(wsse.Misuse, match="name at least one"):
        HeaderCheck({"bob": PASSWORD}, dialects=[])
    with pytest.raises(TypeError, match="a dialect must be"):
        HeaderCheck({"bob": PASSWORD}, dialects=[5])
    with pytest.raises(TypeError):
        HeaderCheck()
    with pytest.raises(OverflowError):
        HeaderCheck({"bob": PASSWORD}, skew=-1)
    for value in (None, b"UsernameToken"):
        with pytest.raises(TypeError, match="value must be str, the text of the header"):
            checker().check(value)


def test_passwords_by_a_callable():
    check = HeaderCheck({"bob": ["old", PASSWORD]}.get, now=lambda: AT)
    assert check.check(create_header("bob", PASSWORD, now=lambda: AT)).username == "bob"
    with pytest.raises(wsse.FailedAuthentication):
        check.check(create_header("eve", PASSWORD, now=lambda: AT))


def test_exactly_one_of_many_threads_passes():
    check, creator = checker(now=None), HeaderCreator("bob", PASSWORD)
    for _ in range(20):
        header = creator.create()
        outcomes = []
        start = threading.Barrier(8)

        def attempt():
            start.wait()
            try:
                outcomes.append(check.check(header).username)
            except wsse.InvalidSecurity as error:
                outcomes.append(error.cause)

        threads = [threading.Thread(target=attempt) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["bob"] + ["replay"] * 7


def test_no_secret_is_shown():
    creator, check = HeaderCreator("bob", PASSWORD), checker()
    checked = check.check(create_header("bob", PASSWORD, now=lambda: AT))
    assert PASSWORD not in "".join(map(repr, [creator, check, checked]))


class TestChallenge:
    def test_there_and_back(self):
        challenge = Challenge("a \"quoted\" realm")
        assert challenge.write() == r'WSSE realm="a \"quoted\" realm", profile="UsernameToken"'
        assert Challenge.parse(challenge.write()) == challenge
        assert challenge.profile == "UsernameToken"

    def test_without_a_realm(self):
        assert Challenge().write() == 'WSSE realm="", profile="UsernameToken"'

    def test_among_others(self):
        value = 'Basic realm="WSSE realm=\\"no\\"", WSSE realm="yes", profile="UsernameToken", x=y'
        challenge = Challenge.parse(value)
        assert challenge.realm == "yes"
        assert challenge.parameters == {"x": "y"}

    def test_there_is_none(self):
        assert Challenge.parse('Basic realm="say WSSE please"') is None

    def test_what_is_no_challenge(self):
        with pytest.raises(wsse.Malformed) as raised:
            Challenge.parse('WSSE realm="a')
        assert raised.value.cause == "header-syntax"
        with pytest.raises(wsse.Misuse):
            Challenge("a\r\nb").write()


class TestAuthorization:
    def test_writes(self):
        assert Authorization().write() == 'WSSE profile="UsernameToken"'
        assert Authorization("r").write() == 'WSSE realm="r", profile="UsernameToken"'
        huawei = 'WSSE realm="SDP",profile="UsernameToken",type="Appkey"'
        assert Authorization.huawei().write() == huawei
        written = Authorization("SDP", parameters={"type": "Appkey"}).write()
        assert written == huawei.replace(",", ", ")

    def test_reads(self):
        parsed = Authorization.parse('wsse realm=SDP, profile="UsernameToken", type="Appkey"')
        assert (parsed.realm, parsed.profile) == ("SDP", "UsernameToken")
        assert parsed.parameters == {"type": "Appkey"}
        assert Authorization.parse("Bearer abc") is None
        with pytest.raises(wsse.Malformed):
            Authorization.parse("")
