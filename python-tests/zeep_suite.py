"""A plugin of pytest that puts wsse.zeep in the place of zeep.wsse, for zeep's own tests.

With WSSE_WITHOUT_XMLSEC=1 there is no xmlsec: what the tests take from it are identifiers.
"""

from __future__ import annotations

import os
import sys
import types


def without_xmlsec() -> None:
    xmlsec = types.ModuleType("xmlsec")
    identifiers = {
        "RSA_SHA1": "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "RSA_SHA256": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "SHA1": "http://www.w3.org/2000/09/xmldsig#sha1",
        "SHA256": "http://www.w3.org/2001/04/xmlenc#sha256",
    }
    transforms = {name: types.SimpleNamespace(href=uri) for name, uri in identifiers.items()}
    xmlsec.Transform = types.SimpleNamespace(**transforms)  # type: ignore[attr-defined]
    sys.modules["xmlsec"] = xmlsec


if os.environ.get("WSSE_WITHOUT_XMLSEC") == "1":
    without_xmlsec()

import wsse.zeep
import zeep.wsse
from zeep.wsse import compose, signature, username

replaced = 0
for name in wsse.zeep.__all__:
    for module in (zeep.wsse, compose, signature, username):
        if hasattr(module, name):
            setattr(module, name, getattr(wsse.zeep, name))
            replaced += 1


def pytest_report_header() -> str:
    return f"wsse.zeep stands for {replaced} names of zeep.wsse"
