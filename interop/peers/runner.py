"""Runs cases, each once, and keeps what came of them."""

from __future__ import annotations

import pathlib
from typing import Callable, Dict, NamedTuple, Optional, Union

from lxml import etree

from . import Missing, Order, Refused, Seen, Talk, paths
from .gsoap import Gsoap
from .keys import make_keys
from .limits import SIGNS, VERIFIES, Limit
from .matrix import Case
from .node import Node, NodeSoap, XmlCrypto
from .ours import Ours
from .ours_in_one_process import OursInOneProcess
from .signxml_library import Signxml
from .wss4j import Wss4j
from .xmlsec1 import Xmlsec1
from .xmlsec_library import XmlsecLibrary

Peer = Union[Ours, OursInOneProcess, Wss4j, Xmlsec1, XmlsecLibrary, Signxml, XmlCrypto, NodeSoap, Gsoap]


class Outcome(NamedTuple):
    """`cell` is what the table shows; `error` is None where all went as the matrix says."""

    cell: str
    error: "str | None" = None


class Runner:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.keys = make_keys(folder)
        self._peers: Dict[str, Union[Peer, Missing]] = {}
        self._node: Optional[Node] = None
        self._outcomes: Dict[Case, Outcome] = {}

    def close(self) -> None:
        for peer in (*self._peers.values(), self._node):
            if isinstance(peer, (Wss4j, Node)):
                peer.close()

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
        if name in ("signxml", "xmlsec"):
            return {"signxml": Signxml, "xmlsec": XmlsecLibrary}[name](self.keys)
        if name in ("xml-crypto", "node-soap"):
            self._node = self._node or Node()
            return {"xml-crypto": XmlCrypto, "node-soap": NodeSoap}[name](self.keys, self._node)
        if name == "ours in one process":
            return OursInOneProcess(self.keys)
        return {"ours": Ours, "xmlsec1": Xmlsec1, "gsoap": Gsoap}[name](self.keys, self.folder)

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
            if limit is not None and case.does == SIGNS and not limit.ours:
                return refusal(limit, lambda: signer.sign(order))
            signed = signer.sign(order)
            if limit is None:
                self.check(verifier.verify(signed, order), order)
                return Outcome("yes")
        except (Refused, AssertionError) as failure:
            return Outcome("FAILS", f"{type(failure).__name__}: {failure}")

        refused = refusal(limit, lambda: verifier.verify(signed, order))
        if refused.error is not None or not limit.rules:
            return refused
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


def refusal(limit: Limit, act: Callable[[], object]) -> Outcome:
    """What comes of something that must be refused in the words of the limit."""
    try:
        act()
    except Refused as refused:
        assert limit.says is not None
        if limit.says in str(refused):
            return Outcome("no")
        return Outcome("FAILS", f"refused in other words than {limit.says!r}: {refused}")
    return Outcome("FAILS", f"accepted, though {limit.note}")
