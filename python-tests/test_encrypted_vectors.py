"""The verdicts of vectors/encrypted-messages.tsv, through wsse.Inbound."""

from __future__ import annotations

import collections
import csv
import datetime
import re

import pytest

import wsse
from test_signature_vectors import MANIFEST, ROOT, VECTORS

DECRYPT = "version = 1\nrequire = { timestamp = true }\n"


def _rows():
    lines = (ROOT / "vectors" / "encrypted-messages.tsv").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line and not line.startswith("#")]
    return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


ROWS = _rows()
RUN = [row for row in ROWS if row["verdict"] != "listed"]
NAMES = [f"{number}-{row['id']}" for number, row in enumerate(RUN)]


def _inbound(row):
    keys = collections.defaultdict(list)
    for pair in row["keys"].split():
        kind, file = pair.split("=", 1)
        keys[kind].append((VECTORS / file).read_bytes())
    text = DECRYPT
    if row["policy"]:
        text = (ROOT / "vectors" / row["policy"]).read_text(encoding="utf-8")
    names = ", ".join(f'"{name}"' for name in row["legacy"].split())
    at = datetime.datetime.fromisoformat(row["at"].replace("Z", "+00:00"))
    return wsse.Inbound(
        text + f"legacy = {{ allow = [{names}] }}\n",
        now=lambda: at,
        decryption_keys=[wsse.PrivateKey.read(key) for key in keys["key"]],
        certificates=keys["cert"],
        anchors=keys["trust"],
        untrusted=keys["untrusted"],
        passwords=dict([row["user"].split("=", 1)]) if row["user"] else None,
    )


def _local(path):
    return re.sub(r"\{[^}]*\}|\[\d+\]", "", path)


@pytest.mark.parametrize("row", RUN, ids=NAMES)
def test_the_verdict_is_as_the_table_has_it(row):
    if MANIFEST is None:
        pytest.skip("the third-party vectors are not there; see vectors/README.md")
    message = MANIFEST[row["id"]].read_bytes()
    inbound = _inbound(row)
    door = inbound.decrypt if row["door"] == "decrypt" else inbound.validate
    if row["verdict"] == "refused":
        with pytest.raises(wsse.Error) as raised:
            door(message)
        assert (raised.value.category, raised.value.cause) == (row["category"], row["cause"])
        return
    outcome = door(message)
    encrypted = [_local(part.path) + ("/*" if part.content else "") for part in outcome.encrypted]
    assert sorted(encrypted) == sorted(row["encrypted"].split())
    if row["door"] == "validate":
        assert {_local(part.path) for part in outcome.signed} == set(row["signed"].split())


def test_the_table_has_rows_of_every_kind():
    verdicts = collections.Counter(row["verdict"] for row in ROWS)
    doors = collections.Counter(row["door"] for row in RUN)
    assert verdicts["valid"] > 15
    assert verdicts["refused"] > 40
    assert doors["decrypt"] > 1
    assert all(row["class"] for row in ROWS if row["verdict"] == "listed")
