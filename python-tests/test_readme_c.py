"""The examples in C and C++ on the README compile, each alone, without a warning."""

from __future__ import annotations

import re
import subprocess

import pytest
from c_programs import CPP, ROOT, WARNINGS, C, need


@pytest.mark.parametrize("language, standard", [("c", "c99"), ("cpp", "c++17")])
def test_the_readme_compiles(tmp_path, language, standard):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    compiler = CPP if language == "cpp" else C
    need(compiler)
    source = tmp_path / f"readme.{language}"
    source.write_text(block, encoding="utf-8")
    done = subprocess.run(
        [compiler, f"-std={standard}", *WARNINGS, f"-I{ROOT / 'include'}", "-fsyntax-only", str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
