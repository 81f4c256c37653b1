"""Runs cases of encryption, each once, and keeps what came of them."""

from __future__ import annotations

from typing import Dict

from . import Refused, gsoap_encryption, ours_encryption, wss4j_encryption, xmlsec_encryption
from .encryption import check
from .encryption_matrix import ENCRYPTS, Case
from .runner import Outcome, Runner, refusal

MODULES = {
    # By the names of peers, what encrypts and decrypts there.
    "wss4j": wss4j_encryption,
    "xmlsec1": xmlsec_encryption,
    "xmlsec": xmlsec_encryption,
    "gsoap": gsoap_encryption,
}


class EncryptionRunner:
    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self._outcomes: Dict[Case, Outcome] = {}

    def outcome(self, case: Case) -> Outcome:
        if case not in self._outcomes:
            self._outcomes[case] = self._run(case)
        return self._outcomes[case]

    def _run(self, case: Case) -> Outcome:
        limit, asked = case.limit, case.asked
        if limit is not None and limit.says is None:
            return Outcome("–")
        ours = (ours_encryption, self.runner.peer("ours"))
        peer = (MODULES[case.peer], self.runner.peer(case.peer))
        sender, receiver = (peer, ours) if case.does == ENCRYPTS else (ours, peer)

        def encrypt() -> bytes:
            return sender[0].encrypt(sender[1], asked)

        def decrypt(encrypted: bytes, **more) -> None:
            check(receiver[0].decrypt(receiver[1], encrypted, asked, **more), asked)

        try:
            if limit is not None and case.does == ENCRYPTS and not limit.ours:
                return refusal(limit, encrypt)
            encrypted = encrypt()
            if limit is None:
                decrypt(encrypted)
                return Outcome("yes")
        except (Refused, AssertionError) as failure:
            return Outcome("FAILS", f"{type(failure).__name__}: {failure}")
        refused = refusal(limit, lambda: decrypt(encrypted))
        if refused.error is not None or not limit.rules:
            return refused
        try:
            decrypt(encrypted, ignored_rules=limit.rules)
        except (Refused, AssertionError) as failure:
            return Outcome("FAILS", f"without {limit.rules}: {failure}")
        return Outcome("yes")
