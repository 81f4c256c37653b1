"""Refusals of :mod:`wsse.spyne`: precise for the log, vague for the peer."""

from __future__ import annotations

import logging
from typing import Any, Callable, Final

from .. import Error, _spyne_shim, _wsse
from ._context import peer

_spyne_shim.install()

from lxml import etree  # noqa: E402
from spyne.model.fault import Fault  # noqa: E402

_WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SOAP_11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12: Final = "http://www.w3.org/2003/05/soap-envelope"
_CODE: Final = "wsse:"

logger = logging.getLogger("wsse.spyne")


class Refusal(Exception):
    """A refusal that is decided between spyne and the core."""

    def __init__(self, category: str, reason: str) -> None:
        super().__init__(reason)
        self.category = category


def fault(category: str) -> Fault:
    """The SOAP fault of an error category, with the standard's code and text.

    For services that refuse a caller themselves: ``raise fault("FailedAuthentication")``.
    ``category`` is a name as in :attr:`wsse.Error.category`; another is a :class:`ValueError`.
    """
    sender, code, text = _wsse.category_fault(category)
    faultcode = "Client" if sender else "Server"
    return Fault(faultcode if code is None else f"{faultcode}.{_CODE}{code}", text)


def guarded(ctx: Any, function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls the function; whatever goes wrong is logged precisely and ends with a vague fault."""
    try:
        return function(*arguments)
    except Fault:
        # spyne's own, for example for a message above its max_content_length.
        raise
    except (Error, Refusal) as error:
        category = error.category if error.category in _wsse.CATEGORIES else "Unavailable"
        sender, _, _ = _wsse.category_fault(category)
        logger.log(
            logging.WARNING if sender else logging.ERROR,
            "message%s refused: %s: %s",
            peer(ctx),
            error.category,
            _one_line(str(error)),
            # What is ours to mend comes with what raised it, for example in a password look-up.
            exc_info=None if sender else error,
        )
        raise fault(category) from error
    except Exception as error:
        logger.exception("message%s refused: it could not be validated", peer(ctx))
        raise fault("Unavailable") from error


def is_fault(document: Any) -> bool:
    """Whether an outgoing document is a SOAP fault, and nothing else."""
    if not isinstance(document, etree._Element):
        return False
    return any(
        [child.tag for child in body] == [f"{{{namespace}}}Fault"]
        for namespace in (SOAP_11, SOAP_12)
        for body in document.findall(f"{{{namespace}}}Body")
    )


def write_fault_code(ctx: Any) -> None:
    """Gives a fault its code as a QName whose prefix is declared, which spyne can't."""
    code = getattr(ctx.out_error, "faultcode", None)
    document = ctx.out_document
    if not isinstance(code, str) or not isinstance(document, etree._Element):
        return
    _, _, code = code.partition("." + _CODE)
    if not code:
        return
    paths = (
        f"{{{SOAP_11}}}Body/{{{SOAP_11}}}Fault/faultcode",
        "/".join(f"{{{SOAP_12}}}{name}" for name in ("Body", "Fault", "Code", "Subcode", "Value")),
    )
    for path in paths:
        for element in document.findall(path):
            written = etree.Element(element.tag, nsmap={"wsse": _WSSE})
            written.text = _CODE + code
            parent: Any = element.getparent()
            parent.replace(element, written)


def _one_line(text: str) -> str:
    """The text for a log, in which no sender can forge a second line."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
