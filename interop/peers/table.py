"""The table in docs/interop.md."""

from __future__ import annotations

from typing import Dict, List

from . import ROOT
from .matrix import CASES, PEERS, ROWS, SIGNS, TITLES, VERIFIES, Row
from .runner import Runner

PAGE = ROOT / "docs" / "interop.md"
_BEGIN, _END = "<!-- interop -->\n", "<!-- end of interop -->\n"


def table(runner: Runner) -> str:
    """The table with its notes. Raises Missing where a peer is not there."""
    columns = [(peer, does) for peer in PEERS for does in (VERIFIES, SIGNS)]
    titles = ["signature"]
    for peer, does in columns:
        name = titled(runner, peer)
        titles.append(f"{name} verifies ours" if does == VERIFIES else f"we verify {name}'s")
    lines = [_line(titles), "|---" * len(titles) + "|"]
    notes: Dict[str, int] = {}
    for row in ROWS:
        cells = [_cell(runner, row, peer, does, notes) for peer, does in columns]
        lines.append(_line([row.name, *cells]))
    lines.append("")
    lines += [f"{number}. {note}" for note, number in notes.items()]
    return "\n".join(lines) + "\n"


def shown() -> str:
    """What the page has."""
    _, rest = PAGE.read_text(encoding="utf-8").split(_BEGIN)
    return rest.split(_END)[0]


def write(made: str) -> None:
    before, rest = PAGE.read_text(encoding="utf-8").split(_BEGIN)
    after = rest.split(_END)[1]
    PAGE.write_text(before + _BEGIN + made + _END + after, encoding="utf-8")


def titled(runner: Runner, peer: str) -> str:
    """The peer with its version, as the table's head has it."""
    return f"{TITLES[peer]} {runner.peer(peer).version}"


def _cell(runner: Runner, row: Row, peer: str, does: str, notes: Dict[str, int]) -> str:
    cases = [case for case in CASES if (case.row, case.peer, case.does) == (row, peer, does)]
    cells = {runner.outcome(case).cell for case in cases}
    if not cells:
        return ""
    said = {case.limit.note for case in cases if case.limit is not None}
    marks = sorted(notes.setdefault(note, len(notes) + 1) for note in said)
    return "; ".join(sorted(cells)) + "".join(f" ({mark})" for mark in marks)


def _line(cells: List[str]) -> str:
    return "| " + " | ".join(cells) + " |"
