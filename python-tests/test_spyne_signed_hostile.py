"""What an attacker makes of signed messages: refused with the exact cause, and nothing ran."""

from __future__ import annotations

import copy

import pytest
import wsse
from lxml import etree
from signed_messages import (
    DS,
    REQUIRE,
    SIGN,
    Forged,
    Noting,
    answering,
    receiving,
    requiring,
    signed,
    signing,
)
from soap_messages import HELLO, PING, WSU, Token, envelope, security, timestamp
from wsse.spyne import OPEN

ID = f"{{{WSU}}}Id"


@pytest.fixture
def inbound():
    return Noting(requiring())


@pytest.fixture
def server(serve, inbound):
    return serve(inbound, outbound=answering())


def body_in_header(forged):
    """The classic: the signed Body moves into a wrapper, the attacker's takes its place."""
    forged.replace_body()
    forged.header.append(forged.signed_body())


def body_in_header_with_its_id(forged):
    forged.replace_body(keeps_id=True)
    forged.header.append(forged.signed_body())


def body_in_security(forged):
    forged.replace_body()
    forged.security.append(forged.signed_body())


def body_in_object(forged):
    forged.replace_body()
    forged.signature.append(forged.signed_body(f"{{{DS}}}Object"))


def body_in_body(forged):
    forged.replace_body().append(forged.signed_body())


def body_in_operation(forged):
    forged.replace_body()[0].append(forged.signed_body())


def second_body(forged):
    forged.body.addprevious(forged.another_body())


def second_body_behind(forged):
    forged.body.addnext(forged.another_body())


def envelope_in_header(forged):
    whole = copy.deepcopy(forged.root)
    forged.replace_body()
    wrapper = etree.SubElement(forged.header, "{urn:attacker}Wrapper")
    wrapper.append(whole)


def duplicate_id(forged):
    copied = etree.SubElement(forged.header, "{urn:attacker}Copy")
    copied.set(ID, forged.body.get(ID))


def duplicate_id_of_another_kind(forged):
    copied = etree.SubElement(forged.header, "{urn:attacker}Copy")
    copied.set("{http://www.w3.org/XML/1998/namespace}id", forged.body.get(ID))


def timestamp_wrapped(forged):
    fresh = copy.deepcopy(forged.timestamp)
    del fresh.attrib[ID]
    forged.security.replace(forged.timestamp, fresh)
    wrapper = etree.SubElement(forged.header, "{urn:attacker}Wrapper")
    wrapper.append(forged.timestamp)


def signature_stripped(forged):
    forged.security.remove(forged.signature)


def security_stripped(forged):
    forged.header.remove(forged.security)


def header_stripped(forged):
    forged.root.remove(forged.header)


def timestamp_stripped(forged):
    forged.security.remove(forged.timestamp)


def token_stripped(forged):
    for element in forged.security:
        if element.tag.endswith("BinarySecurityToken"):
            forged.security.remove(element)


def reference_stripped(forged):
    forged.signature[0].remove(forged.signature[0].findall(f"{{{DS}}}Reference")[0])


def all_references_stripped(forged):
    for reference in forged.signature[0].findall(f"{{{DS}}}Reference"):
        forged.signature[0].remove(reference)


def reference_to_all(forged):
    forged.signature[0].find(f"{{{DS}}}Reference").set("URI", "")


def reference_to_a_file(forged):
    forged.signature[0].find(f"{{{DS}}}Reference").set("URI", "file:///etc/hostname")


def transform_that_selects_nothing(forged):
    transform = forged.signature[0].find(f".//{{{DS}}}Transform")
    transform.set("Algorithm", "http://www.w3.org/TR/1999/REC-xpath-19991116")


def text_changed(forged):
    forged.body[0][0].text = "Eve"


def operation_changed(forged):
    forged.body[0].tag = "{urn:hello}ping"


def argument_added(forged):
    forged.body[0].append(etree.fromstring('<h:name xmlns:h="urn:hello">Eve</h:name>'))


def operation_put_in_front(forged):
    forged.body.insert(0, etree.fromstring(PING))


def attribute_added(forged):
    forged.body[0][0].set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")


def expires_moved(forged):
    forged.timestamp[1].text = "2099-01-01T00:00:00.000Z"


def signature_value_changed(forged):
    value = forged.signature.find(f"{{{DS}}}SignatureValue")
    value.text = ("B" if value.text[0] == "A" else "A") + value.text[1:]


def second_signature_broken(forged):
    # Its verdict counts as well: none of several may be skipped.
    broken = copy.deepcopy(forged.signature)
    broken.find(f".//{{{DS}}}DigestValue").text = "A" * 43 + "="
    forged.security.append(broken)


