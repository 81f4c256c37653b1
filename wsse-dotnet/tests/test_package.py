"""What is in the NuGet package, and that it works from there."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import build as builder
import pack as packer
import pytest
import toolchain


PROGRAM = """\
using System;

internal static class Program
{
    private static void Main()
    {
        try
        {
            Console.WriteLine(Wsse.XWsseHeader.Create("alice", "secret").Substring(0, 30));
        }
        catch (Exception failure)
        {
            Console.WriteLine(failure.GetType().Name + ": " + failure.Message);
        }
    }
}
"""


@pytest.fixture(scope="module")
def package(built: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(packer.pack(built))


def test_the_package_has_what_nuget_wants(package: zipfile.ZipFile, built: Path) -> None:
    assert package.testzip() is None
    assert sorted(package.namelist()) == [
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "Wsse.nuspec",
        "[Content_Types].xml",
        "_rels/.rels",
        "lib/netstandard2.0/Wsse.dll",
        "lib/netstandard2.0/Wsse.xml",
        "runtimes/linux-x64/native/libwsse.so",
    ]
    namespace = {"n": "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"}
    nuspec = ElementTree.fromstring(package.read("Wsse.nuspec"))
    assert nuspec.findtext(".//n:id", namespaces=namespace) == "Wsse"
    assert nuspec.findtext(".//n:version", namespaces=namespace) == builder.version()
    assert nuspec.findtext(".//n:license", namespaces=namespace) == "MIT OR Apache-2.0"
    assert nuspec.find(".//n:dependency", namespaces=namespace) is None
    assert "lib/net8.0" in (nuspec.findtext(".//n:releaseNotes", namespaces=namespace) or "")
    relations = ElementTree.fromstring(package.read("_rels/.rels"))
    assert [one.get("Target") for one in relations] == ["/Wsse.nuspec"]
    types = package.read("[Content_Types].xml").decode()
    for name in package.namelist():
        extension = name.rpartition(".")[2]
        known = f'Extension="{extension}"' in types or f'PartName="/{name}"' in types
        assert known or name == "[Content_Types].xml", name
    assert package.read("lib/netstandard2.0/Wsse.dll") == (built / "Wsse.dll").read_bytes()
    assert package.read("runtimes/linux-x64/native/libwsse.so") == (built / "libwsse.so").read_bytes()


def test_the_same_content_makes_the_same_package(
    package: zipfile.ZipFile, built: Path
) -> None:
    first = Path(str(package.filename)).read_bytes()
    assert packer.pack(built).read_bytes() == first


def test_other_natives_are_taken(built: Path, tmp_path: Path) -> None:
    library = tmp_path / "natives" / "win-x64" / "wsse.dll"
    library.parent.mkdir(parents=True)
    library.write_bytes(b"MZ")
    copy = tmp_path / "built"
    shutil.copytree(built, copy)
    package = zipfile.ZipFile(packer.pack(copy, tmp_path / "natives"))
    assert package.read("runtimes/win-x64/native/wsse.dll") == b"MZ"
    assert "runtimes/linux-x64/native/libwsse.so" in package.namelist()


def test_the_assembly_is_of_the_standard(built: Path, tmp_path: Path) -> None:
    source = tmp_path / "References.cs"
    source.write_text(
        "class P { static void Main(string[] a) { var s = System.Reflection.Assembly"
        ".ReflectionOnlyLoadFrom(a[0]); System.Console.WriteLine(s.GetName().Version);"
        "foreach (var r in s.GetReferencedAssemblies()) System.Console.WriteLine(r); } }"
    )
    builder.compile_with_mcs(tmp_path / "References.exe", [source], [])
    shown = run(["mono", str(tmp_path / "References.exe"), str(built / "Wsse.dll")])
    assert shown.splitlines() == [
        f"{builder.version()}.0",
        "netstandard, Version=2.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51",
    ]


def test_every_public_item_is_documented(package: zipfile.ZipFile) -> None:
    documentation = package.read("lib/netstandard2.0/Wsse.xml").decode()
    # A public item without a comment would have been a warning, and so an error, of the compiler.
    assert 'name="M:Wsse.Inbound.Validate(System.Byte[],System.String)"' in documentation


@pytest.mark.parametrize("runtime", ["mono", "core"])
def test_a_program_finds_what_the_package_holds(
    package: zipfile.ZipFile, built: Path, tmp_path: Path, runtime: str
) -> None:
    program = compiled(tmp_path, built)
    for name in package.namelist():
        if name.startswith(("lib/netstandard2.0/", "runtimes/linux-x64/")):
            (tmp_path / Path(name).name).write_bytes(package.read(name))
    assert run([*command(runtime), str(program)]) == 'UsernameToken Username="alice"\n'


@pytest.mark.parametrize("runtime", ["mono", "core"])
def test_another_version_of_the_native_library_is_refused(
    built: Path, tmp_path: Path, runtime: str
) -> None:
    program = compiled(tmp_path, built)
    shutil.copy2(built / "Wsse.dll", tmp_path)
    source = tmp_path / "other.c"
    source.write_text('const char *wsse_version(void) { return "9.8.7"; }\n')
    library = str(tmp_path / "libwsse.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, str(source)], check=True)
    shown = run([*command(runtime), str(program)])
    assert shown == (
        "InvalidOperationException: the native library wsse has version 9.8.7, but Wsse.dll has "
        f"version {builder.version()}: install the two from one package\n"
    )


@pytest.mark.parametrize("runtime", ["mono", "core"])
def test_a_missing_native_library_is_told(built: Path, tmp_path: Path, runtime: str) -> None:
    program = compiled(tmp_path, built)
    shutil.copy2(built / "Wsse.dll", tmp_path)
    shown = run([*command(runtime), str(program)])
    assert shown.startswith("DllNotFoundException: the native library wsse was not found: it is in")


def test_the_readme_names_what_is_there(package: zipfile.ZipFile) -> None:
    documentation = package.read("lib/netstandard2.0/Wsse.xml").decode()
    readme = package.read("README.md").decode()
    for name in re.findall(r"^\| `(\w+)`", readme, re.MULTILINE):
        assert f'name="T:Wsse.{name}"' in documentation


def compiled(folder: Path, built: Path) -> Path:
    source = folder / "Program.cs"
    source.write_text(PROGRAM)
    program = folder / "Program.exe"
    builder.compile_with_mcs(program, [source], [built / "mono" / "Wsse.dll"])
    return program


def command(runtime: str) -> list[str]:
    if runtime == "mono":
        return ["mono"]
    core = toolchain.core()
    if core is None:
        pytest.skip("the .NET Core runtime is not there: pip install -r requirements/dotnet.txt")
    return core


def run(arguments: list[str]) -> str:
    done = subprocess.run(arguments, stdout=subprocess.PIPE, encoding="utf-8", timeout=60, check=True)
    return done.stdout
