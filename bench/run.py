"""The benchmark beside the peers, in one run: ``make bench``.

Every case takes its turn in every round, Rust and Python alike, so that what else the machine does
meets all of them; the median of the rounds is shown. Times move between runs and machines: compare
the ratios of one run. It prints a table and writes bench/results/latest.json, .md and .svg. It is
never a test: nothing fails because it is slow.

    .venv/bin/python bench/run.py PATH_OF_wsse-bench [--rounds 15] [--seconds 0.05]
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
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any, Callable, Dict, List, Optional

import peers
import report

HERE = pathlib.Path(__file__).resolve().parent
MESSAGE = 2048
SCAN = 2_000_000
SLOWEST_FIRST_GUESS = 4


class Case:
    """Something to be called over and over."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.octets = 0
        self.calls = SLOWEST_FIRST_GUESS
        self.samples: List[float] = []

    def seconds(self, calls: int) -> float:
        """The time that so many calls take."""
        raise NotImplementedError

    def calibrate(self, wanted: float) -> None:
        while True:
            taken = self.seconds(self.calls)
            if taken >= wanted / 2 or self.calls >= 1_000_000:
                break
            self.calls = min(self.calls * 4, 1_000_000)
        self.calls = max(1, int(self.calls * wanted / max(taken, 1e-9)))

    def sample(self) -> None:
        self.samples.append(self.seconds(self.calls) / self.calls)

    @property
    def median(self) -> float:
        return statistics.median(self.samples)


class ServerCase(Case):
    """One that another program runs: the Rust half, or the one beyond a boundary."""

    def __init__(self, server: "Server", name: str, octets: int = 0) -> None:
        super().__init__(f"server:{name}:{octets}")
        self._server, self._case, self._asked = server, name, octets or MESSAGE

    def seconds(self, calls: int) -> float:
        taken, self.octets = self._server.ask(f"{self._case} {self._asked} {calls}")
        return taken / 1e9


