"""WS-Security for spyne services, checked over the bytes that were received.

Give the application a protocol of this module, and no operation runs before its message was
validated::

    application = Application(
        [HelloService], "urn:hello",
        in_protocol=WsseSoap11(Inbound("preset:username-token", passwords={"alice": "secret"})),
        out_protocol=Soap11(),
    )
    require_wsse(application)

What spyne parses is what was validated: the protocol hands it
:attr:`wsse.ValidatedMessage.document`, or :attr:`wsse.ValidatedMessage.unsigned_document` where the
policy requires no signature, in the place of the received bytes. A service
finds the caller in ``ctx.wsse``, an :class:`Identity`, which is ``None`` as long as the message is
not validated; ``ctx.udc`` stays the application's own.

A refused message becomes a SOAP fault with the code of SOAP Message Security 1.1.1, section 12
(SOAP 1.1 ``faultcode``, SOAP 1.2 ``Subcode``) and the standard's vague text. The precise reason
goes to the logger ``wsse.spyne`` alone. Messages with attachments (``multipart/*``) are refused:
spyne would put the parts together after the check. The WSDL (``GET ?wsdl``) stays public.

Share one :class:`wsse.Inbound` between the protocols of one service: it holds the replay memory.
On Python 3.12 and later import this module before spyne (see :mod:`wsse._spyne_shim`).
"""

from __future__ import annotations

import enum
import logging
import threading
from dataclasses import dataclass
from typing import (
    Any,
    Callable,
    Final,
    Iterable,
    Mapping,
    Optional,
    Protocol,
    Sequence,
    Union,
)

from . import Error, Inbound, ValidatedMessage, _spyne_shim, _wsse

_spyne_shim.install()

from lxml import etree  # noqa: E402
from spyne.const.http import HTTP_500  # noqa: E402
from spyne.model.fault import Fault  # noqa: E402
from spyne.protocol.soap import Soap11, Soap12  # noqa: E402
from spyne.server.http import HttpTransportContext  # noqa: E402

__all__ = [
    "OPEN",
    "Identity",
    "Open",
    "WsseMixin",
    "WsseSoap11",
    "WsseSoap12",
    "fault",
    "require_wsse",
    "username_token_check",
]

_WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_SOAP_11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_SOAP_12: Final = "http://www.w3.org/2003/05/soap-envelope"
_CODE: Final = "wsse:"
_DIGEST_POLICY: Final = 'version = 1\nrequire = { username-token = "digest" }'
_HTTP_415: Final = "415 Unsupported Media Type"

_logger = logging.getLogger("wsse.spyne")


class Open(enum.Enum):
    """The type of :data:`OPEN`."""

    OPEN = "open"


OPEN: Final = Open.OPEN
"""In ``operations``: this operation runs without any security. Its message is still held to
strict XML; a Security header in it is neither checked nor believed."""


class Validator(Protocol):
    """What validates a message: a :class:`wsse.Inbound`, or anything with this method."""

    def validate(self, message: bytes, *, charset: Optional[str] = None) -> ValidatedMessage:
        """The validated message, or a :class:`wsse.Error`."""


class Protector(Protocol):
    """What protects an answer: a :class:`wsse.Outbound`, or anything with these methods."""

    def protect(self, envelope: bytes) -> Any:
        """Protects an answer to a message that was not validated; the result has ``bytes``."""

    def protect_reply(self, envelope: bytes, request: ValidatedMessage) -> Any:
        """Protects the answer to ``request``; the result has ``bytes``."""


Rule = Union[Validator, Open]
Passwords = Union[
    Mapping[str, Union[str, bytes, Sequence[Union[str, bytes]]]],
    Callable[[str], Union[str, bytes, Sequence[Union[str, bytes]], None]],
]


