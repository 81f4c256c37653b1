"""Putting into a live lxml tree what Rust described: nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Optional, Union

from lxml import etree
from zeep.wsdl.utils import etree_to_string, get_or_create_header

from wsse import _wsse

if TYPE_CHECKING:
    from wsse._wsse_zeep import _Skeleton as Skeleton

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
ID = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}Id"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"


def security_header(envelope: etree._Element) -> etree._Element:
    """The first Security header, whoever it is for, as zeep finds or makes it."""
    header: etree._Element = get_or_create_header(envelope)  # type: ignore[no-untyped-call]
    security = header.find(f"{{{WSSE}}}Security")
    if security is None:
        security = etree.Element(f"{{{WSSE}}}Security", nsmap={"wsse": WSSE})
        header.append(security)
    return security


def element(skeleton: Skeleton) -> etree._Element:
    """Replays an element that Rust described."""
    made = bare_element(skeleton)
    for child in skeleton[4]:
        _put(made, child, [])
    return made


def bare_element(skeleton: Skeleton) -> etree._Element:
    """The same without what is inside, but for its text."""
    name, attributes, namespaces, text, _, _ = skeleton
    made = etree.Element(name, attributes, namespaces)
    made.text = text
    return made


def protect(
    envelope: etree._Element,
    outbound: _wsse.Outbound,
    *,
    username: Optional[str] = None,
    password: Union[str, bytes, None] = None,
    as_zeep: bool = False,
    must_understand: bool = False,
) -> _wsse.Exchange:
    """Puts into a message what the Outbound says, in place; on failure the message is as it was.

    must_understand also marks a Security header that is already there.
    """
    actor = _first_actor(envelope) if as_zeep else None
    template = outbound.template(
        _head(envelope), username=username, password=password, zeep_actor=actor
    )
    undo: list[Callable[[], object]] = []
    try:
        slots = _insert(envelope, template, must_understand, undo)
        # The call that the transport makes, so that what is signed is what is sent.
        written: bytes = etree_to_string(envelope)  # type: ignore[no-untyped-call]
        texts, exchange = outbound.fill(template, written)
    except BaseException:
        for step in reversed(undo):
            step()
        raise
    for slot, text in zip(slots, texts):
        slot.text = text
    return exchange


def _insert(
    envelope: etree._Element,
    template: _wsse.Template,
    must_understand: bool,
    undo: list[Callable[[], object]],
) -> list[etree._Element]:
    """Puts everything in its place but for what is not known yet; the elements of that."""
    soap = etree.QName(envelope).namespace
    header: Any = envelope.find(f"{{{soap}}}Header")
    if header is None:
        header = get_or_create_header(envelope)  # type: ignore[no-untyped-call]
        undo.append(partial(envelope.remove, header))
    blocks = _elements(header)
    number, new, first = template.security
    if number is not None:
        security = blocks[number]
    elif new is not None:
        security = _put(header, new, [], 0 if first else len(header))
        undo.append(partial(header.remove, security))
    tokens = _elements(security)
    for kind, number, identifier in template.ids:
        if kind == "body":
            target: Any = envelope.find(f"{{{soap}}}Body")
        else:
            target = (blocks if kind == "block" else tokens)[number]
        target.set(ID, identifier)
        undo.append(partial(target.attrib.pop, ID))
    mark = f"{{{soap}}}mustUnderstand"
    if must_understand and security.get(mark) is None:
        security.set(mark, "1")
        undo.append(partial(security.attrib.pop, mark))
    slots: list[etree._Element] = []
    for place, skeleton in enumerate(template.first):
        undo.append(partial(security.remove, _put(security, skeleton, slots, place)))
    for skeleton in template.last:
        undo.append(partial(security.remove, _put(security, skeleton, slots)))
    return slots


def _put(
    parent: etree._Element,
    skeleton: Skeleton,
    slots: list[etree._Element],
    place: Optional[int] = None,
) -> etree._Element:
    """Makes an element where it stands, as the last one inside or at a place.

    lxml drops declarations of what it moves, and then may take one prefix for another; so what is
    moved has one declaration and nothing inside.
    """
    name, attributes, namespaces, text, children, is_slot = skeleton
    if place is None:
        made = etree.SubElement(parent, name, attributes, namespaces)
    else:
        made = etree.Element(name, None, namespaces)
        parent.insert(place, made)
        for attribute, value in attributes.items():
            made.set(attribute, value)
    if text is not None:
        made.text = text
    if is_slot:
        slots.append(made)
    for child in children:
        _put(made, child, slots)
    return made


def _head(envelope: Any) -> bytes:
    """The message without the content of its Body."""
    # Put together from what is serialised: a copy in a tree of its own may lose its namespaces.
    root = etree.Element(envelope.tag, dict(envelope.attrib), envelope.nsmap)
    root.text = " "
    start, end = etree.tostring(root).rsplit(b"> </", 1)
    header = f"{{{etree.QName(envelope).namespace}}}Header"
    octets = [start, b">"]
    for child in envelope:
        if child.tag == header:
            octets.append(etree.tostring(child, with_tail=False))
        elif isinstance(child.tag, str):
            bare = etree.Element(child.tag, dict(child.attrib), child.nsmap)
            octets.append(etree.tostring(bare))
    return b"".join([*octets, b"</", end])


def _first_actor(envelope: etree._Element) -> str:
    soap = etree.QName(envelope).namespace
    security = envelope.find(f"{{{soap}}}Header/{{{WSSE}}}Security")
    if security is None:
        return ""
    return security.get(f"{{{soap}}}{'role' if soap == SOAP12 else 'actor'}") or ""


def _elements(parent: etree._Element) -> list[etree._Element]:
    """The elements inside, without comments and processing instructions."""
    return [child for child in parent if isinstance(child.tag, str)]
