"""The libraries xml-crypto and node-soap, in a Node.js process that serves all tests of a run."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from typing import Any, Dict, Tuple

from lxml import etree

from . import ROOT, WSA, Missing, Order, Refused, Seen
from .keys import Keys
from .messages import PASSWORD, USERNAME, covered, key_info_children, message, rsa_key_value, with_template
from .node_soap import Request
from .uris import CANONICALIZATIONS, DIGESTS, DS, ENVELOPED, EXCLUSIVE, METHODS

BUILT = ROOT / "target" / "interop" / "node"


class Node:
    """The process; `versions` are those of the libraries by their names."""

    def __init__(self) -> None:
        if shutil.which("node") is None:
            raise Missing("node is not installed")
        if not (BUILT / ".built").exists():
            raise Missing("xml-crypto and node-soap are not there: `make interop`, which needs npm")
        self._log = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            ["node", str(ROOT / "interop" / "node" / "peer.js")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            encoding="utf-8",
            env={**os.environ, "NODE_PATH": str(BUILT / "node_modules")},
        )
        self.versions = self._answer()

    def close(self) -> None:
        self._process.communicate(timeout=30)
        self._log.close()

    def ask(self, verb: str, **command: object) -> Dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"verb": verb, **command}) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        if "error" in answer:
            raise Refused(answer["error"])
        return answer

    def _answer(self) -> Dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._log.seek(0)
            raise AssertionError(f"the process of Node.js has ended: {self._log.read()}")
        return json.loads(line)


class XmlCrypto:
    """It makes Signature elements; what stands in their KeyInfo is up to its caller, and it reads
    nothing of it but an X509Certificate."""

    def __init__(self, keys: Keys, node: Node) -> None:
        self.keys = keys
        self._node = node
        self.version = node.versions["xml-crypto"]

    def sign(self, order: Order) -> bytes:
        """Signs a SOAP message, whose other tokens we write, or a document."""
        tree = with_template(message(order), order, self.keys)
        template = next(tree.iter(f"{{{DS}}}Signature"))
        uris = [reference.get("URI") for reference in template.iter(f"{{{DS}}}Reference")]
        command: Dict[str, object] = {}
        if order.form == "enveloping":
            (content,) = template.find(f"{{{DS}}}Object")
            command["object"] = etree.tostring(content, encoding="unicode")
            command["message"] = "<root/>"
        else:
            template.getparent().remove(template)
            command["message"] = etree.tostring(tree, encoding="unicode")
        if order.form is None:
            command["parent"] = "//*[local-name()='Security']"
        identity = self.keys.identities.get(order.key)
        if identity is None:
            command["secret"] = base64.b64encode(self.keys.secret.read_bytes()).decode()
        else:
            command["key"] = identity.key.read_text()
            children = key_info_children(order, identity)
            if (order.reference, order.key) == ("key-value", "rsa"):
                children = [rsa_key_value(identity)]
            command["keyInfo"] = "".join(
                etree.tostring(child, encoding="unicode") for child in children
            )
        canonicalization = CANONICALIZATIONS[order.canonicalization]
        command["references"] = [
            {
                "xpath": f"//*[@*[local-name()='Id']='{uri[1:]}']" if uri else "/*",
                "whole": not uri,
                "transforms": [*([] if uri else [ENVELOPED]), canonicalization],
                "digest": DIGESTS[order.digest],
                "prefixes": _listed(template, "Transform"),
            }
            for uri in uris
        ]
        answer = self._node.ask(
            "sign",
            method=METHODS[order.method],
            canonicalization=canonicalization,
            prefixes=_listed(template, "CanonicalizationMethod"),
            **command,
        )
        return answer["message"].encode()

    def verify(self, signed: bytes, order: Order) -> Seen:
        """Checks with the order's key, or with the certificate of an X509Data."""
        identity = self.keys.identities.get(order.key)
        given = {}
        if identity is None:
            given["secret"] = base64.b64encode(self.keys.secret.read_bytes()).decode()
        elif order.reference != "x509-data":
            given["certificate"] = identity.certificate.read_text()
        answer = self._node.ask("verify", message=signed.decode(), **given)
        seen = covered(signed)
        assert answer["references"] == seen.references
        return seen


class NodeSoap:
    """Its clients sign requests; what they read of a reply they don't verify."""

    def __init__(self, keys: Keys, node: Node) -> None:
        self.keys = keys
        self._node = node
        self.version = node.versions["soap"]

    def call(self, request: Request, version: str, reply: bytes) -> Tuple[bytes, str]:
        """What a client sends, and what it reads of the reply."""
        identity = self.keys.identities["rsa"]
        answer = self._node.ask(
            "call",
            security=request.security,
            options=request.options,
            userOptions=request.user_options,
            header=f'<wsa:To xmlns:wsa="{WSA}">urn:there</wsa:To>',
            key=identity.key.read_text(),
            certificate=identity.certificate.read_text(),
            username=USERNAME if request.named else None,
            password=PASSWORD,
            times=request.times,
            version=version,
            reply=reply.decode(),
        )
        return answer["message"].encode(), answer["number"]


def _listed(template: "etree._Element", parent: str) -> "list[str]":
    """The PrefixList of the first element of this name."""
    found = template.find(f".//{{{DS}}}{parent}/{{{EXCLUSIVE}}}InclusiveNamespaces")
    return [] if found is None else found.get("PrefixList").split()
