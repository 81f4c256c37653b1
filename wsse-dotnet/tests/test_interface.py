"""The declarations in src/Interop against include/wsse.h, and the sources against the project."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import Dict, List

import build as builder
import pytest
from toolchain import FOLDER, ROOT

# Functions of the header that .NET does without, and why.
WITHOUT = {
    "wsse_error_category": "the result, which Category is, tells it",
    "wsse_error_result": "the call that failed returned it",
    "wsse_result_name": "the members of Category have the names",
    "wsse_string_c_str": "the view has the length",
    "wsse_version_number": "wsse_version is compared",
}
# What a parameter or a result of C may be in C#.
KINDS = {
    "size_t": {"UIntPtr"},
    "pointer": {"IntPtr", "byte[]", "IntPtr[]", "ref IntPtr", "ref View", "ref Time", "ref UIntPtr"}
    | {"ref NativePosition", "ref NativeFault", "ref byte", "ref ulong"},
    "callback": {"ClockCallback", "RandomCallback", "LookupCallback", "VerifierCallback"}
    | {"ReplayCallback", "FreeCallback", "RemoteSignCallback", "RemoteDecryptCallback"}
    | {"RemoteVerifyCallback", "DecisionCallback", "ReadCallback", "RewindCallback"}
    | {"WriteCallback", "CommitCallback", "AbortCallback"},
    "wsse_result": {"uint"},
    "wsse_soap_version": {"uint"},
    "uint32_t": {"uint"},
    "bool": {"bool", "byte"},
    "void": {"void"},
    "wsse_str": {"View"},
    "wsse_bytes": {"View"},
}


def kind(text: str) -> str:
    text = text.replace("struct ", "").strip()
    if "*" in text:
        return "pointer"
    word = re.sub(r"^(const|enum) ", "", text).split()[0]
    return "callback" if word.endswith("_callback") else word


def header() -> Dict[str, List[str]]:
    """The functions of the header: kinds of the result and of the parameters."""
    text = (ROOT / "include" / "wsse.h").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)
    functions = {}
    for result, name, parameters in re.findall(
        r"^((?:const )?(?:enum |struct )?\w+ \**) *(wsse_\w+)\(([^()]*)\);", text, re.MULTILINE
    ):
        given = [] if parameters.strip() == "void" else parameters.split(",")
        functions[name] = [kind(result), *map(kind, given)]
    return functions


def declarations() -> Dict[str, List[str]]:
    """The functions that C# declares: types of the result and of the parameters."""
    functions = {}
    for source in sorted((FOLDER / "src" / "Interop").glob("Interop.*.cs")):
        if source.name.endswith(".Net8.cs"):
            continue
        for result, name, parameters in re.findall(
            r"extern (\w+) (wsse_\w+)\(([^()]*)\);", source.read_text(encoding="utf-8")
        ):
            types = [" ".join(one.split()[:-1]) for one in parameters.split(",") if one.strip()]
            assert name not in functions, f"{name} is declared twice"
            functions[name] = [result, *types]
    return functions


def test_every_function_of_the_header_is_declared() -> None:
    functions = set(header())
    assert len(functions) > 100
    assert functions - set(declarations()) == set(WITHOUT)
    assert set(declarations()) <= functions


@pytest.mark.parametrize("name", sorted(declarations()))
def test_declarations_agree_with_the_header(name: str) -> None:
    wanted, found = header()[name], declarations()[name]
    assert len(wanted) == len(found), (wanted, found)
    for one, type_name in zip(wanted, found):
        allowed = KINDS[one]
        assert type_name in allowed or (one == "pointer" and type_name.endswith("Handle"))


def test_versions_agree() -> None:
    version = builder.version()
    interop = (FOLDER / "src" / "Interop" / "Interop.Libraries.cs").read_text(encoding="utf-8")
    assert f'internal const string Version = "{version}";' in interop
    assert project().findtext(".//Version") == version


def project() -> ElementTree.Element:
    return ElementTree.parse(FOLDER / "Wsse.csproj").getroot()


def test_the_project_needs_no_package() -> None:
    assert project().findtext(".//TargetFrameworks") == "netstandard2.0;net8.0"
    assert project().find(".//PackageReference") is None


def test_what_is_not_compiled_here_is_marked_and_counted() -> None:
    """No compiler here knows net8.0: these files are small, and held to their frame."""
    files = sorted((FOLDER / "src").rglob("*.Net8.cs"))
    assert [file.name for file in files] == [
        "RequestCopies.Net8.cs",
        "WsseHandler.Net8.cs",
        "Inbound.Net8.cs",
        "Interop.Spans.Net8.cs",
        "Outbound.Net8.cs",
    ]
    for file in files:
        first, second, third, *_, last = file.read_text(encoding="utf-8").splitlines()
        assert first.startswith("// For .NET 8 and newer: ")
        assert (second, third, last) == ("#if NET8_0_OR_GREATER", "#nullable enable", "#endif")
        assert file not in builder.sources()
    everything = sorted((FOLDER / "src").rglob("*.cs"))
    assert len(everything) == len(builder.sources()) + len(files)


def test_files_are_short() -> None:
    for file in FOLDER.rglob("*.cs"):
        lines = file.read_text(encoding="utf-8").count("\n")
        assert lines <= 450, f"{file.name} has {lines} lines"
