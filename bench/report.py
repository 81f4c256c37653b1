"""The results of the benchmark as tables, a page and a plot."""

from __future__ import annotations

import math
from typing import Any, Dict, Iterator, List, Optional
from xml.sax.saxutils import escape

from rows import (
    MEMORY_ALLOWANCE,
    STREAM_ALLOWANCE,
    TOKENS,
    Away,
    Growth,
    Row,
    Target,
    canonicalization_rows,
    encryption_rows,
    growths,
    signature_row,
    second_thread_rows,
    stream_rows,
    zeep_rows,
)
from signatures import OURS, PYTHON

HEAD = ["what", "ours", "beside it", "must", "met", "dream", "away"]


def tables(results: Dict[str, Any]) -> str:
    """All of them, as Markdown; without the rows of which nothing is known."""
    times = [cells(row, results) for row in [*TOKENS, *canonicalization_rows()]]
    beside = [cells(row, results) for row in second_thread_rows()]
    streamed = [cells(row, results) for row in stream_rows()]
    in_trees = [cells(row, results) for row in zeep_rows()]
    encrypted = [cells(row, results) for row in encryption_rows()]
    grown = [growth_cells(growth, results) for growth in growths()]
    written = [
        table([HEAD, *(line for line in times if line[1]), scanned(results)]),
        *(by_size(operation, results) for operation in ("sign", "verify")),
        table([["the Body, AES-256-GCM and RSA-OAEP", *HEAD[1:]], *(line for line in encrypted if line[1])]),
        table([["with two threads", *HEAD[1:]], *(line for line in beside if line[1])]),
        table([["files as streams", *HEAD[1:]], *(line for line in streamed if line[1])]),
        table([["in zeep's trees", *HEAD[1:]], *(line for line in in_trees if line[1])]),
        table([["what grows", *HEAD[1:]], *(line for line in grown if line[1])]),
        table([["memory: what a call adds", *HEAD[1:5]], *memory_cells(results)]),
    ]
    return "\n\n".join(written)


def all_rows(results: Dict[str, Any]) -> List[Row]:
    signatures = [
        signature_row(operation, size)
        for operation in ("sign", "verify")
        for size in results["sizes"]
    ]
    return [
        *TOKENS,
        *canonicalization_rows(),
        *signatures,
        *encryption_rows(),
        *second_thread_rows(),
        *stream_rows(),
        *zeep_rows(),
    ]


def ratios_of(row: Row, results: Dict[str, Any]) -> Dict[str, float]:
    seconds: Dict[str, float] = results["seconds"]
    ours = seconds[row.ours]
    return {peer: seconds[case] / ours for peer, case in row.peers.items() if case in seconds}


def cells(row: Row, results: Dict[str, Any]) -> List[str]:
    seconds: Dict[str, float] = results["seconds"]
    octets: Dict[str, int] = results["octets"]
    if row.ours not in seconds:
        return [row.what, reason(row.ours, results), "", row.must.text, "", row.dream.text, ""]
    ours, ratios, read = seconds[row.ours], ratios_of(row, results), octets.get(row.ours, 0)
    beside = ", ".join(
        f"{peer} {amount(seconds[case], row.shows_rate and octets.get(case))} ({ratios[peer]:.2f}x)"
        if case in seconds
        else f"{peer} {reason(case, results)}"
        for peer, case in row.peers.items()
        if case in seconds or reason(case, results)
    )
    return [
        row.what,
        amount(ours, row.shows_rate and read),
        beside,
        row.must.text,
        met(row.must, row.must.away(ours, read, ratios), ratios),
        row.dream.text,
        distance(row.dream.away(ours, read, ratios)),
    ]


