"""The benchmark beside the peers, in one run: ``make bench``, ``make bench BENCH=--large``.

Every case takes its turn in every round, Rust and Python alike, so that what else the machine does
meets all of them; the median of the rounds is shown. Times move between runs and machines: compare
the ratios of one run. It prints tables and writes bench/results/latest.json, .md and .svg. It is
never a test: nothing fails because it is slow.

    .venv/bin/python bench/run.py PATH_OF_wsse-bench [--rounds 15] [--seconds 0.05] [--large]
        [--without-sha-extensions] [--only EXPRESSION] [--write-docs]
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Any, Dict, List, Optional

import programs
import report
import tokens
import zeep_cases
from measure import Case, Server, ServerCase, show, take_turns
from signatures import BERGSHAMRA, OURS, PYTHON, XMLSEC, Messages, Side, Signatures

HERE = pathlib.Path(__file__).resolve().parent
WITHOUT_SHA_EXTENSIONS = ":~0x20000000"
"""For OPENSSL_ia32cap: the second word is the leaf 7 of CPUID, whose bit 29 of EBX they are."""


def instructions_per_octet(program: str, case: str, function: str) -> "float | str":
    """Counted by callgrind, or the reason why not."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return "not measured: valgrind is not installed"
    done = subprocess.run(
        [
            valgrind,
            "--tool=callgrind",
            f"--callgrind-out-file={os.devnull}",
            "--collect-atstart=no",
            f"--toggle-collect=*{function}",
            program,
            "once",
            case,
            str(tokens.SCAN),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or collected is None or collected[1] == "0":
        return "not measured: callgrind counted nothing"
    return int(collected[1]) / int(done.stdout)


def environment(versions: Dict[str, str]) -> Dict[str, Any]:
    def version(package: str) -> Optional[str]:
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            return None

    processor, extensions = platform.processor(), "unknown"
    information = pathlib.Path("/proc/cpuinfo")
    if information.exists():
        text = information.read_text()
        found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
        processor = found[1] if found else processor
        flags = re.search(r"^(?:flags|Features)\s*: (.*)$", text, re.MULTILINE)
        has = flags is not None and {"sha_ni", "sha2"} & set(flags[1].split())
        extensions = "used" if has else "absent"
    if os.environ.get("OPENSSL_ia32cap") == WITHOUT_SHA_EXTENSIONS:
        extensions = (
            "switched off for every OpenSSL (bergshamra, and our digests of up to 512 octets, are "
            "not OpenSSL's)"
        )
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, encoding="utf-8", check=False)
    lock = (HERE.parent / "Cargo.lock").read_text(encoding="utf-8")
    openssl = re.search(r'name = "openssl-src"\nversion = "[^"+]*\+([^"]*)"', lock)
    return {
        "time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "processor": processor,
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "sha_extensions": extensions,
        "python": platform.python_version(),
        "rustc": rustc.stdout.strip(),
        "packages": {
            **{name: version(name) for name in ("wsse", "zeep", "xmlsec", "lxml", "signxml")},
            "OpenSSL of wsse": openssl[1] if openssl else None,
            **{f"{side}:": said for side, said in versions.items()},
        },
    }


def sides(program: str, folder: pathlib.Path, missing: Dict[str, str]) -> List[Side]:
    """Those of the programs that sign and check that there are."""
    libraries = pathlib.Path(program).parent
    found: List[Side] = []
    for name, command in {
        OURS: [program],
        PYTHON: programs.python("wsse"),
        XMLSEC: programs.xmlsec(folder),
        "zeep": programs.python("zeep"),
        "signxml": programs.python("signxml"),
        BERGSHAMRA: programs.bergshamra(libraries),
    }.items():
        if isinstance(command, str):
            missing[name] = command
            continue
        server = Server(*command)
        said = server.say("version - 0")
        if said.startswith("version"):
            found.append(Side(name, command, server))
        else:
            missing[name] = f"not measured: {said.removeprefix('error ') or 'it does not start'}"
            server.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("program", help="the built wsse-bench")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.05, help="of each case in each round")
    parser.add_argument("--large", action="store_true", help="messages of 100 MB and streams of 1 GB as well; needs 8 GB")
    parser.add_argument(
        "--without-sha-extensions",
        action="store_true",
        help="as on a processor that has none; OpenSSL's alone, ours and the peers'",
    )
    parser.add_argument("--write-docs", action="store_true", help="into docs/performance.md as well")
    parser.add_argument("--only", default="", help="the cases in whose name this regular expression is")
    arguments = parser.parse_args()
    if arguments.without_sha_extensions and "OPENSSL_ia32cap" not in os.environ:
        # OpenSSL looks once, when it is loaded.
        os.environ["OPENSSL_ia32cap"] = WITHOUT_SHA_EXTENSIONS
        os.execv(sys.executable, [sys.executable, *sys.argv])

    with tempfile.TemporaryDirectory() as folder:
        results = run(arguments, pathlib.Path(folder))
    written = HERE / "results"
    written.mkdir(exist_ok=True)
    page = report.page(results)
    print(page)
    (written / "latest.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (written / "latest.md").write_text(page, encoding="utf-8")
    (written / "latest.svg").write_text(report.plot(results), encoding="utf-8")
    if arguments.write_docs:
        shown = HERE.parent / "docs" / "performance.md"
        text = shown.read_text(encoding="utf-8")
        shown.write_text(report.between_marks(text, results), encoding="utf-8")
    print(f"written to {written.relative_to(HERE.parent)}/latest.json, .md and .svg")


def run(arguments: argparse.Namespace, folder: pathlib.Path) -> Dict[str, Any]:
    program = arguments.program
    missing: Dict[str, str] = {}
    found = sides(program, folder, missing)
    ours = found[0].server
    messages = Messages(program, folder)
    signatures = Signatures(found, messages, missing, arguments.large)
    not_measured = signatures.missing

    message = subprocess.run(
        [program, "message", "orders", str(tokens.MESSAGE)], stdout=subprocess.PIPE, check=True
    ).stdout
    beyond: List[Server] = []
    cases: Dict[str, Case] = tokens.rust_cases(ours)
    for name, command in {
        "c": programs.boundary(pathlib.Path(program).parent, folder),
        "dotnet": programs.dotnet(message),
    }.items():
        if isinstance(command, str):
            not_measured.update({f"header-{name}": command, f"check-{name}": command})
            continue
        server = Server(*command)
        beyond.append(server)
        cases[f"header-{name}"] = ServerCase(server, "header", tokens.MESSAGE)
        cases[f"check-{name}"] = ServerCase(server, "header-check", tokens.MESSAGE)
    cases.update(tokens.python_cases(message))
    cases.update(signatures.cases)
    cases.update(zeep_cases.zeep_cases(messages, not_measured))
    cases = {name: case for name, case in cases.items() if re.search(arguments.only, name)}
    take_turns(cases, arguments.rounds, arguments.seconds)
    versions = {}
    for side in found:
        said = side.server.say("version - 0").split(" ", 1)
        # What Python has is listed there.
        if len(said) == 2 and side.name != OURS:
            versions[side.name] = said[1]
    for server in [*(side.server for side in found), *beyond]:
        server.close()
    counted = {
        "scan": instructions_per_octet(program, "scan", "cases::scan_whole"),
        "scan-quick-xml": instructions_per_octet(
            program, "scan-quick-xml", "cases::scan_whole_quick_xml"
        ),
    }
    memory = {} if arguments.only else signatures.memory()
    show("")
    return {
        "environment": environment(versions),
        "message": len(message),
        "sizes": list(signatures.sizes),
        "rounds": arguments.rounds,
        "seconds": {name: case.median for name, case in cases.items()},
        "spread": {
            name: (min(case.samples), max(case.samples)) for name, case in cases.items()
        },
        "octets": {name: case.octets for name, case in cases.items() if case.octets},
        "instructions_per_octet": counted,
        "memory": memory,
        "not_measured": not_measured,
    }


if __name__ == "__main__":
    main()
