"""The tables in docs/interop.md."""

from __future__ import annotations

from typing import Dict, List, Sequence, Tuple

from . import ROOT
from . import gsoap as gsoap_rows
from . import encryption_matrix, gsoap_encryption
from .encryption_runner import EncryptionRunner
from .limits import PEERS, SIGNS, TITLES, VERIFIES
from .matrix import CASES, ROWS
from .node_soap import REQUESTS
from .runner import Outcome, Runner

_TITLES = {**TITLES, "gsoap": "gSOAP"}
PAGE = ROOT / "docs" / "interop.md"
SIGNATURES, NODE_SOAP, GSOAP = "interop", "node-soap", "gsoap"
ENCRYPTION, GSOAP_ENCRYPTION = "encryption", "gsoap-encryption"
"""The tables of the page, by the words of the comments around them."""


def signatures(runner: Runner) -> str:
    """The table of all but node-soap, with its notes. Raises Missing where a peer is not there."""
    columns = [(peer, does) for peer in PEERS for does in (VERIFIES, SIGNS)]
    titles = ["signature"]
    for peer, does in columns:
        name = titled(runner, peer)
        titles.append(f"{name} verifies ours" if does == VERIFIES else f"we verify {name}'s")
    lines = [_line(titles), "|---" * len(titles) + "|"]
    notes: Dict[str, int] = {}
    for row in ROWS:
        cells = []
        for column in columns:
            cases = [case for case in CASES if (case.row, case.peer, case.does) == (row, *column)]
            cells.append(_cell([runner.outcome(case) for case in cases], cases, notes))
        lines.append(_line([row.name, *cells]))
    return _with_notes(lines, notes)


def node_soap(runner: Runner) -> str:
    """The table of node-soap's requests."""
    lines = [_line(["request", f"we verify {titled(runner, NODE_SOAP)}'s"]), "|---|---|"]
    notes: Dict[str, int] = {}
    for request in REQUESTS:
        mark = ""
        if request.note is not None:
            mark = f" ({notes.setdefault(request.note, len(notes) + 1)})"
        refused = "no" if request.made else "–"
        lines.append(_line([request.name, ("yes" if request.says is None else refused) + mark]))
    return _with_notes(lines, notes)


def gsoap(runner: Runner) -> str:
    """The table of what gSOAP verifies and signs."""
    name = titled(runner, GSOAP)
    lines = [_line(["signature", f"{name} verifies ours", f"we verify {name}'s"]), "|---|---|---|"]
    notes: Dict[str, int] = {}
    for row in gsoap_rows.ROWS:
        cells = []
        for limit in (row.verifies, row.signs):
            cells.append("yes")
            if limit is not None:
                words, note = limit
                mark = notes.setdefault(note, len(notes) + 1)
                cells[-1] = f"{'–' if words is None else 'no'} ({mark})"
        lines.append(_line([row.name, *cells]))
    return _with_notes(lines, notes)


def encryption(runner: EncryptionRunner) -> str:
    """The table of what is encrypted. Raises Missing where a peer is not there."""
    made = encryption_matrix
    return _encryption(runner, made.PEERS, made.ROWS, made.CASES)


def encryption_of_gsoap(runner: EncryptionRunner) -> str:
    """The table of what is encrypted by gSOAP, and for it."""
    made = gsoap_encryption
    return _encryption(runner, made.PEERS, made.ROWS, made.CASES)


def _encryption(runner: EncryptionRunner, peers: Sequence[str], rows: Sequence, cases: Sequence) -> str:
    both = (encryption_matrix.DECRYPTS, encryption_matrix.ENCRYPTS)
    columns = [(peer, does) for peer in peers for does in both]
    titles = ["encryption"]
    for peer, does in columns:
        name = titled(runner.runner, peer)
        ours = does == encryption_matrix.DECRYPTS
        titles.append(f"{name} decrypts ours" if ours else f"we decrypt {name}'s")
    lines = [_line(titles), "|---" * len(titles) + "|"]
    notes: Dict[str, int] = {}
    for row in rows:
        cells = []
        for column in columns:
            found = [case for case in cases if (case.row, case.peer, case.does) == (row, *column)]
            cells.append(_cell([runner.outcome(case) for case in found], found, notes))
        lines.append(_line([row.name, *cells]))
    return _with_notes(lines, notes)


def shown(name: str = SIGNATURES) -> str:
    """What the page has."""
    return _page(name)[1]


def write(made: str, name: str = SIGNATURES) -> None:
    before, _, after = _page(name)
    PAGE.write_text(before + made + after, encoding="utf-8")


def titled(runner: Runner, peer: str) -> str:
    """The peer with its version, as the table's head has it."""
    return f"{_TITLES.get(peer, peer)} {runner.peer(peer).version}"


def _page(name: str) -> Tuple[str, str, str]:
    """What stands before the table, the table, and what stands behind it."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    before, rest = PAGE.read_text(encoding="utf-8").split(begin)
    made, after = rest.split(end)
    return before + begin, made, end + after


def _cell(outcomes: List[Outcome], cases: Sequence, notes: Dict[str, int]) -> str:
    cells = {outcome.cell for outcome in outcomes}
    if not cells:
        return ""
    said = {case.limit.note for case in cases if case.limit is not None}
    marks = sorted(notes.setdefault(note, len(notes) + 1) for note in said)
    return "; ".join(sorted(cells)) + "".join(f" ({mark})" for mark in marks)


def _line(cells: List[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _with_notes(lines: List[str], notes: Dict[str, int]) -> str:
    return "\n".join([*lines, "", *(f"{number}. {note}" for note, number in notes.items())]) + "\n"
