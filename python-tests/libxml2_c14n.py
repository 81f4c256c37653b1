"""Canonical forms as libxml2 makes them, the one that lxml carries.

lxml itself canonicalizes whole documents only: of an element it makes a document first, and loses
the namespaces and ``xml:`` attributes of the ancestors. So libxml2 is called directly, and told
which nodes are to be seen.
"""

import ctypes
from collections.abc import Callable, Sequence
from typing import Optional

from lxml import etree

_MODES = {"inclusive": 0, "exclusive": 1, "inclusive-1.1": 2}
# XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET
_PARSE_OPTIONS = 32 | 64 | 2048


class _NodeSet(ctypes.Structure):
    _fields_ = [
        ("count", ctypes.c_int),
        ("room", ctypes.c_int),
        ("nodes", ctypes.POINTER(ctypes.c_void_p)),
    ]


class _XPathObject(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("nodes", ctypes.POINTER(_NodeSet))]


_IsVisible = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


def _library() -> ctypes.CDLL:
    # The extension module holds libxml2 or is linked to it: the loader looks into both.
    library = ctypes.CDLL(etree.__file__)
    pointer, number, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    for name, result, arguments in [
        ("xmlReadMemory", pointer, [text, number, text, text, number]),
        ("xmlFreeDoc", None, [pointer]),
        ("xmlXPathNewContext", pointer, [pointer]),
        ("xmlXPathFreeContext", None, [pointer]),
        ("xmlXPathEval", ctypes.POINTER(_XPathObject), [text, pointer]),
        ("xmlXPathFreeObject", None, [ctypes.POINTER(_XPathObject)]),
        ("xmlAllocOutputBuffer", pointer, [pointer]),
        ("xmlOutputBufferClose", number, [pointer]),
        ("xmlOutputBufferGetContent", pointer, [pointer]),
        ("xmlOutputBufferGetSize", ctypes.c_size_t, [pointer]),
        (
            "xmlC14NExecute",
            number,
            [pointer, _IsVisible, pointer, number, pointer, number, pointer],
        ),
    ]:
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


try:
    _LIBXML2: Optional[ctypes.CDLL] = _library()
except (OSError, AttributeError):
    _LIBXML2 = None

#: Why libxml2 can't be called, or None.
UNAVAILABLE = None if _LIBXML2 else "lxml does not show the functions of its libxml2"


def canonicalize(
    document: bytes,
    *,
    method: str,
    with_comments: bool,
    prefixes: Sequence[str] = (),
    id: Optional[str] = None,
) -> Optional[bytes]:
    """As wsse.canonicalize(), but ``id`` is the value of an attribute Id without namespace; None
    where libxml2 refuses the document or finds no canonical form."""
    assert _LIBXML2 is not None
    parsed = _LIBXML2.xmlReadMemory(document, len(document), None, None, _PARSE_OPTIONS)
    if not parsed:
        return None
    buffer = _LIBXML2.xmlAllocOutputBuffer(None)
    try:
        visible = _IsVisible() if id is None else _inside(parsed, id)
        # The list ends with NULL.
        listed = (ctypes.c_char_p * (len(prefixes) + 1))(*[prefix.encode() for prefix in prefixes])
        written = _LIBXML2.xmlC14NExecute(
            parsed, visible, None, _MODES[method], listed, with_comments, buffer
        )
        if written < 0:
            return None
        size = _LIBXML2.xmlOutputBufferGetSize(buffer)
        return ctypes.string_at(_LIBXML2.xmlOutputBufferGetContent(buffer), size) if size else b""
    finally:
        _LIBXML2.xmlOutputBufferClose(buffer)
        _LIBXML2.xmlFreeDoc(parsed)


def _inside(document: int, id: str) -> Callable[..., int]:
    """Says of a node of the document whether it is the element, or anything in it."""
    assert _LIBXML2 is not None
    context = _LIBXML2.xmlXPathNewContext(document)
    path = f"//*[@Id='{id}']/descendant-or-self::*"
    found = _LIBXML2.xmlXPathEval(path.encode(), context)
    nodes = found.contents.nodes.contents
    elements = set(nodes.nodes[: nodes.count])
    _LIBXML2.xmlXPathFreeObject(found)
    _LIBXML2.xmlXPathFreeContext(context)
    return _IsVisible(lambda _, node, parent: node in elements or parent in elements)
