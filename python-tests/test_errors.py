"""The exceptions: one class for each category, and what they carry."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys

import pytest

import wsse
from wsse import _wsse, errors


def test_there_is_one_class_for_each_category_and_no_other():
    classes = {
        name: value
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, errors.Error) and value is not errors.Error
    }
    assert set(classes) == set(_wsse.CATEGORIES)
    assert len(_wsse.CATEGORIES) == 13
    for name, value in classes.items():
        assert value.category == name
        assert value.__bases__ == (errors.Error,)
        assert value.__doc__
        assert getattr(wsse, name) is value
    assert issubclass(errors.Error, Exception)


@pytest.mark.parametrize("category", _wsse.CATEGORIES)
def test_every_category_has_its_fault(category):
    fault = getattr(wsse, category)("a reason that stays here").fault
    assert "reason" not in fault.text
    wss_codes = _wsse.CATEGORIES[:8]
    assert fault.code == (category if category in wss_codes else None)
    assert fault.sender == (category not in ("Misuse", "Unavailable", "Io"))


def test_a_word_that_is_no_category_has_no_fault():
    with pytest.raises(ValueError, match="no category is named"):
        _wsse.category_fault("Wrong")


def test_the_place_in_a_policy():
    with pytest.raises(wsse.Misuse) as raised:
        wsse.InboundPolicy.from_toml("version = 1\nrequire = { timestamp = true }\nclok = {}\n")
    error = raised.value
    assert (error.category, error.cause) == ("Misuse", "invalid-policy")
    assert (error.line, error.column) == (3, 1)
    assert error.offset == 43
    assert error.reason == "unknown key `clok`; did you mean `clock`?"
    assert str(error) == f"{error.reason} (line 3, column 1)"


def test_the_place_in_a_message():
    message = (
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">\n'
        b"<e:Body>\xc3\xa9</e:Header></e:Envelope>"
    )
    with pytest.raises(wsse.Malformed) as raised:
        wsse.Inbound("preset:timestamp").validate(message)
    error = raised.value
    assert error.cause == "mismatched-tag"
    assert (error.line, error.column, error.offset) == (2, 10, message.index(b"</e:Header"))


def test_an_error_without_a_place():
    error = wsse.Misuse("a reason")
    assert (error.line, error.column, error.offset) == (None, None, None)
    assert str(error) == error.reason == "a reason"
    assert str(wsse.Misuse("a reason", offset=7)) == "a reason (octet 7)"


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_travels_whole(again):
    with pytest.raises(wsse.Misuse) as raised:
        wsse.OutboundPolicy.from_toml("version = 2")
    twin = again(raised.value)
    assert type(twin) is wsse.Misuse
    assert vars(twin) == vars(raised.value)
    assert str(twin) == str(raised.value)


def test_the_exceptions_can_be_imported_without_the_extension():
    """Code that only catches them needs no compiled module."""
    program = (
        "import sys, types\n"
        "package = types.ModuleType('wsse'); package.__path__ = [sys.argv[1]]\n"
        "sys.modules['wsse'] = package\n"
        "import wsse.errors\n"
        "assert 'wsse._wsse' not in sys.modules\n"
    )
    folder = errors.__file__.rpartition("errors.py")[0]
    subprocess.run([sys.executable, "-c", program, folder], check=True)


def test_the_package_needs_no_framework():
    program = (
        "import sys, wsse, wsse.http\n"
        "assert not {'zeep', 'lxml', 'spyne', 'requests', 'httpx'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_everything_public_is_there():
    assert wsse.__version__ == _wsse.__version__
    for name in wsse.__all__:
        assert hasattr(wsse, name)
    for value in (wsse.Inbound, wsse.Outbound, wsse.OutboundPolicy, wsse.MemoryReplayStore):
        assert value.__module__ == "wsse"
        assert value.__doc__
