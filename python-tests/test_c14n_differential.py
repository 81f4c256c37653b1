"""Canonical forms against libxml2's, octet by octet, over generated documents.

500 documents, or 20,000 with WSSE_LONG=1; each whole and one of its elements, by every method,
with and without comments, with a list of prefixes at random.
"""

from __future__ import annotations

import os
import random

import c14n_documents
import libxml2_c14n
import pytest

import wsse

pytestmark = pytest.mark.skipif(
    libxml2_c14n.UNAVAILABLE is not None, reason=str(libxml2_c14n.UNAVAILABLE)
)

METHODS = ["exclusive", "inclusive", "inclusive-1.1"]
DOCUMENTS = 20_000 if os.environ.get("WSSE_LONG") else 500
PARTS = 10


def _as_libxml2(form: bytes) -> bytes:
    """The form with the one difference: libxml2 does not escape the ampersand in a declaration."""
    escaped = c14n_documents.AMPERSAND.encode()
    return form.replace(b'="' + escaped + b'"', b'="' + escaped.replace(b"&amp;", b"&") + b'"')


@pytest.mark.parametrize("part", range(PARTS))
def test_every_form_is_that_of_libxml2(part):
    ampersands = 0
    for seed in range(part * DOCUMENTS // PARTS, (part + 1) * DOCUMENTS // PARTS):
        document = c14n_documents.document(seed)
        for method in METHODS:
            for with_comments in (False, True):
                for id in (None, c14n_documents.APEX):
                    options = {"method": method, "with_comments": with_comments, "id": id}
                    if method == "exclusive":
                        chosen = random.Random(seed).sample(c14n_documents.PREFIX_LIST, 3)
                        options["prefixes"] = chosen[: seed % 4]
                    expected = libxml2_c14n.canonicalize(document, **options)
                    assert expected is not None, f"seed {seed}: {document!r}"
                    form = wsse.canonicalize(document, **options)
                    if form != expected:
                        ampersands += 1
                        form = _as_libxml2(form)
                    assert form == expected, f"seed {seed}, {options}: {document!r}"
    assert ampersands < DOCUMENTS // PARTS


def test_the_one_difference_is_there():
    document = f"<a xmlns='{c14n_documents.AMPERSAND}'></a>".encode()
    expected = libxml2_c14n.canonicalize(document, method="exclusive", with_comments=False)
    form = wsse.canonicalize(document)
    assert form != expected and _as_libxml2(form) == expected


@pytest.mark.parametrize(
    "name",
    ["x", "x/y", "../x", "/x", "//x/y", "?x", "#x", "x y", ":x", "1:x", "é:x", "urn", "a_b:c"],
)
def test_relative_namespace_names_are_refused_as_by_libxml2(name):
    for document in (f"<a xmlns='{name}'/>", f"<a><b xmlns:p='{name}'/></a>"):
        for method in METHODS:
            options = {"method": method, "with_comments": False}
            assert libxml2_c14n.canonicalize(document.encode(), **options) is None
            with pytest.raises(wsse.Malformed) as raised:
                wsse.canonicalize(document.encode(), method=method)
            assert raised.value.cause == "relative-namespace"


@pytest.mark.parametrize("name", ["urn:x", "http://a/b?c#d", "a+b-c.1:x", "x:", "A:b:c"])
def test_absolute_namespace_names_are_accepted_as_by_libxml2(name):
    document = f"<a xmlns='{name}'></a>".encode()
    expected = libxml2_c14n.canonicalize(document, method="exclusive", with_comments=False)
    assert wsse.canonicalize(document) == expected
