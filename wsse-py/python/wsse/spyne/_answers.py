"""The way out of a :mod:`wsse.spyne` service: what is sent was protected, or is a fault."""

from __future__ import annotations

from typing import Any, Optional

from .. import ValidatedMessage, _spyne_shim
from ._context import listen, note, peer
from ._faults import fault, is_fault, logger, write_fault_code
from ._rules import OPEN, Operations, Protector, Rules

_spyne_shim.install()

from spyne.const.http import HTTP_500  # noqa: E402
from spyne.server.http import HttpTransportContext  # noqa: E402

_ABSENT: Any = object()


class Answers:
    """Protects what an ``out_protocol`` answers. Everything fails closed: spyne itself swallows
    what is raised while an answer is serialised, and sends that answer with status 200."""

    def __init__(
        self,
        outbound: Optional[Protector],
        operations: Operations[Protector],
        protect_refusals: bool,
    ) -> None:
        if outbound is None and operations is not None:
            raise TypeError("answers need an outbound for the operations that they don't name")
        self.rules: Rules[Protector] = Rules(
            outbound, operations, method="protect_reply", kind="wsse.Outbound"
        )
        self._protect_refusals = protect_refusals

    @property
    def are_protected(self) -> bool:
        return self.rules.default is not None

    def write(self, protocol: Any, ctx: Any, charset: Optional[str], serialise: Any) -> None:
        """Puts into ``ctx.out_string`` what may be sent."""
        if ctx.out_error is not None:
            if not is_fault(ctx.out_document):
                # A handler of spyne's events, or a generator, failed after the answer was begun.
                _begin_fault(protocol, ctx, ctx.out_error)
            status = getattr(ctx.transport, "resp_code", None)
            if isinstance(status, str) and status.startswith("2"):
                # SOAP 1.1, section 6.2: a fault is no success, whatever was decided before it.
                ctx.transport.resp_code = HTTP_500
        if not self.are_protected:
            serialise(ctx, charset)
            return
        try:
            serialise(ctx, charset)
            self._protect(ctx)
        except Exception:
            logger.exception("an answer could not be protected; a fault is sent in its place")
            self.replace(protocol, ctx, charset, serialise)

    def replace(self, protocol: Any, ctx: Any, charset: Optional[str], serialise: Any) -> None:
        """Puts a fault into the place of the answer, protected where that can be done."""
        _begin_fault(protocol, ctx, fault("Unavailable"))
        serialise(ctx, charset)
        try:
            self._protect(ctx)
        except Exception as error:
            logger.error("the fault could not be protected either: %r", error)
            _mark(ctx)

    def may_leave(self, ctx: Any) -> bool:
        """Whether what stands in ``ctx.out_string`` is what was written here."""
        marked = getattr(ctx, "_wsse_written", None)
        if marked is not None and isinstance(ctx.out_string, (list, tuple)):
            octets, holds_fault = marked
            return list(ctx.out_string) == [octets] and (holds_fault or ctx.out_error is None)
        return ctx.out_error is None and self._rule(ctx) is OPEN

    def _protect(self, ctx: Any) -> None:
        answer = b"".join(ctx.out_string)
        rule = self._rule(ctx)
        if rule is not OPEN:
            if rule is None:
                raise TypeError("the protocol has no wsse.Outbound")
            answer = rule.protect_reply(answer, _request(ctx)).bytes
        ctx.out_string = [answer]
        _mark(ctx)

    def _rule(self, ctx: Any) -> Any:
        identity = getattr(ctx, "wsse", _ABSENT)
        if identity is _ABSENT:
            return self.rules.default
        if identity is None:
            # Of the request nothing is known, not even the operation.
            refused = ctx.out_error is not None and not self._protect_refusals
            return OPEN if refused else self.rules.default
        return self.rules.of(identity.operation)


def guard_transport(ctx: Any) -> None:
    """Has the transport ask before it sends: a service can write the answer past its protocol."""
    server = getattr(ctx.transport, "itself", None)
    if getattr(server, "event_manager", None) is not None:
        listen(server, "wsgi_return", _check_departure)
        listen(server, "wsgi_exception", _check_departure)


def _check_departure(ctx: Any) -> None:
    protocol = ctx.app.out_protocol
    answers = getattr(protocol, "answers", None)
    if not isinstance(answers, Answers) or not answers.are_protected or answers.may_leave(ctx):
        return
    logger.error(
        "the answer%s of %s was written or changed past its protection; a fault is sent in its "
        "place",
        peer(ctx),
        ctx.method_request_string,
    )
    protocol.replace_answer(ctx)
    headers = ctx.transport.resp_headers
    headers.clear()
    headers["Content-Type"] = protocol.mime_type
    headers["Content-Length"] = str(sum(len(octets) for octets in ctx.out_string))


def _request(ctx: Any) -> Optional[ValidatedMessage]:
    return getattr(getattr(ctx, "wsse", None), "message", None)


def _begin_fault(protocol: Any, ctx: Any, error: Any) -> None:
    ctx.out_string = ctx.out_document = ctx.out_body_doc = ctx.out_header_doc = None
    ctx.out_error = error
    if isinstance(ctx.transport, HttpTransportContext):
        ctx.transport.resp_code = HTTP_500
    protocol.serialize(ctx, protocol.RESPONSE)
    write_fault_code(ctx)


def _mark(ctx: Any) -> None:
    note(ctx, "_wsse_written", (b"".join(ctx.out_string), ctx.out_error is not None))
