"""The programs of the benchmark: each a command, or the reason why there is none."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
from typing import List, Union

HERE = pathlib.Path(__file__).resolve().parent
KEYS = HERE.parent / "vectors" / "keys"
IDENTITY = [str(KEYS / "client.key.pem"), str(KEYS / "client.crt.pem")]

Command = Union[List[str], str]
"""A string says why there is none."""


def boundary(libraries: pathlib.Path, folder: pathlib.Path) -> Command:
    """bench/boundary.c, compiled into a folder."""
    library = libraries / "libwsse.so"
    if not library.exists():
        return f"not measured: there is no {library.name} beside wsse-bench"
    soname = re.search(rb"\0(libwsse\.so[.0-9]+)\0", library.read_bytes())
    # The linker looks for the one name, the program for the other.
    for name in {library.name, soname[1].decode() if soname else library.name}:
        (folder / name).symlink_to(library.resolve())
    options = [f"-I{HERE.parent / 'include'}", f"-L{folder}", "-lwsse", f"-Wl,-rpath,{folder}"]
    return compiled("boundary.c", options, folder)


def xmlsec(folder: pathlib.Path) -> Command:
    """bench/xmlsec.c, compiled into a folder."""
    package = "xmlsec1-openssl"
    if shutil.which("pkg-config") is None:
        return "not measured: pkg-config is not installed"
    found = subprocess.run(
        ["pkg-config", "--cflags", "--libs", package],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if found.returncode != 0:
        return "not measured: libxmlsec1-dev is not installed"
    command = compiled("xmlsec.c", found.stdout.split(), folder)
    return command if isinstance(command, str) else [*command, *IDENTITY]


def compiled(source: str, options: List[str], folder: pathlib.Path) -> Command:
    compiler = os.environ.get("CC", "cc")
    if shutil.which(compiler) is None:
        return f"not measured: {compiler} is not installed"
    program = folder / pathlib.Path(source).stem
    command = [compiler, "-std=c99", "-O2", str(HERE / source), *options, "-o", str(program)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        return f"not measured: {compiler} said: {done.stderr.strip().splitlines()[-1]}"
    return [str(program)]


def bergshamra(libraries: pathlib.Path) -> Command:
    """bench/bergshamra, which make has built beside us."""
    program = libraries.parent / "bergshamra" / "release" / "wsse-bench-bergshamra"
    if not program.exists():
        return f"not measured: {program.name} was not built"
    return [str(program), *IDENTITY]


def python(library: str) -> Command:
    """bench/peer_server.py with a library."""
    return [sys.executable, str(HERE / "peer_server.py"), library, *IDENTITY]


def dotnet(message: bytes) -> Command:
    """What runs wsse-dotnet/bench/Bench.cs, compiled beside Wsse.dll."""
    folder = HERE.parent / "wsse-dotnet"
    sys.path.insert(0, str(folder))
    import build
    import toolchain

    built = HERE.parent / "target" / "dotnet"
    missing = toolchain.missing()
    if missing is not None:
        return f"not measured: {missing}"
    if not (built / "Wsse.dll").exists():
        return "not measured: `make dotnet` has not built Wsse.dll"
    program, envelope = built / "Bench.exe", built / "message.xml"
    references = [built / "mono" / "Wsse.dll"]
    build.compile_with_mcs(program, [folder / "bench" / "Bench.cs"], references)
    envelope.write_bytes(message)
    return ["mono", str(program), str(envelope)]
