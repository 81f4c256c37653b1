"""What the tables of the benchmark show, and what each row is to reach.

``must`` and ``dream`` are ratios to a peer, rates or times. A factor says how far away one is: 1.2 is
20 % too slow, up to 1 it is reached.
"""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional, Tuple

import zeep_cases
from signatures import (
    BERGSHAMRA,
    BESIDE,
    CANONICALIZED,
    ENCRYPTED,
    OURS,
    PEERS,
    PYTHON,
    SHAPED,
    SIZES,
    STREAMED,
    STREAMED_LARGE,
    STREAMS,
    XMLSEC,
    case_name,
    streamed_name,
)

BARE = "bare cryptography"
BARE_AND_SCAN = "that and a scan"


class Away(NamedTuple):
    factor: float
    beside: str
    """The peer to whom it is so far; empty for a time or a rate."""
    beyond: bool
    """Whether the bare cryptography is too slow for it as well."""


class Target(NamedTuple):
    text: str = ""
    ratios: Dict[str, float] = {}
    """How many times our time each of these must take."""
    seconds: Optional[float] = None
    rate: Optional[float] = None
    """Octets a second."""

    def away(self, seconds: float, octets: int, ratios: Dict[str, float]) -> List[Away]:
        """Of everything that it names and that was measured."""
        bare = ratios.get(BARE)
        found = []
        for peer, wanted in self.ratios.items():
            if peer in ratios:
                factor = wanted / ratios[peer]
                found.append(Away(factor, peer, bare is not None and factor * bare > 1))
        if self.seconds is not None:
            found.append(Away(seconds / self.seconds, "", False))
        if self.rate is not None and octets:
            found.append(Away(self.rate * seconds / octets, "", False))
        return found


OPEN = Target()


class Row(NamedTuple):
    what: str
    ours: str
    """The case that is ours."""
    peers: Dict[str, str]
    """The names of the peers, with the case of each."""
    must: Target = OPEN
    dream: Target = OPEN
    shows_rate: bool = False


class Growth(NamedTuple):
    """How much longer one case takes than another that differs in one thing."""

    what: str
    sides: Dict[str, Tuple[str, str]]
    must: float
    dream: float


TOKENS = [
    Row(
        "X-WSSE header, from Python",
        "header",
        {"Rust": "header-rust", "by hand, tuned": "header-tuned", "tutorial": "header-tutorial"},
        Target("1.5 µs", seconds=1.5e-6),
        Target("1 µs", seconds=1e-6),
    ),
    Row(
        "the same by create_header()",
        "header-function",
        {"by hand, tuned": "header-tuned", "tutorial": "header-tutorial"},
    ),
    Row(
        "X-WSSE check, from Python",
        "check",
        {"Rust": "check-rust", "by hand, tuned": "check-tuned", "tutorial": "check-tutorial"},
        Target("2 µs", seconds=2e-6),
        Target("1 µs", seconds=1e-6),
    ),
    # The cost of the boundary: the same in the same process, called from elsewhere.
    Row("X-WSSE header, from C", "header-c", {"Rust": "header-rust"}),
    Row("X-WSSE check, from C", "check-c", {"Rust": "check-rust"}),
    Row("X-WSSE header, from .NET (Mono)", "header-dotnet", {"Rust": "header-rust"}),
    Row("X-WSSE check, from .NET (Mono)", "check-dotnet", {"Rust": "check-rust"}),
    Row(
        "UsernameToken into a 2 KB message, octets to octets, from Python",
        "token",
        {"Rust": "token-rust", "zeep": "token-zeep"},
        Target("30x zeep", {"zeep": 30}),
        Target("50x", {"zeep": 50}),
    ),
    Row("UsernameToken into zeep's tree (the drop-in)", "apply", {"zeep": "apply-zeep"}),
    Row("validate a UsernameToken in a 2 KB message, Rust", "validate-rust", {}),
    Row(
        "strict scan, 2 MB",
        "scan",
        {"quick-xml": "scan-quick-xml"},
        Target("400 MB/s, 4x quick-xml", {"quick-xml": 4}, rate=400e6),
        Target("1 GB/s", rate=1e9),
        True,
    ),
    Row("strict scan, 2 KB, the first", "scan-2k", {"quick-xml": "scan-2k-quick-xml"}),
    Row(
        "strict scan, 2 KB, one after the other",
        "scan-2k-warm",
        {"quick-xml": "scan-2k-quick-xml"},
        Target("4x quick-xml", {"quick-xml": 4}),
    ),
]


