"""The stub says what the module says. Names and signatures are mypy.stubtest's to compare."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from wsse import _wsse

STUBS = sorted(Path(_wsse.__file__).parent.glob("_wsse*.pyi"))


def stubs():
    return [node for stub in STUBS for node in ast.parse(stub.read_text(encoding="utf-8")).body]


def words(text):
    return " ".join((text or "").split())


def documented(owner, body, path):
    """Path, text in the stub, and text at run time of everything that has a docstring."""
    for node in body:
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef)) or node.name.startswith("_"):
            continue
        value = getattr(owner, node.name)
        yield f"{path}.{node.name}", words(ast.get_docstring(node)), words(inspect.getdoc(value))
        if isinstance(node, ast.ClassDef):
            yield from documented(value, node.body, f"{path}.{node.name}")


def test_everything_is_documented_in_the_same_words():
    all_of_it = list(documented(_wsse, stubs(), "_wsse"))
    assert len(all_of_it) > 110
    for path, in_stub, at_run_time in all_of_it:
        assert in_stub == at_run_time != "", path


def test_the_constructors_are_documented_where_the_classes_are():
    """Every keyword of a constructor is named in the docstring of its class."""
    for node in stubs():
        for method in getattr(node, "body", []):
            if getattr(method, "name", None) == "__new__":
                for keyword in method.args.kwonlyargs:
                    assert keyword.arg in ast.get_docstring(node), (node.name, keyword.arg)
