"""Builds programs in C and C++ against the library of this tree, and runs them."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]
C = os.environ.get("CC", "cc")
CPP = os.environ.get("CXX", "c++")
LEAKS = "--errors-for-leak-kinds=definite,indirect,possible"
# Of its own, so that it can't be taken for a status of the program.
VALGRIND_FOUND_SOMETHING = 99


class Library(NamedTuple):
    """Where libwsse.so lies, under the name that the linker looks for and the one of its SONAME."""

    folder: pathlib.Path

    def build(
        self,
        program: pathlib.Path,
        sources: Sequence[pathlib.Path],
        *,
        standard: str,
        compiler: Optional[str] = None,
        flags: Sequence[str] = (),
    ) -> pathlib.Path:
        """Compiles and links; what the compiler complains of fails the test."""
        name = compiler or (CPP if standard.startswith("c++") else C)
        need(name)
        command = [name, f"-std={standard}", "-O1", "-g", *WARNINGS, f"-I{ROOT / 'include'}"]
        command += [str(source) for source in sources]
        command += [f"-L{self.folder}", "-lwsse", f"-Wl,-rpath,{self.folder}", *flags]
        done = subprocess.run(
            [*command, "-o", str(program)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return program


def build_library(folder: pathlib.Path) -> Library:
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    # The shared library alone: `make` improves on the other one after cargo, which would undo it.
    command = [os.environ.get("CARGO", "cargo"), "rustc", "--quiet", "--release", "--locked"]
    subprocess.run(
        [*command, "-p", "wsse-c", "--lib", "--crate-type", "cdylib"],
        cwd=ROOT,
        env={**os.environ, "CARGO_TARGET_DIR": str(target)},
        check=True,
    )
    version = (ROOT / "Cargo.toml").read_text(encoding="utf-8").split('\nversion = "')[1]
    major, minor = version.split(".")[:2]
    # cargo leaves it under its bare name only; `make install` gives it these.
    for name in ("libwsse.so", f"libwsse.so.{major}", f"libwsse.so.{major}.{minor}"):
        (folder / name).symlink_to(target.resolve() / "release" / "libwsse.so")
    return Library(folder)


def need(command: str) -> None:
    if shutil.which(command) is None:
        pytest.skip(f"{command} is not installed")


def pkg_config(package: str) -> List[str]:
    need("pkg-config")
    found = subprocess.run(
        ["pkg-config", "--cflags", "--libs", package], capture_output=True, text=True, check=False
    )
    if found.returncode != 0:
        pytest.skip(f"pkg-config knows no {package}")
    return found.stdout.split()


def under(tool: Optional[str]) -> List[str]:
    """What stands before a command line: nothing, or valgrind."""
    if tool is None:
        return []
    need(tool)
    status = f"--error-exitcode={VALGRIND_FOUND_SOMETHING}"
    known = ROOT / "wsse-c" / "tests" / "c" / "openssl.supp"
    return [tool, "--quiet", status, "--leak-check=full", LEAKS, f"--suppressions={known}"]


def environment(**changes: str) -> Dict[str, str]:
    return {**os.environ, "ALICE_PASSWORD": "correct horse", **changes}


def run(
    program: pathlib.Path,
    *arguments: str,
    tool: Optional[str] = None,
    stdin: str = "",
    **changes: str,
) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [*under(tool), str(program), *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        # The pages of the guide name files of the project.
        cwd=ROOT,
        check=False,
        env=environment(**changes),
    )
    assert done.returncode != VALGRIND_FOUND_SOMETHING, done.stderr
    return done


class Server:
    """A program that prints its URL and serves until it is ended."""

    def __init__(self, program: pathlib.Path, *arguments: str, tool: Optional[str] = None) -> None:
        self._process = subprocess.Popen(
            [*under(tool), str(program), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=environment(),
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: Any) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def end(self) -> str:
        """Ends it as an operator would; gives its log."""
        self._process.terminate()
        _, log = self._process.communicate(timeout=60)
        assert self._process.returncode == 0, log
        return log