def by_size(operation: str, results: Dict[str, Any]) -> str:
    """A table with a column for each size, and a line for each side."""
    seconds: Dict[str, float] = results["seconds"]
    sizes: List[str] = results["sizes"]
    rows = [signature_row(operation, size) for size in sizes]
    lines = [[operation, *sizes]]
    lines.append(["ours", *(amount(seconds[row.ours]) if row.ours in seconds else "" for row in rows)])
    for peer in rows[0].peers:
        line = [peer]
        for row in rows:
            case = row.peers[peer]
            if case in seconds and row.ours in seconds:
                ratio = seconds[case] / seconds[row.ours]
                line.append(f"{amount(seconds[case])} ({ratio:.2f}x)")
            else:
                line.append(reason(case, results))
        lines.append(line)
    judged = [["must", *(row.must.text for row in rows)], ["met"], ["dream"], ["away"]]
    judged[2] += [row.dream.text for row in rows]
    for row in rows:
        known = row.ours in seconds
        ratios = ratios_of(row, results) if known else {}
        ours = seconds.get(row.ours, 0.0)
        judged[1].append(met(row.must, row.must.away(ours, 0, ratios), ratios))
        judged[3].append(distance(row.dream.away(ours, 0, ratios)))
    return table([*lines, *judged])


def reason(case: str, results: Dict[str, Any]) -> str:
    """Why a case was not measured, or nothing where it was not to be."""
    missing: Dict[str, str] = results["not_measured"]
    return missing.get(case, missing.get(case.split("/")[0], ""))


def growth_cells(growth: Growth, results: Dict[str, Any]) -> List[str]:
    seconds: Dict[str, float] = results["seconds"]
    factors = {
        side: seconds[one] / seconds[other]
        for side, (one, other) in growth.sides.items()
        if one in seconds and other in seconds
    }
    ours = factors.pop(OURS, None)
    if ours is None:
        return [growth.what, *[""] * 6]
    beside = ", ".join(f"{side} {factor:.2f}x" for side, factor in factors.items())
    return [
        growth.what,
        f"{ours:.2f}x",
        beside,
        f"{growth.must:.2f}x",
        verdict(ours / growth.must),
        f"{growth.dream:.2f}x",
        distance([Away(ours / growth.dream, "", False)]),
    ]


def memory_cells(results: Dict[str, Any]) -> Iterator[List[str]]:
    for what, sides in results["memory"].items():
        if OURS not in sides:
            yield [what, "not measured", "", "", ""]
            continue
        grown, handed_out = sides[OURS]
        beside = ", ".join(
            f"{side} {megabytes(octets)}" for side, (octets, _) in sides.items() if side != OURS
        )
        if "stream" in what:
            yield [what, megabytes(grown), beside, megabytes(STREAM_ALLOWANCE), verdict(grown / STREAM_ALLOWANCE)]
            continue
        allowed = handed_out + MEMORY_ALLOWANCE
        must = f"output ({megabytes(handed_out)}) + {megabytes(MEMORY_ALLOWANCE)}"
        yield [what, megabytes(grown), beside, must, verdict(grown / allowed)]


def scanned(results: Dict[str, Any]) -> List[str]:
    counted = results["instructions_per_octet"]
    beside = f"quick-xml {count(counted['scan-quick-xml'])}"
    return ["strict scan, instructions per octet", count(counted["scan"]), beside, "", "", "", ""]