@dataclass(frozen=True)
class Identity:
    """Who called, as far as the message was validated: ``ctx.wsse`` of a spyne context."""

    operation: str
    """The operation that the message was validated for, as ``{namespace}name``."""
    username: Optional[str] = None
    """The user name of the checked UsernameToken; ``None`` where there is none."""
    authenticated: bool = False
    """Whether the user name was confirmed by a password. Always ``False`` where the operation
    is open."""
    message: Optional[ValidatedMessage] = None
    """The validated message; ``None`` where the operation is open."""


class WsseMixin:
    """Validates the received bytes before spyne parses them; put it before a SOAP protocol.

    ``inbound`` validates every message, except for the operations that ``operations`` names,
    each by its name (``"hello"``) or qualified name (``"{urn:hello}hello"``), with an ``Inbound``
    of its own or with :data:`OPEN`. The rule is chosen by the first child of the Body, in the
    received bytes; an operation runs only if it is the one that the rule was chosen for.
    A name that the application doesn't have is a :class:`ValueError` when the application is
    built. So are rules that don't share one replay store (``Inbound(…, replay=store)``): a token
    that was captured from a call of one operation would pass once more for another.

    ``outbound`` protects what is answered, faults included: give it to the protocol that is the
    application's ``out_protocol``. An answer that cannot be protected is not sent; the peer gets
    a fault with HTTP status 500 in its place. What a service writes to ``ctx.out_string`` itself,
    or through an ``out_protocol`` that it sets on the context, goes around the protection.

    All other keywords go to the SOAP protocol.
    """

    def __init__(
        self,
        inbound: Optional[Validator] = None,
        *,
        operations: Optional[Mapping[str, Rule]] = None,
        outbound: Optional[Protector] = None,
        **options: Any,
    ) -> None:
        if inbound is not None and not hasattr(inbound, "validate"):
            raise TypeError(f"expected a wsse.Inbound, got {inbound!r}")
        for name, rule in (operations or {}).items():
            if rule is not OPEN and not hasattr(rule, "validate"):
                raise TypeError(f"expected a wsse.Inbound or OPEN for {name}, got {rule!r}")
        _check_shared_replay((inbound, *(operations or {}).values()))
        self._inbound = inbound
        self._operations: Mapping[str, Rule] = dict(operations or {})
        self._outbound = outbound
        super().__init__(**options)
        # Validated documents are UTF-8, whatever their XML declaration said before.
        self.parser_kwargs: dict[str, Any] = {
            **getattr(self, "parser_kwargs", {}),
            "encoding": "utf-8",
            "load_dtd": False,
            "no_network": True,
            "resolve_entities": False,
        }

    def set_app(self, value: Any) -> None:
        """Called by spyne when the application is built; checks the settings against it."""
        super().set_app(value)  # type: ignore[misc]
        if value is None:
            return
        if value.in_protocol is self:
            if self._inbound is None:
                raise TypeError(
                    f"{type(self).__name__} as in_protocol needs a wsse.Inbound as its first "
                    "argument"
                )
            self._operations = _qualified_rules(value, self._operations)
            _listen(value, "method_call", _check_identity)
        _listen(value, "method_exception_document", _write_fault_code)

    def create_in_document(self, ctx: Any, charset: Optional[str] = None) -> None:
        """Validates the received bytes, and lets spyne parse what was validated."""
        _identify(ctx, None)
        if isinstance(ctx.transport, HttpTransportContext):
            content_type = ctx.transport.get_request_content_type()
            if content_type is None or ctx.transport.get_request_method() != "POST":
                # spyne answers with status 405. If it did not, _check_identity would refuse.
                super().create_in_document(ctx, charset)  # type: ignore[misc]
                return
            if "multipart" in content_type.partition(";")[0].lower():
                ctx.transport.resp_code = _HTTP_415
                _guarded(ctx, _refuse_attachments, content_type)

        identity, document = _guarded(ctx, self._admit, ctx, charset)
        _identify(ctx, identity)
        ctx.in_string = [document]
        super().create_in_document(ctx, None)  # type: ignore[misc]

    def decompose_incoming_envelope(self, ctx: Any, *arguments: Any, **keywords: Any) -> None:
        """Lets spyne take the envelope apart, which ends with a fault where it can't."""
        try:
            super().decompose_incoming_envelope(ctx, *arguments, **keywords)  # type: ignore[misc]
        except Fault:
            raise
        except Exception as error:
            # For example a multi-reference (SOAP 1.1, section 5.4.1) to an id that isn't there.
            _logger.warning(
                "message%s refused: spyne can't read what was validated: %r", _peer(ctx), error
            )
            raise fault("Malformed") from error

    def create_out_string(self, ctx: Any, charset: Optional[str] = None) -> None:
        """Serialises the answer and protects it; fails closed."""
        if self._outbound is None:
            super().create_out_string(ctx, charset)  # type: ignore[misc]
            return
        try:
            super().create_out_string(ctx, charset)  # type: ignore[misc]
            ctx.out_string = [self._protect(ctx, b"".join(ctx.out_string))]
        except Exception:
            _logger.exception("an answer could not be protected; a fault is sent in its place")
            # spyne would swallow the exception and send the plain answer with status 200.
            ctx.out_string = None
            ctx.out_document = None
            ctx.out_error = fault("Unavailable")
            if isinstance(ctx.transport, HttpTransportContext):
                ctx.transport.resp_code = HTTP_500
            self.serialize(ctx, self.RESPONSE)  # type: ignore[attr-defined]
            super().create_out_string(ctx, charset)  # type: ignore[misc]

    def _admit(self, ctx: Any, charset: Optional[str]) -> tuple[Identity, bytes]:
        """Who sent the message, and the document that may be read."""
        received = ctx.in_string
        message = received if isinstance(received, bytes) else b"".join(received)
        rule: Optional[Rule] = self._inbound
        operation: Optional[str] = None
        if self._operations:
            envelope = _wsse.read_envelope(message, charset=charset)
            operation = _operation(ctx, envelope.body_child)
            rule = self._operations.get(operation, rule)
            if rule is OPEN:
                return Identity(operation), envelope.document
        if rule is None or isinstance(rule, Open):
            raise TypeError("the protocol has no wsse.Inbound")
        validated = rule.validate(message, charset=charset)
        validated_operation = _operation(ctx, validated.body_child)
        if operation not in (None, validated_operation):
            raise _Refusal("InvalidSecurity", "the rule was chosen for another operation")
        identity = Identity(
            validated_operation, validated.username, validated.authenticated, validated
        )
        document = validated.document
        return identity, validated.unsigned_document if document is None else document

    def _protect(self, ctx: Any, answer: bytes) -> bytes:
        if self._outbound is None:
            raise TypeError("the protocol has no wsse.Outbound")
        identity = getattr(ctx, "wsse", None)
        if isinstance(identity, Identity) and identity.message is not None:
            protected = self._outbound.protect_reply(answer, identity.message)
        else:
            protected = self._outbound.protect(answer)
        result: bytes = protected.bytes
        return result


