"""Judging replies, and what zeep may read of them."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Optional

from lxml import etree
from zeep.exceptions import SignatureVerificationFailed

from wsse import _wsse
from wsse.errors import Error
from wsse.zeep._tree import holds, replace_content

RECEIVED: ContextVar[Optional[bytes]] = ContextVar("wsse.zeep.received", default=None)
"""The octets of the last answer to this thread or task, where the transport is ours."""


class VerificationFailed(SignatureVerificationFailed):
    """A reply was refused. zeep's own exception, so that what catches that one goes on working.

    ``__cause__`` is the exception of :mod:`wsse.errors`.
    """

    message: str
    """What was wrong, and where."""
    category: str
    """The name of the category, as in docs/errors.md: ``"InvalidSecurity"``."""
    cause: str
    """The stable name of what went wrong, as in docs/errors.md: ``"missing-signature"``."""

    def __init__(self, message: str = "", *, category: str = "", cause: str = "") -> None:
        super().__init__(message)  # type: ignore[no-untyped-call]
        self.category = category
        self.cause = cause


def judge(
    envelope: etree._Element,
    inbound: _wsse.Inbound,
    exchange: Optional[_wsse.Exchange] = None,
    *,
    signature_is_optional: bool = False,
    keep_unsigned_headers: bool = False,
) -> Optional[_wsse.ValidatedMessage]:
    """Validates a reply that zeep has read, and takes out of its tree what is not signed.

    None where there is no signature and none is needed.
    """
    message = received_or(envelope)
    try:
        if exchange is None:
            validated = inbound.validate(message)
        else:
            validated = inbound.validate_reply(message, exchange)
    except Error as error:
        if signature_is_optional and error.cause in (
            "missing-security-header",
            "missing-signature",
        ):
            return None
        raise VerificationFailed(
            str(error), category=error.category, cause=error.cause
        ) from error
    if validated.encrypted:
        document = validated.document
        put_in(envelope, validated.unsigned_document if document is None else document)
    else:
        _take_out(envelope, validated, keep_unsigned_headers)
    return validated


def received_or(envelope: etree._Element) -> bytes:
    """The octets that were received, where they are known and say what the tree says; else those that the
    tree is serialised to."""
    message = etree.tostring(envelope, encoding="utf-8", with_tail=False)
    received = RECEIVED.get()
    # Octets that say something else than the tree are those of another message, or zeep has put
    # attachments into the tree: what zeep goes on with is what must hold.
    if received is not None and _wsse.is_same_document(received, message):
        return received
    return message


def put_in(envelope: etree._Element, message: bytes) -> None:
    """Puts what was decrypted into the tree that zeep goes on with."""
    replace_content(envelope, message)
    if not holds(envelope, message):
        raise VerificationFailed(
            "a value in the decrypted content means a namespace by a prefix that lxml can't keep, because "
            "the Envelope declares the namespace under another one",
            category="Malformed",
        )


def _take_out(
    envelope: Any, validated: _wsse.ValidatedMessage, keep_headers: bool
) -> None:
    blocks, body = validated.unsigned
    soap = etree.QName(envelope).namespace
    if blocks and not keep_headers:
        header = envelope.find(f"{{{soap}}}Header")
        elements = [child for child in header if isinstance(child.tag, str)]
        for number in blocks:
            header.remove(elements[number])
    if body:
        envelope.find(f"{{{soap}}}Body").clear()
