"""The verdicts of vectors/signatures.tsv, through wsse.Inbound."""

from __future__ import annotations

import base64
import collections
import csv
import datetime
import os
import re
from pathlib import Path

import pytest

import wsse

ROOT = Path(__file__).resolve().parent.parent
VECTORS = Path(os.environ.get("WSSE_VECTORS", ROOT.parent / "shared" / "vectors"))
VERIFY = 'version = 1\nrequire = { signed = ["body", "timestamp?"] }\n'


def _rows():
    lines = (ROOT / "vectors" / "signatures.tsv").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line and not line.startswith("#")]
    return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def _manifest():
    """The files of the manifest by their ids; None where the vectors are not there."""
    manifest = VECTORS / "manifest.tsv"
    if not manifest.exists():
        assert "WSSE_VECTORS" not in os.environ, f"WSSE_VECTORS: no {manifest}"
        return None
    lines = manifest.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["id"]: VECTORS / row["file"] for row in rows}


ROWS = _rows()
MANIFEST = _manifest()
# What a document alone, that is no message, is judged by: the command line and the core.
MESSAGES = [row for row in ROWS if row["kind"] == "soap"]
NAMES = [f"{number}-{row['id']}" for number, row in enumerate(MESSAGES)]


def _message(row):
    if MANIFEST is None:
        pytest.skip("the third-party vectors are not there; see vectors/README.md")
    return MANIFEST[row["id"]].read_bytes()


def _key(file, message):
    number = re.fullmatch(r"message#certificate(?::(\d+))?", file)
    if number is None:
        return (VECTORS / file).read_bytes()
    certificates = re.findall(rb"X509Certificate>([^<]*)</", message)
    return base64.b64decode(certificates[int(number[1] or 1) - 1])


def _policy(row):
    text = VERIFY
    if row["policy"]:
        text = (ROOT / "vectors" / row["policy"]).read_text(encoding="utf-8")
    names = ", ".join(f'"{name}"' for name in row["legacy"].split())
    return text + f"legacy = {{ allow = [{names}] }}\n"


def _inbound(row, message):
    keys = collections.defaultdict(list)
    for pair in row["keys"].split():
        kind, file = pair.split("=", 1)
        octets = _key(file, message)
        # A public key alone is pinned as a certificate is.
        kind = "key" if kind == "cert" and "pubkey" in file else kind
        keys[kind].append(octets)
    if not keys:
        # Nobody is trusted: an Inbound wants to be told somebody.
        keys["trust"].append((ROOT / "vectors/keys/other-root.crt.pem").read_bytes())
    at = datetime.datetime.fromisoformat(row["at"].replace("Z", "+00:00"))
    return wsse.Inbound(
        _policy(row),
        now=lambda: at,
        certificates=keys["cert"],
        anchors=keys["trust"],
        untrusted=keys["untrusted"],
        public_keys=keys["key"],
        secrets=keys["secret"],
    )


@pytest.mark.parametrize("row", MESSAGES, ids=NAMES)
def test_the_verdict_is_as_the_table_has_it(row):
    message = _message(row)
    inbound = _inbound(row, message)
    if row["verdict"] == "refused":
        with pytest.raises(wsse.Error) as raised:
            inbound.validate(message)
        assert (raised.value.category, raised.value.cause) == (row["category"], row["cause"])
        return
    validated = inbound.validate(message)
    local = {re.sub(r"\{[^}]*\}|\[\d+\]", "", part.path) for part in validated.signed}
    assert local == set(row["signed"].split())


def test_the_table_has_rows_of_every_kind():
    verdicts = collections.Counter(row["verdict"] for row in ROWS)
    assert verdicts["valid"] > 90
    assert verdicts["refused"] > 300
    assert all(row["class"] for row in ROWS if row["verdict"] == "listed")
