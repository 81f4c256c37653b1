"""Several objects as one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from lxml import etree


class WsseObject(Protocol):
    """What zeep asks of an object given as ``wsse``."""

    def apply(
        self, envelope: etree._Element, headers: dict[str, str]
    ) -> tuple[etree._Element, dict[str, str]]: ...

    def verify(self, envelope: etree._Element) -> Any: ...


class Compose:
    """Several objects as one: applied and verified in their order, as ``zeep.wsse.Compose``."""

    def __init__(self, wsse_objects: Iterable[WsseObject]) -> None:
        self.wsse_objects = wsse_objects

    def apply(
        self, envelope: etree._Element, headers: dict[str, str]
    ) -> tuple[etree._Element, dict[str, str]]:
        """Applies each object to what the one before it returned."""
        for wsse_object in self.wsse_objects:
            envelope, headers = wsse_object.apply(envelope, headers)
        return envelope, headers

    def verify(self, envelope: etree._Element) -> None:
        """Lets each object verify the reply."""
        for wsse_object in self.wsse_objects:
            wsse_object.verify(envelope)


class Chain(list[WsseObject]):
    """A list that works as ``wsse``: zeep applies each member of a plain list, and then fails on
    the reply, because a list has no ``verify``.

    An empty one is no security at all, as zeep sees it.
    """

    def apply(
        self, envelope: etree._Element, headers: dict[str, str]
    ) -> tuple[etree._Element, dict[str, str]]:
        """Applies each member to what the one before it returned."""
        for wsse_object in self:
            envelope, headers = wsse_object.apply(envelope, headers)
        return envelope, headers

    def verify(self, envelope: etree._Element) -> None:
        """Lets each member verify the reply."""
        for wsse_object in self:
            wsse_object.verify(envelope)
