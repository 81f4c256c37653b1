"""WSS4J, in a Java process that serves all tests of a run."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
from typing import Dict, FrozenSet, Iterable, List, Optional
from urllib.parse import parse_qs, urlencode

from . import ROOT, Missing, Order, Refused, Seen, Talk
from .keys import PASSWORD as KEY_PASSWORD
from .keys import Keys
from .messages import ENVELOPES, PASSWORD, USERNAME, key_info, message, with_token
from .uris import CANONICALIZATIONS, DIGESTS, DS, METHODS, WSSE, WSU

BUILT = ROOT / "target" / "interop" / "wss4j"

REFERENCES = {
    "binary-security-token": "DirectReference",
    "x509-pki-path": "DirectReference",
    "issuer-serial": "IssuerSerial",
    "subject-key-identifier": "SKIKeyIdentifier",
    "thumbprint-sha1": "Thumbprint",
    "x509-key-identifier": "X509KeyIdentifier",
    "key-value": "KeyValue",
    "secret": "EncryptedKeySHA1",
}
"""By our words, the words of its configuration."""


class Wss4j:
    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        if shutil.which("java") is None:
            raise Missing("java is not installed")
        if not (BUILT / "classes").is_dir() or not (BUILT / "lib").is_dir():
            raise Missing("WSS4J was not built: `make interop`, which needs a JDK and Maven")
        self._log = tempfile.TemporaryFile("w+")
        # A better compiler and collector would cost more than they bring in seconds.
        options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
        classes = f"{BUILT / 'classes'}{os.pathsep}{BUILT / 'lib'}/*"
        self._process = subprocess.Popen(
            ["java", *options, "-cp", classes, "wsse.interop.Peer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            encoding="utf-8",
        )
        self.version = self._answer()["version"][0]

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.communicate("verb=stop\n", timeout=30)
        self._log.close()

    def sign(self, order: Order, talk: Optional[Talk] = None) -> bytes:
        """Signs a SOAP message; adds the tokens that the order's parts name."""
        options = {
            "action": _actions(order),
            # Where it has no word for the reference, the KeyInfo is given.
            "signatureKeyIdentifier": REFERENCES.get(order.reference, "DirectReference"),
            "signatureAlgorithm": METHODS[order.method],
            "signatureDigestAlgorithm": DIGESTS[order.digest],
            "signatureC14nAlgorithm": CANONICALIZATIONS[order.canonicalization],
            "signatureParts": ";".join(part_name(part, order.version) for part in order.parts),
            "addInclusivePrefixes": str(order.prefixes).lower(),
        }
        if order.reference == "x509-pki-path":
            options["useSingleCertificate"] = "false"
        given: Dict[str, object] = {"username": USERNAME}
        if order.key != "secret":
            given["key"] = str(self.keys.identities[order.key].pkcs12)
            given["key-password"] = KEY_PASSWORD
        unsigned = message(order)
        if order.reference not in REFERENCES:
            given["key-info"] = _encoded(key_info(order, self.keys))
            unsigned = with_token(unsigned, order, self.keys)
        answer = self.ask("send", unsigned, order, options, given, talk)
        return base64.b64decode(answer["message"][0])

    def verify(
        self,
        signed: bytes,
        order: Order,
        talk: Optional[Talk] = None,
        ignored_rules: Iterable[str] = (),
    ) -> Seen:
        """Checks a SOAP message by all rules of the Basic Security Profile but those given."""
        given = {"trusted": str(self.keys.trusted), "ignore": list(ignored_rules)}
        answer = self.ask("receive", signed, order, {"action": _actions(order)}, given, talk)
        assert answer["method"] == [METHODS[order.method]]
        assert set(answer["digest"]) == {DIGESTS[order.digest]}
        if "username-token" in order.parts:
            assert answer["username"] == [USERNAME]
        covered = answer["signed"]
        return Seen(frozenset(covered), len(covered), answer.get("certificate", [None])[0])

    def endorse(self, signed: bytes, order: Order) -> bytes:
        """Signs the Signature of a SOAP message."""
        options = {
            "action": "Signature",
            "signatureKeyIdentifier": REFERENCES[order.reference],
            "signatureAlgorithm": METHODS[order.method],
            "signatureDigestAlgorithm": DIGESTS[order.digest],
            "signatureParts": f"{{Element}}{{{DS}}}Signature",
        }
        given = {
            "key": str(self.keys.identities[order.key].pkcs12),
            "key-password": KEY_PASSWORD,
        }
        return base64.b64decode(self.ask("send", signed, order, options, given, None)["message"][0])

    def verify_endorsed(self, signed: bytes, order: Order) -> FrozenSet[str]:
        """Checks a SOAP message with two Signatures; the paths of what they sign."""
        options = {"action": f"{_actions(order)} Signature"}
        given = {"trusted": str(self.keys.trusted)}
        answer = self.ask("receive", signed, order, options, given, None)
        assert len(answer["method"]) == 2
        return frozenset(answer["signed"])

    def log(self) -> str:
        """What it wrote to standard error so far."""
        self._log.seek(0)
        return self._log.read()

    def ask(
        self,
        verb: str,
        octets: bytes,
        order: Order,
        options: Dict[str, str],
        given: Dict[str, object],
        talk: Optional[Talk],
    ) -> Dict[str, List[str]]:
        command = {"verb": verb, "message": _encoded(octets), "password": PASSWORD, **given}
        command.update((f"option.{name}", value) for name, value in options.items())
        if order.key == "secret":
            command["secret"] = _encoded(self.keys.secret.read_bytes())
        if talk is not None:
            command["option.enableSignatureConfirmation"] = str(order.confirms).lower()
            command["conversation"], command["reply"] = talk.name, str(talk.reply).lower()
        assert self._process.stdin is not None
        self._process.stdin.write(urlencode(command, doseq=True) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        if "error" in answer:
            raise Refused(answer["error"][0])
        return answer

    def _answer(self) -> Dict[str, List[str]]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the process of WSS4J has ended: {self.log()}"
        return parse_qs(line.strip(), keep_blank_values=True, strict_parsing=True)


def _actions(order: Order) -> str:
    words = {"timestamp": "Timestamp", "username-token": "UsernameToken"}
    return " ".join([*(words[part] for part in order.parts if part in words), "Signature"])


def part_name(part: str, version: str) -> str:
    """As its option signatureParts writes it."""
    if part == "security-token-reference":
        return "{Element}{}STRTransform"
    namespace, name = {
        "body": (ENVELOPES[version], "Body"),
        "timestamp": (WSU, "Timestamp"),
        "username-token": (WSSE, "UsernameToken"),
        "binary-security-token": (WSSE, "BinarySecurityToken"),
    }.get(part, tuple(part.strip("{").split("}", 1)))
    return f"{{Element}}{{{namespace}}}{name}"


def _encoded(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
