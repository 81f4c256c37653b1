"""The results of the benchmark as a table, a page and a plot."""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, List, NamedTuple, Optional
from xml.sax.saxutils import escape


class Row(NamedTuple):
    what: str
    ours: str
    """The case that is ours."""
    peers: Dict[str, str]
    """The names of the peers, with the case of each."""
    target: str
    met: Callable[[float, Dict[str, float]], Optional[bool]]
    """Whether the target is met, from our seconds and how many times slower each peer is."""


def _open(_: float, __: Dict[str, float]) -> Optional[bool]:
    return None


ROWS = [
    Row(
        "X-WSSE header, from Python",
        "header",
        {"Rust": "header-rust", "by hand, tuned": "header-tuned", "tutorial": "header-tutorial"},
        "1.5 µs",
        lambda ours, _: ours <= 1.5e-6,
    ),
    Row(
        "the same by create_header()",
        "header-function",
        {"by hand, tuned": "header-tuned", "tutorial": "header-tutorial"},
        "",
        _open,
    ),
    Row(
        "X-WSSE check, from Python",
        "check",
        {"Rust": "check-rust", "by hand, tuned": "check-tuned", "tutorial": "check-tutorial"},
        "2 µs",
        lambda ours, _: ours <= 2e-6,
    ),
    # The cost of the boundary: the same in the same process, called from elsewhere.
    Row("X-WSSE header, from C", "header-c", {"Rust": "header-rust"}, "", _open),
    Row("X-WSSE check, from C", "check-c", {"Rust": "check-rust"}, "", _open),
    Row("X-WSSE header, from .NET (Mono)", "header-dotnet", {"Rust": "header-rust"}, "", _open),
    Row("X-WSSE check, from .NET (Mono)", "check-dotnet", {"Rust": "check-rust"}, "", _open),
    Row(
        "UsernameToken into a 2 KB message, octets to octets, from Python",
        "token",
        {"Rust": "token-rust", "zeep": "token-zeep"},
        "30x zeep",
        lambda _, ratios: ratios["zeep"] >= 30,
    ),
    Row(
        "UsernameToken into zeep's tree (the drop-in)",
        "apply",
        {"zeep": "apply-zeep"},
        "",
        _open,
    ),
    Row("validate a UsernameToken in a 2 KB message, Rust", "validate-rust", {}, "", _open),
    Row(
        "strict scan, 2 MB",
        "scan",
        {"quick-xml": "scan-quick-xml"},
        "400 MB/s, 4x quick-xml",
        lambda ours, ratios: ratios["quick-xml"] >= 4 and 2_000_000 / ours >= 400e6,
    ),
    Row("strict scan, 2 KB, the first", "scan-2k", {"quick-xml": "scan-2k-quick-xml"}, "", _open),
    Row(
        "strict scan, 2 KB, one after the other",
        "scan-2k-warm",
        {"quick-xml": "scan-2k-quick-xml"},
        "4x quick-xml",
        lambda _, ratios: ratios["quick-xml"] >= 4,
    ),
]


def table(results: Dict[str, Any]) -> str:
    seconds: Dict[str, float] = results["seconds"]
    octets: Dict[str, int] = results["octets"]
    lines = [["what", "ours", "beside it", "target", "met"]]
    for row in ROWS:
        if row.ours not in seconds:
            lines.append([row.what, results["not_measured"][row.ours], "", row.target, ""])
            continue
        ours = seconds[row.ours]
        ratios = {peer: seconds[case] / ours for peer, case in row.peers.items()}
        beside = ", ".join(
            f"{peer} {amount(seconds[case], octets.get(case))} ({ratios[peer]:.2f}x)"
            for peer, case in row.peers.items()
        )
        met = row.met(ours, ratios)
        verdict = "" if met is None else "yes" if met else "no"
        shown = amount(ours, octets.get(row.ours))
        lines.append([row.what, shown, beside, row.target, verdict])
    counted = results["instructions_per_octet"]
    lines.append(
        [
            "strict scan, instructions per octet",
            count(counted["scan"]),
            f"quick-xml {count(counted['scan-quick-xml'])}",
            "",
            "",
        ]
    )
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    text: List[str] = []
    for number, line in enumerate(lines):
        cells = (cell.ljust(width) for cell, width in zip(line, widths))
        text.append("| " + " | ".join(cells) + " |")
        if number == 0:
            text.append("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def amount(seconds: float, octets: Optional[int]) -> str:
    if octets and octets > 100_000:
        return f"{octets / seconds / 1e6:.0f} MB/s"
    if seconds < 1e-3:
        return f"{seconds * 1e6:.2f} µs"
    return f"{seconds * 1e3:.2f} ms"


def count(counted: Any) -> str:
    return f"{counted:.1f}" if isinstance(counted, float) else str(counted)


def page(results: Dict[str, Any], shown: str) -> str:
    machine = results["environment"]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    return f"""# Benchmark

{machine["time"]}: {machine["processor"]} ({machine["processors"]} processors, load
{machine["load"]}), {machine["system"]}, Python {machine["python"]}, {machine["rustc"]}, {packages}.

Median of {results["rounds"]} rounds in which every case takes its turn. How many times slower a peer
is stands in parentheses. Compare ratios, and only those of one run.

{shown}

quick-xml reads with its namespaces and all checks that it has; it is not strict. By hand, tuned, and
tutorial are in bench/peers.py: neither escapes, bounds or forgets anything.

![times](latest.svg)
"""


def plot(results: Dict[str, Any]) -> str:
    """Bars on a logarithmic scale, one group for each row."""
    seconds: Dict[str, float] = results["seconds"]
    bars: List["tuple[str, str, Optional[float]]"] = []
    for row in ROWS:
        if row.ours not in seconds:
            continue
        bars.append(("title", row.what, None))
        bars.append(("ours", "ours", seconds[row.ours]))
        bars.extend(("peer", peer, seconds[case]) for peer, case in row.peers.items())
    times = [time for _, _, time in bars if time]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    left, width, step, top = 130, 520, 18, 24
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
            parts.append(
                f'<text x="4" y="{y + 13}" font-weight="bold">{escape(label)}</text>'
            )
            continue
        colour = "#2a6f97" if kind == "ours" else "#b7b7a4"
        parts.append(f'<text x="{left - 6}" y="{y + 12}" text-anchor="end">{escape(label)}</text>')
        parts.append(
            f'<rect x="{left}" y="{y + 3}" width="{across(time) - left:.1f}" height="11" '
            f'fill="{colour}"/>'
        )
        parts.append(
            f'<text x="{across(time) + 4:.1f}" y="{y + 12}">{amount(time, None)}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"
