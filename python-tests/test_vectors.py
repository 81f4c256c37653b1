"""The verdicts of vectors/tokens.tsv, through wsse.Inbound."""

from __future__ import annotations

import csv
import datetime
import os
from pathlib import Path

import pytest

import wsse

ROOT = Path(__file__).resolve().parent.parent


def _rows():
    lines = (ROOT / "vectors" / "tokens.tsv").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line and not line.startswith("#")]
    rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) > 150
    return [row for row in rows if row["verdict"] != "waiting"]


def _third_party():
    """The files of the manifest by their ids; None where the vectors are not there."""
    folder = Path(os.environ.get("WSSE_VECTORS", ROOT.parent / "shared" / "vectors"))
    manifest = folder / "manifest.tsv"
    if not manifest.exists():
        assert "WSSE_VECTORS" not in os.environ, f"WSSE_VECTORS: no {manifest}"
        return None
    lines = manifest.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["id"]: folder / row["file"] for row in rows}


ROWS = _rows()
THIRD_PARTY = _third_party()


def _message(identifier):
    if identifier.startswith("own-"):
        return (ROOT / "vectors" / "own" / f"{identifier[4:]}.xml").read_bytes()
    if THIRD_PARTY is None:
        count = sum(not row["id"].startswith("own-") for row in ROWS)
        pytest.skip(f"the third-party vectors are not there: {count} rows; see vectors/README.md")
    return THIRD_PARTY[identifier].read_bytes()


@pytest.mark.parametrize("row", ROWS, ids=[f"{n}-{row['id']}" for n, row in enumerate(ROWS)])
def test_the_verdict_is_as_the_table_has_it(row):
    message = _message(row["id"])
    policy = row["policy"]
    if not policy.startswith("preset:"):
        policy = (ROOT / "vectors" / policy).read_text(encoding="utf-8")
    at = datetime.datetime.fromisoformat(row["at"].replace("Z", "+00:00"))
    users = dict(user.split("=", 1) for user in row["users"].split())
    inbound = wsse.Inbound(policy, passwords=users or None, now=lambda: at)
    if row["verdict"] == "refused":
        with pytest.raises(wsse.Error) as raised:
            inbound.validate(message)
        assert (raised.value.category, raised.value.cause) == (row["category"], row["cause"])
        assert type(raised.value) is getattr(wsse, row["category"])
    else:
        validated = inbound.validate(message)
        assert row["verdict"] == "valid"
        assert (validated.username or "") == row["username"]
        assert validated.authenticated == (row["authenticated"] == "yes")


def test_every_category_of_a_verdict_is_in_the_table():
    """What no token can cause yet is listed by name, so that a new cause must come here."""
    reached = {row["category"] for row in ROWS if row["verdict"] == "refused"}
    elsewhere = {"Misuse", "Unavailable"}  # test_errors.py and test_callbacks.py
    no_token_causes_it = {"FailedCheck", "UnsupportedAlgorithm", "Io"}
    expected = set(wsse._wsse.CATEGORIES) - elsewhere - no_token_causes_it
    assert reached == expected
