"""The instructions of our own code in eight operations, counted by callgrind: what a faster or slower
machine, or one that is busy, does not change.

    python bench/instructions.py PATH_OF_wsse-bench            prints them beside bench/instructions.tsv
    python bench/instructions.py PATH_OF_wsse-bench --write    writes that file: make instructions

Counted is what Rust functions do themselves, and what the compiler put into them: neither OpenSSL nor
the crates of hashes, nor the C library, whose code depends on the processor and the distribution. So
signatures cost here what is ours of them. python-tests/test_instructions.py compares.
"""

from __future__ import annotations

import argparse
import pathlib
import platform
import re
import shutil
import subprocess
import tempfile
from typing import Dict, NamedTuple, Optional

FILE = pathlib.Path(__file__).resolve().parent / "instructions.tsv"
ALLOWED = 1.05

OPERATIONS = {
    "scan": ("scan", "message", 204_800),
    "scan, with what earlier messages taught": ("scan-warm", "message", 2048),
    "exclusive canonicalization": ("c14n", "message", 204_800),
    "inclusive canonicalization": ("c14n-inclusive", "message", 204_800),
    "one walk for three parts": ("pass", "message", 204_800),
    "sign": ("sign", "message", 2048),
    "verify": ("verify", "signed", 2048),
    "validate a UsernameToken": ("validate", "message", 2048),
}
"""Of each: the case of wsse-bench, and the message of orders that it is given."""

_OTHERS = re.compile(r"(?:^|[< ])(?:sha1|sha2|md5|digest|block_buffer|openssl|openssl_sys)::")
"""Rust functions that are not counted."""
_COST = re.compile(r"[-+*\d]\S* (\d+)$")
_NAME = re.compile(r"(c?fn)=\((\d+)\)(?: (.*))?$")


class Counts(NamedTuple):
    machine: str
    """Compiler and class of processor; counts of another one are not compared."""
    instructions: Dict[str, int]


def missing() -> Optional[str]:
    """Why nothing can be counted here."""
    if shutil.which("valgrind") is None:
        return "valgrind is not installed"
    if platform.system() != "Linux":
        return "callgrind counts on Linux only"
    return None


def machine() -> str:
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, encoding="utf-8", check=True)
    flags = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    # Valgrind shows its program no more than that, and the crate memchr asks for it.
    vectors = "AVX2" if "avx2" in flags else "no AVX2"
    return f"{rustc.stdout.strip()}; {platform.machine()}, {vectors}"


def count(program: str) -> Counts:
    with tempfile.TemporaryDirectory() as folder:
        instructions = {
            name: _count_one(program, case, mode, octets, pathlib.Path(folder))
            for name, (case, mode, octets) in OPERATIONS.items()
        }
    return Counts(machine(), instructions)


def _count_one(program: str, case: str, mode: str, octets: int, folder: pathlib.Path) -> int:
    message, counted = folder / "message.xml", folder / "counted"
    made = subprocess.run(
        [program, mode, "orders", str(octets)], stdout=subprocess.PIPE, check=True
    )
    message.write_bytes(made.stdout)
    done = subprocess.run(
        [
            "valgrind",
            "--tool=callgrind",
            f"--callgrind-out-file={counted}",
            "--collect-atstart=no",
            "--toggle-collect=wsse_bench::serve::Prepared::run",
            program,
            "once",
            case,
            str(message),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{case}: {done.stdout}{done.stderr}")
    total = own(counted.read_text(encoding="utf-8"))
    if total == 0:
        raise RuntimeError(f"{case}: callgrind counted nothing")
    return total


def own(written: str) -> int:
    """What the Rust functions of a file that callgrind wrote did themselves."""
    names: Dict[str, str] = {}
    total, ours, is_call = 0, False, False
    for line in written.splitlines():
        name = _NAME.match(line)
        if name:
            kind, number, text = name.groups()
            if text is not None:
                names[number] = text
            if kind == "fn":
                ours = "::" in names[number] and not _OTHERS.search(names[number])
        elif line.startswith("calls="):
            # The next line is what was called did.
            is_call = True
        else:
            cost = _COST.match(line)
            if cost:
                total += int(cost[1]) if ours and not is_call else 0
                is_call = False
    return total


def read() -> Counts:
    head, *lines = FILE.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines)
    return Counts(head.removeprefix("# "), {name: int(number) for name, number in pairs})


def write(counts: Counts) -> None:
    lines = [f"# {counts.machine}"]
    lines += [f"{name}\t{number}" for name, number in counts.instructions.items()]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def compared(known: Counts, counted: Counts) -> str:
    lines = []
    for name, number in counted.instructions.items():
        before = known.instructions.get(name)
        change = f"{100 * (number / before - 1):+.1f} %" if before else "new"
        lines.append(f"{name}: {number}, {change}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("program", help="the built wsse-bench")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    reason = missing()
    if reason is not None:
        raise SystemExit(f"not counted: {reason}")
    counted = count(arguments.program)
    if FILE.exists():
        print(compared(read(), counted))
    if arguments.write:
        write(counted)


if __name__ == "__main__":
    main()
