"""Putting into a live lxml tree what Rust described: nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import zip_longest
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


def encrypt(
    envelope: etree._Element,
    outbound: _wsse.Outbound,
    *,
    username: Optional[str] = None,
    password: Union[str, bytes, None] = None,
) -> tuple[etree._Element, _wsse.Exchange]:
    """The message that an Outbound makes which encrypts, and what its reply must answer.

    It is the tree that was given, changed in place, wherever lxml can hold it there; else it is
    another, and the one that was given is empty, so that nobody sends it in plaintext. On failure the
    message is as it was.
    """
    written: bytes = etree_to_string(envelope)  # type: ignore[no-untyped-call]
    protected = outbound.protect(written, username=username, password=password)
    replace_content(envelope, protected.bytes)
    # What is signed is what is sent: to the prefix.
    written = etree_to_string(envelope)  # type: ignore[no-untyped-call]
    if _wsse.is_same_document(protected.bytes, written):
        return envelope, protected.exchange
    for child in list(envelope):
        envelope.remove(child)
    return parse(protected.bytes), protected.exchange


def replace_content(envelope: Any, message: bytes) -> None:
    """Puts everything that is in a message into the tree of another with the same Envelope.

    lxml drops the declarations of namespaces that the Envelope has under another prefix.
    """
    made = parse(message)
    envelope.text = made.text
    envelope[:] = list(made)


def holds(envelope: etree._Element, message: bytes) -> bool:
    """Whether a tree says what a message says, by whatever prefixes; those that values can mean are the
    same."""
    for here, there in zip_longest(envelope.iter(), parse(message).iter()):
        if here is None or there is None:
            return False
        if (here.tag, here.text, dict(here.attrib)) != (there.tag, there.text, dict(there.attrib)):
            return False
        if there.getparent() is not None and here.tail != there.tail:
            return False
        lost = {
            prefix for prefix, name in there.nsmap.items() if here.nsmap.get(prefix) != name
        }
        values = [there.text or "", *map(str, there.attrib.values())]
        if lost and any(value.strip().partition(":")[0] in lost for value in values):
            return False
    return True


def parse(message: bytes) -> etree._Element:
    """The tree of a message that Rust has written."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=True, remove_comments=False
    )
    return etree.fromstring(message, parser)


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
