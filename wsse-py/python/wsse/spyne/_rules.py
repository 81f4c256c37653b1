"""Which ``Inbound`` or ``Outbound`` serves which operation of a :mod:`wsse.spyne` service."""

from __future__ import annotations

import enum
from typing import (
    Any,
    Callable,
    Final,
    Generic,
    Iterable,
    Mapping,
    Optional,
    Protocol,
    TypeVar,
    Union,
    cast,
)

from .. import ValidatedMessage


class Open(enum.Enum):
    """The type of :data:`OPEN`."""

    OPEN = "open"


OPEN: Final = Open.OPEN
"""In ``operations``: this operation runs without any security. Its message is still held to
strict XML; a Security header in it is neither checked nor believed. In ``answers``: this operation
is answered without protection."""


class Validator(Protocol):
    """What validates a message: a :class:`wsse.Inbound`, or anything with this method."""

    def validate(self, message: bytes, *, charset: Optional[str] = None) -> ValidatedMessage:
        """The validated message, or a :class:`wsse.Error`."""


class Protector(Protocol):
    """What protects an answer: a :class:`wsse.Outbound`, or anything with this method."""

    def protect_reply(self, envelope: bytes, request: Optional[ValidatedMessage]) -> Any:
        """Protects the answer to ``request``, which is ``None`` where it was refused or its
        operation is open; the result has ``bytes``."""


R = TypeVar("R")
Operations = Union[Mapping[str, Union[R, Open]], Callable[[str], Union[R, Open, None]], None]


class Rules(Generic[R]):
    """A rule for everything, and others by operation.

    ``method`` is what a rule must have, ``kind`` how it is called in errors.
    """

    def __init__(
        self, default: Optional[R], operations: Operations[R], *, method: str, kind: str
    ) -> None:
        self._method = method
        self._kind = kind
        self.default = default
        self._by_name: Mapping[str, Union[R, Open]] = {}
        self._look_up: Optional[Callable[[str], Union[R, Open, None]]] = None
        if default is not None and not hasattr(default, method):
            raise TypeError(f"expected a {kind}, got {default!r}")
        if isinstance(operations, Mapping):
            for name, rule in operations.items():
                self._check(name, rule)
            self._by_name = dict(operations)
        elif callable(operations):
            self._look_up = operations
        elif operations is not None:
            raise TypeError(
                f"expected a mapping of operations or a callable that is asked for each, "
                f"got {operations!r}"
            )
        check_shared_replay((default, *self._by_name.values()))

    @property
    def vary(self) -> bool:
        """Whether the operation must be known to find its rule."""
        return self._look_up is not None or bool(self._by_name)

    def bind(self, app: Any) -> None:
        """Makes the names those under which spyne looks operations up."""
        rules: dict[str, Union[R, Open]] = {}
        known = app.interface.service_method_map
        for name, rule in self._by_name.items():
            name_of_it = qualified(app, name)
            if name_of_it not in known:
                raise ValueError(
                    f"the application has no operation {name!r}; it has {', '.join(sorted(known))}"
                )
            if name_of_it in rules:
                raise ValueError(f"the operation {name_of_it} has two rules")
            rules[name_of_it] = rule
        self._by_name = rules

    def of(self, operation: str) -> Union[R, Open, None]:
        """The rule of an operation: its own, or the one for everything."""
        rule = self._by_name.get(operation)
        if self._look_up is not None:
            rule = self._look_up(operation)
            if rule is not None:
                self._check(operation, rule)
                check_shared_replay((self.default, rule))
        return self.default if rule is None else rule

    def _check(self, name: str, rule: object) -> None:
        if rule is not OPEN and not hasattr(rule, self._method):
            raise TypeError(f"expected a {self._kind} or OPEN for {name}, got {rule!r}")


def check_shared_replay(rules: Iterable[object]) -> None:
    """A token that was captured from one operation must not pass once more for another."""
    stores = [
        store for store in (getattr(rule, "replay", None) for rule in rules) if store is not None
    ]
    if any(store is not stores[0] for store in stores):
        raise ValueError(
            "the Inbounds of one service must share a replay store, or a captured token passes "
            "once for each of them: give them all the same replay=MemoryReplayStore()"
        )


def qualified(app: Any, name: Optional[str]) -> str:
    """The name under which spyne looks an operation up."""
    if not isinstance(name, str):
        return ""
    if name.startswith("{"):
        return name
    return f"{{{cast(str, app.interface.get_tns())}}}{name}"
