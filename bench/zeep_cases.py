"""What signing and checking cost inside zeep: its own BinarySignature with python-xmlsec, and the drop-in,
each as zeep calls its ``wsse`` object, on trees that were parsed before."""

from __future__ import annotations

import pathlib
from typing import Any, Callable, Dict

import programs
from measure import Case, PythonCase
from signatures import SIZES, Messages

OURS, ZEEP = "wsse.zeep", "zeep.wsse"
OPERATIONS = ("sign", "verify")


class TreeCase(PythonCase):
    """Each call gets a tree of its own: signing changes it."""

    first_guess = 1


def zeep_cases(messages: Messages, missing: Dict[str, str]) -> Dict[str, Case]:
    """Those that there are; ``missing`` is told the reason for the others."""
    from lxml import etree

    parser = etree.XMLParser(huge_tree=True, resolve_entities=False)
    cases: Dict[str, Case] = {}
    for side, make in ((OURS, _ours), (ZEEP, _zeep)):
        try:
            signature = make()
        except ImportError as error:
            for operation in OPERATIONS:
                missing.update({name(side, operation, size): f"not measured: {error}" for size in SIZES})
            continue
        calls = {
            "sign": lambda tree, signature=signature: signature.apply(tree, {}),
            "verify": lambda tree, signature=signature: signature.verify(tree),
        }
        for operation, call in calls.items():
            for size, octets in SIZES.items():
                mode = "signed" if operation == "verify" else "message"
                file = messages.file(mode, "orders", octets)
                case = name(side, operation, size)
                if isinstance(file, str):
                    missing[case] = file
                else:
                    cases[case] = TreeCase(case, _prepared(file, call, etree, parser))
    return cases


def name(side: str, operation: str, size: str) -> str:
    return f"{side}/{operation}/{size}"


def _prepared(
    file: pathlib.Path, call: Callable[[Any], Any], etree: Any, parser: Any
) -> Callable[[int], Callable[[], Any]]:
    def prepare(calls: int) -> Callable[[], Any]:
        message = file.read_bytes()
        trees = [etree.fromstring(message, parser) for _ in range(calls)]
        return lambda: call(trees.pop())

    return prepare


def _ours() -> Any:
    from wsse.zeep import BinarySignature

    return BinarySignature(
        *programs.IDENTITY, signature_method="rsa-sha256", digest_method="sha256"
    )


def _zeep() -> Any:
    import xmlsec
    from zeep.wsse import BinarySignature

    method, digest = xmlsec.Transform.RSA_SHA256, xmlsec.Transform.SHA256
    return BinarySignature(*programs.IDENTITY, signature_method=method, digest_method=digest)
