"""What signing and verifying cost inside zeep, ours beside zeep.wsse with python-xmlsec.

Run it by itself: ``python bench/zeep_cases.py [--rounds N]``. Each case is what zeep does with its
``wsse`` object: ``apply`` on the tree of a request, ``verify`` on the tree of a reply, serialising
included where it is needed. ``cases()`` gives the same to another program: name, size, and two callables
that are measured against each other.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import Any, Callable, Iterator, List, NamedTuple, Tuple

import zeep.wsse
from lxml import etree

import wsse.zeep

KEYS = Path(__file__).resolve().parent.parent / "vectors" / "keys"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SIZES = {"2 KB": 2_000, "20 KB": 20_000, "200 KB": 200_000, "2 MB": 2_000_000}
CLASSES = ("Signature", "BinarySignature")


class Case(NamedTuple):
    name: str
    size: str
    # Makes what a round works on, and the round itself.
    prepare: Callable[[], Any]
    ours: Callable[[Any], Any]
    theirs: Callable[[Any], Any]


def envelope(octets: int) -> bytes:
    item = (
        '<o:item xmlns:o="urn:o" number="{}"><o:name>Widget &amp; more</o:name>'
        "<o:price currency=\"EUR\">12.50</o:price></o:item>"
    )
    items, length, number = [], 0, 0
    while length < octets - 300 or not items:
        items.append(item.format(number))
        length += len(items[-1])
        number += 1
    body = "".join(items)
    return (
        f'<soap-env:Envelope xmlns:soap-env="{SOAP}"><soap-env:Body>'
        f'<o:order xmlns:o="urn:o">{body}</o:order></soap-env:Body></soap-env:Envelope>'
    ).encode()


def cases() -> Iterator[Case]:
    files = (str(KEYS / "client.key.pem"), str(KEYS / "client.crt.pem"))
    for name in CLASSES:
        ours = getattr(wsse.zeep, name)(*files)
        theirs = getattr(zeep.wsse, name)(*files)
        for size, octets in SIZES.items():
            plain = envelope(octets)
            tree = etree.fromstring(plain)
            theirs.apply(tree, {})
            signed = etree.tostring(tree)

            def request(plain: bytes = plain) -> Any:
                return etree.fromstring(plain)

            def reply(signed: bytes = signed) -> Any:
                return etree.fromstring(signed)

            yield Case(
                f"{name}, sign",
                size,
                request,
                lambda tree, ours=ours: ours.apply(tree, {}),
                lambda tree, theirs=theirs: theirs.apply(tree, {}),
            )
            yield Case(
                f"{name}, verify",
                size,
                reply,
                lambda tree, ours=ours: ours.verify(tree),
                lambda tree, theirs=theirs: theirs.verify(tree),
            )


def measure(case: Case, rounds: int) -> Tuple[float, float]:
    """The fastest round of each, in milliseconds: what is slower was disturbed."""
    times: Tuple[List[float], List[float]] = ([], [])
    for taken, run in zip(times, (case.ours, case.theirs)):
        for _ in range(rounds):
            tree = case.prepare()
            start = time.perf_counter()
            run(tree)
            taken.append(time.perf_counter() - start)
    return min(times[0]) * 1000, min(times[1]) * 1000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=30)
    rounds = arguments.parse_args().rounds
    print(f"{'case':28}{'size':>8}{'ours, ms':>12}{'zeep, ms':>12}{'ratio':>8}")
    ratios = []
    for case in cases():
        few = rounds if case.size != "2 MB" else max(5, rounds // 4)
        ours, theirs = measure(case, few)
        ratios.append(theirs / ours)
        print(f"{case.name:28}{case.size:>8}{ours:12.3f}{theirs:12.3f}{theirs / ours:8.1f}")
    print(f"geometric mean of the ratios: {statistics.geometric_mean(ratios):.1f}")


if __name__ == "__main__":
    main()
