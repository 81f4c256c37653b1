"""The code on docs/guide/dotnet.md: compiled; run where its output stands below; tried in a real program."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import List, NamedTuple

import build as builder
import pytest
import toolchain
from toolchain import FOLDER, ROOT

PAGE = ROOT / "docs" / "guide" / "dotnet.md"
# What can't be compiled alone, and why.
INCOMPLETE = {
    "services.AddHttpClient": "needs the package Microsoft.Extensions.Http",
    "new OrdersClient()": "is a proxy that a reader has",
}


class Block(NamedTuple):
    line: int
    language: str
    text: str
    # What the block writes, if the page shows it.
    output: str | None


def blocks(language: str) -> List[Block]:
    text = PAGE.read_text(encoding="utf-8")
    found = []
    pattern = r"^```(\w+)\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?"
    for match in re.finditer(pattern, text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(line, match[1], match[2], match[3]))
    return [block for block in found if block.language == language]


def whole(block: Block) -> str:
    """A file that compiles: statements get a class and a method around them."""
    usings = "".join(re.findall(r"^using [\w.]+;\n", block.text, re.MULTILINE))
    rest = re.sub(r"^using [\w.]+;\n", "", block.text, flags=re.MULTILINE)
    if re.search(r"^(public|internal) ", rest, re.MULTILINE):
        return block.text
    awaits = "async System.Threading.Tasks.Task Run() {" if "await " in rest else "void Run() {"
    call = "Run().Wait();" if "await " in rest else "Run();"
    main = "static void Main() { " + call + " System.Environment.Exit(0); }"
    return f"using System;\n{usings}\nclass Example\n{{\n{main}\nstatic {awaits}\n{rest}\n}}\n}}\n"


def complete() -> List[Block]:
    return [b for b in blocks("csharp") if not any(part in b.text for part in INCOMPLETE)]


def compiled(block: Block, folder: Path, built: Path) -> Path:
    text = whole(block)
    source = folder / "Example.cs"
    # The helper of the block before is used by this one.
    if "Messages." in text and "class Messages" not in text:
        text += re.sub(r"^.*?(?=internal static class Messages)", "", inspector().text, flags=re.DOTALL)
        text = "using System.IO;\nusing System.Xml;\n" + text
    source.write_text(text, encoding="utf-8")
    program = folder / ("Example.exe" if "static void Main" in text else "Example.dll")
    references = ["System.Net.Http.dll", "System.ServiceModel.dll", "System.Xml.dll"]
    references += ["System.Runtime.Serialization.dll", str(built / "mono" / "Wsse.dll")]
    # A variable that is only there to be seen is no fault of an example.
    builder.compile_with_mcs(program, [source], references, "-nowarn:219,414")
    for name in ("Wsse.dll", "libwsse.so"):
        shutil.copy2(built / name, folder)
    return program


def inspector() -> Block:
    return next(b for b in blocks("csharp") if "class UsernameTokenBehavior" in b.text)


def test_the_blocks_that_are_not_compiled_are_known() -> None:
    assert len(blocks("csharp")) - len(complete()) == len(INCOMPLETE)


@pytest.mark.parametrize("block", complete(), ids=lambda block: f"line-{block.line}")
def test_code_compiles(block: Block, built: Path, tmp_path: Path) -> None:
    compiled(block, tmp_path, built)


@pytest.mark.parametrize("runtime", ["mono", "core"])
@pytest.mark.parametrize(
    "block", [b for b in complete() if b.output is not None], ids=lambda block: f"line-{block.line}"
)
def test_code_does_what_the_page_shows(
    block: Block, runtime: str, built: Path, tmp_path: Path
) -> None:
    program = compiled(block, tmp_path, built)
    command = ["mono"] if runtime == "mono" else toolchain.core()
    if command is None:
        pytest.skip("the .NET Core runtime is not there: pip install -r requirements/dotnet.txt")
    shown = run([*command, str(program)])
    assert block.output is not None
    pattern = ".*".join(re.escape(part) for part in block.output.split("…"))
    assert re.fullmatch(pattern, shown), f"{shown}\nbut the page shows\n{block.output}"


def test_the_module_is_registered_by_the_configuration(built: Path, tmp_path: Path) -> None:
    (configuration,) = blocks("xml")
    source = tmp_path / "Program.cs"
    source.write_text(
        "using System; using System.Net; class P { static void Main() {"
        "var modules = AuthenticationManager.RegisteredModules;"
        "while (modules.MoveNext()) Console.WriteLine(modules.Current); } }"
    )
    program = tmp_path / "Program.exe"
    builder.compile_with_mcs(program, [source], [])
    for name in ("Wsse.dll", "libwsse.so"):
        shutil.copy2(built / name, tmp_path)
    assert "Wsse.WsseAuthenticationModule" not in run(["mono", str(program)])
    (tmp_path / "Program.exe.config").write_text(configuration.text, encoding="utf-8")
    assert "Wsse.WsseAuthenticationModule" in run(["mono", str(program)]).splitlines()


def test_the_inspectors_work_between_a_wcf_client_and_service(built: Path, tmp_path: Path) -> None:
    wanted = ("class UsernameTokenBehavior", "class UsernameTokenCheck", "class XWsseInspector")
    sources = [FOLDER / "tests" / "Wcf.cs"]
    for number, part in enumerate(wanted):
        (block,) = (b for b in blocks("csharp") if part in b.text)
        sources.append(tmp_path / f"Block{number}.cs")
        sources[-1].write_text(block.text, encoding="utf-8")
    program = tmp_path / "Wcf.exe"
    references = ["System.ServiceModel.dll", "System.Xml.dll", "System.Runtime.Serialization.dll"]
    builder.compile_with_mcs(program, sources, [*references, str(built / "mono" / "Wsse.dll")])
    for name in ("Wsse.dll", "libwsse.so"):
        shutil.copy2(built / name, tmp_path)
    shown = run(["mono", str(program)])
    assert shown.startswith("orders of alice\nX-WSSE of alice\n")
    # Mono wraps the text of a fault that an inspector throws.
    assert "The security token could not be authenticated or authorized" in shown
    assert shown.count("orders of") == 1


def test_the_dialect_table_names_every_knob() -> None:
    header = (ROOT / "include" / "wsse.h").read_text(encoding="utf-8")
    section = header[header.index("Knobs and their values") :].split("*/")[0].split("wsse_dialect_set")[0]
    knobs = set(re.findall(r'^.*- ("[a-z-]+"(?:, "[a-z-]+")*):', section, re.MULTILINE))
    names = {name for group in knobs for name in re.findall(r'"([a-z-]+)"', group)}
    assert len(names) == 13
    table = PAGE.read_text(encoding="utf-8").split("| `With(…, …)` | values |")[1].split("\n\n")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([a-z-]+)`", row)} == names


def run(arguments: List[str]) -> str:
    done = subprocess.run(
        arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        # The page names files of the project.
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
