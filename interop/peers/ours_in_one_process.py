"""This project, through its Python module: for a reply that confirms the signatures of its request."""

from __future__ import annotations

import hashlib
import re
from typing import Dict

import wsse

from . import Order, Refused, Seen, Talk
from .keys import Keys
from .messages import message

_STEP = re.compile(r"\{[^}]*\}|\[[0-9]+\]")
"""What our paths say of a step beside its local name."""


class OursInOneProcess:
    version = ""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._asked: Dict[str, wsse.Exchange] = {}
        self._heard: Dict[str, wsse.ValidatedMessage] = {}

    def sign(self, order: Order, talk: Talk) -> bytes:
        """Signs a request, or the reply to the one that was verified."""
        key = self.keys.identities[order.key]
        confirmations = ["signature-confirmation"] if talk.reply else []
        steps = ["timestamp", *confirmations, "signature"]
        parts = [*order.parts, *confirmations]
        policy = f"version = 1\norder = {steps}\nsignature = [{{ parts = {parts} }}]"
        identity = wsse.Identity.from_pem(key.key.read_bytes(), key.certificate.read_bytes())
        outbound = wsse.Outbound(policy, identities=identity)
        if talk.reply:
            return outbound.protect_reply(message(order), self._heard[talk.name]).bytes
        protected = outbound.protect(message(order))
        self._asked[talk.name] = protected.exchange
        return protected.bytes

    def verify(self, signed: bytes, order: Order, talk: Talk) -> Seen:
        """Verifies a request, or the reply to the one that was signed."""
        key = self.keys.identities[order.key]
        demanded = f"timestamp = true, signed = {list(order.parts)}"
        if talk.reply:
            demanded += ", signature-confirmation = true"
        policy = f"version = 1\nrequire = {{ {demanded} }}"
        inbound = wsse.Inbound(policy, anchors=key.anchor.read_bytes())
        try:
            valid = (
                inbound.validate_reply(signed, self._asked[talk.name])
                if talk.reply
                else inbound.validate(signed)
            )
        except wsse.Error as refused:
            raise Refused(str(refused)) from refused
        self._heard[talk.name] = valid
        paths = [_STEP.sub("", part.path) for part in valid.signed]
        assert valid.certificate is not None
        return Seen(frozenset(paths), len(paths), hashlib.sha256(valid.certificate.der).hexdigest())
