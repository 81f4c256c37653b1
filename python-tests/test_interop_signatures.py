"""Signatures, held against other implementations: WSS4J, xmlsec1, python-xmlsec, signxml, xml-crypto,
node-soap and gSOAP.

What is signed and by whom is in interop/peers/matrix.py; what came of it is in docs/interop.md,
which WSSE_WRITE_DOCS=1 writes anew.
"""

from __future__ import annotations

import dataclasses
import os
import re

import pytest

pytest.importorskip("cryptography", reason="requirements/interop.txt is not installed")

from peers import TO, Missing, Order, Refused, gsoap, table
from peers.limits import LIMITS, PEERS
from peers.matrix import CASES
from peers.messages import ENVELOPES
from peers.node_soap import REQUESTS
from peers.runner import Runner

EVERYTHING = Order(
    parts=("body", "timestamp", "username-token", "binary-security-token", TO),
    prefixes=True,
    inherits=False,
)


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    made = Runner(tmp_path_factory.mktemp("interop"))
    yield made
    made.close()


def start(runner, name):
    try:
        return runner.peer(name)
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def started(runner):
    """One peer after another, by name; the test is skipped where one is missing."""
    return lambda name: start(runner, name)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_signature(runner, started, case):
    started(case.peer)
    try:
        outcome = runner.outcome(case)
    except Missing as missing:
        pytest.skip(str(missing))
    if outcome.error is not None and case.limit is not None:
        if table.titled(runner, case.peer) not in table.shown():
            pytest.skip(f"another version of {case.peer} than docs/interop.md tells of")
    assert outcome.error is None


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("request_", REQUESTS, ids=str)
def test_a_request_of_node_soap(runner, started, request_, version):
    """None of its clients verifies the reply: each reads this one, which nobody signed."""
    peer, ours = started("node-soap"), started("ours")
    reply = f'<s:Envelope xmlns:s="{ENVELOPES[version]}"><s:Body><ordered xmlns="urn:order">'
    reply += "<number>7</number></ordered></s:Body></s:Envelope>"
    order = dataclasses.replace(request_.order, version=version)
    if not request_.made:
        with pytest.raises(Refused, match=re.escape(request_.says)):
            peer.call(request_, version, reply.encode())
        return
    signed, number = peer.call(request_, version, reply.encode())
    assert number == "7"
    if request_.says is not None:
        with pytest.raises(Refused, match=re.escape(request_.says)):
            ours.verify(signed, order)
        return
    runner.check(ours.verify(signed, order), order)
    changed = signed.replace(b"hne &lt;", b"hne &gt;")
    assert changed != signed
    if "body" in order.parts:
        with pytest.raises(Refused, match="was changed after it was signed"):
            ours.verify(changed, order)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("row", gsoap.ROWS, ids=str)
def test_signatures_of_gsoap(runner, started, row, version):
    peer, ours = started("gsoap"), started("ours")
    order = dataclasses.replace(row.order, version=version)
    if row.verifies is None:
        signed = ours.sign(order)
        peer.verify(signed, order)
        if "body" in order.parts:
            changed = signed.replace(b"hne &lt;", b"hne &gt;")
            assert changed != signed
            with pytest.raises(Refused, match="The signature or decryption was invalid"):
                peer.verify(changed, order)
    else:
        with pytest.raises(Refused, match=row.verifies[0]):
            peer.verify(ours.sign(order), order)
    if row.signs is None:
        runner.check(ours.verify(peer.sign(order), order), order)
    elif row.signs[0] is not None:
        with pytest.raises(Refused, match=row.signs[0]):
            ours.verify(peer.sign(order), order)


@pytest.mark.parametrize(
    "name,peers,made",
    [
        (table.SIGNATURES, PEERS, table.signatures),
        (table.NODE_SOAP, [table.NODE_SOAP], table.node_soap),
        (table.GSOAP, [table.GSOAP], table.gsoap),
    ],
)
def test_the_table_in_the_documentation(runner, name, peers, made):
    try:
        text = made(runner)
    except Missing as missing:
        pytest.skip(str(missing))
    if os.environ.get("WSSE_WRITE_DOCS") == "1":
        table.write(text, name)
    others = [peer for peer in peers if table.titled(runner, peer) not in table.shown(name)]
    if others:
        pytest.skip(f"docs/interop.md tells of other versions of {', '.join(others)}")
    assert table.shown(name) == text, "WSSE_WRITE_DOCS=1 writes docs/interop.md anew"


def test_every_limit_of_a_peer_is_met_with():
    used = {case.limit for case in CASES} - {None}
    assert used == set(LIMITS)


@pytest.mark.parametrize("verifier", ["ours", *PEERS])
@pytest.mark.parametrize("signer", ["ours", *PEERS])
def test_a_changed_body_is_refused(started, signer, verifier):
    """None of the others says yes to everything; all of them talk to each other."""
    signer, verifier = started(signer), started(verifier)
    signed = sign(signer, EVERYTHING)
    changed = signed.replace(b"hne &lt;", b"hne &gt;")
    assert changed != signed
    verify(verifier, signed, EVERYTHING)
    with pytest.raises(Refused):
        verify(verifier, changed, EVERYTHING)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("verifier", ["ours", "wss4j"])
@pytest.mark.parametrize("endorser", ["ours", "wss4j"])
@pytest.mark.parametrize("signer", ["ours", "wss4j"])
def test_a_signature_over_a_signature(started, signer, endorser, verifier, version):
    order = Order(version=version)
    signed = sign(started(signer), order)
    other = Order(version=version, key="p256", method="ecdsa-sha256")
    endorsed = started(endorser).endorse(signed, other)
    covered = started(verifier).verify_endorsed(endorsed, order)
    security = "/Envelope/Header/Security"
    assert covered == {"/Envelope/Body", f"{security}/Timestamp", f"{security}/Signature"}
    with pytest.raises(Refused):
        started(verifier).verify_endorsed(signed, order)
    changed = endorsed.replace(b"<ds:KeyInfo", b"<!-- --> <ds:KeyInfo")
    assert changed != endorsed
    with pytest.raises(Refused):
        started(verifier).verify_endorsed(changed, order)


@pytest.mark.parametrize("signer,verifier", [("ours", "wss4j"), ("wss4j", "ours")])
@pytest.mark.parametrize("reference", ["binary-security-token", "x509-key-identifier"])
def test_an_unknown_signer_is_refused(started, signer, verifier, reference):
    signed = sign(started(signer), Order(reference=reference, key="stranger"))
    with pytest.raises(Refused):
        verify(started(verifier), signed, Order(reference=reference, key="rsa"))


@pytest.mark.parametrize(
    "reference,words",
    [
        ("pkcs7", "The signature or decryption was invalid"),
        ("embedded", "Unsupported KeyInfo type"),
    ],
)
def test_what_wss4j_does_not_read(started, reference, words):
    """It signs with both, since it takes any KeyInfo; we write neither, and the table can't show it."""
    order = Order(reference=reference)
    signed = sign(started("wss4j"), order)
    with pytest.raises(Refused, match=words):
        verify(started("wss4j"), signed, order)


def sign(signer, order):
    try:
        return signer.sign(order)
    except Missing as missing:
        pytest.skip(str(missing))


def verify(verifier, signed, order):
    try:
        return verifier.verify(signed, order)
    except Missing as missing:
        pytest.skip(str(missing))