def mac_with_the_public_key(forged):
    method = forged.signature[0].find(f"{{{DS}}}SignatureMethod")
    method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")


FORGERIES = {
    body_in_header: ("InvalidSecurity", "not-covered"),
    body_in_header_with_its_id: ("InvalidSecurity", "ambiguous-id"),
    body_in_security: ("UnsupportedSecurityToken", "unsupported-token"),
    body_in_object: ("InvalidSecurity", "not-covered"),
    body_in_operation: ("InvalidSecurity", "not-covered"),
    body_in_body: ("InvalidSecurity", "not-covered"),
    second_body: ("Malformed", "envelope-structure"),
    second_body_behind: ("Malformed", "envelope-structure"),
    envelope_in_header: ("InvalidSecurity", "ambiguous-id"),
    duplicate_id: ("InvalidSecurity", "ambiguous-id"),
    duplicate_id_of_another_kind: ("InvalidSecurity", "ambiguous-id"),
    timestamp_wrapped: ("InvalidSecurity", "not-covered"),
    signature_stripped: ("InvalidSecurity", "missing-signature"),
    security_stripped: ("InvalidSecurity", "missing-security-header"),
    header_stripped: ("InvalidSecurity", "missing-security-header"),
    timestamp_stripped: ("InvalidSecurity", "missing-part"),
    token_stripped: ("SecurityTokenUnavailable", "no-key"),
    reference_stripped: ("FailedCheck", "signature-mismatch"),
    all_references_stripped: ("InvalidSecurity", "signature-structure"),
    reference_to_all: ("FailedCheck", "signature-mismatch"),
    reference_to_a_file: ("InvalidSecurity", "unsupported-reference"),
    transform_that_selects_nothing: ("UnsupportedAlgorithm", "unsupported-transform"),
    text_changed: ("FailedCheck", "digest-mismatch"),
    operation_changed: ("FailedCheck", "digest-mismatch"),
    argument_added: ("FailedCheck", "digest-mismatch"),
    operation_put_in_front: ("FailedCheck", "digest-mismatch"),
    attribute_added: ("FailedCheck", "digest-mismatch"),
    expires_moved: ("FailedCheck", "digest-mismatch"),
    signature_value_changed: ("FailedCheck", "signature-mismatch"),
    second_signature_broken: ("FailedCheck", "signature-mismatch"),
    mac_with_the_public_key: ("FailedCheck", "key-type"),
}
MESSAGES = {
    "unsigned": (
        lambda version: envelope(version).encode(),
        "InvalidSecurity",
        "missing-security-header",
    ),
    "a Timestamp alone": (
        lambda version: envelope(version, security(timestamp())).encode(),
        "InvalidSecurity",
        "missing-signature",
    ),
    "only the Timestamp signed": (
        lambda version: signed(version, outbound=signing(SIGN.replace('"body", ', ""))),
        "InvalidSecurity",
        "not-covered",
    ),
    "only the Body signed": (
        lambda version: signed(version, outbound=signing(SIGN.replace(', "timestamp"', ""))),
        "InvalidSecurity",
        "not-covered",
    ),
    "another part signed": (
        lambda version: signed(
            version,
            HELLO,
            '<w:To xmlns:w="urn:w">to</w:To>',
            outbound=signing(SIGN.replace('"body", "timestamp"', '"{urn:w}To", "timestamp"')),
        ),
        "InvalidSecurity",
        "not-covered",
    ),
    "signed by a stranger": (
        lambda version: signed(version, outbound=signing(SIGN, "selfsigned")),
        "FailedAuthentication",
        "untrusted-certificate",
    ),
    "signed by one who has the name": (
        lambda version: signed(version, outbound=signing(SIGN, "impostor")),
        "FailedAuthentication",
        "untrusted-certificate",
    ),
    "signed with a key that stands in the message": (
        lambda version: signed(
            version,
            outbound=signing(
                SIGN.replace("{ parts", '{ reference = "key-value", parts'), "selfsigned"
            ),
        ),
        "FailedAuthentication",
        "unauthenticated-key",
    ),
    "signed with SHA-1": (
        lambda version: signed(
            version, outbound=signing(SIGN.replace("{ parts", '{ method = "rsa-sha1", parts'))
        ),
        "UnsupportedAlgorithm",
        "legacy-algorithm",
    ),
    "stale": (
        lambda version: signed(version, outbound=signing(late=362)),
        "MessageExpired",
        "expired",
    ),
    "from the future": (
        lambda version: signed(version, outbound=signing(late=-62)),
        "MessageExpired",
        "not-yet-valid",
    ),
    "a document type": (
        lambda version: b"<!DOCTYPE x>" + signed(version),
        "Malformed",
        "document-type",
    ),
    "a UsernameToken in its place": (
        lambda version: envelope(version, security(timestamp(), Token())).encode(),
        "SecurityTokenUnavailable",
        "no-key",
    ),
}


