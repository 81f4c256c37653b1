"""What the way from .NET into the native library costs, beside Rust: ``make bench-dotnet``.

    python wsse-dotnet/bench/run.py PATH_OF_wsse-bench [FOLDER]

FOLDER is what build.py made, target/dotnet by default. Every case takes its turn in every round on every
side; the median of the rounds is shown. Never a test: nothing fails because it is slow.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import build as builder  # noqa: E402
import toolchain  # noqa: E402

ROUNDS = 15
CALLS = 2048
OCTETS = 2048
CASES = {
    "header": "X-WSSE header",
    "header-check": "X-WSSE check",
    "token": "UsernameToken into a 2 KB message",
    "validate": "the same validated",
}


class Side:
    """A program that answers CASE OCTETS CALLS with nanoseconds."""

    def __init__(self, command: List[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="ascii"
        )

    def microseconds(self, case: str) -> float:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{case} {OCTETS} {CALLS}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline().split()[0]) / CALLS / 1000

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def main() -> None:
    rust = sys.argv[1]
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else toolchain.ROOT / "target" / "dotnet"
    program = folder / "Bench.exe"
    source = Path(__file__).resolve().parent / "Bench.cs"
    builder.compile_with_mcs(program, [source], [folder / "mono" / "Wsse.dll"])
    message = folder / "message.xml"
    with message.open("wb") as file:
        subprocess.run([rust, "message", "orders", str(OCTETS)], stdout=file, check=True)
    sides = {"Rust": Side([rust]), "Mono": Side(["mono", str(program), str(message)])}
    core = toolchain.core()
    if core is not None:
        sides[".NET Core 3.1"] = Side([*core, str(program), str(message)])
    samples: Dict[str, Dict[str, List[float]]] = {
        case: {side: [] for side in sides} for case in CASES
    }
    # The first round warms up: the runtimes compile what they run often.
    for turn in range(ROUNDS + 1):
        for case in CASES:
            for name, side in sides.items():
                taken = side.microseconds(case)
                if turn > 0:
                    samples[case][name].append(taken)
    print(f"microseconds a call | {' | '.join(sides)}")
    for case, title in CASES.items():
        medians = [f"{statistics.median(samples[case][side]):.2f}" for side in sides]
        print(f"{title} | {' | '.join(medians)}")
    for side in sides.values():
        side.close()


if __name__ == "__main__":
    main()
