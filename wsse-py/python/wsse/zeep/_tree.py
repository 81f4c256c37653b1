"""Putting into a live lxml tree what Rust described: nothing is decided here."""

from __future__ import annotations

import copy
from typing import Optional, Union

from lxml import etree
from zeep.wsdl.utils import etree_to_string, get_or_create_header

from wsse import _wsse

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


def element(skeleton: _wsse._Skeleton) -> etree._Element:
    """Replays an element that Rust described."""
    made = bare_element(skeleton)
    for child in skeleton[4]:
        _append(made, child, [])
    return made


def bare_element(skeleton: _wsse._Skeleton) -> etree._Element:
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
    soap = etree.QName(envelope).namespace
    header = envelope.find(f"{{{soap}}}Header")
    header_is_new = header is None
    if header is None:
        header = get_or_create_header(envelope)  # type: ignore[no-untyped-call]
    blocks = _elements(header)
    number, new, first = template.security
    if new is None:
        security = blocks[number]
        existing = list(security)
    else:
        security = bare_element(new)
        header.insert(0 if first else len(header), security)
        existing = []
    named = []
    mark = f"{{{soap}}}mustUnderstand"
    was_marked = security.get(mark)
    try:
        if must_understand:
            security.set(mark, "1")
        tokens = _elements(security)
        for kind, number, identifier in template.ids:
            if kind == "body":
                target = envelope.find(f"{{{soap}}}Body")
            else:
                target = (blocks if kind == "block" else tokens)[number]
            target.set(ID, identifier)
            named.append(target)
        # Elements are made where they stand: one that is moved there may lose its prefixes.
        slots: list[etree._Element] = []
        in_front = template.first
        if in_front:
            for token in existing:
                security.remove(token)
            for skeleton in in_front:
                _append(security, skeleton, slots)
            security.extend(existing)
        for skeleton in template.last:
            _append(security, skeleton, slots)
        # The call that the transport makes, so that what is signed is what is sent.
        written = etree_to_string(envelope)  # type: ignore[no-untyped-call]
        texts, exchange = outbound.fill(template, written)
        for slot, text in zip(slots, texts):
            slot.text = text
    except BaseException:
        for token in list(security):
            security.remove(token)
        security.extend(existing)
        for target in named:
            del target.attrib[ID]
        if new is not None:
            header.remove(security)
        elif was_marked is None:
            security.attrib.pop(mark, None)
        if header_is_new:
            envelope.remove(header)
        raise
    return exchange


def _append(parent: etree._Element, skeleton: _wsse._Skeleton, slots: list[etree._Element]) -> None:
    name, attributes, namespaces, text, children, is_slot = skeleton
    made = etree.SubElement(parent, name, attributes, namespaces)
    if text is not None:
        made.text = text
    if is_slot:
        slots.append(made)
    for child in children:
        _append(made, child, slots)


def _head(envelope: etree._Element) -> bytes:
    """The message without the content of its Body."""
    head = etree.Element(envelope.tag, dict(envelope.attrib), envelope.nsmap)
    header = f"{{{etree.QName(envelope).namespace}}}Header"
    for child in envelope:
        if child.tag == header:
            head.append(copy.deepcopy(child))
        elif isinstance(child.tag, str):
            etree.SubElement(head, child.tag, dict(child.attrib), child.nsmap)
    return etree.tostring(head)


def _first_actor(envelope: etree._Element) -> str:
    soap = etree.QName(envelope).namespace
    security = envelope.find(f"{{{soap}}}Header/{{{WSSE}}}Security")
    if security is None:
        return ""
    return security.get(f"{{{soap}}}{'role' if soap == SOAP12 else 'actor'}") or ""


def _elements(parent: etree._Element) -> list[etree._Element]:
    """The elements inside, without comments and processing instructions."""
    return [child for child in parent if isinstance(child.tag, str)]
