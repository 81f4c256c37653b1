"""wsse.canonicalize: its arguments and its refusals. The forms are compared elsewhere."""

from __future__ import annotations

import pytest

import wsse

DOCUMENT = b"<?p?><a xmlns:p='urn:p' xml:lang='en'><!--c--><p:b Id='one'/></a>"


def test_a_document_and_an_element_have_their_forms():
    b = b'<p:b xmlns:p="urn:p" Id="one"></p:b>'
    whole = b'<?p?>\n<a xml:lang="en">' + b + b"</a>"
    for document in (DOCUMENT, bytearray(DOCUMENT), memoryview(DOCUMENT)):
        assert wsse.canonicalize(document) == whole
    assert wsse.canonicalize(DOCUMENT, id="one") == b
    assert b"<!--c-->" in wsse.canonicalize(DOCUMENT, with_comments=True)
    inclusive = b'<p:b xmlns:p="urn:p" Id="one" xml:lang="en"></p:b>'
    assert wsse.canonicalize(DOCUMENT, id="one", method="inclusive") == inclusive
    assert wsse.canonicalize(DOCUMENT, id="one", method="inclusive-1.1") == inclusive
    listed = wsse.canonicalize(DOCUMENT, prefixes=["p", "#default"])
    assert listed.startswith(b'<?p?>\n<a xmlns:p="urn:p" ')
    assert wsse.canonicalize("<?xml version='1.0' encoding='UTF-16'?><a>é</a>".encode("utf-16")) == (
        "<a>é</a>".encode()
    )


@pytest.mark.parametrize(
    ("document", "options", "exception", "cause"),
    [
        (b"<a>", {}, wsse.Malformed, "unexpected-end"),
        (b"<!DOCTYPE a><a/>", {}, wsse.Malformed, "document-type"),
        (b"<a xmlns='b'/>", {}, wsse.Malformed, "relative-namespace"),
        (b"<a Id='1'/>", {"id": "2"}, wsse.InvalidSecurity, "ambiguous-id"),
        (b"<a Id='1'><b id='1'/></a>", {"id": "1"}, wsse.InvalidSecurity, "ambiguous-id"),
        (b"<a>" * 300 + b"</a>" * 300, {}, wsse.LimitExceeded, "depth"),
        (b"<a/>", {"method": "c14n"}, wsse.Misuse, "invalid-argument"),
        (b"<a/>", {"prefixes": ["a:b"]}, wsse.Misuse, "invalid-argument"),
        (b"<a/>", {"prefixes": ["a"], "method": "inclusive"}, wsse.Misuse, "invalid-argument"),
    ],
)
def test_what_has_no_form_is_refused(document, options, exception, cause):
    with pytest.raises(exception) as raised:
        wsse.canonicalize(document, **options)
    assert raised.value.cause == cause


def test_other_types_are_errors_of_the_caller():
    with pytest.raises(TypeError, match="document must be bytes, not str"):
        wsse.canonicalize("<a/>")
    with pytest.raises(TypeError):
        wsse.canonicalize(b"<a/>", prefixes="ab")
