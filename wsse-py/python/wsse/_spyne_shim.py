"""Makes spyne 2.14 importable on Python 3.12 and later.

spyne 2.14 carries a copy of ``six`` whose importer of ``six.moves`` knows only ``find_module``,
which Python 3.12 no longer calls; and it imports ``cgi``, which Python 3.13 no longer has.
:mod:`wsse.spyne` calls :func:`install` before it imports spyne, so a program that runs on these
versions imports ``wsse.spyne`` first.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from types import ModuleType
from typing import Any, Optional, Sequence

_SIX = "spyne.util.six"
_MOVES = _SIX + ".moves"


def install() -> None:
    """Prepares the interpreter for ``import spyne``; calling it again changes nothing.

    Raises :class:`ImportError` with what to install where spyne, or on Python 3.13 the module
    ``cgi`` that it needs, is absent.
    """
    if importlib.util.find_spec("spyne") is None:
        raise ImportError(
            "wsse.spyne needs spyne, which is not installed: pip install 'wsse[spyne]'",
            name="spyne",
        )
    if sys.version_info >= (3, 13) and importlib.util.find_spec("cgi") is None:
        raise ImportError(
            "spyne needs the module cgi, which Python 3.13 no longer has: pip install legacy-cgi",
            name="cgi",
        )
    # Last in the list: a spyne that brings its own importer is served by that one.
    if sys.version_info >= (3, 12) and not any(
        isinstance(finder, _MovesFinder) for finder in sys.meta_path
    ):
        sys.meta_path.append(_MovesFinder())


class _MovesFinder(importlib.abc.MetaPathFinder):
    """Finds the modules that the importer of spyne's six knows."""

    def find_spec(
        self,
        fullname: str,
        path: Optional[Sequence[str]],
        target: Optional[ModuleType] = None,
    ) -> Optional[importlib.machinery.ModuleSpec]:
        if fullname != _MOVES and not fullname.startswith(_MOVES + "."):
            return None
        importer = getattr(sys.modules.get(_SIX), "_importer", None)
        if importer is None or fullname not in importer.known_modules:
            return None
        return importlib.util.spec_from_loader(fullname, _MovesLoader(importer))


class _MovesLoader(importlib.abc.Loader):
    def __init__(self, importer: Any) -> None:
        self._importer = importer
        self._own_spec: Optional[importlib.machinery.ModuleSpec] = None

    def is_package(self, fullname: str) -> bool:
        return bool(self._importer.is_package(fullname))

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module: ModuleType = self._importer.load_module(spec.name)
        self._own_spec = getattr(module, "__spec__", None)
        return module

    def exec_module(self, module: ModuleType) -> None:
        # A moved module is a module of the standard library under a second name. The import
        # system has just given it the spec of that second name; its own is put back.
        if self._own_spec is not None:
            module.__spec__ = self._own_spec
