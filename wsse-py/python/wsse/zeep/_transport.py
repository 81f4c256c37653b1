"""Transports that keep the octets of an answer, so that verify() judges those."""

from __future__ import annotations

from typing import Any

from lxml import etree
from zeep import transports

from wsse.zeep._replies import RECEIVED


class Transport(transports.Transport):
    """zeep's Transport; what it received is what is verified, octet for octet, and what
    :attr:`wsse.ValidatedMessage.document` holds.

    With another transport, for multipart answers, and where zeep made something else of the answer,
    the tree that zeep goes on with is serialised and verified.
    """

    def post_xml(self, address: str, envelope: etree._Element, headers: dict[str, str]) -> Any:
        """Posts a message, and keeps the answer for this thread."""
        RECEIVED.set(None)
        response = super().post_xml(address, envelope, headers)  # type: ignore[no-untyped-call]
        RECEIVED.set(response.content)
        return response


class AsyncTransport(transports.AsyncTransport):
    """The same for asyncio. It needs httpx, as zeep's own does."""

    async def post_xml(
        self, address: str, envelope: etree._Element, headers: dict[str, str]
    ) -> Any:
        """Posts a message, and keeps the answer for this task."""
        RECEIVED.set(None)
        response = await super().post_xml(address, envelope, headers)  # type: ignore[no-untyped-call]
        RECEIVED.set(response.content)
        return response