def table(lines: List[List[str]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text: List[str] = []
    for number, line in enumerate(lines):
        padded = (cell.ljust(width) for cell, width in zip(line, widths))
        text.append("| " + " | ".join(padded).rstrip() + " |")
        if number == 0:
            text.append("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def met(must: Target, away: List[Away], ratios: Dict[str, float]) -> str:
    if not away:
        return ""
    failed = [
        f"{each.beside} {each.factor:.2f}x{'†' if each.beyond else ''}".strip()
        for each in away
        if each.factor > 1
    ]
    absent = [peer for peer in must.ratios if peer not in ratios]
    without = f" (without {', '.join(absent)})" if absent else ""
    return (f"no: {', '.join(failed)}" if failed else "yes") + without


def verdict(factor: float) -> str:
    return "yes" if factor <= 1 else f"no: {factor:.2f}x"


def distance(away: List[Away]) -> str:
    if not away:
        return ""
    factor = max(each.factor for each in away)
    return "reached" if factor <= 1 else f"{factor:.2f}x"


def amount(seconds: float, octets: Optional[int] = None) -> str:
    """A time; a rate, where octets are given and a rate says something."""
    if octets and octets > 100_000:
        return f"{octets / seconds / 1e6:.0f} MB/s"
    if seconds < 1e-3:
        return f"{seconds * 1e6:.2f} µs"
    return f"{seconds * 1e3:.2f} ms" if seconds < 10 else f"{seconds:.1f} s"


def megabytes(octets: int) -> str:
    return f"{octets / 1e6:.1f} MB"


def count(counted: Any) -> str:
    return f"{counted:.1f}" if isinstance(counted, float) else str(counted)


def machine(results: Dict[str, Any]) -> str:
    known = results["environment"]
    packages = ", ".join(
        f"{name} {version}" for name, version in known["packages"].items() if version
    )
    return f"""{known["processor"]} ({known["processors"]} processors), {known["system"]}; SHA extensions
{known["sha_extensions"]}. Python {known["python"]}, {known["rustc"]},
{packages}.

Median of {results["rounds"]} rounds in which every case takes its turn; what takes more than half a
second takes it in every fifth. How many times our time a peer takes stands in parentheses; *met* and
*away* say how many times longer ours is than it should be. What has a † can't be reached by one thread
of this machine: the bare cryptography takes too long for it. Compare ratios, and only those of one run.
"""


def page(results: Dict[str, Any]) -> str:
    known = results["environment"]
    return f"""# Benchmark

{known["time"]}, load {known["load"]:.1f}.
{machine(results)}
{tables(results)}

docs/performance.md says what the rows are. quick-xml reads with its namespaces and all checks that it
has; it is not strict. By hand, tuned, and tutorial are in bench/peers.py: neither escapes, bounds or
forgets anything.

![times](latest.svg)
"""


def between_marks(text: str, results: Dict[str, Any]) -> str:
    """A page of docs/ with this run between its marks."""
    begin, end = "<!-- run -->\n", "<!-- end of run -->\n"
    before, rest = text.split(begin)
    _, behind = rest.split(end)
    return f"{before}{begin}{machine(results)}\n{tables(results)}\n{end}{behind}"


def plot(results: Dict[str, Any]) -> str:
    """Bars on a logarithmic scale, one group for each row."""
    seconds: Dict[str, float] = results["seconds"]
    bars: List["tuple[str, str, Optional[float]]"] = []
    for row in all_rows(results):
        if row.ours not in seconds:
            continue
        bars.append(("title", row.what, None))
        bars.append(("ours", "ours", seconds[row.ours]))
        for peer, case in row.peers.items():
            if case in seconds:
                kind = "ours" if peer == PYTHON else "peer"
                bars.append((kind, peer, seconds[case]))
    times = [time for _, _, time in bars if time]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    left, width, step, top = 230, 520, 18, 24
    height = top + step * len(bars) + 12

    def across(time: float) -> float:
        return left + width * (math.log10(time) - low) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 90}" height="{height}" '
        'font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for power in range(low, high + 1):
        x = across(10.0**power)
        parts.append(f'<path d="M{x:.1f} {top}V{height - 8}" stroke="#ddd"/>')
        label = {-6: "1 µs", -3: "1 ms", 0: "1 s"}.get(power)
        if label:
            parts.append(f'<text x="{x:.1f}" y="{top - 8}" text-anchor="middle">{label}</text>')
    for number, (kind, label, time) in enumerate(bars):
        y = top + step * number
        if time is None:
            parts.append(f'<text x="4" y="{y + 13}" font-weight="bold">{escape(label)}</text>')
            continue
        colour = "#2a6f97" if kind == "ours" else "#b7b7a4"
        parts.append(f'<text x="{left - 6}" y="{y + 12}" text-anchor="end">{escape(label)}</text>')
        parts.append(
            f'<rect x="{left}" y="{y + 3}" width="{across(time) - left:.1f}" height="11" '
            f'fill="{colour}"/>'
        )
        parts.append(f'<text x="{across(time) + 4:.1f}" y="{y + 12}">{amount(time)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
