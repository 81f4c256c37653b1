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
:attr:`wsse.ValidatedMessage.document`, which holds only what is signed, or
:attr:`wsse.ValidatedMessage.unsigned_document` where the policy requires no signature, in the place
of the received bytes. A service finds the caller in ``ctx.wsse``, an :class:`Identity`, which is
``None`` as long as the message is not validated; ``ctx.udc`` stays the application's own.

``out_protocol=WsseSoap11(outbound=Outbound(…))`` signs what is answered, faults too.

A refused message becomes a SOAP fault with the code of SOAP Message Security 1.1.1, section 12
(SOAP 1.1 ``faultcode``, SOAP 1.2 ``Subcode``) and the standard's vague text. The precise reason
goes to the logger ``wsse.spyne`` alone. Messages with attachments (``multipart/*``) are refused:
spyne would put the parts together after the check. The WSDL (``GET ?wsdl``) stays public.

Share one :class:`wsse.Inbound` between the protocols of one service: it holds the replay memory.
On Python 3.12 and later import this module before spyne (see :mod:`wsse._spyne_shim`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Final, Mapping, Optional, Sequence, Union

from .. import Certificate, Inbound, SignedPart, ValidatedMessage, _spyne_shim, _wsse
from ._answers import Answers, guard_transport
from ._context import listen, note, peer
from ._faults import (
    SOAP_11,
    SOAP_12,
    Refusal,
    fault,
    guarded,
    logger,
    write_fault_code,
)
from ._rules import OPEN, Open, Operations, Protector, Rules, Validator, qualified

_spyne_shim.install()

from lxml import etree  # noqa: E402
from spyne.model.fault import Fault  # noqa: E402
from spyne.protocol.soap import Soap11, Soap12  # noqa: E402
from spyne.server.http import HttpTransportContext  # noqa: E402

__all__ = [
    "OPEN",
    "Identity",
    "Open",
    "Protector",
    "Validator",
    "WsseMixin",
    "WsseSoap11",
    "WsseSoap12",
    "fault",
    "require_wsse",
    "username_token_check",
]

_DIGEST_POLICY: Final = 'version = 1\nrequire = { username-token = "digest" }'
_HTTP_415: Final = "415 Unsupported Media Type"

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
    """The user name of the checked UsernameToken; ``None`` where there is none, and where the
    policy requires signatures that don't cover the token."""
    authenticated: bool = False
    """Whether the user name was confirmed by a password. Always ``False`` where the operation
    is open."""
    message: Optional[ValidatedMessage] = None
    """The validated message; ``None`` where the operation is open."""

    @property
    def certificate(self) -> Optional[Certificate]:
        """The certificate of whoever signed; ``None`` where the policy requires no signature, or
        is content with a signer that nobody vouches for."""
        return None if self.message is None else self.message.certificate

    @property
    def signed(self) -> tuple[SignedPart, ...]:
        """The parts that the required signatures cover; empty where the policy requires none."""
        return () if self.message is None else self.message.signed


class WsseMixin:
    """Validates the received bytes before spyne parses them, and protects the answer; put it
    before a SOAP protocol.

    As ``in_protocol``: ``inbound`` validates every message, except for the operations that
    ``operations`` gives an ``Inbound`` of their own, or :data:`OPEN`. It is a mapping of names
    (``"hello"``) or qualified names (``"{urn:hello}hello"``), or a callable that is asked with the
    qualified name, and returns ``None`` for what ``inbound`` validates. The first child of the
    Body says which rule is taken; the message must hold under it, and the operation that it is
    validated for, and no other, runs. SOAPAction and WS-Addressing are not read. A name that the
    application doesn't have is a :class:`ValueError` when the application is built. So are rules
    that don't share one replay store (``Inbound(…, replay=store)``): a token that was captured
    from a call of one operation would pass once more for another.

    As ``out_protocol``: ``outbound`` protects what is answered, faults included. ``answers`` gives
    operations an ``Outbound`` of their own, or :data:`OPEN`, as ``operations`` does. A fault to
    somebody of whose message nothing could be verified goes out unprotected, because anyone could
    have faults signed by sending garbage; ``protect_refusals=True`` protects it. Whatever cannot be
    protected is not sent, nor what a service writes past its protocol or an event handler changes
    afterwards (which is noticed over WSGI): the peer gets a fault with HTTP status 500 in its
    place.

    In a signed document multi-references (SOAP 1.1, section 5.4.1) are refused: spyne would put
    other elements into the place of what was signed.

    All other keywords go to the SOAP protocol.
    """

    def __init__(
        self,
        inbound: Optional[Validator] = None,
        *,
        operations: Operations[Validator] = None,
        outbound: Optional[Protector] = None,
        answers: Operations[Protector] = None,
        protect_refusals: bool = False,
        **options: Any,
    ) -> None:
        self._rules: Rules[Validator] = Rules(
            inbound, operations, method="validate", kind="wsse.Inbound"
        )
        self.answers = Answers(outbound, answers, protect_refusals)
        super().__init__(**options)
        # Validated documents are UTF-8, whatever their XML declaration said before. A comment is
        # not signed, so it must not end a text; what is not well-formed must not be mended.
        self.parser_kwargs: dict[str, Any] = {
            **getattr(self, "parser_kwargs", {}),
            "attribute_defaults": False,
            "dtd_validation": False,
            "encoding": "utf-8",
            "load_dtd": False,
            "no_network": True,
            "recover": False,
            "remove_comments": True,
            "resolve_entities": False,
        }

    def set_app(self, value: Any) -> None:
        """Called by spyne when the application is built; checks the settings against it."""
        super().set_app(value)  # type: ignore[misc]
        if value is None:
            return
        self._check_side(value)
        if value.in_protocol is self:
            if self._rules.default is None:
                raise TypeError(
                    f"{type(self).__name__} as in_protocol needs a wsse.Inbound as its first "
                    "argument"
                )
            self._rules.bind(value)
            listen(value, "method_call", _check_identity)
        self.answers.rules.bind(value)
        if value.out_protocol is self and self.answers.are_protected:
            listen(value, "method_call", guard_transport)
        listen(value, "method_exception_document", write_fault_code)

    def _check_side(self, app: Any) -> None:
        """A setting on the protocol of the wrong side would do nothing, and nobody would know."""
        if app.in_protocol is self and self.answers.are_protected:
            raise TypeError("outbound protects answers: give it to the out_protocol")
        has_rules = self._rules.default is not None or self._rules.vary
        if app.out_protocol is self and has_rules:
            raise TypeError(
                "inbound and operations validate requests: give them to the in_protocol"
            )

    def create_in_document(self, ctx: Any, charset: Optional[str] = None) -> None:
        """Validates the received bytes, and parses what was validated."""
        note(ctx, "wsse", None)
        if isinstance(ctx.transport, HttpTransportContext):
            content_type = ctx.transport.get_request_content_type()
            if content_type is None or ctx.transport.get_request_method() != "POST":
                # spyne answers with status 405. If it did not, _check_identity would refuse.
                super().create_in_document(ctx, charset)  # type: ignore[misc]
                return
            if "multipart" in content_type.partition(";")[0].lower():
                ctx.transport.resp_code = _HTTP_415
                guarded(ctx, _refuse_attachments, content_type)

        identity, document = guarded(ctx, self._admit, ctx, charset)
        note(ctx, "wsse", identity)
        ctx.in_string = [document]
        # Not by spyne: it would look at the Content-Type, and could take the document for parts
        # of a multipart message.
        ctx.in_document = guarded(ctx, self._parse, document, identity)

    def decompose_incoming_envelope(self, ctx: Any, *arguments: Any, **keywords: Any) -> None:
        """Lets spyne take the envelope apart, which ends with a fault where it can't."""
        try:
            super().decompose_incoming_envelope(ctx, *arguments, **keywords)  # type: ignore[misc]
        except Fault:
            raise
        except Exception as error:
            # For example a multi-reference (SOAP 1.1, section 5.4.1) to an id that isn't there.
            logger.warning(
                "message%s refused: spyne can't read what was validated: %r", peer(ctx), error
            )
            raise fault("Malformed") from error

    def create_out_string(self, ctx: Any, charset: Optional[str] = None) -> None:
        """Serialises the answer and protects it; fails closed."""
        self.answers.write(self, ctx, charset, super().create_out_string)  # type: ignore[misc]

    def replace_answer(self, ctx: Any) -> None:
        """Puts a fault into the place of whatever was going to be answered."""
        serialise = super().create_out_string  # type: ignore[misc]
        self.answers.replace(self, ctx, None, serialise)

    def _admit(self, ctx: Any, charset: Optional[str]) -> tuple[Identity, bytes]:
        """Who sent the message, and the document that may be read."""
        received = ctx.in_string
        message = received if isinstance(received, bytes) else b"".join(received)
        rule: Union[Validator, Open, None] = self._rules.default
        operation: Optional[str] = None
        if self._rules.vary:
            # What nobody has verified yet only says by which rule it claims to hold.
            envelope = _wsse.read_envelope(message, charset=charset)
            operation = _operation(ctx, envelope.body_child)
            rule = self._rules.of(operation)
            if rule is OPEN:
                return Identity(operation), envelope.document
        if rule is None or isinstance(rule, Open):
            raise TypeError("the protocol has no wsse.Inbound")
        validated = rule.validate(message, charset=charset)
        validated_operation = _operation(ctx, validated.body_child)
        if operation not in (None, validated_operation):
            raise Refusal("InvalidSecurity", "the rule was chosen for another operation")
        identity = Identity(
            validated_operation, validated.username, validated.authenticated, validated
        )
        document = validated.document
        return identity, validated.unsigned_document if document is None else document

    def _parse(self, document: bytes, identity: Identity) -> tuple[Any, Mapping[str, Any]]:
        try:
            root, ids = etree.XMLID(document, etree.XMLParser(**self.parser_kwargs))
        except etree.XMLSyntaxError as error:
            # Well-formed it is: libxml2 has limits of its own.
            raise Refusal("Malformed", f"lxml can't read what was validated: {error}") from error
        if identity.message is None or identity.message.document is None or not ids:
            return root, ids
        for element in root.iter():
            reference = element.get("href")
            if reference and not element.get("id") and reference.replace("#", "") in ids:
                raise Refusal(
                    "Malformed",
                    f"{element.tag} in the signed document refers to another element (href="
                    f"{reference!r}), which spyne would put into its place",
                )
        return root, {}


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
        listen(target, "method_call", _check_identity)


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
        listen(ctx.app, "method_exception_document", write_fault_code)
        primary = getattr(ctx.aux, "parent", None)
        if primary is not None and primary.in_document is ctx.in_document:
            # An auxiliary method of a message that was checked a moment ago.
            note(ctx, "wsse", getattr(primary, "wsse", None))
        else:
            note(ctx, "wsse", None)
            note(ctx, "wsse", guarded(ctx, _check_document, validator, ctx))
        _check_identity(ctx)

    return check


def _refuse_attachments(content_type: str) -> None:
    raise Refusal("Malformed", f"it is {content_type!r}, not a plain SOAP message")


def _check_document(validator: Validator, ctx: Any) -> Identity:
    document = ctx.in_document
    if not isinstance(document, etree._Element):
        raise Refusal("InvalidSecurity", "the protocol is not SOAP: there is no Security header")
    if document.getroottree().docinfo.internalDTD is not None:
        raise Refusal("Malformed", "the message has a document type declaration")
    validated = validator.validate(etree.tostring(document, encoding="utf-8"))
    if validated.document is not None:
        # What spyne has read already is more than what is signed.
        raise Refusal("Misuse", "the policy demands signatures, which only WsseMixin checks")
    operation = _operation(ctx, validated.body_child)
    return Identity(operation, validated.username, validated.authenticated, validated)


def _check_identity(ctx: Any) -> None:
    """Refuses a call that was not admitted, or was admitted as another operation."""
    identity = getattr(ctx, "wsse", None)
    if not isinstance(identity, Identity):
        logger.error(
            "call of %s refused: nothing has validated its message; the application's "
            "in_protocol must be a wsse.spyne.WsseMixin",
            ctx.method_request_string,
        )
        raise fault("Misuse")
    methods = ctx.app.interface.service_method_map.get(identity.operation, ())
    if identity.operation != qualified(ctx.app, ctx.method_request_string) or not any(
        method is ctx.descriptor for method in methods
    ):
        logger.error(
            "call of %s refused: its message was validated as %s",
            ctx.method_request_string,
            identity.operation,
        )
        raise fault("InvalidSecurity")


def _operation(ctx: Any, body_child: Optional[tuple[str, str]]) -> str:
    """The operation that the first element in the Body names, as spyne looks it up."""
    if body_child is None:
        raise Refusal("Malformed", "the Body is empty or not signed: it names no operation")
    namespace, local = body_child
    if local == "Fault" and namespace in (SOAP_11, SOAP_12):
        raise Refusal("Malformed", "the Body holds a Fault: it names no operation")
    return qualified(ctx.app, f"{{{namespace}}}{local}" if namespace else local)
