"""Policies in zeep clients."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, Optional, Union

from lxml import etree

from wsse import _wsse
from wsse.zeep._replies import judge
from wsse.zeep._tree import encrypt, protect

_EXCHANGES: ContextVar[dict[object, _wsse.Exchange]] = ContextVar("wsse.zeep.exchanges")
"""What the replies must answer that this thread or task waits for, by the policy."""


class Policy:
    """Everything that a policy can say, in one object: what is sent, and what a reply must be.

    :param outbound: what is put into a request: a :class:`wsse.OutboundPolicy`, ``"preset:NAME"`` or
        TOML text; or a :class:`wsse.Outbound` that is ready. None: nothing
    :param inbound: what a reply must be: a :class:`wsse.InboundPolicy`, ``"preset:NAME"`` or TOML
        text; or a :class:`wsse.Inbound` that is ready. None: every reply is accepted as it is

    The keywords are those of :class:`wsse.Outbound` and :class:`wsse.Inbound`; ``secrets`` serve
    both. ``username`` and ``password`` are attributes and read when a request is made.

    :param keep_unsigned_headers: whether header blocks that no required signature covers stay in the
        tree that zeep goes on with; default False

    A reply is validated as the answer to the request of the same thread or asyncio task, so that it
    must confirm the signatures of that one where it confirms any.

    Raises :exc:`wsse.Misuse` for a policy that cannot be read or lacks what it names.
    """

    def __init__(
        self,
        outbound: Union[_wsse.OutboundPolicy, _wsse.Outbound, str, None] = None,
        inbound: Union[_wsse.InboundPolicy, _wsse.Inbound, str, None] = None,
        *,
        username: Optional[str] = None,
        password: Union[str, bytes, None] = None,
        identities: Union[_wsse.Identity, Mapping[str, _wsse.Identity], None] = None,
        secrets: Union[str, bytes, Mapping[str, Union[str, bytes]], None] = None,
        certificates: Any = None,
        anchors: Any = None,
        untrusted: Any = None,
        public_keys: Any = None,
        crls: Any = None,
        decide: Optional[Callable[[_wsse.Candidate], bool]] = None,
        remote_verifiers: Union[_wsse.RemoteVerifier, Mapping[str, _wsse.RemoteVerifier], None] = None,
        recipients: Any = None,
        decryption_keys: Any = None,
        passwords: Any = None,
        replay: Any = None,
        now: Optional[Callable[[], datetime.datetime]] = None,
        keep_unsigned_headers: bool = False,
    ) -> None:
        self.username = username
        self.password = password
        self.keep_unsigned_headers = keep_unsigned_headers
        if outbound is not None and not isinstance(outbound, _wsse.Outbound):
            outbound = _wsse.Outbound(
                outbound, identities=identities, secrets=secrets, recipients=recipients, now=now
            )
        if inbound is not None and not isinstance(inbound, _wsse.Inbound):
            inbound = _wsse.Inbound(
                inbound,
                certificates=certificates,
                anchors=anchors,
                untrusted=untrusted,
                public_keys=public_keys,
                crls=crls,
                decide=decide,
                remote_verifiers=remote_verifiers,
                decryption_keys=decryption_keys,
                passwords=passwords,
                secrets=list(secrets.values()) if isinstance(secrets, Mapping) else secrets,
                replay=replay,
                now=now,
            )
        self._outbound = outbound
        self._inbound = inbound
        self._key = object()

    def apply(
        self, envelope: etree._Element, headers: dict[str, str]
    ) -> tuple[etree._Element, dict[str, str]]:
        """Puts into a request what the policy says, in place.

        What a policy makes that encrypts is the tree that is returned: where lxml can't hold it in the one
        that was given, that is emptied. Raises :exc:`wsse.Error` for what cannot be sent; the request is
        then as it was.
        """
        self._take_exchange()
        if self._outbound is not None:
            given: dict[str, Any] = {"username": self.username, "password": self.password}
            if self._outbound.encrypts:
                envelope, exchange = encrypt(envelope, self._outbound, **given)
            else:
                exchange = protect(envelope, self._outbound, **given)
            _EXCHANGES.set({**_EXCHANGES.get({}), self._key: exchange})
        return envelope, headers

    def verify(self, envelope: etree._Element) -> Optional[_wsse.ValidatedMessage]:
        """Validates the reply, and takes out of the tree what no required signature covers.

        Where parts were encrypted, the tree then holds the plaintext, and neither the Security header nor
        header blocks that no required signature covers, whatever ``keep_unsigned_headers`` says.

        Returns what was validated; None without an inbound policy. Raises
        :exc:`wsse.zeep.VerificationFailed`.
        """
        exchange = self._take_exchange()
        if self._inbound is None:
            return None
        return judge(
            envelope,
            self._inbound,
            exchange,
            keep_unsigned_headers=self.keep_unsigned_headers,
        )

    def _take_exchange(self) -> Optional[_wsse.Exchange]:
        # Contexts share what is in them: what is in one is never changed, only replaced.
        exchanges = dict(_EXCHANGES.get({}))
        exchange = exchanges.pop(self._key, None)
        _EXCHANGES.set(exchanges)
        return exchange