class Server:
    """A program that runs one request at a time."""

    def __init__(self, *command: str) -> None:
        self._program = command[0]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="ascii"
        )

    def ask(self, request: str) -> "tuple[int, int]":
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(request + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not re.fullmatch(r"\d+ \d+\n", answer):
            raise SystemExit(f"{self._program}: {request!r} was answered with {answer!r}")
        nanoseconds, octets = answer.split()
        return int(nanoseconds), int(octets)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def boundary_program(libraries: pathlib.Path, folder: pathlib.Path) -> "pathlib.Path | str":
    """bench/boundary.c, compiled into a folder; or the reason why not."""
    library = libraries / "libwsse.so"
    compiler = os.environ.get("CC", "cc")
    if shutil.which(compiler) is None:
        return f"not measured: {compiler} is not installed"
    if not library.exists():
        return f"not measured: there is no {library.name} beside wsse-bench"
    soname = re.search(rb"\0(libwsse\.so[.0-9]+)\0", library.read_bytes())
    # The linker looks for the one name, the program for the other.
    for name in {library.name, soname[1].decode() if soname else library.name}:
        (folder / name).symlink_to(library.resolve())
    program = folder / "boundary"
    command = [compiler, "-std=c99", "-O2", f"-I{HERE.parent / 'include'}", HERE / "boundary.c"]
    command += [f"-L{folder}", "-lwsse", f"-Wl,-rpath,{folder}", "-o", program]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        return f"not measured: {compiler} said: {done.stderr.strip().splitlines()[-1]}"
    return program


def dotnet_command(message: bytes) -> "List[str] | str":
    """What runs wsse-dotnet/bench/Bench.cs, compiled beside Wsse.dll; or the reason why not."""
    dotnet = HERE.parent / "wsse-dotnet"
    sys.path.insert(0, str(dotnet))
    import build
    import toolchain

    folder = HERE.parent / "target" / "dotnet"
    missing = toolchain.missing()
    if missing is not None:
        return f"not measured: {missing}"
    if not (folder / "Wsse.dll").exists():
        return "not measured: `make dotnet` has not built Wsse.dll"
    program, envelope = folder / "Bench.exe", folder / "message.xml"
    references = [folder / "mono" / "Wsse.dll"]
    build.compile_with_mcs(program, [dotnet / "bench" / "Bench.cs"], references)
    envelope.write_bytes(message)
    return ["mono", str(program), str(envelope)]


class PythonCase(Case):
    """``prepare(calls)`` returns what is called, without arguments."""

    def __init__(self, name: str, prepare: Callable[[int], Callable[[], Any]]) -> None:
        super().__init__(f"python:{name}")
        self._prepare = prepare

    def seconds(self, calls: int) -> float:
        call = self._prepare(calls)
        repeat = range(calls)
        start = time.perf_counter()
        for _ in repeat:
            call()
        return time.perf_counter() - start


def python_cases(message: bytes) -> Dict[str, Case]:
    import wsse
    import wsse.http
    from lxml import etree
    from wsse.zeep import UsernameToken as OurUsernameToken
    from zeep.wsse import UsernameToken as ZeepUsernameToken

    username, password = peers.USERNAME, peers.PASSWORD
    passwords = {username: password}

    def creator(_: int) -> Callable[[], str]:
        return wsse.http.HeaderCreator(username, password).create

    def on_headers(check: Callable[[str], Any], calls: int) -> Callable[[], Any]:
        fresh = peers.tuned_header(username, password)
        headers = iter([fresh() for _ in range(calls)])
        return lambda: check(next(headers))

    def outbound(_: int) -> Callable[[], bytes]:
        policy = 'version = 1\norder = ["username-token"]'
        protect = wsse.Outbound(policy, username=username, password=password).protect
        return lambda: protect(message).bytes

    def through_lxml(token: Any) -> Callable[[], bytes]:
        def call() -> bytes:
            envelope, _ = token.apply(etree.fromstring(message), {})
            return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")

        return call

    def applied(token: Any, calls: int) -> Callable[[], Any]:
        envelopes = iter([etree.fromstring(message) for _ in range(calls)])
        return lambda: token.apply(next(envelopes), {})

    ours = OurUsernameToken(username, password, use_digest=True)
    zeep = ZeepUsernameToken(username, password, use_digest=True)
    prepared: Dict[str, Callable[[int], Callable[[], Any]]] = {
        "header": creator,
        "header-function": lambda _: (
            lambda: wsse.http.create_header(username, password)
        ),
        "header-tuned": lambda _: peers.tuned_header(username, password),
        "header-tutorial": lambda _: (lambda: peers.tutorial_header(username, password)),
        "check": lambda calls: on_headers(wsse.http.HeaderCheck(passwords).check, calls),
        "check-tuned": lambda calls: on_headers(peers.tuned_check(passwords, set()), calls),
        "check-tutorial": lambda calls: on_headers(peers.tutorial_check(passwords, set()), calls),
        "token": outbound,
        "token-zeep": lambda _: through_lxml(zeep),
        "apply": lambda calls: applied(ours, calls),
        "apply-zeep": lambda calls: applied(zeep, calls),
    }
    return {name: PythonCase(name, prepare) for name, prepare in prepared.items()}


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
            str(SCAN),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or collected is None or collected[1] == "0":
        return "not measured: callgrind counted nothing"
    return int(collected[1]) / int(done.stdout)


def environment() -> Dict[str, Any]:
    def version(package: str) -> Optional[str]:
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            return None

    processor = platform.processor()
    information = pathlib.Path("/proc/cpuinfo")
    if information.exists():
        found = re.search(r"^model name\s*: (.*)$", information.read_text(), re.MULTILINE)
        processor = found[1] if found else processor
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, encoding="utf-8", check=False)
    return {
        "time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "processor": processor,
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "rustc": rustc.stdout.strip(),
        "packages": {name: version(name) for name in ("wsse", "zeep", "lxml")},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("program", help="the built wsse-bench")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.05, help="of each case in each round")
    arguments = parser.parse_args()

    message = subprocess.run(
        [arguments.program, "message", str(MESSAGE)], stdout=subprocess.PIPE, check=True
    ).stdout
    server = Server(arguments.program)
    folder = tempfile.TemporaryDirectory()
    boundary = boundary_program(pathlib.Path(arguments.program).parent, pathlib.Path(folder.name))
    not_measured: Dict[str, str] = {}
    beyond_cases: Dict[str, Case] = {}
    beyond: Optional[Server] = None
    if isinstance(boundary, str):
        not_measured = {"header-c": boundary, "check-c": boundary}
    else:
        beyond = Server(str(boundary))
        beyond_cases = {
            "header-c": ServerCase(beyond, "header"),
            "check-c": ServerCase(beyond, "header-check"),
        }
    dotnet = dotnet_command(message)
    managed: Optional[Server] = None
    if isinstance(dotnet, str):
        not_measured.update({"header-dotnet": dotnet, "check-dotnet": dotnet})
    else:
        managed = Server(*dotnet)
        beyond_cases["header-dotnet"] = ServerCase(managed, "header")
        beyond_cases["check-dotnet"] = ServerCase(managed, "header-check")
    cases: Dict[str, Case] = {
        "scan": ServerCase(server, "scan", SCAN),
        "scan-quick-xml": ServerCase(server, "scan-quick-xml", SCAN),
        "scan-2k": ServerCase(server, "scan", MESSAGE),
        "scan-2k-warm": ServerCase(server, "scan-warm", MESSAGE),
        "scan-2k-quick-xml": ServerCase(server, "scan-quick-xml", MESSAGE),
        "header-rust": ServerCase(server, "header"),
        "check-rust": ServerCase(server, "header-check"),
        "token-rust": ServerCase(server, "token", MESSAGE),
        "validate-rust": ServerCase(server, "validate", MESSAGE),
        **beyond_cases,
        **python_cases(message),
    }
    for case in cases.values():
        case.calibrate(arguments.seconds)
    for number in range(arguments.rounds):
        # Each round begins elsewhere, so that nobody always follows the same neighbour.
        order = list(cases.values())
        shift = number * 5 % len(order)
        for case in order[shift:] + order[:shift]:
            case.sample()
        if sys.stderr.isatty():
            print(f"\rround {number + 1} of {arguments.rounds} ", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    server.close()
    for other in (beyond, managed):
        if other is not None:
            other.close()
    folder.cleanup()

    counted = {
        "scan": instructions_per_octet(arguments.program, "scan", "cases::scan_whole"),
        "scan-quick-xml": instructions_per_octet(
            arguments.program, "scan-quick-xml", "cases::scan_whole_quick_xml"
        ),
    }
    results = {
        "environment": environment(),
        "message": len(message),
        "rounds": arguments.rounds,
        "seconds": {name: case.median for name, case in cases.items()},
        "spread": {
            name: (min(case.samples), max(case.samples)) for name, case in cases.items()
        },
        "octets": {name: case.octets for name, case in cases.items() if case.octets},
        "instructions_per_octet": counted,
        "not_measured": not_measured,
    }
    written = HERE / "results"
    written.mkdir(exist_ok=True)
    table = report.table(results)
    print(table)
    (written / "latest.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (written / "latest.md").write_text(report.page(results, table), encoding="utf-8")
    (written / "latest.svg").write_text(report.plot(results), encoding="utf-8")
    print(f"written to {written.relative_to(HERE.parent)}/latest.json, .md and .svg")


if __name__ == "__main__":
    main()