def canonicalization_rows() -> List[Row]:
    rows = [
        Row("SHA-256 alone, 2 MB", case_name(OURS, "sha256", "orders", "2 MB"), {}, shows_rate=True)
    ]
    for size in CANONICALIZED:
        peers = {"libxml2": XMLSEC, BERGSHAMRA: BERGSHAMRA}
        row = Row(
            f"exclusive canonicalization, {size}",
            case_name(OURS, "c14n", "orders", size),
            {name: case_name(side, "c14n", "orders", size) for name, side in peers.items()},
            Target("300 MB/s, 15x libxml2", {"libxml2": 15}, rate=300e6),
            Target("800 MB/s", rate=800e6),
            True,
        )
        # What a call costs is not in a rate.
        rows.append(row if size != "2 KB" else row._replace(must=OPEN, dream=OPEN))
    return rows


def signature_row(operation: str, size: str) -> Row:
    names = {BARE: case_name(OURS, f"bare-{operation}", "orders", size)}
    for side in (PYTHON, *PEERS):
        names[side] = case_name(side, operation, "orders", size)
    if operation == "sign":
        names["zeep as it is called"] = case_name("zeep", "sign-as-called", "orders", size)
    ours = case_name(OURS, operation, "orders", size)
    return Row(f"{operation}, {size}", ours, names, *targets(operation, size))


def encryption_rows() -> List[Row]:
    """The Body of a message, by AES-256-GCM and RSA-OAEP."""
    rows = []
    for operation, factor in (("encrypt", 15), ("decrypt", 30)):
        for size in ENCRYPTED:
            peers = {
                BARE: case_name(OURS, f"bare-{operation}", "orders", size),
                BARE_AND_SCAN: case_name(OURS, f"bare-{operation}-scan", "orders", size),
                PYTHON: case_name(PYTHON, operation, "orders", size),
                "python-xmlsec": case_name("zeep", operation, "orders", size),
            }
            must, dream = OPEN, OPEN
            if size in ("2 MB", "20 MB"):
                must = Target(f"{factor}x python-xmlsec", {"python-xmlsec": factor})
                dream = Target("2x that and a scan", {BARE_AND_SCAN: 1 / 2})
            case = case_name(OURS, operation, "orders", size)
            rows.append(Row(f"{operation}, {size}", case, peers, must, dream))
    return rows


def second_thread_rows() -> List[Row]:
    """Hashing on a thread of its own; at best it takes what the hash takes."""
    rows = []
    for operation in ("sign", "verify"):
        for size in BESIDE:
            case = case_name(OURS, f"{operation}-beside", "orders", size)
            peers = {
                "one thread": case_name(OURS, operation, "orders", size),
                BARE: case_name(OURS, f"bare-{operation}", "orders", size),
            }
            must = Target("280 MB/s", rate=280e6)
            dream = Target("95 % of bare", {BARE: 0.95})
            rows.append(Row(f"{operation}, {size}, hash on a second thread", case, peers, must, dream, True))
    return rows


def stream_rows() -> List[Row]:
    """Files that are read as streams, into a spool that drops what it is given."""
    rows = []
    for operation in STREAMS:
        for size in [*STREAMED, *STREAMED_LARGE]:
            at_hand = case_name(OURS, operation.replace("-stream", ""), "orders", size)
            bare = case_name(OURS, f"bare-{operation.split('-')[0]}", "orders", size)
            peers = {"octets at hand": at_hand, BARE: bare}
            case = case_name(OURS, operation, "orders", size)
            rows.append(Row(f"{streamed_name(operation)}, {size}", case, peers, shows_rate=True))
    return rows


