"""What the tests of the .NET part share: where it can't be built, they are skipped with the reason."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(FOLDER))

import build as builder  # noqa: E402
import toolchain  # noqa: E402


@pytest.fixture(scope="session")
def native() -> Path:
    """The native library: target/release/libwsse.so, or what WSSE_LIBRARY names."""
    named = os.environ.get("WSSE_LIBRARY")
    library = Path(named) if named else toolchain.ROOT / "target" / "release" / "libwsse.so"
    assert library.exists(), f"no {library}; run: make dotnet"
    return library


@pytest.fixture(scope="session")
def built(native: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with Wsse.dll, Wsse.Tests.exe and libwsse.so, made by build.py."""
    reason = toolchain.missing()
    if reason is not None:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("dotnet")
    builder.build(native, folder)
    return folder
