"""Signatures, held against other implementations: WSS4J, xmlsec1 and signxml.

What is signed and by whom is in interop/peers/matrix.py; what came of it is in docs/interop.md,
which WSSE_WRITE_DOCS=1 writes anew.
"""

from __future__ import annotations

import os

import pytest

pytest.importorskip("cryptography", reason="requirements/interop.txt is not installed")

from peers import TO, Missing, Order, Refused, table
from peers.matrix import CASES, LIMITS, PEERS
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


def test_the_table_in_the_documentation(runner):
    try:
        made = table.table(runner)
    except Missing as missing:
        pytest.skip(str(missing))
    if os.environ.get("WSSE_WRITE_DOCS") == "1":
        table.write(made)
    others = [name for name in PEERS if table.titled(runner, name) not in table.shown()]
    if others:
        pytest.skip(f"docs/interop.md tells of other versions of {', '.join(others)}")
    assert table.shown() == made, "WSSE_WRITE_DOCS=1 writes docs/interop.md anew"


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
