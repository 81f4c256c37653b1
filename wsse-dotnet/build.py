"""Builds Wsse.dll for .NET Standard 2.0 and its tests with Mono's compiler, where there is no .NET SDK.

    python wsse-dotnet/build.py [LIBWSSE] [FOLDER]

LIBWSSE is the native library, target/release/libwsse.so by default; it is copied beside what is
built. FOLDER is where that goes, target/dotnet by default.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterable, List

import toolchain
from toolchain import FOLDER, ROOT

ASSEMBLY_INFO = """\
[assembly: System.Reflection.AssemblyTitle("Wsse")]
[assembly: System.Reflection.AssemblyVersion("{version}.0")]
[assembly: System.Reflection.AssemblyFileVersion("{version}.0")]
[assembly: System.Reflection.AssemblyInformationalVersion("{version}")]
[assembly: System.Runtime.Versioning.TargetFramework(".NETStandard,Version=v2.0")]
"""


def version() -> str:
    """The version of the workspace."""
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    found = re.search(r'^version = "(.*)"$', manifest, re.MULTILINE)
    assert found is not None
    return found[1]


def sources() -> List[Path]:
    """What .NET Standard 2.0 has; the *.Net8.cs files need a compiler that mono does not have."""
    return sorted(path for path in (FOLDER / "src").rglob("*.cs") if not path.name.endswith(".Net8.cs"))


def compile_with_mcs(
    output: Path, files: Iterable[Path], references: Iterable[object], *options: str
) -> None:
    """Warnings are errors."""
    kind = "library" if output.suffix == ".dll" else "exe"
    command = ["mcs", "-langversion:7.2", "-warn:4", "-warnaserror", "-optimize", f"-target:{kind}"]
    command += [f"-out:{output}", *options, *(f"-r:{reference}" for reference in references)]
    done = subprocess.run(
        [*command, *map(str, files)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{output.name} does not compile:\n{done.stdout}")


def build(native: Path, folder: Path) -> None:
    """Wsse.dll with Wsse.xml, Wsse.Tests.exe and the native library."""
    raw = folder / "mono"
    raw.mkdir(parents=True, exist_ok=True)
    info = raw / "AssemblyInfo.cs"
    info.write_text(ASSEMBLY_INFO.format(version=version()), encoding="utf-8")
    http = ["System.Net.Http.dll"]
    compile_with_mcs(raw / "Wsse.dll", [info, *sources()], http, f"-doc:{folder / 'Wsse.xml'}")
    retarget = raw / "Retarget.exe"
    cecil = toolchain.cecil()
    assert cecil is not None
    compile_with_mcs(retarget, [FOLDER / "tools" / "Retarget.cs"], [cecil])
    dll = folder / "Wsse.dll"
    subprocess.run(["mono", retarget, raw / "Wsse.dll", toolchain.STANDARD, dll], check=True)
    # The tests are compiled against what mcs made, and run against what is shipped.
    tests = sorted((FOLDER / "tests" / "Wsse.Tests").glob("*.cs"))
    compile_with_mcs(folder / "Wsse.Tests.exe", tests, [*http, raw / "Wsse.dll"])
    shutil.copy2(native, folder / "libwsse.so")


def main() -> None:
    reason = toolchain.missing()
    if reason is not None:
        sys.exit(f"wsse-dotnet: {reason}")
    arguments = [Path(argument).resolve() for argument in sys.argv[1:]]
    native = arguments[0] if arguments else ROOT / "target" / "release" / "libwsse.so"
    folder = arguments[1] if len(arguments) > 1 else ROOT / "target" / "dotnet"
    build(native, folder)
    print(f"{folder}: Wsse.dll {version()} for .NET Standard 2.0")


if __name__ == "__main__":
    main()
