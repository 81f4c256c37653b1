"""spyne's contexts and events, as :mod:`wsse.spyne` uses them."""

from __future__ import annotations

import threading
from typing import Any, Callable

_listening = threading.Lock()


def listen(target: Any, event: str, handler: Callable[[Any], None]) -> None:
    """Adds a listener once, also where requests are being served by other threads."""
    with _listening:
        if handler not in target.event_manager.handlers.get(event, ()):
            target.event_manager.add_listener(event, handler)


def note(ctx: Any, name: str, value: object) -> None:
    """Sets an attribute of our own. Copies of the context inherit it."""
    # A context takes no new attributes by the usual way.
    object.__setattr__(ctx, name, value)


def peer(ctx: Any) -> str:
    """Where the message comes from, for the log: as the transport saw it, no word of the sender."""
    request = getattr(ctx.transport, "req", None)
    address = request.get("REMOTE_ADDR") if isinstance(request, dict) else None
    return f" from {address}" if address else ""
