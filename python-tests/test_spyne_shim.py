"""spyne on Pythons that its release doesn't know."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import pytest
from wsse import _spyne_shim

FINDERS = list(sys.meta_path)


@pytest.fixture(autouse=True)
def restored_finders():
    yield
    sys.meta_path[:] = FINDERS


def run(script):
    """Runs the script in an interpreter of its own."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# Python 3.12 no longer asks the importer of spyne's six. Here it never gets into sys.meta_path.
AS_ON_312 = """
    import sys
    class Finders(list):
        def append(self, finder):
            if type(finder).__name__ != "_SixMetaPathImporter":
                super().append(finder)
    sys.meta_path = Finders(sys.meta_path)
"""


def test_without_the_shim_spyne_cannot_be_imported():
    # Shows that the next test tests something.
    result = run(AS_ON_312 + "\n    import spyne\n")
    assert "spyne.util.six.moves" in result.stderr


def test_with_the_shim_spyne_can_be_imported():
    result = run(
        AS_ON_312
        + """
    from wsse import _spyne_shim
    version = sys.version_info
    sys.version_info = max(version, (3, 12))
    _spyne_shim.install()
    _spyne_shim.install()
    sys.version_info = version
    assert [type(finder).__name__ for finder in sys.meta_path].count("_MovesFinder") == 1
    import wsse.spyne
    from spyne.util.six.moves.urllib.parse import unquote
    from spyne.server.wsgi import WsgiApplication
    import http.client, urllib.parse
    assert unquote is urllib.parse.unquote
    assert http.client.__spec__.name == "http.client"
    print("imported")
"""
    )
    assert (result.stdout, result.stderr) == ("imported\n", "")


def test_importing_wsse_spyne_first_is_enough():
    result = run("import wsse.spyne, spyne.server.wsgi; print('imported')")
    assert (result.stdout, result.stderr) == ("imported\n", "")


def test_wsse_itself_imports_neither_spyne_nor_lxml():
    result = run(
        "import sys, wsse; print([m for m in ('spyne', 'lxml', 'zeep') if m in sys.modules])"
    )
    assert (result.stdout, result.stderr) == ("[]\n", "")


@pytest.mark.parametrize(
    ("absent", "advice"), [("spyne", r"pip install 'wsse\[spyne\]'"), ("cgi", "legacy-cgi")]
)
def test_what_is_missing_is_named_with_how_to_get_it(monkeypatch, absent, advice):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == absent else find_spec(name)
    )
    monkeypatch.setattr(_spyne_shim, "sys", SimpleNamespace(version_info=(3, 13), meta_path=[]))
    with pytest.raises(ImportError, match=advice) as raised:
        _spyne_shim.install()
    assert raised.value.name == absent


def test_other_modules_are_none_of_its_business():
    finder = _spyne_shim._MovesFinder()
    assert finder.find_spec("spyne.util.six", None) is None
    assert finder.find_spec("spyne.util.six.movesque", None) is None
    assert finder.find_spec("spyne.util.six.moves.nothing", None) is None