class WsseSoap11(WsseMixin, Soap11):  # type: ignore[misc]
    """spyne's ``Soap11`` whose messages are validated first; see :class:`WsseMixin`."""


class WsseSoap12(WsseMixin, Soap12):  # type: ignore[misc]
    """spyne's ``Soap12`` whose messages are validated first; see :class:`WsseMixin`."""


def require_wsse(*targets: Any) -> None:
    """Makes sure that nothing runs unless this module has admitted its message.

    Each target is an ``Application``, or a service class, which then is guarded in every
    application that exposes it. Where somebody swaps the protocol and forgets the mixin, each
    call ends with a fault.

    Raises :class:`TypeError` where a target has no events.
    """
    for target in targets:
        if getattr(target, "event_manager", None) is None:
            raise TypeError(
                f"require_wsse takes spyne applications and service classes, not {target!r}"
            )
        _listen(target, "method_call", _check_identity)


def username_token_check(
    inbound: Union[Validator, Passwords, None],
    *,
    policy: Any = None,
    verifier: Optional[Callable[[str, bytes], bool]] = None,
    replay: Any = None,
    now: Optional[Callable[[], Any]] = None,
) -> Callable[[Any], None]:
    """A handler of ``method_call`` that demands a UsernameToken, for a plain spyne protocol.

    ::

        application.event_manager.add_listener(
            "method_call", username_token_check({"alice": "secret"}))

    ``inbound`` is a :class:`wsse.Inbound`; or passwords as it takes them (``None`` where there is
    a ``verifier``), and then the keywords are those of ``Inbound``, with a ``policy`` that demands
    a PasswordDigest with Nonce and Created by default. The handler refuses replayed messages, and
    leaves an :class:`Identity` in ``ctx.wsse``.

    It sees the message as spyne has parsed it, not the bytes: spyne reads, and validates against
    the schema, what nobody has authenticated yet. :class:`WsseMixin` is the better choice where
    the protocol can be chosen. Policies that demand signatures need the mixin.
    """
    validator: Validator
    if inbound is not None and hasattr(inbound, "validate"):
        if any(keyword is not None for keyword in (policy, verifier, replay, now)):
            raise TypeError("an Inbound has its policy already; the keywords go with passwords")
        validator = inbound
    else:
        validator = Inbound(
            _DIGEST_POLICY if policy is None else policy,
            passwords=inbound,
            verifier=verifier,
            replay=replay,
            now=now,
        )

    def check(ctx: Any) -> None:
        _listen(ctx.app, "method_exception_document", _write_fault_code)
        primary = getattr(ctx.aux, "parent", None)
        if primary is not None and primary.in_document is ctx.in_document:
            # An auxiliary method of a message that was checked a moment ago.
            _identify(ctx, getattr(primary, "wsse", None))
        else:
            _identify(ctx, None)
            _identify(ctx, _guarded(ctx, _check_document, validator, ctx))
        _check_identity(ctx)

    return check