def zeep_rows() -> List[Row]:
    """The drop-in beside what it replaces."""
    rows = []
    for operation, small, dreamt in (("sign", 2.5, 3.5), ("verify", 3, 5)):
        for size in SIZES:
            factor, dream = (small, dreamt) if size == "2 KB" else (2, 4)
            case = zeep_cases.name(zeep_cases.OURS, operation, size)
            peers = {"zeep": zeep_cases.name(zeep_cases.ZEEP, operation, size)}
            must = Target(f"{factor}x zeep", {"zeep": factor})
            target = Target(f"{dream}x", {"zeep": dream})
            rows.append(Row(f"zeep, {operation}, {size}", case, peers, must, target))
    return rows


def targets(operation: str, size: str) -> Tuple[Target, Target]:
    if size == "2 KB" and operation == "sign":
        return Target("1.1x bare", {BARE: 1 / 1.1}), Target("1.03x bare", {BARE: 1 / 1.03})
    if size == "2 KB":
        must = Target(
            "2x bare, 14x libxmlsec1, 18x zeep", {BARE: 1 / 2, XMLSEC: 14, "zeep": 18}
        )
        return must, Target("1.3x bare", {BARE: 1 / 1.3})
    if size == "20 KB":
        return OPEN, OPEN
    must = Target(
        "2x bare, 15x libxmlsec1, 25x zeep, 12x bergshamra",
        {BARE: 1 / 2, XMLSEC: 15, "zeep": 25, BERGSHAMRA: 12},
    )
    return must, Target("1.45x bare", {BARE: 1 / 1.45})


def growths() -> List[Growth]:
    def both(
        one: Tuple[str, str], other: Tuple[str, str], size: str
    ) -> Dict[str, Tuple[str, str]]:
        return {
            side: (case_name(side, *one, size), case_name(side, *other, size))
            for side in (OURS, XMLSEC)
        }

    grown: List[Growth] = []
    for size in SHAPED:
        for operation in ("sign", "verify"):
            kinds = ("parts", "parts") if operation == "sign" else ("parts", "part")
            pair = both((f"{operation}-parts", kinds[0]), (f"{operation}-part", kinds[1]), size)
            grown.append(Growth(f"{operation}, 30 references against 1, {size}", pair, 1.1, 1.1))
    for size in SHAPED:
        for one, other, what in (
            ("depth-190", "depth-5", "depth 190 against 5"),
            ("namespaces-400", "namespaces-2", "400 namespaces above against 2"),
        ):
            pair = both(("verify", one), ("verify", other), size)
            grown.append(Growth(f"verify, {what}, {size}", pair, 1.2, 1.0))
    # Whoever sends broken ciphertexts shall not see by the time which it was.
    for what, one, other in (
        ("CBC, a padding that is wrong against plaintext that is", "cbc-padding", "cbc-not-xml"),
        ("RSA 1.5, a padding that is wrong against plaintext that is", "rsa15-padding", "rsa15-content"),
    ):
        pair = (case_name(OURS, one, "orders", "2 KB"), case_name(OURS, other, "orders", "2 KB"))
        grown.append(Growth(f"refuse {what}, 2 KB", {OURS: pair}, 1.1, 1.0))

    def threads(work: str) -> Tuple[str, str]:
        two, one = (case_name(OURS, f"{work}-threads-{count}", "orders", "20 KB") for count in "21")
        return two, one

    # 1.9 times the messages in the same time. A machine that is busy, or whose two processors are one
    # core, has not that much to offer.
    sides = {OURS: threads("verify"), "SHA-256 alone": threads("sha256")}
    what = "verify, 20 KB, two threads that each do as much as one does, against one"
    grown.append(Growth(what, sides, 2 / 1.9, 1.0))
    return grown


MEMORY_ALLOWANCE = 10_000_000
"""Octets beside input and output that a call on a slice may take."""

STREAM_ALLOWANCE = 8_000_000
"""Octets that a call on a stream may take, whatever its length."""
