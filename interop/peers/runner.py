"""Runs cases, each once, and keeps what came of them."""

from __future__ import annotations

import pathlib
from typing import Dict, NamedTuple, Union

from lxml import etree

from . import Missing, Order, Refused, Seen, Talk, paths
from .keys import make_keys
from .matrix import VERIFIES, Case
from .ours import Ours
from .ours_in_one_process import OursInOneProcess
from .signxml_library import Signxml
from .wss4j import Wss4j
from .xmlsec1 import Xmlsec1

Peer = Union[Ours, OursInOneProcess, Wss4j, Xmlsec1, Signxml]


class Outcome(NamedTuple):
    """`cell` is what the table shows; `error` is None where all went as the matrix says."""

    cell: str
    error: "str | None" = None


class Runner:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.keys = make_keys(folder)
        self._peers: Dict[str, Union[Peer, Missing]] = {}
        self._outcomes: Dict[Case, Outcome] = {}

    def close(self) -> None:
        wss4j = self._peers.get("wss4j")
        if isinstance(wss4j, Wss4j):
            wss4j.close()

    def peer(self, name: str) -> Peer:
        """Starts it at the first call; raises Missing at every call if it isn't there."""
        if name not in self._peers:
            try:
                self._peers[name] = self._start(name)
            except Missing as missing:
                self._peers[name] = missing
        found = self._peers[name]
        if isinstance(found, Missing):
            raise found
        return found

    def outcome(self, case: Case) -> Outcome:
        if case not in self._outcomes:
            self._outcomes[case] = self._run(case)
        return self._outcomes[case]

    def check(self, seen: Seen, order: Order) -> None:
        """Fails unless exactly that was signed, by exactly that key."""
        assert seen.signed == paths(order)
        assert seen.references == len(paths(order))
        if seen.certificate is not None:
            assert seen.certificate == self.keys.identities[order.key].sha256

    def _start(self, name: str) -> Peer:
        if name == "wss4j":
            return Wss4j(self.keys)
        if name == "signxml":
            return Signxml(self.keys)
        if name == "ours in one process":
            return OursInOneProcess(self.keys)
        return {"ours": Ours, "xmlsec1": Xmlsec1}[name](self.keys, self.folder)

    def _run(self, case: Case) -> Outcome:
        limit, order = case.limit, case.order
        if limit is not None and limit.says is None:
            return Outcome("–")
        # The command line keeps nothing of a request that a reply could confirm.
        ours = self.peer("ours in one process" if order.confirms else "ours")
        peer = self.peer(case.peer)
        signer, verifier = (ours, peer) if case.does == VERIFIES else (peer, ours)
        try:
            if order.confirms:
                self.check(self._reply(signer, verifier, order), order)
                return Outcome("yes")
            signed = signer.sign(order)
            if limit is None:
                self.check(verifier.verify(signed, order), order)
                return Outcome("yes")
        except (Refused, AssertionError) as failure:
            return Outcome("FAILS", f"{type(failure).__name__}: {failure}")

        try:
            verifier.verify(signed, order)
        except Refused as refused:
            if limit.says not in str(refused):
                return Outcome("FAILS", f"refused in other words than {limit.says!r}: {refused}")
        else:
            return Outcome("FAILS", f"accepted, though {limit.note}")
        if not limit.rules:
            return Outcome("no")
        try:
            self.check(verifier.verify(signed, order, ignored_rules=limit.rules), order)
        except (Refused, AssertionError) as failure:
            return Outcome("FAILS", f"without {limit.rules}: {failure}")
        return Outcome("yes")

    def _reply(self, replier: Peer, asker: Peer, order: Order) -> Seen:
        """The asker signs a request, the replier verifies and answers it, the asker verifies."""
        name = str(order)
        request = asker.sign(order, Talk(name, reply=False))
        replier.verify(request, order, Talk(name, reply=False))
        reply = replier.sign(order, Talk(name, reply=True))
        assert etree.fromstring(reply).find(".//{*}SignatureConfirmation").get("Value")
        return asker.verify(reply, order, Talk(name, reply=True))
