"""Where the programs are that build and run the .NET part without an SDK: Debian's mono, and the
.NET Core runtime that the PyPI package dotnetcore2 brings."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import List, Optional

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
MONO = Path("/usr/lib/mono")
# The facade that lists the types of .NET Standard 2.0, and mscorlib as that version has it.
STANDARD = MONO / "4.8-api" / "Facades" / "netstandard.dll"
CECIL = MONO / "gac" / "Mono.Cecil"
PACKAGES = "requirements/debian-dotnet.txt"


def missing() -> Optional[str]:
    """Why the .NET part can't be built here; None if it can."""
    for command in ("mono", "mcs"):
        if shutil.which(command) is None:
            return f"the command {command} is not there: install what {PACKAGES} lists"
    if not STANDARD.exists() or cecil() is None:
        return f"mono lacks the facades or Cecil: install what {PACKAGES} lists"
    return None


def cecil() -> Optional[Path]:
    """The newest Mono.Cecil.dll."""
    return max(CECIL.glob("*/Mono.Cecil.dll"), default=None, key=_version)


def core() -> Optional[List[str]]:
    """The command that runs an assembly on .NET Core; None where the runtime is not installed."""
    package = importlib.util.find_spec("dotnetcore2")
    if package is None or package.origin is None:
        return None
    dotnet = Path(package.origin).parent / "bin" / "dotnet"
    if not dotnet.exists():
        return None
    # Wheels are unpacked without the permission to execute.
    dotnet.chmod(dotnet.stat().st_mode | 0o111)
    return [str(dotnet), "exec", "--runtimeconfig", str(FOLDER / "tests" / "runtimeconfig.json")]


def _version(path: Path) -> List[int]:
    return [int(part) for part in path.parent.name.split("__")[0].split(".")]
