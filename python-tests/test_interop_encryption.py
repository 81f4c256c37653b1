"""Encryption, held against other implementations: WSS4J, xmlsec1, python-xmlsec and gSOAP.

What is encrypted and by whom is in interop/peers/encryption_matrix.py and gsoap_encryption.py; what came
of it is in docs/interop.md, which WSSE_WRITE_DOCS=1 writes anew.
"""

from __future__ import annotations

import dataclasses
import os
import re

import pytest

pytest.importorskip("cryptography", reason="requirements/interop.txt is not installed")

from peers import (
    TO,
    Missing,
    Refused,
    encryption_matrix,
    gsoap_encryption,
    ours_encryption,
    table,
)
from peers.encryption import Encryption
from peers.encryption_runner import MODULES, EncryptionRunner
from peers.replies import REPORTED, Replies
from peers.runner import Runner


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    made = Runner(tmp_path_factory.mktemp("interop-encryption"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def encryptions(runner):
    return EncryptionRunner(runner)


@pytest.fixture
def started(runner):
    """One peer after another, by name; the test is skipped where one is missing."""

    def start(name):
        try:
            return runner.peer(name)
        except Missing as missing:
            pytest.skip(str(missing))

    return start


TABLES = [
    (table.ENCRYPTION, encryption_matrix, table.encryption),
    (table.GSOAP_ENCRYPTION, gsoap_encryption, table.encryption_of_gsoap),
]
CASES = [(name, case) for name, matrix, _ in TABLES for case in matrix.CASES]


@pytest.mark.parametrize("name,case", CASES, ids=[str(case) for _, case in CASES])
def test_an_encryption(runner, encryptions, started, name, case):
    started(case.peer)
    started("ours")
    outcome = encryptions.outcome(case)
    if outcome.error is not None and case.limit is not None:
        if table.titled(runner, case.peer) not in table.shown(name):
            pytest.skip(f"another version of {case.peer} than docs/interop.md tells of")
    assert outcome.error is None


@pytest.mark.parametrize("matrix", [encryption_matrix, gsoap_encryption])
def test_every_limit_of_a_peer_is_met_with(matrix):
    assert {case.limit for case in matrix.CASES} - {None} == set(matrix.LIMITS)


@pytest.mark.parametrize("name,matrix,made", TABLES)
def test_the_table_in_the_documentation(runner, encryptions, name, matrix, made):
    try:
        text = made(encryptions)
    except Missing as missing:
        pytest.skip(str(missing))
    if os.environ.get("WSSE_WRITE_DOCS") == "1":
        table.write(text, name)
    others = [peer for peer in matrix.PEERS if table.titled(runner, peer) not in table.shown(name)]
    if others:
        pytest.skip(f"docs/interop.md tells of other versions of {', '.join(others)}")
    assert table.shown(name) == text, "WSSE_WRITE_DOCS=1 writes docs/interop.md anew"


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_reply_to_the_signer_of_the_request(started, version):
    replies = Replies(started("wss4j"))
    assert replies.ours_to_the_signer(version) == REPORTED
    assert replies.to_our_signer(version) == REPORTED


@pytest.mark.parametrize("first", ["signature", "encryption"])
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_reply_under_the_key_of_the_request(started, version, first):
    """EncryptedKeySHA1 names a key that is in the other message."""
    assert Replies(started("wss4j")).under_the_key_of_the_request(version, first) == REPORTED


@pytest.mark.parametrize("derived", ["none", "2005-12", "2005-02"])
@pytest.mark.parametrize("first", ["signature", "encryption"])
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_one_key_for_a_request_and_its_reply(started, version, first, derived):
    """Each asks the other, with a key that signs and encrypts both messages."""
    replies = Replies(started("wss4j"))
    assert replies.under_the_key_that_signed(version, first, derived) == REPORTED
    assert replies.ours_under_the_key_of_the_request(version, first, derived) == REPORTED


LATER = Encryption(signed=("body", "timestamp"), parts=("body-content", TO))
COVERED = Encryption(signed=("body", "timestamp"), first="encryption")
ONE_KEY = Encryption(signed=("body", "timestamp"), binding="symmetric")
DERIVED = dataclasses.replace(COVERED, binding="derived", detail="2005/12")
BY_PASSWORD = Encryption(signed=("body",), binding="username", detail="1000 mac", first="encryption")
AGREED = Encryption(transport="ecdh-es", key="p256", digest="sha256")
AGREED_X25519 = Encryption(transport="x25519", key="x25519", digest="sha256")
SECOND = Encryption(key="hostile", recipients=("rsa", "hostile"))
SIMPLE = Encryption()
OF_GSOAP = gsoap_encryption.ROWS[0].asked[0]
TAG, DIGEST = "does not decrypt to what belongs in its place", "was changed after it was signed"
CHANGED = [
    ("ours", "ours", LATER, TAG),
    ("ours", "ours", COVERED, DIGEST),
    ("ours", "wss4j", LATER, "AEADBadTagException: Tag mismatch!"),
    ("ours", "wss4j", COVERED, "The signature or decryption was invalid"),
    ("wss4j", "ours", LATER, TAG),
    ("wss4j", "ours", COVERED, DIGEST),
    ("ours", "wss4j", ONE_KEY, "AEADBadTagException: Tag mismatch!"),
    ("wss4j", "ours", ONE_KEY, TAG),
    ("ours", "wss4j", DERIVED, "The signature or decryption was invalid"),
    ("wss4j", "ours", DERIVED, DIGEST),
    ("ours", "wss4j", BY_PASSWORD, "The signature or decryption was invalid"),
    ("wss4j", "ours", BY_PASSWORD, DIGEST),
    ("ours", "wss4j", AGREED, "AEADBadTagException: Tag mismatch!"),
    ("wss4j", "ours", AGREED, TAG),
    ("ours", "wss4j", AGREED_X25519, "AEADBadTagException: Tag mismatch!"),
    ("wss4j", "ours", AGREED_X25519, TAG),
    ("wss4j", "ours", SECOND, TAG),
    ("ours", "xmlsec1", SECOND, "EVP_CipherFinal"),
    ("xmlsec1", "ours", SECOND, TAG),
    ("ours", "xmlsec", SECOND, "failed to decrypt"),
    ("xmlsec", "ours", SECOND, TAG),
    ("ours", "xmlsec", AGREED, "failed to decrypt"),
    ("xmlsec", "ours", AGREED, TAG),
    ("ours", "xmlsec1", SIMPLE, "EVP_CipherFinal"),
    ("xmlsec1", "ours", SIMPLE, TAG),
    ("ours", "xmlsec", SIMPLE, "failed to decrypt"),
    ("xmlsec", "ours", SIMPLE, TAG),
    ("ours", "gsoap", OF_GSOAP, "soap_mec_upd_dec() failed"),
    ("gsoap", "ours", OF_GSOAP, TAG),
]


@pytest.mark.parametrize("sender,receiver,asked,words", CHANGED)
def test_a_changed_ciphertext_is_refused(started, sender, receiver, asked, words):
    """None of them says yes to everything. Where the ciphertext is signed, the signature is what fails."""
    modules = {**MODULES, "ours": ours_encryption}
    encrypted = modules[sender].encrypt(started(sender), asked)
    modules[receiver].decrypt(started(receiver), encrypted, asked)
    # At the end of the last CipherValue, the tag of the Body: gSOAP reads what stands before it at once.
    end = encrypted.rindex(b"<", 0, encrypted.rindex(b"CipherValue>"))
    place = len(encrypted[:end].rstrip(b"=\r\n")) - 6
    place -= encrypted[place : place + 1].isspace()
    other = b"B" if encrypted[place : place + 1] == b"A" else b"A"
    changed = encrypted[:place] + other + encrypted[place + 1 :]
    with pytest.raises(Refused, match=re.escape(words)):
        modules[receiver].decrypt(started(receiver), changed, asked)
