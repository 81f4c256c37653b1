"""Puts what build.py made into a NuGet package, with the standard library alone.

    python wsse-dotnet/pack.py [FOLDER] [NATIVES]

FOLDER holds what build.py made, target/dotnet by default; the package goes there, too. NATIVES is a
folder with one folder for each runtime identifier, such as win-x64/wsse.dll and osx-arm64/libwsse.dylib;
the library for linux-x64 is the one in FOLDER unless NATIVES has one.
"""

from __future__ import annotations

import platform
import sys
import zipfile
from pathlib import Path
from typing import Dict
from xml.sax.saxutils import escape

from build import version
from toolchain import FOLDER, ROOT

DESCRIPTION = (
    "WS-Security for .NET: UsernameToken, Timestamp and Signature in SOAP messages, and the X-WSSE "
    "header for HttpClient and WebRequest."
)
RELEASE_NOTES = (
    "lib/netstandard2.0 serves every framework. A package that the .NET SDK makes from Wsse.csproj has "
    "lib/net8.0, too, with overloads for spans: it needs the compiler of the SDK."
)
NUSPEC = """\
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>Wsse</id>
    <version>{version}</version>
    <title>WS-Security</title>
    <authors>The wsse contributors</authors>
    <description>{description}</description>
    <releaseNotes>{notes}</releaseNotes>
    <license type="expression">MIT OR Apache-2.0</license>
    <readme>README.md</readme>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <tags>ws-security wsse soap usernametoken x-wsse onvif</tags>
    <dependencies>
      <group targetFramework=".NETStandard2.0" />
    </dependencies>
  </metadata>
</package>
"""
RELATIONS = """\
<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/Wsse.nuspec" Id="R1" />
</Relationships>
"""
CONTENT_TYPES = """\
<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
{types}
</Types>
"""
TYPES = {
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "nuspec": "application/octet",
    "dll": "application/octet",
    "so": "application/octet",
    "dylib": "application/octet",
    "xml": "application/octet",
    "md": "application/octet",
}
# The time of every entry: the same content makes the same package.
EPOCH = (2024, 1, 1, 0, 0, 0)


def natives(folder: Path, given: Path | None) -> Dict[str, bytes]:
    """The native libraries by their paths in the package."""
    found = {}
    if platform.machine() == "x86_64":
        found["runtimes/linux-x64/native/libwsse.so"] = (folder / "libwsse.so").read_bytes()
    for library in sorted(given.glob("*/*")) if given else []:
        found[f"runtimes/{library.parent.name}/native/{library.name}"] = library.read_bytes()
    return found


def pack(folder: Path, given: Path | None = None) -> Path:
    """Writes Wsse.VERSION.nupkg into `folder`."""
    types = [f'  <Default Extension="{name}" ContentType="{kind}" />' for name, kind in TYPES.items()]
    types += [
        f'  <Override PartName="/LICENSE-{name}" ContentType="application/octet" />'
        for name in ("MIT", "APACHE")
    ]
    nuspec = NUSPEC.format(
        version=version(), description=escape(DESCRIPTION), notes=escape(RELEASE_NOTES)
    )
    entries: Dict[str, bytes] = {
        "[Content_Types].xml": CONTENT_TYPES.format(types="\n".join(types)).encode(),
        "_rels/.rels": RELATIONS.encode(),
        "Wsse.nuspec": nuspec.encode(),
        "lib/netstandard2.0/Wsse.dll": (folder / "Wsse.dll").read_bytes(),
        "lib/netstandard2.0/Wsse.xml": (folder / "Wsse.xml").read_bytes(),
        "README.md": (FOLDER / "README.md").read_bytes(),
        "LICENSE-MIT": (ROOT / "LICENSE-MIT").read_bytes(),
        "LICENSE-APACHE": (ROOT / "LICENSE-APACHE").read_bytes(),
        **natives(folder, given),
    }
    package = folder / f"Wsse.{version()}.nupkg"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return package


def main() -> None:
    arguments = [Path(argument).resolve() for argument in sys.argv[1:]]
    folder = arguments[0] if arguments else ROOT / "target" / "dotnet"
    print(pack(folder, arguments[1] if len(arguments) > 1 else None))


if __name__ == "__main__":
    main()