def fault(category: str) -> Fault:
    """The SOAP fault of an error category, with the standard's code and text.

    For services that refuse a caller themselves: ``raise fault("FailedAuthentication")``.
    ``category`` is a name as in :attr:`wsse.Error.category`; another is a :class:`ValueError`.
    """
    sender, code, text = _wsse.category_fault(category)
    faultcode = "Client" if sender else "Server"
    return Fault(faultcode if code is None else f"{faultcode}.{_CODE}{code}", text)


class _Refusal(Exception):
    """A refusal that is decided here, between spyne and the core."""

    def __init__(self, category: str, reason: str) -> None:
        super().__init__(reason)
        self.category = category


_listening = threading.Lock()


def _listen(target: Any, event: str, handler: Callable[[Any], None]) -> None:
    """Adds a listener once, also where requests are being served by other threads."""
    with _listening:
        if handler not in target.event_manager.handlers.get(event, ()):
            target.event_manager.add_listener(event, handler)


def _identify(ctx: Any, identity: Optional[Identity]) -> None:
    # A context takes no new attributes by the usual way. Copies of it inherit this one.
    object.__setattr__(ctx, "wsse", identity)


def _guarded(ctx: Any, function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls the function; whatever goes wrong is logged precisely and ends with a vague fault."""
    try:
        return function(*arguments)
    except Fault:
        # spyne's own, for example for a message above its max_content_length.
        raise
    except (Error, _Refusal) as error:
        category = error.category if error.category in _wsse.CATEGORIES else "Unavailable"
        sender, _, _ = _wsse.category_fault(category)
        _logger.log(
            logging.WARNING if sender else logging.ERROR,
            "message%s refused: %s: %s",
            _peer(ctx),
            error.category,
            _one_line(str(error)),
            # What is ours to mend comes with what raised it, for example in a password look-up.
            exc_info=None if sender else error,
        )
        raise fault(category) from error
    except Exception as error:
        _logger.exception("message%s refused: it could not be validated", _peer(ctx))
        raise fault("Unavailable") from error


def _refuse_attachments(content_type: str) -> None:
    raise _Refusal("Malformed", f"it is {content_type!r}, not a plain SOAP message")


def _peer(ctx: Any) -> str:
    """Where the message comes from, for the log: as the transport saw it, no word of the sender."""
    request = getattr(ctx.transport, "req", None)
    address = request.get("REMOTE_ADDR") if isinstance(request, dict) else None
    return f" from {address}" if address else ""


def _check_document(validator: Validator, ctx: Any) -> Identity:
    document = ctx.in_document
    if not isinstance(document, etree._Element):
        raise _Refusal("InvalidSecurity", "the protocol is not SOAP: there is no Security header")
    if document.getroottree().docinfo.internalDTD is not None:
        raise _Refusal("Malformed", "the message has a document type declaration")
    validated = validator.validate(etree.tostring(document, encoding="utf-8"))
    operation = _operation(ctx, validated.body_child)
    return Identity(operation, validated.username, validated.authenticated, validated)


def _check_identity(ctx: Any) -> None:
    """Refuses a call that was not admitted, or was admitted as another operation."""
    identity = getattr(ctx, "wsse", None)
    if not isinstance(identity, Identity):
        _logger.error(
            "call of %s refused: nothing has validated its message; the application's "
            "in_protocol must be a wsse.spyne.WsseMixin",
            ctx.method_request_string,
        )
        raise fault("Misuse")
    methods = ctx.app.interface.service_method_map.get(identity.operation, ())
    if identity.operation != _qualified(ctx.app, ctx.method_request_string) or not any(
        method is ctx.descriptor for method in methods
    ):
        _logger.error(
            "call of %s refused: its message was validated as %s",
            ctx.method_request_string,
            identity.operation,
        )
        raise fault("InvalidSecurity")


def _qualified(app: Any, name: Optional[str]) -> str:
    """The name under which spyne looks an operation up."""
    if not isinstance(name, str):
        return ""
    return name if name.startswith("{") else f"{{{app.interface.get_tns()}}}{name}"


def _qualified_rules(app: Any, operations: Mapping[str, Rule]) -> Mapping[str, Rule]:
    rules: dict[str, Rule] = {}
    known = app.interface.service_method_map
    for name, rule in operations.items():
        qualified = _qualified(app, name)
        if qualified not in known:
            raise ValueError(
                f"the application has no operation {name!r}; it has {', '.join(sorted(known))}"
            )
        if qualified in rules:
            raise ValueError(f"the operation {qualified} has two rules")
        rules[qualified] = rule
    return rules


def _check_shared_replay(rules: Iterable[Optional[Rule]]) -> None:
    stores = [
        store for store in (getattr(rule, "replay", None) for rule in rules) if store is not None
    ]
    if any(store is not stores[0] for store in stores):
        raise ValueError(
            "the Inbounds of one service must share a replay store, or a captured token passes "
            "once for each of them: give them all the same replay=MemoryReplayStore()"
        )


def _operation(ctx: Any, body_child: Optional[tuple[str, str]]) -> str:
    """The operation that the first element in the Body names, as spyne looks it up."""
    if body_child is None:
        raise _Refusal("Malformed", "the Body is empty: it names no operation")
    namespace, local = body_child
    if local == "Fault" and namespace in (_SOAP_11, _SOAP_12):
        raise _Refusal("Malformed", "the Body holds a Fault: it names no operation")
    return _qualified(ctx.app, f"{{{namespace}}}{local}" if namespace else local)


def _write_fault_code(ctx: Any) -> None:
    """Gives a fault its code as a QName whose prefix is declared, which spyne can't."""
    code = getattr(ctx.out_error, "faultcode", None)
    document = ctx.out_document
    if not isinstance(code, str) or not isinstance(document, etree._Element):
        return
    _, _, code = code.partition("." + _CODE)
    if not code:
        return
    paths = (
        f"{{{_SOAP_11}}}Body/{{{_SOAP_11}}}Fault/faultcode",
        "/".join(f"{{{_SOAP_12}}}{name}" for name in ("Body", "Fault", "Code", "Subcode", "Value")),
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