def refused(server, inbound, version, message, category, cause):
    answer = server.post(version, message)
    assert inbound.refusals == [(category, cause)]
    expected = "Client" if category == "Malformed" else category
    assert (answer.status, answer.fault) == (500, expected)
    assert server.calls == []


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_message_is_refused(server, inbound, version, forge):
    forged = Forged(version)
    forge(forged)
    refused(server, inbound, version, forged.octets(), *FORGERIES[forge])


def test_what_was_forged_was_valid_before(server, inbound, version):
    assert server.post(version, Forged(version).octets()).fault is None
    assert inbound.refusals == []
    assert server.calls == [("hello", "Bob", None)]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_refused(server, inbound, version, name):
    make, category, cause = MESSAGES[name]
    refused(server, inbound, version, make(version), category, cause)


def test_a_refused_message_leaves_no_trace(server, inbound, version):
    forged = Forged(version)
    original = forged.octets()
    text_changed(forged)
    assert server.post(version, forged.octets()).fault == "FailedCheck"
    assert server.post(version, original).fault is None


def test_a_replay_is_refused(server, inbound, version):
    captured = signed(version)
    assert server.post(version, captured).fault is None
    assert server.post(version, captured).fault == "InvalidSecurity"
    assert inbound.refusals == [("InvalidSecurity", "replay")]
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    "respell",
    [
        lambda message: message.replace(b"</ds:SignatureValue>", b" \n</ds:SignatureValue>"),
        lambda message: message.replace(b"<env:Body", b"<env:Body  "),
        lambda message: message.replace(b">Bob<", b">B<!-- -->ob<"),
        lambda message: message.replace(b"<env:Header>", b'<env:Header><x xmlns="urn:x"/>'),
    ],
    ids=["white space in the value", "white space in a tag", "a comment", "a header block"],
)
def test_a_replay_in_another_spelling_is_refused(server, inbound, version, respell):
    captured = signed(version)
    assert respell(captured) != captured
    assert server.post(version, captured).fault is None
    assert server.post(version, respell(captured)).fault == "InvalidSecurity"
    assert inbound.refusals == [("InvalidSecurity", "replay")]
    assert len(server.calls) == 1


def test_a_signed_message_is_good_for_one_soap_version_only(server, inbound):
    other = signed("1.1").replace(
        b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope"
    )
    refused(server, inbound, "1.2", other, "FailedCheck", "signature-mismatch")


def test_every_octet_of_the_signed_body_counts(serve, version):
    # Everything between the tags of the Body, one octet after another, set to another one.
    message = signed(version)
    start = message.index(b"<env:Body")
    end = message.index(b"</env:Body>") + len(b"</env:Body>")
    server = serve(requiring())
    accepted = []
    for place in range(start, end):
        changed = bytearray(message)
        changed[place] = ord("x") if changed[place] != ord("x") else ord("y")
        if server.post(version, bytes(changed)).fault is None:
            accepted.append(place)
    assert accepted == []
    assert server.calls == []


def test_the_answer_cannot_be_forged_either(server, version):
    request = signing().protect(envelope(version).encode())
    answer = server.post(version, request.bytes)
    changed = answer.content.replace(b"Hello Bob", b"Hello Eve")
    assert changed != answer.content
    with pytest.raises(wsse.FailedCheck) as raised:
        receiving().validate_reply(changed, request.exchange)
    assert raised.value.cause == "digest-mismatch"
    receiving().validate_reply(answer.content, request.exchange)


def test_an_accepted_unsigned_fault_is_no_way_in(serve, version):
    # A setting for clients: on a server it must not let an operation through.
    accepting = REQUIRE + 'faults = { unsigned = "accept" }\n'
    server = serve(requiring(accepting))
    soap = etree.fromstring(envelope(version)).nsmap["env"]
    body = f'<f:Fault xmlns:f="{soap}"/>{HELLO}'
    assert server.post(version, envelope(version, body=body).encode()).fault == "Client"
    assert server.calls == []


def test_a_policy_that_leaves_the_body_unsigned_runs_nothing(serve, version):
    server = serve(requiring(REQUIRE.replace('"body", ', "")), operations={"ping": OPEN})
    sender = signing(SIGN.replace('"body", ', ""))
    assert server.post(version, signed(version, outbound=sender)).fault == "Client"
    assert server.calls == []
