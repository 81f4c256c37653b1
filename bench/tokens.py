"""The cases of X-WSSE headers, UsernameTokens and the scanner."""

from __future__ import annotations

from typing import Any, Callable, Dict

import peers
from measure import Case, PythonCase, Server, ServerCase

MESSAGE = 2048
SCAN = 2_000_000


def rust_cases(server: Server) -> Dict[str, Case]:
    return {
        "scan": ServerCase(server, "scan", SCAN),
        "scan-quick-xml": ServerCase(server, "scan-quick-xml", SCAN),
        "scan-2k": ServerCase(server, "scan", MESSAGE),
        "scan-2k-warm": ServerCase(server, "scan-warm", MESSAGE),
        "scan-2k-quick-xml": ServerCase(server, "scan-quick-xml", MESSAGE),
        "header-rust": ServerCase(server, "header", MESSAGE),
        "check-rust": ServerCase(server, "header-check", MESSAGE),
        "token-rust": ServerCase(server, "token", MESSAGE),
        "validate-rust": ServerCase(server, "validate", MESSAGE),
    }


def python_cases(message: bytes) -> Dict[str, Case]:
    import wsse
    import wsse.http
    from lxml import etree
    from wsse.zeep import UsernameToken as OurUsernameToken
    from zeep.wsse import UsernameToken as ZeepUsernameToken

    username, password = peers.USERNAME, peers.PASSWORD
    passwords = {username: password}

    def creator(_: int) -> Callable[[], str]:
        return wsse.http.HeaderCreator(username, password).create

    def on_headers(check: Callable[[str], Any], calls: int) -> Callable[[], Any]:
        fresh = peers.tuned_header(username, password)
        headers = iter([fresh() for _ in range(calls)])
        return lambda: check(next(headers))

    def outbound(_: int) -> Callable[[], bytes]:
        policy = 'version = 1\norder = ["username-token"]'
        protect = wsse.Outbound(policy, username=username, password=password).protect
        return lambda: protect(message).bytes

    def through_lxml(token: Any) -> Callable[[], bytes]:
        def call() -> bytes:
            envelope, _ = token.apply(etree.fromstring(message), {})
            return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")

        return call

    def applied(token: Any, calls: int) -> Callable[[], Any]:
        envelopes = iter([etree.fromstring(message) for _ in range(calls)])
        return lambda: token.apply(next(envelopes), {})

    ours = OurUsernameToken(username, password, use_digest=True)
    zeep = ZeepUsernameToken(username, password, use_digest=True)
    prepared: Dict[str, Callable[[int], Callable[[], Any]]] = {
        "header": creator,
        "header-function": lambda _: (
            lambda: wsse.http.create_header(username, password)
        ),
        "header-tuned": lambda _: peers.tuned_header(username, password),
        "header-tutorial": lambda _: (lambda: peers.tutorial_header(username, password)),
        "check": lambda calls: on_headers(wsse.http.HeaderCheck(passwords).check, calls),
        "check-tuned": lambda calls: on_headers(peers.tuned_check(passwords, set()), calls),
        "check-tutorial": lambda calls: on_headers(peers.tutorial_check(passwords, set()), calls),
        "token": outbound,
        "token-zeep": lambda _: through_lxml(zeep),
        "apply": lambda calls: applied(ours, calls),
        "apply-zeep": lambda calls: applied(zeep, calls),
    }
    return {name: PythonCase(name, prepare) for name, prepare in prepared.items()}
