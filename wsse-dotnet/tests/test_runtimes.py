"""Every C# test, on Mono and on .NET Core, each as a test of its own here."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

import pytest
import toolchain
from toolchain import FOLDER, ROOT

RUNTIMES: Dict[str, Callable[[], Optional[List[str]]]] = {
    "mono": lambda: ["mono", "--debug"],
    "core": toolchain.core,
}
BANNERS = {"mono": "# Mono", "core": "# .NET Core 3.1"}


def names() -> List[str]:
    """The tests, as the sources declare them."""
    found = []
    for source in sorted((FOLDER / "tests" / "Wsse.Tests").glob("*Tests.cs")):
        declared = re.findall(
            r"^ +\[Test(?:, \w+)?\]\n +public (?:async Task|void) (\w+)\(\)$",
            source.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        assert declared, f"{source.name} declares no test"
        found += [f"{source.stem}.{name}" for name in declared]
    return found


Result = Tuple[str, str]


def run(runtime: str, built: Path) -> Dict[str, Result]:
    """What each test said: ok, skipped or FAILED, and why."""
    command = RUNTIMES[runtime]()
    assert command is not None
    done = subprocess.run(
        [*command, str(built / "Wsse.Tests.exe")],
        env={**os.environ, "WSSE_ROOT": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    assert done.stdout.startswith(BANNERS[runtime]), done.stdout
    results: Dict[str, Result] = {}
    for line in re.split(r"^(?=ok |skipped |FAILED |# )", done.stdout, flags=re.MULTILINE):
        verdict, _, rest = line.partition(" ")
        name, _, why = rest.strip().partition("\n" if verdict == "FAILED" else ": ")
        results[name] = (verdict, why)
    assert "end" in results, f"the runner did not come to its end:\n{done.stdout}"
    return results


@pytest.fixture(scope="session")
def results(built: Path) -> Callable[[str], Dict[str, Result]]:
    known: Dict[str, Dict[str, Result]] = {}

    def of(runtime: str) -> Dict[str, Result]:
        if runtime not in known:
            known[runtime] = run(runtime, built)
        return known[runtime]

    return of


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_csharp(
    runtime: str, name: str, results: Callable[[str], Dict[str, Result]]
) -> None:
    if runtime == "core" and toolchain.core() is None:
        pytest.skip("the .NET Core runtime is not there: pip install -r requirements/dotnet.txt")
    verdict, why = results(runtime)[name]
    if verdict == "skipped":
        pytest.skip(why)
    assert verdict == "ok", why


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_no_test_is_forgotten(
    runtime: str, results: Callable[[str], Dict[str, Result]]
) -> None:
    if runtime == "core" and toolchain.core() is None:
        pytest.skip("the .NET Core runtime is not there: pip install -r requirements/dotnet.txt")
    ran = {name for name in results(runtime) if re.fullmatch(r"\w+Tests\.\w+", name)}
    assert ran == set(names())


def test_third_party_vectors(results: Callable[[str], Dict[str, Result]]) -> None:
    absent = [name for name in results("mono") if "rows of vectors" in name]
    if absent:
        pytest.skip(f"{', '.join(absent)}; see vectors/README.md")
